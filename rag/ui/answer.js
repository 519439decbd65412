// Draws what the program shows of articles, models and people.
//
// Every such text becomes a text node. No markup is ever read from data, no attribute that a
// browser would fetch or follow is ever set, and the tags are those named below: nothing that
// stands in an article can make this page do anything.

// This module is loaded once a page, and shared by all instances of the component.

/** The newest data of each exchange, and where it stands on the page. */
const newest = new Map();
const places = new Map();
/** How many sentences of an exchange were drawn before, so that only new ones fade in. */
const drawn = new Map();

const kinds = {
  banner: (data) => [make("p", "banner", ...drawParts(data.parts))],
  welcome: drawWelcome,
  failure: (data) => [make("h1", "title", data.title), drawProblem(data)],
  name: (data) => [make("p", "name", data.name), make("p", "aside", data.motto)],
  engine: drawEngine,
  library: (data) => [make("p", "library", data.lines.join(" · "))],
};

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".dateline");
  if (data.kind === "exchange") {
    places.set(data.id, root);
    update(data);
  } else if (data.kind === "news") {
    update(data.of);
  } else {
    root.replaceChildren(...present(kinds[data.kind](data)));
  }
}

/** Draws an exchange in its place, unless what is there is newer. */
function update(exchange) {
  const known = newest.get(exchange.id);
  if (!known || known.version <= exchange.version) newest.set(exchange.id, exchange);
  const parts = drawExchange(newest.get(exchange.id));
  places.get(exchange.id)?.replaceChildren(...parts);
}

function make(tag, name, ...inside) {
  const element = document.createElement(tag);
  element.className = name;
  for (const part of present(inside)) {
    element.append(part instanceof Node ? part : document.createTextNode(String(part)));
  }
  return element;
}

/** An element that holds text of someone else's: in its own direction, whatever it contains. */
function words(tag, name, text) {
  const element = make(tag, name, text);
  element.dir = "auto";
  return element;
}

function present(parts) {
  return parts.filter((part) => part !== null && part !== undefined && part !== "");
}

function drawParts(parts) {
  return parts.map((part) => (part.code ? make("code", "", part.text) : part.text));
}

function drawWelcome(data) {
  return [
    make("h1", "title", data.title),
    make("p", "lede", ...drawParts(data.parts)),
  ];
}

function drawEngine(data) {
  if (data.problem) return [words("p", "engine trouble", data.problem)];
  return [words("p", "engine", data.where)];
}

function drawProblem(data) {
  const box = make("div", "problem", words("p", "", data.problem));
  box.setAttribute("role", "alert");
  if (data.hint.length) box.append(make("p", "hint", ...drawParts(data.hint)));
  return box;
}

function drawExchange(exchange) {
  const question = make("div", "question", words("h2", "", exchange.question));
  if (exchange.scope) question.append(words("p", "scope", exchange.scope));
  const parts = [question];
  if (exchange.answer) parts.push(drawAnswer(exchange.answer, exchange.id));
  else drawn.delete(exchange.id);
  if (exchange.progress) parts.push(drawProgress(exchange.progress));
  if (exchange.stopped) parts.push(make("p", "stopped", exchange.stopped));
  if (exchange.problem) parts.push(drawProblem(exchange.problem));
  return parts;
}

function drawProgress(text) {
  const status = make("p", "progress", text);
  status.setAttribute("role", "status");
  return status;
}

function drawAnswer(answer, id) {
  const box = make("div", "answer");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Answer");
  const entries = new Map(answer.citations.map((each) => [each.n, drawCitation(each)]));
  if (answer.refusal) box.append(make("p", "refusal", answer.refusal));
  drawBlocks(box, answer, entries, id);
  if (answer.notes.length) {
    box.append(make("ul", "notes", ...answer.notes.map((note) => words("li", "", note))));
  }
  if (answer.nearest.length) box.append(drawNearest(answer.nearest));
  if (entries.size) {
    const list = make("ol", "citations", ...entries.values());
    list.setAttribute("aria-label", "Citations");
    box.append(list);
  }
  if (answer.timing) box.append(words("p", "timing", answer.timing));
  return box;
}

function drawBlocks(box, answer, entries, id) {
  const before = drawn.get(id) ?? 0;
  let number = 0;
  for (const block of answer.blocks) {
    const paragraph = make("p", "sentences");
    for (const sentence of block.sentences) {
      const element = drawSentence(sentence, block.check, entries);
      if (number++ >= before) element.classList.add("new");
      paragraph.append(element, " ");
    }
    const holder = make("div", `block ${block.check}`, paragraph);
    if (block.label) {
      const label = make("p", "label", make("span", "", block.label));
      if (block.why) label.append(" · ", words("bdi", "why", block.why));
      holder.append(label);
    }
    box.append(holder);
  }
  drawn.set(id, number);
}

function drawSentence(sentence, check, entries) {
  const element = make("span", "sentence");
  if (sentence.lead) element.append(words("span", "lead", sentence.lead), " ");
  element.append(words("span", check === "quoted" ? "quotation" : "statement", sentence.text));
  for (const n of sentence.citations) {
    const entry = entries.get(n);
    if (entry) element.append(drawMarker(n, entry));
  }
  return element;
}

/** A button that goes to the citation; hovering shows what it says. */
function drawMarker(n, entry) {
  const marker = make("button", "marker", `[${n}]`);
  const quote = entry.querySelector(".quote").textContent;
  marker.type = "button";
  marker.title = quote;
  marker.setAttribute("aria-label", `Citation ${n}: ${quote}`);
  marker.onclick = () => visit(entry);
  entry.back ??= marker;
  return marker;
}

function drawCitation(citation) {
  const number = make("button", "number", String(citation.n));
  number.type = "button";
  number.title = "Back to the answer";
  number.setAttribute("aria-label", `Citation ${citation.n}: back to the answer`);
  const entry = make("li", "citation", number, make("div", "source",
    words("blockquote", "quote", citation.quote),
    words("p", "headline", citation.title),
    drawOrigin([citation.outlet, citation.byline, citation.date]),
    citation.url ? words("p", "address", citation.url) : null,
    words("p", "file", citation.file),
  ));
  entry.tabIndex = -1;
  number.onclick = () => entry.back && visit(entry.back);
  return entry;
}

/** Outlet, byline and date, each in its own direction so that none can turn the others around. */
function drawOrigin(parts) {
  const line = make("p", "origin");
  for (const part of present(parts)) {
    if (line.hasChildNodes()) line.append(" · ");
    line.append(words("bdi", "", part));
  }
  return line;
}

function drawNearest(passages) {
  const count = passages.length === 1 ? "The nearest passage" : `The ${passages.length} nearest passages`;
  const list = passages.map((passage) => make("li", "passage",
    words("p", "headline", passage.title),
    drawOrigin([passage.outlet, passage.date]),
    words("p", "text", passage.text),
  ));
  return make("details", "nearest",
    make("summary", "", `${count}, which may be about something else`),
    make("ul", "", ...list),
  );
}

function visit(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "center" });
  element.focus({ preventScroll: true });
}

// One exchange: the question, the answer with its markers, the citations, and what can be done.

function drawExchange(data, root, act) {
  root.classList.add("exchange");
  const exchange = { id: data.id, act, root, citations: data.answer?.citations ?? [] };
  root.exchange = exchange;
  const focused = root.getRootNode().activeElement?.dataset.stays;
  patch(root, [
    part("question", [data.question, data.scope], drawQuestion),
    ...listAnswerParts(data),
    part("progress", data.progress, drawProgress),
    part("stopped", data.stopped, (text) => make("p", "stopped", text)),
    part("problem", data.problem, drawProblem),
    part("unbriefed", data.briefed?.problem, drawProblem),
    part("tools", listTools(data), (tools) => drawTools(tools, root)),
    part("details", data.details, drawDetails),
  ]);
  if (focused) root.querySelector(`[data-stays="${focused}"]`)?.focus();
  if (data.opened) fillPanel(exchange, data.opened);
  // The panel goes with the chat that it was opened from: its exchange has left the page.
  setTimeout(() => panel.from && !panel.from.exchange.root.isConnected && closePanel());
  if (data.fresh) showOnce(root, data.progress ? "begun" : "over", root);
  if (data.details) showOnce(root, "explained", root.querySelector(".details"));
  else root.shown?.delete("explained");
}

/**
 * Brings what is new into view, from its top on: an answer when it begins and when it is whole, and
 * how it came about. In between its reader is left alone, and from the first touch on.
 */
function showOnce(root, phase, element) {
  root.shown ??= new Set();
  if (root.shown.has(phase)) return;
  root.shown.add(phase);
  let touched = false;
  const touches = ["wheel", "touchmove", "keydown", "pointerdown"];
  const notice = () => {
    touched = true;
  };
  for (const touch of touches) addEventListener(touch, notice, { passive: true });
  // Streamlit goes to the end of the page by itself, some way at a time: once is not enough.
  for (const delay of [100, 400, 800, 1400]) {
    setTimeout(() => touched || element.scrollIntoView({ block: "start" }), delay);
  }
  setTimeout(() => touches.forEach((touch) => removeEventListener(touch, notice)), 1500);
}

function listAnswerParts({ answer }) {
  if (!answer) return [];
  const cited = new Map(answer.citations.map((each) => [each.n, each]));
  return [
    part("refusal", answer.refusal, (text) => make("p", "refusal", text)),
    part("short", answer.short, (text) => words("p", "short", text)),
    ...answer.blocks.map((block) => part("block", [block, pick(block, cited)], () => drawBlock(block, cited))),
    part("notes", answer.notes.length ? answer.notes : null, drawNotes),
    part("nearest", answer.nearest.length ? answer.nearest : null, drawNearest),
    part("citations", answer.citations.length ? [answer.citations, answer.copies?.citations] : null, drawCitations),
  ];
}

/** What a block's markers show: if that changes, the block is drawn anew. */
function pick(block, cited) {
  return block.sentences.flatMap((sentence) => sentence.citations.map((n) => cited.get(n)));
}

function drawQuestion([text, scope]) {
  return make("div", "question", words("h2", "", text), scope && words("p", "scope", scope));
}

function drawProgress(text) {
  const status = make("p", "progress", text);
  status.setAttribute("role", "status");
  return status;
}

function drawNotes(notes) {
  return make("ul", "notes", ...notes.map((note) => words("li", "", note)));
}

function drawBlock(block, cited) {
  const paragraph = make("p", "sentences");
  for (const sentence of block.sentences) {
    paragraph.append(drawSentence(sentence, block.check, cited), " ");
  }
  const holder = make("div", `block ${block.check}`, paragraph);
  if (block.label) {
    const label = make("p", "label", make("span", "", block.label));
    if (block.why) label.append(" · ", words("bdi", "why", block.why));
    holder.append(label);
  }
  return holder;
}

function drawSentence(sentence, check, cited) {
  const element = make("span", "sentence");
  if (sentence.lead) element.append(words("span", "lead", sentence.lead), " ");
  element.append(words("span", check === "quoted" ? "quotation" : "statement", sentence.text));
  for (const n of sentence.citations) {
    if (cited.has(n)) element.append(drawMarker(cited.get(n)));
  }
  return element;
}

/** A button that opens the article; hovering and the focus show what is cited of it. */
function drawMarker(citation) {
  const marker = button("marker", `[${citation.n}]`, () => {
    hideTip();
    openPlace(findRoot(marker).exchange, citation, marker);
  });
  marker.setAttribute("aria-label", `Citation ${citation.n}, ${citation.outlet}: ${citation.quote}`);
  marker.onmouseenter = marker.onfocus = () => showTip(marker, citation);
  marker.onmouseleave = marker.onblur = hideTip;
  return marker;
}

let tip = null;

function showTip(marker, citation) {
  hideTip();
  tip = make("div", "tip",
    words("p", "quote", citation.quote),
    drawOrigin([citation.outlet, citation.date, citation.age]),
  );
  // What it says is the marker's label already.
  tip.setAttribute("aria-hidden", "true");
  const root = findRoot(marker);
  root.parentNode.append(tip);
  const at = marker.getBoundingClientRect();
  const width = tip.offsetWidth;
  tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  const above = at.top - tip.offsetHeight - 8;
  tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

function hideTip() {
  tip?.remove();
  tip = null;
}

function findRoot(element) {
  return element.closest(".dateline");
}

function drawCitations([citations, copies]) {
  const list = make("ol", "citations", ...citations.map((each) => drawCitation(each, copies?.[each.n])));
  list.setAttribute("aria-label", "Citations");
  return list;
}

function drawCitation(citation, copied) {
  const open = button("number", String(citation.n), () => openPlace(findRoot(open).exchange, citation, open));
  open.setAttribute("aria-label", `Open citation ${citation.n} in its article`);
  const tools = make("p", "tools");
  if (copied) {
    const copying = button("tool", "Copy citation", () => copy(copied, copying));
    tools.append(copying);
  }
  return make("li", "citation", open, make("div", "source",
    words("blockquote", "quote", citation.quote),
    words("p", "headline", citation.title),
    drawOrigin([citation.outlet, citation.byline, citation.date, citation.age]),
    citation.url && words("p", "address", citation.url),
    words("p", "file", citation.file),
    citation.also && words("p", "also", citation.also),
    copied && tools,
  ));
}

function drawNearest(passages) {
  const count = passages.length === 1 ? "The nearest passage" : `The ${passages.length} nearest passages`;
  return make("details", "nearest",
    make("summary", "", `${count}, which may be about something else`),
    make("ul", "", ...passages.map(drawPassage)),
  );
}

function drawPassage(passage) {
  const open = button("tool", "Open the article", () => openPlace(findRoot(open).exchange, passage, open));
  return make("li", "passage",
    words("p", "headline", passage.title),
    drawOrigin([passage.outlet, passage.date]),
    words("p", "text", passage.text),
    make("p", "tools", open),
  );
}

/** The line below an answer: copying, how it came about, what else can be done, how long it took. */
function listTools(data) {
  const { answer, offers } = data;
  const over = answer && !data.progress;
  if (!offers.length && !over) return null;
  return {
    offers,
    briefed: data.briefed && { briefing: data.briefed.briefing },
    copies: answer?.copies && { markdown: answer.copies.markdown, plain: answer.copies.plain },
    explained: over ? data.details !== null : null,
    timing: answer?.timing ?? null,
  };
}

/** One click adds the answer; then the same place leads to where it is. */
function drawBriefed({ briefing }, root) {
  const adding = briefing
    ? button("tool offer", "Open the briefing", () => root.exchange.act({ do: "open-briefing", briefing }))
    : button("tool offer", "Add to briefing", () => root.exchange.act({ do: "brief" }));
  adding.dataset.stays = "briefed";
  if (!briefing) return [adding];
  const said = make("span", "briefed", "In the briefing");
  said.setAttribute("role", "status");
  return [said, adding];
}

function drawTools({ offers, briefed, copies, explained, timing }, root) {
  const line = make("div", "tools");
  for (const offer of offers) {
    line.append(button("tool offer", offer.label, () => root.exchange.act({ do: offer.do })));
  }
  if (briefed) line.append(...drawBriefed(briefed, root));
  if (copies) {
    const kinds = [["Copy with footnotes", copies.markdown], ["Copy as text", copies.plain]];
    for (const [label, text] of kinds) {
      const pressed = button("tool", label, () => copy(text, pressed));
      line.append(pressed);
    }
  }
  if (explained !== null) {
    const toggle = button("tool", "How it came about", () => root.exchange.act({ do: "explain", show: !explained }));
    toggle.setAttribute("aria-expanded", String(explained));
    toggle.dataset.stays = "explain";
    line.append(toggle);
  }
  if (timing) line.append(words("span", "timing", timing));
  return line;
}

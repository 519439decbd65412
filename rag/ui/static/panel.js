// The article beside the answer. There is one on the page, whichever answer it was opened from.

const panel = {
  root: null,
  /** What it shows: the exchange, its citations, how to ask for an article, and whence it came. */
  from: null,
  article: null,
  n: 0,
};

function mountPanel(root) {
  if (panel.root === root) return;
  panel.root = root;
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closePanel();
  });
}

/**
 * Opens a place of an article: {article, start, end, n, title, outlet, date, quote}. What is known
 * of it is shown at once, and the article when it comes.
 */
function openPlace(exchange, place, opener) {
  const before = panel.from?.place;
  const same = panel.from?.exchange.id === exchange.id && before.article === place.article && before.hash === place.hash;
  panel.from = { exchange, place, opener };
  panel.n = place.n ?? 0;
  if (same && place.n && holds(panel.article, place.n)) {
    point();
    return;
  }
  panel.article = null;
  drawPanel();
  const { article, start, end, n = 0 } = place;
  exchange.root.exchange.act({ do: "open", article, start, end, n });
}

/** The article has come: it is shown if it is still the one that is waited for. */
function fillPanel(exchange, article) {
  if (panel.from?.exchange.id !== exchange.id || panel.seq === article.seq) return;
  panel.seq = article.seq;
  panel.article = article;
  panel.n = article.n;
  drawPanel();
}

function holds(article, n) {
  return article?.pieces.some((piece) => piece.marks.includes(n)) ?? false;
}

function closePanel() {
  const opener = panel.from?.opener;
  panel.from = panel.article = null;
  panel.root?.replaceChildren();
  makeRoom(false);
  if (opener?.isConnected) opener.focus();
}

function drawPanel() {
  if (!panel.root) return;
  const box = make("aside", "panel", drawPanelHead(), drawSource(), drawPanelBody());
  box.setAttribute("aria-label", "Article");
  panel.root.replaceChildren(box);
  makeRoom(true);
  point();
}

function drawPanelHead() {
  const { exchange, place } = panel.from;
  const numbers = exchange.citations.map((each) => each.n);
  const at = numbers.indexOf(place.n);
  const head = make("div", "panel-head");
  if (at >= 0) {
    head.append(
      step("‹", "Previous citation", exchange.citations[at - 1]),
      make("span", "place", `Citation ${place.n} of ${numbers.length}`),
      step("›", "Next citation", exchange.citations[at + 1]),
    );
  } else {
    head.append(make("span", "place", "Passage"));
  }
  const close = button("close", "Close", closePanel);
  close.setAttribute("aria-label", "Close the article");
  head.append(close);
  return head;
}

function step(label, name, citation) {
  const opener = panel.from.opener;
  const exchange = panel.from.exchange;
  const element = button("step", label, () => openPlace(exchange, citation, opener));
  element.setAttribute("aria-label", name);
  element.disabled = !citation;
  return element;
}

/** Where the article comes from: it stays in view while the text is scrolled. */
function drawSource() {
  const known = panel.article ?? panel.from.place;
  const dates = panel.article ? panel.article.dates : [panel.from.place.date];
  return make("div", "panel-source",
    known.title && words("h2", "headline", known.title),
    known.outlet && drawOrigin([known.outlet, known.byline, ...dates]),
    known.url && words("p", "address", known.url),
    known.file && words("p", "file", known.file),
    known.note && words("p", "note", known.note),
  );
}

function drawPanelBody() {
  const { place } = panel.from;
  const body = make("div", "panel-body");
  body.tabIndex = 0;
  body.setAttribute("role", "region");
  body.setAttribute("aria-label", "Text of the article");
  if (panel.article) {
    body.append(drawText(panel.article.pieces));
  } else {
    body.append(words("div", "article-text", place.quote ?? place.text));
    body.setAttribute("aria-busy", "true");
  }
  return body;
}

/** The text, in the pieces that it came in: those that are cited are marked. */
function drawText(pieces) {
  const text = make("div", "article-text");
  text.dir = "auto";
  for (const piece of pieces) {
    if (!piece.marks.length) {
      text.append(piece.text);
      continue;
    }
    const mark = make("mark", "", piece.text);
    mark.marks = piece.marks;
    text.append(mark);
  }
  return text;
}

/** Marks out the place that was asked for, and brings it into view. */
function point() {
  const box = panel.root.querySelector(".panel");
  if (!box) return;
  box.querySelector(".panel-head").replaceWith(drawPanelHead());
  let first = null;
  for (const mark of box.querySelectorAll("mark")) {
    const meant = mark.marks.includes(panel.n);
    mark.classList.toggle("meant", meant);
    if (meant) first ??= mark;
  }
  const body = box.querySelector(".panel-body");
  body.focus({ preventScroll: true });
  if (first) body.scrollTop = findTop(first, body) - body.clientHeight / 3;
}

function findTop(element, within) {
  return element.getBoundingClientRect().top - within.getBoundingClientRect().top + within.scrollTop;
}

/** On a wide window the answers move aside; on a narrow one the article lies over them. */
function makeRoom(open) {
  const main = document.querySelector("main");
  if (!main) return;
  const wide = matchMedia("(min-width: 1100px)").matches;
  main.style.maxWidth = open && wide ? "calc(100% - min(34rem, 42vw))" : "";
}

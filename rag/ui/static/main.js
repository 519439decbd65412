// What all instances of the component share. It comes to the page once, with the one that draws
// nothing but the panel; the others only hand on their data (see loader.js).

const kinds = {
  exchange: drawExchange,
  chats: drawChats,
  briefings: drawBriefings,
  briefing: drawBriefing,
  "briefing-bar": drawBriefingBar,
  missing: replace(drawMissing),
  library: drawLibrary,
  "library-bar": drawLibraryBar,
  "set-aside": drawSetAside,
  coverage: drawCoverage,
  panel: (_, root) => mountPanel(root),
  job: replace(drawJob),
  banner: replace((data) => [make("p", "banner", ...drawParts(data.parts))]),
  failure: replace((data) => [make("h1", "title", data.title), drawProblem(data)]),
  notice: replace((data) => [drawProblem(data)]),
  name: replace((data) => [make("p", "name", data.name), make("p", "aside", data.motto)]),
  engine: replace(drawEngine),
  servers: replace(drawServers),
  swap: replace(drawSwap),
  welcome: replace(drawWelcome),
};

function drawComponent({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".dateline");
  kinds[data.kind](data, root, (act) => setTriggerValue("act", act));
}

/** Streamlit's own line on a download that failed gives no reason: not beside ours, which does. */
const UNMADE = ':root:has(.st-key-drawn-unmade) [data-testid="stDownloadButtonError"] { display: none }';
/** A list with columns takes more room than lines that are read. */
const WIDE = ':root:has(.st-key-drawn-library-bar) [data-testid="stMainBlockContainer"] { max-width: 80rem }';
const OUTSIDE = `${UNMADE} ${WIDE}`;

function styleOutside() {
  if (globalThis.dateline.outside) return;
  globalThis.dateline.outside = new CSSStyleSheet();
  globalThis.dateline.outside.replaceSync(OUTSIDE);
  document.adoptedStyleSheets.push(globalThis.dateline.outside);
}

/** Called with the component's style sheet, before or after other instances have come. */
export default function (component) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(component.data.styles);
  const draw = (each) => {
    each.parentElement.adoptedStyleSheets = [sheet];
    drawComponent(each);
  };
  draw(component);
  globalThis.dateline ??= { waiting: [] };
  globalThis.dateline.draw = draw;
  styleOutside();
  globalThis.dateline.waiting.splice(0).forEach(draw);
}

function replace(build) {
  return (data, root, act) => root.replaceChildren(...build(data, act));
}

function drawWelcome(data, act) {
  closePanel();
  const list = data.suggestions.map((question) => {
    const ask = button("suggestion", null, () => act({ do: "ask", question }));
    ask.append(words("span", "", question));
    return make("li", "", ask);
  });
  return present([
    make("h1", "title", data.title),
    make("p", "lede", ...drawParts(data.parts)),
    list.length ? make("ul", "suggestions", ...list) : null,
  ]);
}

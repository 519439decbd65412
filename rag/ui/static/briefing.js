// One briefing: changed by hand, and as it will look.

/** What stands above a briefing; the page begins with it, wherever it was scrolled to before. */
function drawBriefingBar(_, root, act) {
  root.classList.add("bar-above");
  root.replaceChildren(drawBack(act), make("p", "label", "Download"));
  showOnce(root, "arrived", root);
}

function drawBack(act) {
  return make("p", "tools", button("tool", "‹ Back to the chat", () => act({ do: "back" })));
}

function drawMissing(data, act) {
  closePanel();
  return [drawProblem(data), drawBack(act)];
}

function drawBriefing(data, root, act) {
  root.send = act;
  if (!root.editor) buildBriefing(root);
  settleActs(root, data.handled);
  const before = JSON.stringify(root.exchange?.citations);
  root.exchange = { id: data.id, act: root.act, root, citations: data.notes };
  // Its numbers would be those of before.
  const renumbered = panel.from?.exchange.root === root && before !== JSON.stringify(data.notes);
  holdFocus(root, () => fillBriefing(root, data));
  if (renumbered) closePanel();
  // The panel goes with the chat that it was opened from.
  setTimeout(() => panel.from && !panel.from.exchange.root.isConnected && closePanel());
  if (data.opened) fillPanel(root.exchange, data.opened);
}

function buildBriefing(root) {
  root.classList.add("briefing");
  queueActs(root);
  root.said = make("p", "unseen");
  root.said.setAttribute("role", "status");
  root.notices = make("div", "notices");
  root.titled = drawField({ name: "title", label: "Title of the briefing", line: true, needed: true, act: (what) => root.act(what) });
  root.titled.classList.add("titled");
  root.list = make("ol", "brief-entries");
  root.list.setAttribute("aria-label", "Answers in the briefing");
  root.footnotes = make("div", "");
  root.editor = make("div", "editor", root.titled, root.list, root.footnotes);
  root.look = make("div", "");
  root.replaceChildren(drawStates(root), root.notices, root.said, root.editor, root.look);
}

/** Two buttons: to change the briefing, and to see it as it will look. */
function drawStates(root) {
  const group = make("div", "states");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "View");
  const show = (looking) => {
    root.editor.hidden = looking;
    root.look.hidden = !looking;
    buttons.forEach((each, index) => each.setAttribute("aria-pressed", String((index === 1) === looking)));
    if (!looking) root.editor.querySelectorAll("textarea").forEach(grow);
  };
  const buttons = [
    button("state", "Edit", () => show(false)),
    button("state", "As it will look", () => show(true)),
  ];
  group.append(...buttons);
  show(false);
  return group;
}

function fillBriefing(root, data) {
  const kept = new Map(data.kept.map((each) => [each.field, each]));
  renewField(root.titled, data.title, kept.get("title"));
  patch(root.notices, [
    part("problem", data.problem, drawProblem),
    part("removed", data.removed, ({ heading }) => drawUndo(`Removed: ${heading}`, () => root.act({ do: "put-back" }))),
    part("empty", data.entries.length ? null : "Nothing is in it yet. Below each answer in a chat, “Add to briefing” puts it here.", (text) => make("p", "aside", text)),
  ]);
  const items = keepInOrder(root.list, data.entries, (entry) => buildEntry(entry, root));
  items.forEach((item, index) => fillEntry(item, data.entries[index], index, data, kept, root));
  const cited = new Map(data.notes.map((note) => [note.n, note]));
  patch(root.footnotes, [part("notes", data.notes.length ? data.notes : null, drawFootnotes)]);
  patch(root.look, [part("look", [data.look, data.entries, data.notes], () => drawLook(data, cited))]);
  tellMove(root, data.entries);
}

/** Says where an entry has gone to, for those who do not see it. */
function tellMove(root, entries) {
  const at = entries.findIndex((entry) => entry.id === root.moving?.id);
  if (at < 0 || at === root.moving.from) return;
  root.said.textContent = `Number ${at + 1} of ${entries.length} now: ${entries[at].heading}`;
  root.moving = null;
}

function buildEntry(entry, root) {
  const act = (what) => root.act(what);
  const item = make("li", "brief-entry");
  item.tools = make("div", "");
  item.heading = drawField({ name: `heading ${entry.id}`, label: "Heading", line: true, act });
  item.heading.classList.add("heading");
  item.body = make("div", "brief-body");
  item.comment = drawField({ name: `comment ${entry.id}`, label: "Comment", act });
  item.comment.firstElementChild.placeholder = "Comment";
  item.comment.classList.add("comment");
  item.append(item.tools, item.heading, item.body, item.comment);
  return item;
}

function fillEntry(item, entry, index, data, kept, root) {
  const cited = new Map(data.notes.map((note) => [note.n, note]));
  const numbers = entry.paragraphs.flat().flatMap((said) => said.notes);
  patch(item.tools, [part("tools", [entry.id, entry.heading, index, data.entries.length], (of) => drawEntryTools(of, root))]);
  renewField(item.heading, entry.heading, kept.get(`heading ${entry.id}`));
  patch(item.body, [
    part("note", entry.note, (text) => make("p", "stopped", text)),
    part("text", entry.paragraphs.length ? [entry.paragraphs, numbers.map((n) => cited.get(n))] : null, () => drawEditable(entry, cited, root)),
    part("left", entry.left.length ? entry.left : null, (left) => drawLeft(left, entry, root)),
  ]);
  renewField(item.comment, entry.comment, kept.get(`comment ${entry.id}`));
}

function drawEntryTools([id, heading, index, count], root) {
  const line = make("div", "entry-tools", make("span", "rank", `${index + 1} of ${count}`));
  const ways = [["first", "⤒", "Move to the top"], ["up", "↑", "Move up"], ["down", "↓", "Move down"], ["last", "⤓", "Move to the end"]];
  for (const [way, sign, name] of ways) {
    const move = button("tool way", sign, () => {
      root.moving = { id, from: index };
      root.act({ do: "move", entry: id, way });
    });
    move.setAttribute("aria-label", `${name}: ${heading}`);
    move.title = name;
    move.disabled = way === "first" || way === "up" ? index === 0 : index === count - 1;
    move.dataset.stays = `${way}-${id}`;
    line.append(move);
  }
  const remove = button("tool remove", "Remove", () => root.act({ do: "remove", entry: id }));
  remove.setAttribute("aria-label", `Remove from the briefing: ${heading}`);
  line.append(remove);
  return line;
}

/** The text of an entry, each sentence with what leaves it out. */
function drawEditable(entry, cited, root) {
  return make("div", "text", ...entry.paragraphs.map((paragraph) => {
    const element = make("p", "sentences");
    for (const said of paragraph) {
      const leave = button("leave", "×", () => root.act({ do: "take", entry: entry.id, place: said.place, taken: false }));
      leave.setAttribute("aria-label", `Leave out: ${said.text}`);
      leave.title = "Leave out";
      leave.dataset.stays = `place-${entry.id}-${said.place}`;
      const sentence = drawSaid(said, cited);
      sentence.append(leave);
      element.append(sentence, " ");
    }
    return element;
  }));
}

function drawSaid(said, cited) {
  const element = make("span", "sentence", words("span", "", said.text));
  for (const n of said.notes) if (cited.has(n)) element.append(drawMarker(cited.get(n)));
  if (said.doubt) element.append(" ", words("mark", "doubt", said.doubt));
  return element;
}

function drawLeft(left, entry, root) {
  const list = make("ul", "", ...left.map((one) => {
    const name = one.doubted ? "Take in all the same" : "Take in again";
    const take = button("tool", name, () => root.act({ do: "take", entry: entry.id, place: one.place, taken: true }));
    take.setAttribute("aria-label", `${name}: ${one.text}`);
    take.dataset.stays = `place-${entry.id}-${one.place}`;
    return make("li", one.doubted ? "doubted" : "",
      words("s", "", one.text), " ", words("span", "why", one.why), " ", take);
  }));
  return make("div", "left", make("p", "label", "Left out of the text"), list);
}

function drawFootnotes(notes) {
  return make("section", "footnotes", make("h2", "", "Footnotes"), drawNoteList(notes));
}

function drawNoteList(notes) {
  const list = make("ol", "note-list", ...notes.map((note) => {
    const open = button("number", String(note.n), () => openPlace(findRoot(open).exchange, note, open));
    open.setAttribute("aria-label", `Open footnote ${note.n} in its article`);
    return make("li", "", open, words("span", "note-text", note.text));
  }));
  list.setAttribute("aria-label", "Footnotes");
  return list;
}

/** The document, without anything that changes it. */
function drawLook(data, cited) {
  const { look } = data;
  if (!look) return make("p", "aside", "No sentence stands in it yet.");
  const paper = make("article", "paper", words("h2", "paper-title", look.title), make("p", "paper-date", look.date));
  for (const entry of data.entries.filter((each) => each.shown)) {
    paper.append(words("h3", "paper-heading", entry.heading));
    for (const paragraph of entry.paragraphs) {
      const element = make("p", "");
      element.dir = "auto";
      for (const said of paragraph) element.append(drawSaid(said, cited), " ");
      paper.append(element);
    }
    if (entry.remarks.length) paper.append(drawRemarks(entry.remarks, look.comment));
  }
  if (data.notes.length) paper.append(drawNoteList(data.notes));
  paper.append(make("p", "closing", look.closing));
  return paper;
}

function drawRemarks([first, ...others], label) {
  const opening = words("p", "", first);
  opening.prepend(make("strong", "", label), " ");
  return make("blockquote", "remarks", opening, ...others.map((text) => words("p", "", text)));
}

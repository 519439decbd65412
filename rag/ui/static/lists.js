// The lists of the sidebar: chats and briefings; and how far a change of the library is.

/** A field that searches as one types, a moment after the last key. */
function drawSearch(root, label, text) {
  const field = make("input", "search");
  field.type = "search";
  field.placeholder = label;
  field.setAttribute("aria-label", label);
  field.value = text;
  field.maxLength = 200;
  let waiting = null;
  field.oninput = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => root.act({ do: "search", text: field.value }), 250);
  };
  return field;
}

function drawChats(data, root, act) {
  root.act = act;
  // One chat needs no searching; a search that found none must stay to be taken back.
  const searching = data.chats.length > 4 || data.containing;
  patch(root, [
    // Its text is its reader's: drawn once, and never again under the hands of who types.
    searching ? ["search", () => drawSearch(root, "Search the chats", data.containing)] : null,
    part("deleted", data.deleted, (title) => drawUndo(`Deleted: ${title}`, () => root.act({ do: "undelete" }))),
    data.chats.length ? part("list", [data.chats, data.opened], () => drawChatList(data, root)) : null,
    part("none", data.containing && !data.chats.length ? "No chat holds these words." : null, (text) => make("p", "aside", text)),
    part("more", data.more ? "Older chats are found by searching." : null, (text) => make("p", "aside", text)),
  ]);
}

function drawUndo(text, undo) {
  const line = make("p", "undo", words("span", "", text), button("tool", "Undo", undo));
  line.setAttribute("role", "status");
  return line;
}

function drawChatList(data, root) {
  const list = make("ul", "list chats", ...data.chats.map((chat) => drawNamed("chat", chat, data.opened, root)));
  list.setAttribute("aria-label", "Chats");
  return list;
}

function drawBriefings(data, root, act) {
  root.act = act;
  const create = () => {
    const made = button("tool", "New", () => root.act({ do: "new" }));
    made.setAttribute("aria-label", "New briefing");
    return make("div", "list-head", make("h2", "", "Briefings"), made);
  };
  patch(root, [
    ["head", create],
    part("deleted", data.deleted, (title) => drawUndo(`Deleted: ${title}`, () => root.act({ do: "undelete" }))),
    data.briefings.length ? part("list", [data.briefings, data.opened], () => drawBriefingList(data, root)) : null,
    part("none", data.briefings.length ? null : "Answers that are added are collected here.", (text) => make("p", "aside", text)),
  ]);
}

function drawBriefingList(data, root) {
  const list = make("ul", "list chats briefings", ...data.briefings.map((one) => drawNamed("briefing", one, data.opened, root)));
  list.setAttribute("aria-label", "Briefings");
  return list;
}

/** A chat or a briefing in its list: `noun` says which, and names it in what is asked for. */
function drawNamed(noun, named, opened, root) {
  const open = button("entry", null, () => root.act({ do: "open", [noun]: named.id }));
  open.append(words("span", "title", named.title), make("span", "when", named.when));
  const isOpen = named.id === opened;
  if (isOpen) open.setAttribute("aria-current", "true");
  const item = make("li", isOpen ? "item open" : "item", open);
  const rename = button("tool", "Rename", () => item.replaceChildren(drawRenaming(noun, named, opened, item, root)));
  const remove = button("tool", "Delete", () => root.act({ do: "delete", [noun]: named.id }));
  rename.setAttribute("aria-label", `Rename the ${noun} ${named.title}`);
  remove.setAttribute("aria-label", `Delete the ${noun} ${named.title}`);
  item.append(make("span", "item-tools", rename, remove));
  return item;
}

function drawRenaming(noun, named, opened, item, root) {
  const field = make("input", "search");
  field.value = named.title;
  field.maxLength = 200;
  field.setAttribute("aria-label", `New name of the ${noun}`);
  let over = false;
  const end = (keep) => {
    if (over) return;
    over = true;
    const title = field.value.trim();
    item.replaceWith(drawNamed(noun, named, opened, root));
    if (keep && title && title !== named.title) root.act({ do: "rename", [noun]: named.id, title });
  };
  field.onkeydown = (event) => {
    if (event.key === "Enter") end(true);
    if (event.key === "Escape") end(false);
  };
  field.onblur = () => end(true);
  setTimeout(() => field.select());
  return field;
}

function drawJob(data, act) {
  const box = make("div", "job");
  if (data.what) {
    const bar = make("progress", "");
    bar.setAttribute("aria-label", data.what);
    if (data.share !== null) bar.value = data.share;
    box.append(make("p", "progress", data.what), bar);
    if (data.far) box.append(make("p", "aside far", data.far));
  }
  for (const line of data.lines) box.append(words("p", "aside", line));
  if (data.problem) box.append(drawProblem(data.problem));
  if (data.over && box.hasChildNodes()) {
    const dismiss = button("tool", "Dismiss", () => act({ do: "dismiss" }));
    dismiss.setAttribute("aria-label", "Dismiss this report");
    box.append(make("p", "tools", dismiss));
  }
  box.setAttribute("role", "status");
  return [box];
}

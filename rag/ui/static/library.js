// The page of the library: a list of its articles to search in.

const COLUMNS = [
  ["title", "Title"],
  ["outlet", "Outlet"],
  ["published", "Published"],
  ["passages", "Passages"],
  [null, "Copies"],
  [null, "Warnings"],
  [null, ""],
];
const SEARCHED = "Search title, outlet, byline, section and file";

/** What stands above the library; the page begins with it, wherever it was scrolled to before. */
function drawLibraryBar(data, root, act) {
  closePanel();
  root.act = act;
  root.classList.add("bar-above");
  const again = button("tool offer", "Look for changes", () => root.act({ do: "reindex" }));
  again.title = "Reads what is new or has changed in the folders that were indexed";
  patch(root, [
    ["back", () => make("p", "tools", button("tool", "‹ Back to the chat", () => root.act({ do: "back" })))],
    part("head", data.lines, (lines) => make("div", "library-head", make("h1", "title", "Library"), make("p", "aside", lines.join(" · ")), again)),
  ]);
  showOnce(root, "arrived", root);
}

function drawLibrary(data, root, act) {
  root.send = act;
  if (!root.acts) buildLibrary(root);
  settleActs(root, data.handled);
  // What the page has asked for since counts until it is answered.
  if (!root.acts.length || !root.view) root.view = data.view;
  holdFocus(root, () => fillLibrary(root, data));
}

function buildLibrary(root) {
  root.classList.add("shelf");
  queueActs(root);
  root.edits = new Map();
  root.cleared = 0;
  /** Shows another part of the list; a change of what is wanted begins with its first page. */
  root.look = (change) => {
    root.view = { ...root.view, ...("opened" in change ? {} : { page: 0 }), ...change };
    root.act({ do: "look", view: root.view });
  };
}

function fillLibrary(root, data) {
  const shown = data.rows.some((row) => row.id === data.opened?.id);
  patch(root, [
    [`finding ${JSON.stringify(data.outlets)} ${root.cleared}`, () => drawFinding(data, root)],
    part("undo", data.undo.length ? data.undo : null, (gone) => drawGone(gone, root)),
    part("count", [data.first, data.last, data.total, isNarrowed(root.view)], () => drawCount(data, root)),
    ["loose", () => make("div", "loose")],
    data.rows.length ? ["table", () => buildTable()] : null,
    part("pager", data.more || data.first > 1 ? [data.first, data.more] : null, () => drawPager(data, root)),
  ]);
  const table = root.querySelector(".shelf-table");
  if (table) fillTable(table, data, root);
  fillOpened(root.querySelector(".loose"), shown ? null : data.opened, data.told, root);
}

function isNarrowed(view) {
  return Boolean(view.containing || view.outlet !== null || view.since || view.until || view.only);
}

/** The fields that say which articles are wanted: drawn once, and never again under one's hands. */
function drawFinding(data, root) {
  const search = drawSearch({ act: ({ text }) => root.look({ containing: text }) }, SEARCHED, root.view.containing);
  const outlets = drawSelect("Outlet", [["all", "All outlets"], ["none", "No outlet"], ...data.outlets.map((name) => [`=${name}`, name])],
    root.view.outlet === null ? "all" : root.view.outlet === "" ? "none" : `=${root.view.outlet}`,
    (value) => root.look({ outlet: value === "all" ? null : value === "none" ? "" : value.slice(1) }));
  const only = drawSelect("Which", [["", "All articles"], ["warned", "With warnings"], ["undated", "Undated"]], root.view.only, (value) => root.look({ only: value }));
  const orders = COLUMNS.filter(([name]) => name).flatMap(([name, label]) => [[`${name} down`, `${label}, ${name === "published" ? "newest" : "last"} first`], [`${name} up`, `${label}, ${name === "published" ? "oldest" : "first"} first`]]);
  const sort = drawSelect("Order", orders, `${root.view.sort} ${root.view.descending ? "down" : "up"}`, (value) => {
    const [name, way] = value.split(" ");
    root.look({ sort: name, descending: way === "down" });
  });
  sort.classList.add("order");
  const box = make("div", "finding", labelled("Search", search, "wide"), labelled("Outlet", outlets), drawDay("From", "since", root), drawDay("Until", "until", root), labelled("Show", only), labelled("Order", sort, "order"));
  box.setAttribute("role", "search");
  return box;
}

function labelled(label, field, name = "") {
  return make("label", `labelled ${name}`, make("span", "label", label), field);
}

function drawSelect(label, options, chosen, choose) {
  const select = make("select", "search");
  select.setAttribute("aria-label", label);
  for (const [value, text] of options) {
    const option = words("option", "", text);
    option.value = value;
    select.append(option);
  }
  select.value = chosen;
  select.onchange = () => choose(select.value);
  return select;
}

function drawDay(label, name, root) {
  const field = make("input", "search");
  field.type = "date";
  field.value = root.view[name];
  field.setAttribute("aria-label", `${label} the day`);
  field.onchange = () => root.look({ [name]: field.value });
  return labelled(label, field);
}

function drawGone(gone, root) {
  return make("div", "gone", ...gone.map((one) => drawUndo(`Removed: ${one.title}`, () => root.act({ do: "restore", article: one.id }))));
}

function drawCount(data, root) {
  const narrowed = isNarrowed(root.view);
  const number = (count) => count.toLocaleString("en");
  const none = narrowed ? "No article is like that." : "No articles yet.";
  const said = data.total ? `${number(data.first)}–${number(data.last)} of ${number(data.total)}` : none;
  const line = make("p", "aside found", make("span", "", said));
  line.setAttribute("role", "status");
  if (narrowed) {
    line.append(" ", button("tool", "Show all", () => {
      root.cleared += 1;
      root.look({ containing: "", outlet: null, since: "", until: "", only: "" });
    }));
  }
  return line;
}

function drawPager(data, root) {
  const turn = (label, by, name) => {
    const element = button("tool offer", label, () => {
      root.look({ page: root.view.page + by });
      root.scrollIntoView({ block: "start" });
    });
    element.disabled = by < 0 ? data.first === 1 : !data.more;
    element.dataset.stays = name;
    return element;
  };
  const line = make("nav", "pager tools", turn("‹ Previous", -1, "previous"), turn("Next ›", 1, "next"));
  line.setAttribute("aria-label", "Pages of the list");
  return line;
}

function buildTable() {
  const table = make("div", "shelf-table");
  table.setAttribute("role", "table");
  table.setAttribute("aria-label", "Articles");
  table.head = make("div", "shelf-head");
  table.head.setAttribute("role", "rowgroup");
  table.list = make("div", "shelf-list");
  table.list.setAttribute("role", "presentation");
  table.append(table.head, table.list);
  return table;
}

function fillTable(table, data, root) {
  patch(table.head, [part("head", [root.view.sort, root.view.descending], () => drawHeadRow(root))]);
  const items = keepInOrder(table.list, data.rows, () => {
    const item = make("div", "shelf-item", make("div", ""), make("div", "unfolded"));
    item.setAttribute("role", "rowgroup");
    return item;
  });
  items.forEach((item, index) => {
    const row = data.rows[index];
    const opened = data.opened?.id === row.id ? data.opened : null;
    const [line, unfolded] = item.children;
    line.setAttribute("role", "presentation");
    patch(line, [part("row", [row, Boolean(opened)], () => drawRow(row, Boolean(opened), root))]);
    item.classList.toggle("open", Boolean(opened));
    fillOpened(unfolded, opened, data.told, root);
  });
}

function drawHeadRow(root) {
  const row = make("div", "shelf-row");
  row.setAttribute("role", "row");
  for (const [name, label] of COLUMNS) row.append(drawHeading(name, label, root));
  return row;
}

function drawHeading(name, label, root) {
  const cell = make("div", `cell of-${name ?? "other"}`);
  cell.setAttribute("role", "columnheader");
  if (!name) {
    cell.append(label || make("span", "unseen", "What can be done"));
    return cell;
  }
  const { sort, descending } = root.view;
  const sorted = sort === name;
  if (sorted) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
  // Days and counts begin with the newest and the largest, names with A.
  const first = name === "published" || name === "passages";
  const order = button("sort", label, () => root.look({ sort: name, descending: sorted ? !descending : first }));
  if (sorted) {
    const arrow = make("span", "", descending ? " ↓" : " ↑");
    arrow.ariaHidden = "true";
    order.append(arrow);
  }
  order.dataset.stays = `sort-${name}`;
  cell.append(order);
  return cell;
}

function drawRow(data, isOpen, root) {
  const open = button("opener", null, () => root.look({ opened: isOpen ? null : data.id }));
  open.append(words("span", "headline", data.title));
  open.setAttribute("aria-expanded", String(isOpen));
  open.dataset.stays = `open-${data.id}`;
  const remove = button("tool", "Remove", () => root.act({ do: "remove", article: data.id }));
  remove.setAttribute("aria-label", `Remove the article ${data.title}`);
  const row = make("div", "shelf-row",
    cell("title", open, data.byline && words("span", "under", data.byline)),
    cell("outlet", data.outlet && words("span", "", data.outlet)),
    cell("published", data.published, data.updated && make("span", "under", data.updated)),
    cell("passages", data.passages, make("span", "unit", data.passages === "1" ? " passage" : " passages")),
    cell("copies", data.copies),
    cell("warned", ...data.warnings.map((text) => words("span", "warning", text))),
    cell("do", remove),
  );
  row.setAttribute("role", "row");
  return row;
}

function cell(name, ...inside) {
  const element = make("div", `cell of-${name}`, ...inside);
  element.setAttribute("role", "cell");
  return element;
}

// What a reader types and does on a page that others may change at the same time: nothing is lost.

/**
 * Gives `root` an `act` whose acts arrive in order, each once: of two that follow each other closely
 * only the later one may reach the server, so it brings along what has not been done yet.
 */
function queueActs(root) {
  root.page = String(Math.random()).slice(2);
  root.acts = [];
  root.done = 0;
  root.again = 0;
  root.sendAll = () => root.send({ do: "all", page: root.page, acts: root.acts });
  root.act = (act) => {
    root.done += 1;
    root.acts.push({ ...act, seq: root.done });
    root.sendAll();
    return root.done;
  };
}

/**
 * The acts up to `seq` have been done, if it was this page that asked for them. What is left is on
 * its way, or was lost with a connection: it is sent again, once, and never done twice.
 */
function settleActs(root, { page, seq }) {
  if (page === root.page) root.acts = root.acts.filter((act) => act.seq > seq);
  if (!root.acts.length || root.again === root.done) return;
  root.again = root.done;
  setTimeout(root.sendAll);
}

/**
 * A field whose words are kept a moment after the last key, and when it is left. `line` is one of a
 * single line, `needed` one that is never empty; `act` returns the number of what it is given.
 */
function drawField({ name, label, line, needed, act }) {
  const field = make("textarea", line ? "field line" : "field");
  field.rows = line ? 1 : 2;
  if (line) field.maxLength = 200;
  field.dir = "auto";
  field.setAttribute("aria-label", label);
  Object.assign(field, { name, known: "", sent: null, seq: 0 });
  let waiting = null;
  field.keep = () => {
    clearTimeout(waiting);
    const text = field.value;
    if (text === field.known || text === field.sent || (needed && !text.trim())) return;
    field.sent = text;
    field.seq = act({ do: "write", field: name, text, was: field.known });
  };
  field.oninput = () => {
    grow(field);
    clearTimeout(waiting);
    waiting = setTimeout(field.keep, 1000);
  };
  field.onblur = () => {
    if (needed && !field.value.trim()) field.value = field.known;
    field.keep();
    grow(field);
  };
  field.onkeydown = (event) => {
    if (!line || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    field.blur();
  };
  const again = button("tool", "Try again", () => {
    field.sent = null;
    field.keep();
  });
  field.unkept = make("p", "unkept", "What you typed is not kept yet. ", again);
  field.unkept.hidden = true;
  return make("div", "field-box", field, field.unkept);
}

/** The server has `text`; `kept` is what became of what was sent last, if it says so. */
function renewField(box, text, kept) {
  const field = box.firstElementChild;
  const typing = field.getRootNode().activeElement === field;
  if (kept) {
    field.unkept.hidden = !kept.failed;
    if (kept.failed) return;
  }
  if (kept?.joined) {
    // Another page's words stand above ours now, and what was typed since goes on below them.
    field.value = field.value.startsWith(field.sent) ? text + field.value.slice(field.sent.length) : `${text}\n\n${field.value}`;
  } else if (kept ? field.value === field.sent && !typing : field.value === field.known) {
    field.value = text;
  }
  // What was typed and not sent yet is told from what another page wrote by what stood here before.
  if (kept || field.value === text) field.known = text;
  grow(field);
}

function grow(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

/** Makes `parent` hold a child for each item, in their order; a child stays as long as its item. */
function keepInOrder(parent, items, build) {
  const there = new Map([...parent.children].map((child) => [child.keptFor, child]));
  items.forEach((item, index) => {
    const child = there.get(item.id) ?? build(item);
    child.keptFor = item.id;
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  return [...parent.children];
}

/** Does `change`, and has the focus be where it was, or at what has taken that place. */
function holdFocus(root, change) {
  const focused = root.getRootNode().activeElement;
  const inside = focused && root.contains(focused);
  const stays = inside && focused.dataset.stays;
  change();
  if (!inside || root.getRootNode().activeElement === focused) return;
  let target = focused.isConnected ? focused : root.querySelector(`[data-stays="${stays}"]`);
  if (target?.disabled) target = target.parentNode.querySelector("button:not(:disabled)");
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: "nearest" });
}

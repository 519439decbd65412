// Draws what the program shows of articles, models and people.
//
// Every such text becomes a text node. No markup is ever read from data, no attribute that a
// browser would fetch or follow is ever set, and the tags are those named in these files: nothing
// that stands in an article can make this page do anything.

/** An element with what stands in it: other elements, or text. */
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

function button(name, label, onclick) {
  const element = make("button", name, label);
  element.type = "button";
  element.onclick = onclick;
  return element;
}

function present(parts) {
  return parts.filter((part) => part !== null && part !== undefined && part !== "");
}

function drawParts(parts) {
  return parts.map((part) => (part.code ? make("code", "", part.text) : part.text));
}

function drawProblem(data) {
  const box = make("div", "problem", words("p", "", data.problem));
  box.setAttribute("role", "alert");
  if (data.hint.length) box.append(make("p", "hint", ...drawParts(data.hint)));
  return box;
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

/**
 * Makes `parent` hold `parts` in order, and leaves alone what is the same as before: a selection,
 * the focus and an animation in it go on. A part is [key, build]; what it shows stands in its key.
 */
function patch(parent, parts) {
  const wanted = present(parts);
  wanted.forEach(([key, build], index) => {
    const there = parent.children[index];
    if (there?.shownAs === key) return;
    const element = build();
    element.shownAs = key;
    if (there) there.replaceWith(element);
    else parent.append(element);
  });
  while (parent.children.length > wanted.length) parent.lastElementChild.remove();
}

/** A part whose look depends on `data` alone. */
function part(name, data, build) {
  if (data === null || data === undefined || data === "") return null;
  return [`${name} ${JSON.stringify(data)}`, () => build(data)];
}

/** Puts `text` on the clipboard, and says so on the button for a moment. */
async function copy(text, pressed) {
  pressed.label ??= pressed.textContent;
  const worked = await write(text);
  pressed.textContent = worked ? "Copied" : "The browser did not allow it";
  pressed.setAttribute("aria-live", "polite");
  setTimeout(() => {
    pressed.textContent = pressed.label;
  }, 1600);
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages that are not on this machine, and without TLS, have no clipboard: the old way, then.
    const field = make("textarea", "");
    field.value = text;
    document.body.append(field);
    field.select();
    const worked = document.execCommand("copy");
    field.remove();
    return worked;
  }
}

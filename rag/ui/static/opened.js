// One article of the library: to be read, and what is known of it to be corrected.

/** The opened article, below its line; what is typed into it stays until it is saved. */
function fillOpened(place, opened, told, root) {
  patch(place, [part("opened", opened, () => drawOpened(opened, root))]);
  if (!opened) return;
  const box = place.firstElementChild;
  box.said.textContent = told?.said ?? "";
  for (const [name, field] of Object.entries(box.fields)) {
    const fault = told?.faults[name] ?? "";
    field.fault.textContent = fault;
    field.input.setAttribute("aria-invalid", String(Boolean(fault)));
  }
}

function drawOpened(data, root) {
  const box = make("section", "opened");
  box.setAttribute("aria-label", `Article: ${data.title}`);
  box.fields = {};
  const close = button("close", "Close", () => root.look({ opened: null }));
  close.setAttribute("aria-label", "Close the article");
  close.dataset.stays = `close-${data.id}`;
  box.append(
    make("div", "opened-head", words("h2", "headline", data.title), close),
    data.warnings.length ? make("ul", "oddities", ...data.warnings.map((text) => words("li", "warning", text))) : "",
    make("div", "opened-parts", drawReading(data), make("div", "known", drawForm(data, box, root), drawFacts(data, root))),
  );
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close.click();
  });
  return box;
}

function drawReading(data) {
  const text = words("div", "article-text", data.text);
  const body = make("div", "reading", text, data.cut ? make("p", "aside", `… and ${data.cut.toLocaleString("en")} more characters.`) : null);
  body.tabIndex = 0;
  body.setAttribute("role", "region");
  body.setAttribute("aria-label", "Text of the article");
  return body;
}

function drawForm(data, box, root) {
  const edits = root.edits.get(data.id) ?? new Map();
  root.edits.set(data.id, edits);
  const group = make("div", "filling", ...data.fields.map((field) => drawFilling(field, data.id, edits, box, root)));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "What is known of it");
  const save = button("tool offer", "Save", () => {
    const changed = data.fields.filter(({ name, value }) => box.fields[name].input.value.trim() !== value);
    if (!changed.length) {
      box.said.textContent = "Nothing was changed.";
      return;
    }
    edits.clear();
    const values = Object.fromEntries(changed.map(({ name }) => [name, box.fields[name].input.value]));
    root.act({ do: "fill", article: data.id, values });
  });
  save.dataset.stays = `save-${data.id}`;
  box.save = save;
  box.said = make("span", "aside");
  box.said.setAttribute("role", "status");
  group.append(make("p", "tools", save, box.said));
  return group;
}

function drawFilling(field, article, edits, box, root) {
  const input = make("input", "search");
  input.type = "text";
  input.dir = "auto";
  input.maxLength = field.name === "url" ? 2000 : 500;
  input.placeholder = field.hint;
  input.value = edits.get(field.name) ?? field.value;
  input.dataset.stays = `field-${field.name}-${article}`;
  input.oninput = () => edits.set(field.name, input.value);
  input.onkeydown = (event) => {
    if (event.key === "Enter" && !event.isComposing) box.save.click();
  };
  const fault = make("span", "fault");
  fault.setAttribute("role", "alert");
  box.fields[field.name] = { input, fault };
  const line = make("div", "filled-line", labelled(field.label, input), make("span", "under origin", field.origin), fault);
  if (field.filled) {
    const back = button("tool", "As it was read", () => {
      edits.delete(field.name);
      root.act({ do: "unfill", article, field: field.name });
    });
    back.setAttribute("aria-label", `${field.label} as it was read`);
    line.append(back, field.read ? words("span", "under", `read: ${field.read}`) : "");
  }
  return line;
}

function drawFacts(data, root) {
  const facts = make("dl", "facts");
  for (const fact of data.facts) facts.append(make("dt", "", fact.name), words("dd", "", fact.value));
  facts.append(make("dt", "", data.files.length === 1 ? "File" : "Files"), make("dd", "", ...data.files.map((file) => words("div", "file", file))));
  if (data.copies.length) facts.append(make("dt", "", "Also in"), make("dd", "", ...data.copies.map((copy) => drawCopy(copy, root))));
  return facts;
}

function drawCopy(copy, root) {
  const open = button("tool copy", null, () => root.look({ opened: copy.id }));
  open.append(words("span", "", copy.title), words("span", "under", ` ${copy.origin}`));
  return make("div", "", open);
}

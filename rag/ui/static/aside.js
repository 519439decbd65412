// What is not in the library: what was passed over, and what was removed.

function drawSetAside(data, root, act) {
  root.act = act;
  root.unfolded ??= {};
  holdFocus(root, () => patch(root, [
    part("skipped", data.skipped ? [data.skipped, data.groups] : null, () => drawFold("skipped", `Passed over (${data.skipped.toLocaleString("en")})`, drawSkipped(data), root)),
    part("removed", data.removed ? [data.removed, data.articles] : null, () => drawFold("removed", `Removed (${data.removed.toLocaleString("en")})`, drawRemoved(data, root), root)),
  ]));
}

function drawFold(name, label, inside, root) {
  const fold = make("details", "fold", make("summary", "", label), inside);
  fold.open = root.unfolded[name] ?? false;
  fold.ontoggle = () => {
    root.unfolded[name] = fold.open;
  };
  return fold;
}

function drawSkipped(data) {
  return make("ul", "skipped", ...data.groups.map((group) => {
    const line = make("li", "", words("span", "reason", group.reason), make("span", "count", ` (${group.count})`));
    if (!group.files.length) {
      line.append(words("div", "file", group.first));
      return line;
    }
    const all = make("details", "", words("summary", "file", `${group.first} …`), ...group.files.map((file) => words("div", "file", file)));
    if (group.hidden) all.append(make("p", "aside", `… and ${group.hidden.toLocaleString("en")} more.`));
    line.append(all);
    return line;
  }));
}

function drawRemoved(data, root) {
  const list = make("ul", "removed", ...data.articles.map((one) => drawRemovedOne(one, root)));
  if (data.hidden) list.append(make("li", "aside", `… and ${data.hidden.toLocaleString("en")} more.`));
  return list;
}

function drawRemovedOne(one, root) {
  const item = make("li", "");
  const back = button("tool", "Bring back", () => root.act({ do: "restore", article: one.id }));
  back.setAttribute("aria-label", `Bring back the article ${one.title}`);
  const forget = button("tool", "Delete for good …", () => {
    const sure = button("tool offer", "Delete for good", () => root.act({ do: "forget", article: one.id }));
    const keep = button("tool", "Keep it", () => {
      item.replaceWith(drawRemovedOne(one, root));
    });
    item.append(make("p", "sure", words("span", "", one.warning), " ", sure, keep));
    forget.disabled = true;
    keep.focus();
  });
  forget.setAttribute("aria-label", `Delete for good the article ${one.title}`);
  item.append(words("span", "headline", one.title), " ", make("span", "under", one.when), back, forget);
  return item;
}

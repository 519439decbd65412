// How an answer came about.

function drawDetails(details) {
  const facts = make("dl", "facts");
  for (const fact of details.facts) {
    facts.append(make("dt", "", fact.name), words("dd", "", fact.value));
  }
  const box = make("section", "details", facts);
  box.setAttribute("aria-label", "How the answer came about");
  if (details.passages.length) {
    box.append(
      make("h3", "", "The passages it was made from, best first"),
      make("ol", "passages", ...details.passages.map(drawRanked)),
    );
  }
  if (details.prompt) {
    box.append(make("h3", "", "What the model was given"));
    box.append(...details.prompt.map((text) => words("pre", "prompt", text)));
  }
  return box;
}

/** A line for each, which opens to its words. */
function drawRanked(passage) {
  const line = make("summary", "",
    words("span", "title-of", `${passage.rank}. ${passage.title}`),
    drawOrigin([passage.outlet, passage.date]),
    make("p", "scores", passage.scores.join(" · ")),
  );
  const open = button("tool", "Open the article", () => openPlace(findRoot(open).exchange, passage, open));
  return make("li", "ranked",
    make("details", "", line, words("p", "text", passage.text), make("p", "tools", open)),
  );
}

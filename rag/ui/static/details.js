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

function drawRanked(passage) {
  const scores = make("p", "scores", `${passage.rank} · ${passage.scores.join(" · ")}`);
  return drawPassage(passage, scores);
}

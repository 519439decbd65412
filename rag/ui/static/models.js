// What answers: where its words go, its exam, and the servers that were added by hand.

function drawEngine(data, act) {
  const examine = (label) => button("tool", label, () => act({ do: "examine" }));
  return present([
    data.problem ? words("p", "engine trouble", data.problem) : words("p", "engine", data.where),
    data.reads ? words("p", "engine", data.reads) : null,
    data.exam ? drawExam(data.exam) : null,
    data.examining ? drawExamining(data.share, act) : null,
    data.trouble ? drawProblem(data.trouble) : null,
    data.can_examine ? make("p", "engine", examine(data.exam ? "Examine it again" : "Examine this model")) : null,
    data.can_examine && !data.exam ? make("p", "engine", "Some minutes that tell whether its citations can be trusted.") : null,
  ]);
}

function drawExam(exam) {
  const rows = exam.rows.map((row) => make("div", "row", make("dt", "", row.what), make("dd", "count", row.count)));
  return make("details", "exam",
    make("summary", "", make("strong", exam.grade === "good for answers" ? "good" : "doubt", exam.grade), `, examined ${exam.day}`),
    ...exam.reasons.map((reason) => words("p", "engine", reason)),
    make("dl", "measures", ...rows),
    exam.speed ? make("p", "engine", exam.speed) : null,
  );
}

function drawExamining(share, act) {
  const bar = make("progress", "");
  bar.setAttribute("aria-label", "Examining");
  if (share !== null) bar.value = share;
  const box = make("div", "job", make("p", "progress", "Examining …"), bar, button("tool", "Stop the exam", () => act({ do: "stop" })));
  box.setAttribute("role", "status");
  return box;
}

function drawServers(data, act) {
  const list = data.servers.map((server) => {
    const remove = button("tool", "Remove", () => act({ do: "remove", server: server.url }));
    remove.setAttribute("aria-label", `Remove the server ${server.name}`);
    const entry = make("div", "entry", words("span", "title", server.name));
    entry.title = server.url;
    return make("li", "item", entry, make("span", "item-tools", remove));
  });
  const look = button("tool", data.looking ? "Looking …" : "Look again", () => act({ do: "look" }));
  look.disabled = data.looking;
  const servers = make("ul", "list", ...list);
  servers.setAttribute("aria-label", "Servers that were added");
  return present([list.length ? servers : null, make("p", "engine", look)]);
}

function drawSwap(data, act) {
  return present([
    ...data.lines.map((line) => words("p", "engine", line)),
    data.problem ? words("p", "engine trouble", data.problem) : null,
    data.can ? make("p", "engine", button("tool", "Embed them again", () => act({ do: "swap" }))) : null,
  ]);
}

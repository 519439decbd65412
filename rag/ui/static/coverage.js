// The library over time: a bar for each stretch, and searching narrowed to those selected.

function drawCoverage(data, root, act) {
  root.act = act;
  patch(root, [
    part("lines", data.lines, (lines) => make("p", "library", lines.join(" · "))),
    data.bars.length > 1 ? part("chart", [data.bars, data.filtered], () => drawChart(data, root)) : null,
    data.bars.length > 1 ? part("ends", data.ends, ([first, last]) => make("p", "ends", make("span", "", first), make("span", "", last))) : null,
    part("widen", data.filtered ? "Search all dates" : null, (label) => button("tool", label, () => root.act({ do: "widen" }))),
  ]);
}

function drawChart(data, root) {
  const most = Math.max(...data.bars.map((bar) => bar.articles), 1);
  const chart = make("div", "chart");
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", "Articles over time; select bars to search only their time");
  let from = null;
  const bars = data.bars.map((bar, index) => {
    const element = button(data.filtered && !bar.within ? "bar out" : "bar", null, null);
    const height = bar.articles ? Math.max(6, (100 * bar.articles) / most) : 0;
    const fill = make("span", "fill");
    fill.style.height = `${height}%`;
    element.append(fill);
    const count = bar.articles === 1 ? "1 article" : `${bar.articles} articles`;
    element.title = `${bar.label}: ${count}`;
    element.setAttribute("aria-label", element.title);
    element.setAttribute("aria-pressed", String(data.filtered && bar.within));
    element.onpointerdown = (event) => {
      from = index;
      element.releasePointerCapture?.(event.pointerId);
    };
    element.onpointerenter = () => from !== null && mark(bars, from, index);
    element.onclick = (event) => event.detail === 0 && choose(index, index);
    element.onpointerup = () => from !== null && choose(from, index);
    return element;
  });
  const choose = (a, b) => {
    from = null;
    const [first, last] = a <= b ? [a, b] : [b, a];
    root.act({ do: "narrow", since: data.bars[first].first, until: data.bars[last].last });
  };
  chart.onpointerleave = () => {
    if (from !== null) mark(bars, -1, -1);
    from = null;
  };
  chart.append(...bars);
  return chart;
}

function mark(bars, a, b) {
  bars.forEach((bar, index) => bar.classList.toggle("chosen", index >= Math.min(a, b) && index <= Math.max(a, b)));
}

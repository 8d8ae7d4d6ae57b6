// Draws every <figure data-chart="ID"> from the declaration in <script type="application/json" id="ID">.
// docs/frontend.md says what a declaration holds. Nothing is computed here but shares of a doughnut; a figure that is
// null stays a gap. The table beside the chart says the same in words, so a missing chart loses nothing.
(() => {
  "use strict";
  const { Chart } = window;
  const { palette, use, HATCH, series: colours, depth, readable, intervals, reference, events, cellText, picture, scatter } = window.secureCheckChartParts;
  delete window.secureCheckChartParts;

  const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
  const PERCENT = new Intl.NumberFormat("en-GB", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const MINUTES = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
  const ROUND_PERCENT = new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 1 });
  const FORMATS = { count: (v) => NUMBER.format(v), percent: (v) => PERCENT.format(v), minutes: (v) => `${MINUTES.format(v)} min`, points: (v) => `${POINTS.format(100 * v)} points` };
  const TICKS = { count: FORMATS.count, percent: (v) => ROUND_PERCENT.format(v), minutes: (v) => MINUTES.format(v), points: (v) => POINTS.format(100 * v) };
  const POINTS = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1, signDisplay: "exceptZero" });
  const BARS_TOGETHER = 5;
  const known = (value) => value !== null && value !== undefined;

  function format(spec, value) {
    return (FORMATS[spec.y_format] || FORMATS.count)(value);
  }

  // "12.8% (95% interval 11.9% to 13.6%), of 6,000"
  function words(spec, one, index) {
    const value = one.values[index];
    if (!known(value)) return (one.marks && one.marks[index]) || "no figure";
    const low = one.low && one.low[index];
    const high = one.high && one.high[index];
    const interval = known(low) && known(high) ? ` (95% interval ${format(spec, low)} to ${format(spec, high)})` : "";
    const base = one.n && known(one.n[index]) ? `, of ${FORMATS.count(one.n[index])}` : "";
    return format(spec, value) + interval + base;
  }

  // A label carries the mark of a hidden figure, such as [c], when no series has a figure there.
  function labels(spec) {
    return spec.x.map((label, index) => {
      if (spec.series.some((one) => known(one.values[index]))) return String(label);
      const mark = spec.series.map((one) => one.marks && one.marks[index]).find(Boolean);
      return mark && !String(label).includes(mark) ? `${label} ${mark}` : String(label);
    });
  }

  function lines(text, width) {
    const out = [""];
    for (const word of text.split(" ")) {
      if (out.at(-1) && out.at(-1).length + word.length >= width) out.push(word);
      else out[out.length - 1] = `${out.at(-1)} ${word}`.trim();
    }
    return out.length === 1 ? out[0] : out;
  }

  function lies(spec, names, width) {
    if (spec.type !== "bar") return false;
    if (typeof spec.horizontal === "boolean") return spec.horizontal;
    const longest = Math.max(...names.map((name) => name.length));
    return longest > 10 || (names.length > 12 && longest > 6) || (width < 500 && names.length * (longest * 7 + 12) > width && longest > 4);
  }

  function axisTitle(text) {
    return { display: Boolean(text), text: text || "", color: palette.muted };
  }

  // A grid shows values only, by depth; the other kinds must leave room for the intervals too.
  function highest(spec) {
    const all = spec.series.flatMap((one) => [...one.values, ...(spec.type === "grid" ? [] : one.high || [])]).filter(known);
    return all.length ? Math.max(...all) : 1;
  }

  // Where the axis begins if a figure, or the low end of its interval, lies below nought or the axis need not hold nought.
  function lowest(spec) {
    const all = spec.series.flatMap((one) => [...one.values, ...(one.low || [])]).filter(known);
    const least = all.length ? Math.min(...all) : 0;
    return spec.from_zero === false || least < 0 ? least : undefined;
  }

  function amountAxis(spec) {
    const ticks = { color: palette.muted, maxTicksLimit: 7, callback: TICKS[spec.y_format] || TICKS.count, precision: spec.y_format === "count" ? 0 : undefined };
    return { beginAtZero: spec.from_zero !== false, suggestedMin: lowest(spec), suggestedMax: highest(spec), title: axisTitle(spec.y_title), ticks, grid: { color: palette.line } };
  }

  function nameAxis(spec, names, horizontal) {
    const callback = (_, index) => lines(names[index] || "", horizontal ? 24 : 14);
    return { title: axisTitle(spec.x_title), ticks: { color: palette.muted, autoSkip: !horizontal, maxRotation: 60, callback }, grid: { display: spec.type === "line", color: palette.line } };
  }

  function options(spec, extra) {
    return {
      responsive: true, maintainAspectRatio: false, animation: false, color: palette.ink,
      interaction: { mode: "nearest", intersect: false }, ...extra,
    };
  }

  function legend(spec) {
    return { display: spec.series.length > 1, labels: { color: palette.ink, usePointStyle: spec.type === "line", boxWidth: 14 } };
  }

  function xy(spec, frame) {
    const names = labels(spec);
    const horizontal = lies(spec, names, frame.clientWidth);
    if (horizontal) frame.style.height = `${Math.max(160, names.length * Math.max(26, 13 * spec.series.length + 10) + 80)}px`;
    else if (spec.series.length > 4) frame.style.height = `${320 + 12 * spec.series.length}px`; // room for the legend
    const axes = { [horizontal ? "y" : "x"]: nameAxis(spec, names, horizontal), [horizontal ? "x" : "y"]: amountAxis(spec) };
    const tooltip = { callbacks: { label: (item) => `${item.dataset.label}: ${words(spec, spec.series[item.datasetIndex], item.dataIndex)}` } };
    return {
      type: spec.type,
      data: { labels: names, datasets: spec.series.map((one, index) => ({ label: one.label, data: one.values, interval: one, ...colours(spec.type, index) })) },
      options: options(spec, { indexAxis: horizontal ? "y" : "x", scales: axes, plugins: { legend: legend(spec), tooltip, reference: spec.reference || {}, events: { marked: spec.events } } }),
      plugins: [intervals, reference, events],
    };
  }

  function cells(spec) {
    return spec.series.flatMap((row, at) => row.values.map((value, index) => ({ x: String(spec.x[index]), y: row.label, v: value, at, index })));
  }

  function grid(spec, frame) {
    const top = highest(spec);
    const hatch = HATCH();
    const fill = (value) => (known(value) ? depth(top ? value / top : 0) : hatch);
    const rows = spec.series.map((row) => row.label);
    frame.style.height = `${Math.min(900, rows.length * 30 + 90)}px`;
    const size = (axis, count) => ({ chart }) => Math.max(1, ((chart.chartArea || {})[axis] || 0) / count - 2);
    const axis = (names, title, position) => ({ type: "category", labels: names, offset: true, position, title: axisTitle(title), grid: { display: false }, border: { display: false }, ticks: { color: palette.muted, maxRotation: 60 } });
    const tooltip = { displayColors: false, callbacks: { title: ([item]) => `${item.raw.y}, ${item.raw.x}`, label: ({ raw }) => words(spec, spec.series[raw.at], raw.index) } };
    return {
      type: "matrix",
      data: { datasets: [{ label: spec.title, data: cells(spec), backgroundColor: ({ raw }) => fill(raw && raw.v), borderWidth: 0, width: size("width", spec.x.length), height: size("height", rows.length) }] },
      options: options(spec, {
        interaction: { mode: "nearest", intersect: true },
        scales: { x: axis(spec.x.map(String), spec.x_title, "bottom"), y: { ...axis([...rows].reverse(), "", "left"), ticks: { color: palette.muted, autoSkip: false, callback: (_, index) => lines([...rows].reverse()[index], 22) } } },
        plugins: { legend: { display: false }, tooltip, cellText: { format: (value) => (TICKS[spec.y_format] || TICKS.count)(value), ink: (value) => readable(top ? value / top : 0) } },
      }),
      plugins: [cellText],
    };
  }

  // Shares are said only when every part is known: of a sum with gaps they would be wrong.
  function parts(spec) {
    const [one] = spec.series;
    const total = one.values.every(known) ? one.values.reduce((sum, value) => sum + value, 0) : 0;
    return spec.x.map((label, index) => {
      const share = total && spec.y_format !== "percent" ? ` (${PERCENT.format(one.values[index] / total)})` : "";
      return `${label}: ${words(spec, { ...one, low: null, high: null, n: null }, index)}${share}`;
    });
  }

  function doughnut(spec, frame) {
    const names = parts(spec);
    const tooltip = { callbacks: { title: () => "", label: (item) => names[item.dataIndex] } };
    return {
      type: "doughnut",
      data: { labels: names, datasets: [{ data: spec.series[0].values, borderColor: palette.paper, borderWidth: 2, backgroundColor: spec.x.map((_, index) => colours("doughnut", index).backgroundColor) }] },
      options: options(spec, { cutout: "55%", plugins: { legend: { position: frame.clientWidth < 480 ? "bottom" : "right", labels: { color: palette.ink, font: { size: 13 } } }, tooltip } }),
    };
  }

  function points(spec) {
    const tick = TICKS[spec.y_format] || TICKS.count;
    const across = spec.x_format || spec.y_format;
    const words = { tick, figure: (value) => format(spec, value), count: FORMATS.count, across: FORMATS[across] || FORMATS.count, tickAcross: TICKS[across] || TICKS.count };
    return scatter(spec, words, (extra) => options(spec, extra));
  }

  const KINDS = { bar: xy, line: xy, grid, doughnut, scatter: points };

  function strip() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [120, 14];
    const pen = canvas.getContext("2d");
    for (let x = 0; x < 120; x += 1) {
      pen.fillStyle = depth(x / 119);
      pen.fillRect(x, 0, 1, 14);
    }
    return canvas;
  }

  // What the palest and the deepest cell of a grid stand for: words before and behind the strip.
  function ends(spec) {
    const gaps = spec.series.some((row) => !row.values.every(known));
    const what = (spec.y_title || "").replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
    return [format(spec, 0), `${format(spec, highest(spec))} ${what}${gaps ? " · hatched: no figure" : ""}`];
  }

  function scale(spec, figure, frame) {
    const box = figure.querySelector(".chart-scale") || document.createElement("div");
    const canvas = strip();
    const [least, most] = ends(spec);
    canvas.setAttribute("aria-hidden", "true");
    box.className = "chart-scale";
    box.replaceChildren(least, canvas, most);
    figure.insertBefore(box, frame);
  }

  function place(figure, spec) {
    const frame = figure.querySelector(".chart-frame") || figure.appendChild(Object.assign(document.createElement("div"), { className: "chart-frame" }));
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Chart: ${spec.title}. The same figures are in the table.`);
    frame.replaceChildren(canvas);
    return [frame, canvas];
  }

  // More bars side by side than can be told apart become a grid of depths.
  function kind(spec) {
    return spec.type === "bar" && spec.series.length > BARS_TOGETHER ? "grid" : spec.type;
  }

  function read(figure) {
    const source = document.getElementById(figure.dataset.chart);
    const spec = source && JSON.parse(source.textContent);
    if (spec) spec.type = kind(spec);
    return spec && KINDS[spec.type] && spec.series.some((one) => (one.points || one.values).some(known)) ? spec : null;
  }

  const drawn = new Map(); // figure → its chart

  function draw(figure) {
    const spec = read(figure);
    if (!spec) return;
    if (drawn.has(figure)) drawn.get(figure).destroy();
    const [frame, canvas] = place(figure, spec);
    if (spec.type === "grid") scale(spec, figure, frame);
    drawn.set(figure, new Chart(canvas, KINDS[spec.type](spec, frame)));
    figure.dataset.drawn = "yes";
  }

  function drawAll(root) {
    root.querySelectorAll("figure[data-chart]:not([data-drawn])").forEach(draw);
  }

  function redraw(scheme) {
    use(scheme);
    for (const figure of [...drawn.keys()]) {
      if (figure.isConnected) draw(figure);
      else drawn.delete(figure);
    }
  }

  // A picture is drawn anew: of one size whatever the screen's, and in the light colours.
  function takePicture(figure) {
    const spec = read(figure);
    use("light");
    picture(spec, (width) => {
      const frame = { clientWidth: width, style: {} };
      const config = KINDS[spec.type](spec, frame);
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, parseInt(frame.style.height, 10) || 420];
      Object.assign(config.options, { responsive: false, devicePixelRatio: 2 });
      const chart = new Chart(canvas, config);
      const height = canvas.height / 2;
      return { canvas, height, legend: spec.type === "grid" ? { strip: strip(), ends: ends(spec) } : null, done: () => chart.destroy() };
    });
    use();
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  window.addEventListener("beforeprint", () => {
    redraw("light");
    for (const chart of drawn.values()) chart.resize(640, Math.min(860, chart.height));
  });
  window.addEventListener("afterprint", () => redraw());
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-chart-picture]");
    if (button) takePicture(button.closest("figure"));
  });
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
  drawAll(document);
})();

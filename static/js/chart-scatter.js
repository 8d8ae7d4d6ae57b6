// A chart of points, one a place: the reference's rate across, the group's up, larger where more persons are.
// Loaded between chart-parts.js and charts.js. On the dashed diagonal both rates are equal. A `plain` one has two amounts that are no
// pair of rates: each axis its own scale and format, and no diagonal.
(() => {
  "use strict";
  const parts = window.secureCheckChartParts;
  const { palette, series } = parts;
  const SMALLEST = 3;
  const LARGEST = 14;

  const diagonal = {
    id: "diagonal",
    beforeDatasetsDraw({ ctx: pen, chartArea, scales: { x, y } }) {
      const from = Math.max(x.min, y.min);
      const to = Math.min(x.max, y.max);
      if (!(to > from)) return;
      pen.save();
      pen.beginPath();
      pen.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      pen.clip();
      pen.beginPath();
      pen.strokeStyle = palette.muted;
      pen.lineWidth = 1.5;
      pen.setLineDash([5, 4]);
      pen.moveTo(x.getPixelForValue(from), y.getPixelForValue(from));
      pen.lineTo(x.getPixelForValue(to), y.getPixelForValue(to));
      pen.stroke();
      pen.restore();
    },
  };

  // Area by persons, so that twice the persons look like twice as much.
  function radius(most) {
    return ({ raw }) => (raw ? SMALLEST + (LARGEST - SMALLEST) * Math.sqrt((raw.n || 0) / most) : SMALLEST);
  }

  function axis(title, top, tick) {
    return { type: "linear", min: 0, suggestedMax: top, title: { display: true, text: title, color: palette.muted }, ticks: { color: palette.muted, maxTicksLimit: 7, callback: tick }, grid: { color: palette.line } };
  }

  // `words.tick` and `words.figure` write an amount on an axis and in a tip; `words.count` a number of persons.
  function scatter(spec, words, options) {
    const points = spec.series.flatMap((one) => one.points);
    const most = Math.max(1, ...points.map((point) => point.n || 0));
    const pair = Math.max(...points.flatMap((point) => [point.x, point.y]), 0);
    const top = spec.plain ? { x: Math.max(...points.map((point) => point.x), 0), y: Math.max(...points.map((point) => point.y), 0) } : { x: pair, y: pair };
    const paired = ({ raw, dataset }) => `${raw.label}: ${dataset.label} ${words.figure(raw.y)}, reference ${words.figure(raw.x)}, of ${words.count(raw.n)}`;
    const alone = ({ raw, dataset }) => `${raw.label}: ${dataset.label} ${words.across(raw.x)}, ${words.figure(raw.y)} ${spec.y_title.toLowerCase()}`;
    return {
      type: "scatter",
      data: {
        datasets: spec.series.map((one, index) => {
          const { borderColor, pointStyle } = series("line", index);
          return { label: one.label, data: one.points, borderColor, backgroundColor: `${borderColor}66`, pointStyle, pointRadius: radius(most), pointHoverRadius: radius(most) };
        }),
      },
      options: options({
        interaction: { mode: "nearest", intersect: true },
        scales: { x: axis(spec.x_title, top.x, spec.plain ? words.tickAcross : words.tick), y: axis(spec.y_title, top.y, words.tick) },
        plugins: { legend: { display: true, labels: { usePointStyle: true } }, tooltip: { callbacks: { label: spec.plain ? alone : paired } } },
      }),
      plugins: spec.plain ? [] : [diagonal],
    };
  }

  parts.scatter = scatter;
})();

// What charts.js draws with: colours, intervals, reference line, figures in the cells of a grid.
// Colours of series differ in lightness as well as in hue; none is red.
(() => {
  "use strict";

  const INK = "#1d2733";
  const MUTED = "#4a5868";
  const LINE = "#e1e5ea";
  const SERIES = ["#0b58a6", "#e69f00", "#00795a", "#56b4e9", "#6a4c93", "#b3a369", "#4a5868", "#c18ab5"];
  const SHAPES = ["circle", "rect", "triangle", "rectRot", "star", "crossRot", "rectRounded", "cross"];
  const DASHES = [[], [6, 4], [2, 3], [8, 3, 2, 3], [12, 4], [4, 2, 1, 2], [1, 2], [10, 2, 2, 2]];
  const PALE = [232, 241, 250];
  const DEEP = [8, 52, 104];

  function series(type, index) {
    const colour = SERIES[index % SERIES.length];
    const shape = (index + Math.floor(index / SERIES.length)) % SHAPES.length; // the ninth is the first colour, but not its dash
    if (type === "line") {
      return { borderColor: colour, backgroundColor: colour, borderWidth: 2.5, borderDash: DASHES[shape], pointStyle: SHAPES[shape], pointRadius: 4, pointHoverRadius: 6, spanGaps: false, tension: 0 };
    }
    return { backgroundColor: colour, borderColor: INK, borderWidth: type === "bar" && index ? 1 : 0, maxBarThickness: 44 };
  }

  // One hue by depth: 0 is pale, 1 is deep.
  function depth(share) {
    const part = Math.min(1, Math.max(0, share));
    return `rgb(${PALE.map((from, at) => Math.round(from + (DEEP[at] - from) * part)).join(", ")})`;
  }

  // Black or white, whichever keeps 4.5:1 on that depth.
  function readable(share) {
    return share > 0.64 ? "#ffffff" : "#000000";
  }

  let hatch = null;
  function HATCH() {
    if (hatch) return hatch;
    const tile = document.createElement("canvas");
    [tile.width, tile.height] = [8, 8];
    const pen = tile.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = "#8a95a1";
    for (const start of [-8, 0, 8]) {
      pen.moveTo(start, 8);
      pen.lineTo(start + 8, 0);
    }
    pen.stroke();
    hatch = pen.createPattern(tile, "repeat");
    return hatch;
  }

  const known = (value) => value !== null && value !== undefined;

  function whiskers(pen, points, scale, { values, low, high }, horizontal) {
    const stroke = (x1, y1, x2, y2) => {
      pen.moveTo(...(horizontal ? [y1, x1] : [x1, y1]));
      pen.lineTo(...(horizontal ? [y2, x2] : [x2, y2]));
    };
    pen.strokeStyle = INK;
    pen.lineWidth = 1.5;
    points.forEach((point, index) => {
      if (![values[index], low[index], high[index]].every(known)) return;
      const [from, to] = [scale.getPixelForValue(low[index]), scale.getPixelForValue(high[index])];
      const at = horizontal ? point.y : point.x;
      stroke(at, from, at, to);
      stroke(at - 4, from, at + 4, from);
      stroke(at - 4, to, at + 4, to);
    });
    pen.stroke();
  }

  // Runs of neighbouring points that all have an interval.
  function runs({ values, low, high }) {
    const out = [[]];
    low.forEach((value, index) => {
      if ([values[index], value, high[index]].every(known)) out.at(-1).push(index);
      else out.push([]);
    });
    return out.filter((run) => run.length > 1);
  }

  function band(pen, points, scale, interval, colour) {
    pen.fillStyle = colour;
    pen.globalAlpha = 0.16;
    for (const run of runs(interval)) {
      pen.beginPath();
      for (const index of run) pen.lineTo(points[index].x, scale.getPixelForValue(interval.high[index]));
      for (const index of [...run].reverse()) pen.lineTo(points[index].x, scale.getPixelForValue(interval.low[index]));
      pen.fill();
    }
  }

  function inside(chart, draw) {
    const { ctx, chartArea: { left, top, width, height } } = chart;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    ctx.beginPath();
    draw(ctx);
    ctx.restore();
  }

  // Whiskers on bars; a band behind lines while three or fewer keep apart, whiskers on a point alone.
  function eachInterval(chart, draw) {
    chart.data.datasets.forEach((one, index) => {
      const { low, high } = one.interval || {};
      if (low && high && chart.isDatasetVisible(index)) draw(one, chart.getDatasetMeta(index));
    });
  }

  const intervals = {
    id: "intervals",
    beforeDatasetsDraw(chart) {
      if (chart.config.type !== "line" || chart.data.datasets.length > 3) return;
      eachInterval(chart, (one, meta) => inside(chart, (pen) => band(pen, meta.data, meta.vScale, one.interval, one.borderColor)));
    },
    afterDatasetsDraw(chart) {
      if (chart.config.type !== "bar") return;
      eachInterval(chart, (one, meta) => inside(chart, (pen) => whiskers(pen, meta.data, meta.vScale, one.interval, meta.vScale.axis === "x")));
    },
  };

  // A dashed line at one amount, such as the rate of all stops together: {value, label}.
  const reference = {
    id: "reference",
    afterDatasetsDraw(chart, _, { value, label }) {
      if (!known(value)) return;
      const horizontal = chart.options.indexAxis === "y";
      const at = (horizontal ? chart.scales.x : chart.scales.y).getPixelForValue(value);
      const { left, right, top, bottom } = chart.chartArea;
      inside(chart, (pen) => {
        pen.strokeStyle = pen.fillStyle = MUTED;
        pen.setLineDash([5, 4]);
        pen.moveTo(horizontal ? at : left, horizontal ? top : at);
        pen.lineTo(horizontal ? at : right, horizontal ? bottom : at);
        pen.stroke();
        pen.textAlign = horizontal ? "left" : "right";
        const place = [label || "", horizontal ? at + 4 : right - 4, horizontal ? top + 10 : at - 6];
        pen.setLineDash([]);
        pen.lineWidth = 4;
        pen.strokeStyle = "#ffffff";
        pen.strokeText(...place);
        pen.fillText(...place);
      });
    },
  };

  const cellText = {
    id: "cellText",
    afterDatasetsDraw(chart, _, { format, ink }) {
      const { ctx: pen } = chart;
      const [data, points] = [chart.data.datasets[0].data, chart.getDatasetMeta(0).data];
      const texts = data.map(({ v }) => (known(v) ? format(v) : ""));
      pen.save();
      pen.font = "11px sans-serif";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      const widest = Math.max(...texts.map((text) => pen.measureText(text).width));
      if (points.length && points[0].width > widest + 4 && points[0].height > 13) {
        points.forEach((point, index) => {
          const { x, y } = point.getCenterPoint();
          pen.fillStyle = ink(data[index].v);
          pen.fillText(texts[index], x, y);
        });
      }
      pen.restore();
    },
  };

  window.secureCheckChartParts = { INK, MUTED, LINE, HATCH, series, depth, readable, intervals, reference, cellText };
})();

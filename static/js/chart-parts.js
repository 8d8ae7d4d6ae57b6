// What charts.js draws with: shapes, intervals, lines at an amount or a time, figures in the cells of a grid.
(() => {
  "use strict";

  const parts = window.secureCheckChartParts;
  const { palette } = parts;
  const SHAPES = ["circle", "rect", "triangle", "rectRot", "star", "crossRot", "rectRounded", "cross"];
  const DASHES = [[], [6, 4], [2, 3], [8, 3, 2, 3], [12, 4], [4, 2, 1, 2], [1, 2], [10, 2, 2, 2]];

  function series(type, index) {
    const colour = palette.series[index % palette.series.length];
    const shape = (index + Math.floor(index / palette.series.length)) % SHAPES.length; // the ninth is the first colour, but not its dash
    if (type === "line") {
      return { borderColor: colour, backgroundColor: colour, borderWidth: 2.5, borderDash: DASHES[shape], pointStyle: SHAPES[shape], pointRadius: 4, pointHoverRadius: 6, spanGaps: false, tension: 0 };
    }
    return { backgroundColor: colour, borderColor: palette.ink, borderWidth: type === "bar" && index ? 1 : 0, maxBarThickness: 44 };
  }

  const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

  // One hue by depth: 0 is the palest, 1 the deepest.
  function depth(share) {
    const [least, most] = [rgb(palette.least), rgb(palette.most)];
    const part = Math.min(1, Math.max(0, share));
    return `rgb(${least.map((from, at) => Math.round(from + (most[at] - from) * part)).join(", ")})`;
  }

  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

  // Black or white, whichever stands out more from that depth (relative luminance, WCAG 2).
  function readable(share) {
    const [red, green, blue] = depth(share).match(/\d+/g).map((part) => linear(part / 255));
    const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
  }

  function HATCH() {
    const tile = document.createElement("canvas");
    [tile.width, tile.height] = [8, 8];
    const pen = tile.getContext("2d");
    pen.fillStyle = palette.paper;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = palette.hatch;
    for (const start of [-8, 0, 8]) {
      pen.moveTo(start, 8);
      pen.lineTo(start + 8, 0);
    }
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  }

  const known = (value) => value !== null && value !== undefined;

  function whiskers(pen, points, scale, { values, low, high }, horizontal) {
    const stroke = (x1, y1, x2, y2) => {
      pen.moveTo(...(horizontal ? [y1, x1] : [x1, y1]));
      pen.lineTo(...(horizontal ? [y2, x2] : [x2, y2]));
    };
    points.forEach((point, index) => {
      if (![values[index], low[index], high[index]].every(known)) return;
      const [from, to] = [scale.getPixelForValue(low[index]), scale.getPixelForValue(high[index])];
      const at = horizontal ? point.y : point.x;
      stroke(at, from, at, to);
      stroke(at - 4, from, at + 4, from);
      stroke(at - 4, to, at + 4, to);
    });
    for (const [colour, width] of [[palette.paper, 3.5], [palette.ink, 1.5]]) { // a rim, so that they show on the bar too
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    }
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
        pen.strokeStyle = pen.fillStyle = palette.muted;
        pen.setLineDash([5, 4]);
        pen.moveTo(horizontal ? at : left, horizontal ? top : at);
        pen.lineTo(horizontal ? at : right, horizontal ? bottom : at);
        pen.stroke();
        pen.textAlign = horizontal ? "left" : "right";
        const place = [label || "", horizontal ? at + 4 : right - 4, horizontal ? top + 10 : at - 6];
        pen.setLineDash([]);
        pen.lineWidth = 4;
        pen.strokeStyle = palette.paper;
        pen.strokeText(...place);
        pen.fillText(...place);
      });
    },
  };

  // Marked events: a dashed line at a place on the axis of time, with the number under which the event is listed below.
  const events = {
    id: "events",
    afterDatasetsDraw(chart, _, { marked }) {
      if (!marked || !marked.length) return;
      const upright = chart.options.indexAxis !== "y";
      const scale = upright ? chart.scales.x : chart.scales.y;
      const { left, right, top, bottom } = chart.chartArea;
      const pen = chart.ctx;
      pen.save();
      pen.strokeStyle = palette.ink;
      pen.font = "bold 11px sans-serif";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      marked.forEach(({ at, number }, index) => {
        const place = scale.getPixelForValue(at);
        pen.beginPath();
        pen.setLineDash([2, 3]);
        pen.lineWidth = 1.5;
        pen.moveTo(upright ? place : left, upright ? top : place);
        pen.lineTo(upright ? place : right, upright ? bottom : place);
        pen.stroke();
        const beside = marked.slice(0, index).filter((other) => other.at === at).length; // several at one place: side by side
        const [x, y] = upright ? [place + beside * 17, top + 9] : [right - 9 - beside * 17, place];
        pen.beginPath();
        pen.setLineDash([]);
        pen.fillStyle = palette.ink;
        pen.arc(x, y, 8, 0, 2 * Math.PI);
        pen.fill();
        pen.fillStyle = palette.paper;
        pen.fillText(number, x, y);
      });
      pen.restore();
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

  Object.assign(parts, { HATCH, series, depth, readable, intervals, reference, events, cellText });
})();

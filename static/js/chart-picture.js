// A chart as a picture that can stand alone: title, whom it is about, the chart, on how many it rests, its source.
// Put together on a canvas of our own; nothing is sent anywhere.
(() => {
  "use strict";

  const parts = window.secureCheckChartParts;
  const { palette } = parts;
  const [WIDTH, EDGE, SHARP] = [1200, 32, 2];

  function wrapped(pen, text, width) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (lines.at(-1) && pen.measureText(longer).width > width) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  // Texts in order, each with size, weight and colour; and where each line of them stands.
  function laidOut(pen, texts) {
    const lines = [];
    let y = 0;
    for (const { text, size, weight = "normal", colour = palette.ink } of texts) {
      pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
      for (const line of wrapped(pen, text, WIDTH - 2 * EDGE)) {
        y += Math.round(size * 1.35);
        lines.push({ line, y, font: pen.font, colour });
      }
      y += 4;
    }
    return { lines, height: y };
  }

  function write(pen, { lines }, top) {
    for (const { line, y, font, colour } of lines) {
      pen.font = font;
      pen.fillStyle = colour;
      pen.fillText(line, EDGE, top + y);
    }
  }

  function writeLegend(pen, { strip, ends }, y) {
    pen.font = `16px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillStyle = palette.ink;
    pen.fillText(ends[0], EDGE, y + 14);
    const at = EDGE + pen.measureText(ends[0]).width + 10;
    pen.drawImage(strip, at, y, 160, 16);
    pen.fillText(ends[1], at + 172, y + 14);
  }

  function fileName(title) {
    return `${title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80) || "chart"}.png`;
  }

  function offer(canvas, name) {
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  function picture(spec, draw) {
    const { canvas: chart, height, legend, done } = draw(WIDTH - 2 * EDGE);
    const sheet = document.createElement("canvas");
    const pen = sheet.getContext("2d");
    const { scope, base, source, listed = [] } = spec.about || {};
    const said = (texts) => texts.filter((one) => one.text);
    const head = laidOut(pen, said([{ text: spec.title, size: 28, weight: "bold" }, { text: scope, size: 18, colour: palette.muted }]));
    const foot = laidOut(pen, said([
      ...[spec.note, ...listed, base && `Based on ${base}.`].map((text) => ({ text, size: 16 })),
      { text: source, size: 15, colour: palette.muted },
    ]));
    const room = legend ? 30 : 0;
    const tall = EDGE + head.height + 12 + room + height + 8 + foot.height + EDGE;
    [sheet.width, sheet.height] = [WIDTH * SHARP, tall * SHARP];
    pen.scale(SHARP, SHARP);
    pen.fillStyle = palette.paper;
    pen.fillRect(0, 0, WIDTH, tall);
    write(pen, head, EDGE - 8);
    if (legend) writeLegend(pen, legend, EDGE + head.height + 6);
    pen.drawImage(chart, EDGE, EDGE + head.height + 12 + room, WIDTH - 2 * EDGE, height);
    write(pen, foot, EDGE + head.height + 12 + room + height + 8);
    offer(sheet, fileName(spec.title));
    done();
  }

  parts.picture = picture;
})();

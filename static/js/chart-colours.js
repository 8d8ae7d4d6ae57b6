// The colours that charts are drawn with, read from static/css/colours.css: light or dark as the page is, light on paper
// and in pictures. `use("light")` switches to one of them, `use()` back to that of the page; charts are then drawn anew.
(() => {
  "use strict";

  const palette = { series: [] };
  const SERIES = 8;

  // "rgb(11, 88, 166)" → "#0b58a6", so that two digits of opacity can be put behind it.
  function hex(colour) {
    const parts = colour.match(/[\d.]+/g) || [0, 0, 0];
    return `#${parts.slice(0, 3).map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
  }

  function use(scheme) {
    const probe = document.createElement("span");
    probe.hidden = true;
    if (scheme) probe.style.colorScheme = scheme;
    document.body.append(probe);
    const of = (name) => {
      probe.style.color = `var(--sc-${name})`;
      return hex(getComputedStyle(probe).color);
    };
    Object.assign(palette, {
      ink: of("ink"), muted: of("muted"), line: of("grid"), paper: of("paper"), hatch: of("hatch"),
      least: of("depth-least"), most: of("depth-most"), series: Array.from({ length: SERIES }, (_, index) => of(`series-${index + 1}`)),
    });
    probe.remove();
  }

  use();
  window.secureCheckChartParts = { palette, use };
})();

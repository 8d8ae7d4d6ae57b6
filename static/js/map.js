// Gives every <figure data-map> of the server zoom, panning and a line about the area under the pointer, by Leaflet.
// The SVG that stands in the page is itself laid on the map: nothing is drawn twice, and without scripts or on paper it is
// there all the same. Maps of one data-map-group move together. docs/frontend.md, "Maps", says how a page gets one.
(() => {
  "use strict";
  const { L } = window;
  if (!L) return;

  const DOUBLINGS = 5; // how far a map can be zoomed in
  const LETTER = 0.66; // breadth of a letter, of its height
  const LETTERS_HIGH = 11; // pixels
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fingers = window.matchMedia("(pointer: coarse)").matches;
  const groups = new Map();

  const alike = (attribute, key) => document.querySelectorAll(`[${attribute}="${CSS.escape(key)}"]`);

  function lightShape(shape, on) {
    shape.classList.toggle("map-lit", on);
    const drawn = shape.parentNode.matches("a") ? shape.parentNode : shape;
    if (on && drawn.nextElementSibling) drawn.parentNode.append(drawn); // its whole border on top
  }

  // The area and its row, on every map of the page.
  function light(key, on) {
    for (const shape of alike("data-key", key)) lightShape(shape, on);
    for (const row of alike("data-map-row", key)) row.classList.toggle("map-lit", on);
  }

  function keepInBounds(map, bounds) {
    const whole = () => {
      map.setMinZoom(0);
      const least = map.getBoundsZoom(bounds, false, L.point(8, 8));
      map.setMinZoom(least).setMaxZoom(least + DOUBLINGS);
      return least;
    };
    map.setView(bounds.getCenter(), whole(), { animate: false });
    map.setMaxBounds(bounds.pad(0.15));
    map.on("resize", () => {
      const before = map.getMinZoom();
      const wasWhole = map.getZoom() <= before;
      const least = whole();
      if (wasWhole) map.setView(bounds.getCenter(), least, { animate: false });
    });
    return (animate = !still) => map.setView(bounds.getCenter(), map.getMinZoom(), { animate });
  }

  // Names keep their size on the screen, and show as soon as their area has room for them.
  function fitNames(map, svg) {
    const names = svg.querySelector(".map-names");
    if (!names) return;
    const fit = () => {
      const perPixel = svg.viewBox.baseVal.width / parseFloat(svg.style.width);
      names.setAttribute("font-size", LETTERS_HIGH * perPixel);
      for (const name of names.children) {
        const need = name.textContent.length * LETTER * LETTERS_HIGH * perPixel;
        name.classList.toggle("map-name-later", need > Number(name.dataset.room));
      }
    };
    map.on("zoomend resize", fit);
    fit();
  }

  // What is under the pointer: an area with a key and its row, an area without a row, or a marked place, which stays as it is.
  function lightFound(found, on) {
    if (found.dataset.key) light(found.dataset.key, on);
    else if (found.matches("path")) lightShape(found, on);
  }

  // One tooltip a map. Its words are set as text, never as HTML.
  function tell(map, svg) {
    const tooltip = L.tooltip({ direction: "top", offset: [0, -8], opacity: 1 });
    const words = document.createElement("span");
    tooltip.setContent(words);
    for (const title of svg.querySelectorAll("title")) {
      title.parentNode.dataset.says = title.textContent;
      title.remove();
    }
    let lit = null;
    const leave = () => {
      if (lit) lightFound(lit, false);
      lit = null;
      map.closeTooltip(tooltip);
    };
    svg.addEventListener("pointermove", (event) => {
      const shape = event.target.closest("[data-says]");
      if (!shape || event.pointerType === "touch") return leave();
      if (shape !== lit) {
        leave();
        lit = shape;
        words.textContent = shape.dataset.says;
        lightFound(shape, true);
      }
      map.openTooltip(tooltip.setLatLng(map.mouseEventToLatLng(event)));
    });
    svg.addEventListener("pointerleave", leave);
  }

  // Letting go after dragging is no click on the area below.
  function dragIsNoClick(map, svg) {
    let dragged = false;
    svg.addEventListener("pointerdown", () => { dragged = false; }, true);
    map.on("dragstart", () => { dragged = true; });
    svg.addEventListener("click", (event) => { if (dragged) event.preventDefault(); }, true);
  }

  function moveTogether(map, name) {
    const others = groups.get(name) || [];
    groups.set(name, [...others, map]);
    map.on("moveend", () => {
      if (map.isFollowing) return;
      for (const other of groups.get(name)) {
        if (other === map) continue;
        other.isFollowing = true;
        other.setView(map.getCenter(), other.getMinZoom() + map.getZoom() - map.getMinZoom(), { animate: false });
        other.isFollowing = false;
      }
    });
  }

  function start(figure) {
    const frame = figure.querySelector(".map-frame");
    const svg = frame.querySelector("svg");
    const bounds = L.latLngBounds(JSON.parse(figure.dataset.bounds));
    // One finger scrolls the page, two zoom the map; the wheel scrolls the page.
    const map = L.map(frame, {
      attributionControl: false, scrollWheelZoom: false, dragging: !fingers, maxBoundsViscosity: 1,
      zoomSnap: 0.25, zoomAnimation: !still, fadeAnimation: false, inertia: !still,
    });
    const whole = keepInBounds(map, bounds);
    L.svgOverlay(svg, bounds, { interactive: true }).addTo(map);
    fitNames(map, svg);
    tell(map, svg);
    dragIsNoClick(map, svg);
    if (figure.dataset.mapGroup) moveTogether(map, figure.dataset.mapGroup);
    figure.querySelector("[data-map-whole]").addEventListener("click", () => whole());
    window.addEventListener("beforeprint", () => whole(false));
    figure.dataset.drawn = "";
  }

  for (const figure of document.querySelectorAll("figure[data-map]")) start(figure);
  for (const row of document.querySelectorAll("[data-map-row]")) {
    for (const [enter, on] of [["pointerenter", true], ["focusin", true], ["pointerleave", false], ["focusout", false]]) {
      row.addEventListener(enter, () => light(row.dataset.mapRow, on));
    }
  }
})();

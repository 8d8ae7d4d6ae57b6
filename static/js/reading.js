// How a file is read: the first values follow the chosen column, and the fields follow the chosen kind.
(() => {
  "use strict";

  const LONGEST = 40;
  const data = document.getElementById("file-columns");
  const values = new Map(data ? JSON.parse(data.textContent) : []);

  function shown(text) {
    const span = document.createElement("span");
    span.className = "mono";
    span.textContent = !text ? "(empty)" : text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
    return span;
  }

  function show(cell, name) {
    const parts = (values.get(name) || []).flatMap((text, at) => (at ? [" · ", shown(text)] : [shown(text)]));
    cell.replaceChildren(...parts);
  }

  for (const cell of document.querySelectorAll("[data-first-values-of]")) {
    const select = document.getElementById(cell.dataset.firstValuesOf);
    if (select) select.addEventListener("change", () => show(cell, select.value));
  }

  for (const form of document.querySelectorAll("form[data-submits-itself]")) {
    form.querySelector("button[type=submit]").hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
  }
})();

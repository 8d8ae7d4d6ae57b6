// Paper cannot unfold: opens the folded parts before printing, and folds those again afterwards.
(() => {
  "use strict";

  let opened = [];

  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open], .filter-menu, .filter-more, .no-print)")];
    for (const part of opened) part.open = true;
  });

  window.addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });

  // A page that was asked for to be printed: once its charts are drawn.
  if (document.querySelector("[data-print-now]")) window.addEventListener("load", () => window.print());

  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
})();

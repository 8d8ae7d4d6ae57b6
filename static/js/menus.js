// A filter's list of choices closes by a press outside it and by Escape, which gives the focus back to its title.
(() => {
  "use strict";

  const OPEN = "details.filter-menu[open]";

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(OPEN)) if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest(OPEN);
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();

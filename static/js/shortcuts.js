// Single keys: "/" to the search field, "n" to log a stop, "?" for the list of keys. Never while typing;
// they can be switched off in that list, which a cookie of this browser remembers for a year.
(() => {
  "use strict";

  const SEARCH = ["[data-search]", "input[type=search]", ".filters :is(input:not([type=hidden]), select)"];
  const root = document.documentElement;
  const dialog = document.getElementById("shortcuts");
  const box = document.getElementById("shortcuts-on");

  function remember(on) {
    root.dataset.singleKeys = on ? "on" : "off";
    document.cookie = `single_keys=${on ? "on" : "off"}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  }

  function typing(element) {
    if (element.isContentEditable || ["TEXTAREA", "SELECT"].includes(element.tagName)) return true;
    return element.tagName === "INPUT" && !["checkbox", "radio", "button", "submit", "reset", "file", "range"].includes(element.type);
  }

  function search() {
    const fields = SEARCH.flatMap((kind) => [...document.querySelectorAll(kind)]);
    const field = fields.find((one) => one.checkVisibility()); // not one that is folded away
    if (!field) return false;
    field.focus();
    if (field.select) field.select();
    return true;
  }

  function logStop() {
    const url = document.body.dataset.logUrl;
    if (url && location.pathname !== url) location.assign(url);
    return Boolean(url);
  }

  function help() {
    if (dialog && !dialog.open) dialog.showModal();
    return Boolean(dialog);
  }

  const keys = { "/": search, n: logStop, "?": help };

  root.dataset.singleKeys = /(^|; )single_keys=off/.test(document.cookie) ? "off" : "on";
  if (box) {
    box.checked = root.dataset.singleKeys === "on";
    box.addEventListener("change", () => remember(box.checked));
  }
  for (const button of document.querySelectorAll("[data-open-dialog='shortcuts']")) button.addEventListener("click", help);

  document.addEventListener("keydown", (event) => {
    if (root.dataset.singleKeys === "off" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!Object.hasOwn(keys, event.key) || typing(event.target) || (dialog && dialog.open)) return;
    if (keys[event.key]()) event.preventDefault();
  });
})();

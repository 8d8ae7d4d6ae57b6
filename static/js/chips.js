// Digits 1 to 9 in a group of buttons: a radio is chosen and the focus moves on; a box is ticked and the focus stays.
(() => {
  "use strict";

  const FIELDS = "input:not([type=hidden]), select, textarea, button, summary";

  function usable(element) {
    return !element.disabled && element.tabIndex >= 0 && element.getClientRects().length > 0;
  }

  // The next stop of the Tab key after the group: of a radio group, its chosen button or its first.
  function following(group) {
    const all = [...(group.closest("form") || document).querySelectorAll(FIELDS)].filter(usable);
    const next = all.find((element) => !group.contains(element) && group.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (!next || next.type !== "radio") return next;
    const radios = all.filter((element) => element.type === "radio" && element.name === next.name);
    return radios.find((element) => element.checked) || next;
  }

  function press(group, input) {
    const radio = input.type === "radio";
    input.checked = radio || !input.checked;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    const target = radio ? following(group) : input;
    if (!target) return;
    target.focus();
    if (target.select && target.type === "text") target.select();
  }

  document.addEventListener("keydown", (event) => {
    const group = event.target.closest("[data-chips]");
    if (!group || !/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.documentElement.dataset.singleKeys === "off" || !["radio", "checkbox"].includes(event.target.type)) return;
    const input = group.querySelectorAll("input")[Number(event.key) - 1];
    if (!input || input.disabled) return;
    event.preventDefault();
    press(group, input);
  });
})();

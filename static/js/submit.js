// Ctrl+Enter presses a form's main button; a second press while the first is under way is ignored.
(() => {
  "use strict";

  const PATIENCE = 10000; // a lost reply, or a download that leaves the page standing: the button works again

  function mainButton(form) {
    return form.querySelector("[data-main]") || form.querySelector("button.btn-primary[type=submit], button[type=submit], button:not([type])");
  }

  // The button may not be disabled: its name and value would then be missing from what is sent.
  function lock(form) {
    form.dataset.sending = "yes";
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.setAttribute("aria-disabled", "true");
    setTimeout(() => unlock(form), PATIENCE);
  }

  function unlock(form) {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest("form") || document.querySelector("form[data-main-form]");
    const button = form && mainButton(form);
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    // After the other listeners, so that a submit they cancel does not lock the form.
    setTimeout(() => event.defaultPrevented || lock(form));
  });

  // Coming back by the browser's Back button shows the page as it was left: open it again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(unlock);
  });
})();

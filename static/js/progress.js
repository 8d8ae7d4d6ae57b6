// Follows a long task: <div data-progress-url="…"> with a <progress> and [data-progress-message]. The reply is
// {state, done, total, message, pace, url}; `pace` says rows a second and the time left. Once there is a url the page goes
// there. Asking goes on through lost replies.
(() => {
  "use strict";

  const PAUSE = 1000;

  function show(box, { done, total, message, pace }) {
    const bar = box.querySelector("progress");
    if (bar && total) {
      bar.max = total;
      bar.value = done;
      bar.textContent = `${Math.floor((100 * done) / total)}%`;
    } else if (bar) {
      bar.removeAttribute("value");
    }
    const words = box.querySelector("[data-progress-message]");
    if (words && message && words.textContent !== message) words.textContent = message;
    const speed = box.querySelector("[data-progress-pace]");
    if (speed && pace !== undefined) speed.textContent = pace;
    const share = box.querySelector("[data-progress-share]");
    if (share) share.textContent = total ? `${Math.floor((100 * done) / total)}%` : "";
  }

  async function ask(box) {
    try {
      const reply = await fetch(box.dataset.progressUrl, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
      if (reply.redirected || reply.status === 401 || reply.status === 403) return location.reload();
      if (reply.ok) {
        const state = await reply.json();
        show(box, state);
        if (state.url) return location.assign(state.url);
      }
    } catch {
      show(box, { message: "No reply from the server. Trying again; the work goes on without this page." });
    }
    setTimeout(() => ask(box), PAUSE);
  }

  document.querySelectorAll("[data-progress-url]").forEach(ask);
})();

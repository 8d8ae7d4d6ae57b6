// Saves a form as it is typed: <form data-draft-url="…">, 400 ms after the last key, on leaving a field and on leaving
// the page. What was saved when stands in [data-draft-status]. The reply is {"saved": true}, or false with a reason in
// "why"; such a draft is tried again only after the next key.
(() => {
  "use strict";

  const WAIT = 400;
  const WAIT_AFTER_FAILURE = 5000;

  function status(form, text) {
    const target = form.querySelector("[data-draft-status]") || document.querySelector("[data-draft-status]");
    if (target && target.textContent !== text) target.textContent = text;
  }

  function content(form) {
    return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  }

  async function send(form, body) {
    const headers = { "X-CSRFToken": body.get("csrfmiddlewaretoken") || "", "X-Requested-With": "fetch" };
    const reply = await fetch(form.dataset.draftUrl, { method: "POST", body, headers, keepalive: true, credentials: "same-origin" });
    if (reply.redirected || reply.status >= 500) throw new Error(String(reply.status));
    return reply.json();
  }

  function watch(form) {
    let timer = 0;
    let sending = false;
    let saved = content(form).toString();

    async function save() {
      clearTimeout(timer);
      timer = 0;
      const body = content(form);
      const text = body.toString();
      if (sending || form.dataset.sending || text === saved) return;
      sending = true;
      let wait = WAIT;
      try {
        const reply = await send(form, body);
        saved = text;
        status(form, reply.saved ? `Draft saved ${new Date().toTimeString().slice(0, 5)}` : reply.why || "");
      } catch {
        wait = WAIT_AFTER_FAILURE;
        status(form, "The draft is not saved: no reply from the server. Trying again.");
      }
      sending = false;
      if (content(form).toString() !== saved) timer = setTimeout(save, wait);
    }

    function later() {
      clearTimeout(timer);
      timer = setTimeout(save, WAIT);
    }

    // The page goes: whatever is on the way, send what stands there now.
    function last() {
      const body = content(form);
      if (form.dataset.sending || body.toString() === saved) return;
      saved = body.toString();
      send(form, body).catch(() => { saved = ""; });
    }

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("focusout", () => { if (timer) save(); });
    window.addEventListener("pagehide", last);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") last(); });
  }

  document.querySelectorAll("form[data-draft-url]").forEach(watch);
})();

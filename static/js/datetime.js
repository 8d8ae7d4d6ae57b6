// Helps typing dates and times: 1021 becomes 10:21, 20/11 the full date, and the date is spelled out below.
// The server accepts the same short forms, so nothing depends on this file.
// <input data-date>, <input data-time>, <p data-date-spelled> in the same form; days come before months.
(() => {
  "use strict";

  const DAYS_AHEAD = 1; // a short date further ahead than this means last year

  function pad(number) {
    return String(number).padStart(2, "0");
  }

  function readTime(text) {
    const found = /^(\d{1,2})[:.h ]?(\d{2})$/.exec(text.trim());
    if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return null;
    return `${pad(found[1])}:${found[2]}`;
  }

  function realDate(year, month, day) {
    const date = new Date(year, month - 1, day);
    return date.getMonth() === month - 1 && date.getDate() === day ? date : null;
  }

  function withoutYear(day, month) {
    const now = new Date();
    const dates = [now.getFullYear(), now.getFullYear() - 1].map((year) => realDate(year, month, day));
    return dates.find((date) => date && date - now <= DAYS_AHEAD * 86400000) || null;
  }

  function readDate(text) {
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
    if (iso) return realDate(Number(iso[1]), Number(iso[2]), Number(iso[3]));
    const short = /^(\d{1,2})[/. -](\d{1,2})(?:[/. -](\d{2}|\d{4}))?$/.exec(text.trim());
    if (!short) return null;
    if (!short[3]) return withoutYear(Number(short[1]), Number(short[2]));
    const year = short[3].length === 2 ? 2000 + Number(short[3]) : Number(short[3]);
    return realDate(year, Number(short[2]), Number(short[1]));
  }

  function spell(form) {
    const target = form && form.querySelector("[data-date-spelled]");
    const field = form && form.querySelector("input[data-date]");
    if (!target || !field) return;
    const date = readDate(field.value);
    const time = readTime((form.querySelector("input[data-time]") || { value: "" }).value);
    const words = date && date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    target.textContent = words ? words + (time ? `, ${time}` : "") : "";
  }

  function complete(field) {
    if (field.hasAttribute("data-time")) {
      field.value = readTime(field.value) || field.value;
    } else {
      const date = readDate(field.value);
      if (date) field.value = `${pad(date.getDate())}/${pad(date.getMonth() + 1)}/${date.getFullYear()}`;
    }
  }

  for (const event of ["change", "input"]) {
    document.addEventListener(event, ({ target }) => {
      if (!(target instanceof HTMLInputElement) || !target.matches("[data-date], [data-time]")) return;
      if (event === "change") complete(target);
      spell(target.form);
    });
  }
})();

/* Tell Me (Alt+Q): hits while one types, arrow keys, Enter opens. Pages and actions come at once, records behind them. */
(() => {
  "use strict";
  const dialog = document.getElementById("tell-me");
  const input = document.getElementById("tell-me-input");
  const area = document.getElementById("tell-me-hits");
  if (!dialog) return;

  const hits = () => [...area.querySelectorAll(".tell-me-hit")];
  const mark = (hit) => {
    hits().forEach((other) => other.setAttribute("aria-selected", String(other === hit)));
    if (hit) { input.setAttribute("aria-activedescendant", hit.id); hit.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  const ask = async (typed, more) => {
    const query = new URLSearchParams({ q: typed, page: input.dataset.page, ...more });
    const answer = await fetch(`${input.dataset.url}?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    return typed === input.value && dialog.open ? html : "";
  };
  const load = async () => {
    const html = await ask(input.value, {});
    if (!html) return;
    area.innerHTML = html;
    mark(hits()[0]);
  };
  /* What the user has marked meanwhile stays marked. */
  const loadData = async () => {
    if (input.value.trim().length < Number(input.dataset.dataFrom)) return;
    const html = await ask(input.value, { data: "1" });
    if (!html.trim()) return;
    area.querySelectorAll("[data-records]").forEach((part) => part.remove());
    area.querySelector(".empty-hint")?.remove();
    const part = document.createElement("div");
    part.dataset.records = "";
    part.setAttribute("role", "presentation");
    part.innerHTML = html;
    area.append(part);
    if (!area.querySelector("[aria-selected=true]")) mark(hits()[0]);
  };
  let shown = Promise.resolve();
  const pages = Tandem.debounce(() => { shown = load(); }, 120);
  const records = Tandem.debounce(() => shown.then(loadData), 300);
  const typing = () => { pages(); records(); };
  const take = (hit) => {
    dialog.close();
    if (hit.dataset.url) location.assign(hit.dataset.url);
    else document.querySelector(`[data-action="${CSS.escape(hit.dataset.actionName)}"]`)?.click();
  };
  const open = () => { if (!dialog.open) { dialog.showModal(); input.value = ""; input.focus(); load(); } };

  Tandem.on("click", "[data-open-tell-me]", open);
  input.addEventListener("input", typing);
  area.addEventListener("click", (event) => { const hit = event.target.closest(".tell-me-hit"); if (hit) take(hit); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  input.addEventListener("keydown", (event) => {
    const list = hits();
    const at = list.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") { event.preventDefault(); mark(list[(at + 1) % list.length]); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(list[(at - 1 + list.length) % list.length]); }
    else if (event.key === "Enter" && list[at]) { event.preventDefault(); take(list[at]); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.key.toLowerCase() === "q") { event.preventDefault(); open(); }
  });
})();

/* Tell Me (Alt+Q): hits while one types, arrow keys, Enter opens. */
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
  const load = async () => {
    const typed = input.value;
    const query = new URLSearchParams({ q: typed, page: input.dataset.page });
    const answer = await fetch(`${input.dataset.url}?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || typed !== input.value) return;
    area.innerHTML = await answer.text();
    mark(hits()[0]);
  };
  const typing = Tandem.debounce(load, 120);
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

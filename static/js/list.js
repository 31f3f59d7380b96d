/* A list: choosing rows (over pages, or everything in the filter), what follows the choice, search and filters. */
(() => {
  "use strict";
  const list = document.getElementById("list");
  if (!list) return;
  const path = list.dataset.path;
  const chosen = new Set();
  let all = false;
  let last = null;
  let anchor = null;
  let visible = [];

  const grid = () => list.querySelector(".grid-scroll");
  const rows = () => [...list.querySelectorAll("tbody tr[data-pk]")];
  const total = () => Number(grid()?.dataset.total || 0);
  const query = () => new URLSearchParams(grid()?.dataset.query || "");
  const count = () => (all ? total() : chosen.size);
  const scope = () => { const q = query(); q.delete("page"); q.delete("sort"); return q.toString(); };
  let scopeNow = scope();

  /* Names and values that carry the choice to the server. */
  const pairs = () => {
    const base = [["list", list.dataset.list]];
    if (all) return [...base, ["all", "1"], ["state", query().toString()]];
    return [...base, ["ids", [...chosen].join(",")]];
  };

  /* --- drawing --- */
  const draw = () => {
    const present = rows();
    for (const row of present) {
      const is = all || chosen.has(row.dataset.pk);
      row.classList.toggle("selected", is);
      const box = row.querySelector("[data-check]");
      if (box) box.checked = is;
    }
    const on = present.filter((row) => row.classList.contains("selected")).length;
    const head = list.querySelector("[data-check-all]");
    if (head) { head.checked = on > 0 && on === present.length; head.indeterminate = on > 0 && on < present.length; }
    const n = count();
    const text = all ? list.dataset.selectedAll : n === 1 ? list.dataset.selectedOne : list.dataset.selected;
    const shown = all ? grid().dataset.totalText : n.toLocaleString(document.documentElement.lang);
    const status = list.querySelector("#selection-count");
    const said = n ? text.replace("%n", shown) : "";
    if (status.textContent !== said) { status.textContent = said; Tandem.fitBars?.(); }
    const offer = list.querySelector("[data-all-offer]");
    if (offer) offer.hidden = all || !present.length || on < present.length || total() <= chosen.size;
    states();
  };

  const states = () => {
    const n = count();
    const reasons = new Map([...list.querySelectorAll("[data-state-of]")].map((e) => [e.dataset.stateOf, e.dataset.reason]));
    for (const button of list.querySelectorAll("[data-action][data-scope]")) {
      if (button.dataset.fixed) continue;
      const { scope: needs, action } = button.dataset;
      let reason = needs === "page" ? null : needs === "one" && n !== 1 ? list.dataset.one : needs === "many" && n < 1 ? list.dataset.many : "";
      if (!reason && reasons.has(action) && (n || needs === "page")) reason = reasons.get(action);
      if (reason === null) continue;
      if (reason) { button.setAttribute("aria-disabled", "true"); button.title = reason; }
      else { button.removeAttribute("aria-disabled"); button.removeAttribute("title"); }
    }
  };

  const follow = Tandem.debounce(() => {
    const url = `${path}selected/`;
    const ids = [...chosen].filter((pk) => pk !== last).slice(0, 98);
    if (last && chosen.has(last)) ids.push(last);
    const sent = all ? pairs() : [["list", list.dataset.list], ["ids", ids.join(",")]];
    htmx.ajax("GET", `${url}?${new URLSearchParams(sent)}`, { source: "#selected-request", target: "#selected-request", swap: "none" });
  }, 150);

  const changed = () => {
    list.querySelectorAll("[data-state-of]").forEach((e) => e.remove());
    keep();
    draw();
    follow();
  };

  /* --- choosing --- */
  const only = (pk) => { all = false; chosen.clear(); chosen.add(pk); last = anchor = pk; };
  const settle = () => { if (all) { all = false; chosen.clear(); rows().forEach((row) => chosen.add(row.dataset.pk)); } };
  const toggle = (pk) => { settle(); if (!chosen.delete(pk)) { chosen.add(pk); last = pk; } anchor = pk; };
  const range = (pk) => {
    settle();
    const keys = rows().map((row) => row.dataset.pk);
    const from = keys.includes(anchor) ? keys.indexOf(anchor) : 0;
    const to = keys.indexOf(pk);
    keys.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((key) => chosen.add(key));
    last = pk;
  };
  const clear = () => { all = false; chosen.clear(); last = anchor = null; changed(); };
  const selectPage = () => { all = false; rows().forEach((row) => { chosen.add(row.dataset.pk); last = row.dataset.pk; }); changed(); };

  if (list.dataset.selectable === "1") {
    Tandem.on("click", "#list tbody tr[data-pk]", (event, row) => {
      if (event.target.closest("a,[data-row-menu]") || String(getSelection()).length && event.detail > 1) return;
      const pk = row.dataset.pk;
      const isBox = event.target.closest("[data-check],.check");
      if (event.shiftKey && anchor) { getSelection().removeAllRanges(); if (!isBox) { chosen.clear(); } range(pk); }
      else if (isBox || event.ctrlKey || event.metaKey) toggle(pk);
      else only(pk);
      changed();
    });
    Tandem.on("click", "[data-check-all]", (_event, box) => { if (box.checked) selectPage(); else clear(); });
    Tandem.on("click", "[data-select-all]", () => { all = true; changed(); });
    Tandem.on("dblclick", "#list tbody tr[data-url]", (event, row) => { if (!event.target.closest("a,button,input")) location.assign(rowUrl(row)); });
    Tandem.on("click", "[data-row-menu]", (event, button) => {
      const pk = button.closest("tr").dataset.pk;
      if (!(chosen.has(pk) && chosen.size === 1 && !all)) { only(pk); changed(); }
      const menu = document.getElementById("row-menu");
      Tandem.openMenu(menu, button);
      if (event.detail === 0) menu.querySelector("button,a")?.focus();
      event.stopPropagation();
    });
  }
  const rowUrl = (row) => row.querySelector("a.key")?.getAttribute("href") || row.dataset.url;

  Tandem.on("click", "#list [data-method]", (_event, button) => {
    if (button.dataset.method === "open" && button.getAttribute("aria-disabled") !== "true") {
      const row = rows().find((r) => chosen.has(r.dataset.pk));
      if (row) location.assign(rowUrl(row));
      else Tandem.toast(list.dataset.one, "warn");
      return;
    }
    Tandem.runAction(button, button.dataset.scope === "page" ? [["list", list.dataset.list]] : pairs());
  });

  /* --- as a workbook: what is chosen travels in a form, because an address is too short for it --- */
  const download = (fields) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = `${path}excel/`;
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
    const values = [...(count() && !all ? pairs() : [["list", list.dataset.list]]), ["state", query().toString()], ["fields", fields], ["csrfmiddlewaretoken", token]];
    for (const [name, value] of values) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(form);
    form.submit();
    form.remove();
  };
  Tandem.on("click", "[data-export]", (event) => { if (count() && !all) { event.preventDefault(); download(""); } });
  Tandem.on("click", "[data-workbook]", (_event, button) => download(button.dataset.workbook));

  /* --- another state of the list --- */
  /* `to` and `of`, `clear`, `add`: what the server makes of a filter; `pane`: the filters are drawn anew, too. */
  const go = (changes, source) => {
    const next = query();
    next.delete("page");
    for (const [name, value] of Object.entries(changes)) { if (value) next.set(name, value); else next.delete(name); }
    const text = next.toString();
    return htmx.ajax("GET", path + (text ? `?${text}` : ""), { source, target: "#grid", swap: "innerHTML" });
  };
  const reload = () => {
    const text = query().toString();
    visible = rows().map((row) => row.dataset.pk);
    return htmx.ajax("GET", `${path}?${text}${text ? "&" : ""}poll=1`, { source: "#grid", target: "#grid", swap: "innerHTML" });
  };
  const search = Tandem.debounce((input) => go({ q: input.value.trim() }, input), 300);
  Tandem.on("input", "[data-search] input", (_event, input) => search(input));
  Tandem.on("submit", "[data-search]", (event, form) => { event.preventDefault(); go({ q: form.elements.q.value.trim() }, form); });
  Tandem.on("click", "[data-refresh]", () => reload());
  document.body.addEventListener("listChanged", () => reload());
  const addFilter = (name) => go({ add: name, pane: "1" }, "#grid").then(() => {
    if (!document.getElementById("filter-pane").offsetParent) Tandem.togglePane("filter");
    list.querySelector(`[data-filter-field="${CSS.escape(name)}"] :is(input:not([type=hidden]),select)`)?.focus();
  });
  Tandem.on("change", "[data-add-filter]", (event, select) => { event.stopPropagation(); addFilter(select.value); }, true);
  Tandem.list = { element: list, rows, query, go, addFilter };

  /* What was filtered, searched and sorted here is met again through the menus; a list opened without a filter forgets it. */
  const leave = () => { const left = query(); left.delete("page"); Tandem.keepList(path, left.toString()); };
  if (!query().has("filter") && !query().has("q")) Tandem.keepList(path, "");

  /* --- after the rows have been read anew --- */
  let place = null;
  Tandem.hooks.beforeSwap.push((target) => {
    if (target?.id !== "grid" || !grid()) return;
    const active = document.activeElement;
    const row = active?.closest?.("tr[data-pk]");
    place = { top: grid().scrollTop, left: grid().scrollLeft, query: grid().dataset.query, pk: row?.dataset.pk, link: active?.matches("a"), cell: active?.matches("td") ? active.cellIndex : -1, head: active?.closest("thead th")?.cellIndex };
  });
  Tandem.hooks.swapped.push((target) => {
    if (target?.id === "action-states") return states();
    if (target?.id !== "grid") return;
    if (scope() !== scopeNow) { scopeNow = scope(); all = false; chosen.clear(); last = anchor = null; follow(); }
    const here = new Set(rows().map((row) => row.dataset.pk));
    visible.filter((pk) => !here.has(pk)).forEach((pk) => chosen.delete(pk));
    if (visible.length) follow();
    visible = [];
    if (place) {
      grid().scrollLeft = place.left;
      if (place.query === grid().dataset.query) grid().scrollTop = place.top;
      const row = place.pk && rows().find((one) => one.dataset.pk === place.pk);
      const cell = row?.cells[place.cell];
      if (cell) { cell.tabIndex = -1; cell.focus({ preventScroll: true }); }
      else if (row) row.querySelector(place.link ? "a" : "input")?.focus({ preventScroll: true });
      else if (place.head >= 0) list.querySelectorAll("thead th")[place.head]?.querySelector("a,input")?.focus({ preventScroll: true });
      place = null;
    }
    const now = query();
    leave();
    list.querySelectorAll("[data-state]").forEach((input) => { input.value = now.get(input.dataset.state) || ""; });
    const excel = list.querySelector("[data-export]");
    if (excel) excel.href = `${path}excel/${now.size ? `?${now}` : ""}`;
    draw();
  });

  /* What does not fit into its cell is told by its tip. */
  Tandem.on("mouseover", "#list .grid td", (_event, cell) => {
    if (cell.scrollWidth > cell.clientWidth && !cell.title) cell.title = cell.innerText.trim();
  });

  /* --- keyboard --- */
  document.addEventListener("keydown", (event) => {
    if (Tandem.isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a" && list.dataset.selectable === "1") { event.preventDefault(); selectPage(); }
    else if (event.key === "Escape" && count()) clear();
  });

  /* --- the choice is there again after Back --- */
  const store = `chosen:${path}`;
  const keep = () => sessionStorage.setItem(store, JSON.stringify({ scope: scope(), all, last, ids: [...chosen].slice(0, 5000) }));
  const kind = performance.getEntriesByType("navigation")[0]?.type;
  const kept = JSON.parse(sessionStorage.getItem(store) || "null");
  if (kept && kind !== "navigate" && kept.scope === scope()) {
    kept.ids.forEach((pk) => chosen.add(pk));
    all = kept.all;
    last = anchor = kept.last;
  }
  document.body.addEventListener("paneOpened", (event) => { if (event.detail === "factbox") follow(); });
  draw();
  if (count()) follow();
})();

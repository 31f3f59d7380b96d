/* Columns of a list: the focused cell and moving between cells, the menu of a column, filtering by what a cell holds. */
(() => {
  "use strict";
  const { list } = Tandem;
  if (!list) return;
  const menu = document.getElementById("column-menu");
  const rowMenu = document.getElementById("row-menu");
  let here = null; /* the cell that had the focus last: { pk, name } */
  let column = null; /* the header whose menu is open */

  const heads = () => [...list.element.querySelectorAll("thead th[data-column]")];
  const head = (name) => heads().find((one) => one.dataset.column === name);
  const headOf = (cell) => list.element.querySelector("thead tr").cells[cell.cellIndex];
  const rowOf = (pk) => list.rows().find((row) => row.dataset.pk === pk);
  const titleOf = (one) => one.querySelector("a,.head-text").textContent.trim();
  const isFilterable = (one) => Boolean(one) && "filterable" in one.dataset;

  /* --- the focused cell --- */
  const remember = (cell) => {
    const { pk } = cell.parentElement.dataset;
    const name = headOf(cell)?.dataset.column || (here?.pk === pk && here.name) || heads()[0]?.dataset.column;
    if (pk && name) here = { pk, name };
  };
  Tandem.on("focusin", "#list tbody td", (_event, cell) => remember(cell));
  Tandem.on("mousedown", "#list tbody td", (event, cell) => {
    if (!event.target.closest("a,button,input")) cell.tabIndex = -1;
    remember(cell);
  });
  const focus = (cell) => {
    if (!cell) return;
    const inner = cell.querySelector("a,input,button");
    if (!inner) cell.tabIndex = -1;
    (inner || cell).focus();
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  Tandem.on("keydown", "#list tbody td", (event, cell) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || Tandem.isTyping(event.target)) return;
    const row = cell.parentElement;
    const step = steps[event.key];
    const isWhole = event.target === cell;
    if (step) focus(list.rows()[list.rows().indexOf(row) + step[0]]?.cells[cell.cellIndex + step[1]]);
    else if (isWhole && event.key === "Enter") row.querySelector("a.key")?.click();
    else if (isWhole && event.key === " ") row.querySelector("[data-check]")?.click();
    else return;
    event.preventDefault();
  });

  /* --- filtering --- */
  const narrow = (cell) => {
    if (!cell) return Tandem.toast(menu.dataset.noCell, "warn");
    if (!isFilterable(head(cell.name))) return Tandem.toast(menu.dataset.noFilter, "warn");
    return list.go({ to: cell.name, of: cell.pk, pane: "1" }, "#grid");
  };
  /* The row that a header's menu filters by: that of the focused cell, else the chosen one. */
  const ofColumn = () => {
    const pk = here && rowOf(here.pk) ? here.pk : list.rows().find((row) => row.classList.contains("selected"))?.dataset.pk;
    return column && pk ? { pk, name: column.dataset.column } : null;
  };
  const tell = (within, cell) => {
    const [row, top] = cell ? [rowOf(cell.pk), head(cell.name)] : [];
    const words = row && top ? `${titleOf(top)}: ${row.cells[top.cellIndex].innerText.trim() || "—"}` : "";
    within.querySelector("[data-of-cell]").textContent = words;
  };
  const set = (button, reason) => {
    button.title = reason;
    if (reason) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  };

  /* --- the menu of a column --- */
  const told = []; /* others that have something in it: (header, set) */
  const open = (button) => {
    column = button.closest("th");
    const { noCell, noFilter, noSort, notFiltered } = menu.dataset;
    const unfit = isFilterable(column) ? "" : noFilter;
    menu.querySelectorAll("[data-sort-column]").forEach((one) => set(one, "sortable" in column.dataset ? "" : noSort));
    set(menu.querySelector("[data-filter-column]"), unfit);
    set(menu.querySelector("[data-to-value]"), unfit || (ofColumn() ? "" : noCell));
    set(menu.querySelector("[data-clear-column]"), column.querySelector("[data-filtered]") ? "" : notFiltered);
    tell(menu, unfit ? null : ofColumn());
    told.forEach((hook) => hook(column, set));
    Tandem.openMenu(menu, button);
  };
  Tandem.on("click", "[data-column-menu]", (event, button) => {
    open(button);
    if (event.detail === 0) menu.querySelector("button:not([aria-disabled=true])")?.focus();
  });
  Tandem.on("click", "[data-row-menu]", () => {
    const button = rowMenu.querySelector("[data-to-value]");
    set(button, here && isFilterable(head(here.name)) ? "" : menu.dataset.noFilter);
    tell(rowMenu, here);
  });
  Tandem.on("keydown", "#list thead a", (event, link) => {
    if (!event.altKey || event.key !== "ArrowDown") return;
    if (!link.closest("th").querySelector("[data-column-menu]")) return;
    event.preventDefault();
    open(link);
    menu.querySelector("button:not([aria-disabled=true])")?.focus();
  });

  /* What cannot be used says why; everything else does its work with the column. */
  const work = (selector, act) => Tandem.on("click", selector, (_event, button) => {
    if (button.getAttribute("aria-disabled") === "true") Tandem.toast(button.title, "warn");
    else act(button);
  });
  work("#column-menu [data-sort-column]", (button) => list.go({ sort: (button.dataset.sortColumn === "up" ? "" : "-") + column.dataset.column }, "#grid"));
  work("#column-menu [data-filter-column]", () => list.addFilter(column.dataset.column));
  work("#column-menu [data-to-value]", () => narrow(ofColumn()));
  work("#column-menu [data-clear-column]", () => list.go({ clear: column.dataset.column, pane: "1" }, "#grid"));
  work("#row-menu [data-to-value]", () => narrow(here));

  Tandem.columns = {
    told, work, open: () => column,
    narrow: () => { narrow(here); return true; },
    filter: () => { if (here) list.addFilter(here.name); else narrow(null); return true; },
  };
})();

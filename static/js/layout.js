/* How the columns of a list stand: widths by drag or fitted to their content, hidden, moved. The server keeps it for the user. */
(() => {
  "use strict";
  const { list, columns } = Tandem;
  const menu = document.getElementById("column-menu");
  if (!list || !menu.dataset.store) return;
  const MIN = 40;
  const MAX = 1000;
  const table = () => list.element.querySelector("table.grid");
  const cells = () => [...table().tHead.rows[0].cells];
  const heads = () => cells().filter((one) => one.dataset.column);

  /* With a width of somebody's own all columns keep the width that they have: the others as the browser found it. */
  const apply = () => {
    const grid = table();
    grid.classList.remove("fixed");
    grid.style.width = "";
    cells().forEach((one) => { one.style.width = ""; });
    if (!heads().some((one) => Number(one.dataset.width))) return;
    const sizes = cells().map((one) => Number(one.dataset.width) || one.offsetWidth);
    cells().forEach((one, at) => { one.style.width = `${sizes[at]}px`; });
    grid.style.width = `${sizes.reduce((sum, size) => sum + size, 0)}px`;
    grid.classList.add("fixed");
  };
  const store = (shown, reload) => htmx.ajax("POST", menu.dataset.store, {
    source: menu, swap: "none",
    values: { page: list.element.dataset.list, columns: JSON.stringify(shown), ...(reload ? { reload: "1" } : {}) },
  });
  const present = () => heads().map((one) => ({ name: one.dataset.column, width: Number(one.dataset.width) || 0 }));

  /* --- widths --- */
  const setWidth = (head, size) => {
    head.dataset.width = String(Math.round(Math.min(Math.max(size, MIN), MAX)));
    apply();
  };
  const fit = (head) => {
    const at = head.cellIndex;
    setWidth(head, MIN);
    const widths = [...table().tBodies[0].rows].map((row) => row.cells[at].scrollWidth);
    const inner = head.querySelector("a,.head-text");
    setWidth(head, Math.max(inner.scrollWidth + 48, ...widths) + 12);
    store(present(), false);
  };
  Tandem.on("pointerdown", "[data-resize]", (event, handle) => {
    if (event.button) return;
    event.preventDefault();
    const head = handle.closest("th");
    const [from, size] = [event.clientX, head.offsetWidth];
    const move = (now) => setWidth(head, size + now.clientX - from);
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", (last) => {
      handle.removeEventListener("pointermove", move);
      if (last.clientX !== from && head.offsetWidth !== size) store(present(), false);
    }, { once: true });
  });
  Tandem.on("dblclick", "[data-resize]", (_event, handle) => fit(handle.closest("th")));

  /* --- the menu of a column --- */
  const shifted = (name, step) => {
    const all = present();
    const at = all.findIndex((one) => one.name === name);
    const [one] = all.splice(at, 1);
    all.splice(at + step, 0, one);
    return all;
  };
  columns.work("#column-menu [data-fit-column]", () => fit(columns.open()));
  columns.work("#column-menu [data-hide-column]", () => store(present().filter((one) => one.name !== columns.open().dataset.column), true));
  columns.work("#column-menu [data-shift-column]", (button) => store(shifted(columns.open().dataset.column, Number(button.dataset.shiftColumn)), true));
  columns.told.push((head, set) => {
    const at = heads().indexOf(head);
    const last = heads().length - 1;
    set(menu.querySelector("[data-hide-column]"), last ? "" : menu.dataset.onlyOne);
    set(menu.querySelector('[data-shift-column="-1"]'), at ? "" : menu.dataset.first);
    set(menu.querySelector('[data-shift-column="1"]'), at < last ? "" : menu.dataset.last);
  });

  /* --- the dialog: lines move up and down --- */
  Tandem.on("click", "[data-column-choice] [data-move]", (_event, button) => {
    const line = button.closest("li");
    const other = button.dataset.move === "1" ? line.nextElementSibling : line.previousElementSibling;
    if (!other) return;
    if (button.dataset.move === "1") other.after(line); else other.before(line);
    button.focus();
  });

  Tandem.hooks.swapped.push((target) => { if (target?.id === "grid") apply(); });
  apply();
})();

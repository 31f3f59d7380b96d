/* Menus: a button with data-menu opens the element of that id. Arrow keys, Escape, focus back to the button. */
(() => {
  "use strict";
  const items = (menu) => [...menu.querySelectorAll("a[href],button,input:not([type=hidden]),select")].filter((e) => e.offsetParent);
  let open = null;
  let openButton = null;

  const close = (focus) => {
    if (!open) return;
    open.hidden = true;
    openButton?.setAttribute("aria-expanded", "false");
    if (focus) openButton?.focus();
    open = openButton = null;
  };
  Tandem.closeMenu = close;

  const place = (menu, button) => {
    if (getComputedStyle(menu).position === "fixed") {
      const box = button.getBoundingClientRect();
      menu.style.left = `${Math.min(box.left, innerWidth - menu.offsetWidth - 8)}px`;
      menu.style.top = `${Math.min(box.bottom + 2, innerHeight - menu.offsetHeight - 8)}px`;
      return;
    }
    menu.classList.remove("flip");
    if (menu.getBoundingClientRect().right > innerWidth - 4) menu.classList.add("end");
  };

  Tandem.openMenu = (menu, button) => {
    close(false);
    open = menu;
    openButton = button;
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    place(menu, button);
    if (menu.dataset.load) htmx.ajax("GET", menu.dataset.load, { source: menu, target: menu, swap: "innerHTML" });
  };

  /* Parts of the page are replaced under the user: an open menu stays open, and the focus where it was. */
  Tandem.replaceUnder = (replace) => {
    const { action, menu: ofMenu } = document.activeElement?.dataset ?? {};
    const [id, focused] = [open?.id, action ? `[data-action="${action}"]` : ofMenu ? `[data-menu="${ofMenu}"]` : ""];
    replace();
    fitAll();
    if (open && !open.isConnected) {
      open = openButton = null;
      const [menu, button] = [document.getElementById(id), document.querySelector(`[data-menu="${id}"]`)];
      if (menu && button) Tandem.openMenu(menu, button);
    }
    if (focused && document.activeElement === document.body) document.querySelector(focused)?.focus({ preventScroll: true });
  };

  Tandem.on("click", "[data-menu]", (event, button) => {
    const menu = document.getElementById(button.dataset.menu);
    if (!menu) return;
    if (open === menu) return close(true);
    Tandem.openMenu(menu, button);
    if (event.detail === 0) items(menu)[0]?.focus();
  });
  document.addEventListener("click", (event) => {
    if (!open || openButton?.contains(event.target)) return;
    if (!open.contains(event.target)) close(false);
    else if (event.target.closest("a,button") && !event.target.closest("[aria-disabled=true]")) {
      Tandem.menuButton = openButton;
      close(false);
    }
  });
  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.("[data-menu]");
    if (button && event.key === "ArrowDown" && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      const menu = document.getElementById(button.dataset.menu);
      if (open !== menu) Tandem.openMenu(menu, button);
      items(menu)[0]?.focus();
      return;
    }
    if (!open) return;
    const list = items(open);
    const at = list.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1 + list.length, Home: 0, End: list.length - 1 };
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(true); }
    else if (event.key === "Tab") close(false);
    else if (event.key in moves && open.contains(document.activeElement)) {
      event.preventDefault();
      list[moves[event.key] % list.length]?.focus();
    }
  }, true);

  /* What does not fit into a bar moves behind its "..." button: what is seldom used first, then from the end. */
  const fit = (bar) => {
    const holder = bar.querySelector(":scope > .overflow");
    const menu = holder?.querySelector(".menu");
    if (!menu) return;
    bar.inOrder ||= [...bar.children];
    bar.append(...bar.inOrder);
    holder.hidden = true;
    const movable = () => [...bar.children].filter((e) => e !== holder && !e.matches(".holder,.separator"));
    const tooWide = () => bar.scrollWidth > bar.clientWidth + 1;
    if (!tooWide()) return;
    holder.hidden = false;
    for (let parts = movable(); tooWide() && parts.length > 1; parts = movable()) menu.prepend(parts.filter((e) => "minor" in e.dataset).at(-1) || parts.at(-1));
  };
  /* A bar becomes narrower with the window, and when a pane opens beside it. */
  const resized = new ResizeObserver(() => fitAll());
  const fitAll = () => {
    const focused = document.activeElement;
    document.querySelectorAll("[data-actions]").forEach((bar) => { fit(bar); resized.observe(bar); });
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  };
  Tandem.fitBars = fitAll;
  Tandem.hooks.swapped.push((target) => { if (target?.id === "card-bar") fitAll(); });
  document.fonts?.ready.then(fitAll);
  fitAll();
})();

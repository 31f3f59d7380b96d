/* Core of all pages: delegated events, notices, panes, keyboard, ended sessions. Every htmx event name stands in this file. */
(() => {
  "use strict";
  const hooks = { swapped: [], answered: [], beforePart: [], beforeSwap: [] };
  /* `saves`: promises of what is being saved beside the card's own fields. */
  const Tandem = (window.Tandem = { hooks, saves: new Set() });

  /* Run `handler(event, element)` for events on elements that fit the selector, now or later. */
  Tandem.on = (type, selector, handler, options) =>
    document.addEventListener(type, (event) => {
      const found = event.target.closest?.(selector);
      if (found) handler(event, found);
    }, options);

  /* Wait until nothing has called for `delay` milliseconds. */
  Tandem.debounce = (work, delay) => {
    let timer = 0;
    return (...args) => { clearTimeout(timer); timer = setTimeout(() => work(...args), delay); };
  };

  Tandem.isTyping = (element) => !!element?.closest?.("input:not([type=checkbox],[type=radio]),select,textarea,[contenteditable]");

  /* --- notices --- */
  const toasts = () => document.getElementById("toasts");
  const symbols = { ok: "checkmark_circle", warn: "warning", bad: "error_circle", info: "info" };
  const sprite = () => document.querySelector(".icon use")?.getAttribute("href")?.split("#")[0] || "/static/icons.svg";

  Tandem.icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite()}#${name}`);
    svg.append(use);
    return svg;
  };

  Tandem.toast = (text, tone = "ok", details = []) => {
    const area = toasts();
    if (!area || !text) return;
    const box = document.createElement("div");
    box.className = `toast ${tone}`;
    if (tone === "bad") box.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = text;
    for (const detail of details) {
      const line = document.createElement("div");
      line.textContent = detail;
      words.append(line);
    }
    box.dataset.dressed = "1";
    box.append(Tandem.icon(symbols[tone] || "info"), words, closer(box));
    area.append(box);
    raise(area);
    if (tone === "ok") setTimeout(() => box.remove(), 6000);
  };

  const closer = (box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = toasts().dataset.close;
    button.setAttribute("aria-label", toasts().dataset.close);
    button.append(Tandem.icon("dismiss"));
    button.addEventListener("click", () => box.remove());
    return button;
  };

  /* Notices stand above an open dialog as well. */
  const raise = (area) => {
    if (!area.showPopover || !document.querySelector("dialog[open]")) return;
    area.popover = "manual";
    if (area.matches(":popover-open")) area.hidePopover();
    area.showPopover();
  };

  /* Notices that the server has drawn: with the page, or later as the answer to a request. */
  const adopt = () => document.querySelectorAll("[data-toast]:not([data-adopted])").forEach((box) => {
    box.dataset.adopted = "1";
    box.append(closer(box));
    if (box.classList.contains("ok")) setTimeout(() => box.remove(), 6000);
  });
  adopt();
  hooks.swapped.push(adopt);

  /* --- what htmx tells --- */
  const body = document.body;
  body.addEventListener("toast", (event) => Tandem.toast(event.detail.text, event.detail.tone, event.detail.details));
  body.addEventListener("htmx:afterSwap", (event) => hooks.swapped.forEach((hook) => hook(event.detail?.target, event)));
  body.addEventListener("htmx:oobAfterSwap", (event) => hooks.swapped.forEach((hook) => hook(event.detail?.target, event)));
  body.addEventListener("htmx:beforeSwap", (event) => hooks.beforeSwap.forEach((hook) => hook(event.detail?.target, event)));
  body.addEventListener("htmx:oobBeforeSwap", (event) => hooks.beforePart.forEach((hook) => hook(event.detail, event)));
  body.addEventListener("htmx:afterRequest", (event) => hooks.answered.forEach((hook) => hook(event.detail, event)));
  body.addEventListener("htmx:sendError", () => Tandem.toast(toasts().dataset.offline, "bad"));
  body.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401) return;
    Tandem.toast(status === 403 ? toasts().dataset.denied : toasts().dataset.failed, "bad");
  });

  /* --- an ended session: keep what was typed, offer to sign in --- */
  const draftKey = () => `draft:${location.pathname}`;
  Tandem.drafts = { keep: [], restore: [] };
  body.addEventListener("signInRequired", (event) => {
    const draft = {};
    Tandem.drafts.keep.forEach((keep) => keep(draft));
    if (Object.keys(draft).length) sessionStorage.setItem(draftKey(), JSON.stringify(draft));
    const dialog = document.getElementById("session-ended");
    document.getElementById("session-link").href = event.detail.url;
    if (dialog && !dialog.open) dialog.showModal();
  });
  window.addEventListener("load", () => {
    const kept = sessionStorage.getItem(draftKey());
    if (!kept) return;
    sessionStorage.removeItem(draftKey());
    const draft = JSON.parse(kept);
    if (Tandem.drafts.restore.map((restore) => restore(draft)).some(Boolean)) {
      Tandem.toast(document.getElementById("restored-text")?.content.textContent, "info");
    }
  });

  /* --- side panes: open or closed is kept in a cookie, so that the server draws them right --- */
  /* In a narrow window a pane lies over the page: it begins closed, and opening it is not remembered. */
  const narrow = { factbox: matchMedia("(max-width:1180px)"), filter: matchMedia("(max-width:900px)") };
  const isOpen = (pane, name) => (narrow[name]?.matches ? pane.classList.contains("opened") : !pane.hidden);
  const tellPane = (name) => {
    const pane = document.getElementById(`${name}-pane`);
    if (pane) document.querySelectorAll(`[data-toggle-pane="${name}"]`).forEach((b) => b.setAttribute("aria-expanded", String(isOpen(pane, name))));
  };
  Tandem.togglePane = (name) => {
    const pane = document.getElementById(`${name}-pane`);
    if (!pane) return;
    const opens = !isOpen(pane, name);
    if (narrow[name]?.matches) {
      pane.classList.toggle("opened", opens);
      if (opens) pane.hidden = false;
    } else {
      pane.hidden = !opens;
      document.cookie = `pane_${name}=${opens ? 1 : 0};path=/;max-age=31536000;samesite=lax`;
    }
    tellPane(name);
    if (opens) body.dispatchEvent(new CustomEvent("paneOpened", { detail: name }));
  };
  for (const [name, query] of Object.entries(narrow)) { query.addEventListener("change", () => tellPane(name)); tellPane(name); }
  Tandem.on("click", "[data-toggle-pane]", (_event, button) => Tandem.togglePane(button.dataset.togglePane));

  /* --- lists are met again as they were left, in this tab and by this user: menus lead to their last state --- */
  const keptKey = `lists:${body.dataset.user}`;
  const kept = JSON.parse(sessionStorage.getItem(keptKey) || "{}");
  const lead = () => document.querySelectorAll("[data-kept]").forEach((link) => {
    const query = kept[link.dataset.kept];
    link.href = link.dataset.kept + (query ? `?${query}` : "");
  });
  Tandem.keepList = (path, query) => {
    if (query) kept[path] = query; else delete kept[path];
    sessionStorage.setItem(keptKey, JSON.stringify(kept));
    lead();
  };
  lead();

  /* --- help --- */
  const helpButton = document.querySelector("[data-help]");
  Tandem.toggleHelp = () => {
    const pane = document.getElementById("help-pane");
    if (!pane) return;
    pane.hidden = !pane.hidden;
    helpButton?.setAttribute("aria-expanded", String(!pane.hidden));
    if (pane.hidden) helpButton?.focus();
    else if (helpButton?.dataset.help) htmx.ajax("GET", helpButton.dataset.help, { source: pane, target: pane, swap: "innerHTML" });
  };
  Tandem.on("click", "[data-help],[data-close-help]", () => Tandem.toggleHelp());

  /* --- actions: what a button of a bar or menu does with the chosen records --- */
  Tandem.runAction = (button, pairs) => {
    if (button.getAttribute("aria-disabled") === "true") {
      Tandem.toast(button.title, "warn");
      return;
    }
    const { method, address, newTab } = button.dataset;
    const values = new FormData();
    for (const [name, value] of pairs) values.append(name, value);
    if (method === "go") {
      const url = `${address}?${new URLSearchParams(pairs)}`;
      if (newTab) window.open(url, "_blank", "noopener"); else location.assign(url);
      return;
    }
    const isShort = new URLSearchParams(pairs).toString().length <= 2000;
    if (method === "dialog" && !isShort) values.append("_open", "1");
    const verb = method === "dialog" && isShort ? "GET" : "POST";
    const url = verb === "GET" && pairs.length ? `${address}?${new URLSearchParams(pairs)}` : address;
    Tandem.opener = button;
    htmx.ajax(verb, url, { source: button, target: "#dialog", swap: "innerHTML", values: verb === "GET" ? {} : values });
  };
})();

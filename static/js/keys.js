/* Keyboard shortcuts. Their names stand in pages/keyboard.py, for the page that lists them. */
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const { card, list, columns } = Tandem;
  const typing = Tandem.isTyping;

  /* Press what there is to press; false where there is nothing. */
  const press = (selector) => () => {
    const element = find(selector);
    if (!element) return false;
    element.click();
    return true;
  };
  /* Go elsewhere: from a card only when it is saved. */
  const go = (selector) => () => {
    const link = find(selector);
    if (!link?.href) return false;
    if (card) card.leave(link.href); else location.assign(link.href);
    return true;
  };
  const search = () => {
    const input = find("[data-search] input");
    if (!input) return false;
    input.focus();
    input.select();
    return true;
  };
  /* Rows or fields anew; a page that is neither, or a form that is not saved, is left to the browser. */
  const refresh = () => {
    if (!list && (!card || card.isOpen())) return false;
    document.body.dispatchEvent(new CustomEvent("listChanged"));
    return true;
  };
  const escape = (event) => {
    if (find("#help-pane:not([hidden])")) { Tandem.toggleHelp(); return true; }
    return Boolean(card) && (card.takeBack(event.target) || go("[data-back]")());
  };
  const commands = {
    "Alt+N": go("a[data-new]"),
    "Alt+Shift+N": () => Boolean(card) && card.saveAndNew(find("a[data-new]")?.href),
    "Alt+F1": go("[data-keyboard]"),
    "Ctrl+F1": press("[data-help]"),
    "?": (event) => !typing(event.target) && press("[data-help]")(),
    "F3": search,
    "Shift+F3": press('[data-toggle-pane="filter"]'),
    "Alt+F2": press('[data-toggle-pane="factbox"]'),
    "Alt+F3": () => Boolean(columns) && columns.narrow(),
    "Alt+Shift+F3": () => Boolean(columns) && columns.filter(),
    "Ctrl+Alt+Shift+F3": press("#filter-form .reset"),
    "F5": refresh,
    "F6": () => Boolean(card) && card.section(1),
    "Shift+F6": () => Boolean(card) && card.section(-1),
    "Ctrl+ArrowUp": go("#previous-record"),
    "Alt+PageUp": go("#previous-record"),
    "Ctrl+ArrowDown": go("#next-record"),
    "Alt+PageDown": go("#next-record"),
    "Ctrl+S": press("[data-save]"),
    "Ctrl+Enter": () => Boolean(card) && card.saveAndClose(),
    "Escape": escape,
  };

  /* A letter is told by its key, or on a keyboard that types something else with Alt by its place. */
  const nameOf = (event) => {
    const key = /^[a-z]$/i.test(event.key) ? event.key : /^Key[A-Z]$/.test(event.code) && event.altKey ? event.code.slice(3) : event.key;
    if (key === "?") return key;
    const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift"].filter(Boolean);
    return [...held, key.length === 1 ? key.toUpperCase() : key].join("+");
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || !event.key) return;
    const name = nameOf(event);
    const dialog = find("dialog[open]");
    if (dialog) {
      if (name !== "Ctrl+Enter") return;
      event.preventDefault();
      dialog.querySelector(".dialog-foot .button.primary:not([disabled])")?.click();
      return;
    }
    if (Object.hasOwn(commands, name) && commands[name](event)) event.preventDefault();
  });
})();

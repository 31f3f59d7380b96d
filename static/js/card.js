/* A card saves what was changed when a field is left (ERP); a form saves when Save is pressed (Sales). */
(() => {
  "use strict";
  const card = document.getElementById("card");
  const form = document.getElementById("card-form");
  if (!card || !form) return;
  const isForm = card.dataset.mode === "form";
  let isNew = card.dataset.new === "1";
  const dirty = new Set();
  const failed = new Set();
  let busy = false;
  let again = null;

  const waiting = []; /* who goes on when an answer to a save has come */
  const state = () => document.getElementById("card-state");
  const nameOf = (control) => control.dataset.field || control.name;
  const fieldOf = (control) => control.closest(".field");
  (state().dataset.given || "").split(",").filter(Boolean).forEach((name) => dirty.add(name));

  /* --- the sign at the top --- */
  const sign = (text, tone, icon) => {
    const chip = document.getElementById("save-status");
    if (!chip) return;
    chip.className = `chip ${tone}`;
    chip.replaceChildren(...(icon ? [Tandem.icon(icon)] : []), text);
  };
  const showState = () => {
    if (busy) sign(card.dataset.saving, "neutral");
    else if (failed.size) sign(card.dataset.unsaved, "bad", "error_circle");
    else if (dirty.size || isNew) sign(card.dataset.unsaved, "warn");
    else sign(card.dataset.saved, "neutral", "checkmark");
  };

  /* --- saving --- */
  const hasRequired = () =>
    [...form.querySelectorAll("[aria-required=true]")].every((control) => control.value.trim() || !control.offsetParent && !control.closest("details,.more"));

  const save = (close) => {
    const names = [...dirty].filter((name) => isForm || isNew || !failed.has(name));
    if (!names.length && !isNew && !close) return showState();
    if (!isForm && isNew && !hasRequired()) return showState();
    if (busy) { again = { close }; return; }
    busy = true;
    dirty.clear();
    showState();
    const values = { changed: names.join(",") };
    if (close) values.close = "1";
    const list = state().dataset.list;
    const url = state().dataset.url + (list ? `?list=${encodeURIComponent(list)}` : "");
    sent = names;
    htmx.ajax("POST", url, { source: form, target: "#save-status", swap: "none", values }).finally?.(() => {});
  };
  let sent = [];

  Tandem.hooks.answered.push((detail) => {
    if (detail.elt !== form) return;
    busy = false;
    queueMicrotask(() => { if (!busy) waiting.splice(0).forEach((go) => go()); });
    const isSaved = detail.xhr?.getResponseHeader("X-Saved") === "1";
    const errors = [...document.createRange().createContextualFragment(detail.xhr?.responseText || "").querySelectorAll("[data-error-of]")];
    if (isSaved) {
      sent.forEach((name) => failed.delete(name));
      if (isNew) { isNew = false; delete card.dataset.new; }
      document.body.dispatchEvent(new CustomEvent("recordSaved"));
    } else {
      sent.forEach((name) => dirty.add(name));
      failed.clear();
      errors.forEach((error) => failed.add(error.dataset.errorOf));
    }
    if (detail.xhr?.status === 200) mark(errors, sent);
    sent = [];
    showState();
    if (errors.some((error) => error.dataset.confirm && ask(error))) return;
    if (again) { const { close } = again; again = null; save(close); }
    else if (isSaved && !isForm && [...dirty].some((name) => !failed.has(name))) save();
  });

  /* Leaves the present field, which saves a card, and waits for the answer: true where everything is saved. */
  const commit = () => { if (card.contains(document.activeElement)) document.activeElement.blur(); };
  const settle = async () => {
    commit();
    while (busy) await new Promise((go) => waiting.push(go));
    await Promise.allSettled([...Tandem.saves]);
    return !dirty.size;
  };
  /* The browser asks about what could not be saved. */
  const leave = (url) => settle().then(() => location.assign(url));
  const leaving = (work) => { work(); return true; };
  const firstMissing = () => [...form.querySelectorAll("[aria-required=true]")].find((one) => !one.value.trim());

  const saveAndNew = async (url) => {
    commit();
    if (isForm && (dirty.size || isNew)) save();
    const isSaved = await settle();
    if (isSaved && !isNew) location.assign(url);
    else if (!failed.size) firstMissing()?.focus();
  };
  const saveAndClose = async () => {
    commit();
    if (isForm && (dirty.size || isNew)) return save(true);
    if (await settle()) return document.querySelector("[data-back]")?.click();
    return (form.querySelector("[aria-invalid]") || firstMissing())?.focus();
  };
  /* What was typed and not yet left goes back to what it was; false where nothing was typed. */
  const takeBack = (one) => {
    const isText = one.matches?.("input[data-field]:not([type=checkbox],[data-into]),textarea[data-field]");
    if (!isText || busy || one.closest(".lines") || one.value === one.defaultValue) return false;
    one.value = one.defaultValue;
    dirty.delete(nameOf(one));
    failed.delete(nameOf(one));
    clearError(fieldOf(one));
    showState();
    return true;
  };
  /* A link that is followed while a save is under way waits for its answer. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]:not([target]):not([download]):not([hx-get])");
    if (!link || !(busy || Tandem.saves.size) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    leave(link.href);
  });

  /* A refusal may be a question: yes sends the answer along, no takes the field back. True when it has been saved anew. */
  const ask = (error) => {
    const [name, asked] = [error.dataset.errorOf, control(error.dataset.errorOf)];
    const isYes = window.confirm(error.textContent);
    failed.delete(name);
    if (!isYes) {
      dirty.delete(name);
      clearError(fieldOf(asked));
      if (asked.options) [...asked.options].forEach((option) => { option.selected = option.defaultSelected; });
      else asked.value = asked.defaultValue;
      showState();
      return false;
    }
    for (const [other, value] of Object.entries(JSON.parse(error.dataset.confirm))) {
      const one = control(other);
      if (!one) continue;
      if (one.type === "checkbox") one.checked = Boolean(value); else one.value = value;
      dirty.add(other);
    }
    dirty.add(name);
    save();
    return true;
  };

  /* --- errors at their fields --- */
  const clearError = (field) => {
    field.classList.remove("has-error");
    field.querySelector(".field-error")?.remove();
    field.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  };
  const setError = (control, text) => {
    const field = fieldOf(control);
    if (!field) return;
    clearError(field);
    field.classList.add("has-error");
    const note = document.createElement("p");
    note.className = "field-error";
    note.id = `${control.id}-error`;
    note.setAttribute("role", "alert");
    note.textContent = text;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", note.id);
    field.querySelector(".control").append(note);
  };
  const control = (name) => form.querySelector(`[data-field="${name}"]`) || form.querySelector(`[name="${name}"][data-field]`);
  const mark = (errors, names) => {
    names.forEach((name) => { const field = control(name) && fieldOf(control(name)); if (field) clearError(field); });
    let first = null;
    for (const error of errors) {
      const found = control(error.dataset.errorOf);
      if (!found) continue;
      setError(found, error.textContent);
      first ||= found;
    }
    if (!first) return;
    reveal(first);
    if (isForm) first.focus();
  };
  const reveal = (element) => {
    const details = element.closest("details");
    if (details) details.open = true;
    const panel = element.closest(".tab-panel");
    if (panel?.hidden) document.querySelector(`[aria-controls="${panel.id}"]`)?.click();
    if (element.closest(".more")) element.closest(".fields").classList.add("all");
  };

  /* Parts that the user is typing in are not replaced. */
  Tandem.hooks.beforePart.push((detail) => {
    const target = detail.target;
    if (!target || !card.contains(target)) return;
    const controls = [...target.querySelectorAll("[data-field]")];
    if (controls.some((one) => dirty.has(nameOf(one)) || (one === document.activeElement && one.value !== one.defaultValue && !sent.includes(nameOf(one))))) {
      detail.shouldSwap = false;
    }
  });

  form.addEventListener("change", (event) => {
    const one = event.target.closest("[data-field]");
    if (!one || one.closest(".lines")) return;
    dirty.add(nameOf(one));
    failed.delete(nameOf(one));
    if (isForm) showState(); else save();
  });
  /* Filled by a look-up together with the field that it belongs to. */
  form.addEventListener("filled", (event) => {
    const one = event.target.closest("[data-field]");
    if (!one) return;
    dirty.add(nameOf(one));
    failed.delete(nameOf(one));
  });
  form.addEventListener("input", (event) => {
    const one = event.target.closest("[data-field]");
    if (!one || one.closest(".lines")) return;
    if (isForm) dirty.add(nameOf(one));
    sign(card.dataset.unsaved, "warn");
  });
  /* What was typed and taken back is no change. */
  form.addEventListener("focusout", (event) => { if (!isForm && event.target.matches("[data-field]")) showState(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input[data-field]") && !event.target.closest(".lines") && !isForm) event.target.blur(), event.target.focus();
  });
  /* The present field is told changed now: its part of the form is replaced by the answer, and a browser tells a field
     that is taken away with the focus in it as changed. */
  const tellChange = () => {
    const here = document.activeElement;
    if (form.contains(here) && here.matches("[data-field]")) { here.blur(); here.focus({ preventScroll: true }); }
  };
  Tandem.on("click", "[data-save]", (_event, button) => { tellChange(); save(button.dataset.save === "close"); });

  /* --- somebody else was faster --- */
  Tandem.on("click", "[data-conflict]", (_event, button) => {
    if (button.dataset.conflict === "theirs") { dirty.clear(); location.reload(); return; }
    form.elements.row_version.value = button.closest("[data-version]").dataset.version;
    document.getElementById("card-conflict").replaceChildren();
    failed.clear();
    save();
  });

  /* --- actions of the card --- */
  const pairs = () => [...document.querySelectorAll("#card-selection input")].map((input) => [input.name, input.value]);
  Tandem.on("click", "#card [data-method]", (_event, button) => {
    if (!isForm && dirty.size) save();
    Tandem.runAction(button, pairs());
  });
  document.body.addEventListener("listChanged", async () => {
    if (dirty.size) return;
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) { if (answer && (answer.status === 404 || answer.redirected)) location.reload(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const open = new Set([...card.querySelectorAll("details[open]")].map((d) => d.id));
    Tandem.replaceUnder(() => {
      for (const id of ["card-head", "card-notice", "card-bar", "card-form", "save-status"]) {
        const [now, then] = [document.getElementById(id), page.getElementById(id)];
        if (!now || !then) continue;
        if (id === "card-form") now.replaceChildren(...then.childNodes); else now.replaceWith(then);
        htmx.process(id === "card-form" ? now : document.getElementById(id));
      }
    });
    card.querySelectorAll("details").forEach((d) => { d.open = open.has(d.id); });
    showTab(localStorage.getItem(tabKey));
    showState();
  });

  /* --- FastTabs, Show more, tabs: as the user left them --- */
  const tabsKey = `tabs:${card.dataset.name}`;
  const tabKey = `tab:${card.dataset.name}`;
  const memory = JSON.parse(localStorage.getItem(tabsKey) || "{}");
  card.querySelectorAll("details[data-tab]").forEach((details) => {
    if (details.dataset.tab in memory) details.open = memory[details.dataset.tab];
    if (memory[`${details.dataset.tab}+`]) details.querySelector(".fields")?.classList.add("all");
  });
  card.addEventListener("toggle", (event) => {
    const name = event.target.dataset?.tab;
    if (name) { memory[name] = event.target.open; localStorage.setItem(tabsKey, JSON.stringify(memory)); }
  }, true);
  Tandem.on("click", ".more-button", (_event, button) => {
    const fields = button.previousElementSibling;
    const isAll = fields.classList.toggle("all");
    memory[`${button.closest("[data-tab]").dataset.tab}+`] = isAll;
    localStorage.setItem(tabsKey, JSON.stringify(memory));
    words(button, isAll);
  });
  const words = (button, isAll) => {
    button.dataset.less ||= button.textContent;
    button.textContent = isAll ? button.dataset.more : button.dataset.less;
    button.setAttribute("aria-expanded", String(isAll));
  };
  card.querySelectorAll(".more-button").forEach((button) => { if (button.previousElementSibling.classList.contains("all")) words(button, true); });
  const showTab = (name) => {
    const tabs = [...card.querySelectorAll("[role=tab]")];
    const wanted = tabs.find((tab) => tab.id === `tab-button-${name}`) || tabs[0];
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === wanted));
      tab.tabIndex = tab === wanted ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== wanted;
    }
  };
  Tandem.on("click", "#card [role=tab]", (_event, tab) => {
    const name = tab.id.replace("tab-button-", "");
    localStorage.setItem(tabKey, name);
    showTab(name);
  });
  Tandem.on("keydown", "#card [role=tab]", (event, tab) => {
    const tabs = [...card.querySelectorAll("[role=tab]")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) { const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]; next.click(); next.focus(); }
  });
  if (!isNew) showTab(localStorage.getItem(tabKey));

  /* The next FastTab (opened) or tab, from the one that the focus is in; behind the last comes the first. */
  const section = (step) => {
    const parts = [...card.querySelectorAll("details.fasttab,[role=tab]")];
    if (!parts.length) return false;
    const at = parts.findIndex((one) => one.contains(document.activeElement) || one.getAttribute("aria-selected") === "true");
    const next = parts[(at < 0 && step < 0 ? 0 : at) + step] || parts.at(step > 0 ? 0 : -1);
    if (next.matches("details")) next.open = true; else next.click();
    const panel = next.matches("details") ? next : document.getElementById(next.getAttribute("aria-controls"));
    const first = [...panel.querySelectorAll("input:not([type=hidden]),select,textarea,a[href]")].find((one) => one.offsetParent && one.tabIndex >= 0);
    (first || panel.querySelector("summary") || next).focus();
    return true;
  };
  Tandem.card = {
    leave, takeBack, section,
    isOpen: () => dirty.size > 0 || isNew,
    saveAndNew: (url) => Boolean(url) && leaving(() => saveAndNew(url)),
    saveAndClose: () => leaving(saveAndClose),
  };

  /* --- nothing typed is lost --- */
  addEventListener("beforeunload", (event) => { if (dirty.size && !document.getElementById("session-ended")?.open) event.preventDefault(); });
  Tandem.drafts.keep.push((draft) => {
    const names = new Set([...dirty, ...sent]);
    if (!names.size) return;
    draft.card = [...names].flatMap((name) => [...form.querySelectorAll(`[name="${name}"],[name="${name}__text"]`)]
      .map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value, name]));
  });
  Tandem.drafts.restore.push((draft) => {
    if (!draft.card) return false;
    for (const [key, value, name] of draft.card) {
      const one = form.querySelector(`[name="${key}"]`);
      if (!one) continue;
      if (one.type === "checkbox") one.checked = value; else one.value = value;
      dirty.add(name);
    }
    showState();
    if (!isForm) save();
    return true;
  });
  const start = form.querySelector("[data-field]:not([type=hidden])");
  if (isNew) { showState(); (form.querySelector("[aria-required=true]") || start)?.focus(); }
})();

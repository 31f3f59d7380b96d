/* The one dialog of a page: opened when something is swapped into it, closed by Escape, Cancel or the server. */
(() => {
  "use strict";
  const dialog = document.getElementById("dialog");
  if (!dialog) return;
  let returnTo = null;

  const first = () =>
    dialog.querySelector("[aria-invalid=true]") || dialog.querySelector("[autofocus]") ||
    dialog.querySelector(".dialog-body input:not([type=hidden]),.dialog-body select,.dialog-body textarea,.dialog-body a[href]") ||
    dialog.querySelector(".dialog-foot button");

  Tandem.hooks.swapped.push((target) => {
    if (target !== dialog || isClosing || !dialog.firstElementChild) return;
    if (!dialog.open) {
      const opener = Tandem.opener;
      const isUsable = opener?.isConnected && opener.offsetParent;
      returnTo = isUsable ? opener : Tandem.menuButton || document.activeElement;
      dialog.showModal();
    }
    first()?.focus();
  });

  /* The event `close` comes later than what htmx tells about the same answer: that must not open the dialog again. */
  let isClosing = false;
  const close = () => { if (dialog.open) { isClosing = true; dialog.close(); } };
  dialog.addEventListener("close", () => {
    isClosing = false;
    dialog.replaceChildren();
    if (returnTo?.isConnected) returnTo.focus();
    returnTo = null;
  });
  document.body.addEventListener("closeDialog", close);
  Tandem.on("click", "[data-close-dialog]", close);
  Tandem.on("click", "[data-open-dialog]", (_event, element) => {
    Tandem.opener = element;
    htmx.ajax("GET", element.dataset.openDialog, { source: element, target: dialog, swap: "innerHTML" });
  });

  /* A tick that makes another part of the dialog pointless: what it names is switched off while it is set. */
  Tandem.on("change", "[data-disables]", (_event, box) => {
    document.querySelectorAll(box.dataset.disables).forEach((part) => {
      part.classList.toggle("is-off", box.checked);
      const controls = part.matches("input,select,textarea,button") ? [part] : part.querySelectorAll("input,select,textarea");
      controls.forEach((control) => { control.disabled = box.checked; });
    });
  });

  /* What was refused for want of a choice is forgotten when one is made. */
  Tandem.on("change", "#dialog fieldset", (_event, group) => {
    group.querySelectorAll(".has-error .field-error").forEach((note) => note.remove());
    group.querySelectorAll(".has-error").forEach((field) => field.classList.remove("has-error"));
    group.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
  });

  /* A choice that the rest of the dialog depends on: the server shows it anew. */
  Tandem.on("change", "[data-resubmit]", (_event, control) => control.form.requestSubmit());

  /* A file that the server would refuse is told where it was chosen, before anything is sent. */
  Tandem.on("change", "input[type=file][data-max-bytes]", (_event, input) => {
    const isLarge = (input.files[0]?.size || 0) > Number(input.dataset.maxBytes);
    const field = input.closest(".form-field");
    field.querySelector("[data-file-error]")?.remove();
    field.classList.toggle("has-error", isLarge);
    if (!isLarge) return;
    const note = document.createElement("p");
    note.className = "field-error";
    note.setAttribute("role", "alert");
    note.dataset.fileError = "";
    note.textContent = input.dataset.tooLarge;
    field.append(note);
    input.value = "";
  });

  /* An ended session: remember the address of the dialog and what was typed; open it again afterwards. */
  Tandem.drafts.keep.push((draft) => {
    const form = dialog.open && dialog.querySelector("form");
    if (!form) return;
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
    const carried = fields.filter(([name]) => ["list", "table", "ids", "all", "state"].includes(name));
    const query = new URLSearchParams(carried.slice(0, 60)).toString();
    draft.dialog = { url: form.getAttribute("action") + (query ? `?${query}` : ""), fields };
  });
  Tandem.drafts.restore.push((draft) => {
    if (!draft.dialog) return false;
    htmx.ajax("GET", draft.dialog.url, { source: dialog, target: dialog, swap: "innerHTML" }).then(() => {
      const form = dialog.querySelector("form");
      if (form) fill(form, draft.dialog.fields);
    });
    return true;
  });
  const fill = (form, fields) => {
    const names = new Set(fields.map(([name]) => name));
    const changed = [...form.querySelectorAll("input[type=checkbox],input[type=radio]")].filter((box) => {
      if (box.type === "radio" && !names.has(box.name)) return false;
      const is = fields.some(([name, value]) => name === box.name && value === box.value);
      const differs = box.checked !== is;
      box.checked = is;
      return differs && (is || box.type === "checkbox");
    });
    for (const [name, value] of fields) {
      const control = form.elements[name];
      if (control instanceof HTMLElement && !control.matches("[type=hidden],[type=file],[type=checkbox],[type=radio]")) control.value = value;
    }
    /* htmx listens to new parts a moment after it has put them in. */
    setTimeout(() => changed.forEach((box) => box.dispatchEvent(new Event("change", { bubbles: true }))), 100);
  };
})();

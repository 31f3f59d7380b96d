/* Lines of a card: a row is saved when a field of it is left; the empty row at the end becomes a new one. */
(() => {
  "use strict";
  const rowOf = (element) => element.closest("tr[data-line]");
  const errorsIn = (xhr) => [...document.createRange().createContextualFragment(xhr.responseText).querySelectorAll("[data-error-of]")];

  const save = (row, names) => {
    const table = row.closest("table");
    const isBlank = row.classList.contains("blank-line");
    const values = new FormData();
    row.querySelectorAll("input,select,textarea").forEach((control) => {
      if (control.type === "checkbox" ? control.checked : true) values.append(control.name, control.value);
    });
    const prefix = `${table.dataset.lines}-${row.dataset.line || "new"}-`;
    values.append("changed", names.map((name) => name.replace(prefix, "")).join(","));
    const area = table.closest(".lines");
    const index = [...row.querySelectorAll("[data-field]")].indexOf(document.activeElement);
    const saved = htmx.ajax("POST", row.dataset.address, { source: row, target: isBlank ? area : row, swap: isBlank ? "innerHTML" : "outerHTML", values })
      .then(() => { if (isBlank && index >= 0) area.querySelectorAll("tr[data-line]:not(.blank-line)"); });
    Tandem.saves.add(saved);
    saved.finally(() => Tandem.saves.delete(saved));
  };

  document.addEventListener("change", (event) => {
    const control = event.target.closest(".lines-table [data-field]");
    if (!control) return;
    const row = rowOf(control);
    (row.dirty ||= new Set()).add(control.dataset.field || control.name);
    save(row, [...row.dirty]);
  });
  Tandem.hooks.beforeSwap.push((_target, event) => {
    const row = event.detail.requestConfig?.elt;
    if (!row?.matches?.("tr[data-line]") || event.detail.xhr.getResponseHeader("X-Saved") !== null) return;
    const errors = errorsIn(event.detail.xhr);
    if (!event.detail.xhr.responseText.includes("data-errors")) return;
    event.detail.shouldSwap = false;
    row.querySelectorAll(".field-error").forEach((note) => note.remove());
    row.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
    for (const error of errors) {
      const control = row.querySelector(`[name="${error.dataset.errorOf}"]`) || row.querySelector("[data-field]");
      const isTouched = row.dirty?.has(control.name) || !row.classList.contains("blank-line");
      if (!isTouched) continue;
      const note = document.createElement("p");
      note.className = "field-error";
      note.setAttribute("role", "alert");
      note.textContent = error.textContent;
      control.setAttribute("aria-invalid", "true");
      control.closest(".control").append(note);
    }
  });
  /* Saving a row may have changed the record of the card as well: it is saved with its present version next time. */
  Tandem.hooks.answered.push((detail) => {
    const version = detail.xhr?.getResponseHeader("X-Record-Version");
    const kept = document.querySelector("#card-state [name=row_version]");
    if (version && kept) kept.value = version;
  });
  Tandem.on("click", "[data-delete-line]", (_event, button) => {
    const row = rowOf(button);
    const version = row.querySelector("[name=row_version]").value;
    htmx.ajax("DELETE", `${row.dataset.address}?row_version=${version}`, { source: button, target: row.closest(".lines"), swap: "innerHTML" });
  });
})();

/* Look-ups: a field with data-lookup offers records while one types. The value goes into the field, or with data-into into the hidden field beside it. */
(() => {
  "use strict";
  let box = null;
  let field = null;
  let taken = null;

  const options = () => (box ? [...box.querySelectorAll("[role=option]:not([aria-disabled])")] : []);
  const chosen = () => box?.querySelector("[aria-selected=true]");
  const hidden = (input) => (input.dataset.into ? input.closest(".lookup").querySelector("input[type=hidden]") : null);

  /* A field with data-many holds several values, one after the other: A|B. What is being typed is the last of them. */
  const MANY = /[|,;]/;
  const typedIn = (input) => ("many" in input.dataset ? input.value.split(MANY).pop() : input.value).trim();
  const withTaken = (input, value) => {
    if (!("many" in input.dataset)) return value;
    const before = input.value.split(MANY).slice(0, -1).map((one) => one.trim()).filter(Boolean);
    const last = typedIn(input);
    if (last && !value.toUpperCase().includes(last.toUpperCase())) before.push(last);
    return [...new Set([...before, value])].join("|");
  };

  /* What is looked for when the list is asked for: everything, or where values repeat those like the present one. */
  const whole = (input) => ("suggest" in input.dataset && !("many" in input.dataset) ? input.value.trim() : "");

  const close = () => {
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
    box?.remove();
    box = field = null;
  };

  const mark = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };

  const open = (input) => {
    if (field === input && box) return;
    close();
    field = input;
    box = document.createElement("div");
    box.id = "lookup-hits";
    box.className = "hits";
    box.setAttribute("role", "listbox");
    input.parentElement.append(box);
    if (box.showPopover) { box.popover = "manual"; box.showPopover(); }
    const place = input.getBoundingClientRect();
    box.style.left = `${place.left}px`;
    box.style.width = `${Math.max(place.width, 300)}px`;
    box.style.top = place.bottom + 300 > innerHeight ? "auto" : `${place.bottom + 2}px`;
    box.style.bottom = place.bottom + 300 > innerHeight ? `${innerHeight - place.top + 2}px` : "auto";
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", box.id);
  };

  let latest = 0;
  const load = async (input, typed) => {
    const number = ++latest;
    const url = new URL(input.dataset.lookup, location.href);
    url.searchParams.set("q", typed);
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (number !== latest || document.activeElement !== input || !answer?.ok) return;
    const html = await answer.text();
    open(input);
    box.innerHTML = html;
    if (typed) mark(options()[0]);
  };
  const typing = Tandem.debounce(load, 200);

  const take = (option) => {
    const input = field;
    const into = hidden(input);
    for (const [name, value] of Object.entries(JSON.parse(option.dataset.fills || "{}"))) {
      const other = input.form?.elements[name];
      if (!other || other === input) continue;
      other.value = value;
      other.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
    }
    taken = input;
    if (into) into.value = option.dataset.value;
    input.value = into ? option.dataset.text : withTaken(input, option.dataset.value);
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    taken = null;
  };

  /* A value that several rows have was typed and left: the one that fits best is taken, and the others are offered. */
  Tandem.on("change", "[data-suggest]", async (_event, input) => {
    const typed = input.value.trim();
    if (taken === input || !typed || "many" in input.dataset) return;
    const url = new URL(input.dataset.lookup, location.href);
    url.searchParams.set("q", typed);
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || input.value.trim() !== typed) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    const same = [...found.querySelectorAll("[data-value]")].filter((option) => option.dataset.value === typed);
    if (same.length < 2) return;
    input.focus();
    load(input, typed);
  });

  Tandem.on("input", "[data-lookup]", (_event, input) => {
    const into = hidden(input);
    if (into) into.value = "";
    typing(input, typedIn(input));
  });
  Tandem.on("click", "[data-lookup]", (event, input) => {
    const isArrow = event.offsetX > input.clientWidth - 28;
    if (isArrow) { if (field === input) close(); else load(input, whole(input)); }
  });
  document.addEventListener("keydown", (event) => {
    const input = event.target.closest?.("[data-lookup]");
    if (!input) return;
    if (event.key === "ArrowDown" && (event.altKey || field !== input)) { event.preventDefault(); load(input, whole(input)); return; }
    if (field !== input || !box) return;
    const list = options();
    const at = list.indexOf(chosen());
    if (event.key === "ArrowDown") { event.preventDefault(); mark(list[Math.min(at + 1, list.length - 1)]); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(list[Math.max(at - 1, 0)]); }
    else if (event.key === "Enter" && chosen()) { event.preventDefault(); take(chosen()); }
    else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
  }, true);
  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest?.("#lookup-hits [role=option]:not([aria-disabled])");
    if (option) { event.preventDefault(); take(option); }
    else if (box && event.target !== field && !box.contains(event.target)) close();
  });
  document.addEventListener("focusout", (event) => { if (event.target === field) setTimeout(() => { if (document.activeElement !== field) close(); }, 0); });

  /* Dates: the calendar of the browser beside a field that takes the user's way of writing dates. */
  Tandem.on("click", "[data-pick-date]", (_event, button) => {
    const picker = button.parentElement.querySelector(".picker");
    picker.showPicker?.();
  });
  Tandem.on("change", ".picker", (event, picker) => {
    event.stopPropagation();
    const input = picker.parentElement.querySelector("[data-field]");
    input.value = picker.value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();

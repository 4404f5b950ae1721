// What the page gains by a script: suggestions while typing, and "/" for the search field.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ (list autocomplete, manual selection)
const LEAST_CHARS = 2;
const PAUSE_MS = 120;

const field = document.querySelector("#query");
const texts = field?.form.dataset;
const status = document.querySelector("#status");

if (texts?.suggest) suggestions();

addEventListener("keydown", event => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (field && event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

function suggestions() {
  const list = document.createElement("ul");
  Object.assign(list, { id: "suggestions", className: "suggestions", hidden: true });
  attributes(list, { role: "listbox", "aria-label": texts.label });
  field.after(list);
  attributes(field, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });

  let found = [];
  let active = -1;
  let timer;
  let asking;

  field.addEventListener("input", event => {
    stop();
    const typed = field.value.trim();
    if (typed.length < LEAST_CHARS) close();
    else if (!event.isComposing) timer = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input")));
  field.addEventListener("keydown", pressed);
  field.addEventListener("blur", close);
  field.form.addEventListener("submit", close);
  // The field keeps the focus, also for a finger or a mouse.
  list.addEventListener("pointerdown", event => event.preventDefault());
  list.addEventListener("mousedown", event => event.preventDefault());
  list.addEventListener("click", event => {
    const option = event.target.closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });

  function stop() {
    clearTimeout(timer);
    asking?.abort();
  }

  async function ask() {
    asking = new AbortController();
    const { signal } = asking;
    const url = new URL(texts.suggest, location);
    url.searchParams.set("q", field.value);
    const lang = field.form.elements.lang?.value;
    if (lang) url.searchParams.set("lang", lang);
    try {
      const response = await fetch(url, { signal });
      const answer = response.ok ? (await response.json()).suggestions : [];
      if (!signal.aborted && document.activeElement === field) show(answer);
    } catch {
      // Suggestions are an extra: without them the field is what it was.
      if (!signal.aborted) close();
    }
  }

  function show(answer) {
    found = answer;
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    activate(-1);
    const { length } = found;
    status.textContent = length === 1 ? texts.one : length ? texts.many.replace("8", length) : texts.none;
  }

  function option({ kind, text, marks }, place) {
    const item = document.createElement("li");
    item.id = `suggestion-${place}`;
    attributes(item, { role: "option", "aria-selected": "false" });
    const shown = document.createElement("span");
    shown.lang = "de";
    const letters = [...text];
    let done = 0;
    for (const [start, end] of marks) {
      const mark = document.createElement("mark");
      mark.textContent = letters.slice(start, end).join("");
      shown.append(letters.slice(done, start).join(""), mark);
      done = end;
    }
    shown.append(letters.slice(done).join(""));
    const label = document.createElement("span");
    label.className = "hint";
    label.textContent = texts[kind] ?? kind;
    item.append(shown, " ", label);
    return item;
  }

  function activate(place) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const chosen = list.children[active];
    if (!chosen) return field.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", chosen.id);
  }

  function pressed(event) {
    const { key } = event;
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (list.hidden) {
      if (key === "ArrowDown" && field.value.trim().length >= LEAST_CHARS) {
        event.preventDefault();
        stop();
        ask();
      }
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      // One more place than options: that of the field.
      const places = found.length + 1;
      activate(((active + 1 + step + places) % places) - 1);
    } else if (key === "Enter" && active >= 0) choose(active);
    else if (key === "Escape") close();
    else {
      if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(key)) activate(-1);
      return;
    }
    event.preventDefault();
  }

  function choose(place) {
    const { kind, text, url } = found[place];
    close();
    if (kind !== "word") return location.assign(url);
    field.value = text;
    field.setSelectionRange(text.length, text.length);
  }

  function close() {
    stop();
    found = [];
    list.hidden = true;
    list.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    activate(-1);
    status.textContent = "";
  }
}

function attributes(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}

// Suggestions while typing, for a search field of the page or of another site's page.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ (list autocomplete, manual selection)
const LEAST_CHARS = 2;
const PAUSE_MS = 120;
// A server that has just started has no suggestions yet, and says so.
const AGAIN_MS = 1000;
const MOST_TRIES = 6;
const MOST_FAILURES = 2;

// field: an input within a form, whose field `lang`, if there is one, names the language.
// source: where to ask. texts: label, one, many (with an 8), none, and the names of the kinds.
// say: tells a sentence to screen readers. Returns the list.
export function combobox(field, source, texts, say) {
  const list = document.createElement("ul");
  Object.assign(list, { id: "suggestions", className: "suggestions", hidden: true });
  attributes(list, { role: "listbox", "aria-label": texts.label });
  field.after(list);
  // A field of type "search" may not have this role: https://www.w3.org/TR/html-aria/#el-input-search
  attributes(field, { type: "text", inputmode: "search", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });

  let found = [];
  let active = -1;
  let failures = 0;
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
  return list;

  function stop() {
    clearTimeout(timer);
    asking?.abort();
  }

  async function ask(tries = 1) {
    if (failures > MOST_FAILURES) return;
    asking = new AbortController();
    const { signal } = asking;
    const url = new URL(source, location);
    url.searchParams.set("q", field.value);
    const lang = field.form.elements.lang?.value;
    if (lang) url.searchParams.set("lang", lang);
    try {
      const response = await fetch(url, { signal });
      const { suggestions, is_complete } = response.ok ? await response.json() : { suggestions: [] };
      if (signal.aborted || field.getRootNode().activeElement !== field) return;
      failures = 0;
      if (is_complete === false && tries < MOST_TRIES) timer = setTimeout(ask, AGAIN_MS, tries + 1);
      else show(suggestions);
    } catch {
      // Suggestions are an extra: without them the field is what it was.
      if (signal.aborted) return;
      failures += 1;
      close();
    }
  }

  function show(answer) {
    found = answer;
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    activate(-1);
    const { length } = found;
    say(length === 1 ? texts.one : length ? texts.many.replace("8", length) : texts.none);
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
      // As in a field of type "search".
      if (key === "Escape" && field.value) {
        event.preventDefault();
        field.value = "";
        stop();
      } else if (key === "ArrowDown" && field.value.trim().length >= LEAST_CHARS) {
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
    if (kind !== "word") return location.assign(new URL(url, new URL(source, location)));
    field.value = text;
    field.setSelectionRange(text.length, text.length);
  }

  function close() {
    stop();
    if (!list.hidden) say("");
    found = [];
    list.hidden = true;
    list.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    activate(-1);
  }
}

function attributes(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}

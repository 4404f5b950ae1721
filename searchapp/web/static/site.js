// What the page gains by a script: lists that change in place, suggestions while typing, a box
// that finds filters, keys, links to copy. Without it links and forms load pages, to the same end.
import { combobox } from "./combobox.js";

// Later than that the browser loads the page itself, and shows that it does.
const SLOW_MS = 5000;
const TYPING_MS = 200;
const VALUES_IN_BOX = 12;
const COPIED_MS = 3000;
// Where browsers keep it that their reader has no use for the key "/".
const NO_SLASH = "no-slash";
// What of the head belongs to what is shown.
const HEAD = "[rel=canonical], [rel=alternate], [name=robots], [name=description]";

const find = (css, root = document) => root.querySelector(css);
const all = (css, root = document) => [...root.querySelectorAll(css)];
const say = text => { find("#status").textContent = text; };
const address = ({ pathname, search }) => pathname + search;

// Elements that the script made, and that no page from the server has.
const extras = new WeakSet();
const memory = kept();
const field = find("#query");
if (field?.form.dataset.suggest) {
  const { dataset } = field.form;
  extras.add(combobox(field, dataset.suggest, dataset, say));
}

// Lists: results, and values of a facet.
const isList = document.body.matches(".results") || find(".value-filter");
const places = new Map();
let place = history.state?.place ?? 0;
let shown = address(location);
let top = scrollY;
let loading;
let typing;

ready();
const slash = find("#slash");
if (slash) {
  slash.disabled = !memory;
  slash.checked = hasSlash();
  slash.addEventListener("change", () => {
    if (slash.checked) memory.removeItem(NO_SLASH);
    else memory.setItem(NO_SLASH, "1");
  });
}
addEventListener("keydown", pressed);
addEventListener("click", clicked);
if (isList) {
  addEventListener("submit", submitted);
  addEventListener("change", event => {
    if (event.target.matches(".filters :is([type=checkbox], [type=radio])")) load(asked(event.target.form));
  });
  addEventListener("input", event => {
    const { form } = event.target;
    if (!form?.matches(".value-filter")) return;
    clearTimeout(typing);
    if (!event.isComposing) typing = setTimeout(() => load(asked(form), { isTyped: true }), TYPING_MS);
  });
  addEventListener("scroll", () => { top = scrollY; }, { passive: true });
  addEventListener("popstate", () => {
    loading?.abort();
    places.set(place, { top, focus: document.activeElement });
    place = history.state?.place ?? 0;
    // Another part of the same page is the browser's.
    if (address(location) !== shown) load(location, { back: places.get(place) ?? {} });
  });
}

// What the browser keeps for this site, if its reader lets it.
function kept() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

// A key that is a character must be one that can be switched off, so that it is none where that
// cannot be kept: https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts
function hasSlash() {
  return Boolean(memory) && !memory.getItem(NO_SLASH);
}

// What every list has anew: extras, and what shows only with a script.
function ready() {
  for (const each of all("[data-script]")) each.hidden = false;
  for (const group of all(".filters fieldset")) {
    const link = find("[data-filter]", group);
    const box = find(".box", group);
    if (!link) box?.remove();
    else if (box) box.dispatchEvent(new Event("input"));
    else filterBox(group, link.dataset.filter);
  }
}

function pressed(event) {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (key === "/" && field && hasSlash() && !target.closest("input, textarea, select, [contenteditable]")) {
    event.preventDefault();
    field.focus();
    field.select();
  }
  // Only from result to result: elsewhere, and at both ends, the arrows scroll.
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  const titles = step && !event.shiftKey ? all(".hits :is(h2, h3) a") : [];
  const next = titles.includes(target) && titles[titles.indexOf(target) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

function clicked(event) {
  const copy = event.target.closest("button.copy");
  if (copy) return copied(copy);
  const link = event.target.closest("a[href]");
  if (!isList || !link || event.defaultPrevented || event.button) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.getAttribute("href"), location);
  const isHere = url.origin === location.origin && url.pathname === location.pathname && !url.hash;
  if (!isHere || link.closest("[download], [target], [hreflang]")) return;
  event.preventDefault();
  // Links beside the list leave the reader where they are; others lead to what they bring.
  load(url, { toTop: !link.closest("aside, .chips, .sort, .letters") });
}

function submitted(event) {
  const { target: form, submitter } = event;
  const url = asked(form, submitter);
  if (event.defaultPrevented || url.pathname !== location.pathname) return;
  event.preventDefault();
  clearTimeout(typing);
  const isFilter = Boolean(submitter?.closest(".filters"));
  // An unfolded panel has done its work.
  const panel = isFilter && submitter.closest("details");
  if (panel) panel.open = false;
  // The keyboard of a phone covers the results.
  else if (matchMedia("(pointer: coarse)").matches) document.activeElement.blur();
  load(url, { toTop: isFilter });
}

// The address that a form asks for. The server leads on to the one without what is empty.
function asked(form, submitter) {
  const url = new URL(form.action);
  url.search = new URLSearchParams(new FormData(form, submitter));
  return url;
}

// Shows a list in place of another.
// isTyped: while one is typed; no step of the history. toTop: the reader is led to its heading.
// back: the place in the history that was gone back to.
async function load(url, { isTyped = false, toTop = false, back } = {}) {
  loading?.abort();
  const request = loading = new AbortController();
  const { signal } = request;
  const values = new Map(all("input").map(each => [each, each.value]));
  const leave = () => {
    request.abort();
    if (back) location.reload();
    else if (!isTyped) location.assign(url);
  };
  const timer = setTimeout(leave, SLOW_MS);
  find("main").ariaBusy = "true";
  try {
    // Going back, a browser shows what it has.
    const response = await fetch(url, { signal, cache: back ? "force-cache" : "default" });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const final = new URL(response.url);
    if (final.pathname !== location.pathname || assets(fresh) !== assets(document)) return leave();
    if (!back) {
      const isNew = address(final) !== shown && !isTyped;
      if (isNew) {
        places.set(place, { top: scrollY, focus: document.activeElement });
        place = Math.max(...places.keys()) + 1;
      }
      history[isNew ? "pushState" : "replaceState"]({ place }, "", final);
    }
    shown = address(final);
    show(fresh, values, toTop, back);
  } catch {
    if (!signal.aborted) leave();
  } finally {
    clearTimeout(timer);
  }
}

// What two pages must have in common for one to take the other's place.
function assets(page) {
  const files = all("head > script, [rel=stylesheet]", page).map(each => each.outerHTML);
  return [page.documentElement.lang, page.body.className, ...files].join();
}

function show(fresh, values, toTop, back) {
  const active = document.activeElement;
  const before = { top: active.getBoundingClientRect().top, text: active.textContent };
  const group = active.closest("fieldset");
  document.title = fresh.title;
  for (const each of all(HEAD, document.head)) each.remove();
  document.head.append(...all(HEAD, fresh.head));
  become(document.body, fresh.body, values);
  ready();
  const page = find("[aria-current=page]")?.ariaLabel;
  say([find("[data-status]")?.textContent ?? find("h1").textContent, page].filter(Boolean).join(", "));

  if (back) {
    focus(back.focus?.isConnected ? back.focus : heading());
    return scrollTo(0, back.top ?? 0);
  }
  if (active === document.body && !toTop) return;
  const again = active.isConnected ? active : same(active) || (group?.isConnected && find("[type=checkbox]", group));
  if (toTop || !again || again === document.body) {
    const title = heading();
    focus(title);
    const { top, bottom } = title.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight / 2) title.scrollIntoView();
    return;
  }
  for (let fold; !again.checkVisibility() && (fold = again.closest("details:not([open])")); ) fold.open = true;
  // What became another thing in its place is read again.
  if (again.textContent !== before.text) again.blur();
  focus(again);
  // It stays below the finger or the mouse.
  scrollBy(0, again.getBoundingClientRect().top - before.top);
}

function focus(element) {
  if (element !== document.activeElement) element.focus({ preventScroll: true });
}

function heading() {
  const title = find("h1");
  title.tabIndex = -1;
  return title;
}

function same({ name, value }) {
  return name && find(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
}

// Makes an element into another and keeps what is the same in both: focus, folds, scrolled boxes,
// what has been typed since `values`, and extras.
function become(old, fresh, values) {
  if (old !== field) {
    // A fold that is open stays open.
    for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  } else {
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (fresh.hasAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
      else old.removeAttribute(name);
    }
  }
  if (old.matches("[type=checkbox], [type=radio]")) old.checked = fresh.checked;
  else if (old.matches("input") && old.value === values.get(old)) old.value = fresh.value;

  const named = new Map([...old.children].map(each => [key(each), each]));
  const after = node => {
    while (extras.has(node)) node = node.nextSibling;
    return node;
  };
  let at = after(old.firstChild);
  for (const node of [...fresh.childNodes]) {
    const name = key(node);
    const match = name ? named.get(name) : at && !key(at) && at;
    if (match?.nodeName !== node.nodeName) {
      old.insertBefore(node, at);
      continue;
    }
    if (match === at) at = after(at.nextSibling);
    else old.insertBefore(match, at);
    if (match.nodeType === Node.ELEMENT_NODE) become(match, node, values);
    else if (match.data !== node.data) match.data = node.data;
  }
  while (at) {
    const next = after(at.nextSibling);
    at.remove();
    at = next;
  }
  if (old.matches("select")) old.value = fresh.value;
}

// By what an element is known among its siblings, wherever it stands.
function key(node) {
  const name = node.id || node.ariaLabel;
  if (name) return name;
  if (node.nodeName === "FIELDSET") return find("legend", node)?.textContent;
  const input = node.nodeName === "LI" && find("input", node);
  return input ? `${input.name}=${input.value}` : "";
}

// A field in a group of filters that finds values in all that the results have.
function filterBox(group, label) {
  const box = document.createElement("div");
  box.className = "box";
  const name = document.createElement("label");
  const input = document.createElement("input");
  input.autocomplete = "off";
  input.spellcheck = false;
  name.append(label, input);
  const list = document.createElement("ul");
  box.append(name, list);
  extras.add(box);
  find("[data-filter]", group).parentElement.before(box);

  let timer;
  let asking;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    asking?.abort();
    if (input.value.trim()) timer = setTimeout(ask, TYPING_MS);
    else list.replaceChildren();
  });
  list.addEventListener("click", () => {
    input.value = "";
    input.focus({ preventScroll: true });
  });

  async function ask() {
    asking = new AbortController();
    const { signal } = asking;
    const url = new URL(find("[data-filter]", group).href);
    url.searchParams.set("contains", input.value);
    try {
      const response = await fetch(url, { signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (signal.aborted) return;
      list.replaceChildren(...all(".values li", page).slice(0, VALUES_IN_BOX));
      say(find("[data-status]", page).textContent);
    } catch {
      // The link below leads to the page with all values.
      if (!signal.aborted) list.replaceChildren();
    }
  }
}

// Copies what a button holds, or the address of the page.
async function copied(button) {
  const text = button.value || location.href.split("#")[0];
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Only pages with TLS have a clipboard.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    button.after(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    button.focus();
    if (!isDone) return prompt(button.textContent, text);
  }
  const { textContent, dataset } = button;
  say(dataset.copied);
  if (textContent === dataset.copied) return;
  button.textContent = dataset.copied;
  setTimeout(() => { button.textContent = textContent; }, COPIED_MS);
}

// <searchapp-box>: the search field for another site's page. It has suggestions if the searchapp
// lets that site's origin read its API; results open on the searchapp's page.
import { combobox } from "./static/combobox.js";

const NAME = "searchapp-box";
const TEXTS = {
  de: { field: "Artikel durchsuchen", button: "Suchen", label: "Vorschläge", word: "Wort", tag: "Schlagwort", author: "Autor", title: "Artikel", none: "keine Vorschläge", one: "1 Vorschlag", many: "8 Vorschläge" },
  en: { field: "Search articles", button: "Search", label: "Suggestions", word: "word", tag: "tag", author: "author", title: "article", none: "no suggestions", one: "1 suggestion", many: "8 suggestions" },
};
const at = path => new URL(path, import.meta.url).href;

// The page's own style sheets do not reach into the box, and its policy does not forbid this one.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host {
  --accent: var(--searchapp-accent, #0b5c63);
  --on-accent: var(--searchapp-on-accent, #fff);
  --surface: var(--searchapp-surface, Canvas);
  --ink: var(--searchapp-ink, CanvasText);
  --edge: var(--searchapp-edge, #7b8285);
  --radius: var(--searchapp-radius, .4rem);
  display: block; color: var(--ink); text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; }
label { display: block; margin-bottom: .3em; }
.field { display: flex; flex-wrap: wrap; gap: .5em; position: relative; }
input, button { font: inherit; min-height: 2.75em; border: 1px solid var(--edge); border-radius: var(--radius); }
input { flex: 1 1 9em; width: 100%; min-width: 0; padding: .4em .7em; background: var(--surface); color: inherit; }
button { padding: .4em 1.1em; background: var(--accent); border-color: transparent; color: var(--on-accent); cursor: pointer; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
ul { position: absolute; inset: calc(100% + .3em) 0 auto; z-index: 9; max-height: 70vh; overflow-y: auto; padding: .3em; list-style: none; background: var(--surface); border: 1px solid var(--edge); border-radius: var(--radius); }
li { display: flex; gap: .75em; align-items: baseline; justify-content: space-between; padding: .45em .6em; cursor: pointer; overflow-wrap: anywhere; }
li:hover { text-decoration: underline; }
[aria-selected=true] { outline: 2px solid var(--ink); outline-offset: -2px; }
mark { background: none; color: inherit; font-weight: 700; }
.hint { flex: none; font-size: .875em; }
[role=status] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`);

class SearchappBox extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const named = (this.closest("[lang]")?.lang ?? "").slice(0, 2).toLowerCase();
    const lang = named in TEXTS ? named : "de";
    const texts = TEXTS[lang];
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [sheet];

    const label = made("label", { htmlFor: "query", textContent: this.getAttribute("label") || texts.field });
    const field = made("input", { id: "query", type: "search", name: "q", autocapitalize: "off", spellcheck: false, enterKeyHint: "search" });
    const button = made("button", { textContent: this.getAttribute("button") || texts.button });
    const line = made("div", { className: "field" }, field, button);
    const form = made("form", { action: at("search"), autocomplete: "off", lang }, label, line);
    form.setAttribute("role", "search");
    if (this.lang in TEXTS) form.append(made("input", { type: "hidden", name: "lang", value: this.lang }));
    const status = made("div", { lang });
    status.setAttribute("role", "status");
    root.append(form, status);
    combobox(field, at("api/v1/suggest"), texts, text => { status.textContent = text; });
  }
}

function made(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

if (!customElements.get(NAME)) customElements.define(NAME, SearchappBox);

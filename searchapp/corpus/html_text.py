"""Makes plain text with paragraphs of HTML fragments, as in feeds, exports and Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from lxml import etree

BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "legend", "li", "main", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tr", "ul",
))  # fmt: skip
HIDDEN = frozenset((
    "applet", "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "map", "math",
    "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title",
    "video",
))  # fmt: skip
CELLS = frozenset(("td", "th"))
_LISTS = frozenset(("ol", "ul", "dl"))
_ITEM_ENDS = {"li": ".", "dt": ":", "dd": ".", "tr": "."}
"""What ends an item of a list, or a row of a table, that has no end of its own: in a snippet the
next one stands in the same line."""
_MAX_CELL_PIECES = 200
_MARKS = tuple(".!?…:;,–|")
_CLOSING = "\"'“”«»‘’)]"
# What plain texts with the signs < and > do not hold: the end of a known element, an element that
# has none, a known element with an attribute, or a comment.
_KNOWN = "|".join(sorted(
    {*BLOCKS, *HIDDEN, "a", "abbr", "acronym", "b", "bdi", "big", "body", "cite", "code", "del",
     "dfn", "em", "font", "html", "i", "ins", "kbd", "label", "mark", "q", "s", "samp", "small",
     "span", "strike", "strong", "sub", "sup", "tbody", "td", "th", "thead", "time", "tt", "u",
     "var"}
))  # fmt: skip
_HTML = re.compile(
    rf"</(?:{_KNOWN})\s*>|<(?:br|hr|p|li|wbr)\s*/?>|<img\s|<!--|<!doctype"
    rf"|<(?:{_KNOWN})\s+[a-z-]+\s*=",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,40})[^<>]*>")
MANY_TAGS = 20_000
"""With fewer it does not matter how they are nested."""
MAX_DEPTH = 1000
# Elements without content, and those that the next of their kind ends.
_EMPTY = frozenset(("br", "hr", "img", "input", "link", "meta", "source", "wbr", "area", "col"))
_UNNESTED = frozenset(("p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "option"))
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BLANKS = re.compile(r" {2,}")
_LINE_ENDS = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")


def text_of_maybe_html(text: str) -> str:
    """The text of a field that some sources fill with plain text and others with HTML."""
    return loose_html_to_text(text) if _HTML.search(text) else text


def loose_html_to_text(html: str) -> str:
    """As `html_to_text`, of HTML with empty lines between paragraphs, as WordPress keeps them."""
    return html_to_text(_EMPTY_LINE.sub("\n<p>\n", html))


def bounded_html(html: str) -> str:
    """The HTML without what makes libxml2 take a time that grows with the square of its length.

    For each end it looks through all elements that are open. So where there are MANY_TAGS, ends of
    what is not open are left out, as they mean nothing, and elements deeper than MAX_DEPTH.
    """
    if html.count("<") < MANY_TAGS:
        return html
    open_counts: Counter[str] = Counter()
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        name = tag[2].lower()
        if tag[1]:
            if not open_counts[name]:
                return " "
            open_counts[name] -= 1
            depth -= name not in _UNNESTED
        elif name not in _EMPTY and not tag[0].endswith("/>"):
            if depth >= MAX_DEPTH:
                return " "
            open_counts[name] += 1
            depth += name not in _UNNESTED
        return tag[0]

    return _TAG.sub(kept, html)


def html_to_text(html: str) -> str:
    """The visible text of an HTML fragment or page.

    Blocks become paragraphs with an empty line between them, <br> a line end, and an image its
    alternative text; scripts, styles and form controls are dropped. Items of lists and rows of
    tables end as sentences do, with semicolons between cells. Never raises: broken HTML is read as
    browsers read it.
    """
    target = _VisibleText()
    # Events instead of a tree: however deep the elements are nested, nothing recurses.
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    parser.feed(bounded_html(html).encode("utf-8", "replace"))
    parser.close()
    return target.text()


class _VisibleText:
    """Parser target that collects what a reader would see."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._hidden_depth = 0
        self._pre_depth = 0
        self._last_text = -1
        """The latest piece that is not blank."""
        self._open_items: list[tuple[str, int]] = []
        """The open elements of _ITEM_ENDS, each with the number of pieces before it."""
        self._cell_start = 0
        """The number of pieces before the innermost cell, or before what follows one in it."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in HIDDEN:
            self._hidden_depth += 1
        elif tag == "br":
            self._pieces.append("\n")
        elif tag == "img" and not self._hidden_depth:
            self._pieces.append(f" {attributes.get('alt', '')} ")
        elif tag in BLOCKS:
            if tag in _LISTS and self._open_items:
                self._punctuate(":", self._open_items[-1][1])
            self._pieces.append("\n\n")
        elif tag in CELLS:
            if self._open_items:
                self._punctuate(";", self._open_items[-1][1])
            self._pieces.append(" ")
            self._cell_start = len(self._pieces)
        if tag in _ITEM_ENDS:
            self._open_items.append((tag, len(self._pieces)))
        self._pre_depth += tag == "pre"

    def end(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden_depth = max(0, self._hidden_depth - 1)
        elif tag in _ITEM_ENDS:
            self._end_item(tag)
        elif tag in CELLS:
            self._end_cell()
        if tag in BLOCKS:
            self._pieces.append("\n\n")
        self._pre_depth = max(0, self._pre_depth - (tag == "pre"))

    def data(self, text: str) -> None:
        if not self._hidden_depth:
            if not text.isspace():
                self._last_text = len(self._pieces)
            self._pieces.append(text if self._pre_depth else _SPACE.sub(" ", text))

    def _end_item(self, tag: str) -> None:
        if self._open_items and self._open_items[-1][0] == tag:
            _, since = self._open_items.pop()
            self._punctuate(_ITEM_ENDS[tag], since)

    def _end_cell(self) -> None:
        """Office programs put each cell into a paragraph; a single one is none of its own."""
        start, self._cell_start = self._cell_start, len(self._pieces)
        cell = self._pieces[start:] if self._cell_start - start <= _MAX_CELL_PIECES else []
        text = "".join(cell).strip()
        if text and "\n\n" not in text:
            self._pieces[start:] = [" " if piece == "\n\n" else piece for piece in cell]

    def _punctuate(self, mark: str, since: int) -> None:
        """Write a mark after the text that was written since a piece, if it has none."""
        if self._last_text >= since:
            text = self._pieces[self._last_text].rstrip()
            if not text.rstrip(_CLOSING).endswith(_MARKS):
                self._pieces[self._last_text] = text + mark + " "

    def close(self) -> None:
        """Asked for by lxml; the result is `text()`."""

    def text(self) -> str:
        lines = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", "".join(self._pieces)))
        return _EMPTY_LINES.sub("\n\n", lines).strip()

"""Makes plain text with paragraphs of HTML fragments, as in feeds, exports and Markdown."""

from __future__ import annotations

import re
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
_MARKUP = re.compile(r"<[A-Za-z/!?]")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BLANKS = re.compile(r" {2,}")
_LINE_ENDS = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")


def text_of_maybe_html(text: str) -> str:
    """The text of a field that some feeds fill with plain text and others with HTML."""
    return html_to_text(text) if _MARKUP.search(text) else text


def html_to_text(html: str) -> str:
    """The visible text of an HTML fragment or page.

    Blocks become paragraphs with an empty line between them, <br> a line end, and an image its
    alternative text; scripts, styles and form controls are dropped. Never raises: broken HTML is
    read as browsers read it.
    """
    target = _VisibleText()
    # Events instead of a tree: however deep the elements are nested, nothing recurses.
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    parser.feed(html.encode("utf-8", "replace"))
    parser.close()
    return target.text()


class _VisibleText:
    """Parser target that collects what a reader would see."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._hidden_depth = 0
        self._pre_depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in HIDDEN:
            self._hidden_depth += 1
        elif tag == "br":
            self._pieces.append("\n")
        elif tag == "img" and not self._hidden_depth:
            self._pieces.append(f" {attributes.get('alt', '')} ")
        elif tag in BLOCKS:
            self._pieces.append("\n\n")
        elif tag in CELLS:
            self._pieces.append(" ")
        self._pre_depth += tag == "pre"

    def end(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden_depth = max(0, self._hidden_depth - 1)
        elif tag in BLOCKS:
            self._pieces.append("\n\n")
        self._pre_depth = max(0, self._pre_depth - (tag == "pre"))

    def data(self, text: str) -> None:
        if not self._hidden_depth:
            self._pieces.append(text if self._pre_depth else _SPACE.sub(" ", text))

    def close(self) -> None:
        """Asked for by lxml; the result is `text()`."""

    def text(self) -> str:
        lines = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", "".join(self._pieces)))
        return _EMPTY_LINES.sub("\n\n", lines).strip()

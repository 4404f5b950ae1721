"""Takes a web page apart into blocks of text, with the elements that hold them.

One walk in the order of the document, without recursion. An element's blocks are a range in the
list of all blocks, so that the text below any element is measured by two look-ups.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement

from searchapp.corpus.html_text import BLOCKS, CELLS, HIDDEN

NOT_SHOWN = HIDDEN | {
    "amp-ad", "amp-consent", "amp-sidebar", "amp-social-share", "dialog", "figcaption", "input",
    "label", "menu", "nav", "noframes", "rp", "rt",
}  # fmt: skip
"""Elements without text of the article: for machines, controls, navigation, captions."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
MIN_PROSE = 40
"""Shorter blocks may be labels, bylines and links; characters."""
MAX_LINK_SHARE = 0.5
MAX_CELL = 200
"""A row with a longer cell is no row of data but a layout of the page; characters."""
MAX_ROW_ELEMENTS = 200
"""Nor is one with more elements in it."""

_SEPARATES = BLOCKS | CELLS | {"body"}
_EDGE = "\0"
"""Stands in a heading where an inline element begins or ends; HTML has no such character."""
_WHOLE_WORD_EDGE = re.compile(rf"{_EDGE}{{2}}|(?<=[a-zäöüß.!?:“”\"]){_EDGE}(?=[A-ZÄÖÜ„“\"])")
"""Where one element ends and another begins, or a capital follows a small letter: what a style
sheet shows as kicker and headline. The initial of <b>W</b>inter is none of these."""
_SPACE = re.compile(r"\s+")
_ENDED = re.compile(r"[.!?:;…]$")


@dataclass(slots=True)
class Block:
    """A paragraph, heading, list item, row of a table or run of text between such.

    tag: of the nearest element that makes a block; "tr" for a row, whose cells are one text.
    link_chars: the characters of `text` inside of links, roughly.
    in_link: the whole block is inside of a link, as in a card that leads to another article.
    """

    text: str
    tag: str
    link_chars: int = 0
    in_link: bool = False

    @property
    def is_prose(self) -> bool:
        """Long enough to be a paragraph, and no list of links."""
        return (
            len(self.text) >= MIN_PROSE
            and self.tag not in HEADINGS
            and self.link_chars <= MAX_LINK_SHARE * len(self.text)
        )


@dataclass(slots=True)
class Span:
    """An element that makes a block, and the range of its blocks.

    parent: the number of the span around it, -1 for none.
    """

    element: HtmlElement
    start: int
    end: int
    parent: int


@dataclass(slots=True)
class PageBlocks:
    """The blocks of a page in its order; spans in the order of their start tags."""

    blocks: list[Block] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def take_apart(page: HtmlElement) -> PageBlocks:
    """The visible text of a page in blocks. Linear in the size of the page; never raises."""
    return _Walk().over(page)


def sums(values: list[int]) -> list[int]:
    """Running sums with a 0 in front: those of a range are one difference."""
    return [0, *accumulate(values)]


class _Walk:
    def __init__(self) -> None:
        self._found = PageBlocks()
        self._open: list[int] = []
        self._pieces: list[str] = []
        self._linked: list[str] = []
        self._links = 0
        self._breaks = 0
        self._preformatted = 0

    def over(self, page: HtmlElement) -> PageBlocks:
        hidden = 0
        for event, element in etree.iterwalk(page, events=("start", "end", "comment", "pi")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                hidden += _is_hidden(element, tag)
                if not hidden:
                    self._start(element, tag)
                    self._take(element.text)
            else:
                if event == "end":
                    if not hidden:
                        self._end(tag)
                    hidden -= _is_hidden(element, tag)
                if not hidden:
                    self._take(element.tail)
        self._flush()
        return self._found

    def _start(self, element: HtmlElement, tag: str) -> None:
        if tag == "br":
            # Two line ends are how a paragraph was made before style sheets.
            self._breaks += 1
            if self._breaks > 1 and not self._preformatted:
                self._flush()
            else:
                self._take_space()
        elif tag in _SEPARATES:
            self._flush()
            parent = self._open[-1] if self._open else -1
            start = len(self._found.blocks)
            self._found.spans.append(Span(element, start, start, parent))
            self._open.append(len(self._found.spans) - 1)
            self._preformatted += tag == "pre"
        else:
            self._links += tag == "a"
            self._mark_edge()

    def _mark_edge(self) -> None:
        """Remember that an element begins or ends here, if this is in a heading."""
        if self._open and self._found.spans[self._open[-1]].element.tag in HEADINGS:
            self._pieces.append(_EDGE)

    def _end(self, tag: str) -> None:
        if tag in _SEPARATES and self._open:
            self._flush()
            self._preformatted -= tag == "pre"
            number = self._open.pop()
            if tag == "tr":
                self._join_row(number)
            self._found.spans[number].end = len(self._found.blocks)
        else:
            self._links -= tag == "a"
            self._mark_edge()

    def _take(self, text: str | None) -> None:
        if not text:
            return
        if not text.isspace():
            self._breaks = 0
            if self._links:
                self._linked.append(text)
        self._pieces.append(text)

    def _take_space(self) -> None:
        self._pieces.append("\n")

    def _flush(self) -> None:
        """End the block that is being read."""
        text = "".join(self._pieces)
        if _EDGE in text:
            text = _WHOLE_WORD_EDGE.sub(" ", text).replace(_EDGE, "").replace(" : ", ": ")
        text = text.strip("\n") if self._preformatted else _SPACE.sub(" ", text).strip()
        link_chars = len(_SPACE.sub(" ", "".join(self._linked)).strip())
        self._pieces.clear()
        self._linked.clear()
        self._breaks = 0
        if not text.strip():
            return
        tag = "body"
        if self._open:
            tag = self._found.spans[self._open[-1]].element.tag
        in_link = bool(self._links) and link_chars >= len(text)
        self._found.blocks.append(Block(text, tag, link_chars, in_link))

    def _join_row(self, number: int) -> None:
        """Make one text of the cells of a row of data: "2022: 11 Euro."."""
        row = self._found.spans[number]
        if len(self._found.spans) - number > MAX_ROW_ELEMENTS:
            return
        cells = self._found.blocks[row.start :]
        inner = self._found.spans[number + 1 :]
        columns = sum(span.element.tag in CELLS for span in inner)
        if (
            columns < 2
            or len(cells) > columns
            or any(len(cell.text) > MAX_CELL for cell in cells)
            or any(span.element.tag == "table" for span in inner)
        ):
            return
        del self._found.blocks[row.start :]
        del self._found.spans[number + 1 :]
        if cells:
            text = (": " if len(cells) == 2 else ", ").join(cell.text for cell in cells)
            if not _ENDED.search(text):
                text += "."
            links = sum(cell.link_chars for cell in cells)
            self._found.blocks.append(Block(text, "tr", links))


def _is_hidden(element: HtmlElement, tag: str) -> bool:
    """True if nothing below the element is read; the same at its start and at its end."""
    return tag in NOT_SHOWN or "hidden" in element.attrib

"""Finds the text of the article among the blocks of a web page.

Three witnesses are heard. The page's elements say where the article is and what stands around it:
<article>, headings, and names of classes such as "newsletter" or "related". trafilatura says what
it takes for the text; it knows many pages, but loses leads and lists. JSON-LD may hold the text.

- A paragraph inside of the article's own element is kept unless something says that it is foreign.
- What is short or stands outside of the text's core is kept if trafilatura keeps it.
- Between the headline and the core stands the lead, and nothing else that is as long.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from itertools import accumulate, chain, islice

from lxml.html import HtmlElement

from searchapp.corpus.page_blocks import HEADINGS, MIN_PROSE, Block, PageBlocks, Span, sums
from searchapp.corpus.page_surroundings import (
    MAX_LEAD_ELEMENTS,
    is_label,
    is_named_lead,
    sound_of,
)

CORE_SHARE = 0.8
"""The core of a page is the innermost element with this share of the prose of those around it."""
ARTICLE_SHARE = 0.3
"""An element that is marked as the article is believed if it has this share of the prose."""
FOREIGN_SHARE = 0.4
"""An element whose name sounds foreign is part of the article if it has more of its prose."""
LINKED_SHARE = 0.9
"""A block with so many of its characters in links is a link."""
MAX_CARD = 4
MIN_CARDS = 3
MISLEADING_SHARE = 0.5
"""If less is kept of what trafilatura keeps, the names of elements are not believed."""
MIN_SUBTITLE = 60
"""A heading of so many characters between the headline and the text is a lead."""
MAX_BIOGRAPHY = 400
"""A paragraph at the end that begins with the author's name is about the author."""
MIN_TITLE = 8
"""A shorter title may end another heading by chance, "Stahl" as much as "Eisen und Stahl"."""
LEAD_CHARS = 1500
"""Leads together are not longer."""

_SENTENCE_END = re.compile(r"""[.!?:…;]["”“»«’')\]]*$""")
_CLOSED = re.compile(r"""[.!?…]["”“»«’')\]]*$""")
_NOT_WORDS = re.compile(r"[\W_]+")
_PARTS = re.compile(r"(?<=[.!?:])\s+|\n")


@dataclass(frozen=True, slots=True)
class Stated:
    """What is known about the article before its text is looked for.

    witness: `sentence_keys` of what trafilatura and JSON-LD take for the text.
    titles: the folded titles that the page states, in its head or for machines.
    description: what it states as the article's summary, often its lead.
    authors: the names it states.
    """

    witness: Set[str]
    titles: Set[str]
    description: str = ""
    authors: tuple[str, ...] = ()


def folded(text: str) -> str:
    """The letters and digits of `text` in small letters, for comparing."""
    return _NOT_WORDS.sub("", text).lower()


def sentence_keys(text: str) -> frozenset[str]:
    """What `find_article` compares texts by: their sentences, folded."""
    return frozenset(folded(part) for part in _PARTS.split(text)) - {""}


def find_article(page: PageBlocks, stated: Stated) -> tuple[str, list[str]]:
    """The headline on the page, "" if none is found, and the paragraphs of its article."""
    return _Finder(page, stated).article()


class _Finder:
    def __init__(self, page: PageBlocks, stated: Stated) -> None:
        self._blocks = page.blocks
        self._spans = page.spans
        self._stated = stated
        self._description = folded(stated.description)
        self._sounds = [sound_of(span.element) for span in page.spans]
        self._title_count = sums(
            [block.tag == "h1" or self._is_title(block) for block in page.blocks]
        )
        prose = [len(block.text) if block.is_prose else 0 for block in page.blocks]
        self._all_prose = sums(prose)
        self._cards = self._find_cards()
        self._named_leads = self._find_named_leads()
        everywhere = range(len(page.spans))
        foreign = self._covered(
            [
                number
                for number in everywhere
                if self._sounds[number].foreign
                or self._sounds[number].doubtful
                or number in self._cards
            ],
            FOREIGN_SHARE * self._all_prose[-1],
        )
        self._prose = sums(
            [
                0 if out or block.in_link else chars
                for block, chars, out in zip(page.blocks, prose, foreign, strict=True)
            ]
        )
        self._figures = self._covered(
            [n for n in everywhere if page.spans[n].element.tag == "figure"],
            FOREIGN_SHARE * self._all_prose[-1],
        )

    def article(self) -> tuple[str, list[str]]:
        core, around = self._core()
        if core is None or around is None:
            return "", []
        limit = FOREIGN_SHARE * self._prose_in(core)
        beside = [n for n, span in enumerate(self._spans) if not self._holds(span, core)]
        cards = self._covered([n for n in beside if n in self._cards], limit)
        named = self._covered([n for n in beside if self._sounds[n].foreign], limit)
        doubtful = self._covered([n for n in beside if self._sounds[n].doubtful], limit)
        unsure = [
            doubt and not (block.is_prose and self._is_witnessed(block))
            for doubt, block in zip(doubtful, self._blocks, strict=True)
        ]
        foreign = [any(each) for each in zip(cards, named, unsure, strict=True)]
        headline = self._headline(core, around, foreign)
        kept = self._kept(core, around, headline, foreign)
        if self._length(kept) < MISLEADING_SHARE * self._witnessed_length(core, cards):
            # The names of the elements mislead: trafilatura keeps most of what they exclude.
            kept = self._kept(core, around, headline, cards)
        kept = self._without_loose_headings(kept, foreign)
        title = self._blocks[headline].text if headline >= 0 else ""
        return title, self._without_repeated(kept)

    def _without_repeated(self, kept: list[int]) -> list[str]:
        """The texts of blocks; some pages have their lead twice, for small and large screens."""
        seen: set[str] = set()
        texts = []
        for number in kept:
            text = self._blocks[number].text
            if text not in seen:
                texts.append(text)
            if self._blocks[number].is_prose:
                seen.add(text)
        return texts

    def _kept(self, core: Span, around: Span, headline: int, foreign: list[bool]) -> list[int]:
        """The numbers of the article's blocks."""
        kept = self._leads(core, headline, foreign)
        has_begun = False
        for number in range(max(core.start, headline + 1), core.end):
            is_lead = number in self._named_leads and not has_begun
            if self._belongs(number, foreign[number] and not is_lead):
                kept.append(number)
                has_begun = has_begun or (self._blocks[number].is_prose and not is_lead)
        while kept and self._is_about_author(self._blocks[kept[-1]]):
            del kept[-1]
        after = [
            number
            for number in range(core.end, around.end if around.parent >= 0 else core.end)
            if self._blocks[number].is_prose
            and self._belongs(number, foreign[number])
            and self._is_witnessed(self._blocks[number])
        ]
        # One paragraph alone tells about the author or the paper.
        return kept + after if len(after) > 1 else kept

    def _length(self, numbers: list[int]) -> int:
        return sum(len(self._blocks[number].text) for number in numbers)

    def _witnessed_length(self, core: Span, cards: list[bool]) -> int:
        """The characters of the core that trafilatura keeps, but for what leads elsewhere."""
        return self._length(
            [
                number
                for number in range(core.start, core.end)
                if self._belongs(number, cards[number]) and self._is_witnessed(self._blocks[number])
            ]
        )

    def _is_about_author(self, block: Block) -> bool:
        return len(block.text) < MAX_BIOGRAPHY and block.text.startswith(self._stated.authors)

    # -- where the article is

    def _prose_in(self, span: Span) -> int:
        return self._prose[span.end] - self._prose[span.start]

    @staticmethod
    def _holds(outer: Span, inner: Span) -> bool:
        return outer.start <= inner.start and inner.end <= outer.end and outer.end > outer.start

    def _core(self) -> tuple[Span | None, Span | None]:
        """The element with the text itself, and the one of the whole article around it."""
        if not self._spans or not self._prose[-1]:
            return None, None
        children: dict[int, list[int]] = {}
        for number, span in enumerate(self._spans):
            children.setdefault(span.parent, []).append(number)
        everything = Span(self._spans[0].element, 0, len(self._blocks), -1)
        marked = [number for number, span in enumerate(self._spans) if _marks_article(span.element)]
        number = max(marked, key=lambda number: self._prose_in(self._spans[number]), default=-1)
        around = self._spans[number] if number >= 0 else everything
        if self._prose_in(around) < ARTICLE_SHARE * self._prose[-1]:
            around, number = everything, -1
        if number >= 0 and self._is_one_of_many(number, marked):
            number = self._spans[number].parent
            around = self._spans[number]
        core = around
        while True:
            below = children.get(number, [])
            largest = max(below, key=lambda n: self._prose_in(self._spans[n]), default=-1)
            if largest < 0 or self._spans[largest].element.tag in ("p", "li", "blockquote"):
                break
            if self._prose_in(self._spans[largest]) < CORE_SHARE * self._prose_in(core):
                break
            number = largest
            core = self._spans[number]
        while number >= 0:
            if _is_article(self._spans[number].element):
                return core, self._spans[number]
            number = self._spans[number].parent
        return core, around

    def _is_one_of_many(self, number: int, marked: list[int]) -> bool:
        """True for one entry of a live ticker, each of which is an <article>."""
        span = self._spans[number]
        beside = [n for n in marked if self._spans[n].parent == span.parent]
        together = sum(self._prose_in(self._spans[n]) for n in beside)
        has_title = self._title_count[span.end] > self._title_count[span.start]
        return span.parent >= 0 and not has_title and self._prose_in(span) < CORE_SHARE * together

    def _covered(self, numbers: list[int], limit: float) -> list[bool]:
        """For each block, whether it is in one of these spans.

        Spans with more prose than `limit` are spared, but for what readers wrote.
        """
        changes = [0] * (len(self._blocks) + 1)
        for number in numbers:
            span = self._spans[number]
            is_small = self._all_prose[span.end] - self._all_prose[span.start] <= limit
            has_title = self._title_count[span.end] > self._title_count[span.start]
            if is_small or (self._sounds[number].readers and not has_title):
                changes[span.start] += 1
                changes[span.end] -= 1
        return [depth > 0 for depth in accumulate(changes[:-1])]

    def _find_cards(self) -> frozenset[int]:
        """Elements that show another article.

        They are the nearest ones around headings that are links, and at least three of a kind,
        side by side, that begin with a link.
        """
        cards = set()
        alike: dict[tuple[int, str], list[int]] = {}
        for number, span in enumerate(self._spans):
            if span.element.tag in HEADINGS and span.end == span.start + 1:
                if self._leads_elsewhere(self._blocks[span.start], span.element):
                    outer = span.parent
                    while outer >= 0 and self._spans[outer].element.tag in ("header", "p"):
                        outer = self._spans[outer].parent
                    cards.add(outer)
            elif 2 <= span.end - span.start <= MAX_CARD and self._leads_elsewhere(
                self._blocks[span.start], span.element
            ):
                alike.setdefault((span.parent, span.element.tag), []).append(number)
        for numbers in alike.values():
            if len(numbers) >= MIN_CARDS:
                cards.update(numbers)
        return frozenset(cards - {-1})

    def _leads_elsewhere(self, block: Block, element: HtmlElement) -> bool:
        return block.link_chars >= LINKED_SHARE * len(block.text) and not _links_here(element)

    def _headline(self, core: Span, around: Span, foreign: list[bool]) -> int:
        """The number of the block with the headline, -1 if the page has none."""
        headings = [n for n in range(core.end) if self._blocks[n].tag in HEADINGS]
        first = next(
            (n for n in range(core.start, core.end) if self._blocks[n].is_prose and not foreign[n]),
            core.start,
        )
        above = [number for number in reversed(headings) if number <= first]
        titled = (number for number in above if self._is_title(self._blocks[number]))
        # Further down, below something that looks like text.
        below = (
            number
            for number in headings
            if self._blocks[number].tag == "h1" and self._is_title(self._blocks[number])
        )
        main = (number for number in above if self._blocks[number].tag == "h1")
        near = (number for number in above if number >= around.start)
        return next(chain(titled, below, main, near), -1)

    def _is_title(self, block: Block) -> bool:
        if block.tag not in HEADINGS:
            return False
        key = folded(block.text)
        return key in self._stated.titles or any(
            key.endswith(title) for title in self._stated.titles if len(title) >= MIN_TITLE
        )

    def _leads(self, core: Span, headline: int, foreign: list[bool]) -> list[int]:
        """The blocks between the headline and the core that introduce the article."""
        leads: list[int] = []
        length = 0
        for number in range(max(0, headline + 1), core.start):
            block = self._blocks[number]
            key = folded(block.text)
            is_description = len(key) >= MIN_PROSE and (
                key in self._description or key.startswith(self._description or "-")
            )
            sure = number in self._named_leads or is_description
            if headline < 0 and not sure:
                continue
            if self._is_title(block) or is_label(block.text) or block.in_link:
                continue
            is_subtitle = block.tag in HEADINGS and len(block.text) >= MIN_SUBTITLE
            is_lead = sure or ((block.is_prose or is_subtitle) and not foreign[number])
            if is_lead and length + len(block.text) <= LEAD_CHARS:
                leads.append(number)
                length += len(block.text)
        return leads

    def _find_named_leads(self) -> frozenset[int]:
        """The blocks of small elements whose name says that they are the lead."""
        return frozenset(
            number
            for span in self._spans
            if 0 < span.end - span.start <= 3 and is_named_lead(span.element)
            for number in range(span.start, span.end)
            if len(self._blocks[number].text) >= MIN_PROSE and self._blocks[number].tag != "h1"
        )

    # -- what belongs to it

    def _is_witnessed(self, block: Block) -> bool:
        keys = sentence_keys(block.text)
        return 2 * len(keys & self._stated.witness) > len(keys)

    def _belongs(self, number: int, foreign: bool) -> bool:
        """Whether a block in the article is its text."""
        block = self._blocks[number]
        text = block.text
        if foreign or block.in_link or is_label(text):
            return False
        if self._figures[number] and block.tag not in ("tr", "pre"):
            return False
        if block.tag in HEADINGS:
            return not self._is_title(block) and block.link_chars < len(text)
        if block.link_chars > 0.8 * len(text) and not (_CLOSED.search(text) and len(text) > 100):
            return False
        if block.is_prose or block.tag in ("li", "dd", "dt", "tr", "pre", "blockquote"):
            return True
        return bool(_SENTENCE_END.search(text)) or self._is_witnessed(block)

    def _without_loose_headings(self, kept: list[int], foreign: list[bool]) -> list[int]:
        """Without headings over what does not belong to the article, and those at its end."""
        found = set(kept)
        under = [False] * (len(self._blocks) + 1)  # whether the next block of substance is kept
        for number in reversed(range(len(self._blocks))):
            block = self._blocks[number]
            passed_over = block.tag in HEADINGS or foreign[number] or self._figures[number]
            passed_over = passed_over or is_label(block.text)
            under[number] = under[number + 1] if passed_over else number in found
        return [n for n in kept if self._blocks[n].tag not in HEADINGS or under[n]]


def _is_article(element: HtmlElement) -> bool:
    return (
        element.tag == "article"
        or element.get("role") == "article"
        or (element.get("itemtype") or "").endswith(("Article", "Posting"))
    )


def _marks_article(element: HtmlElement) -> bool:
    return (
        _is_article(element)
        or element.tag == "main"
        or element.get("role") == "main"
        or element.get("itemprop") == "articleBody"
    )


def _links_here(element: HtmlElement) -> bool:
    """True if the links in a heading lead to the page itself."""
    links = (each for each in islice(element.iter(), MAX_LEAD_ELEMENTS) if each.tag == "a")
    return all((link.get("href") or "#").startswith("#") for link in links)

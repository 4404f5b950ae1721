"""The text of an article as it is shown: in parts where it is long, and in paragraphs.

A part is as much as one page can show well: its size and the time to make it are bounded, however
long the article is. Which part a place of the text is in depends on the text alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from searchapp.model import Article, MarkedText, MarkPlace, Paragraph, Span

PART_CHARS = 50_000
"""About 20 KB on the wire. The last part may be a quarter longer, so that none is tiny."""
PART_PARAGRAPHS = 1000

_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")


class ArticlePart(NamedTuple):
    """A part of an article's text by its number, from 1.

    article: its body is the text from `text_start` on, with all of the part. starts: the
    `part_starts` of the whole text.
    """

    article: Article
    number: int
    starts: Sequence[int]
    text_start: int = 0

    @property
    def is_last(self) -> bool:
        """Whether the text ends with it."""
        return self.number == len(self.starts)


def article_part(article: Article, number: int) -> ArticlePart:
    """A part of an article whose text is known; of a number past the last part that."""
    starts = part_starts(article.body)
    return ArticlePart(article, max(1, min(number, len(starts))), starts)


def part_starts(body: str) -> list[int]:
    """Where each part of a text begins; a text without characters has one part.

    Parts end with a paragraph, or where one is too long with a line or a word of it.
    """
    starts = [0]
    while (end := _part_end(body, starts[-1])) < len(body):
        starts.append(end)
    return starts


def _part_end(body: str, start: int) -> int:
    end = len(body)
    if end - start > PART_CHARS * 5 // 4:
        latest = start + PART_CHARS
        earliest = start + PART_CHARS // 2
        borders = ((body.rfind(sign, earliest, latest), sign) for sign in ("\n\n", "\n", " "))
        end = next((place + len(sign) for place, sign in borders if place >= 0), latest)
    if body.count("\n\n", start, end) >= PART_PARAGRAPHS:
        end = start
        for _ in range(PART_PARAGRAPHS):
            end = body.index("\n\n", end) + 2
    return end


def part_of(body: str, offset: int) -> int:
    """The number, from 1, of the part that a character of the text is in."""
    return bisect_right(part_starts(body), offset)


def marks_ahead(part: ArticlePart, spans: Sequence[Span]) -> MarkPlace | None:
    """The first mark of a part and those that follow it; else the first of all, if there is one."""
    start = part.starts[part.number - 1]
    number = bisect_left(spans, start, key=lambda span: span.start) + 1
    return _place(part.starts, spans, number) or _place(part.starts, spans, 1)


def _place(starts: Sequence[int], spans: Sequence[Span], number: int) -> MarkPlace | None:
    if number > len(spans):
        return None
    return MarkPlace(bisect_right(starts, spans[number - 1].start), number)


def paragraphs(part: ArticlePart, spans: Sequence[Span]) -> tuple[Paragraph, ...]:
    """The paragraphs of a part that are not blank.

    spans: all marks of the text, sorted and disjoint.
    """
    body, text_start, starts = part.article.body, part.text_start, part.starts
    end = text_start + len(body) if part.is_last else starts[part.number]
    found_in = _PARAGRAPH.finditer(body, starts[part.number - 1] - text_start, end - text_start)
    texts = {each.start() + text_start: each[0] for each in found_in if not each[0].isspace()}
    if not texts:
        return ()
    pages = _page_numbers(part, list(texts)[1:], end)
    found: list[Paragraph] = []
    for (first, text), numbers in zip(texts.items(), pages, strict=True):
        behind = first + len(text)
        before = bisect_left(spans, first, key=lambda span: span.start)
        after = bisect_left(spans, behind, before, key=lambda span: span.start)
        marks = [(s.start - first, s.end - first) for s in spans[before:after] if s.end <= behind]
        next_mark = _place(starts, spans, after + 1) if marks else None
        if marks and found and found[-1].next_mark:
            found[-1] = replace(found[-1], next_mark=None)  # It is seen from there.
        marked = MarkedText(text, tuple(marks))
        found.append(Paragraph(marked, before + 1, numbers, next_mark))
    return tuple(found)


def _page_numbers(
    part: ArticlePart, later_starts: Sequence[int], end: int
) -> list[tuple[int, ...]]:
    """For each paragraph of a part, given where all but the first begin, its page numbers."""
    start, page_starts = part.starts[part.number - 1], part.article.page_starts
    if not page_starts:
        return [() for _ in range(len(later_starts) + 1)]
    borders = [
        bisect_left(page_starts, start) if start else 0,
        *(bisect_left(page_starts, each) for each in later_starts),
        len(page_starts) if part.is_last else bisect_left(page_starts, end),
    ]
    numbers = [tuple(range(first + 1, behind + 1)) for first, behind in pairwise(borders)]
    going_on = part.article.page_number(start)
    if start and going_on is not None and going_on <= borders[0]:
        numbers[0] = (going_on, *numbers[0])
    return numbers

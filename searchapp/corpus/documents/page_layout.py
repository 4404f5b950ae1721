"""Puts the lines of a printed page into reading order, and makes paragraphs of them.

A page is known by its fragments only: stretches of text on one line with a place. The longest
block of lines with a gutter that no text crosses is taken for two columns, if their lines fill
them; the cells of a table do not, and are read row by row. What is above and below the block, and
each of its columns, may have further blocks.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from searchapp.german.line_end_hyphens import without_line_end

_SAME_SIZE = 0.07
"""Sizes that differ by less than this share are one size."""

_GUTTER = 0.7
"""The narrowest gutter between columns, in sizes of the page's font."""

_COLUMN = 5.0
"""The narrowest column, in sizes of the font; bullets and numbers of lists are narrower."""

_FILLED = 0.6
"""Lines of columns fill this share of their column's width in the median; cells do not."""

_FEWEST_LINES = 2
"""Of each column, where the file draws one after the other."""

_FEWEST_LINES_OF_ROWS = 5
"""Of each column, where it does not: fewer lines may have gaps below each other by chance."""

_CELL_GAP = 3.0
"""Cells of a table are so many sizes of the font apart, or more; words of a line are not."""

_CELL_END = "\t"
"""Between the cells of a row; letters of a page are never tabs."""

_MARKS = tuple(".!?…:;,–")
_INITIAL = 1.8
"""An initial is so many times as large as most of the text."""

_MAX_INITIALS = 20
_BEGIN_TOGETHER = 2
_MAX_BEGINS = 40
_MAX_FRAGMENTS = 3000
_MAX_DEPTH = 20
_MAX_LOOK_BACK = 8
_TAIL_CHARS = 60
_MAX_PARAGRAPH_CHARS = 20_000
"""Longer ones are none, and joining lines to them would take more and more time."""

_SENTENCE_END = re.compile(r"[.!?:;…][\"'“”«»‘’)\]]*\Z")
_LIST_ITEM = re.compile(r"(?:[•◦▪‣·●○■□➢✓*–—-]|\(?\d{1,3}[.)]|[a-z]\))\s+\S")


class Fragment(NamedTuple):
    """A stretch of text on one line of a page.

    left, right: of its letters; bottom: its baseline; top: as far above as the font is large. In
        points; y grows upwards.
    order: its place among the fragments as the file draws them.
    font: the name of its font, or b"" if it has several.
    has_cells: it is made of several that are far apart, such as the row of a table.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    order: int
    font: bytes = b""
    has_cells: bool = False

    @property
    def size(self) -> float:
        """The size of the font."""
        return self.top - self.bottom


@dataclass(slots=True)
class Paragraph:
    """A paragraph, or what a page or column shows of it.

    is_open: its last line fills the column and ends within a sentence, so that it may go on at the
        top of the next column or page.
    """

    text: str
    size: float
    is_open: bool

    def goes_on_in(self, following: Paragraph) -> bool:
        """Whether the following one, at the top of a column or page, is the rest of this one."""
        return (
            self.is_open
            and len(self.text) < _MAX_PARAGRAPH_CHARS
            and same_size(self.size, following.size)
            and not _LIST_ITEM.match(following.text)
        )


def same_size(one: float, other: float) -> bool:
    """Whether two sizes of letters are the same but for rounding and fonts."""
    return abs(one - other) <= _SAME_SIZE * max(one, other)


def joined_lines(line: str, following: str) -> str:
    """Two lines of a paragraph as one text; a word broken between them is whole again."""
    if not line.endswith("-"):
        return f"{line} {following}"
    # The last words are enough: of a long text the rule would think that nobody has wrapped it.
    head, tail = line[:-_TAIL_CHARS], line[-_TAIL_CHARS:]
    half = without_line_end(tail, following)
    return head + (f"{tail} " if half is None else half) + following


def page_paragraphs(fragments: Sequence[Fragment]) -> list[Paragraph]:
    """The paragraphs of a page in reading order."""
    paragraphs: list[Paragraph] = []
    for column in _columns(_with_initials(fragments)):
        found = _column_paragraphs(column)
        if paragraphs and found and paragraphs[-1].goes_on_in(found[0]):
            last, first = paragraphs.pop(), found[0]
            found[0] = Paragraph(joined_lines(last.text, first.text), first.size, first.is_open)
        paragraphs += found
    return paragraphs


def join_pages(pages: Iterable[Sequence[Paragraph]]) -> tuple[list[str], list[tuple[int, int]]]:
    """The paragraphs of all pages, and where each page begins: (paragraph, offset into it).

    A paragraph that a page break cuts is one again, behind the footnotes that stand between. A page
    without text begins where the next one does, or behind all paragraphs.
    """
    joined: list[Paragraph] = []
    starts: list[tuple[int, int]] = []
    for page in pages:
        rest = list(page)
        cut = _cut_paragraph(joined, rest[0]) if rest else None
        if cut is None:
            starts.append((len(joined), 0))
        else:
            last, first = joined.pop(cut), rest.pop(0)
            text = joined_lines(last.text, first.text)
            starts.append((len(joined), len(text) - len(first.text)))
            joined.append(Paragraph(text, first.size, first.is_open))
        joined += rest
    return [each.text for each in joined], starts


def _cut_paragraph(before: Sequence[Paragraph], following: Paragraph) -> int | None:
    """The paragraph that goes on in the following one, with smaller print behind it at most."""
    for index in range(len(before) - 1, max(-1, len(before) - 1 - _MAX_LOOK_BACK), -1):
        if before[index].goes_on_in(following):
            return index
        if before[index].size > following.size * (1 - _SAME_SIZE):
            return None
    return None


def _with_initials(fragments: Sequence[Fragment]) -> list[Fragment]:
    """The fragments; an initial that is as high as some lines is a part of the first of them."""
    usual = median(each.size for each in fragments) if fragments else 0.0
    initials = [
        each
        for each in fragments
        if each.text.isalpha() and len(each.text) == 1 and each.size > _INITIAL * usual
    ]
    if not initials or len(initials) > _MAX_INITIALS:
        return list(fragments)
    changed = {each.order: each for each in fragments}
    for initial in initials:
        beside = [
            each
            for each in fragments
            if -usual < each.left - initial.right < 1.5 * usual
            and initial.bottom < each.bottom + usual / 2
            and each.bottom < initial.top
            and each is not initial
        ]
        if beside:
            first = max(beside, key=lambda each: each.bottom)
            changed[first.order] = first._replace(text=initial.text + first.text, font=b"")
            del changed[initial.order]
    return list(changed.values())


def _columns(fragments: Sequence[Fragment], depth: int = 0) -> list[list[Fragment]]:
    """The fragments of each column, in reading order; what has no columns is one."""
    ordered = sorted(fragments, key=lambda each: (-each.bottom, each.left))
    block = _column_block(ordered) if depth < _MAX_DEPTH else None
    if block is None:
        return [ordered] if ordered else []
    inside = ordered[block.start : block.end]
    return [
        column
        for part in (
            ordered[: block.start],
            [each for each in inside if each.left < block.gutter],
            [each for each in inside if each.left >= block.gutter],
            ordered[block.end :],
        )
        for column in _columns(part, depth + 1)
    ]


class _Block(NamedTuple):
    """Columns beside each other: the fragments [start, end), those at `gutter` begin the right one.

    line_count: of the shorter column.
    """

    line_count: int
    start: int
    end: int
    gutter: float


def _column_block(ordered: Sequence[Fragment]) -> _Block | None:
    """The block with the longest columns, or None. Columns begin where several lines begin."""
    if len(ordered) > _MAX_FRAGMENTS:
        return None
    narrowest = _GUTTER * median(each.size for each in ordered) if ordered else 0.0
    begins = Counter(round(each.left) for each in ordered)
    best: _Block | None = None
    for begin, count in begins.most_common(_MAX_BEGINS):
        if count + begins[begin + 1] < _BEGIN_TOGETHER:
            continue
        gutter, start = begin - 1.0, 0
        for index, each in enumerate((*ordered, None)):
            if each is None or each.left < gutter < each.right + narrowest:
                for block in _blocks_in(ordered, start, index, gutter):
                    if best is None or block.line_count > best.line_count:
                        best = block
                start = index + 1
    return best


def _blocks_in(
    ordered: Sequence[Fragment], start: int, end: int, gutter: float
) -> Iterator[_Block]:
    """The blocks among the fragments [start, end), none of which crosses the gutter."""
    for first, last in _pieces(ordered, start, end):
        left = [each for each in ordered[first:last] if each.left < gutter]
        right = [each for each in ordered[first:last] if each.left >= gutter]
        if min(len(left), len(right)) < _FEWEST_LINES:
            continue
        one_by_one = max(each.order for each in left) < min(each.order for each in right)
        fewest = _FEWEST_LINES if one_by_one else _FEWEST_LINES_OF_ROWS
        if _is_column(left, fewest) and _is_column(right, fewest):
            yield _Block(min(len(left), len(right)), first, last, gutter)


def _pieces(ordered: Sequence[Fragment], start: int, end: int) -> list[tuple[int, int]]:
    """The fragments [start, end) cut where the file draws all above before all that is below.

    So a table or heading below columns is told from them. Rows that are drawn one by one stay
    together: they may be columns of a program that knows rows only.
    """
    lowest = sys.maxsize
    lowest_from = [lowest] * (end - start + 1)
    for index in range(end - 1, start - 1, -1):
        lowest = lowest_from[index - start] = min(lowest, ordered[index].order)
    pieces: list[tuple[int, int]] = []
    begin, latest, row_count, was_row = start, -1, 0, False
    for index in range(start, end):
        each = ordered[index]
        is_new_row = index == start or ordered[index - 1].bottom - each.bottom > each.size / 3
        if is_new_row and index > begin and latest < lowest_from[index - start]:
            is_row = row_count == 1
            pieces.append((pieces.pop()[0] if is_row and was_row else begin, index))
            begin, row_count, was_row = index, 0, is_row
        row_count += is_new_row
        latest = max(latest, each.order)
    if begin < end:
        pieces.append((pieces.pop()[0] if row_count == 1 and was_row else begin, end))
    return pieces


def _is_column(part: Sequence[Fragment], fewest_lines: int) -> bool:
    """Whether fragments below each other are lines of a column and not cells of a table."""
    lines = _lines(part)
    width = max(each.right for each in lines) - min(each.left for each in lines)
    return (
        len(lines) >= fewest_lines
        and width >= _COLUMN * median(each.size for each in lines)
        and median(each.right - each.left for each in lines) >= _FILLED * width
        and sum(len(each.text) for each in lines) >= 12 * len(lines)
    )


def _column_paragraphs(fragments: Sequence[Fragment]) -> list[Paragraph]:
    lines = _lines(fragments)
    left, right = min(each.left for each in lines), max(each.right for each in lines)
    lines = [_row(each) for each in _without_stretched(lines, left, right)]
    pitches = [above.bottom - below.bottom for above, below in pairwise(lines)]
    usual_pitch = median(pitches) if pitches else 0.0
    paragraphs: list[Paragraph] = []
    first = lines[0]
    text = ""
    for index, line in enumerate(lines):
        above = lines[index - 1] if index else None
        if (
            above is None
            or len(text) > _MAX_PARAGRAPH_CHARS
            or _begins_paragraph(above, line, first, (left, right), usual_pitch)
        ):
            text, first = line.text, line
            paragraphs.append(Paragraph(text, line.size, is_open=False))
        else:
            text = joined_lines(text, line.text)
        paragraphs[-1].text = text
        # Of a single line nobody knows whether it fills its column.
        fills = len(lines) > 1 and line.right > right - 0.25 * (right - left)
        paragraphs[-1].is_open = line.text.endswith("-") or (
            fills and not line.has_cells and not _SENTENCE_END.search(line.text)
        )
    return paragraphs


def _without_stretched(lines: Sequence[Fragment], left: float, right: float) -> list[Fragment]:
    """The lines, of which those have no cells that were only stretched from edge to edge.

    Rows of a table that is as wide as the column have others above or below.
    """
    has_cells = [False, *(each.has_cells for each in lines), False]
    return [
        each._replace(has_cells=False)
        if each.has_cells
        and each.left < left + 2 * each.size
        and each.right > right - 2
        and not (has_cells[index] or has_cells[index + 2])
        else each
        for index, each in enumerate(lines)
    ]


def _row(line: Fragment) -> Fragment:
    """The line with its cells as one sentence, "Äpfel; 2,4 Tonnen; Saft.", if it has any."""
    if _CELL_END not in line.text:
        return line
    if not line.has_cells:
        return line._replace(text=line.text.replace(_CELL_END, " "))
    cells = line.text.split(_CELL_END)
    marks = ["" if each.endswith(_MARKS) else ";" for each in cells[:-1]]
    marks.append("" if cells[-1].endswith(_MARKS) else ".")
    return line._replace(text=" ".join(map("".join, zip(cells, marks, strict=True))))


def _begins_paragraph(
    above: Fragment,
    line: Fragment,
    first: Fragment,
    column: tuple[float, float],
    usual_pitch: float,
) -> bool:
    """Whether a line does not go on with the paragraph that begins with `first`."""
    left, right = column
    pitch = above.bottom - line.bottom
    if above.has_cells or line.has_cells or _LIST_ITEM.match(line.text):
        return True
    if not same_size(above.size, line.size):
        return True
    if above.font and line.font and above.font != line.font:
        return True  # A heading, whole in bold letters.
    if pitch > 1.3 * max(usual_pitch, line.size) or pitch < 0:
        return True
    if above.text.endswith("-"):
        return False
    is_hanging = _LIST_ITEM.match(first.text) is not None
    if line.left > above.left + 0.7 * line.size and not is_hanging and above.left < left + 2:
        return True  # An indented first line.
    if is_hanging and line.left < first.left + 2 and _SENTENCE_END.search(above.text):
        return True
    # Whoever breaks a line goes on with it, unless the next word has no room on it.
    first_word = len(line.text.partition(" ")[0]) / len(line.text) * (line.right - line.left)
    slack = 0.5 if _SENTENCE_END.search(above.text) else 2.0
    return right - above.right > 1.15 * first_word + slack * line.size


def _lines(fragments: Sequence[Fragment]) -> list[Fragment]:
    """The lines from the top down: fragments beside each other are one."""
    lines: list[Fragment] = []
    for each in sorted(fragments, key=lambda each: (-each.bottom, each.left)):
        last = lines[-1] if lines else None
        overlap = min(last.top, each.top) - max(last.bottom, each.bottom) if last else 0.0
        if last is None or overlap < 0.5 * min(last.size, each.size):
            lines.append(each)
            continue
        before, behind = (last, each) if last.left <= each.left else (each, last)
        larger = last if last.size >= each.size else each
        is_cell = behind.left - before.right > _CELL_GAP * larger.size
        lines[-1] = Fragment(
            f"{before.text}{_CELL_END if is_cell else ' '}{behind.text}",
            before.left,
            max(last.right, each.right),
            larger.bottom,
            larger.top,
            min(last.order, each.order),
            last.font if last.font == each.font else b"",
            last.has_cells or is_cell,
        )
    return lines

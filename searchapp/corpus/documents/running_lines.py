"""Takes headers, footers and page numbers out of the pages of a document.

They are the outermost lines of a page, and stand at the same height on other pages, where only
their numbers differ. A page number is known on a single page, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from searchapp.corpus.documents.page_layout import Fragment

_OUTER_LINES = 4
"""Lines at the top and at the bottom of a page that may be a header or footer."""

_PAGE_NUMBER = re.compile(
    r"[-–—|\[( ]*(?:(?:seite|page|s\.|blatt)\s*)?(?P<number>\d{1,4})"
    r"(?:\s*(?:von|of|/)\s*\d{1,4})?[-–—|\]). ]*",
    re.IGNORECASE,
)
_PRINTED_FROM_BROWSER = re.compile(
    r"(?:(?:https?|file)://\S+\s+)\d{1,4}/\d{1,4}"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d{2}(?: [AP]M)?(?:\s.{0,200})?"
)
"""What browsers print above and below a page: the time and title, the address and page."""

_DIGITS = re.compile(r"\d+")
_HEIGHT_STEP = 4.0
"""Points by which the height of a line may differ from page to page."""


def without_running_lines(pages: Sequence[Sequence[Fragment]]) -> list[list[Fragment]]:
    """The pages without the fragments that are headers, footers and page numbers."""
    edges = [[list(_outer_rows(page, sign)) for sign in (1, -1)] for page in pages]
    seen: Counter[tuple[str, int, int]] = Counter()
    for page_edges in edges:
        edge_rows = [(row, edge) for edge, rows in enumerate(page_edges) for row in rows]
        seen.update({key for row, edge in edge_rows for key in _keys(row, edge)})
    repeats = 2 if len(pages) < 6 else 3
    kept = []
    for number, (page, page_edges) in enumerate(zip(pages, edges, strict=True), 1):
        gone: set[int] = set()
        for edge, rows in enumerate(page_edges):
            for row in rows:
                text = " ".join(each.text for each in row)
                repeated = max(seen[key] for key in _keys(row, edge)) >= repeats
                if not repeated and not _is_page_number(text, number):
                    break
                gone.update(each.order for each in row)
        kept.append([each for each in page if each.order not in gone])
    return kept


def _is_page_number(text: str, number: int) -> bool:
    """Whether a line has nothing but the number of this page, or what a browser prints."""
    if _PRINTED_FROM_BROWSER.fullmatch(text):
        return True
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and int(match["number"]) == number


def _outer_rows(page: Sequence[Fragment], sign: int) -> Iterator[list[Fragment]]:
    """The rows at the top (sign 1) or bottom (-1) of a page, the outermost first."""
    rows: list[list[Fragment]] = []
    for each in sorted(page, key=lambda each: (-sign * each.bottom, each.left)):
        if rows and abs(rows[-1][0].bottom - each.bottom) < each.size / 2:
            rows[-1].append(each)
        elif len(rows) == _OUTER_LINES:
            break
        else:
            rows.append([each])
    for row in rows:
        yield sorted(row, key=lambda each: each.left)


def _keys(row: Sequence[Fragment], edge: int) -> Iterator[tuple[str, int, int]]:
    """What is the same for a line that stands on several pages: its text, edge and height.

    Two neighbouring steps of height each, so that a small difference does not fall between two.
    """
    text = _DIGITS.sub("0", " ".join(each.text for each in row)).casefold()
    step = int(row[0].bottom // _HEIGHT_STEP)
    yield from ((text, edge, step), (text, edge, step + 1))

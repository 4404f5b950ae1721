"""Collects the paragraphs of an office document: headings, tables and footnotes as plain text."""

from __future__ import annotations

from dataclasses import dataclass, field

_MAX_TABLE_DEPTH = 8
"""Tables that are nested deeper are read as paragraphs: moving their cells up takes time."""

_SHORT_CELL_CHARS = 150
_BEGINNING = 3
"""Paragraphs at the beginning among which the title stands: a letterhead may come first."""

_ENDS_SENTENCE = tuple(".!?:;…")


@dataclass(slots=True)
class _Table:
    """The cells of the row that is being read, each with its paragraphs."""

    row: list[list[str]] = field(default_factory=list)


class FlowingText:
    """Paragraphs in their order, told piece by piece.

    A row of a table is one sentence, "Äpfel; 2,4 Tonnen; Saft."; if it has a cell with more than a
    line, its cells are paragraphs. Footnotes come behind everything else. Paragraphs may be nested,
    as a text box in a paragraph is: the inner one comes first.
    """

    def __init__(self) -> None:
        self._paragraphs: list[str] = []
        self._notes: list[str] = []
        self._heading = ""
        self._title_index: int | None = None
        self._heading_index: int | None = None
        self._open: list[list[str]] = []
        self._tables: list[_Table] = []
        self._outer_tables: list[list[_Table]] = []
        self._depth = 0

    def write(self, text: str) -> None:
        """Text of the paragraph that is open; what is in none is no text."""
        if self._open:
            self._open[-1].append(text)

    def begin_paragraph(self) -> None:
        self._open.append([])

    def end_paragraph(self, *, is_title: bool = False, is_heading: bool = False) -> None:
        """The innermost open paragraph ends.

        is_title: its style is that of a document's title. is_heading: that of a heading.
        """
        text = "".join(self._open.pop()).strip()
        if not text:
            return
        target = self._target()
        if target is self._paragraphs:
            if is_title and self._title_index is None:
                self._title_index = len(target)
            if is_heading and self._heading_index is None:
                self._heading_index = len(target)
        target.append(text)

    def drop_paragraph(self) -> None:
        """The innermost open paragraph ends, and is none of the text."""
        self._open.pop()

    def begin_table(self) -> None:
        self._depth += 1
        if self._depth <= _MAX_TABLE_DEPTH:
            self._tables.append(_Table())

    def end_table(self) -> None:
        if self._depth <= _MAX_TABLE_DEPTH:
            self._tables.pop()
        self._depth -= 1

    def begin_cell(self) -> None:
        if self._is_told():
            self._tables[-1].row.append([])

    def end_row(self) -> None:
        """The row of the innermost table ends."""
        if not self._is_told():
            return
        table = self._tables.pop()
        target = self._target()
        self._tables.append(table)
        cells = [cell for cell in table.row if cell]
        table.row = []
        if len(cells) > 1 and all(_is_short(cell) for cell in cells):
            sentence = "; ".join(cell[0] for cell in cells)
            target.append(sentence if sentence.endswith(_ENDS_SENTENCE) else f"{sentence}.")
        else:
            target += [paragraph for cell in cells for paragraph in cell]

    def begin_note(self) -> None:
        """A footnote begins, perhaps within a paragraph, which goes on behind it."""
        self._outer_tables.append(self._tables)
        self._tables = [_Table([self._notes])]

    def end_note(self) -> None:
        self._tables = self._outer_tables.pop()

    def title_and_body(self, stated_title: str) -> tuple[str, str]:
        """The title, and the other paragraphs with an empty line between them.

        stated_title: that of the document's properties, or "". Without one the title is the first
        paragraph in the style of titles, else a heading at the beginning of the text.
        """
        paragraphs = list(self._paragraphs)
        title, index = stated_title, self._title_index
        if title:
            beginning = paragraphs[:_BEGINNING]
            index = next((i for i, each in enumerate(beginning) if _same(each, title)), None)
        elif index is None and self._heading_index in range(_BEGINNING):
            index = self._heading_index
        if index is not None:
            title = " ".join(paragraphs.pop(index).split())
        return title, "\n\n".join([*paragraphs, *self._notes])

    def _target(self) -> list[str]:
        """Where a paragraph goes: into the open cell, or the text."""
        for table in reversed(self._tables):
            if table.row:
                return table.row[-1]
        return self._paragraphs

    def _is_told(self) -> bool:
        """Whether the innermost table is one whose cells are told apart."""
        return bool(self._tables) and 0 < self._depth <= _MAX_TABLE_DEPTH


def _is_short(cell: list[str]) -> bool:
    return len(cell) == 1 and len(cell[0]) <= _SHORT_CELL_CHARS and "\n" not in cell[0]


def _same(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()

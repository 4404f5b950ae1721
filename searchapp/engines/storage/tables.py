"""Tables of small numbers by row, and dictionaries of sorted terms with such numbers.

Rows stand in groups of 64, the numbers of a group column by column, so that they compress well.
Where a column counts (postings of each term, bytes of each record), the sum over all rows before
a group is known, and a row's range is found by adding up its group alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter
from searchapp.translation import N_

GROUP_ROWS = 64
_REMEMBERED_GROUPS = 256

MAX_NUMBER = 2**32 - 1

Numbers = npt.NDArray[np.uint32]
Sums = npt.NDArray[np.int64]


class RowTable:
    """For each row a number in each of some columns. Safe for use by several threads."""

    def __init__(self, file: SegmentFile, name: str) -> None:
        """Open the table of a name. Raises IndexDamaged."""
        self._file = file
        self._stream = file.stream(f"{name}/rows")
        shape = file.properties["tables"][name]
        self.row_count: int = shape["rows"]
        self.columns: tuple[str, ...] = tuple(shape["columns"])
        self._group_count = -(-self.row_count // GROUP_ROWS)
        self._group_numbers = len(self.columns) * GROUP_ROWS
        self._bases: Sums = file.array(f"{name}/bases")
        if (
            len(self._bases) != (self._group_count + 1) * len(self.columns)
            or self._stream.size != 4 * self._group_numbers * self._group_count
        ):
            file.damaged(N_("the table %(name)r has a wrong length", name=name))
        self._bases = self._bases.reshape(-1, len(self.columns))
        self._sums = lru_cache(_REMEMBERED_GROUPS)(self._read_sums)

    def ranges(self, row: int) -> list[tuple[int, int]]:
        """For each column the sum over all rows before, and the same with this one."""
        group, place = divmod(row, GROUP_ROWS)
        before, after = self._sums(group)[:, place : place + 2].T.tolist()
        return list(zip(before, after, strict=True))

    def range(self, row: int, column: int) -> tuple[int, int]:
        """The same for one column, by its place: of a page's hits it is asked some fifty times."""
        group, place = divmod(row, GROUP_ROWS)
        item = self._sums(group).item
        return item(column, place), item(column, place + 1)

    def _read_sums(self, group: int) -> Sums:
        """Running totals over the whole table: shape (columns, GROUP_ROWS + 1)."""
        numbers = self._matrices(group, group + 1)[0]
        sums = np.zeros((len(self.columns), GROUP_ROWS + 1), dtype=np.int64)
        np.cumsum(numbers, axis=1, out=sums[:, 1:])
        sums += self._bases[group, :, None]
        return sums

    def _matrices(self, first: int, last: int) -> Numbers:
        """The numbers of some groups, shape (groups, columns, GROUP_ROWS)."""
        size = self._group_numbers
        values: Numbers = self._stream.values("<u4", first * size, last * size)
        return values.reshape(last - first, len(self.columns), GROUP_ROWS)

    def totals(self) -> list[int]:
        """The sum over all rows, by column."""
        totals: list[int] = self._bases[-1].tolist()
        return totals

    def numbers(self, first: int = 0, last: int | None = None) -> dict[str, Numbers]:
        """All numbers of the rows [first, last) by column."""
        last = self.row_count if last is None else last
        group = first // GROUP_ROWS
        matrices = self._matrices(group, -(-last // GROUP_ROWS)) if first < last else None
        rows = slice(first - group * GROUP_ROWS, last - group * GROUP_ROWS)
        return {
            name: _NO_NUMBERS if matrices is None else matrices[:, i].reshape(-1)[rows]
            for i, name in enumerate(self.columns)
        }


_NO_NUMBERS: Numbers = np.empty(0, dtype=np.uint32)


class TermDictionary(RowTable):
    """The sorted terms of a field, each a row. Safe for use by several threads."""

    def __init__(self, file: SegmentFile, name: str) -> None:
        """Open the dictionary of a name. Raises IndexDamaged."""
        super().__init__(file, name)
        self._text = file.stream(f"{name}/terms")
        self._text_starts: list[int] = file.array(f"{name}/text_starts").tolist()
        ends = file.array(f"{name}/head_ends").tolist()
        heads = file.array(f"{name}/heads").tobytes()
        self._heads = [heads[a:b] for a, b in zip([0, *ends], ends, strict=False)]
        if not len(self._heads) == len(self._text_starts) - 1 == self._group_count:
            file.damaged(N_("the dictionary %(name)r has a wrong length", name=name))
        self._terms = lru_cache(_REMEMBERED_GROUPS)(self._read_terms)

    def _read_terms(self, group: int) -> list[bytes]:
        text = self._text.read(self._text_starts[group], self._text_starts[group + 1])
        return _split_terms(text)

    def find(self, term: bytes) -> int | None:
        """The row of a term, or None."""
        group = bisect_right(self._heads, term) - 1
        if group < 0:
            return None
        terms = self._terms(group)
        place = bisect_left(terms, term)
        if place < len(terms) and terms[place] == term:
            return group * GROUP_ROWS + place
        return None

    def first_from(self, term: bytes) -> int:
        """The row of the first term that is not before this one; `row_count` if there is none."""
        group = bisect_right(self._heads, term) - 1
        if group < 0:
            return 0
        return group * GROUP_ROWS + bisect_left(self._terms(group), term)

    def term(self, row: int) -> bytes:
        """The term of a row."""
        group, place = divmod(row, GROUP_ROWS)
        return self._terms(group)[place]

    def terms(self, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """The terms of the rows [first, last), in order."""
        last = self.row_count if last is None else last
        for group in range(first // GROUP_ROWS, -(-last // GROUP_ROWS)):
            # Not remembered: who reads all terms would push out those that are asked for.
            base = group * GROUP_ROWS
            yield from self._read_terms(group)[max(0, first - base) : last - base]

    def terms_at(self, rows: npt.NDArray[np.integer[Any]]) -> list[bytes]:
        """The terms of ascending rows."""
        groups = rows // GROUP_ROWS
        borders = np.flatnonzero(np.diff(groups, prepend=-1, append=-1)).tolist()
        places = (rows % GROUP_ROWS).tolist()
        found: list[bytes] = []
        for first, last in pairwise(borders):
            terms = self._read_terms(int(groups[first]))
            found += [terms[place] for place in places[first:last]]
        return found

    def texts(self, first: int, last: int) -> list[str]:
        """The terms of the rows [first, last) as text, decoded at once."""
        group = first // GROUP_ROWS
        end = self._text_starts[-(-last // GROUP_ROWS)] if first < last else 0
        text = self._text.read(self._text_starts[group], end) if end else b""
        if b"\\" in text:
            return [term.decode("utf-8", "surrogatepass") for term in self.terms(first, last)]
        base = group * GROUP_ROWS
        return text.decode("utf-8", "surrogatepass").split("\n")[first - base : last - base]

    def between(self, first: bytes, last: bytes) -> list[bytes]:
        """The terms from `first` up to `last`, which is not one of them."""
        groups = slice(max(0, bisect_right(self._heads, first) - 1), bisect_left(self._heads, last))
        text = self._text.read(self._text_starts[groups.start], self._text_starts[groups.stop])
        terms = _split_terms(text) if text else []
        return terms[bisect_left(terms, first) : bisect_left(terms, last)]


def _split_terms(text: bytes) -> list[bytes]:
    terms = text.split(b"\n")
    terms.pop()
    if b"\\" in text:
        return [
            term.replace(b"\\n", b"\n").replace(b"\\b", b"\\") if b"\\" in term else term
            for term in terms
        ]
    return terms


def _joined_terms(terms: Sequence[bytes]) -> bytes:
    text = b"".join(terms)
    if b"\\" in text or b"\n" in text:
        terms = [term.replace(b"\\", b"\\b").replace(b"\n", b"\\n") for term in terms]
    return b"\n".join(terms) + b"\n"


class RowTableWriter:
    """Writes a table into a segment's file, rows in any portions."""

    def __init__(self, writer: SegmentFileWriter, name: str, columns: Sequence[str]) -> None:
        self._writer = writer
        self._name = name
        self._columns = tuple(columns)
        self._pending = np.empty((0, len(columns)), dtype=np.uint32)
        self._pending_terms: list[bytes] = []
        self._row_count = 0
        self._group_sums: list[Sums] = [np.zeros((1, len(columns)), dtype=np.int64)]
        self._text_sizes: list[int] = []
        self._heads: list[bytes] = []

    def add(self, numbers: Sequence[npt.ArrayLike], terms: Sequence[bytes] | None = None) -> None:
        """Append rows. numbers: one array for each column, each number at most MAX_NUMBER.

        terms: of a dictionary, sorted, all after those added before.
        Raises ValueError for a number out of range, which would come back as another one.
        """
        wide = np.stack([np.asarray(each, dtype=np.int64) for each in numbers], axis=1)
        if wide.size and not 0 <= wide.min() <= wide.max() <= MAX_NUMBER:
            raise ValueError(f"a number of the table {self._name!r} is not in 0 to {MAX_NUMBER}")
        rows = wide.astype(np.uint32)
        self._pending = np.concatenate((self._pending, rows))
        if terms is not None:
            self._pending_terms += terms
        self._flush(len(self._pending) // GROUP_ROWS)

    def _flush(self, groups: int) -> None:
        rows = groups * GROUP_ROWS
        matrices = self._pending[:rows].reshape(groups, GROUP_ROWS, len(self._columns))
        self._pending = self._pending[rows:]
        self._row_count += rows
        self._writer.append(f"{self._name}/rows", matrices.transpose(0, 2, 1))
        self._group_sums.append(matrices.sum(axis=1, dtype=np.int64))
        if self._pending_terms:
            for start in range(0, rows, GROUP_ROWS):
                terms = self._pending_terms[start : start + GROUP_ROWS]
                text = _joined_terms(terms)
                self._heads.append(terms[0])
                self._text_sizes.append(len(text))
                self._writer.append(f"{self._name}/terms", text)
            del self._pending_terms[:rows]

    def finish(self, *, is_dictionary: bool = False) -> dict[str, object]:
        """Write what is left. Returns the shape of the table, for the file's properties."""
        left = len(self._pending)
        if left:
            padding = np.zeros((GROUP_ROWS - left, len(self._columns)), dtype=np.uint32)
            self._pending = np.concatenate((self._pending, padding))
            self._flush(1)
            self._row_count -= len(padding)
        name = self._name
        self._writer.append(f"{name}/rows", b"")
        self._writer.packed_array(
            f"{name}/bases", np.cumsum(np.concatenate(self._group_sums), axis=0).reshape(-1)
        )
        if is_dictionary:
            self._writer.append(f"{name}/terms", b"")
            self._writer.packed_array(
                f"{name}/text_starts", np.cumsum([0, *self._text_sizes], dtype=np.int64)
            )
            ends = np.cumsum([len(head) for head in self._heads], dtype=np.int64)
            self._writer.packed_array(f"{name}/head_ends", ends)
            self._writer.array(
                f"{name}/heads", np.frombuffer(b"".join(self._heads), dtype=np.uint8)
            )
        return {"rows": self._row_count, "columns": list(self._columns)}

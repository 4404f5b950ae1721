"""Tables of small numbers by row, and dictionaries of sorted terms with such numbers.

Rows stand in groups of 64, the numbers of a group column by column, so that they compress well.
Where a column counts (postings of each term, bytes of each record), the sum over all rows before
a group is known, and a row's range is found by adding up its group alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.segment_file import SegmentFile, SegmentFileWriter

GROUP_ROWS = 64
_REMEMBERED_GROUPS = 1024

Numbers = npt.NDArray[np.uint32]
Sums = npt.NDArray[np.int64]


class _Group(NamedTuple):
    """Parsed rows. sums: shape (columns, rows + 1), running totals over the whole table."""

    sums: Sums
    terms: list[bytes]


class RowTable:
    """For each row a number in each of some columns. Safe for use by several threads."""

    def __init__(self, file: SegmentFile, name: str) -> None:
        """Open the table of a name. Raises IndexDamaged."""
        self._file = file
        self._stream = file.stream(f"{name}/rows")
        shape = file.properties["tables"][name]
        self.row_count: int = shape["rows"]
        self.columns: tuple[str, ...] = tuple(shape["columns"])
        self._bases: Sums = file.array(f"{name}/bases").reshape(-1, len(self.columns) + 1)
        self._group = lru_cache(_REMEMBERED_GROUPS)(self._read_group)

    def ranges(self, row: int) -> list[tuple[int, int]]:
        """For each column the sum over all rows before, and the same with this one."""
        number, place = divmod(row, GROUP_ROWS)
        before, after = self._group(number).sums[:, place : place + 2].T.tolist()
        return list(zip(before, after, strict=True))

    def totals(self) -> list[int]:
        """The sum over all rows, by column."""
        totals: list[int] = self._bases[-1, :-1].tolist()
        return totals

    def numbers(self, first: int = 0, last: int | None = None) -> dict[str, Numbers]:
        """All numbers of the rows [first, last) by column."""
        last = self.row_count if last is None else last
        parts = []
        for number in range(first // GROUP_ROWS, -(-last // GROUP_ROWS)):
            base = number * GROUP_ROWS
            matrix, _ = self._raw_group(number)
            parts.append(matrix[:, max(0, first - base) : last - base])
        return {
            name: np.concatenate([part[i] for part in parts] or [_NO_NUMBERS])
            for i, name in enumerate(self.columns)
        }

    def _raw_group(self, number: int) -> tuple[Numbers, bytes]:
        rows = min(GROUP_ROWS, self.row_count - number * GROUP_ROWS)
        start, stop = self._bases[number : number + 2, -1].tolist()
        content = self._stream.read(start, stop)
        count = self._number_columns * rows
        matrix: Numbers = np.frombuffer(content, dtype="<u4", count=count)
        return matrix.reshape(self._number_columns, rows), content[4 * count :]

    @property
    def _number_columns(self) -> int:
        return len(self.columns)

    def _read_group(self, number: int) -> _Group:
        matrix, blob = self._raw_group(number)
        columns, rows = len(self.columns), matrix.shape[1]
        sums = np.zeros((columns, rows + 1), dtype=np.int64)
        np.cumsum(matrix[:columns], axis=1, out=sums[:, 1:])
        sums += self._bases[number, :-1, None]
        return _Group(sums, self._split(matrix, blob))

    def _split(self, matrix: Numbers, blob: bytes) -> list[bytes]:
        del matrix, blob
        return []


class TermDictionary(RowTable):
    """The sorted terms of a field, each a row. Safe for use by several threads."""

    def __init__(self, file: SegmentFile, name: str) -> None:
        """Open the dictionary of a name. Raises IndexDamaged."""
        super().__init__(file, name)
        ends = file.array(f"{name}/head_ends").tolist()
        heads = file.array(f"{name}/heads").tobytes()
        self._heads = [heads[a:b] for a, b in zip([0, *ends], ends, strict=False)]

    @property
    def _number_columns(self) -> int:
        return len(self.columns) + 1  # and the lengths of the terms

    def _split(self, matrix: Numbers, blob: bytes) -> list[bytes]:
        ends = np.cumsum(matrix[-1]).tolist()
        return [blob[a:b] for a, b in zip([0, *ends], ends, strict=False)]

    def find(self, term: bytes) -> int | None:
        """The row of a term, or None."""
        number = bisect_right(self._heads, term) - 1
        if number < 0:
            return None
        terms = self._group(number).terms
        place = bisect_left(terms, term)
        if place < len(terms) and terms[place] == term:
            return number * GROUP_ROWS + place
        return None

    def first_from(self, term: bytes) -> int:
        """The row of the first term that is not before this one; `row_count` if there is none."""
        number = max(0, bisect_right(self._heads, term) - 1)
        if number * GROUP_ROWS >= self.row_count:
            return self.row_count
        return number * GROUP_ROWS + bisect_left(self._group(number).terms, term)

    def term(self, row: int) -> bytes:
        """The term of a row."""
        number, place = divmod(row, GROUP_ROWS)
        return self._group(number).terms[place]

    def terms(self, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """The terms of the rows [first, last), in order."""
        last = self.row_count if last is None else last
        for number in range(first // GROUP_ROWS, -(-last // GROUP_ROWS)):
            # Not remembered: who reads all terms would push out those that are asked for.
            terms = self._split(*self._raw_group(number))
            base = number * GROUP_ROWS
            yield from terms[max(0, first - base) : last - base]

    def head(self, number: int) -> bytes:
        """The first term of a group."""
        return self._heads[number]


_NO_NUMBERS: Numbers = np.empty(0, dtype=np.uint32)


class RowTableWriter:
    """Writes a table into a segment's file, rows in any portions."""

    def __init__(self, writer: SegmentFileWriter, name: str, columns: Sequence[str]) -> None:
        self._writer = writer
        self._name = name
        self._columns = tuple(columns)
        self._pending: list[npt.NDArray[np.int64]] = []
        self._pending_terms: list[bytes] = []
        self._pending_rows = 0
        self._row_count = 0
        self._written = 0
        self._bases: list[npt.NDArray[np.int64]] = [np.zeros(len(columns) + 1, dtype=np.int64)]
        self._heads: list[bytes] = []

    def add(self, numbers: Sequence[npt.ArrayLike], terms: Sequence[bytes] | None = None) -> None:
        """Append rows. numbers: one array for each column, each number below 2**32.

        terms: of a dictionary, sorted, all after those added before.
        """
        columns = [np.asarray(each, dtype=np.int64) for each in numbers]
        if terms is not None:
            self._pending_terms += terms
            lengths = np.fromiter(map(len, terms), dtype=np.int64, count=len(terms))
            columns.append(lengths)
        matrix = np.stack(columns)
        self._pending.append(matrix)
        self._pending_rows += matrix.shape[1]
        if self._pending_rows >= 64 * GROUP_ROWS:
            self._flush(self._pending_rows - self._pending_rows % GROUP_ROWS)

    def _flush(self, rows: int) -> None:
        matrix = (
            np.concatenate(self._pending, axis=1) if len(self._pending) > 1 else (self._pending[0])
        )
        done, rest = matrix[:, :rows], matrix[:, rows:]
        terms = self._pending_terms
        columns = len(self._columns)
        for start in range(0, rows, GROUP_ROWS):
            group = done[:, start : start + GROUP_ROWS]
            content = group.astype("<u4").tobytes()
            if terms:
                content += b"".join(terms[start : start + GROUP_ROWS])
                self._heads.append(terms[start])
            self._writer.append(f"{self._name}/rows", content)
            self._written += len(content)
            base = self._bases[-1].copy()
            base[:columns] += group[:columns].sum(axis=1)
            base[-1] = self._written
            self._bases.append(base)
        del terms[:rows]
        self._pending, self._pending_rows = [rest], rest.shape[1]
        self._row_count += rows

    def finish(self, *, is_dictionary: bool = False) -> dict[str, object]:
        """Write what is left. Returns the shape of the table, for the file's properties."""
        if self._pending_rows:
            self._flush(self._pending_rows)
        name = self._name
        self._writer.append(f"{name}/rows", b"")
        self._writer.array(f"{name}/bases", np.concatenate(self._bases))
        if is_dictionary:
            ends = np.cumsum([len(head) for head in self._heads], dtype=np.int64)
            self._writer.array(f"{name}/head_ends", ends)
            self._writer.array(
                f"{name}/heads", np.frombuffer(b"".join(self._heads), dtype=np.uint8)
            )
        return {"rows": self._row_count, "columns": list(self._columns)}

"""Dictionaries and sequences of numbers that were just made, as those of a file are read.

What looks things up in a `TermDictionary` and a `NumberStream` need not know whether they were
written yet.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


class Terms(Protocol):
    """Sorted terms, no two the same, with numbers of each by column; see `TermDictionary`."""

    row_count: int

    def first_from(self, term: bytes) -> int:
        """The row of the first term that is not before this one; `row_count` if there is none."""

    def term(self, row: int) -> bytes:
        """The term of a row."""

    def ranges(self, row: int) -> list[tuple[int, int]]:
        """For each column the sum over all rows before, and the same with this one."""

    def numbers(self) -> dict[str, Numbers]:
        """All numbers by column."""


class NumberRange(Protocol):
    """A sequence of numbers that is read in ranges; see `NumberStream`."""

    size: int

    def read(self, start: int, stop: int) -> Numbers:
        """The numbers [start, stop)."""


class TermList:
    """Terms in memory."""

    def __init__(self, terms: Sequence[bytes], columns: dict[str, Numbers]) -> None:
        """terms: sorted. columns: by name, shape (terms,) each."""
        self.terms = terms
        self.row_count = len(terms)
        self._columns = columns
        self._sums = [np.cumsum(each, dtype=np.int64) for each in columns.values()]

    def first_from(self, term: bytes) -> int:
        """See `Terms`."""
        return bisect_left(self.terms, term)

    def term(self, row: int) -> bytes:
        """See `Terms`."""
        return self.terms[row]

    def ranges(self, row: int) -> list[tuple[int, int]]:
        """See `Terms`."""
        return [(int(sums[row - 1]) if row else 0, int(sums[row])) for sums in self._sums]

    def numbers(self) -> dict[str, Numbers]:
        """See `Terms`."""
        return self._columns


class NumberList:
    """Numbers in memory."""

    def __init__(self, values: Numbers) -> None:
        self._values = values
        self.size = len(values)

    def read(self, start: int, stop: int) -> Numbers:
        """See `NumberRange`."""
        return self._values[start:stop]

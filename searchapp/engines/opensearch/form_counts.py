"""In how many articles each exact form stands, counted in bounded memory.

Processes count each for itself, and write what they have counted in sorted runs; these are merged
into the vocabulary of a generation. An update adds runs to what its base has counted.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

MAX_COUNTED = 1_000_000
"""Forms that a process counts before it writes a run: about 120 MB."""

FormCount = tuple[bytes, int]
"""A form in UTF-8, and a number of articles; they are ordered by the form."""

_form_of = itemgetter(0)


class FormCounts:
    """The counts of one process, written into files of a folder."""

    def __init__(self, folder: Path, name: str, *, most: int = MAX_COUNTED) -> None:
        """name: of the process, different from those of the others."""
        self._folder = folder
        self._name = name
        self._most = most
        self._counts: Counter[str] = Counter()
        self._written = 0

    def add(self, forms: set[str]) -> None:
        """Count an article with these forms. Raises OSError."""
        self._counts.update(forms)
        self._bound()

    def remove(self, forms: set[str]) -> None:
        """Count an article of the base with these forms no longer. Raises OSError."""
        self._counts.subtract(forms)
        self._bound()

    def _bound(self) -> None:
        if len(self._counts) >= self._most:
            self.write()

    def write(self) -> None:
        """Write what has been counted. Raises OSError."""
        rows = sorted((form.encode("utf-8"), count) for form, count in self._counts.items())
        with (self._folder / f"{self._name}-{self._written}.forms").open("wb") as file:
            file.writelines(b"%b\t%d\n" % row for row in rows)
        self._counts.clear()
        self._written += 1


def merged_counts(folder: Path, base: Iterable[FormCount] = ()) -> Iterator[tuple[str, int]]:
    """The sums of all runs in a folder, and of some counts in order, without what is gone.

    Sorted by the forms in UTF-8. Raises OSError.
    """
    runs = [base, *map(_read, sorted(folder.glob("*.forms")))]
    for form, rows in groupby(heapq.merge(*runs, key=_form_of), key=_form_of):
        count = sum(count for _, count in rows)
        if count > 0:
            yield form.decode("utf-8"), count


def _read(path: Path) -> Iterator[FormCount]:
    with path.open("rb") as file:
        for line in file:
            form, _, count = line.rpartition(b"\t")
            yield form, int(count)

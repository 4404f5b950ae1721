"""The postings of a field: for each term its documents, and where it stands in each.

Columns of numbers, term after term in the order of the dictionary:

- of each posting: `docs` (the gap to the document before, of the first one its number), `freqs`
  (occurrences in the document), and one column for each zone of the field: how many of these
  occurrences stand in the zone. Zones follow one another at the start of the field, so that the
  first occurrences are those of the first zone.
- of each occurrence: `positions` (the gap to the occurrence before in the same document, of the
  first one its position), and in a field that tells forms apart `forms`: which of the exact forms
  of the term it is, as a place in the sorted list of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.evaluation.doc_set import Docs
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter, SizedCache
from searchapp.engines.storage.tables import RowTableWriter, TermDictionary
from searchapp.translation import N_

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FieldLayout:
    """Which columns a field has. zones: in the order in which they follow one another.

    has_forms: whether exact forms are told apart.
    """

    name: str
    zones: tuple[str, ...] = ()
    has_forms: bool = False

    @property
    def posting_columns(self) -> tuple[str, ...]:
        return ("docs", "freqs", *self.zones)

    @property
    def occurrence_columns(self) -> tuple[str, ...]:
        return ("positions", "forms") if self.has_forms else ("positions",)

    @property
    def counts(self) -> tuple[str, ...]:
        """What the dictionary counts for each term."""
        counts = ("postings", "occurrences")
        return (*counts, "forms") if self.has_forms else counts


def sums_before(counts: npt.NDArray[Any]) -> Ints:
    """The running totals before each item, shape as `counts`."""
    sums = np.cumsum(counts, dtype=np.int64)
    before: Ints = sums - counts
    return before


def restarted_sums(gaps: npt.NDArray[Any], counts: npt.NDArray[Any]) -> Ints:
    """Running totals that start anew with each group.

    gaps: shape (n,). counts: length of each group, none of them 0, n together. Shape (n,).
    """
    sums = np.cumsum(gaps, dtype=np.int64)
    starts = sums_before(counts)
    bases = sums[starts] - gaps[starts]
    restarted: Ints = sums - np.repeat(bases, counts)
    return restarted


def gaps_within(values: npt.NDArray[Any], counts: npt.NDArray[Any]) -> Ints:
    """The inverse of `restarted_sums`."""
    gaps = np.empty(len(values), dtype=np.int64)
    if len(values):
        gaps[0] = values[0]
        np.subtract(values[1:], values[:-1], out=gaps[1:])
        starts = sums_before(counts)
        gaps[starts] = values[starts]
    return gaps


class OccurrencesIn(NamedTuple):
    """The occurrences of a term in those of some documents that it is in, one after the other.

    places: of these documents among those asked for. counts: how many occurrences each has.
    gaps: of their positions, as they are stored. forms: the ordinal of each one's exact form among
    those of the term; None if the field stores none.
    """

    places: Ints
    counts: Ints
    gaps: npt.NDArray[Any]
    forms: npt.NDArray[Any] | None


class TermPostings:
    """The postings of one term in one segment; columns are read when they are first asked for.

    Kept is what the next page may ask for; what is only needed to find out which documents have a
    form, or a phrase, is read anew: the answer to that is kept elsewhere.
    docs: ascending, shape (postings,). freqs: shape (postings,).
    """

    def __init__(self, field: FieldPostings, row: int) -> None:
        self._field = field
        (self._start, self._stop), (self._first, self._last), *forms = field.terms.ranges(row)
        self.row = row
        self.form_range = forms[0] if forms else (0, 0)
        self.form_texts: dict[int, str] = {}
        """Those of its exact forms that were asked for, by ordinal; see `Segment.form_text`."""

    def __len__(self) -> int:
        return self._stop - self._start

    @property
    def size_bytes(self) -> int:
        """Estimated bytes in memory once all is known that is kept."""
        forms = self.form_range[1] - self.form_range[0]
        return 500 + 10 * (self._stop - self._start) + 100 * forms

    @cached_property
    def docs(self) -> npt.NDArray[np.int32]:
        gaps = self._field.columns["docs"].read(self._start, self._stop)
        docs = np.cumsum(gaps, dtype=np.int32)
        docs.flags.writeable = False
        return docs

    @cached_property
    def freqs(self) -> npt.NDArray[Any]:
        return self.counts("freqs")

    def counts(self, column: str) -> npt.NDArray[Any]:
        """A column of the postings other than `docs`, shape (postings,)."""
        return self._field.columns[column].read(self._start, self._stop)

    @property
    def occurrence_starts(self) -> Ints:
        """Where the occurrences of each posting begin among those of the term."""
        return sums_before(self.freqs)

    @cached_property
    def _occurrence_ends(self) -> npt.NDArray[np.uint32]:
        """Where they end: kept, for each page of hits asks for some of them."""
        return np.cumsum(self.freqs, dtype=np.uint32)

    @property
    def positions(self) -> Ints:
        """The positions of all occurrences, posting after posting, ascending within each."""
        gaps = self._field.columns["positions"].read(self._first, self._last)
        if len(gaps) == len(self):
            return gaps.astype(np.int64)
        return restarted_sums(gaps, self.freqs)

    @property
    def forms(self) -> npt.NDArray[Any]:
        """Of each occurrence, which of the term's forms it is."""
        return self._field.columns["forms"].read(self._first, self._last)

    def occurrences_in(self, docs: Docs, limit: int | None = None) -> OccurrencesIn | None:
        """The occurrences in some ascending documents; None if the term is in none of them.

        Only what is needed of a long list is read. limit: of each document, the first so many.
        """
        rows = self.docs.searchsorted(docs.astype(np.int32))  # Of one dtype: else all is converted.
        places = np.flatnonzero(self.docs.take(rows, mode="clip") == docs)
        if not len(places):
            return None
        rows = rows[places]
        counts = self.freqs.take(rows).astype(np.int64)
        starts = self._first + self._occurrence_ends.take(rows).astype(np.int64) - counts
        if limit is not None:
            counts = np.minimum(counts, limit)
        ranges = list(zip(starts.tolist(), (starts + counts).tolist(), strict=True))
        columns = [
            self._field.columns[name].pieces(ranges)
            for name in self._field.layout.occurrence_columns
        ]
        return OccurrencesIn(places, counts, columns[0], columns[1] if columns[1:] else None)


class FieldPostings:
    """All postings of a field in one segment. Safe for use by several threads."""

    def __init__(self, file: SegmentFile, layout: FieldLayout) -> None:
        """Raises IndexDamaged."""
        self.layout = layout
        self._recent: SizedCache[TermPostings] = file.cache.postings
        self.terms = TermDictionary(file, layout.name)
        self.columns = {
            name: NumberStream(file, f"{layout.name}/{name}")
            for name in (*layout.posting_columns, *layout.occurrence_columns)
        }
        totals = dict(zip(self.terms.columns, self.terms.totals(), strict=True))
        for names, total in (
            (layout.posting_columns, totals["postings"]),
            (layout.occurrence_columns, totals["occurrences"]),
        ):
            for name in names:
                if self.columns[name].size != total:
                    file.damaged(
                        N_(
                            "the column %(column)s has a wrong length",
                            column="/".join((layout.name, name)),
                        )
                    )

    def find(self, term: str) -> TermPostings | None:
        """The postings of a term, or None."""
        row = self.terms.find(term.encode("utf-8", "surrogatepass"))
        return None if row is None else self.at(row)

    def at(self, row: int) -> TermPostings:
        """The postings of the term of a row, from memory if they were asked for lately."""
        return self._recent.get((self, row), lambda: TermPostings(self, row))


class FieldPostingsWriter:
    """Writes the postings of a field into a segment's file, terms in any portions."""

    def __init__(self, writer: SegmentFileWriter, layout: FieldLayout) -> None:
        self._table = RowTableWriter(writer, layout.name, layout.counts)
        self._layout = layout
        self._columns = {
            name: NumberStreamWriter(writer, f"{layout.name}/{name}")
            for name in (*layout.posting_columns, *layout.occurrence_columns)
        }

    def add(
        self,
        terms: Sequence[bytes],
        counts: Sequence[npt.ArrayLike],
        columns: Mapping[str, npt.NDArray[Any]],
    ) -> None:
        """Append terms, sorted, all after those added before.

        counts: as `FieldLayout.counts`, one array each of shape (terms,).
        columns: gaps and counts as they are stored, by name.
        """
        self._table.add(counts, terms)
        for name, stream in self._columns.items():
            stream.add(columns[name])

    def copy(
        self, other: SegmentFile, terms: Sequence[bytes], counts: Sequence[npt.ArrayLike]
    ) -> None:
        """Append all terms of another file's field, and copy its columns block by block."""
        self._table.add(counts, terms)
        for stream in self._columns.values():
            stream.copy(other)

    def finish(self) -> dict[str, object]:
        """Write what is left. Returns the shape of the dictionary."""
        return self._table.finish(is_dictionary=True)

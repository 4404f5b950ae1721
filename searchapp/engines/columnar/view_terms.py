"""The searchable fields of article segments as fields that Whoosh's readers can be made of.

A field is a view of the postings of another (see `layout`), so that some of what Whoosh asks is
not in the file as such: which terms a zone has, and which terms a document has. Both are found by
going over the documents of all postings once, some of them at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.codec_terms import (
    BLOCK_COLUMNS,
    SearchedField,
    SortedTerms,
    TermPostings,
    stretch_statistics,
)
from searchapp.engines.columnar.matching import BLOCK_POSTINGS, VectorMatcher
from searchapp.engines.columnar.payloads import Payloads, layout_named
from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.layout import VIEWS
from searchapp.engines.columnar.segment.postings import Ints, restarted_sums, sums_before
from searchapp.engines.evaluation.doc_set import Docs
from searchapp.engines.storage.tables import GROUP_ROWS, TermDictionary

_STRETCH_POSTINGS = 1 << 18
"""Postings that are looked at together when all of a field are."""


class CountedPayloads(Payloads):
    """Payloads that were counted already, where others are read from columns."""

    def __init__(
        self,
        format_name: str,
        freqs: npt.NDArray[Any],
        positions: Callable[[], Ints] | None = None,
    ) -> None:
        """format_name: Existence, Frequency or Positions. freqs: shape (postings,).

        positions: gives those of all occurrences, posting after posting; called when needed.
        """
        self.layout = layout_named(format_name)
        self.freqs = freqs.astype(np.int64)
        self._read_positions = positions

    def __len__(self) -> int:
        return len(self.freqs)

    @cached_property
    def weights(self) -> npt.NDArray[np.float32]:
        """Shape (postings,)."""
        return self.freqs.astype(np.float32)

    @property
    def total_weight(self) -> float:
        """The sum of all weights."""
        return float(self.freqs.sum())

    @cached_property
    def positions(self) -> npt.NDArray[np.int32]:
        """Of each occurrence, posting after posting."""
        assert self._read_positions is not None
        return self._read_positions().astype(np.int32)


class CountedPostings(TermPostings):
    """The postings of a term from arrays; its statistics are counted."""

    def __init__(self, docs: Docs, payloads: Payloads, lengths: Ints) -> None:
        """docs: ascending, at least one. lengths: of these documents in the field, 0 unknown."""
        self.docs = docs.astype(np.int32)
        self.payloads = payloads
        self._lengths = lengths
        self.first_doc, self.last_doc = int(docs[0]), int(docs[-1])
        whole = np.zeros(1, dtype=np.int64)
        least, greatest, bits = stretch_statistics(lengths, payloads.weights, whole, whole)
        self.min_length, self.max_length = int(least[0]), int(greatest[0])
        self.max_weight = float(bits.view(np.float32)[0])

    def __len__(self) -> int:
        return len(self.docs)

    def _block_column(self, name: str, of_all: int) -> npt.NDArray[Any]:
        del of_all
        starts = np.arange(0, len(self), BLOCK_POSTINGS)
        columns = stretch_statistics(self._lengths, self.payloads.weights, starts, starts[:1])
        return columns[BLOCK_COLUMNS.index(name)]


class ZoneTerms:
    """Those terms of a dictionary that stand in some rows of it."""

    def __init__(self, dictionary: TermDictionary, rows: Ints) -> None:
        """rows: ascending."""
        self._dictionary = dictionary
        self._rows = rows
        self.row_count = len(rows)

    def find(self, term: bytes) -> int | None:
        """The row of a term, or None."""
        row = self.first_from(term)
        return row if row < self.row_count and self.term(row) == term else None

    def first_from(self, term: bytes) -> int:
        """The row of the first term that is not before this one; `row_count` if there is none."""
        return int(self._rows.searchsorted(self._dictionary.first_from(term)))

    def term(self, row: int) -> bytes:
        """The term of a row."""
        return self._dictionary.term(int(self._rows[row]))

    def terms(self, first: int = 0) -> Iterator[bytes]:
        """The terms from a row on, in order."""
        for start in range(first, self.row_count, GROUP_ROWS):
            yield from self._dictionary.terms_at(self._rows[start : start + GROUP_ROWS])


class _Stretch(NamedTuple):
    """Some postings, or parts of postings, of a field: all of shape (items,).

    rows: of their terms, in the dictionary of all zones. freqs: occurrences.
    """

    rows: Ints
    docs: Ints
    freqs: Ints


class ViewField:
    """A searchable field of an article segment. Safe for use by several threads."""

    def __init__(self, segment: Segment, name: str, lengths: npt.NDArray[Any]) -> None:
        """lengths: of each document in the field, shape (documents,)."""
        self._segment = segment
        self._name = name
        self._lengths = lengths
        self._view = VIEWS[name]
        self._field = segment.fields[self._view.base]

    @property
    def _all_terms(self) -> TermDictionary:
        """The terms, or exact forms, of all zones."""
        if self._view.is_exact:
            return self._segment.forms[self._view.base].dictionary
        return self._field.terms

    @cached_property
    def dictionary(self) -> SortedTerms:
        """The terms. Those of a zone are looked for when it is first asked for."""
        if self._view.zone is None:
            return self._all_terms
        held = np.zeros(self._all_terms.row_count, dtype=np.bool_)
        for stretch in self._stretches():
            held[stretch.rows] = True
        return ZoneTerms(self._all_terms, np.flatnonzero(held))

    def postings(self, row: int) -> CountedPostings:
        """The postings of the term in a row of the dictionary."""
        term = self.dictionary.term(row).decode("utf-8", "surrogatepass")
        docs, freqs = self._segment.matching(self._name, term)
        payloads = CountedPayloads(
            "Positions", freqs, lambda: self._segment.occurrences(self._name, term).positions
        )
        return CountedPostings(docs, payloads, self._lengths[docs].astype(np.int64))

    def all_docs(self, terms: int | None = None) -> tuple[Docs, Docs]:
        """The documents of the postings of the first `terms` terms, None for all, term by term.

        Returns them and the row of the term of each, both of shape (postings,).
        """
        stretches = [(rows << 32) + docs for rows, docs, _ in self._stretches()]
        pairs = np.concatenate([_NO_PAIRS, *stretches])
        if self._view.is_exact:
            pairs = np.unique(pairs)
        # Rows of all zones, numbered anew as those of the dictionary are: all of them occur.
        rows = np.cumsum(np.diff(pairs >> 32, prepend=-1) > 0) - 1
        stop = len(rows) if terms is None else int(rows.searchsorted(terms))
        return (pairs & 0xFFFFFFFF).astype(np.intp)[:stop], rows[:stop]

    def vector(self, doc: int, vector_format: Any) -> VectorMatcher:
        """The terms of a document, in order, and how often each is in it."""
        counts = np.zeros(self._all_terms.row_count, dtype=np.int64)
        for rows, docs, freqs in self._stretches():
            here = docs == doc
            np.add.at(counts, rows[here], freqs[here])
        rows = np.flatnonzero(counts)
        terms = [each.decode("utf-8", "surrogatepass") for each in self._all_terms.terms_at(rows)]
        return VectorMatcher(terms, CountedPayloads("Frequency", counts[rows]), vector_format)

    def _stretches(self) -> Iterator[_Stretch]:
        """All postings of the field, some at a time; a term and document may come repeatedly."""
        numbers = self._field.terms.numbers()
        starts = {name: _sums(each) for name, each in numbers.items()}
        groups = starts["postings"][:-1] // _STRETCH_POSTINGS
        borders = np.flatnonzero(np.diff(groups, prepend=-1, append=-1)).tolist()
        for first, last in pairwise(borders):
            ranges = {name: (int(each[first]), int(each[last])) for name, each in starts.items()}
            counts = numbers["postings"][first:last]
            rows = np.repeat(np.arange(first, last), counts)
            docs = restarted_sums(self._column("docs", ranges), counts)
            freqs = self._column("freqs", ranges)
            before, inside = np.zeros_like(freqs), freqs
            if self._view.zone is not None:
                zones = self._field.layout.zones
                place = zones.index(self._view.zone)
                for zone in zones[:place]:
                    before += self._column(zone, ranges)
                inside = self._column(self._view.zone, ranges)
            if not self._view.is_exact:
                held = inside > 0
                yield _Stretch(rows[held], docs[held], inside[held])
                continue
            # The occurrences of a posting follow one another, and in them those of a zone.
            offsets = sums_before(freqs) + before - sums_before(inside)
            places = np.repeat(offsets, inside) + np.arange(int(inside.sum()))
            codes = self._column("forms", ranges, of="occurrences")[places]
            codes += starts["forms"][np.repeat(rows, inside)] - ranges["forms"][0]
            form_rows = self._segment.forms[self._view.base].rows_of_terms(*ranges["forms"])
            yield _Stretch(
                form_rows[codes].astype(np.int64), np.repeat(docs, inside), np.ones_like(codes)
            )

    def _column(self, name: str, ranges: dict[str, tuple[int, int]], of: str = "postings") -> Ints:
        return self._field.columns[name].read(*ranges[of]).astype(np.int64)


_NO_PAIRS: Ints = np.empty(0, dtype=np.int64)


def _sums(counts: npt.NDArray[Any]) -> Ints:
    """The running totals before each item and after the last, shape (items + 1,)."""
    return np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))


class IdField:
    """The ids of the articles of a segment as a field of one term a document."""

    def __init__(self, segment: Segment) -> None:
        self.dictionary: SortedTerms = segment.ids
        self._ids = segment.ids

    def postings(self, row: int) -> CountedPostings:
        """The document with the id in a row of the dictionary."""
        before, after = self._ids.ranges(row)[0]
        one = np.ones(1, dtype=np.int64)
        return CountedPostings(
            np.array([after - before], dtype=np.intp), CountedPayloads("Existence", one), 0 * one
        )

    def all_docs(self, terms: int | None = None) -> tuple[Docs, Docs]:
        """See `ViewField.all_docs`."""
        (docs,) = self._ids.numbers(0, terms).values()
        return docs.astype(np.intp), np.arange(len(docs))


def searched_fields(
    segment: Segment, lengths: Callable[[str], npt.NDArray[Any]]
) -> dict[str, SearchedField]:
    """All fields of a segment of articles, in the order of their names.

    lengths: from a field to the lengths of the documents in it, shape (documents,).
    """
    fields: dict[str, SearchedField] = {
        name: ViewField(segment, name, lengths(name)) for name in VIEWS
    }
    fields["id"] = IdField(segment)
    return dict(sorted(fields.items()))

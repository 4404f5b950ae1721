"""The searchable fields of a segment as fields that Whoosh's readers ask for terms.

A field is a view of the postings of another (see `searchapp.engines.columnar.segment.layout`), so
that some of what Whoosh asks is not in the file as such: which terms a zone has, and which terms
a document has. Both are found by going over all postings once, some of them at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from whoosh.codec import base
from whoosh.reading import TermInfo, TermNotFound

from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.layout import VIEWS
from searchapp.engines.columnar.segment.postings import Ints, restarted_sums, sums_before
from searchapp.engines.storage.tables import GROUP_ROWS, TermDictionary
from searchapp.engines.whoosh_view.matchers import PostingsMatcher, SegmentPostings, VectorMatcher

_CHUNK_POSTINGS = 1 << 18
"""Postings that are looked at together when all of a field are."""


class SortedTerms(Protocol):
    """The terms of a field, each with the number of its row."""

    @property
    def row_count(self) -> int:
        """Number of terms."""

    def find(self, term: bytes) -> int | None:
        """The row of a term, or None."""

    def first_from(self, term: bytes) -> int:
        """The row of the first term that is not before this one; `row_count` if there is none."""

    def term(self, row: int) -> bytes:
        """The term of a row."""

    def terms(self, first: int = 0) -> Iterator[bytes]:
        """The terms from a row on, in order."""


class SegmentField(Protocol):
    """The terms of a field with their postings."""

    @property
    def dictionary(self) -> SortedTerms:
        """The terms."""

    def postings(self, term: bytes) -> SegmentPostings:
        """The postings of a term of the dictionary, deleted documents included."""


class ZoneTerms:
    """Those terms of a dictionary that stand in some rows of it."""

    def __init__(self, dictionary: TermDictionary, rows: Ints) -> None:
        """rows: ascending."""
        self._dictionary = dictionary
        self._rows = rows
        self.row_count = len(rows)

    def find(self, term: bytes) -> int | None:
        """See `SortedTerms`."""
        row = self.first_from(term)
        return row if row < self.row_count and self.term(row) == term else None

    def first_from(self, term: bytes) -> int:
        """See `SortedTerms`."""
        return int(self._rows.searchsorted(self._dictionary.first_from(term)))

    def term(self, row: int) -> bytes:
        """See `SortedTerms`."""
        return self._dictionary.term(int(self._rows[row]))

    def terms(self, first: int = 0) -> Iterator[bytes]:
        """See `SortedTerms`."""
        for start in range(first, self.row_count, GROUP_ROWS):
            yield from self._dictionary.terms_at(self._rows[start : start + GROUP_ROWS])


class _Chunk(NamedTuple):
    """Some postings of a field, or parts of them; a term and document may come repeatedly.

    rows: of their terms, in the dictionary of all zones. docs, freqs: all of shape (items,).
    """

    rows: Ints
    docs: Ints
    freqs: Ints


class WordField:
    """A field of words. Safe for use by several threads."""

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
        for chunk in self._chunks():
            held[chunk.rows] = True
        return ZoneTerms(self._all_terms, np.flatnonzero(held))

    def postings(self, term: bytes) -> SegmentPostings:
        """See `SegmentField`."""
        text = _text(term)
        docs, freqs = self._segment.matching(self._name, text)
        return SegmentPostings(
            (self._name, term),
            docs,
            freqs,
            self._lengths[docs],
            lambda: self._segment.occurrences(self._name, text).positions,
        )

    def vector(self, doc: int, vector_format: Any) -> VectorMatcher:
        """The terms of a document, in order, and how often each is in it."""
        counts = np.zeros(self._all_terms.row_count, dtype=np.int64)
        for rows, docs, freqs in self._chunks():
            here = docs == doc
            np.add.at(counts, rows[here], freqs[here])
        rows = np.flatnonzero(counts)
        terms = list(map(_text, self._all_terms.terms_at(rows)))
        return VectorMatcher(terms, counts[rows].tolist(), vector_format)

    def _chunks(self) -> Iterator[_Chunk]:
        """All postings of the field, some at a time."""
        numbers = self._field.terms.numbers()
        starts = {name: _sums(each) for name, each in numbers.items()}
        groups = starts["postings"][:-1] // _CHUNK_POSTINGS
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
                for zone in zones[: zones.index(self._view.zone)]:
                    before += self._column(zone, ranges)
                inside = self._column(self._view.zone, ranges)
            if not self._view.is_exact:
                held = inside > 0
                yield _Chunk(rows[held], docs[held], inside[held])
                continue
            # The occurrences of a posting follow one another, and in them those of a zone.
            offsets = sums_before(freqs) + before - sums_before(inside)
            places = np.repeat(offsets, inside) + np.arange(int(inside.sum()))
            codes = self._column("forms", ranges, of="occurrences")[places]
            codes += starts["forms"][np.repeat(rows, inside)] - ranges["forms"][0]
            form_rows = self._segment.forms[self._view.base].rows_of_terms(*ranges["forms"])
            yield _Chunk(
                form_rows[codes].astype(np.int64), np.repeat(docs, inside), np.ones_like(codes)
            )

    def _column(self, name: str, ranges: dict[str, tuple[int, int]], of: str = "postings") -> Ints:
        return self._field.columns[name].read(*ranges[of]).astype(np.int64)


def _sums(counts: npt.NDArray[Any]) -> Ints:
    """The running totals before each item and after the last, shape (items + 1,)."""
    return np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))


def _text(term: bytes) -> str:
    return term.decode("utf-8", "surrogatepass")


class IdField:
    """The ids of the articles of a segment: each is a term of one document."""

    def __init__(self, segment: Segment) -> None:
        self.dictionary: SortedTerms = segment.ids
        self._segment = segment

    def postings(self, term: bytes) -> SegmentPostings:
        """See `SegmentField`."""
        doc = self._segment.find_id(_text(term))
        one = np.ones(1, dtype=np.int64)
        return SegmentPostings(("id", term), one * (doc or 0), one, 0 * one, lambda: 0 * one)


def segment_fields(
    segment: Segment, lengths: Callable[[str], npt.NDArray[Any]]
) -> dict[str, SegmentField]:
    """All searchable fields of a segment, in the order of their names.

    lengths: from a field to the lengths of the documents in it, shape (documents,).
    """
    fields: dict[str, SegmentField] = {
        name: WordField(segment, name, lengths(name)) for name in VIEWS
    }
    fields["id"] = IdField(segment)
    return dict(sorted(fields.items()))


class SegmentTerms(base.TermsReader):
    """The terms of a segment, as Whoosh asks for them. Safe for use by several threads."""

    def __init__(self, fields: Mapping[str, SegmentField]) -> None:
        """fields: by name, in the order of their names."""
        self._fields = fields

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self._fields.get(term[0])
        return field is not None and field.dictionary.find(term[1]) is not None

    def indexed_field_names(self) -> list[str]:
        """The fields that have terms, sorted."""
        return list(self._fields)

    def cursor(self, fieldname: str, fieldobj: Any) -> TermCursor | base.EmptyCursor:
        """A place among the terms of a field."""
        field = self._fields.get(fieldname)
        return base.EmptyCursor() if field is None else TermCursor(field, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All fields and terms, in order."""
        for fieldname, field in self._fields.items():
            for term in field.dictionary.terms():
                yield fieldname, term

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field that are not before a prefix, then those of the fields after it.

        Nothing if there is no such field.
        """
        names = list(self._fields)
        if fieldname not in self._fields:
            return
        for name in names[names.index(fieldname) :]:
            dictionary = self._fields[name].dictionary
            first = dictionary.first_from(prefix) if name == fieldname else 0
            for term in dictionary.terms(first):
                yield name, term

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """As `terms_from`, with statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def _postings(self, fieldname: str, text: bytes) -> SegmentPostings:
        if (fieldname, text) not in self:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        return self._fields[fieldname].postings(text)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a term. Raises TermNotFound."""
        return self._postings(fieldname, text).info

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term occurs, 0 if there is none."""
        return self.term_info(fieldname, text).weight() if (fieldname, text) in self else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """The number of postings of a term, 0 if there is none."""
        return len(self._postings(fieldname, text)) if (fieldname, text) in self else 0

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> PostingsMatcher:
        """A matcher at the first posting of a term. Raises TermNotFound."""
        return PostingsMatcher(self._postings(fieldname, text), format_, scorer)


class TermCursor(base.FieldCursor):
    """A place among the terms of a field; texts are as the field decodes them."""

    def __init__(self, field: SegmentField, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._row = 0

    def first(self) -> Any:
        """Go to the first term. Returns its text."""
        self._row = 0
        return self.text()

    def find(self, string: Any) -> Any:
        """Go to the first term that is not before a text. Returns its text, or None."""
        term = string if isinstance(string, bytes) else self._fieldobj.to_bytes(string)
        self._row = self._field.dictionary.first_from(term)
        return self.text()

    def next(self) -> Any:
        """Go to the next term. Returns its text, or None."""
        self._row = min(self._row + 1, self._field.dictionary.row_count)
        return self.text()

    def text(self) -> Any:
        """The text of the term, or None after the last."""
        if not self.is_valid():
            return None
        return self._fieldobj.from_bytes(self._field.dictionary.term(self._row))

    term = text

    def term_info(self) -> TermInfo | None:
        """The statistics of the term, or None after the last."""
        if not self.is_valid():
            return None
        return self._field.postings(self._field.dictionary.term(self._row)).info

    def is_valid(self) -> bool:
        """Whether there is a term at this place."""
        return self._row < self._field.dictionary.row_count

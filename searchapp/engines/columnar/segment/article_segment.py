"""A segment of articles, open for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from searchapp.article_text import ArticlePart
from searchapp.deadline import NEVER, Deadline
from searchapp.engines.columnar.segment.layout import DOCUMENT_STREAMS, LAYOUTS, VIEWS
from searchapp.engines.columnar.segment.postings import (
    FieldPostings,
    TermPostings,
    restarted_sums,
    sums_before,
)
from searchapp.engines.columnar.segment.stored_article import (
    OPENING_BYTES,
    LongRecord,
    long_record,
    stored_article,
    stored_indexed_title,
)
from searchapp.engines.columnar.segment.token_spans import TokenSpans, token_count, token_spans
from searchapp.engines.evaluation.doc_set import Docs
from searchapp.engines.fields import exact_field
from searchapp.engines.storage.number_stream import NumberStream
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile
from searchapp.engines.storage.tables import RowTable, TermDictionary
from searchapp.model import Article
from searchapp.translation import N_

Ints = npt.NDArray[np.int64]


class Occurrences(NamedTuple):
    """Where a term of a searchable field stands: all of shape (occurrences,).

    docs: ascending. positions: ascending within a document.
    """

    docs: Ints
    positions: Ints


class Matching(NamedTuple):
    """The documents of a term of a searchable field, ascending, and how often it is in each."""

    docs: npt.NDArray[np.int32]
    freqs: npt.NDArray[np.number[Any]]


_READ_AT_ONCE = 1 << 18
"""Bytes of the stored articles that are read at once where all are wanted."""

_POSTINGS_AT_ONCE = 1 << 21

_STORED, _TOKENS = map(DOCUMENT_STREAMS.index, ("stored", "tokens"))

_NOTHING = Matching(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


class ExactForms:
    """The exact forms of the terms of a field. Safe for use by several threads."""

    def __init__(self, file: SegmentFile, field: str) -> None:
        self.dictionary = TermDictionary(file, exact_field(field))
        self._of_term = NumberStream(file, f"{exact_field(field)}/of_term")
        if self._of_term.size != self.dictionary.row_count:
            file.damaged(
                N_("the forms of %(field)r are not as many as its dictionary holds", field=field)
            )

    def find(self, form: str) -> tuple[int, int] | None:
        """The row of the term of a form, and the form's place among the forms of this term."""
        row = self.dictionary.find(form.encode("utf-8", "surrogatepass"))
        if row is None:
            return None
        (before, term), (code_before, code), _ = self.dictionary.ranges(row)
        return term - before, code - code_before

    def doc_freq(self, row: int) -> int:
        """In how many documents a form stands."""
        before, after = self.dictionary.range(row, 2)
        return after - before

    def rows_of_terms(self, first: int, last: int) -> npt.NDArray[np.uint32]:
        """The rows of the forms of terms, term after term, given the range of their forms."""
        return self._of_term.read(first, last).astype(np.uint32)


class Segment:
    """One segment. Safe for use by several threads."""

    def __init__(self, path: Path, cache: BlockCache) -> None:
        """Open a segment. Raises IndexDamaged."""
        self.file = SegmentFile(path, cache)
        try:
            self.doc_count: int = self.file.properties["docs"]
            self.fields = {layout.name: FieldPostings(self.file, layout) for layout in LAYOUTS}
            self.forms = {
                layout.name: ExactForms(self.file, layout.name)
                for layout in LAYOUTS
                if layout.has_forms
            }
            self.documents = RowTable(self.file, "documents")
            self.ids = TermDictionary(self.file, "id")
        except (KeyError, TypeError, ValueError) as error:
            self.file.damaged(N_("it is no segment of articles (%(error)r)", error=error))
        if self.documents.row_count != self.doc_count or self.ids.row_count != self.doc_count:
            self.file.damaged(N_("its tables differ in length"))

    def _located(self, field: str, term: str) -> tuple[TermPostings, int | None] | None:
        """The postings that hold a term of a searchable field, and its form where that counts."""
        view = VIEWS[field]
        base = self.fields[view.base]
        if not view.is_exact:
            found = base.find(term)
            return None if found is None else (found, None)
        place = self.forms[view.base].find(term)
        if place is None:
            return None
        row, code = place
        postings = base.at(row)
        first, last = postings.form_range
        # A term of a single form needs no look at each occurrence.
        return postings, None if last - first == 1 else code

    def doc_freq(self, field: str, term: str) -> int | None:
        """In how many documents a term is, or None where its postings have to be read for it."""
        view = VIEWS[field]
        if view.zone is not None or view.is_exact:
            return None
        found = self.fields[view.base].find(term)
        return 0 if found is None else len(found)

    def matching(self, field: str, term: str) -> Matching:
        """The documents with a term of a searchable field, and how often it is in each."""
        located = self._located(field, term)
        if located is None:
            return _NOTHING
        postings, code = located
        zone = VIEWS[field].zone
        return _matching(postings, zone, code)

    def occurrences(self, field: str, term: str) -> Occurrences:
        """All places where a term of a searchable field stands."""
        located = self._located(field, term)
        if located is None:
            return Occurrences(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        postings, code = located
        docs = np.repeat(postings.docs.astype(np.int64), postings.freqs)
        positions = postings.positions
        zone = VIEWS[field].zone
        if code is None and zone is None:
            return Occurrences(docs, positions)
        wanted = np.ones(len(docs), dtype=np.bool_) if zone is None else _inside(postings, zone)
        if code is not None:
            wanted &= postings.forms == code
        return Occurrences(docs[wanted], positions[wanted])

    def article(self, doc: int, deadline: Deadline = NEVER) -> Article:
        """The stored article of a document, its `origin` left empty.

        Raises SearchTimeout if there is not the time to read a very long one.
        """
        start, stop = self.documents.range(doc, _STORED)
        if stop - start <= OPENING_BYTES:
            return self._short_article(doc, start, stop)
        with self._understood(doc):
            return self._long_record(start, stop, deadline).whole()

    def _short_article(self, doc: int, start: int, stop: int) -> Article:
        # Not within `_understood`: a page has dozens of them.
        try:
            return stored_article(self.file.stream("stored").read(start, stop))
        except (ValueError, TypeError) as error:
            self._not_understood(doc, error)

    def _long_record(self, start: int, stop: int, deadline: Deadline) -> LongRecord:
        stored = self.file.stream("stored")

        def read(first: int, last: int) -> bytes:
            deadline.check()
            return stored.read(first, last)

        return long_record(read, start, stop)

    @contextmanager
    def _understood(self, doc: int) -> Iterator[None]:
        """Raises IndexDamaged where the stored record of a document is not understood."""
        try:
            yield
        except (ValueError, TypeError) as error:
            self._not_understood(doc, error)

    def _not_understood(self, doc: int, error: Exception) -> NoReturn:
        self.file.damaged(
            N_(
                "the record of document %(doc)s is not understood (%(error)s)",
                doc=doc,
                error=error,
            )
        )

    def indexed_titles(self, docs: Docs) -> Iterator[str]:
        """The `indexed_title` of each of some ascending documents, read one after the other."""
        stored = self.file.stream("stored")
        ends = np.cumsum(self.documents.numbers()["stored"], dtype=np.int64)
        start, text = 0, b""
        for doc, stop in zip(docs.tolist(), ends[docs].tolist(), strict=True):
            first = int(ends[doc - 1]) if doc else 0
            if stop - first > OPENING_BYTES:
                yield self.opening(doc)[0].indexed_title
                continue
            if stop > start + len(text):
                start = first
                text = stored.read(start, max(stop, min(stored.size, start + _READ_AT_ONCE)))
            with self._understood(doc):
                title = stored_indexed_title(text[first - start : stop - start])
            yield title

    def stored_bytes(self, doc: int) -> int:
        """How large the record of a document is."""
        start, stop = self.documents.range(doc, _STORED)
        return stop - start

    def opening(
        self, doc: int, size: int = OPENING_BYTES, deadline: Deadline = NEVER
    ) -> tuple[Article, bool]:
        """The stored article of a document, of a very long one with the beginning of its body.

        And whether that is all of it. size: of that beginning, in bytes, at least OPENING_BYTES.
        Raises SearchTimeout.
        """
        start, stop = self.documents.range(doc, _STORED)
        if stop - start <= OPENING_BYTES:
            return self._short_article(doc, start, stop), True
        with self._understood(doc):
            opening = self._long_record(start, stop, deadline).opening(size)
        return (self.article(doc, deadline), True) if opening is None else (opening, False)

    def part(self, doc: int, number: int, deadline: Deadline = NEVER) -> ArticlePart | None:
        """A part of a very long article by its number, from 1; None for one that is not.

        Raises SearchTimeout.
        """
        start, stop = self.documents.range(doc, _STORED)
        if stop - start <= OPENING_BYTES:
            return None
        with self._understood(doc):
            return self._long_record(start, stop, deadline).part(number)

    def body(self, doc: int, deadline: Deadline = NEVER) -> Iterator[str]:
        """The body of a document, a piece at a time. Raises SearchTimeout."""
        start, stop = self.documents.range(doc, _STORED)
        if stop - start <= OPENING_BYTES:
            yield self._short_article(doc, start, stop).body
            return
        with self._understood(doc):
            yield from self._long_record(start, stop, deadline).pieces()

    def tokens(self, doc: int, limit: int | None = None) -> TokenSpans:
        """Where the tokens of title, tags and body of a document stand.

        limit: only the first so many.
        """
        start, stop = self.documents.range(doc, _TOKENS)
        try:
            return token_spans(self.file.stream("tokens").read, start, stop, limit)
        except ValueError as error:
            self._tokens_not_understood(doc, error)

    def token_record(self, doc: int) -> bytes:
        """The record of `token_spans`."""
        return self.file.stream("tokens").read(*self.documents.range(doc, _TOKENS))

    def form_text(self, field: str, postings: TermPostings, ordinal: int) -> str:
        """The text of one of the exact forms of a term, by its ordinal among them."""
        text = postings.form_texts.get(ordinal)
        if text is None:
            forms = self.forms[field]
            row = postings.form_range[0] + ordinal
            term = forms.dictionary.term(int(forms.rows_of_terms(row, row + 1)[0]))
            text = postings.form_texts[ordinal] = term.decode("utf-8", "surrogatepass")
        return text

    def form_counts(self, field: str, docs: npt.NDArray[np.bool_]) -> Ints:
        """In how many of some documents each exact form of a field stands.

        docs: shape (documents,), True for those that count. Shape (forms,). All postings of the
        field are read, some at a time.
        """
        terms = self.fields[field].terms.numbers()
        forms = self.forms[field]
        total = np.zeros(forms.dictionary.row_count, dtype=np.int64)
        ends = np.cumsum(terms["postings"], dtype=np.int64)
        borders = ends.searchsorted(np.arange(0, ends[-1] if len(ends) else 0, _POSTINGS_AT_ONCE))
        for first, last in pairwise([*np.unique(borders).tolist(), len(ends)]):
            total += self._form_counts(field, docs, first, last)
        return total

    def _form_counts(self, field: str, docs: npt.NDArray[np.bool_], first: int, last: int) -> Ints:
        """The same for the terms [first, last) alone."""
        postings, forms = self.fields[field], self.forms[field]
        numbers = postings.terms.numbers(first, last)
        begin, end = postings.terms.ranges(first), postings.terms.ranges(last - 1)
        (row, row_end), (place, place_end), (form, form_end) = (
            (before, after) for (before, _), (_, after) in zip(begin, end, strict=True)
        )
        columns = postings.columns
        its_docs = restarted_sums(columns["docs"].read(row, row_end), numbers["postings"])
        counted = np.flatnonzero(docs[its_docs])
        freqs = columns["freqs"].read(row, row_end).astype(np.int64)
        starts, freqs = sums_before(freqs)[counted], freqs[counted]
        within = np.repeat(starts - sums_before(freqs), freqs) + np.arange(int(freqs.sum()))
        terms = np.repeat(np.arange(last - first), numbers["postings"])[counted]
        codes = columns["forms"].read(place, place_end)[within].astype(np.int64)
        codes += np.repeat(sums_before(numbers["forms"])[terms], freqs)
        # A form counts once in a document, however often it stands there.
        once = np.unique(np.repeat(counted, freqs) * (form_end - form + 1) + codes)
        rows = forms.rows_of_terms(form, form_end)[once % (form_end - form + 1)]
        return np.bincount(rows, minlength=forms.dictionary.row_count)

    def token_count(self, doc: int) -> int:
        """How many tokens a document has, at most; nearly always it is a few less."""
        start, stop = self.documents.range(doc, _TOKENS)
        return stop - start

    def has_more_tokens(self, doc: int, limit: int) -> bool:
        """Whether a document has more than so many tokens."""
        start, stop = self.documents.range(doc, _TOKENS)
        if stop - start <= limit:
            return False
        try:
            return token_count(self.file.stream("tokens").read, start, stop) > limit
        except ValueError as error:
            self._tokens_not_understood(doc, error)

    def _tokens_not_understood(self, doc: int, error: Exception) -> NoReturn:
        self.file.damaged(
            N_(
                "the tokens of document %(doc)s are not understood (%(error)s)",
                doc=doc,
                error=error,
            )
        )

    def find_id(self, article_id: str) -> int | None:
        """The document with this id, or None."""
        row = self.ids.find(article_id.encode("utf-8", "surrogatepass"))
        if row is None:
            return None
        before, after = self.ids.range(row, 0)
        return after - before

    def id_of(self, doc: int) -> str:
        """The id of a document; its article is not read for that."""
        return self.ids.term(int(self._id_rows[doc])).decode("utf-8", "surrogatepass")

    @cached_property
    def _id_rows(self) -> npt.NDArray[np.uint32]:
        """The row of each document in the dictionary of ids, made once: 4 bytes each."""
        (docs,) = self.ids.numbers().values()
        rows = np.zeros(self.doc_count, dtype=np.uint32)
        try:
            rows[docs] = np.arange(len(docs), dtype=np.uint32)
        except IndexError as error:
            self.file.damaged(N_("its ids are not those of its documents (%(error)s)", error=error))
        return rows


def _matching(postings: TermPostings, zone: str | None, code: int | None) -> Matching:
    """The documents of a term in a zone, or in all of the field, in one form or in any."""
    freqs: npt.NDArray[np.number[Any]]
    if code is not None:
        wanted = postings.forms == code
        if zone is not None:
            wanted &= _inside(postings, zone)
        freqs = np.add.reduceat(wanted, postings.occurrence_starts, dtype=np.float32)
    else:
        freqs = postings.freqs if zone is None else postings.counts(zone)
    docs = postings.docs
    if code is not None or zone is not None:
        found = np.flatnonzero(freqs != 0)
        docs, freqs = docs[found], freqs[found]
    return Matching(docs, freqs)


def _inside(postings: TermPostings, zone: str) -> npt.NDArray[np.bool_]:
    """Which occurrences stand in a zone: those of the first zone come first, and so on."""
    zones = postings._field.layout.zones
    freqs = postings.freqs
    before = np.zeros(len(postings), dtype=np.int64)
    for each in zones[: zones.index(zone)]:
        before += postings.counts(each)
    after = before + postings.counts(zone)
    place = np.arange(int(freqs.sum())) - np.repeat(sums_before(freqs), freqs)
    inside: npt.NDArray[np.bool_] = (place >= np.repeat(before, freqs)) & (
        place < np.repeat(after, freqs)
    )
    return inside

"""Answering from the segments of a generation folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.article_text import ArticlePart
from searchapp.deadline import Deadline
from searchapp.engines.base import NO_MATCHES, ArticleMatches
from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.stored_article import OPENING_BYTES
from searchapp.engines.columnar.segment_vocabulary import SegmentsVocabulary
from searchapp.engines.columnar.suggestion_file import SuggestionFile
from searchapp.engines.columnar.token_finder import TokenFinder
from searchapp.engines.evaluation.array_snapshot import ArraySnapshot, QueryRules
from searchapp.engines.evaluation.columns import NO_DATE, Columns
from searchapp.engines.evaluation.doc_set import Docs, Integers, Mask
from searchapp.engines.evaluation.highlighter import Highlighter, in_time, sought_keys
from searchapp.engines.evaluation.plan import Floats, Place, Postings
from searchapp.engines.evaluation.related_words import SubjectWords
from searchapp.engines.evaluation.suggestion_tables import ArrayTables
from searchapp.engines.meaning import HighlightTerm
from searchapp.engines.storage.segment_file import SizedCache
from searchapp.german import Analyzer
from searchapp.model import Article

MARKED_TOKENS = 1 << 18
"""Of an article among others: its first tokens are looked at for matches to show, more than a book
has."""
MARKED_TOKENS_OF_ONE = 1 << 19
"""The same of an article that is shown by itself: some books. Each takes 80 bytes meanwhile."""
MARKED_BYTES_OF_ONE = 6 << 20
"""And what is read of its text for that: nearly twice as much as so many tokens mostly take."""

KEPT_POSTINGS_BYTES = 24 << 20
"""Keeping the postings of words that are sought often saves nearly all of the reading."""


class PlacedSegment(NamedTuple):
    """A segment and the number of its first document.

    live: shape (documents,), or None if no document is deleted.
    """

    segment: Segment
    base: int
    live: Mask | None


def placed(segments: Iterable[Segment], columns: Columns) -> list[PlacedSegment]:
    """Number the documents of some segments, one segment after the other."""
    found, base = [], 0
    for segment in segments:
        live = columns.live[base : base + segment.doc_count]
        found.append(PlacedSegment(segment, base, None if live.all() else live))
        base += segment.doc_count
    return found


def located(segments: Sequence[PlacedSegment], doc: int) -> tuple[Segment, int]:
    """The segment of a document and its number there."""
    for segment, base, _ in reversed(segments):
        if doc >= base:
            return segment, doc - base
    raise ValueError(f"there is no document {doc}")


class KeptPostings(NamedTuple):
    """The postings of a term of a searchable field in all segments, as they are kept."""

    postings: Postings

    @property
    def size_bytes(self) -> int:
        """Estimated bytes in memory."""
        return 500 + sum(array.nbytes for array in self.postings)


class ColumnarPostings:
    """The PostingsSource of one request: lists are read once, however often they are asked for."""

    def __init__(
        self,
        segments: Sequence[PlacedSegment],
        columns: Columns,
        kept: SizedCache[KeptPostings],
        deadline: Deadline,
    ) -> None:
        """kept: the postings that earlier requests have read."""
        self._segments = segments
        self._columns = columns
        self._kept = kept
        self._deadline = deadline
        self._read: dict[tuple[str, str], Postings] = {}

    @property
    def max_doc(self) -> int:
        """See `PostingsSource`."""
        return len(self._columns.live)

    def doc_freq(self, field: str, term: str) -> int:
        """See `PostingsSource`. Exact: an update ranks as a rebuild does."""
        known = self._read.get((field, term))
        if known is None:
            counts = [
                segment.doc_freq(field, term) if live is None else None
                for segment, _, live in self._segments
            ]
            known_counts = [count for count in counts if count is not None]
            if len(known_counts) == len(counts):
                return sum(known_counts)
            known = self.postings(field, term)
        return len(known.docs)

    def postings(self, field: str, term: str) -> Postings:
        """See `PostingsSource`."""
        key = field, term
        known = self._read.get(key)
        if known is None:
            self._deadline.check()
            kept = self._kept.get(key, lambda: self._joined_postings(field, term))
            known = self._read[key] = kept.postings
        return known

    def _joined_postings(self, field: str, term: str) -> KeptPostings:
        found = [(each.segment.matching(field, term), each.base) for each in self._segments]
        docs = self._joined([(each.docs, base) for each, base in found])
        freqs = np.concatenate([each.freqs for each, _ in found])
        kept = KeptPostings(self._without_deleted(docs, freqs))
        for array in kept.postings:
            array.flags.writeable = False  # Many requests share it.
        return kept

    def _joined(self, lists: Sequence[tuple[Integers, int]]) -> Integers:
        if len(lists) == 1:
            return lists[0][0]
        return np.concatenate([docs + base for docs, base in lists if len(docs)] or [_NO_DOCS])

    def _without_deleted(self, docs: Integers, freqs: npt.NDArray[np.number[Any]]) -> Postings:
        if self._columns.has_deleted:
            live = self._columns.live[docs]
            docs, freqs = docs[live], freqs[live]
        return Postings(docs, freqs)

    def docs_of_any(self, field: str, terms: Sequence[str]) -> Integers:
        """See `PostingsSource`."""
        lists = [self.postings(field, term).docs for term in terms]
        return np.concatenate(lists) if lists else _NO_DOCS

    def adjacent(self, places: Sequence[Place]) -> Postings:
        """See `PostingsSource`."""
        docs, freqs = [], []
        for segment, base, _ in self._segments:
            self._deadline.check()
            found, counts = self._adjacent(segment, places)
            docs.append(found + base)
            freqs.append(counts)
        return self._without_deleted(np.concatenate(docs), np.concatenate(freqs))

    def _adjacent(self, segment: Segment, places: Sequence[Place]) -> tuple[Integers, Integers]:
        """Where terms stand at consecutive positions in one segment.

        An occurrence is document and position in one number; those of the terms that may stand at
        each place, moved back to where the phrase would begin, are intersected, from the rarest
        place on.
        """
        nothing = (_NO_DOCS, _NO_DOCS)
        sizes = [
            sum(len(segment.matching(place.field, term).docs) for term in self._timed(place.terms))
            for place in places
        ]
        if not all(sizes):
            return nothing
        rarest, *others = np.argsort(sizes, kind="stable").tolist()
        found = list(self._begins(segment, places[rarest], rarest))
        starts = found[0] if len(found) == 1 else np.unique(np.concatenate(found))
        for number in others:
            held = np.zeros(len(starts), dtype=np.bool_)
            for begins in self._begins(segment, places[number], number):
                held |= _contained(starts, begins)
            starts = starts[held]
            if not len(starts):
                return nothing
        docs = starts >> 32
        firsts = np.flatnonzero(np.diff(docs, prepend=-1))
        return docs[firsts], np.diff(firsts, append=len(docs))

    def _begins(self, segment: Segment, place: Place, number: int) -> Iterator[Integers]:
        """For each term of a place that occurs, where phrases would begin, ascending."""
        for term in self._timed(place.terms):
            docs, positions = segment.occurrences(place.field, term)
            if len(docs):
                yield (docs << 32) + positions - number

    def _timed(self, terms: Sequence[str]) -> Iterator[str]:
        """The terms, with a look at the clock before each: a pattern stands for hundreds."""
        for term in terms:
            self._deadline.check()
            yield term

    def dated(self, first_day: int, last_day: int) -> Docs:
        """See `PostingsSource`."""
        days = self._columns.days
        inside = (days >= max(first_day, NO_DATE + 1)) & (days <= last_day)
        if self._columns.has_deleted:
            inside &= self._columns.live
        return np.flatnonzero(inside)

    def all_docs(self) -> Docs:
        """See `PostingsSource`."""
        return self._columns.all_docs

    def norms(self, field: str) -> Floats:
        """See `PostingsSource`."""
        return self._columns.norms(field)


_NO_DOCS: Docs = np.empty(0, dtype=np.intp)


def _contained(numbers: Integers, others: Integers) -> Mask:
    """Which of some numbers are among others; both ascending, and others not empty."""
    if len(numbers) <= len(others):
        contained: Mask = others.take(others.searchsorted(numbers), mode="clip") == numbers
        return contained
    contained = np.zeros(len(numbers), dtype=np.bool_)
    places = numbers.searchsorted(others)
    contained[places[numbers.take(places, mode="clip") == others]] = True
    return contained


class ColumnarSnapshot(ArraySnapshot):
    """The Snapshot of the columnar engine."""

    _suggests_deleted = False  # The tables are made of live articles, at each commit.

    def __init__(
        self,
        segments: Sequence[Segment],
        analyzer: Analyzer,
        columns: Columns,
        rules: QueryRules,
        tables: SuggestionFile,
    ) -> None:
        self._tables = tables
        self._kept: SizedCache[KeptPostings] = SizedCache(KEPT_POSTINGS_BYTES)
        self._segments = placed(segments, columns)
        vocabulary = SegmentsVocabulary(segments, [each.live for each in self._segments])
        super().__init__(analyzer, columns, vocabulary, rules)

    @contextmanager
    def _source(self, deadline: Deadline) -> Iterator[ColumnarPostings]:
        yield ColumnarPostings(self._segments, self._columns, self._kept, deadline)

    def _located(self, doc: int) -> tuple[Segment, int]:
        return located(self._segments, doc)

    def _article(self, doc: int) -> Article:
        segment, local = self._located(doc)
        article, _ = segment.opening(local)
        return article

    def _part(self, doc: int, number: int, deadline: Deadline) -> ArticlePart | None:
        segment, local = self._located(doc)
        return segment.part(local, number, deadline)

    def _body(self, doc: int) -> Iterator[str]:
        segment, local = self._located(doc)
        return segment.body(local)

    def _ids(self, docs: Sequence[int]) -> tuple[str, ...]:
        return tuple(segment.id_of(local) for segment, local in map(self._located, docs))

    def _stored_bytes(self, doc: int) -> int:
        segment, local = self._located(doc)
        return segment.stored_bytes(local)

    def _doc(self, article_id: str) -> int | None:
        for segment, base, live in self._segments:
            local = segment.find_id(article_id)
            if local is not None and (live is None or live[local]):
                return base + local
        return None

    def _marked(
        self,
        docs: Sequence[int],
        terms: Sequence[HighlightTerm],
        deadline: Deadline,
        *,
        whole: bool,
    ) -> list[tuple[Article, ArticleMatches]]:
        limit = MARKED_TOKENS_OF_ONE if whole else MARKED_TOKENS
        sought = sought_keys(terms)
        read = MARKED_BYTES_OF_ONE if whole and sought else OPENING_BYTES
        located = [self._located(doc) for doc in docs]
        by_segment: dict[Segment, list[int]] = {}
        for segment, doc in located:
            by_segment.setdefault(segment, []).append(doc)
        finders: dict[Segment, TokenFinder] = {}
        highlighter = Highlighter(terms)

        def matches(
            segment: Segment, doc: int, article: Article, is_whole: bool, deadline: Deadline
        ) -> ArticleMatches:
            if segment not in finders:
                its_docs = sorted(by_segment[segment])
                finders[segment] = TokenFinder(
                    segment, its_docs, sought, self._analyzer, deadline, limit=limit
                )
            title, tags, body = finders[segment].tokens(doc, article, deadline, is_whole=is_whole)
            found = highlighter.matches(title, body, tags, deadline)
            is_complete = is_whole and not segment.has_more_tokens(doc, limit)
            return found if is_complete else found._replace(is_complete=False)

        hits = []
        for segment, doc in located:
            deadline.check()
            article, is_whole = segment.opening(doc, read, deadline)
            find = partial(matches, segment, doc, article, is_whole)
            hits.append((article, in_time(find, deadline) if sought else NO_MATCHES))
        return hits

    def _suggestion_tables(self, deadline: Deadline) -> ArrayTables:
        deadline.check()
        return self._tables.suggestions

    def _subject_words(self, deadline: Deadline) -> SubjectWords:
        deadline.check()
        return self._tables.subjects

    def close(self) -> None:
        """See `Snapshot.close`."""
        self._segments = []

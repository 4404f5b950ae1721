"""Answering from a generation folder: Whoosh yields the postings, arrays do the rest."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from queue import LifoQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from whoosh.matching.mcore import Matcher
from whoosh.reading import IndexReader

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.base import ArticleMatches
from searchapp.engines.evaluation.array_snapshot import ArraySnapshot, QueryRules
from searchapp.engines.evaluation.columns import NO_DATE, Columns
from searchapp.engines.evaluation.doc_set import Docs, Integers
from searchapp.engines.evaluation.highlighter import article_matches, in_time
from searchapp.engines.evaluation.made_once import IsGivenUp, MadeOnce
from searchapp.engines.evaluation.plan import Floats, Place, Postings
from searchapp.engines.evaluation.related_words import SubjectWords, made_subject_words
from searchapp.engines.evaluation.suggestion_tables import ArrayTables, made_tables
from searchapp.engines.evaluation.vocabulary_table import VocabularyTable
from searchapp.engines.meaning import HighlightTerm
from searchapp.engines.whoosh_engine.whoosh_writer import open_leaf_readers
from searchapp.errors import IndexDamaged, SearchappError, SearchTimeout, not_read
from searchapp.german import Analyzer
from searchapp.model import Article
from searchapp.translation import N_

STEPS_BETWEEN_CHECKS = 2000
"""Postings read between two looks at the clock."""

_NO_DOCS: Docs = np.empty(0, dtype=np.intp)

Params = ParamSpec("Params")
Answer = TypeVar("Answer")


class LeafReaders:
    """The readers of all segments, with the number of the first document of each.

    Whoosh's readers seek in their files: a search needs a set to itself.
    """

    def __init__(self, folder: Path) -> None:
        """Raises IndexDamaged."""
        try:
            self.leaves = open_leaf_readers(folder)
        except Exception as error:  # Unpickling a damaged file can raise anything.
            raise _not_read(folder, error) from error
        counts = [leaf.doc_count_all() for leaf in self.leaves]
        self.offsets = [sum(counts[:i]) for i in range(len(counts))]

    def stored(self, doc: int) -> Article:
        """The stored article of a document number."""
        place = bisect_right(self.offsets, doc) - 1
        fields: Any = self.leaves[place].stored_fields(doc - self.offsets[place])
        return Article.from_record(fields["original"])

    def with_term(self, field: str, term: str) -> Iterator[tuple[IndexReader, int]]:
        """The readers that hold a term, with their offsets."""
        key: Any = (field, term.encode("utf-8"))
        for leaf, offset in zip(self.leaves, self.offsets, strict=True):
            if key in leaf:
                yield leaf, offset

    def close(self) -> None:
        """Close all readers."""
        for leaf in self.leaves:
            leaf.close()


class WhooshPostings:
    """The PostingsSource of one request."""

    def __init__(self, readers: LeafReaders, columns: Columns, deadline: Deadline) -> None:
        self._readers = readers
        self._columns = columns
        self._deadline = deadline

    @property
    def max_doc(self) -> int:
        """See `PostingsSource`."""
        return len(self._columns.live)

    def doc_freq(self, field: str, term: str) -> int:
        """See `PostingsSource`."""
        key = term.encode("utf-8")
        found = self._readers.with_term(field, term)
        return sum(int(leaf.doc_frequency(field, key)) for leaf, _ in found)

    def postings(self, field: str, term: str) -> Postings:
        """See `PostingsSource`."""
        self._deadline.check()  # a wildcard has hundreds of short lists
        docs: list[int] = []
        freqs: list[float] = []
        for leaf, offset in self._readers.with_term(field, term):
            matcher: Matcher = leaf.postings(field, term)
            while matcher.is_active():
                docs.append(matcher.id() + offset)
                freqs.append(matcher.weight())
                if len(docs) % STEPS_BETWEEN_CHECKS == 0:
                    self._deadline.check()
                matcher.next()
        return _postings(docs, freqs)

    def docs_of_any(self, field: str, terms: Sequence[str]) -> Integers:
        """See `PostingsSource`."""
        lists = [self.postings(field, term).docs for term in terms]
        return np.concatenate(lists) if lists else _NO_DOCS

    def adjacent(self, places: Sequence[Place]) -> Postings:
        """See `PostingsSource`."""
        docs: list[Integers] = [_NO_DOCS]
        freqs: list[Integers] = [_NO_DOCS]
        for leaf, offset in zip(self._readers.leaves, self._readers.offsets, strict=True):
            found, counts = np.unique(self._starts(leaf, places) >> 32, return_counts=True)
            docs.append(found + offset)
            freqs.append(counts)
        return Postings(np.concatenate(docs), np.concatenate(freqs).astype(np.float32))

    def _starts(self, leaf: IndexReader, places: Sequence[Place]) -> Integers:
        """Where a phrase begins: document and position in one number, ascending.

        The rarest place is read first, the others only in the documents that can still match.
        """
        held = [
            place._replace(terms=tuple(self._terms_in(leaf, place.field, place.terms)))
            for place in places
        ]
        sizes = [
            sum(leaf.doc_frequency(place.field, term.encode("utf-8")) for term in place.terms)
            for place in held
        ]
        first, *others = sorted(range(len(held)), key=sizes.__getitem__)
        starts = self._begins(leaf, held[first], first, None)
        for number in others:
            if not len(starts):
                break
            wanted = np.unique(starts >> 32).tolist()
            begins = self._begins(leaf, held[number], number, wanted)
            starts = np.intersect1d(starts, begins, assume_unique=True)
        return starts

    def _terms_in(self, leaf: IndexReader, field: str, terms: Sequence[str]) -> Iterator[str]:
        for term in terms:
            self._deadline.check()  # a pattern stands for hundreds
            key: Any = (field, term.encode("utf-8"))
            if key in leaf:
                yield term

    def _begins(
        self, leaf: IndexReader, place: Place, number: int, wanted: Sequence[int] | None
    ) -> Integers:
        """Where phrases would begin that have a term of a place at it, ascending.

        number: of the place in the phrase. wanted: see `_stops`.
        """
        begins = array("q")
        for term in place.terms:
            self._deadline.check()
            matcher: Matcher = leaf.postings(place.field, term)
            for doc in self._stops(matcher, wanted):
                begin = (doc << 32) - number
                begins.extend(begin + position for position in matcher.value_as("positions"))
        return np.unique(np.array(begins, dtype=np.int64))

    def _stops(self, matcher: Matcher, wanted: Sequence[int] | None) -> Iterator[int]:
        """Step through the documents of a matcher that are among some ascending ones, or all."""
        steps = place = 0
        while matcher.is_active():
            steps += 1
            if steps % STEPS_BETWEEN_CHECKS == 0:
                self._deadline.check()
            doc = matcher.id()
            if wanted is not None:
                place = bisect_left(wanted, doc, place)
                if place == len(wanted):
                    return
                if wanted[place] > doc:
                    matcher.skip_to(wanted[place])
                    continue
            yield doc
            matcher.next()

    def dated(self, first_day: int, last_day: int) -> Docs:
        """See `PostingsSource`."""
        docs = self._columns.all_docs
        days = self._columns.days[docs]
        dated: Docs = docs[(days >= max(first_day, NO_DATE + 1)) & (days <= last_day)]
        return dated

    def all_docs(self) -> Docs:
        """See `PostingsSource`."""
        return self._columns.all_docs

    def norms(self, field: str) -> Floats:
        """See `PostingsSource`."""
        return self._columns.norms(field)


def _postings(docs: list[int], freqs: list[float]) -> Postings:
    return Postings(np.asarray(docs, dtype=np.intp), np.asarray(freqs, dtype=np.float32))


def _tells_damage(
    method: Callable[Concatenate[WhooshSnapshot, Params], Answer],
) -> Callable[Concatenate[WhooshSnapshot, Params], Answer]:
    """The method with any unforeseen exception turned into IndexDamaged or IndexUnreadable.

    Whoosh and NumPy raise any kind of exception for damage in files that opened well.
    """

    @wraps(method)
    def guarded(self: WhooshSnapshot, /, *args: Params.args, **kwargs: Params.kwargs) -> Answer:
        try:
            return method(self, *args, **kwargs)
        except SearchappError:
            raise
        except Exception as error:
            raise _not_read(self.folder, error) from error

    return guarded


def _not_read(folder: Path, error: Exception) -> SearchappError:
    remedy = N_("run: searchapp verify, then: searchapp rebuild")
    if isinstance(error, OSError | MemoryError):
        return not_read(error, N_("the index"), where=folder, remedy=remedy)
    return IndexDamaged(
        N_("the index cannot be read (%(error)r)", error=error), where=str(folder), remedy=remedy
    )


class WhooshSnapshot(ArraySnapshot):
    """The Snapshot of the stock codec."""

    _vocabulary: VocabularyTable

    def __init__(
        self, folder: Path, analyzer: Analyzer, *, rules: QueryRules, searches: int
    ) -> None:
        """Open a committed generation. searches: maximum number at a time. Raises IndexDamaged."""
        columns = Columns.load(folder / "columns")
        super().__init__(analyzer, columns, VocabularyTable(folder / "vocabulary"), rules)
        self.folder = folder
        self._searches = searches
        self._tables = MadeOnce(self._made_tables)
        self._subjects = MadeOnce(self._made_subject_words)
        # All readers are opened now: the folder may be deleted while this snapshot is in use.
        self._readers: LifoQueue[LeafReaders] = LifoQueue()
        for _ in range(self._searches):
            self._readers.put(LeafReaders(folder))

    @contextmanager
    def _reading(self) -> Iterator[LeafReaders]:
        readers = self._readers.get()
        try:
            yield readers
        finally:
            self._readers.put(readers)

    @contextmanager
    def _source(self, deadline: Deadline) -> Iterator[WhooshPostings]:
        with self._reading() as readers:
            yield WhooshPostings(readers, self._columns, deadline)

    search = _tells_damage(ArraySnapshot.search)
    values = _tells_damage(ArraySnapshot.values)
    has_article = _tells_damage(ArraySnapshot.has_article)
    article = _tells_damage(ArraySnapshot.article)
    related = _tells_damage(ArraySnapshot.related)
    corrections = _tells_damage(ArraySnapshot.corrections)
    suggestions = _tells_damage(ArraySnapshot.suggestions)
    word_families = _tells_damage(ArraySnapshot.word_families)

    def _article(self, doc: int) -> Article:
        with self._reading() as readers:
            return readers.stored(doc)

    def _doc(self, article_id: str) -> int | None:
        with self._reading() as readers:
            for leaf, offset in readers.with_term("id", article_id):
                matcher: Matcher = leaf.postings("id", article_id)
                if matcher.is_active():
                    return int(matcher.id()) + offset
        return None

    def _marked(
        self,
        docs: Sequence[int],
        terms: Sequence[HighlightTerm],
        deadline: Deadline,
        *,
        whole: bool,  # noqa: ARG002 - the stock codec gives no less than all
    ) -> list[tuple[Article, ArticleMatches]]:
        """The texts are analyzed again: the stock codec keeps no offsets."""
        hits = []
        for doc in docs:
            deadline.check()
            article = self._article(doc)
            find = partial(article_matches, article, terms, self._analyzer)
            hits.append((article, in_time(find, deadline)))
        return hits

    def _suggestion_tables(self, deadline: Deadline) -> ArrayTables:
        return self._tables.get(deadline)

    def _made_tables(self, is_given_up: IsGivenUp) -> ArrayTables:
        def titles(docs: Docs) -> Iterator[str]:
            return (self._article(doc).indexed_title for doc in docs.tolist())

        return made_tables(self._vocabulary, self._columns, self._article, titles, is_given_up)

    def _subject_words(self, deadline: Deadline) -> SubjectWords | None:
        try:
            return self._subjects.get(deadline)
        except (SearchTimeout, IndexDamaged):
            raise
        except Exception:  # It has been logged. A page can do without.
            return None

    def _made_subject_words(self, is_given_up: IsGivenUp) -> SubjectWords:
        return made_subject_words(
            self._tables.get(NEVER).words,
            lambda: self._source(NEVER),
            self._columns,
            self._analyzer.keys,
            is_given_up,
        )

    def close(self) -> None:
        """See `Snapshot.close`."""
        self._tables.close()
        self._subjects.close()
        for _ in range(self._searches):
            self._readers.get().close()
        self._vocabulary.close()

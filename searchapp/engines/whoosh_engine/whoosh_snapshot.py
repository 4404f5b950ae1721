"""Answering from a generation folder: Whoosh yields the postings, arrays do the rest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce, wraps
from pathlib import Path
from queue import LifoQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from whoosh.matching.binary import IntersectionMatcher, UnionMatcher
from whoosh.matching.mcore import Matcher
from whoosh.reading import IndexReader

from searchapp.deadline import Deadline
from searchapp.engines.base import ArticleMatches
from searchapp.engines.evaluation.array_snapshot import ArraySnapshot, QueryRules
from searchapp.engines.evaluation.columns import NO_DATE, Columns
from searchapp.engines.evaluation.doc_set import Docs, Integers
from searchapp.engines.evaluation.highlighter import article_matches
from searchapp.engines.evaluation.plan import Floats, Postings
from searchapp.engines.meaning import HighlightTerm
from searchapp.engines.whoosh_engine.vocabulary_table import VocabularyTable
from searchapp.engines.whoosh_engine.whoosh_writer import open_leaf_readers
from searchapp.errors import IndexDamaged, SearchappError
from searchapp.german import Analyzer
from searchapp.model import Article

STEPS_BETWEEN_CHECKS = 2000
"""Postings read between two looks at the clock."""

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
            raise _damaged(folder, error) from error
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
        return np.concatenate(lists) if lists else np.empty(0, dtype=np.intp)

    def adjacent(self, field: str, terms: Sequence[Sequence[str]]) -> Postings:
        """See `PostingsSource`."""
        docs: list[int] = []
        freqs: list[float] = []
        distinct = dict.fromkeys(map(tuple, terms))
        for leaf, offset in zip(self._readers.leaves, self._readers.offsets, strict=True):
            matchers = {
                choices: [
                    self._checked(leaf.postings(field, term))
                    for term in choices
                    if (field, term.encode("utf-8")) in leaf
                ]
                for choices in distinct
            }
            if not all(matchers.values()):
                continue
            together: Matcher = reduce(
                IntersectionMatcher, (reduce(UnionMatcher, some) for some in matchers.values())
            )
            in_order = [matchers[tuple(choices)] for choices in terms]
            while together.is_active():
                doc = together.id()
                starts = _positions(in_order[0], doc)
                for distance, some in enumerate(in_order[1:], start=1):
                    starts &= {place - distance for place in _positions(some, doc)}
                if starts:
                    docs.append(doc + offset)
                    freqs.append(len(starts))
                together.next()
        return _postings(docs, freqs)

    def _checked(self, matcher: Matcher) -> Matcher:
        """The matcher, looking at the clock whenever it reads a block.

        An intersection can step for long without finding anything, but not without reading.
        """
        leaf: Any = matcher
        while hasattr(leaf, "child"):  # a filter of deleted documents
            leaf = leaf.child
        read_on = getattr(leaf, "_next_block", None)
        if read_on is not None:  # a term of one document has no blocks

            def checked_read_on() -> None:
                self._deadline.check()
                read_on()

            leaf._next_block = checked_read_on
        return matcher

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


def _positions(matchers: Sequence[Matcher], doc: int) -> set[int]:
    """Where terms stand in a document, given the matchers of all of them."""
    here = (each for each in matchers if each.is_active() and each.id() == doc)
    return {place for matcher in here for place in matcher.value_as("positions")}


def _postings(docs: list[int], freqs: list[float]) -> Postings:
    return Postings(np.asarray(docs, dtype=np.intp), np.asarray(freqs, dtype=np.float32))


def _tells_damage(
    method: Callable[Concatenate[WhooshSnapshot, Params], Answer],
) -> Callable[Concatenate[WhooshSnapshot, Params], Answer]:
    """The method with any unforeseen exception turned into IndexDamaged.

    Whoosh and NumPy raise any kind of exception for damage in files that opened well.
    """

    @wraps(method)
    def guarded(self: WhooshSnapshot, /, *args: Params.args, **kwargs: Params.kwargs) -> Answer:
        try:
            return method(self, *args, **kwargs)
        except SearchappError:
            raise
        except Exception as error:
            raise _damaged(self.folder, error) from error

    return guarded


def _damaged(folder: Path, error: Exception) -> IndexDamaged:
    return IndexDamaged(
        f"the index cannot be read ({error!r})",
        where=str(folder),
        remedy="run: searchapp verify, then: searchapp rebuild",
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
    completions = _tells_damage(ArraySnapshot.completions)
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
        self, docs: Sequence[int], terms: Sequence[HighlightTerm], deadline: Deadline
    ) -> list[tuple[Article, ArticleMatches]]:
        """The texts are analyzed again: the stock codec keeps no offsets."""
        hits = []
        for doc in docs:
            deadline.check()
            article = self._article(doc)
            hits.append((article, article_matches(article, terms, self._analyzer)))
        return hits

    def close(self) -> None:
        """See `Snapshot.close`."""
        for _ in range(self._searches):
            self._readers.get().close()
        self._vocabulary.close()

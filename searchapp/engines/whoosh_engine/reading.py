"""Answering from a generation folder: Whoosh yields the postings, arrays do the rest."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce, wraps
from pathlib import Path
from queue import LifoQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from whoosh.matching.binary import IntersectionMatcher
from whoosh.matching.mcore import Matcher
from whoosh.reading import IndexReader

from searchapp.engines.base import Filters, Matches
from searchapp.engines.columns import NO_DATE, Columns
from searchapp.engines.compiling import Compiled, Ranking, Synonyms, compile_query
from searchapp.engines.deadline import Deadline
from searchapp.engines.doc_set import Docs, Integers
from searchapp.engines.fields import TEXT, parts_field
from searchapp.engines.plan import (
    Entry,
    Floats,
    Found,
    Postings,
    Word,
    evaluate,
    idf,
)
from searchapp.engines.suggesting import Suggestion, suggestions
from searchapp.engines.targets import ArticleMatches, Target, article_matches
from searchapp.engines.vocabulary import Vocabulary
from searchapp.engines.whoosh_engine.schema import stored_article
from searchapp.engines.whoosh_engine.writing import open_leaf_readers
from searchapp.errors import IndexDamaged, SearchappError
from searchapp.german import Analyzer
from searchapp.german.stems import normalized
from searchapp.model import Article, Sort
from searchapp.query import Query

STEPS_BETWEEN_CHECKS = 2000
"""Postings read between two looks at the clock."""

RELATED_TERMS = 12
RELATED_MAX_SHARE = 0.05
"""Terms in more than this share of the articles say nothing about what one is about."""
RELATED_CHARS = 5000
"""The start of a text tells its subject."""

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
        except Exception as error:  # Whoosh meets damage with whatever its unpickling raises
            raise _damaged(folder, error) from error
        counts = [leaf.doc_count_all() for leaf in self.leaves]
        self.offsets = [sum(counts[:i]) for i in range(len(counts))]

    def stored(self, doc: int) -> Article:
        """The stored article of a document number."""
        place = bisect_right(self.offsets, doc) - 1
        fields: Any = self.leaves[place].stored_fields(doc - self.offsets[place])
        return stored_article(fields["original"])

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

    def adjacent(self, field: str, terms: Sequence[str]) -> Postings:
        """See `PostingsSource`."""
        docs: list[int] = []
        freqs: list[float] = []
        rarest_first = sorted(set(terms), key=lambda term: self.doc_freq(field, term))
        for leaf, offset in self._readers.with_term(field, rarest_first[0]):
            if not all((field, term.encode("utf-8")) in leaf for term in rarest_first):
                continue
            matchers = {term: self._checked(leaf.postings(field, term)) for term in rarest_first}
            together: Matcher = reduce(IntersectionMatcher, matchers.values())
            in_order = [matchers[term] for term in terms]
            while together.is_active():
                starts = set(in_order[0].value_as("positions"))
                for distance, matcher in enumerate(in_order[1:], start=1):
                    starts &= {place - distance for place in matcher.value_as("positions")}
                if starts:
                    docs.append(together.id() + offset)
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


def _postings(docs: list[int], freqs: list[float]) -> Postings:
    return Postings(np.asarray(docs, dtype=np.intp), np.asarray(freqs, dtype=np.float32))


def _tells_damage(
    method: Callable[Concatenate[WhooshSnapshot, Params], Answer],
) -> Callable[Concatenate[WhooshSnapshot, Params], Answer]:
    """Whoosh and NumPy meet damage, in files that opened well, with any kind of exception."""

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


class WhooshSnapshot:
    """The Snapshot of the stock codec."""

    def __init__(
        self,
        folder: Path,
        analyzer: Analyzer,
        *,
        ranking: Ranking,
        synonyms: Synonyms,
        max_expansions: int,
        searches: int,
    ) -> None:
        """Open a committed generation, for so many searches at a time. Raises IndexDamaged."""
        self.folder = folder
        self._analyzer = analyzer
        self._ranking = ranking
        self._synonyms = synonyms
        self._max_expansions = max_expansions
        self._searches = searches
        # The hits of a page are marked with the query that has just found them. One value,
        # replaced whole: another thread's query is told by its identity, and compiled again.
        self._latest: tuple[Query | None, tuple[Target, ...]] = (None, ())
        self._columns = Columns.load(folder / "columns")
        self._vocabulary = Vocabulary(folder / "vocabulary")
        # All are opened now: the folder may be deleted while this snapshot still answers.
        self._readers: LifoQueue[LeafReaders] = LifoQueue()
        for _ in range(self._searches):
            self._readers.put(LeafReaders(folder))

    @property
    def doc_count(self) -> int:
        """Number of articles."""
        return len(self._columns.all_docs)

    @contextmanager
    def _reading(self) -> Iterator[LeafReaders]:
        readers = self._readers.get()
        try:
            yield readers
        finally:
            self._readers.put(readers)

    @_tells_damage
    def search(
        self,
        query: Query | None,
        filters: Filters,
        *,
        sort: Sort,
        offset: int,
        limit: int,
        facet_limit: int,
        deadline: Deadline,
    ) -> Matches:
        """See `Snapshot.search`."""
        compiled = Compiled(None, (), ())
        if query is None:
            found = Found(
                self._columns.all_docs, np.zeros(len(self._columns.all_docs), dtype=np.float32)
            )
        else:
            with self._reading() as readers:
                source = WhooshPostings(readers, self._columns, deadline)
                compiled = self._compile(query, source, deadline)
                self._latest = (query, compiled.targets)
                found = evaluate(compiled.plan or Word(()), source, deadline=deadline)
        deadline.check()
        selected, facets = self._columns.select(found.docs, filters, facet_limit=facet_limit)
        deadline.check()
        docs, scores = found.docs[selected], found.scores[selected]
        if sort != "relevance":
            scores = np.zeros_like(scores)
        page = self._columns.order(docs, scores, sort)[offset : offset + limit]
        return Matches(
            total=len(docs),
            docs=tuple(docs[page].tolist()),
            scores=tuple(scores[page].tolist()),
            facets=facets,
            notes=compiled.notes,
        )

    def _compile(self, query: Query, source: WhooshPostings, deadline: Deadline) -> Compiled:
        return compile_query(
            query,
            analyzer=self._analyzer,
            vocabulary=self._vocabulary,
            doc_freq=source.doc_freq,
            doc_count=self.doc_count,
            ranking=self._ranking,
            synonyms=self._synonyms,
            max_expansions=self._max_expansions,
            deadline=deadline,
        )

    @_tells_damage
    def article(self, doc: int) -> Article:
        """See `Snapshot.article`."""
        with self._reading() as readers:
            return readers.stored(doc)

    @_tells_damage
    def document_number(self, article_id: str) -> int | None:
        """See `Snapshot.document_number`."""
        with self._reading() as readers:
            for leaf, offset in readers.with_term("id", article_id):
                matcher: Matcher = leaf.postings("id", article_id)
                if matcher.is_active():
                    return int(matcher.id()) + offset
        return None

    @_tells_damage
    def hits(
        self, docs: Sequence[int], query: Query | None, *, deadline: Deadline
    ) -> list[tuple[Article, ArticleMatches]]:
        """See `Snapshot.hits`. The texts are analyzed again."""
        with self._reading() as readers:
            articles = [readers.stored(doc) for doc in docs]
            latest_query, targets = self._latest
            if query is None:
                targets = ()
            elif latest_query is not query:
                source = WhooshPostings(readers, self._columns, deadline)
                targets = self._compile(query, source, deadline).targets
        hits = []
        for article in articles:
            deadline.check()
            hits.append((article, article_matches(article, targets, self._analyzer)))
        return hits

    @_tells_damage
    def related(self, doc: int, *, limit: int, deadline: Deadline) -> tuple[int, ...]:
        """The articles that share the most telling words of the title and the opening."""
        article = self.article(doc)
        text = "\n".join((article.title, *article.tags, article.body[:RELATED_CHARS]))
        stems = Counter(token.stem for token in self._analyzer.analyze(text))
        with self._reading() as readers:
            source = WhooshPostings(readers, self._columns, deadline)
            entries = []
            for stem, count in stems.items():
                doc_freq = source.doc_freq(TEXT, stem)
                if 2 <= doc_freq <= max(10, RELATED_MAX_SHARE * self.doc_count):
                    entries.append(Entry(TEXT, stem, count * idf(doc_freq, self.doc_count)))
            entries.sort(key=lambda entry: (-entry.weight, entry.term))
            plan = Word(tuple(entries[:RELATED_TERMS]))
            docs, scores = evaluate(plan, source, deadline=deadline)
        others = docs != doc
        docs, scores = docs[others], scores[others]
        return tuple(docs[self._columns.order(docs, scores, "relevance")[:limit]].tolist())

    @_tells_damage
    def suggestions(self, word: str, *, limit: int, deadline: Deadline) -> list[Suggestion]:
        """See `Snapshot.suggestions`."""
        keys = self._analyzer.keys_of(normalized(word))
        with self._reading() as readers:
            source = WhooshPostings(readers, self._columns, deadline)
            own_freq = sum(source.doc_freq(name, keys.stem) for name in (TEXT, parts_field(TEXT)))
        return suggestions(keys, own_freq, self._vocabulary, limit=limit, deadline=deadline)

    def close(self) -> None:
        """See `Snapshot.close`."""
        for _ in range(self._searches):
            self._readers.get().close()
        self._vocabulary.close()

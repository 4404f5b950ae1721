"""A snapshot that answers from whole postings lists: what all engines of this kind share.

The query is compiled to a plan, the plan evaluated on the engine's postings, filters, facets and
order taken from the columns: one pass over the matches.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np

from searchapp.deadline import Deadline
from searchapp.engines.base import ArticleMatches, Matches, Suggestion
from searchapp.engines.evaluation.columns import Columns
from searchapp.engines.evaluation.compiler import Compiled, Synonyms, compile_query
from searchapp.engines.evaluation.facet_counts import FilterMasks, allowed_docs
from searchapp.engines.evaluation.highlighter import Target
from searchapp.engines.evaluation.plan import Entry, Everything, PostingsSource, Word, evaluate, idf
from searchapp.engines.evaluation.spelling import suggestions
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.fields import TEXT, parts_field
from searchapp.facets import FACETS, Filters
from searchapp.german import Analyzer
from searchapp.german.stems import normalized
from searchapp.model import Article, Sort
from searchapp.query import Query
from searchapp.settings import Ranking

RELATED_TERMS = 12
RELATED_MAX_SHARE = 0.05
"""Terms in more than this share of the articles say nothing about what one is about."""
RELATED_CHARS = 5000
"""The start of a text tells its subject."""


@dataclass(frozen=True, slots=True)
class QueryRules:
    """What a query is compiled with, besides the index.

    max_expansions: words that one wildcard may stand for.
    """

    ranking: Ranking
    synonyms: Synonyms
    max_expansions: int


class ArraySnapshot(ABC):
    """See `searchapp.engines.base.Snapshot`. Safe for use by several threads."""

    def __init__(
        self, analyzer: Analyzer, columns: Columns, vocabulary: Vocabulary, rules: QueryRules
    ) -> None:
        self._analyzer = analyzer
        self._columns = columns
        self._vocabulary = vocabulary
        self._rules = rules
        # The hits of a page are marked with the query that has just found them. One value,
        # replaced whole: another thread's query is told by its identity, and compiled again.
        self._latest: tuple[Query | None, tuple[Target, ...]] = (None, ())

    @abstractmethod
    def _source(self, deadline: Deadline) -> AbstractContextManager[PostingsSource]:
        """The postings, for one request."""

    @abstractmethod
    def article(self, doc: int) -> Article:
        """See `Snapshot.article`."""

    @abstractmethod
    def _marked(
        self, docs: Sequence[int], targets: Sequence[Target], deadline: Deadline
    ) -> list[tuple[Article, ArticleMatches]]:
        """The articles with these document numbers, and where the targets are in each."""

    @property
    def doc_count(self) -> int:
        """Number of articles."""
        return len(self._columns.all_docs)

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
        columns = self._columns
        compiled = Compiled(Everything(), (), ())
        with self._source(deadline) as source:
            if query is not None:
                compiled = self._compile(query, source, deadline)
                self._latest = (query, compiled.targets)
            found = evaluate(
                compiled.plan or Word(()),
                source,
                deadline=deadline,
                allowed=allowed_docs(columns, filters),
            )
        deadline.check()
        masks = FilterMasks(columns, filters, found.docs)
        facets = {facet.name: masks.counts(facet, facet_limit) for facet in FACETS}
        deadline.check()
        docs, scores = found.docs[masks.selected], found.scores[masks.selected]
        if sort != "relevance":
            scores = np.zeros_like(scores)
        page = columns.order(docs, scores, sort, first=offset + limit)[offset:]
        return Matches(
            total=len(docs),
            docs=tuple(docs[page].tolist()),
            scores=tuple(scores[page].tolist()),
            facets=facets,
            notes=compiled.notes,
        )

    def _compile(self, query: Query, source: PostingsSource, deadline: Deadline) -> Compiled:
        return compile_query(
            query,
            analyzer=self._analyzer,
            vocabulary=self._vocabulary,
            doc_freq=source.doc_freq,
            doc_count=self.doc_count,
            ranking=self._rules.ranking,
            synonyms=self._rules.synonyms,
            max_expansions=self._rules.max_expansions,
            deadline=deadline,
        )

    def hits(
        self, docs: Sequence[int], query: Query | None, *, deadline: Deadline
    ) -> list[tuple[Article, ArticleMatches]]:
        """See `Snapshot.hits`."""
        latest_query, targets = self._latest
        if query is None:
            targets = ()
        elif latest_query is not query:
            with self._source(deadline) as source:
                targets = self._compile(query, source, deadline).targets
        return self._marked(docs, targets, deadline)

    def related(self, doc: int, *, limit: int, deadline: Deadline) -> tuple[int, ...]:
        """The articles that share the most telling words of the title and the opening."""
        article = self.article(doc)
        text = "\n".join((article.title, *article.tags, article.body[:RELATED_CHARS]))
        stems = Counter(token.stem for token in self._analyzer.analyze(text))
        with self._source(deadline) as source:
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
        return tuple(docs[self._columns.order(docs, scores, "relevance", first=limit)].tolist())

    def suggestions(self, word: str, *, limit: int, deadline: Deadline) -> list[Suggestion]:
        """See `Snapshot.suggestions`."""
        keys = self._analyzer.keys_of(normalized(word))
        with self._source(deadline) as source:
            own_freq = sum(source.doc_freq(name, keys.stem) for name in (TEXT, parts_field(TEXT)))
        return suggestions(keys, own_freq, self._vocabulary, limit=limit, deadline=deadline)

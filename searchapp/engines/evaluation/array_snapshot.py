"""A snapshot that answers from whole postings lists: what all engines of this kind share.

A query's meaning becomes a plan, the plan is evaluated on the engine's postings; filters, facets
and order are taken from the columns: one pass over the matches.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import NamedTuple, Self

import numpy as np
from whoosh.query.terms import Term

from searchapp.article_text import ArticlePart
from searchapp.deadline import Deadline
from searchapp.engines.base import (
    ArticleMatches,
    Correction,
    Found,
    MarkedArticle,
    PageRequest,
    RankedArticle,
    Typed,
)
from searchapp.engines.evaluation.array_suggestions import ArraySuggestionSource
from searchapp.engines.evaluation.columns import Columns, Tally, with_shown_matches
from searchapp.engines.evaluation.date_histogram import date_histogram
from searchapp.engines.evaluation.doc_set import Docs, DocSet, Integers
from searchapp.engines.evaluation.evaluator import KeptWords, evaluate
from searchapp.engines.evaluation.expander import Expander
from searchapp.engines.evaluation.facet_counts import FilterMasks, allowed_docs
from searchapp.engines.evaluation.plan import (
    Floats,
    MatchAll,
    Plan,
    PostingsSource,
    ScoredDocs,
)
from searchapp.engines.evaluation.related_articles import like_article
from searchapp.engines.evaluation.related_words import (
    COUNTING_SHARE,
    MAKING_SHARE,
    MIN_ARTICLES,
    NARROWING_SHARE,
    NO_DOCS,
    SubjectWords,
    are_nearly_equal,
    docs_with,
    sample_size,
    shared_count,
    unlike_each_other,
)
from searchapp.engines.evaluation.spelling import TypedWord, corrections
from searchapp.engines.evaluation.suggester import Suggester, keys_before
from searchapp.engines.evaluation.suggestion_tables import ArrayTables
from searchapp.engines.evaluation.value_list import value_list
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.evaluation.weigher import Weigher
from searchapp.engines.evaluation.word_families import word_families
from searchapp.engines.fields import TEXT, parts_field
from searchapp.engines.meaning import HighlightTerm, Synonyms, Word, highlight_terms, query_meaning
from searchapp.engines.storage.segment_file import SizedCache
from searchapp.errors import SearchTimeout
from searchapp.facets import NO_FILTERS, Filters
from searchapp.german import Analyzer
from searchapp.german.stems import normalized
from searchapp.model import (
    NO_HISTOGRAM,
    Article,
    ArticleLink,
    Note,
    RelatedWord,
    Suggestion,
    ValueList,
    ValueRequest,
    WordFamily,
)
from searchapp.query import TEXT as ANY_FIELD
from searchapp.query import Query
from searchapp.settings import Ranking

KEPT_WORDS_BYTES = 24 << 20
"""What words score, so that a query of known words is a few operations on arrays. A word in ten
thousand articles takes 100 KB."""
KEPT_QUERIES_BYTES = 4 << 20
"""Queries ready to be evaluated: readers page, narrow, and reload. One takes about 10 KB."""
KEPT_DOCS_BYTES = 16 << 20
"""Of dip21 all words that can be related to a query fit in."""


class KeptDocs(NamedTuple):
    """The documents that a word finds, as they are kept."""

    docs: Integers

    @property
    def size_bytes(self) -> int:
        """Estimated bytes in memory."""
        return 300 + self.docs.nbytes


@dataclass(frozen=True, slots=True)
class QueryRules:
    """What a query is read and weighed with, besides the index.

    max_expansions: forms that one wildcard may stand for.
    """

    ranking: Ranking
    synonyms: Synonyms
    max_expansions: int


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A query ready to be evaluated, what to mark of it, and what to tell the reader.

    form_count: how many forms its patterns stand for.
    """

    plan: Plan
    terms: tuple[HighlightTerm, ...] = ()
    notes: tuple[Note, ...] = ()
    form_count: int = 0

    @property
    def size_bytes(self) -> int:
        """Estimated bytes in memory."""
        return 4000 + 2000 * len(self.terms) + 200 * self.form_count


class ArraySnapshot(ABC):
    """See `searchapp.engines.base.Snapshot`. Documents are numbers here, and nowhere above."""

    _suggests_deleted = True
    """Whether words may be suggested that only deleted articles have, unless they are looked up."""

    def __init__(
        self, analyzer: Analyzer, columns: Columns, vocabulary: Vocabulary, rules: QueryRules
    ) -> None:
        self._analyzer = analyzer
        self._columns = columns
        self._vocabulary = vocabulary
        self._rules = rules
        self._kept_docs: SizedCache[KeptDocs] = SizedCache(KEPT_DOCS_BYTES)
        self._kept_words: KeptWords = SizedCache(KEPT_WORDS_BYTES)
        self._kept_queries: SizedCache[_Compiled] = SizedCache(KEPT_QUERIES_BYTES)

    @abstractmethod
    def _source(self, deadline: Deadline) -> AbstractContextManager[PostingsSource]:
        """The postings, for one request."""

    @abstractmethod
    def _doc(self, article_id: str) -> int | None:
        """The number of the document with an id."""

    @abstractmethod
    def _article(self, doc: int) -> Article:
        """A stored article, its `origin` left empty; of a very long text perhaps the beginning."""

    def _ids(self, docs: Sequence[int]) -> tuple[str, ...]:
        """The ids of some documents, by default from the articles."""
        return tuple(self._article(doc).id for doc in docs)

    @abstractmethod
    def _marked(
        self,
        docs: Sequence[int],
        terms: Sequence[HighlightTerm],
        deadline: Deadline,
        *,
        whole: bool,
    ) -> list[tuple[Article, ArticleMatches]]:
        """Some stored articles, and where the terms are in each; read together.

        whole: whether all of a very long text is needed, or its beginning will do.
        """

    def _shown(
        self,
        docs: Sequence[int],
        terms: Sequence[HighlightTerm],
        deadline: Deadline,
        *,
        whole: bool,
    ) -> list[tuple[Article, ArticleMatches]]:
        """The same, with tags and the like in the spelling that most articles have."""
        marked = self._marked(docs, terms, deadline, whole=whole)
        return [with_shown_matches(*each, self._columns.facets) for each in marked]

    @abstractmethod
    def _suggestion_tables(self, deadline: Deadline) -> ArrayTables:
        """What may be suggested. Raises SearchTimeout where it is not there in time."""

    @abstractmethod
    def _subject_words(self, deadline: Deadline) -> SubjectWords | None:
        """What articles are about; None where that could not be made, which has been logged.

        Raises SearchTimeout where it is not there in time.
        """

    @property
    def doc_count(self) -> int:
        """Number of articles."""
        return len(self._columns.all_docs)

    @property
    def has_dates(self) -> bool:
        """Whether any article has a date."""
        return self._columns.has_dates

    def with_synonyms(self, synonyms: Synonyms) -> Self:
        """See `Snapshot.with_synonyms`."""
        other = copy(self)
        other._rules = replace(self._rules, synonyms=synonyms)
        # What was found with the synonyms. Of a word it is kept what its plan scores, which is
        # another one with other synonyms.
        other._kept_docs = SizedCache(KEPT_DOCS_BYTES)
        other._kept_queries = SizedCache(KEPT_QUERIES_BYTES)
        return other

    def search(
        self, query: Query | None, filters: Filters, page: PageRequest, *, deadline: Deadline
    ) -> Found:
        """See `Snapshot.search`."""
        columns = self._columns
        with self._source(deadline) as source:
            compiled = self._compiled(query, source, deadline)
            found = self._evaluated(compiled, filters, source, deadline)
        deadline.check()
        masks = FilterMasks(columns, filters, found.docs)
        counts = {each.facet.name: masks.counts(each.facet, each.limit) for each in page.facets}
        histogram = NO_HISTOGRAM
        if page.histogram:
            histogram = date_histogram(
                filters,
                len(masks.selected_docs),
                masks.years(),
                partial(columns.dated_days, masks.selected_docs),
            )
        deadline.check()
        docs, scores = masks.selected_docs, found.scores[masks.selected]
        related_words = self._related_words(compiled, docs, scores, page, deadline)
        if page.sort != "relevance":
            scores = np.zeros_like(scores)
        best = columns.order(docs, scores, page.sort, first=page.offset + page.limit)
        best = best[page.offset :]
        hits, ids = self._hits(docs[best].tolist(), scores[best], compiled, page, deadline)
        return Found(
            total=len(docs),
            hits=hits,
            ids=ids,
            facets={name: each.values for name, each in counts.items()},
            distinct={name: each.distinct for name, each in counts.items()},
            histogram=histogram,
            notes=compiled.notes,
            related_words=related_words,
        )

    def _hits(
        self,
        docs: Sequence[int],
        scores: Floats,
        compiled: _Compiled,
        page: PageRequest,
        deadline: Deadline,
    ) -> tuple[tuple[RankedArticle, ...], tuple[str, ...]]:
        """The hits of a page and their ids, given their documents and scores."""
        if page.only_ids:
            return (), self._ids(docs)
        terms = compiled.terms if page.marked else ()
        hits = tuple(
            RankedArticle(article, score, matches)
            for (article, matches), score in zip(
                self._shown(docs, terms, deadline, whole=False), scores.tolist(), strict=True
            )
        )
        return hits, tuple(hit.article.id for hit in hits)

    def values(
        self, query: Query | None, filters: Filters, wanted: ValueRequest, *, deadline: Deadline
    ) -> ValueList:
        """See `Snapshot.values`."""
        columns, facet = self._columns, wanted.facet
        deadline.check()
        already = None
        if query is None and filters == NO_FILTERS:
            totals = columns.totals(facet)
            tally = Tally(np.arange(len(totals)), totals)
        else:
            with self._source(deadline) as source:
                compiled = self._compiled(query, source, deadline)
                found = self._evaluated(compiled, filters, source, deadline)
            masks = FilterMasks(columns, filters, found.docs)
            tally, already = masks.tally(facet), masks.found_already(facet)
        deadline.check()
        chosen = filters.chosen(facet)
        return value_list(columns.facets[facet.name], tally, wanted, chosen, already)

    def _compiled(
        self, query: Query | None, source: PostingsSource, deadline: Deadline
    ) -> _Compiled:
        if query is None:
            return _Compiled(MatchAll())
        # Whoosh's queries are equal only to those of the same class with the same content.
        return self._kept_queries.get(query, lambda: self._newly_compiled(query, source, deadline))

    def _newly_compiled(
        self, query: Query, source: PostingsSource, deadline: Deadline
    ) -> _Compiled:
        expander = Expander(self._vocabulary, self._analyzer, self._rules.max_expansions, deadline)
        meaning = expander.expanded(query_meaning(query, self._analyzer, self._rules.synonyms))
        weigher = Weigher(self._rules.ranking, source.doc_freq, self.doc_count, self._vocabulary)
        plan, terms = weigher.plan(meaning), highlight_terms(meaning)
        return _Compiled(plan, terms, tuple(expander.notes), expander.form_count)

    def _evaluated(
        self, compiled: _Compiled, filters: Filters, source: PostingsSource, deadline: Deadline
    ) -> ScoredDocs:
        """What a query finds that passes the filters which no facet is counted without."""
        allowed = allowed_docs(self._columns, filters)
        return evaluate(
            compiled.plan, source, deadline=deadline, allowed=allowed, words=self._kept_words
        )

    def _related_words(
        self,
        compiled: _Compiled,
        docs: Docs,
        scores: Floats,
        page: PageRequest,
        deadline: Deadline,
    ) -> tuple[RelatedWord, ...] | None:
        """See `Found.related_words`. docs, scores: all that were found."""
        if not page.related_words or not compiled.terms or self.doc_count < MIN_ARTICLES:
            return ()
        try:
            words = self._subject_words(deadline.part(MAKING_SHARE))
            if words is None:
                return None
            first = sample_size(self.doc_count)
            best = docs[self._columns.order(docs, scores, "relevance", first=first)]
            related = map(words.word, words.related(best))
            new = unlike_each_other(related, compiled.terms, self._analyzer)
            found: list[RelatedWord] = []
            shown: list[Integers] = []
            with self._source(deadline.part(COUNTING_SHARE)) as source:
                narrowed = DocSet(source.max_doc, docs=docs)
                for word in islice(new, 2 * page.related_words):
                    its_docs = self._docs_with(word, source)
                    its_docs = its_docs[narrowed.places_in(its_docs)]
                    total = len(its_docs)
                    if 0 < total <= NARROWING_SHARE * len(docs) and not any(
                        are_nearly_equal(
                            total, len(others), partial(shared_count, its_docs, others)
                        )
                        for others in shown
                    ):
                        found.append(RelatedWord(word, total))
                        shown.append(its_docs)
                    if len(found) == page.related_words:
                        break
        except SearchTimeout:
            return None
        return tuple(found)

    def _docs_with(self, noun: str, source: PostingsSource) -> Integers:
        """The documents that a noun alone finds, ascending; see `docs_with`."""

        def found() -> KeptDocs:
            term = Term(ANY_FIELD, noun)
            meaning = query_meaning(term, self._analyzer, self._rules.synonyms)
            return KeptDocs(docs_with(meaning, source) if isinstance(meaning, Word) else NO_DOCS)

        return self._kept_docs.get(noun, found).docs

    def has_article(self, article_id: str, *, deadline: Deadline) -> bool:
        """See `Snapshot.has_article`."""
        deadline.check()
        return self._doc(article_id) is not None

    def stored_bytes(self, article_id: str) -> int:
        """See `Snapshot.stored_bytes`."""
        doc = self._doc(article_id)
        return 0 if doc is None else self._stored_bytes(doc)

    def _stored_bytes(self, doc: int) -> int:  # noqa: ARG002
        """The size of a stored article; 0 where it is not known."""
        return 0

    def article(
        self, article_id: str, query: Query | None, *, part: int = 1, deadline: Deadline
    ) -> MarkedArticle | None:
        """See `Snapshot.article`."""
        doc = self._doc(article_id)
        if doc is None:
            return None
        with self._source(deadline) as source:
            terms = self._compiled(query, source, deadline).terms
        ((article, matches),) = self._shown((doc,), terms, deadline, whole=True)
        return MarkedArticle(article, matches, self._part(doc, part, deadline))

    def _part(self, doc: int, number: int, deadline: Deadline) -> ArticlePart | None:  # noqa: ARG002
        """A part of an article of which `_marked` gives only the beginning; None for another."""
        return None

    def body(self, article_id: str) -> Iterator[str]:
        """See `Snapshot.body`."""
        doc = self._doc(article_id)
        if doc is not None:
            yield from self._body(doc)

    def _body(self, doc: int) -> Iterator[str]:
        yield self._article(doc).body

    def related(self, article_id: str, *, limit: int, deadline: Deadline) -> list[ArticleLink]:
        """The articles that share the most telling words of the title and the opening."""
        doc = self._doc(article_id)
        if doc is None:
            return []
        article = self._article(doc)
        with self._source(deadline) as source:
            plan = like_article(article, self._analyzer, source.doc_freq, self.doc_count)
            docs, scores = evaluate(plan, source, deadline=deadline)
        others = docs != doc
        docs, scores = docs[others], scores[others]
        best = docs[self._columns.order(docs, scores, "relevance", first=limit)].tolist()
        return [ArticleLink(each.id, each.title, each.date) for each in map(self._article, best)]

    def links(self, first: int, count: int, *, deadline: Deadline) -> list[ArticleLink]:
        """See `Snapshot.links`."""
        found = []
        for doc in self._columns.all_docs[first : first + count].tolist():
            deadline.check()
            article = self._article(doc)
            found.append(ArticleLink(article.id, article.title, article.date))
        return found

    def corrections(self, word: str, *, limit: int, deadline: Deadline) -> list[Correction]:
        """See `Snapshot.corrections`."""
        keys = self._analyzer.keys_of(normalized(word))
        sought = self._analyzer.sought(keys.form)
        with self._source(deadline) as source:
            own_freq = sum(
                source.doc_freq(name, key)
                for name in (TEXT, parts_field(TEXT))
                for each in sought
                for key in (*each.keys, *each.separated)
            )
        typed = TypedWord(keys, self._analyzer.is_listed(keys.form), own_freq)
        return corrections(typed, self._vocabulary, limit=limit, deadline=deadline)

    def word_families(self, *, limit: int, deadline: Deadline) -> list[WordFamily]:
        """See `Snapshot.word_families`."""
        with self._source(deadline) as source:
            return word_families(
                self._vocabulary,
                self._analyzer,
                lambda keys: [source.doc_freq(TEXT, key) for key in keys],
                limit=limit,
                deadline=deadline,
            )

    def suggestions(self, typed: Typed, *, limit: int, deadline: Deadline) -> list[Suggestion]:
        """See `Snapshot.suggestions`."""
        tables = self._suggestion_tables(deadline)
        with self._source(deadline) as source:
            articles = ArraySuggestionSource(
                tables.titles,
                source,
                self._columns,
                self._article,
                keys_before(typed.before, self._analyzer),
            )
            may_be_gone = self._suggests_deleted and self._columns.has_deleted
            vocabulary = self._vocabulary if may_be_gone else None
            suggester = Suggester(tables, articles, self._analyzer, vocabulary)
            return suggester.suggestions(typed, limit)

    @abstractmethod
    def close(self) -> None:
        """See `Snapshot.close`."""

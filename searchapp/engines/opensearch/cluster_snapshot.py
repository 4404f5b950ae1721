"""Answering from a generation whose articles lie in a cluster.

What a query means, what its words weigh, how facets are counted and what is marked is decided by
the same code as for the other engines; the cluster finds, counts and sorts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

import numpy as np

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.base import (
    ArticleMatches,
    Correction,
    Found,
    MarkedArticle,
    PageRequest,
    RankedArticle,
    Typed,
)
from searchapp.engines.evaluation.array_snapshot import QueryRules
from searchapp.engines.evaluation.columns import with_shown_matches
from searchapp.engines.evaluation.date_histogram import date_histogram
from searchapp.engines.evaluation.doc_set import Integers
from searchapp.engines.evaluation.expander import Expander
from searchapp.engines.evaluation.highlighter import article_matches, in_time
from searchapp.engines.evaluation.made_once import IsGivenUp, MadeOnce
from searchapp.engines.evaluation.plan import Plan
from searchapp.engines.evaluation.related_articles import like_article, subject_keys
from searchapp.engines.evaluation.related_words import (
    COUNTING_SHARE,
    MAKING_SHARE,
    MIN_ARTICLES,
    nouns,
)
from searchapp.engines.evaluation.spelling import TypedWord, corrections
from searchapp.engines.evaluation.suggester import Suggester, keys_before
from searchapp.engines.evaluation.suggestion_tables import SuggestionTables
from searchapp.engines.evaluation.value_list import value_list
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.evaluation.weigher import Weigher
from searchapp.engines.evaluation.word_families import word_families
from searchapp.engines.fields import TEXT, parts_field
from searchapp.engines.meaning import (
    HighlightTerm,
    Meaning,
    Synonyms,
    highlight_terms,
    query_meaning,
)
from searchapp.engines.opensearch.cluster_index import (
    BY_ID,
    LINK_FIELDS,
    NEWEST,
    WINDOW,
    ClusterIndex,
    Hit,
    link_of,
    total,
)
from searchapp.engines.opensearch.cluster_related import SUBJECTS, RelatedWords, subjects_json
from searchapp.engines.opensearch.cluster_suggestions import (
    ClusterSuggestionSource,
    cluster_tables,
)
from searchapp.engines.opensearch.facet_json import (
    MAX_BUCKETS,
    UNREAD,
    FacetQuestion,
    ValueColumn,
    counted_years,
    demanded,
    terms_json,
    widened,
    within,
)
from searchapp.engines.opensearch.query_json import (
    Json,
    Term,
    plan_terms,
    query_json,
    terms_of,
)
from searchapp.errors import IndexUnreadable, SearchTimeout
from searchapp.facets import YEAR, Facet, Filters
from searchapp.german import Analyzer
from searchapp.german.stems import normalized
from searchapp.model import (
    NO_HISTOGRAM,
    Article,
    ArticleLink,
    Note,
    RelatedWord,
    Sort,
    Suggestion,
    ValueList,
    ValueRequest,
    WordFamily,
)
from searchapp.query import Query

_OLDEST: Json = {"day": {"order": "asc", "missing": "_last"}}
SORTS: Mapping[Sort, Sequence[Json]] = {
    "relevance": [{"_score": "desc"}, *NEWEST],
    "newest": NEWEST,
    "oldest": [_OLDEST, BY_ID],
}
"""The orders of hits, the same as those of `searchapp.engines.evaluation.columns.Columns`."""

_MAX_DAYS = 1_500
"""Days of the years that a histogram shows by day or month."""
_LINKS_APART = 10_000
"""Places in the order of all articles that are remembered, so that none is walked to twice."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A query as the cluster is asked it, what to mark, and what to tell the reader."""

    query: Json
    terms: tuple[HighlightTerm, ...] = ()
    notes: tuple[Note, ...] = ()


class ClusterSnapshot:
    """See `searchapp.engines.base.Snapshot`. To open it asks the cluster nothing."""

    def __init__(
        self,
        index: ClusterIndex,
        *,
        articles: int,
        dated: int,
        analyzer: Analyzer,
        vocabulary: Vocabulary,
        facets: Mapping[str, ValueColumn],
        rules: QueryRules,
    ) -> None:
        """articles, dated: their number, and that of those with a date."""
        self._index = index
        self._articles = articles
        self._dated = dated
        self._analyzer = analyzer
        self._vocabulary = vocabulary
        self._facets = facets
        self._rules = rules
        self._last_of: dict[int, list[Any]] = {}
        self._suggestion_tables = MadeOnce(self._made_suggestion_tables)
        self._nouns = MadeOnce(self._made_nouns)

    @property
    def doc_count(self) -> int:
        """Number of articles."""
        return self._articles

    @property
    def has_dates(self) -> bool:
        """Whether any article has a date."""
        return self._dated > 0

    def with_synonyms(self, synonyms: Synonyms) -> Self:
        """See `Snapshot.with_synonyms`."""
        other = copy(self)
        other._rules = replace(self._rules, synonyms=synonyms)
        return other

    def search(
        self, query: Query | None, filters: Filters, page: PageRequest, *, deadline: Deadline
    ) -> Found:
        """See `Snapshot.search`."""
        compiled = self._compiled(query, deadline)
        questions = [
            FacetQuestion(each.facet, self._facets[each.facet.name], filters, each.limit)
            for each in page.facets
        ]
        asked: dict[str, Json] = {}
        for each in questions:
            asked |= each.aggregations()
        years = self._facets[YEAR.name]
        if page.histogram:
            by_year = terms_json(YEAR, size=len(years.values) or 1)
            asked["years"] = within(widened(filters), {"values": by_year})
        scope = self._scope(compiled, filters)
        is_related = bool(page.related_words and compiled.terms and self._articles >= MIN_ARTICLES)
        if is_related:
            asked[SUBJECTS] = subjects_json(widened(filters), self._articles, self._index.shards)
        body: dict[str, Any] = {
            **scope,
            "post_filter": {"bool": {"filter": widened(filters)}},
            "sort": SORTS[page.sort],
            "track_total_hits": True,
            "_source": ["id" if page.only_ids else "original"],
        }
        is_near = page.offset + page.limit <= WINDOW
        first = body | {"aggs": asked, "size": page.limit if is_near else 0}
        if is_near:
            first["from"] = page.offset
        answer = self._index.search(first, deadline, unread=UNREAD if asked else ())
        hits: list[Hit] = answer["hits"]["hits"]
        if not is_near:
            walked = body | {"track_total_hits": False}  # It has been counted.
            hits = list(self._index.hits(walked, page.offset, page.limit, deadline))

        def ask(aggregations: Mapping[str, Json]) -> Mapping[str, Any]:
            further = {**scope, "aggs": dict(aggregations), "size": 0}
            answers: Mapping[str, Any] = self._index.search(further, deadline)["aggregations"]
            return answers

        found = total(answer)
        counts = {each.facet.name: each.counts(answer["aggregations"], ask) for each in questions}
        histogram = NO_HISTOGRAM
        if page.histogram:
            tally = years.tally_of(answer["aggregations"]["years"]["values"]["buckets"])
            days = partial(self._days, ask, filters)
            histogram = date_histogram(filters, found, counted_years(years, tally), days)
        terms = compiled.terms if page.marked else ()
        is_scored = page.sort == "relevance"
        records = () if page.only_ids else [hit["_source"]["original"] for hit in hits]
        shown = [self._marked(record, terms, deadline) for record in records]
        return Found(
            total=found,
            hits=tuple(
                RankedArticle(article, hit["_score"] if is_scored else 0.0, matches)
                for (article, matches), hit in zip(shown, hits, strict=False)
            ),
            ids=tuple(hit["_source"]["id"] for hit in hits)
            if page.only_ids
            else tuple(article.id for article, _ in shown),
            facets={name: each.values for name, each in counts.items()},
            distinct={name: each.distinct for name, each in counts.items()},
            histogram=histogram,
            notes=compiled.notes,
            related_words=self._related_words(answer, scope, filters, compiled, page, deadline)
            if is_related
            else (),
        )

    def _related_words(
        self,
        answer: Mapping[str, Any],
        scope: Mapping[str, Json],
        filters: Filters,
        compiled: _Compiled,
        page: PageRequest,
        deadline: Deadline,
    ) -> tuple[RelatedWord, ...] | None:
        """See `Found.related_words`: a page can do without."""
        try:
            known = self._nouns.get(deadline.part(MAKING_SHARE))
        except Exception:  # It has been logged.
            return None
        related = RelatedWords(self._index, self._articles, self._analyzer, self._rules.synonyms)
        try:
            return related.related(
                answer["aggregations"][SUBJECTS],
                known,
                compiled.terms,
                [scope["query"], *widened(filters)],
                page.related_words,
                deadline.part(COUNTING_SHARE),
            )
        except (SearchTimeout, IndexUnreadable):
            return None

    def values(
        self, query: Query | None, filters: Filters, wanted: ValueRequest, *, deadline: Deadline
    ) -> ValueList:
        """See `Snapshot.values`."""
        facet = wanted.facet
        column = self._facets[facet.name]
        scope = self._scope(self._compiled(query, deadline), filters)
        asked = {"counted": within(widened(filters, but=facet), self._all_values(facet))}
        if filters.widens(facet):
            asked["found"] = within(widened(filters), self._all_values(facet))
        body = {**scope, "aggs": asked, "size": 0}
        answer = self._index.search(body, deadline)["aggregations"]
        tally = column.tally_of(answer["counted"]["values"]["buckets"])
        already = None
        if filters.widens(facet):
            ordinals, counts = column.tally_of(answer["found"]["values"]["buckets"])
            already = np.zeros(len(column.values), dtype=np.int64)
            already[ordinals] = counts
        return value_list(column, tally, wanted, filters.chosen(facet), already)

    def _all_values(self, facet: Facet) -> dict[str, Json]:
        size = max(1, min(len(self._facets[facet.name].values), MAX_BUCKETS))
        return {"values": terms_json(facet, size=size)}

    def _scope(self, compiled: _Compiled, filters: Filters) -> dict[str, Json]:
        """What a query finds, before the filters that facets are counted without."""
        return {"query": {"bool": {"must": [compiled.query], "filter": demanded(filters)}}}

    def _days(self, ask: Any, filters: Filters) -> Integers:
        """The day numbers of the articles found, one for each, in any order."""
        by_day = {"terms": {"field": "day", "size": _MAX_DAYS}}
        asked = {"days": within(widened(filters), {"values": by_day})}
        buckets = ask(asked)["days"]["values"]["buckets"]
        return np.repeat(
            np.asarray([each["key"] for each in buckets], dtype=np.int64),
            [each["doc_count"] for each in buckets],
        )

    def _compiled(self, query: Query | None, deadline: Deadline) -> _Compiled:
        if query is None:
            return _Compiled({"constant_score": {"filter": {"match_all": {}}, "boost": 0}})
        meaning, notes = self._meaning(query, deadline)
        return _Compiled(self._weighed(meaning, deadline), highlight_terms(meaning), notes)

    def _meaning(self, query: Query, deadline: Deadline) -> tuple[Meaning, tuple[Note, ...]]:
        expander = Expander(self._vocabulary, self._analyzer, self._rules.max_expansions, deadline)
        meaning = query_meaning(query, self._analyzer, self._rules.synonyms)
        return expander.expanded(meaning), tuple(expander.notes)

    def _weighed(self, meaning: Meaning, deadline: Deadline) -> Json:
        """A meaning as a query. It is weighed twice: first to learn which terms are to be counted,
        all with one question, then with their counts."""
        asked: dict[Term, None] = {}

        def note(field: str, term: str) -> int:
            asked.update(dict.fromkeys(terms_of(field, (term,))))
            return 0

        asked.update(dict.fromkeys(plan_terms(self._plan(meaning, note))))
        statistics = self._index.statistics(asked, deadline)

        def doc_freq(field: str, term: str) -> int:
            return sum(statistics.doc_freqs[each] for each in terms_of(field, (term,)))

        return query_json(self._plan(meaning, doc_freq), statistics)

    def _plan(self, meaning: Meaning, doc_freq: Any) -> Plan:
        return Weigher(
            self._rules.ranking, doc_freq, max(1, self._articles), self._vocabulary
        ).plan(meaning)

    def _doc_freqs(self, keys: Iterable[str], deadline: Deadline) -> dict[str, int]:
        """In how many articles each key of a word is."""
        terms = {key: terms_of(TEXT, (key,))[0] for key in keys}
        doc_freqs = self._index.statistics(terms.values(), deadline).doc_freqs
        return {key: doc_freqs[term] for key, term in terms.items()}

    def _marked(
        self, record: Mapping[str, Any], terms: Sequence[HighlightTerm], deadline: Deadline
    ) -> tuple[Article, ArticleMatches]:
        """A stored article as it is shown; its texts are analyzed again to find the terms."""
        deadline.check()
        article = Article.from_record(record)
        matches = in_time(partial(article_matches, article, terms, self._analyzer), deadline)
        return with_shown_matches(article, matches, self._facets)

    def has_article(self, article_id: str, *, deadline: Deadline) -> bool:
        """See `Snapshot.has_article`."""
        deadline.check()
        return self._index.has(article_id, deadline)

    def stored_bytes(self, article_id: str) -> int:  # noqa: ARG002
        """See `Snapshot.stored_bytes`: not known."""
        return 0

    def article(
        self,
        article_id: str,
        query: Query | None,
        *,
        part: int = 1,  # noqa: ARG002 - a document comes whole, with all parts
        deadline: Deadline,
    ) -> MarkedArticle | None:
        """See `Snapshot.article`."""
        record = self._index.original(article_id, deadline)
        if record is None:
            return None
        terms: tuple[HighlightTerm, ...] = ()
        if query is not None:
            terms = highlight_terms(self._meaning(query, deadline)[0])
        return MarkedArticle(*self._marked(record, terms, deadline))

    def body(self, article_id: str) -> Iterator[str]:
        """See `Snapshot.body`: in one piece."""
        record = self._index.original(article_id, NEVER)
        if record is not None:
            yield Article.from_record(record).body

    def links(self, first: int, count: int, *, deadline: Deadline) -> list[ArticleLink]:
        """See `Snapshot.links`: in the order of ids."""
        body: dict[str, Any] = {
            "query": {"match_all": {}},
            "sort": [BY_ID],
            "_source": LINK_FIELDS,
        }
        # A copy: other threads add to it.
        known = max((place for place in tuple(self._last_of) if place <= first), default=0)
        after = self._last_of.get(known)
        found = list(self._index.hits(body, first - known, count, deadline, after=after))
        if found and len(self._last_of) < _LINKS_APART:
            self._last_of[first + len(found)] = found[-1]["sort"]
        return list(map(link_of, found))

    def related(self, article_id: str, *, limit: int, deadline: Deadline) -> list[ArticleLink]:
        """The articles that share the most telling words of the title and the opening."""
        record = self._index.original(article_id, deadline)
        if record is None:
            return []
        article = Article.from_record(record)
        doc_freqs = self._doc_freqs(subject_keys(article, self._analyzer), deadline)
        plan = like_article(article, self._analyzer, lambda _, key: doc_freqs[key], self.doc_count)
        statistics = self._index.statistics(plan_terms(plan), deadline)
        body = {
            "query": {
                "bool": {
                    "must": [query_json(plan, statistics)],
                    "must_not": [{"term": {"id": article_id}}],
                }
            },
            "sort": SORTS["relevance"],
            "size": limit,
            "_source": LINK_FIELDS,
        }
        answer = self._index.search(body, deadline)
        return list(map(link_of, answer["hits"]["hits"]))

    def corrections(self, word: str, *, limit: int, deadline: Deadline) -> list[Correction]:
        """See `Snapshot.corrections`."""
        keys = self._analyzer.keys_of(normalized(word))
        terms = [
            term
            for name in (TEXT, parts_field(TEXT))
            for each in self._analyzer.sought(keys.form)
            for term in terms_of(name, (*each.keys, *each.separated))
        ]
        own_freq = sum(self._index.statistics(terms, deadline).doc_freqs.values())
        typed = TypedWord(keys, self._analyzer.is_listed(keys.form), own_freq)
        return corrections(typed, self._vocabulary, limit=limit, deadline=deadline)

    def suggestions(self, typed: Typed, *, limit: int, deadline: Deadline) -> list[Suggestion]:
        """See `Snapshot.suggestions`."""
        tables = self._suggestion_tables.get(deadline)
        before = keys_before(typed.before, self._analyzer)
        source = ClusterSuggestionSource(self._index, self._articles, before, deadline)
        return Suggester(tables, source, self._analyzer).suggestions(typed, limit)

    def _made_suggestion_tables(self, is_given_up: IsGivenUp) -> SuggestionTables:
        return cluster_tables(
            self._index, self._articles, self._vocabulary, self._facets, is_given_up
        )

    def _made_nouns(self, is_given_up: IsGivenUp) -> Mapping[str, str]:  # noqa: ARG002
        return nouns(self._suggestion_tables.get(NEVER).words, self._analyzer.keys)

    def word_families(self, *, limit: int, deadline: Deadline) -> list[WordFamily]:
        """See `Snapshot.word_families`."""
        return word_families(
            self._vocabulary,
            self._analyzer,
            lambda keys: self._doc_freqs(keys, deadline).values(),
            limit=limit,
            deadline=deadline,
        )

    def close(self) -> None:
        """See `Snapshot.close`."""
        self._suggestion_tables.close()
        self._nouns.close()

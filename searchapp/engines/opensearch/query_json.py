"""A plan over postings becomes a query of the cluster, by construction: no text is ever pasted.

What a plan finds is found exactly. Its scores are met as nearly as the cluster's own BM25 allows:
a weight has our idf in it, the cluster multiplies by its own, so the weight is divided by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log1p
from typing import Any, NamedTuple

from searchapp.engines.evaluation.bm25 import K1
from searchapp.engines.evaluation.plan import (
    Adjacent,
    And,
    AndMaybe,
    AndNot,
    AnyTerm,
    Coordinated,
    DateRange,
    Entry,
    MatchAll,
    Or,
    Plan,
    WeightedTerms,
    WordPlan,
)
from searchapp.engines.opensearch.token_text import BESIDE, coded

Json = dict[str, Any]

NOTHING: Json = {"match_none": {}}

_NEAR_SHARE = 1 / 4
"""See `_share_line`."""


class Term(NamedTuple):
    """A term of the index in the cluster: its field there, and how it is written there."""

    field: str
    text: str


class Statistics(NamedTuple):
    """What the cluster's idf is made of.

    doc_freqs: articles with each term; 0 for those that are not here. doc_counts: articles with
    each field.
    """

    doc_freqs: Mapping[Term, int]
    doc_counts: Mapping[str, int]

    def idf(self, term: Term) -> float:
        """Lucene's idf of a term (`BM25Similarity.idfExplain`), above 0."""
        doc_freq = self.doc_freqs.get(term, 0)
        doc_count = max(self.doc_counts.get(term.field, 0), doc_freq)
        return log1p((doc_count - doc_freq + 0.5) / (doc_freq + 0.5))


def terms_of(field: str, terms: Iterable[str]) -> list[Term]:
    """Some terms of an indexed field as the cluster has them, each once."""
    return list(dict.fromkeys(Term(*coded(field, term)) for term in terms))


def plan_terms(plan: Plan) -> Iterator[Term]:
    """The terms of a plan whose idf its weights are divided by; some may come twice."""
    if isinstance(plan, WeightedTerms):
        for entry in plan.entries:
            yield from terms_of(entry.field, entry.terms)
    elif isinstance(plan, Adjacent):
        for place in plan.places:
            yield from terms_of(place.field, place.terms)
    elif isinstance(plan, And | Or):
        for part in plan.parts:
            yield from plan_terms(part)
    elif isinstance(plan, Coordinated):
        for wanted in plan.words:
            yield from plan_terms(wanted.word)
    elif isinstance(plan, WordPlan):
        yield from plan_terms(plan.in_text)
        if plan.in_title:
            yield from plan_terms(plan.in_title)
    elif isinstance(plan, AndNot):
        yield from plan_terms(plan.kept)
    elif isinstance(plan, AndMaybe):
        yield from plan_terms(plan.required)
        yield from plan_terms(plan.optional)


def query_json(plan: Plan, statistics: Statistics, scale: float = 1.0) -> Json:
    """The query of a plan. scale: what all of its scores are multiplied by, 0 or more."""
    if isinstance(plan, WeightedTerms):
        entries = [each for each in plan.entries if each.terms and each.weight >= 0]
        queries = [_entry(each, statistics, scale) for each in entries]
        for each in plan.entries:
            if each.weight < 0 and queries:
                queries[0] = _lessened(queries[0], each, entries[0].weight)
        return _any_of(queries)
    if isinstance(plan, AnyTerm):
        field, texts = _texts(plan.field, plan.terms)
        return {"terms": {field: texts, "boost": scale}} if texts else NOTHING
    if isinstance(plan, Adjacent):
        return _adjacent(plan, statistics, scale)
    if isinstance(plan, DateRange):
        return _unscored({"range": {"day": {"gte": plan.first_day, "lte": plan.last_day}}})
    if isinstance(plan, MatchAll):
        return _unscored({"match_all": {}})
    if isinstance(plan, And):
        return {"bool": {"must": [query_json(each, statistics, scale) for each in plan.parts]}}
    if isinstance(plan, Or):
        return _any_of([query_json(each, statistics, scale) for each in plan.parts])
    if isinstance(plan, WordPlan):
        ways = [plan.in_text, plan.in_title] if plan.in_title else [plan.in_text]
        return _any_of([query_json(each, statistics, scale) for each in ways])
    if isinstance(plan, Coordinated):
        return _coordinated(plan, statistics, scale)
    if isinstance(plan, AndNot):
        kept, excluded = (
            query_json(plan.kept, statistics, scale),
            query_json(plan.excluded, statistics),
        )
        return {"bool": {"must": [kept], "must_not": [excluded]}}
    required = query_json(plan.required, statistics, scale)
    optional = query_json(plan.optional, statistics, scale * plan.weight)
    return {"bool": {"must": [required], "should": [optional]}}


def any_term(terms: Sequence[Term]) -> Json:
    """Articles with any of some terms, of any fields; not scored."""
    by_field: dict[str, list[str]] = {}
    for field, text in terms:
        by_field.setdefault(field, []).append(text)
    return _any_of([{"terms": {field: texts}} for field, texts in by_field.items()])


def _any_of(queries: list[Json]) -> Json:
    if len(queries) < 2:
        return queries[0] if queries else NOTHING
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _unscored(query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": 0}}


def _texts(field: str, terms: Iterable[str]) -> tuple[str, list[str]]:
    """The cluster's field, and the terms as they are written in it."""
    found = terms_of(field, terms)
    return (found[0].field if found else field), [each.text for each in found]


def _entry(entry: Entry, statistics: Statistics, scale: float) -> Json:
    """Terms that count as one: at one place of a text, the cluster adds up their frequencies."""
    terms = terms_of(entry.field, entry.terms)
    # Lucene's idf of terms that count as one is that of the most frequent of them.
    idf = min(statistics.idf(term) for term in terms)
    boost = scale * entry.weight * (K1 + 1) / idf
    return _match(terms[0].field, [[each.text for each in terms]], boost)


def _lessened(query: Json, penalty: Entry, weight: float) -> Json:
    """A query of an entry with some weight that scores less with other terms beside its own.

    A score below 0 cannot be told to the cluster, but which part of a score is left. An article
    with a penalty has the terms of the first entry as often, in the same field.
    """
    return {
        "boosting": {
            "positive": query,
            "negative": any_term(terms_of(penalty.field, penalty.terms)),
            "negative_boost": max(0.0, 1 + penalty.weight / weight) if weight else 1.0,
        }
    }


def _adjacent(plan: Adjacent, statistics: Statistics, scale: float) -> Json:
    places = [terms_of(place.field, place.terms) for place in plan.places]
    if not all(places):
        return NOTHING
    # That of a phrase is the sum over all terms of all its places.
    idf = sum(statistics.idf(term) for terms in places for term in terms)
    boost = scale * plan.weight * (K1 + 1) / idf
    return _match(places[0][0].field, [[each.text for each in terms] for terms in places], boost)


def _match(field: str, places: Sequence[Sequence[str]], boost: float) -> Json:
    """Articles with any of some terms at each of some consecutive places of a field."""
    if len(places) == len(places[0]) == 1:
        return {"term": {field: {"value": places[0][0], "boost": boost}}}
    text = " ".join(map(BESIDE.join, places))
    kind = "match" if len(places) == 1 else "match_phrase"
    return {kind: {field: {"query": text, "analyzer": "token_text", "boost": boost}}}


def _coordinated(plan: Coordinated, statistics: Statistics, scale: float) -> Json:
    """Scores in texts, times the share of what all words tell; then those in titles.

    The cluster adds up what the words tell that an article has, and takes a line for the power.
    """
    words = [wanted.word for wanted in plan.words]
    in_texts = [query_json(word.in_text, statistics, scale) for word in words]
    in_titles = [word.in_title and query_json(word.in_title, statistics, scale) for word in words]
    at_none, slope = _share_line(plan.exponent)
    together = sum(wanted.telling for wanted in plan.words)
    functions: list[Json] = [{"weight": at_none}] if at_none else []
    for wanted, *queries in zip(plan.words, in_texts, in_titles, strict=True):
        share = slope * wanted.telling / together
        functions += [{"filter": query, "weight": share} for query in queries if query]
    text = {
        "function_score": {
            "query": _any_of(in_texts),
            "functions": functions,
            "score_mode": "sum",
            "max_boost": 1,
            "boost_mode": "multiply",
        }
    }
    titles = [each for each in in_titles if each]
    return {"bool": {"must": [text], "should": titles}}


def _share_line(exponent: float) -> tuple[float, float]:
    """At which height a line begins that is like `share ** exponent`, and how far it rises to 1.

    It meets the curve where an article tells all of a query, and where it tells a quarter. With
    the usual exponent, a half, it is at most 0.05 away from a sixth of it on.
    """
    slope = (1 - _NEAR_SHARE**exponent) / (1 - _NEAR_SHARE)
    return 1 - slope, slope

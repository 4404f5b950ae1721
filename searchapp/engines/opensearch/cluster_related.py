"""Words related to what a query finds, as a cluster is asked for them.

What is related is said in `searchapp.engines.evaluation.related_words`. Each document names the
nouns that its article has most often; those of the best hits are counted with the first search,
and what the most telling ones find within all hits is counted by another request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from whoosh.query.terms import Term as QueryTerm

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.related_words import (
    MAX_SHARE,
    MIN_DOC_FREQ,
    MIN_SHARED,
    NARROWING_SHARE,
    WHOLE_SHARE,
    are_nearly_equal,
    most_telling,
    sample_size,
    unlike_each_other,
)
from searchapp.engines.fields import TEXT, parts_field
from searchapp.engines.meaning import HighlightTerm, Synonyms, Word, query_meaning
from searchapp.engines.opensearch.cluster_index import ClusterIndex, counted, total
from searchapp.engines.opensearch.facet_json import within
from searchapp.engines.opensearch.query_json import Json, any_term, terms_of
from searchapp.german import Analyzer
from searchapp.model import RelatedWord
from searchapp.query import TEXT as ANY_FIELD

SUBJECTS = "related"
"""The name of the aggregation."""
_MORE_HITS = 1.25
"""Of equally good hits a cluster takes any, and so it takes a few more."""
_BETWEEN = "&"
_CANDIDATES = 300
"""Nouns of the best hits that are looked at, by the cluster's own measure, which is much like ours:
a dozen are enough."""


def subjects_json(filters: Sequence[Json], articles: int, shards: int) -> Json:
    """The aggregation that counts the nouns of the best hits among those that pass some filters."""
    nouns = {
        "field": "subjects",
        "size": _CANDIDATES,
        "min_doc_count": MIN_SHARED,
        "shard_min_doc_count": 1,
        "mutual_information": {"include_negatives": False, "background_is_superset": True},
    }
    hits = round(_MORE_HITS * sample_size(articles))
    best = {
        "sampler": {"shard_size": -(-hits // max(1, shards))},
        "aggs": {"nouns": {"significant_terms": nouns}},
    }
    return within(filters, {"best": best})


class Found(NamedTuple):
    """The query of what a noun finds; see `evaluation.related_words.docs_with`.

    whole: of the articles that have it whole. apart: of those that have its parts, for a compound.
    """

    whole: Json
    apart: Json | None

    @property
    def query(self) -> Json:
        """Of all articles that it finds."""
        if self.apart is None:
            return self.whole
        return {"bool": {"should": [self.whole, self.apart], "minimum_should_match": 1}}


def found_by(noun: str, analyzer: Analyzer, synonyms: Synonyms) -> Found | None:
    """What a noun finds by itself in texts."""
    word = query_meaning(QueryTerm(ANY_FIELD, noun), analyzer, synonyms)
    if not isinstance(word, Word):
        return None
    parts = parts_field(TEXT)
    whole = any_term(
        [
            *terms_of(TEXT, (*word.keys, *word.separated, *word.relatives)),
            *terms_of(parts, (*word.keys, *word.relatives)),
            *(term for each in word.synonyms for term in terms_of(TEXT, each.keys)),
        ]
    )
    apart = [
        any_term([*terms_of(TEXT, keys), *terms_of(parts, (head,))]) for *keys, head in word.parts
    ]
    return Found(whole, {"bool": {"filter": apart}} if apart else None)


class RelatedWords:
    """Chooses and counts the words for one index and the owner's synonyms."""

    def __init__(
        self, index: ClusterIndex, articles: int, analyzer: Analyzer, synonyms: Synonyms
    ) -> None:
        self._index = index
        self._articles = articles
        self._analyzer = analyzer
        self._synonyms = synonyms

    def related(
        self,
        answer: Mapping[str, Any],
        nouns: Mapping[str, str],
        terms: Sequence[HighlightTerm],
        found: Sequence[Json],
        limit: int,
        deadline: Deadline,
    ) -> tuple[RelatedWord, ...]:
        """See `searchapp.engines.base.Found.related_words`.

        answer: to `subjects_json`. nouns: those of the corpus by their keys, as they are shown.
        found: the filters that all that was found passes. Raises SearchTimeout and IndexUnreadable.
        """
        candidates = unlike_each_other(self._telling(answer["best"], nouns), terms, self._analyzer)
        queries: dict[str, Found] = {}
        for noun in islice(candidates, 2 * limit):
            its_own = found_by(noun, self._analyzer, self._synonyms)
            if its_own is not None:
                queries[noun] = its_own
        if not queries:
            return ()
        compounds = [each for each, own in queries.items() if own.apart is not None]
        asked = [_Overlaps.asked(found, {noun: own.query for noun, own in queries.items()})]
        for noun in compounds:
            asked += [counted([queries[noun].whole]), counted([queries[noun].query])]
        overlaps, *wholes = self._index.searches(asked, deadline)
        for noun, whole, both in zip(compounds, wholes[::2], wholes[1::2], strict=True):
            if total(whole) < WHOLE_SHARE * total(both):
                del queries[noun]
        return tuple(islice(_narrowing(list(queries), _Overlaps(overlaps)), limit))

    def _telling(
        self, best: Mapping[str, Any], nouns: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The nouns that the best hits are about unusually often, best first: key, and as shown."""
        buckets = [
            each
            for each in best["nouns"]["buckets"]
            if each["key"] in nouns
            and MIN_DOC_FREQ <= each["bg_count"] <= MAX_SHARE * self._articles
        ]
        buckets.sort(key=lambda each: each["key"])
        counts, totals = (
            np.asarray([each[name] for each in buckets], dtype=np.int64)
            for name in ("doc_count", "bg_count")
        )
        for place in most_telling(counts, totals, best["doc_count"], self._articles):
            key = buckets[place]["key"]
            yield key, nouns[key]


class _Overlaps:
    """How many of the articles found each noun finds, and each two of them."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.found = total(answer)
        buckets = answer["aggregations"]["overlaps"]["buckets"]
        self._counts = {
            frozenset(each["key"].split(_BETWEEN)): int(each["doc_count"]) for each in buckets
        }

    def of(self, *nouns: str) -> int:
        """Of one noun or two."""
        return self._counts.get(frozenset(nouns), 0)

    @staticmethod
    def asked(found: Sequence[Json], queries: Mapping[str, Json]) -> Json:
        """The search that it is made of. found: filters of the articles. queries: by noun."""
        matrix = {"filters": dict(queries), "separator": _BETWEEN}
        return {**counted(found), "aggs": {"overlaps": {"adjacency_matrix": matrix}}}


def _narrowing(nouns: Sequence[str], overlaps: _Overlaps) -> Iterator[RelatedWord]:
    """Those that narrow what was found, and that differ from those before."""
    shown: list[str] = []
    for noun in nouns:
        count = overlaps.of(noun)
        if 0 < count <= NARROWING_SHARE * overlaps.found and not any(
            are_nearly_equal(count, overlaps.of(other), partial(overlaps.of, noun, other))
            for other in shown
        ):
            shown.append(noun)
            yield RelatedWord(noun, count)

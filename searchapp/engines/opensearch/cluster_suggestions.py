"""What suggestions ask of a cluster; see `searchapp.engines.evaluation.suggester.SuggestionSource`.

A question of a reader is two requests: the totals of its words, then its titles. It is a third one
where the words before the last one stand in no article together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.suggester import KeyTotals, TitlesWanted
from searchapp.engines.evaluation.suggestion_tables import (
    KIND_OF_FACET,
    SAMPLE_CHARS,
    SAMPLE_DOCS,
    SuggestionTables,
    Writings,
    value_table,
    word_table,
)
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.fields import TEXT, parts_field
from searchapp.engines.opensearch.cluster_index import (
    BY_ID,
    LINK_FIELDS,
    NEWEST,
    ClusterIndex,
    counted,
    link_of,
    total,
)
from searchapp.engines.opensearch.document import title_beginning
from searchapp.engines.opensearch.facet_json import ValueColumn
from searchapp.engines.opensearch.query_json import Json, any_term, terms_of
from searchapp.errors import SearchTimeout
from searchapp.model import ArticleLink
from searchapp.translation import N_

MAX_BEFORE = 20
"""Words before the last one that are looked at, the nearest ones: a score tells so many apart."""

SAMPLE_BYTES = 30_000_000
"""Of the articles, as they come from the cluster, that teach how words are written."""
_PAGE_BYTES = 2_000_000
_FIRST_PAGE, _MAX_PAGE = 5, 500
_SAMPLE_CHARS_EACH = 2_000
"""The beginning of an article has most of its words, and comes with all of it."""
_PAGE_S = 30.0
_SEED = 1


class ClusterSuggestionSource:
    """Asks an index, for one question of a reader."""

    def __init__(
        self,
        index: ClusterIndex,
        articles: int,
        before: Sequence[Sequence[str]],
        deadline: Deadline,
    ) -> None:
        """articles: how many there are. before: see `suggester.keys_before`."""
        self._index = index
        self._articles = articles
        self._before = [
            any_term([*terms_of(TEXT, keys), *terms_of(parts_field(TEXT), keys)])
            for keys in before[-MAX_BEFORE:]
        ]
        self._deadline = deadline

    @property
    def doc_count(self) -> int:
        """Number of articles."""
        return self._articles

    @property
    def is_behind(self) -> bool:
        """Whether words stand before; once `totals` has been asked, any that an article has."""
        return bool(self._before)

    def totals(self, keys: Iterable[str], *, most: float) -> Iterator[KeyTotals]:
        """See `SuggestionSource.totals`."""
        ordered = list(keys)
        if not ordered:
            return
        queries = {key: any_term(terms_of(TEXT, (key,))) for key in ordered}
        asked = [counted([query]) for query in queries.values()]
        if not self._before:
            found = self._index.searches(asked, self._deadline)
            in_all = dict(zip(queries, map(total, found), strict=True))
            yield from (KeyTotals(in_all[key]) for key in ordered)
            return
        together = [counted([query, *self._before]) for query in queries.values()]
        found = self._index.searches([*asked, *together, self._best()], self._deadline)
        in_all = dict(zip(queries, map(total, found), strict=False))
        kept = self._kept(found[-1])
        behind = list(map(total, found[len(asked) : -1]))
        if len(kept) < len(self._before):
            # It was counted with one that misleads.
            self._before = kept
            together = [counted([query, *kept]) for query in queries.values()]
            behind = list(map(total, self._index.searches(together, self._deadline)))
        its_behind = dict(zip(queries, behind, strict=True))
        for key in ordered:
            if not kept:
                yield KeyTotals(in_all[key])
            else:
                yield KeyTotals(in_all[key], its_behind[key] if in_all[key] <= most else 0)

    def _best(self) -> Json:
        """The article with the first of the words before, of those with the second, and so on.

        Each word scores twice what the next one does, so that one score tells all of them.
        """
        ways = [
            {"constant_score": {"filter": query, "boost": 1 << place}}
            for place, query in enumerate(reversed(self._before))
        ]
        return {"query": {"bool": {"should": ways}}, "size": 1, "_source": False}

    def _kept(self, answer: Mapping[str, Any]) -> list[Json]:
        """The words that have articles together, each with those before that have."""
        hits = answer["hits"]["hits"]
        score = int(hits[0]["_score"]) if hits else 0
        last = len(self._before) - 1
        return [query for place, query in enumerate(self._before) if score >> (last - place) & 1]

    def titles(self, wanted: Sequence[TitlesWanted], count: int) -> Iterator[Iterable[ArticleLink]]:
        """See `SuggestionSource.titles`."""
        bodies = [
            {
                "query": {"bool": {"filter": self._titled(each)}},
                "sort": NEWEST,
                "size": count,
                "track_total_hits": False,
                "_source": LINK_FIELDS,
            }
            for each in wanted
        ]
        for answer in self._index.searches(bodies, self._deadline):
            yield map(link_of, answer["hits"]["hits"])

    def _titled(self, wanted: TitlesWanted) -> list[Json]:
        if wanted.key is not None:
            return [any_term(terms_of("title", (wanted.key,))), *self._before]
        beginning = title_beginning(wanted.beginning)
        return [{"prefix": {"title_key": {"value": beginning}}}]


def cluster_tables(
    index: ClusterIndex,
    articles: int,
    vocabulary: Vocabulary,
    facets: Mapping[str, ValueColumn],
    is_given_up: Callable[[], bool],
) -> SuggestionTables:
    """Make the tables, from some articles and what a generation holds of all.

    is_given_up: asked now and then; raises SearchTimeout if so.
    """
    writings = Writings()
    chars = max(_SAMPLE_CHARS_EACH, SAMPLE_CHARS // max(1, articles))
    for title, body in _sample(index, is_given_up):
        writings.add(f"{title}\n{body[: max(0, chars - len(title))]}")
    counted = {
        name: (facets[name].values, np.asarray(facets[name].totals)) for name in KIND_OF_FACET
    }
    return SuggestionTables(word_table(vocabulary, writings), value_table(counted))


def _sample(index: ClusterIndex, is_given_up: Callable[[], bool]) -> Iterator[tuple[str, str]]:
    """Titles and bodies of articles taken at random, always the same: SAMPLE_BYTES or -DOCS."""
    body: dict[str, Any] = {
        "query": {
            "function_score": {
                "query": {"match_all": {}},
                "random_score": {"seed": _SEED, "field": "_seq_no"},
            }
        },
        "sort": [{"_score": "desc"}, BY_ID],
        "track_total_hits": False,
        "_source": ["original.title", "original.body"],
    }
    count = size_bytes = 0
    size = _FIRST_PAGE
    while count < SAMPLE_DOCS and size_bytes < SAMPLE_BYTES:
        if is_given_up():
            raise SearchTimeout(N_("the index was closed"), remedy=N_("try again"))
        answer = index.search({**body, "size": size}, Deadline(_PAGE_S))
        hits = answer["hits"]["hits"]
        for hit in hits:
            article = hit["_source"]["original"]
            title, text = article.get("title", ""), article.get("body", "")
            size_bytes += len(title) + len(text)
            yield title, text
        if len(hits) < size:
            return
        count += size
        size = max(1, min(_MAX_PAGE, 4 * size, _PAGE_BYTES * count // max(1, size_bytes)))
        body["search_after"] = hits[-1]["sort"]

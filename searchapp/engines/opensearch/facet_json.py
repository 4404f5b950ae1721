"""Filters and counts of facets, as the cluster is asked for them and as it answers.

What is counted with which filters is what `searchapp.engines.evaluation.facet_counts` says: a facet
whose choices widen the result is counted as if nothing were chosen in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from searchapp.engines.evaluation.columns import FacetColumn, Tally, spelling_groups
from searchapp.engines.evaluation.doc_set import Integers
from searchapp.engines.evaluation.facet_counts import FacetCounts, top_values
from searchapp.engines.opensearch.document import value_key
from searchapp.engines.opensearch.query_json import Json
from searchapp.facets import FACETS, Facet, Filters

ALL_AT_ONCE = 1_000
"""A facet with no more values than that is counted whole: its answer is short."""
MAX_BUCKETS = 60_000
"""Values in one answer: a cluster makes no more than 65,535, whatever asks for them."""
BESIDE_TIES = 200
"""Values that are asked for beyond the wanted ones, for those that are as frequent as the last."""

_NO_ORDINALS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class ValueColumn(FacetColumn):
    """The values of a facet, without the documents that have them.

    ordinal_of_key: the place of each value, by its `value_key`, which the index holds.
    totals: how many articles have each value.
    """

    ordinal_of_key: Mapping[str, int]
    totals: Sequence[int]

    @classmethod
    def of_spellings(cls, spellings: Mapping[str, int], again: Mapping[str, int]) -> ValueColumn:
        """From the spellings that the articles have, and how many have each.

        again: how many of them have the value in another spelling already.
        """
        written = list(spellings)
        groups = spelling_groups(written, list(spellings.values()))
        shown = [written[group[0]] for group in groups]
        return cls(
            values=shown,
            ordinals=_NO_ORDINALS,
            respelt={
                written[each]: place for place, group in enumerate(groups) for each in group[1:]
            },
            ordinal_of_key={value_key(value): place for place, value in enumerate(shown)},
            totals=[
                sum(spellings[written[each]] - again.get(written[each], 0) for each in group)
                for group in groups
            ],
        )

    def tally_of(self, buckets: Iterable[Mapping[str, Any]]) -> Tally:
        """Counted keys as the counts of values."""
        pairs = sorted((self.ordinal_of_key[each["key"]], each["doc_count"]) for each in buckets)
        counted = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        return Tally(counted[:, 0], counted[:, 1])


def field_of(facet: Facet) -> str:
    """The field that holds the keys of a facet's values."""
    return f"facet.{facet.name}"


def demanded(filters: Filters) -> list[Json]:
    """The filters that no facet is counted without: dates, and facets of which all is demanded."""
    found: list[Json] = []
    if filters.has_dates:
        bounds = {}
        if filters.date_from:
            bounds["gte"] = filters.date_from.toordinal()
        if filters.date_to:
            bounds["lte"] = filters.date_to.toordinal()
        found.append({"range": {"day": bounds}})
    for facet in FACETS:
        if filters.demands_all(facet):
            keys = map(value_key, filters.chosen(facet))
            found += [{"term": {field_of(facet): key}} for key in keys]
    return found


def widened(filters: Filters, *, but: Facet | None = None) -> list[Json]:
    """The filters of the facets in which one of several values is enough, but for that of one."""
    return [
        {"terms": {field_of(facet): [value_key(value) for value in filters.chosen(facet)]}}
        for facet in FACETS
        if facet != but and filters.widens(facet)
    ]


@dataclass(frozen=True, slots=True)
class FacetQuestion:
    """What is to be counted of one facet. limit: values to show, besides those that are chosen."""

    facet: Facet
    column: ValueColumn
    filters: Filters
    limit: int

    @property
    def is_counted_whole(self) -> bool:
        """Whether all values are asked for."""
        return len(self.column.values) <= max(ALL_AT_ONCE, self.limit)

    def aggregations(self) -> dict[str, Json]:
        """What to ask with the first search; a part of it is not answered (see `UNREAD`)."""
        values = terms_json(self.facet, size=self._size)
        asked = {"values": values}
        if not self.is_counted_whole:
            everything = min(len(self.column.values), MAX_BUCKETS)
            asked["all"] = terms_json(self.facet, size=everything)
            asked["distinct"] = {"stats_bucket": {"buckets_path": "all>_count"}}
            values["terms"]["shard_size"] = everything
            if chosen := self.filters.chosen(self.facet):
                asked["chosen"] = chosen_json(self.facet, chosen)
        found = {self.facet.name: within(widened(self.filters, but=self.facet), asked)}
        if self.filters.widens(self.facet) and self.is_counted_whole:
            own = {"values": terms_json(self.facet, size=self._size)}
            found[f"{self.facet.name} found"] = within(widened(self.filters), own)
        return found

    @property
    def _size(self) -> int:
        if self.is_counted_whole:
            return max(1, min(len(self.column.values), MAX_BUCKETS))
        return self.limit + BESIDE_TIES

    def counts(
        self, answer: Mapping[str, Any], ask: Callable[[Mapping[str, Json]], Mapping[str, Any]]
    ) -> FacetCounts:
        """The counts of an answer. ask: asks for further aggregations of the same articles."""
        chosen = self.filters.chosen(self.facet)
        own = answer[self.facet.name]
        buckets = own["values"]["buckets"]
        if self.is_counted_whole:
            tally = self.column.tally_of(buckets)
            found = self._found(answer) if self.filters.widens(self.facet) else None
            return FacetCounts(
                top_values(self.column, tally, chosen, self.limit, found), len(tally.ordinals)
            )
        if len(buckets) == self._size and buckets[-1]["doc_count"] == (
            least := buckets[self.limit - 1]["doc_count"] if self.limit else 0
        ):
            # More are as frequent as the last one that is shown: the German order decides.
            asked = {
                "values": terms_json(
                    self.facet, size=min(len(self.column.values), MAX_BUCKETS), at_least=least
                )
            }
            among = ask({"more": within(widened(self.filters, but=self.facet), asked)})
            buckets = among["more"]["values"]["buckets"]
        known = {each["key"] for each in buckets}
        if chosen:
            buckets = [
                *buckets,
                *(each for each in own["chosen"]["buckets"] if each["key"] not in known),
            ]
        tally = self.column.tally_of(buckets)
        values = top_values(self.column, tally, chosen, self.limit, None)
        if self.filters.widens(self.facet):
            asked = {"values": chosen_json(self.facet, [each.value for each in values])}
            name = f"{self.facet.name} found"
            among = ask({name: within(widened(self.filters), asked)})
            found = self._found(among)
            values = top_values(self.column, tally, chosen, self.limit, found)
        return FacetCounts(values, int(own["distinct"]["count"]))

    def _found(self, answer: Mapping[str, Any]) -> Integers:
        """See `facet_counts.FilterMasks.found_already`."""
        buckets = answer[f"{self.facet.name} found"]["values"]["buckets"]
        ordinals, counts = self.column.tally_of(buckets)
        found = np.zeros(len(self.column.values), dtype=np.int64)
        found[ordinals] = counts
        return found


UNREAD = ("aggregations.*.all.buckets",)
"""Paths of an answer that nobody reads: they are long."""


def within(filters: Sequence[Json], aggregations: Mapping[str, Json]) -> Json:
    """Some aggregations, of the articles that pass some filters."""
    return {"filter": {"bool": {"filter": list(filters)}}, "aggs": dict(aggregations)}


def terms_json(facet: Facet, *, size: int, at_least: int = 1) -> Json:
    """The `size` most frequent values of a facet, of those that so many articles have."""
    asked: Json = {"field": field_of(facet), "size": size}
    if at_least > 1:
        asked["min_doc_count"] = at_least
    return {"terms": asked}


def chosen_json(facet: Facet, values: Iterable[str]) -> Json:
    """Some values of a facet."""
    keys = list(map(value_key, values))
    return {"terms": {"field": field_of(facet), "include": keys, "size": max(1, len(keys))}}


def counted_years(column: ValueColumn, tally: Tally) -> dict[int, int]:
    """How many articles are of each year."""
    return {
        int(column.values[ordinal]): count
        for ordinal, count in zip(tally.ordinals.tolist(), tally.counts.tolist(), strict=True)
    }

"""Which matches pass the filters, and how often each value of a facet occurs in them.

A facet whose choices widen the result (one value a document, or any of many) is counted as if
nothing were chosen in it, so that its counts stay put. A choice that narrows is applied to all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from itertools import repeat
from typing import NamedTuple

import numpy as np

from searchapp.engines.evaluation.columns import (
    NO_DATE,
    NO_TALLY,
    NONE,
    Columns,
    FacetColumn,
    ManyValued,
    Tally,
    smallest,
)
from searchapp.engines.evaluation.doc_set import Docs, DocSet, Integers, Mask
from searchapp.facets import FACETS, YEAR, Facet, Filters, german_sort_key
from searchapp.model import FacetCount


def allowed_docs(columns: Columns, filters: Filters) -> DocSet | None:
    """The live documents that pass the filters which no facet is counted without, or None for all.

    Those are the dates, and the facets of which all chosen values are demanded. The matches of a
    query may be cut down to them before anything else.
    """
    mask = _in_range(columns.days, filters) & columns.live if filters.has_dates else None
    docs = None
    for facet in FACETS:
        chosen = filters.chosen(facet)
        column = columns.facets[facet.name]
        if chosen and filters.demands_all(facet) and isinstance(column, ManyValued):
            holders = column.holders(chosen)
            docs = holders if docs is None else np.intersect1d(docs, holders, assume_unique=True)
    if docs is not None:
        docs = docs[(columns.live if mask is None else mask).take(docs)]
        return DocSet(len(columns.live), docs=docs)
    return None if mask is None else DocSet(len(columns.live), mask=mask)


class FacetCounts(NamedTuple):
    """Counted values of a facet, and how many different ones occur in all."""

    values: tuple[FacetCount, ...]
    distinct: int


class FilterMasks:
    """Computes which matches of a query pass the filters of each facet.

    docs: matching live documents, ascending, all of them in `allowed_docs(columns, filters)`.
    """

    def __init__(self, columns: Columns, filters: Filters, docs: Docs) -> None:
        self._columns = columns
        self._filters = filters
        self._docs = docs
        self._selected_tallies: dict[str, Tally] = {}
        # The filters of other facets have been applied to `docs` already.
        self._masks = {
            facet.name: columns.facets[facet.name].mask(docs, filters.chosen(facet))
            for facet in FACETS
            if filters.chosen(facet) and not filters.demands_all(facet)
        }

    @cached_property
    def selected(self) -> Mask:
        """Which of the matches pass all filters."""
        return self.all_but(None)

    def all_but(self, facet: Facet | None) -> Mask:
        """Which of the matches pass the filters of all other facets."""
        mask = np.ones(len(self._docs), dtype=np.bool_)
        for name, each in self._masks.items():
            if facet is None or name != facet.name:
                mask &= each
        return mask

    def counts(self, facet: Facet, limit: int) -> FacetCounts:
        """The `limit` most frequent values of a facet, and every chosen one."""
        tally = self.tally(facet)
        column = self._columns.facets[facet.name]
        chosen = self._filters.chosen(facet)
        values = top_values(column, tally, chosen, limit, self.found_already(facet))
        return FacetCounts(values, len(tally.ordinals))

    def tally(self, facet: Facet) -> Tally:
        """How often each value of a facet occurs.

        Without a choice in the facet itself, a count is the total after choosing the value.
        """
        if facet.name in self._masks:
            return count(self._columns, facet, self._docs[self.all_but(facet)])
        return self._selected_tally(facet)

    def found_already(self, facet: Facet) -> Integers | None:
        """Of each value of a facet, by ordinal, the articles with it that pass all filters.

        None where no choice widens the results by articles that have been found already.
        """
        if facet.name not in self._masks:
            return None
        ordinals, counts = self._selected_tally(facet)
        found = np.zeros(len(self._columns.facets[facet.name].values), dtype=np.int64)
        found[ordinals] = counts
        return found

    def _selected_tally(self, facet: Facet) -> Tally:
        tally = self._selected_tallies.get(facet.name)
        if tally is None:
            tally = count(self._columns, facet, self.selected_docs)
            self._selected_tallies[facet.name] = tally
        return tally

    def years(self) -> dict[int, int]:
        """How many of the matches that pass all filters are of each year that there is."""
        ordinals, counts = self._selected_tally(YEAR)
        values = self._columns.facets[YEAR.name].values
        years = [int(values[ordinal]) for ordinal in ordinals.tolist()]
        return dict(zip(years, counts.tolist(), strict=True))

    @cached_property
    def selected_docs(self) -> Docs:
        """The matches that pass all filters."""
        return self._docs[self.selected] if self._masks else self._docs


def count(columns: Columns, facet: Facet, docs: Docs) -> Tally:
    """How often each value of a facet occurs in some ascending live documents."""
    column = columns.facets[facet.name]
    if not column.values:
        return NO_TALLY
    live = columns.all_docs
    if len(docs) <= len(live) // 2:
        return column.tally(column.of_docs(docs))
    # For most of the documents it is cheaper to subtract the counts of the others.
    counts = columns.totals(facet)
    if len(docs) < len(live):
        others = columns.live.copy()
        others[docs] = False
        ordinals = column.of_docs(np.flatnonzero(others))
        counts = counts - np.bincount(ordinals, minlength=len(column.values))
    occurring = np.flatnonzero(counts != 0)
    return Tally(occurring, counts.take(occurring))


def _in_range(days: Integers, filters: Filters) -> Mask:
    first, last = filters.date_from, filters.date_to
    inside: Mask = days >= (first.toordinal() if first else NO_DATE + 1)
    if last:
        inside &= days <= last.toordinal()
    return inside


_facet_count = partial(tuple.__new__, FacetCount)
"""Half the time of FacetCount(...), of which a page has hundreds."""


def top_values(
    column: FacetColumn,
    tally: Tally,
    chosen: Sequence[str],
    limit: int,
    found: Integers | None,
) -> tuple[FacetCount, ...]:
    """The values with the highest counts, and every chosen one; ties in German order.

    found: see `FilterMasks.found_already`.
    """
    ordinals, counts = tally
    if limit < len(ordinals):
        # No two keys are equal: the count, and of equal counts the place in German order.
        best = smallest(ordinals - counts * np.int64(len(column.values)), limit)
    else:
        best = np.argsort(-counts, kind="stable")
    values = column.values
    shown = [values[ordinal] for ordinal in ordinals[best].tolist()]
    shown_counts = counts[best].tolist()
    if not chosen:
        rows = zip(shown, shown_counts, repeat(False), repeat(None), strict=False)
        return tuple(map(_facet_count, rows))
    all_shown = dict(zip(shown, shown_counts, strict=True))
    selected = set()
    for value in chosen:
        ordinal = column.ordinal(value)
        known = value if ordinal == NONE else values[ordinal]
        selected.add(known)
        if known not in all_shown:
            all_shown[known] = int(counts[ordinals == ordinal].sum())
    ordered = sorted(all_shown.items(), key=lambda item: (-item[1], german_sort_key(item[0])))
    return tuple(
        FacetCount(
            value,
            count,
            value in selected,
            added(found, column.ordinal(value), count) if value not in selected else None,
        )
        for value, count in ordered
    )


def added(found: Integers | None, ordinal: int, count: int) -> int | None:
    """By how much the total rises after choosing a value that `count` articles have."""
    return None if found is None else count - int(found[ordinal])

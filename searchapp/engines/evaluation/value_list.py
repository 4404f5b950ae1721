"""All values of a facet, page by page: those that contain or begin with something, in an order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from searchapp.engines.evaluation.columns import FacetColumn, Tally
from searchapp.engines.evaluation.doc_set import Docs, Integers
from searchapp.engines.evaluation.facet_counts import added
from searchapp.facets import Facet, plain_letters, spelling_key
from searchapp.model import FacetCount, ValueList, ValueRequest

MAX_LETTERS = 60
"""A list is entered by at most so many letters: those of an alphabet, and the digits."""


def value_list(
    column: FacetColumn,
    tally: Tally,
    wanted: ValueRequest,
    chosen: Sequence[str],
    found: Integers | None = None,
) -> ValueList:
    """The part of some counted values that is asked for. chosen: those that a filter names.

    found: see `FilterMasks.found_already`.
    Takes time for each counted value, and sorting only where the order is not that of names.
    """
    containing = _containing(column, tally, wanted.contains)
    prefix = plain_letters(wanted.prefix)
    tally = _beginning(column, containing, prefix)
    if not wanted.per_page:
        return ValueList(len(tally.ordinals))
    if wanted.order == "count":
        order = np.argsort(-tally.counts, kind="stable")
    else:
        order = _by_name(column, wanted.facet, tally)
    order = order[wanted.offset : wanted.offset + wanted.per_page]
    selected = {column.ordinal(value) for value in chosen}
    return ValueList(
        total=len(tally.ordinals),
        values=tuple(
            FacetCount(
                column.values[ordinal],
                count,
                ordinal in selected,
                added(found, ordinal, count) if ordinal not in selected else None,
            )
            for ordinal, count in zip(
                tally.ordinals[order].tolist(), tally.counts[order].tolist(), strict=True
            )
        ),
        initials=_first_letters(column, containing, 1),
        prefixes=_first_letters(column, tally, len(prefix) + 1) if prefix else (),
    )


def _containing(column: FacetColumn, tally: Tally, contains: str) -> Tally:
    """Those with each word of `contains` in them."""
    # The longest word first: it is likely to be in the fewest values.
    for word in sorted(set(spelling_key(contains).split()), key=len, reverse=True):
        spellings = column.spellings
        tally = _kept(tally, [word in spellings[ordinal] for ordinal in tally.ordinals.tolist()])
    return tally


def _beginning(column: FacetColumn, tally: Tally, prefix: str) -> Tally:
    """Those whose plain letters begin with `prefix`."""
    if not prefix:
        return tally
    names = column.plain_names
    return _kept(tally, [names[each].startswith(prefix) for each in tally.ordinals.tolist()])


def _kept(tally: Tally, keeps: Sequence[bool]) -> Tally:
    mask = np.asarray(keeps, dtype=np.bool_)
    return Tally(tally.ordinals[mask], tally.counts[mask])


def _by_name(column: FacetColumn, facet: Facet, tally: Tally) -> Docs:
    """The places of the values in the order of their names, in which ordinals are; years fall."""
    if not facet.is_year:
        return np.arange(len(tally.ordinals))
    years = [int(column.values[ordinal]) for ordinal in tally.ordinals.tolist()]
    return np.argsort(years)[::-1]


def _first_letters(column: FacetColumn, tally: Tally, length: int) -> tuple[FacetCount, ...]:
    """The first `length` letters of values, the last one no sign, and the number of each."""
    names = column.plain_names
    counts = Counter(names[ordinal][:length] for ordinal in tally.ordinals.tolist())
    found = [
        FacetCount(letters, count)
        for letters, count in counts.items()
        if len(letters) == length and letters[-1].isalnum()
    ]
    if len(found) > MAX_LETTERS:
        least = sorted(each.count for each in found)[-MAX_LETTERS]
        found = [each for each in found if each.count >= least][:MAX_LETTERS]
    return tuple(found)

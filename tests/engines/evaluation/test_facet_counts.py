"""Filters and facet counts over the columns, beside a plain scan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.evaluation.columns import ColumnRow, Columns
from searchapp.engines.evaluation.facet_counts import FilterMasks, allowed_docs
from searchapp.facets import FACETS, Filters, german_sort_key
from searchapp.model import Article
from tests.engines.articles import corpora, filters
from tests.oracle import Oracle

TAGS = FACETS[0]


def columns_of(articles: list[Article], deleted: Iterable[int] = ()) -> Columns:
    return Columns.build([ColumnRow(article, {}) for article in articles], sorted(deleted))


@given(
    corpora, filters, st.sets(st.integers(0, 13)), st.sets(st.integers(0, 13)), st.integers(0, 9)
)
def test_filters_and_counts_are_those_of_a_plain_scan(
    articles: list[Article],
    chosen: Filters,
    deleted: set[int],
    missed: set[int],
    limit: int,
) -> None:
    """For matches that are all, most or few documents.

    Deleted documents keep their number and are in no answer.
    """
    deleted = {doc for doc in deleted if doc < len(articles)}
    columns = columns_of(articles, deleted)
    docs = columns.all_docs
    assert docs.tolist() == [doc for doc in range(len(articles)) if doc not in deleted]
    unmatched = [articles[doc] for doc in docs.tolist() if doc in missed]
    docs = docs[[doc not in missed for doc in docs.tolist()]]
    oracle = Oracle([articles[doc] for doc in docs], unmatched)
    allowed = allowed_docs(columns, chosen)
    if allowed is not None:
        docs = docs[allowed.places_in(docs)]
    masks = FilterMasks(columns, chosen, docs)
    assert {articles[doc].id for doc in docs[masks.selected]} == oracle.matching(None, chosen)
    expected = oracle.facets(None, chosen)
    for facet in FACETS:
        every, distinct = masks.counts(facet, 1000)
        assert distinct == len([each for each in every if each.count])
        assert {each.value: each for each in every} == expected[facet.name]
        best = [each for each in every if each.count][:limit]
        limited = masks.counts(facet, limit)
        assert limited.distinct == distinct
        assert [each for each in limited.values if not each.selected] == [
            each for each in best if not each.selected
        ]


def test_facet_values_are_in_order_of_count_then_of_a_german_index() -> None:
    """ä stands with a, ß with ss, and case does not matter."""
    values = ["Zinn", "Äther", "apfel", "Straße", "Strasser", "öl", "Oma"]
    expected = ["apfel", "Äther", "öl", "Oma", "Straße", "Strasser", "Zinn"]
    assert sorted(values, key=german_sort_key) == expected
    columns = columns_of([Article(f"{n}", "", "", tags=(each,)) for n, each in enumerate(values)])
    counts = FilterMasks(columns, Filters(), columns.all_docs).counts(TAGS, 10)
    assert [each.value for each in counts.values] == expected


def test_ranges_are_closed_and_leave_out_what_has_no_date() -> None:
    """With both ends, with one, and over all of time."""
    days = [dt.date.min, dt.date(2024, 1, 1), dt.date.max, None]
    columns = columns_of([Article(f"{n}", "", "", date=day) for n, day in enumerate(days)])

    def found(date_from: dt.date | None, date_to: dt.date | None) -> list[int]:
        allowed = allowed_docs(columns, Filters(date_from=date_from, date_to=date_to))
        docs: list[int] = (columns.all_docs if allowed is None else allowed.docs).tolist()
        return docs

    assert found(None, None) == [0, 1, 2, 3]
    assert found(dt.date.min, None) == [0, 1, 2]
    assert found(None, dt.date.max) == [0, 1, 2]
    assert found(dt.date(2024, 1, 1), dt.date(2024, 1, 1)) == [1]
    assert found(None, dt.date(2023, 12, 31)) == [0]
    assert found(dt.date(2024, 1, 2), dt.date(2024, 1, 1)) == []

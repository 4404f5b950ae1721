"""Facet and date columns: kept on disk, counted and sorted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.base import Filters
from searchapp.engines.columns import ColumnRow, Columns, german_sort_key
from searchapp.errors import IndexDamaged
from searchapp.model import Article
from tests.engines.articles import corpora, filters
from tests.oracle import Oracle


def row(article: Article) -> ColumnRow:
    return ColumnRow(article.id, article.date, article.tags, article.source, article.author, {})


@given(corpora, filters, st.sets(st.integers(0, 13)))
def test_saved_columns_select_and_count_like_a_plain_scan(
    articles: list[Article], chosen: Filters, deleted: set[int]
) -> None:
    """Deleted documents keep their number and are in no answer."""
    deleted = {doc for doc in deleted if doc < len(articles)}
    with TemporaryDirectory() as folder:
        Columns.build(map(row, articles), sorted(deleted)).save(Path(folder))
        columns = Columns.load(Path(folder))
    docs = columns.all_docs
    assert docs.tolist() == [doc for doc in range(len(articles)) if doc not in deleted]
    selected, facets = columns.select(docs, chosen, facet_limit=1000)
    oracle = Oracle([articles[doc] for doc in docs])
    assert {articles[doc].id for doc in docs[selected]} == oracle.matching(None, chosen)
    counted = {name: {each.value: each for each in counts} for name, counts in facets.items()}
    assert counted == oracle.facets(None, chosen)


def test_facet_values_are_in_order_of_count_then_of_a_german_index() -> None:
    """ä stands with a, ß with ss, and case does not matter."""
    values = ["Zinn", "Äther", "apfel", "Straße", "Strasse", "öl", "Oma"]
    expected = ["apfel", "Äther", "öl", "Oma", "Strasse", "Straße", "Zinn"]
    assert sorted(values, key=german_sort_key) == expected
    columns = Columns.build(
        ColumnRow(str(n), None, (v,), None, None, {}) for n, v in enumerate(values)
    )
    _, facets = columns.select(columns.all_docs, Filters(), facet_limit=10)
    assert [each.value for each in facets["tags"]] == expected


def test_ranges_are_closed_and_leave_out_what_has_no_date() -> None:
    """With both ends, with one, and over all of time."""
    days = [dt.date.min, dt.date(2024, 1, 1), dt.date.max, None]
    columns = Columns.build(
        ColumnRow(str(n), day, (), None, None, {}) for n, day in enumerate(days)
    )

    def found(date_from: dt.date | None, date_to: dt.date | None) -> list[int]:
        chosen = Filters(date_from=date_from, date_to=date_to)
        selected, _ = columns.select(columns.all_docs, chosen, facet_limit=10)
        return np.flatnonzero(selected).tolist()

    assert found(None, None) == [0, 1, 2, 3]
    assert found(dt.date.min, None) == [0, 1, 2]
    assert found(None, dt.date.max) == [0, 1, 2]
    assert found(dt.date(2024, 1, 1), dt.date(2024, 1, 1)) == [1]
    assert found(None, dt.date(2023, 12, 31)) == [0]
    assert found(dt.date(2024, 1, 2), dt.date(2024, 1, 1)) == []


@pytest.mark.parametrize("name", ["days.npy", "tags.json", "tags-ordinals.npy", "live.npy"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "garbage"])
def test_damaged_columns_are_refused(tmp_path: Path, name: str, damage: str) -> None:
    """With the command that mends them."""
    columns = Columns.build([ColumnRow("1", None, ("a", "b"), "c", "d", {})])
    columns.save(tmp_path)
    path = tmp_path / name
    match damage:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(path.read_bytes()[:-1])
        case "garbage":
            path.write_bytes(b"\x93\xff{}[" * 20)
    with pytest.raises(IndexDamaged, match="searchapp rebuild"):
        Columns.load(tmp_path)

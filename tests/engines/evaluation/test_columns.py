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
from searchapp.engines.evaluation.columns import (
    NO_DATE,
    NONE,
    ColumnRow,
    Columns,
    Numbered,
    german_sort_key,
)
from searchapp.engines.fields import ANALYZED_FIELDS
from searchapp.engines.storage.segment_file import SegmentFileWriter
from searchapp.errors import IndexDamaged
from searchapp.model import Article, Sort
from tests.engines.articles import corpora, filters
from tests.oracle import Oracle


def row(article: Article) -> ColumnRow:
    return ColumnRow(article.id, article.date, article.tags, article.source, article.author, {})


def saved_and_loaded(columns: Columns) -> Columns:
    with TemporaryDirectory() as folder:
        columns.save(Path(folder, "columns"))
        return Columns.load(Path(folder, "columns"))


@given(
    corpora, filters, st.sets(st.integers(0, 13)), st.sets(st.integers(0, 13)), st.integers(0, 9)
)
def test_saved_columns_select_and_count_like_a_plain_scan(
    articles: list[Article],
    chosen: Filters,
    deleted: set[int],
    missed: set[int],
    facet_limit: int,
) -> None:
    """For matches that are all, most or few documents, cut down by `narrowing` before or not.

    Deleted documents keep their number and are in no answer.
    """
    deleted = {doc for doc in deleted if doc < len(articles)}
    columns = saved_and_loaded(Columns.build(map(row, articles), sorted(deleted)))
    docs = columns.all_docs
    assert docs.tolist() == [doc for doc in range(len(articles)) if doc not in deleted]
    docs = docs[[doc not in missed for doc in docs.tolist()]]
    oracle = Oracle([articles[doc] for doc in docs])
    allowed = columns.narrowing(chosen)
    inside = docs if allowed is None else docs[allowed.places_in(docs)]
    answers = []
    for matches, narrowed in ((docs, False), (inside, True)):
        selected, facets = columns.select(matches, chosen, facet_limit=1000, narrowed=narrowed)
        assert {articles[doc].id for doc in matches[selected]} == oracle.matching(None, chosen)
        counted = {name: {each.value: each for each in counts} for name, counts in facets.items()}
        assert counted == oracle.facets(None, chosen)
        answers.append(facets)
    assert answers[0] == answers[1]
    _, few = columns.select(docs, chosen, facet_limit=facet_limit)
    for name, counts in few.items():
        best = [each for each in answers[0][name] if each.count][:facet_limit]
        assert [each for each in counts if not each.selected] == [
            each for each in best if not each.selected
        ]


@given(corpora, st.integers(0, 16), st.data())
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_the_first_are_those_of_the_whole_order(
    sort: Sort, articles: list[Article], first: int, data: st.DataObject
) -> None:
    """By score or date, then the newest, then by id; also where many scores are equal."""
    columns = Columns.build(map(row, articles))
    few_scores = st.sampled_from((-0.5, 0.0, 1.0, 2.0))
    scores = [data.draw(few_scores) for _ in articles]
    latest = dt.date.max.toordinal() + 1

    def age(doc: int) -> int:
        date = articles[doc].date
        if date is None:
            return latest
        return date.toordinal() * (1 if sort == "oldest" else -1)

    def place(doc: int) -> tuple[float, int, str]:
        return (-scores[doc] if sort == "relevance" else 0.0, age(doc), articles[doc].id)

    expected = sorted(range(len(articles)), key=place)[:first]
    found = columns.order(columns.all_docs, np.asarray(scores, dtype=np.float32), sort, first=first)
    assert found.tolist() == expected


def test_columns_of_arrays_are_those_of_rows(tmp_path: Path) -> None:
    """Values may come in any order, and some that no document has."""
    days = [dt.date(2024, 5, 1), None]
    rows = [
        ColumnRow("b", days[0], ("z", "ä"), None, "A", {"text": 300}),
        ColumnRow("a", days[1], ("z",), "S", None, {"title": 2}),
    ]
    lengths = {name: np.zeros(2, dtype=np.int64) for name in ANALYZED_FIELDS}
    lengths["text"][0], lengths["title"][1] = 300, 2
    columns = Columns.of_arrays(
        ids=["b", "a"],
        days=np.asarray([dt.date(2024, 5, 1).toordinal(), NO_DATE]),
        live=np.ones(2, dtype=np.bool_),
        lengths=lengths,
        tags=Numbered(["ä", "gone", "z"], np.asarray([2, 0, 2])),
        tag_counts=np.asarray([2, 1], dtype=np.uint8),
        source=Numbered(["S"], np.asarray([NONE, 0])),
        author=Numbered(["gone", "A"], np.asarray([1, NONE])),
    )
    columns.save(tmp_path / "one")
    Columns.build(rows).save(tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert columns.year.values == ["2024"]


@given(st.data())
def test_a_flipped_bit_is_refused_by_the_name_of_the_file(data: st.DataObject) -> None:
    """Wherever it is: the columns are never read wrongly."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "columns")
        columns = Columns.build([ColumnRow("1", None, ("a", "b"), "c", "d", {})])
        columns.save(path)
        content = bytearray(path.read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(content)
        where = loaded = None
        try:
            loaded = Columns.load(path)
        except IndexDamaged as error:
            where = error.where
        if loaded is None:
            assert where == str(path)
        else:  # It was one of the bytes that only align the arrays.
            columns.save(Path(folder, "before"))
            loaded.save(Path(folder, "again"))
            assert Path(folder, "again").read_bytes() == Path(folder, "before").read_bytes()


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


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "garbage", "another file"])
def test_damaged_columns_are_refused(tmp_path: Path, damage: str) -> None:
    """With the command that mends them."""
    path = tmp_path / "columns"
    Columns.build([ColumnRow("1", None, ("a", "b"), "c", "d", {})]).save(path)
    content = path.read_bytes()
    path.unlink()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(content[:-1])
        case "garbage":
            path.write_bytes(b"\x93\xff{}[" * 20)
        case "another file":
            with SegmentFileWriter(path) as writer:
                writer.finish({"values": {"tags": []}})
    with pytest.raises(IndexDamaged, match="searchapp rebuild"):
        Columns.load(path)

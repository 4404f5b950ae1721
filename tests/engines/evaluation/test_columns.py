"""Facet and date columns: built, kept on disk and sorted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.evaluation.columns import NO_DATE, NONE, ColumnRow, Columns, Numbered
from searchapp.engines.fields import ANALYZED_FIELDS
from searchapp.engines.storage.segment_file import SegmentFileWriter
from searchapp.errors import IndexDamaged
from searchapp.model import Article, Sort
from tests.engines.articles import corpora


def row(article: Article) -> ColumnRow:
    return ColumnRow(article, {})


def saved_and_loaded(columns: Columns) -> Columns:
    with TemporaryDirectory() as folder:
        columns.save(Path(folder, "columns"))
        return Columns.load(Path(folder, "columns"))


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
        ColumnRow(
            Article("b", "", "", tags=("z", "ä"), date=days[0], authors=("A",)), {"text": 300}
        ),
        ColumnRow(Article("a", "", "", tags=("z",), date=days[1], source="S"), {"title": 2}),
    ]
    lengths = {name: np.zeros(2, dtype=np.int64) for name in ANALYZED_FIELDS}
    lengths["text"][0], lengths["title"][1] = 300, 2
    columns = Columns.of_arrays(
        id_ranks=np.asarray([1, 0]),
        days=np.asarray([dt.date(2024, 5, 1).toordinal(), NO_DATE]),
        live=np.ones(2, dtype=np.bool_),
        lengths=lengths,
        facets={
            "tags": Numbered(
                ["ä", "gone", "z"], np.asarray([2, 0, 2]), np.asarray([2, 1], dtype=np.uint8)
            ),
            "section": Numbered([], np.asarray([NONE, NONE])),
            "source": Numbered(["S"], np.asarray([NONE, 0])),
            "author": Numbered(["gone", "A"], np.asarray([1]), np.asarray([1, 0])),
        },
    )
    columns.save(tmp_path / "one")
    Columns.build(rows).save(tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert columns.facets["year"].values == ["2024"]


@given(st.data())
def test_a_flipped_bit_is_refused_by_the_name_of_the_file(data: st.DataObject) -> None:
    """Wherever it is: the columns are never read wrongly."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "columns")
        columns = Columns.build(
            [row(Article("1", "", "", tags=("a", "b"), source="c", authors=("d",)))]
        )
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


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "garbage", "another file"])
def test_damaged_columns_are_refused(tmp_path: Path, damage: str) -> None:
    """With the command that mends them."""
    path = tmp_path / "columns"
    Columns.build([row(Article("1", "", "", tags=("a", "b"), source="c", authors=("d",)))]).save(
        path
    )
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

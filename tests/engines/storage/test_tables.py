"""Tables of numbers by row, and dictionaries of sorted terms."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.engines.storage.tables import (
    GROUP_ROWS,
    MAX_NUMBER,
    RowTable,
    RowTableWriter,
    TermDictionary,
)
from searchapp.errors import IndexDamaged

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def table_file(
    path: Path, rows: list[tuple[int, int]], portion: int, terms: list[bytes] | None = None
) -> SegmentFile:
    """Rows of two columns, written in portions; with terms, a dictionary."""
    path.unlink(missing_ok=True)
    writer = SegmentFileWriter(path)
    table = RowTableWriter(writer, "t", ("a", "b"))
    for start in range(0, len(rows), portion):
        part = np.array(rows[start : start + portion], dtype=np.int64).reshape(-1, 2)
        table.add(list(part.T), None if terms is None else terms[start : start + portion])
    writer.finish({"tables": {"t": table.finish(is_dictionary=terms is not None)}})
    return SegmentFile(path, BlockCache(1 << 20))


@in_one_folder
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, MAX_NUMBER)), max_size=3 * GROUP_ROWS),
    st.integers(1, 100),
    st.data(),
)
def test_ranges_are_running_totals(
    tmp_path: Path, rows: list[tuple[int, int]], portion: int, data: st.DataObject
) -> None:
    """Of every row, and stretches of numbers as they were written."""
    table = RowTable(table_file(tmp_path / "a", rows, portion), "t")
    assert table.row_count == len(rows)
    sums = [[0, *accumulate(column)] for column in zip(*rows, strict=True)] or [[0], [0]]
    assert table.totals() == [column[-1] for column in sums]
    for row in range(len(rows)):
        assert table.ranges(row) == [(column[row], column[row + 1]) for column in sums]
        assert [table.range(row, 0), table.range(row, 1)] == table.ranges(row)
    first = data.draw(st.integers(0, len(rows)))
    last = data.draw(st.integers(first, len(rows)))
    numbers = table.numbers(first, last)
    assert numbers["a"].tolist() == [a for a, _ in rows[first:last]]
    assert numbers["b"].tolist() == [b for _, b in rows[first:last]]


term_bytes = st.one_of(
    st.binary(max_size=4), st.sampled_from([b"\\", b"\n", b"\\n", b"\\b", b"a\nb", b""])
)


@in_one_folder
@given(st.sets(term_bytes, max_size=3 * GROUP_ROWS), st.integers(1, 100), st.lists(term_bytes))
def test_terms_are_found_in_order(
    tmp_path: Path, chosen: set[bytes], portion: int, others: list[bytes]
) -> None:
    """Any bytes, also those by which terms are parted in the file."""
    terms = sorted(chosen)
    file = table_file(tmp_path / "a", [(1, 2)] * len(terms), portion, terms)
    dictionary = TermDictionary(file, "t")
    assert list(dictionary.terms()) == terms
    for row, term in enumerate(terms):
        assert (dictionary.find(term), dictionary.term(row)) == (row, term)
    for term in others:
        assert dictionary.find(term) == (terms.index(term) if term in chosen else None)
        first = dictionary.first_from(term)
        assert terms[first:] == [each for each in terms if each >= term]
        last = max(first, len(terms) // 2)
        assert list(dictionary.terms(first, last)) == terms[first:last]
        assert dictionary.between(term, b"m") == [each for each in terms if term <= each < b"m"]
    rows = np.arange(0, len(terms), 3)
    assert dictionary.terms_at(rows) == terms[::3]


@pytest.mark.parametrize("name", ["t/rows", "t/bases", "t/terms", "t/heads"])
def test_a_part_that_is_missing_is_damage(tmp_path: Path, name: str) -> None:
    """As another program might have left it out."""
    whole = table_file(tmp_path / "a", [(1, 2)] * 70, 70, [b"%02d" % i for i in range(70)])
    writer = SegmentFileWriter(tmp_path / "b")
    writer.copy(whole, [stream for stream in whole.streams if stream != name])
    for array in ("t/bases", "t/text_starts", "t/head_ends", "t/heads"):
        if array != name:
            writer.array(array, whole.array(array))
    properties: dict[str, Any] = dict(whole.properties)
    writer.finish(properties)
    with pytest.raises(IndexDamaged, match=name):
        TermDictionary(SegmentFile(tmp_path / "b", BlockCache(1 << 20)), "t")


def test_a_table_of_a_wrong_length_is_damage(tmp_path: Path) -> None:
    """Its rows are fewer or more than its properties say."""
    whole = table_file(tmp_path / "a", [(1, 2)] * 70, 70)
    writer = SegmentFileWriter(tmp_path / "b")
    writer.copy(whole, list(whole.streams))
    writer.array("t/bases", whole.array("t/bases"))
    writer.finish({"tables": {"t": {"rows": 700, "columns": ["a", "b"]}}})
    with pytest.raises(IndexDamaged, match="wrong length"):
        RowTable(SegmentFile(tmp_path / "b", BlockCache(1 << 20)), "t")


@pytest.mark.parametrize("number", [-1, MAX_NUMBER + 1])
def test_a_number_that_would_come_back_as_another_is_refused(tmp_path: Path, number: int) -> None:
    """A count that wrapped would be a wrong answer with a right checksum."""
    writer = SegmentFileWriter(tmp_path / "a")
    table = RowTableWriter(writer, "rows", ("count",))
    with pytest.raises(ValueError, match="not in 0 to"):
        table.add(([1, number],))
    writer.abort()

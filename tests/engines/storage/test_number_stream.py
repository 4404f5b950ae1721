"""Sequences of numbers in byte planes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.errors import IndexDamaged

numbers = st.one_of(
    st.integers(0, 3), st.integers(0, 255), st.integers(0, 70_000), st.integers(0, 2**32 - 1)
)
portions = st.lists(st.lists(numbers, max_size=30), max_size=5)


def stream(path: Path, parts: list[list[int]], taken: NumberStream | None = None) -> NumberStream:
    """The numbers, written in parts into a new file."""
    path.unlink(missing_ok=True)
    writer = SegmentFileWriter(path)
    into = NumberStreamWriter(writer, "n")
    for part in parts:
        into.add(np.array(part, dtype=np.int64))
        if taken is not None:
            into.copy(taken._planes[0]._file)
    writer.finish({})
    return NumberStream(SegmentFile(path, BlockCache(1 << 20)), "n")


in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@in_one_folder
@given(portions, st.integers(0, 160), st.integers(0, 160))
def test_any_stretch_is_read(tmp_path: Path, parts: list[list[int]], a: int, b: int) -> None:
    """Whichever portion needed more bytes than those before."""
    expected = [number for part in parts for number in part]
    read = stream(tmp_path / "a", parts)
    assert read.size == len(expected)
    assert read.read(0, read.size).tolist() == expected
    start, stop = sorted(min(each, len(expected)) for each in (a, b))
    assert read.read(start, stop).tolist() == expected[start:stop]


@pytest.mark.parametrize(
    ("largest", "dtype"), [(255, "u1"), (256, "<u2"), (65536, "<u4"), (2**32 - 1, "<u4")]
)
def test_numbers_are_of_the_smallest_type(tmp_path: Path, largest: int, dtype: str) -> None:
    """One byte each, if that is enough for all."""
    read = stream(tmp_path / "a", [[0, 1], [largest]])
    assert read.read(0, 3).dtype == np.dtype(dtype)
    assert read.read(0, 3).tolist() == [0, 1, largest]


@in_one_folder
@given(portions, portions)
def test_a_stream_is_taken_over(
    tmp_path: Path, parts: list[list[int]], own: list[list[int]]
) -> None:
    """Between portions of one's own, whichever has more planes."""
    taken = stream(tmp_path / "first", parts)
    inner = [number for part in parts for number in part]
    expected = [number for part in own for number in [*part, *inner]]
    read = stream(tmp_path / "second", own, taken)
    assert read.read(0, read.size).tolist() == expected


def test_planes_of_different_length_are_damage(tmp_path: Path) -> None:
    """As another program might write them."""
    writer = SegmentFileWriter(tmp_path / "a")
    writer.append("n/0", b"abc")
    writer.append("n/1", b"ab")
    writer.finish({})
    with pytest.raises(IndexDamaged, match="differ in length"):
        NumberStream(SegmentFile(tmp_path / "a", BlockCache(1 << 20)), "n")

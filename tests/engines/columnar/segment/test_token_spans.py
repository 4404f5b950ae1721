"""Where tokens stand is kept in few bytes, and read as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.columnar.segment.token_spans import (
    NARROW,
    token_count,
    token_records,
    token_spans,
    tokens_at,
)

Tokens = list[tuple[int, int, int]]
"""Of each token the gap before it, its length and its step."""

usual = st.tuples(st.sampled_from((1, 1, 1, 2, 3, 0, -5)), st.integers(1, 12), st.just(1))
tokens = st.lists(
    usual
    | st.tuples(st.integers(0, 127), st.integers(1, 255), st.integers(0, 255))
    | st.tuples(st.integers(0, 3), st.sampled_from((40, 41, 63, 64)), st.sampled_from((0, 15, 16))),
    max_size=40,
)
wide_tokens = tokens | st.lists(
    st.tuples(st.integers(0, 70_000), st.integers(1, 300), st.integers(0, 70_000)), max_size=3
)


def columns(docs: Sequence[Tokens]) -> tuple[list[int], list[int], list[int], list[int]]:
    """Starts, sizes and positions of all tokens, and how many each document has."""
    starts, sizes, positions = [], [], []
    for doc in docs:
        end = position = 0
        for gap, size, step in doc:
            start = max(0, end + gap)
            end, position = start + size, position + step
            starts.append(start)
            sizes.append(size)
            positions.append(position)
    return starts, sizes, positions, [len(doc) for doc in docs]


def reader(stream: bytes) -> Callable[[int, int], bytes]:
    return lambda start, stop: stream[start:stop]


def records(docs: Sequence[Tokens]) -> list[bytes]:
    return list(token_records(*(np.asarray(each, dtype=np.int64) for each in columns(docs))))


@given(st.lists(wide_tokens, max_size=4), st.integers(0, 45))
def test_records_are_read_as_they_were_written(docs: list[Tokens], limit: int) -> None:
    """All of a record, wherever it stands in its stream, or the first tokens."""
    starts, sizes, positions, counts = columns(docs)
    first = 0
    for record, count in zip(records(docs), counts, strict=True):
        stream = b"before" + record + b"behind"
        start, stop = 6, 6 + len(record)
        assert token_count(reader(stream), start, stop) == count
        for most in (None, limit):
            found = token_spans(reader(stream), start, stop, most)
            last = first + (count if most is None else min(count, most))
            # Few bytes more are read at once than would be for a few tokens.
            assert len(found.starts) in (last - first, count)
            last = first + len(found.starts)
            assert found.starts.tolist() == starts[first:last]
            assert (found.ends - found.starts).tolist() == sizes[first:last]
            assert found.positions.tolist() == positions[first:last]
        first += count


@given(st.lists(tokens, min_size=1, max_size=4))
def test_tokens_are_found_by_their_positions(docs: list[Tokens]) -> None:
    """In several documents at once."""
    written = [
        (doc, each)
        for doc, each in zip(docs, records(docs), strict=True)
        if doc and each[:1] == NARROW
    ]
    places, sought, expected = [], [], []
    for place, (doc, _) in enumerate(written):
        starts, sizes, positions, _ = columns([doc])
        for position in sorted(set(positions)):
            first = positions.index(position)
            places.append(place)
            sought.append(position)
            expected.append(
                (positions.count(position), starts[first], starts[first] + sizes[first])
            )
    if places:
        found = tokens_at([each for _, each in written], np.asarray(places), np.asarray(sought))
        assert list(zip(*(each.tolist() for each in found), strict=True)) == expected


def test_a_usual_token_takes_a_byte() -> None:
    """Many others take three more each."""
    (record,) = records([[(1, 5, 1)] * 1000])
    assert len(record) == 1000 + 2
    (record,) = records([[(1, 200, 1)] * 1000])
    assert len(record) == 4 * 1000 + 5


@pytest.mark.parametrize(
    "record", [b"", b"\x07abc", b"\x01\xff\x09", b"\x01\xff\xff\x00", b"\x03a"]
)
def test_what_is_no_record_is_refused(record: bytes) -> None:
    """Empty, of another kind, or with fewer others than it says."""
    with pytest.raises(ValueError, match=r"."):
        token_spans(reader(record), 0, len(record))

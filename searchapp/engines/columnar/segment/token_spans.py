"""Where the tokens of a document stand, as a record of small numbers.

Of each token are kept: the gap between it and the token before, nearly always one blank; its
length; and the step from the position before. The parts of a joined whole begin before its end,
and so a gap may be negative: numbers are folded to 0, -1, 1, -2 ... = 0, 1, 2, 3 ...

Nearly all tokens are one of 255 kinds, and so a byte each: a word of so many letters behind a
blank, at the next position, and the like. A record is one byte, which says how it goes on:

- 1 or 3: a byte for each token, its kind or _OTHER; of the others all gaps, all lengths and all
  steps, a byte each; how many they are, in 1 or 4 bytes;
- 2 or 4: all gaps, all lengths and all steps, with so many bytes a number.

Read in one piece, for it is read for each hit of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.segment.postings import gaps_within, sums_before

Ints = npt.NDArray[np.int64]

_WIDTHS = (2, 4)
_COUNT_BYTES = {1: 1, 3: 4}
"""By the first byte of a record, in how many bytes it is told how many other tokens there are."""
_OTHER = 255
"""In place of the kind of a token that is of none."""
_KINDS = (
    # folded gap, step, least length, greatest length
    (2, 1, 1, 40),  # behind a blank
    (4, 1, 1, 28),  # behind a comma and a blank, or what ends a sentence
    (2, 10, 2, 29),  # at the beginning of a tag, or of the body
    (4, 10, 3, 24),
    (6, 1, 1, 20),
    (0, 0, 3, 20),  # what is another reading or the first part of a whole, and so on
    (8, 1, 2, 14),
    (10, 1, 5, 10),
    (3, 0, 2, 2),
    (5, 0, 1, 3),
    (7, 0, 1, 4),
    (9, 0, 1, 5),
    (11, 0, 1, 6),
    (13, 0, 2, 7),
    (15, 0, 1, 8),
    (17, 0, 2, 9),
    (19, 0, 2, 9),
    (21, 0, 1, 8),
    (23, 0, 1, 8),
    (25, 0, 1, 8),
    (27, 0, 1, 7),
)
"""Chosen by how frequent they are in long and in short articles: of both they are 98 % or more."""

_FOLDED, _STEPS, _SIZES = np.zeros((3, 256), dtype=np.uint8)
_FOLDED_BELOW, _STEPS_BELOW, _SIZES_BELOW = 32, 16, 64
_KIND_OF = np.full((_FOLDED_BELOW, _STEPS_BELOW, _SIZES_BELOW), _OTHER, dtype=np.uint8)
_count = 0
for _folded, _step, _least, _most in _KINDS:
    for _size in range(_least, _most + 1):
        _FOLDED[_count], _STEPS[_count], _SIZES[_count] = _folded, _step, _size
        _KIND_OF[_folded, _step, _size] = _count
        _count += 1
assert _count == _OTHER


class TokenSpans(NamedTuple):
    """The tokens of a document, all of shape (tokens,).

    starts, ends: offsets into title, tags and body as if one text, each followed by one
    character. positions: as in the field `text`.
    """

    starts: Ints
    ends: Ints
    positions: Ints


def token_records(
    starts: npt.NDArray[Any],
    sizes: npt.NDArray[Any],
    positions: npt.NDArray[Any],
    counts: Ints,
) -> Iterator[bytes]:
    """The record of each document.

    starts, sizes, positions: of all tokens, one document's behind the other's. counts: tokens of
    each document.
    """
    filled = counts[counts > 0]
    columns = (_folded_gaps(starts, sizes, filled), sizes, gaps_within(positions, filled))
    kinds = _kinds(*columns)
    is_other = kinds == _OTHER
    others = [column[is_other].astype(np.uint8) for column in columns]
    others_before = np.concatenate(([0], np.cumsum(is_other)))
    is_wide = np.maximum.reduce(columns) > 0xFF if len(starts) else np.empty(0, dtype=np.bool_)
    wide_before = np.concatenate(([0], np.cumsum(is_wide)))
    ends = np.cumsum(counts)
    firsts = ends - counts
    for first, end, wide, other, other_end in zip(
        firsts.tolist(),
        ends.tolist(),
        (wide_before[ends] - wide_before[firsts]).tolist(),
        others_before[firsts].tolist(),
        others_before[ends].tolist(),
        strict=True,
    ):
        if not wide:
            its_others = [column[other:other_end].tobytes() for column in others]
            count = other_end - other
            head, count_bytes = (1, 1) if count < 1 << 8 else (3, 4)
            pieces = (bytes((head,)), kinds[first:end].tobytes(), *its_others)
            yield b"".join(pieces) + count.to_bytes(count_bytes, "little")
            continue
        tokens = slice(first, end)
        width = 2 if max(int(column[tokens].max()) for column in columns) < 1 << 16 else 4
        yield bytes((width,)) + b"".join(
            [column[tokens].astype(f"<u{width}").tobytes() for column in columns]
        )


def _kinds(folded: Ints, sizes: npt.NDArray[Any], steps: Ints) -> npt.NDArray[np.uint8]:
    """The kind of each token, or _OTHER."""
    kinds = np.full(len(folded), _OTHER, dtype=np.uint8)
    small = np.flatnonzero(
        (folded < _FOLDED_BELOW) & (steps < _STEPS_BELOW) & (sizes < _SIZES_BELOW)
    )
    kinds[small] = _KIND_OF[folded[small], steps[small], sizes[small]]
    return kinds


def _folded_gaps(starts: npt.NDArray[Any], sizes: npt.NDArray[Any], counts: Ints) -> Ints:
    """The folded gap before each token, of the first one in a document from its beginning."""
    gaps = np.array(starts, dtype=np.int64)
    gaps[1:] -= (starts + sizes)[:-1]
    firsts = sums_before(counts)
    gaps[firsts] = starts[firsts]
    folded: Ints = np.where(gaps < 0, -2 * gaps - 1, 2 * gaps)
    return folded


def token_spans(
    read: Callable[[int, int], bytes], start: int, stop: int, limit: int | None = None
) -> TokenSpans:
    """The tokens of one document, or the first of them. Raises ValueError for what is no record.

    read: gives a range of the stream in which the record is [start, stop).
    """
    if limit is None or stop - start <= limit:
        record = read(start, stop)
        read, start, stop = _reader(record), 0, len(record)
    folded, sizes, steps = (
        column.astype(np.int64) for column in _columns(read, start, stop, limit)
    )
    ends = np.cumsum(((folded >> 1) ^ -(folded & 1)) + sizes)
    return TokenSpans(ends - sizes, ends, np.cumsum(steps))


def _reader(record: bytes) -> Callable[[int, int], bytes]:
    return lambda start, stop: record[start:stop]


def token_count(read: Callable[[int, int], bytes], start: int, stop: int) -> int:
    """How many tokens a document has. Raises ValueError for what is no record."""
    return _shape(read, start, stop)[1]


def _shape(read: Callable[[int, int], bytes], start: int, stop: int) -> tuple[int, int, int]:
    """The first byte of a record, and how many tokens and others it has."""
    (head,) = read(start, start + 1) or b"\0"
    if head in _WIDTHS:
        return head, (stop - start - 1) // (3 * head), 0
    if head not in _COUNT_BYTES:
        raise ValueError("it is no record of tokens")
    others = int.from_bytes(read(stop - _COUNT_BYTES[head], stop), "little")
    return head, stop - start - 1 - 3 * others - _COUNT_BYTES[head], others


def _columns(
    read: Callable[[int, int], bytes], start: int, stop: int, limit: int | None
) -> list[npt.NDArray[Any]]:
    """Folded gaps, lengths and steps of all tokens, or of the first so many."""
    head, count, others = _shape(read, start, stop)
    start += 1
    taken = count if limit is None else min(count, limit)
    if head in _WIDTHS:
        firsts = (start + column * count * head for column in range(3))
        return [np.frombuffer(read(each, each + taken * head), f"<u{head}") for each in firsts]
    if count < 0:
        raise ValueError("it is no record of tokens")
    kinds = np.frombuffer(read(start, start + taken), np.uint8)
    places = np.flatnonzero(kinds == _OTHER)
    if len(places) > others:
        raise ValueError("it is no record of tokens")
    firsts = (start + count + column * others for column in range(3))
    return _of_kinds(kinds, places, [read(each, each + len(places)) for each in firsts])


def _of_kinds(
    kinds: npt.NDArray[np.uint8], places: Ints, others: Sequence[bytes]
) -> list[npt.NDArray[Any]]:
    """The columns of tokens of some kinds. places: of the others among them. others: their columns.

    Raises ValueError if these are not as many.
    """
    if any(len(column) != len(places) for column in others):
        raise ValueError("it is no record of tokens")
    columns = []
    for of_kind, column in zip((_FOLDED, _SIZES, _STEPS), others, strict=True):
        numbers = of_kind.take(kinds)
        numbers[places] = np.frombuffer(column, np.uint8)
        columns.append(numbers)
    return columns


NARROW = b"\x01"
"""The first byte of a record with few other tokens, as nearly all are."""

_GAPS = np.array([(each >> 1) ^ -(each & 1) for each in range(256)], dtype=np.int16)
"""Of each folded gap of one byte, the gap."""


class TokensAt(NamedTuple):
    """What stands at some positions, all of shape (positions,).

    counts: the number of tokens there. starts, ends: of the first of them, the longest.
    """

    counts: npt.NDArray[Any]
    starts: npt.NDArray[Any]
    ends: npt.NDArray[Any]


def tokens_at(records: Sequence[bytes], places: Ints, positions: Ints) -> TokensAt:
    """What stands at some positions of some documents, all of them looked up at once.

    records: of these documents, each NARROW and with less than 2**22 tokens in all. places: of the
    record of each position, ascending; positions: ascending within a document.
    """
    others = [record[-1] for record in records]
    sizes = [len(record) - 2 - 3 * count for record, count in zip(records, others, strict=True)]
    if min(sizes, default=0) < 0:
        raise ValueError("it is no record of tokens")
    behind = np.cumsum(sizes, dtype=np.int64)
    firsts: Ints = behind - sizes
    kinds = np.frombuffer(
        b"".join([record[1 : 1 + size] for record, size in zip(records, sizes, strict=True)]),
        dtype=np.uint8,
    )
    folded, lengths, steps = _of_kinds(
        kinds,
        np.flatnonzero(kinds == _OTHER),
        [
            b"".join(
                [
                    record[1 + size + column * count : 1 + size + (column + 1) * count]
                    for record, size, count in zip(records, sizes, others, strict=True)
                ]
            )
            for column in range(3)
        ],
    )
    # As if all were one document: what the documents before it come to is taken off in the end.
    all_positions = np.cumsum(steps, dtype=np.int32)
    all_ends = np.cumsum(_GAPS.take(folded) + lengths, dtype=np.int32)
    before = firsts.take(places) - 1
    is_first = before < 0
    sought = positions + np.where(is_first, 0, all_positions.take(before))
    sought = sought.astype(np.int32)
    # A document may begin at the sum of the one before, or that one end at it.
    starts = np.maximum(all_positions.searchsorted(sought), before + 1)
    ends = np.minimum(all_positions.searchsorted(sought, side="right"), behind.take(places))
    token_ends = all_ends.take(starts, mode="clip") - np.where(is_first, 0, all_ends.take(before))
    return TokensAt(ends - starts, token_ends - lengths.take(starts, mode="clip"), token_ends)

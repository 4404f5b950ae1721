"""Where the tokens of a document stand, as a record of small numbers.

Of each token are kept: the gap between it and the token before, nearly always one blank; its
length; and the step from the position before. The parts of a joined whole begin before its end,
and so a gap may be negative: numbers are folded to 0, -1, 1, -2 ... = 0, 1, 2, 3 ...

A record is one byte, which says how many bytes a number has (1, 2 or 4), then all gaps, all
lengths and all steps. Read in one piece, for it is read for each hit of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.segment.postings import gaps_within, sums_before

Ints = npt.NDArray[np.int64]

_WIDTHS = (1, 2, 4)


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
    narrow = [column.astype(np.uint8) for column in columns]
    is_wide = np.maximum.reduce(columns) > 0xFF if len(starts) else np.empty(0, dtype=np.bool_)
    wide_before = np.concatenate(([0], np.cumsum(is_wide)))
    ends = np.cumsum(counts)
    firsts = ends - counts
    for first, end, wide in zip(
        firsts.tolist(),
        ends.tolist(),
        (wide_before[ends] - wide_before[firsts]).tolist(),
        strict=True,
    ):
        tokens = slice(first, end)
        if not wide:
            yield b"\x01" + b"".join([column[tokens].tobytes() for column in narrow])
            continue
        width = 2 if max(int(column[tokens].max()) for column in columns) < 1 << 16 else 4
        yield bytes((width,)) + b"".join(
            [column[tokens].astype(f"<u{width}").tobytes() for column in columns]
        )


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
    if limit is None or stop - start <= 3 * limit:
        record = read(start, stop)
    else:
        record = _first_tokens(read, start, stop, limit)
    if not record or record[0] not in _WIDTHS:
        raise ValueError("it is no record of tokens")
    numbers = np.frombuffer(record, dtype=f"<u{record[0]}", offset=1).reshape(3, -1)
    folded, sizes, steps = numbers.astype(np.int64)
    ends = np.cumsum(((folded >> 1) ^ -(folded & 1)) + sizes)
    return TokenSpans(ends - sizes, ends, np.cumsum(steps))


def _first_tokens(read: Callable[[int, int], bytes], start: int, stop: int, limit: int) -> bytes:
    """A record of the first tokens of a long one."""
    width = read(start, start + 1)
    column_bytes = (stop - start - 1) // 3
    taken = min(column_bytes, limit * width[0])
    firsts = (start + 1 + number * column_bytes for number in range(3))
    return width + b"".join([read(first, first + taken) for first in firsts])


NARROW = b"\x01"
"""The first byte of a record whose numbers take one byte each, as nearly all do."""

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
    sizes = [len(record) // 3 for record in records]
    behind = np.cumsum(sizes, dtype=np.int64)
    firsts: Ints = behind - sizes
    folded, lengths, steps = (
        np.frombuffer(
            b"".join(
                [
                    record[1 + column * size : 1 + (column + 1) * size]
                    for record, size in zip(records, sizes, strict=True)
                ]
            ),
            dtype=np.uint8,
        )
        for column in range(3)
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

"""Where the tokens of a document stand, as a record of small numbers.

Of each token are kept: the gap between it and the token before, nearly always one blank; its
length; and the step from the position before. The parts of a joined whole begin before its end,
and so a gap may be negative: numbers are folded to 0, -1, 1, -2 ... = 0, 1, 2, 3 ...

A record is one byte, which says how many bytes a number has (1, 2 or 4), then all gaps, all
lengths and all steps. Read in one piece, for it is read for each hit of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

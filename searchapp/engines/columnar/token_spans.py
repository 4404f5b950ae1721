"""Where the tokens of a document stand, as small numbers.

Of each token are kept: the gap between it and the token before, nearly always one blank; its
length; and the step from the position before. The parts of a joined whole begin before its end,
and so a gap may be negative: numbers are folded to 0, -1, 1, -2 ... = 0, 1, 2, 3 ...
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.postings import sums_before

Ints = npt.NDArray[np.int64]

TOKEN_COLUMNS = ("gaps", "sizes", "steps")


class TokenSpans(NamedTuple):
    """The tokens of a document, all of shape (tokens,).

    starts, ends: offsets into title, tags and body as if one text, each followed by one
    character. positions: as in the field `text`.
    """

    starts: Ints
    ends: Ints
    positions: Ints


def token_gaps(starts: npt.NDArray[Any], sizes: npt.NDArray[Any], counts: Ints) -> Ints:
    """The folded gap before each token; shape as `starts`.

    counts: number of tokens of each document that has any. The first gap of a document is
    counted from its beginning.
    """
    gaps = np.array(starts, dtype=np.int64)
    gaps[1:] -= (starts + sizes)[:-1]
    firsts = sums_before(counts)
    gaps[firsts] = starts[firsts]
    folded: Ints = np.where(gaps < 0, -2 * gaps - 1, 2 * gaps)
    return folded


def token_spans(
    gaps: npt.NDArray[Any], sizes: npt.NDArray[Any], steps: npt.NDArray[Any]
) -> TokenSpans:
    """The tokens of one document from its folded gaps, lengths and steps."""
    folded = gaps.astype(np.int64)
    unfolded = (folded >> 1) ^ -(folded & 1)
    ends = np.cumsum(unfolded + sizes)
    return TokenSpans(ends - sizes, ends, np.cumsum(steps, dtype=np.int64))

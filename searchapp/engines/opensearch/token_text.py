"""Tokens as a text that the cluster splits at spaces, so that the analysis stays ours.

One word a position: the terms at one position are joined by "|", an empty position is "_", and
positions are separated by a space. `index_layout` has the analyzer that reads this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BESIDE = "|"
EMPTY = "_"
MAX_TERM_BYTES = 32_766
"""Of a term in Lucene, in UTF-8; a longer one makes the cluster refuse the whole article."""

_RESERVED = re.compile(r"[\s|_%\x00-\x1f\x7f-\x9f]")


def escaped(term: str) -> str:
    """A term without the signs that the coding uses, each as "%" with its number; reversible.

    White space of any kind is among them, since Java splits at more than the space. Queries must
    ask for a term in this form, too.
    """
    return _RESERVED.sub(lambda sign: f"%{ord(sign.group()):x};", term)


def token_text(terms: Iterable[tuple[str, int]]) -> str:
    """The text for terms with their positions, which never fall.

    A term that stands twice at a position is kept twice: it counts for the frequency. Raises
    ValueError for a position that falls, and for a term that is empty or too long for the cluster.
    """
    pieces: list[str] = []
    last = -1
    for term, position in terms:
        written = escaped(term)
        if not written or len(written.encode("utf-8")) > MAX_TERM_BYTES:
            raise ValueError(f"a term of {len(written)} characters cannot be indexed")
        if position < last:
            raise ValueError(f"position {position} stands after {last}")
        if position == last:
            pieces[-1] += BESIDE + written
        else:
            pieces += [EMPTY] * (position - last - 1)
            pieces.append(written)
            last = position
    return " ".join(pieces)

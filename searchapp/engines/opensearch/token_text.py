"""Tokens as a text that the cluster splits at spaces, so that the analysis stays ours.

One field of the cluster holds all that we index of one text: the keys of its words, their exact
forms and the parts of compounds, each at its position, told apart by a first letter. So a phrase
may mix them, and all are ranked by the length of one field.

One word a position: the terms at one position are joined by "|", an empty position is "_", and
positions are separated by a space. A term that stands twice at a position is kept twice, since it
counts for the frequency. `index_layout` has the analyzer that reads this.
"""

from __future__ import annotations

import hashlib
import re

from searchapp.engines.fields import (
    ANALYZED_FIELDS,
    COMPOUND_FIELDS,
    LEAD,
    TEXT,
    exact_field,
    parts_field,
)

BESIDE = "|"
EMPTY = "_"
MAX_BYTES = 8_000
"""Of a term or value as it is, in UTF-8. Lucene has 32,766 for what may be four times as long when
it is escaped; a longer one would make the cluster refuse the whole article."""
KEPT_CHARS = 1_000
"""Of one that is longer, before the digest that stands for the rest."""

_RESERVED = re.compile(r"[\s|_%\x00-\x1f\x7f-\x9f]")

_CODES: dict[str, tuple[str, str]] = {
    **{name: (f"tokens.{name}", "k") for name in ANALYZED_FIELDS},
    **{exact_field(name): (f"tokens.{name}", "e") for name in ANALYZED_FIELDS},
    **{parts_field(name): (f"tokens.{name}", "p") for name in COMPOUND_FIELDS},
    LEAD: (f"tokens.{TEXT}", "l"),
    parts_field(LEAD): (f"tokens.{TEXT}", "m"),
}
"""The field of the cluster that holds each of INDEXED_FIELDS, and the first letter of its terms."""


def bounded(text: str) -> str:
    """A term or value that fits into the index; a long one is cut, and stays different."""
    if 4 * len(text) <= MAX_BYTES:
        return text
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) <= MAX_BYTES:
        return text
    return text[:KEPT_CHARS] + hashlib.blake2b(encoded, digest_size=16).hexdigest()


def coded(field: str, term: str) -> tuple[str, str]:
    """A term of one of INDEXED_FIELDS as it is asked for: the field in the cluster, and the term.

    Without the signs that the coding uses, each of which becomes "%" with its number. White space
    of any kind is among them, since Java splits at more than the space. Different terms stay so.
    """
    place, letter = _CODES[field]
    # Nearly all terms are of letters and digits.
    if not (term.isalnum() and len(term) <= KEPT_CHARS):
        term = _RESERVED.sub(lambda sign: f"%{ord(sign[0]):x};", bounded(term))
    return place, letter + term

"""Where German writes a capital whatever the word: there a capital does not make a noun."""

from __future__ import annotations

import re

_OPENING = " \t\"'„“”‚‘’»«›‹()[{-–—•*·"
"""What may stand between the end of a sentence, or of a line, and the first word of the next: what
opens it, and brackets that close the one before."""
_QUOTES = frozenset("\"'„“”‚‘’»«›‹")
_ENDING = frozenset("\n.!?…")
"""After a colon German writes a capital only where a whole sentence follows; a noun is likelier,
but not in quotation marks."""

INNER_ABBREVIATIONS = frozenset(
    """
    abs art bd bzw ca chr dipl dr evtl ff geb gest ggf hl ing inkl jh jhd kap lt max min mio mrd
    nr prof rd sog st str tel vgl zb
    """.split()
)
"""Where they end with a point, the sentence goes on; as after a single letter and a number."""

_MAX_OPENING_CHARS = 8
_MAX_INNER_CHARS = 8
_INNER = re.compile(
    rf"(?:(?<![^\W_])(?:{'|'.join(sorted(INNER_ABBREVIATIONS))})|(?<=[ (/.])[^\W\d_])\.[ \n]?\Z",
    re.IGNORECASE,
)
"""An abbreviation, or an initial that does not count the points of a list, before a word."""
_COUNT = re.compile(r"(?:\A|[\n.!?:;]) ?\(?(?:[0-9]{1,2}|[^\W\d_])\) ?\Z")
"""What counts the points of a list, before a word: "a)", "(12)"."""


def is_capital_by_place(text: str, start: int, end: int) -> bool:
    """Whether the word `text[start:end]` would have a capital in any case.

    It is the first of a sentence, a line, a quotation, a point of a list or the text, or all of it
    is written in capitals.
    """
    # One character more than may be opening, for what ends the sentence before.
    first = max(0, start - _MAX_OPENING_CHARS - 1)
    before = text[first:start].rstrip(_OPENING)
    if not before:
        is_first = start <= _MAX_OPENING_CHARS
    elif before[-1] == ".":
        is_first = _INNER.search(text, max(0, start - _MAX_INNER_CHARS), start) is None
    elif before[-1] == ":":
        is_first = not _QUOTES.isdisjoint(text[first + len(before) : start])
    else:
        is_first = before[-1] in _ENDING
    is_first = is_first or _COUNT.search(text, first, start) is not None
    return is_first or (end - start > 1 and text[start:end].isupper())

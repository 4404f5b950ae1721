"""Where German writes a capital whatever the word: there a capital does not make a noun."""

from __future__ import annotations

_OPENING = " \t\"'„“”‚‘’»«›‹([{-–—•*·"
"""What may stand between the end of a sentence, or of a line, and the first word of the next."""
_ENDING = frozenset("\n.!?…")
"""After a colon German writes a capital only where a whole sentence follows; a noun is likelier."""

_MAX_OPENING_CHARS = 8


def is_capital_by_place(text: str, start: int, end: int) -> bool:
    """Whether the word `text[start:end]` would have a capital in any case.

    It is the first of a sentence, a line or the text, or all of it is written in capitals.
    """
    # One character more than may be opening, for what ends the sentence before.
    before = text[max(0, start - _MAX_OPENING_CHARS - 1) : start].rstrip(_OPENING)
    is_first = before[-1] in _ENDING if before else start <= _MAX_OPENING_CHARS
    return is_first or (end - start > 1 and text[start:end].isupper())

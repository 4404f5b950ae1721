"""Where German writes a capital whatever the word: there a capital does not make a noun."""

from __future__ import annotations

_OPENING = frozenset(" \t\"'„“”‚‘’»«›‹([{-–—•*·")
"""What may stand between the end of a sentence, or of a line, and the first word of the next."""
_ENDING = frozenset("\n.!?…")
"""After a colon German writes a capital only where a whole sentence follows; a noun is likelier."""

_MAX_STEPS = 8


def is_capital_by_place(text: str, start: int, end: int) -> bool:
    """Whether the word `text[start:end]` would have a capital in any case.

    It is the first of a sentence, a line or the text, or all of it is written in capitals.
    """
    for place in range(start - 1, max(-1, start - 1 - _MAX_STEPS), -1):
        character = text[place]
        if character in _ENDING:
            return True
        if character not in _OPENING:
            break
    else:
        return start <= _MAX_STEPS
    return end - start > 1 and text[start:end].isupper()

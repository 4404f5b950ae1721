"""The spelling in which what a reader types meets what the corpus writes, whatever their umlauts.

"Förderung", "Foerderung" and "Forderung" are one in it, as are "Straße" and "strasse", "Café" and
"cafe". It is for finding what may be meant by a beginning; what is meant is told by the words.
"""

from __future__ import annotations

import re

from searchapp.facets import plain_letters
from searchapp.german.digraphs import without_digraphs

_WORDS = re.compile(r"[^\W_]+")

MAX_SIGNS = 20
"""Signs between words that a stretch may hold besides its letters."""


def loose(text: str) -> str:
    """The words of a text in the loose spelling, with a blank between two.

    The loose spelling of a text's beginning is a beginning of the text's loose spelling.
    """
    return " ".join(_WORDS.findall(without_digraphs(plain_letters(text))))


def loose_letters(text: str) -> str:
    """The same without blanks, so that "eu k" and "euk" both begin "EU-Kommission"."""
    return loose(text).replace(" ", "")


def loose_end(text: str, start: int, beginning: str) -> int | None:
    """Where the part of a text ends that a loose beginning stands for, if it stands at `start`.

    Blanks do not count. Returns the least such end, or None.
    """
    wanted = beginning.replace(" ", "")
    end = min(len(text), start + len(wanted))
    while not loose_letters(text[start:end]).startswith(wanted):
        # Letters and signs that take more room than their loose spelling.
        if end == len(text) or end - start > 2 * len(wanted) + MAX_SIGNS:
            return None
        end += 1
    while end > start + 1 and loose_letters(text[start : end - 1]).startswith(wanted):
        end -= 1
    return end


def loose_mark(text: str, beginning: str) -> tuple[int, int] | None:
    """The first stretch [start, end) at the start of a word that a loose beginning stands for."""
    first = beginning.partition(" ")[0]
    for word in _WORDS.finditer(text):
        own = loose(word[0])
        if own.startswith(first) or first.startswith(own):
            end = loose_end(text, word.start(), beginning)
            if end is not None:
                return word.start(), end
    return None

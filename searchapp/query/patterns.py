"""Which words are patterns: a * in them stands for any characters, a ? for one.

The star of "Mitarbeiter*innen" is none.
"""

from __future__ import annotations

import re

from whoosh.query.terms import Prefix, Wildcard

_GENDER_STAR = re.compile(
    r"(?<=[^\W\d_]{3})\*(?=in(?![^\W_])|innen)|(?<=[^\W\d_]{2}e)\*(?=[mnrs](?![^\W_]))"
)
_PATTERN = re.compile(r"[\w.'’*?-]+")
_MIN_FIXED_LETTERS = 2


def has_signs(word: str) -> bool:
    """Whether a word without punctuation around it looks like a pattern."""
    return not {"*", "?"}.isdisjoint(_signed(word))


def pattern_of(word: str) -> str | None:
    """The pattern that a word without punctuation around it is, each star once; None for others."""
    pattern = _signed(word)
    if {"*", "?"}.isdisjoint(pattern) or not _PATTERN.fullmatch(pattern):
        return None
    return pattern if sum(map(str.isalnum, pattern)) >= _MIN_FIXED_LETTERS else None


def pattern_query(field: str, pattern: str) -> Prefix | Wildcard:
    """The query for the words of a field that a pattern stands for."""
    start = pattern.removesuffix("*")
    if {"*", "?"}.isdisjoint(start):
        return Prefix(field, start)
    return Wildcard(field, pattern)


def _signed(word: str) -> str:
    return re.sub(r"\*+", "*", _GENDER_STAR.sub("", word))

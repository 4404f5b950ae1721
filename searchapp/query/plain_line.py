"""A query that is words without any sign of the language: it needs no parser.

Most queries are so. The parser gives the same words for them; it takes a millisecond for each, and
a twentieth of the start of a program that asks one.
"""

from __future__ import annotations

import re
from itertools import chain

OPERATORS = {"NOT": ("NICHT", "NOT"), "AND": ("UND", "AND"), "OR": ("ODER", "OR")}
"""What a reader may type for each operator."""
_OPERATOR_WORDS = frozenset(chain.from_iterable(OPERATORS.values()))
_PLAIN_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*(?: [^\W_]+(?:-[^\W_]+)*)*")

_MAYBE_SPACED = re.compile(r"\b[^\W_]{1,4} [0-9]")
"""A plain line in which a word of SPACED_WORD may be, such as "A 9" or "1 000"."""


def is_plain(line: str) -> bool:
    """Whether a cleaned line is words without any sign of the language.

    Most queries are, and are not worth a millisecond of parsing; the parser gives the same words.
    """
    return (
        _PLAIN_WORDS.fullmatch(line) is not None
        and _OPERATOR_WORDS.isdisjoint(line.split(" "))
        and not _MAYBE_SPACED.search(line)
    )


_PIECES_A_WORD = 8


def word_count(text: str) -> int:
    """1, and more for a chain such as a-b-c-…, which must not get round the bound on words."""
    return -(-len(re.findall(r"\w+", text)) // _PIECES_A_WORD)

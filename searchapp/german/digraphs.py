"""ä, ö, ü and ß, and the two letters that stand for each where a keyboard or a text has none."""

from __future__ import annotations

import re
from itertools import product

_DIGRAPHS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_LETTERS = {digraph: letter for letter, digraph in _DIGRAPHS.items()}
_UMLAUT_DIGRAPH = re.compile("ae|oe|(?<![aeq])ue")
_STANDING_FOR_ONE = re.compile("ae|oe|(?<![aeq])ue|ss")
_PLACES = re.compile("|".join((*_DIGRAPHS, *_LETTERS)))

MAX_RESPELT = 3
"""Places of a text whose two spellings `beginnings` multiplies."""


def folded(word: str) -> str:
    """The spelling without umlauts and ß, in which "Müller" and "Mueller" are the same."""
    if not word.isascii():
        for letter, digraph in _DIGRAPHS.items():
            word = word.replace(letter, digraph)
    return word


def unfolded(word: str) -> str:
    """The spelling with an umlaut or ß wherever two letters may stand for one."""
    return _STANDING_FOR_ONE.sub(lambda match: _LETTERS[match[0]], word)


def with_umlauts(word: str) -> str:
    """The spelling with an umlaut wherever two letters may stand for one; ss stays."""
    # Of words that are stemmed few have any: to look for each takes a third of the time.
    if "ae" in word or "oe" in word or "ue" in word:
        return _UMLAUT_DIGRAPH.sub(lambda match: _LETTERS[match[0]], word)
    return word


def without_digraphs(word: str) -> str:
    """The spelling with a, o or u wherever two letters may stand for an umlaut; ss stays."""
    return _UMLAUT_DIGRAPH.sub(lambda match: match[0][0], word) if "e" in word else word


def initials(letter: str) -> list[str]:
    """The letters with which a word may begin whose folded spelling begins with `letter`."""
    return [letter, *(each for each, digraph in _DIGRAPHS.items() if digraph[0] == letter)]


def pieces(text: str) -> list[tuple[str, ...]]:
    """A text cut into pieces that are spelt in one way or two: "fuß" is ("fu",), ("ß", "ss")."""
    found: list[tuple[str, ...]] = []
    end = 0
    for match in _PLACES.finditer(text):
        if match.start() > end:
            found.append((text[end : match.start()],))
        here = match[0]
        found.append((here, _DIGRAPHS.get(here) or _LETTERS[here]))
        end = match.end()
    return [*found, (text[end:],)] if end < len(text) else found


def beginnings(text: str) -> list[str]:
    """With what a text may begin, in all its spellings: none is the beginning of another.

    Texts with more than MAX_RESPELT places to respell are cut there.
    """
    kept: list[tuple[str, ...]] = []
    respelt = 0
    for piece in pieces(text):
        respelt += len(piece) > 1
        if respelt > MAX_RESPELT:
            break
        kept.append(piece)
    return ["".join(each) for each in product(*kept)]

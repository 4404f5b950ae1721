"""How likely one German word was typed in place of another, and which words never are.

A noisy channel (Kernighan, Church & Gale 1990) with few kinds of errors: the costs are steps of
one size, so that one constant says what a step is worth in frequency.
"""

from __future__ import annotations

from itertools import pairwise

from searchapp.german.digraphs import folded

LIGHT, PLAIN = 0.5, 1.0
"""Cost of a slip that many make, and of any other wrong, missing or added letter."""
FIRST_LETTER = 1.0
"""Added where the first letters differ: it is read again, and seldom wrong (Pollock & Zamora 1984
found 1 to 7 % of all errors there)."""
OTHER_LENGTH = 0.5
"""Added where the lengths differ by two letters or more: most errors keep the length within one."""

_KEYBOARD = ("qwertzuiop", "asdfghjkl", "yxcvbnm")
"""The rows of a German keyboard. Each key touches its neighbours, and two keys of the row below."""
_SOUND_ALIKE = ("dt", "bp", "gk", "ck", "kq", "fv", "vw", "sz", "cz", "iy", "mn")


def _near_keys() -> set[tuple[str, str]]:
    pairs = {pair for row in _KEYBOARD for pair in pairwise(row)}
    for upper, lower in pairwise(_KEYBOARD):
        pairs |= {*zip(upper, lower, strict=False), *zip(upper[1:], lower, strict=False)}
    return pairs


_ALIKE = {*_near_keys(), *map(tuple, _SOUND_ALIKE)}
_LIGHT_PAIRS = frozenset({*_ALIKE, *((other, one) for one, other in _ALIKE)})


def error_cost(typed: str, meant: str) -> float:
    """What it costs to have typed one normalized word for another; 0 for two spellings of it.

    The cheapest sequence of wrong, missing, added and swapped letters (optimal string alignment),
    of which some are LIGHT: keys side by side, letters that sound alike, neighbours swapped, and
    what `_is_light` names. Words are compared as they are written, and without umlauts and ß; the
    cheaper of both counts. Takes time in proportion to the product of the lengths.
    """
    spellings = {(typed, meant), (folded(typed), folded(meant))}
    return min(_alignment_cost(*each) for each in spellings)


def _alignment_cost(typed: str, meant: str) -> float:
    added = [LIGHT if _is_light(typed, i) else PLAIN for i in range(len(typed))]
    missing = [LIGHT if _is_light(meant, j) else PLAIN for j in range(len(meant))]
    before: list[float] = []
    row = [0.0]
    for cost in missing:
        row.append(row[-1] + cost)
    for i, letter in enumerate(typed):
        two_before, before, row = before, row, [row[0] + added[i]]
        for j, other in enumerate(meant):
            wrong = 0.0 if letter == other else _wrong_letter(letter, other)
            best = min(before[j] + wrong, before[j + 1] + added[i], row[j] + missing[j])
            if i and j and letter == meant[j - 1] and other == typed[i - 1]:
                best = min(best, two_before[j - 1] + LIGHT)
            row.append(best)
    total = row[-1]
    if typed[:1] != meant[:1]:
        total += FIRST_LETTER
    if abs(len(typed) - len(meant)) > 1:
        total += OTHER_LENGTH
    return total


def _wrong_letter(typed: str, meant: str) -> float:
    return LIGHT if (typed, meant) in _LIGHT_PAIRS else PLAIN


def _is_light(word: str, place: int) -> bool:
    """Whether a letter is easily left out or added: it doubles its neighbour, is hardly heard
    ("h", "e" after a vowel, which may be the dots of an umlaut), or is the "a" of "ä" for "e".
    """
    letter, previous = word[place], word[place - 1 : place]
    return (
        letter == previous
        or letter == "h"
        or (letter == "e" and previous != "" and previous in "aiou")
        or (letter == "a" and word[place + 1 : place + 2] == "e")
    )


_BEGINNINGS = frozenset(
    # Particles and prefixes of verbs, and of the nouns that come from them.
    "ab an auf aus be bei durch ein emp ent er fort gegen ge her hin hinter los mit miss nach"
    " nieder ob um unter ur ver vor weg wider wieder zer zu zurueck zusammen ueber"
    # What turns a word round.
    " anti contra in intra inter kontra pro un makro mikro hyper hypo prae post ober unter"
    " nord sued ost west innen aussen"
    # Numbers.
    " ein zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf zwanzig dreissig vierzig"
    " fuenfzig sechzig siebzig achtzig neunzig hundert tausend erst zweit dritt viert mono"
    " halb".split()
)
"""Beginnings, folded: with another of them, or without it, a word is another word."""
_NEGATIONS = ("a", "an", "de", "des", "dis", "il", "im", "ir", "non")
"""Beginnings, folded, that make the opposite of a word that has none."""
_LONGEST_BEGINNING = max(map(len, _BEGINNINGS))
_MIN_REST = 3


def are_siblings(one: str, other: str) -> bool:
    """Whether two words differ in how they begin and in nothing else.

    Anreise and Abreise, Vorteil and Urteil, Glück and Unglück, Zweitakter and Viertakter: each is
    a word of its own, and never a slip for the other.
    """
    one, other = folded(one), folded(other)
    if one == other:
        return False
    if any(one == each + other or other == each + one for each in _NEGATIONS):
        return True
    for end in range(min(_LONGEST_BEGINNING, len(one) - _MIN_REST) + 1):
        if not other.endswith(one[end:]):
            continue
        replaced = other[: len(other) - (len(one) - end)]
        if all(not each or each in _BEGINNINGS for each in (one[:end], replaced)):
            return True
    return False

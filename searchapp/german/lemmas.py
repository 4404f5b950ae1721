"""Finds the dictionary words that a form belongs to.

A form has up to two readings, one for each case of its first letter: "Angriffe" is a form of
"Angriff", "angriffe" of "angreifen". A lemma is written as the dictionary writes it, so that its
own capital tells a noun from another word of the same letters: "Reif" and "reif".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from searchapp.german.digraphs import with_umlauts
from searchapp.german.forms import with_capital
from searchapp.german.nominal_adjectives import is_participle

MAX_LEMMA_STEPS = 4
"""Readings are followed to their end: `Verletzter -> Verletzte -> verletzt -> verletzen`."""

_ADJECTIVE_ENDINGS = frozenset(("e", "en", "em", "es"))
_ADJECTIVE = re.compile(
    r"(?=.*[aeiouyäöü][^aeiouyäöü]+[aeiouyäöü]).{2,}"
    r"(?:isch|ig|lich|los|haft|sam|bar|arm|reich|frei|voll|wert|end|(?<![ae]n)t|en|ell|er|st"
    r"|al|är|gemein)"
)
"""Adjectives of more than one syllable with a common ending. Their inflected forms are no nouns, as
those of short ones are ("Tiefe", "Weite") and some of foreign ones ("Konstante")."""
_NO_UMLAUTS = frozenset(("Geheimtuer", "Raeter"))
_NO_ADJECTIVES = frozenset(
    "Diagonale Ebene Finale Gerade Horizontale Internationale Pastorale Vertikale Zentrale".split()
)
_SWISS = dict.fromkeys(("Strasse", "Strassen"), "Straße")
"""In Switzerland, and in capitals; the dictionary has them for forms of a glass stone, "Strass"."""


class Readings(NamedTuple):
    """The lemmas of a form as an ordinary word and as a word with a capital.

    They are equal where the dictionary has the form in one case only; both are None for a form
    that it does not know.
    """

    small: str | None
    capital: str | None


UNKNOWN = Readings(None, None)


def dictionary_readings(dictionary: Mapping[str, str]) -> dict[str, Readings]:
    """The readings of each lower-cased form. dictionary: form -> lemma, case kept."""
    final: dict[str, str] = {}
    small_of: dict[str, str] = {}
    capital_of: dict[str, str] = {}
    for form, lemma in dictionary.items():
        if form in _SWISS:
            lemma = _SWISS[form]
        end = final.get(lemma)
        if end is None:
            end = final[lemma] = _final_lemma(lemma, dictionary)
        if form[:1].isupper():
            adjective = _adjective(form, end, dictionary)
            capital_of[form.lower()] = end if adjective is None else adjective
        else:
            small_of[form if form.islower() else form.lower()] = end
    # A million forms share few readings: equal ones are one object.
    shared: dict[str, Readings] = {}
    readings: dict[str, Readings] = {}
    for form, capital in capital_of.items():
        small = small_of.get(form, capital)
        is_noun = capital[:1].isupper() and not _is_adjective(capital, small, dictionary)
        if small != capital and is_noun:
            readings[form] = Readings(small, capital)
        else:
            readings[form] = shared.setdefault(small, Readings(small, small))
    for form, small in small_of.items():
        if form not in readings:
            readings[form] = shared.setdefault(small, Readings(small, small))
    return readings


def _final_lemma(lemma: str, dictionary: Mapping[str, str]) -> str:
    """The lemma at which following a lemma to its own lemma ends.

    Participles lead to their verb, and feminine nouns of persons to the masculine: "Kolleg:innen"
    has the form "kolleginnen" and must find both.
    """
    for _ in range(MAX_LEMMA_STEPS):
        further = dictionary.get(lemma)
        if further is None or further == lemma:
            break
        lemma = further
    return _with_umlauts(lemma, dictionary)


def _with_umlauts(lemma: str, dictionary: Mapping[str, str]) -> str:
    """`Phoenix -> Phönix`: the usual one of two spellings that the dictionary has both of."""
    other = with_umlauts(lemma.lower())
    if other == lemma.lower() or lemma in _NO_UMLAUTS:
        return lemma
    if lemma[0].isupper():
        other = with_capital(other)
    return other if dictionary.get(other) == other else lemma


def _is_adjective(noun: str, lemma: str, dictionary: Mapping[str, str]) -> bool:
    """Whether a noun is only an inflected adjective with a capital: `Technische`, `Ältere`.

    lemma: what the same form in lower case belongs to. Of participles, the dictionary has many
    that have become nouns ("Verletzte", "Verwandte"): these stay apart from their verbs.
    """
    adjective = noun[:-1].lower()
    return (
        noun[-1] == "e"
        and noun not in _NO_ADJECTIVES
        and _ADJECTIVE.fullmatch(adjective) is not None
        and (adjective + "em" in dictionary or adjective + "es" in dictionary)
        and (lemma == adjective or (adjective.endswith(("er", "st")) and lemma[-1] != "n"))
    )


def _adjective(form: str, lemma: str, dictionary: Mapping[str, str]) -> str | None:
    """`Deutsche, Deutschen -> deutsch`: forms of nouns that are inflected as an adjective.

    lemma: that of the form, "Deutscher". Names write the adjective with a capital, too ("Grüne
    Woche"). "Alter" is a noun of its own, which has a genitive "Alters"; "Alten" is none of its
    forms. Participles are left out: "Angestellter" and "Abgeordneter" have become nouns.
    """
    if not lemma.endswith("er") or not lemma[:1].isupper():
        return None
    stem = lemma[:-2]
    adjective = stem.lower()
    if dictionary.get(adjective) != adjective or is_participle(adjective):
        return None
    if form == lemma:
        return adjective if lemma + "s" not in dictionary else None
    return adjective if form.startswith(stem) and form[len(stem) :] in _ADJECTIVE_ENDINGS else None

"""Adjectives, participles and ordinals that are written as nouns.

"Abgeordnete", "Abgeordneter", "Abgeordneten" are forms of one noun, and "Jugendliche", "Neue" or
"Erster" forms of an adjective. A dictionary made by machine leads each form elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

ENDINGS = ("e", "er", "en", "em", "es")

_ORDINALS = "erst zweit dritt viert fünft sechst siebt neunt elft zwölft".split()

_PARTICIPLE = re.compile(r"end$|et$|ge.+[tn]$|^(?:be|ent|er|ver|zer).{3,}[tn]$")
_NO_PARTICIPLE = re.compile(r"(?:gemein|ernst|konkret|recht|bewusst|intelligent|haft|wert)$")
_WITHOUT_ADJECTIVE = re.compile(r"(?:t|end|[^aeiouäöü]en|ig|lich|isch|deutsch|krank)$")
"""Ends of adjectives that are hardly used but as nouns: "adlig", "staatsangehörig"."""
_OTHERS = frozenset(
    "acht all best dein diagonal dies ein gerad horizontal hybrid ihr jed jen kein konstant manch"
    " mein parallel recht sein senkrecht solch taub unser vertikal viel weis welch wenig"
    " zehnt".split()
)
"""Stems of pronouns, and of other nouns: "Rechte", "Taube", "Weise", "Gerade"."""


def is_participle(adjective: str) -> bool:
    """Whether an adjective looks like a participle, whose noun means more than it does.

    An "Angestellter" is not anybody who is "angestellt", but a "Deutscher" is who is "deutsch".
    """
    return _PARTICIPLE.search(adjective) is not None and not _NO_PARTICIPLE.search(adjective)


def nominal_adjectives(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The forms of adjectives as nouns, with one lemma for all forms of a word.

    It is the masculine: "Verletzter". Where it means no more than the adjective, which
    `is_participle` tells, `searchapp.german.lemmas` leads it to that.
    dictionary: form -> lemma, the case of both kept. It has a form with "em" of no other nouns.
    """
    for dative in dictionary:
        if dative.endswith("em") and dative[0].isupper():
            stem = dative[:-2]
            adjective = stem.lower()
            if adjective not in _OTHERS and adjective not in _ORDINALS:
                lemma = _lemma(stem, adjective, dictionary)
                if lemma is not None:
                    yield from ((form, lemma) for form in _forms(stem, lemma, dictionary))
    for ordinal in _ORDINALS:
        if ordinal + "er" in dictionary:
            yield ordinal, ordinal
            for ending in ENDINGS:
                yield ordinal + ending, ordinal
                yield ordinal.capitalize() + ending, ordinal


def _lemma(stem: str, adjective: str, dictionary: Mapping[str, str]) -> str | None:
    known = dictionary.get(adjective)
    masculine = stem + "er"
    if masculine not in dictionary or stem + "e" not in dictionary:
        return None
    of_verb = known is not None and known != adjective and known.endswith("n")
    if known == adjective or (of_verb and adjective.endswith(("t", "end", "en"))):
        return masculine
    return masculine if known is None and _WITHOUT_ADJECTIVE.search(adjective) else None


def _forms(stem: str, lemma: str, dictionary: Mapping[str, str]) -> Iterator[str]:
    """The forms that do not belong to another noun: "Alter" has a genitive, "Gutes" is a "Gut"."""
    family = {stem + ending for ending in ENDINGS}
    if dictionary.get(stem) != stem or stem + "s" not in dictionary:
        family.add(stem)
    for ending in ENDINGS:
        form = stem + ending
        end = form
        for _ in ENDINGS:
            end = dictionary.get(end, end)
        is_other = ending == "er" and form != lemma and form + "s" in dictionary
        if form in dictionary and not is_other and (end in family or end[0].islower()):
            yield form

"""The forms of weak verbs, which follow from the infinitive by rule.

Dictionaries of forms lack many: participles with the endings of adjectives ("die eingeengte"),
infinitives with "zu".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from searchapp.german.strong_verbs import ADJECTIVE_ENDINGS
from searchapp.german.verb_prefixes import EITHER, INSEPARABLE, split_prefix

_NEEDS_E = re.compile(r".*(?:[dt]|[bcdfgkpstvwxzß][mn]|chn)")
"""Stems that no ending follows without an "e": arbeit-et, öffn-et, atm-et, but lern-t."""

_OFTEN_WITHOUT_GE = re.compile(rf"(?:{'|'.join(sorted(INSEPARABLE))}).+|.+ieren")


def weak_verb_forms(
    infinitive: str, verbs: Collection[str], forms: Collection[str]
) -> Iterator[str]:
    """The forms of a weak verb in lower case, participles with the endings of adjectives.

    verbs: the infinitives that are known. forms: the forms that are known; they tell "gebettelt"
    from "beteiligt". Verbs like "übersetzen", whose prefix is separated in one meaning only,
    come with both participles.
    """
    stem = _stem(infinitive)
    for ending in ("t", "st", "te", "test", "ten", "tet"):
        yield stem + ending
    particle = _particle(infinitive, verbs)
    for participle in (infinitive + "d", *_participles(infinitive, particle, verbs, forms)):
        for ending in ADJECTIVE_ENDINGS:
            yield participle + ending
    if particle:
        yield particle + "zu" + infinitive[len(particle) :]


def _stem(infinitive: str) -> str:
    """What the endings with "t" follow."""
    stem = infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]
    return stem + "e" if _NEEDS_E.fullmatch(stem) else stem


def _particle(infinitive: str, verbs: Collection[str]) -> str | None:
    """All that is separable, "" if there is only an inseparable prefix, None if there is none."""
    for start in range(2, len(infinitive) - 2):
        verb = infinitive[start:]
        prefixes = split_prefix(infinitive[:start]) if verb in verbs else None
        if prefixes is not None:
            particle, inseparable = prefixes
            if particle and not inseparable:
                particle += _particle(verb, verbs) or ""  # wieder|her|stellen
            return particle
    return None


def _participles(
    infinitive: str, particle: str | None, verbs: Collection[str], forms: Collection[str]
) -> Iterator[str]:
    participle = _stem(infinitive) + "t"
    if particle:
        verb = infinitive[len(particle) :]
        for simple in _participles(verb, _particle(verb, verbs), verbs, forms):
            yield particle + simple
        if particle in EITHER:
            yield participle
    elif particle is None and (
        not _OFTEN_WITHOUT_GE.fullmatch(infinitive) or "ge" + participle in forms
    ):
        yield "ge" + participle
    else:
        yield participle

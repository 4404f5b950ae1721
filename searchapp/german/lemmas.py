"""Chooses one lemma for each lower-cased form of a dictionary.

A form has up to two readings, one for each case of its first letter: "Angriffe" is a form of
"Angriff", "angriffe" of "angreifen". Readers type without capitals, so that the key of a word must
not depend on its case: one reading has to win. A wrong choice tears an inflection group apart,
most of all if it differs from form to form. Therefore all undecided forms with the same stem
decide together: the evidence for each reading is summed over them. A corpus may overrule the
result for single forms later (see `searchapp.german.corpus_lexicon`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

MAX_LEMMA_STEPS = 4
"""Readings are followed to their end: `Verletzter -> Verletzte -> verletzt -> verletzen`."""

_WITHOUT_UMLAUT = str.maketrans("äöü", "aou")


@dataclass(frozen=True, slots=True)
class Reading:
    """A dictionary form that a form may belong to. Both are lower-cased.

    is_noun: whether the dictionary writes the lemma with a capital.
    """

    lemma: str
    is_noun: bool


Readings = dict[str, tuple[Reading | None, Reading | None]]
"""Lower-cased form -> its readings as an ordinary word and as a word with a capital."""


def dictionary_readings(dictionary: Mapping[str, str]) -> Readings:
    """Both readings of each form. dictionary: form -> lemma, case kept."""
    # A million forms share few readings: equal ones, and equal pairs of them, are one object.
    shared: dict[Reading, Reading] = {}
    final: dict[str, tuple[tuple[Reading, None], tuple[None, Reading]]] = {}
    readings: Readings = {}
    for form, lemma in dictionary.items():
        alone = final.get(lemma)
        if alone is None:
            reading = _final_reading(lemma, dictionary)
            reading = shared.setdefault(reading, reading)
            alone = final[lemma] = ((reading, None), (None, reading))
        as_small, as_capital = alone
        lowered = form if form.islower() else form.lower()
        known = readings.get(lowered)
        if form[:1].isupper():
            readings[lowered] = (known[0], as_capital[1]) if known and known[0] else as_capital
        else:
            readings[lowered] = (as_small[0], known[1]) if known and known[1] else as_small
    return readings


def _final_reading(lemma: str, dictionary: Mapping[str, str]) -> Reading:
    """The reading at which following a lemma to its own lemma ends.

    Nouns made of adjectives lead to the adjective, and feminine nouns of persons to the masculine:
    "Kolleg:innen" has the form "kolleginnen" and must find both.
    """
    for _ in range(MAX_LEMMA_STEPS):
        further = dictionary.get(lemma)
        if further is None or further == lemma:
            further = _masculine(lemma, dictionary)
        if further is None:
            break
        lemma = further
    return Reading(lemma.lower(), lemma[:1].isupper())


def _masculine(lemma: str, dictionary: Mapping[str, str]) -> str | None:
    """`Kollegin -> Kollege`, `Ärztin -> Arzt`, if the dictionary has both; else None."""
    if not lemma.endswith("in") or dictionary.get(lemma + "nen") != lemma:
        return None
    stem = lemma[:-2]
    plain = stem[0].lower().translate(_WITHOUT_UMLAUT).upper() + stem[1:].translate(_WITHOUT_UMLAUT)
    if plain == stem or stem.endswith("er"):
        men = (stem + "e", stem, plain)
    else:
        men = (plain, plain + "e", stem)
    return next((man for man in men if dictionary.get(man) == man), None)


def family_sizes(lemmas: Iterable[str]) -> Counter[str]:
    """How many lemmas end with each lemma, itself included.

    This is an estimate of a word's frequency: dozens of compounds end with "Angriff", but hardly
    any with the noun "Schrieb".
    """
    known = set(lemmas)
    sizes: Counter[str] = Counter(known)
    for lemma in known:
        for start in range(1, len(lemma) - 2):
            if lemma[start:] in known:
                sizes[lemma[start:]] += 1
    return sizes


def decide_lemmas(readings: Readings, stem: Callable[[str], str]) -> dict[str, Reading]:
    """One reading for each form.

    stem: the stemmer of the analyzer; lemmas with the same stem do not differ for a search.
    """
    noun_family = family_sizes({r.lemma for _, r in readings.values() if r and r.is_noun})
    other_family = family_sizes({r.lemma for r, _ in readings.values() if r and not r.is_noun})
    votes: defaultdict[str, Counter[str | Reading]] = defaultdict(Counter)
    undecided: list[tuple[str, Reading, Reading]] = []
    decided: dict[str, Reading] = {}
    for form, (small, capital) in readings.items():
        if small is None or capital is None or small == capital:
            reading = small or capital
            assert reading is not None
            decided[form] = reading
            continue
        undecided.append((form, small, capital))
        vote = votes[stem(form)]
        for reading in (small, capital):
            family = noun_family if reading.is_noun else other_family
            vote[stem(reading.lemma)] += family[reading.lemma]
            vote[reading] += family[reading.lemma]
    for form, small, capital in undecided:
        vote = votes[stem(form)]
        # If both stems are equal the choice matters only for display: the reading decides.
        for_small = (vote[stem(small.lemma)], vote[small])
        for_capital = (vote[stem(capital.lemma)], vote[capital])
        decided[form] = small if for_small >= for_capital else capital
    return decided

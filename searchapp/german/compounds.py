"""Compound nouns: which pieces words are made of, learned from lists of nouns, and splitting.

German joins nouns, adjectives and verb stems to a noun without limit: `Stahl|industrie`,
`Roh|stoff`, `Impf|stoff`. All but the last part may carry a linking element or lose a vowel:
`Absichts|erklärung`, `Schul|hof`, `Hilfs|mittel`, `Wörter|buch`.

Learning finds two kinds of pieces: *modifiers*, strings that stand before another part, and
*heads*, inflected nouns that stand last. What a piece costs is the negative logarithm of its
share among the modifiers, or the heads, of all words that can be cut in two pieces: "haus"
ends hundreds of words, "ster" hardly any. Nouns that are themselves compounds are dropped,
so that a split gives the smallest parts.

A word is split at the cheapest sequence of pieces that covers it, if that costs less than
MAX_COST_PER_CHAR times its length: pieces that are short and rare, as in "Mini|ster", are
found in any word by chance.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

MAX_COST_PER_CHAR = 1.8
"""Between the cost of a true split (about 1.2 a character) and of a chance one (about 2.5)."""

MIN_MODIFIER_CHARS = 2
"""`Öl|preis` and `Ei|gelb`, but only few nouns of two letters are productive."""

MIN_HEAD_CHARS = 3
"""Shorter nouns end too many words by chance, beginning with "Ei" in every "-ei"."""

MAX_PIECE_CHARS = 24
"""Longer nouns are compounds, or names of substances that are never a part."""

MIN_COMPOUND_CHARS = 6

_OCCURRENCE_WEIGHT = 0.2
"""What the logarithm of a noun's corpus frequency adds to the count of its compounds, so that
nouns that the dictionary does not know in compounds ("Corona") can be parts."""

_UNSEEN_WEIGHT = 0.05
"""What is added to the count of a piece that was seen in no compound at all."""

_VERB_PREFIXES = """
    ab an auf aus be bei bevor da dar durch ein emp ent er fort für ge gegen her hin hinter in
    los miss mit nach ob ohne um un unter ur ver vor voran weg wider wieder zer zu zurück
    zusammen über
"""
"""Words and prefixes that make verbs, and with them nouns that are no compounds."""

_NEVER_PARTS = """
    ant anten anz ation chen ei ein em en ende ens enz er ern es este haft heit ie ik in ion
    ismus ist keit lein ler ling mus ner nis or rei re sal sc sch schaft sel ster ste sten te
    ten tion tum tur um ung ur us
    das dem den der des die oder und
"""
"""Endings and small words that are, or look like, forms of nouns, too."""

_NO_PARTS = frozenset(_VERB_PREFIXES.split()) | frozenset(_NEVER_PARTS.split())

_DERIVED = re.compile(
    rf"((?:{'|'.join(sorted(_VERB_PREFIXES.split(), key=len, reverse=True))}).+)"
    r"(?:ung|ungen|er|ers|ern|erin|erinnen)"
)
_PLACE = re.compile(
    r".+(?:au|bach|berg|born|brück|brücken|burg|dorf|feld|furt|hausen|haven|heim|hof|horst"
    r"|kirchen|land|münster|reich|rode|stadt|stedt|stein|tal|wald|werder)"
)


class Piece(NamedTuple):
    """A string that can be part of a compound.

    base: the dictionary form of the part, "absicht" for the modifier "absichts".
    modifier_cost, head_cost: natural logarithms; infinite where it cannot stand there.
    """

    base: str
    modifier_cost: float
    head_cost: float


class Cut(NamedTuple):
    """One part [start, end) of a split word; `piece` is the index of its piece."""

    start: int
    end: int
    piece: int


class Pieces(Protocol):
    """Where pieces are looked up. The learned costs are given by index."""

    def prefixes(self, text: str) -> Iterable[tuple[str, int]]:
        """All pieces with which a text begins, with their indices."""

    def modifier_cost(self, piece: int) -> float:
        """The cost of a piece that another part follows."""

    def head_cost(self, piece: int) -> float:
        """The cost of a piece that ends the word."""


def split(word: str, pieces: Pieces) -> tuple[Cut, ...]:
    """The parts of a lower-cased noun, covering it without gaps; () where it is no compound.

    Dynamic programming from left to right over the cheapest way to each offset; quadratic in
    the length of the word at worst, linear for words of a language.
    """
    length = len(word)
    if length < MIN_COMPOUND_CHARS:
        return ()
    budget = MAX_COST_PER_CHAR * length
    ways: list[tuple[float, int, int] | None] = [None] * length
    ways[0] = (0.0, 0, -1)
    best_cost, best_cut = budget, None
    for start in range(length - MIN_HEAD_CHARS + 1):
        way = ways[start]
        if way is None or way[0] >= best_cost:
            continue
        for text, piece in pieces.prefixes(word[start : start + MAX_PIECE_CHARS]):
            end = start + len(text)
            if end == length:
                cost = way[0] + pieces.head_cost(piece)
                if start and cost < best_cost:
                    best_cost, best_cut = cost, Cut(start, end, piece)
            else:
                cost = way[0] + pieces.modifier_cost(piece)
                known = ways[end]
                if known is None or cost < known[0]:
                    ways[end] = (cost, start, piece)
    if best_cut is None:
        return ()
    cuts = [best_cut]
    while cuts[-1].start:
        end = cuts[-1].start
        way = ways[end]
        assert way is not None
        cuts.append(Cut(way[1], end, way[2]))
    return tuple(reversed(cuts))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What pieces are learned from. All words are lower-cased.

    nouns: inflected form -> dictionary form, of dictionary nouns and of nouns of the corpus.
    adjectives, verbs: dictionary forms.
    sample: nouns whose pieces are counted; not those made of participles, which are without
        number and end in nothing but "-ende" and "-este".
    occurrences: how often nouns stand in the corpus, by dictionary form.
    """

    nouns: Mapping[str, str]
    adjectives: Collection[str]
    verbs: Collection[str]
    sample: Collection[str]
    occurrences: Mapping[str, int]


def is_derived(noun: str, verbs: Collection[str]) -> bool:
    """Whether a noun is made of a verb with a prefix: `Unterstützung`, `Verbraucher`."""
    match = _DERIVED.fullmatch(noun)
    return match is not None and (match[1] + "en" in verbs or match[1] + "n" in verbs)


def is_place(noun: str, nouns: Collection[str]) -> bool:
    """Whether a noun is the name of a place, by its end and the name of those who live there."""
    return _PLACE.fullmatch(noun) is not None and noun + "er" in nouns


def learn_pieces(vocabulary: Vocabulary) -> tuple[dict[str, Piece], set[str]]:
    """The pieces of compounds by their text, and the nouns that only look like compounds."""
    nouns = vocabulary.nouns
    whole = {
        noun
        for noun, base in nouns.items()
        if is_derived(base, vocabulary.verbs) or is_place(base, nouns) or is_place(noun, nouns)
    }
    modifiers = _modifiers(vocabulary)
    heads = {
        noun: base
        for noun, base in nouns.items()
        if MIN_HEAD_CHARS <= len(noun) <= MAX_PIECE_CHARS and _may_be_part(noun)
    }
    sample = vocabulary.sample
    words = sorted({*nouns.values(), *sample} - whole)
    halves = [(word, *half) for word in words for half in _halves(word, modifiers, heads)]
    modifier_cost, head_cost = _costs(
        ((modifier, head) for word, modifier, head in halves if word in sample),
        modifiers,
        vocabulary,
    )
    compounds: dict[str, tuple[float, str, str]] = {}
    for word, modifier, head in halves:
        cost = modifier_cost(modifier) + head_cost(head)
        if cost < min(MAX_COST_PER_CHAR * len(word), compounds.get(word, (math.inf,))[0]):
            compounds[word] = (cost, modifier, head)
    # Once more with one way to cut each word: what was counted by chance counts no longer.
    modifier_cost, head_cost = _costs(
        ((modifier, head) for word, (_, modifier, head) in compounds.items() if word in sample),
        modifiers,
        vocabulary,
    )
    pieces: dict[str, Piece] = {}
    for text, base in modifiers.items():
        if base not in compounds:
            pieces[text] = Piece(base, modifier_cost(text), math.inf)
    for text, base in heads.items():
        if base not in compounds and text not in compounds:
            as_modifier = pieces.get(text)
            cost = as_modifier.modifier_cost if as_modifier else math.inf
            pieces[text] = Piece(base, cost, head_cost(base))
    return pieces, whole


def _may_be_part(text: str) -> bool:
    return text not in _NO_PARTS


def _modifiers(vocabulary: Vocabulary) -> dict[str, str]:
    """Every string that may stand before another part, with its dictionary form.

    Of several dictionary forms the first in this order holds: a form of a noun ("wörter"), a
    noun with a linking element ("absichts", "schwanen") or without its last vowel ("schul",
    "hilfs"), an adjective ("roh"), the stem of a verb ("impf", "lebe").
    """
    modifiers = dict(vocabulary.nouns)
    add = modifiers.setdefault
    for noun, base in vocabulary.nouns.items():
        if len(noun) > MIN_HEAD_CHARS and noun[-1] not in "sxzß":
            add(noun + "s", base)
    for noun, base in vocabulary.nouns.items():
        if noun != base:
            continue
        if noun.endswith("e") and len(noun) > MIN_HEAD_CHARS:
            add(noun[:-1], base)
            add(noun[:-1] + "s", base)
        else:
            for link in ("e", "en", "er"):
                add(noun + link, base)
    for adjective in vocabulary.adjectives:
        if len(adjective) >= MIN_HEAD_CHARS:
            add(adjective, adjective)
    for verb in vocabulary.verbs:
        stem = verb[:-2] if verb.endswith("en") else verb[:-1]
        if len(stem) >= MIN_HEAD_CHARS:
            add(stem, verb)
            add(stem + "e", verb)
    return {
        text: base
        for text, base in modifiers.items()
        if MIN_MODIFIER_CHARS <= len(text) <= MAX_PIECE_CHARS and _may_be_part(text)
    }


def _halves(
    word: str, modifiers: Mapping[str, str], heads: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Each way to cut a word in a modifier and a head, which is given as its dictionary form."""
    for cut in range(MIN_MODIFIER_CHARS, len(word) - MIN_HEAD_CHARS + 1):
        head = heads.get(word[cut:])
        if head is not None and word[:cut] in modifiers:
            yield word[:cut], head


def _costs(
    halves: Iterable[tuple[str, str]], modifiers: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[Callable[[str], float], Callable[[str], float]]:
    """The cost of a modifier by its text, and of a head by its dictionary form."""
    modifier_counts: Counter[str] = Counter()
    head_counts: Counter[str] = Counter()
    for modifier, head in halves:
        modifier_counts[modifier] += 1
        head_counts[head] += 1
    total = math.log(max(1, modifier_counts.total()))
    occurrences = vocabulary.occurrences

    def cost(count: int, base: str) -> float:
        prior = _UNSEEN_WEIGHT + _OCCURRENCE_WEIGHT * math.log1p(occurrences.get(base, 0))
        return total - math.log(count + prior)

    return (
        lambda text: cost(modifier_counts[text], modifiers[text]),
        lambda base: cost(head_counts[base], base),
    )

"""Compound nouns: which pieces words are made of, learned from lists of nouns, and splitting.

German joins nouns, adjectives and verb stems to a noun without limit: `Stahl|industrie`,
`Roh|stoff`, `Impf|stoff`. All but the last part may carry a linking element or lose a vowel:
`Absichts|erklärung`, `Schul|hof`, `Hilfs|mittel`, `Wörter|buch`.

Learning finds two kinds of pieces: *modifiers*, strings that stand before another part, and
*heads*, inflected nouns that stand last. What a piece costs is the negative logarithm of its
share among the modifiers, or the heads, of all words that can be cut in two pieces: "haus"
ends hundreds of words, "ster" hardly any. Nouns that are themselves compounds are dropped,
so that a split gives the smallest parts.

A word is split at the cheapest sequence of pieces that covers it, if that costs less than a
budget that grows with its length: pieces that are short and rare, as in "Mini|ster", are found
in any word by chance.
"""

from __future__ import annotations

import math
import re
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]
UInt8Array = npt.NDArray[np.uint8]

BUDGET = 3.0
BUDGET_PER_CHAR = 1.8
"""What the parts of a word may cost together: so much, and so much for each character. True
splits cost about 1.2 a character, chance ones 2.5. The first keeps short words ("Bahn|hof")
from being judged more harshly than long ones. Between 1.8 n and 1.7 n + 4 the share of right
splits on pairs seen as "A-B" and "AB" varies by three points, that of wrong ones by 0.2."""

MAX_COST_PER_CHAR_OF_PIECE = 1.7
"""The same, by character only, for words that are parts of compounds themselves: such a word
needs a better reason to be taken apart. Else "Natur|katastrophe" loses its head to
"Kata|strophe"."""

COST_STEPS = 16
MAX_COST = 255
"""The costs of pieces are kept in steps of 1 / COST_STEPS, so that a byte holds one. Of 109,000
words of an encyclopedia 29 have other parts than with exact costs."""

MIN_MODIFIER_CHARS = 2
"""`Öl|preis` and `Ei|gelb`, but only few nouns of two letters are productive."""

MIN_HEAD_CHARS = 3
"""Shorter nouns end too many words by chance, beginning with "Ei" in every "-ei"."""

MAX_PIECE_CHARS = 24
"""Longer nouns are compounds, or names of substances that are never a part."""

MIN_COMPOUND_CHARS = 6

MIN_COMBINING_CHARS = 5
MIN_COMBINING_HEADS = 12
"""A string of so many characters that stands before so many different nouns is a modifier even
if no word of its own: "elektro", "mikro", "langzeit". Fewer find "arbeitsv"."""

UNSEEN_WEIGHT = 0.05
"""What is added to the count of a piece that was seen in no compound at all."""

_VERB_PREFIXES = """
    ab an auf aus be bei bevor da dar durch ein emp ent er fort für ge gegen her hin hinter in
    los miss mit nach ob ohne um un unter ur ver vor voran weg wider wieder zer zu zurück
    zusammen über
"""
"""Words and prefixes that make verbs, and with them nouns that are no compounds."""

_NEVER_PARTS = """
    ant anz ation chen ei ein em en ende ens enz er ern es este haft heit ie ik in ion
    ische ismus ist keit lein ler ling mus ner nis or rei re sal sc sch schaft sel ster ste sten te
    ten tion tum tur um ung ur us
    inter pro sub trans
    das dem den der des die oder und
"""
"""Endings, foreign prefixes and small words that are, or look like, forms of nouns, too."""

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


Cut = tuple[int, int, int]
"""(start, end, piece): one part [start, end) of a split word, and the number of its modifier or,
for the last part, of its head."""


class _CostTable(Protocol):
    """Costs in COST_STEPS by the number of a modifier, or of a head; at most MAX_COST."""

    def __getitem__(self, number: int, /) -> int: ...


class Pieces(Protocol):
    """Where pieces are looked up; modifiers and heads are numbered apart."""

    cheapest_modifier: int
    """No modifier costs less; not negative."""

    @property
    def modifier_costs(self) -> _CostTable: ...
    @property
    def head_costs(self) -> _CostTable: ...

    def modifiers(self, text: str, /) -> Iterable[tuple[str, int]]:
        """All modifiers with which a text begins, shortest first, with their numbers."""

    def heads(self, reversed_text: str, /) -> Iterable[tuple[str, int]]:
        """All heads with which a text ends, and their numbers.

        Both the text and the heads are spelt from right to left.
        """


def in_steps(costs: Float64Array) -> UInt8Array:
    """Costs, as natural logarithms, in steps for `split`; too high ones are cut off."""
    return np.minimum(np.rint(costs * COST_STEPS), MAX_COST).astype(np.uint8)


def split(word: str, pieces: Pieces) -> Sequence[Cut]:
    """The parts of a lower-cased noun, covering it without gaps; () where it is no compound.

    Dynamic programming from left to right over the cheapest way to each offset; quadratic in
    the length of the word at worst, linear for words of a language. Looking pieces up takes
    most of the time, so it ends early: first come the heads, which many words lack, and a way
    is left as soon as the cheapest pieces could not make it the best one.
    """
    length = len(word)
    if length < MIN_COMPOUND_CHARS:
        return ()
    found = list(pieces.heads(word[: -MAX_PIECE_CHARS - 1 : -1]))
    heads = {length - len(text): head for text, head in found if len(text) < length}
    if not heads:
        return ()
    modifier_costs, head_costs = pieces.modifier_costs, pieces.head_costs
    last_start = max(heads)
    best_cost, best_start = (BUDGET + BUDGET_PER_CHAR * length) * COST_STEPS, 0
    # The ways to each offset, and the offsets in the order in which they are left for others.
    ways: dict[int, tuple[int, int, int]] = {}
    bound = best_cost  # Some split costs no more than this.
    for text, modifier in pieces.modifiers(word[:last_start][:MAX_PIECE_CHARS]):
        end = len(text)
        cost = modifier_costs[modifier]
        ways[end] = (cost, 0, modifier)
        if end in heads:
            bound = min(bound, cost + head_costs[heads[end]])
    starts = list(ways)
    least_rest = -1
    for start in starts:
        cost_before = ways[start][0]
        if start in heads:
            cost = cost_before + head_costs[heads[start]]
            if cost < best_cost:
                best_cost, best_start = cost, start
        if start + MIN_MODIFIER_CHARS > last_start:
            continue
        if least_rest < 0:
            least_rest = min([head_costs[head] for head in heads.values()])
        if cost_before + pieces.cheapest_modifier + least_rest > bound:
            continue
        for text, modifier in pieces.modifiers(word[start:last_start][:MAX_PIECE_CHARS]):
            end = start + len(text)
            cost = cost_before + modifier_costs[modifier]
            if end not in ways:
                insort(starts, end)
                ways[end] = (cost, start, modifier)
            elif cost < ways[end][0]:
                ways[end] = (cost, start, modifier)
    if not best_start:
        return ()
    cuts = [(best_start, length, heads[best_start])]
    while cuts[-1][0]:
        end = cuts[-1][0]
        _, start, modifier = ways[end]
        cuts.append((start, end, modifier))
    cuts.reverse()
    return cuts


@dataclass(frozen=True, slots=True)
class WordLists:
    """What pieces are learned from. All words are lower-cased.

    nouns: inflected form -> dictionary form.
    adjectives, verbs: dictionary forms. ordinary: forms that are written small.
    sample: nouns whose pieces are counted; not those made of participles, which are without
        number and end in nothing but "-ende" and "-este".
    """

    nouns: Mapping[str, str]
    adjectives: Set[str]
    verbs: Set[str]
    ordinary: Set[str]
    sample: Set[str]


def is_derived(noun: str, verbs: Collection[str]) -> bool:
    """Whether a noun is made of a verb with a prefix: `Unterstützung`, `Verbraucher`."""
    match = _DERIVED.fullmatch(noun)
    return match is not None and (match[1] + "en" in verbs or match[1] + "n" in verbs)


def is_place(noun: str, nouns: Mapping[str, str]) -> bool:
    """Whether a noun is the name of a place, by its end and the name of those who live there.

    `Salzburg` has `Salzburger`; the plural of `Schlachtfeld` is not the name of anybody.
    """
    return _PLACE.fullmatch(noun) is not None and nouns.get(noun + "er", noun) != noun


class Learned(NamedTuple):
    """What lists of words tell about compounds.

    pieces: by their text. compounds: dictionary forms that are surely compounds.
    whole: nouns, in all their forms, that only look like compounds.
    """

    pieces: dict[str, Piece]
    compounds: Set[str]
    whole: Set[str]


def learn_pieces(words: WordLists) -> Learned:
    """Find the pieces that compounds are made of, and count how often they are used."""
    nouns, sample = words.nouns, words.sample
    bases = set(nouns.values())
    whole_bases = {base for base in bases if is_derived(base, words.verbs) or is_place(base, nouns)}
    modifiers = Modifiers(words)
    heads = {
        noun: base
        for noun, base in nouns.items()
        if MIN_HEAD_CHARS <= len(noun) <= MAX_PIECE_CHARS
        and may_be_part(noun)
        and may_be_part(base)
    }
    modifiers.add(_combining_forms(sample, modifiers, heads))
    all_halves = [
        (word, *half)
        for word in sorted((bases | sample) - whole_bases)
        for half in halves(word, modifiers, heads)
    ]
    costs = _Costs((modifier, head) for w, modifier, head in all_halves if w in sample)
    best: dict[str, tuple[float, Modifier, str]] = {}
    for word, modifier, head in all_halves:
        cost = costs.of(modifier, head)
        if cost < min(MAX_COST_PER_CHAR_OF_PIECE * len(word), best.get(word, (math.inf,))[0]):
            best[word] = (cost, modifier, head)
    # Once more with one way to cut each word: what was counted by chance counts no longer.
    costs = _Costs((modifier, head) for w, (_, modifier, head) in best.items() if w in sample)
    compounds = {
        word
        for word, (_, modifier, head) in best.items()
        if costs.of(modifier, head) < MAX_COST_PER_CHAR_OF_PIECE * len(word)
    }
    # Of strings that were not seen before another part, nouns only may stand there.
    candidates = {text: base for text in nouns if (base := modifiers.base(text)) is not None}
    candidates.update(costs.modifiers.keys())
    pieces = {
        text: Piece(base, costs.modifiers.get((text, base), costs.unseen), math.inf)
        for text, base in candidates.items()
        if base not in compounds
    }
    for text, base in heads.items():
        if base not in compounds and text not in compounds:
            modifier_cost = pieces[text].modifier_cost if text in pieces else math.inf
            pieces[text] = Piece(base, modifier_cost, costs.heads.get(base, costs.unseen))
    whole = {noun for noun, base in nouns.items() if base in whole_bases}
    return Learned(pieces, compounds, whole)


def may_be_part(text: str) -> bool:
    return text not in _NO_PARTS


class Modifier(NamedTuple):
    """A string that may stand before another part, and its dictionary form."""

    text: str
    base: str


class Modifiers:
    """Tells which strings may stand before another part.

    These are, and the first of these gives the dictionary form: a form of a noun ("wörter"), a
    noun with a linking element ("absichts", "schwanen") or without its last vowel ("schul",
    "hilfs"), an adjective ("roh"), the stem of a verb ("impf", "lebe").
    """

    def __init__(self, words: WordLists) -> None:
        self._nouns = words.nouns
        self._adjectives = words.adjectives
        self._verbs = words.verbs
        self._known: dict[str, str] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Let further strings, which are their own dictionary forms, stand before a part."""
        self._known.update((text, text) for text in texts)

    def base(self, text: str) -> str | None:
        """The dictionary form of a modifier, or None if the string is none."""
        base = self._known.get(text)
        fits = MIN_MODIFIER_CHARS <= len(text) <= MAX_PIECE_CHARS and may_be_part(text)
        if base is None and fits:
            base = self._base(text)
            if base is not None:
                # What is none is not remembered: it is most of a million beginnings of words.
                self._known[text] = base
        return base

    def _base(self, text: str) -> str | None:
        nouns = self._nouns
        if text in nouns:
            return nouns[text]
        if text.endswith("s"):
            noun = text[:-1]
            if noun in nouns and len(noun) > MIN_HEAD_CHARS and noun[-1] not in "sxzß":
                return nouns[noun]
        for noun in (text + "e", text[:-1] + "e" if text.endswith("s") else ""):
            if nouns.get(noun) == noun and len(noun) > MIN_HEAD_CHARS:
                return noun
        for link in ("e", "en", "er"):
            noun = text.removesuffix(link)
            if noun != text and nouns.get(noun) == noun and not noun.endswith("e"):
                return noun
        if len(text) >= MIN_HEAD_CHARS:
            if text in self._adjectives:
                return text
            stem = text.removesuffix("e")
            verbs = (text + "en", text + "n", stem + "en")
            return next((verb for verb in verbs if verb in self._verbs), None)
        return None


def _combining_forms(
    sample: Collection[str], modifiers: Modifiers, heads: Mapping[str, str]
) -> list[str]:
    """The strings that are no words, but modifiers by what stands behind them.

    A modifier with a verb's prefix behind it ("haupt|ver") is the beginning of two parts.
    """
    # Counted before heads are told apart, which for all beginnings of words takes 200 MB.
    counts = Counter(
        word[:cut]
        for word in sample
        for cut in range(MIN_COMBINING_CHARS, len(word) - MIN_COMBINING_CHARS + 1)
        if word[cut:] in heads
    )
    frequent = {
        text
        for text, count in counts.items()
        if count >= MIN_COMBINING_HEADS and modifiers.base(text) is None
    }
    heads_of: defaultdict[str, set[str]] = defaultdict(set)
    for word in sample:
        for cut in range(MIN_COMBINING_CHARS, len(word) - MIN_COMBINING_CHARS + 1):
            if word[:cut] in frequent and word[cut:] in heads:
                heads_of[word[:cut]].add(heads[word[cut:]])
    return [
        text
        for text, found in heads_of.items()
        if len(found) >= MIN_COMBINING_HEADS
        and may_be_part(text)
        and not any(
            text[cut:] in _NO_PARTS
            and (text[:cut] in _NO_PARTS or modifiers.base(text[:cut]) is not None)
            for cut in range(1, len(text))
        )
    ]


def halves(
    word: str, modifiers: Modifiers, heads: Mapping[str, str]
) -> Iterable[tuple[Modifier, str]]:
    """Each way to cut a word in a modifier and a head, which is given as its dictionary form."""
    for cut in range(MIN_MODIFIER_CHARS, len(word) - MIN_HEAD_CHARS + 1):
        head = heads.get(word[cut:])
        if head is not None:
            base = modifiers.base(word[:cut])
            if base is not None:
                yield Modifier(word[:cut], base), head


class _Costs:
    """What modifiers and heads cost, by how often they were counted in compounds.

    modifiers: by text and dictionary form. heads: by dictionary form, whatever the inflection.
    unseen: the cost of all others.
    """

    def __init__(self, halves: Iterable[tuple[Modifier, str]]) -> None:
        modifier_counts: Counter[tuple[str, str]] = Counter()
        head_counts: Counter[str] = Counter()
        for modifier, head in halves:
            modifier_counts[modifier] += 1
            head_counts[head] += 1
        log_total = math.log(max(1, modifier_counts.total()))
        self.modifiers = {
            modifier: log_total - math.log(count + UNSEEN_WEIGHT)
            for modifier, count in modifier_counts.items()
        }
        self.heads = {
            head: log_total - math.log(count + UNSEEN_WEIGHT) for head, count in head_counts.items()
        }
        self.unseen = log_total - math.log(UNSEEN_WEIGHT)

    def of(self, modifier: Modifier, head: str) -> float:
        """The cost of a word made of both."""
        return self.modifiers.get(modifier, self.unseen) + self.heads.get(head, self.unseen)

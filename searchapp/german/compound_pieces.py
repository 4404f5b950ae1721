"""Learns from lists of words which pieces compounds are made of, and what each costs.

A piece costs the negative logarithm of its share among the modifiers, or the heads, of all words
that can be cut in two pieces: "haus" ends hundreds of words, "ster" hardly any. Nouns that are
themselves compounds are no pieces, so that a split gives the smallest parts.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

from searchapp.german.compounds import MAX_PIECE_CHARS, MIN_MODIFIER_CHARS

MAX_COST_PER_CHAR = 1.7
"""A word counts as a compound, and is no piece itself, if both its halves cost less than this for
each of its characters. Stricter than the budget of a split: else "Natur|katastrophe" would lose
its head to "Kata|strophe"."""

MIN_HEAD_CHARS = 3
"""Shorter nouns end too many words by chance, such as "Ei" every word in "-ei"."""

MIN_COMBINING_CHARS = 5
MIN_COMBINING_HEADS = 12
"""A string of at least this many characters before at least this many different nouns is a modifier
even if it is no word: "elektro", "mikro", "langzeit". Lower numbers find "arbeitsv"."""

UNSEEN_WEIGHT = 0.05
"""Added to the count of each piece, so that a piece seen in no compound has a finite cost."""

_VERB_PREFIXES = """
    ab an auf aus be bei bevor da dar durch ein emp ent er fort für ge gegen her hin hinter in
    los miss mit nach ob ohne um un unter ur ver vor voran weg wider wieder zer zu zurück
    zusammen über
"""
"""Words and prefixes of verbs; nouns of such verbs are no compounds."""

_NEVER_PARTS = """
    ant anz ation chen ei ein em en ende ens enz er ern es este haft heit ie ik in ion
    ische ismus ist keit lein ler ling mus ner nis or rei re sal sc sch schaft sel ster ste sten te
    ten tion tum tur um ung ur us
    inter pro sub trans
    das dem den der des die oder und
"""
"""Endings, foreign prefixes and function words that are also, or look like, forms of nouns."""

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
    modifier_cost, head_cost: natural logarithms; infinite if it is no modifier, or no head.
    """

    base: str
    modifier_cost: float
    head_cost: float


@dataclass(frozen=True, slots=True)
class WordLists:
    """What pieces are learned from. All words are lower-cased.

    nouns: inflected form -> dictionary form.
    adjectives, verbs: dictionary forms. ordinary: all forms of words that are no nouns.
    sample: nouns whose pieces are counted. Nouns made of participles are not among them: there is
        no end of them, and they would only count "-ende" and "-este".
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
    """Whether a noun is the name of a place: by its ending, and by a noun for those who live there.

    `Salzburg` has `Salzburger`; `Schlachtfelder` is only the plural of `Schlachtfeld`.
    """
    return _PLACE.fullmatch(noun) is not None and nouns.get(noun + "er", noun) != noun


class Learned(NamedTuple):
    """What was learned from lists of words.

    pieces: by their text. compounds: dictionary forms that are surely compounds.
    whole: all forms of nouns that only look like compounds.
    """

    pieces: dict[str, Piece]
    compounds: Set[str]
    whole: Set[str]


def learn_pieces(words: WordLists) -> Learned:
    """Find the pieces that compounds are made of, and count how often they are used."""
    return _Learner(words).learned()


class _Learner:
    """Cuts words in a modifier and a head, and counts both."""

    def __init__(self, words: WordLists) -> None:
        self._nouns = nouns = words.nouns
        self._sample = words.sample
        bases = set(nouns.values())
        self._whole_bases = {
            base for base in bases if is_derived(base, words.verbs) or is_place(base, nouns)
        }
        self._heads = {
            noun: base
            for noun, base in nouns.items()
            if MIN_HEAD_CHARS <= len(noun) <= MAX_PIECE_CHARS
            and may_be_part(noun)
            and may_be_part(base)
        }
        self._modifiers = Modifiers(words)
        self._modifiers.add(_combining_forms(words.sample, self._modifiers, self._heads))
        self._words = sorted((bases | words.sample) - self._whole_bases)

    def learned(self) -> Learned:
        """The result."""
        best = self._cheapest_halves()
        # Count once more, with one way to cut each word: pieces found by chance lose their count.
        costs = self._costs(best.items())
        compounds = {
            word for word, halves in best.items() if costs.of(*halves) < _most_of_compound(word)
        }
        whole = {noun for noun, base in self._nouns.items() if base in self._whole_bases}
        return Learned(self._pieces(costs, compounds), compounds, whole)

    def _cheapest_halves(self) -> dict[str, Halves]:
        """The cheapest way to cut each word that may be a compound."""
        all_halves = [
            (word, halves)
            for word in self._words
            for halves in cut_in_two(word, self._modifiers, self._heads)
        ]
        costs = self._costs(all_halves)
        best: dict[str, Halves] = {}
        best_costs: dict[str, float] = {}
        for word, halves in all_halves:
            cost = costs.of(*halves)
            if cost < best_costs.get(word, _most_of_compound(word)):
                best[word], best_costs[word] = halves, cost
        return best

    def _costs(self, all_halves: Iterable[tuple[str, Halves]]) -> _Costs:
        return _Costs(halves for word, halves in all_halves if word in self._sample)

    def _pieces(self, costs: _Costs, compounds: Set[str]) -> dict[str, Piece]:
        # Strings that were seen before no other part are modifiers only if they are nouns.
        modifiers = {
            text: base for text in self._nouns if (base := self._modifiers.base(text)) is not None
        }
        modifiers.update(costs.modifiers.keys())
        pieces = {
            text: Piece(base, costs.modifiers.get((text, base), costs.unseen), math.inf)
            for text, base in modifiers.items()
            if base not in compounds
        }
        for text, base in self._heads.items():
            if base not in compounds and text not in compounds:
                modifier_cost = pieces[text].modifier_cost if text in pieces else math.inf
                pieces[text] = Piece(base, modifier_cost, costs.heads.get(base, costs.unseen))
        return pieces


def _most_of_compound(word: str) -> float:
    """What the halves of a word cost at most if it is a compound."""
    return MAX_COST_PER_CHAR * len(word)


def may_be_part(text: str) -> bool:
    return text not in _NO_PARTS


class Modifier(NamedTuple):
    """A string that may stand before another part, and its dictionary form."""

    text: str
    base: str


Halves = tuple[Modifier, str]
"""A modifier, and the dictionary form of a head."""


class Modifiers:
    """Knows which strings may stand before another part.

    A modifier is one of the following, and the first that fits gives its dictionary form: a form of
    a noun ("wörter"), a noun with a linking element ("absichts", "schwanen") or without its last
    vowel ("schul", "hilfs"), an adjective ("roh"), the stem of a verb ("impf", "lebe").
    """

    def __init__(self, words: WordLists) -> None:
        self._nouns = words.nouns
        self._adjectives = words.adjectives
        self._verbs = words.verbs
        self._known: dict[str, str] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Add further modifiers, each of which is its own dictionary form."""
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
    """Strings that are no words, but stand before so many heads that they are modifiers.

    A modifier followed by the prefix of a verb ("haupt|ver") is none: it begins two parts.
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


def cut_in_two(word: str, modifiers: Modifiers, heads: Mapping[str, str]) -> Iterator[Halves]:
    """Each way to cut a word in a modifier and a head. heads: form -> dictionary form."""
    for cut in range(MIN_MODIFIER_CHARS, len(word) - MIN_HEAD_CHARS + 1):
        head = heads.get(word[cut:])
        if head is not None:
            base = modifiers.base(word[:cut])
            if base is not None:
                yield Modifier(word[:cut], base), head


class _Costs:
    """What modifiers and heads cost, computed from how often they occur in compounds.

    modifiers: cost by (text, dictionary form). heads: cost by dictionary form.
    unseen: the cost of all others.
    """

    def __init__(self, all_halves: Iterable[Halves]) -> None:
        modifier_counts: Counter[tuple[str, str]] = Counter()
        head_counts: Counter[str] = Counter()
        for modifier, head in all_halves:
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
        """The cost of a word that is made of both."""
        return self.modifiers.get(modifier, self.unseen) + self.heads.get(head, self.unseen)

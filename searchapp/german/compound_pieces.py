"""Learns from lists of words which pieces compounds are made of, and what each costs.

A piece is cheap if many compounds have it and few other words look as if they had it: "haus" ends
hundreds of compounds and nothing else; "tor" ends a hundred, too, but also hundreds of words like
"Direktor". Both are counted in the words that can be cut in two pieces. Nouns that are themselves
compounds are no pieces, so that a split gives the smallest parts.

Whether a noun of the dictionary is a compound is decided here once, with more evidence than its
letters: a compound is inflected as its head is ("Rathäuser", as "Häuser").
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from searchapp.german.compounds import MAX_PIECE_CHARS, MIN_MODIFIER_CHARS

FIRST_BUDGET = 3.0
FIRST_BUDGET_PER_CHAR = 1.8
"""At first, when all that is known of a piece is in how many words it could be, a word counts as a
compound if both its halves cost less than FIRST_BUDGET + FIRST_BUDGET_PER_CHAR * length."""

ROUNDS = 2
"""How often all compounds are then found anew by the pieces of those found before. The second
round changes 7 of 1,000 words."""

FAMILY_WEIGHT = 1.2
"""Factor of the logarithm of the number of compounds that a word is in, which is taken from its
budget: simple nouns ("Transport") are in more compounds than compounds are."""

MAX_FAMILY = 100
"""A word in more compounds than this is a unit of its own, whose parts nobody has in mind:
"Fahrzeug", "Haushalt", "Fußball"."""

HALVES_BUDGET = 15.0
HALVES_BUDGET_PER_CHAR = 1.0
AGREEMENT_BUDGET = 4.5
"""A noun of the dictionary is a compound if its halves cost less than HALVES_BUDGET +
HALVES_BUDGET_PER_CHAR * length, and AGREEMENT_BUDGET more if it is inflected as its head is.
Fitted, as FAMILY_WEIGHT and CHANCE_WEIGHT are, to 520 compounds and 330 other words, a third of
which look like compounds."""

LOG_TOTAL = 12.0
"""The logarithm of the number of compounds in the dictionary. A constant, so that what only a
corpus has can be computed without it."""

UNSEEN_WEIGHT = 0.1
"""Added to the count of each piece, so that a piece seen in no compound has a finite cost."""

CHANCE_WEIGHT = 3.5
"""Factor of the logarithm of the share of compounds among the words that begin, or end, with a
piece: it makes pieces dearer that are often there by chance."""

UNSEEN_CHANCE = 100.0
CHANCE_PER_CHAR = 1.5
"""UNSEEN_CHANCE * exp(-CHANCE_PER_CHAR * length) is added to the number of words that have a piece
by chance: one for three characters, next to nothing for six."""

MIN_HEAD_CHARS = 2
"""Allows "öl"; no noun of one letter is a part."""

MIN_STEM_CHARS = 3
"""Shorter strings are modifiers only if they are nouns with inflected forms, which abbreviations
and the names of letters lack, and never with a linking element or without their last vowel."""

MIN_COMBINING_CHARS = 5
MIN_COMBINING_HEADS = 12
"""A string of at least this many characters before at least this many different nouns is a modifier
even if it is no word: "elektro", "mikro", "langzeit". Lower numbers find "arbeitsv"."""

_VERB_PREFIXES = """
    ab an auf aus be bei bevor da dar durch ein emp ent er fort für ge gegen her hin hinter in
    los miss mit nach ob ohne um un unter ur ver vor voran weg wider wieder zer zu zurück
    zusammen über
"""
"""Words and prefixes of verbs; nouns of such verbs are no compounds."""

_NEVER_PARTS = """
    ant anz ation chen ei ein em en ende ens enz er erling ern es este haft heit ie ik iker in
    ion ische ismus ist keit lein ler ling mus ner nis or rei re sal sc sch schaft sel ster ste sten
    te ten tion tum tur um ung ur us
    inter pro sub trans
    das dem den der des die oder und
"""
"""Endings, foreign prefixes and function words that are also, or look like, forms of nouns."""

_NO_PARTS = frozenset(_VERB_PREFIXES.split()) | frozenset(_NEVER_PARTS.split())
_NO_HEADS = _NO_PARTS - {"weg"} | {"rein", "send", "sende", "senden", "stag"}
"""Forms of nouns that are never heads. "weg" may be one, though as a modifier it would be the
prefix of a verb; "Jahresende", "heranwachsend" and "Donnerstag" end otherwise than it seems."""

_VERBS_OF_NOUNS = {
    "bruch": "brechen",
    "druck": "drücken",
    "fall": "fallen",
    "gabe": "geben",
    "gang": "gehen",
    "griff": "greifen",
    "halt": "halten",
    "kunft": "kommen",
    "lauf": "laufen",
    "nahme": "nehmen",
    "schlag": "schlagen",
    "schluss": "schließen",
    "schnitt": "schneiden",
    "spruch": "sprechen",
    "stand": "stehen",
    "tritt": "treten",
    "wurf": "werfen",
    "zug": "ziehen",
}
"""Noun made of a strong verb -> that verb: `Stillstand` is made of `stillstehen`."""

_DERIVED = re.compile(
    rf"((?:{'|'.join(sorted(_VERB_PREFIXES.split(), key=len, reverse=True))}).+?)"
    r"(?:ung|ungen|er|ers|ern|erin|erinnen)?"
)
_NAME = re.compile(
    r".+(?:(?<![bfh])au|bach|bauer|berg|born|brück|brücken|brunn|bürgen|burg|dorf|feld|felden|furt"
    r"|hafen|hagen|hausen|haven|heim|hof|horst|kirchen|land|maier|meier|münster|(?<!be)reich|rode"
    r"|stadt|stedt|stein|(?<!pi)tal|wald|werder)"
    r"|.{2,6}(?<!s)mann"
)
_INFLECTIONS = ("e", "en", "es", "n")
_UMLAUTS = str.maketrans("aou", "äöü")
_UMLAUT_INFLECTIONS = ("", "e", "en")


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


def is_derived(noun: str, verbs: Collection[str], adjectives: Collection[str] = ()) -> bool:
    """Whether a noun is made of a verb, with a prefix or an adjective before it.

    `Unterstützung` is made of `unterstützen`, `Stillstand` of `stillstehen`.
    """
    match = _DERIVED.fullmatch(noun)
    if match is not None and (match[1] + "en" in verbs or match[1] + "n" in verbs):
        return True
    return any(
        noun.endswith(ending)
        and (first := noun.removesuffix(ending)) in adjectives
        and first + verb in verbs
        for ending, verb in _VERBS_OF_NOUNS.items()
    )


def is_name(noun: str, words: Container[str]) -> bool:
    """Whether a noun is the name of a place or a family: by its ending, and by its inflection.

    Names have no plural, and no genitive but with "s": `Salzburgs`, whereas `Weinberg` has
    `Weinberge` and `Weinberges`. words: all words, or nouns, that are known.
    """
    if _NAME.fullmatch(noun) is None:
        return False
    if noun.endswith(("kirchen", "brücken")) and noun[:-1] in words:
        return False
    # Not "er": "Salzburger", "Darmstädter" and "Thailänder" are no forms of the name.
    vowel = max(map(noun.rfind, "aou"))
    with_umlaut = noun[:vowel] + noun[vowel:].translate(_UMLAUTS)
    return not (
        any(noun + ending in words for ending in _INFLECTIONS)
        or (vowel >= 0 and any(with_umlaut + ending in words for ending in _UMLAUT_INFLECTIONS))
    )


class Learned(NamedTuple):
    """What was learned from lists of words.

    pieces: by their text.
    compounds: each noun that is a compound of two pieces or compounds, and where the second starts.
    whole: dictionary forms of nouns that only look like compounds.
    """

    pieces: dict[str, Piece]
    compounds: Mapping[str, int]
    whole: Set[str]


def learn_pieces(words: WordLists) -> Learned:
    """Find the pieces that compounds are made of, and count how often they are used."""
    return _Learner(words).learned()


class _Learner:
    """Cuts words in a modifier and a head, and counts both."""

    def __init__(self, words: WordLists) -> None:
        self._nouns = nouns = words.nouns
        self._sample = words.sample
        self._verbs = words.verbs
        self._forms: defaultdict[str, set[str]] = defaultdict(set)
        for noun, base in nouns.items():
            self._forms[base].add(noun)
        names = {base for base in self._forms if self._is_name(base)}
        self._whole = {
            base
            for base in self._forms
            if base in words.verbs
            or is_derived(base, words.verbs, words.adjectives)
            or base in names
            or base.removesuffix("er") in names
        }
        self._heads = {
            noun: base
            for noun, base in nouns.items()
            if MIN_HEAD_CHARS <= len(noun) <= MAX_PIECE_CHARS
            and may_be_head(noun)
            and may_be_head(base)
            and (len(noun) >= MIN_STEM_CHARS or len(self._forms[base]) > 1)
        }
        self._modifiers = Modifiers(words)
        self._modifiers.add(_combining_forms(words.sample, self._modifiers, self._heads))
        self._words = sorted((self._forms.keys() | words.sample) - self._whole)

    def learned(self) -> Learned:
        """The result."""
        all_halves = {
            word: ways
            for word in self._words
            if (ways := list(cut_in_two(word, self._modifiers, self._heads)))
        }
        self._seen_modifiers = {m.text for ways in all_halves.values() for m, _ in ways}
        compounds = self._first_compounds(all_halves)
        for _ in range(ROUNDS):
            compounds = self._compounds(all_halves, compounds)
        pieces = self._pieces(self._counts(compounds), compounds)
        starts = {word: len(modifier.text) for word, (modifier, _) in compounds.items()}
        return Learned(pieces, starts, self._whole)

    def _first_compounds(self, all_halves: Mapping[str, Sequence[Halves]]) -> dict[str, Halves]:
        """The cheapest way to cut each compound, by all ways to cut all words."""
        counts = Counts(
            halves for word, ways in all_halves.items() if word in self._sample for halves in ways
        )
        first: dict[str, Halves] = {}
        for word, ways in all_halves.items():
            cost, halves = min((counts.cost(*halves), halves) for halves in ways)
            if cost < FIRST_BUDGET + FIRST_BUDGET_PER_CHAR * len(word):
                first[word] = halves
        return first

    def _compounds(
        self, all_halves: Mapping[str, Sequence[Halves]], before: Mapping[str, Halves]
    ) -> dict[str, Halves]:
        """The cheapest way to cut each compound, by the way to cut each that was found before."""
        counts = self._counts(before)
        compounds: dict[str, Halves] = {}
        for word, ways in all_halves.items():
            # A word is no evidence of what it is itself.
            own = before.get(word) if word in self._sample else None
            by_chance = word in self._sample and word not in before
            budget = HALVES_BUDGET + HALVES_BUDGET_PER_CHAR * len(word)
            family = counts.family(word)
            budget -= FAMILY_WEIGHT * math.log1p(family)
            if family > MAX_FAMILY:
                continue
            for halves in ways:
                cost = counts.cost(*halves, seen=halves == own, by_chance=by_chance)
                if cost >= budget + AGREEMENT_BUDGET:
                    continue
                if self._agrees(word, *halves):
                    cost -= AGREEMENT_BUDGET
                if cost < budget:
                    compounds[word], budget = halves, cost
        return compounds

    def _is_name(self, noun: str) -> bool:
        """Whether a noun is a name by what the dictionary has of it, which often is not all."""
        nouns = self._nouns
        has_more = noun + "s" in self._forms[noun] or nouns.get(noun + "er", noun) != noun
        return has_more and is_name(noun, nouns)

    def _agrees(self, word: str, modifier: Modifier, head: str) -> bool:
        """Whether a noun shares an inflected form with its head, apart from any with "s".

        That it shares none is no evidence: the dictionary has few forms of many nouns.
        """
        start = len(modifier.text)
        shared = {form[start:] for form in self._forms[word]} & self._forms[head]
        return not shared <= {head, head + "s"}

    def _counts(self, compounds: Mapping[str, Halves]) -> Counts:
        """Counts with one way to cut each compound, and all other words."""
        counts = Counts(halves for word, halves in compounds.items() if word in self._sample)
        counts.add_chance(self._sample - compounds.keys(), self._seen_modifiers, self._heads)
        return counts

    def _pieces(self, counts: Counts, compounds: Mapping[str, Halves]) -> dict[str, Piece]:
        # A compound is only needed as a piece if its head cannot stand before another part.
        compound = {word for word, (_, head) in compounds.items() if may_be_part(head)}
        # Strings that were seen before no other part are modifiers only if they are nouns.
        modifiers = {
            text: base for text in self._nouns if (base := self._modifiers.base(text)) is not None
        }
        modifiers.update(counts.modifiers.keys())
        modifier_costs = {
            text: counts.modifier_cost(Modifier(text, base))
            for text, base in modifiers.items()
            if base not in compound
        }
        head_costs = {
            text: counts.head_cost(base)
            for text, base in self._heads.items()
            if base not in compounds and text not in compounds
        }
        return {
            text: Piece(
                self._heads.get(text) or modifiers[text],
                modifier_costs.get(text, math.inf),
                head_costs.get(text, math.inf),
            )
            for text in modifier_costs | head_costs
        }


def may_be_part(text: str) -> bool:
    """Whether a string may be a modifier."""
    return text not in _NO_PARTS


def may_be_head(text: str) -> bool:
    """Whether a form of a noun may be a head."""
    return text not in _NO_HEADS


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
        self._form_counts = Counter(words.nouns.values())
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
        if text in nouns and (len(text) >= MIN_STEM_CHARS or self._form_counts[nouns[text]] > 1):
            return nouns[text]
        if len(text) < MIN_STEM_CHARS:
            return None
        if text.endswith("s"):
            noun = text[:-1]
            if noun in nouns and len(noun) > MIN_STEM_CHARS and noun[-1] not in "sxzß":
                return nouns[noun]
        for noun in (text + "e", text[:-1] + "e" if text.endswith("s") else ""):
            if nouns.get(noun) == noun and len(noun) > MIN_STEM_CHARS:
                return noun
        for link in ("e", "en", "er"):
            noun = text.removesuffix(link)
            is_long = MIN_STEM_CHARS <= len(noun) < len(text)
            if is_long and nouns.get(noun) == noun and not noun.endswith("e"):
                return noun
        if text in self._adjectives:
            return text
        stem = text.removesuffix("e")
        verbs = (text + "en", text + "n", stem + "en")
        return next((verb for verb in verbs if verb in self._verbs), None)


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


class Counts:
    """How many compounds have each piece, and how many other words look as if they had it."""

    def __init__(self, all_halves: Iterable[Halves]) -> None:
        """all_halves: those of the compounds."""
        self.modifiers: Counter[Modifier] = Counter()
        self.heads: Counter[str] = Counter()
        for modifier, head in all_halves:
            self.modifiers[modifier] += 1
            self.heads[head] += 1
        self._log_total = math.log(max(1, self.heads.total()))
        self._families = Counter(self.heads)
        for modifier, count in self.modifiers.items():
            self._families[modifier.base] += count
        self._chance_modifiers: Counter[str] = Counter()
        self._chance_heads: Counter[str] = Counter()
        self._modifier_costs: dict[Modifier, float] = {}
        self._head_costs: dict[str, float] = {}

    def add_chance(
        self, words: Iterable[str], modifiers: Set[str], heads: Mapping[str, str]
    ) -> None:
        """Count the pieces that words which are no compounds begin or end with."""
        for word in words:
            for cut in range(MIN_MODIFIER_CHARS, len(word) - MIN_HEAD_CHARS + 1):
                # "Berlin|er" is made of Berlin, if not as a compound.
                if word[:cut] in modifiers and word[cut:] not in _NO_PARTS:
                    self._chance_modifiers[word[:cut]] += 1
                head = heads.get(word[cut:])
                if head is not None:
                    self._chance_heads[head] += 1

    def family(self, word: str) -> int:
        """How many compounds have a word as one of their halves."""
        return self._families.get(word, 0)

    def modifier_cost(self, modifier: Modifier) -> float:
        """What a modifier costs."""
        cost = self._modifier_costs.get(modifier)
        if cost is None:
            cost = self._modifier_costs[modifier] = self._modifier_cost(modifier)
        return cost

    def head_cost(self, head: str) -> float:
        """What a head costs."""
        cost = self._head_costs.get(head)
        if cost is None:
            cost = self._head_costs[head] = self._head_cost(head)
        return cost

    def cost(
        self, modifier: Modifier, head: str, *, seen: bool = False, by_chance: bool = False
    ) -> float:
        """What a word costs that is made of both.

        seen, by_chance: whether it was counted as a compound of both, or as no compound; the cost
        is that without this one word.
        """
        if seen or by_chance:
            return self._modifier_cost(modifier, seen, by_chance) + self._head_cost(
                head, seen, by_chance
            )
        return self.modifier_cost(modifier) + self.head_cost(head)

    def _modifier_cost(self, modifier: Modifier, seen: int = 0, by_chance: int = 0) -> float:
        weight = self.modifiers.get(modifier, 0) - seen + UNSEEN_WEIGHT
        chance = max(0, self._chance_modifiers.get(modifier.text, 0) - by_chance)
        return piece_cost(modifier.text, weight, chance, self._log_total)

    def _head_cost(self, head: str, seen: int = 0, by_chance: int = 0) -> float:
        weight = self.heads.get(head, 0) - seen + UNSEEN_WEIGHT
        chance = max(0, self._chance_heads.get(head, 0) - by_chance)
        return piece_cost(head, weight, chance, self._log_total)


def piece_cost(text: str, weight: float, by_chance: int = 0, log_total: float = LOG_TOTAL) -> float:
    """What a piece costs, as a natural logarithm.

    weight: in how many compounds it is; UNSEEN_WEIGHT at least.
    by_chance: how many words that are no compounds begin, or end, with it.
    log_total: natural logarithm of the number of compounds.
    """
    unseen_chance = UNSEEN_CHANCE * math.exp(-CHANCE_PER_CHAR * len(text))
    chance = math.log1p((by_chance + unseen_chance) / weight)
    return log_total - math.log(weight) + CHANCE_WEIGHT * chance

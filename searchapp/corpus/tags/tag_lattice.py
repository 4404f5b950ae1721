"""Finds where a line of glued tags may be cut, and the price of each tag that it may hold.

Prices are rough negative log-likelihoods, set by hand. A boundary has a price for cutting there and
one for not cutting; a piece of a word has a price for its look (a known word is free, a single
capital is a poor tag). The rules read the line's *shape*, which has a letter for the class of each
character: U capital, l small letter, d digit, x letter without case; others stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import log

from searchapp.corpus.tags.tag_words import (
    ADJECTIVE_PARTS,
    ADJECTIVE_PREFIXES,
    COMPANY_FORMS,
    ENDS_IN_PLUS,
    ENGLISH,
    MIXED_CASE,
    SMALL_NAMES,
    SMALL_PHRASES,
    TAG_OPENERS,
    compound_tail,
    is_acronym,
    is_compound_adjective,
    is_derived_adjective,
    is_noun,
    is_word,
    lemma,
)

WINDOW = 10
"""A tag has fewer than this many boundaries inside."""

MAX_KEPT = 14.0
"""A tag is not tried if not cutting at its boundaries costs more (two sure ones are enough)."""

CUT = 0.5
NEVER = 9.0
UNKNOWN_WORD = 1.5
UNSHAPELY = 0.3
MAX_SHAPELESS = 6
"""A longer mix of capitals, small letters and digits that is no name is less likely a word."""
POOR_START = 3.0
SURE_START = 0.5
MIN_SMALL = 4
"""Shorter words in small letters begin no tag, but for names and "mit Kindern"."""
MIN_TAIL = 3
"""A noun of at most this many letters ends an unknown word only by chance."""

MIN_UNKNOWN = 4
"""An unknown word and the adjective after it come apart if they have so many letters, and the
adjective twice as many."""

MAX_NAME = 24
MAX_ACRONYM = 12
MAX_CAPITALS = 60
MAX_SMALL_RUN = 120
"""Longer runs of capitals or small letters stay whole: no list has them, and work is bounded."""

WORD = re.compile(r"[Uldx]+")
ATOM = re.compile(r"U+(?=Ul)|Ul+|U+|l+|d+|x+")
PIECE = re.compile(
    "(?P<letter>U)|(?P<word>Ul+)|(?P<capitals>U+l?)|(?P<number>d+)|(?P<numbered>d+UU+)|(?P<code>U+d+|d+U|UdU|UdUd)|(?P<small>l+)"
)
GLUED_TO = {"", "U", "l", "d", "x"}
ORDINAL = re.compile(r"d{1,2}\. ")
NUMBERED = re.compile(r"d+(?:,d+)?[ -][Ul]|dU(?!l)")
"""A number that begins a tag: "1. FC", "49-Euro-Ticket", "1,5-Grad-Ziel", "20 Jahre", "5G"."""
SMALL_ACRONYM = re.compile("[bcdfghjklmnpqrstvwxz]{3,5}")
"""Letters that no German word ends with after a whole noun: Pfarrer|kfd."""
ROMAN = re.compile("[IVX]{2,5}")
COUNT = re.compile("d{2,3} U")
"""A number of things, as in AIDA|20 Jahre; a longer one may be a year that goes with a name."""
YEAR = re.compile(r"(?:19|20)\d\d")
NUMBER_TAIL = re.compile("(?:er|ern|ers|[hmgtxsei]|[kcm]m|kg|nd|rd|th|st|sat|und|te[nr]?|in)$")
"""What is written after a number without a blank: "90er", "24h", "3sat", "1und1"."""
ENDING = re.compile(
    r"(?:\be\. ?V|\bCo|\bInc|\bJr|\bLtd|\betc|\b[IVX]{1,5})\.(?=\w)"
    rf"|(?:{'|'.join(sorted(ENDS_IN_PLUS))})\+(?=\w)|\bC\+\+(?=\w)"
)
"""Words with a point or plus that ends a tag: "Verein e.V.", "Leo XIV.", "Disney+"."""
CLOSING = re.compile(r"""[\])”“!?…](?=[Uld])|(?<=\S)[»"](?=U)""")
POINTED_NAME = re.compile(r"(?<=\w)ver\.di(?![^\W\dA-ZÄÖÜ])")
OPENING = re.compile(r"(?<=[ld)])[„«(](?=U)|(?<=\w)(?:#(?=[Ul])|§)|(?<=\w)[\ue000-\uf8ff](?=.)")
"""What begins a tag: brackets, hash signs, and the private use signs that icon fonts draw."""


def shape_of(text: str) -> str:
    """The classes of the characters of `text`, one letter for each."""
    return "".join(
        "U" if c.isupper() else "l" if c.islower() else "d" if c.isdigit() else "x" if c.isalpha()
        else c
        for c in text
    )  # fmt: skip


class TagLattice:
    """The places of a line where tags may begin and end, and the prices of the tags between them.

    line: without label and separators, not empty. known: tags seen elsewhere, with their counts.
    words: words of the article.
    places: sorted offsets into `line`, from 0 to its length.
    """

    def __init__(self, line: str, known: Mapping[str, int], words: frozenset[str]) -> None:
        self.line = line
        self.shape = shape_of(line)
        self._known = known
        self._spans = [match.span() for match in WORD.finditer(self.shape)]
        # Capitals that stand alone once, between spaces or hyphens, are an acronym elsewhere too.
        capitals = {line[a:b] for a, b in self._spans if re.fullmatch("UU+", self.shape[a:b])}
        self._words = words | {word for word in capitals if line.count(word) > 1}
        self._keep: dict[int, float] = {}
        self._cut: dict[int, float] = {}
        self._in_capitals: set[int] = set()
        for start, end in self._spans:
            self._price_word(start, end)
        self._price_punctuation()
        self.places = [0, *sorted(self._keep), len(line)]

    def tag_prices(self) -> list[dict[int, float]]:
        """For each place number j, the price of the tag from place i to place j, by i."""
        places, spans = self.places, self._spans
        kept, looks = [0.0], [0.0]
        for place in places[1:]:
            kept.append(kept[-1] + self._keep.get(place, 0.0))
        for a, b in spans:
            looks.append(looks[-1] + self._look(a, b))
        first, last = self._words_at_places()
        prices: list[dict[int, float]] = [{}]
        for j in range(1, len(places)):
            row: dict[int, float] = {}
            end = places[j]
            cut = self._cut.get(end, 0.0)
            for i in range(j - 1, max(-1, j - 1 - WINDOW), -1):
                if row and kept[j - 1] - kept[i] > MAX_KEPT:
                    break
                begin = places[i]
                tag = self.line[begin:end].strip()
                p, q = first[i], last[j]
                if p > q:  # punctuation only
                    row[i] = NEVER
                    continue
                if p == q:
                    look = self._look(max(begin, spans[p][0]), min(end, spans[p][1]))
                else:
                    look = self._look(max(begin, spans[p][0]), spans[p][1])
                    look += looks[q] - looks[p + 1]
                    look += self._look(spans[q][0], min(end, spans[q][1]))
                row[i] = cut + look + kept[j - 1] - kept[i]
                if tag in self._known:
                    count = max(1, self._known[tag])
                    row[i] = min(row[i], cut) - 2.0 - min(2.0, log(count))
            prices.append(row)
        return prices

    def _words_at_places(self) -> tuple[list[int], list[int]]:
        """For each place, the number of the word at or after it, and of the one at or before it."""
        spans = self._spans
        first, last = [], []
        after, before = 0, -1
        for place in self.places:
            while after < len(spans) and spans[after][1] <= place:
                after += 1
            while before + 1 < len(spans) and spans[before + 1][0] < place:
                before += 1
            first.append(after)
            last.append(before)
        return first, last

    # -- evidence

    def _is_met(self, word: str) -> bool:
        """True for a tag known elsewhere or a word of the article."""
        return word in self._known or word in self._words

    def _is_word(self, word: str) -> bool:
        return self._is_met(word) or is_word(word)

    def _is_acronym(self, word: str) -> bool:
        return is_acronym(word) or self._is_met(word)

    def _is_name(self, word: str) -> bool:
        return word in MIXED_CASE or self._is_met(word)

    # -- boundaries

    def _boundary(self, at: int, keep: float, cut: float = CUT) -> None:
        self._keep[at] = keep
        self._cut[at] = cut

    def _price_word(self, start: int, end: int) -> None:
        """The boundaries inside the word [start, end)."""
        atoms = [match.span() for match in ATOM.finditer(self.shape, start, end)]
        for left, right in pairwise(atoms):
            self._price_between(left, right)
        for a, b in atoms:
            if self.shape.startswith("UU", a, b) and b - a <= MAX_CAPITALS:
                self._price_in_capitals(a, b)
            elif self.shape[b - 1] == "l" and b - a >= 6:
                self._price_in_small_letters(a, b)
        for (a, b), (_, end_of_word) in pairwise(atoms):
            if self.shape[a] == "U" == self.shape[b - 1] and self.shape.startswith("Ul", b):
                self._price_small_after_capitals(a, b + 1, end_of_word)
        self._price_names(start, end, atoms)

    def _price_between(self, left: tuple[int, int], right: tuple[int, int]) -> None:
        """The boundary between two neighbouring atoms of a word."""
        at = right[0]
        match self.shape[at - 1 : at + 1]:
            case "lU":
                self._price_capital_after_small(left, right)
            case "UU":
                self._price_last_capital(left, right)
            case "dU":
                self._price_after_number(left, right)
            case "ld" | "Ud":
                self._price_number(left, right)
            case "dl":
                self._price_small_after_number(left, right)

    def _price_capital_after_small(self, left: tuple[int, int], right: tuple[int, int]) -> None:
        a, b = self.line[slice(*left)], self.line[slice(*right)]
        # McKinsey; SchülerInnen, but not Politik|Innenpolitik nor Medien|In eigener Sache.
        gender = b in ("In", "Innen") and not self.shape.startswith((" ", "l"), right[1])
        if a in ("Mc", "Mac") or (gender and re.search("(?:r|t|nd|g)$", a)):
            return
        if self._is_initial(*left):  # iRobot
            self._boundary(right[0], SURE_START, 4.0)
            return
        words = self._is_word(a) + self._is_word(b)
        self._boundary(right[0], 3.0 + 1.5 * words + (len(a) > 7) + (len(b) > 7))

    def _is_initial(self, start: int, end: int) -> bool:
        """True for a small letter that begins a tag's word: iRobot, eHealth, o2."""
        alone = start == 0 or not self.line[start - 1].isalnum()
        return alone and end - start == 1

    def _price_last_capital(self, left: tuple[int, int], right: tuple[int, int]) -> None:
        """Between capitals and a capitalised word: EU|Förderung."""
        a, b = self.line[slice(*left)], self.line[slice(*right)]
        if len(a) == 1:  # TShirt, but Vitamin D|Kochen
            alone = left[0] > 0 and not self.line[left[0] - 1].isalnum()
            self._boundary(right[0], 3.0 if alone else 1.0)
        else:
            acronym = self._is_acronym(a) or lemma(a) is not None
            self._boundary(right[0], 5.0 + 1.5 * acronym + 1.5 * self._is_word(b))

    def _price_small_after_capitals(self, a: int, at: int, b: int) -> None:
        """After capitals, before a word in small letters: BIM|serielles Bauen."""
        capitals = self.line[a:at]
        if self._is_word(self.line[at - 1 : b]) or compound_tail(self.line[at - 1 : b]):
            return
        price = self._small_start(at, b, in_compound=False)
        sure = self._is_acronym(capitals) or ROMAN.fullmatch(capitals) is not None
        if price < POOR_START and (sure or at - a > 2):
            self._boundary(at - 1, 0.5)
            self._boundary(at, POOR_START, CUT + price)
            if at - a <= MAX_CAPITALS:
                self._price_in_capitals(a, at)

    def _price_after_number(self, left: tuple[int, int], right: tuple[int, int]) -> None:
        """After digits, before a capital: CO2|Stahl; 5G stays, as in 5G|Klima; S/4HANA stays."""
        at = right[0]
        if self.shape.startswith("Ul", at):
            self._boundary(at, 5.0)
        elif self.shape[left[0] - 1 : left[0]] != "/" or left[1] - left[0] > 1:
            self._boundary(at, 3.0 if self._is_after_code(left, right) else 1.0)
            if right[1] - at > 1:
                self._boundary(at + 1, 0.0)

    def _is_after_code(self, left: tuple[int, int], right: tuple[int, int]) -> bool:
        """True for EA189|OLG and A380|A320, but not for 5G and H2O."""
        run = self.line[slice(*right)][:MAX_ACRONYM]
        acronym = any(self._is_acronym(run[:end]) for end in range(2, len(run) + 1))
        codes = left[1] - left[0] > 1 and self.shape.startswith("dd", right[1])
        return (acronym or codes) and self.shape[left[0] - 1 : left[0]] == "U"

    def _price_number(self, left: tuple[int, int], right: tuple[int, int]) -> None:
        """Before digits: Panorama|1. FC Union, but CO2, Covid19."""
        at = right[0]
        acronym = self.line[slice(*left)]
        after_small = self.shape[at - 1] == "l"
        if len(acronym) > 2 and not after_small and COUNT.match(self.shape, at):
            self._boundary(at, 2.5)
            return
        if after_small and self._is_initial(*left):
            return
        for start in range(max(left[0] + 2, at - 2), at):
            if self.line[start : right[1]] in SMALL_NAMES:  # Vodafone|o2
                self._boundary(start, POOR_START)
                self._boundary(at, 0.0, 4.0)
                return
        if not after_small and not (len(acronym) > 2 and self._is_acronym(acronym)):
            return
        if ORDINAL.match(self.shape, at):
            self._boundary(at, 4.0)
        elif NUMBERED.match(self.shape, at):
            self._boundary(at, 3.0)
        elif after_small:
            self._boundary(at, 2.0 if YEAR.fullmatch(self.line, *right) else 0.5)

    def _price_small_after_number(self, left: tuple[int, int], right: tuple[int, int]) -> None:
        """After digits, before a small letter: 3922|sexualisierte Gewalt, but 90er, 3sat."""
        word = self.line[slice(*right)]
        if NUMBER_TAIL.match(word):
            return
        counted = left[0] > 0 and self.shape[left[0] - 1] == " "
        if counted or self._is_word(word):
            self._boundary(right[0], 2.5 if counted else 1.5, CUT + self._small_start(*right))

    def _price_in_capitals(self, a: int, b: int) -> None:
        """The ends of known acronyms inside the run of capitals [a, b): WHO|WTO."""
        digits = re.compile("d*").match(self.shape, b)
        with_digits = digits.end() if digits else b
        for start in range(a, b):
            for end in [*range(start + 2, min(b, start + MAX_ACRONYM) + 1), with_digits]:
                # A letter left over is no tag, but for the one of BVG|U-Bahn.
                last_alone = end == b - 1 and self.shape[b : b + 1] not in ("-", "/", "d")
                first_alone = start == a + 1 and self.shape[a - 1 : a] != "-"
                leaves_a_letter = first_alone or last_alone
                if leaves_a_letter or end - start > MAX_ACRONYM or (start, end) == (a, b):
                    continue
                if self._is_acronym(self.line[start:end]):
                    inside = {at for at in (start, end) if a < at < b}
                    self._in_capitals |= inside
                    for at in inside - self._keep.keys():
                        self._boundary(at, 0.0)
        form_end = a + 2
        after_name = self.shape[a - 1 : a] == " " and self.line[a:form_end] in COMPANY_FORMS
        if after_name and b - form_end > 1 and not self._is_acronym(self.line[a:b]):
            self._boundary(form_end, 4.0)

    def _price_in_small_letters(self, a: int, b: int) -> None:
        """Where a tag that begins with a small letter may start in [a, b): App|digitale Karten."""
        word = self.line[a:b]
        if b - a > MAX_SMALL_RUN:
            return
        for at in range(a + 3, b - MIN_SMALL + 1):
            if self._begins_phrase(at, b):
                self._boundary(at, POOR_START)
                return
        if self._is_word(word) or _is_adjective(word.lower()):
            return
        for at in self._covered_by_met_words(a, b):
            self._boundary(at, POOR_START)
        found = list(self._small_starts(a, b))
        if found:
            _, at, price = min(found)
            self._boundary(-at, POOR_START, CUT + price)

    def _small_starts(self, a: int, b: int) -> Iterator[tuple[float, int, float]]:
        """Where a small word in [a, b) may begin a tag: how doubtful, minus the place, the price.

        The least is the best: of equal ones the last place.
        """
        tail = compound_tail(self.line[a:b])
        before_small_part = self.shape.startswith("-l", b)
        begins_phrase = self.shape.startswith(" l", b)
        for at in range(a + 3, b - 1):
            left, small = self.line[a:at], self.line[at:b]
            listed = small in SMALL_NAMES
            is_acronym = at - a > MIN_SMALL and SMALL_ACRONYM.fullmatch(small) is not None
            if b - at < MIN_SMALL and not (listed or is_acronym or small in TAG_OPENERS):
                continue
            # A noun that ends the whole compound explains it better than a shorter adjective,
            # if no noun follows for the adjective to go with.
            begins = begins_phrase and left[-1] != "s" and _is_verb(small)
            explained = b - at < tail + (not before_small_part) and not begins
            if explained and not listed and not self._goes_with_noun(at, b):
                continue
            price = self._small_start(at, b)
            ends = self._ends_a_tag(left) or (listed and b - at > MIN_SMALL)
            if not ends and self._is_unknown_before_adjective(a, at, b):
                ends = True
                price += SURE_START
            if ends and price < POOR_START:
                unlisted = (lemma(left) is None) + (lemma(small) is None)
                yield price + 0.3 * unlisted, -at, price

    def _is_unknown_before_adjective(self, a: int, at: int, b: int) -> bool:
        """True for Broadcast|deutschlandweit: both are long enough to be no chance."""
        # Of MCUfrühkindliche the U belongs to the acronym.
        begins = self.shape[a - 1 : a] != "U" or self._is_acronym_before(a)
        if not begins or self.shape[a] != "U":
            return False
        if at - a < MIN_UNKNOWN or b - at < 2 * MIN_UNKNOWN:
            return False
        adjective = self.line[at:b]
        return lemma(adjective) is not None or is_compound_adjective(adjective)

    def _covered_by_met_words(self, a: int, b: int) -> list[int]:
        """The places inside [a, b) where known tags and the article's words meet without a gap."""
        follows: dict[int, set[int]] = {}
        reached = {a}
        for start in range(a, b):
            if start in reached:
                ends = {
                    end for end in range(start + 4, min(b, start + 2 * MAX_NAME) + 1)
                    if self._is_met(self.line[start:end])
                }  # fmt: skip
                follows[start] = ends
                reached |= ends
        finishing = {b}
        for start in sorted(follows, reverse=True):
            if follows[start] & finishing:
                finishing.add(start)
        return sorted((reached & finishing) - {a, b}) if a in finishing else []

    def _is_acronym_before(self, at: int) -> bool:
        """True if the capitals that end here are an acronym."""
        start = at
        while start > max(0, at - MAX_ACRONYM) and self.shape[start - 1] == "U":
            start -= 1
        return at - start > 1 and self._is_acronym(self.line[start:at])

    def _begins_phrase(self, at: int, end: int) -> bool:
        """True if a usual tag of two words begins here: Bundestag|soziale Medien."""
        after = SMALL_PHRASES.get(self.line[at:end], frozenset())
        return any(self.line.startswith(noun, end + 1) for noun in after)

    def _goes_with_noun(self, at: int, end: int, *, in_compound: bool = True) -> bool:
        """True for an inflected adjective before its noun: Reduktion|grüner Stahl.

        in_compound: the word before may belong to it, as in Umwelt·freundliche.
        """
        word = self.line[at:end]
        stem = re.sub("e[rsnm]?$", "", word)
        if not self.shape.startswith(" U", end) or stem == word or len(stem) < 3:
            return False
        # Present participles take a noun in front of them: Alleinerziehende.
        if in_compound and (stem.endswith("end") or {stem, word} & ADJECTIVE_PARTS):
            return False
        base = lemma(word)
        # A verb or an uninflected word that merely ends so: Salz·gitter.
        known = base is not None and base.islower() and base != word and base[-1] != "n"
        listed = len(stem) >= MIN_SMALL and lemma(stem) == stem
        return known or listed or is_compound_adjective(stem)

    def _ends_a_tag(self, word: str) -> bool:
        if self._is_name(word) or is_noun(word) or compound_tail(word) > MIN_TAIL:
            return True
        # vegan|vegetarisch: words as a dictionary lists them, not what begins a compound.
        return word in SMALL_NAMES or (len(word) > 4 and word.islower() and lemma(word) == word)

    def _small_start(self, at: int, end: int, *, in_compound: bool = True) -> float:
        """The price of a tag that begins with the small letters [at, end) of a word."""
        word = self.line[at:end]
        if SMALL_ACRONYM.fullmatch(word):
            return 2 * SURE_START
        if word in SMALL_NAMES or (len(word) > 3 and self._is_met(word)):
            return SURE_START
        if word in TAG_OPENERS:
            return SURE_START if self.shape.startswith(" ", end) else POOR_START
        if end - at < MIN_SMALL:
            return POOR_START
        if self._goes_with_noun(at, end, in_compound=in_compound):
            return SURE_START
        if self.shape.startswith("-l", end) and word in ENGLISH:
            return SURE_START
        base = lemma(word)
        if base is None and is_compound_adjective(word):
            return 2 * SURE_START
        if base is None or base[:1].isupper():
            return POOR_START
        if self.shape.startswith("-l", end):
            return SURE_START
        stem = re.sub("e[rsnm]?$", "", word)
        if stem.endswith("end"):  # present participles take a noun in front: Alleinerziehende
            return POOR_START
        # Wahlrecht|wählen ab 16
        if word == base and self.shape.startswith(" l", end) and _is_verb(word):
            return 2 * SURE_START
        if is_noun(word.capitalize()) or stem in ADJECTIVE_PARTS or word in ADJECTIVE_PARTS:
            return POOR_START
        if word == base:
            return 2 * SURE_START
        # Only an inflected adjective before its noun begins a tag; an inflected verb never does.
        return SURE_START if word != stem and self.shape.startswith(" U", end) else POOR_START

    def _price_names(self, start: int, end: int, atoms: list[tuple[int, int]]) -> None:
        """Mixed-case names in the word [start, end) stay whole and end there: LinkedIn, iMac."""
        atom_ends = {b for _, b in atoms}
        starts = self._name_starts(atoms)
        done = start
        for a in range(start, end):
            if a < done or (a != done and a not in starts):
                continue
            for b in range(min(a + MAX_NAME, end), a + 2, -1):
                if "l" not in self.shape[a:b] or not self._is_name(self.line[a:b]):
                    continue
                may_end = b in atom_ends or self._may_end_inside(a, b)
                if not may_end and not (
                    self._begins_small_name(b, end) or self._begins_small_word(b, atom_ends)
                ):
                    continue
                inner = [at for at in range(a + 1, b) if at in self._keep]
                if inner:
                    for at in inner:
                        self._boundary(at, 0.0, 4.0)
                    for at in {a, b} - {start, end}:
                        self._boundary(at, 4.0)
                    if a - 1 in self._keep and self.shape.startswith("Ul", a - 1):
                        self._boundary(a - 1, 0.5)  # OZG|eGovernment: not before the G
                    done = b
                    break

    def _may_end_inside(self, a: int, b: int) -> bool:
        """True if a name [a, b) may end inside an atom: IoT|KI, or iMac before a small letter."""
        if self.shape[b - 1] == "U":
            return self.shape[b : b + 1] != "l" or self.shape.startswith("lU", b)
        return self.shape[a] == "l" and b - a > 3

    def _begins_small_name(self, at: int, end: int) -> bool:
        """True if a listed name that begins in small letters begins here: PayPal|eBay."""
        return self.shape[at : at + 1] == "l" and any(
            self.line[at:stop] in MIXED_CASE or self.line[at:stop] in SMALL_NAMES
            for stop in range(at + 2, min(at + MAX_NAME, end) + 1)
        )

    def _begins_small_word(self, at: int, atom_ends: set[int]) -> bool:
        """True if a word that may begin a tag goes from here to the next capital."""
        end = next((each for each in range(at + MIN_SMALL, at + MAX_NAME) if each in atom_ends), at)
        return self.shape[at:end].islower() and self._small_start(at, end) < POOR_START

    def _name_starts(self, atoms: list[tuple[int, int]]) -> set[int]:
        """Where a mixed-case name may begin in the word that consists of `atoms`."""
        starts = set()
        ends = [end for _, end in atoms]
        for (a, b), after in zip(atoms, [*ends[1:], atoms[-1][1]], strict=True):
            starts.add(a)
            if self.shape[b - 1] == "U":
                starts.update(range(a, b))
            elif self.shape.startswith("lU", b - 1):
                if self.shape[a - 1 : a] in ("U", "-"):  # OZG|eGovernment, USB-C|iPhone
                    starts.update(range(a + 1, b))
                # Spiele|Sport, not Spiel|eSport; but Skandal|eBay, as Bay is hardly a word.
                with_initial, rest = self.line[a:b], self.line[b:after]
                known = self._is_word(with_initial) or compound_tail(with_initial) > MIN_TAIL
                if not known or len(rest) <= MIN_TAIL or not self._is_word(rest):
                    starts.update(range(max(a + 3, b - 6), b))
        return starts

    def _price_punctuation(self) -> None:
        """Cuts after closing and before opening signs."""
        ends = [match.end() for match in CLOSING.finditer(self.shape)]
        ends += [match.start() for match in OPENING.finditer(self.shape)]
        for at in ends:
            if 0 < at < len(self.line):
                self._boundary(at, 2.5)
        for match in ENDING.finditer(self.line):
            self._boundary(match.end(), 2.5)
        for match in POINTED_NAME.finditer(self.line):
            self._boundary(match.start(), 4.0)

    # -- pieces

    def _look(self, a: int, b: int) -> float:
        """The price of the look of the piece [a, b) of a word."""
        piece = self.line[a:b]
        if a >= b or piece in self._words or piece in MIXED_CASE:
            return 0.0
        match = PIECE.fullmatch(self.shape, a, b)
        if not match:
            return UNKNOWN_WORD + UNSHAPELY * max(0, b - a - MAX_SHAPELESS)
        joined = not {self.shape[a - 1 : a], self.shape[b : b + 1]} <= GLUED_TO
        squeezed = (a in self._in_capitals) + (b in self._in_capitals)
        match match.lastgroup:
            case "letter":
                return 0.5 + 0.3 * squeezed if joined else 3.5
            case "word":
                return self._look_of_word(piece)
            case "capitals":
                return self._look_of_capitals(piece.removesuffix("s"), squeezed)
            case "number":
                return 0.3 if joined else 0.7 if YEAR.fullmatch(piece) else 3.0
            case "numbered":
                return 0.3 + self._look_of_capitals(piece.lstrip("0123456789"), squeezed)
            case "code":
                if is_acronym(piece):
                    return 0.2
                return 0.8 if len(piece) < 5 and not joined else 1.6
        return 0.3

    def _look_of_word(self, word: str) -> float:
        if self._is_word(word):
            return 0.0 if len(word) > 2 else 1.0
        if compound_tail(word):
            return 0.3
        return UNKNOWN_WORD if len(word) > 2 else 2.5

    def _look_of_capitals(self, word: str, squeezed: int) -> float:
        """squeezed: how many of its ends are inside a run of capitals."""
        if self._is_acronym(word) or (lemma(word) is not None and not squeezed):
            return 0.2 if len(word) > 2 else 0.5
        if len(word) > 3 and is_word(word.capitalize()):
            return 0.7 + 0.8 * squeezed
        unexplained = (0.0, 3.5, 2.0, 1.5, 1.8, 2.4)
        look = unexplained[len(word)] if len(word) < 6 else 1.0 + 0.4 * len(word)
        return look + 0.8 * squeezed


def _is_verb(word: str) -> bool:
    """True for the infinitive of a verb that is no noun's plural too: wählen, not steuern."""
    return (
        word[-1] == "n"
        and lemma(word) == word
        and lemma(word.capitalize()) != word[:-1].capitalize()
    )


def _is_adjective(word: str) -> bool:
    """True for a known adjective, inflected or not, with or without a common prefix."""
    stem = re.sub("e[rsnm]?$", "", word)
    if is_derived_adjective(stem):
        return True
    prefixed = (stem.removeprefix(prefix) for prefix in ADJECTIVE_PREFIXES)
    return any(lemma(form) is not None for form in (word, stem, *prefixed) if len(form) > 3)

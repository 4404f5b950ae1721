"""Takes apart tag footers whose tags ran together: "ChinaCO2EUFörderungSMS group".

The line is read as a path over *boundaries*, the places where one tag may end and the next
begin: a capital after a small letter, the last capital of a run ("EU|Förderung"), the ends of
known acronyms and of mixed-case names, digits, closing brackets, and, where the dictionary
gives a reason, a small letter ("App|digitale Karten"). Spaces and hyphens stay inside a tag.

Every boundary has a price for cutting and one for keeping; every piece of a word has a price
for its look (a single capital is a poor tag, a known word a good one). Prices are rough
negative log-likelihoods. The cheapest path is found by dynamic programming, once without
regard to order and, where that looks alphabetical, once more with a price for each step back
in the alphabet; the cheaper explanation of the two wins.

Run `python -m searchapp.corpus.tag_splitter FILE` to measure it on lists of known tags.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import inf, log
from pathlib import Path

from searchapp.corpus.tag_words import (
    ACRONYMS,
    ADJECTIVE_PARTS,
    MIXED_CASE,
    TAG_OPENERS,
    compound_tail,
    is_noun,
    is_word,
    lemma,
)


@dataclass(frozen=True, slots=True)
class SplitTags:
    """The tags of one footer line, in its order.

    confident: False when the line could not be split with confidence; `tags` is then the whole
        line as one tag.
    """

    tags: tuple[str, ...]
    confident: bool


LABEL = re.compile(
    r"""\s*(?:(?:weitere|beliebte|verwandte|ähnliche|alle)\s+)?
        (?:schlagworte?|schlagwörter|stichworte?|stichwörter|tags?|themen|thema|topics
          |keywords|kategorien?|rubriken|verschlagwortet\ mit|mehr\ zum\ thema)
        (?:\s+(?:in|zu)\ diesem\ artikel|\s+des\ artikels|\s+zum\ artikel)?
        (?P<end>\s*:\s*|\s+|)""",
    re.IGNORECASE | re.VERBOSE,
)
HARD_SEPARATOR = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b\\u2028\\u2029\\ufeff|;•·∙▪■●‣›→►▸★]+")
"""Signs that are never part of a tag: control characters, bars and bullets."""
COMMA = re.compile(r",\s*")

WINDOW = 12
"""A tag may keep at most this many boundaries inside."""


def split_tags(glued: str, *, known: Mapping[str, int] = {}, text: str = "") -> SplitTags:
    """Split a footer line into its tags.

    glued: one line, with or without a label such as "Schlagworte:" in front, which is dropped.
    known: tags seen elsewhere in the corpus, with their counts.
    text: the article's own text; its words are taken as words.
    Nothing but the label, separators and surrounding space is lost; no tag is empty. Never raises.
    """
    line = strip_label(glued)
    if not line:
        return SplitTags((), True)
    words = frozenset(re.findall(r"[^\W_]+", text))
    parts, separated = _at_separators(line)
    if separated:
        return SplitTags(tuple(parts), True)
    tags = [tag for part in parts for tag in _Line(part, known, words).tags()]
    unresolved = sum(len(tag) for tag in tags if _is_unresolved(tag, known, words))
    if 2 * unresolved > sum(map(len, tags)):
        return SplitTags((line,), False)
    return SplitTags(tuple(tags), True)


def strip_label(glued: str) -> str:
    """The line without its label ("Tags:", "Weitere Themen", glued or not) and outer space."""
    line = glued.strip()
    label = LABEL.match(line)
    if not label:
        return line
    rest = line[label.end() :]
    follows = rest[:1]
    glued_on = label["end"] == "" and not follows.islower()
    spaced = label["end"].isspace() and not follows.islower()
    if ":" in label["end"] or not rest or glued_on or spaced:
        return rest.strip()
    return line


def _at_separators(line: str) -> tuple[list[str], bool]:
    """The stretches between separators, and whether they explain the whole line.

    They do when there are at least as many of them as places that look glued. A comma counts
    only then: in a glued line it is part of a tag ("Saarland, Land").
    """
    glued_places = len(re.findall("lU", _shape(line)))
    parts = [line]
    for separator in (HARD_SEPARATOR, COMMA):
        found = [part.strip() for part in separator.split(line)]
        found = [part for part in found if part]
        if len(found) > max(1, glued_places):
            return found, True
        if separator is HARD_SEPARATOR and found:
            parts = found
    return parts, False


def _shape(text: str) -> str:
    """One letter for each character: U capital, l small, d digit, x other letter, or itself."""
    return "".join(
        "U"
        if c.isupper()
        else "l"
        if c.islower()
        else "d"
        if c.isdigit()
        else "x"
        if c.isalpha()
        else c
        for c in text
    )


def _fold(text: str) -> str:
    """`text` for alphabetical comparison, as long as `text` itself: ä as a, ß as s, no case."""
    return "".join(unicodedata.normalize("NFD", c)[0].lower()[:1].replace("ß", "s") for c in text)


WORD = re.compile(r"[Uldx]+")
ATOM = re.compile(r"U+(?=Ul)|Ul+|U+|l+|d+|x+")
CLOSING = re.compile(r"[)\]”“!?…](?=[Uld])|(?<=\S)[»\"](?=U)")
OPENING = re.compile(r"(?<=[ld)])[„«(](?=U)|(?<=\w)#(?=[Ul])|(?<=\w)[\ue000-\uf8ff](?=.)")
"""What begins a tag: brackets, hash signs, and the private use signs that icon fonts draw."""
ORDINAL = re.compile(r"d{1,2}\. ")
NUMBERED = re.compile(r"d+[ -][Ul]|dU(?!l)")
NUMBER_TAIL = re.compile("(?:er|ern|ers|[hmgtxsei]|[kcm]m|kg|nd|rd|th|st|sat|und|te[nr]?|in)$")
"""What is written onto a number: "90er", "24h", "3sat", "1und1"."""

CUT = 0.5


class _Line:
    """One glued stretch without separators: its boundaries, their prices, and the best path."""

    def __init__(self, line: str, known: Mapping[str, int], words: frozenset[str]) -> None:
        self.line = line
        self.known = known
        self.shape = _shape(line)
        self.folded = _fold(line)
        spans = [match.span() for match in WORD.finditer(self.shape)]
        self.spans = spans
        alone = {line[a:b] for a, b in spans if re.fullmatch("UU+", self.shape[a:b])}
        self.words = words | alone
        self.keep: dict[int, float] = {}
        self.cut: dict[int, float] = {}
        self.in_capitals: set[int] = set()
        self._price_boundaries()

    def _is_word(self, word: str) -> bool:
        return word in self.known or word in self.words or is_word(word)

    def _is_sure_acronym(self, word: str) -> bool:
        return word in ACRONYMS or word in self.known or word in self.words

    def _is_acronym(self, word: str) -> bool:
        return (
            word in ACRONYMS
            or word in self.known
            or word in self.words
            or (len(word) > 1 and lemma(word) is not None)
        )

    def _is_mixed(self, word: str) -> bool:
        return word in MIXED_CASE or word in self.known or word in self.words

    def _boundary(self, at: int, keep: float, cut: float = CUT) -> None:
        self.keep[at] = keep
        self.cut[at] = cut

    # -- prices of boundaries

    def _price_boundaries(self) -> None:
        for start, end in self.spans:
            atoms = [m.span() for m in ATOM.finditer(self.shape, start, end)]
            for left, right in pairwise(atoms):
                self._price_between(left, right)
            for a, b in atoms:
                kind = self.shape[a:b]
                if kind.startswith("UU"):
                    self._price_in_capitals(a, b)
                elif kind[-1] == "l" and b - a >= 6:
                    self._price_in_small_letters(a, b)
            self._protect_mixed_case(start, end, atoms)
        for pattern in (CLOSING, OPENING):
            for match in pattern.finditer(self.shape):
                at = match.end() if pattern is CLOSING else match.start()
                if 0 < at < len(self.line):
                    self._boundary(at, 2.5)

    def _price_between(self, left: tuple[int, int], right: tuple[int, int]) -> None:
        """The boundary between two neighbouring atoms of a word."""
        shape, at = self.shape, right[0]
        a, b = self.line[slice(*left)], self.line[slice(*right)]
        kinds = shape[at - 1] + shape[at]
        if kinds == "lU":
            if a in ("Mc", "Mac") or (b == "Innen" and shape[right[1] : right[1] + 1] != "l"):
                return
            strength = 1.5 * self._is_word(a) + 1.5 * self._is_word(b)
            self._boundary(at, 3.0 + strength + (len(a) > 7) + (len(b) > 7))
        elif kinds == "UU":
            if len(a) == 1:
                after_space = left[0] > 0 and not shape[left[0] - 1].isalnum()
                self._boundary(at, 3.0 if after_space else 1.0)
            else:
                self._boundary(at, 5.0 + 1.5 * self._is_acronym(a) + 1.5 * self._is_word(b))
        elif kinds == "dU":
            if b[:1].isupper() and shape[right[0] : right[0] + 2] == "Ul":
                self._boundary(at, 5.0)
            else:
                self._boundary(at, 1.0)
                if len(b) > 1:
                    self._boundary(at + 1, 3.0)
        elif kinds in ("ld", "Ud"):
            rest = shape[at:]
            if ORDINAL.match(rest):
                self._boundary(at, 4.0)
            elif NUMBERED.match(rest):
                self._boundary(at, 3.0 if kinds == "ld" else 1.5)
            elif kinds == "ld":
                is_year = re.fullmatch(r"(?:19|20)\d\d", b) is not None
                self._boundary(at, 2.0 if is_year else 0.5)
        elif kinds == "dl" and not NUMBER_TAIL.match(b):
            counted = left[0] > 0 and shape[left[0] - 1] == " "
            if counted or self._is_word(b):
                self._boundary(at, 2.5 if counted else 1.5, CUT + self._small_start(at, right[1]))

    def _price_in_capitals(self, a: int, b: int) -> None:
        """The ends of known acronyms inside the run of capitals [a, b)."""
        run = self.line[a:b]
        for x in range(len(run)):
            for y in range(x + 2, min(len(run), x + 12) + 1):
                if (x, y) != (0, len(run)) and self._is_sure_acronym(run[x:y]):
                    for at in (a + x, a + y):
                        if a < at < b:
                            self._boundary(at, 0.0)
                            self.in_capitals.add(at)

    def _price_in_small_letters(self, a: int, b: int) -> None:
        """Places inside the word [a, b) where a tag that begins with a small letter may start."""
        word = self.line[a:b]
        if self._is_word(word) or lemma(word.lower()) is not None:
            return
        tail = compound_tail(word)
        for at in range(a + 3, b - 2):
            head, rest = self.line[a:at], self.line[at:b]
            if not (
                head in self.known
                or head in self.words
                or is_noun(head)
                or compound_tail(head)
                or head in MIXED_CASE
            ):
                continue
            price = self._small_start(at, b)
            if price < 2.0 and len(rest) > tail:
                self._boundary(at, 3.0, CUT + price)

    def _small_start(self, at: int, end: int) -> float:
        """The price of a tag that begins with the small letters [at, end)."""
        word = self.line[at:end]
        if word in self.known:
            return 0.0
        after = self.shape[end : end + 2]
        if word in TAG_OPENERS and after[:1] == " ":
            return 0.5
        base = lemma(word)
        if base is None or base[:1].isupper() or is_noun(word.capitalize()):
            return 3.0
        stem = re.sub("e[rsnm]?$", "", word)
        if stem in ADJECTIVE_PARTS or word in ADJECTIVE_PARTS or len(word) < 4:
            return 3.0
        if word != base:
            inflected = re.search("(?:e|er|es|en|em)$", word) and after == " U"
            return 0.5 if inflected else 3.0
        return 1.0

    def _protect_mixed_case(self, start: int, end: int, atoms: list[tuple[int, int]]) -> None:
        """Mixed-case names ("LinkedIn", "iMac") are kept whole, and cut off where they end."""
        ends = [b for _, b in atoms]
        starts = {a for a, _ in atoms}
        for a, b in atoms:
            if self.shape[b - 1] == "l" and b < end:
                starts.update(range(max(a, b - 6), b))
        for a in sorted(starts):
            small = self.shape[a] == "l"
            for b in range(min(a + 24, end), a + 2, -1):
                if b not in ends and not small:
                    continue
                inner = [k for k in self.keep if a < k < b]
                name = self.line[a:b]
                if not inner or not self._is_mixed(name):
                    continue
                inside_word = a > start and self.shape[a - 1] == "l" and self.shape[a] == "l"
                if inside_word and len(name) < 4:
                    continue
                for k in inner:
                    self._boundary(k, 0.0, 4.0)
                if a > start:
                    self._boundary(a, 4.0)
                if b < end:
                    self._boundary(b, 4.0)
                break

    # -- prices of pieces and tags

    def _piece(self, a: int, b: int) -> float:
        """The price of the look of the piece [a, b) of a word."""
        if a >= b:
            return 0.0
        piece, shape = self.line[a:b], self.shape[a:b]
        if piece in self.words or piece in MIXED_CASE:
            return 0.0
        before, after = self.shape[a - 1 : a], self.shape[b : b + 1]
        in_tag = before != "" and before not in "Uldx"
        joined = in_tag or (after != "" and after not in "Uldx")
        if shape == "U":
            return 0.5 if joined else 3.5
        if re.fullmatch("Ul+", shape):
            if self._is_word(piece):
                return 0.0 if len(piece) > 2 else 1.0
            return 0.3 if compound_tail(piece) else 1.5 if len(piece) > 2 else 2.5
        if re.fullmatch("U+l?", shape):
            stem = piece.removesuffix("s")
            if self._is_acronym(stem):
                return 0.8 if len(stem) == 2 else 0.2
            if len(stem) > 3 and is_word(stem.capitalize()):
                return 0.7
            unexplained = (0.0, 3.5, 2.0, 1.5, 1.8, 2.2)
            look = unexplained[len(stem)] if len(stem) < 6 else 1.4 + 0.2 * len(stem)
            return look + (a in self.in_capitals) + (b in self.in_capitals)
        if re.fullmatch("d+", shape):
            if joined:
                return 0.3
            return 0.7 if re.fullmatch(r"(?:19|20)\d\d", piece) else 3.0
        if re.fullmatch("U+d+", shape):
            return 0.2 if piece in ACRONYMS else 0.8
        if re.fullmatch("d+U|Ud[Ul]", shape):
            return 0.3
        return 0.3

    @cached_property
    def _places(self) -> list[int]:
        return [0, *sorted(k for k in self.keep if 0 < k < len(self.line)), len(self.line)]

    def _tag_prices(self) -> list[dict[int, float]]:
        """For each place number j: {place number i: price of the tag between i and j}."""
        places, spans = self._places, self.spans
        kept = [0.0]
        for place in places[1:]:
            kept.append(kept[-1] + self.keep.get(place, 0.0))
        looks = [0.0]
        for a, b in spans:
            looks.append(looks[-1] + self._piece(a, b))
        first, last = [], []  # the word that holds the character after, and before, a place
        number = 0
        for place in places:
            while number < len(spans) and spans[number][1] <= place:
                number += 1
            first.append(number)
        number = -1
        for place in places:
            while number + 1 < len(spans) and spans[number + 1][0] < place:
                number += 1
            last.append(number)
        prices: list[dict[int, float]] = [{}]
        for j in range(1, len(places)):
            row = {}
            for i in range(max(0, j - WINDOW), j):
                begin, end = places[i], places[j]
                tag = self.line[begin:end].strip()
                p, q = first[i], last[j]
                if not tag or p > q:
                    row[i] = 9.0
                    continue
                if p == q:
                    price = self._piece(max(begin, spans[p][0]), min(end, spans[p][1]))
                else:
                    price = self._piece(max(begin, spans[p][0]), spans[p][1])
                    price += looks[q] - looks[p + 1]
                    price += self._piece(spans[q][0], min(end, spans[q][1]))
                price += kept[j - 1] - kept[i] + self.cut.get(end, 0.0)
                if tag in self.known:
                    price = (
                        min(price, self.cut.get(end, 0.0))
                        - 2.0
                        - min(2.0, log(self.known[tag] or 1))
                    )
                row[i] = price
            prices.append(row)
        return prices

    def tags(self) -> list[str]:
        """The tags of the cheapest path."""
        prices = self._tag_prices()
        best, path = self._best_path(prices, IN_ANY_ORDER)
        starts = [self.folded[self._places[i] :] for i, _ in pairwise(path)]
        steps = [a[:24] <= b[:24] for a, b in pairwise(starts)]
        if len(steps) >= 4 and sum(steps) >= 0.7 * len(steps):
            in_order, ordered_path = self._best_path(prices, ALPHABETICAL)
            if in_order < best:
                path = ordered_path
        tags = (self.line[self._places[i] : self._places[j]].strip() for i, j in pairwise(path))
        return [tag for tag in tags if tag]

    def _best_path(
        self, prices: Sequence[Mapping[int, float]], order: tuple[float, float]
    ) -> tuple[float, list[int]]:
        """The cheapest sequence of place numbers from 0 to the end, and its price.

        order: the price of a step forward in the alphabet, and of a step back.
        """
        places, folded = self._places, self.folded
        forward, back = order
        # For each place, the tags that end there: start -> (price, start of the tag before).
        ends: list[dict[int, tuple[float, int]]] = [{} for _ in places]
        for j in range(1, len(places)):
            for i, price in prices[j].items():
                if i == 0:
                    ends[j][i] = (price, -1)
                    continue
                key = folded[places[i] : places[j]].strip()[:24]
                cheapest = (inf, -1)
                for h, (before, _) in ends[i].items():
                    previous = folded[places[h] : places[i]].strip()[:24]
                    total = before + price + (forward if previous <= key else back)
                    cheapest = min(cheapest, (total, h))
                ends[j][i] = cheapest
            ends[j] = dict(sorted(ends[j].items(), key=lambda item: item[1][0])[:BEAM])
        last = len(places) - 1
        i, (price, before_start) = min(ends[last].items(), key=lambda item: item[1][0])
        path = [last, i]
        while before_start >= 0:
            path.append(before_start)
            i, before_start = before_start, ends[i][before_start][1]
        return price, path[::-1]


BEAM = 6
IN_ANY_ORDER = (0.0, 0.0)
ALPHABETICAL = (log(0.5 / 0.98), log(0.5 / 0.02))
"""What a step forward and a step back in the alphabet cost, against the even odds of any order."""


def _is_unresolved(tag: str, known: Mapping[str, int], words: frozenset[str]) -> bool:
    """True for a tag that looks like several: one long word that nothing explains."""
    if tag in known or tag in words:
        return False
    return any(
        len(word) >= 20 and lemma(word.capitalize()) is None and not compound_tail(word)
        for word in re.findall(r"[^\W\d_]+", tag)
    )


# -- measurement


@dataclass(slots=True)
class Score:
    """How well lists were split. Rates are percentages."""

    lists: int = 0
    exact: int = 0
    expected: int = 0
    found: int = 0
    right: int = 0
    wrong: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def add(self, expected: Sequence[str], found: Sequence[str]) -> None:
        """Count one list: the true tags and the tags that were found."""
        self.lists += 1
        self.expected += len(expected)
        self.found += len(found)
        self.right += (Counter(expected) & Counter(found)).total()
        if tuple(expected) == tuple(found):
            self.exact += 1
        else:
            self.wrong.append((tuple(expected), tuple(found)))

    @property
    def exact_rate(self) -> float:
        """Lists whose tags are all right, in their order."""
        return 100 * self.exact / self.lists if self.lists else 0.0

    @property
    def precision(self) -> float:
        """Found tags that are right."""
        return 100 * self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """True tags that were found."""
        return 100 * self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.found + self.expected
        return 200 * self.right / both if both else 0.0

    def __str__(self) -> str:
        return (
            f"{self.exact}/{self.lists} lists right ({self.exact_rate:.1f} %), tag precision "
            f"{self.precision:.1f} %, recall {self.recall:.1f} %, F1 {self.f1:.1f} %"
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """unaided: no tags known. halves: one half of the lists, the other half's tags known, twice."""

    unaided: Score
    halves: tuple[Score, Score]


def evaluate(path: Path) -> Evaluation:
    """Measure the splitter on a JSON Lines file of objects with `glued` and the true `tags`.

    The halves are the lists with even and with odd line numbers.
    """
    rows = [json.loads(row) for row in path.read_text("utf-8").splitlines() if row.strip()]
    unaided = Score()
    for row in rows:
        unaided.add(row["tags"], split_tags(row["glued"]).tags)
    halves = (Score(), Score())
    for number, score in enumerate(halves):
        known = Counter(tag for row in rows[1 - number :: 2] for tag in row["tags"])
        for row in rows[number::2]:
            score.add(row["tags"], split_tags(row["glued"], known=known).tags)
    return Evaluation(unaided, halves)


def main() -> None:
    """Print the figures and the wrong lists for the files named on the command line."""
    for name in sys.argv[1:]:
        result = evaluate(Path(name))
        print(f"{name}\n  without known tags:   {result.unaided}")
        for half, score in zip(("first", "second"), result.halves, strict=True):
            print(f"  {half} half, rest known: {score}")
        for expected, found in result.unaided.wrong:
            print("  expected:", " | ".join(expected), "\n  found:   ", " | ".join(found))


if __name__ == "__main__":
    main()

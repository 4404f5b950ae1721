"""Splits tag footers whose tags ran together: "ChinaCO2EUFörderungSMS group".

A split is a path over *boundaries* (`tag_lattice`), the places where one tag may end and the next
begin: a capital after a small letter, the last capital of a run ("EU|Förderung"), the ends of
known acronyms and of mixed-case names, digits, closing brackets, and a small letter if the
dictionary gives a reason ("App|digitale Karten"). Spaces and hyphens stay inside of tags.

Every boundary has a price for cutting and one for not cutting; every piece of a word has a price
for its look (a single capital is a poor tag, a known word a good one). Prices are rough negative
log-likelihoods. Dynamic programming finds the cheapest path, first without regard to order. If
the result looks alphabetical, it is tried once more with a price for each step back in the
alphabet; the cheaper explanation of the two wins.

`python -m searchapp.measuring.tag_footers FILE` measures it on footers whose tags are known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from searchapp.corpus.tags.tag_lattice import TagLattice, shape_of
from searchapp.corpus.tags.tag_words import SMALL_NAMES, compound_tail, lemma


@dataclass(frozen=True, slots=True)
class SplitTags:
    """The tags of one footer line, in its order.

    confident: False when the line could not be split with confidence; `tags` is then the whole
        line as one tag.
    """

    tags: tuple[str, ...]
    confident: bool


LABEL = re.compile(
    r"""\s*(?:
        (?:(?:weitere|beliebte|aktuelle|verwandte|ähnliche|alle)\s+)?
        (?:schlagworte|schlagwörter|stichworte|stichwörter|tags|themen|topics|keywords|kategorien
          |rubriken|verschlagwortet\ mit|mehr\ zum\ thema)
        (?:\s+(?:in|zu)\ diesem\ artikel|\s+des\ artikels|\s+zum\ artikel)?
        \s*:?
        |(?:schlagwort|stichwort|tag|thema|kategorie|rubrik)\s*:)""",
    re.IGNORECASE | re.VERBOSE,
)
"""The label before the tags. A singular ("Tag", "Thema") is a label only with a colon."""

SMALL_WORD = re.compile(r"([^\W\d_A-ZÄÖÜ]+)( [A-ZÄÖÜ])?")
"""A word in small letters, and whether a noun follows it."""

HARD_SEPARATOR = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b\\u2028\\u2029\\ufeff|;•·∙▪■●‣›→►▸★]+")
"""Characters that are never in a tag: control characters, bars and bullets."""
COMMA = re.compile(r",(?!\d)\s*|(?<!\d),\s*")

BEAM = 4
"""How many starts are kept for tags that end at a place."""

KEY_CHARS = 24
"""Characters of a tag that are compared for alphabetical order."""

LONG_WORD = 20
"""An unknown word of this length or more is more likely several glued words than a name."""

LOOKS_SORTED = 0.7
"""The least share of steps forward in a list that may be alphabetical."""

SORTED_DOUBT = 2.0
"""The price of the assumption that a list is alphabetical."""

IN_ANY_ORDER = (0.0, 0.0)
ALPHABETICAL = (log(0.5 / 0.98), log(0.5 / 0.02))
"""The prices of a step forward and a step back in the alphabet, relative to even odds."""


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
    tags = [tag for part in parts for tag in _tags_of(part, known, words)]
    unresolved = sum(_unresolved_chars(tag, known, words) for tag in tags)
    if 3 * unresolved > 2 * sum(map(len, tags)):
        return SplitTags((line,), False)
    return SplitTags(tuple(tags), True)


def strip_label(glued: str) -> str:
    """The line without its label ("Tags:", "Weitere Themen", glued or not) and outer space."""
    line = glued.strip()
    label = LABEL.match(line)
    if not label:
        return line
    rest = line[label.end() :].strip()
    # Without a colon a small letter goes on with the word or the phrase: Themenpark, Tags darauf.
    return line if ":" not in label[0] and not _begins_tags(label[0], rest) else rest


def _begins_tags(label: str, rest: str) -> bool:
    """Whether tags may begin with `rest` right after a label without a colon.

    In small letters only with a word of its own that makes no noun with the label: after
    "Themen" with "vegan", "soziale Medien", but not with "park".
    """
    word = SMALL_WORD.match(rest)
    if not word or not rest[:1].islower():
        return not rest[:1].islower()
    small = word[1]
    base = lemma(small)
    if label[-1:].isspace() or not (small in SMALL_NAMES or (base and base.islower())):
        return False
    if len(label.split()) > 1:
        return True
    joined = label.split()[-1].capitalize() + small
    inflected = small[-1:] in "enrsm" and word[2] != "" and base != small
    return inflected or not (lemma(joined) or compound_tail(joined))


def _at_separators(line: str) -> tuple[list[str], bool]:
    """The parts between separators, and whether they are all tags of the line.

    They are if there are more of them than places that look glued. A comma separates only then:
    in a glued line it is part of a tag ("Saarland, Land").
    """
    glued_places = len(re.findall("lU", shape_of(line)))
    parts = [line]
    for separator in (HARD_SEPARATOR, COMMA):
        found = [part.strip() for part in separator.split(line)]
        found = [part for part in found if part]
        if not found or len(found) > max(1, glued_places):
            return found, True
        if separator is HARD_SEPARATOR:
            parts = found
    return parts, False


def _fold(text: str) -> str:
    """`text` for alphabetical comparison, of the same length: ä as a, ß as s, lower case."""
    return "".join(unicodedata.normalize("NFD", c)[0].lower()[:1].replace("ß", "s") for c in text)


def _tags_of(line: str, known: Mapping[str, int], words: frozenset[str]) -> list[str]:
    """The tags of the cheapest path through one glued line."""
    lattice = TagLattice(line, known, words)
    places, prices = lattice.places, lattice.tag_prices()
    folded = _fold(line)
    price, path = _cheapest_path(places, prices, folded, IN_ANY_ORDER)
    keys = [folded[places[i] : places[j]].strip() for i, j in pairwise(path)]
    forward = sum(a <= b for a, b in pairwise(keys))
    if len(keys) > 4 and forward >= LOOKS_SORTED * (len(keys) - 1):
        sorted_price, sorted_path = _cheapest_path(places, prices, folded, ALPHABETICAL)
        if sorted_price + SORTED_DOUBT < price:
            path = sorted_path
    tags = (line[places[i] : places[j]].strip() for i, j in pairwise(path))
    return [tag for tag in tags if tag]


def _cheapest_path(
    places: Sequence[int],
    prices: Sequence[Mapping[int, float]],
    folded: str,
    order: tuple[float, float],
) -> tuple[float, list[int]]:
    """The cheapest sequence of tags, as the numbers of the places between them, and its price.

    prices: by the place where a tag ends, then by the place where it begins.
    order: the price of a step forward in the alphabet, and of a step back.
    """
    forward, back = order
    # For each place the tags that end there: start -> (price so far, start of the tag before).
    ends: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    keys: list[dict[int, str]] = [{}]
    for j in range(1, len(places)):
        keys.append({i: folded[places[i] : places[j]].strip()[:KEY_CHARS] for i in prices[j]})
        cheapest: dict[int, tuple[float, int]] = {}
        for i, price in prices[j].items():
            if i == 0:
                cheapest[i] = (price, 0)
                continue
            key = keys[j][i]
            cheapest[i] = min(
                (before + price + (forward if keys[i][h] <= key else back), h)
                for h, (before, _) in ends[i].items()
            )
        best = sorted(cheapest.items(), key=lambda item: item[1])[: BEAM if back > forward else 1]
        ends.append(dict(best))
    j = len(places) - 1
    i = min(ends[j], key=lambda start: ends[j][start])
    total = ends[j][i][0]
    path = [j, i]
    while i > 0:
        j, i = i, ends[j][i][1]
        path.append(i)
    return total, path[::-1]


def _unresolved_chars(tag: str, known: Mapping[str, int], words: frozenset[str]) -> int:
    """The summed length of unexplained words of `tag` that look like several words."""
    if tag in known:
        return 0
    return sum(
        len(word)
        for word in re.findall(r"[^\W\d_]+", tag)
        if len(word) >= LONG_WORD and word not in words
        and not (lemma(word) or lemma(word.lower()) or compound_tail(word))
    )  # fmt: skip

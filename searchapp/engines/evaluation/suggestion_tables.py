"""What may be suggested, sorted by its beginnings: words, tags and authors, and titles.

Made once for a generation, from its vocabulary, the totals of its tags and authors, a sample of its
articles and its stored titles, in arrays and lists that take about 0.2 KB for each of the most
frequent words, tags and authors and 45 bytes a title.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.evaluation.columns import Columns, smallest
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.errors import SearchTimeout
from searchapp.facets import FACETS
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.german.loose_form import loose, loose_letters
from searchapp.german.stems import normalized
from searchapp.model import Article, SuggestionKind
from searchapp.translation import N_

MAX_WORDS = 100_000
"""The most frequent words are suggested: of dip21 those that stand in four articles or more."""
MAX_TITLES = 500_000
TITLE_BYTES = 40
"""Titles are told apart by so many bytes; who has typed more is shown what is left."""
SAMPLE_DOCS = 20_000
SAMPLE_CHARS = 5_000_000
"""Of the titles and the beginnings of some articles, evenly chosen, from which it is learned how
words are written."""
SMALL = 0.3
"""Powers of ten that a word in small letters counts less: subjects are nouns."""
INNER = 0.7
"""Powers of ten that a value counts less where the beginning is not that of its first word."""
KIND_OF_FACET: Mapping[str, SuggestionKind] = {"tags": "tag", "author": "author"}

MAX_VALUE_WORDS = 8
"""Words of a tag or an author that it is found by, and words of a beginning that are compared."""

MIN_ERROR_CHARS = 4
FIRST_LETTER_COST = 2.0
ERROR_COST = 1.0
"""Powers of ten that a word must be more frequent for one typing error; at its first letter, which
is seldom wrong (see `searchapp.german.typing_errors`)."""

_AFTER = "\U0010ffff"
_SURFACE = re.compile(r"[^\W\d_](?:\w|-(?=\w))*")
_INSIDE = re.compile(r"(?<=[\w,;] )[^\W\d_](?:\w|-(?=\w))*")
"""A word that begins no sentence, quotation or title, so that its case is its own."""

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float32]


class Ranged(NamedTuple):
    """Rows of a table whose beginning is, or is one typing error away from, what was typed."""

    first: int
    last: int
    beginning: str
    cost: float = 0.0


class SortedKeys:
    """Loose spellings in order, in which ranges of a beginning are found."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys

    def beginning_with(self, beginning: str) -> Ranged:
        """The rows whose key begins so."""
        first = bisect_left(self.keys, beginning)
        return Ranged(first, bisect_left(self.keys, beginning + _AFTER, first), beginning)

    def nearly_beginning_with(self, beginning: str) -> list[Ranged]:
        """The rows whose key begins with one letter more, less, swapped or another one.

        Every error at every place is tried with those letters that any key has there.
        """
        if len(beginning) < MIN_ERROR_CHARS:
            return []
        found: dict[str, Ranged] = {}
        first, last = 0, len(self.keys)
        for place, letter in enumerate(beginning):
            before, after = beginning[:place], beginning[place + 1 :]
            cost = ERROR_COST if place else FIRST_LETTER_COST
            for other, start, end in self._letters_behind(before, first, last):
                rests = [letter + after]
                if other != letter:
                    rests.append(after)
                if other == after[:1]:
                    rests += [after[1:], letter + after[1:]]
                for rest in rests:
                    way = before + other + rest
                    row = bisect_left(self.keys, way, start, end)
                    if row < end and self.keys[row].startswith(way) and way not in found:
                        row_after = bisect_left(self.keys, way + _AFTER, row, end)
                        found[way] = Ranged(row, row_after, way, cost)
            first = bisect_left(self.keys, before + letter, first, last)
            last = bisect_left(self.keys, before + letter + _AFTER, first, last)
            if first == last:
                break
        # With a letter before its own copy, or behind it, the beginning is what it was.
        return [each for way, each in found.items() if not way.startswith(beginning)]

    def _letters_behind(self, before: str, first: int, last: int) -> Iterator[tuple[str, int, int]]:
        """The letters that follow a beginning, each with its rows, given those of the beginning."""
        row = bisect_left(self.keys, before + " ", first, last)
        while row < last:
            letter = self.keys[row][len(before)]
            end = bisect_left(self.keys, before + letter + _AFTER, row, last)
            yield letter, row, end
            row = end


def best_rows(ranges: Sequence[Ranged], scores: Floats, first: int) -> list[tuple[int, Ranged]]:
    """The `first` best rows of some ranges, best first, each with its range."""
    if not ranges:
        return []
    rows = np.concatenate([np.arange(each.first, each.last) for each in ranges])
    sizes = [each.last - each.first for each in ranges]
    owners = np.repeat(np.arange(len(ranges)), sizes)
    costs = np.asarray([each.cost for each in ranges], dtype=np.float32)
    negated = costs[owners] - scores[rows]
    places = np.arange(len(rows))
    if first < len(rows):
        places = np.argpartition(negated, first)[:first]
    places = places[np.argsort(negated[places], kind="stable")]
    return [(int(rows[place]), ranges[int(owners[place])]) for place in places]


class WordTable(NamedTuple):
    """The words. shown: as the corpus writes each most often; None where no sample has it.

    scores: powers of ten of the articles with the word, deleted ones counted; SMALL less in small
        letters, shape (words,).
    """

    keys: SortedKeys
    forms: list[str]
    shown: list[str | None]
    scores: Floats


class Value(NamedTuple):
    """A tag or an author as it is shown, and how many articles have it."""

    kind: SuggestionKind
    text: str
    total: int


class ValueTable(NamedTuple):
    """Tags and authors, by the beginnings of each of their words.

    owners: the value that each key belongs to, shape (keys,). scores: powers of ten of the value's
        articles, less INNER where the key does not begin with its first word, shape (keys,).
    """

    keys: SortedKeys
    owners: Ints
    scores: Floats
    values: list[Value]


def title_key(title: str) -> bytes:
    """What a title, or the beginning of one, is looked up by."""
    return loose(title).encode("utf-8", "surrogatepass")[:TITLE_BYTES]


class TitleTable(NamedTuple):
    """Titles: keys of TITLE_BYTES, sorted, and the document of each."""

    keys: npt.NDArray[np.bytes_]
    docs: Ints

    def beginning_with(self, beginning: str) -> Ints:
        """The documents whose titles begin so, as far as the keys tell."""
        wanted = title_key(beginning)
        first = self.keys.searchsorted(np.bytes_(wanted))
        last = (
            self.keys.searchsorted(np.bytes_(wanted + b"\xff"))
            if len(wanted) < TITLE_BYTES
            else (self.keys.searchsorted(np.bytes_(wanted), side="right"))
        )
        return self.docs[first:last]


@dataclass(frozen=True, slots=True)
class SuggestionTables:
    """All that may be suggested in one generation, but for its titles."""

    words: WordTable
    values: ValueTable


@dataclass(frozen=True, slots=True)
class ArrayTables(SuggestionTables):
    """The same with the titles, where documents are numbers."""

    titles: TitleTable


def made_tables(
    vocabulary: Vocabulary,
    columns: Columns,
    article: Callable[[int], Article],
    is_given_up: Callable[[], bool],
) -> ArrayTables:
    """Make the tables. is_given_up: asked now and then; raises SearchTimeout if so."""
    docs = columns.all_docs
    if len(docs) > MAX_TITLES:
        docs = np.sort(docs[smallest(columns.newest[docs], MAX_TITLES)])
    step = -(-len(docs) // SAMPLE_DOCS)
    sample_chars = SAMPLE_CHARS // SAMPLE_DOCS if step > 1 else SAMPLE_CHARS // max(1, len(docs))
    writings = Writings()
    keys, titled = [], []
    for number, doc in enumerate(docs.tolist()):
        if number % 256 == 0 and is_given_up():
            raise SearchTimeout(N_("the index was closed"), remedy=N_("try again"))
        each = article(doc)
        if not each.title_is_derived:
            key = title_key(each.title[: 2 * TITLE_BYTES])
            if key:
                keys.append(key)
                titled.append(doc)
        if number % step == 0:
            writings.add(f"{each.title}\n{each.body[: max(0, sample_chars - len(each.title))]}")
    title_keys = np.asarray(keys, dtype=f"S{TITLE_BYTES}")
    order = np.argsort(title_keys, kind="stable")
    totals = {
        facet.name: zip(
            columns.facets[facet.name].values, columns.totals(facet).tolist(), strict=True
        )
        for facet in FACETS
        if facet.name in KIND_OF_FACET
    }
    return ArrayTables(
        word_table(vocabulary, writings),
        value_table(totals),
        TitleTable(title_keys[order], np.asarray(titled, dtype=np.int32)[order]),
    )


class Writings:
    """How words are written in some texts."""

    def __init__(self) -> None:
        self._surfaces: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """Count the words of a text."""
        self._surfaces.update(_SURFACE.findall(text))
        self._inside.update(_INSIDE.findall(text))

    def usual(self) -> dict[str, str]:
        """How each form is written most often; what begins no sentence counts before what does."""
        best: dict[str, tuple[int, int, str]] = {}
        for surface, count in self._surfaces.items():
            form = normalized(surface).replace("-", "")
            row = (self._inside.get(surface, 0), count, surface)
            if form not in best or row > best[form]:
                best[form] = row
        return {form: surface for form, (_, _, surface) in best.items()}


def word_table(vocabulary: Vocabulary, writings: Writings) -> WordTable:
    """The most frequent words of a corpus."""
    shown = writings.usual()
    rows = [
        (loose_letters(row.form), row.form, row.doc_freq)
        for row in vocabulary.frequent(MAX_WORDS)
        if row.form not in FUNCTION_WORDS and _is_word(row.form)
    ]
    rows.sort()
    scores = np.log10(np.asarray([doc_freq for _, _, doc_freq in rows], dtype=np.float32))
    surfaces = [shown.get(form) for _, form, _ in rows]
    scores -= SMALL * np.asarray([each is not None and each.islower() for each in surfaces])
    return WordTable(
        # One string for both where there is one spelling.
        SortedKeys([form if key == form else key for key, form, _ in rows]),
        [form for _, form, _ in rows],
        surfaces,
        scores,
    )


def _is_word(form: str) -> bool:
    """Whether a form is worth suggesting: no number, no letter alone, nothing with signs."""
    return (
        len(form) > 1
        and form[0].isalpha()
        and form[-1].isalnum()
        and all(each.isalnum() or each in "-/&." for each in form)
    )


def value_table(totals: Mapping[str, Iterable[tuple[str, int]]]) -> ValueTable:
    """The values of some facets. totals: each value as it is shown, and its articles, by facet."""
    values: list[Value] = []
    rows: list[tuple[str, int, float]] = []
    for name, kind in KIND_OF_FACET.items():
        for text, total in totals[name]:
            if total:
                score = log10(total)
                for key in _keys_of_value(text):
                    rows.append((key, len(values), score))
                    score = log10(total) - INNER
                values.append(Value(kind, text, total))
    rows.sort()
    return ValueTable(
        SortedKeys([key for key, _, _ in rows]),
        np.asarray([owner for _, owner, _ in rows], dtype=np.int32),
        np.asarray([score for _, _, score in rows], dtype=np.float32),
        values,
    )


def _keys_of_value(value: str) -> Iterator[str]:
    """The beginnings of a value's first words, that of the whole value first."""
    words = loose(value).split(" ")
    for place in range(min(len(words), MAX_VALUE_WORDS)):
        # A word like "und" is no beginning by itself.
        if not place or words[place] not in FUNCTION_WORDS:
            yield " ".join(words[place : place + MAX_VALUE_WORDS])

"""What may be suggested, sorted by its beginnings: words, tags and authors, and titles.

Made once for a generation, from its vocabulary, columns and stored titles, in dictionaries that a
file may hold: what is read of them is what is asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.evaluation.columns import Columns, smallest
from searchapp.engines.evaluation.doc_set import Docs
from searchapp.engines.evaluation.made_once import IsGivenUp
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.storage.memory_tables import NumberList, NumberRange, TermList, Terms
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
_DOCS_BETWEEN_CHECKS = 256
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
    """Loose spellings in order, in which ranges of a beginning are found.

    Each is the first of the fields of a term of a dictionary, see `joined_fields`.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def beginning_with(self, beginning: str) -> Ranged:
        """The rows whose key begins so."""
        first, last = self._first_from(beginning), self._first_from(beginning + _AFTER)
        return Ranged(first, last, beginning)

    def _first_from(self, beginning: str) -> int:
        return self._terms.first_from(_encoded(beginning))

    def _term(self, row: int) -> str:
        return _text(self._terms.term(row))

    def nearly_beginning_with(self, beginning: str) -> list[Ranged]:
        """The rows whose key begins with one letter more, less, swapped or another one.

        Every error at every place is tried with those letters that any key has there.
        """
        if len(beginning) < MIN_ERROR_CHARS:
            return []
        found: dict[str, Ranged] = {}
        for place, letter in enumerate(beginning):
            before, after = beginning[:place], beginning[place + 1 :]
            cost = ERROR_COST if place else FIRST_LETTER_COST
            for other, end in self._letters_behind(before):
                rests = [letter + after]
                if other != letter:
                    rests.append(after)
                if other == after[:1]:
                    rests += [after[1:], letter + after[1:]]
                for rest in rests:
                    way = before + other + rest
                    row = self._first_from(way)
                    if row < end and self._term(row).startswith(way) and way not in found:
                        found[way] = Ranged(row, self._first_from(way + _AFTER), way, cost)
            if not self._first_from(before + letter) < self._first_from(before + letter + _AFTER):
                break
        # With a letter before its own copy, or behind it, the beginning is what it was.
        return [each for way, each in found.items() if not way.startswith(beginning)]

    def _letters_behind(self, before: str) -> Iterator[tuple[str, int]]:
        """The letters that follow a beginning, each with the row behind the last one with it."""
        row, last = self._first_from(before + " "), self._first_from(before + _AFTER)
        while row < last:
            letter = self._term(row)[len(before)]
            row = self._first_from(before + letter + _AFTER)
            yield letter, row


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


_FIELD_END = "\0"
"""Between the fields of a term: before every other character, so that terms are in the order of
their first fields, those with the same one in that of the next. None of the fields holds it."""


def joined_fields(*fields: str) -> bytes:
    """The term of a dictionary that stands for several texts, the first of which is its key."""
    return _encoded(_FIELD_END.join(fields))


def fields_of(term: bytes) -> list[str]:
    """What `joined_fields` joined."""
    return _text(term).split(_FIELD_END)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(term: bytes) -> str:
    return term.decode("utf-8", "surrogatepass")


class Word(NamedTuple):
    """A word. shown: as the corpus writes it most often; None where no sample has it."""

    form: str
    shown: str | None


class WordTable:
    """The words, in the order of their loose spellings.

    keys: these. scores: powers of ten of the articles with the word; SMALL less in small letters,
        shape (words,).
    """

    def __init__(self, terms: Terms) -> None:
        """terms: loose spelling, form, and how it is shown if that is known. Columns of numbers:
        the articles with the word, and whether it is shown in small letters."""
        self.terms = terms
        self.keys = SortedKeys(terms)
        articles, is_small = (terms.numbers()[name] for name in WORD_COLUMNS)
        scores = np.log10(articles.astype(np.float32))
        scores -= SMALL * is_small.astype(np.bool_)
        self.scores: Floats = scores

    def word(self, row: int) -> Word:
        """The word of a row."""
        _, form, *shown = fields_of(self.terms.term(row))
        return Word(form, shown[0] if shown else None)


WORD_COLUMNS = ("articles", "is_small")


class Value(NamedTuple):
    """A tag or an author as it is shown, and how many articles have it."""

    kind: SuggestionKind
    text: str
    total: int


CountedValues = Mapping[str, tuple[Sequence[str], Ints]]
"""For each of KIND_OF_FACET its values, as they are shown, and how many articles have each."""


def counted_values(columns: Columns) -> CountedValues:
    """Those of a generation."""
    return {
        facet.name: (columns.facets[facet.name].values, columns.totals(facet))
        for facet in FACETS
        if facet.name in KIND_OF_FACET
    }


class ValueTable:
    """Tags and authors, by the beginnings of each of their words.

    keys: these, in loose spelling. owners: the value that each key belongs to, shape (keys,).
    scores: powers of ten of the value's articles, less INNER where the key does not begin with its
        first word, shape (keys,).
    """

    def __init__(self, terms: Terms, counted: CountedValues) -> None:
        """terms: loose spelling and anything that tells those of several values apart. Columns of
        numbers: the owner, and whether it is another than the first word."""
        self.terms = terms
        self.keys = SortedKeys(terms)
        self._counted = counted
        totals = [totals for _, totals in counted.values()]
        # A value's number counts through those facets, and only values of some article.
        self._ordinals = [np.flatnonzero(each).astype(np.int32) for each in totals]
        counts = np.concatenate(
            [each[places] for each, places in zip(totals, self._ordinals, strict=True)]
        )
        owners, is_inner = (terms.numbers()[name] for name in VALUE_COLUMNS)
        self.owners: Ints = owners.astype(np.int32)
        scores = np.log10(counts[self.owners]) - INNER * is_inner.astype(np.bool_)
        self.scores: Floats = scores.astype(np.float32)

    def value(self, owner: int) -> Value:
        """The value of a number."""
        facets = zip(self._counted.items(), self._ordinals, strict=True)
        for (name, (values, totals)), ordinals in facets:
            if owner < len(ordinals):
                ordinal = int(ordinals[owner])
                return Value(KIND_OF_FACET[name], values[ordinal], int(totals[ordinal]))
            owner -= len(ordinals)
        raise IndexError(owner)


VALUE_COLUMNS = ("owner", "is_inner")


def title_key(title: str) -> bytes:
    """What a title, or the beginning of one, is looked up by."""
    return _encoded(loose(title))[:TITLE_BYTES]


class TitleTable:
    """Titles: their keys of TITLE_BYTES, sorted, and the documents of each."""

    def __init__(self, terms: Terms, docs: NumberRange) -> None:
        """terms: the different keys. Column of numbers: how many documents have it.

        docs: key after key.
        """
        self.terms = terms
        self.docs = docs

    def beginning_with(self, beginning: str) -> Ints:
        """The documents whose titles begin so, as far as the keys tell."""
        wanted = title_key(beginning)
        # No byte of UTF-8 is as high, and no key is longer than one that is cut.
        first, last = self.terms.first_from(wanted), self.terms.first_from(wanted + b"\xff")
        if first == last:
            return np.empty(0, dtype=np.int32)
        return self.docs.read(self.terms.ranges(first)[0][0], self.terms.ranges(last - 1)[0][1])


TITLE_COLUMNS = ("docs",)


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
    titles: Callable[[Docs], Iterable[str]],
    is_given_up: IsGivenUp,
) -> ArrayTables:
    """Make the tables: the same for the same articles, however they are numbered.

    titles: gives the `indexed_title` of each of some documents, which ascend.
    Raises SearchTimeout if it is given up.
    """

    def check() -> None:
        if is_given_up():
            raise SearchTimeout(N_("the index was closed"), remedy=N_("try again"))

    docs = columns.all_docs[smallest(columns.newest[columns.all_docs], MAX_TITLES)]
    step = -(-len(docs) // SAMPLE_DOCS)
    sample_chars = SAMPLE_CHARS // SAMPLE_DOCS if step > 1 else SAMPLE_CHARS // max(1, len(docs))
    writings = Writings()
    for number, doc in enumerate(np.sort(docs[::step] if step else docs).tolist()):
        if number % _DOCS_BETWEEN_CHECKS == 0:
            check()
        each = article(doc)
        writings.add(f"{each.title}\n{each.body[: max(0, sample_chars - len(each.title))]}")
    return ArrayTables(
        word_table(vocabulary, writings),
        value_table(counted_values(columns)),
        _title_table(docs, titles, check),
    )


def _title_table(
    newest: Docs, titles: Callable[[Docs], Iterable[str]], check: Callable[[], None]
) -> TitleTable:
    """newest: documents, the newest first."""
    order = np.argsort(newest)
    keys = np.empty(len(newest), dtype=f"S{TITLE_BYTES}")
    for number, title in enumerate(titles(newest[order])):
        if number % _DOCS_BETWEEN_CHECKS == 0:
            check()
        keys[order[number]] = title_key(title[: 2 * TITLE_BYTES])
    by_key = np.argsort(keys, kind="stable")
    by_key = by_key[keys[by_key] != b""]
    different, counts = np.unique(keys[by_key], return_counts=True)
    terms = TermList(different.tolist(), dict(zip(TITLE_COLUMNS, (counts,), strict=True)))
    return TitleTable(terms, NumberList(newest[by_key]))


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
    rows = []
    for form, doc_freq in vocabulary.frequent(MAX_WORDS):
        if form not in FUNCTION_WORDS and _is_word(form):
            surface = shown.get(form)
            fields = (form,) if surface is None else (form, surface)
            is_small = surface is not None and surface.islower()
            rows.append((joined_fields(loose_letters(form), *fields), doc_freq, is_small))
    rows.sort()
    return WordTable(_term_list(rows, WORD_COLUMNS))


def _term_list(rows: Sequence[tuple[bytes, int, int]], columns: Sequence[str]) -> TermList:
    """rows: sorted terms, each with its number in each column."""
    numbers = np.asarray([row[1:] for row in rows], dtype=np.uint32).reshape(-1, len(columns))
    return TermList([row[0] for row in rows], dict(zip(columns, numbers.T, strict=True)))


def _is_word(form: str) -> bool:
    """Whether a form is worth suggesting: no number, no letter alone, nothing with signs."""
    return (
        len(form) > 1
        and form[0].isalpha()
        and form[-1].isalnum()
        and all(each.isalnum() or each in "-/&." for each in form)
    )


def value_table(counted: CountedValues) -> ValueTable:
    """The tags and authors of a corpus."""
    owner = 0
    rows: list[tuple[bytes, int, int]] = []
    for shown, totals in counted.values():
        for text, total in zip(shown, totals.tolist(), strict=True):
            if total:
                # Of two beginnings that are the same the first counts.
                keys = dict.fromkeys(_keys_of_value(text))
                for is_inner, key in zip(chain((False,), repeat(True)), keys, strict=False):
                    rows.append((_encoded(key), owner, is_inner))
                owner += 1
    rows.sort()
    return ValueTable(_term_list(list(_different(rows)), VALUE_COLUMNS), counted)


def _different(rows: Iterable[tuple[bytes, int, int]]) -> Iterator[tuple[bytes, int, int]]:
    """Sorted rows, the terms that were the same told apart by a number behind them."""
    before, count = b"", 0
    for term, owner, is_inner in rows:
        count = count + 1 if term == before else 0
        before = term
        yield term + (_encoded(f"{_FIELD_END}{count:06x}") if count else b""), owner, is_inner


def _keys_of_value(value: str) -> Iterator[str]:
    """The beginnings of a value's first words, that of the whole value first."""
    words = loose(value).split(" ")
    for place in range(min(len(words), MAX_VALUE_WORDS)):
        # A word like "und" is no beginning by itself.
        if not place or words[place] not in FUNCTION_WORDS:
            yield " ".join(words[place : place + MAX_VALUE_WORDS])

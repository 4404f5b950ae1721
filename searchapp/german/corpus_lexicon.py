"""Adds to the lexicon of the dictionary what the words of a corpus show.

- Nouns that the dictionary does not know become parts of compounds, with the linking elements
  that the corpus shows: "Merkel", "Selenskyj", "Smartwatch".
- Nouns that the corpus uses often cost less as parts.
- A form that the dictionary has in lower case only, and the corpus with a capital, is a name.
- Words that the corpus writes in lower case, and frequent ones that look like names of places and
  families, are never split: "Lagerfeld".

Changing the tables of the dictionary's lexicon takes a second; learning those takes many.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import marisa_trie  # type: ignore[import-not-found]  # a compiled module without stubs
import numpy as np
import numpy.typing as npt

from searchapp.german.compound_pieces import (
    LOG_TOTAL,
    MIN_HEAD_CHARS,
    UNSEEN_WEIGHT,
    Modifiers,
    WordLists,
    is_name,
    may_be_part,
    piece_cost,
)
from searchapp.german.compounds import (
    COST_STEPS,
    MAX_PIECE_CHARS,
    MIN_MODIFIER_CHARS,
    in_steps,
    split,
)
from searchapp.german.forms import with_capital
from searchapp.german.lexicon import (
    DICTIONARY,
    FORMS,
    HEADS,
    MODIFIERS,
    TWO_READINGS,
    WHOLE,
    Endings,
    MappedPieces,
    Table,
    files_in,
    save_whole_words,
    seal,
)
from searchapp.german.spellings import usual_spelling
from searchapp.german.stems import MAX_FORM_CHARS, normalized

Int64Array = npt.NDArray[np.int64]
UInt16Array = npt.NDArray[np.uint16]

NOUN_SHARE = 0.2
"""An unknown word is no noun if the corpus capitalizes it less often than this: other words are
capitalized only at the start of sentences and in names."""

CORPUS_NOUN_SHARE = 0.9
CORPUS_NOUN_COUNT = 5
MIN_CORPUS_NOUN_CHARS = 4
"""An unknown word is a noun, and so can be part of compounds, if it is frequent and nearly always
capitalized. This leaves out misspelt and foreign words."""

MAX_COST_PER_CHAR = 1.7
"""An unknown noun counts as a compound, and is no piece itself, if both its halves cost less than
this for each of its characters."""

OCCURRENCE_WEIGHT = 0.2
"""Factor of the logarithm of a noun's frequency in the corpus, added to its count in compounds."""

NAME_COUNT = 5
NAME_SHARE = 0.95
"""A form that the dictionary has only in lower case is a name if the corpus has it so often with a
capital, and in at least this share: "Sankt" is no form of "sinken". Starts of sentences do not
reach it."""


def learn_from_corpus(
    surface_counts: Mapping[str, int], folder: Path, base: Path = DICTIONARY
) -> None:
    """Write the lexicon of a corpus: that of the dictionary, and what the corpus adds to it.

    surface_counts: how often each surface word occurs in the corpus or a sample of it, case kept.
    folder: is made. base: what `searchapp.german.lexicon_builder.learn_lexicon` wrote.
    Equal input gives equal files. Raises OSError when they cannot be read or written.
    """
    folder.mkdir(parents=True)
    words = _Words.of(surface_counts)
    known_files = files_in(base)
    forms = Table.open(known_files, FORMS)
    modifiers, heads = Table.open(known_files, MODIFIERS), Table.open(known_files, HEADS)
    endings = Endings.open(known_files)
    pieces = MappedPieces(modifiers, heads)
    get = forms.trie.get
    numbers = np.array([get(form, -1) for form in words.forms], np.int64)
    is_name = words.are_written_with_capital(NAME_COUNT, NAME_SHARE)
    is_name[is_name] = [form not in modifiers.trie for form in words.some(is_name)]
    known = numbers >= 0
    lemmas = np.array(forms.columns["lemmas"])
    # WHOLE means here that a form is no noun: nouns that only look like compounds have it, too, but
    # they are modifiers and so no names.
    is_name &= known
    is_name[is_name] = lemmas[numbers[is_name]] & (WHOLE | TWO_READINGS) == WHOLE
    lemmas[numbers[is_name]] = [
        WHOLE | endings.number(form, with_capital(form)) for form in words.some(is_name)
    ]
    lemmas[numbers[known & (words.small > words.capital)]] |= WHOLE
    is_place = words.are_written_with_capital(NAME_COUNT, CORPUS_NOUN_SHARE)
    is_place[is_place] = _are_names(words.some(is_place), words.forms, forms)
    lemmas[numbers[is_place & known]] |= WHOLE
    is_other = (words.small > 1) & (words.capital < NOUN_SHARE * (words.small + words.capital))
    whole = [form for form in words.some(~known & (is_other | is_place)) if split(form, pieces)]
    is_noun = ~known & ~is_place & words.are_written_with_capital(2, CORPUS_NOUN_SHARE)
    unsplit = {
        form: count
        for form, count in zip(words.some(is_noun), words.capital[is_noun].tolist(), strict=True)
        if not split(form, pieces)
    }
    new = _NewPieces(unsplit, modifiers, heads)
    occurrences = _occurrences(words, modifiers, endings)
    Table(forms.trie, {"lemmas": lemmas}).save(folder, FORMS)
    for name, table, added in ((MODIFIERS, modifiers, new.modifiers), (HEADS, heads, new.heads)):
        is_reversed = name == HEADS
        reweighed = _reweighed(table, occurrences, is_reversed=is_reversed)
        _extended(reweighed, added, endings, is_reversed=is_reversed).save(folder, name)
    endings.save(folder)
    save_whole_words(whole, folder)
    seal(folder, base)


def _are_names(nouns: list[str], words: list[str], forms: Table) -> list[bool]:
    """Which nouns of the corpus look like names of places and families. forms: the dictionary's."""
    used = set(words)
    return [is_name(noun, used) and is_name(noun, forms.trie) for noun in nouns]


class _Words(NamedTuple):
    """The lower-cased words of a corpus, and how often each is written in lower case and with a
    capital; both counts have shape (forms,)."""

    forms: list[str]
    small: Int64Array
    capital: Int64Array

    @classmethod
    def of(cls, surface_counts: Mapping[str, int]) -> _Words:
        small: Counter[str] = Counter()
        capital: Counter[str] = Counter()
        for surface, count in surface_counts.items():
            if surface.isalpha() and len(surface) <= MAX_FORM_CHARS:
                form = usual_spelling(normalized(surface))
                (capital if surface[0].isupper() else small)[form] += count
        forms = sorted(small.keys() | capital.keys())
        arrays = (
            np.array([counts[form] for form in forms], np.int64) for counts in (small, capital)
        )
        return cls(forms, *arrays)

    def some(self, mask: npt.NDArray[np.bool_]) -> list[str]:
        """The forms where a mask of shape (forms,) is true."""
        return [self.forms[index] for index in np.flatnonzero(mask).tolist()]

    def are_written_with_capital(self, count: int, share: float) -> npt.NDArray[np.bool_]:
        """Which words are capitalized at least `count` times, and in at least `share` of their
        occurrences. Shape (forms,)."""
        mask: npt.NDArray[np.bool_] = self.capital >= np.maximum(
            count, share * (self.small + self.capital)
        )
        return mask


Pieces = dict[str, tuple[str, float]]
"""Text -> its dictionary form and its cost, a natural logarithm."""


class _NewPieces:
    """Nouns of the corpus that the lexicon does not know, as parts of compounds.

    modifiers, heads: the new pieces, in the order of their texts.
    """

    def __init__(self, unsplit: Mapping[str, int], modifiers: Table, heads: Table) -> None:
        """Find them. modifiers, heads: the known pieces.

        unsplit: how often each unknown word occurs that is capitalized and has no known parts.
        """
        self._unsplit = unsplit
        self._known_modifiers, self._known_heads = modifiers, heads
        self._nouns = {
            form: form
            for form, count in unsplit.items()
            if count >= CORPUS_NOUN_COUNT
            and MIN_CORPUS_NOUN_CHARS <= len(form) <= MAX_PIECE_CHARS
            and may_be_part(form)
            and form not in modifiers.trie
        }
        self._noun_of = Modifiers(WordLists(self._nouns, set(), set(), set(), set())).base
        all_halves = [
            (word, word[:cut], word[cut:])
            for word in unsplit
            for cut in range(MIN_MODIFIER_CHARS, len(word) - MIN_HEAD_CHARS + 1)
            if self._has_a_new_half(word, cut)
        ]
        self._modifier_counts = Counter(modifier for _, modifier, _ in all_halves)
        self._head_counts = Counter(head for _, _, head in all_halves)
        compounds = {
            word
            for word, modifier, head in all_halves
            if self._modifier_cost(modifier) + self._head_cost(head) < MAX_COST_PER_CHAR * len(word)
        }
        simple = self._nouns.keys() - compounds
        bases = {noun: noun for noun in simple}
        for text in self._modifier_counts:
            noun = self._noun_of(text) if text not in modifiers.trie else None
            if noun in simple:
                bases[text] = noun
        self.modifiers: Pieces = {
            text: (noun, self._modifier_cost(text)) for text, noun in sorted(bases.items())
        }
        self.heads: Pieces = {noun: (noun, self._head_cost(noun)) for noun in sorted(simple)}

    def _has_a_new_half(self, word: str, cut: int) -> bool:
        """Whether a word can be cut here in two pieces, one or both of which are new."""
        modifier, head = word[:cut], word[cut:]
        if head in self._nouns:
            return modifier in self._known_modifiers.trie or self._noun_of(modifier) is not None
        return head[::-1] in self._known_heads.trie and self._noun_of(modifier) is not None

    def _modifier_cost(self, text: str) -> float:
        noun = self._noun_of(text)
        if noun is None:
            return _cost(self._known_modifiers, text)
        return self._new_cost(self._modifier_counts[text], noun)

    def _head_cost(self, text: str) -> float:
        if text not in self._nouns:
            return _cost(self._known_heads, text[::-1])
        return self._new_cost(self._head_counts[text], text)

    def _new_cost(self, count: int, noun: str) -> float:
        prior = UNSEEN_WEIGHT + OCCURRENCE_WEIGHT * math.log1p(self._unsplit[noun])
        return piece_cost(noun, count + prior)


def _cost(table: Table, text: str) -> float:
    return float(table.columns["costs"][table.trie.key_id(text)]) / COST_STEPS


def _occurrences(words: _Words, modifiers: Table, endings: Endings) -> dict[str, int]:
    """Form of a noun that is a modifier -> how often all forms of that noun occur in the corpus."""
    base_of: dict[str, str] = {}
    occurrences: Counter[str] = Counter()
    bases = memoryview(modifiers.columns["bases"])  # type: ignore[arg-type]  # as in lexicon.py
    for form, count in zip(words.forms, words.capital.tolist(), strict=True):
        number = modifiers.trie.get(form) if count else None
        if number is not None:
            base_of[form] = endings.apply(form, bases[number])
            occurrences[base_of[form]] += count
    return {form: occurrences[base] for form, base in base_of.items()}


def _reweighed(table: Table, occurrences: Mapping[str, int], *, is_reversed: bool) -> Table:
    """The table with lower costs for the nouns that occur in the corpus."""
    found = [
        (number, count)
        for form, count in occurrences.items()
        if (number := table.trie.get(form[::-1] if is_reversed else form)) is not None
    ]
    numbers, counts = np.array(found, np.int64).reshape(-1, 2).T
    costs = np.array(table.columns["costs"])
    weights = np.exp(LOG_TOTAL - costs[numbers] / COST_STEPS) + OCCURRENCE_WEIGHT * np.log1p(counts)
    costs[numbers] = in_steps(LOG_TOTAL - np.log(weights))
    return Table(table.trie, {**table.columns, "costs": costs})


def _extended(table: Table, pieces: Pieces, endings: Endings, *, is_reversed: bool) -> Table:
    """The table with further pieces, none of which it had."""
    if not pieces:
        return table
    known = table.trie.items()
    added = [text[::-1] if is_reversed else text for text in pieces]
    new_numbers = [endings.number(text, with_capital(base)) for text, (base, _) in pieces.items()]
    new_costs = np.array([cost for _, cost in pieces.values()])
    texts = [*(text for text, _ in known), *added]
    old_numbers = np.fromiter((number for _, number in known), np.int64, len(known))
    extended = Table(marisa_trie.Trie(texts), {})
    numbers = extended.numbers(texts)
    for name, rows in (("costs", in_steps(new_costs)), ("bases", new_numbers)):
        column = np.empty(len(texts), table.columns[name].dtype)
        column[numbers] = np.concatenate((table.columns[name][old_numbers], rows))
        extended.columns[name] = column
    return extended

"""Learning the lexicon of the German dictionary of simplemma.

The dictionary (MIT) has a million forms, of which only a few megabytes of tables are left (see
`searchapp.german.lexicon`). Until then they take seconds and some hundred megabytes, so that this
is done once for each user (see `searchapp.german.lexicon_cache`). What a corpus adds is learned on
top of it (see `searchapp.german.corpus_lexicon`).
"""

from __future__ import annotations

import gc
import math
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]  # a compiled module without stubs
import numpy as np

from searchapp.german.compound_pieces import Learned, Piece, WordLists, learn_pieces
from searchapp.german.compounds import in_steps, split
from searchapp.german.lemmas import Reading, decide_lemmas, dictionary_readings
from searchapp.german.lexicon import (
    BASE_TYPE,
    FORMS,
    HEADS,
    LEMMA_TYPE,
    MODIFIERS,
    NO_LEMMA,
    WHOLE,
    Endings,
    MappedPieces,
    Table,
    save_whole_words,
    seal,
)
from searchapp.german.stems import GermanStemmer
from searchapp.processes import run_apart

READINGS = "readings.npy"
READING_TYPE = np.dtype([("form", "<u4"), ("small", "<u2"), ("capital", "<u2")])
"""Rows about the forms that the dictionary has in lower case and with a capital: the number of the
form, rising, and the endings that make it its lemma as the one and as the other. A corpus decides
between them, so that readers have no need of this file."""


def learn_lexicon(folder: Path, dictionary: Mapping[str, str] | None = None) -> None:
    """Learn lemmas and compound parts, and write them into a folder, with READINGS.

    folder: is made if missing; files of an earlier lexicon in it are replaced.
    dictionary: the dictionary form of each form, case kept; if None, simplemma's.
    An equal dictionary gives equal files. Raises OSError when they cannot be written.
    """
    # Millions of small objects are made and none of them in circles: collecting takes a fifth.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _learn(folder, dictionary)
    finally:
        if collecting:
            gc.enable()


def learn_lexicon_apart(folder: Path) -> None:
    """As `learn_lexicon`, in a process of its own: its memory is given back afterwards.

    The process ends with this one, and when an exception such as KeyboardInterrupt ends the
    waiting. Raises RebuildFailed if it fails or dies.
    """
    run_apart("learning the lexicon", learn_lexicon, folder)


def _learn(folder: Path, dictionary: Mapping[str, str] | None) -> None:
    if dictionary is None:
        dictionary = _german_dictionary()
    # What is done with is let go of, and before what comes next takes its own.
    readings = dictionary_readings(dictionary)
    lemmas = decide_lemmas(readings, GermanStemmer().stem)
    both = {
        form: (small, capital) for form, (small, capital) in readings.items() if small and capital
    }
    del readings
    words = _word_lists(dictionary)
    del dictionary
    learned = learn_pieces(words)
    endings = Endings()
    modifiers, heads = _piece_tables(learned.pieces, lemmas, endings)
    whole = _whole_words(words, learned, MappedPieces(modifiers, heads))
    del words, learned
    forms = _form_table(lemmas, whole, endings)
    rows = [
        (number, endings.number(form, small.lemma), endings.number(form, capital.lemma))
        for number, (form, (small, capital)) in zip(forms.numbers(both), both.items(), strict=True)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    forms.save(folder, FORMS)
    modifiers.save(folder, MODIFIERS)
    heads.save(folder, HEADS)
    endings.save(folder)
    save_whole_words((), folder)
    np.save(folder / READINGS, np.sort(np.array(rows, dtype=READING_TYPE), order="form"))
    seal(folder)


def _german_dictionary() -> dict[str, str]:
    """The dictionary form of each form, case kept."""
    # Here and not above: a process that only starts the learning must not pay for it.
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    compressed = DefaultDictionaryFactory(cache_max_size=0).get_dictionary("de")
    shared: dict[str, str] = {}
    return {form: shared.setdefault(lemma, lemma) for form, lemma in compressed.items()}


def _form_table(lemmas: Mapping[str, Reading], whole: Set[str], endings: Endings) -> Table:
    trie = marisa_trie.Trie({*lemmas, *whole})
    column = np.full(len(trie), NO_LEMMA, dtype=LEMMA_TYPE)
    forms = Table(trie, {"lemmas": column})
    column[forms.numbers(lemmas)] = [
        endings.number(form, reading.lemma) for form, reading in lemmas.items()
    ]
    column[forms.numbers(whole)] |= WHOLE
    return forms


def _piece_tables(
    pieces: Mapping[str, Piece], lemmas: Mapping[str, Reading], endings: Endings
) -> tuple[Table, Table]:
    """The modifiers and the heads."""
    modifiers: dict[str, tuple[float, int]] = {}
    heads: dict[str, tuple[float, int]] = {}
    for text, (base, modifier_cost, head_cost) in pieces.items():
        # Of a base form that is a form of another word, that word's.
        lemma = lemmas.get(base)
        ending = endings.number(text, lemma.lemma if lemma else base)
        if modifier_cost < math.inf:
            modifiers[text] = (modifier_cost, ending)
        if head_cost < math.inf:
            heads[text[::-1]] = (head_cost, ending)
    return _piece_table(modifiers), _piece_table(heads)


def _piece_table(pieces: Mapping[str, tuple[float, int]]) -> Table:
    """Of costs, as natural logarithms, and endings."""
    trie = marisa_trie.Trie(pieces)
    costs = in_steps(np.array([cost for cost, _ in pieces.values()]))
    bases = np.array([ending for _, ending in pieces.values()], BASE_TYPE)
    table = Table(trie, {})
    numbers = table.numbers(pieces)
    for name, rows in (("costs", costs), ("bases", bases)):
        table.columns[name] = np.empty_like(rows)
        table.columns[name][numbers] = rows
    return table


def _word_lists(dictionary: Mapping[str, str]) -> WordLists:
    nouns: dict[str, str] = {}
    ordinary: set[str] = set()
    form_counts: Counter[str] = Counter()
    for form, lemma in dictionary.items():
        if lemma[:1].isupper():
            if form[:1].isupper() and form.isalpha():
                nouns[form.lower()] = lemma.lower()
        elif form[:1].islower():
            ordinary.add(form.lower())
            form_counts[lemma] += 1
    sample = {noun for noun, base in nouns.items() if noun == base} - dictionary.keys()
    # A verb has many forms; "binnen" and "gegen" only look like verbs.
    verbs = {
        lemma
        for lemma, forms in form_counts.items()
        if forms >= 5 and len(lemma) > 4 and lemma.endswith(("en", "eln", "ern"))
    }
    adjectives = {lemma for lemma in form_counts if lemma not in verbs and lemma.isalpha()}
    return WordLists(nouns, adjectives, verbs, ordinary, sample)


def _whole_words(words: WordLists, learned: Learned, pieces: MappedPieces) -> set[str]:
    """The forms that are never split, so far as they have to be remembered.

    Besides those that were learned, these are words that are no nouns, and inflected forms of
    nouns that are no compounds, but look like one by chance: "ope|rationen". An adjective
    stays one where a name writes it with a capital ("Bergische Universität").
    """
    nouns = words.nouns
    whole = set(learned.whole) | (words.ordinary - nouns.keys())
    candidates = {base for form, base in nouns.items() if form != base} - learned.compounds
    simple = {base for base in candidates if not split(base, pieces)}
    whole.update(form for form, base in nouns.items() if base in simple)
    return whole

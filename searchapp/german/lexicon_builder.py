"""Builds the lexicon of a dictionary, usually the German one of simplemma.

That dictionary (MIT) has a million forms, which become a few megabytes of tables (see
`searchapp.german.lexicon`). Building them takes many seconds and 600 MB, so that the package brings
them ready-made. After a change of what is learned, of how it is written, or of simplemma:

    python -m searchapp.german.lexicon_builder

`searchapp.german.corpus_lexicon` adds what a corpus shows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]  # a compiled module without stubs
import numpy as np

from searchapp.garbage import garbage_left
from searchapp.german.completed_dictionary import completed_dictionary
from searchapp.german.compound_pieces import Learned, Piece, WordLists, learn_pieces
from searchapp.german.compounds import in_steps, split
from searchapp.german.lemmas import UNKNOWN, Readings, dictionary_readings
from searchapp.german.lexicon import (
    BASE_TYPE,
    DICTIONARY,
    FORMS,
    HEADS,
    LEMMA_TYPE,
    MODIFIERS,
    NO_LEMMA,
    TWO_READINGS,
    WHOLE,
    Endings,
    MappedPieces,
    Table,
    save_capitals,
    save_whole_words,
    seal,
)
from searchapp.german.spellings import in_usual_spelling


def learn_lexicon(folder: Path, dictionary: Mapping[str, str] | None = None) -> None:
    """Learn lemmas and compound parts, and write them into a folder.

    folder: is made if missing; files of an earlier lexicon in it are replaced.
    dictionary: the dictionary form of each form, case kept; if None, simplemma's.
    An equal dictionary gives equal files. Raises OSError when they cannot be written.
    """
    with garbage_left():
        _learn(folder, dictionary)


def _learn(folder: Path, dictionary: Mapping[str, str] | None) -> None:
    if dictionary is None:
        dictionary = _german_dictionary()
    dictionary = in_usual_spelling(completed_dictionary(dictionary))
    # Each large object is deleted as soon as possible, before the next ones are made.
    readings = dictionary_readings(dictionary)
    words = _word_lists(dictionary)
    del dictionary
    learned = learn_pieces(words)
    endings = Endings()
    modifiers, heads = _piece_tables(learned.pieces, words, readings, endings)
    whole = _whole_words(words, learned, MappedPieces(modifiers, heads))
    del words, learned
    forms = _form_table(readings, whole, endings)
    both = {form: each.capital for form, each in readings.items() if each.small != each.capital}
    rows = [
        (number, endings.number(form, capital or form))
        for number, (form, capital) in zip(forms.numbers(both).tolist(), both.items(), strict=True)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    forms.save(folder, FORMS)
    save_capitals(rows, folder)
    modifiers.save(folder, MODIFIERS)
    heads.save(folder, HEADS)
    endings.save(folder)
    save_whole_words((), folder)
    seal(folder)


def _german_dictionary() -> dict[str, str]:
    """The dictionary form of each form, case kept.

    80 nouns ("Leder", "Löffel") that simplemma calls forms of a verb ("ledern", "löffeln") are
    their own dictionary forms here.
    """
    # Imported here: a process that only starts the one that learns must not pay for it.
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    compressed = DefaultDictionaryFactory(cache_max_size=0).get_dictionary("de")
    shared: dict[str, str] = {}
    dictionary = {form: shared.setdefault(lemma, lemma) for form, lemma in compressed.items()}
    dictionary.update(
        (form, form)
        for form, lemma in compressed.items()
        if form[:1].isupper() and lemma == form.lower() + "n"
    )
    return dictionary


def _form_table(readings: Mapping[str, Readings], whole: Set[str], endings: Endings) -> Table:
    trie = marisa_trie.Trie({*readings, *whole})
    column = np.full(len(trie), NO_LEMMA, dtype=LEMMA_TYPE)
    forms = Table(trie, {"lemmas": column})
    column[forms.numbers(readings)] = [
        endings.number(form, small or form) | (small != capital) * TWO_READINGS
        for form, (small, capital) in readings.items()
    ]
    column[forms.numbers(whole)] |= WHOLE
    return forms


def _piece_tables(
    pieces: Mapping[str, Piece],
    words: WordLists,
    readings: Mapping[str, Readings],
    endings: Endings,
) -> tuple[Table, Table]:
    """The modifiers and the heads."""
    nouns = set(words.nouns.values())
    modifiers: dict[str, tuple[float, int]] = {}
    heads: dict[str, tuple[float, int]] = {}
    for text, (base, modifier_cost, head_cost) in pieces.items():
        # A base form may itself be a form of another word: then the lemma of that word.
        small, capital = readings.get(base, UNKNOWN)
        is_noun = base in nouns and (base not in words.verbs or text in words.nouns)
        ending = endings.number(text, (capital if is_noun else small) or base)
        if modifier_cost < math.inf:
            modifiers[text] = (modifier_cost, ending)
        if head_cost < math.inf:
            heads[text[::-1]] = (head_cost, ending)
    return _piece_table(modifiers), _piece_table(heads)


def _piece_table(pieces: Mapping[str, tuple[float, int]]) -> Table:
    """The table of pieces: text -> (cost as a natural logarithm, number of the ending)."""
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
    """The forms that must be marked as never split.

    They are all words that are no nouns, and nouns that are no compounds of two pieces, or are so
    by chance ("ope|rationen"). An adjective stays an adjective where a name capitalizes it
    ("Bergische Universität").
    """
    nouns = words.nouns
    compounds = learned.compounds
    simple = {
        base
        for base in set(nouns.values()) - compounds.keys()
        # A compound of three is not one of two if the dictionary has none of its halves.
        if base in learned.whole or len(split(base, pieces)) < 3
    }
    whole = {
        form
        for form, base in nouns.items()
        if base in simple or (base in compounds and not _is_split(form, compounds[base], pieces))
    }
    return whole | (words.ordinary - nouns.keys())


def _is_split(form: str, start: int, pieces: MappedPieces) -> bool:
    """Whether a form of a compound is split where its second half starts, and not elsewhere only.

    The cheapest pieces may be others: "Buchs|taben".
    """
    return any(cut[0] == start for cut in split(form, pieces, is_compound=True))


if __name__ == "__main__":
    learn_lexicon(DICTIONARY)

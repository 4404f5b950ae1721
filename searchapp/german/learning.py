"""Learning the lexicon of a generation from simplemma's dictionary and the words of a corpus.

The dictionary (MIT) has a million forms, of which only a few megabytes of tables are left (see
`searchapp.german.lexicon`). Until then they take seconds and some hundred megabytes.
"""

from __future__ import annotations

import gc
import math
import os
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import marisa_trie  # type: ignore[import-not-found]  # a compiled module without stubs
import numpy as np

from searchapp.errors import RebuildFailed
from searchapp.german.compounds import Learned, WordLists, learn_pieces, split
from searchapp.german.lemmas import decide_lemmas, dictionary_readings
from searchapp.german.lexicon import (
    FORM_TYPE,
    FORMS,
    HEADS,
    MODIFIERS,
    NO_LEMMA,
    PIECE_TYPE,
    WHOLE,
    MappedPieces,
    Table,
    seal,
)
from searchapp.german.stems import MAX_FORM_CHARS, GermanStemmer, normalized
from searchapp.processes import interrupts_ignored

_NOUN_SHARE = 0.2
"""An unknown word is no noun if the corpus writes it with a capital less often than this: it
is only at the start of a sentence or of a name that other words have one."""

_CORPUS_NOUN_SHARE = 0.9
_CORPUS_NOUN_COUNT = 5
"""What the dictionary does not know is a noun, and so can be part of compounds, where it is
frequent and hardly ever written small: misspelt and foreign words are left out by this."""

_IntArray = np.ndarray[Any, np.dtype[np.uint32]]


def learn_lexicon(surface_counts: Mapping[str, int], folder: Path) -> None:
    """Learn lemmas and compound parts, and write them into a folder.

    surface_counts: how often each surface word occurs in the corpus or a sample of it, case
        kept; {} learns from the dictionary alone.
    folder: is made if missing; files of an earlier lexicon in it are replaced.
    Equal input gives equal files. Raises OSError when they cannot be written.
    """
    # Millions of small objects are made and none of them in circles: collecting takes a fifth.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _learn(surface_counts, folder)
    finally:
        if collecting:
            gc.enable()


def learn_lexicon_apart(surface_counts: Mapping[str, int], folder: Path) -> None:
    """As `learn_lexicon`, in a process of its own: its memory is given back afterwards.

    The process ends with this one, and when an exception such as KeyboardInterrupt ends the
    waiting. Raises what `learn_lexicon` raises there, and RebuildFailed if the process dies.
    """
    # Not forked: this process may have threads and locks that must not be copied.
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_learn_and_report, args=(dict(surface_counts), folder, theirs), daemon=True
    )
    with interrupts_ignored():
        process.start()
    theirs.close()  # So that the death of the process is an end of file for us.
    try:
        error: BaseException | None = ours.recv()
    except EOFError:
        process.join()
        raise RebuildFailed(
            f"the process that learns the lexicon ended with status {process.exitcode}",
            remedy="check memory and disk space, then run the command again",
        ) from None
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
    if error is not None:
        raise error


def _learn_and_report(surface_counts: dict[str, int], folder: Path, pipe: Connection) -> None:
    """In the new process: learn, then send None or the error."""
    threading.Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()
    failure: Exception | None = None
    try:
        learn_lexicon(surface_counts, folder)
    except OSError as error:
        failure = error
    except Exception as error:
        failure = RuntimeError(f"learning the lexicon failed: {error!r}")
    pipe.send(failure)


def _end_with_parent(pipe: Connection) -> None:
    """End this process as soon as nobody holds the other end of the pipe."""
    with suppress(EOFError, OSError):
        pipe.recv()
    os._exit(1)


def _learn(surface_counts: Mapping[str, int], folder: Path) -> None:
    dictionary = _dictionary()
    counts = _Counts.of(surface_counts)
    # What is done with is let go of, and before what comes next takes its own.
    readings = dictionary_readings(dictionary)
    lemmas = decide_lemmas(readings, counts.small, counts.capital, GermanStemmer().stem)
    del readings
    words = _word_lists(dictionary, counts)
    del dictionary
    learned = learn_pieces(words)
    pieces = learned.pieces
    modifiers = _table(pieces, [piece.modifier_cost for piece in pieces.values()])
    reversed_heads = {
        text[::-1]: text for text, piece in pieces.items() if piece.head_cost < math.inf
    }
    heads = _table(reversed_heads, [pieces[text].head_cost for text in reversed_heads.values()])
    whole = _whole_words(words, counts, learned, MappedPieces(modifiers, heads))
    del words, learned
    forms = {*lemmas, *whole}
    forms.update(reading.lemma for reading in lemmas.values())
    forms.update(piece.base for piece in pieces.values())
    form_trie = marisa_trie.Trie(forms)
    entries = np.full(len(form_trie), NO_LEMMA, dtype=FORM_TYPE)
    entries[_numbers(form_trie, lemmas)] = _numbers(
        form_trie, [reading.lemma for reading in lemmas.values()]
    )
    # Of a base form that is a form of another word, that word's.
    base_of = np.where(entries == NO_LEMMA, np.arange(len(entries)), entries)
    entries[_numbers(form_trie, whole)] |= WHOLE
    for table, texts in ((modifiers, {text: text for text in pieces}), (heads, reversed_heads)):
        bases = _numbers(form_trie, [pieces[text].base for text in texts.values()])
        table.rows["base"][_numbers(table.trie, texts)] = base_of[bases]
    folder.mkdir(parents=True, exist_ok=True)
    Table(form_trie, entries).save(folder, FORMS)
    modifiers.save(folder, MODIFIERS)
    heads.save(folder, HEADS)
    seal(folder)


def _dictionary() -> dict[str, str]:
    """The dictionary form of each form, case kept."""
    # Here and not above: a process that only starts the learning must not pay for it.
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    compressed = DefaultDictionaryFactory(cache_max_size=0).get_dictionary("de")
    shared: dict[str, str] = {}
    return {form: shared.setdefault(lemma, lemma) for form, lemma in compressed.items()}


def _table(texts: Collection[str], costs: list[float]) -> Table:
    """Pieces and their costs. Their bases are still 0."""
    trie = marisa_trie.Trie(texts)
    rows = np.zeros(len(trie), dtype=PIECE_TYPE)
    rows["cost"][_numbers(trie, texts)] = costs
    return Table(trie, rows)


def _numbers(trie: Any, texts: Collection[str]) -> _IntArray:
    """The number of each text, which the trie must have, in their order."""
    return np.fromiter(map(trie.key_id, texts), dtype=np.uint32, count=len(texts))


class _Counts(NamedTuple):
    """How often each lower-cased form occurs in lower case, and with a capital."""

    small: Counter[str]
    capital: Counter[str]

    @classmethod
    def of(cls, surface_counts: Mapping[str, int]) -> _Counts:
        small: Counter[str] = Counter()
        capital: Counter[str] = Counter()
        for surface, count in surface_counts.items():
            if surface.isalpha() and len(surface) <= MAX_FORM_CHARS:
                (capital if surface[0].isupper() else small)[normalized(surface)] += count
        return cls(small, capital)


def _word_lists(dictionary: Mapping[str, str], counts: _Counts) -> WordLists:
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
    occurrences: Counter[str] = Counter()
    for form, count in sorted(counts.capital.items()):
        share = count / (count + counts.small.get(form, 0))
        if share >= _CORPUS_NOUN_SHARE and count >= 2:
            sample.add(form)
            if form not in nouns and count >= _CORPUS_NOUN_COUNT and len(form) > 3:
                nouns[form] = form
        if form in nouns:
            occurrences[nouns[form]] += count
    # A verb has many forms; "binnen" and "gegen" only look like verbs.
    verbs = {
        lemma
        for lemma, forms in form_counts.items()
        if forms >= 5 and len(lemma) > 4 and lemma.endswith(("en", "eln", "ern"))
    }
    adjectives = {lemma for lemma in form_counts if lemma not in verbs and lemma.isalpha()}
    return WordLists(nouns, adjectives, verbs, ordinary, sample, occurrences)


def _whole_words(
    words: WordLists, counts: _Counts, learned: Learned, pieces: MappedPieces
) -> set[str]:
    """The forms that are never split, so far as they have to be remembered.

    Besides those that were learned, these are words that are no nouns, and inflected forms of
    nouns that are no compounds, but look like one by chance: "ope|rationen". An adjective
    stays one where a name writes it with a capital ("Bergische Universität").
    """
    nouns = words.nouns
    whole = set(learned.whole)
    for form in words.ordinary:
        if form not in nouns or counts.small[form] > counts.capital[form]:
            whole.add(form)
    for form, count in counts.small.items():
        if count > 1 and form not in nouns and form not in whole:
            share = counts.capital[form] / (count + counts.capital[form])
            if share < _NOUN_SHARE and split(form, pieces):
                whole.add(form)
    candidates = {base for form, base in nouns.items() if form != base} - learned.compounds
    simple = {base for base in candidates if not split(base, pieces)}
    whole.update(form for form, base in nouns.items() if base in simple)
    return whole

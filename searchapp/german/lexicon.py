"""The lexicon of a generation: lemmas and compound parts, learned once, mapped by all readers.

`learn_lexicon` reads simplemma's German dictionary (MIT; three seconds and a few hundred
megabytes, hence in one process of a rebuild only) and the words of the corpus, and writes a
folder of a few megabytes:

- `forms.trie`, `forms.npy`: each known form, with the number of its lemma's form and whether
  it must stay whole. Forms are kept in a MARISA trie, which is mapped, needs three bytes a
  form, and finds all pieces at the start of a text in one call.
- `pieces.trie`, `pieces.npy`: each piece of compounds, with its costs and base form.
- `exceptions.json`: what the owner decided. `lexicon.json`: versions and digests of these files.
"""

from __future__ import annotations

import copy
import gc
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import marisa_trie  # type: ignore[import-not-found]  # a compiled module without stubs
import numpy as np

from searchapp.errors import IndexDamaged
from searchapp.german.compounds import Learned, Piece, Vocabulary, learn_pieces, split
from searchapp.german.exceptions import NO_EXCEPTIONS, Exceptions, ForcedPart
from searchapp.german.lemmas import Reading, decide_lemmas, dictionary_readings
from searchapp.german.stems import MAX_FORM_CHARS, GermanStemmer, normalized

if TYPE_CHECKING:
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

LEXICON_VERSION = 1
"""To be raised with every change of what is learned or of how it is written."""

_MANIFEST = "lexicon.json"
_FORMS, _LEMMAS = "forms.trie", "forms.npy"
_PIECES, _COSTS = "pieces.trie", "pieces.npy"
_EXCEPTIONS = "exceptions.json"
_FILES = (_FORMS, _LEMMAS, _PIECES, _COSTS, _EXCEPTIONS)

_WHOLE = 1 << 31
"""In forms.npy: this form is never split."""
_NO_LEMMA = _WHOLE - 1
"""In forms.npy: the lemma of this form is not known."""

_PIECE_TYPE = np.dtype([("modifier_cost", "<f4"), ("head_cost", "<f4"), ("base", "<u4")])

_PieceTable = np.ndarray[Any, np.dtype[np.void]]
_FormTable = np.ndarray[Any, np.dtype[np.uint32]]

_NOUN_SHARE = 0.2
"""An unknown word is no noun if the corpus writes it with a capital less often than this: it
is only at the start of a sentence or of a name that other words have one."""

_CORPUS_NOUN_SHARE = 0.9
_CORPUS_NOUN_COUNT = 5
"""What the dictionary does not know is a noun, and so can be part of compounds, where it is
frequent and hardly ever written small: misspelt and foreign words are left out by this."""


class Part(NamedTuple):
    """One part [start, end) of a compound, linking element included, and its base form."""

    start: int
    end: int
    base: str


def learn_lexicon(
    surface_counts: Mapping[str, int], folder: Path, *, exceptions: Exceptions = NO_EXCEPTIONS
) -> None:
    """Learn lemmas and compound parts, and write them into a folder.

    surface_counts: how often each surface word occurs in the corpus or a sample of it, case
        kept; {} learns from the dictionary alone.
    folder: is made if missing; files of an earlier lexicon in it are replaced.
    Equal input gives equal files. Raises OSError when they cannot be written.
    """
    # Here and not above: a process that serves must not pay for the dictionary.
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    # Millions of small objects are made and none of them in circles: collecting takes a fifth.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _learn(surface_counts, folder, exceptions, DefaultDictionaryFactory(cache_max_size=0))
    finally:
        if collecting:
            gc.enable()


def _learn(
    surface_counts: Mapping[str, int],
    folder: Path,
    exceptions: Exceptions,
    dictionaries: DefaultDictionaryFactory,
) -> None:
    compressed = dictionaries.get_dictionary("de")
    dictionary = {form: compressed[form] for form in compressed}
    del compressed
    counts = _Counts.of(surface_counts)
    lemmas = decide_lemmas(
        dictionary_readings(dictionary), counts.small, counts.capital, GermanStemmer().stem
    )
    vocabulary = _vocabulary(dictionary, counts)
    learned = learn_pieces(vocabulary)
    pieces = learned.pieces
    piece_trie = marisa_trie.Trie(sorted(pieces))
    piece_table = _piece_table(piece_trie, pieces)
    whole = _whole_words(vocabulary, counts, learned, _Pieces(piece_trie, piece_table))
    forms = {*lemmas, *whole}
    forms.update(reading.lemma for reading in lemmas.values())
    forms.update(piece.base for piece in pieces.values())
    form_trie = marisa_trie.Trie(sorted(forms))
    for text, piece in pieces.items():
        piece_table["base"][piece_trie[text]] = form_trie[piece.base]
    folder.mkdir(parents=True, exist_ok=True)
    # Not the tries' own save(), which tells a full disk as a RuntimeError.
    (folder / _PIECES).write_bytes(piece_trie.tobytes())
    (folder / _FORMS).write_bytes(form_trie.tobytes())
    np.save(folder / _COSTS, piece_table)
    np.save(folder / _LEMMAS, _form_table(form_trie, lemmas, whole))
    (folder / _EXCEPTIONS).write_text(_exceptions_to_json(exceptions), encoding="utf-8")
    manifest = {
        "version": LEXICON_VERSION,
        "simplemma": metadata.version("simplemma"),
        "digests": {name: _digest(folder / name) for name in _FILES},
    }
    manifest["fingerprint"] = _fingerprint(manifest)
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


class Lexicon:
    """Lemmas and compound parts of forms, read from a folder that `learn_lexicon` wrote.

    Forms are normalized words (see `searchapp.german.stems.normalized`). Takes about two
    microseconds for a lemma and twenty for parts; callers remember answers themselves.
    Safe for use by several threads. Keeps little of its own memory: the files are mapped.
    """

    def __init__(self, folder: Path, fingerprint: str, exceptions: Exceptions) -> None:
        self.fingerprint = fingerprint
        self.exceptions = exceptions
        self._forms = marisa_trie.Trie().mmap(str(folder / _FORMS))
        self._lemmas = _view(np.load(folder / _LEMMAS, mmap_mode="r"))
        self._pieces = _Pieces.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Lexicon:
        """Map the files of a lexicon, after comparing them with their digests.

        Raises IndexDamaged if one is missing, altered, or of another version.
        """
        try:
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            fingerprint = manifest.pop("fingerprint")
            digests = {name: _digest(folder / name) for name in _FILES}
            if fingerprint != _fingerprint(manifest) or manifest["digests"] != digests:
                raise ValueError("a file does not have the digest that was written")
            if manifest["version"] != LEXICON_VERSION:
                raise ValueError("it was written by another version of the program")
            content = (folder / _EXCEPTIONS).read_text(encoding="utf-8")
            return cls(folder, fingerprint, _exceptions_from_json(content))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamaged(
                f"the lexicon cannot be read ({error})",
                where=str(folder),
                remedy="build the index anew with: searchapp rebuild",
            ) from error

    def with_exceptions(self, exceptions: Exceptions) -> Lexicon:
        """The same lexicon under other exceptions."""
        other = copy.copy(self)
        other.exceptions = exceptions
        return other

    def lemma(self, form: str) -> str | None:
        """The dictionary form of a form, lower-cased; None where it is not known.

        It may equal the form. The lemma of a compound that is not known as a whole is made of
        its last part's. Old and replaced spellings (`muß`, `groesste`) have the lemma of the
        usual one.
        """
        forced = self.exceptions.lemmas.get(form)
        if forced is not None:
            return forced
        if not form.isalpha():
            return None
        lemma = self._known_lemma(form)
        if lemma is None:
            for spelling in _other_spellings(form):
                lemma = self._known_lemma(spelling)
                if lemma is not None:
                    break
            else:
                parts = self.parts(form)
                if parts:
                    lemma = form[: parts[-1].start] + parts[-1].base
        return lemma

    def parts(self, form: str) -> tuple[Part, ...]:
        """The parts of a compound noun, from left to right without gaps; () for other words."""
        forced = self.exceptions.splits.get(form)
        if forced is not None:
            return self._forced_parts(forced)
        if form in self.exceptions.whole:
            return ()
        if not form.isalpha():
            return ()
        number = self._forms.get(form)
        if number is not None and self._lemmas[number] & _WHOLE:
            return ()
        return tuple(
            Part(start, end, self._base(piece)) for start, end, piece in split(form, self._pieces)
        )

    def close(self) -> None:
        """Let go of the mapped files. No method may be called after this."""
        del self._forms, self._lemmas, self._pieces

    def _known_lemma(self, form: str) -> str | None:
        number = self._forms.get(form)
        if number is None:
            return None
        lemma_number = self._lemmas[number] & _NO_LEMMA
        if lemma_number == _NO_LEMMA:
            return None
        lemma: str = self._forms.restore_key(lemma_number)
        return lemma

    def _base(self, piece: int) -> str:
        base: str = self._forms.restore_key(self._pieces.base(piece))
        return self._known_lemma(base) or base

    def _forced_parts(self, forced: tuple[ForcedPart, ...]) -> tuple[Part, ...]:
        parts: list[Part] = []
        start = 0
        for text, base in forced:
            end = start + len(text)
            parts.append(Part(start, end, base or self._looked_up_base(text)))
            start = end
        return tuple(parts)

    def _looked_up_base(self, text: str) -> str:
        """The base form of a part that the owner gave as it stands in the word."""
        known = self._known_lemma(text)
        if known is None:
            piece = self._pieces.number(text)
            known = self._base(piece) if piece is not None else text
        return known


class _Pieces:
    """The learned pieces, mapped; fulfils `searchapp.german.compounds.Pieces`."""

    def __init__(self, trie: Any, table: _PieceTable) -> None:
        self._trie = trie
        self.prefixes = trie.iter_prefixes_with_ids
        self.modifier_cost = _view(table["modifier_cost"]).__getitem__
        self.head_cost = _view(table["head_cost"]).__getitem__
        self.base = _view(table["base"]).__getitem__

    @classmethod
    def open(cls, folder: Path) -> _Pieces:
        trie = marisa_trie.Trie().mmap(str(folder / _PIECES))
        return cls(trie, np.load(folder / _COSTS, mmap_mode="r"))

    def number(self, text: str) -> int | None:
        number: int | None = self._trie.get(text)
        return number


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


def _vocabulary(dictionary: Mapping[str, str], counts: _Counts) -> Vocabulary:
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
    return Vocabulary(nouns, adjectives, verbs, ordinary, sample, occurrences)


def _whole_words(
    vocabulary: Vocabulary, counts: _Counts, learned: Learned, pieces: _Pieces
) -> set[str]:
    """The forms that are never split, so far as they have to be remembered.

    Besides those that were learned, these are words that are no nouns, and inflected forms of
    nouns that are no compounds, but look like one by chance: "ope|rationen". An adjective
    stays one where a name writes it with a capital ("Bergische Universität").
    """
    nouns = vocabulary.nouns
    whole = set(learned.whole)
    for form in vocabulary.ordinary:
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


def _other_spellings(form: str) -> Iterable[str]:
    """How a form would be written with umlauts and "ß" where it may have replaced them."""
    umlauts = form.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü")
    if umlauts != form:
        yield umlauts
    if "ss" in form:
        yield umlauts.replace("ss", "ß")
    if "ß" in form:
        yield form.replace("ß", "ss")


def _view(column: np.ndarray[Any, Any]) -> memoryview:
    """A column whose items are read as Python numbers, and faster than from an array."""
    return memoryview(column)  # type: ignore[arg-type]  # numpy's stubs miss it before 3.12


def _piece_table(trie: Any, pieces: Mapping[str, Piece]) -> _PieceTable:
    """The costs of pieces by their numbers in a trie; shape (pieces,). Bases are still 0."""
    table = np.zeros(len(trie), dtype=_PIECE_TYPE)
    for text, piece in pieces.items():
        table[trie[text]] = (piece.modifier_cost, piece.head_cost, 0)
    return table


def _form_table(trie: Any, lemmas: Mapping[str, Reading], whole: set[str]) -> _FormTable:
    """Lemma number and _WHOLE of each form by its number in a trie; shape (forms,)."""
    table = np.full(len(trie), _NO_LEMMA, dtype="<u4")
    for form, reading in lemmas.items():
        table[trie[form]] = trie[reading.lemma]
    for form in whole:
        table[trie[form]] |= _WHOLE
    return table


def _exceptions_to_json(exceptions: Exceptions) -> str:
    return json.dumps(
        {
            "splits": exceptions.splits,
            "whole": sorted(exceptions.whole),
            "lemmas": exceptions.lemmas,
            "synonyms": exceptions.synonyms,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _exceptions_from_json(content: str) -> Exceptions:
    fields = json.loads(content)
    return Exceptions(
        splits={
            word: tuple((text, base) for text, base in parts)
            for word, parts in fields["splits"].items()
        },
        whole=frozenset(fields["whole"]),
        lemmas=fields["lemmas"],
        synonyms={word: tuple(others) for word, others in fields["synonyms"].items()},
    )


def _fingerprint(manifest: Mapping[str, object]) -> str:
    content = json.dumps(manifest, sort_keys=True).encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]

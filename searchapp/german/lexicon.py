"""The lexicon of a generation: lemmas and compound parts, in files that all processes map.

`searchapp.german.lexicon_builder` writes a folder of eight megabytes, to which
`searchapp.german.corpus_lexicon` adds:

- `forms.trie`, `forms.lemmas.npy`: each known form, with the number of the ending that turns it
  into its lemma, and whether it must stay whole. Forms are kept in a MARISA trie, which is mapped,
  needs three bytes a form, and finds all pieces at the start of a text in one call.
- `modifiers.trie`, `modifiers.costs.npy`, `modifiers.bases.npy`: each modifier (a piece before
  another part of a compound), its cost, and the number of the ending that turns it into its base
  form. `heads.*`: the same for heads (last parts), which are spelt from right to left, so that all
  heads at the end of a word are found in one call, too.
- `endings.txt`: the endings. Most of the million forms share a few hundred; there are ten thousand.
- `whole.txt`: words of the corpus that are not among the forms and are never split.
- `lexicon.json`: versions, and digests of these files.
"""

from __future__ import annotations

import copy
import hashlib
import io
import json
from collections.abc import Collection, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import marisa_trie  # type: ignore[import-not-found]  # a compiled module without stubs
import numpy as np

from searchapp.errors import IndexDamaged
from searchapp.german.compounds import MAX_COST, Cut, split
from searchapp.german.exceptions import NO_EXCEPTIONS, Exceptions, ForcedPart

LEXICON_VERSION = 6
"""Raise it with every change of what is learned or of how it is written."""

FORMS, MODIFIERS, HEADS = "forms", "modifiers", "heads"
_COLUMNS = {FORMS: ("lemmas",), MODIFIERS: ("costs", "bases"), HEADS: ("costs", "bases")}
ENDINGS = "endings.txt"
WHOLE_WORDS = "whole.txt"
_FILES = frozenset(
    {ENDINGS, WHOLE_WORDS}
    | {f"{name}.trie" for name in _COLUMNS}
    | {f"{name}.{column}.npy" for name, columns in _COLUMNS.items() for column in columns}
)
_MANIFEST = "lexicon.json"

WHOLE = 1 << 15
"""Bit in the column of lemmas: this form is never split."""
NO_LEMMA = WHOLE - 1
"""Value in the column of lemmas: the lemma of this form is not known."""
LEMMA_TYPE = BASE_TYPE = np.dtype("<u2")


class CompoundPart(NamedTuple):
    """One part [start, end) of a compound, linking element included, and its base form."""

    start: int
    end: int
    base: str


class Table(NamedTuple):
    """A trie of texts, and columns with a row for each text, by its number; shape (texts,)."""

    trie: Any
    columns: dict[str, np.ndarray[Any, Any]]

    @classmethod
    def open(cls, folder: Path, name: str) -> Table:
        """Map the files that `save` wrote. Raises OSError or ValueError."""
        trie = marisa_trie.Trie().mmap(str(folder / f"{name}.trie"))
        columns = {
            column: np.load(folder / f"{name}.{column}.npy", mmap_mode="r")
            for column in _COLUMNS[name]
        }
        return cls(trie, columns)

    def save(self, folder: Path, name: str) -> None:
        """Write the files of a table, replacing earlier ones. Raises OSError."""
        # Not the trie's own save(), which raises RuntimeError when the disk is full.
        _replace(folder / f"{name}.trie", self.trie.tobytes())
        for column in _COLUMNS[name]:
            file = io.BytesIO()
            np.save(file, self.columns[column])
            _replace(folder / f"{name}.{column}.npy", file.getvalue())

    def numbers(self, texts: Collection[str]) -> np.ndarray[Any, np.dtype[np.uint32]]:
        """The number of each text, shape (texts,). Raises KeyError if the trie lacks one."""
        return np.fromiter(map(self.trie.key_id, texts), dtype=np.uint32, count=len(texts))


class Endings:
    """How the end of a form is replaced to make another form of it.

    `gegangen` becomes `gehen`, and `ausgegangen` becomes `ausgehen`, by the same ending: drop six
    characters, add "hen". Each ending has a number; 0 changes nothing.
    """

    def __init__(self) -> None:
        self._endings = [(0, "")]
        self._numbers: dict[tuple[int, str], int] = {(0, ""): 0}

    @classmethod
    def open(cls, folder: Path) -> Endings:
        """Read the file that `save` wrote. Raises OSError or ValueError."""
        endings = cls()
        for line in (folder / ENDINGS).read_text(encoding="utf-8").splitlines()[1:]:
            dropped, _, added = line.partition(" ")
            endings._endings.append((int(dropped), added))
        endings._numbers = {each: number for number, each in enumerate(endings._endings)}
        return endings

    def save(self, folder: Path) -> None:
        """Write all endings, one a line. Raises OSError."""
        lines = "".join(f"{dropped} {added}\n" for dropped, added in self._endings)
        _replace(folder / ENDINGS, lines.encode())

    def number(self, form: str, other: str) -> int:
        """The number of the ending that turns `form` into `other`.

        Raises ValueError if there are more endings than a column can hold.
        """
        if form == other:
            return 0
        kept = 0
        for character, other_character in zip(form, other, strict=False):
            if character != other_character:
                break
            kept += 1
        ending = (len(form) - kept, other[kept:])
        number = self._numbers.get(ending)
        if number is None:
            number = self._numbers[ending] = len(self._endings)
            if number >= NO_LEMMA:
                raise ValueError(f"the lexicon has more than {NO_LEMMA} endings, as at {form!r}")
            self._endings.append(ending)
        return number

    def apply(self, form: str, number: int) -> str:
        """The form with the ending of this number."""
        if not number:
            return form
        dropped, added = self._endings[number]
        return form[: len(form) - dropped] + added


class MappedPieces:
    """The learned pieces; fulfils `searchapp.german.compounds.Pieces`."""

    def __init__(self, modifiers: Table, heads: Table) -> None:
        """modifiers, heads: tables with costs and bases; heads are spelt from right to left."""
        self.modifiers = modifiers.trie.iter_prefixes_with_ids
        self.modifier_number = modifiers.trie.get
        self.modifier_costs = _view(modifiers.columns["costs"])
        self.modifier_bases = _view(modifiers.columns["bases"])
        self.cheapest_modifier = int(modifiers.columns["costs"].min(initial=MAX_COST))
        self.heads = heads.trie.iter_prefixes_with_ids
        self.head_costs = _view(heads.columns["costs"])
        self.head_bases = _view(heads.columns["bases"])


def save_whole_words(words: Collection[str], folder: Path) -> None:
    """Write the words that are never split and are not among the forms. Raises OSError."""
    _replace(folder / WHOLE_WORDS, "".join(f"{word}\n" for word in sorted(words)).encode())


def seal(folder: Path) -> None:
    """Write the manifest of a folder: versions, and digests of all its files. Raises OSError."""
    names = sorted(file.name for file in folder.iterdir() if file.name != _MANIFEST)
    manifest = {
        "version": LEXICON_VERSION,
        "simplemma": metadata.version("simplemma"),
        "digests": {name: _digest(folder / name) for name in names},
    }
    manifest["fingerprint"] = _fingerprint(manifest)
    _replace(folder / _MANIFEST, json.dumps(manifest, indent=1).encode())


class Lexicon:
    """Lemmas and compound parts of forms, read from a folder that `learn_lexicon` wrote.

    Forms are normalized words (see `searchapp.german.stems.normalized`). Looking one up takes
    some microseconds; callers remember the answers. Safe for use by several threads. Takes a
    megabyte of memory, for the endings; the other files are mapped.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.exceptions = NO_EXCEPTIONS
        self._forms, columns = Table.open(folder, FORMS)
        self._entries = _view(columns["lemmas"])
        self._pieces = MappedPieces(Table.open(folder, MODIFIERS), Table.open(folder, HEADS))
        self._endings = Endings.open(folder)
        words = (folder / WHOLE_WORDS).read_text(encoding="utf-8").splitlines()
        self._whole_words = frozenset(words)

    @classmethod
    def open(cls, folder: Path) -> Lexicon:
        """Map the files of a lexicon, after comparing them with their digests.

        Raises IndexDamaged if one is missing, altered, or of another version.
        """
        try:
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            fingerprint = manifest.pop("fingerprint")
            if manifest["version"] != LEXICON_VERSION:
                raise ValueError("it was written by another version of the program")
            digests = {name: _digest(folder / name) for name in _FILES | {*manifest["digests"]}}
            if fingerprint != _fingerprint(manifest) or manifest["digests"] != digests:
                raise ValueError("a file does not have the digest that was written")
            return cls(folder, fingerprint)
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

    def look_up(self, form: str) -> tuple[str | None, tuple[CompoundPart, ...]]:
        """The `lemma` and the `parts` of a form, in half the time of two calls."""
        exceptions = self.exceptions
        is_word = form.isalpha()
        number: int | None = self._forms.get(form) if is_word else None
        entry = NO_LEMMA if number is None else self._entries[number]
        parts: tuple[CompoundPart, ...] = ()
        if form in exceptions.splits:
            parts = self._forced_parts(exceptions.splits[form])
        elif is_word and not entry & WHOLE and form not in exceptions.whole:
            # The dictionary marks those of its words that are no compounds.
            cuts = split(form, self._pieces, is_compound=number is not None)
            if cuts and form not in self._whole_words:
                parts = self._parts(form, cuts)
        lemma = exceptions.lemmas.get(form)
        if lemma is None and is_word:
            ending = entry & NO_LEMMA
            if ending != NO_LEMMA:
                lemma = self._endings.apply(form, ending)
            else:
                lemma = self._respelled_lemma(form)
                if lemma is None and parts:
                    lemma = form[: parts[-1].start] + parts[-1].base
        return lemma, parts

    def lemma(self, form: str) -> str | None:
        """The dictionary form of a form, lower-cased; None if it is not known.

        It may equal the form. A compound that is not known as a whole gets the lemma of its last
        part. Old and replaced spellings (`muß`, `groesste`) have the lemma of the usual spelling.
        """
        return self.look_up(form)[0]

    def knows(self, form: str) -> bool:
        """Whether the dictionary, or the owner, has a lemma of this very form."""
        return form in self.exceptions.lemmas or self._known_lemma(form) is not None

    def parts(self, form: str) -> tuple[CompoundPart, ...]:
        """The parts of a compound noun, from left to right without gaps; () for other words."""
        return self.look_up(form)[1]

    def lists(self, form: str) -> bool:
        """Whether the dictionary has a form, in its usual spelling or another, or the owner named
        it: not whether it is a compound of known parts.
        """
        exceptions = self.exceptions
        return (
            form in exceptions.splits
            or form in exceptions.whole
            or form in exceptions.lemmas
            or self._known_lemma(form) is not None
            or self._respelled_lemma(form) is not None
        )

    def close(self) -> None:
        """Unmap the files. No method may be called after this."""
        del self._forms, self._entries, self._pieces

    def _known_lemma(self, form: str) -> str | None:
        number = self._forms.get(form)
        if number is None:
            return None
        ending = self._entries[number] & NO_LEMMA
        return None if ending == NO_LEMMA else self._endings.apply(form, ending)

    def _respelled_lemma(self, form: str) -> str | None:
        """The lemma of the form with the umlauts and "ß" that it may have replaced."""
        umlauts = form.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü")
        lemma = self._known_lemma(umlauts) if umlauts != form else None
        if lemma is None and "ss" in form:
            lemma = self._known_lemma(umlauts.replace("ss", "ß"))
        if lemma is None and "ß" in form:
            lemma = self._known_lemma(form.replace("ß", "ss"))
        return lemma

    def _parts(self, form: str, cuts: Sequence[Cut]) -> tuple[CompoundPart, ...]:
        pieces, with_ending = self._pieces, self._endings.apply
        last = len(cuts) - 1
        parts = []
        for index, (start, end, piece) in enumerate(cuts):
            ending = pieces.head_bases[piece] if index == last else pieces.modifier_bases[piece]
            # Half the time of CompoundPart(...), which goes through Python code.
            part = (start, end, with_ending(form[start:end], ending))
            parts.append(tuple.__new__(CompoundPart, part))
        return tuple(parts)

    def _forced_parts(self, forced: tuple[ForcedPart, ...]) -> tuple[CompoundPart, ...]:
        parts: list[CompoundPart] = []
        start = 0
        for text, base in forced:
            end = start + len(text)
            parts.append(CompoundPart(start, end, base or self._looked_up_base(text)))
            start = end
        return tuple(parts)

    def _looked_up_base(self, text: str) -> str:
        """The base form of a part for which the owner gave none."""
        known = self._known_lemma(text)
        if known is None:
            # Each head is a modifier, too.
            piece = self._pieces.modifier_number(text)
            known = text
            if piece is not None:
                known = self._endings.apply(text, self._pieces.modifier_bases[piece])
        return known


def _replace(path: Path, content: bytes) -> None:
    # A new file: processes that have mapped the old one keep it.
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _view(column: np.ndarray[Any, Any]) -> Any:
    """A column whose items are read as Python numbers, which is faster than from an array."""
    return memoryview(column)  # type: ignore[arg-type]  # numpy's stubs miss it before 3.12


def _fingerprint(manifest: Mapping[str, object]) -> str:
    content = json.dumps(manifest, sort_keys=True).encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]

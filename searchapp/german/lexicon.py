"""The lexicon of a generation: lemmas and compound parts, learned once, mapped by all readers.

`searchapp.german.learning` writes a folder of a few megabytes:

- `forms.trie`, `forms.npy`: each known form, with the number of its lemma's form and whether
  it must stay whole. Forms are kept in a MARISA trie, which is mapped, needs three bytes a
  form, and finds all pieces at the start of a text in one call.
- `modifiers.trie`, `modifiers.npy`: what stands before another part of a compound, with its
  cost and the number of its base form. `heads.trie`, `heads.npy`: the same of what stands last,
  spelt from right to left, so that all heads at the end of a word are found in one call, too.
- `lexicon.json`: versions and digests of these files.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import marisa_trie  # type: ignore[import-not-found]  # a compiled module without stubs
import numpy as np

from searchapp.errors import IndexDamaged
from searchapp.german.compounds import Cut, split
from searchapp.german.exceptions import NO_EXCEPTIONS, Exceptions, ForcedPart

LEXICON_VERSION = 2
"""To be raised with every change of what is learned or of how it is written."""

FORMS, MODIFIERS, HEADS = "forms", "modifiers", "heads"
_FILES = tuple(f"{name}.{kind}" for name in (FORMS, MODIFIERS, HEADS) for kind in ("trie", "npy"))
_MANIFEST = "lexicon.json"

WHOLE = 1 << 31
"""In forms.npy: this form is never split."""
NO_LEMMA = WHOLE - 1
"""In forms.npy: the lemma of this form is not known."""
FORM_TYPE = np.dtype("<u4")
PIECE_TYPE = np.dtype([("cost", "<f4"), ("base", "<u4")])

MAX_REMEMBERED_BASES = 20_000
"""Base forms of pieces that are kept in memory, about 3 MB of them."""


class CompoundPart(NamedTuple):
    """One part [start, end) of a compound, linking element included, and its base form."""

    start: int
    end: int
    base: str


class Table(NamedTuple):
    """Texts, and a row about each by its number in the trie; shape (texts,)."""

    trie: Any
    rows: np.ndarray[Any, Any]

    @classmethod
    def open(cls, folder: Path, name: str) -> Table:
        """Map what `save` wrote. Raises OSError or ValueError."""
        trie = marisa_trie.Trie().mmap(str(folder / f"{name}.trie"))
        return cls(trie, np.load(folder / f"{name}.npy", mmap_mode="r"))

    def save(self, folder: Path, name: str) -> None:
        """Write the files of a table. Raises OSError."""
        # Not the trie's own save(), which tells a full disk as a RuntimeError.
        (folder / f"{name}.trie").write_bytes(self.trie.tobytes())
        np.save(folder / f"{name}.npy", self.rows)


class MappedPieces:
    """The learned pieces; fulfils `searchapp.german.compounds.Pieces`."""

    def __init__(self, modifiers: Table, heads: Table) -> None:
        """Both of PIECE_TYPE; the texts of heads are spelt from right to left."""
        self.modifiers = modifiers.trie.iter_prefixes_with_ids
        self.modifier_number = modifiers.trie.get
        self.modifier_costs = _view(modifiers.rows["cost"])
        self.modifier_bases = _view(modifiers.rows["base"])
        self.cheapest_modifier = float(modifiers.rows["cost"].min(initial=math.inf))
        self.heads = heads.trie.iter_prefixes_with_ids
        self.head_costs = _view(heads.rows["cost"])
        self.head_bases = _view(heads.rows["base"])


def seal(folder: Path) -> None:
    """Write versions and digests of the tables in a folder beside them. Raises OSError."""
    manifest = {
        "version": LEXICON_VERSION,
        "simplemma": metadata.version("simplemma"),
        "digests": {name: _digest(folder / name) for name in _FILES},
    }
    manifest["fingerprint"] = _fingerprint(manifest)
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


class Lexicon:
    """Lemmas and compound parts of forms, read from a folder that `learn_lexicon` wrote.

    Forms are normalized words (see `searchapp.german.stems.normalized`). Looking one up takes
    some microseconds; callers remember answers themselves. Safe for use by several threads.
    Keeps little of its own memory: the files are mapped.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.exceptions = NO_EXCEPTIONS
        self._forms, entries = Table.open(folder, FORMS)
        self._entries = _view(entries)
        self._pieces = MappedPieces(Table.open(folder, MODIFIERS), Table.open(folder, HEADS))
        self._bases: dict[int, str] = {}

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
            digests = {name: _digest(folder / name) for name in _FILES}
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
        """What `lemma` and `parts` say of a form, in half the time of asking both."""
        exceptions = self.exceptions
        is_word = form.isalpha()
        number: int | None = self._forms.get(form) if is_word else None
        entry = NO_LEMMA if number is None else self._entries[number]
        parts: tuple[CompoundPart, ...] = ()
        if form in exceptions.splits:
            parts = self._forced_parts(exceptions.splits[form])
        elif is_word and not entry & WHOLE and form not in exceptions.whole:
            cuts = split(form, self._pieces)
            if cuts:
                parts = self._parts(cuts)
        lemma = exceptions.lemmas.get(form)
        if lemma is None and is_word:
            lemma_number = entry & NO_LEMMA
            if lemma_number == number:
                lemma = form
            elif lemma_number != NO_LEMMA:
                lemma = self._forms.restore_key(lemma_number)
            else:
                lemma = self._respelled_lemma(form)
                if lemma is None and parts:
                    lemma = form[: parts[-1].start] + parts[-1].base
        return lemma, parts

    def lemma(self, form: str) -> str | None:
        """The dictionary form of a form, lower-cased; None where it is not known.

        It may equal the form. The lemma of a compound that is not known as a whole is made of
        its last part's. Old and replaced spellings (`muß`, `groesste`) have the lemma of the
        usual one.
        """
        return self.look_up(form)[0]

    def parts(self, form: str) -> tuple[CompoundPart, ...]:
        """The parts of a compound noun, from left to right without gaps; () for other words."""
        return self.look_up(form)[1]

    def close(self) -> None:
        """Let go of the mapped files. No method may be called after this."""
        del self._forms, self._entries, self._pieces

    def _known_lemma(self, form: str) -> str | None:
        number = self._forms.get(form)
        if number is None:
            return None
        lemma_number = self._entries[number] & NO_LEMMA
        if lemma_number == NO_LEMMA:
            return None
        lemma: str = self._forms.restore_key(lemma_number)
        return lemma

    def _respelled_lemma(self, form: str) -> str | None:
        """The lemma of the form with the umlauts and "ß" that it may have replaced."""
        umlauts = form.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü")
        lemma = self._known_lemma(umlauts) if umlauts != form else None
        if lemma is None and "ss" in form:
            lemma = self._known_lemma(umlauts.replace("ss", "ß"))
        if lemma is None and "ß" in form:
            lemma = self._known_lemma(form.replace("ß", "ss"))
        return lemma

    def _parts(self, cuts: Sequence[Cut]) -> tuple[CompoundPart, ...]:
        bases, pieces = self._bases, self._pieces
        last = len(cuts) - 1
        parts = []
        for index, (start, end, piece) in enumerate(cuts):
            number = pieces.head_bases[piece] if index == last else pieces.modifier_bases[piece]
            # Half the time of CompoundPart(...), which goes through Python code.
            part = (start, end, bases.get(number) or self._base(number))
            parts.append(tuple.__new__(CompoundPart, part))
        return tuple(parts)

    def _base(self, number: int) -> str:
        base: str = self._forms.restore_key(number)
        if len(self._bases) >= MAX_REMEMBERED_BASES:
            self._bases.clear()
        self._bases[number] = base
        return base

    def _forced_parts(self, forced: tuple[ForcedPart, ...]) -> tuple[CompoundPart, ...]:
        parts: list[CompoundPart] = []
        start = 0
        for text, base in forced:
            end = start + len(text)
            parts.append(CompoundPart(start, end, base or self._looked_up_base(text)))
            start = end
        return tuple(parts)

    def _looked_up_base(self, text: str) -> str:
        """The base form of a part that the owner gave as it stands in the word."""
        known = self._known_lemma(text)
        if known is None:
            # Each head is a modifier, too.
            piece = self._pieces.modifier_number(text)
            known = text if piece is None else self._base(self._pieces.modifier_bases[piece])
        return known


def _view(column: np.ndarray[Any, Any]) -> Any:
    """A column whose items are read as Python numbers, and faster than from an array."""
    return memoryview(column)  # type: ignore[arg-type]  # numpy's stubs miss it before 3.12


def _fingerprint(manifest: Mapping[str, object]) -> str:
    content = json.dumps(manifest, sort_keys=True).encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]

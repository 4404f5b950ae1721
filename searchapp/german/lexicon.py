"""The lexicon of a generation: lemmas and compound parts, in files that all processes map.

The package brings that of the dictionary, in a folder of eight megabytes which
`searchapp.german.lexicon_builder` writes. A generation holds only the files in which
`searchapp.german.corpus_lexicon` has put something else, often none; the others are the package's.

- `forms.trie`, `forms.lemmas.npy`: each known form, with the number of the ending that turns it
  into its lemma, whether it has another reading with a capital, and whether it must stay whole.
  Forms are kept in a MARISA trie, which is mapped, needs three bytes a form, and finds all pieces
  at the start of a text in one call.
- `capitals.forms.npy`, `capitals.lemmas.npy`: the forms that are a noun and something else, by
  number, with the number of the ending that turns each into the noun.
- `modifiers.trie`, `modifiers.costs.npy`, `modifiers.bases.npy`: each modifier (a piece before
  another part of a compound), its cost, and the number of the ending that turns it into its base
  form. `heads.*`: the same for heads (last parts), which are spelt from right to left, so that all
  heads at the end of a word are found in one call, too.
- `endings.txt`: the endings. Most of the million forms share a few hundred; there are ten thousand.
  An ending says, too, whether what it makes is a noun: lemmas are written as in the dictionary.
- `whole.txt`: words of the corpus that are not among the forms and are never split.
- `lexicon.json`: versions, digests of the files in this folder, and the fingerprint of the lexicon
  that the others are from.
"""

from __future__ import annotations

import copy
import filecmp
import hashlib
import io
import json
import sys
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import marisa_trie  # type: ignore[import-not-found]  # a compiled module without stubs
import numpy as np

from searchapp.errors import IndexDamaged, not_read
from searchapp.german.compounds import MAX_COST, Cut, split
from searchapp.german.exceptions import NO_EXCEPTIONS, Exceptions, ForcedPart
from searchapp.german.forms import with_capital
from searchapp.german.lemmas import UNKNOWN, Readings
from searchapp.german.spellings import usual_spelling
from searchapp.translation import N_

LEXICON_VERSION = 18
"""Raise it with every change of what is learned or of how it is written."""

DICTIONARY = Path(__file__).with_name("dictionary")
"""The folder of the dictionary's lexicon in the package."""

FORMS, MODIFIERS, HEADS = "forms", "modifiers", "heads"
CAPITALS = "capitals.forms.npy", "capitals.lemmas.npy"
_COLUMNS = {FORMS: ("lemmas",), MODIFIERS: ("costs", "bases"), HEADS: ("costs", "bases")}
ENDINGS = "endings.txt"
WHOLE_WORDS = "whole.txt"
_FILES = frozenset(
    {ENDINGS, WHOLE_WORDS, *CAPITALS}
    | {f"{name}.trie" for name in _COLUMNS}
    | {f"{name}.{column}.npy" for name, columns in _COLUMNS.items() for column in columns}
)
_MANIFEST = "lexicon.json"
_REMEDY = N_("build the index anew with: searchapp rebuild")
_DICTIONARY_REMEDY = N_("install searchapp again")

WHOLE = 1 << 15
"""Bit in the column of lemmas: this form is never split."""
TWO_READINGS = 1 << 14
"""Bit in the column of lemmas: with a capital, this form belongs to another word."""
NO_LEMMA = TWO_READINGS - 1
"""Value in the column of lemmas: the lemma of this form is not known."""
LEMMA_TYPE = BASE_TYPE = np.dtype("<u2")
NUMBER_TYPE = np.dtype("<u4")

Files = Mapping[str, Path]
"""Where each file of a lexicon is, by its name."""


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
    def open(cls, files: Files, name: str) -> Table:
        """Map the files that `save` wrote. Raises OSError or ValueError."""
        trie = _mapped_trie(files[f"{name}.trie"])
        columns = {
            column: np.load(files[f"{name}.{column}.npy"], mmap_mode="r")
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


def _mapped_trie(path: Path) -> Any:
    """A trie in a mapped file. Raises OSError, MemoryError, and ValueError for another content."""
    try:
        str(path).encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        # The library encodes paths itself, and not those that are no text of the system's encoding.
        with path.open("rb") as file:
            return _mapped(f"/dev/fd/{file.fileno()}")
    return _mapped(str(path))


def _mapped(path: str) -> Any:
    try:
        return marisa_trie.Trie().mmap(path)
    except RuntimeError as error:
        Path(path).open("rb").close()  # It raises what the system says of the file.
        # The library says of all that went wrong only where in its code it was noticed.
        if "MAP_FAILED" in str(error):
            raise MemoryError from error
        raise ValueError(str(error)) from error


class Endings:
    """How the end of a form is replaced to make another form of it.

    `gegangen` becomes `gehen`, and `ausgegangen` becomes `ausgehen`, by the same ending: drop six
    characters, add "hen". What is made of a noun begins with a capital: `häuser` becomes `Haus`.
    Each ending has a number; 0 changes nothing.
    """

    def __init__(self) -> None:
        self._endings = [(0, "", False)]
        self._numbers: dict[tuple[int, str, bool], int] = {(0, "", False): 0}

    @classmethod
    def open(cls, files: Files) -> Endings:
        """Read the file that `save` wrote. Raises OSError or ValueError."""
        endings = cls()
        for line in files[ENDINGS].read_text(encoding="utf-8").splitlines()[1:]:
            dropped, _, added = line.partition(" ")
            is_noun = dropped.endswith(_NOUN)
            endings._endings.append((int(dropped.removesuffix(_NOUN)), added, is_noun))
        endings._numbers = {each: number for number, each in enumerate(endings._endings)}
        return endings

    def save(self, folder: Path) -> None:
        """Write all endings, one a line. Raises OSError."""
        lines = "".join(
            f"{dropped}{_NOUN * is_noun} {added}\n" for dropped, added, is_noun in self._endings
        )
        _replace(folder / ENDINGS, lines.encode())

    def number(self, form: str, other: str) -> int:
        """The number of the ending that turns `form` into `other`.

        form: in lower case. other: so, too, but for the first letter.
        Raises ValueError if there are more endings than a column can hold.
        """
        if form == other:
            return 0
        is_noun = other[:1].isupper()
        other = other.lower()
        kept = 0
        for character, other_character in zip(form, other, strict=False):
            if character != other_character:
                break
            kept += 1
        ending = (len(form) - kept, other[kept:], is_noun)
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
        dropped, added, is_noun = self._endings[number]
        other = form[: len(form) - dropped] + added
        return with_capital(other) if is_noun else other


_NOUN = "N"


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


def save_capitals(rows: Sequence[tuple[int, int]], folder: Path) -> None:
    """Write the forms with two readings: the number of each, and of its ending as a noun.

    Raises OSError.
    """
    table = np.array(sorted(rows), np.int64).reshape(-1, 2)
    forms_file, lemmas_file = CAPITALS
    np.save(folder / forms_file, table[:, 0].astype(NUMBER_TYPE))
    np.save(folder / lemmas_file, table[:, 1].astype(LEMMA_TYPE))


def files_in(folder: Path) -> Files:
    """The files of a lexicon that are all in one folder."""
    return {name: folder / name for name in _FILES}


def seal(folder: Path, base: Path | None = None) -> None:
    """Write the manifest of a folder: versions, and digests of all its files. Raises OSError.

    base: the folder of the lexicon that this one was made of, whose files need not be in this
    folder; those that are equal are deleted.
    """
    manifest: dict[str, object] = {"version": LEXICON_VERSION}
    if base is not None:
        for name, path in files_in(base).items():
            own = folder / name
            if own.exists() and filecmp.cmp(own, path, shallow=False):
                own.unlink()
        manifest["base"] = fingerprint_of(base)
    names = sorted(name for name in _FILES if (folder / name).exists())
    manifest["digests"] = {name: _digest(folder / name) for name in names}
    manifest["fingerprint"] = _fingerprint(manifest)
    _replace(folder / _MANIFEST, json.dumps(manifest, indent=1).encode() + b"\n")


def use_dictionary(folder: Path) -> None:
    """Write a lexicon that is the dictionary's alone. folder: is made. Raises OSError."""
    folder.mkdir(parents=True)
    seal(folder, DICTIONARY)


def fingerprint_of(folder: Path) -> str:
    """What differs for lexicons that differ, of the lexicon in a folder. Raises OSError.

    It is read each time: the package may be replaced while a server runs.
    """
    return str(json.loads((folder / _MANIFEST).read_bytes())["fingerprint"])


class Lexicon:
    """Lemmas and compound parts of forms, read from a folder that `learn_lexicon` wrote.

    Forms are normalized words (see `searchapp.german.stems.normalized`). Looking one up takes
    some microseconds; callers remember the answers. Safe for use by several threads. Takes a
    megabyte of memory, for the endings; the other files are mapped.
    """

    def __init__(self, files: Files, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.exceptions = NO_EXCEPTIONS
        self._forms, columns = Table.open(files, FORMS)
        self._entries = _view(columns["lemmas"])
        forms, lemmas = (np.load(files[name], mmap_mode="r") for name in CAPITALS)
        self._capital_forms, self._capital_lemmas = _view(forms), _view(lemmas)
        self._pieces = MappedPieces(Table.open(files, MODIFIERS), Table.open(files, HEADS))
        self._endings = Endings.open(files)
        words = files[WHOLE_WORDS].read_text(encoding="utf-8").splitlines()
        self._whole_words = frozenset(words)

    @classmethod
    def open(cls, folder: Path, base: Path = DICTIONARY) -> Lexicon:
        """Map the files of a lexicon, after comparing those in its folder with their digests.

        base: the folder of the lexicon that it was made of, if it was made of another.
        Raises IndexUnreadable, and IndexDamaged if a file is missing, altered, or of another
        version.
        """
        remedy = _DICTIONARY_REMEDY if folder == DICTIONARY else _REMEDY
        try:
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            fingerprint = manifest.pop("fingerprint")
            if manifest["version"] != LEXICON_VERSION:
                raise ValueError("it was written by another version of the program")
            is_whole = "base" not in manifest
            if not is_whole and manifest["base"] != fingerprint_of(base):
                raise ValueError("it was made of another dictionary")
            own = set(manifest["digests"]) | (_FILES if is_whole else set())
            digests = {name: _digest(folder / name) for name in own}
            if fingerprint != _fingerprint(manifest) or manifest["digests"] != digests:
                raise ValueError("a file does not have the digest that was written")
            files = {name: (folder if name in own else base) / name for name in _FILES}
            return cls(files, fingerprint)
        except (OSError, MemoryError) as error:
            raise not_read(error, N_("the lexicon"), where=folder, remedy=remedy) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamaged(
                N_("the lexicon cannot be read (%(error)s)", error=error),
                where=str(folder),
                remedy=remedy,
            ) from error

    def with_exceptions(self, exceptions: Exceptions) -> Lexicon:
        """The same lexicon under other exceptions."""
        other = copy.copy(self)
        other.exceptions = exceptions
        return other

    def look_up(
        self, form: str, usual: str | None = None
    ) -> tuple[Readings, tuple[CompoundPart, ...]]:
        """The `readings` and the `parts` of a form, in half the time of two calls.

        usual: its usual spelling, if that is known.
        """
        exceptions = self.exceptions
        typed, form = form, usual_spelling(form) if usual is None else usual
        is_word = form.isalpha()
        number: int | None = self._forms.get(form) if is_word else None
        entry = NO_LEMMA if number is None else self._entries[number]
        parts: tuple[CompoundPart, ...] = ()
        if typed in exceptions.splits:
            parts = self._forced_parts(exceptions.splits[typed])
        elif is_word and not entry & WHOLE and typed not in exceptions.whole:
            # The dictionary marks those of its words that are no compounds.
            cuts = split(form, self._pieces, is_compound=number is not None)
            if cuts and form not in self._whole_words:
                parts = self._parts(form, cuts)
        is_forced = typed in exceptions.splits
        placed = parts if is_forced or form == typed else _placed(parts, form, typed)
        if typed in exceptions.lemmas:
            return self._forced_readings(exceptions.lemmas[typed]), placed
        readings = self._numbered_readings(form, number) if number is not None else UNKNOWN
        if readings is UNKNOWN and is_word:
            readings = self._respelled_readings(form)
            if readings is UNKNOWN and parts:
                last = parts[-1]
                lemma = (typed if is_forced else form)[: last.start] + last.base.lower()
                readings = _single(with_capital(lemma) if last.base[:1].isupper() else lemma)
            if readings is UNKNOWN and form.endswith("s"):
                readings = self._readings_of_genitive(form)
        return readings, placed

    def readings(self, form: str) -> Readings:
        """The lemmas of a form; UNKNOWN if it has none.

        A compound that is not known as a whole gets the lemma of its last part, a genitive that
        of the name. Old and replaced spellings (`muß`, `groesste`) have the lemma of the usual one.
        """
        usual = usual_spelling(form)
        if usual.isalpha() and form not in self.exceptions.lemmas:
            # Most words are known: to look for parts would take three times as long.
            readings = self._known_readings(usual)
            if readings is UNKNOWN:
                readings = self._respelled_readings(usual)
            if readings is not UNKNOWN:
                return readings
        return self.look_up(form)[0]

    def lemma(self, form: str) -> str | None:
        """The lemma of a form in lower case, if the dictionary or the owner has it.

        Takes a third of the time of `readings`, which also looks for compounds.
        """
        forced = self.exceptions.lemmas.get(form)
        if forced is not None:
            return forced
        readings = self._known_readings(form)
        return (self._respelled_readings(form) if readings is UNKNOWN else readings).small

    def knows(self, form: str) -> bool:
        """Whether the dictionary, or the owner, has a lemma of this very form."""
        usual = usual_spelling(form)
        return form in self.exceptions.lemmas or self._known_readings(usual) is not UNKNOWN

    def parts(self, form: str) -> tuple[CompoundPart, ...]:
        """The parts of a compound noun, from left to right without gaps; () for other words."""
        return self.look_up(form)[1]

    def lists(self, form: str) -> bool:
        """Whether the dictionary has a form, in its usual spelling or another, or the owner named
        it: not whether it is a compound of known parts.
        """
        exceptions = self.exceptions
        usual = usual_spelling(form)
        return (
            form in exceptions.splits
            or form in exceptions.whole
            or form in exceptions.lemmas
            or self._known_readings(usual) is not UNKNOWN
            or self._respelled_readings(usual) is not UNKNOWN
        )

    def is_lemma(self, key: str) -> bool:
        """Whether the dictionary has a word that is written like this in its dictionary form."""
        return key in self._known_readings(key.lower())

    def close(self) -> None:
        """Unmap the files. No method may be called after this."""
        del self._forms, self._entries, self._pieces, self._capital_forms, self._capital_lemmas

    def _known_readings(self, form: str) -> Readings:
        number = self._forms.get(form)
        return UNKNOWN if number is None else self._numbered_readings(form, number)

    def _numbered_readings(self, form: str, number: int) -> Readings:
        entry = self._entries[number]
        ending = entry & NO_LEMMA
        if ending == NO_LEMMA:
            return UNKNOWN
        lemma = self._endings.apply(form, ending)
        if not entry & TWO_READINGS:
            return _single(lemma)
        place = bisect_left(self._capital_forms, number)
        return Readings(lemma, self._endings.apply(form, self._capital_lemmas[place]))

    def _respelled_readings(self, form: str) -> Readings:
        """The readings of the form with the umlauts and "ß" that it may have replaced."""
        umlauts = form.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü")
        readings = self._known_readings(usual_spelling(umlauts)) if umlauts != form else UNKNOWN
        if readings is UNKNOWN and "ss" in form:
            readings = self._known_readings(umlauts.replace("ss", "ß"))
        if readings is UNKNOWN and "ß" in form:
            readings = self._known_readings(form.replace("ß", "ss"))
        return readings

    def _readings_of_genitive(self, form: str) -> Readings:
        """`Selenskyjs`, if the dictionary knows the name; no other ending is as safe."""
        name = self._known_readings(form[:-1]).capital
        is_name = name is not None and name[0].isupper() and name.lower() == form[:-1]
        return _single(name) if name is not None and is_name else UNKNOWN

    def _forced_readings(self, lemma: str) -> Readings:
        known = self._known_readings(usual_spelling(lemma))
        return _single(lemma) if known is UNKNOWN else known

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
            parts.append(CompoundPart(start, end, self._looked_up_base(base or text)))
            start = end
        return tuple(parts)

    def _looked_up_base(self, text: str) -> str:
        """The base form of a part for which the owner gave none."""
        text = usual_spelling(text)
        known = self._known_readings(text).capital
        if known is None:
            # Each head is a modifier, too.
            piece = self._pieces.modifier_number(text)
            known = text
            if piece is not None:
                known = self._endings.apply(text, self._pieces.modifier_bases[piece])
        return known


def _placed(parts: tuple[CompoundPart, ...], usual: str, typed: str) -> tuple[CompoundPart, ...]:
    """The parts of a word in its usual spelling, at their places in the word as it was typed.

    A border in what the spellings have in common is there in both; one between is moved into the
    letters in which they differ.
    """
    if len(usual) == len(typed) or not parts:
        return parts
    start = _common_start(usual, typed)
    shorter = min(len(usual), len(typed))
    end = min(_common_start(usual[::-1], typed[::-1]), shorter - start)

    def place(border: int) -> int:
        if border <= start:
            return border
        return max(start, len(typed) - min(len(usual) - border, end))

    return tuple([CompoundPart(place(part.start), place(part.end), part.base) for part in parts])


def _common_start(one: str, other: str) -> int:
    """The number of characters at the start that are the same."""
    pairs = zip(one, other, strict=False)
    differing = (index for index, (left, right) in enumerate(pairs) if left != right)
    return next(differing, min(len(one), len(other)))


def _single(lemma: str) -> Readings:
    # A third of the time of Readings(...), which goes through Python code.
    return tuple.__new__(Readings, (lemma, lemma))


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

"""Runs of texts with their tokens, and the forms of these, in a file that processes map.

What a run is, `searchapp.german.token_arrays` says: to tokenize it, and to look its words up in the
lexicon, takes some twenty microseconds, to find it here takes two. A table holds whatever one
lexicon says under one set of rules, which its fingerprint names; it is only ever a shortcut, and a
file that is damaged or of something else is as good as none.

A file is a line of JSON (version, fingerprint, digest, and the length of each column), filled up to
a multiple of 8 bytes, and the columns one after the other, each filled up likewise. Runs are sorted
by a hash of their text in UTF-8, forms and stems by nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.german.known_forms import NO_FORM, FormColumns, Int32Array, KnownForms

MAX_RUN_CHARS = 48
"""Longer runs are in no table: they are addresses, chains and noise that hardly recur."""

MAX_RUNS = 1_000_000
"""Of a table that is joined of others: about 60 MB. An encyclopedia of 100 MB has 760,000."""

_VERSION = 2
_MAX_HEADER_BYTES = 10_000

_COLUMNS: Mapping[str, str] = {
    # Of each run:
    "hashes": "<u8",
    "run_bounds": "<u4",  # in run_text; one more than there are runs
    "run_text": "u1",
    "token_bounds": "<u4",  # one more than there are runs
    "position_counts": "u1",
    "links": "u1",  # two for each run, see `_RunMemory.links`
    # Of each token, the tokens of a run together:
    "forms": "<u4",
    "starts": "u1",
    "ends": "u1",
    "steps": "u1",
    # Of each form:
    "form_bounds": "<u4",
    "form_text": "u1",
    "stems": "<u4",
    "small_forms": "<i4",
    "part_bounds": "<u4",
    "parts": "<u4",
    # Of each stem:
    "stem_bounds": "<u4",
    "stem_text": "u1",
}

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Columns = dict[str, Array]


class RunColumns(NamedTuple):
    """Runs and their tokens in arrays, as `_RunMemory` has them.

    token_counts, position_counts: shape (runs,). links: shape (runs, 2).
    tokens: form, start, end and step of each, shape (tokens, 4).
    """

    token_counts: Int32Array
    position_counts: Int32Array
    links: npt.NDArray[np.int8]
    tokens: Int32Array

    @classmethod
    def together(cls, some: Sequence[tuple[Ints, RunColumns]]) -> RunColumns:
        """All runs in one order, given the places of some, those of others, and so on."""
        order = np.argsort(np.concatenate([places for places, _ in some]), kind="stable")
        counts, position_counts, links, tokens = (
            np.concatenate(each) for each in zip(*(columns for _, columns in some), strict=True)
        )
        taken, token_places = _taken(_bounds(counts), order)
        return cls(
            taken.astype(np.int32), position_counts[order], links[order], tokens[token_places]
        )


class RunTexts:
    """The texts of runs as they are looked for. None may be empty."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.text, bounds = _joined(texts)
        self.hashes = _hashes(self.text, bounds)
        self.firsts, self.lengths = bounds[:-1], np.diff(bounds)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.hashes)

    def leave_out(self, places: Ints) -> None:
        """Look for some of them no longer."""
        self.hashes, self.firsts, self.lengths = (
            np.delete(each, places) for each in (self.hashes, self.firsts, self.lengths)
        )


class RunTable:
    """A table, and which forms of a KnownForms its own are. Not for several threads at once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.run_count = len(columns["hashes"])
        self.forget()

    @classmethod
    def of(cls, texts: Sequence[str], runs: RunColumns, known: KnownForms) -> RunTable:
        """The table of some different runs of at most MAX_RUN_CHARS."""
        all_forms = known.columns()
        forms = _with_small(runs.tokens[:, 0], all_forms.small_forms)
        counts = all_forms.part_counts[forms]
        parts = all_forms.parts[_ranges(_bounds(all_forms.part_counts)[forms], counts)]
        stems = np.unique(np.concatenate((all_forms.stems[forms], parts)))
        form_text, form_bounds = _joined([known.texts[form] for form in forms.tolist()])
        stem_text, stem_bounds = _joined([known.stems[stem] for stem in stems.tolist()])
        text, bounds = _joined(texts)
        hashes = _hashes(text, bounds)
        order = np.argsort(hashes, kind="stable")
        small = all_forms.small_forms[forms]
        columns = {
            "hashes": hashes,
            "run_text": text,
            "run_bounds": bounds,
            "token_bounds": _bounds(runs.token_counts),
            "position_counts": runs.position_counts,
            "links": runs.links,
            "forms": np.searchsorted(forms, runs.tokens[:, 0]),
            "starts": runs.tokens[:, 1],
            "ends": runs.tokens[:, 2],
            "steps": runs.tokens[:, 3],
            "form_text": form_text,
            "form_bounds": form_bounds,
            "stems": np.searchsorted(stems, all_forms.stems[forms]),
            "small_forms": np.where(small == NO_FORM, NO_FORM, np.searchsorted(forms, small)),
            "part_bounds": _bounds(counts),
            "parts": np.searchsorted(stems, parts),
            "stem_text": stem_text,
            "stem_bounds": stem_bounds,
        }
        return cls(_of_runs(_typed(columns), order))

    @classmethod
    def open(cls, path: Path, fingerprint: str) -> RunTable | None:
        """Map the file that `save` wrote; None if there is none, or not a sound one of this kind.

        Raises MemoryError.
        """
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(_mapped(path, fingerprint))
        return None

    def save(self, path: Path, fingerprint: str) -> None:
        """Write the table to a file, in one step. Raises OSError."""
        content = bytearray()
        for column in self._columns.values():
            content += column.tobytes()
            content += bytes(-len(content) % 8)
        sizes = [column.size for column in self._columns.values()]
        header = {
            "version": _VERSION,
            "fingerprint": fingerprint,
            "digest": _digest(sizes, content),
            "sizes": sizes,
        }
        line = json.dumps(header).encode() + b"\n"
        draft = path.with_name(f"{path.name}.new")
        try:
            with draft.open("wb") as file:
                file.write(line.rjust(len(line) + -len(line) % 8))
                file.write(content)
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def forget(self) -> None:
        """Forget which forms of a KnownForms its own are."""
        self._numbers = np.full(len(self._columns["stems"]), NO_FORM, np.int32)

    def find(self, sought: RunTexts) -> tuple[Ints, Ints]:
        """Which runs are here: their places among those that are sought, and their rows here."""
        columns = self._columns
        if not self.run_count or not len(sought):
            return _NONE, _NONE
        rows = np.searchsorted(columns["hashes"], sought.hashes)
        rows = np.minimum(rows, self.run_count - 1)
        places = np.flatnonzero(columns["hashes"][rows] == sought.hashes)
        rows = rows[places]
        firsts, ends = columns["run_bounds"][rows].astype(np.int64), columns["run_bounds"][rows + 1]
        own_lengths, lengths = ends - firsts, sought.lengths[places]
        is_as_long = own_lengths == lengths
        places, rows, firsts = places[is_as_long], rows[is_as_long], firsts[is_as_long]
        lengths = lengths[is_as_long]
        if not len(places):
            return _NONE, _NONE
        own = columns["run_text"][_ranges(firsts, lengths)]
        is_equal = own == sought.text[_ranges(sought.firsts[places], lengths)]
        found = np.logical_and.reduceat(is_equal, _bounds(lengths)[:-1])
        return places[found], rows[found]

    def runs(self, rows: Ints, known: KnownForms) -> RunColumns:
        """What is known of some runs. Adds their forms to `known` if they are new there."""
        columns = self._columns
        firsts = columns["token_bounds"][rows].astype(np.int64)
        counts = columns["token_bounds"][rows + 1] - firsts
        places = _ranges(firsts, counts)
        forms = columns["forms"][places]
        self._number(forms, known)
        tokens = (self._numbers[forms], *(columns[name][places] for name in _OF_TOKENS))
        return RunColumns(
            counts.astype(np.int32),
            columns["position_counts"][rows].astype(np.int32),
            columns["links"].reshape(-1, 2)[rows].astype(np.int8),
            np.stack(tokens, axis=1, dtype=np.int32),
        )

    def _number(self, forms: Array, known: KnownForms) -> None:
        """Give these forms, and the same in lower case, the numbers that they have in `known`."""
        columns, numbers = self._columns, self._numbers
        new = _with_small(forms[numbers[forms] == NO_FORM], columns["small_forms"])
        new = new[numbers[new] == NO_FORM]
        texts = _texts(columns["form_text"], columns["form_bounds"], new)
        have = np.fromiter(map(known.number, texts), np.int32, len(texts))
        numbers[new] = have
        lacking = np.flatnonzero(have == NO_FORM)
        if not len(lacking):
            return
        new = new[lacking]
        numbers[new] = np.arange(len(known), len(known) + len(new))
        firsts = columns["part_bounds"][new].astype(np.int64)
        counts = columns["part_bounds"][new + 1] - firsts
        parts, stems = columns["parts"][_ranges(firsts, counts)], columns["stems"][new]
        used = np.unique(np.concatenate((stems, parts)))
        stem_texts = _texts(columns["stem_text"], columns["stem_bounds"], used)
        stem_numbers = np.fromiter(map(known.stem_number, stem_texts), np.int32, len(stem_texts))
        small = columns["small_forms"][new]
        known.add_all(
            [texts[place] for place in lacking.tolist()],
            FormColumns(
                stem_numbers[np.searchsorted(used, stems)],
                np.where(small == NO_FORM, NO_FORM, numbers[small]),
                counts.astype(np.int32),
                stem_numbers[np.searchsorted(used, parts)],
            ),
        )

    @classmethod
    def joined(cls, tables: Sequence[RunTable], *, max_runs: int = MAX_RUNS) -> RunTable:
        """One of all runs of some tables of one fingerprint, the first ones if they are too many.

        Takes a microsecond or two for each run.
        """
        every = [table._columns for table in tables]
        forms = _union(every, "form_text", "form_bounds")
        stems = _union(every, "stem_text", "stem_bounds")
        small = [
            np.where(each["small_forms"] == NO_FORM, NO_FORM, numbers[each["small_forms"]])
            for each, numbers in zip(every, forms.numbers, strict=True)
        ]
        part_counts = np.concatenate([np.diff(each["part_bounds"]) for each in every])
        parts = _translated(every, "parts", stems.numbers)
        columns = {name: np.concatenate([each[name] for each in every]) for name in _PLAIN}
        columns |= {
            "run_bounds": _bounds(np.concatenate([np.diff(each["run_bounds"]) for each in every])),
            "token_bounds": _bounds(
                np.concatenate([np.diff(each["token_bounds"]) for each in every])
            ),
            "forms": _translated(every, "forms", forms.numbers),
            "form_text": forms.text,
            "form_bounds": forms.bounds,
            "stems": _translated(every, "stems", stems.numbers)[forms.firsts],
            "small_forms": np.concatenate(small)[forms.firsts],
            "part_bounds": _bounds(part_counts[forms.firsts]),
            "parts": parts[_ranges(_bounds(part_counts)[forms.firsts], part_counts[forms.firsts])],
            "stem_text": stems.text,
            "stem_bounds": stems.bounds,
        }
        hashes = columns["hashes"]
        order = np.argsort(hashes, kind="stable")
        is_first = np.ones(len(order), dtype=np.bool_)
        is_first[1:] = hashes[order[1:]] != hashes[order[:-1]]
        order = order[is_first]
        if len(order) > max_runs:
            order = order[order <= np.partition(order, max_runs - 1)[max_runs - 1]]
        return cls(_of_runs(_typed(columns), order))


_OF_TOKENS = ("starts", "ends", "steps")
_PLAIN = ("hashes", "run_text", "position_counts", "links", *_OF_TOKENS)
_NONE: Ints = np.empty(0, dtype=np.int64)


def _of_runs(columns: Columns, rows: Ints) -> Columns:
    """The table with these runs only, in this order. Its forms stay, those of others too."""
    run_counts, run_places = _taken(columns["run_bounds"], rows)
    token_counts, token_places = _taken(columns["token_bounds"], rows)
    taken = {
        "hashes": columns["hashes"][rows],
        "run_bounds": _bounds(run_counts),
        "run_text": columns["run_text"][run_places],
        "token_bounds": _bounds(token_counts),
        "position_counts": columns["position_counts"][rows],
        "links": columns["links"].reshape(-1, 2)[rows],
        **{name: columns[name][token_places] for name in ("forms", *_OF_TOKENS)},
    }
    return _typed(columns | taken)


def _taken(bounds: Array, rows: Ints) -> tuple[Ints, Ints]:
    """The lengths of these rows, and the places of all that is in them."""
    firsts = bounds[rows].astype(np.int64)
    counts: Ints = bounds[rows + 1] - firsts
    return counts, _ranges(firsts, counts)


class _Union(NamedTuple):
    """The different texts of some tables. firsts: where each is found first, by the number of the
    text among those of all tables. numbers: for each table, the number of each of its texts."""

    text: Array
    bounds: Ints
    firsts: Ints
    numbers: list[Ints]


def _union(every: Sequence[Columns], text: str, bounds: str) -> _Union:
    known: dict[bytes, int] = {}
    numbers = []
    for each in every:
        content = each[text].tobytes()
        ends = each[bounds].tolist()
        texts = (content[first:end] for first, end in pairwise(ends))
        numbers.append(
            np.fromiter(
                (known.setdefault(each, len(known)) for each in texts), np.int64, len(ends) - 1
            )
        )
    together = np.concatenate(numbers)
    firsts = np.unique(together, return_index=True)[1]
    joined = np.frombuffer(b"".join(known), np.uint8)
    return _Union(joined, _bounds(np.fromiter(map(len, known), np.int64)), firsts, numbers)


def _translated(every: Sequence[Columns], name: str, numbers: Sequence[Ints]) -> Ints:
    """A column of numbers of all tables."""
    found: Ints = np.concatenate(
        [own[each[name]] for each, own in zip(every, numbers, strict=True)]
    )
    return found


def _with_small(forms: Array, small_forms: Array) -> Ints:
    """The different forms, and the same in lower case, ascending."""
    small = small_forms[forms]
    found: Ints = np.unique(np.concatenate((forms, small[small != NO_FORM]))).astype(np.int64)
    return found


def _texts(text: Array, bounds: Array, rows: Ints) -> list[str]:
    """Some texts of a column."""
    content = text.data
    firsts, ends = bounds[rows].tolist(), bounds[rows + 1].tolist()
    return [
        str(content[first:end], "utf-8", "surrogatepass")
        for first, end in zip(firsts, ends, strict=True)
    ]


def _joined(texts: Iterable[str]) -> tuple[Array, Ints]:
    """All texts in UTF-8, and where each begins and ends."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    bounds = _bounds(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    return np.frombuffer(b"".join(encoded), np.uint8), bounds


def _bounds(counts: Array) -> Ints:
    """[0, counts[0], counts[0] + counts[1], ...], shape (len(counts) + 1,)."""
    bounds = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=bounds[1:])
    return bounds


def _ranges(firsts: Array, counts: Array) -> Ints:
    """All numbers from each first one on, so many as its count."""
    ends = np.cumsum(counts, dtype=np.int64)
    places: Ints = np.repeat(firsts - (ends - counts), counts)
    places += np.arange(len(places))
    return places


_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_POWERS = np.cumprod(np.full(4 * MAX_RUN_CHARS, _MULTIPLIER))
"""Numbers of 64 bits: what goes beyond is cut off."""


def _hashes(text: Array, bounds: Ints) -> npt.NDArray[np.uint64]:
    """A hash of each text, none of which is empty. Some may share one."""
    places = np.arange(len(text)) - np.repeat(bounds[:-1], np.diff(bounds))
    values = (text.astype(np.uint64) + np.uint64(1)) * _POWERS[places]
    sums = np.add.reduceat(values, bounds[:-1]) if len(values) else values
    hashes = sums.astype(np.uint64)
    # The sum's low bits are those of few letters.
    hashes ^= hashes >> np.uint64(32)
    hashes *= _MULTIPLIER
    return hashes


def _typed(columns: Mapping[str, Array]) -> Columns:
    """The columns in their order and types."""
    return {
        name: np.ascontiguousarray(columns[name].reshape(-1), dtype=dtype)
        for name, dtype in _COLUMNS.items()
    }


def _digest(sizes: Sequence[int], content: bytes | bytearray | memoryview) -> str:
    """Of the columns and of where each of them ends."""
    digest = hashlib.blake2b(json.dumps(sizes).encode(), digest_size=16)
    digest.update(content)
    return digest.hexdigest()


def _mapped(path: Path, fingerprint: str) -> Columns:
    """The columns of a file. Raises OSError, and ValueError and others for what is not sound."""
    with path.open("rb") as file:
        line = file.readline(_MAX_HEADER_BYTES)
        size = os.fstat(file.fileno()).st_size
        header = json.loads(line)
        if header["version"] != _VERSION or header["fingerprint"] != fingerprint:
            raise ValueError("it is a table of something else")
        content = np.memmap(file, np.uint8, mode="r", offset=0) if size else np.empty(0, np.uint8)
    content = content[len(line) :]
    sizes = header["sizes"]
    if header["digest"] != _digest(sizes, content.data):
        raise ValueError("it is damaged")
    columns: Columns = {}
    first = 0
    for (name, dtype), length in zip(_COLUMNS.items(), sizes, strict=True):
        end = first + length * np.dtype(dtype).itemsize
        columns[name] = content[first:end].view(np.ndarray).view(dtype)
        first = end + -end % 8
    return columns

"""The exact forms of a generation as a sorted table in a file, with stems and frequencies.

Lines of UTF-8 text, mapped into memory and scanned by the regular expression engine: Whoosh's own
term cursor takes seconds over a large vocabulary.
"""

from __future__ import annotations

import mmap
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.vocabulary import (
    MAX_SCANNED,
    VocabularyRow,
    beginnings_of_similar,
    edit_distances,
    glob_pattern,
)
from searchapp.errors import IndexDamaged, not_read
from searchapp.german import Analyzer
from searchapp.german.forms import is_separated, plain_form, readings
from searchapp.translation import N_

_TABLE, _STARTS, _FREQUENCIES, _BY_STEM = (
    "table.tsv",
    "starts.npy",
    "frequencies.npy",
    "by-stem.npy",
)
_MAX_REMEMBERED = 100
"""How many lookups of patterns and similar words are kept."""


_REMEDY = N_("run: searchapp rebuild")


class VocabularyTable:
    """The Vocabulary that `save_vocabulary` wrote into a folder."""

    def __init__(self, folder: Path) -> None:
        """Open what `save_vocabulary` wrote. Raises IndexDamaged."""
        try:
            with (folder / _TABLE).open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            if self._map[-1:] != b"\n":
                raise EOFError("it is cut short")
            self._starts: npt.NDArray[np.int64] = _load(folder / _STARTS)
            self._frequencies: npt.NDArray[np.int64] = _load(folder / _FREQUENCIES)
            self._by_stem: npt.NDArray[np.int64] = _load(folder / _BY_STEM)
        except (OSError, MemoryError) as error:
            raise not_read(error, N_("the vocabulary"), where=folder, remedy=_REMEDY) from error
        except (ValueError, EOFError) as error:
            raise IndexDamaged(
                N_("the vocabulary cannot be read (%(error)s)", error=error),
                where=str(folder),
                remedy=_REMEDY,
            ) from error
        # The pages of one answer, and its articles, ask for the same patterns again.
        self._looked_up: dict[tuple[object, ...], tuple[list[str], bool]] = {}

    def __len__(self) -> int:
        return len(self._starts)

    def row(self, word: str) -> VocabularyRow | None:
        """See `Vocabulary`."""
        if is_separated(word):
            return None
        doc_freq = sum(map(self._frequency, readings(word)))
        return VocabularyRow(word, doc_freq) if doc_freq else None

    def _frequency(self, form: str) -> int:
        wanted = form.encode("utf-8")
        place = self._bisect(wanted, lambda i: self._column(i, 0))
        is_held = place < len(self) and self._column(place, 0) == wanted
        return int(self._frequencies[place]) if is_held else 0

    def rows(self) -> Iterator[tuple[bytes, int]]:
        """All forms in UTF-8, as the index tells them apart, in order; with their frequencies."""
        for place, doc_freq in enumerate(self._frequencies.tolist()):
            yield self._column(place, 0), doc_freq

    def keys(self) -> Iterator[str]:
        """See `Vocabulary`."""
        in_order = (self._column(row, 1) for row in self._by_stem.tolist())
        for key, _ in groupby(in_order):
            yield key.decode("utf-8")

    def rows_of_key(self, stem: str) -> list[VocabularyRow]:
        """See `Vocabulary`."""
        wanted = stem.encode("utf-8")
        place = self._bisect(wanted, lambda i: self._column(int(self._by_stem[i]), 1))
        rows = []
        while place < len(self):
            row = int(self._by_stem[place])
            if self._column(row, 1) != wanted:
                break
            rows.append(self._row_at(row))
            place += 1
        return rows

    def _bisect(self, wanted: bytes, key: Callable[[int], bytes]) -> int:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if key(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _line(self, place: int) -> bytes:
        start = int(self._starts[place])
        return self._map[start : self._map.find(b"\n", start)]

    def _column(self, place: int, number: int) -> bytes:
        return self._line(place).split(b"\t", number + 1)[number]

    def _row_at(self, place: int) -> VocabularyRow:
        form = self._column(place, 0).decode("utf-8")
        return VocabularyRow(form, int(self._frequencies[place]))

    def frequent(self, limit: int) -> list[VocabularyRow]:
        """See `Vocabulary`."""
        doc_freqs: Counter[str] = Counter()
        forms = self._forms_between(0, len(self))
        for form, doc_freq in zip(forms, self._frequencies.tolist(), strict=True):
            if not is_separated(form):
                doc_freqs[plain_form(form)] += doc_freq
        return [VocabularyRow(*each) for each in doc_freqs.most_common(limit)]

    def matching(self, glob: str, *, limit: int, deadline: Deadline) -> tuple[list[str], bool]:
        """See `Vocabulary`."""
        return self._remembered((glob, limit), lambda: self._scan(glob, limit, deadline))

    def _remembered(
        self, key: tuple[object, ...], look_up: Callable[[], tuple[list[str], bool]]
    ) -> tuple[list[str], bool]:
        found = self._looked_up.get(key)
        if found is None:
            found = look_up()
            if len(self._looked_up) >= _MAX_REMEMBERED:
                self._looked_up.clear()
            self._looked_up[key] = found
        return found

    def _scan(self, glob: str, limit: int, deadline: Deadline) -> tuple[list[str], bool]:
        pattern = re.compile(rb"\n(" + glob_pattern(glob) + rb")(?=\t)")
        found: list[tuple[str, int]] = []
        for match in pattern.finditer(self._map):
            if len(found) % 1000 == 0:
                deadline.check()
            if len(found) == MAX_SCANNED:
                break
            found.append((plain_form(match[1].decode("utf-8")), match.start(1)))
        together = {word for word, _ in found}
        if len(together) <= limit:
            return sorted(together), False
        places = np.searchsorted(self._starts, [start for _, start in found])
        doc_freqs: Counter[str] = Counter()
        for (word, _), doc_freq in zip(found, self._frequencies[places].tolist(), strict=True):
            doc_freqs[word] += doc_freq
        return sorted(together, key=lambda word: (-doc_freqs[word], word))[:limit], True

    def similar(
        self,
        form: str,
        *,
        prefix_length: int,
        max_edits: int,
        limit: int,
        deadline: Deadline,
        min_doc_freq: int = 1,
    ) -> tuple[list[str], bool]:
        """See `Vocabulary`."""
        key = (form, prefix_length, max_edits, limit, min_doc_freq)
        return self._remembered(key, lambda: self._nearest(*key, deadline))

    def _nearest(
        self,
        form: str,
        prefix_length: int,
        max_edits: int,
        limit: int,
        min_doc_freq: int,
        deadline: Deadline,
    ) -> tuple[list[str], bool]:
        near: dict[str, int] = {}
        doc_freqs: Counter[str] = Counter()
        for beginning in beginnings_of_similar(form, prefix_length):
            prefix = beginning.encode("utf-8")
            first = self._bisect(prefix, lambda i: self._column(i, 0))
            # 0xFF never occurs in UTF-8, so this sorts after every form with the prefix.
            last = self._bisect(prefix + b"\xff", lambda i: self._column(i, 0))
            forms = self._forms_between(first, last)
            distances = edit_distances(
                form, forms, prefix_length=prefix_length, max_edits=max_edits
            )
            deadline.check()
            for place in np.flatnonzero(distances <= max_edits).tolist():
                word = plain_form(forms[place])
                if not is_separated(word):
                    near[word] = int(distances[place])
                    doc_freqs[word] += int(self._frequencies[first + place])
        held = [word for word in near if doc_freqs[word] >= min_doc_freq]
        held.sort(key=lambda word: (near[word], -doc_freqs[word], word))
        return held[:limit], len(held) > limit

    def _forms_between(self, first: int, last: int) -> list[str]:
        """Read for each lookup: keeping all forms as strings costs 100 bytes a word."""
        if first == last:
            return []
        start = int(self._starts[first])
        end = int(self._starts[last]) if last < len(self) else len(self._map)
        lines = self._map[start:end].decode("utf-8").splitlines()
        return [line.partition("\t")[0] for line in lines]

    def close(self) -> None:
        """Unmap the table."""
        self._map.close()


def _load(path: Path) -> npt.NDArray[np.int64]:
    loaded: npt.NDArray[np.int64] = np.load(path, mmap_mode="r", allow_pickle=False)
    return loaded


def save_vocabulary(
    folder: Path, frequencies: Iterable[tuple[str, int]], analyzer: Analyzer
) -> None:
    """Write exact forms with their document frequencies into an existing folder.

    frequencies: each form once, sorted as UTF-8.
    """
    starts, counts, stems, place = [], [], [], 1
    with (folder / _TABLE).open("wb") as file:
        file.write(b"\n")
        for form, doc_freq in frequencies:
            stem = analyzer.keys_of(form).key
            encoded = f"{form}\t{stem}\n".encode()
            file.write(encoded)
            starts.append(place)
            counts.append(doc_freq)
            stems.append(stem.encode("utf-8"))
            place += len(encoded)
    by_stem = sorted(range(len(starts)), key=lambda i: (stems[i], i))
    for name, values in ((_STARTS, starts), (_FREQUENCIES, counts), (_BY_STEM, by_stem)):
        np.save(folder / name, np.asarray(values, dtype=np.int64), allow_pickle=False)

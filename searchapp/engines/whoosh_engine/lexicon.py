"""All exact forms of a generation with their frequencies: what wildcards and fuzzy words look up.

Kept as sorted UTF-8 lines, mapped into memory and scanned by the regular expression engine,
for Whoosh's own term cursor takes seconds over a large vocabulary.
"""

from __future__ import annotations

import mmap
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from searchapp.engines.base import Deadline
from searchapp.errors import IndexDamaged

_FORMS, _FREQUENCIES = "forms.txt", "frequencies.npy"
_MAX_SCANNED = 50_000
"""Matching forms that are looked at before the most frequent are chosen."""
_MAX_REMEMBERED = 100
"""Lookups whose answers are kept."""


class Lexicon:
    """The exact forms of one generation. Safe for use by several threads."""

    def __init__(self, folder: Path) -> None:
        """Open what `save_lexicon` wrote. Raises IndexDamaged."""
        try:
            with (folder / _FORMS).open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            if self._map[-1:] != b"\n":
                raise EOFError("it is cut short")
            self._frequencies: npt.NDArray[np.int64] = np.load(
                folder / _FREQUENCIES, mmap_mode="r", allow_pickle=False
            )
            # A page looks the same words up once for the search and once for each of its hits.
            self._looked_up: dict[tuple[object, ...], tuple[list[str], bool]] = {}
        except (OSError, ValueError, EOFError) as error:
            raise IndexDamaged(
                f"the lexicon cannot be read ({error})",
                where=str(folder),
                remedy="run: searchapp rebuild",
            ) from error

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        """The offset of each line, shape (forms,). The file starts with an empty line."""
        ends = np.flatnonzero(np.frombuffer(self._map, dtype=np.uint8) == ord("\n"))
        return ends[:-1] + 1

    @cached_property
    def _forms(self) -> list[str]:
        return self._map[1:-1].decode("utf-8").split("\n") if len(self._map) > 1 else []

    def matching(self, glob: str, *, limit: int, deadline: Deadline) -> tuple[list[str], bool]:
        """Forms that match a pattern wholly, and whether `limit` cut the list.

        glob: a form in which * stands for any characters and ? for one. The most frequent forms
        are kept. Raises SearchTimeout.
        """
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
        pattern = re.compile(rb"\n(" + _glob_pattern(glob) + rb")(?=\n)")
        found: list[tuple[int, str]] = []
        for match in pattern.finditer(self._map):
            if len(found) % 1000 == 0:
                deadline.check()
            if len(found) == _MAX_SCANNED:
                break
            found.append((match.start(1), match[1].decode("utf-8")))
        if len(found) <= limit:
            return [form for _, form in found], False
        places = np.searchsorted(self._starts, [start for start, _ in found])
        best = np.argsort(-self._frequencies[places], kind="stable")[:limit]
        return [found[i][1] for i in best], True

    def similar(
        self, form: str, *, prefix_length: int, max_edits: int, limit: int, deadline: Deadline
    ) -> tuple[list[str], bool]:
        """Forms within an edit distance (swapped neighbours count once), as `matching`.

        prefix_length: so many letters at the start must be the same.
        """
        key = (form, prefix_length, max_edits, limit)
        return self._remembered(
            key, lambda: self._nearest(form, form[:prefix_length], max_edits, limit, deadline)
        )

    def _nearest(
        self, form: str, prefix: str, max_edits: int, limit: int, deadline: Deadline
    ) -> tuple[list[str], bool]:
        first = bisect_left(self._forms, prefix)
        last = bisect_right(self._forms, prefix, lo=first, key=lambda each: each[: len(prefix)])
        candidates = self._forms[first:last]
        if not candidates:
            return [], False
        distances = process.cdist(
            [form], candidates, scorer=OSA.distance, score_cutoff=max_edits, dtype=np.uint8
        )[0]
        deadline.check()
        places = np.flatnonzero(distances <= max_edits)
        frequencies = self._frequencies[first:last][places]
        best = places[np.lexsort((-frequencies, distances[places]))][:limit]
        return [candidates[i] for i in best], len(places) > limit

    def close(self) -> None:
        """Unmap the forms."""
        self._map.close()


def _glob_pattern(glob: str) -> bytes:
    """The regular expression of a glob over UTF-8 bytes, without costly backtracking.

    Between two stars the leftmost place of a segment is always good enough, so that each may be
    an atomic group; only the last segment must reach the end.
    """
    char = rb"(?:[^\n\x80-\xff]|[\xc2-\xf4][\x80-\xbf]+)"
    segments = [
        char.join(re.escape(part.encode("utf-8")) for part in segment.split("?"))
        for segment in re.sub(r"\*+", "*", glob).split("*")
    ]
    if len(segments) == 1:
        return segments[0]
    first, *middle, last = segments
    inner = b"".join(b"(?>" + char + b"*?" + segment + b")" for segment in middle)
    return first + inner + char + b"*" + last


def save_lexicon(folder: Path, frequencies: Counter[str]) -> None:
    """Write the forms with their document frequencies into an existing folder."""
    forms: Sequence[str] = sorted(frequencies, key=lambda form: form.encode("utf-8"))
    with (folder / _FORMS).open("wb") as file:
        file.write(b"\n")
        file.writelines(form.encode("utf-8") + b"\n" for form in forms)
    counts = np.fromiter((frequencies[form] for form in forms), dtype=np.int64, count=len(forms))
    np.save(folder / _FREQUENCIES, counts, allow_pickle=False)

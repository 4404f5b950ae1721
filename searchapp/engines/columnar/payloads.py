"""What a posting says beyond its document, as columns of numbers instead of pickled strings.

Whoosh hands over each posting with a weight and a string that its field's format made; for
positions these strings are pickles. Here they are taken apart once, when they are written, and put
together again only for who asks for such a string. Columns, posting after posting:

- `weights` (float32): of the groups (terms, or vectors of a document) in which any weight is not
  the frequency; all others have none;
- `freqs`: occurrences, in all formats but Existence;
- of each occurrence: `positions` (the gap to the occurrence before), `starts` (the gap between the
  first character and the end of the occurrence before), `sizes` (characters), `boosts` (float64);
  gaps are kept modulo 2**32, for synonyms at one position may stand in any order;
- of a format that is not Whoosh's own: `values`, the strings as they are, and `value_sizes`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh import formats

from searchapp.engines.columnar.segment.postings import (
    Ints,
    gaps_within,
    restarted_sums,
    sums_before,
)
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter
from searchapp.engines.storage.tables import MAX_NUMBER

PAYLOAD_COUNTS = ("postings", "occurrences", "weighted", "value_bytes")
"""What is counted for each group: the lengths of its stretches in the columns."""

Range = tuple[int, int]

_POSITION_BOUND = 1 << 31


@dataclass(frozen=True, slots=True)
class PayloadLayout:
    """Which columns the postings of a format have."""

    format_name: str
    has_freqs: bool = True
    has_positions: bool = False
    has_characters: bool = False
    has_boosts: bool = False
    is_opaque: bool = False

    @property
    def number_columns(self) -> tuple[str, ...]:
        return (
            ("freqs",) * self.has_freqs
            + ("positions",) * self.has_positions
            + ("starts", "sizes") * self.has_characters
            + ("value_sizes",) * self.is_opaque
        )


_LAYOUTS = {
    layout.format_name: layout
    for layout in (
        PayloadLayout("Existence", has_freqs=False),
        PayloadLayout("Frequency"),
        PayloadLayout("Positions", has_positions=True),
        PayloadLayout("Characters", has_positions=True, has_characters=True),
        PayloadLayout("PositionBoosts", has_positions=True, has_boosts=True),
        PayloadLayout("CharacterBoosts", has_positions=True, has_characters=True, has_boosts=True),
    )
}
_OPAQUE = PayloadLayout("", has_freqs=False, is_opaque=True)


def layout_of(posting_format: formats.Format) -> PayloadLayout:
    """The columns for a format; strings as they are for one that Whoosh does not bring."""
    kind = type(posting_format)
    if kind.__module__ != formats.__name__:
        return _OPAQUE
    return _LAYOUTS.get(kind.__name__, _OPAQUE)


def layout_named(name: str) -> PayloadLayout:
    """The inverse of `PayloadLayout.format_name`."""
    return _LAYOUTS[name] if name else _OPAQUE


class PayloadCounts(NamedTuple):
    """As PAYLOAD_COUNTS; each of shape (groups,)."""

    postings: Ints
    occurrences: Ints
    weighted: Ints
    value_bytes: Ints


class PayloadWriter:
    """Takes postings one by one and appends them to the columns of a name, group by group."""

    def __init__(
        self, writer: SegmentFileWriter, name: str, posting_format: formats.Format
    ) -> None:
        self.layout = layout_of(posting_format)
        self._format: Any = posting_format
        self._writer = writer
        self._name = name
        self._streams = {
            column: NumberStreamWriter(writer, f"{name}/{column}")
            for column in self.layout.number_columns
        }
        for column in ("weights", *["boosts"] * self.layout.has_boosts):
            writer.append(f"{name}/{column}", b"")
        self._start()

    def _start(self) -> None:
        self._counts = array("q")
        self._freqs = array("q")
        self._weights = array("f")
        self._positions = array("q")
        self._starts = array("q")
        self._ends = array("q")
        self._boosts = array("d")
        self._values: list[bytes] = []
        self._closed = 0

    def __len__(self) -> int:
        """Number of postings that are not yet written."""
        return len(self._freqs)

    def add(self, weight: float, value: bytes) -> None:
        """A posting. Raises ValueError if the format did not make its value."""
        self._weights.append(weight)
        if self.layout.is_opaque:
            self._values.append(value)
            self._freqs.append(1)
            return
        try:
            self._freqs.append(self._take_apart(value))
        except Exception as error:
            # Whoosh's decoders raise whatever unpickling raises.
            raise ValueError(f"{value!r:.80} is no value of {self._format!r}") from error

    def _take_apart(self, value: bytes) -> int:
        layout = self.layout
        if not layout.has_freqs:
            return 1
        if not layout.has_positions:
            # Only the first bytes: a field of spellings gets the values of the field it is for.
            return int.from_bytes(value[:4], "big")
        if layout.has_characters:
            if layout.has_boosts:
                occurrences = self._format.decode_character_boosts(value)
                self._boosts.extend(boost for *_, boost in occurrences)
            else:
                occurrences = self._format.decode_characters(value)
            self._starts.extend(each[1] for each in occurrences)
            self._ends.extend(each[2] for each in occurrences)
        elif layout.has_boosts:
            occurrences = self._format.decode_position_boosts(value)
            self._boosts.extend(boost for _, boost in occurrences)
        else:
            occurrences = [(position,) for position in self._format.decode_positions(value)]
        self._positions.extend(each[0] for each in occurrences)
        return len(occurrences)

    def close_group(self) -> int:
        """All postings since the last call, at least one, are a group. Returns their number."""
        count = len(self._freqs) - self._closed
        self._counts.append(count)
        self._closed += count
        return count

    def flush(self) -> PayloadCounts:
        """Write the closed groups, at least one, and count them.

        Raises ValueError if a position or a character is not below 2**31, or a group has 2**32
        occurrences or bytes.
        """
        counts, freqs = _array(self._counts), _array(self._freqs)
        weights = np.frombuffer(self._weights, dtype=np.float32)
        starts = sums_before(counts)
        weighted = np.logical_or.reduceat(weights != freqs.astype(np.float32), starts)
        self._writer.append(f"{self._name}/weights", weights[np.repeat(weighted, counts)])
        sizes = np.fromiter(map(len, self._values), dtype=np.int64, count=len(self._values))
        columns = {"freqs": freqs, "value_sizes": sizes}
        per_posting = freqs[freqs > 0]
        if self.layout.has_positions:
            columns["positions"] = _modular_gaps(_array(self._positions), per_posting)
        if self.layout.has_characters:
            begins, ends = _array(self._starts), _array(self._ends)
            _check_bound(begins, ends)
            sizes_of = ends - begins
            # From the end of the one before: the gaps between ends, less the size.
            columns["starts"] = (gaps_within(ends, per_posting) - sizes_of) & 0xFFFFFFFF
            columns["sizes"] = sizes_of & 0xFFFFFFFF
        for column, stream in self._streams.items():
            stream.add(columns[column])
        if self.layout.has_boosts:
            boosts = np.frombuffer(self._boosts, dtype=np.float64)
            self._writer.append(f"{self._name}/boosts", boosts)
        if self.layout.is_opaque:
            self._writer.append(f"{self._name}/values", b"".join(self._values))
        value_bytes = np.add.reduceat(sizes, starts) if len(sizes) else np.zeros_like(counts)
        result = PayloadCounts(
            counts, np.add.reduceat(freqs, starts), np.where(weighted, counts, 0), value_bytes
        )
        if max(int(column.max()) for column in result) > MAX_NUMBER:
            raise ValueError(f"a term has more than {MAX_NUMBER} occurrences or bytes of values")
        self._start()
        return result


def _array(values: array[int]) -> Ints:
    return np.frombuffer(values, dtype=np.int64)


def _check_bound(*columns: Ints) -> None:
    for values in columns:
        if len(values) and not -_POSITION_BOUND <= values.min() <= values.max() < _POSITION_BOUND:
            raise ValueError("a position or character of a field is not below 2**31")


def _modular_gaps(values: Ints, counts: Ints) -> Ints:
    _check_bound(values)
    return gaps_within(values, counts) & 0xFFFFFFFF


def _modular_sums(gaps: npt.NDArray[Any], counts: Ints) -> npt.NDArray[np.int32]:
    return restarted_sums(gaps, counts).astype(np.uint32).view(np.int32)


class PayloadColumns:
    """The columns of a name, open for reading."""

    def __init__(self, file: SegmentFile, name: str, layout: PayloadLayout) -> None:
        """Raises IndexDamaged."""
        self.layout = layout
        self.numbers = {
            column: NumberStream(file, f"{name}/{column}") for column in layout.number_columns
        }
        self.weights = file.stream(f"{name}/weights")
        self.boosts = file.stream(f"{name}/boosts") if layout.has_boosts else None
        self.values = file.stream(f"{name}/values") if layout.is_opaque else None


class Payloads:
    """The payloads of one group; a column is read when it is first asked for, and then whole.

    Places count postings from the start of the group.
    """

    def __init__(self, columns: PayloadColumns, ranges: Iterable[Range]) -> None:
        """ranges: where the group stands in the columns, as PAYLOAD_COUNTS."""
        self._columns = columns
        self.layout = columns.layout
        self._postings, self._occurrences, self._weighted, self._value_bytes = ranges

    def __len__(self) -> int:
        return self._postings[1] - self._postings[0]

    @cached_property
    def freqs(self) -> npt.NDArray[Any]:
        """Shape (postings,); 1 in a format that does not count."""
        if not self.layout.has_freqs:
            return np.ones(len(self), dtype=np.uint8)
        return self._columns.numbers["freqs"].read(*self._postings)

    @cached_property
    def weights(self) -> npt.NDArray[np.float32]:
        """Shape (postings,)."""
        if self._weighted[0] == self._weighted[1]:
            return self.freqs.astype(np.float32)
        return self._columns.weights.values(np.float32, *self._weighted)

    @property
    def total_weight(self) -> float:
        """The sum of all weights."""
        if self._weighted[0] == self._weighted[1]:
            return float(self._occurrences[1] - self._occurrences[0])
        return float(self.weights.sum(dtype=np.float64))

    @cached_property
    def occurrence_starts(self) -> Ints:
        """Where the occurrences of each posting begin in the columns of occurrences."""
        return sums_before(self.freqs)

    @cached_property
    def positions(self) -> npt.NDArray[np.int32]:
        """Of each occurrence, posting after posting."""
        return _modular_sums(self._occurrence_column("positions"), self._counts)

    @cached_property
    def _counts(self) -> Ints:
        freqs = self.freqs.astype(np.int64)
        counts: Ints = freqs[freqs > 0]
        return counts

    def _occurrence_column(self, name: str) -> npt.NDArray[Any]:
        return self._columns.numbers[name].read(*self._occurrences)

    @cached_property
    def _characters(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        sizes = self._occurrence_column("sizes").astype(np.int64)
        gaps = self._occurrence_column("starts").astype(np.int64)
        ends = _modular_sums(gaps + sizes, self._counts)
        starts = (ends - sizes).astype(np.uint32).view(np.int32)
        return starts, ends

    @cached_property
    def _boosts(self) -> npt.NDArray[np.float64]:
        assert self._columns.boosts is not None
        return self._columns.boosts.values(np.float64, *self._occurrences)

    @cached_property
    def _value_starts(self) -> Ints:
        sizes = self._columns.numbers["value_sizes"].read(*self._postings)
        return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]) + self._value_bytes[0]

    def _stretch(self, place: int) -> slice:
        start = int(self.occurrence_starts[place])
        return slice(start, start + int(self.freqs[place]))

    def positions_of(self, place: int) -> list[int]:
        """The positions in a posting."""
        positions: list[int] = self.positions[self._stretch(place)].tolist()
        return positions

    def characters_of(self, place: int) -> list[tuple[int, int, int]]:
        """Position, first character and end of each occurrence in a posting."""
        where = self._stretch(place)
        starts, ends = self._characters
        columns = (self.positions[where], starts[where], ends[where])
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def value_of(self, place: int, posting_format: Any) -> bytes:
        """The string of a posting as the format that it was written with makes it."""
        layout = self.layout
        if layout.is_opaque:
            assert self._columns.values is not None
            return self._columns.values.read(*self._value_starts[place : place + 2].tolist())
        if not layout.has_freqs:
            return b""
        if not layout.has_positions:
            return int(self.freqs[place]).to_bytes(4, "big")
        if type(posting_format).__name__ != layout.format_name:
            posting_format = getattr(formats, layout.format_name)()
        occurrences: list[Any] = (
            self.characters_of(place) if layout.has_characters else self.positions_of(place)
        )
        if layout.has_boosts:
            boosts = self._boosts[self._stretch(place)].tolist()
            occurrences = [
                (*(each if layout.has_characters else (each,)), boost)
                for each, boost in zip(occurrences, boosts, strict=True)
            ]
        value = posting_format.encode(occurrences)
        # CharacterBoosts, alone, says the sum of the boosts, too.
        return value[0] if isinstance(value, tuple) else value  # type: ignore[no-any-return]

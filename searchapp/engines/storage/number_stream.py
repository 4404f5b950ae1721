"""Long sequences of small numbers, their bytes in planes.

All lowest bytes stand in one stream, all second bytes in another, up to the highest that any
number needs. Most numbers are small: their higher bytes are zeros, which take no room once
compressed, and any range of numbers is found without knowing those before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter
from searchapp.translation import N_

Numbers = npt.NDArray[np.uint32]

_PLANES = 4
_ZEROS = bytes(1 << 20)


def _plane(name: str, number: int) -> str:
    return f"{name}/{number}"


class NumberStream:
    """A sequence of numbers below 2**32, read in ranges. Safe for use by several threads."""

    def __init__(self, file: SegmentFile, name: str) -> None:
        """Open the sequence of a name. Raises IndexDamaged."""
        self._planes = [file.stream(_plane(name, 0))]
        while (further := _plane(name, len(self._planes))) in file.streams:
            self._planes.append(file.stream(further))
        self.size = self._planes[0].size
        if any(plane.size != self.size for plane in self._planes):
            file.damaged(N_("the planes of %(name)r differ in length", name=name))

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """The numbers [start, stop), of the smallest unsigned type that holds all."""
        return self.pieces([(start, stop)])

    def pieces(self, ranges: Sequence[tuple[int, int]]) -> npt.NDArray[Any]:
        """The numbers of some ranges [start, stop), one after the other."""
        planes = [np.frombuffer(plane.pieces(ranges), dtype=np.uint8) for plane in self._planes]
        if len(planes) == 1:
            return planes[0]
        width = 2 if len(planes) == 2 else 4
        new = np.empty if len(planes) == width else np.zeros
        wide = new((len(planes[0]), width), np.uint8)
        for number, plane in enumerate(planes):
            wide[:, number] = plane
        return wide.view(f"<u{width}").reshape(-1)


class NumberStreamWriter:
    """Writes a sequence of numbers into a segment's file, in any portions."""

    def __init__(self, writer: SegmentFileWriter, name: str) -> None:
        self._writer = writer
        self._name = name
        self._size = 0
        self._plane_count = 1
        writer.append(_plane(name, 0), b"")

    def add(self, values: npt.NDArray[Any]) -> None:
        """Append numbers, each at least 0 and below 2**32."""
        if not len(values):
            return
        needed = max(1, -(-int(values.max()).bit_length() // 8))
        self._open_planes(needed)
        planes = values.astype("<u4").view(np.uint8).reshape(-1, _PLANES)
        for number in range(self._plane_count):
            self._writer.append(_plane(self._name, number), planes[:, number])
        self._size += len(values)

    def _open_planes(self, count: int) -> None:
        """A plane that is needed only now is all zeros so far."""
        for number in range(self._plane_count, count):
            self._append_zeros(number, self._size)
        self._plane_count = max(self._plane_count, count)

    def _append_zeros(self, plane: int, count: int) -> None:
        for start in range(0, count, len(_ZEROS)):
            self._writer.append(_plane(self._name, plane), _ZEROS[: count - start])

    def copy(self, other: SegmentFile) -> None:
        """Append the sequence of the same name of another file, copied block by block.

        Raises IndexDamaged.
        """
        copied = NumberStream(other, self._name)
        count = len(copied._planes)
        self._open_planes(count)
        self._writer.copy(other, [_plane(self._name, i) for i in range(count)])
        for number in range(count, self._plane_count):
            self._append_zeros(number, copied.size)
        self._size += copied.size

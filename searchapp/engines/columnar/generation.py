"""Which segments a generation of the columnar engine consists of."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from pathlib import Path

from searchapp.engines.columnar.segment import Segment
from searchapp.engines.columnar.segment_file import BlockCache
from searchapp.errors import IndexDamaged

SEGMENTS = "segments.json"
"""The names of the segments in the order of their documents, with a checksum."""
COLUMNS = "columns"
"""The folder of the columns of a generation."""
SUFFIX = ".segment"


def write_segment_list(folder: Path, names: Iterable[str]) -> None:
    """Say that a generation consists of these segments. Raises OSError."""
    listed = json.dumps(list(names))
    content = {"crc32": zlib.crc32(listed.encode()), "segments": listed}
    (folder / SEGMENTS).write_text(json.dumps(content), encoding="utf-8")


def segment_names(folder: Path) -> list[str]:
    """The names of the segments of a generation. Raises IndexDamaged."""
    path = folder / SEGMENTS
    try:
        content = json.loads(path.read_text("utf-8"))
        listed: str = content["segments"]
        if zlib.crc32(listed.encode()) != content["crc32"]:
            raise ValueError("its checksum is wrong")
        names: list[str] = json.loads(listed)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(
            f"the list of segments cannot be read ({error})",
            where=str(path),
            remedy="run: searchapp rebuild",
        ) from error
    return names


def open_segments(folder: Path, cache: BlockCache) -> list[Segment]:
    """The segments of a generation. Raises IndexDamaged."""
    return [Segment(folder / name, cache) for name in segment_names(folder)]

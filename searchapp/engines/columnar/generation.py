"""Which segments a generation of the columnar engine consists of."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.storage.segment_file import BlockCache
from searchapp.engines.evaluation.columns import Columns
from searchapp.errors import IndexDamaged

SEGMENTS = "segments.json"
"""The names of the segments in the order of their documents, with checksums."""
COLUMNS = "columns"
"""The folder of the columns of a generation."""
SUFFIX = ".segment"


def write_segment_list(folder: Path, segments: Mapping[str, int]) -> None:
    """Say that a generation consists of these segments. Raises OSError.

    segments: the `SegmentFile.checksum` of each by its name, in the order of their documents.
    """
    listed = json.dumps(segments)
    content = {"crc32": zlib.crc32(listed.encode()), "segments": listed}
    (folder / SEGMENTS).write_text(json.dumps(content), encoding="utf-8")


def segment_list(folder: Path) -> dict[str, int]:
    """What `write_segment_list` wrote. Raises IndexDamaged."""
    path = folder / SEGMENTS
    try:
        content = json.loads(path.read_text("utf-8"))
        listed: str = content["segments"]
        if zlib.crc32(listed.encode()) != content["crc32"]:
            raise ValueError("its checksum is wrong")
        segments = {str(name): int(checksum) for name, checksum in json.loads(listed).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(
            f"the list of segments cannot be read ({error})",
            where=str(path),
            remedy="run: searchapp rebuild",
        ) from error
    return segments


def open_segments(folder: Path, cache: BlockCache) -> list[Segment]:
    """The segments of a generation. Raises IndexDamaged."""
    segments = []
    for name, checksum in segment_list(folder).items():
        segment = Segment(folder / name, cache)
        if segment.file.checksum != checksum:
            segment.file.damaged("it belongs to another generation")
        segments.append(segment)
    return segments


def open_columns(folder: Path, segments: Sequence[Segment]) -> Columns:
    """The columns of the documents of a generation's segments. Raises IndexDamaged."""
    columns = Columns.load(folder / COLUMNS)
    documents = sum(segment.doc_count for segment in segments)
    if len(columns.live) != documents:
        raise IndexDamaged(
            f"the columns are of {len(columns.live)} documents, the segments of {documents}",
            where=str(folder / COLUMNS),
            remedy="run: searchapp rebuild",
        )
    return columns

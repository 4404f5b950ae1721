"""Which segments a generation of the columnar engine consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.evaluation.columns import Columns
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.errors import IndexDamaged
from searchapp.index_files import FileDigest
from searchapp.translation import N_

SEGMENTS = "segments"
"""The file with the names of the segments in the order of their documents, and their checksums."""
COLUMNS = "columns"
"""The file of the columns of a generation."""
SUGGESTIONS = "suggestions"
"""The file of what may be suggested in a generation, and of what its articles are about."""
SUFFIX = ".segment"


def write_segment_list(folder: Path, segments: Mapping[str, int]) -> FileDigest:
    """Say that a generation consists of these segments. Raises OSError.

    segments: the `SegmentFile.checksum` of each by its name, in the order of their documents.
    """
    with SegmentFileWriter(folder / SEGMENTS) as writer:
        return writer.finish({"segments": dict(segments)})


def segment_list(folder: Path) -> dict[str, int]:
    """What `write_segment_list` wrote. Raises IndexDamaged."""
    file = SegmentFile(folder / SEGMENTS, BlockCache(0))
    segments: dict[str, int] = file.properties.get("segments", {})
    if not segments:
        file.damaged(N_("it lists no segments"))
    return segments


def open_segments(folder: Path, cache: BlockCache) -> list[Segment]:
    """The segments of a generation. Raises IndexDamaged."""
    segments = []
    for name, checksum in segment_list(folder).items():
        segment = Segment(folder / name, cache)
        if segment.file.checksum != checksum:
            segment.file.damaged(N_("it belongs to another generation"))
        segments.append(segment)
    return segments


def open_columns(folder: Path, segments: Sequence[Segment]) -> Columns:
    """The columns of the documents of a generation's segments. Raises IndexDamaged."""
    columns = Columns.load(folder / COLUMNS)
    documents = sum(segment.doc_count for segment in segments)
    if len(columns.live) != documents:
        raise IndexDamaged(
            N_(
                "the columns are of %(number)s documents, the segments of %(documents)s",
                number=len(columns.live),
                documents=documents,
            ),
            where=str(folder / COLUMNS),
            remedy=N_("run: searchapp rebuild"),
        )
    return columns

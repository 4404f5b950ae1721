"""Whoosh's codec on arrays: `ix.writer(codec=ColumnarCodec())` writes segments of any schema.

A segment is two files, one of its terms and postings and one of its documents, both without
pickles, checksummed, and mapped when they are read. Which documents are deleted stands with the
segment's name in Whoosh's table of contents: that file alone makes a commit, so that additions
and deletions are seen together or not at all.

Limits: MAX_DOCS documents of a segment; of a document MAX_LENGTH terms in a field and
MAX_STORED_BYTES of stored fields; MAX_TERM_BYTES bytes of a term; fewer than 2**32 occurrences of
a term in a segment; positions and characters below 2**31. The number of terms, of fields, and of
values in a document have no limit of their own. What is beyond raises ValueError: a document is
then not added, and a commit leaves the index as it was.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage

from searchapp.engines.columnar.codec_documents import DocumentsReader, DocumentsWriter
from searchapp.engines.columnar.codec_terms import TermsReader, TermsWriter
from searchapp.engines.storage.segment_file import (
    BlockCache,
    SegmentFile,
    SegmentFileWriter,
)
from searchapp.errors import IndexDamaged

_DOCUMENTS = ".docs"
_TERMS = ".terms"

_CACHE_BYTES = 4 << 20
"""Decompressed blocks that an open file keeps."""


class ColumnarCodec(base.Codec):
    """Writes and reads columnar segments in folders on disk."""

    def per_document_writer(self, storage: Any, segment: ColumnarSegment) -> DocumentsWriter:
        """What takes the documents of a new segment."""
        return DocumentsWriter(SegmentFileWriter(_path(storage, segment, _DOCUMENTS)), segment)

    def field_writer(self, storage: Any, segment: ColumnarSegment) -> TermsWriter:
        """What takes the postings of a new segment."""
        return TermsWriter(SegmentFileWriter(_path(storage, segment, _TERMS)), segment)

    def per_document_reader(self, storage: Any, segment: ColumnarSegment) -> DocumentsReader:
        """The documents of a segment. Raises IndexDamaged."""
        cache = BlockCache(_CACHE_BYTES)
        file = SegmentFile(_path(storage, segment, _DOCUMENTS), cache)
        return DocumentsReader(file, segment, on_close=cache.clear)

    def terms_reader(self, storage: Any, segment: ColumnarSegment) -> TermsReader:
        """The terms of a segment. Raises IndexDamaged."""
        cache = BlockCache(_CACHE_BYTES)
        file = SegmentFile(_path(storage, segment, _TERMS), cache)
        return TermsReader.of_file(file, segment, on_close=cache.clear)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        """Not there: postings are not a file of their own. Raises NotImplementedError."""
        raise NotImplementedError("use field_writer")

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        """Not there: postings are not a file of their own. Raises NotImplementedError."""
        raise NotImplementedError("use terms_reader")

    def new_segment(self, storage: Any, indexname: str) -> ColumnarSegment:
        """A segment without documents."""
        del storage
        return ColumnarSegment(indexname)


def _path(storage: Any, segment: ColumnarSegment, extension: str) -> Path:
    if not isinstance(storage, FileStorage):
        raise ValueError(
            f"columnar segments are mapped from a folder, which {type(storage).__name__} has not;"
            " use whoosh.index.create_in"
        )
    return Path(storage.folder, segment.make_filename(extension))


class ColumnarSegment(base.Segment):
    """The name of a segment, and which of its documents are deleted."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self._doc_count = 0
        self._deleted: set[int] = set()

    def codec(self) -> ColumnarCodec:
        """The codec that reads it."""
        return ColumnarCodec()

    def should_assemble(self) -> bool:
        """No: a file of arrays is mapped as it is."""
        return False

    def set_doc_count(self, doccount: int) -> None:
        """Set the number of documents, deleted ones included."""
        self._doc_count = doccount

    def doc_count_all(self) -> int:
        """Number of documents, deleted ones included."""
        return self._doc_count

    def deleted_count(self) -> int:
        """Number of deleted documents."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """The numbers of the deleted documents."""
        return iter(self._deleted)

    def deletion_mask(self) -> npt.NDArray[np.bool_]:
        """Which documents are deleted, shape (documents,)."""
        mask = np.zeros(self._doc_count, dtype=np.bool_)
        mask[list(self._deleted)] = True
        return mask

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Mark a document as deleted, or take the mark away."""
        if delete:
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def doc_count(self) -> int:
        """Number of documents that are not deleted."""
        return self._doc_count - len(self._deleted)

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return docnum in self._deleted

    def __getstate__(self) -> dict[str, Any]:
        bitmap = zlib.compress(np.packbits(self.deletion_mask()).tobytes())
        state = {
            "indexname": self.indexname,
            "segid": self.segid,
            "doc_count": self._doc_count,
            "deleted": bitmap,
        }
        return {**state, "crc32": _checksum(state)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        try:
            if state.pop("crc32") != _checksum(state):
                raise ValueError("its checksum differs")
            self.__init__(state["indexname"])  # type: ignore[misc]
            self.segid = state["segid"]
            self._doc_count = state["doc_count"]
            bitmap = np.frombuffer(zlib.decompress(state["deleted"]), dtype=np.uint8)
            mask = np.unpackbits(bitmap, count=self._doc_count)
        except (KeyError, ValueError, TypeError, AttributeError, zlib.error) as error:
            raise IndexDamaged(
                f"the entry of a segment is damaged: {error}",
                where=f"the table of contents of {state.get('indexname', 'the index')}",
                remedy="run: searchapp rebuild",
            ) from error
        self._deleted = set(np.flatnonzero(mask).tolist())


def _checksum(state: dict[str, Any]) -> int:
    return zlib.crc32(repr(sorted(state.items())).encode("utf-8", "backslashreplace"))

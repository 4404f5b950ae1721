"""Whoosh's files, mapped into memory instead of read into it."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile


class MappedFile(BufferFile):
    """A file that is read through a memory map.

    Whoosh's own BufferFile copies the whole buffer when it is opened: every open searcher
    would hold the index in private memory.
    """

    def __init__(self, mapped: mmap.mmap, name: str) -> None:
        super().__init__(b"", name=name)
        self._buf = self._view = memoryview(mapped)
        self.file = mapped  # type: ignore[assignment]  # it can be read and sought like a file

    def close(self) -> None:
        """Release the map."""
        if self.is_closed:
            return
        self.is_closed = True
        self._view.release()
        self.file.close()


class MappedStorage(FileStorage):
    """A folder whose existing files are opened as maps. Segments must not be compound files."""

    def open_file(self, name: str, **_: Any) -> StructFile:
        """Open a file for reading."""
        with (Path(self.folder) / name).open("rb") as file:
            try:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError:  # an empty file cannot be mapped
                return BufferFile(b"", name=name)
        return MappedFile(mapped, name)

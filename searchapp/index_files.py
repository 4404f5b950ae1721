"""The files of a generation: their digests, and how they are shared with the next generation."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from searchapp.steps import step


class FileDigest(NamedTuple):
    """Size and SHA-256, in hexadecimal digits, of what a file holds."""

    size_bytes: int
    sha256: str


def file_digest(path: Path) -> FileDigest:
    """Read a whole file. Raises OSError."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size_bytes = os.fstat(file.fileno()).st_size
    step("file digested")
    return FileDigest(size_bytes, sha256)


def paths_below(folder: Path) -> list[Path]:
    """All files and folders below a folder, sorted. Raises OSError.

    `Path.rglob` passes over a folder that cannot be read, as if there were nothing in it.
    """

    def refuse(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=refuse):
        found += [Path(parent, name) for name in (*folders, *files)]
    return sorted(found)


def sync_file(path: Path) -> None:
    """Have the operating system write a file to the disk. Raises OSError."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def link_file(source: Path, target: Path) -> None:
    """Share a file with another generation. Raises OSError.

    A file of a generation is never changed after it was written, so that a hard link is safe.
    """
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links, see `can_link`
        shutil.copy2(source, target)


def link_folder(source: Path, target: Path) -> None:
    """Share the files of a folder, which has no folders in it. Raises OSError."""
    target.mkdir()
    for file in source.iterdir():
        link_file(file, target / file.name)


def can_link(file: Path, trial: Path) -> bool:
    """Whether the file system has hard links. trial: is made beside `file`, and deleted."""
    try:
        os.link(file, trial)
    except OSError:
        return False
    trial.unlink()
    return True

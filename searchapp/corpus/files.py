"""A file with articles: its name, how it opens, and where to report what is wrong with it."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from searchapp.errors import Problem

Report = Callable[[Problem], None]
Stream = io.BufferedReader | gzip.GzipFile | lzma.LZMAFile

DAMAGED_FILE_ERRORS = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What opening or reading a file raises when it is forbidden, damaged or cut short."""

_COMPRESSIONS = (".gz", ".xz")


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """One file with articles, and where to report what is wrong with it.

    path: as the user gave it, or the given folder with the rest of the path.
    on_open: called with every stream that `open` returns, so that its position can be followed.
    source: the given folder, or the folder of a file that was given by itself.
    id_stem: see `stem`.
    """

    path: Path
    report: Report
    on_open: Callable[[Stream], None] | None = None
    source: Path | None = None
    id_stem: str = ""

    @property
    def name(self) -> str:
        """The path as reports show it: printable, on one line."""
        return printable_path(self.path)

    @property
    def format_suffix(self) -> str:
        """The suffix that names the format, in lower case, without .gz and .xz."""
        return _split_name(self.path)[1]

    @property
    def stem(self) -> str:
        """The id of an article that has none, of a file with one: the path below its source folder.

        See `source_folders`; without a folder it is the `name_stem`.
        """
        return self.id_stem or self.name_stem

    @property
    def name_stem(self) -> str:
        """The file name without its suffixes."""
        return _split_name(self.path)[0]

    @property
    def size_bytes(self) -> int:
        """The size on disk; 0 if the file has gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def open(self) -> Stream:
        """The file's bytes, unpacked. Raises one of DAMAGED_FILE_ERRORS, here or on reading."""
        stream = _open(self.path)
        if self.on_open is not None:
            self.on_open(stream)
        return stream

    def place(self, line: int | None = None) -> str:
        """ "file:line", the form in which problems and articles name their origin."""
        return f"{self.name}:{line or 1}"

    def error(self, what: str, remedy: str, *, line: int | None = None) -> None:
        """Report why an article, or all articles of the file, are left out."""
        self.report(Problem(self.place(line), what, remedy, "error"))

    def warn(self, what: str, remedy: str, *, line: int | None = None) -> None:
        """Report what was repaired in, or left out of, an article that was read."""
        self.report(Problem(self.place(line), what, remedy, "warning"))

    def error_from(self, cause: BaseException, *, line: int | None = None) -> None:
        """Report one of DAMAGED_FILE_ERRORS in words for a reader."""
        if isinstance(cause, PermissionError):
            self.error("may not be read", "give read permission or take it out", line=line)
        elif isinstance(cause, EOFError):
            self.error("is cut short", "copy the file again, completely", line=line)
        else:
            reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else cause
            self.error(f"cannot be read ({reason})", "check or replace the file", line=line)


def _open(path: Path) -> Stream:
    match path.suffix.lower():
        case ".gz":
            return gzip.GzipFile(path)
        case ".xz":
            return lzma.LZMAFile(path)
    return path.open("rb")


# Both are asked for with every record of a file.
@lru_cache(maxsize=64)
def printable_path(path: Path) -> str:
    """A path as reports and origins show it: on one line, odd characters escaped.

    Different paths stay different, and what was made printable stays as it is.
    """
    text = path_text(path)
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def path_text(path: os.PathLike[str]) -> str:
    """A path as a text that can be encoded: bytes that are no UTF-8 are escaped as "\\xff".

    Whatever the encoding of the system: in that of LC_ALL=C all umlauts are such bytes.
    """
    return os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@lru_cache(maxsize=64)
def _split_name(path: Path) -> tuple[str, str]:
    name = Path(path.name)
    if name.suffix.lower() in _COMPRESSIONS:
        name = Path(name.stem)
    return name.stem, name.suffix.lower()

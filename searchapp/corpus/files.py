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
from typing import Any

from searchapp.errors import Problem, system_reason
from searchapp.translation import N_, Message

Report = Callable[[Problem], None]

DAMAGED_FILE_ERRORS = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What opening or reading a file raises when it is forbidden, damaged or cut short."""

_COMPRESSIONS = (".gz", ".xz")
_BUFFER_BYTES = 2**16
_MAX_UNPACKING = 200
_FREELY_UNPACKED_BYTES = 256 * 2**20
"""A packed file that unpacks to more than so many times its size, and to more than this, is a bomb.

Text is packed to a third, the same few lines over and over to a hundredth; gzip can do a
thousandth, and xz still less."""


POST_TYPES = ("post", "page")
"""The types of WordPress' items that are articles, unless a site names more."""


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """One file with articles, and where to report what is wrong with it.

    path: as the user gave it, or the given folder with the rest of the path.
    source: the given folder, or the folder of a file that was given by itself.
    id_stem: see `stem`.
    on_bytes: called with the place in the file on the disk, packed or not, at every piece that
        is read.
    on_line: called by readers with the line, from 1, at which the next record begins.
    post_types: the types of WordPress' items that are articles.
    """

    path: Path
    report: Report
    source: Path | None = None
    id_stem: str = ""
    on_bytes: Callable[[int], None] | None = None
    on_line: Callable[[int], None] | None = None
    post_types: tuple[str, ...] = POST_TYPES

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
    def is_packed(self) -> bool:
        """Whether it is packed as .gz or .xz."""
        return self.path.suffix.lower() in _COMPRESSIONS

    @property
    def size_bytes(self) -> int:
        """The size on disk; 0 if the file has gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def open(self) -> io.BufferedReader:
        """The file's bytes, unpacked. Raises one of DAMAGED_FILE_ERRORS, here or on reading."""
        return io.BufferedReader(_MeteredBytes(self.path, self.on_bytes), _BUFFER_BYTES)

    def begin_record(self, line: int) -> None:
        """Tell that a record begins at this line, from 1: if it breaks the reader, it is named."""
        if self.on_line is not None:
            self.on_line(line)

    def place(self, line: int | None = None) -> str:
        """ "file:line", the form in which problems and articles name their origin."""
        return f"{self.name}:{line or 1}"

    def error(self, what: Message, remedy: Message, *, line: int | None = None) -> None:
        """Report why an article, or all articles of the file, are left out."""
        self.report(Problem(self.place(line), what, remedy, "error"))

    def warn(self, what: Message, remedy: Message, *, line: int | None = None) -> None:
        """Report what was repaired in, or left out of, an article that was read."""
        self.report(Problem(self.place(line), what, remedy, "warning"))

    def error_from(self, cause: BaseException, *, line: int | None = None) -> None:
        """Report one of DAMAGED_FILE_ERRORS in words for a reader."""
        if isinstance(cause, PermissionError):
            self.error(N_("may not be read"), N_("give read permission or take it out"), line=line)
        elif isinstance(cause, EOFError):
            self.error(N_("is cut short"), N_("copy the file again, completely"), line=line)
        elif isinstance(cause, _Bomb):
            self.error(
                N_(
                    "unpacks to more than %(max_unpacking)s times its size",
                    max_unpacking=_MAX_UNPACKING,
                ),
                N_("unpack it if it is what it should be; what follows is left out"),
                line=line,
            )
        else:
            reason = system_reason(cause)
            self.error(
                N_("cannot be read (%(reason)s)", reason=reason),
                N_("check or replace the file"),
                line=line,
            )


class _Bomb(OSError):
    """A packed file has far more bytes in it than text has."""


class _MeteredBytes(io.RawIOBase):
    """The bytes of a file, unpacked, whose reading is told and bounded.

    Raises one of DAMAGED_FILE_ERRORS, here or on reading.
    """

    def __init__(self, path: Path, on_bytes: Callable[[int], None] | None) -> None:
        self._disk = path.open("rb")
        self._bytes: io.BufferedReader | gzip.GzipFile | lzma.LZMAFile = self._disk
        match path.suffix.lower():
            case ".gz":
                self._bytes = gzip.GzipFile(fileobj=self._disk)
            case ".xz":
                self._bytes = lzma.LZMAFile(self._disk)  # noqa: SIM115, see close()
        self._is_packed = self._bytes is not self._disk
        self._on_bytes = on_bytes
        self._count = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        # In packed bytes it means to unpack all that is before, which nothing bounds but the time.
        return self._bytes.seek(offset, whence)

    # The buffer has another type in each version of Python's stubs.
    def readinto(self, buffer: Any) -> int:
        count = self._bytes.readinto(buffer) or 0
        # The position of the file itself, not of its buffer.
        position = os.lseek(self._disk.fileno(), 0, os.SEEK_CUR)
        if self._is_packed:
            self._count += count
            if self._count > max(_FREELY_UNPACKED_BYTES, _MAX_UNPACKING * position):
                raise _Bomb
        if self._on_bytes is not None:
            self._on_bytes(position)
        return count

    def close(self) -> None:
        if not self.closed:
            self._bytes.close()
            self._disk.close()
        super().close()


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

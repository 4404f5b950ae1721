"""The files that articles come from: which ones are read, in which order, and how they open."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from searchapp.errors import Problem, SourceNotFound

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
    """

    path: Path
    report: Report
    on_open: Callable[[Stream], None] | None = None

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
        """The file name without its suffixes, the id of an article that has none."""
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


def check_paths(paths: Sequence[Path]) -> None:
    """Raise SourceNotFound for the first path that does not exist."""
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110, Path.exists() raises where access is denied
            raise SourceNotFound(
                "there is no such file or folder",
                where=str(path),
                remedy="give --seeds an existing folder or file",
            )


def article_files(
    paths: Sequence[Path], suffixes: frozenset[str], report: Report
) -> Iterator[ArticleFile]:
    """The files with one of `suffixes` (as `format_suffix`), each once.

    Paths in the order given; folders recursively, in the order of their names. Hidden files and
    folders are left out silently, unknown suffixes are reported once each as a warning. A file
    given by itself is read whatever its name begins with; its unknown suffix is an error.
    """
    seen_files: set[str] = set()
    unknown: set[str] = set()
    for given in paths:
        in_folder = os.path.isdir(given)  # noqa: PTH112, as above
        for path in _walk(given, report, frozenset()) if in_folder else (given,):
            file = ArticleFile(path, report)
            real_path = os.path.realpath(path)
            if real_path in seen_files:
                continue
            seen_files.add(real_path)
            suffix = file.format_suffix
            if suffix not in suffixes:
                if suffix not in unknown or not in_folder:
                    unknown.add(suffix)
                    kind = f"files ending in {suffix}" if suffix else "files without a suffix"
                    tell = file.warn if in_folder else file.error
                    tell(f"{kind} are not read", f"use one of {' '.join(sorted(suffixes))}")
            elif not _is_regular(path):
                file.error("is not a regular file", "replace it by a file, or take it out")
            else:
                yield file


def _walk(folder: Path, report: Report, ancestors: frozenset[str]) -> Iterator[Path]:
    """All files below `folder` that are not hidden; a link to a folder above is not followed."""
    real_folder = os.path.realpath(folder)
    if real_folder in ancestors:
        return
    try:
        with os.scandir(folder) as entries:
            names = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError as cause:
        ArticleFile(folder, report).error_from(cause)
        return
    for name, is_folder in names:
        if name.startswith("."):
            continue
        if is_folder:
            yield from _walk(folder / name, report, ancestors | {real_folder})
        else:
            yield folder / name


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


# Both are asked for with every record of a file.
@lru_cache(maxsize=64)
def printable_path(path: Path) -> str:
    """A path as reports and origins show it: on one line, without odd characters."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "�" for char in text)


@lru_cache(maxsize=64)
def _split_name(path: Path) -> tuple[str, str]:
    name = Path(path.name)
    if name.suffix.lower() in _COMPRESSIONS:
        name = Path(name.stem)
    return name.stem, name.suffix.lower()

"""Which files are read: what the given folders hold, in which order, and what is no article file.

A failure to look is not absence: whatever cannot be looked at is reported as an error with its
place, and the rest is read.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from searchapp.corpus.files import ArticleFile, Report, path_text, printable_path
from searchapp.errors import SourceNotFound, system_reason
from searchapp.translation import N_, Message

PSEUDO_FILE_SYSTEMS = frozenset(
    "proc sysfs devtmpfs devpts cgroup cgroup2 debugfs tracefs securityfs configfs pstore bpf"
    " mqueue efivarfs fusectl binfmt_misc selinuxfs smackfs rpc_pipefs nsfs sockfs pipefs".split()
)
"""Their files are made by the kernel when they are read: some never end, some wait for ever."""

_LEFT_BY_PROGRAMS = re.compile(r"~\$.*|Thumbs\.db|desktop\.ini|.*~|#.*#|.*\.(?:bak|tmp|part)", re.I)
"""Files that Word, Windows, editors and browsers leave beside those that people work on."""

_SAVE_AS = {
    **dict.fromkeys((".doc", ".rtf", ".wpd", ".pages"), ".docx"),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".numbers"), ".csv"),
    **dict.fromkeys((".mobi", ".azw3"), ".epub"),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".djvu", ".ps"), ".pdf"),
}
"""The kind of file as which the programs of other kinds can save theirs."""

_MOUNTS = Path("/proc/self/mountinfo")
_BUNDLE = "index"
"""A file of this name stands for its folder: "index.html" of a web site, "index.md" of a page."""


def check_paths(paths: Sequence[Path]) -> None:
    """Raise SourceNotFound for the first path that is not there or cannot be looked at."""
    for path in paths:
        try:
            path.stat()
        except OSError as error:
            is_missing = isinstance(error, FileNotFoundError)
            raise SourceNotFound(
                N_("there is no such file or folder")
                if is_missing
                else N_("cannot be looked at (%(reason)s)", reason=system_reason(error)),
                where=printable_path(path),
                remedy=N_("give --seeds an existing folder or file"),
            ) from None


def article_files(
    paths: Sequence[Path], suffixes: frozenset[str], report: Report
) -> Iterator[ArticleFile]:
    """The files with one of `suffixes` (as `format_suffix`), each once.

    Paths in the order given; folders recursively, in the order of their names. Hidden files and
    folders, and what programs leave behind, are left out silently, unknown suffixes are reported
    once each as a warning. A file given by itself is read whatever its name; its unknown suffix is
    an error.
    """
    walk = _Walk(report)
    unknown: set[str] = set()
    for given in paths:
        in_folder = os.path.isdir(given)  # noqa: PTH112, Path.is_dir() raises on a loop of links
        source = given if in_folder else given.parent
        found = walk.files(given) if in_folder else walk.file(given)
        for path in found:
            if in_folder and _LEFT_BY_PROGRAMS.fullmatch(path.name):
                continue
            file = ArticleFile(path, report, source=source, id_stem=natural_stem(path, source))
            suffix = file.format_suffix
            if suffix not in suffixes:
                if suffix not in unknown or not in_folder:
                    unknown.add(suffix)
                    tell = file.warn if in_folder else file.error
                    what = (
                        N_("files ending in %(suffix)s are not read", suffix=suffix)
                        if suffix
                        else N_("files without a suffix are not read")
                    )
                    tell(what, _remedy(suffix, suffixes))
            elif _is_readable_kind(file):
                yield file


def _remedy(suffix: str, suffixes: frozenset[str]) -> Message:
    if suffix in _SAVE_AS:
        return N_("if they are articles, save them as %(form)s", form=_SAVE_AS[suffix])
    return N_("use one of %(suffixes)s", suffixes=" ".join(sorted(suffixes)))


def natural_stem(path: Path, source: Path) -> str:
    """The path of a file below its source folder, without suffixes; "a" for "a/index.html"."""
    folders = path.parent.relative_to(source).parts
    name = ArticleFile(path, lambda _: None).name_stem
    if folders and name.lower() == _BUNDLE:
        return path_text(Path(*folders))
    return path_text(Path(*folders, name))


def other_stems(file: ArticleFile, *, is_rival_beside: bool) -> Iterator[str]:
    """What may stand for the stem of a file, if another file has it already. Never ends.

    is_rival_beside: whether that one is below the same source folder. It is then told apart by
    its suffixes ("a.html"), and otherwise by the name of its source folder ("2023/a").
    """
    source = file.source or file.path.parent
    stem = natural_stem(file.path, source)
    whole = path_text(file.path.relative_to(source))
    name = path_text(Path(os.path.realpath(source).rpartition("/")[2]))
    if is_rival_beside:
        yield whole
    yield f"{name}/{stem}"
    yield f"{name}/{whole}"
    number = 2
    while True:
        yield f"{name}/{whole}-{number}"
        number += 1


class _Entry(NamedTuple):
    """Something in a folder. real: its path without links."""

    path: Path
    real: str
    is_folder: bool


class _Walk:
    """A walk through folders that meets every file and folder once, however links lead to it."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._seen: set[str] = set()

    def file(self, path: Path) -> Iterator[Path]:
        """A file that was given by itself."""
        if self._is_new(os.path.realpath(path)):
            yield path

    def files(self, folder: Path) -> Iterator[Path]:
        """All files below a folder that are not hidden.

        Not recursive: folders may be nested more deeply than calls may be.
        """
        waiting = [_Entry(folder, os.path.realpath(folder), is_folder=True)]
        while waiting:
            entry = waiting.pop()
            if not self._is_new(entry.real):
                continue
            if entry.is_folder:
                waiting += reversed(self._entries(entry))
            else:
                yield entry.path

    def _is_new(self, real: str) -> bool:
        if real in self._seen:
            return False
        self._seen.add(real)
        return True

    def _entries(self, folder: _Entry) -> list[_Entry]:
        """What a folder holds, by name; nothing, or what could be listed, after a report."""
        entries: list[_Entry] = []
        place = ArticleFile(folder.path, self._report)
        try:
            if _is_pseudo(folder.path.stat().st_dev):
                place.error(N_("is made by the system and holds no articles"), N_("take it out"))
                return entries
            with os.scandir(folder.path) as found:
                for each in found:
                    if not each.name.startswith("."):
                        entries += self._entry(folder, each)
        except OSError as cause:
            remedy = (
                N_("give read permission or take it out")
                if isinstance(cause, PermissionError)
                else N_("look at it or take it out")
            )
            place.error(
                N_("cannot be listed (%(reason)s)", reason=system_reason(cause)),
                remedy,
            )
        return sorted(entries, key=lambda each: each.path.name)

    def _entry(self, folder: _Entry, found: os.DirEntry[str]) -> Iterator[_Entry]:
        """An entry of a folder, unless it cannot be looked at, which is reported."""
        path = folder.path / found.name
        try:
            is_link = found.is_symlink()
            if is_link:
                path.stat()  # is_dir() takes a link that leads nowhere for a file
            is_folder = found.is_dir()
        except OSError as cause:
            what = N_("leads nowhere") if cause.errno == errno.ENOENT else N_("cannot be looked at")
            ArticleFile(path, self._report).error(
                N_("%(what)s (%(reason)s)", what=what, reason=system_reason(cause)),
                N_("mend the link or take it out"),
            )
            return
        real = os.path.realpath(path) if is_link else os.path.join(folder.real, found.name)  # noqa: PTH118
        yield _Entry(path, real, is_folder)


def _is_readable_kind(file: ArticleFile) -> bool:
    """Whether it is a regular file that the system does not make itself; reports why not."""
    try:
        state = file.path.stat()
    except OSError as cause:
        file.error_from(cause)
        return False
    if not stat.S_ISREG(state.st_mode):
        file.error(N_("is not a regular file"), N_("replace it by a file, or take it out"))
        return False
    if _is_pseudo(state.st_dev):
        file.error(N_("is made by the system and is no article"), N_("take it out"))
        return False
    return True


@cache
def _is_pseudo(device: int) -> bool:
    """Whether what is on a device is made by the kernel.

    A table of mounts has lines such as "36 35 98:0 / /mnt rw - ext3 /dev/root rw": see proc(5).
    Other file systems than that of the source folder are no reason to leave a file out: archives
    are mounted below it, and containers and snapshots have devices of their own for parts of it.
    """
    try:
        lines = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return False  # No Linux, or nothing that is mounted there.
    for line in lines:
        mount, _, kind = line.partition(b" - ")
        major, _, minor = mount.split()[2].partition(b":")
        if os.makedev(int(major), int(minor)) == device:
            return kind.split()[0].decode("ascii", "replace") in PSEUDO_FILE_SYSTEMS
    return False

"""What a crash leaves on the disk after each file operation of a recorded run.

A recorded run is replayed, operation by operation, on a model of the folder that knows what was
synced: of a file its content as of its latest fsync, of a folder its entries as of the latest fsync
of the folder itself. A real disk keeps more than that, but need not.
"""

from __future__ import annotations

import random
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

WATCHED = (
    "openat,close,read,lseek,write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,sendfile,"
    "copy_file_range,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,symlink,"
    "symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,dup,dup2,dup3"
)
"""The system calls that change files, or say which file is changed where."""
OPTIONS = ("-xx", "-s", str(1 << 26), "-e", f"trace={WATCHED}")

_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_NUMBER = re.compile(r"(?<!\w)-?\d+")


@dataclass
class File:
    """Its content, and what a crash leaves of it."""

    content: bytes = b""
    synced: bytes = b""


@dataclass
class Folder:
    """Its entries, and those that a crash leaves."""

    entries: dict[str, File | Folder] = field(default_factory=dict)
    synced: dict[str, File | Folder] = field(default_factory=dict)


Node: TypeAlias = File | Folder
Tree: TypeAlias = dict[str, bytes | None]
"""Files with their contents and folders, by their paths."""


class Crash(NamedTuple):
    """A state of the disk. number: of the operations that were done. operation: the last one."""

    number: int
    operation: str
    kind: str
    tree: Tree

    def __str__(self) -> str:
        return f"{self.kind} after operation {self.number}, {self.operation}"


@dataclass
class _Opened:
    node: Node
    position: int = 0
    appends: bool = False


class CrashedDisk:
    """A folder whose changes are replayed."""

    def __init__(self, folder: Path) -> None:
        """folder: as it is before the recorded run, all of it on the disk."""
        self._folder = folder
        self._root = _loaded(folder)
        self._opened: dict[int, _Opened] = {}
        self._torn: tuple[File, bytes] | None = None  # what the latest write may have left

    def crashes(self, log: Sequence[str], *, mixtures: int) -> Iterator[Crash]:
        """The states in which a crash may leave the disk, each once.

        log: strace's, with OPTIONS. mixtures: random ones after each operation, in which some files
        and folders are as they were synced and others as they were last.
        """
        seen: set[frozenset[tuple[str, bytes | None]]] = set()
        for number, operation in enumerate(self._replayed(log), 1):
            states = {
                "killed": self.tree(),
                "all lost that was not synced": _tree(self._root, lambda _: True),
                "contents lost": _tree(self._root, lambda node: isinstance(node, File)),
                "folders lost": _tree(self._root, lambda node: isinstance(node, Folder)),
            }
            for mixture in range(mixtures):
                states[f"some lost ({mixture})"] = _tree(self._root, _some(f"{number} {mixture}"))
            if self._torn is not None:
                states["torn"] = self._torn_tree(*self._torn)
            for kind, tree in states.items():
                state = frozenset(tree.items())
                if state not in seen:
                    seen.add(state)
                    yield Crash(number, operation, kind, tree)

    def tree(self) -> Tree:
        """The folder as it was last."""
        return _tree(self._root, lambda _: False)

    def lasting_tree(self) -> Tree:
        """The folder as the operations so far are sure to have left it."""
        return _tree(self._root, lambda _: True)

    def _torn_tree(self, file: File, content: bytes) -> Tree:
        """The folder with a half of the latest write."""
        whole, file.content = file.content, content
        tree = self.tree()
        file.content = whole
        return tree

    def _replayed(self, log: Sequence[str]) -> Iterator[str]:
        """Take the operations one after the other; what changes something is given."""
        for line in log:
            call = _CALL.match(line)
            if call is None:
                assert not line[:1].isalpha(), f"not understood: {line[:200]}"
                continue
            name, arguments, result = call[1], call[2], int(call[3])
            if result < 0:
                continue
            self._torn = None
            if self._take(name, arguments, result):
                texts = [
                    bytes.fromhex(each.replace("\\x", "")) for each in _TEXT.findall(arguments)
                ]
                yield f"{name} {b' '.join(texts)[-60:].decode('ascii', 'replace')!r}"

    def _take(self, name: str, arguments: str, result: int) -> bool:
        """Do what a system call did. Returns whether it may have changed the folder."""
        texts = [bytes.fromhex(each.replace("\\x", "")) for each in _TEXT.findall(arguments)]
        numbers = [
            int(each) for each in re.findall(r"(?<![\w\"\\])-?\d+", _TEXT.sub("", arguments))
        ]
        match name:
            case "openat":
                return self._open(arguments, texts[0].decode(), result)
            case "close":
                self._opened.pop(numbers[0], None)
                return False
            case "read" | "lseek":
                opened = self._opened.get(numbers[0])
                if opened is not None:
                    opened.position = result + (opened.position if name == "read" else 0)
                return False
            case "write" | "pwrite64":
                opened = self._opened.get(numbers[0])
                if opened is None:
                    return False
                self._write(opened, texts[0][:result], numbers[-1] if name == "pwrite64" else None)
                return True
            case "sendfile" | "copy_file_range":
                return self._copy(arguments, result)
            case "ftruncate":
                opened = self._opened.get(numbers[0])
                if opened is None:
                    return False
                file = _file(opened)
                file.content = file.content[: numbers[1]].ljust(numbers[1], b"\0")
                return True
            case "fsync" | "fdatasync":
                opened = self._opened.get(numbers[0])
                if opened is None:
                    return False
                _sync(opened.node)
                return True
            case "mkdir" | "mkdirat":
                return self._enter(arguments, texts[0].decode(), Folder())
            case "unlink" | "unlinkat" | "rmdir":
                place = self._place(arguments, texts[0].decode())
                return place is not None and bool(place[0].entries.pop(place[1]))
            case "rename" | "link":
                return self._rename(texts[0].decode(), texts[1].decode(), keeps=name == "link")
        assert numbers[0] not in self._opened, f"not understood: {name}({arguments[:200]})"
        assert not texts or self._place(arguments, texts[0].decode()) is None, name
        return False

    def _open(self, arguments: str, path: str, result: int) -> bool:
        self._opened.pop(result, None)
        place = self._place(arguments, path)
        if place is None:
            if Path(path) == self._folder:
                self._opened[result] = _Opened(self._root)
            return False
        folder, name = place
        is_new = name not in folder.entries
        node = folder.entries.setdefault(name, File())
        empties = "O_TRUNC" in arguments and isinstance(node, File) and bool(node.content)
        if empties and isinstance(node, File):
            node.content = b""
        self._opened[result] = _Opened(node, appends="O_APPEND" in arguments)
        return is_new or empties

    def _write(self, opened: _Opened, data: bytes, offset: int | None) -> None:
        file = _file(opened)
        before = file.content
        start = offset
        if start is None:
            start = len(before) if opened.appends else opened.position
            opened.position = start + len(data)
        file.content = _overwritten(before, start, data)
        self._torn = file, _overwritten(before, start, data[: len(data) // 2])

    def _copy(self, arguments: str, result: int) -> bool:
        """sendfile(out, in, [start] => ..., n), or copy_file_range(in, [], out, [], n, 0)."""
        given = re.fullmatch(r"(\d+), (\d+), \[(\d+)\].*", arguments)
        if given is None or int(given[1]) not in self._opened:
            assert not result or given, f"not understood: {arguments}"
            return False
        target, source, start = (int(each) for each in given.groups())
        content = _file(self._opened[source]).content
        self._write(self._opened[target], content[start : start + result], None)
        return True

    def _enter(self, arguments: str, path: str, node: Node) -> bool:
        place = self._place(arguments, path)
        if place is not None:
            place[0].entries[place[1]] = node
        return place is not None

    def _rename(self, source: str, target: str, *, keeps: bool) -> bool:
        old, new = self._place("", source), self._place("", target)
        assert (old is None) == (new is None)
        if old is None or new is None:
            return False
        new[0].entries[new[1]] = old[0].entries[old[1]] if keeps else old[0].entries.pop(old[1])
        return True

    def _place(self, arguments: str, path: str) -> tuple[Folder, str] | None:
        """The folder of the model in which a path is, and its name there; None if it is outside."""
        base = re.match(r"(\d+), ", arguments)
        if not path.startswith("/") and base and int(base[1]) in self._opened:
            node: Node = self._opened[int(base[1])].node
            names = path.split("/")
        elif Path(path).is_relative_to(self._folder) and Path(path) != self._folder:
            node = self._root
            names = list(Path(path).relative_to(self._folder).parts)
        else:
            return None
        for name in names[:-1]:
            assert isinstance(node, Folder)
            node = node.entries[name]
        assert isinstance(node, Folder)
        return node, names[-1]


def write_tree(tree: Tree, folder: Path) -> None:
    """Make a folder what a tree says, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in sorted(tree.items()):
        if content is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(content)


def tree_of(folder: Path) -> Tree:
    """What a real folder holds."""
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def _loaded(path: Path) -> Folder:
    folder = Folder()
    for each in path.iterdir():
        content = each.read_bytes() if each.is_file() else b""
        folder.entries[each.name] = File(content, content) if each.is_file() else _loaded(each)
    folder.synced = dict(folder.entries)
    return folder


def _tree(root: Folder, is_lost: Callable[[Node], bool]) -> Tree:
    """What is left. is_lost: whether what was not synced of a file or a folder is lost."""
    tree: Tree = {}

    def add(folder: Folder, prefix: str) -> None:
        entries = folder.synced if is_lost(folder) else folder.entries
        for name, node in sorted(entries.items()):
            if isinstance(node, Folder):
                tree[prefix + name] = None
                add(node, f"{prefix}{name}/")
            else:
                tree[prefix + name] = node.synced if is_lost(node) else node.content

    add(root, "")
    return tree


def _some(seed: str) -> Callable[[Node], bool]:
    """A random half of the files and folders."""
    chosen = random.Random(seed)
    lost: dict[int, bool] = defaultdict(lambda: chosen.random() < 0.5)
    return lambda node: lost[id(node)]


def _texts(arguments: str) -> list[bytes]:
    """The texts among the arguments of a system call."""
    return [bytes.fromhex(each.replace("\\x", "")) for each in _TEXT.findall(arguments)]


def _file(opened: _Opened) -> File:
    assert isinstance(opened.node, File)
    return opened.node


def _sync(node: Node) -> None:
    if isinstance(node, File):
        node.synced = node.content
    else:
        node.synced = dict(node.entries)


def _overwritten(content: bytes, start: int, data: bytes) -> bytes:
    return content[:start].ljust(start, b"\0") + data + content[start + len(data) :]

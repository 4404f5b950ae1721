"""Walking through folders: what cannot be looked at is told, and costs nothing else its place."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from searchapp.corpus.files import ArticleFile, printable_path
from searchapp.corpus.source_folders import article_files, other_stems
from searchapp.errors import Problem
from searchapp.translation import Message
from tests.ordinary_user import as_ordinary_user

SUFFIXES = frozenset((".txt", ".md", ".html", ".csv"))


class Found:
    """The files below some folders, by name, and what was told of the rest."""

    def __init__(self, *paths: Path) -> None:
        self.problems: list[Problem] = []
        self.files = list(article_files(paths, SUFFIXES, self.problems.append))

    @property
    def stems(self) -> list[str]:
        return [file.stem for file in self.files]

    @property
    def told(self) -> list[tuple[str, str]]:
        """The last part of each place, and what was told of it, as errors."""
        assert {each.severity for each in self.problems} <= {"error"}
        return [(each.where.rpartition("/")[2], each.what) for each in self.problems]


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Ein Text.")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def link_to_nowhere(path: Path) -> None:
    path.symlink_to("/nowhere/at/all")


def link_with_a_name_too_long(path: Path) -> None:
    path.symlink_to("x" * 300)


def link_through_a_file(path: Path) -> None:
    path.symlink_to(path.parent / "a.txt" / "b")


def link_to_a_forbidden_place(path: Path) -> None:
    forbidden = path.parents[1] / "forbidden"
    (forbidden / "inside").mkdir(parents=True)
    forbidden.chmod(0)
    path.symlink_to(forbidden / "inside")


@pytest.mark.parametrize("name", ["k", "k.txt"])
@pytest.mark.parametrize(
    "make",
    [
        loop,
        link_to_nowhere,
        link_with_a_name_too_long,
        link_through_a_file,
        link_to_a_forbidden_place,
    ],
)
def test_one_bad_link_costs_its_neighbours_nothing(
    make: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    """Whatever is wrong with it: it is told, an error, and the rest of the folder is read."""
    write(tmp_path / "seeds", "a.txt", "z.txt", "sub/c.txt")
    make(tmp_path / "seeds" / name)
    with as_ordinary_user():
        found = Found(tmp_path / "seeds")
    assert found.stems == ["a", "sub/c", "z"]
    ((place, what),) = found.told
    assert place == f"{name}:1"
    assert what.startswith(("cannot be looked at (", "leads nowhere ("))


def test_a_folder_that_cannot_be_listed_or_entered(tmp_path: Path) -> None:
    """The folder is told; what can be read is read."""
    write(tmp_path, "a.txt", "unlisted/b.txt", "unentered/c.txt", "z.txt")
    (tmp_path / "unlisted").chmod(0o111)
    (tmp_path / "unentered").chmod(0o444)
    with as_ordinary_user():
        found = Found(tmp_path)
    assert found.stems == ["a", "z"]
    assert found.told == [
        ("c.txt:1", "may not be read"),
        ("unlisted:1", "cannot be listed (Permission denied)"),
    ]


def test_nothing_that_the_system_makes_is_read(tmp_path: Path) -> None:
    """Neither by links to files and folders nor when it is given; some files never end."""
    seeds = tmp_path / "seeds"
    write(seeds, "a.txt")
    (seeds / "kernel.txt").symlink_to("/proc/kmsg")
    (seeds / "memory.txt").symlink_to("/proc/self/mem")
    (seeds / "system").symlink_to("/proc/self")
    (seeds / "devices").symlink_to("/sys/kernel")
    (seeds / "zero.txt").symlink_to("/dev/zero")
    os.mkfifo(seeds / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(seeds / "s.txt"))
    found = Found(seeds)
    assert found.stems == ["a"]
    made = "is made by the system and holds no articles"
    assert sorted(found.told) == [
        ("devices:1", made),
        ("kernel.txt:1", "is made by the system and is no article"),
        ("memory.txt:1", "is made by the system and is no article"),
        ("pipe.txt:1", "is not a regular file"),
        ("s.txt:1", "is not a regular file"),
        ("system:1", made),
        ("zero.txt:1", "is not a regular file"),
    ]
    assert Found(Path("/proc/self")).told == [("self:1", made)]


def test_folders_may_be_nested_more_deeply_than_calls(tmp_path: Path) -> None:
    """And then until the system itself refuses, which is told."""
    top = os.open(tmp_path, os.O_RDONLY)
    here = top
    for _ in range(2500):
        os.mkdir("d", dir_fd=here)
        os.close(os.open("a.txt", os.O_WRONLY | os.O_CREAT, dir_fd=here))
        here, above = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    found = Found(tmp_path)
    try:
        assert len(found.files) > 1900
        assert all("File name too long" in what for _, what in found.told)
        assert 1 <= len(found.told) < 10
    finally:
        # pytest deletes its folders by calls within calls.
        os.system(f"rm -rf '{tmp_path / 'd'}'")


def test_many_links_to_the_same_folders_do_not_multiply_the_work(tmp_path: Path) -> None:
    """Forty levels with two ways to the next are forty folders, and not 2 ** 40."""
    for level in range(40):
        write(tmp_path, f"l{level}/{level}.txt")
        for way in "xy":
            (tmp_path / f"l{level}" / way).symlink_to(tmp_path / f"l{level + 1}")
    (tmp_path / "l40").mkdir()
    assert len(Found(tmp_path / "l0").files) == 40


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("meldung.md", "meldung"),
        ("2022/meldung.md", "2022/meldung"),
        ("2022/artikel.csv.gz", "2022/artikel"),
        ("foo/index.md", "foo"),
        ("foo/bar/INDEX.html", "foo/bar"),
        ("index.html", "index"),
        ("foo/index.de.md", "foo/index.de"),
        ("ä ö/ü.txt", "ä ö/ü"),
    ],
)
def test_a_stem_is_the_path_below_the_source(tmp_path: Path, name: str, stem: str) -> None:
    """Also where the source is given with dots and slashes; a file by itself has its name only."""
    write(tmp_path, f"seeds/{name}")
    write(tmp_path, "other/x.txt")
    assert Found(tmp_path / "seeds").stems == [stem]
    assert Found(tmp_path / "other" / ".." / "seeds").stems == [stem]
    alone = tmp_path / "seeds" / name
    assert Found(alone).stems == [alone.name.removesuffix(".gz").rpartition(".")[0]]


def test_other_stems_tell_files_apart(tmp_path: Path) -> None:
    """By the suffix from a neighbour, by the source folder from a file elsewhere."""
    write(tmp_path, "2022/x/a.md")
    (file,) = Found(tmp_path / "2022").files
    assert list(islice(other_stems(file, is_rival_beside=True), 4)) == [
        *("x/a.md", "2022/x/a", "2022/x/a.md", "2022/x/a.md-2")
    ]
    assert next(other_stems(file, is_rival_beside=False)) == "2022/x/a"


def test_paths_are_told_apart_whatever_their_bytes(tmp_path: Path) -> None:
    """Names that are no UTF-8, and those with odd characters, stay different and printable."""
    folder = os.fsencode(tmp_path)
    for name in (b"bad\xff.txt", b"bad\xfe.txt", b"a\nb.txt", "\u202e.txt".encode()):
        Path(os.fsdecode(folder + b"/" + name)).write_text("Text")
    found = Found(tmp_path)
    assert sorted(Path(file.name).name for file in found.files) == [
        *(r"\u202e.txt", r"a\nb.txt", r"bad\xfe.txt", r"bad\xff.txt")
    ]
    assert len(set(found.stems)) == 4
    for file in found.files:
        assert printable_path(Path(file.name)) == file.name
        ArticleFile(Path(file.name), lambda _: None).warn(Message("x"), Message("y"))

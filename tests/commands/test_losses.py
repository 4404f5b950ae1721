"""What `update` and `rebuild` do where sources cannot be read: no served article gets lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from searchapp.commands.command import NOT_ALL_DONE
from searchapp.generations import GenerationStore
from tests.commands.running import invoke, invoke_json
from tests.ordinary_user import as_ordinary_user
from tests.sources import edit_manifest, set_time

COMMANDS = ("update", "rebuild")
_ticks = count()


class Site:
    """A folder of sources with its served index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seeds = folder / "seeds"

    def write(self, name: str, text: str = "") -> Path:
        path = self.seeds / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text or f"Titel: {name}\n\nStahl in {name}.\n")
        # Long past: a file that changed a moment ago is always read again.
        set_time(path, next(_ticks))
        return path

    def write_lines(self, name: str, *ids: str) -> Path:
        return self.write(name, "".join(f'{{"id": "{i}", "title": "{i}"}}\n' for i in ids))

    def ids(self) -> set[str]:
        """The ids of the served articles."""
        found = invoke_json("search", "", "--per-page", 100, "--index", self.folder / "index")
        return {hit["id"] for hit in found["hits"]}

    def run(self, command: str, *options: object, status: int | None = 0) -> Any:
        """The report of a command."""
        places = ("--seeds", self.seeds, "--index", self.folder / "index", "--workers", 1)
        return invoke_json(command, *places, *options, status=status)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Three articles in one folder, three in another, and a table; we are not root."""
    with as_ordinary_user():
        site = Site(tmp_path)
        for name in ("A/1.txt", "A/2.txt", "A/3.txt", "B/4.txt", "B/5.txt", "B/6.txt"):
            site.write(name)
        site.write_lines("t.jsonl", "t1", "t2")
        site.run("rebuild")
        yield site


ALL = {"A/1", "A/2", "A/3", "B/4", "B/5", "B/6", "t1", "t2"}


def forbid_folder(seeds: Path) -> None:
    (seeds / "B").chmod(0)


def forbid_listing(seeds: Path) -> None:
    (seeds / "B").chmod(0o111)


def forbid_entering(seeds: Path) -> None:
    (seeds / "B").chmod(0o444)


def forbid_files(seeds: Path) -> None:
    for path in (seeds / "B").iterdir():
        path.chmod(0)


def replace_by_loop(seeds: Path) -> None:
    shutil.rmtree(seeds / "B")
    (seeds / "B").symlink_to("B")


def replace_by_link_to_nowhere(seeds: Path) -> None:
    shutil.rmtree(seeds / "B")
    (seeds / "B").symlink_to("/mnt/that/is/not/mounted")


def replace_by_link_with_a_name_too_long(seeds: Path) -> None:
    shutil.rmtree(seeds / "B")
    (seeds / "B").symlink_to("b" * 300)


def replace_by_file(seeds: Path) -> None:
    shutil.rmtree(seeds / "B")
    (seeds / "B").write_text("Kein Ordner.")


def empty_files(seeds: Path) -> None:
    for path in (seeds / "B").iterdir():
        path.write_text("")


def replace_files_by_folders(seeds: Path) -> None:
    for path in list((seeds / "B").iterdir()):
        path.unlink()
        path.symlink_to(path.name)


FAILURES = [
    *(forbid_folder, forbid_listing, forbid_entering, forbid_files, replace_by_loop),
    *(replace_by_link_to_nowhere, replace_by_link_with_a_name_too_long, replace_by_file),
    *(empty_files, replace_files_by_folders),
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fail", FAILURES, ids=lambda fail: fail.__name__)
def test_what_cannot_be_looked_at_is_kept(
    site: Site, fail: Callable[[Path], None], command: str
) -> None:
    """Counted and told, with status 3; what is really gone goes, and what is new comes."""
    fail(site.seeds)
    (site.seeds / "A" / "1.txt").unlink()
    site.write("A/neu.txt")
    report = site.run(command, status=NOT_ALL_DONE)
    assert report["kept"] == 3
    assert site.ids() == (ALL | {"A/neu"}) - {"A/1"}
    assert report["articles"] == len(ALL)
    kept = [each for each in report["problems"] if "kept from before" in each["what"]]
    assert all("/B" in each["where"] for each in kept)
    # It goes on like that, until it is said that they are to go.
    site.write("A/1.txt")
    assert site.run("update", status=NOT_ALL_DONE)["kept"] == 3
    assert site.ids() == ALL | {"A/neu"}
    site.run(command, "--accept-loss", status=None)
    assert site.ids() == (ALL | {"A/neu"}) - {"B/4", "B/5", "B/6"}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_can_be_looked_at_again_is_as_it_was(site: Site, command: str) -> None:
    """Nothing is added or changed when a folder comes back; what changed meanwhile is read."""
    (site.seeds / "B").chmod(0)
    site.run(command, status=NOT_ALL_DONE)
    (site.seeds / "B").chmod(0o755)
    assert site.run("update")["published"] is False
    site.write("B/4.txt", "Titel: Neu\n\nEisen.\n")
    (site.seeds / "B" / "5.txt").unlink()
    report = site.run("update")
    assert (report["added"], report["changed"], report["removed"]) == (0, 1, 1)
    assert site.ids() == ALL - {"B/5"}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("x.jsonl", '{"id": "x1", "title": "x"}\n', '{"id": "x1", "title": "x"\n'),
        ("x.json", '[{"id": "x1", "title": "x"}]', '[{"id": "x1", "title": "x"}'),
        ("x.json", '[{"id": "x1", "title": "x"}]', '[{"id": "x1", "title" "x"}]'),
        ("x.csv", "id,title\nx1,x\n", 'id,title\nx1,"x\n'),
        ("x.csv", "id,title\nx1,x\n", "id,titl\nx1,x\n"),
        ("x.jsonl", '{"id": "x1", "title": "x"}\n', '{"id": "x1", "title": ""}\n'),
    ],
)
def test_a_good_article_that_is_broken_now_is_kept(
    site: Site, command: str, name: str, good: str, bad: str
) -> None:
    """One bracket: its last good version stays, and the file is read at each update."""
    path = site.write(name, good)
    site.run("update")
    path.write_text(bad)
    report = site.run(command, status=NOT_ALL_DONE)
    assert site.ids() == {*ALL, "x1"}
    assert report["left_out"] >= 1
    site.run("update", status=NOT_ALL_DONE)
    path.write_text(good)
    assert site.run("update")["published"] is False
    assert site.ids() == {*ALL, "x1"}


def test_the_summary_names_what_is_kept(site: Site) -> None:
    """For people, in a sentence; the places are told on standard error."""
    (site.seeds / "B").chmod(0)
    places = ("--seeds", site.seeds, "--index", site.folder / "index")
    result = invoke("update", *places, status=NOT_ALL_DONE)
    assert "3 articles kept from before" in result.stdout
    assert f"{site.seeds}/B: cannot be listed (Permission denied)" in result.stderr
    assert "kept from before (3)" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_strict_publishes_nothing_where_something_is_kept(site: Site, command: str) -> None:
    """Neither the changes nor the kept articles."""
    (site.seeds / "B").chmod(0)
    site.write("A/neu.txt")
    site.run(command, "--strict", status=1)
    assert site.ids() == ALL


@pytest.mark.parametrize("command", COMMANDS)
def test_a_source_without_files_is_taken_for_not_mounted(site: Site, command: str) -> None:
    """Its articles are kept, beside those of the other source."""
    more = site.folder / "more"
    more.mkdir()
    (more / "m.txt").write_text("Stahl, mehr.")
    site.run("update", "--seeds", more)
    (more / "m.txt").rename(site.folder / "m.txt")
    (more / ".keep").touch()
    (more / "lost+found").mkdir()
    report = site.run(command, "--seeds", more, status=NOT_ALL_DONE)
    assert report["kept"] == 1
    assert site.ids() == {*ALL, "m"}
    # All of a single source, too: an empty index is no good answer to an empty folder.
    site.seeds.rename(site.folder / "elsewhere")
    site.seeds.mkdir()
    report = site.run(command, "--seeds", more, status=NOT_ALL_DONE)
    assert site.ids() == {*ALL, "m"}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["folder", "file", "only one"])
def test_a_source_that_is_not_there_keeps_its_articles(
    site: Site, tmp_path: Path, command: str, kind: str
) -> None:
    """A disk that is not mounted at all, a folder that was renamed; but not a typing error."""
    more = tmp_path / "more" / "m.txt"
    more.parent.mkdir()
    more.write_text("Titel: M\n\nEisen.\n")
    options = () if kind == "only one" else ("--seeds", more if kind == "file" else more.parent)
    site.run("update", *options)
    before = site.ids()
    away = site.seeds if kind == "only one" else more.parent
    away.rename(tmp_path / "away")
    report = site.run(command, *options, status=NOT_ALL_DONE)
    assert (report["kept"], report["left_out"]) == (8 if kind == "only one" else 1, 1)
    told = [each for each in report["problems"] if "no such file" in each["what"]]
    assert [each["severity"] for each in told] == ["error", "warning"]
    assert "put it back" in told[0]["remedy"]
    assert "--accept-loss" in told[1]["remedy"]
    assert site.ids() == before
    assert "--strict" in site.run(command, *options, "--strict", status=1)["error"]
    error = site.run(command, *options, "--seeds", tmp_path / "mroe", status=1)["error"]
    assert "mroe: there is no such file or folder; give --seeds an existing" in error
    (tmp_path / "away").rename(away)
    assert site.run(command, *options)["kept"] == 0
    assert site.ids() == before


def test_a_source_that_is_not_there_can_be_dropped(site: Site, tmp_path: Path) -> None:
    """The others go on."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "m.txt").write_text("Titel: M\n\nEisen.\n")
    site.run("update", "--seeds", tmp_path / "more")
    shutil.rmtree(tmp_path / "more")
    options = ("--seeds", tmp_path / "more", "--accept-loss")
    assert site.run("update", *options, status=NOT_ALL_DONE)["removed"] == 1
    assert site.ids() == ALL


@pytest.mark.parametrize("command", COMMANDS)
def test_much_loss_must_be_asked_for(site: Site, command: str) -> None:
    """More than a fifth of what is served, and more than a handful, is not removed unasked."""
    for number in range(17):
        site.write(f"C/{number}.txt")
    site.run("update")
    before = site.ids()
    assert len(before) == 25
    for number in range(5):
        (site.seeds / "C" / f"{number}.txt").unlink()
    assert site.run(command)["removed"] == 5
    site.write("neu.txt")
    for number in range(5, 10):
        (site.seeds / "C" / f"{number}.txt").unlink()
    error = site.run(command, status=1)["error"]
    assert "5 of the 20 articles that are served would be removed" in error
    assert "--accept-loss" in error
    assert error.startswith("seeds/C: ")
    assert site.ids() == before - {f"C/{number}" for number in range(5)}
    assert site.run(command, "--accept-loss")["removed"] == 5
    assert len(site.ids()) == 16


def test_a_limit_loses_nothing_that_cannot_be_read(site: Site) -> None:
    """Neither a limit that is reached nor one that is not."""
    (site.seeds / "B").chmod(0)
    site.run("rebuild", "--limit", 100, status=NOT_ALL_DONE)
    assert site.ids() == ALL
    site.write("A/neu.txt")
    site.run("update", "--limit", 1, status=None)
    assert site.ids() == {*ALL, "A/neu"}


def test_a_damaged_index_does_not_make_articles_disappear(site: Site) -> None:
    """What cannot be read and is served from a damaged index cannot be kept: that is said."""
    current = GenerationStore(site.folder / "index").current().folder
    (site.seeds / "B").chmod(0)
    largest = max(current.glob("*.segment"), key=lambda path: path.stat().st_size)
    largest.write_bytes(b"")
    error = site.run("rebuild", status=1)["error"]
    assert "cannot be kept" in error
    assert "--accept-loss" in error
    site.run("rebuild", "--accept-loss", status=NOT_ALL_DONE)
    assert site.ids() == ALL - {"B/4", "B/5", "B/6"}


def test_an_index_of_other_code_still_gives_its_articles(site: Site) -> None:
    """A rebuild after a new version of the program keeps what cannot be read as well."""
    edit_manifest(GenerationStore(site.folder / "index").current(), fingerprint="older")
    (site.seeds / "B").chmod(0)
    report = site.run("update", status=NOT_ALL_DONE)
    assert "other analysis" in report["reason"]
    assert report["kept"] == 3
    assert site.ids() == ALL


def test_deleted_files_are_no_failure(site: Site) -> None:
    """What is really gone is removed, and all is well."""
    shutil.rmtree(site.seeds / "B")
    for command in COMMANDS:
        assert site.run(command)["kept"] == 0
    assert site.ids() == ALL - {"B/4", "B/5", "B/6"}


def test_an_update_opens_no_file_that_has_not_changed(site: Site) -> None:
    """Nor does a folder that cannot be read make it read the others again."""
    path = site.seeds / "A" / "1.txt"
    state = path.stat()
    path.write_text(path.read_text().replace("Stahl", "Eisen"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    (site.seeds / "B").chmod(0)
    report = site.run("update", status=NOT_ALL_DONE)
    assert report["published"] is False

"""The catalog: what an article that is read is, compared with the last reading."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.catalog import Catalog, Verdict
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.source_folders import natural_stem
from searchapp.former_ids import CATALOG
from searchapp.model import Article
from tests.sources import article, set_time

NEW, CHANGED, UNCHANGED, DUPLICATE, WAITING = Verdict


class Readings:
    """Readings of files one after the other, each with its own catalog."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.latest: Path | None = None
        self.count = 0
        self.settled: list[tuple[Verdict, str]] = []

    def path(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            path.write_text(name)
            set_time(path, 0)
        return path

    def read(
        self, files: dict[str, Sequence[Article]], *, reported: Sequence[str] = ()
    ) -> tuple[dict[str, list[Verdict] | str], list[str]]:
        """Each file's verdicts, or "skipped"; and the ids of articles that are gone."""
        catalog = self.catalog()
        verdicts: dict[str, list[Verdict] | str] = {}
        for name, articles in files.items():
            path = self.path(name)
            if catalog.begin_file(file(path)) is None:
                verdicts[name] = "skipped"
                continue
            verdicts[name] = [
                catalog.record(replace(each, origin=f"{path}:{line}")).verdict
                for line, each in enumerate(articles, start=1)
            ]
            if name in reported:
                catalog.report(f"{path}:7")
        self.settled = [(each.verdict, each.rival) for each in catalog.waiting()]
        removed = catalog.remove_gone()
        catalog.commit()
        return verdicts, removed.ids

    def catalog(self) -> Catalog:
        """The catalog of the next reading."""
        self.count += 1
        path = self.folder / f"generation-{self.count}" / CATALOG
        path.parent.mkdir()
        catalog = Catalog(path, base=self.latest, sources=[self.folder])
        self.latest = path
        return catalog

    def delete(self, name: str) -> None:
        (self.folder / name).unlink()


def file(path: Path) -> ArticleFile:
    """A file as the walk through its folder finds it."""
    return ArticleFile(
        path, lambda _: None, source=path.parent, id_stem=natural_stem(path, path.parent)
    )


@pytest.fixture
def readings(tmp_path: Path) -> Readings:
    return Readings(tmp_path)


A, B = article("a", "eins"), article("b", "zwei")


def test_files_that_did_not_change_are_skipped(readings: Readings) -> None:
    """Judged by size and time; their articles stay."""
    assert readings.read({"1": [A], "2": [B]}) == ({"1": [NEW], "2": [NEW]}, [])
    assert readings.read({"1": [A], "2": [B]}) == ({"1": "skipped", "2": "skipped"}, [])
    set_time(readings.path("1"), 1)
    assert readings.read({"1": [A], "2": [B]}) == ({"1": [UNCHANGED], "2": "skipped"}, [])
    readings.path("2").write_text("longer than before")
    set_time(readings.path("2"), 0)
    changed = replace(B, body="drei")
    assert readings.read({"1": [A], "2": [changed]}) == ({"1": "skipped", "2": [CHANGED]}, [])


def test_a_file_that_changed_a_moment_ago_is_read_again(readings: Readings) -> None:
    """It may have changed once more within the same tick of the clock."""
    os.utime(readings.path("1"))
    readings.read({"1": [A]})
    assert readings.read({"1": [A]}) == ({"1": [UNCHANGED]}, [])
    past = time.time() - 3
    os.utime(readings.path("1"), (past, past))
    assert readings.read({"1": [A]}) == ({"1": [UNCHANGED]}, [])
    assert readings.read({"1": [A]}) == ({"1": "skipped"}, [])


def test_articles_of_files_that_are_gone_are_gone(readings: Readings) -> None:
    """And those that their file no longer holds."""
    readings.read({"1": [A], "2": [B]})
    assert readings.read({"1": [A]}) == ({"1": "skipped"}, ["b"])
    set_time(readings.path("1"), 1)
    assert readings.read({"1": []}) == ({"1": []}, ["a"])


def test_a_file_with_something_reported_is_read_again(readings: Readings) -> None:
    """So that the report is repeated until it is mended."""
    readings.read({"1": [A]}, reported=["1"])
    assert readings.read({"1": [A]}) == ({"1": [UNCHANGED]}, [])
    assert readings.read({"1": [A]}) == ({"1": "skipped"}, [])


def test_of_two_articles_with_one_id_the_one_published_first_stays(readings: Readings) -> None:
    """In one file, in two files, and when the later one is read earlier."""
    other = replace(A, body="anders")
    assert readings.read({"2": [A, other]}) == ({"2": [NEW, DUPLICATE]}, [])
    assert readings.read({"2": [A, other], "3": [other]})[0] == {
        "2": [UNCHANGED, DUPLICATE],
        "3": [DUPLICATE],
    }
    assert readings.read({"1": [other], "2": [A]}) == ({"1": [WAITING], "2": [UNCHANGED]}, [])
    assert readings.settled == [(DUPLICATE, f"{readings.folder / '2'}:1")]
    # Its file gives the id up, and then takes it no more: another one has it now.
    set_time(readings.path("2"), 1)
    assert readings.read({"1": [other], "2": [B]}) == ({"1": [WAITING], "2": [NEW]}, [])
    assert readings.settled == [(CHANGED, "")]
    set_time(readings.path("2"), 2)
    assert readings.read({"1": [other], "2": [A, B]})[0]["2"] == [DUPLICATE, UNCHANGED]
    # It is deleted: nobody has to wait.
    readings.delete("1")
    assert readings.read({"0": [A], "2": [B]})[0] == {"0": [CHANGED], "2": [UNCHANGED]}


def test_a_skipped_file_keeps_its_ids(readings: Readings) -> None:
    """A later file cannot take them over."""
    readings.read({"1": [A]})
    assert readings.read({"1": [A], "2": [A]})[0] == {"1": "skipped", "2": [DUPLICATE]}
    assert readings.read({"0": [A], "1": [A]})[0] == {"0": [WAITING], "1": "skipped"}
    assert readings.settled == [(DUPLICATE, f"{readings.folder / '1'}:1")]


@pytest.mark.parametrize("name", ["a\u00a0b.txt", "Zeile\numbruch.txt", "\u202eüber.txt"])
def test_files_with_odd_names_keep_their_articles(readings: Readings, name: str) -> None:
    """Reports and origins show such names in printable form."""
    shown = str(readings.path(name)).translate({0xA0: r"\xa0", 0x0A: r"\n", 0x202E: r"\u202e"})
    for expected in ("read", "skipped", "skipped"):
        catalog = readings.catalog()
        begun = catalog.begin_file(file(readings.path(name)))
        assert (begun is None) == (expected == "skipped")
        if expected == "read":
            assert catalog.record(replace(A, origin=f"{shown}:1")).verdict is NEW
        assert catalog.remove_gone().ids == []
        assert catalog.totals()[0] == 1
        catalog.commit()


def test_the_source_digest_tells_corpora_apart_and_not_their_files(readings: Readings) -> None:
    """Equal for equal articles, whatever the order or the files they stand in."""

    def digest(files: dict[str, Sequence[Article]]) -> str:
        readings.latest = None
        readings.read(files)
        assert readings.latest is not None
        catalog = Catalog(readings.folder / f"copy-{readings.count}", base=readings.latest)
        found = catalog.source_digest()
        catalog.close()
        return found

    once = digest({"1": [A, B]})
    assert digest({"2": [B], "3": [A]}) == once
    assert digest({"1": [A]}) != once
    for changed in (
        replace(B, title="x"),
        replace(B, tags=("x",)),
        replace(B, authors=("x",)),
        replace(B, source="x"),
        replace(B, url="https://x.de"),
        replace(B, id="c"),
    ):
        assert digest({"1": [A, changed]}) != once


def test_tags_are_counted_for_the_next_reading(tmp_path: Path) -> None:
    """They help to split tags that ran together."""
    first = Catalog(tmp_path / "1")
    first.count_tags(["Stahl", "Eisen"])
    first.count_tags(["Stahl"])
    assert first.known_tags() == {}
    first.commit()
    second = Catalog(tmp_path / "2", base=tmp_path / "1")
    assert second.known_tags() == {"Stahl": 2, "Eisen": 1}
    second.close()

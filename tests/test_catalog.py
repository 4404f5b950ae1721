"""The catalog: what an article that is read is, compared with the last reading."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.catalog import Catalog, Verdict, file_of
from searchapp.model import Article
from tests.sources import article, set_time

NEW, CHANGED, UNCHANGED, DUPLICATE = Verdict


class Readings:
    """Readings of files one after the other, each with its own catalog."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.latest: Path | None = None
        self.count = 0

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
        self.count += 1
        catalog = Catalog(self.folder / f"catalog-{self.count}", base=self.latest)
        self.latest = self.folder / f"catalog-{self.count}"
        verdicts: dict[str, list[Verdict] | str] = {}
        for name, articles in files.items():
            path = self.path(name)
            if catalog.begin_file(path):
                verdicts[name] = "skipped"
                continue
            verdicts[name] = [
                catalog.record(replace(each, origin=f"{path}:{line}"))[0]
                for line, each in enumerate(articles, start=1)
            ]
            if name in reported:
                catalog.report(path)
        gone = catalog.remove_gone()
        catalog.commit()
        return verdicts, gone


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


def test_of_two_articles_with_one_id_the_first_counts(readings: Readings) -> None:
    """In one file, in two files, and when the earlier file comes later."""
    other = replace(A, body="anders")
    assert readings.read({"2": [A, other]}) == ({"2": [NEW, DUPLICATE]}, [])
    assert readings.read({"2": [A, other], "3": [other]})[0] == {
        "2": [UNCHANGED, DUPLICATE],
        "3": [DUPLICATE],
    }
    # An earlier file takes the id over, and the later one is read again to say so.
    assert readings.read({"1": [other], "2": [A]}) == ({"1": [CHANGED], "2": [DUPLICATE]}, [])
    # The earlier file gives it up: the article of the later one is back.
    assert readings.read({"2": [A]}) == ({"2": [CHANGED]}, [])


def test_a_skipped_file_keeps_its_ids(readings: Readings) -> None:
    """A later file cannot take them over."""
    readings.read({"1": [A]})
    assert readings.read({"1": [A], "2": [A]})[0] == {"1": "skipped", "2": [DUPLICATE]}


@pytest.mark.parametrize("name", ["a\u00a0b.txt", "Zeile\numbruch.txt", "\u202eüber.txt"])
def test_files_with_odd_names_keep_their_articles(readings: Readings, name: str) -> None:
    """Reports and origins show such names in printable form."""
    shown = str(readings.path(name)).translate({0xA0: "�", 0x0A: "�", 0x202E: "�"})
    for expected in ("read", "skipped", "skipped"):
        readings.count += 1
        path = readings.folder / f"catalog-{readings.count}"
        catalog = Catalog(path, base=readings.latest)
        readings.latest = path
        assert catalog.begin_file(readings.path(name)) == (expected == "skipped")
        if expected == "read":
            assert catalog.record(replace(A, origin=f"{shown}:1"))[0] is NEW
        assert catalog.remove_gone() == []
        assert catalog.totals()[0] == 1
        catalog.commit()


def test_the_source_digest_tells_corpora_apart_and_not_their_files(readings: Readings) -> None:
    """Equal for equal articles, whatever the order or the files they stand in."""

    def digest(files: dict[str, Sequence[Article]]) -> str:
        readings.latest = None
        readings.read(files)
        assert readings.latest is not None
        catalog = Catalog(readings.folder / "copy", base=readings.latest)
        found = catalog.source_digest()
        catalog.close()
        return found

    once = digest({"1": [A, B]})
    assert digest({"2": [B], "3": [A]}) == once
    assert digest({"1": [A]}) != once
    for changed in (
        replace(B, title="x"),
        replace(B, tags=("x",)),
        replace(B, author="x"),
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


def test_the_file_of_a_place() -> None:
    """With and without a line; a colon in the name is no line."""
    assert file_of("seeds/a.jsonl:17") == Path("seeds/a.jsonl")
    assert file_of("seeds/a.txt") == Path("seeds/a.txt")
    assert file_of("seeds/12:30.txt:1") == Path("seeds/12:30.txt")

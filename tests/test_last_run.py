"""What a rebuild or update did is told after it, whether it published, did nothing or failed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from searchapp.errors import IndexLocked, RebuildFailed
from searchapp.generations import GenerationStore
from searchapp.indexing import rebuild, update
from searchapp.last_run import FILE, LastRun, last_run
from searchapp.model import Article
from searchapp.settings import Settings
from tests.sources import article, write_lines


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """An index of its own, not yet built, of two articles and a line that is none."""
    lines: list[Article | str] = [article("a"), article("b"), "{"]
    seeds = write_lines(tmp_path / "texte" / "artikel.jsonl", lines)
    return Settings(seeds=(seeds,), index=tmp_path / "index", workers=1)


def test_a_run_tells_what_it_did_and_left_out(own: Settings) -> None:
    """Also an update that publishes nothing, which is as good as one that does."""
    assert last_run(own.index) == LastRun()
    started = time.time()
    report = rebuild(own)
    first = last_run(own.index)
    assert (first.command, first.published, first.error) == ("rebuild", True, "")
    assert (first.articles, first.added, first.left_out) == (2, 2, 1)
    assert first.seconds == report.seconds
    assert started <= first.succeeded_s <= first.ended_s <= time.time()
    update(own)
    second = last_run(own.index)
    assert (second.command, second.published, second.added) == ("update", False, 0)
    assert second.succeeded_s > first.succeeded_s


def test_a_run_that_fails_is_told_beside_the_last_one_that_did_not(own: Settings) -> None:
    """Whoever watches sees both: that it fails, and since when."""
    rebuild(own)
    good = last_run(own.index)
    own.seeds[0].write_text("{\n")
    with pytest.raises(RebuildFailed):
        rebuild(own, accept_loss=True)
    failed = last_run(own.index)
    assert (failed.error, failed.succeeded_s) == ("rebuild_failed", good.succeeded_s)
    assert failed.ended_s > good.ended_s


def test_a_run_that_finds_another_at_work_is_none(own: Settings) -> None:
    """What the other one does is told when it has ended."""
    rebuild(own)
    before = last_run(own.index)
    with GenerationStore(own.index).lock(), pytest.raises(IndexLocked):
        update(own)
    assert last_run(own.index) == before


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{", b'{"ended_s": "gestern"}', b'{"x": 1}', b"[" * 9000, b"1" * 9000],
)
def test_a_file_that_says_nothing_is_no_run(tmp_path: Path, content: bytes) -> None:
    """It is of use to nobody but those who watch; no answer depends on it."""
    (tmp_path / FILE).write_bytes(content)
    assert last_run(tmp_path) == LastRun()

"""What a command reports while it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from tests.sources import write_lines

ARTICLES = 200


class Recorder:
    """A Progress that keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int]] = []
        self.advances: list[tuple[int, int]] = []

    def begin(self, step: str, total: int) -> None:
        self.steps.append((step, total))

    def advance(self, done: int, *, articles: int = 0) -> None:
        assert self.steps[-1][0] == "Indexing"
        self.advances.append((done, articles))


@pytest.mark.parametrize("limit", [None, 50])
def test_indexing_counts_bytes_or_articles_up_to_the_total(
    tmp_path: Path, limit: int | None
) -> None:
    """Never backwards, to the end, also where --limit ends it early; then two steps without one."""
    articles = [f'{{"id": "a{each}", "body": "Artikel {each}."}}' for each in range(ARTICLES)]
    seeds = write_lines(tmp_path / "seeds.jsonl", articles)
    recorder = Recorder()
    settings = Settings(seeds=(seeds,), index=tmp_path / "index", workers=1)
    report = rebuild(settings, limit=limit, progress=recorder)
    total_bytes = seeds.stat().st_size
    assert recorder.steps == [("Indexing", total_bytes), ("Writing", 0), ("Checking", 0)]
    assert recorder.advances == sorted(recorder.advances)
    done, articles_read = recorder.advances[-1]
    assert articles_read in (report.articles, report.articles - 1)
    assert total_bytes * 0.9 < done <= total_bytes

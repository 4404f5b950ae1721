"""What engines whose documents are numbers share, beyond what every engine promises."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from searchapp.deadline import NEVER
from searchapp.engines.base import PageRequest
from searchapp.engines.evaluation import array_snapshot
from searchapp.engines.selection import select_engine
from searchapp.facets import NO_FILTERS
from searchapp.settings import Settings
from tests.engines.building import build, tree_of
from tests.subjects import subject_articles


@pytest.mark.parametrize("name", ["columnar", "whoosh"])
def test_a_page_is_shown_where_the_table_of_related_words_cannot_be_made(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For want of memory, say: then without related words."""

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(array_snapshot, "made_subject_words", fail)
    chosen = select_engine(Settings(engine=name))
    folder = build(chosen, tmp_path / "short", subject_articles())
    with closing(chosen.open(folder)) as opened:
        for _ in range(2):
            found = opened.search(
                tree_of("stahl"), NO_FILTERS, PageRequest(related_words=6), deadline=NEVER
            )
            assert found.related_words is None
            assert found.hits

"""How often a cluster is asked for a suggestion; what is suggested, the tests of engines tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from searchapp.deadline import NEVER
from searchapp.engines.base import Snapshot, Typed
from searchapp.engines.opensearch.cluster import Cluster
from searchapp.engines.selection import select_engine
from searchapp.settings import Settings
from tests.engines.building import build
from tests.engines.opensearch import cluster as test_cluster
from tests.engines.opensearch.contract import indexes_deleted
from tests.subjects import subject_articles


@pytest.fixture
def snapshot(node: test_cluster.Cluster, tmp_path: Path) -> Iterator[Snapshot]:
    """Articles on a few subjects, of which suggestions have been made once."""
    settings = Settings(engine=node.addresses[0])
    with indexes_deleted(settings):
        engine = select_engine(settings)
        folder = build(engine, tmp_path / "whole", subject_articles())
        with closing(engine.open(folder)) as opened:
            opened.suggestions(Typed("Stahl", "Stahl"), limit=8, deadline=NEVER)
            yield opened


@pytest.mark.slow
def test_a_suggestion_is_two_requests(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Totals of all words, then titles; with words before that stand nowhere a third one."""
    asked: list[str] = []
    request = Cluster.request

    def counted(self: Cluster, method: str, path: str, *args: Any, **options: Any) -> Any:
        asked.append(path)
        return request(self, method, path, *args, **options)

    monkeypatch.setattr(Cluster, "request", counted)
    for text, most in (("hoch", 2), ("neues vom wa", 2), ("hochofn", 2), ("xyzw neu", 3)):
        *before, beginning = text.split()
        asked.clear()
        typed = Typed(text, beginning, tuple(before))
        assert snapshot.suggestions(typed, limit=8, deadline=NEVER)
        assert 1 <= len(asked) <= most, text

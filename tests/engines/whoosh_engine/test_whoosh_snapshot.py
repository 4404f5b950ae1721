"""What the snapshot on Whoosh's stock codec makes of damage that Whoosh and NumPy do not name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from searchapp.deadline import NEVER
from searchapp.engines.base import PageRequest, Snapshot, Typed
from searchapp.engines.selection import select_engine
from searchapp.engines.whoosh_engine import whoosh_snapshot
from searchapp.errors import IndexDamaged
from searchapp.facets import Filters
from searchapp.model import Article
from searchapp.settings import Settings
from tests.engines.building import build, tree_of
from tests.subjects import subject_articles


@pytest.mark.parametrize(
    "ask",
    [
        lambda snapshot: snapshot.corrections("stalk", limit=1, deadline=NEVER),
        lambda snapshot: snapshot.suggestions(Typed("st", "st"), limit=1, deadline=NEVER),
    ],
    ids=["corrections", "suggestions"],
)
def test_damage_in_the_words_is_reported_as_damage(
    tmp_path: Path, ask: Callable[[Snapshot], object]
) -> None:
    """Here fewer frequencies than words, in files that open well."""
    engine = select_engine(Settings(engine="whoosh"))
    folder = build(engine, tmp_path / "index", [Article("a", "Stahl", "Stahl und Stall")])
    path = folder / "vocabulary" / "frequencies.npy"
    frequencies = np.load(path)
    np.save(path, frequencies[:1])
    with closing(engine.open(folder)) as snapshot, pytest.raises(IndexDamaged, match="verify"):
        ask(snapshot)


@pytest.mark.parametrize(
    "ask",
    [
        lambda snapshot: snapshot.has_article("a", deadline=NEVER),
        lambda snapshot: snapshot.article("a", None, deadline=NEVER),
        lambda snapshot: snapshot.related("a", limit=1, deadline=NEVER),
    ],
    ids=["has_article", "article", "related"],
)
def test_damage_in_the_postings_of_ids_is_reported_as_damage(
    tmp_path: Path, ask: Callable[[Snapshot], object]
) -> None:
    """A file of zeros opens well; what is read from it does not."""
    engine = select_engine(Settings(engine="whoosh"))
    folder = build(engine, tmp_path / "index", [Article("a", "Stahl", "Stahl und Stall")])
    (path,) = folder.rglob("*.pst")
    path.write_bytes(bytes(path.stat().st_size))
    with closing(engine.open(folder)) as snapshot, pytest.raises(IndexDamaged, match="verify"):
        ask(snapshot)


def test_a_page_is_shown_where_the_table_of_related_words_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For want of memory, say: then without related words."""

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(whoosh_snapshot, "made_subject_words", fail)
    engine = select_engine(Settings(engine="whoosh"))
    folder = build(engine, tmp_path / "index", subject_articles())
    page = PageRequest(related_words=5)
    with closing(engine.open(folder)) as opened:
        for _ in range(2):
            found = opened.search(tree_of("stahl"), Filters(), page, deadline=NEVER)
            assert found.related_words is None
            assert found.hits

"""What the engine on Whoosh's stock codec keeps besides what all engines do."""

from __future__ import annotations

from pathlib import Path

from searchapp.engines.selection import select_engine
from searchapp.engines.whoosh_engine.whoosh_writer import open_leaf_readers
from searchapp.model import Article
from searchapp.settings import Settings
from tests.engines.building import build, revise


def test_many_updates_do_not_fragment_the_index(tmp_path: Path) -> None:
    """The number of segments stays small."""
    engine = select_engine(Settings(engine="whoosh"))
    folder = build(engine, tmp_path / "base", [Article(f"a{n}", "Stahl", "") for n in range(50)])
    for number in range(20):
        new = [Article("b", f"Stahl {number}", ""), Article(f"b{number}", "Eisen", "")]
        folder = revise(engine, tmp_path / str(number), folder, ["b"], new)
    leaves = open_leaf_readers(folder)
    for leaf in leaves:
        leaf.close()
    assert 1 <= len(leaves) <= 12

"""Readers without pause, and rebuilds under them."""

from __future__ import annotations

from pathlib import Path

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from tests.attacks.load import put_under_load
from tests.attacks.tally import Tally, extent
from tests.conftest import CORPUS

QUERIES = ("Stahl", "Haus", "Energie OR Wasser", '"grüner Stahl"', "Sta*", "Stal~", "zzqq")


def test_every_reader_gets_an_answer_while_the_index_is_rebuilt(
    tmp_path: Path, tally: Tally
) -> None:
    """A whole one, or a 503 that says to come back; no rebuild fails."""
    index = tmp_path / "index"
    rebuild(Settings(seeds=(CORPUS,), index=index, workers=1))
    load = put_under_load(
        {"index": index, "seeds": CORPUS, "workers": 2},
        QUERIES,
        seconds=extent(5, 300),
        connections=32,
        rebuild_every_s=extent(1, 20),
    )
    with tally.attempt("load"):
        assert load.statuses[200] > 100
        assert load.rebuilds
        assert not load.failed_rebuilds, load.failed_rebuilds[0]
        assert not load.wrong, load.wrong[:5]
    tally.notes.append(str(load))

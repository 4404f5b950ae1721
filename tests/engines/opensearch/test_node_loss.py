"""Nodes die under readers, and a cluster that is away comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from tests.engines.opensearch.cluster import running_cluster
from tests.engines.opensearch.java import Release
from tests.engines.opensearch.node_loss import lose_nodes
from tests.sources import article, write_lines
from tests.web.serving_process import eventually, serving

SECONDS, KILL_EVERY_S = 60, 40
BUSY_SHARE = 0.05
"""Of a short run on a machine that does all at once; a long one has far less."""


@pytest.mark.slow
def test_no_answer_is_wrong_or_a_part_while_nodes_are_lost(
    release: Release, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """It is that of the columnar engine, or the page that says to come again."""
    loss = lose_nodes(release, tmp_path, seconds=SECONDS, kill_every_s=KILL_EVERY_S, readers=4)
    record_property("attack", str(loss))
    assert not loss.wrong, loss.wrong[:5]
    assert loss.kills
    assert loss.statuses[200] > 100
    assert set(loss.statuses) <= {200, 503}
    assert loss.statuses[503] <= BUSY_SHARE * sum(loss.statuses.values()), loss.busy[:5]


@pytest.mark.slow
def test_a_server_starts_while_the_cluster_is_away_and_recovers(
    release: Release, tmp_path: Path
) -> None:
    """Readers, and those who watch, are told; nobody has to start anything again but the nodes."""
    nodes = tmp_path / "nodes"
    nodes.mkdir()
    with running_cluster(release, nodes) as cluster:
        seeds = write_lines(tmp_path / "artikel.jsonl", [article("a", "Torf am Moor")])
        settings = Settings(
            engine=cluster.addresses[0], seeds=(seeds,), index=tmp_path / "index", workers=1
        )
        rebuild(settings)
        cluster.nodes[0].kill()
        given = {"engine": settings.engine, "index": settings.index, "workers": 1}
        with serving(tmp_path, given) as server:
            status, _, text = server.get("/healthz")
            assert (status, json.loads(text)["index"]) == (200, "index_unreadable")
            status, _, text = server.get("/readyz")
            assert (status, json.loads(text)["code"]) == (503, "index_unreadable")
            status, headers, text = server.get("/search?q=Torf", **{"Accept-Language": "de"})
            assert status == 503
            assert 'lang="de"' in text
            assert headers["Retry-After"]
            assert settings.engine not in text
            cluster.nodes[0].start()
            assert eventually(lambda: server.get("/search?q=Torf")[0] == 200, seconds=60)
            assert "<mark>Torf</mark> am Moor" in server.get("/search?q=Torf")[2]
            assert "index" not in json.loads(server.get("/healthz")[2])
            assert server.get("/readyz")[0] == 200

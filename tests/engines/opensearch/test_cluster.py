"""The test cluster itself: that it indexes, searches, loses nodes and ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from opensearchpy.helpers import bulk

from tests.engines.opensearch import java
from tests.engines.opensearch.cluster import Cluster, Node, running_cluster
from tests.engines.opensearch.java import Release
from tests.web.serving_process import eventually

INDEX = "cluster-test"


@contextmanager
def client_of(cluster: Cluster) -> Iterator[OpenSearch]:
    client = OpenSearch(
        cluster.addresses,
        timeout=30,
        max_retries=5,
        retry_on_timeout=True,
        retry_on_status=(429, 502, 503, 504),
    )
    try:
        yield client
    finally:
        client.indices.delete(index=INDEX, ignore_unavailable=True)
        client.close()


def fill(client: OpenSearch, numbers: range) -> int:
    """Adds articles, and tells how many were acknowledged."""
    acknowledged, _ = bulk(
        client, ({"_index": INDEX, "_id": str(n), "text": f"Stahl {n}"} for n in numbers)
    )
    return int(acknowledged)


def count(client: OpenSearch) -> int:
    client.indices.refresh(index=INDEX)
    found = client.search(
        index=INDEX,
        body={"query": {"match": {"text": "stahl"}}, "track_total_hits": True},
        allow_partial_search_results=False,
    )
    return int(found["hits"]["total"]["value"])


def is_green(client: OpenSearch) -> bool:
    return bool(client.cluster.health(index=INDEX)["status"] == "green")


def test_what_is_indexed_is_found(node: Cluster, release: Release) -> None:
    """Through the client that the engine uses, by the release that was asked for."""
    with client_of(node) as client:
        assert client.info()["version"]["number"].startswith(release.name)
        client.indices.create(index=INDEX, body={"settings": {"number_of_replicas": 0}})
        assert fill(client, range(100)) == 100
        assert count(client) == 100
        assert is_green(client)


def test_a_cluster_loses_its_manager_and_finds_it_again(three_nodes: Cluster) -> None:
    """What was acknowledged is there while a node is dead, and when it is back."""
    with client_of(three_nodes) as client:
        settings = {
            "number_of_shards": 3,
            "number_of_replicas": 1,
            "index.unassigned.node_left.delayed_timeout": "0",
        }
        client.indices.create(index=INDEX, body={"settings": settings})
        assert eventually(lambda: is_green(client))
        assert len(client.cat.nodes(format="json")) == 3
        assert fill(client, range(300)) == 300
        manager: Node = next(
            each
            for each in three_nodes.nodes
            if each.name == client.cat.cluster_manager(format="json")[0]["node"]
        )
        manager.kill()
        assert fill(client, range(300, 600)) == 300
        assert count(client) == 600
        address = manager.address
        manager.start()
        assert manager.address == address
        assert eventually(lambda: len(client.cat.nodes(format="json")) == 3)
        assert eventually(lambda: is_green(client), seconds=90)
        assert count(client) == 600


def test_its_processes_end_with_it(release: Release, tmp_path: Path) -> None:
    """All of them, and none else; also one that has stopped to answer."""
    with running_cluster(release, tmp_path) as cluster:
        process = cluster.nodes[0].process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_without_java_the_message_says_what_to_install(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And for which release."""
    monkeypatch.setattr(java, "_homes", lambda: iter(()))
    with pytest.raises(LookupError, match=release.install) as raised:
        release.jvm()
    assert f"OpenSearch {release.name}" in str(raised.value)

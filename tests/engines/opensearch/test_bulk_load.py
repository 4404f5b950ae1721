"""Documents are acknowledged, or told by id and reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
from opensearchpy import OpenSearch

from searchapp.engines.opensearch.bulk_load import BulkLoad
from searchapp.engines.opensearch.cluster import BLOCKED, RequestRefused
from searchapp.engines.opensearch.cluster import Cluster as EngineCluster
from searchapp.engines.opensearch.index_layout import index_body
from searchapp.engines.opensearch.index_names import loading_alias
from searchapp.errors import RebuildFailed
from tests.engines.opensearch.cluster import Cluster, running_cluster
from tests.engines.opensearch.java import Release

INDEX = "bulk-load-test"
ALIAS = loading_alias(INDEX)


def engine_cluster(cluster: Cluster) -> EngineCluster:
    return EngineCluster(cluster.addresses)


@contextmanager
def index(addresses: list[str]) -> Iterator[OpenSearch]:
    client = OpenSearch(addresses, timeout=30)
    try:
        client.indices.create(index=INDEX, body=index_body(shards=2) | {"aliases": {ALIAS: {}}})
        yield client
    finally:
        client.indices.delete(index=INDEX, ignore_unavailable=True)
        client.close()


def count(client: OpenSearch) -> int:
    client.indices.refresh(index=INDEX)
    return int(client.count(index=INDEX)["count"])


@pytest.mark.slow
def test_all_arrive_and_go(node: Cluster) -> None:
    """In requests of any size; what is not there need not be removed."""
    with index(node.addresses) as client:
        load = BulkLoad(engine_cluster(node), ALIAS, request_bytes=2_000)
        for number in range(300):
            name = f"ä/{number}"
            load.add(name, {"id": name, "original": {"title": "Ö" * (number % 50)}})
        load.finish()
        assert count(client) == 300
        for number in range(290, 310):
            load.remove(f"ä/{number}", f"ä/{number}")
        load.finish()
        assert count(client) == 290


@pytest.mark.slow
def test_a_rejected_article_is_told(node: Cluster) -> None:
    """By its id and the reason, though others of its request are taken."""
    with index(node.addresses):
        load = BulkLoad(engine_cluster(node), ALIAS)
        load.add("1", {"id": "eins"})
        load.add("2", {"id": "zwei", "foreign": 1})
        with pytest.raises(RebuildFailed, match=r"'zwei'.*foreign"):
            load.finish()


@pytest.mark.slow
def test_an_article_that_is_too_large_is_told(node: Cluster) -> None:
    """It is larger than any request that the cluster takes."""
    with index(node.addresses):
        load = BulkLoad(engine_cluster(node), ALIAS)
        load.add("1", {"id": "riese", "original": {"body": "a" * 105_000_000}})
        with pytest.raises(RebuildFailed, match=r"'riese'.*too large"):
            load.finish()


@pytest.mark.slow
def test_an_index_that_is_deleted_stays_so(node: Cluster) -> None:
    """A request that comes late does not make it again."""
    with index(node.addresses) as client:
        client.indices.delete(index=INDEX)
        load = BulkLoad(engine_cluster(node), ALIAS)
        load.add("1", {"id": "eins"})
        with pytest.raises(RebuildFailed, match="deleted while it was loaded"):
            load.finish()
        assert not client.indices.exists(index=f"{INDEX}*", allow_no_indices=False)


@pytest.mark.slow
def test_a_blocked_index_is_told_at_once(node: Cluster) -> None:
    """As the cluster blocks it when a disk is full."""
    with index(node.addresses) as client:
        block = {"index.blocks.read_only_allow_delete": True}
        client.indices.put_settings(index=INDEX, body=block)
        load = BulkLoad(engine_cluster(node), ALIAS)
        load.add("1", {"id": "eins"})
        with pytest.raises(RequestRefused, match=r"flood-stage.*free disk space") as raised:
            load.finish()
        assert raised.value.reason_kind == BLOCKED


@pytest.mark.slow
def test_a_node_that_comes_back_gets_all(release: Release, tmp_path: Path) -> None:
    with running_cluster(release, tmp_path) as cluster, index(cluster.addresses) as client:
        load = BulkLoad(engine_cluster(cluster), ALIAS)
        for number in range(100):
            load.add(str(number), {"id": str(number)})
            if number == 50:
                load.finish()
        cluster.nodes[0].kill()
        restart = Timer(1, cluster.nodes[0].start)
        restart.start()
        load.finish()
        restart.join()
        assert count(client) == 100

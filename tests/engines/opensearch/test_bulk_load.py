"""Documents are acknowledged, or told by id and reason."""

from __future__ import annotations

from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from opensearchpy import OpenSearch

from searchapp.engines.opensearch.bulk_load import BulkLoad
from searchapp.engines.opensearch.cluster import Cluster as EngineCluster
from searchapp.engines.opensearch.index_layout import index_body
from tests.engines.opensearch.cluster import Cluster, running_cluster
from tests.engines.opensearch.java import Release

INDEX = "bulk-load-test"


def engine_cluster(cluster: Cluster) -> EngineCluster:
    return EngineCluster(cluster.addresses)


@pytest.mark.slow
def test_all_arrive_but_what_is_rejected(node: Cluster) -> None:
    client = OpenSearch(node.addresses, timeout=30, max_retries=0)
    try:
        client.indices.create(index=INDEX, body=index_body(shards=2))
        load = BulkLoad(engine_cluster(node), INDEX, request_bytes=2_000)
        for number in range(300):
            name = f"ä/{number}"
            source: dict[str, Any] = {"id": name, "original": {"title": "Ö" * (number % 50)}}
            if number % 100 == 7:
                source["foreign"] = 1
            load.add(name, source)
        load.finish()
        client.indices.refresh(index=INDEX)
        assert load.acknowledged == client.count(index=INDEX)["count"] == 297
        assert [each.id for each in load.rejected] == ["ä/7", "ä/107", "ä/207"]
        assert all("foreign" in each.reason for each in load.rejected)
    finally:
        client.indices.delete(index=INDEX, ignore_unavailable=True)
        client.close()


@pytest.mark.slow
def test_a_node_that_comes_back_gets_all(release: Release, tmp_path: Path) -> None:
    with running_cluster(release, tmp_path) as cluster:
        client = OpenSearch(cluster.addresses, timeout=30, max_retries=0)
        client.indices.create(index=INDEX, body=index_body(shards=1))
        load = BulkLoad(engine_cluster(cluster), INDEX)
        for number in range(100):
            load.add(str(number), {"id": str(number)})
            if number == 50:
                load.finish()
        cluster.nodes[0].kill()
        restart = Timer(1, cluster.nodes[0].start)
        restart.start()
        load.finish()
        restart.join()
        client.indices.refresh(index=INDEX)
        assert load.acknowledged == client.count(index=INDEX)["count"] == 100
        assert not load.rejected
        client.close()

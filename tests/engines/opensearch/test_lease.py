"""One process writes at a time; a dead one does not keep others from it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from searchapp.engines.opensearch import lease
from searchapp.engines.opensearch.cluster import Cluster
from searchapp.engines.opensearch.lease import Lease
from searchapp.errors import IndexLocked, RebuildFailed
from tests.engines.opensearch import cluster as test_cluster
from tests.web.serving_process import eventually

pytestmark = pytest.mark.slow

PREFIX = "lease-test"
DOCUMENT = f"/{PREFIX}-lease/_doc/writer"


@pytest.fixture
def cluster(node: test_cluster.Cluster) -> Iterator[Cluster]:
    cluster = Cluster(node.addresses)
    yield cluster
    cluster.request("DELETE", f"/{PREFIX}-lease", params={"ignore_unavailable": "true"})
    cluster.close()


def test_a_second_writer_is_told_who_writes(cluster: Cluster) -> None:
    """And has it when the first one is done."""
    first = Lease(cluster, PREFIX, renewal_s=0.2)
    with pytest.raises(IndexLocked, match=rf"process {os.getpid()},.*wait until it is done"):
        Lease(cluster, PREFIX)
    first.check()
    first.release()
    first.release()
    Lease(cluster, PREFIX).release()


def test_a_dead_process_of_this_machine_has_it_no_longer(cluster: Cluster) -> None:
    """Without waiting."""
    code = (
        "import os, sys\n"
        "from searchapp.engines.opensearch.cluster import Cluster\n"
        "from searchapp.engines.opensearch.lease import Lease\n"
        "Lease(Cluster(sys.argv[2:]), sys.argv[1])\n"
        "os._exit(0)\n"
    )
    command = [sys.executable, "-c", code, PREFIX, *cluster.addresses]
    subprocess.run(command, check=True, timeout=60)
    assert cluster.request("GET", DOCUMENT)["_source"]["holder"]
    Lease(cluster, PREFIX).release()


def test_a_lease_is_released_though_the_answer_to_its_last_renewal_was_lost(
    cluster: Cluster,
) -> None:
    """What is done is not called a failure in the end; who comes next waits until it is lost."""
    held = Lease(cluster, PREFIX)
    state = cluster.request("GET", DOCUMENT)["_source"]
    cluster.request("PUT", DOCUMENT, state)
    held.release()
    assert cluster.request("GET", DOCUMENT)["_source"] == state


def test_a_machine_that_is_gone_loses_it(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """After it has not been renewed for long enough, and not before."""
    monkeypatch.setattr(lease, "_processes", lambda: "of another machine")
    gone = Lease(cluster, PREFIX, renewal_s=1000)
    monkeypatch.undo()
    begun = time.monotonic()
    taken = Lease(cluster, PREFIX, lost_s=3)
    assert time.monotonic() - begun >= 3
    taken.release()
    gone._ended.set()


def test_a_writer_whose_lease_was_taken_stops(cluster: Cluster) -> None:
    held = Lease(cluster, PREFIX, renewal_s=0.2)
    held.check()
    cluster.request("PUT", DOCUMENT, {"holder": "another", "token": "x"})

    def is_lost() -> bool:
        try:
            held.check()
        except RebuildFailed:
            return True
        return False

    assert eventually(is_lost)
    held.release()
    assert cluster.request("GET", DOCUMENT)["_source"]["holder"] == "another"


def test_a_writer_who_cannot_renew_it_stops(cluster: Cluster) -> None:
    """Before anybody else takes it."""
    held = Lease(cluster, PREFIX, renewal_s=1000, lost_s=0.1)
    time.sleep(0.1)
    with pytest.raises(RebuildFailed, match="too long"):
        held.check()
    held.release()

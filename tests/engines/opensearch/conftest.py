"""Nodes of OpenSearch, as many as a test needs and of both releases; each test cleans up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.opensearch.cluster import Cluster, running_cluster
from tests.engines.opensearch.java import RELEASES, Release
from tests.programs import missing


@pytest.fixture(scope="session", params=RELEASES, ids=lambda release: release.name)
def release(request: pytest.FixtureRequest) -> Release:
    """Each release. Without a Java for it the test is skipped, but fails in CI."""
    release: Release = request.param
    try:
        release.jvm()
    except LookupError as error:
        missing(str(error))
    return release


@pytest.fixture(scope="session")
def node(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of one node, for all tests."""
    with running_cluster(release, tmp_path_factory.mktemp("node")) as cluster:
        yield cluster


@pytest.fixture
def three_nodes(release: Release, tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of three nodes, of which a test may kill one."""
    with running_cluster(release, tmp_path, nodes=3) as cluster:
        yield cluster

"""OpenSearch as one of the engines that every test of `tests/engines` is run with.

`--opensearch` asks for it: for each release one node is started, and kept for all tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from searchapp.settings import Settings
from tests.programs import missing

if TYPE_CHECKING:
    from searchapp.engines.opensearch.cluster import Cluster

OPTION = "--opensearch"
_NAME = "opensearch-"


def wanted_releases(config: pytest.Config) -> list[str]:
    """The names of the engines that are asked for, one for each release."""
    if not config.getoption(OPTION):
        return []
    # Only now: what it needs is in the extra `test-opensearch`.
    from tests.engines.opensearch.java import RELEASES

    return [_NAME + release.name for release in RELEASES]


@contextmanager
def settings_of_node(name: str, folder: Path) -> Iterator[Settings]:
    """The settings that choose a running node of a release. Skips without a Java for it."""
    from tests.engines.opensearch.cluster import running_cluster
    from tests.engines.opensearch.java import RELEASES

    release = next(each for each in RELEASES if name == _NAME + each.name)
    try:
        release.jvm()
    except LookupError as error:
        missing(str(error))
    with running_cluster(release, folder) as cluster:
        yield Settings(engine=cluster.addresses[0])


@contextmanager
def indexes_deleted(settings: Settings) -> Iterator[None]:
    """Delete from a cluster what is built in it meanwhile; other engines leave nothing outside."""
    if not settings.engine.startswith("http"):
        yield
        return
    from searchapp.engines.opensearch.cluster import Cluster, addresses_of

    with closing(Cluster(addresses_of(settings.engine))) as cluster:
        before = _indexes(cluster, settings)
        yield
        new = sorted(_indexes(cluster, settings) - before)
        for first in range(0, len(new), 50):
            cluster.request("DELETE", "/" + ",".join(new[first : first + 50]))


def _indexes(cluster: Cluster, settings: Settings) -> set[str]:
    return set(cluster.request("GET", f"/{settings.opensearch_prefix}-*/_alias"))

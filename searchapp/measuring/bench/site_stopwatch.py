"""How long pages take over HTTP: one reader alone, and several at the same time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection

import numpy as np

from searchapp.measuring.bench.contenders import BenchQuery
from searchapp.measuring.bench.sites import Site
from searchapp.measuring.bench.stopwatch import Milliseconds, percentiles
from searchapp.measuring.bench.title_queries import SEED

READERS = 8
"""Connections of the crowd; each asks for the next page when it has the last."""


@dataclass(frozen=True, slots=True)
class SiteTiming:
    """What one site did with the queries.

    alone: shape (n queries,): the median over the rounds, from the request to the last byte.
    crowded: shape (n requests,): the same of READERS who ask all queries once, together.
    crowd_seconds: how long these took. answer_bytes: the median.
    """

    version: str
    alone: Milliseconds
    crowded: Milliseconds
    crowd_seconds: float
    answer_bytes: float

    @property
    def per_second(self) -> float:
        """Requests of the crowd in a second."""
        return len(self.crowded) / self.crowd_seconds

    def percentiles(self, *, crowded: bool) -> dict[str, float]:
        """ "p50", "p95" and "p99" in milliseconds."""
        return percentiles(self.crowded if crowded else self.alone)


def time_sites(
    sites: Sequence[Site],
    queries: Sequence[BenchQuery],
    rounds: int,
    advance: Callable[[int], None],
) -> dict[str, SiteTiming]:
    """Ask all sites all queries, `rounds` times after a warm-up, then as a crowd; by name.

    For each query the sites come in another order. advance: called with the number of queries
    asked so far, where warm-up and crowd count as a round each. Raises BadBenchmark.
    """
    alone = {site.name: np.empty((rounds, len(queries))) for site in sites}
    with ExitStack() as stack:
        connections = {site.name: stack.enter_context(closing(site.connection())) for site in sites}
        sizes = {
            site.name: [len(site.answer(connections[site.name], query)) for query in queries]
            for site in sites
        }
        advance(len(queries))
        rng = random.Random(SEED)
        order = list(sites)
        for round_number in range(rounds):
            for query_number, query in enumerate(queries):
                rng.shuffle(order)
                for site in order:
                    ms = _asked(site, connections[site.name], query)
                    alone[site.name][round_number, query_number] = ms
            advance((round_number + 2) * len(queries))
    found = {}
    for site in sites:
        crowded, seconds = _crowd(site, queries)
        found[site.name] = SiteTiming(
            site.version,
            np.median(alone[site.name], axis=0),
            crowded,
            seconds,
            float(np.median(sizes[site.name])),
        )
    advance((rounds + 2) * len(queries))
    return found


def _asked(site: Site, connection: HTTPConnection, query: BenchQuery) -> float:
    started = time.perf_counter()
    site.answer(connection, query)
    return 1000 * (time.perf_counter() - started)


def _crowd(site: Site, queries: Sequence[BenchQuery]) -> tuple[Milliseconds, float]:
    """READERS who each ask a part of the queries; how long each request and all together took."""
    ms: list[float] = []
    failures: list[BaseException] = []

    def read(part: Sequence[BenchQuery]) -> None:
        try:
            with closing(site.connection()) as connection:
                ms.extend([_asked(site, connection, query) for query in part])
        except BaseException as error:
            failures.append(error)

    readers = [
        threading.Thread(target=read, args=(queries[number::READERS],), daemon=True)
        for number in range(READERS)
    ]
    started = time.perf_counter()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    seconds = time.perf_counter() - started
    if failures:
        raise failures[0]
    return np.asarray(ms), seconds

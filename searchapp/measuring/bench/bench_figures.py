"""The figures of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from searchapp.measuring.bench.contenders import BenchQuery
from searchapp.measuring.bench.measured_process import Memory
from searchapp.measuring.bench.site_stopwatch import SiteTiming
from searchapp.measuring.bench.stopwatch import Timing


@dataclass(frozen=True, slots=True)
class Build:
    """How an index was built. index_bytes: all its files. peak: None where it is not known."""

    seconds: float
    index_bytes: int
    peak: Memory | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """The figures of one engine.

    build: by the engine alone, from articles that were parsed before.
    rebuild: for ours only, `searchapp rebuild` with a file of the same articles; its index is the
        one that is searched.
    serving: memory of a fresh process after it has answered all queries.
    cold_start_ms: the median time of a process that starts, prints a page and ends.
    """

    version: str
    build: Build
    rebuild: Build | None
    timing: Timing
    serving: Memory | None
    cold_start_ms: float

    @property
    def index_bytes(self) -> int:
        """All files of the index that is searched."""
        return (self.rebuild or self.build).index_bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """Engines on the same documents with the same queries, by name."""

    documents: int
    distinct: int
    text_bytes: int
    queries: Sequence[BenchQuery]
    engines: Mapping[str, Measurement]


@dataclass(frozen=True, slots=True)
class BenchReport:
    """The result of a run.

    full: ours and all peers but Whoosh. stock: ours and Whoosh's stock codec on the first
    documents, with fewer queries; None without Whoosh. rounds: how often all queries were asked,
    after a warm-up. sites: pages over HTTP, by the names of `sites`; empty unless they were asked
    for. workers: threads or processes that indexed. cores: those that may be used.
    """

    full: Comparison
    stock: Comparison | None
    rounds: int
    workers: int
    cores: int
    sites: Mapping[str, SiteTiming] = field(default_factory=dict)

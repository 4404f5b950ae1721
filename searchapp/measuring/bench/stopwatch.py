"""How long each part of a page takes, query by query, in turn among open indexes."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from searchapp.measuring.bench import HITS
from searchapp.measuring.bench.contenders import BenchQuery, OpenIndex
from searchapp.measuring.bench.title_queries import SEED

PARTS = ("search", "facets", "snippets", "page")
"""The methods of an OpenIndex that are timed, see there."""
PERCENTILES = (50, 95, 99)

Milliseconds = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Timing:
    """What one engine did with the queries.

    ms: by part, shape (n queries,): the median over the rounds.
    matches: shape (n queries,): the exact totals, int64.
    hits, marked: number of hits on all pages, and of those whose snippet has a mark.
    """

    ms: Mapping[str, Milliseconds]
    matches: npt.NDArray[np.int64]
    hits: int
    marked: int

    def percentiles(self, part: str) -> dict[str, float]:
        """ "p50", "p95" and "p99" over the queries, in milliseconds."""
        return percentiles(self.ms[part])

    def match_percentiles(self) -> dict[str, float]:
        """The same of the number of matches."""
        return percentiles(self.matches)

    @property
    def page_ms_per_1000_matches(self) -> float | None:
        """The median page time by the median number of matches; None if that is 0."""
        matches = float(np.median(self.matches))
        return 1000 * float(np.median(self.ms["page"])) / matches if matches else None


def percentiles(values: Milliseconds | npt.NDArray[np.int64]) -> dict[str, float]:
    """The PERCENTILES of some values, as "p50" and the like."""
    found = np.percentile(values, PERCENTILES)
    return {f"p{each}": float(value) for each, value in zip(PERCENTILES, found, strict=True)}


def time_queries(
    opened: Mapping[str, OpenIndex],
    queries: Sequence[BenchQuery],
    rounds: int,
    advance: Callable[[int], None],
) -> dict[str, Timing]:
    """Ask all indexes all queries, `rounds` times after a warm-up, by name.

    For each part of each query the indexes come in another order, so that none of them always
    finds the processor's caches as the same other one left them. advance: called with the number
    of queries asked so far, where the warm-up counts as a round.
    """
    ms = {name: {part: np.empty((rounds, len(queries))) for part in PARTS} for name in opened}
    timings = {}
    for name, index in opened.items():
        answers = [index.answer(index.page(query)) for query in queries]
        timings[name] = Timing(
            ms={},
            matches=np.array([each.total for each in answers], np.int64),
            hits=sum(min(HITS, each.total) for each in answers),
            marked=sum("<mark" in snippet for each in answers for snippet in each.snippets),
        )
    advance(len(queries))
    rng = random.Random(SEED)
    order = list(opened)
    with _settled_heap():
        for round_number in range(rounds):
            for query_number, query in enumerate(queries):
                for part in PARTS:
                    rng.shuffle(order)
                    for name in order:
                        ask = getattr(opened[name], part)
                        started = time.perf_counter()
                        ask(query)
                        seconds = time.perf_counter() - started
                        ms[name][part][round_number, query_number] = 1000 * seconds
                advance((round_number + 1) * len(queries) + query_number + 1)
    return {
        name: Timing(
            {part: np.median(ms[name][part], axis=0) for part in PARTS},
            timing.matches,
            timing.hits,
            timing.marked,
        )
        for name, timing in timings.items()
    }


@contextmanager
def _settled_heap() -> Iterator[None]:
    """Garbage is collected as in a server, but what the run itself holds is not gone through."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

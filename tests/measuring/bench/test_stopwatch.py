"""The timing of queries: every part of every query, on every index."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from searchapp.measuring.bench import HITS
from searchapp.measuring.bench.contenders import NAMES, BenchQuery, OpenIndex
from searchapp.measuring.bench.stopwatch import PARTS, time_queries
from tests.measuring.bench.corpora import matching

QUERIES = (
    BenchQuery(("Nickel",)),
    BenchQuery(("Wolfram", "Chrom"), any_word=True),
    BenchQuery(("Iridium",)),
)


def test_every_part_of_every_query_has_a_time(opened: dict[str, OpenIndex]) -> None:
    """And the matches, hits and marks are those of the pages."""
    told: list[int] = []
    timings = time_queries(opened, QUERIES, 2, told.append)
    totals = [len(matching(each)) for each in QUERIES]
    assert set(timings) == set(NAMES)
    for timing in timings.values():
        assert set(timing.ms) == set(PARTS)
        for values in timing.ms.values():
            assert values.shape == (len(QUERIES),)
            assert (values > 0).all()
        assert timing.matches.tolist() == totals
        assert timing.hits == timing.marked == sum(min(HITS, total) for total in totals)
    assert told[0] == len(QUERIES)
    assert told[-1] == 3 * len(QUERIES)
    assert gc.get_freeze_count() == 0


def test_percentiles_and_time_by_match(opened: dict[str, OpenIndex]) -> None:
    """They are those of the queries, and of the median page."""
    timing = time_queries({"fts5": opened["fts5"]}, QUERIES, 1, lambda _: None)["fts5"]
    page = timing.ms["page"]
    assert timing.percentiles("page") == {
        "p50": pytest.approx(np.median(page)),
        "p95": pytest.approx(np.percentile(page, 95)),
        "p99": pytest.approx(np.percentile(page, 99)),
    }
    matches = float(np.median(timing.matches))
    assert timing.match_percentiles()["p50"] == matches
    assert timing.page_ms_per_1000_matches == pytest.approx(1000 * np.median(page) / matches)


def test_without_matches_there_is_no_time_by_match(opened: dict[str, OpenIndex]) -> None:
    """Rather than a division by zero."""
    nothing = [BenchQuery(("Unauffindbares",))]
    timing = time_queries({"fts5": opened["fts5"]}, nothing, 1, lambda _: None)["fts5"]
    assert timing.page_ms_per_1000_matches is None
    assert timing.hits == 0

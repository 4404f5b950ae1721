"""Pages over HTTP: real servers of ours and of Datasette answer the same queries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from searchapp.errors import BadBenchmark
from searchapp.measuring.bench.bench_articles import BenchCorpus
from searchapp.measuring.bench.contenders import OURS, BenchQuery
from searchapp.measuring.bench.site_stopwatch import READERS, time_sites
from searchapp.measuring.bench.sites import (
    DATASETTE,
    OUR_API,
    OUR_PAGE,
    Site,
    datasette_site,
    opensearch_site,
    our_sites,
)
from tests.measuring.bench.corpora import matching

QUERIES = (
    BenchQuery(("Zinn",)),
    BenchQuery(("Zinn", "Kupfer")),
    BenchQuery(("Chrom", "Titan"), True),
)


@pytest.fixture(scope="module")
def sites(
    index_folders: dict[str, Path],
    bench_corpus: BenchCorpus,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Site]]:
    """Ours and Datasette's, by name."""
    with ExitStack() as stack:
        found = stack.enter_context(our_sites(index_folders[OURS], workers=1))
        folder = tmp_path_factory.mktemp("datasette")
        datasette = stack.enter_context(datasette_site(bench_corpus.articles(), folder))
        assert datasette
        yield {site.name: site for site in (*found, datasette)}


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_sites_find_the_same_articles(sites: dict[str, Site], query: BenchQuery) -> None:
    """So that what is measured is the same work."""
    answers = {}
    for name, site in sites.items():
        with closing(site.connection()) as connection:
            answers[name] = site.answer(connection, query).decode()
    total = len(matching(query))
    assert json.loads(answers[OUR_API])["total"] == total
    assert len(json.loads(answers[OUR_API])["hits"]) == min(10, total)
    assert answers[OUR_PAGE].count("<article") == min(10, total)
    assert re.search(rf"\b{total}\s+rows?\b", answers[DATASETTE])


def test_all_sites_are_asked_all_queries(sites: dict[str, Site]) -> None:
    """By one reader in turn, then by a crowd that asks each query once."""
    told: list[int] = []
    queries = QUERIES * 4
    timings = time_sites(list(sites.values()), queries, 2, told.append)
    assert set(timings) == set(sites)
    assert told[-1] == 4 * len(queries)
    assert len(queries) > READERS
    for timing in timings.values():
        assert timing.alone.shape == timing.crowded.shape == (len(queries),)
        assert timing.alone.min() > 0
        assert timing.crowded.min() > 0
        assert timing.per_second * timing.crowd_seconds == pytest.approx(len(queries))
        assert timing.answer_bytes > 500
        assert timing.version[0].isdigit()


def test_a_site_that_does_not_answer_is_told() -> None:
    """With its address, and what was asked."""
    gone = Site(OUR_PAGE, "1", "http://127.0.0.1:9")
    with closing(gone.connection()) as connection, pytest.raises(BadBenchmark) as raised:
        gone.answer(connection, QUERIES[0])
    assert raised.value.where == "http://127.0.0.1:9"
    assert "Zinn" in str(raised.value.what)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://example.org", "nonsense"])
def test_an_address_without_opensearch_is_told(bench_corpus: BenchCorpus, address: str) -> None:
    with (
        pytest.raises(BadBenchmark) as raised,
        opensearch_site(bench_corpus.articles(), address),
    ):
        pass
    assert raised.value.where == address

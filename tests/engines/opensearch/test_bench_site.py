"""`searchapp bench --opensearch`: a real node as the peer of our pages."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from searchapp.measuring.bench.contenders import BenchQuery
from searchapp.measuring.bench.sites import opensearch_site
from tests.engines.opensearch.cluster import Cluster
from tests.measuring.bench.corpora import corpus_of, matching, write_corpus


@pytest.mark.parametrize(
    "query",
    [BenchQuery(("Zinn",)), BenchQuery(("Zinn", "Kupfer")), BenchQuery(("Chrom", "Titan"), True)],
    ids=str,
)
def test_it_does_the_work_of_a_page(node: Cluster, tmp_path: Path, query: BenchQuery) -> None:
    """The same articles as ours, with counts of tags and years, and marks."""
    corpus = corpus_of(write_corpus(tmp_path / "metals.jsonl"), tmp_path)
    with (
        opensearch_site(corpus.articles(), node.addresses[0]) as site,
        closing(site.connection()) as connection,
    ):
        answer = json.loads(site.answer(connection, query))
    assert answer["hits"]["total"] == {"value": len(matching(query)), "relation": "eq"}
    assert all("<em>" in str(hit["highlight"]) for hit in answer["hits"]["hits"])
    assert answer["aggregations"]["year"]["buckets"]
    assert site.version[0].isdigit()

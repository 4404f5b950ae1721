"""Tokens arrive in the cluster at the places that we gave them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from opensearchpy import OpenSearch

from searchapp.engines.opensearch.index_layout import index_body
from searchapp.engines.opensearch.token_text import MAX_TERM_BYTES, escaped, token_text
from tests.engines.opensearch.cluster import Cluster

INDEX = "token-text-test"
TERMS = [
    ("stahlwerk", 1),
    ("werk", 1),
    ("brücke", 4),
    ("a|b", 5),
    ("_", 6),
    ("50%", 7),
    ("x\u2003y", 8),
]


@contextmanager
def index(cluster: Cluster) -> Iterator[OpenSearch]:
    client = OpenSearch(cluster.addresses, timeout=30)
    try:
        client.indices.create(index=INDEX, body=index_body(shards=1))
        yield client
    finally:
        client.indices.delete(index=INDEX, ignore_unavailable=True)
        client.close()


def found(client: OpenSearch, query: dict[str, Any]) -> int:
    answer = client.search(index=INDEX, body={"query": query}, allow_partial_search_results=False)
    return int(answer["hits"]["total"]["value"])


@pytest.mark.slow
def test_terms_and_places_are_those_given(node: Cluster) -> None:
    with index(node) as client:
        answer = client.indices.analyze(
            index=INDEX, body={"field": "tokens.text", "text": token_text(TERMS)}
        )
        got = [(each["token"], each["position"]) for each in answer["tokens"]]
        assert sorted(got) == sorted((escaped(term), place) for term, place in TERMS)


@pytest.mark.slow
def test_phrases_count_the_empty_places(node: Cluster) -> None:
    with index(node) as client:
        record = {"id": "1", "title": "Brücke"}
        tokens = {"text": token_text(TERMS), "text_parts": token_text([("werk", 1)])}
        client.index(
            index=INDEX,
            id="1",
            body={"id": "1", "original": record, "tokens": tokens},
            refresh=True,
        )
        assert client.get(index=INDEX, id="1")["_source"] == {"id": "1", "original": record}
        assert found(client, {"match_phrase": {"tokens.text": "brücke " + escaped("a|b")}}) == 1
        assert found(client, {"match_phrase": {"tokens.text": "werk brücke"}}) == 0
        assert found(client, {"term": {"tokens.text": escaped("50%")}}) == 1
        assert found(client, {"term": {"tokens.text_parts": "werk"}}) == 1
        assert found(client, {"term": {"tokens.text": "a"}}) == 0


@pytest.mark.parametrize(
    "terms", [[("", 0)], [("a", 2), ("b", 1)], [("a" * (MAX_TERM_BYTES + 1), 0)]]
)
def test_what_cannot_be_indexed_is_refused(terms: list[tuple[str, int]]) -> None:
    with pytest.raises(ValueError, match=r"position|term"):
        token_text(terms)


def test_different_terms_stay_different() -> None:
    terms = ("a|b", "a%7c;b", "a_b", "a b", "a\u00a0b", "ab")
    assert len(set(map(escaped, terms))) == len(terms)

"""Tokens arrive in the cluster at the places that we gave them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from opensearchpy import OpenSearch

from searchapp.engines.fields import INDEXED_FIELDS
from searchapp.engines.opensearch.index_layout import index_body
from searchapp.engines.opensearch.token_text import (
    BESIDE,
    EMPTY,
    MAX_BYTES,
    bounded,
    coded,
)
from tests.engines.opensearch.cluster import Cluster

INDEX = "token-text-test"
FIELD = "tokens.text"
KEYS = [("stahlwerk", 1), ("brücke", 4), ("a|b", 5), ("_", 6), ("50%", 7), ("x\u2003y", 8)]
FORMS = [("Stahlwerke", 1), ("Brücke", 4)]
PARTS = [("werk", 1), ("werk", 1), ("stahl", 1)]
CODES = [
    (coded(field, term)[1], place)
    for field, terms in (("text", KEYS), ("text_exact", FORMS), ("text_parts", PARTS))
    for term, place in terms
]


TEXT = " ".join(
    BESIDE.join(code for code, at in CODES if at == place) or EMPTY for place in range(9)
)


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
        answer = client.indices.analyze(index=INDEX, body={"field": FIELD, "text": TEXT})
        got = [(each["token"], each["position"]) for each in answer["tokens"]]
        assert sorted(got) == sorted(CODES)


@pytest.mark.slow
def test_phrases_count_the_empty_places(node: Cluster) -> None:
    with index(node) as client:
        record = {"id": "1", "title": "Brücke"}
        client.index(
            index=INDEX,
            id="1",
            body={"id": "1", "original": record, FIELD: TEXT},
            refresh=True,
        )
        assert client.get(index=INDEX, id="1")["_source"] == {"id": "1", "original": record}

        def phrase(*terms: tuple[str, str]) -> int:
            text = " ".join(coded(*each)[1] for each in terms)
            return found(client, {"match_phrase": {FIELD: text}})

        assert phrase(("text", "brücke"), ("text", "a|b")) == 1
        assert phrase(("text_exact", "Brücke"), ("text", "a|b")) == 1
        assert phrase(("text_parts", "werk"), ("text", "brücke")) == 0
        for field, term, expected in (
            ("text", "50%", 1),
            ("text_parts", "werk", 1),
            ("text", "werk", 0),
            ("text", "a", 0),
        ):
            place, code = coded(field, term)
            assert found(client, {"term": {place: code}}) == expected


def test_different_terms_stay_different() -> None:
    long = "ä" * MAX_BYTES
    terms = ("a|b", "a%7c;b", "a_b", "a b", "a\u00a0b", "ab", long + "a", long + "b", "a" * 9_000)
    coded_terms = {coded(field, term) for field in INDEXED_FIELDS for term in terms}
    assert len(coded_terms) == len(terms) * len(INDEXED_FIELDS)


@pytest.mark.parametrize("sign", [" ", "\x7f", "\u2003", "ä", "𝔸", "_"])
def test_no_term_is_too_long_for_lucene(sign: str) -> None:
    for length in (MAX_BYTES // len(sign.encode()), MAX_BYTES, 100_000):
        _, code = coded("text", sign * length)
        assert len(code.encode()) < 32_766
        assert len(bounded(sign * length).encode()) <= MAX_BYTES

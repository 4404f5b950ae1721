"""What is sent of an article is what the other engines index of it."""

from __future__ import annotations

import datetime as dt

import pytest
from opensearchpy import OpenSearch

from searchapp.engines.indexed_terms import indexed_terms
from searchapp.engines.opensearch.document import document_id, document_source, value_key
from searchapp.engines.opensearch.index_layout import index_body
from searchapp.engines.opensearch.token_text import coded
from searchapp.model import Article
from tests.engines.opensearch.cluster import Cluster
from tests.lexicon import dictionary_analyzer

INDEX = "document-test"
ARTICLE = Article(
    id="ä/" + "1" * 198,
    title="Donaudampfschiff | Fahrt_an 50 %",
    body="Er fing am Donaustrand an.\n\n" + "Wort\u2003für Wort. " * 30 + "W" * 400,
    tags=("Straße", "strasse", "Rhein - Main", "x" * 40_000),
    date=dt.date(2021, 3, 4),
    authors=("Kern, Eva",),
    section="Reise",
)
TERMS = list(indexed_terms(ARTICLE, dictionary_analyzer()))


def test_values_are_held_once_and_as_written() -> None:
    source = document_source(ARTICLE, TERMS)
    assert source["facet"]["tags"][:2] == ["strasse", "rhein-main"]
    assert source["spelt"]["tags"][:2] == ["Straße", "Rhein - Main"]
    assert source["facet"]["year"] == ["2021"]
    assert source["facet"]["source"] == []
    assert source["day"] == dt.date(2021, 3, 4).toordinal()
    assert source["title_key"] == "donaudampfschiff fahrt an 50"
    assert Article.from_record(source["original"]) == ARTICLE
    assert value_key("Rhein-Main") == value_key("RHEIN –  Main") == "rhein-main"


def test_its_nouns_are_held_the_most_frequent_first() -> None:
    body = "Am Morgen sah man das Boot. Ein Boot fuhr, das Boot lag, und am Morgen war es weg."
    article = Article("1", "Neues", body)
    source = document_source(article, indexed_terms(article, dictionary_analyzer()))
    assert source["subjects"][:2] == ["Boot", "Morgen"]
    assert "sehen" not in source["subjects"]


def test_an_article_without_anything_is_one() -> None:
    article = Article("1", "Anfang …", "", title_is_derived=True)
    source = document_source(article, indexed_terms(article, dictionary_analyzer()))
    assert set(source) == {"id", "original", "facet", "spelt"}


@pytest.mark.slow
def test_the_cluster_takes_it_with_all_terms(node: Cluster) -> None:
    """Those of every field stand in the index, at their places."""
    client = OpenSearch(node.addresses, timeout=30)
    try:
        client.indices.create(index=INDEX, body=index_body(shards=1))
        name = document_id(ARTICLE.id)
        source = document_source(ARTICLE, TERMS)
        client.index(index=INDEX, id=name, body=source, refresh=True)
        assert client.get(index=INDEX, id=name)["_source"]["original"] == ARTICLE.to_record()
        # The terms of what lies in the index cannot be made of what is stored.
        body = {"doc": source, "fields": ["tokens.*"], "offsets": False}
        vectors = client.termvectors(index=INDEX, body=body)
        held = sorted(
            (field, term, token["position"])
            for field, vector in vectors["term_vectors"].items()
            for term, row in vector["terms"].items()
            for token in row["tokens"]
        )
        expected = sorted(
            (*coded(each.name, term), position) for each in TERMS for term, position in each.terms
        )
        assert held == expected
        for field, term, _ in expected:
            answer = client.count(index=INDEX, body={"query": {"term": {field: term}}})
            assert answer["count"] == 1
    finally:
        client.indices.delete(index=INDEX, ignore_unavailable=True)
        client.close()

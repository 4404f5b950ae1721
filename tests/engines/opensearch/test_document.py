"""What is sent of an article is what the other engines index of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from opensearchpy import OpenSearch

from searchapp.engines.indexed_terms import indexed_terms
from searchapp.engines.opensearch import document_maker
from searchapp.engines.opensearch.document import document_id, value_key
from searchapp.engines.opensearch.document_maker import DocumentMaker
from searchapp.engines.opensearch.index_layout import index_body
from searchapp.engines.opensearch.token_text import BESIDE, EMPTY, coded
from searchapp.model import Article
from tests.engines.columnar.segments import nasty_corpora
from tests.engines.conftest import random_articles
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


def source_of(article: Article) -> dict[str, Any]:
    (document,) = DocumentMaker(dictionary_analyzer()).make([article])
    return document.source


def expected_terms(article: Article) -> list[tuple[str, str, int]]:
    """As the other engines index them: the field of the cluster, the code and the position."""
    return sorted(
        (*coded(each.name, term), position)
        for each in indexed_terms(article, dictionary_analyzer())
        for term, position in each.terms
    )


def held_terms(source: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    return sorted(
        (f"tokens.{name}", code, position)
        for name, text in source.get("tokens", {}).items()
        for position, piece in enumerate(text.split(" "))
        for code in piece.split(BESIDE)
        if code != EMPTY
    )


@settings(max_examples=60)
@given(nasty_corpora)
def test_documents_hold_the_terms_of_the_other_engines(corpus: list[Article]) -> None:
    """In batches, whatever was made before; and the exact forms of the text."""
    analyzer = dictionary_analyzer()
    maker = DocumentMaker(analyzer)
    for batch in (corpus[:2], corpus):
        for article, document in zip(batch, maker.make(batch), strict=True):
            assert held_terms(document.source) == expected_terms(article)
            fields = {each.name: each.terms for each in indexed_terms(article, analyzer)}
            assert document.forms == {form for form, _ in fields.get("text_exact", [])}


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = random_articles(30, seed=5)
    expected = [each.source for each in DocumentMaker(dictionary_analyzer()).make(articles)]
    monkeypatch.setattr(document_maker, "MAX_KNOWN", 0)
    maker = DocumentMaker(dictionary_analyzer())
    assert [each.source for article in articles for each in maker.make([article])] == expected


def test_values_are_held_once_by_their_keys_and_in_the_record_as_written() -> None:
    source = source_of(ARTICLE)
    assert source["facet"]["tags"][:2] == ["strasse", "rhein-main"]
    assert list(source["original"]["tags"])[:3] == ["Straße", "strasse", "Rhein - Main"]
    assert source["facet"]["year"] == ["2021"]
    assert source["facet"]["source"] == []
    assert source["day"] == dt.date(2021, 3, 4).toordinal()
    assert source["title_key"] == "donaudampfschiff fahrt an 50"
    assert Article.from_record(source["original"]) == ARTICLE
    assert value_key("Rhein-Main") == value_key("RHEIN –  Main") == "rhein-main"


def test_its_nouns_are_held_the_most_frequent_first() -> None:
    body = "Am Morgen sah man das Boot. Ein Boot fuhr, das Boot lag, und am Morgen war es weg."
    source = source_of(Article("1", "Neues", body))
    assert source["subjects"][:2] == ["Boot", "Morgen"]
    assert "sehen" not in source["subjects"]


def test_an_article_without_anything_is_one() -> None:
    source = source_of(Article("1", "Anfang …", "", title_is_derived=True))
    assert set(source) == {"id", "original", "facet", "tokens"}
    assert source["tokens"] == {}


@pytest.mark.slow
def test_the_cluster_takes_it_with_all_terms(node: Cluster) -> None:
    """Those of every field stand in the index, at their places."""
    client = OpenSearch(node.addresses, timeout=30)
    try:
        client.indices.create(index=INDEX, body=index_body(shards=1))
        name = document_id(ARTICLE.id)
        source = source_of(ARTICLE)
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
        expected = expected_terms(ARTICLE)
        assert held == expected
        for field, term, _ in expected:
            answer = client.count(index=INDEX, body={"query": {"term": {field: term}}})
            assert answer["count"] == 1
    finally:
        client.indices.delete(index=INDEX, ignore_unavailable=True)
        client.close()

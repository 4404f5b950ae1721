"""Suggestions for the page's field and for browsers' search boxes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web import create_app


def suggestions(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    """The objects of the API."""
    response = client.get("/api/v1/suggest", query_string={"q": query})
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.json is not None
    assert response.json["query"] == query
    found: list[dict[str, Any]] = response.json["suggestions"]
    return found


def test_every_suggestion_says_what_it_is_and_leads_to_what_it_promises(
    client: FlaskClient,
) -> None:
    """A word to a search, a tag and an author to their articles, a title to its article."""
    found = suggestions(client, "wass")
    assert len(found) <= 8
    assert {each["kind"] for each in found} == {"word", "tag", "title"}
    for each in found:
        assert client.get(str(each["url"])).status_code == 200
    (tag,) = [each for each in found if each["kind"] == "tag" and each["text"] == "Wasser"]
    assert tag["marks"] == [[0, 4]]
    assert tag["html"] == "<mark>Wass</mark>er"
    assert tag["url"] == "/search?tag=Wasser"
    answer = client.get("/api/v1/search?tag=Wasser").json
    assert answer is not None
    assert tag["total"] == answer["total"]
    (author,) = [each for each in suggestions(client, "redaktion e") if each["kind"] == "author"]
    assert (author["text"], author["url"]) == (
        "Redaktion Energie",
        "/search?author=Redaktion+Energie",
    )


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("wasser hochof", "wasser Hochofen"),
        ("erz hochof", "erz Hochofen"),
        ('"erz hochof', '"erz Hochofen'),
        ("erz -hochof", "erz -Hochofen"),
        ("erz (hochof", "erz (Hochofen"),
        ("die hochof", "die Hochofen"),
    ],
)
def test_the_last_word_is_completed_and_the_others_stay(
    client: FlaskClient, typed: str, completed: str
) -> None:
    """Whatever stands before it; nothing where the words have no article in common."""
    words = [each for each in suggestions(client, typed) if each["kind"] == "word"]
    if typed.startswith("wasser"):
        assert words == []
        return
    assert words[0]["text"] == completed
    ((start, end),) = words[0]["marks"]
    assert completed[start:end].lower() == "hochof"


@pytest.mark.parametrize(
    "typed", ["", " ", "titel:", "schlagwort:sta", "stahl ", "*", '"', "\x00", "🙂"]
)
def test_where_no_word_has_begun_none_is_suggested(client: FlaskClient, typed: str) -> None:
    """No error, either."""
    assert [each for each in suggestions(client, typed) if each["kind"] == "word"] == []


def test_too_long_a_beginning_is_refused(client: FlaskClient) -> None:
    """As a query is."""
    assert client.get("/api/v1/suggest", query_string={"q": "a" * 5000}).status_code == 413


def test_a_browser_gets_plain_texts(client: FlaskClient) -> None:
    """In the form of OpenSearch suggestions."""
    response = client.get("/suggest?q=stah")
    assert response.mimetype == "application/x-suggestions+json"
    typed, texts = json.loads(response.data)
    assert typed == "stah"
    assert texts
    assert len(texts) == len(set(texts)) <= 8
    assert all(isinstance(each, str) for each in texts)
    assert json.loads(client.get("/suggest").data) == ["", []]


@pytest.mark.parametrize("path", ["/suggest", "/api/v1/suggest"])
def test_suggestions_are_kept_as_long_as_the_generation(client: FlaskClient, path: str) -> None:
    """Asked for again, nothing is sent."""
    first = client.get(f"{path}?q=stah")
    assert first.cache_control.max_age
    again = client.get(f"{path}?q=stah", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_without_time_there_are_no_suggestions_and_none_are_kept(
    make_client: Callable[..., FlaskClient],
) -> None:
    """No error: nobody waits for a suggestion."""
    response = make_client(time_budget_s=1e-9).get("/api/v1/suggest?q=stah")
    assert response.status_code == 200
    assert response.json == {"query": "stah", "suggestions": [], "is_complete": False}
    assert "ETag" not in response.headers


def test_hostile_texts_are_escaped(client: FlaskClient) -> None:
    """Where the answer holds HTML; elsewhere they are strings."""
    (tag,) = [each for each in suggestions(client, "img src") if each["kind"] == "tag"]
    assert str(tag["html"]).startswith("&lt;<mark>img src")


def test_a_rebuilt_index_is_suggested_from(tmp_path: Path) -> None:
    """And not the one before."""
    seeds = tmp_path / "a.jsonl"

    def publish(title: str) -> None:
        seeds.write_text(json.dumps({"id": "a", "title": title, "body": title}), "utf-8")
        rebuild(settings)

    settings = Settings(seeds=(seeds,), index=tmp_path / "index", workers=1, time_budget_s=20.0)
    publish("Apfel")
    app = create_app(settings)
    try:
        client = app.test_client()
        assert suggestions(client, "ap")[0]["text"] == "Apfel"
        publish("Birne")
        assert suggestions(client, "ap") == []
        assert suggestions(client, "bi")[0]["text"] == "Birne"
    finally:
        app.extensions["searchapp"].close()


def test_the_rate_limit_counts_suggestions(make_client: Callable[..., FlaskClient]) -> None:
    """They are requests as others."""
    client = make_client(rate_limit="2 per minute")
    statuses = [client.get("/api/v1/suggest?q=st").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]

"""What programs get."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from searchapp.facets import Filters
from searchapp.model import SearchRequest
from searchapp.result_json import answer
from searchapp.searching import SearchService


def fetch(client: FlaskClient, url: str, *, status: int = 200, lang: str = "en") -> Any:
    """The JSON that a URL answers."""
    response = client.get(url, headers={"Accept-Language": lang})
    assert response.status_code == status
    assert response.mimetype == "application/json"
    return response.json


def test_the_api_answers_the_object_of_the_command_line(
    client: FlaskClient, service: SearchService
) -> None:
    """The same keys and values, in the same order, for the same request."""
    request = SearchRequest(
        query="strom",
        filters=Filters({"tags": ("Energie",), "year": ("2021", "2022")}),
        sort="newest",
        per_page=3,
    )
    url = "/api/v1/search?q=strom&tag=Energie&year=2021&year=2022&sort=newest&per_page=3"
    got = fetch(client, url)
    wanted: dict[str, Any] = answer(service.search(request))
    assert list(got) == list(wanted)
    assert {**got, "took_ms": 0} == {**wanted, "took_ms": 0}


def test_exact_words_and_reasons(client: FlaskClient) -> None:
    """A hit says through which word it was found; the switch turns other forms off."""
    (hit,) = fetch(client, "/api/v1/search?q=ging")["hits"]
    assert hit["reasons"] == [{"kind": "lemma", "html": "geht"}]
    assert hit["match_count"] == 1
    assert fetch(client, "/api/v1/search?q=ging&exact=1")["total"] == 0
    (hit,) = fetch(client, "/api/v1/search?q=geht&exact=1")["hits"]
    assert hit["reasons"] == []


def test_umlauts_are_not_escaped(client: FlaskClient) -> None:
    """JSON that people can read."""
    assert "Schlägt".lower() in client.get("/api/v1/search?q=licht").text


def test_notes_are_in_the_callers_language(client: FlaskClient) -> None:
    """As on the page."""
    corrected = fetch(client, "/api/v1/search?q=stahll", lang="de")
    assert corrected["did_you_mean"] == "stahl"
    assert corrected["notes"] == [
        "Für „stahll“ wurde nichts gefunden. Gezeigt werden Treffer für „stahl“."
    ]
    url = "/api/v1/search?q=elektroden+mischwald"
    assert fetch(client, url, lang="de")["notes"][0].startswith("Kein Artikel")
    assert fetch(client, url + "&lang=en", lang="de")["notes"][0].startswith("No article")


@pytest.mark.parametrize(
    ("url", "status", "kind"),
    [
        ("/api/v1/search?from=x", 400, "bad_request"),
        ("/api/v1/search?exact=x", 400, "bad_request"),
        ("/api/v1/search?per_page=101", 400, "bad_request"),
        ("/api/v1/search?page=2000000", 404, "page_too_deep"),
        ("/api/v1/nichts", 404, "not_found"),
        (f"/api/v1/search?q={'x' * 501}", 413, "query_too_long"),
    ],
)
def test_errors_are_json_with_a_stable_kind(
    client: FlaskClient, url: str, status: int, kind: str
) -> None:
    """Programs branch on the kind, people read the message."""
    error = fetch(client, url, status=status)["error"]
    assert error["kind"] == kind
    assert error["message"]
    assert error != fetch(client, url, status=status, lang="de")["error"]


def test_health_names_the_generation(client: FlaskClient) -> None:
    """A monitor sees what is served."""
    health = fetch(client, "/healthz")
    assert health["status"] == "ok"
    assert health["articles"] == 26
    assert health["generation"]

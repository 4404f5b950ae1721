"""The lists of values that programs get."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.web.test_api import fetch


def test_all_tags_are_listed_page_by_page(client: FlaskClient) -> None:
    """`next` leads from page to page until it is null."""
    whole = fetch(client, "/api/v1/tags?per_page=100&order=name")
    assert whole["facet"] == "tags"
    assert whole["total"] == len(whole["values"]) > 20
    assert whole["next"] is None
    by_s = [each for each in whole["values"] if each["value"][0] == "S"]
    assert {"prefix": "s", "count": len(by_s)} in whole["initials"]
    values, url = [], "/api/v1/tags?per_page=7&order=name"
    while url:
        answer = fetch(client, url)
        assert len(answer["values"]) <= 7
        values += answer["values"]
        url = answer["next"] and answer["next"].removeprefix("http://localhost")
    assert values == whole["values"]


def test_values_are_the_most_frequent_first_and_have_a_page(client: FlaskClient) -> None:
    """As in `facets` of the search, with the address of each."""
    first = fetch(client, "/api/v1/tags")["values"][0]
    assert first == {
        "value": "Strom",
        "count": 11,
        "selected": False,
        "added": None,
        "page_url": "http://localhost/schlagwoerter/Strom",
    }
    for each in fetch(client, "/api/v1/authors")["values"]:
        assert client.get(urlsplit(each["page_url"]).path).status_code == 200


def test_values_of_a_search_are_those_of_its_facets(client: FlaskClient) -> None:
    """`distinct` of the search is the total of the list."""
    state = "q=strom&tag=Energie&from=2019&source=Stahlkunde"
    found = fetch(client, f"/api/v1/search?{state}")
    for path, facet in (("tags", "tags"), ("authors", "author"), ("sources", "source")):
        listed = fetch(client, f"/api/v1/{path}?{state}&per_page=100")
        counted = [each for each in found["facets"][facet] if each["count"]]
        assert [
            {name: each[name] for name in ("value", "count", "selected", "added")}
            for each in listed["values"]
        ] == counted
        assert listed["total"] == found["distinct"][facet] == len(counted)


def test_values_are_found_by_a_part_and_a_prefix(client: FlaskClient) -> None:
    """In any spelling."""
    assert [each["value"] for each in fetch(client, "/api/v1/tags?contains=WAERM")["values"]] == [
        "Wärme"
    ]
    answer = fetch(client, "/api/v1/tags?prefix=wa&order=name")
    assert [each["value"] for each in answer["values"]] == [
        *("Wald", "Wärme", "Wasser", "Wasserstoff")
    ]
    assert answer["prefixes"] == [
        {"prefix": "wal", "count": 1},
        {"prefix": "war", "count": 1},
        {"prefix": "was", "count": 2},
    ]


@pytest.mark.parametrize(
    ("url", "status", "kind"),
    [
        ("/api/v1/tags?order=x", 400, "bad_request"),
        ("/api/v1/tags?page=0", 400, "bad_request"),
        ("/api/v1/tags?page=1000", 404, "page_too_deep"),
        ("/api/v1/tags?per_page=101", 400, "bad_request"),
        ("/api/v1/years", 404, "not_found"),
        (f"/api/v1/tags?contains={'x' * 501}", 413, "query_too_long"),
    ],
)
def test_errors_say_what_is_wrong(client: FlaskClient, url: str, status: int, kind: str) -> None:
    """As everywhere in the API."""
    assert fetch(client, url, status=status)["code"] == kind

"""What programs get."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapp import __version__
from searchapp.facets import Filters
from searchapp.model import SearchRequest
from searchapp.result_json import answer
from searchapp.searching import SearchService
from searchapp.web.error_pages import KIND_BY_STATUS, STATUS_BY_KIND
from tests.web.html import get


def fetch(client: FlaskClient, url: str, *, status: int = 200, lang: str = "en") -> Any:
    """The JSON that a URL answers."""
    response = client.get(url, headers={"Accept-Language": lang})
    assert response.status_code == status
    kind = "application/json" if status < 400 else "application/problem+json"
    assert response.mimetype == kind
    return response.json


def local(url: str) -> str:
    """An absolute address as the test client takes it."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost"
    return f"{parts.path}?{parts.query}"


def test_the_api_answers_the_object_of_the_command_line(
    client: FlaskClient, service: SearchService
) -> None:
    """The same keys and values, in the same order, but for addresses, which only a server has."""
    request = SearchRequest(
        query="strom",
        filters=Filters({"tags": ("Energie",), "year": ("2021", "2022")}),
        sort="newest",
        per_page=3,
    )
    url = "/api/v1/search?q=strom&tag=Energie&year=2021&year=2022&sort=newest&per_page=3"
    got = fetch(client, url)
    wanted: dict[str, Any] = {**answer(service.search(request))}
    assert list(got) == list(wanted)
    assert got.pop("links")
    assert wanted.pop("links") is None
    for hit in got["hits"]:
        assert hit["page_url"] == f"http://localhost/article/{hit['id']}"
        hit["page_url"] = None
    assert {**got, "took_ms": 0} == {**wanted, "took_ms": 0}


def test_exact_words_and_reasons(client: FlaskClient) -> None:
    """A hit says through which word it was found; the switch turns other forms off."""
    (hit,) = fetch(client, "/api/v1/search?q=ging")["hits"]
    assert hit["reasons"] == [{"kind": "lemma", "html": "geht", "text": "geht", "marks": []}]
    assert hit["match_count"] == 1
    assert fetch(client, "/api/v1/search?q=ging&exact=1")["total"] == 0
    (hit,) = fetch(client, "/api/v1/search?q=geht&exact=1")["hits"]
    assert hit["reasons"] == []


def test_umlauts_are_not_escaped(client: FlaskClient) -> None:
    """JSON that people can read, errors too."""
    assert "Schlägt".lower() in client.get("/api/v1/search?q=licht").text
    assert "für" in client.get("/api/v1/articles/nichts?format=für").text


def test_snippets_are_plain_and_marked(client: FlaskClient) -> None:
    """Whoever makes no HTML gets text and offsets, which mark the same."""
    hits = fetch(client, "/api/v1/search?q=strom")["hits"]
    marked = [each for hit in hits for each in hit["snippets"] if each["marks"]]
    assert marked
    for snippet in marked:
        texts = [snippet["text"][start:end] for start, end in snippet["marks"]]
        assert all("trom" in text for text in texts)
        assert snippet["html"].count("<mark>") == len(texts)
    assert any("<" not in hit["title"] and hit["title_marks"] for hit in hits)


def test_tags_that_match_are_marked_as_on_the_page(client: FlaskClient) -> None:
    """Each with the same marks, and none that does not match."""
    for query in ("technikgeschichte", "geschichte", "gebäude wärmepumpe", "lichtbogen"):
        hits = fetch(client, f"/api/v1/search?q={quote(query)}")["hits"]
        page = get(client, f"/search?q={quote(query)}")
        shown = [
            [tag.text_content() for tag in hit.xpath(".//ul[@class='tags']//a[mark]")]
            for hit in page.root.xpath("//ol/li")
        ]
        assert [[tag["text"] for tag in hit["matched_tags"]] for hit in hits] == shown
        for hit in hits:
            for tag in hit["matched_tags"]:
                assert tag["text"] in hit["tags"]
                marked = [tag["text"][start:end] for start, end in tag["marks"]]
                assert marked == re.findall("<mark>(.*?)</mark>", tag["html"])
        assert any(shown) == (query != "lichtbogen")


def test_notes_are_in_the_callers_language(client: FlaskClient) -> None:
    """As on the page; beside each sentence stand its code and what it is about."""
    corrected = fetch(client, "/api/v1/search?q=stahll", lang="de")
    assert corrected["did_you_mean"] == "stahl"
    sentence = "Für „stahll“ wurde nichts gefunden. Gezeigt werden Treffer für „stahl“."
    assert corrected["notes"] == [sentence]
    assert corrected["note_details"] == [
        {"kind": "corrected", "subject": "stahl", "sentence": sentence}
    ]
    url = "/api/v1/search?q=elektroden+mischwald"
    assert fetch(client, url, lang="de")["notes"][0].startswith("Kein Artikel")
    assert fetch(client, url + "&lang=en", lang="de")["notes"][0].startswith("No article")


@pytest.mark.parametrize("search", ["", "q=strom", "q=strom&sort=oldest&lang=en", "tag=Energie"])
def test_following_the_links_reaches_every_hit(client: FlaskClient, search: str) -> None:
    """Once each, in the order of one long page; and back again."""
    whole = fetch(client, f"/api/v1/search?{search}&per_page=100")
    wanted = [hit["id"] for hit in whole["hits"]]
    assert whole["links"]["next"] is whole["links"]["prev"] is None
    pages = [fetch(client, f"/api/v1/search?{search}&per_page=3")]
    while following := pages[-1]["links"]["next"]:
        assert ("lang=en" in following) == ("lang=en" in search)
        pages.append(fetch(client, local(following)))
    assert [hit["id"] for page in pages for hit in page["hits"]] == wanted
    assert [page["page"] for page in pages] == list(range(1, len(pages) + 1))
    assert pages[0]["last_page"] == len(pages)
    back = pages[-1]
    while previous := back["links"]["prev"]:
        assert fetch(client, local(back["links"]["self"]))["hits"] == back["hits"]
        back = fetch(client, local(previous))
    assert back["hits"] == pages[0]["hits"]


def test_a_cursor_belongs_to_its_search(client: FlaskClient) -> None:
    """None goes on in the results of another search, or where there is nothing."""
    url = local(fetch(client, "/api/v1/search?q=strom&per_page=3")["links"]["next"])
    generation = fetch(client, "/api/v1/info")["generation"]
    for bad in (url.replace("q=strom", "q=netz"), url + "0", "/api/v1/search?after=x"):
        problem = fetch(client, bad, status=400)
        assert (problem["code"], problem["field"]) == ("bad_request", "after")
    far = url.replace(f"{generation}.3.", f"{generation}.999999999.")
    assert fetch(client, far, status=404)["code"] == "page_too_deep"
    other = url.replace(generation, "20200101T000000Z-abcdef")
    assert fetch(client, other, status=410)["code"] == "cursor_outdated"


def test_one_article(client: FlaskClient) -> None:
    """Whole, with the addresses of its page and of similar articles."""
    article = fetch(client, "/api/v1/articles/lichtbogen")
    assert article["title"] == "Wie der Lichtbogenofen Schrott schmilzt"
    assert article["text"].startswith("Zwischen drei Elektroden")
    assert article["page_url"] == "http://localhost/article/lichtbogen"
    assert {each["id"] for each in article["related"]} > {"hochofen"}
    assert fetch(client, "/api/v1/articles/nichts", status=404)["code"] == "article_not_found"


def test_every_article_has_an_address(client: FlaskClient) -> None:
    """Whatever its id: with slashes, quotes or umlauts."""
    for hit in fetch(client, "/api/v1/search?per_page=100")["hits"]:
        path = local(hit["page_url"]).replace("/article/", "/api/v1/articles/", 1)
        assert fetch(client, path)["id"] == hit["id"]
        assert get(client, local(hit["page_url"])).count("//article")


@pytest.mark.parametrize(
    ("query", "accept", "is_text"),
    [
        ("", "text/plain", True),
        ("", "text/plain;q=0.4, application/json", False),
        ("", "image/png", False),
        ("?format=text", "application/json", True),
        ("?format=json", "text/plain", False),
    ],
)
def test_an_article_as_plain_text(
    client: FlaskClient, query: str, accept: str, is_text: bool
) -> None:
    """For those who ask so, by a parameter or by the header."""
    response = client.get(f"/api/v1/articles/lichtbogen{query}", headers={"Accept": accept})
    assert response.mimetype == ("text/plain" if is_text else "application/json")
    assert "Accept" in response.vary
    if is_text:
        assert response.text.startswith("Wie der Lichtbogenofen Schrott schmilzt\n\nZwischen drei")


def test_the_state_of_the_index(client: FlaskClient) -> None:
    """And what a search may ask for."""
    info = fetch(client, "/api/v1/info", lang="de")
    assert (info["articles"], info["engine"], info["version"]) == (26, "columnar", __version__)
    assert info["built_at"].startswith("20")
    assert {"name": "tags", "parameter": "tag", "label": "Schlagwörter"} in info["facets"]
    assert info["limits"]["max_per_page"] == 100


@pytest.mark.parametrize(
    ("url", "status", "code", "field"),
    [
        ("/api/v1/search?from=x", 400, "bad_request", "from"),
        ("/api/v1/search?exact=x", 400, "bad_request", "exact"),
        ("/api/v1/search?year=x", 400, "bad_request", "year"),
        ("/api/v1/search?per_page=101", 400, "bad_request", "per_page"),
        ("/api/v1/articles/lichtbogen?format=pdf", 400, "bad_request", "format"),
        ("/api/v1/search?page=2000000", 404, "page_too_deep", None),
        ("/api/v1/nichts", 404, "not_found", None),
        ("/api/nichts", 404, "not_found", None),
        (f"/api/v1/search?q={'x' * 501}", 413, "query_too_long", None),
    ],
)
def test_errors_are_problem_details(
    client: FlaskClient, url: str, status: int, code: str, field: str | None
) -> None:
    """Programs branch on the code and the field, people read the sentence (RFC 9457)."""
    problem = fetch(client, url, status=status)
    assert (problem["status"], problem["code"], problem.get("field")) == (status, code, field)
    assert all((problem["title"], problem["detail"]))
    # The names of v1 stay.
    assert problem["error"] == {"kind": code, "message": problem["detail"]}
    assert problem["detail"] != fetch(client, url, status=status, lang="de")["detail"]
    page = get(client, local(problem["type"]).rstrip("?"))
    assert page.count(f"//dt[@id='error-{code}']") == 1


def test_only_reading_is_possible(client: FlaskClient) -> None:
    """Other methods are told so, too."""
    response = client.post("/api/v1/search")
    assert response.mimetype == "application/problem+json"
    assert (response.status_code, response.json["code"]) == (405, "method_not_allowed")  # type: ignore[index]


def test_the_api_is_a_page_for_people(client: FlaskClient, app: Flask) -> None:
    """Every endpoint, its parameters and fields, and all codes, without a script."""
    page = get(client, "/api", lang="de")
    assert page.text("//h1") == "Schnittstelle für Programme"
    codes = page.texts("//code")
    paths = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    assert len([each for each in codes if each.startswith("GET /api/v1/")]) == len(paths)
    assert {"q", "after", "links.next", "hits[].snippets[].marks"} <= set(codes)
    assert {*STATUS_BY_KIND, *KIND_BY_STATUS.values()} <= set(codes)
    assert not page.count("//body//script | //script[not(@src)]")
    assert client.get("/api/").status_code == 200
    assert fetch(client, page.link("Ein Beispiel"))["total"] == 26


@pytest.mark.parametrize(
    ("parameters", "field"),
    [("from=neulich", "from"), ("to=31.4.2020", "to"), ("from=2022&to=2021", "from"),
     ("year=x", "year"), ("page=0", "page")],
)  # fmt: skip
def test_a_program_is_refused_and_told_the_field(
    client: FlaskClient, parameters: str, field: str
) -> None:
    """It has a bug to find; only people are answered without what they got wrong."""
    error = fetch(client, f"/api/v1/search?q=strom&{parameters}", status=400)
    assert error["field"] == field
    assert error["detail"].endswith(f"(parameter “{field}”)")

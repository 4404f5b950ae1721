"""Every error is a page in the reader's language, with its status and without any path."""

from __future__ import annotations

import errno
import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapp.errors import (
    ArticleNotFound,
    BadRequest,
    IndexDamaged,
    IndexLocked,
    IndexOutdated,
    NoIndex,
    PageTooDeep,
    QueryTooLong,
    SearchappError,
    SearchTimeout,
)
from searchapp.settings import Settings
from searchapp.translation import Message
from searchapp.web import create_app
from tests.web.html import Page, get


@pytest.fixture
def failing_app(settings: Settings) -> Flask:
    """The application with one route more, that raises what a test gives it."""
    app = create_app(settings)
    app.config["RAISED"] = RuntimeError("/geheim/pfad")

    def fail() -> str:
        error: Exception = app.config["RAISED"]
        raise error

    app.add_url_rule("/fail", "fail", fail)
    app.add_url_rule("/api/fail", "api_fail", fail)
    return app


@pytest.mark.parametrize(
    ("url", "status", "german", "english"),
    [
        ("/gibt-es-nicht", 404, "Unter dieser Adresse gibt es nichts", "nothing at this address"),
        ("/article/gibt-es-nicht", 404, "keinen Artikel", "no article at this address"),
        ("/static/nichts.css", 404, "Unter dieser Adresse gibt es nichts", "nothing at this"),
    ],
)
def test_what_a_reader_did_is_explained(
    client: FlaskClient, url: str, status: int, german: str, english: str
) -> None:
    """404 says what is wrong and what to do, in both languages."""
    for lang, sentence in (("de", german), ("en", english)):
        page = get(client, url, lang=lang, status=status)
        assert sentence in page.text("//main/p[1]")
        assert page.values("/html/@lang") == [lang]
        assert page.values("//main//a/@href") == ["/search", "/"]
        assert page.values("//meta[@name='robots']/@content") == ["noindex"]
        assert page.count("//search//input[@name='q']") == 1


def test_an_error_page_keeps_the_search(client: FlaskClient) -> None:
    """The words stand in the field, the filters go along; links lead on in the same language."""
    url = "/article/verschollen?q=strom&tag=Energie&from=neulich&hit=3&lang=en"
    page = get(client, url, status=404)
    assert page.values("//input[@name='q']/@value") == ["strom"]
    hidden = page.root.xpath("//form//input[@type='hidden']")
    assert {(each.get("name"), each.get("value")) for each in hidden} == {
        *(("tag", "Energie"), ("from", "neulich"), ("lang", "en"))
    }
    assert page.texts("//main//ul//a") == [
        "Search for “strom”", "All articles", "To the start page",
    ]  # fmt: skip
    assert page.values("//main//ul//a/@href") == [
        *("/search?q=strom&tag=Energie&lang=en", "/search?lang=en", "/?lang=en")
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/search/", "/search"),
        ("/Search", "/search"),
        ("/SEARCH//", "/search"),
        ("/suche", "/search"),
        ("/Suche/?q=strom&tag=a", "/search?q=strom&tag=a"),
        ("/artikel/lichtbogen", "/article/lichtbogen"),
        ("/Article/lichtbogen/", "/article/lichtbogen"),
        ("/index.html", "/"),
        ("/healthz/", "/healthz"),
        ("/readyz/", "/readyz"),
    ],
)
def test_paths_that_people_type_lead_on(client: FlaskClient, typed: str, meant: str) -> None:
    """In other letters, with a slash too many, in German."""
    response = client.get("http://localhost" + typed)
    assert (response.status_code, response.headers["Location"]) == (301, meant)
    assert client.get(meant).status_code == 200


def test_other_methods_are_refused_with_a_page(client: FlaskClient) -> None:
    """A page for 405, and the header that names what is allowed."""
    response = client.post("/search", headers={"Accept-Language": "en"})
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert Page(response).text("//h1") == "Not possible"


@pytest.mark.parametrize(
    ("error", "status", "german"),
    [
        (BadRequest(Message("x"), where="/geheim/pfad"), 400, "nicht zu verstehen"),
        (ArticleNotFound(Message("/geheim/pfad")), 404, "keinen Artikel"),
        (PageTooDeep(Message("x")), 404, "Ergebnisseite"),
        (QueryTooLong(Message("x")), 413, "weniger Wörtern"),
        (SearchTimeout(Message("x"), remedy=Message("/geheim/pfad")), 503, "dauerte zu lange"),
        (NoIndex(Message("x"), where="/geheim/pfad"), 503, "„searchapp rebuild“"),
        (IndexOutdated(Message("x"), where="/geheim/pfad"), 503, "„searchapp rebuild“"),
        (IndexDamaged(Message("x"), where="/geheim/pfad"), 503, "„searchapp rebuild“"),
        (IndexLocked(Message("x"), where="/geheim/pfad"), 500, "schiefgegangen"),
        (RuntimeError("/geheim/pfad"), 500, "schiefgegangen"),
        (OSError(errno.EMFILE, "/geheim/pfad"), 503, "im Augenblick nicht"),
        (OSError(errno.ENOMEM, "/geheim/pfad"), 503, "im Augenblick nicht"),
        (MemoryError(), 503, "im Augenblick nicht"),
    ],
)
def test_each_error_has_its_status_and_tells_no_path(
    failing_app: Flask,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    german: str,
) -> None:
    """The reader gets a sentence, programs get JSON, and the log gets the cause."""
    failing_app.config["RAISED"] = error
    client = failing_app.test_client()
    with caplog.at_level(logging.WARNING):
        page = get(client, "/fail", lang="de", status=status)
        response = client.get("/api/fail", headers={"Accept-Language": "de"})
    assert german in page.text("//main/p[1]")
    assert response.status_code == status
    assert response.json is not None
    assert german in response.json["detail"]
    if isinstance(error, SearchappError):
        assert response.json["code"] == error.kind
    assert "geheim" not in page.response.text + response.text
    assert ("Retry-After" in page.response.headers) == (status == 503)
    logged = "".join(record.getMessage() + str(record.exc_info) for record in caplog.records)
    assert (str(error) in logged) == (status >= 500)


@pytest.mark.parametrize(
    "error", [RuntimeError("a bug"), OSError(errno.ENOENT, "a bug"), IndexLocked(Message("x"))]
)
def test_an_unforeseen_error_is_logged_with_its_traceback(
    failing_app: Flask, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """Whoever runs the site sees the line of the code that raised it."""
    failing_app.config["RAISED"] = error
    assert failing_app.test_client().get("/fail").status_code == 500
    (logged,) = [record.exc_info for record in caplog.records if record.exc_info]
    assert logged[1] is error
    assert traceback.extract_tb(logged[2])[-1].name == "fail"


@pytest.fixture
def app_without_index(tmp_path: Path) -> Iterator[Flask]:
    """An application whose index has not been built."""
    app = create_app(Settings(index=tmp_path / "index"))
    yield app
    app.extensions["searchapp"].close()


def test_without_an_index_pages_say_how_to_build_it(app_without_index: Flask) -> None:
    """503 in both languages, and the server lives, but is not ready."""
    client = app_without_index.test_client()
    for lang, sentence in (("de", "Es gibt noch keinen Index"), ("en", "There is no index")):
        for url in ("/", "/search?q=x", "/article/x"):
            assert sentence in get(client, url, lang=lang, status=503).text("//main/p[1]")
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json is not None
    assert ready.json["code"] == "no_index"
    assert client.get("/static/site.css").status_code == 200


def test_a_search_beyond_its_time_budget_is_answered(settings: Settings) -> None:
    """Never a hang: 503 with a sentence."""
    app = create_app(replace(settings, time_budget_s=1e-9))
    page = get(app.test_client(), "/search?q=strom", lang="en", status=503)
    assert "took too long" in page.text("//main/p[1]")
    assert page.values("//input[@name='q']/@value") == ["strom"]
    assert page.link("Try again") == "/search?q=strom"
    app.extensions["searchapp"].close()

"""The log of a real server: one line a request, and nothing that tells who asked for what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapp.settings import Settings
from tests.web.html import get
from tests.web.serving_process import eventually, serving


def test_each_request_is_one_line_without_address_and_query(
    settings: Settings, tmp_path: Path
) -> None:
    """Health checks that succeed have none; a path cannot make a line of its own."""
    own = {"index": settings.index, "workers": 2, "log_format": "json"}
    with serving(tmp_path, own) as server:
        paths = ["/search?q=geheimnis", "/article/nichts?q=geheimnis", "/a%0Ab%1B%C3%A4"]
        answers = [server.get(path) for path in paths]
        assert server.get("/healthz")[0] == server.get("/readyz")[0] == 200
        assert eventually(lambda: len(server.log) >= len(paths))
        lines = [json.loads(line) for line in server.log]
    assert sorted((each["path"], each["status"]) for each in lines) == [
        ("/a%0Ab%1B%C3%A4", 404),
        ("/article/nichts", 404),
        ("/search", 200),
    ]
    by_id = {each["id"]: each for each in lines}
    for (status, headers, _), path in zip(answers, paths, strict=True):
        line = by_id[headers["X-Request-Id"]]
        assert line["status"] == status
        assert path.startswith(line["path"])
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["time"])
        assert (line["event"], line["level"], line["method"]) == ("request", "info", "GET")
        assert line["ms"] >= 0
    search = next(each for each in lines if each["path"] == "/search")
    assert search["kind"] == "pages.search"
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", search["generation"])
    assert "geheimnis" not in server.log_file.read_text()
    assert "127.0.0.1" not in server.log_file.read_text()


def test_queries_addresses_and_slow_searches_are_told_where_they_are_wanted(
    settings: Settings, tmp_path: Path
) -> None:
    """In text that a terminal shows as it is."""
    own = {
        "index": settings.index,
        "workers": 1,
        "log_queries": 1,
        "log_addresses": "yes",
        "slow_search_s": 1e-6,
    }
    with serving(tmp_path, own) as server:
        server.get("/search?q=strom")
        server.get("/search?q=%1B%5B31m")
        assert eventually(lambda: len(server.log) >= 4)
        request, slow, _, _ = server.log
    assert re.match(r"time=\S+ level=info event=request id=[0-9a-f]{12} method=GET ", request)
    assert ' query="q=strom"' in request
    assert " address=127.0.0.1" in request
    assert re.match(r'time=\S+ level=warning event="slow search" id=', slow)
    for part in ("index", "search", "snippets", "rest"):
        assert re.search(rf" {part}_ms=\d+\.\d", slow)
    assert " words=1 " in slow
    assert "\x1b" not in server.log_file.read_text()


def test_an_error_shows_the_id_under_which_the_log_has_its_cause(tmp_path: Path) -> None:
    """Whoever reports it need not say more: on pages, and for programs."""
    with serving(tmp_path, {"index": tmp_path / "nichts", "workers": 1}) as server:
        status, headers, page = server.get("/search?q=strom")
        assert status == 503
        assert f"<code>{headers['X-Request-Id']}</code>" in page
        status, headers, problem = server.get("/api/v1/search?q=strom")
        assert status == 503
        assert json.loads(problem)["id"] == headers["X-Request-Id"]
        assert eventually(lambda: len(server.log) >= 4)
        about = [line for line in server.log if headers["X-Request-Id"] in line]
    cause, request = about
    assert "level=error" in cause
    assert f"no_index: {tmp_path / 'nichts'}: there is no index here yet" in cause
    assert "status=503" in request
    assert "error=no_index" in request


@pytest.mark.parametrize(("lang", "words"), [("de", "Nummer dieser Anfrage"), ("en", "Number of")])
def test_every_error_page_has_the_number(client: FlaskClient, lang: str, words: str) -> None:
    """Another one each time."""
    shown = set()
    for url, status in (("/nichts", 404), ("/article/nichts", 404), ("/search/x/y", 404)):
        page = get(client, url, lang=lang, status=status)
        assert words in page.text("//main/p[@class='meta']")
        shown.add(page.text("//main/p[@class='meta']/code"))
    assert len(shown) == 3


def test_an_unforeseen_error_is_logged_whole(
    make_client: Callable[..., FlaskClient], caplog: pytest.LogCaptureFixture
) -> None:
    """The page says that it was, and under which number."""
    client = make_client()

    def broken() -> str:
        raise ZeroDivisionError

    client.application.add_url_rule("/kaputt", "kaputt", broken)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    page = get(client, "/kaputt", lang="en", status=500)
    assert page.text("//main/p[@class='meta']/code")
    assert "ZeroDivisionError" in caplog.text

"""The owner's page: for nobody else, and with the step for what readers did not find."""

from __future__ import annotations

import sqlite3
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapp.errors import BadSetting
from searchapp.query_store import QueryCounter, QueryStore
from searchapp.settings import Settings
from tests.web.html import get
from tests.web.serving_process import eventually, serving

TOKEN = "eine-lange-losung-7f3a"
URL = "/owner/queries"


def basic(password: str, name: str = "wer auch immer") -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def owner(make_client: Callable[..., FlaskClient], tmp_path: Path) -> FlaskClient:
    """The owner's browser; some queries have been counted."""
    path = tmp_path / "queries.sqlite"
    store = QueryStore(path, 30)
    store.prepare()
    counter = QueryCounter(store)
    hostile = '<script>alert(1)</script> & "x'
    for query, total in (("Strom", 9), ("Strom", 9), ("Xqzvwpf", 0), (hostile, 0)):
        counter.count(query, total)
    counter.write()
    client = make_client(query_store=path, owner_token=TOKEN)
    client.environ_base["HTTP_AUTHORIZATION"] = basic(TOKEN)
    return client


@pytest.mark.parametrize(
    "sent",
    ["", basic(""), basic(TOKEN[:-1]), basic(TOKEN + "x"), basic("ä"), f"Bearer {TOKEN}",
     "Basic", "Basic !!!", basic("x", TOKEN)],
)  # fmt: skip
def test_nobody_else_gets_in(owner: FlaskClient, sent: str) -> None:
    """A browser asks for the password; nothing tells how near a guess was."""
    owner.environ_base["HTTP_AUTHORIZATION"] = sent
    response = owner.get(URL, headers={"If-None-Match": "*"})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Xqzvwpf" not in response.text


def test_without_a_token_there_is_no_such_page(make_client: Callable[..., FlaskClient]) -> None:
    """Not even one that asks."""
    response = make_client().get(URL, headers={"Authorization": basic("")})
    assert response.status_code == 404
    assert "WWW-Authenticate" not in response.headers


def test_no_cache_and_no_search_engine_keeps_it(owner: FlaskClient) -> None:
    """And it runs no foreign script."""
    headers = owner.get(URL).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "ETag" not in headers
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(("lang", "missed"), [("de", "Ohne Treffer"), ("en", "Without results")])
def test_what_readers_miss_stands_with_its_step(owner: FlaskClient, lang: str, missed: str) -> None:
    """In both languages; what strangers typed is text."""
    page = get(owner, URL, lang=lang)
    assert page.text("//h2[@id='missed']") == missed
    rows = page.values("//section[@aria-labelledby='missed']//li/a/bdi/text()")
    assert set(rows) == {"Xqzvwpf", '<script>alert(1)</script> & "x'}
    text = page.text("//section[@aria-labelledby='missed']")
    assert "„Xqzvwpf“" in text or "“Xqzvwpf”" in text
    assert page.values("//section[@aria-labelledby='frequent']//li[1]/a/bdi/text()") == ["Strom"]
    assert not page.values("//main//script")
    # What the owner looks at is not counted.
    links = page.values("//ul[@class='asked']/li/a/@href")
    assert links
    assert all("uncorrected=1" in link for link in links)


def test_a_line_can_be_tried(owner: FlaskClient) -> None:
    """The page says what it would change and where to write it, or what is wrong with it."""
    page = get(owner, URL + "?line=Xqzvwpf+%3D+Strom", lang="en")
    tried = page.text("//div[@class='tried']")
    assert "now: 0, then: 12" in tried
    assert "They hold at once." in tried
    assert page.values("//input[@name='line']/@value") == ["Xqzvwpf = Strom"]
    assert page.text("//div[@class='tried']/pre") == "[synonyms] Xqzvwpf = Strom"
    wrong = get(owner, URL + "?line=%3Cb%3E", lang="en")
    assert "write LKW = Lastwagen" in wrong.text("//p[@id='line-error']")
    assert wrong.values("//input[@name='line']/@aria-invalid") == ["true"]
    german = get(owner, URL + "?line=%3Cb%3E", lang="de").text("//p[@id='line-error']")
    assert german.startswith("Das ist weder ein Synonym noch eine Trennung; schreiben Sie LKW = ")


def test_a_store_that_is_gone_is_told(owner: FlaskClient, tmp_path: Path) -> None:
    """The page comes, and a line can be tried."""
    (tmp_path / "queries.sqlite").unlink()
    page = get(owner, URL, lang="en")
    assert "the store of queries cannot be used" in page.text("//p[@role='alert']")
    assert str(tmp_path) not in page.text("//main")


def test_without_a_store_the_page_says_how_to_have_one(
    make_client: Callable[..., FlaskClient],
) -> None:
    """And a line can be tried all the same."""
    client = make_client(owner_token=TOKEN)
    client.environ_base["HTTP_AUTHORIZATION"] = basic(TOKEN)
    page = get(client, URL + "?line=Xqzvwpf+%3D+Strom", lang="en")
    assert "SEARCHAPP_QUERY_STORE" in page.text("//main")
    assert "now: 0, then: 12" in page.text("//div[@class='tried']")


def test_a_store_that_cannot_be_used_is_told_at_the_start(
    make_client: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    """And not by an empty page after a month."""
    with pytest.raises(BadSetting, match="the store of queries"):
        make_client(query_store=tmp_path / "nichts" / "queries.sqlite")


def test_servers_count_first_pages_without_filters(settings: Settings, tmp_path: Path) -> None:
    """Two processes, one file: what was asked before the end is in it, and not by whom."""
    path = tmp_path / "queries.sqlite"
    own = {"index": settings.index, "workers": 2, "query_store": path}
    with serving(tmp_path, own) as server:
        for _ in range(5):
            assert server.get("/search?q=Strom&per_page=2", Cookie="lang=en; wer=ich")[0] == 200
            assert server.get("/api/v1/search?q=Xqzvwpf")[0] == 200
        for ignored in (
            "q=Strom&page=2&per_page=2",
            "q=Strom&year=2020",
            "q=Strom&uncorrected=1",
            "",
            "q=%2B",
        ):
            assert server.get(f"/search?{ignored}")[0] in (200, 302)
        assert server.get("/suggest?q=Stro")[0] == 200
        assert server.get("/feed.atom?q=Strom")[0] == 200
    store = QueryStore(path, 30)

    def counts() -> dict[str, tuple[int, int]]:
        return {each.query: (each.times, each.empty_times) for each in store.asked(limit=9)}

    assert eventually(lambda: len(counts()) >= 2)
    assert {query: counts()[query] for query in ("Strom", "Xqzvwpf")} == {
        "Strom": (5, 0),
        "Xqzvwpf": (5, 5),
    }
    with closing(sqlite3.connect(path)) as connection:
        assert "127.0.0.1" not in "".join(connection.iterdump())

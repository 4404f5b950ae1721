"""What has not changed is not answered again, and what has changed always is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web import create_app
from searchapp.web.entity_tags import program_state
from tests.sources import article, write_lines

URLS = [
    "/",
    "/search?q=strom",
    "/article/lichtbogen",
    "/api",
    "/api/v1/search?q=strom",
    "/api/v1/articles/lichtbogen",
    "/api/v1/info",
    "/api/v1/openapi.json",
    "/feed.atom?q=strom",
    "/export.csv?q=strom",
    "/opensearch.xml",
    "/sitemap.xml",
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("encoding", ["identity", "br"])
def test_an_answer_is_sent_once(client: FlaskClient, url: str, encoding: str) -> None:
    """Then its tag is enough; a 304 has no body, and says the same to caches."""
    headers = {"Accept-Encoding": encoding}
    first = client.get(url, headers=headers)
    assert first.status_code == 200
    assert first.headers["ETag"].startswith('W/"')
    assert first.cache_control.no_cache
    headers["If-None-Match"] = first.headers["ETag"]
    again = client.get(url, headers=headers)
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Type" not in again.headers
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.cache_control.no_cache
    assert {"accept-language", "cookie"} <= set(again.vary.as_set())
    assert client.head(url, headers=headers).status_code == 304


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/search?q=strom&page=2"},
        {"headers": {"Accept-Language": "en"}},
        {"base_url": "https://archiv.example"},
    ],
)
def test_another_answer_has_another_tag(client: FlaskClient, other: dict[str, object]) -> None:
    """Other addresses, languages, hosts: what an answer depends on is in its tag."""
    asked = {"path": "/search?q=strom"}
    tag = client.get(**asked).headers["ETag"]
    for _ in range(2):
        assert client.get(**asked).headers["ETag"] == tag
    response = client.get(**{**asked, **other})
    assert response.headers["ETag"] != tag


def test_the_cookie_of_a_language_is_in_the_tag(client: FlaskClient) -> None:
    """As it is what the answer depends on."""
    tag = client.get("/search?q=strom").headers["ETag"]
    client.set_cookie("lang", "en")
    response = client.get("/search?q=strom", headers={"If-None-Match": tag})
    assert (response.status_code, response.headers["ETag"] == tag) == (200, False)


def test_an_article_has_a_tag_for_each_form(client: FlaskClient) -> None:
    """Text is never taken for JSON."""
    url = "/api/v1/articles/lichtbogen"
    tag = client.get(url, headers={"Accept": "application/json"}).headers["ETag"]
    headers = {"Accept": "text/plain", "If-None-Match": tag}
    text = client.get(url, headers=headers)
    assert text.mimetype == "text/plain"
    headers["If-None-Match"] = text.headers["ETag"]
    unchanged = client.get(url, headers=headers)
    assert unchanged.status_code == 304
    assert "Accept" in unchanged.vary


@pytest.mark.parametrize(
    "url", ["/healthz", "/readyz", "/nichts", "/api/v1/search?page=99", "/search/"]
)
def test_what_is_no_answer_has_no_tag(client: FlaskClient, url: str) -> None:
    """Errors and redirects are asked for again; health is looked at each time."""
    response = client.get(url, headers={"If-None-Match": "*"})
    assert response.status_code != 304
    assert "ETag" not in response.headers


@pytest.mark.parametrize(
    ("share", "url"),
    [
        ("FALLBACK_SHARE", "/search?q=stromnezt"),
        ("FALLBACK_SHARE", "/api/v1/search?q=stromnezt"),
        ("FALLBACK_SHARE", "/article/lichtbogen?q=strom"),
        ("RELATED_SHARE", "/article/lichtbogen"),
        ("RELATED_SHARE", "/api/v1/articles/lichtbogen"),
    ],
)
def test_what_there_was_no_time_for_comes_with_the_next_answer(
    client: FlaskClient, share: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer without corrections, marks or related articles is never told to hold still."""
    with monkeypatch.context() as hurried:
        hurried.setattr(f"searchapp.searching.{share}", 0.0)
        poor = client.get(url)
    assert poor.status_code == 200
    assert "ETag" not in poor.headers
    whole = client.get(url)
    assert whole.headers["ETag"]
    assert whole.text != poor.text


def publish(settings: Settings, *titles: str) -> None:
    """Index articles with the ids a, b, …"""
    named = zip("abc", titles, strict=False)
    write_lines(settings.seeds[0], [article(name, title=title) for name, title in named])
    rebuild(settings)


@pytest.fixture
def renewed(tmp_path: Path) -> Iterator[tuple[Settings, FlaskClient]]:
    """An index of one article, and an application that serves it."""
    settings = Settings(
        seeds=(tmp_path / "artikel.jsonl",),
        index=tmp_path / "index",
        workers=1,
        time_budget_s=20.0,
    )
    publish(settings, "Alt")
    app = create_app(settings)
    yield settings, app.test_client()
    app.extensions["searchapp"].close()


@pytest.mark.parametrize(
    "url", ["/", "/search", "/api/v1/search", "/api/v1/articles/a", "/feed.atom", "/export.jsonl"]
)
def test_nothing_old_is_served_after_a_rebuild(
    renewed: tuple[Settings, FlaskClient], url: str
) -> None:
    """The first request after it gets the new article; the one of a rollback would be the old."""
    settings, client = renewed
    first = client.get(url)
    assert "Alt" in first.text
    headers = {"If-None-Match": first.headers["ETag"]}
    publish(settings, "Neu")
    again = client.get(url, headers=headers)
    assert again.status_code == 200
    assert "Neu" in again.text
    assert again.headers["ETag"] != first.headers["ETag"]


def test_a_cursor_of_the_old_index_is_told(renewed: tuple[Settings, FlaskClient]) -> None:
    """In the exports, too."""
    settings, client = renewed
    publish(settings, "Erster", "Zweiter")
    links = client.get("/api/v1/search?per_page=1").json["links"]  # type: ignore[index]
    assert client.get(links["next"]).status_code == 200
    rebuild(settings)
    problem = client.get(links["next"])
    assert problem.status_code == 410
    assert problem.json["code"] == "cursor_outdated"  # type: ignore[index]
    cursor = links["next"].partition("after=")[2]
    assert client.get(f"/export.csv?after={cursor}").status_code == 410


def test_another_program_or_setting_has_other_tags(settings: Settings) -> None:
    """An index that stays when the program is renewed is shown as the new one shows it."""
    assert program_state(settings) == program_state(replace(settings))
    assert program_state(settings) != program_state(replace(settings, site_name="Archiv"))

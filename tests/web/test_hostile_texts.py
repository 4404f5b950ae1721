"""A whole site of hostile texts: those of articles, of readers and of the owner stay texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.sources import article, write_lines
from tests.web.html import Page

EVIL = "</script></title></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'>{{7*7}}"
LABEL = "</title><script>alert(1)</script><img onerror=alert(1)>"
TAG = f"Hochofen {EVIL}"
OWNER = f"""
sentence = {json.dumps(EVIL)}
[[links]]
label = {json.dumps(LABEL)}
address = "https://example.org/?a=\\"'><script>alert(1)</script>"
"""
PAGES = (
    "/",
    "/hilfe",
    "/api",
    "/search",
    "/search?q=hochofen",
    f"/search?{urlencode({'q': EVIL, 'tag': EVIL, 'from': EVIL, 'year': EVIL, 'page': EVIL})}",
    f"/search?{urlencode({'q': 'zzqq', 'tag': TAG})}",
    f"/search/values?{urlencode({'q': 'hochofen', 'facet': 'tags', 'contains': EVIL})}",
    "/search/values?q=hochofen&facet=author",
    "/schlagwoerter",
    f"/schlagwoerter?{urlencode({'prefix': EVIL[:20]})}",
    f"/schlagwoerter/{quote(TAG)}",
    "/autoren",
    "/quellen",
    "/article/a1?q=hochofen",
    f"/article/a1?{urlencode({'q': EVIL, 'hit': '1'})}",
    f"/article/{quote(EVIL)}",
    f"/{quote(EVIL)}",
)
FOREIGN = "//script[not(@src or @type='application/ld+json')] | //img | //*[@onerror] | //style"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """An application in which every text that somebody can choose is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    articles = [
        article(
            f"a{n}",
            body=f"Im Hochofen schmilzt Erz mit Koks. {EVIL} Roheisen und Schlacke fließen ab.",
            title=f"Hochofen {n} {EVIL}",
            tags=(TAG, f"Koks {n % 2}"),
            authors=(f"Name {EVIL}",),
            source=f"Blatt {EVIL}",
            section=f"Ressort {EVIL}",
            url=f"https://example.org/{EVIL}",
            date=date(2020, 1, 1 + n),
        )
        for n in range(12)
    ]
    (folder / "seite.toml").write_text(OWNER, "utf-8")
    (folder / "tags.toml").write_text(f"{json.dumps(TAG)} = {json.dumps(EVIL)}", "utf-8")
    settings = Settings(
        seeds=(write_lines(folder / "a.jsonl", articles),),
        index=folder / "index",
        workers=1,
        time_budget_s=20.0,
        site_name=EVIL,
        site=folder / "seite.toml",
        tag_descriptions=folder / "tags.toml",
    )
    rebuild(settings)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["searchapp"].close()


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("url", PAGES)
def test_no_text_becomes_markup(hostile: FlaskClient, url: str, lang: str) -> None:
    """On no page is there an element, an attribute or an address that a text has brought."""
    response = hostile.get(url, headers={"Accept-Language": lang}, follow_redirects=True)
    assert response.status_code in (200, 404)
    page = Page(response)
    assert page.count(FOREIGN) == 0
    assert page.count("//head/title") == 1
    assert all(
        link.startswith(("/", "#", "http://localhost/", "https://example.org/"))
        for link in page.values("//@href | //@src | //@action | //@formaction")
    )
    assert LABEL in page.text("//footer")


def test_the_examples_of_the_start_page_are_words(hostile: FlaskClient) -> None:
    """They are made of tags and titles, and lead to what they say."""
    page = Page(hostile.get("/"))
    assert page.text("//p[@class='lead']") == EVIL
    for link in page.values("//p[@class='hint']/a[contains(@href, '?q=')]/@href"):
        assert Page(hostile.get(link)).count(FOREIGN) == 0


def test_suggestions_are_strings_and_escaped_marks(hostile: FlaskClient) -> None:
    """As the page, another site's page and a browser's field show them."""
    found = hostile.get("/api/v1/suggest?q=hochofen").json
    assert found
    assert {"tag", "title"} <= {each["kind"] for each in found["suggestions"]}
    for each in found["suggestions"]:
        plain = each["html"].replace("<mark>", "").replace("</mark>", "")
        assert "<" not in plain
    assert hostile.get("/suggest?q=hochofen").mimetype == "application/x-suggestions+json"


@pytest.mark.parametrize(
    "url",
    ["/export.csv", "/export.ris", "/export.bib/a1", "/feed.atom", "/opensearch.xml",
     "/sitemap.xml", "/api/v1/search?q=hochofen", "/api/v1/tags", "/api/v1/articles/a1"],
)  # fmt: skip
def test_no_browser_reads_files_as_pages(hostile: FlaskClient, url: str) -> None:
    """They have a type of their own, which is not guessed; lists are saved and not opened."""
    response = hostile.get(url, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response.mimetype not in ("text/html", "image/svg+xml", "application/xhtml+xml")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    if "export" in url:
        assert response.headers["Content-Disposition"].startswith("attachment")

"""The help page: every example is a link that finds what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from searchapp.example_queries import Examples
from searchapp.web import help_page
from tests.web.html import Page, get


def total_of(page: Page) -> str:
    return page.text("//main//h1").partition(" ")[0]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_example_finds_what_the_page_says(client: FlaskClient, lang: str) -> None:
    """In the words of the reader's language; the results speak it, too."""
    page = get(client, f"/hilfe?lang={lang}")
    examples = page.root.xpath("//dd[@class='try']")
    assert len(examples) >= 19
    for each in examples:
        (link,) = each.xpath("a")
        count = each.xpath("span")[0].text.partition(" ")[0]
        results = get(client, link.get("href"))
        assert results.values("/html/@lang") == [lang]
        assert total_of(results) == count != "0", link.get("href")
        typed = link.text_content()
        assert results.values("//input[@id='query']/@value") == [typed]
        assert not results.count("//p[@class='note']"), typed


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", ("ODER", "NICHT", "titel:", "schlagwort:", "autor:", "quelle:", "datum:")),
        ("en", ("OR", "NOT", "title:", "tag:", "author:", "source:", "date:")),
    ],
)
def test_the_examples_show_every_sign(
    client: FlaskClient, lang: str, words: tuple[str, ...]
) -> None:
    """Words, phrases, forms, exclusion, alternatives, patterns, spelling, fields and dates."""
    page = get(client, f"/hilfe?lang={lang}")
    queries = " ".join(page.texts("//dd[@class='try']//code"))
    for sign in (*words, '"', "=", " -", "(", "*", "?", "~", ".."):
        assert sign in queries, sign


def test_the_page_has_one_address(client: FlaskClient) -> None:
    """Other names lead there, whatever the language; it keeps no filters of a search."""
    for path in ("/help", "/Hilfe", "/hilfe/", "/suchhilfe", "/HELP"):
        response = client.get(f"{path}?lang=en")
        assert response.status_code == 301
        target = urlsplit(response.headers["Location"])
        if target.path == "/help":  # One more step.
            target = urlsplit(client.get("/help?lang=en").headers["Location"])
        assert (target.path, target.query) == ("/hilfe", "lang=en")
    page = get(client, "/hilfe?tag=Energie&q=x")
    assert page.values("//link[@rel='canonical']/@href") == ["http://localhost/hilfe"]
    for link in page.values("//dd[@class='try']/a/@href"):
        assert set(parse_qs(urlsplit(link).query)) == {"q"}


@pytest.mark.parametrize("url", ["/", "/search?q=strom", "/article/lichtbogen", "/nichts"])
def test_every_page_leads_to_the_help(client: FlaskClient, url: str) -> None:
    """Beside the search field, and in the footer."""
    page = get(
        client, f"{url}{'&' if '?' in url else '?'}lang=en", status=404 if url == "/nichts" else 200
    )
    for place in ("//search", "//footer"):
        assert "/hilfe?lang=en" in page.values(f"{place}//a/@href")


def test_without_an_index_the_signs_are_explained_all_the_same(
    make_client: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    """There is nothing to link to."""
    page = get(make_client(index=tmp_path / "none"), "/hilfe", lang="de")
    assert page.count("//dl/div") >= 19
    assert not page.count("//dl//a")


def test_a_page_without_all_examples_is_not_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later it has more, though the generation is the same."""
    assert client.get("/hilfe").headers["ETag"]
    assert client.get("/").headers["ETag"]
    queries = client.application.extensions[help_page.EXAMPLES]
    monkeypatch.setattr(queries, "start", lambda: Examples({}, is_complete=False))
    monkeypatch.setattr(queries, "help", lambda *_: Examples({}, is_complete=False))
    for url in ("/hilfe", "/"):
        assert "ETag" not in client.get(url).headers

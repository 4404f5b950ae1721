"""What browsers and search engines ask a site for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import etree
from protego import Protego

from searchapp.web import site_files
from tests.web.html import get

SITEMAPS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
OPENSEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}


def xml(client: FlaskClient, url: str, **options: Any) -> Any:
    """A well-formed document."""
    response = client.get(url, **options)
    assert response.status_code == 200
    assert str(response.mimetype).endswith("xml")
    return etree.fromstring(response.data)


def test_browsers_can_add_the_search(client: FlaskClient) -> None:
    """Each page leads to the description, whose templates are those of the search."""
    page = get(client, "/")
    (url,) = page.values("//link[@rel='search']/@href")
    root = xml(client, url)
    assert root.findtext("o:ShortName", namespaces=OPENSEARCH) == "Artikelsuche"
    urls = root.findall("o:Url", OPENSEARCH)
    templates = {each.get("type"): each.get("template") for each in urls}
    assert templates["text/html"] == "http://localhost/search?q={searchTerms}"
    typed = urlsplit(templates["application/x-suggestions+json"].replace("{searchTerms}", "str"))
    assert "strom" in client.get(f"{typed.path}?{typed.query}").text.lower()
    found = urlsplit(templates["text/html"].replace("{searchTerms}", "strom"))
    assert get(client, f"{found.path}?{found.query}").hit_titles


@pytest.mark.parametrize("name", ["Archiv des Vereins für Heimatkunde", 'A & B <"x">'])
def test_a_name_of_any_kind_is_cut_and_escaped(
    make_client: Callable[..., FlaskClient], name: str
) -> None:
    """At most 16 characters."""
    root = xml(make_client(site_name=name), "/opensearch.xml")
    short = root.findtext("o:ShortName", namespaces=OPENSEARCH)
    assert 0 < len(short) <= 16
    assert name.startswith(short)
    assert name in root.findtext("o:Description", namespaces=OPENSEARCH)


def test_the_sitemap_names_every_article(client: FlaskClient) -> None:
    """With its day where one is known, and each address leads to it."""
    root = xml(client, "/sitemap.xml")
    urls = {each.findtext("s:loc", namespaces=SITEMAPS): each for each in root}
    wanted = [each["page_url"] for each in client.get("/api/v1/search?per_page=100").json["hits"]]  # type: ignore[index]
    assert set(urls) == {"http://localhost/", *wanted}
    day = urls["http://localhost/article/lichtbogen"].findtext("s:lastmod", namespaces=SITEMAPS)
    assert day == "2024-01-16"
    days = [each.findtext("s:lastmod", namespaces=SITEMAPS) for each in root]
    assert days.count(None) == 2  # The start page and an article without a date.
    for url in wanted:
        assert get(client, urlsplit(url).path).count("//article") == 1


def test_a_long_sitemap_is_in_parts(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of as many addresses as are allowed, together all."""
    whole = {each.text for each in xml(client, "/sitemap.xml").iterfind(".//s:loc", SITEMAPS)}
    monkeypatch.setattr(site_files, "MAX_URLS", 10)
    root = xml(client, "/sitemap.xml")
    assert etree.QName(root).localname == "sitemapindex"
    parts = [each.text for each in root.iterfind(".//s:loc", SITEMAPS)]
    assert parts == [f"http://localhost/sitemap-{number}.xml" for number in (1, 2, 3)]
    found: list[str] = []
    for part in parts:
        root = xml(client, urlsplit(part).path)
        urls = [each.text for each in root.iterfind(".//s:loc", SITEMAPS)]
        assert len(urls) <= 10
        found += urls
    assert sorted(found) == sorted(whole - {"http://localhost/"})
    for number in (0, 4, 10**12):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_robots_read_articles_and_no_lists(client: FlaskClient) -> None:
    """Lists are without number; the sitemap has what is to be found."""
    response = client.get("/robots.txt")
    assert response.mimetype == "text/plain"
    rules = Protego.parse(response.text)
    assert list(rules.sitemaps) == ["http://localhost/sitemap.xml"]
    for path in ("/", "/article/lichtbogen", "/article/search", "/static/site.css", "/api"):
        assert rules.can_fetch("http://localhost" + path, "Beispielbot"), path
    for path in ("/search?q=strom", "/export.csv?q=x", "/api/v1/search?q=x"):
        assert not rules.can_fetch("http://localhost" + path, "Beispielbot"), path


@pytest.mark.parametrize(
    ("path", "begin", "most"),
    [("/favicon.ico", b"\x00\x00\x01\x00", 2000), ("/apple-touch-icon.png", b"\x89PNG", 4000)],
)
def test_icons_are_where_browsers_look(
    client: FlaskClient, path: str, begin: bytes, most: int
) -> None:
    """And small."""
    response = client.get(path)
    assert str(response.mimetype).startswith("image/")
    assert response.data.startswith(begin)
    assert len(response.data) < most
    assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_a_prefix_of_a_proxy_is_part_of_all_addresses(
    make_client: Callable[..., FlaskClient],
) -> None:
    """The site may live below a path."""
    client = make_client(path_prefix="/suche")
    headers = {"Host": "example.org"}
    for path in ("/sitemap.xml", "/opensearch.xml", "/feed.atom", "/robots.txt"):
        text = client.get(path, headers=headers).text
        assert "http://example.org/suche/" in text
        assert "localhost" not in text

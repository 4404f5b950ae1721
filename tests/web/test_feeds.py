"""Every search is a feed that readers of feeds understand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import feedparser  # type: ignore[import-untyped]
import pytest
from flask.testing import FlaskClient
from lxml import etree

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web import create_app
from searchapp.web.feeds import ENTRIES, xml_text
from tests.sources import article, write_lines
from tests.web.html import get

HOSTILE = "<script>alert(1)</script> & \"'\x00\x0b\ufffe]]> =1+1"


def feed_of(client: FlaskClient, url: str) -> Any:
    """A feed that is valid, as a reader of feeds sees it."""
    response = client.get(url)
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    feed = feedparser.parse(
        response.data, response_headers={"content-type": response.headers["Content-Type"]}
    )
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    for each in (feed.feed, *feed.entries):
        assert all((each.id, each.title, each.updated))
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    return feed


def test_a_search_is_a_feed(client: FlaskClient) -> None:
    """The newest articles first, each with its address, day, authors, tags and an excerpt."""
    feed = feed_of(client, "/feed.atom?q=strom&sort=oldest&page=2&per_page=3")
    assert feed.feed.title == "strom · Artikelsuche"
    assert feed.feed.id == "http://localhost/feed.atom?q=strom"
    assert {link.rel: link.href for link in feed.feed.links} == {
        "self": "http://localhost/feed.atom?q=strom",
        "alternate": "http://localhost/search?q=strom",
    }
    days = [entry.published[:10] for entry in feed.entries]
    assert len(days) == 12
    assert days == sorted(days, reverse=True)
    entry = next(each for each in feed.entries if each.id.endswith("/lichtbogen"))
    assert entry.link == "http://localhost/article/lichtbogen"
    assert entry.updated == "2024-01-16T12:00:00+00:00"
    assert [each.name for each in entry.authors] == ["Redaktion Technik"]
    assert [tag.term for tag in entry.tags] == ["Stahl", "Recycling", "Strom"]
    assert "Strom" in entry.summary


def test_filters_belong_to_a_feed(client: FlaskClient) -> None:
    """And its language, in the words of the feed."""
    feed = feed_of(client, "/feed.atom?tag=Energie&year=2021&lang=en")
    assert feed.feed.title == "Article search"
    assert all(entry.published.startswith("2021") for entry in feed.entries)
    assert client.get("/feed.atom?year=x").status_code == 400


@pytest.mark.parametrize("url", ["/feed.atom", "/feed.atom?q=xqzvwpf", "/feed.atom?q=stahll"])
def test_a_feed_without_a_query_or_without_articles_is_valid(client: FlaskClient, url: str) -> None:
    """Nothing is put in place of what was asked for: a feed is read for years."""
    assert len(feed_of(client, url).entries) == (0 if "q=" in url else 26)


def test_the_page_links_its_feed(client: FlaskClient) -> None:
    """For programs and, visible, for people; a corrected query's feed is of the likelier words."""
    page = get(client, "/search?q=stahll&sort=newest")
    (linked,) = page.values("//link[@rel='alternate' and @type='application/atom+xml']/@href")
    assert linked == page.link("Atom-Feed") == "/feed.atom?q=stahl"
    assert feed_of(client, linked).entries


@pytest.mark.parametrize(
    ("url", "feed"), [("/", "/feed.atom"), ("/schlagwoerter/Stahl", "/feed.atom?tag=Stahl")]
)
def test_the_start_page_and_values_have_feeds(client: FlaskClient, url: str, feed: str) -> None:
    """Of all articles, and of those with the value."""
    page = get(client, url)
    assert page.values("//link[@rel='alternate' and @type='application/atom+xml']/@href") == [feed]
    assert feed_of(client, feed).entries


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[FlaskClient]:
    """An application over hostile articles."""
    articles = [
        article(
            f"a/{number}<&\"'",
            body=f"Wort {HOSTILE}",
            title=f"Titel {HOSTILE}",
            tags=(f"Tag {HOSTILE}",),
            authors=(f"Name {HOSTILE}",),
            date=date(2020, 1, 1) if number else None,
        )
        for number in range(ENTRIES + 5)
    ]
    settings = Settings(
        seeds=(write_lines(tmp_path / "a.jsonl", articles),),
        index=tmp_path / "index",
        workers=1,
        time_budget_s=20.0,
        site_name=HOSTILE.replace("\x00", "")[:20],
    )
    rebuild(settings)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["searchapp"].close()


def test_hostile_texts_stay_texts(hostile: FlaskClient) -> None:
    """In articles and in the query; what XML cannot hold is replaced."""
    for query in ("wort", "wort " + HOSTILE):
        feed = feed_of(hostile, f"/feed.atom?{urlencode({'q': query})}")
        assert len(feed.entries) in (0, ENTRIES)
        assert query.split()[0] in feed.feed.title
    root = etree.fromstring(hostile.get("/feed.atom").data)
    assert not [each for each in root.iter() if "script" in str(each.tag)]
    assert len(root.findall("{*}entry")) == ENTRIES


@pytest.mark.parametrize(
    ("text", "wanted"), [("a\x00b", "a�b"), ("\ufffe", "�"), ("ä😀\n", "ä😀\n")]
)
def test_xml_text(text: str, wanted: str) -> None:
    """All that XML holds stays as it is."""
    assert xml_text(text) == wanted

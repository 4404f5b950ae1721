"""Pages of a PDF on the result page, on the page of the article, and in the API."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapp.corpus.page_origin import origin_path
from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.corpus.documents import SAMPLES
from tests.sources import article, write_lines
from tests.web.html import get


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser on the index of a PDF and of an article without pages."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    shutil.copy(SAMPLES / "vereinsblatt.pdf", seeds)
    write_lines(seeds / "a.jsonl", [article("bericht", "Kohle vorn. Quarz hinten.")])
    settings = Settings(seeds=(seeds,), index=tmp_path / "index", workers=1, time_budget_s=60)
    rebuild(settings)
    app = create_app(settings)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    yield client
    app.extensions["searchapp"].close()


def test_a_hit_says_on_which_page_it_stands(client: FlaskClient) -> None:
    """And leads there; a document without an address is shown here, at that page."""
    page = get(client, "/search?q=Radschnellweg")
    assert page.text("//a[@class='page-number']") == "Seite 2"
    (href,) = page.values("//a[@class='page-number']/@href")
    assert (
        href.partition("#")[2]
        == "m1:~:text=Radschnellweg%20am%20Bahndamm%20entlangf%C3%BChren%20k%C3%B6nnte"
    )
    shown = get(client, href)
    assert shown.texts("//*[@class='page-number']") == ["Seite 1", "Seite 2"]
    assert "Gemeinschaftsbeete" in shown.text("//*[@id='page-2']/following-sibling::p[1]")
    assert get(client, "/search?q=Radschnellweg", lang="en").texts("//a[@class='page-number']") == [
        "Page 2"
    ]


def test_an_article_without_pages_shows_none(client: FlaskClient) -> None:
    """Neither as a hit nor on its own page."""
    assert get(client, "/search?q=Quarz").count("//*[@class='page-number']") == 0
    assert get(client, "/article/bericht").count("//*[@class='page-number']") == 0


def test_a_document_of_a_web_site_is_linked_at_its_page(tmp_path: Path) -> None:
    """As browsers open it: https://www.rfc-editor.org/rfc/rfc8118#section-3."""
    file = tmp_path / "seeds" / "blatt.pdf"
    file.parent.mkdir()
    shutil.copy(SAMPLES / "vereinsblatt.pdf", file)
    url = "https://example.org/blatt.pdf"
    origin_path(file).write_text(json.dumps({"url": url, "fetched": "", "digest": ""}), "utf-8")
    settings = Settings(seeds=(file.parent,), index=tmp_path / "index", workers=1, time_budget_s=60)
    rebuild(settings)
    app = create_app(settings)
    client = app.test_client()
    found = get(client, "/search?q=Radschnellweg", lang="en")
    assert found.values("//a[@class='page-number']/@href") == [f"{url}#page=2"]
    shown = get(client, "/article/blatt")
    assert f"{url}#page=2" in shown.values("//*[@class='page-number']/a/@href")
    (hit,) = json.loads(client.get("/api/v1/search?q=Radschnellweg").text)["hits"]
    assert hit["snippets"][0]["page_url"] == f"{url}#page=2"
    app.extensions["searchapp"].close()


def test_the_api_names_pages(client: FlaskClient) -> None:
    """Of each snippet."""
    (hit,) = json.loads(client.get("/api/v1/search?q=Radschnellweg").text)["hits"]
    assert {each["page_number"] for each in hit["snippets"]} == {2}
    assert {each["page_url"] for each in hit["snippets"]} == {None}
    assert "page_starts" not in hit


def test_without_any_date_nothing_is_asked_or_sorted_by_it(tmp_path: Path) -> None:
    """Unless the address does; with one dated article it is all there."""
    write_lines(tmp_path / "seeds" / "a.jsonl", [article("a", "Kohle"), article("b", "Kohle")])
    settings = Settings(seeds=(tmp_path / "seeds",), index=tmp_path / "index", workers=1)
    rebuild(settings)
    app = create_app(settings)
    client = app.test_client()
    page = get(client, "/search?q=kohle")
    assert page.count("//fieldset[@class='dates']") == page.count("//nav[@class='sort']") == 0
    assert page.count("//aside") == 0  # Nothing could be chosen there.
    for asked in ("from=2020", "from=morgen", "sort=newest"):
        page = get(client, f"/search?q=kohle&{asked}")
        assert page.count("//fieldset[@class='dates']") == 1
    assert page.count("//nav[@class='sort']") == 1
    dated = article("c", "Kohle", date=dt.date(2020, 1, 1))
    write_lines(tmp_path / "seeds" / "c.jsonl", [dated])
    rebuild(settings)
    page = get(client, "/search?q=kohle")
    assert page.count("//fieldset[@class='dates']") == page.count("//nav[@class='sort']") == 1
    app.extensions["searchapp"].close()

"""The page of an article: its parts, its marks, and what can be taken from it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import rispy  # type: ignore[import-untyped]
from bibtexparser.entrypoint import parse_string
from flask.testing import FlaskClient

from searchapp import article_text
from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.sources import article, write_lines
from tests.web.html import Page, get

EVIL = "</script><script>alert(1)</script><!-- \"'}} @misc{ \\ & \u2028ER  - "
LONG = "\n\n".join(f"Absatz {number} über Kupfer." for number in range(2100))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Articles without text, of many parts, of many hits, and a hostile one."""
    folder = tmp_path_factory.mktemp("articles")
    many = [
        article(
            f"n{number:02}", f"Ein Nickel. {'Rest. ' * number}", date=dt.date(2020, 1, 1 + number)
        )
        for number in range(25)
    ]
    articles = [
        *many,
        article("leer", title="Nur ein Titel"),
        article("lang/x", LONG + "\n\nZuletzt ein Wismut. Kein Nickel.", tags=("Metall",)),
        article(
            "evil",
            f"Antimon {escape(EVIL)}",
            title=escape(EVIL),
            authors=(EVIL,),
            source=EVIL,
            section=EVIL,
            tags=(EVIL,),
            url="javascript:alert(1)",
            date=dt.date(2021, 5, 3),
        ),
    ]
    settings = Settings(
        seeds=(write_lines(folder / "a.jsonl", articles),),
        index=folder / "index",
        workers=1,
        time_budget_s=60.0,
        answer_cache_mb=0,  # As in `settings`.
    )
    rebuild(settings)
    app = create_app(settings)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    yield client
    app.extensions["searchapp"].close()


def data_block(page: Page) -> dict[str, object]:
    """What the page tells machines."""
    (block,) = page.root.xpath("//script[@type='application/ld+json']")
    data: dict[str, object] = json.loads(block.text)
    return data


def meta(page: Page, name: str) -> list[str]:
    """The contents of the elements with a name or property."""
    return page.values(f"//meta[@name='{name}' or @property='{name}']/@content")


def test_a_long_article_is_shown_in_parts(client: FlaskClient) -> None:
    """Each with its address, and links to the others that keep the search."""
    first = get(client, "/article/lang/x?q=kupfer&hit=1")
    assert first.count("//*[@class='text']/p") == article_text.PART_PARAGRAPHS
    nav = "//nav[@aria-label='Teile des Artikels']"
    assert first.texts(f"{nav}//a") == ["1", "2", "3", "Nächster Teil"]
    assert first.texts(f"{nav}//a[@aria-current]") == ["1"]
    second = get(client, first.link("Nächster Teil"))
    assert second.response.request.full_path == "/article/lang/x?q=kupfer&hit=1&part=2"
    assert second.text("(//*[@class='text']/p)[1]").startswith("Absatz 1000 ")
    assert "Teil 2 von 3" in second.texts("//p[@class='meta']")
    assert "(Teil 2)" in second.text("//title")
    third = get(client, second.link("Nächster Teil"))
    assert third.text("(//*[@class='text']/p)[last()]").startswith("Zuletzt")
    assert third.link("Voriger Teil") == "/article/lang/x?q=kupfer&hit=1&part=2"
    canonical = [page.values("//link[@rel='canonical']/@href") for page in (first, second)]
    assert canonical == [
        ["http://localhost/article/lang/x"],
        ["http://localhost/article/lang/x?part=2"],
    ]


@pytest.mark.parametrize(("typed", "shown"), [("9", 3), ("0", 1), ("-1", 1), ("x", 1), ("", 1)])
def test_a_part_that_there_is_not(client: FlaskClient, typed: str, shown: int) -> None:
    """Past the last is the last; what is no number is the first."""
    page = get(client, f"/article/lang/x?part={typed}")
    assert page.text("//nav//a[@aria-current='page']") == str(shown)


def test_a_hit_leads_into_the_part_of_its_snippet(client: FlaskClient) -> None:
    """And the page to the first mark, wherever it is; its head says so."""
    (href,) = get(client, "/search?q=wismut").values("//ol//h2/a/@href")
    address, _, fragment = href.partition("#")
    assert address == "/article/lang/x?q=wismut&hit=1&part=3"
    assert fragment.partition(":")[0] == "m1"
    assert get(client, address).texts("//mark[@id='m1']") == ["Wismut"]
    first = get(client, "/article/lang/x?q=wismut&hit=1")
    assert first.count("//main//mark") == 0
    assert first.link("Zur ersten Fundstelle") == "/article/lang/x?q=wismut&hit=1&part=3#m1"
    with_one = get(client, "/article/lang/x?q=absatz+wismut")
    assert with_one.link("Zur ersten Fundstelle") == "#m1"


def test_marks_lead_to_the_next_part(client: FlaskClient) -> None:
    """From the last of this one; marks are numbered through all parts."""
    page = get(client, "/article/lang/x?q=kupfer")
    assert page.values("//a[@class='on']/@href") == ["/article/lang/x?q=kupfer&part=2#m1001"]
    second = get(client, "/article/lang/x?q=kupfer&part=2")
    assert second.values("(//mark/@id)[1]") == ["m1001"]
    assert second.link("Zur nächsten Fundstelle") == "#m1001"


def test_an_article_without_text_says_so(client: FlaskClient) -> None:
    """In both languages; it is described by its title."""
    page = get(client, "/article/leer")
    assert "Kein Text vorhanden" in page.texts("//article/p")
    assert page.count("//*[@class='text']") == 0
    assert "There is no text." in get(client, "/article/leer", lang="en").texts("//article/p")
    assert meta(page, "description") == ["Nur ein Titel"]
    assert client.get("/article/leer?part=7&q=titel").status_code == 200


def test_what_cannot_be_marked_in_time_is_shown_unmarked(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a note."""
    monkeypatch.setattr("searchapp.engines.evaluation.highlighter.MARKING_SHARE", 0.0)
    page = get(client, "/article/lang/x?q=kupfer")
    assert page.count("//main//mark") == 0
    assert page.text("//p[@class='note']").startswith("Die Fundstellen sind nicht markiert")
    assert page.count("//*[@class='text']/p") == article_text.PART_PARAGRAPHS
    hits = get(client, "/search?q=kupfer")
    assert hits.count("//ol[@class='hits']/li") == 1


@pytest.mark.parametrize("search", ["q=nickel", "q=nickel&sort=newest", "from=2020&to=2020"])
def test_neighbours_lead_through_all_hits(client: FlaskClient, search: str) -> None:
    """Over the borders of pages, with filters and in any order; and back to the right page."""
    titles, hrefs = [], []
    for number in range(1, 7):
        page = get(client, f"/search?{search}&per_page=5&page={number}", status=200)
        titles += page.hit_titles
        hrefs += [href.partition("#")[0] for href in page.values("//ol//h2/a/@href")]
        if not page.count("//a[@rel='next']"):
            break
    assert len(titles) >= 25
    seen = []
    url: str | None = hrefs[0]
    while url:
        page = get(client, url)
        seen.append(page.text("//main//h1"))
        back = page.link("Zurück zu den Treffern")
        assert seen[-1] in get(client, back).hit_titles
        if len(seen) > 1:
            assert get(client, page.link("Voriger Treffer")).text("//main//h1") == seen[-2]
        url = next(iter(page.values("//nav[@class='trail']/a[@rel='next']/@href")), None)
    assert seen == titles


def test_the_permalink_has_no_search(client: FlaskClient) -> None:
    """It is shown, cited and told to machines."""
    page = get(client, "/article/lang/x?q=kupfer&hit=1&part=2&lang=de")
    permalink = "http://localhost/article/lang/x"
    assert page.text("//p[@class='permalink']/a") == permalink
    assert page.values("//p[@class='permalink']/a/@href") == [permalink]
    assert f"Online: {permalink} (abgerufen am " in page.text("//p[@class='whole']")
    assert page.text("//p[@class='printed']") == page.text("//p[@class='whole']")
    assert meta(page, "og:url") == [permalink]
    assert data_block(page)["url"] == permalink


def test_machines_are_told_what_people_read(client: FlaskClient) -> None:
    """Open Graph, the data block and the description."""
    page = get(client, "/article/n03")
    data = data_block(page)
    assert data["headline"] == page.text("//h1") == meta(page, "og:title")[0]
    assert data["datePublished"] == meta(page, "article:published_time")[0] == "2020-01-04"
    assert data["description"] == meta(page, "description")[0] == "Ein Nickel. Rest. Rest. Rest."
    assert meta(page, "og:type") == ["article"]
    assert client.get(urlsplit(meta(page, "og:image")[0]).path).mimetype == "image/png"


def test_nothing_of_a_hostile_article_leaves_its_place(client: FlaskClient) -> None:
    """In the head, the data block, the citation and the files."""
    response = client.get("/article/evil?q=antimon")
    page = Page(response)
    assert page.count("//script") == 2
    assert "alert" not in "".join(page.texts("//script[not(@type)]"))
    (block,) = re.findall(r'ld\+json">(.*?)</script>', response.text, re.DOTALL)
    assert "<" not in block
    assert "&" not in block
    title = str(data_block(page)["headline"])
    assert title.startswith("</script><script>alert(1)")
    assert meta(page, "og:title") == [title]
    assert meta(page, "description")[0].startswith("Antimon </script>")
    assert page.count("//a[starts-with(@href, 'javascript')]") == 0
    ris = client.get("/export.ris/evil")
    (record,) = rispy.loads(ris.text)
    assert record["type_of_reference"] == "NEWS"
    assert record["title"].startswith("</script>")
    assert record["year"] == "2021"
    (entry,) = parse_string(client.get("/export.bib/evil").text).entries
    assert entry.fields_dict["year"].value == "2021"


@pytest.mark.parametrize("form", ["bib", "ris", "csv", "jsonl"])
def test_one_article_as_a_file(client: FlaskClient, form: str) -> None:
    """The page links two forms; all are those of lists, too."""
    page = get(client, "/article/lang/x?q=kupfer")
    assert page.link("BibTeX") == "/export.bib/lang/x"
    assert page.link("RIS") == "/export.ris/lang/x"
    response = client.get(f"/export.{form}/lang/x")
    assert response.status_code == 200
    name = response.headers["Content-Disposition"].partition("filename=")[2]
    assert re.fullmatch(rf'"lang-x-[0-9a-f]{{8}}\.{form}"', name)
    assert "lang/x" in response.text
    assert client.get(f"/export.{form}?q=wismut").text == response.text


def test_what_is_no_file(client: FlaskClient) -> None:
    """Another form, another article."""
    assert client.get("/export.pdf/leer").status_code == 404
    assert client.get("/export.bib/gibt-es-nicht").status_code == 404


def test_the_day_of_retrieval_is_of_today(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that kept the page of yesterday gets a new one."""
    first = client.get("/article/leer")
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/article/leer", headers=again).status_code == 304
    monkeypatch.setattr("searchapp.web.entity_tags.today", lambda: "2000-01-01")
    assert client.get("/article/leer", headers=again).status_code == 200


def test_parts_of_the_size_of_a_page(tmp_path: Path) -> None:
    """Two million characters, marked everywhere: a page of it stays small."""
    body = "\n\n".join("kupfer nickel zinn." for _ in range(100_000))
    settings = Settings(
        seeds=(write_lines(tmp_path / "a.jsonl", [article("a", body)]),),
        index=tmp_path / "index",
        workers=1,
        time_budget_s=60.0,
    )
    rebuild(settings)
    app = create_app(settings)
    client = app.test_client()
    page = get(client, "/article/a?q=kupfer+zinn&part=50")
    assert page.count("//main//mark") == 2 * article_text.PART_PARAGRAPHS
    assert page.values("(//mark/@id)[1]") == [f"m{49 * 2 * article_text.PART_PARAGRAPHS + 1}"]
    assert len(page.response.data) < 300_000
    unmarked = get(client, "/article/a?part=1000")
    assert unmarked.count("//div[@class='text']/p") == article_text.PART_PARAGRAPHS
    # Nobody holds all of it, but who asks for all of it gets it.
    plain = client.get("/api/v1/articles/a?format=text")
    assert plain.text == f"Titel a\n\n{body}\n"
    for headers in ({}, {"Accept-Encoding": "br"}):
        assert client.get("/api/v1/articles/a", headers=headers).status_code == 200
    assert json.loads(client.get("/api/v1/articles/a").text)["text"] == body
    assert client.get("/export.bib/a").status_code == 200
    app.extensions["searchapp"].close()

"""Lists of all values, and the pages of single ones, as a reader without a script sees them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient

from searchapp.indexing import rebuild
from searchapp.settings import Limits, Settings
from searchapp.web import create_app
from searchapp.web.value_pages import VALUES_OF_PAGE
from tests.web.date_bars import bars_of
from tests.web.html import Page, get
from tests.web.test_pages import total

TAG_COUNT = 450
DESCRIPTIONS = """
"Größe 1" = '''
Der erste <b>Absatz</b>
geht weiter.

Der zweite.'''
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A site with more tags than a page of the list holds, and more than the filters show."""
    folder = tmp_path_factory.mktemp("many")
    with (folder / "a.jsonl").open("w", encoding="utf-8") as file:
        for number in range(TAG_COUNT):
            tags = [f"Größe {number}", f"{'abcstz'[number % 6]}-{number}", "Alles"]
            record = {
                "id": f"{number}",
                "title": f"Bericht {number}",
                "body": "Hafen",
                "tags": tags,
            }
            file.write(json.dumps(record) + "\n")
    (folder / "tags.toml").write_text(DESCRIPTIONS, encoding="utf-8")
    settings = Settings(
        seeds=(folder / "a.jsonl",),
        index=folder / "index",
        workers=1,
        time_budget_s=20.0,
        tag_descriptions=folder / "tags.toml",
        limits=Limits(max_facet_values=20),
    )
    rebuild(settings)
    app = create_app(settings)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    yield client
    app.extensions["searchapp"].close()


def listed(page: Page) -> dict[str, int]:
    """The values of a list with their counts, in its order."""
    names = page.texts("//ul[@class='values']/li/a")
    counts = page.texts("//ul[@class='values']/li/span[@class='count']")
    return {
        name.removesuffix(" ×").removeprefix("Filter entfernen: "): int(count.replace(".", ""))
        for name, count in zip(names, counts, strict=True)
    }


def href_of(page: Page, value: str) -> str:
    (href,) = (
        str(each.get("href"))
        for each in page.root.xpath("//ul[@class='values']/li/a")
        if each.text_content().strip() == value
    )
    return href


def test_the_filters_say_how_many_values_there_are_and_lead_to_all(many: FlaskClient) -> None:
    """What is listed is a part of it, and nothing is out of reach."""
    page = get(many, "/search?q=hafen&sort=oldest")
    hint = page.texts("//aside//p[@class='hint']")[0]
    assert hint == "die 20 häufigsten von 901 · Alle Schlagwörter"
    link = page.values("//aside//p[@class='hint']/a/@href")[0]
    assert link == "/search/values?q=hafen&sort=oldest&facet=tags"
    seen: dict[str, int] = {}
    while link:
        page = get(many, link)
        values = listed(page)
        assert len(values) <= VALUES_OF_PAGE
        assert not seen.keys() & values.keys()
        seen |= values
        link = next(iter(page.values("//a[@rel='next']/@href")), "")
    assert len(seen) == 901
    assert next(iter(seen.items())) == ("Alles", TAG_COUNT)


@pytest.mark.parametrize("facet", ["tags", "author", "source", "section", "year"])
def test_a_count_is_the_total_after_choosing_the_value(client: FlaskClient, facet: str) -> None:
    """And the query, the other filters and the order stay."""
    url = "/search/values?q=strom&tag=Energie&from=2019-01-01&sort=oldest"
    page = get(client, f"{url}&facet={facet}")
    values = listed(page)
    for value, count in values.items():
        if value == "Energie":
            continue
        href = href_of(page, value)
        assert href.startswith("/search?q=strom&tag=Energie")
        assert href.endswith("from=2019-01-01&sort=oldest")
        assert total(get(client, href)) == count
    assert values or facet == "section"


def test_a_chosen_value_is_marked_and_can_be_dropped(client: FlaskClient) -> None:
    """Its link says so."""
    page = get(client, "/search/values?q=strom&tag=energie&facet=tags")
    assert page.link("Filter entfernen: Energie") == "/search?q=strom"
    assert page.link("Zurück zu den Treffern") == "/search?q=strom&tag=energie"
    assert page.text("//main//h1") == "Schlagwörter in den Treffern für „strom“"


def test_the_counts_are_those_of_the_query_that_was_answered(client: FlaskClient) -> None:
    """A typing error shows the same values as its results do."""
    corrected = get(client, "/search/values?q=stahll&facet=tags")
    assert listed(corrected) == listed(get(client, "/search/values?q=stahl&facet=tags"))
    assert "„stahl“" in corrected.text("//main//h1")
    assert not listed(get(client, "/search/values?q=stahll&uncorrected=1&facet=tags"))


def test_a_list_is_filtered_by_a_part_in_any_spelling(many: FlaskClient) -> None:
    """By a plain form that keeps the search, the order and the language."""
    page = get(many, "/search/values?q=hafen&facet=tags&order=name&lang=de")
    form = page.root.xpath("//form[@class='value-filter']")[0]
    fields = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
    assert fields == {
        "q": "hafen", "facet": "tags", "order": "name", "lang": "de", "contains": ""
    }  # fmt: skip
    assert page.text("//label[@for='contains']") == "Schlagwort enthält"
    for typed in ("GROESSE 44", "größe 44", "grosse 44"):
        url = f"{form.get('action')}?q=hafen&facet=tags&order=name&contains={quote(typed)}"
        values = listed(get(many, url))
        assert list(values) == [f"Größe {each}" for each in (144, 244, 344, 44, *range(440, 450))]
    page = get(many, "/search/values?q=hafen&facet=tags&contains=nirgends")
    assert not listed(page)
    assert page.text("//main//p[@class='meta']") == "0 Schlagwörter mit „nirgends“ Alle zeigen"
    assert page.link("Alle zeigen") == "/search/values?q=hafen&facet=tags"


def test_what_a_form_leaves_empty_is_dropped(many: FlaskClient) -> None:
    """The address is that of the links."""
    response = many.get("/search/values?q=hafen&facet=tags&contains=&lang=")
    assert response.status_code == 302
    assert response.location == "/search/values?q=hafen&facet=tags"


@pytest.mark.parametrize(
    "url",
    [
        "/search/values?q=strom&facet=x&order=x&page=x&from=x&sort=x",
        "/search/values?page=0&year=x&exact=2",
        "/schlagwoerter?order=x&page=-1&from=x",
        f"/search/values?q=strom+{'x' * 600}",
    ],
)
def test_what_cannot_be_read_is_left_out(client: FlaskClient, url: str) -> None:
    """The list stays."""
    assert "Strom" in listed(get(client, url))


def test_too_long_a_part_finds_nothing(client: FlaskClient) -> None:
    """It is no error, and the list can be shown again."""
    page = get(client, f"/schlagwoerter?contains={'x' * 600}&prefix={'y' * 600}")
    assert page.link("Alle zeigen") == "/schlagwoerter"


def test_the_way_back_leads_to_the_first_page_of_the_results(many: FlaskClient) -> None:
    """Whichever page of the list one is on."""
    page = get(many, "/search/values?q=hafen&facet=tags&page=2")
    assert page.link("Zurück zu den Treffern") == "/search?q=hafen"


def test_a_page_past_the_last_leads_to_the_last(many: FlaskClient) -> None:
    """A copied address may be older than the articles."""
    response = many.get("/schlagwoerter?page=99")
    assert response.status_code == 302
    assert response.location == "/schlagwoerter?page=5"


def test_all_tags_stand_in_german_order_under_their_letters(client: FlaskClient) -> None:
    """With counts; ä as a."""
    page = get(client, "/schlagwoerter")
    assert page.text("//main//h1") == "Alle Schlagwörter"
    values = listed(page)
    names = list(values)
    assert names.index("Wald") < names.index("Wärme") < names.index("Wasser")
    assert values["Strom"] == 11
    assert page.texts("//main//h2")[-1] == "W"
    assert page.values("//link[@rel='canonical']/@href") == ["http://localhost/schlagwoerter"]
    assert not page.values("//meta[@name='robots']/@content")
    frequent = list(listed(get(client, "/schlagwoerter?order=count")).values())
    assert frequent == sorted(frequent, reverse=True)


def test_a_list_has_one_address_in_all_languages(client: FlaskClient) -> None:
    """With the name of the server and the path below which the site lives."""
    for base in ("http://localhost", "http://localhost/suche"):
        for asked in ("?order=count", "?order=count&lang=en"):
            page = Page(client.get(f"/schlagwoerter{asked}", base_url=base))
            (canonical,) = page.values("//link[@rel='canonical']/@href")
            assert canonical == f"{base}/schlagwoerter?order=count"


def test_letters_lead_into_a_long_list(many: FlaskClient) -> None:
    """From the first letter to the second, until a page holds what is left."""
    page = get(many, "/schlagwoerter")
    letters = page.texts("//nav[@aria-label='Anfangsbuchstabe']/a")
    assert letters == ["Alle", *"ABCGSTZ"]
    page = get(many, page.link("G"))
    assert (
        page.text("//main//p[@class='meta']") == "450 Schlagwörter mit dem Anfang „G“ Alle zeigen"
    )
    assert page.values("//nav[@aria-label='Anfangsbuchstabe']/a[@aria-current]/text()") == ["G"]
    assert all(each.startswith("Größe") for each in listed(page))
    prefix = "größe 1"
    page = get(many, f"/schlagwoerter?prefix={quote(prefix)}")
    assert len(listed(page)) == 111
    assert page.values("//link[@rel='canonical']/@href") == [
        "http://localhost/schlagwoerter?prefix=gr%C3%B6%C3%9Fe+1"
    ]


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("/tags", "/schlagwoerter"),
        ("/authors?order=count&lang=en", "/autoren?order=count&lang=en"),
        ("/sources", "/quellen"),
        ("/sections", "/ressorts"),
        ("/tags/Stahl?lang=en", "/schlagwoerter/Stahl?lang=en"),
        ("/authors/Redaktion%20Technik", "/autoren/Redaktion%20Technik"),
    ],
)
def test_english_addresses_lead_to_the_same_pages(
    client: FlaskClient, english: str, german: str
) -> None:
    """A page has one address, and its language is that of the reader."""
    response = client.get(english)
    assert (response.status_code, response.location) == (301, german)
    assert client.get(german).status_code == 200


@pytest.mark.parametrize("path", ["schlagwoerter", "autoren", "quellen", "ressorts"])
def test_every_value_has_a_page_with_its_articles(client: FlaskClient, path: str) -> None:
    """Reached from the list; hostile values are only text."""
    page = get(client, f"/{path}")
    for value, count in listed(page).items():
        href = href_of(page, value)
        shown = get(client, href)
        assert shown.texts("//h1/span[@lang='de']") == [" ".join(value.split())]
        assert len(shown.texts("//section[@aria-labelledby='newest']//li")) == min(count, 20)
        (canonical,) = shown.values("//link[@rel='canonical']/@href")
        assert urlsplit(canonical).path == href
        search = shown.values("//main/p[@class='meta']/a/@href")[0]
        assert total(get(client, search)) == count


def test_the_page_of_a_tag_shows_neighbours_and_years_with_true_counts(
    client: FlaskClient,
) -> None:
    """A count is the total after the click."""
    page = get(client, "/schlagwoerter/Stahl")
    assert page.text("//main//h1") == "Schlagwort Stahl"
    links = page.root.xpath("//section[@aria-labelledby='neighbours']//li/a")
    assert links
    for link in links:
        count = int(link.xpath("./span[@class='count']")[0].text_content())
        assert total(get(client, link.get("href"))) == count
    bars = bars_of(page)
    assert "2024: 1 Artikel" in bars
    assert [total(get(client, href)) for href in bars.values()] == [1] * len(bars)
    assert page.texts("//nav[@class='trail']/a") == ["Alle Schlagwörter"]


def test_a_search_for_one_value_leads_to_its_page(client: FlaskClient) -> None:
    """And one for anything more does not."""
    page = get(client, "/search?author=Redaktion+Technik&sort=oldest&lang=de")
    href = page.link("Überblick: Redaktion Technik")
    assert href == "/autoren/Redaktion%20Technik?lang=de"
    for more in ("tag=Stahl&tag=Kohle", "tag=Stahl&q=erz", "tag=Stahl&from=2018", "year=2024", ""):
        page = get(client, f"/search?{more}")
        assert not [each for each in page.texts("//main//a") if each.startswith("Überblick")]


def test_the_owner_may_describe_a_tag(many: FlaskClient) -> None:
    """In plain paragraphs, in whatever spelling the tag is asked for."""
    response = many.get("/schlagwoerter/groesse%201")
    assert response.status_code == 302
    page = get(many, response.location)
    assert page.texts("//p[@class='description']") == [
        "Der erste <b>Absatz</b> geht weiter.",
        "Der zweite.",
    ]
    assert page.count("//main//b") == 0
    assert not get(many, "/schlagwoerter/Alles").texts("//p[@class='description']")


def test_an_unknown_value_is_not_found(client: FlaskClient) -> None:
    """Nor is one of another facet."""
    for url in ("/schlagwoerter/gibt-es-nicht", "/autoren/Stahl", "/jahre"):
        get(client, url, status=404)


def test_every_page_links_to_the_lists_that_have_anything_in_them(
    client: FlaskClient, many: FlaskClient
) -> None:
    """Errors too; but not where there is no index."""
    for url in ("/", "/search?q=strom", "/article/lichtbogen", "/nichts"):
        page = get(client, url, status=404 if url == "/nichts" else 200)
        assert page.texts("//footer//a")[:-2] == [
            *("Alle Schlagwörter", "Alle Ressorts", "Alle Quellen", "Alle Autoren")
        ]
    assert get(many, "/").texts("//footer//a")[:-2] == ["Alle Schlagwörter"]


def test_without_an_index_the_error_has_no_lists(
    make_client: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    """And no second error."""
    page = get(make_client(index=tmp_path), "/schlagwoerter", status=503)
    assert page.texts("//footer//a") == ["Suchhilfe", "Schnittstelle für Programme"]


def test_the_language_stays(client: FlaskClient) -> None:
    """Where the address names one, all links do."""
    page = get(client, "/schlagwoerter?lang=en")
    assert page.text("//main//h1") == "All tags"
    assert href_of(page, "Stahl") == "/schlagwoerter/Stahl?lang=en"
    page = get(client, "/search/values?q=strom&facet=tags&lang=en")
    assert page.text("//main//h1") == "Tags in the results for “strom”"
    assert href_of(page, "Netz") == "/search?q=strom&tag=Netz&lang=en"

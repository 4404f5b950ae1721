"""What a reader sees on the start page, the result pages and an article, without a script."""

from __future__ import annotations

import itertools
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient

from searchapp.facets import FACETS
from searchapp.web.external_links import external_url
from searchapp.web.pages import FACET_VALUES_SHOWN
from tests.web.html import Page, get

HOSTILE_ID = "recht/a/../ö & <b>?#%2f"
PAGES = (
    "/",
    "/search?q=strom",
    "/search?q=strom&page=2&sort=oldest",
    "/search?q=strom&tag=Energie&tag=Netz&any=1&year=2022&from=2020&to=2023",
    "/search?q=zzqq&tag=Stahl",
    "/search?q=gefahrgut",
    "/search?q=stahl+erz+werk",
    "/search?q=ging&exact=1",
    "/search?q=stahll",
    "/search?q=telegraf+ODER+stahll",
    "/article/lichtbogen",
    "/article/lichtbogen?q=strom&hit=2",
    "/schlagwoerter",
    "/schlagwoerter?prefix=w&contains=a",
    "/schlagwoerter/Stahl",
    "/autoren?order=count",
    "/search/values?q=strom&tag=Energie&facet=tags",
    "/search/values?facet=year&contains=99",
    "/gibt-es-nicht",
)


def total(page: Page) -> int:
    """The number in the heading of a result page."""
    first = page.text("//main//h1").split()[0]
    return 0 if first == "Keine" else int(first)


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_page_is_well_made(client: FlaskClient, url: str, lang: str) -> None:
    """One h1, ids once, labels and forms that lead somewhere, landmarks, no inline code."""
    page = get(client, url, lang=lang, status=404 if "nicht" in url else 200)
    assert page.count("//h1") == 1
    assert page.count("//main") == page.count("//search") == 1
    assert page.texts("//title")[0]
    for_engines = page.count("//meta[@name='robots']") == 0
    assert page.count("//meta[@name='description' and @content != '']") == for_engines
    ids = page.values("//@id")
    assert len(ids) == len(set(ids))
    references = page.values("//@for | //@form | //@aria-labelledby | //@aria-describedby")
    assert set(references) <= set(ids)
    for field in page.root.xpath("//input[not(@type='hidden')]"):
        assert field.xpath("ancestor::label") or field.get("id") in page.values("//label/@for")
    assert (
        page.count(
            "//body//script | //script[not(@src or @type)] | //style | //@style | //@onclick"
        )
        == 0
    )
    levels = [int(each.tag[1]) for each in page.root.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(level <= before + 1 for before, level in itertools.pairwise([0, *levels]))
    (status,) = page.root.xpath("//*[@role='status']")
    assert not status.text_content()


def test_the_first_stop_skips_to_the_results(client: FlaskClient) -> None:
    """Keyboard users need not pass all filters."""
    page = get(client, "/search?q=strom")
    (first,) = page.root.xpath("(//a | //button | //input)[1]")
    assert first.text_content() == "Zu den Treffern springen"
    assert first.get("href") == "#main"
    assert page.values("//main/@id") == ["main"]


def test_the_search_field_has_a_visible_label_and_keeps_the_query(client: FlaskClient) -> None:
    """A form that works by GET and shows what was searched for."""
    page = get(client, "/search?q=%22gr%C3%BCner+Strom%22")
    (field,) = page.root.xpath("//input[@name='q']")
    assert field.get("type") == "search"
    assert field.get("value") == '"grüner Strom"'
    assert page.text(f"//label[@for='{field.get('id')}']") == "Suchbegriff"
    assert page.values("//form/@action") == ["/search"]
    assert page.values("//form/@method") == []
    assert page.text("//search//button") == "Suchen"


def test_home_says_what_there_is(client: FlaskClient) -> None:
    """A first visitor has something to read and to click."""
    page = get(client, "/")
    assert page.text("//h1") == "26 Artikel durchsuchen"
    assert page.text("//div[@class='hero']/p[@class='meta']") == (
        "Vom 5. März 2018 bis zum 18. Juni 2024"
    )
    dates = page.values("//ul[@class='cards']//time/@datetime")
    assert len(dates) == 6
    assert dates == sorted(dates, reverse=True)
    assert all(len(text) > 20 for text in page.texts("//ul[@class='cards']//p"))
    tags = page.texts("//ul[@class='tags large']//a")
    assert tags[0] == "Strom 11"
    assert total(get(client, page.link("Strom 11"))) == 11
    assert page.count("//section[@aria-labelledby='years']//*[name()='svg']") == 1


def test_examples_of_home_find_something(client: FlaskClient) -> None:
    """Three, each a search for what it says."""
    page = get(client, "/?lang=en")
    links = page.root.xpath("//div[@class='hero']/p[@class='hint']/a")
    assert len(links) == 3
    for link in links:
        results = get(client, link.get("href"))
        assert results.values("//input[@id='query']/@value") == [link.text]
        assert results.hit_titles


def test_home_can_be_shown_elsewhere(client: FlaskClient) -> None:
    """By search engines, and where people share its address; with the name of the server."""
    page = get(client, "/?lang=en")
    assert page.values("//link[@rel='canonical']/@href") == ["http://localhost/"]
    named = {
        name: page.values(f"//meta[@property='og:{name}']/@content")
        for name in ("type", "title", "url", "locale", "image")
    }
    assert named["type"] == ["website"]
    assert named["title"] == ["Article search"]
    assert named["url"] == ["http://localhost/"]
    assert named["locale"] == ["en_GB"]
    picture = client.get(named["image"][0].removeprefix("http://localhost"))
    assert picture.mimetype == "image/png"


def test_hits_show_title_date_author_source_snippet_and_tags(client: FlaskClient) -> None:
    """All that a reader needs to choose."""
    page = get(client, "/search?q=wechselstrom")
    assert page.text("//main//h1") == "1 Treffer für „wechselstrom“"
    assert page.hit_titles == ["Fünfzehntausend Volt über dem Gleis"]
    assert page.text("//ol//time") == "3. März 2024"
    assert page.values("//ol//time/@datetime") == ["2024-03-03"]
    meta = page.text("//ol//*[@class='meta']")
    assert "Redaktion Verkehr" in meta
    assert "Verkehrsblatt" in meta
    assert meta.endswith("1 Fundstelle")
    assert page.texts("//p[@class='snippet']//mark") == ["Wechselstrom"]
    assert page.values("//p[@class='snippet']/@lang") == ["de"]
    assert page.texts("//ol//ul//a") == ["Verkehr", "Strom", "Bahn"]
    assert page.text("//head/title") == "1 Treffer für „wechselstrom“ · Artikelsuche"
    assert page.values("//meta[@name='robots']/@content") == ["noindex"]


def test_the_heading_counts_in_both_languages(client: FlaskClient) -> None:
    """Singular and plural, with and without words."""
    assert get(client, "/search?q=strom").text("//h1") == "12 Treffer für „strom“"
    assert get(client, "/search?q=strom", lang="en").text("//h1") == "12 results for “strom”"
    assert get(client, "/search?q=wechselstrom", lang="en").text("//h1").startswith("1 result ")
    assert get(client, "/search").text("//h1") == "26 Artikel"
    assert get(client, "/search?tag=Kohle", lang="en").text("//h1") == "1 article"


def test_pages_are_numbered_and_linked(client: FlaskClient) -> None:
    """Previous, next and numbers; hits are counted on; every article stands on one page."""
    first = get(client, "/search?q=strom&per_page=5")
    assert first.texts("//nav[@aria-label='Ergebnisseiten']//a") == ["1", "2", "3", "Nächste"]
    second = get(client, first.link("Nächste"))
    assert second.values("//ol/@start") == ["6"]
    assert second.texts("//a[@aria-current='page']") == ["2"]
    assert second.values("//a[@rel='prev']/@href") == ["/search?q=strom&per_page=5"]
    third = get(client, second.link("Nächste"))
    assert third.values("//a[@rel='next']") == []
    titles = first.hit_titles + second.hit_titles + third.hit_titles
    assert len(set(titles)) == 12


def test_many_pages_are_shortened(client: FlaskClient) -> None:
    """Both ends and the neighbours are linked, a gap is a sign."""
    page = get(client, "/search?per_page=1&page=10")
    numbers = page.texts("//nav[@aria-label='Ergebnisseiten']/*")
    assert numbers == ["Vorherige", "1", "…", *map(str, range(8, 13)), "…", "26", "Nächste"]
    page = get(client, "/search?per_page=1&page=5")
    numbers = page.texts("//nav[@aria-label='Ergebnisseiten']/*")
    assert numbers[1:6] == ["1", "2", "3", "4", "5"]  # a gap of one page is that page


def test_results_can_be_sorted(client: FlaskClient) -> None:
    """Newest and oldest first; an article without a date comes last in both."""
    page = get(client, "/search?per_page=100")
    newest = get(client, page.link("Neueste zuerst"))
    oldest = get(client, page.link("Älteste zuerst"))
    dates = newest.values("//ol//time/@datetime")
    assert dates == sorted(dates, reverse=True)
    assert oldest.values("//ol//time/@datetime") == dates[::-1]
    for sorted_page in (newest, oldest):
        assert sorted_page.hit_titles[-1] == "Ein Werkstoff ohne Jahreszahl"
    assert newest.texts("//nav[@class='sort']//a[@aria-current]") == ["Neueste zuerst"]


def test_without_words_nothing_is_relevant(client: FlaskClient) -> None:
    """All articles come newest first, and the page says so."""
    page = get(client, "/search?tag=Strom", lang="en")
    assert page.texts("//nav[@class='sort']//a") == ["Newest first", "Oldest first"]
    assert page.text("//nav[@class='sort']//summary") == "Sort by: Newest first"
    assert page.texts("//nav[@class='sort']//a[@aria-current]") == ["Newest first"]
    dates = page.values("//ol//time/@datetime")
    assert dates == sorted(dates, reverse=True)
    oldest = get(client, page.link("Oldest first"), lang="en")
    assert oldest.texts("//nav[@class='sort']//a[@aria-current]") == ["Oldest first"]
    words = get(client, "/search?q=strom", lang="en")
    assert words.texts("//nav[@class='sort']//a[@aria-current]") == ["Relevance"]


@pytest.mark.parametrize(
    ("query", "is_ranked"),
    [
        ("-strom", False),
        ("datum:2019..2024", False),
        ("datum:2019..2024 NICHT strom", False),
        ("datum:2019..2024 strom", True),
        ("schlagwort:Strom", True),
        ("str*", True),
        ("der strom", True),
    ],
)
def test_only_words_are_relevant(client: FlaskClient, query: str, is_ranked: bool) -> None:
    """What excludes words, or asks for days only, finds nothing that fits better."""
    page = get(client, f"/search?q={quote(query)}&sort=oldest")
    assert ("Relevanz" in page.texts("//nav[@class='sort']//a")) == is_ranked


def message(page: Page, field: str) -> str:
    """What is told beside a field, and to a screen reader with it."""
    (element,) = page.root.xpath(field)
    assert element.get("aria-invalid") == "true"
    described_by = element.get("aria-describedby").split()[0]
    return page.text(f"//p[@class='wrong'][@id='{described_by}']")


@pytest.mark.parametrize(
    ("name", "typed", "german", "english"),
    [
        ("from", "neulich", "„neulich“ ist nicht lesbar", "“neulich” cannot be read"),
        ("to", "3.4", "Enddatum „3.4“", "end date “3.4”"),
        ("to", "30.2.2023", "„30.2.2023“ steht in keinem Kalender", "not in the calendar"),
        ("from", '"><b>', '„"><b>“ ist nicht lesbar', '“"><b>” cannot be read'),
        ("year", "MMXX", "„MMXX“ ist keine Jahreszahl", "“MMXX” is not a year"),
    ],
)
def test_a_bad_filter_never_empties_the_page(
    client: FlaskClient, name: str, typed: str, german: str, english: str
) -> None:
    """Results without it; its field keeps what was typed, is marked, and has the message."""
    good = get(client, "/search?q=strom&tag=Energie")
    for lang, sentence in (("de", german), ("en", english)):
        url = f"/search?q=strom&tag=Energie&{name}={quote(typed)}"
        page = get(client, url, lang=lang)
        assert page.hit_titles == good.hit_titles
        assert page.values("//input[@name='q']/@value") == ["strom"]
        assert checkboxes(page, "tag")["Energie"][1]
        field = f"//aside//input[@name='{name}'][@aria-invalid]"
        assert page.values(f"{field}/@value") == [typed]
        assert sentence in message(page, field)
        assert page.count("//*[@aria-invalid]") == 1
        note = page.text("//main/p[@class='note']")
        assert sentence in note
        (target,) = page.values("//main/p[@class='note']/a/@href")
        assert page.values(f"{field}/@id") == [target.removeprefix("#")]
        # What is clicked from here has only what can be used.
        for href in page.values("//nav[@class='sort']/a/@href | //ul[@class='chips']//@href"):
            assert name not in parse_qs(urlsplit(href).query)
    assert get(client, "/search?q=strom").count("//*[@aria-invalid]") == 0


def test_two_bad_dates_have_two_messages(client: FlaskClient) -> None:
    """Each beside its field."""
    page = get(client, "/search?q=strom&from=neulich&to=bald")
    assert "„neulich“" in message(page, "//input[@name='from']")
    assert "„bald“" in message(page, "//input[@name='to']")
    assert page.count("//main/p[@class='note']") == 2
    assert total(page) == 12


def test_a_period_that_ends_before_it_begins_is_turned_round_and_told(client: FlaskClient) -> None:
    """As `datum:2024..2023` in a query."""
    page = get(client, "/search?q=strom&from=Dezember+2023&to=2020")
    assert total(page) == total(get(client, "/search?q=strom&from=2020&to=12/2023")) > 0
    assert page.values("//input[@name='from' or @name='to']/@value") == ["Dezember 2023", "2020"]
    for name in ("from", "to"):
        told = message(page, f"//input[@name='{name}']")
        assert told == "Der Zeitraum endet, bevor er beginnt."
    assert page.text("//main/p[@class='note']").endswith("Anfang und Ende wurden vertauscht.")
    assert page.link("Filter entfernen: ab 1. Januar 2020") == "/search?q=strom&to=2023-12-31"


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ("page=0", "keine Seitennummer"),
        ("page=zwei", "keine Seitennummer"),
        ("per_page=5000", "ganze Zahl von 1 bis 100"),
        ("sort=best", "gibt es nicht"),
        ("any=ja", "kein Schalter"),
        ("exact=ja", "kein Schalter"),
        ("uncorrected=ja", "kein Schalter"),
    ],
)
def test_a_bad_value_without_a_field_is_told_above_the_results(
    client: FlaskClient, parameters: str, told: str
) -> None:
    """Nobody types these; an address may be cut or old."""
    page = get(client, f"/search?q=strom&{parameters}")
    assert page.hit_titles == get(client, "/search?q=strom").hit_titles
    assert told in page.text("//main/p[@class='note']")
    assert page.count("//main/p[@class='note']/a") == 0


def test_a_page_past_the_last_shows_the_first_one(client: FlaskClient) -> None:
    """Not found, for programs; people see what there is."""
    for number in ("99", "2000000"):
        page = get(client, f"/search?q=strom&page={number}", status=404)
        assert page.hit_titles == get(client, "/search?q=strom").hit_titles
        assert "Diese Ergebnisseite gibt es nicht" in page.text("//main/p[@class='note']")
        assert page.link("Nächste") == "/search?q=strom&page=2"


def test_as_much_of_a_long_query_is_searched_for_as_is_possible(client: FlaskClient) -> None:
    """All of it stays in the field, with the message below; the heading says what was sought."""
    typed = " ".join(["strom"] * 40)
    page = get(client, f"/search?q={quote(typed)}&tag=Energie", lang="en")
    assert total(page) == 5
    assert page.values("//input[@name='q']/@value") == [typed]
    told = message(page, "//input[@name='q']")
    assert "at most 500 characters, 32 words" in told
    assert told.endswith("Its beginning was searched for.")
    assert typed not in page.text("//main//h1")
    assert typed not in page.link("Newest first")
    article = get(client, f"/article/lichtbogen?q={quote(typed)}")
    assert article.values("//input[@name='q']/@value") == [typed]
    assert article.count("//main//article//mark") >= 1


@pytest.mark.parametrize("typed", ["x" * 600, "xqzv " * 200])
def test_what_is_too_long_and_finds_nothing_is_left_out(client: FlaskClient, typed: str) -> None:
    """The page shows all articles rather than none."""
    page = get(client, f"/search?q={quote(typed)}")
    assert page.text("//main//h1") == "26 Artikel"
    assert page.values("//input[@name='q']/@value") == [typed]
    told = message(page, "//input[@name='q']")
    assert told.endswith("Die Treffer werden ohne diese Angabe gezeigt.")


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("/search?q=strom&tag=Energie&any=&from=&to=", "/search?q=strom&tag=Energie"),
        ("/search?from=&to=&any=1&tag=B&q=strom&tag=A", "/search?q=strom&tag=B&tag=A&any=1"),
        ("/search?q=+&from=&lang=en", "/search?lang=en"),
        ("/search?q=&utm_source=x", "/search"),
        ("/search?q=strom&from=2.2020&to=", "/search?q=strom&from=2020-02-01"),
        ("/search?q=strom&to=neulich&from=&year=MM", "/search?q=strom&year=MM&to=neulich"),
    ],
)
def test_a_form_leads_to_the_one_address_of_its_search(
    client: FlaskClient, url: str, leads_to: str
) -> None:
    """Without empty parameters, in one order, with all that was typed."""
    response = client.get(url)
    assert (response.status_code, response.headers["Location"]) == (302, leads_to)
    assert client.get(leads_to).status_code == 200


def test_results_name_their_one_address(client: FlaskClient) -> None:
    """Whatever else an address holds."""
    page = get(client, "/search?utm_source=x&from=2.2020&q=strom&lang=en")
    assert page.values("//link[@rel='canonical']/@href") == [
        "http://localhost/search?q=strom&from=2020-02-01"
    ]


def test_an_article_is_found_with_a_slash_too_many(client: FlaskClient) -> None:
    """And shown whatever is wrong with the search that led to it."""
    response = client.get("/article/lichtbogen/?q=strom")
    assert response.status_code == 301
    assert response.headers["Location"] == "/article/lichtbogen?q=strom"
    page = get(client, "/article/lichtbogen?q=strom&from=neulich&hit=x&page=0")
    assert page.count("//main//article//mark") >= 1
    assert page.link("Zurück zu den Treffern") == "/search?q=strom"


def checkboxes(page: Page, name: str) -> dict[str, tuple[int, bool]]:
    """The values of a facet with their counts, and whether they are chosen."""
    return {
        str(label.xpath("input/@value")[0]): (
            int(label.xpath("*[@class='count']")[0].text_content()),
            bool(label.xpath("input/@checked")),
        )
        for label in page.root.xpath(f"//label[input[@type='checkbox'][@name='{name}']]")
    }


@pytest.mark.parametrize("name", ["tag", "source", "author", "year"])
def test_a_count_is_the_total_after_choosing(client: FlaskClient, name: str) -> None:
    """The number beside a value is what the reader gets."""
    values = checkboxes(get(client, "/search?q=strom"), name)
    assert values
    for value, (count, _) in values.items():
        url = "/search?" + "&".join(["q=strom", f"{name}={value}"])
        assert total(get(client, url)) == count


def test_each_author_of_an_article_is_a_filter(client: FlaskClient) -> None:
    """Both names stand beside the date; choosing a second author adds articles."""
    page = get(client, "/search?q=lithium")
    assert "Redaktion Technik; Redaktion Verkehr" in page.texts("//main//p[@class='meta']/span")
    assert set(checkboxes(page, "author")) == {"Redaktion Technik", "Redaktion Verkehr"}
    one = total(get(client, "/search?author=Redaktion+Verkehr"))
    both = get(client, "/search?author=Redaktion+Verkehr&author=Redaktion+Technik")
    assert total(both) > one > 0
    assert {value for value, (_, chosen) in checkboxes(both, "author").items() if chosen} == {
        *("Redaktion Technik", "Redaktion Verkehr")
    }


def test_a_link_may_spell_a_value_in_another_way(client: FlaskClient) -> None:
    """It chooses the value that the facet shows, and is lifted like any other choice."""
    page = get(client, "/search?tag=STAHL&author=redaktion++technik")
    assert total(page) == total(get(client, "/search?tag=Stahl&author=Redaktion+Technik")) > 0
    assert checkboxes(page, "tag")["Stahl"][1]
    assert page.texts("//ul[@class='chips']//a/span[@lang]") == ["Stahl", "Redaktion Technik"]
    assert "/search?author=redaktion++technik" in page.values("//ul[@class='chips']//@href")


def test_all_filters_belong_to_the_one_form(client: FlaskClient) -> None:
    """The button of the field keeps the filters, the button of the filters keeps the words."""
    page = get(client, "/search?q=strom&sort=newest&per_page=5&lang=de")
    assert set(page.values("//aside//input/@form | //aside//button/@form")) == {"search"}
    hidden = page.root.xpath("//form[@id='search']//input[@type='hidden']")
    assert {(each.get("name"), each.get("value")) for each in hidden} == {
        ("sort", "newest"),
        ("per_page", "5"),
        ("lang", "de"),
    }


def test_every_facet_has_a_translated_heading(client: FlaskClient) -> None:
    """In the order of the table, above its values."""
    german = get(client, "/search?q=stahl&lang=de")
    assert german.texts("//fieldset/legend")[:-1] == [
        "Schlagwörter", "Ressort", "Quelle", "Autor", "Jahr",
    ]  # fmt: skip
    english = get(client, "/search?q=stahl&lang=en")
    assert english.texts("//fieldset/legend")[:-1] == [facet.label for facet in FACETS]


def test_the_section_stands_beside_the_date(client: FlaskClient) -> None:
    """In the list and above the article; its values are filters."""
    page = get(client, "/search?section=Technik&sort=oldest")
    assert page.texts("//ol//h2") == [
        "Der Hochofen und sein Koks",
        "Wie der Lichtbogenofen Schrott schmilzt",
    ]
    for shown in (page, get(client, "/article/hochofen")):
        assert "Technik" in shown.texts("//*[@class='meta']/span")


def test_a_chosen_filter_shows_twice(client: FlaskClient) -> None:
    """The checkbox stays, and a chip removes it."""
    page = get(client, "/search?q=strom&tag=Energie&year=2022&from=2020&to=31.12.2023")
    assert checkboxes(page, "tag")["Energie"][1]
    assert checkboxes(page, "year")["2022"][1]
    assert page.texts("//ul[@class='chips']//a") == [
        "Filter entfernen: Energie ×",
        "Filter entfernen: 2022 ×",
        "Filter entfernen: ab 1. Januar 2020 ×",
        "Filter entfernen: bis 31. Dezember 2023 ×",
        "Alle Filter zurücksetzen",
    ]
    assert page.link("Filter entfernen: Energie") == (
        "/search?q=strom&year=2022&from=2020-01-01&to=2023-12-31"
    )
    assert page.link("Filter entfernen: bis").endswith("&from=2020-01-01")
    assert page.link("Alle Filter zurücksetzen") == "/search?q=strom"
    assert page.values("//input[@name='from']/@value") == ["1.1.2020"]


def test_a_chosen_value_without_results_keeps_its_checkbox(client: FlaskClient) -> None:
    """What was chosen can be unchosen where it was chosen."""
    page = get(client, "/search?q=mischwald&tag=Strom&source=Energiebrief")
    assert checkboxes(page, "tag")["Strom"] == (0, True)
    assert checkboxes(page, "source")["Energiebrief"][1]


def test_tags_narrow_or_widen_by_a_switch(client: FlaskClient) -> None:
    """All of the tags, or at least one."""
    narrow = get(client, "/search?tag=Stahl&tag=Wasserstoff")
    assert total(narrow) == 1
    assert narrow.values("//input[@name='any'][@checked]/@value") == [""]
    wide = get(client, "/search?tag=Stahl&tag=Wasserstoff&any=1")
    assert total(wide) == 7
    assert wide.values("//input[@name='any'][@checked]/@value") == ["1"]
    assert wide.texts("//*[@role='radiogroup']/label") == ["alle gewählten", "mindestens eines"]
    (group,) = wide.root.xpath("//*[@role='radiogroup']")
    assert wide.text(f"//*[@id='{group.get('aria-labelledby')}']") == "Artikel müssen haben"
    assert get(client, "/search?q=stahl").count("//*[@role='radiogroup']") == 0


def test_more_than_eight_values_are_folded(client: FlaskClient) -> None:
    """The first eight stand open, the rest behind "n weitere anzeigen"."""
    page = get(client, "/search")
    all_tags = checkboxes(page, "tag")
    folded = page.values("//details[@class='more']//input[@name='tag']/@value")
    assert len(all_tags) - len(folded) == FACET_VALUES_SHOWN
    assert f"{len(folded)} weitere anzeigen" in page.texts("//details[@class='more']/summary")
    assert page.count("//details[@class='more'][@open]") == 0


def test_a_chosen_value_is_never_folded_away(client: FlaskClient) -> None:
    """It stands behind the first eight, which stay where they are; and nowhere else."""
    everything = get(client, "/search")
    folded = everything.values("//details[@class='more']//input[@name='tag']/@value")
    first = [each for each in checkboxes(everything, "tag") if each not in folded]
    url = f"/search?tag={folded[-1]}&tag={folded[-2]}&tag={first[3]}&any=1"
    chosen = get(client, url)
    open_boxes = "//fieldset//input[@name='tag'][not(ancestor::details[@class='more'])]"
    assert chosen.values(f"{open_boxes}/@value") == [*first, folded[-2], folded[-1]]
    assert chosen.values(f"{open_boxes}[@checked]/@value") == [first[3], folded[-2], folded[-1]]
    assert not chosen.count("//details[@class='more']//input[@checked]")
    assert set(checkboxes(chosen, "tag")) == set(checkboxes(everything, "tag"))
    years = get(client, "/search?year=2018&year=2022").values(
        "//fieldset//input[@name='year'][@checked][not(ancestor::details[@class='more'])]/@value"
    )
    assert years == ["2022", "2018"]


def test_years_are_in_order(client: FlaskClient) -> None:
    """A reader looks for a year by its number, not by its count."""
    years = list(checkboxes(get(client, "/search"), "year"))
    assert years == sorted(years, reverse=True)


def test_no_results_name_query_and_filters_and_help(client: FlaskClient) -> None:
    """One link per filter to remove, and tips."""
    page = get(client, "/search?q=zzqq&tag=Stahl&year=2024")
    assert page.text("//main//h1") == "Keine Treffer für „zzqq“"
    assert page.link("Filter entfernen: Stahl") == "/search?q=zzqq&year=2024"
    assert page.link("Filter entfernen: 2024") == "/search?q=zzqq&tag=Stahl"
    assert page.text("//main//h2") == "Was helfen kann"
    assert page.count("//ul[@class='tips']/li") >= 3
    assert page.count("//ol") == 0
    filters_only = get(client, "/search?tag=Wald&tag=Bahn")
    assert filters_only.text("//main//h1") == "Keine Artikel mit diesen Filtern"


@pytest.mark.parametrize(
    "url",
    [
        "/search?q=strom&tag=Stahl&year=1850",
        "/search?q=stahll&tag=Wald&year=2024&from=1.1.1850&to=1850",
        "/search?tag=Wald&tag=Bahn",
        "/search?q=zzqq&tag=stahl",
        "/search?q=stahl&tag=GIBTESNICHT&lang=en",
    ],
)
def test_without_results_each_filter_says_what_it_costs(client: FlaskClient, url: str) -> None:
    """The number beside a filter is the total after it was removed, corrected words or not."""
    page = get(client, url)
    chips = page.root.xpath("//ul[@class='chips']/li")
    counted = 0
    for chip in chips:
        for count in chip.xpath("span[@class='count']"):
            counted += 1
            shown = int(count.text_content().split()[0])
            after = get(client, chip.xpath("a/@href")[0], lang="de" if "lang" not in url else "")
            first = after.text("//main//h1").split()[0]
            assert shown == (int(first) if first.isdigit() else 0)
    assert counted == len(chips) - (len(chips) == 2)  # one filter: all are as many
    found = get(client, "/search?q=strom&tag=Strom")
    assert found.count("//ul[@class='chips']//*[@class='count']") == 0


def test_when_all_words_give_nothing_some_do_and_the_page_says_so(client: FlaskClient) -> None:
    """A note in the reader's language, and a section of its own that no total counts."""
    page = get(client, "/search?q=elektroden+mischwald")
    assert total(page) == 0
    assert page.texts("//main//h2") == ["Artikel mit einem Teil der Wörter"]
    assert page.count("//section[@aria-labelledby='partial']//h3/a") == 2
    assert set(page.texts("//section//p[@class='meta reasons']")) == {
        "ohne elektroden",
        "ohne mischwald",
    }
    assert "Kein Artikel enthält alle diese Wörter." in page.text("//p[@class='note']")
    english = get(client, "/search?q=elektroden+mischwald", lang="en")
    assert english.text("//p[@class='note']").startswith("No article has all of these words.")


def test_articles_with_some_of_the_words_stand_apart(client: FlaskClient) -> None:
    """Below those with all of them, without a number; their links lead back here."""
    page = get(client, "/search?q=die+elektroden+lichtbogen&lang=en")
    assert page.text("//main//h1").startswith("1 result")
    assert page.text("//main/p[@class='meta']") == "Articles without “die” are found, too."
    assert page.count("//main/ol/li") == 1
    (first, *_) = page.values("//section[@aria-labelledby='partial']//h3/a/@href")
    assert first.partition("#")[0].endswith("?q=die+elektroden+lichtbogen&lang=en")
    article = get(client, first.partition("#")[0])
    assert article.count("//main//article//mark") >= 1
    assert article.link("Back to the results") == "/search?q=die+elektroden+lichtbogen&lang=en"
    assert article.count("//nav[@class='trail']/a") == 1


def test_what_finds_nothing_is_answered_in_a_likelier_spelling(client: FlaskClient) -> None:
    """The page says so, and all that belongs to the answer is about the words that found it."""
    page = get(client, "/search?q=stahll&tag=Stahl&per_page=2")
    assert page.text("//main//h1") == "6 Treffer für „stahl“"
    assert page.text("//p[@class='note']") == (
        "Für „stahll“ wurde nichts gefunden. Gezeigt werden Treffer für „stahl“."
    )
    assert page.values("//p[@class='note']/a/@href") == ["/search?q=stahl&tag=Stahl&per_page=2"]
    assert page.text("//p[@class='suggestion']") == "Stattdessen nach „stahll“ suchen"
    assert page.values("//input[@name='q']/@value") == ["stahll"]
    assert page.link("Nächste") == "/search?q=stahl&tag=Stahl&page=2&per_page=2"
    assert page.link("Neueste zuerst").startswith("/search?q=stahl&")
    # Without the filter there may be something to find for the word as it was typed.
    assert page.link("Filter entfernen: Stahl") == "/search?q=stahll&per_page=2"
    article = get(client, page.values("//ol//h2/a/@href")[0].partition("#")[0])
    assert "für „stahl“" in article.text("//*[@class='meta matches']")


def test_a_corrected_word_can_be_searched_for_as_typed(client: FlaskClient) -> None:
    """The field keeps what was typed, the heading says what was searched for; a link goes back."""
    page = get(client, "/search?q=stahll&tag=Stahl")
    assert page.values("//input[@name='q']/@value") == ["stahll"]
    assert "für „stahl“" in page.text("//main//h1")
    link = page.link("Stattdessen nach „stahll“ suchen")
    assert link == "/search?q=stahll&uncorrected=1&tag=Stahl"
    typed = get(client, link)
    assert typed.text("//main//h1") == "Keine Treffer für „stahll“"
    assert typed.values("//input[@name='uncorrected']/@value") == ["1"]
    assert typed.link("Meinten Sie „stahl“?") == "/search?q=stahl&tag=Stahl"
    english = get(client, "/search?q=stahll", lang="en")
    assert english.text("//p[@class='suggestion']") == "Search for “stahll” instead"


def test_a_likelier_spelling_is_offered_with_the_same_filters(client: FlaskClient) -> None:
    """Where something was found the reader decides."""
    url = "/search?q=telegraf+ODER+stahll&source=Stahlkunde"
    page = get(client, url)
    assert page.text("//main//h1") == "1 Treffer für „telegraf ODER stahll“"
    link = page.link("Meinten Sie „telegraf ODER stahl“?")
    assert link == "/search?q=telegraf+ODER+stahl&source=Stahlkunde"
    assert total(get(client, link)) > 1
    english = get(client, url, lang="en")
    assert english.text("//p[@class='suggestion']") == "Did you mean “telegraf ODER stahl”?"


def test_a_hit_says_through_which_words_it_was_found(client: FlaskClient) -> None:
    """Parts of compounds are marked, each word is named once; what matches as typed needs none."""
    page = get(client, "/search?q=stahl+erz+werk")
    (reason,) = page.root.xpath("//ol//p[@class='meta reasons']")
    assert " ".join(reason.text_content().split()) == "gefunden über Stahl·werk"
    assert page.texts("//ol//p[@class='meta reasons']//mark") == ["Stahl", "werk"]
    assert page.values("//ol//p[@class='meta reasons']/span/@lang") == ["de"]
    irregular = get(client, "/search?q=ging", lang="en")
    assert irregular.text("//p[@class='meta reasons']") == "found through geht"
    assert get(client, "/search?q=geht").count("//p[@class='meta reasons']") == 0


def test_a_hit_says_that_it_was_found_in_the_tags(client: FlaskClient) -> None:
    """What matched there is marked, stands first, and is named: only there, or there as well."""
    page = get(client, "/search?q=technikgeschichte")
    tags = "//ol/li[1]//ul[@class='tags'][@aria-label]"
    assert page.text(f"{tags}/li[1]") == "nur in den Schlagwörtern gefunden:"
    assert page.text(f"{tags}/li[2]/a/mark") == "Technikgeschichte"
    assert page.count("//ol/li[1]//p[@class='snippet']//mark") == 0
    tags = "//ol/li//ul[@class='tags'][@aria-label]"
    both = get(client, "/search?q=gebäude+wärmepumpe", lang="en")
    assert "also in the tags:" in both.texts(f"{tags}/li[1]")
    assert get(client, "/search?q=lichtbogen").count("//ol//li[@class='hint']") == 0
    # The parts of a compound are marked as such.
    assert "geschichte" in get(client, "/search?q=geschichte").texts(f"{tags}//mark")


def test_a_hit_shows_three_tags_and_a_way_to_the_rest(client: FlaskClient) -> None:
    """All are on the page; none is folded away that matches, and none twice."""
    page = get(client, "/search?per_page=100")
    for hit in page.root.xpath("//ol/li"):
        shown = hit.xpath(".//ul[@class='tags'][@aria-label]/li/a")
        rest = hit.xpath(".//details[@class='rest']//li/a")
        assert len(shown) == 3 or not rest
        assert len({*shown, *rest}) == len(shown) + len(rest)


def test_exact_words_are_a_switch(client: FlaskClient) -> None:
    """It is kept with the words on every page, and nothing found leads back to other forms."""
    assert total(get(client, "/search?q=ging")) == 1
    page = get(client, "/search?q=ging&exact=1&tag=Strom")
    assert page.text("//main//h1") == "Keine Treffer für „ging“"
    assert page.text("//label[input[@name='exact']]") == "genau so (keine anderen Formen)"
    assert page.values("//input[@name='exact'][@checked]/@value") == ["1"]
    assert page.link("Auch nach anderen Formen") == "/search?q=ging&tag=Strom"
    assert total(get(client, page.link("Auch nach anderen Formen"))) == 1
    exact = get(client, "/search?q=geht&exact=1")
    (href,) = exact.values("//ol//h2/a/@href")
    article = get(client, href.partition("#")[0])
    assert article.values("//input[@name='exact'][@checked]/@value") == ["1"]
    assert article.link("Zurück zu den Treffern") == "/search?q=geht&exact=1"
    for url in ("/", "/search?q=ging", "/article/lichtbogen"):
        assert get(client, url).values("//input[@name='exact']/@checked") == []


def test_a_hit_leads_to_its_article_and_back(client: FlaskClient) -> None:
    """Marks, neighbours and the way back to the page that was left."""
    results = get(client, "/search?q=strom&per_page=5&page=2")
    for hit in results.root.xpath("//ol/li"):
        (href,) = hit.xpath(".//h2/a/@href")
        in_text = hit.xpath("boolean((.//p[@class='snippet'])[1]//mark)")
        assert ("#m" in href) == in_text
    page = get(client, results.values("//ol//h2/a/@href")[0].partition("#")[0])
    assert page.text("//main//h1") == results.hit_titles[0]
    assert page.count("//main//article//mark") >= 1
    assert "markiert" in page.text("//*[@class='meta matches']")
    assert page.link("Zurück zu den Treffern") == "/search?q=strom&page=2&per_page=5"
    following = get(client, page.link("Nächster Treffer"))
    assert following.text("//main//h1") == results.hit_titles[1]
    assert get(client, following.link("Voriger Treffer")).text("//h1") == page.text("//h1")


def test_the_first_and_the_last_hit_have_one_neighbour(client: FlaskClient) -> None:
    """No link leads nowhere."""
    results = get(client, "/search?q=strom&per_page=100")
    hrefs = [href.partition("#")[0] for href in results.values("//ol//h2/a/@href")]
    assert get(client, hrefs[0]).values("//nav[@class='trail']/a/@rel") == ["next"]
    assert get(client, hrefs[-1]).values("//nav[@class='trail']/a/@rel") == ["prev"]


def test_an_article_shows_all_its_parts(client: FlaskClient) -> None:
    """Text in paragraphs, date, author, source, tags as links, the original, related ones."""
    page = get(client, "/article/lichtbogen", lang="en")
    assert page.text("//main//h1") == "Wie der Lichtbogenofen Schrott schmilzt"
    assert page.count("//*[@class='text']/p") == 2
    assert page.values("//*[@class='text']/@lang | //main//h1/@lang") == ["de", "de"]
    assert page.text("//article//time") == "16 January 2024"
    assert page.texts("//article//ul[@class='tags']//a") == ["Stahl", "Recycling", "Strom"]
    assert page.link("Recycling") == "/search?tag=Recycling"
    (original,) = page.root.xpath("//a[@href='https://example.org/lichtbogen']")
    assert set(original.get("rel").split()) == {"noopener", "nofollow", "external"}
    assert page.count("//main//mark") == page.count("//nav[@class='trail']") == 0
    assert page.count("//section[@class='related']//a") >= 1
    assert page.values("//link[@rel='canonical']/@href") == ["http://localhost/article/lichtbogen"]


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a?b=c", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https:", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, linked: bool) -> None:
    """An article cannot make its reader run code."""
    assert external_url(url) == (url if linked else None)


def test_nothing_of_a_hostile_article_becomes_markup(client: FlaskClient) -> None:
    """Title, text, tags, author, source and id are shown as they were written."""
    results = get(client, "/search?q=gefahrgut")
    article = get(client, results.values("//ol//h2/a/@href")[0].partition("#")[0])
    assert results.hit_titles == ["<script>document.title='gekapert'</script> Titel & \"Zitat\""]
    assert article.text("//main//h1") == results.hit_titles[0]
    assert article.values("//link[@rel='canonical']/@href") == [
        "http://localhost/article/recht%2Fa%2F..%2F%C3%B6%20%26%20%3Cb%3E%3F%23%252f"
    ]
    for page in (results, article, get(client, "/search"), get(client, "/")):
        assert page.count("//body//script | //script[not(@src or @type)] | //img | //b | //i") == 0
        assert page.count("//*[@onerror]") == 0
    assert "<mark>keine Fundstelle</mark>" in article.text("//*[@class='text']/p[1]")
    assert article.text("//*[@class='text']/p[2]") == "</p></div></main><h1>Kein Titel</h1>"
    assert article.texts("//article//mark") == ["Gefahrgut"]


def test_a_hostile_query_is_shown_as_typed(client: FlaskClient) -> None:
    """Reflected text is escaped in the heading, the title and the field."""
    page = get(client, "/search?q=%22%3E%3Cscript%3Ex%3C/script%3E&tag=%3Cb%3E&lang=%3Cb%3E")
    assert page.count("//body//script | //script[not(@src or @type)] | //b") == 0
    assert page.values("//input[@name='q']/@value") == ['"><script>x</script>']


@pytest.mark.parametrize("article_id", ["..", HOSTILE_ID])
def test_odd_ids_have_addresses_that_work(client: FlaskClient, article_id: str) -> None:
    """The links of a result page lead to the article, whatever its id."""
    query = "punktkennung" if article_id == ".." else "gefahrgut"
    (href,) = get(client, f"/search?q={query}").values("//ol//h2/a/@href")
    get(client, href.partition("#")[0])


def test_head_is_answered_and_options_name_the_methods(client: FlaskClient) -> None:
    """What monitors and browsers ask beside GET."""
    response = client.head("/search?q=strom")
    assert (response.status_code, response.data) == (200, b"")
    assert "GET" in client.options("/search").headers["Allow"]


def test_the_site_can_be_named(client: FlaskClient) -> None:
    """A name from the settings takes the place of "Artikelsuche"."""
    from searchapp.settings import Settings
    from searchapp.web import create_app

    settings = client.application.extensions["searchapp"].settings
    app = create_app(Settings(index=settings.index, site_name="Werk & Wissen"))
    page = get(app.test_client(), "/")
    assert page.text("//a[@class='brand']") == "Werk & Wissen"
    app.extensions["searchapp"].close()

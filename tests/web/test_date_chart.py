"""The histogram as readers see it: bars that lead to what they count."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.sources import article, write_lines
from tests.web.date_bars import bars_of
from tests.web.html import get
from tests.web.test_pages import total

TAG = 'Größe "1" & <b>'
TYPED_TAG = "Gr%C3%B6%C3%9Fe+%221%22+%26+%3Cb%3E"
DATES = (
    *("2016-05-01", "2019-01-31", "2019-02-28", "2019-02-28", "2019-12-31", "2020-02-29"),
    *("2021-07-01", "2021-07-01", "2021-07-09", "", ""),
)

Browse = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browse]:
    """Makes browsers on indexes of articles about harbours, with the dates that are given."""
    apps = []

    def client(*dates: str) -> FlaskClient:
        folder = tmp_path_factory.mktemp("dates")
        records = [
            article(
                f"{n}",
                "Hafen und Kanal",
                tags=(TAG,) if n % 2 else (),
                date=dt.date.fromisoformat(date) if date else None,
            )
            for n, date in enumerate(dates)
        ]
        write_lines(folder / "a.jsonl", records)
        settings = Settings(
            seeds=(folder / "a.jsonl",), index=folder / "index", workers=1, time_budget_s=60
        )
        rebuild(settings)
        apps.append(create_app(settings))
        client = apps[-1].test_client(use_cookies=False)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
        return client

    yield client
    for app in apps:
        app.extensions["searchapp"].close()


@pytest.fixture(scope="module")
def harbours(browse: Browse) -> FlaskClient:
    """Of several years, with empty ones between them."""
    return browse(*DATES)


def count_in(name: str) -> int:
    return int(name.rpartition(": ")[2].split()[0].replace(".", ""))


@pytest.mark.parametrize(
    "url",
    [
        "/search?q=hafen",
        "/search?q=hafen&sort=oldest&per_page=2&page=2&lang=de",
        f"/search?q=hafen&exact=1&tag={TYPED_TAG}",
        "/search?q=hafen&year=2019&year=2021&from=2019-02-10",
        "/search?q=kanall",
        "/search?to=2020",
    ],
)
def test_each_count_is_the_total_after_the_click(harbours: FlaskClient, url: str) -> None:
    """From years to months to days, with query, filters and order kept, from the first page."""
    waiting, days = [url], 0
    while waiting:
        page = get(harbours, waiting.pop())
        caption = page.text("//*[@id='histogram-caption']")
        for name, href in bars_of(page).items():
            shown = get(harbours, href)
            assert total(shown) == count_in(name), (name, href)
            kept = re.findall(r"(?:q|sort|tag|year|exact|per_page|lang)=[^&]*", url)
            assert [each for each in kept if each in href] == kept
            assert "page=2" not in href.replace("per_page", "")
            days += count_in(name) if caption == "Artikel je Tag" else 0
            if caption != "Artikel je Tag":
                waiting.append(href)
    undated = re.findall(r"\d+", "".join(get(harbours, url).texts("//*[@id='histogram-end']")))
    assert days + sum(map(int, undated)) == total(get(harbours, url))


def test_names_say_period_and_count(harbours: FlaskClient) -> None:
    """In the reader's language; empty periods have their place, but no link."""
    page = get(harbours, "/search?q=hafen")
    assert list(bars_of(page)) == [
        "2016: 1 Artikel", "2019: 4 Artikel", "2020: 1 Artikel", "2021: 3 Artikel",
    ]  # fmt: skip
    widths = page.values("//svg/a/rect[@class='slot']/@width")
    assert set(widths) == {"16.67%"}
    assert page.values("//svg/a/rect[@class='slot']/@x")[:2] == ["0.00%", "50.00%"]
    assert page.text("//*[@id='histogram-caption']") == "Artikel je Jahr"
    assert page.values("//svg/@aria-labelledby") == ["histogram-caption"]
    assert page.text("//*[@id='histogram-end']") == "2 Artikel ohne Datum"
    year = get(harbours, bars_of(page)["2019: 4 Artikel"])
    assert list(bars_of(year)) == [
        "Januar 2019: 1 Artikel", "Februar 2019: 2 Artikel", "Dezember 2019: 1 Artikel",
    ]  # fmt: skip
    english = get(harbours, "/search?q=hafen&from=2019-02-10&to=2019-12&lang=en")
    assert list(bars_of(english)) == [
        "10 February 2019 – 28 February 2019: 2 articles", "December 2019: 1 article",
    ]  # fmt: skip
    assert english.text("//*[@id='histogram-caption']") == "Articles per month"


def test_a_chosen_period_is_marked_within_those_around_it(harbours: FlaskClient) -> None:
    """Which lead to it again; a single bar that leads here says so."""
    page = get(harbours, "/search?q=hafen&from=2019-02-28&to=2019-02-28")
    around = "//*[@class='histogram']/p[1]"
    assert page.text(around) == "Gesamter Zeitraum › 2019 › Februar 2019 › 28. Februar 2019"
    assert page.text(f"{around}/*[@aria-current]") == "28. Februar 2019"
    assert page.link("Gesamter Zeitraum") == "/search?q=hafen"
    assert page.link("Februar 2019") == "/search?q=hafen&from=2019-02-01&to=2019-02-28"
    assert page.texts("//svg/a[@aria-current]/title") == ["28. Februar 2019: 2 Artikel"]
    for dates, name in (
        ("from=2019", "ab 1. Januar 2019"), ("to=2019", "bis 31. Dezember 2019"),
        ("from=2019&to=2020", "1. Januar 2019 – 31. Dezember 2020"),
    ):  # fmt: skip
        page = get(harbours, f"/search?q=hafen&{dates}")
        assert page.texts(f"{around}/*[@aria-current]") in ([name], ["2019–2020"])
    empty = get(harbours, "/search?q=hafen&from=2018&to=2018")
    assert empty.text(around) == "Gesamter Zeitraum › 2018"
    assert not bars_of(empty)


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("/search?q=hafen&from=2019&to=2019", ["2016: 1 Artikel", "2020: 1 Artikel"]),
        ("/search?q=hafen&from=2018&to=2018&sort=newest", ["2016: 1 Artikel", "2019: 4 Artikel"]),
        (
            "/search?q=hafen&from=2019-02&to=2019-02",
            ["Januar 2019: 1 Artikel", "Dezember 2019: 1 Artikel"],
        ),
        (
            "/search?q=kanall&from=2020-02&to=2020-02",
            ["Dezember 2019: 1 Artikel", "Juli 2021: 3 Artikel"],
        ),
        ("/search?from=2021-07-01&to=2021-07-01", ["9. Juli 2021: 1 Artikel"]),
        (
            f"/search?q=hafen&tag={TYPED_TAG}&from=2019&to=2019",
            ["2020: 1 Artikel"],
        ),
        ("/search?q=hafen&year=2019&from=2019&to=2019", []),
        ("/search?q=hafen&from=2019-02-10&to=2019-12", []),
        ("/search?q=hafen&from=2019", []),
        ("/search?q=hafen", []),
    ],
)
def test_a_chosen_period_leads_to_those_beside_it(
    harbours: FlaskClient, url: str, names: list[str]
) -> None:
    """To the nearest with articles, over empty ones; each count is the total after the click."""
    page = get(harbours, url)
    beside = "//*[@class='histogram']/p[contains(@class, 'beside')]/a"
    links = page.root.xpath(beside)
    assert [link.text_content().strip("‹› ") for link in links] == names
    for link in links:
        shown = get(harbours, link.get("href"))
        assert total(shown) == count_in(link.text_content().strip("‹› "))
        assert all(each in link.get("href") for each in re.findall(r"(?:q|sort|tag)=[^&]*", url))


def test_many_bars_can_be_skipped(browse: Browse, harbours: FlaskClient) -> None:
    """By a link that is there only where it saves something; it leads behind the bars."""
    skip = "//a[@href='#histogram-end']"
    assert not get(harbours, "/search?q=hafen").count(skip)
    page = get(browse(*(f"{year}-01-01" for year in range(1990, 2010))), "/search")
    assert page.text(skip) == "Diagramm überspringen"
    assert page.count("//svg/following::*[@id='histogram-end']") == 1


def test_hostile_dates_make_few_bars(browse: Browse) -> None:
    """Of the years from 1 to 9999; and no date at all makes none."""
    client = browse(
        "0001-01-01", *(f"{year:04}-06-01" for year in range(7, 9999, 13)), "9999-12-31"
    )
    page = get(client, "/search")
    assert len(bars_of(page)) == 10
    assert list(bars_of(page))[1] == "1000–1999: 77 Artikel"
    assert page.text("//*[@id='histogram-caption']") == "Artikel je Jahrtausend"
    for url in bars_of(page).values():
        within = get(client, url)
        assert within.text("//*[@id='histogram-caption']") == "Artikel je Jahrhundert"
    client = browse("", "")
    assert get(client, "/search").count("//*[@class='histogram']") == 0
    undated = get(client, "/search?sort=newest")  # Who asks for dates is told that there are none.
    assert undated.text("//*[@class='histogram']") == "2 Artikel ohne Datum"
    assert not undated.count("//svg")


def test_the_drawing_needs_no_style_and_lets_no_value_out(harbours: FlaskClient) -> None:
    """Heights are attributes; what stands in addresses is escaped."""
    response = harbours.get(f"/search?q=hafen+OR+%22%3Cscript%3Ebad%22&tag={TYPED_TAG}")
    assert "<script>bad" not in response.text
    drawing = response.text[response.text.index("<svg") : response.text.index("</svg>")]
    assert "style" not in drawing
    assert f"&amp;tag={TYPED_TAG}" in drawing


def test_the_api_counts_the_same(harbours: FlaskClient) -> None:
    """Each bucket is the total of the search with its two days."""
    found = harbours.get("/api/v1/search?q=hafen").json
    assert found is not None
    histogram = found["histogram"]
    assert histogram["step"] == "year"
    assert [each["count"] for each in histogram["buckets"]] == [1, 0, 0, 4, 1, 3]
    assert histogram["undated"] == 2
    for each in histogram["buckets"]:
        address = f"/api/v1/search?q=hafen&from={each['first']}&to={each['last']}"
        inside = harbours.get(address).json
        assert inside is not None
        assert inside["total"] == each["count"]
    nothing = harbours.get("/api/v1/search?q=hafen&from=2018&to=2018").json
    assert nothing is not None
    assert nothing["histogram"] == {"step": None, "buckets": [], "undated": 0}

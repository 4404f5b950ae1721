"""Every count that a page shows is the total after the click, or says that it is added to it."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapp.facets import FACETS
from tests.web.html import get
from tests.web.promises import Searches, found, list_promises, promises

WORDS = """Stahl Strom Wasserstoff Eisen Koks Energie Wald Schiene Verkehr Elektroden Hochofen
Recycling Mischwald Technikgeschichte Telegraf zzqq""".split()
BOXES = {f"box of {facet.param}" for facet in FACETS}


@pytest.fixture(scope="module")
def searches(app_client: FlaskClient) -> Searches:
    """Searches for what the small corpus has, and for a little that it has not."""

    def values(path: str) -> list[str]:
        answer = app_client.get(f"/api/v1/{path}").json
        assert answer
        return [each["value"] for each in answer["values"]]

    return Searches(
        WORDS,
        {
            "tag": values("tags"),
            "section": values("sections"),
            "source": values("sources"),
            "author": [*values("authors"), "Niemand"],
            "year": [str(year) for year in range(2017, 2025)],
        },
    )


@pytest.fixture(scope="module")
def app_client(app: Flask) -> FlaskClient:
    """A browser that asks for German, for all tests here."""
    client = app.test_client(use_cookies=False)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    return client


def test_what_is_promised_beside_results_is_found(
    app_client: FlaskClient, searches: Searches
) -> None:
    """For boxes of all facets, bars, chips of a page without results; by numbers with a plus, too.

    60 random searches, of each kind of promise three.
    """
    draw = random.Random(20260)
    kept: Counter[tuple[str, bool]] = Counter()
    for _ in range(60):
        url = searches.url(draw)
        page, now = found(app_client, url)
        shown = list(promises(page))
        for kind in sorted({each.kind for each in shown}):
            those = [each for each in shown if each.kind == kind]
            for each in draw.sample(those, min(3, len(those))):
                total = found(app_client, each.url)[1]
                assert total == each.total(now), (url, each)
                kept[each.kind, each.is_added] += 1
    plain = {kind for kind, is_added in kept if not is_added}
    assert plain == BOXES | {"bar", "chip"}
    added = {kind for kind, is_added in kept if is_added}
    assert added == BOXES


def test_what_lists_of_values_promise_is_found(app_client: FlaskClient, searches: Searches) -> None:
    """In the results of a search, and in all articles."""
    draw = random.Random(20261)
    kept: Counter[bool] = Counter()
    for n in range(40):
        url = searches.url(draw)
        now = found(app_client, url)[1]
        facet = ("tags", "section", "source", "author", "year")[n % 5]
        listed = get(app_client, f"{url}&facet={facet}".replace("?", "/values?"))
        shown = list(list_promises(listed))
        for each in draw.sample(shown, min(4, len(shown))):
            assert found(app_client, each.url)[1] == each.total(now), (url, facet, each)
            kept[each.is_added] += 1
    assert kept[True] > 3
    for path in ("schlagwoerter", "autoren", "quellen", "ressorts"):
        for each in list_promises(get(app_client, f"/{path}")):
            assert found(app_client, each.url)[1] == each.number, (path, each)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_number_with_a_plus_is_explained_where_it_stands(
    app_client: FlaskClient, lang: str
) -> None:
    """And nowhere else."""
    sentence = {"de": "+ zusätzlich zu den Treffern", "en": "+ in addition to the results"}[lang]
    hints = "//fieldset[.//*[@class='count' and starts-with(., '+')]]/p[@class='hint']"
    page = get(app_client, f"/search?tag=Stahl&tag=Energie&any=1&source=Stahlkunde&lang={lang}")
    assert page.texts(hints).count(sentence) == 2
    assert page.response.text.count(sentence) == 2
    narrowing = get(app_client, f"/search?tag=Stahl&lang={lang}")
    assert sentence not in narrowing.response.text
    values = get(app_client, f"/search/values?facet=source&source=Stahlkunde&lang={lang}")
    assert values.texts("//main/p[@class='hint']") == [sentence]

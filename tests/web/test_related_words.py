"""Related words, as the page and the API show them: what is promised is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from searchapp.indexing import rebuild
from searchapp.settings import Settings
from searchapp.web import create_app
from tests.sources import write_lines
from tests.subjects import NOUNS, subject_articles
from tests.web.html import get

NAV = "//nav[@aria-label='Suche mit einem verwandten Wort eingrenzen']"


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A browser that asks an application with articles on a few subjects."""
    folder = tmp_path_factory.mktemp("subjects")
    settings = Settings(
        seeds=(folder / "seeds",), index=folder / "index", workers=1, time_budget_s=60
    )
    write_lines(folder / "seeds" / "a.jsonl", subject_articles())
    rebuild(settings)
    app = create_app(settings)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    search(client, q="stahl")  # The tables are made.
    yield client
    app.extensions["searchapp"].close()


def search(client: FlaskClient, **parameters: str) -> Any:
    """The answer of the API."""
    response = client.get("/api/v1/search", query_string=parameters)
    assert response.status_code == 200
    return response.json


@pytest.mark.parametrize(
    "parameters",
    [
        {"q": "stahl"},
        {"q": "der Wald", "sort": "oldest", "per_page": "2", "page": "2"},
        {"q": "stahll"},
        {"q": '"neues vom wald" -Jäger'},
        {"q": "(stahl ODER eisen) stadt"},
        {"q": "stahl stadt", "from": "2023", "to": "2024"},
    ],
    ids=lambda each: each["q"],
)
def test_who_follows_a_related_word_finds_as_many_articles_as_were_promised(
    subjects: FlaskClient, parameters: dict[str, str]
) -> None:
    """At least one, under the same filters, whatever was typed; three words or more."""
    found = search(subjects, **parameters)
    words = found["related_words"]
    assert 3 <= len(words) <= 6
    for each in words:
        assert each["query"].endswith(f" {each['word']}")
        narrowed = search(subjects, **parameters | {"q": each["query"], "page": "1"})
        assert narrowed["total"] == each["total"] > 0
        assert each["total"] <= found["total"] / 2
    assert search(subjects, **parameters)["related_words"] == words


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"q": "stadt"},
        {"q": "unbekannt"},
        {"q": "stahl", "exact": "1"},
        {"q": "stahl ODER wald"},
        {"q": "Wie macht man den Stahl in der Stadt?"},
        {"q": "stahl koks hochofen"},
        {"year": "2023"},
    ],
    ids=lambda each: each.get("q", "no words"),
)
def test_no_words_are_related_where_none_are_good_or_would_narrow(
    subjects: FlaskClient, parameters: dict[str, str]
) -> None:
    """Not for exact words, alternatives and sentences, nor where little is found."""
    assert search(subjects, **parameters)["related_words"] == []
    page = get(subjects, "/search?" + "&".join(f"{k}={v}" for k, v in parameters.items()))
    assert page.count(NAV) == 0


def test_the_page_links_each_word_with_its_total(subjects: FlaskClient) -> None:
    """Words are German on a page of any language; a link keeps filters and order."""
    page = get(subjects, "/search?q=wald&from=2023&sort=newest&lang=de")
    links = page.values(f"{NAV}/a/@href")
    words = page.texts(f"{NAV}/a/span[@lang='de']")
    assert set(words) == set(NOUNS["Wald"])
    for link, word, total in zip(links, words, page.texts(f"{NAV}/a/span[2]"), strict=True):
        narrowed = get(subjects, link)
        assert narrowed.values("//input[@name='q']/@value") == [f"wald {word}"]
        assert narrowed.text("//h1").startswith(f"{total} Treffer")
        assert "sort=newest" in link
        assert "from=2023" in link
    english = get(subjects, "/search?q=wald&lang=en")
    assert english.text("//nav[@aria-label='Narrow the search with a related word']/span") == (
        "Related"
    )


def test_what_was_typed_is_text_in_the_links(subjects: FlaskClient) -> None:
    """Markup and quotation marks of the query stay what they are."""
    typed = 'stahl NICHT "\'><script>alert(1)</script>"'
    response = subjects.get("/search", query_string={"q": typed})
    assert "<script>alert" not in response.text
    for each in search(subjects, q=typed)["related_words"]:
        assert search(subjects, q=each["query"])["total"] == each["total"]
    assert search(subjects, q=typed)["related_words"]

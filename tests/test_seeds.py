"""The sample articles that a first visitor searches, read with the real readers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from searchapp.corpus import read_articles
from searchapp.errors import Problem
from searchapp.model import Article
from tests.shared_data import SEEDS

GLUED_FOOTERS = {
    "direktreduktion": "CO2|Dekarbonisierung|Direktreduktion|Eisenerz|Stahl|Wasserstoff",
    "elektrolyse": "Elektrolyse|Energie|Erneuerbare Energien|Forschung|Grüner Wasserstoff|Strom|"
    "Wasserstoff",
    "elektroschrott": "Elektroschrott|EU|Kreislaufwirtschaft|Kupfer|Recycling|Rohstoffe|Umwelt",
    "emissionshandel": "CO2|CO2-Emissionen|Dekarbonisierung|Emissionshandel|EU|EU-Kommission|"
    "Industrie|Klima",
    "haber-bosch": "Ammoniak|Chemie|Forschung|Grüner Wasserstoff|Landwirtschaft|"
    "Technikgeschichte|Wasserstoff",
    "industrie-4-0": "Arbeit|Digitalisierung|Industrie|Industrie 4.0|Wirtschaft",
    "klaeranlage": "Abwasser|Energie|EU|Städte|Umwelt|Wasser",
    "ld-verfahren": "Konverter|LD-Verfahren|Österreich|Stahl|Technikgeschichte",
    "lichtbogenofen": "Dekarbonisierung|Elektrolichtbogenofen|Recycling|Schrott|Stahl|Strom",
    "normung": "DIN|Handel|Industrie|Normen|Papier|Technikgeschichte|Wirtschaft",
}
"""Article id -> its tags, with a stroke where the footer in the file has nothing at all."""


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    """What the readers reported; filled by `articles`."""
    return []


@pytest.fixture(scope="module")
def articles(problems: list[Problem]) -> list[Article]:
    return list(read_articles([SEEDS], report=problems.append))


def test_the_seeds_are_read_without_a_problem(
    articles: list[Article], problems: list[Problem]
) -> None:
    """A first rebuild reports nothing, and indexes at least 60 articles."""
    assert [str(problem) for problem in problems] == []
    assert len(articles) >= 60


def test_ids_and_titles_are_unique(articles: list[Article]) -> None:
    for values in ([a.id for a in articles], [a.title.casefold() for a in articles]):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_every_article_has_120_to_300_words_in_two_to_five_paragraphs(
    articles: list[Article],
) -> None:
    """Counted in prose: Markdown headings and list items are short paragraphs of their own."""
    words = {article.id: len(article.body.split()) for article in articles}
    assert {name: n for name, n in words.items() if not 120 <= n <= 300} == {}
    prose = {
        article.id: sum(len(paragraph) > 120 for paragraph in article.body.split("\n\n"))
        for article in articles
    }
    assert {name: n for name, n in prose.items() if not 2 <= n <= 5} == {}


def test_no_markup_is_left_in_the_text(articles: list[Article]) -> None:
    """Front matter, footers and the frame of HTML pages are no part of an article."""
    leftovers = ("Schlagw", "Quelle:", "Titel:", "Datum:", "Impressum", "---", "##", "<p>", "](")
    found = {(a.id, mark) for a in articles for mark in leftovers if mark in a.body}
    assert found == set()


def test_every_article_has_three_to_eight_tags_of_at_most_40_characters(
    articles: list[Article],
) -> None:
    assert {a.id: a.tags for a in articles if not 3 <= len(a.tags) <= 8} == {}
    assert [tag for a in articles for tag in a.tags if len(tag) > 40] == []


def test_the_facets_have_something_to_show(articles: list[Article]) -> None:
    """A dozen tags, three sources and five years recur, so that narrowing leaves a list."""
    tags = Counter(tag for article in articles for tag in article.tags)
    sources = Counter(article.source for article in articles if article.source)
    years = Counter(article.date.year for article in articles if article.date)
    authors = Counter(author for article in articles for author in article.authors)
    assert sum(count >= 5 for count in tags.values()) >= 12
    assert sum(count >= 5 for count in sources.values()) >= 3
    assert sum(count >= 3 for count in years.values()) >= 5
    assert len(authors) >= 2


def test_some_articles_have_no_date_and_none_is_invented(articles: list[Article]) -> None:
    """Years in the text are history; the dates are those of the texts themselves."""
    assert any(article.date is None for article in articles)
    assert all(2018 <= article.date.year <= 2026 for article in articles if article.date)


def test_every_kind_of_source_file_is_among_the_seeds(articles: list[Article]) -> None:
    suffixes = {Path(article.origin.split(":")[0]).suffix for article in articles}
    assert suffixes >= {".txt", ".md", ".html", ".jsonl", ".xml"}


@pytest.mark.parametrize(("article_id", "strokes"), GLUED_FOOTERS.items())
def test_glued_footers_fall_apart_as_they_were_meant(
    articles: list[Article], article_id: str, strokes: str
) -> None:
    tags = tuple(strokes.split("|"))
    (path,) = SEEDS.rglob(f"{article_id}.txt")
    assert path.read_text(encoding="utf-8").splitlines()[-1] == "".join(tags)
    (article,) = (each for each in articles if each.id.endswith(f"/{article_id}"))
    assert article.tags == tags

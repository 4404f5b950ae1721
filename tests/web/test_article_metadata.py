"""The citation of an article and what it tells machines."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from searchapp.web.article_metadata import DESCRIPTION_CHARS, citation, description, news_article
from tests.sources import article

ADDRESS = "https://example.org/article/a"
TODAY = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        (
            "de",
            "Eva Kern; Jan Ott: Zink und Zinn. In: Tagblatt, 5. Mai 2021. "
            f"Online: {ADDRESS} (abgerufen am 1. März 2026).",
        ),
        (
            "en",
            "Eva Kern; Jan Ott: Zink und Zinn. In: Tagblatt, 5 May 2021. "
            f"Online: {ADDRESS} (accessed 1 March 2026).",
        ),
    ],
)
def test_a_citation(app: Flask, lang: str, wanted: str) -> None:
    """All that is known, in both languages."""
    whole = article(
        "a",
        title="Zink und Zinn",
        authors=("Eva Kern", "Jan Ott"),
        source="Tagblatt",
        date=dt.date(2021, 5, 5),
    )
    with app.test_request_context(f"/?lang={lang}"):
        assert citation(whole, ADDRESS, TODAY) == wanted


def test_what_is_not_known_is_left_out(app: Flask) -> None:
    """Without empty places, and with one sign at the end of a title."""
    with app.test_request_context("/?lang=de"):
        told = f"Online: {ADDRESS} (abgerufen am 1. März 2026)."
        assert citation(article("a", title="Zink?"), ADDRESS, TODAY) == f"Zink? {told}"
        dated = article("a", title="Zink", date=dt.date(2021, 5, 5))
        assert citation(dated, ADDRESS, TODAY) == f"Zink. 5. Mai 2021. {told}"
        named = article("a", title="Zink", source="Tag\n blatt")
        assert citation(named, ADDRESS, TODAY) == f"Zink. In: Tag blatt. {told}"


@given(st.text(st.sampled_from("ab \n<"), max_size=500))
def test_a_description_is_short_and_one_line(body: str) -> None:
    """And the beginning of the text."""
    found = description(article("a", body))
    assert 0 < len(found) <= DESCRIPTION_CHARS
    assert "\n" not in found
    assert " ".join(body.split()).startswith(found.removesuffix(" …")) or found == "Titel a"


def test_a_description_ends_with_a_word() -> None:
    """And says that the text goes on, unless a sentence ends."""
    found = description(article("a", "Silbenreiche Wörter " * 30))
    assert found.endswith((" Wörter …", "Silbenreiche …"))
    assert description(article("a", "Ein Satz von einigen Wörtern. " * 30)).endswith("Wörtern.")
    assert description(article("a", "Kurz.")) == "Kurz."
    assert description(article("a", "x" * 500)) == "x" * 158 + " …"
    assert description(article("a", title="y" * 500)) == "y" * 160


def test_an_article_in_the_words_of_schema_org() -> None:
    """What is not known is not there; without a source the site publishes it."""
    whole = article(
        "a",
        "Text.",
        authors=("Eva Kern",),
        source="Tagblatt",
        section="Technik",
        tags=("Zink", "Zinn"),
        date=dt.date(2021, 5, 5),
    )
    assert news_article(whole, ADDRESS, "Suche") == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Titel a",
        "description": "Text.",
        "url": ADDRESS,
        "mainEntityOfPage": ADDRESS,
        "inLanguage": "de",
        "datePublished": "2021-05-05",
        "author": [{"@type": "Person", "name": "Eva Kern"}],
        "publisher": {"@type": "Organization", "name": "Tagblatt"},
        "articleSection": "Technik",
        "keywords": ["Zink", "Zinn"],
    }
    bare = news_article(article("a"), ADDRESS, "Suche")
    assert bare["publisher"] == {"@type": "Organization", "name": "Suche"}
    assert bare.keys().isdisjoint({"datePublished", "author", "keywords", "articleSection"})

"""What the values that travel between the parts say about themselves."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, replace

import pytest

from searchapp.corpus.records import field_of
from searchapp.model import Article, Hit, MarkedText, Note, Reason, ResultPage, SearchRequest

FULL = Article(
    id="a/1",
    title="Stahl",
    body="Ein Absatz.\n\nNoch einer.",
    tags=("Öl", "Gas"),
    date=dt.date(987, 1, 2),
    authors=("A. Autorin", "B. Autor"),
    source="Quelle",
    section="Wirtschaft",
    url="https://example.org/a",
    origin="a.md:3",
)


@pytest.mark.parametrize(
    "article",
    [
        FULL,
        Article("1", "t", ""),
        Article("1", "t", "t", title_is_derived=True),
        Article("1", "t", "Seite", page_starts=(0, 2, 2, 5)),
    ],
)
def test_an_article_survives_its_record(article: Article) -> None:
    """Through JSON, with every field but the place where it was read."""
    again = Article.from_record(json.loads(json.dumps(article.to_record())))
    assert again == replace(article, origin="")


def test_a_record_names_every_field_as_sources_do() -> None:
    """So a file of records can be read as a corpus, and no field is forgotten."""
    names = {each.name for each in fields(Article)} - {"origin", "title_is_derived", "page_starts"}
    assert set(FULL.to_record()) == names
    fields_named = {name: field_of(name) for name in names}
    assert fields_named == {name: name for name in names} | {"authors": "author"}
    assert all(getattr(FULL, name) for name in names), "give FULL a value in each field"


def test_the_page_that_a_character_stands_on() -> None:
    """Pages without text are passed over; an article without pages has none."""
    article = Article("1", "t", "Seite", page_starts=(0, 2, 2, 5))
    assert [article.page_number(offset) for offset in range(5)] == [1, 1, 3, 3, 3]
    assert Article("1", "t", "Text").page_number(0) is None


def test_the_address_of_a_page() -> None:
    """That of the document with the page as its only fragment."""
    article = Article("1", "t", "Text", url="https://example.org/a.pdf#top", page_starts=(0,))
    assert article.page_url(3) == "https://example.org/a.pdf#page=3"
    assert article.page_url(None) is None
    assert replace(article, url=None).page_url(3) is None


@pytest.mark.parametrize(
    "change", [{"date": "gestern"}, {"date": 5}, {"colour": "red"}, {"tags": None}]
)
def test_what_is_no_record_is_refused(change: dict[str, object]) -> None:
    """Stored records that are damaged are not shown as articles."""
    with pytest.raises((ValueError, TypeError)):
        Article.from_record(FULL.to_record() | change)


@pytest.mark.parametrize(
    "marks", [((2, 2),), ((3, 1),), ((-1, 2),), ((3, 6),), ((2, 3), (0, 1)), ((0, 3), (2, 4))]
)
def test_wrong_marks_are_refused(marks: tuple[tuple[int, int], ...]) -> None:
    """Empty, outside of the text, not in order, or one over the other."""
    with pytest.raises(ValueError, match="mark"):
        MarkedText("Stahl", marks)


def test_marks_may_touch_each_other_and_the_ends() -> None:
    """As the parts of a compound do."""
    MarkedText("Stahl", ((0, 3), (3, 5)))


def test_words_of_several_reasons_are_named_once() -> None:
    """In the order of the reasons, with all marks in the order of the text."""
    hit = Hit(Article("a", "Titel", ""), MarkedText("Titel"), 1.0, ())
    assert hit.found_through == ()
    reasons = (
        Reason("part", 0, MarkedText("Stahl·industrie", ((6, 15),))),
        Reason("lemma", 1, MarkedText("ging")),
        Reason("part", 2, MarkedText("Stahl·industrie", ((0, 5),))),
    )
    assert replace(hit, reasons=reasons).found_through == (
        MarkedText("Stahl·industrie", ((0, 5), (6, 15))),
        MarkedText("ging"),
    )


def test_marks_of_several_reasons_never_overlap() -> None:
    """A later one is cut to what no earlier one covers."""
    marks: list[tuple[tuple[int, int], ...]] = [((0, 8),), ((0, 5),), ((6, 15),), ((2, 4),)]
    hit = Hit(
        Article("a", "Titel", ""),
        MarkedText("Titel"),
        1.0,
        (),
        reasons=tuple(Reason("part", 0, MarkedText("Stahl·industrie", each)) for each in marks),
    )
    assert [each.marks for each in hit.found_through] == [((0, 5), (5, 8), (8, 15))]


def test_a_page_knows_which_query_it_answers() -> None:
    """The corrected one, where a note says so; a mere suggestion changes nothing."""
    page = ResultPage(SearchRequest("stahll"), 0, 1.0, "g", did_you_mean="stahl")
    assert page.corrected_query is None
    notes = (Note("any_words"), Note("corrected", "stahl"))
    assert replace(page, notes=notes).corrected_query == "stahl"

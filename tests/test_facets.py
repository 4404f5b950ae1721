"""The table of facets, and filters as values."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchapp.facets import (
    FACETS,
    NO_FILTERS,
    Filters,
    distinct_values,
    plain_letters,
    spelling_key,
)
from searchapp.model import Article

TAGS, YEAR = FACETS[0], FACETS[-1]


def test_equal_filters_are_one_value() -> None:
    """In whatever order and however often values were chosen facet by facet; and no key is lost."""
    one = Filters({"source": ("a",), "tags": ("x", "y", "x"), "year": ()})
    other = Filters({"tags": ("x", "y"), "source": ("a",)})
    assert one == other
    assert hash(one) == hash(other)
    assert {one, other, Filters({"tags": ("x", "y")}), Filters(any_tag=True)} == {
        one,
        Filters({"tags": ("x", "y")}),
        Filters(any_tag=True),
    }
    assert list(one.choices) == ["tags", "source"]


def test_filters_never_change() -> None:
    """Neither with the mapping that they were made of, nor by themselves."""
    choices = {"tags": ("x",)}
    filters = Filters(choices)
    choices["tags"] = ("y",)
    assert filters.chosen(TAGS) == ("x",)
    with pytest.raises(TypeError):
        filters.choices["tags"] = ("y",)  # type: ignore[index]


def test_a_choice_is_made_and_lifted() -> None:
    """Nothing else changes."""
    filters = Filters({"year": ("2024",)}, any_tag=True, date_to=dt.date.max)
    chosen = filters.choosing(TAGS, "a", "b")
    assert chosen.chosen(TAGS) == ("a", "b")
    assert chosen.without(TAGS, "a").chosen(TAGS) == ("b",)
    assert chosen.without(TAGS, "a").without(TAGS, "b") == filters
    assert filters.choosing(YEAR) == Filters(any_tag=True, date_to=dt.date.max)
    assert NO_FILTERS.without(TAGS, "a") == NO_FILTERS


def test_an_unknown_facet_is_refused() -> None:
    """A programming error is not hidden."""
    with pytest.raises(ValueError, match="colour"):
        Filters({"colour": ("red",)})


def test_only_years_have_a_form_of_their_own() -> None:
    """Leading zeros go; what is no year of the calendar is refused with a remedy."""
    assert YEAR.canonical("02024") == "2024"
    assert TAGS.canonical("02024") == "02024"
    for bad in ("", "0", "10000", "2024a", "-1", "²", "٢٠٢٤", "9" * 5000):
        with pytest.raises(ValueError, match="such as 2024"):
            YEAR.canonical(bad)


def test_an_article_has_values_in_every_facet() -> None:
    """Each once; none where it has nothing."""
    authors = ("A", "B", "A")
    article = Article("1", "t", "", ("b", "a", "b"), date=dt.date(987, 1, 2), authors=authors)
    values = {facet.name: article.facet_values(facet) for facet in FACETS}
    assert values == {
        "tags": ("b", "a"),
        "section": (),
        "source": (),
        "author": ("A", "B"),
        "year": ("987",),
    }
    empty = Article("1", "t", "")
    assert not any(empty.facet_values(facet) for facet in FACETS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straßenbau", "STRASSENBAU"),
        ("STRAẞE", "straße"),
        ("e-mail", "E‑Mail"),
        ("Äpfel", "A\u0308pfel"),
        ("Überwachung", "Ueberwachung"),
        ("Halle  (Saale)", " halle\u00a0(saale) "),
        ("Köln – Bonn", "Köln-Bonn"),
        ("SPD / FDP", "SPD/FDP"),
        ("d’Or", "d'Or"),
        ("„Die Zeit“", '"Die Zeit"'),
        ("«Die Zeit»", "“die zeit”"),
        ("ﬁnden", "finden"),
        ("A﹘B", "a-b"),
    ],
)
def test_spellings_of_one_value(one: str, other: str) -> None:
    """Case, ß, two letters for an umlaut, blanks, dashes, quotation marks, ways of Unicode."""
    assert spelling_key(one) == spelling_key(other) == spelling_key(spelling_key(one))
    assert distinct_values([one, "x", other]) == (one, "x")
    assert Filters({"tags": (one, other)}) == Filters({"tags": (one,)})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("schön", "schon"),
        ("Bär", "Bar"),
        ("C++", "C"),
        ("C#", "C"),
        ("Café", "Cafe"),
        ("A B", "AB"),
    ],
)
def test_values_that_differ_by_more(one: str, other: str) -> None:
    """A letter without its dots or accent is another one; so is a sign that is missing."""
    assert spelling_key(one) != spelling_key(other)


@given(st.text())
@example("Ä\u0308 – ÉTÉ „Maße“ ǖ İ ö\u0301")
def test_plain_letters_are_small_and_have_no_marks(value: str) -> None:
    """As Unicode decomposes them, whatever the letters are."""
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    assert plain_letters(value) == "".join(
        character for character in decomposed if not unicodedata.combining(character)
    )

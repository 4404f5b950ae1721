"""Names and types of values: what is taken, what is reported."""

from __future__ import annotations

import json

import pytest

from searchapp.corpus.records import (
    FIELD_NAMES,
    MAX_AUTHORS,
    MAX_LINE_CHARS,
    clean_id,
    field_of,
)
from tests.corpus.conftest import Read


def test_field_names_are_unambiguous_in_any_case() -> None:
    """A name means one field, in capitals, decomposed or with blanks too."""
    for field, names in FIELD_NAMES.items():
        for name in names:
            assert field_of(name) == field_of(f" {name.upper()} ") == field
    assert field_of("Schlagwo\u0308rter") == "tags"
    assert field_of("Sachgebiet") is None
    assert field_of("x" * 1_000_000) is None


def test_better_name_wins(read: Read) -> None:
    """With two names for one field the first in the table counts, empty ones never."""
    article = read("a.jsonl", '{"description": "Kurz.", "content": "Lang.", "body": ""}').article
    assert article.body == "Lang."


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("A, B; C|D\nE,,A", ("A", "B", "C", "D", "E")),
        (["  A ", "A", "a", "", "B&amp;B"], ("A", "a", "B&B")),
        ([{"name": "A"}, 5], ("A", "5")),
        ([], ()),
        (None, ()),
    ],
)
def test_tags(read: Read, value: object, tags: tuple[str, ...]) -> None:
    """A list, or a text with separators; cleaned, in order, once each, case kept."""
    outcome = read("a.jsonl", json.dumps({"title": "T", "tags": value}))
    assert outcome.article.tags == tags
    assert not outcome.problems


@pytest.mark.parametrize(
    ("record", "section", "tags"),
    [
        ({"Ressort": " Politik ", "tags": ["EU"]}, "Politik", ("EU",)),
        ({"rubrik": ["Politik", "Inland"]}, "Politik; Inland", ()),
        ({"kategorie": "Politik"}, "Politik", ("Politik",)),
        ({"categories": ["Politik", "Inland"]}, None, ("Politik", "Inland")),
        (
            {"categories": ["Politik", "Inland"], "tags": "EU"},
            "Politik",
            ("EU", "Politik", "Inland"),
        ),
        ({"category": "Politik", "section": "Meinung"}, "Meinung", ("Politik",)),
        ({"category": "EU", "tags": ["EU", "Öl"]}, "EU", ("EU", "Öl")),
        ({"section": 5}, "5", ()),
    ],
)
def test_sections(
    read: Read, record: dict[str, object], section: str | None, tags: tuple[str, ...]
) -> None:
    """Named as such, or a category that stands alone or apart from the tags. It stays a tag."""
    article = read("a.jsonl", json.dumps({"title": "T", **record})).article
    assert (article.section, article.tags) == (section, tags)


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        (["Anna", "Bert", " Anna "], ("Anna", "Bert")),
        ([{"@type": "Person", "name": "Anna"}, {"name": "Bert"}, ""], ("Anna", "Bert")),
        ({"name": "Anna"}, ("Anna",)),
        (" Anna\nB ", ("Anna B",)),
        ("Anna; Bert;", ("Anna", "Bert")),
        (["Von Anna Brandt und Bert Claasen", "dpa"], ("Anna Brandt", "Bert Claasen", "dpa")),
        (["Brandt, Anna", "Claasen, Bert"], ("Brandt, Anna", "Claasen, Bert")),
        ([], ()),
    ],
)
def test_authors(read: Read, value: object, authors: tuple[str, ...]) -> None:
    """A list has several, a text those between sure separators; each of them once."""
    article = read("a.jsonl", json.dumps({"title": "T", "authors": value})).article
    assert article.authors == authors


def test_character_references_are_no_separators(read: Read) -> None:
    """Each ends with a semicolon."""
    record = {
        "titel": "A",
        "autor": "J&uuml;rgen M&#252;ller",
        "tags": "K&uuml;ste, A &amp; B",
    }
    row = ",".join(f'"{each}"' for each in record.values())
    for article in (
        read("a.jsonl", json.dumps(record)).article,
        read("a.csv", f"titel,autor,tags\n{row}").article,
    ):
        assert article.authors == ("Jürgen Müller",)
        assert article.tags == ("Küste", "A & B")
    text = f"Titel: A\n\nText.\n\nSchlagworte: {record['tags']}\n"
    assert read("a.txt", text).article.tags == ("Küste", "A & B")


def test_too_many_authors_are_cut(read: Read) -> None:
    """With a warning, as one is whose name has no end."""
    names = [f"Autor {number}" for number in range(MAX_AUTHORS + 1)]
    many = read("a.jsonl", json.dumps({"title": "T", "author": "; ".join(names)}))
    assert many.article.authors == tuple(names[:-1])
    long = read("a.jsonl", json.dumps({"title": "T", "author": ["Anna " * 1000, "Bert"]}))
    assert long.article.authors[1] == "Bert"
    assert len(long.article.authors[0]) <= MAX_LINE_CHARS
    assert [each.severity for each in (*many.problems, *long.problems)] == ["warning"] * 2


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("title", 42, "title is a number"),
        ("title", {"de": "x"}, "title is an object"),
        ("id", ["x"], "id is a list"),
        ("date", "2024-13-45", "date '2024-13-45' is not understood"),
        ("date", 2024, "date '2024' is not understood"),
        ("date", ["5.3.2024"], "date is a list"),
        ("tags", {"a": 1}, "tags are an object"),
        ("tags", 5, "tags are a number"),
        ("tags", ["a", None, ["b"]], "a tag is"),
        ("tags", ["x" * 2000], "a tag has 2000 characters"),
        ("author", True, "author is true or false"),
        ("author", {"vorname": "Anna"}, "author is an object"),
        ("author", ["Anna", ["Bert"]], "an author is a list"),
        ("source", {"x": "y"}, "source is an object"),
        ("url", "javascript:alert(1)", "is not a web address"),
        ("url", "data:text/html,<script>", "is not a web address"),
        ("url", 'https://a.de/"onclick=', "is not a web address"),
        ("title", "T" * 10_000, "title has 10000 characters"),
    ],
)
def test_values_that_cannot_be_used_are_warned_of(
    read: Read, field: str, value: object, what: str
) -> None:
    """The article is read without them, and the report names line and remedy."""
    outcome = read("a.jsonl", json.dumps({"title": "T", "body": "Text.", field: value}))
    assert outcome.article.body == "Text."
    assert {each.severity for each in outcome.problems} == {"warning"}
    assert f"a.jsonl:1: {what}" in str(outcome.problems[0]) or what in str(outcome.problems[0])


def test_ids(read: Read) -> None:
    """Numbers are ids; records without one are numbered by line; long ones stay different."""
    outcome = read("liste.jsonl", '{"id": 7, "title": "A"}\n\n{"title": "B"}\n')
    assert [each.id for each in outcome.articles] == ["7", "liste-3"]
    assert not outcome.problems
    assert clean_id("a\x00b\nc\u202ed\ue000") == "ab cd"
    long_ids = {clean_id("x" * 300 + end) for end in "ab"}
    assert len(long_ids) == 2
    assert {len(each) for each in long_ids} == {200}


def test_text_is_cleaned_once_for_all_formats(read: Read) -> None:
    """Soft hyphens, entities, decomposed umlauts and lone surrogates."""
    article = read(
        "a.jsonl", r'{"title": "Sta\u00adhl &amp; Gru\u0308n\ud800", "body": "a\u2011b"}'
    )
    assert article.article.title == "Stahl & Grün"
    assert article.article.body == "a-b"

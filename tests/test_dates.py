"""A date is read as it is written, in the same forms everywhere, or not at all."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from searchapp.commands import search_commands
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.records import article_from_record
from searchapp.dates import (
    Period,
    article_day,
    is_no_day,
    parse_day,
    parse_period,
    parse_range,
)
from searchapp.errors import Problem
from searchapp.query import parse_query
from searchapp.query.tree import DateRange
from searchapp.web import url_state

MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
          "Oktober", "November", "Dezember")  # fmt: skip

DAYS = {
    "2024-03-05": [
        "2024-03-05",
        "2024-3-5",
        "2024/03/05",
        "20240305",
        "2024-03-05T23:59:59Z",
        "20240305T101500Z",
        "20240305T1015+0100",
        "20240305101500",
        "2024-03-05+01:00",
        "2024-03-05Z",
        "2024.03.05",
        "05-MAR-2024",
        "5-Mrz-2024 10:15",
        "Tuesday, 05-Mar-24 10:15:00 GMT",
        "Tue Mar  5 10:15:00 2024",
        "Tue Mar 05 10:15:00 +0000 2024",
        "Stand: 5. März 2024, 10 Uhr",
        "Veröffentlicht am 5. März 2024",
        "Erschienen: 05.03.2024 10:15",
        "2024-03-05T00:30:00.123+02:00",
        "2024-03-05 10:15",
        "5.3.2024",
        "05.03.2024",
        "5. 3. 2024",
        "5.\u00a03.\u00a02024",
        "05.03.24",
        "5.3.24, 10:15 Uhr",
        "5.3.2024, 10:15 Uhr",
        "05.03.2024 | 10:15 Uhr",
        "05.03.2024 – 10.15 Uhr",
        "5. März 2024",
        "5. Ma\u0308rz 2024",
        "5. Maerz 2024",
        "5. Mrz. 2024",
        "5.März 2024",
        "Dienstag, 5. März 2024",
        "Di., 5. März 2024 um 10 Uhr",
        "Di 5.3.2024",
        "Dienstag, den 5. März 2024",
        "Wien, am 5. März 2024",
        "vom 5. März 2024",
        "Stand 5.3.2024",
        "5 March 2024",
        "March 5, 2024",
        "Mar 5, 2024",
        "Mar 5th, 2024",
        "Tue, 05 Mar 2024 10:15:00 +0100",
        "Tue, 05 Mar 2024 10:15:00 GMT",
        "Tue, 05 Mar 24 10:15:00 GMT",
        "  2024-03-05\n",
    ],
    "2024-01-16": ["16. Januar 2024", "16. Jän. 2024", "16. Jänner 2024", "16. Jaenner 2024"],
    "2024-02-01": ["1. Februar 2024", "1. Febr. 2024", "1. Feb. 2024", "Do, 1. Feber 2024"],
    "2024-09-30": ["30. Sept. 2024", "30. Sep 2024", "30 September 2024", "SEPT. 30, 2024"],
    "2024-12-24": ["24. Dez. 2024", "24. Dezember 2024", "Di, 24 Dez 2024 18:00:00 +0100"],
    "1950-01-01": ["01.01.50"],
    "2049-12-31": ["31.12.49"],
}
"""What names one day; all of it is read in every place."""

PERIODS = {
    ("2024-02-01", "2024-02-29"): [
        *("2024-02", "2024-2", "02.2024", "2.2024", "2. 2024"),
        *("Februar 2024", "Febr. 2024", "Feber 2024", "February 2024", "FEB 2024"),
    ],
    ("2023-12-01", "2023-12-31"): ["12.2023", "Dez. 2023", "12/2023"],
    ("2024-01-01", "2024-12-31"): ["2024", " 2024 "],
    ("9999-01-01", "9999-12-31"): ["9999"],
}
"""What names a month or a year; no article has one as its date."""

REFUSED = [
    "Am 16. Januar",
    "16. Januar",
    "Januar",
    "Januar 24",
    "3.24",
    "24",
    "5. März 24",
    "5. Mai 10 - 12 Uhr",
    "5.3. 10 - 12 Uhr",
    "03/05/2024",
    "2011/12",
    "202403",
    "24-03-05",
    "30. Februar 2024",
    "31.2.24",
    "2024-13-01",
    "2024-00",
    "13.2024",
    "13/2024",
    "1/24",
    "2024/1",
    "0.1.2024",
    "0000",
    "0000-00-00 00:00:00",
    "0000-01-01",
    "-2024",
    "gestern",
    "5. Brumaire 2024",
    "Brumaire 2024",
    "bis 5.3.2024",
    "nach 5. März 2024",
    "2024-03-05 bis 2024-03-07",
    "05.03.2024 - 07.03.2024",
    "5" * 10_000,
    "٥.٣.2024",
    "٢٠٢٤",
]
"""What has no meaning, or more than one."""

LINES = {
    "5. März 2024 (aktualisiert am 6. März 2024)": "2024-03-05",
    "Aktualisiert: 6.3.2024, erstellt: 5.3.2024": "2024-03-05",
    "Zuletzt geändert am 6.3.2024": "2024-03-06",
    "Von Eva Moll | 05.03.2024 | Stand: 10:15 Uhr": "2024-03-05",
    "gültig bis 7.3.2024, erschienen 5.3.2024": "2024-03-05",
    "aus Heft 3, March 5, 2024, Seite 7": "2024-03-05",
    "1709632800": "2024-03-05",
    "1709632800000": "2024-03-05",
    "vom 31.2.2024": None,
    "Heft 12.3.2024.7": "2024-03-12",
    "03/05/2024, 2024": None,
    "x" * 1000 + " 5.3.2024": None,
}
"""Lines in sources, and the day of the article."""

ANY_DAY = [(text, dt.date.fromisoformat(day)) for day, texts in DAYS.items() for text in texts]
ANY_PERIOD = [(text, Period(day, day)) for text, day in ANY_DAY] + [
    (text, Period(*map(dt.date.fromisoformat, days)))
    for days, texts in PERIODS.items()
    for text in texts
]


def of_an_article(text: str) -> dt.date | None:
    """The date of an article whose source gives it as a text."""
    problems: list[Problem] = []
    file = ArticleFile(Path("a.jsonl"), report=problems.append)
    article = article_from_record({"title": "Titel", "date": text}, file, fallback_id="a")
    assert article is not None
    assert bool(problems) == (article.date is None)
    return article.date


def of_a_query(text: str) -> Period | None:
    """The days of a date in a query; quotation marks hold its spaces together."""
    tree = parse_query(f'datum:"{text}"', max_chars=100_000, max_words=10, max_wildcards=10).tree
    if not isinstance(tree, DateRange):
        return None
    assert tree.start is not None
    assert tree.end is not None
    return Period(tree.start, tree.end)


def of_a_url(text: str) -> Period | None:
    """The days of the parameters of page and API."""
    try:
        request = url_state.parse(MultiDict([("from", text), ("to", text)]))
    except url_state.BadParameter:
        return None
    assert request.filters.date_from is not None
    assert request.filters.date_to is not None
    return Period(request.filters.date_from, request.filters.date_to)


def of_a_command(text: str) -> Period | None:
    """The days of the options of `searchapp search`."""
    try:
        arguments = ["x", f"--from={text}", f"--to={text}"]
        chosen = search_commands.search.make_context("search", arguments).params
    except click.BadParameter:
        return None
    assert isinstance(chosen["since"], Period)
    assert chosen["since"] == chosen["until"]
    return chosen["since"]


DOORS = pytest.mark.parametrize("read", [parse_period, of_a_query, of_a_url, of_a_command])


@pytest.mark.parametrize(("text", "day"), ANY_DAY)
def test_an_article_has_the_day_that_its_source_names(text: str, day: dt.date) -> None:
    """Every usual German, English, ISO and mail form names one day."""
    assert parse_day(text) == day
    assert of_an_article(text) == day


@pytest.mark.parametrize(("line", "day"), LINES.items())
def test_the_first_sure_day_of_a_line_counts(line: str, day: str | None) -> None:
    """Not the end of a period, and the day of a change only if there is no other."""
    expected = dt.date.fromisoformat(day) if day else None
    assert article_day(line) == expected
    assert of_an_article(line) == expected


@pytest.mark.parametrize(
    ("number", "day"),
    [
        (1709632800, "2024-03-05"),
        (1709632800123, "2024-03-05"),
        (1709632800.5, "2024-03-05"),
        (1709593200, "2024-03-05"),  # midnight in Germany
        (1709596800, "2024-03-05"),  # midnight in Greenwich
        (1720044000, "2024-07-04"),  # midnight in summer
        (20240305, "2024-03-05"),
        (2024, None),
        (-1, None),
        (10**400, None),
        (math.nan, None),
        (math.inf, None),
    ],
)
def test_numbers_are_days_or_seconds(number: float, day: str | None) -> None:
    """Seconds or milliseconds since 1970, as it was then in Germany."""
    assert article_day(number) == (dt.date.fromisoformat(day) if day else None)


@DOORS
def test_readers_type_the_same_forms_everywhere(read: Callable[[str], Period | None]) -> None:
    """Query, address and command line read what articles are dated with, and months and years."""
    assert {text: read(text) for text, _ in ANY_PERIOD} == dict(ANY_PERIOD)


@DOORS
def test_a_date_is_never_guessed(read: Callable[[str], Period | None]) -> None:
    """What has no year, no such day or two meanings is no date anywhere."""
    assert [text for text in REFUSED if read(text)] == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("29.2.2023", True),
        ("31. April 2023", True),
        ("2023-06-31", True),
        ("0.5.2023", True),
        ("14/2023", True),
        ("29.2.2024", False),
        ("5/2023", False),
        ("31.4.", False),
        ("neulich", False),
        ("1" * 1000, False),
    ],
)
def test_a_day_that_no_month_has_is_told_from_nonsense(text: str, missing: bool) -> None:
    """So that a reader learns what is wrong with it."""
    assert is_no_day(text) == missing


def test_an_article_is_of_one_day() -> None:
    """A month or a year is not taken for its first day."""
    for text in [*REFUSED, *(text for texts in PERIODS.values() for text in texts)]:
        assert of_an_article(text) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2023..2024-06", "2023-01-01", "2024-06-30"),
        ("2023 … 16. Jänner 2024", "2023-01-01", "2024-01-16"),
        ("Jän. 2023...Dez. 2023", "2023-01-01", "2023-12-31"),
        ("2024..2023", "2023-01-01", "2024-12-31"),
        ("2024..2024-06", "2024-01-01", "2024-06-30"),
        ("2024-03-05 10:15..6.3.2024", "2024-03-05", "2024-03-06"),
        ("..16.01.24", None, "2024-01-16"),
        ("2023..", "2023-01-01", None),
    ],
)
def test_a_range_holds_both_its_ends(text: str, first: str | None, last: str | None) -> None:
    """One end may be missing; two in the wrong order are swapped."""
    days = tuple(dt.date.fromisoformat(day) if day else None for day in (first, last))
    assert parse_range(text) == days


@pytest.mark.parametrize("text", ["", "..", "1..2..3", "2020..2021..2022", "2024..gestern"])
def test_a_range_has_one_or_two_ends(text: str) -> None:
    """And each of them is a date."""
    assert parse_range(text) is None


@given(st.dates())
def test_every_day_is_read_in_iso_and_german_form(day: dt.date) -> None:
    """All days of all years, in the forms that editors write."""
    assert parse_day(day.isoformat()) == day
    assert parse_day(f"{day.day}.{day.month}.{day.year:04}") == day
    assert parse_day(f"{day.day}. {MONTHS[day.month - 1]} {day.year:04}") == day


@given(st.text())
def test_no_text_raises(text: str) -> None:
    """Dates come from strangers."""
    assert parse_day(text) is None or isinstance(parse_day(text), dt.date)
    assert parse_range(text) is None or isinstance(parse_range(text), tuple)

"""A date is read as it is written, or not at all."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.dates import parse_date

MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
          "Oktober", "November", "Dezember")  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05",
        "2024-3-5",
        "2024/03/05",
        "20240305",
        "2024-03-05T23:59:59Z",
        "2024-03-05T00:30:00.123+02:00",
        "2024-03-05 10:15",
        "5.3.2024",
        "05.03.2024",
        "5. 3. 2024",
        "5.3.2024, 10:15 Uhr",
        "5. März 2024",
        "5. Maerz 2024",
        "5.März 2024",
        "Dienstag, 5. März 2024",
        "Di., 5. März 2024 um 10 Uhr",
        "Dienstag, den 5. März 2024",
        "5 March 2024",
        "March 5, 2024",
        "Mar 5, 2024",
        "Mar 5th, 2024",
        "Tue, 05 Mar 2024 10:15:00 +0100",
        "Tue, 05 Mar 2024 10:15:00 GMT",
        "  2024-03-05\n",
    ],
)
def test_one_day_in_its_many_forms(text: str) -> None:
    """Every usual German, English, ISO and mail form names the same day."""
    assert parse_date(text) == dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    ("text", "month"),
    [("1. Jänner 2024", 1), ("1. Feber 2024", 2), ("1. Sept. 2024", 9), ("1. Dez. 2024", 12)],
)
def test_austrian_and_short_month_names(text: str, month: int) -> None:
    """Month names differ by country and by length."""
    assert parse_date(text) == dt.date(2024, month, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Am 16. Januar",
        "16. Januar",
        "Januar 2024",
        "2024",
        "2024-03",
        "5.3.24",
        "03/05/2024",
        "30. Februar 2024",
        "2024-13-01",
        "0000-00-00 00:00:00",
        "0000-01-01",
        "gestern",
        "5. Brumaire 2024",
        "1709632800",
        "2024-03-05 bis 2024-03-07",
        "5" * 10_000,
        "٥.٣.2024 x",
    ],
)
def test_a_date_is_never_guessed(text: str) -> None:
    """What does not name a day of a year in full, and in one way only, gives none."""
    assert parse_date(text) is None


@given(st.dates())
def test_every_day_is_read_in_iso_and_german_form(day: dt.date) -> None:
    """All days of all years, in the forms that editors write."""
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.day}.{day.month}.{day.year:04}") == day
    assert parse_date(f"{day.day}. {MONTHS[day.month - 1]} {day.year:04}") == day


@given(st.text())
def test_no_text_raises(text: str) -> None:
    """Dates come from strangers."""
    assert parse_date(text) is None or isinstance(parse_date(text), dt.date)

"""Dates as people, feeds and files write them. A date is read as it is written, or not at all.

Which day does a text name? `parse_day`. Which days are a year, a month or a day? `parse_period`.
Which days are in "2023..2024-06"? `parse_range`.

Day: 2024-01-16, 2024/01/16, 20240116, 16.1.2024, 16. 1. 2024, 16.01.24, 16. Januar 2024,
Jan 16, 2024, each also after a weekday or a place ("Di., 16.1.2024", "Wien, am 16. Jänner 2024")
and before a time of day ("2024-01-16T10:15:00Z", "16.1.2024 | 10:15 Uhr"), and the form of mail
and feeds ("Tue, 16 Jan 2024 10:15:00 +0100"). Month: 2024-01, 1.2024, Januar 2024. Year: 2024.
Names of months are German, Austrian or English, whole or abbreviated.

Refused because they can mean two things: 01/02/2024 (January or February), a day without a year,
and two-digit years anywhere but in "16.01.24" and in the form of mail.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

_MONTH_NAMES = (
    "januar jänner jaenner jan jän jaen january",
    "februar feber feb febr february",
    "märz maerz mär maer mrz march mar",
    "april apr",
    "mai may",
    "juni jun june",
    "juli jul july",
    "august aug",
    "september sept sep",
    "oktober okt october oct",
    "november nov",
    "dezember dez december dec",
)
_MONTH_NUMBERS = {name: n for n, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_WEEKDAYS = (
    "mo|di|mi|do|fr|sa|so|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|sonnabend|"
    "(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)

_YEAR = r"(?P<year>[0-9]{4})"
_SHORT_YEAR = r"(?P<short_year>[0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})"
_MONTH = r"(?P<month>[0-9]{1,2})"
_MONTH_NAME = r"(?P<month_name>[a-zä]{3,9})\.?"
# A word before a comma may be a place. Other words would change the meaning: "bis 5.3.2024".
_LEAD = rf"(?:(?:(?:{_WEEKDAYS})\.?,?|[^\W\d_]{{2,30}}\.?,)\s+)?(?:(?:am|vom|stand|den|dem|on)\s+)?"
# Whatever follows the time of day (a zone, an addition) leaves the day as it is; a second date
# ("16.01.2024 - 18.01.2024") is no time of day.
_CLOCK = (
    r"(?:T[0-9]{4,6}(?![0-9]).*"
    r"|[T,;|\s]\s*(?:um\s+|at\s+|[-–|]\s+)?[0-9]{1,2}(?:[:.][0-9]{2}(?![0-9]|\.[0-9]).*|\s*Uhr.*))?"
)

_DAY_FORMS = (
    rf"{_YEAR}-{_MONTH}-{_DAY}{_CLOCK}",
    rf"{_YEAR}/{_MONTH}/{_DAY}{_CLOCK}",
    rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}}){_CLOCK}",
    rf"{_LEAD}{_DAY}\.\s?{_MONTH}\.(?:\s?{_YEAR}|{_SHORT_YEAR}){_CLOCK}",
    rf"{_LEAD}{_DAY}\.?\s*{_MONTH_NAME},?\s+{_YEAR}{_CLOCK}",
    rf"{_LEAD}{_MONTH_NAME}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}{_CLOCK}",
    rf"(?:(?:{_WEEKDAYS}),\s+)?{_DAY}\s+{_MONTH_NAME}\s+{_SHORT_YEAR}\s+[0-9]{{2}}:[0-9]{{2}}.*",
)
_PERIOD_FORMS = (
    rf"{_YEAR}(?:-{_MONTH})?",
    rf"{_MONTH}\.\s?{_YEAR}",
    rf"{_MONTH_NAME}\s+{_YEAR}",
)


_RANGE_SIGN = re.compile(r"\.{2,3}|…")
_MAX_CHARS = 100
_FIRST_SHORT_YEAR = 1950
"""The earliest year that two digits mean: 50 is 1950 and 49 is 2049, as in mail (RFC 5322, 4.3).
Fixed, so that a file means the same whenever it is read."""


class Period(NamedTuple):
    """A day, a month or a year: its first and its last day."""

    first: dt.date
    last: dt.date


def parse_day(text: str) -> dt.date | None:
    """The one day that a text names with its year, or None. A time of day may follow.

    The day is the one that is written, in its own time zone.
    """
    period = _parse(text, _DAY_FORMS)
    return period.first if period else None


def parse_period(text: str) -> Period | None:
    """The days of the day, month or year that a text names, or None."""
    return _parse(text, _DAY_FORMS) or _parse(text, _PERIOD_FORMS)


def parse_range(text: str) -> tuple[dt.date | None, dt.date | None] | None:
    """The first and the last day of a period, or of a range such as "2023..2024-06".

    One end of a range may be missing: it is None then. Ends in the wrong order are swapped.
    Returns None if the text is neither.
    """
    ends = [end.strip() for end in _RANGE_SIGN.split(text)]
    if len(ends) > 2 or not any(ends):
        return None
    periods = [parse_period(end) for end in ends if end]
    first, last = periods[0], periods[-1]
    if first is None or last is None:
        return None
    if first.first > last.first:
        first, last = last, first
    return first.first if ends[0] else None, last.last if ends[-1] else None


def _parse(text: str, forms: Iterable[str]) -> Period | None:
    text = unicodedata.normalize("NFC", text.strip()) if len(text) <= _MAX_CHARS else ""
    for form in forms:
        if match := _compiled(form).fullmatch(text):
            try:
                return _period({name: part for name, part in match.groupdict().items() if part})
            except ValueError:  # there is no such day
                return None
    return None


@cache
def _compiled(form: str) -> re.Pattern[str]:
    # When it is first needed: most commands meet no date, and all of them take time to start.
    return re.compile(form, re.DOTALL | re.IGNORECASE)


def _period(parts: dict[str, str]) -> Period:
    """The period of the parts of a date, by the names of the groups above. Raises ValueError."""
    if "short_year" in parts:
        year = _FIRST_SHORT_YEAR + (int(parts["short_year"]) - _FIRST_SHORT_YEAR) % 100
    else:
        year = int(parts["year"])
    first_month, last_month = 1, 12
    if "month_name" in parts:
        first_month = last_month = _MONTH_NUMBERS.get(parts["month_name"].lower(), 0)
    elif "month" in parts:
        first_month = last_month = int(parts["month"])
    first = dt.date(year, first_month, 1)
    if "day" in parts:
        day = first.replace(day=int(parts["day"]))
        return Period(day, day)
    return Period(first, dt.date(year, last_month, calendar.monthrange(year, last_month)[1]))

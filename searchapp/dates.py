"""Dates as people, feeds and files write them. A date is read as it is written, or not at all.

Which day does a text name? `parse_day`. Which day is an article of? `article_day`. Which days are a
year, a month or a day? `parse_period`. Which days are in "2023..2024-06"? `parse_range`.

Day: 2024-01-16, 2024/01/16, 2024.01.16, 20240116, 16.1.2024, 16. 1. 2024, 16.01.24,
16. Januar 2024, 16-Jan-2024, Jan 16, 2024, each also after a weekday, a place or a label ("Di.,
16.1.2024", "Wien, am 16. Jänner 2024", "Stand: 16.1.24") and before a time of day
("2024-01-16T10:15:00Z", "20240116T1015+0100", "16.1.2024 | 10:15 Uhr"), and the forms of mail,
feeds and logs ("Tue, 16 Jan 2024 10:15:00 +0100", "Tue Jan 16 10:15:00 2024"). Month: 2024-01,
1.2024, 1/2024, Januar 2024. Year: 2024. Names of months are German, Austrian or English, whole or
abbreviated.

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
from zoneinfo import ZoneInfo

_MONTH_NAMES = (
    "januar jänner jaenner jan jän jaen jänn january",
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
_LEAD = (
    r"(?:(?:stand|datum|date|veröffentlicht|erschienen|erstellt|publiziert|published|posted)"
    r"(?::|(?=\s+(?:am|vom|on)\s))\s*)?"
    rf"(?:(?:(?:{_WEEKDAYS})\.?,?|[^\W\d_]{{2,30}}\.?,)\s+)?(?:(?:am|vom|stand|den|dem|on)\s+)?"
)
# Whatever follows the time of day (a zone, an addition) leaves the day as it is; a second date
# ("16.01.2024 - 18.01.2024") is no time of day.
_CLOCK = (
    r"(?:T[0-9]{4,6}(?![0-9]).*"
    r"|[T,;|\s]\s*(?:um\s+|at\s+|[-–|]\s+)?[0-9]{1,2}(?:[:.][0-9]{2}(?![0-9]|\.[0-9]).*|\s*Uhr.*))?"
)
_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})"
_ZONED_CLOCK = rf"(?:{_ZONE}|{_CLOCK})"

_DAY_FORMS = (
    rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONED_CLOCK}",
    rf"{_YEAR}/{_MONTH}/{_DAY}{_CLOCK}",
    rf"{_YEAR}\.{_MONTH}\.{_DAY}\.?{_CLOCK}",
    rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})(?:[0-9]{{6}}|{_ZONED_CLOCK})",
    rf"{_LEAD}{_DAY}\.\s?{_MONTH}\.(?:\s?{_YEAR}|{_SHORT_YEAR}){_CLOCK}",
    rf"{_LEAD}{_DAY}\.?\s*{_MONTH_NAME},?\s+{_YEAR}{_CLOCK}",
    rf"{_LEAD}{_DAY}-{_MONTH_NAME}-{_YEAR}{_CLOCK}",
    rf"{_LEAD}{_MONTH_NAME}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}{_CLOCK}",
    rf"(?:(?:{_WEEKDAYS})\.?,\s+)?{_DAY}[\s-]{_MONTH_NAME}[\s-]{_SHORT_YEAR}\s+[0-9]{{2}}:[0-9]{{2}}.*",
    rf"(?:(?:{_WEEKDAYS})\s+)?{_MONTH_NAME}\s+{_DAY}\s+[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\s+"
    rf"(?:[A-Z]{{3,4}}\s+|[+-][0-9]{{4}}\s+)?{_YEAR}",
)
# One day anywhere in a text; what is around it is looked at by `_first_day`.
_DAY_WITHIN = (
    rf"(?<![0-9/.:-]){_YEAR}-{_MONTH}-{_DAY}(?![0-9])",
    rf"(?<![0-9/.:-]){_DAY}\.\s?{_MONTH}\.(?:\s?{_YEAR}|{_SHORT_YEAR})(?![0-9])",
    rf"(?<![0-9/.:-]){_DAY}\.?\s?{_MONTH_NAME}\s{_YEAR}(?![0-9])",
    rf"(?<![^\W\d_]){_MONTH_NAME}\s{_DAY}(?:st|nd|rd|th)?,\s{_YEAR}(?![0-9])",
)
_NOT_ITSELF = r"\b(?:bis|nach|vor|seit|ab|until|till|before|after|since)\s+(?:(?:zum|dem|den)\s+)?$"
_CHANGED = r"\b(?:aktualisiert|geändert|änderung|updated?|modified|changed)\W+(?:(?:am|on)\s+)?$"
_PERIOD_SIGN = r"\s*(?:[-–—]|bis|to|until|till)\s*(?:zum\s+)?[0-9]"
_PERIOD_FORMS = (
    rf"{_YEAR}(?:-{_MONTH})?",
    rf"{_MONTH}(?:\.\s?|/){_YEAR}",
    rf"{_MONTH_NAME}\s+{_YEAR}",
)


_RANGE_SIGN = re.compile(r"\.{2,3}|…")
_MAX_CHARS = 100
_MAX_LINE_CHARS = 300
_TIMESTAMPS_S = range(10**8, 2**32)
"""Numbers that are seconds since 1970: from 1973 on, so that none is a day as 20240116."""
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


def article_day(value: str | float) -> dt.date | None:
    """The day that a source gives for an article, or None.

    A text that names a day, or a line of several: the first of them, if it is no period and no
    limit ("5.3.2024 (aktualisiert am 7.3.2024)", not "bis 5.3.2024"). A number, or a text of its
    digits, as 20240116, or as seconds or milliseconds since 1970: these have no zone, and the day
    is the one that it was in Germany.
    """
    if isinstance(value, str):
        day = parse_day(value)
        if day is None and len(value) <= _MAX_LINE_CHARS:
            day = _first_day(" ".join(unicodedata.normalize("NFC", value).split()))
        if day is not None or not re.fullmatch(r"\s*[0-9]{9,13}\s*", value, re.ASCII):
            return day
        value = int(value)
    elif value in range(10**7, 10**8):
        return parse_day(str(int(value)))
    seconds = value // 1000 if value >= _TIMESTAMPS_S.stop else value
    if not _TIMESTAMPS_S.start <= seconds < _TIMESTAMPS_S.stop:
        return None
    return dt.datetime.fromtimestamp(seconds, ZoneInfo("Europe/Berlin")).date()


def _first_day(line: str) -> dt.date | None:
    """The first day that is named in a line, if no other words change what it means.

    The day of a change counts only if there is no other.
    """
    found = []
    for match in (match for form in _DAY_WITHIN for match in _compiled(form).finditer(line)):
        before = line[: match.start()]
        if not _compiled(_NOT_ITSELF).search(before):
            found.append((bool(_compiled(_CHANGED).search(before)), match.start(), match))
    for _, _, match in sorted(found, key=lambda each: each[:2]):
        if _compiled(_PERIOD_SIGN).match(line, match.end()):
            return None
        period = _period_of(match)
        return period.first if period else None
    return None


def parse_period(text: str) -> Period | None:
    """The days of the day, month or year that a text names, or None."""
    return _parse(text, _DAY_FORMS) or _parse(text, _PERIOD_FORMS)


def is_no_day(text: str) -> bool:
    """Whether a text has the form of a date, but the calendar has no such day: 31.2.2024."""
    text = _normalized(text)
    forms = (*_DAY_FORMS, *_PERIOD_FORMS)
    return parse_period(text) is None and any(_compiled(form).fullmatch(text) for form in forms)


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
    text = _normalized(text)
    for form in forms:
        if match := _compiled(form).fullmatch(text):
            return _period_of(match)
    return None


def _normalized(text: str) -> str:
    """A text as the forms above have it; no text that is too long for a date."""
    return unicodedata.normalize("NFC", text.strip()) if len(text) <= _MAX_CHARS else ""


def _period_of(match: re.Match[str]) -> Period | None:
    """The period that a form of a date matched; None if there is no such day."""
    try:
        return _period({name: part for name, part in match.groupdict().items() if part})
    except ValueError:
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

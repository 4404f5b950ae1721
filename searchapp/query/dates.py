"""Dates as readers type them: years, months, days, and ranges of these."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_POINT_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?",
        r"(?:(?:(?P<day>[0-9]{1,2})\.)?(?P<month>[0-9]{1,2})\.)(?P<year>[0-9]{4})",
    )
)
_RANGE_SIGN = re.compile(r"\.{2,3}|…")


def parse_date_range(text: str) -> tuple[dt.date | None, dt.date | None] | None:
    """The first and the last day that a text such as "2023..2024-06" means, both inclusive.

    A point is a year, a month (2024-03, 03.2024) or a day (2024-03-05, 5.3.2024). In a range one
    end may be missing: it is None then. Ends in the wrong order are swapped.
    Returns None if the text is nothing of this, or no such day exists.
    """
    ends = _RANGE_SIGN.split(text)
    if len(ends) > 2 or not any(ends):
        return None
    points = [_parse_point(end) if end else (None, None) for end in ends]
    first, last = points[0], points[-1]
    if first is None or last is None:
        return None
    if first[0] and last[0] and first[0] > last[0]:
        first, last = last, first
    return first[0], last[1]


def _parse_point(text: str) -> tuple[dt.date, dt.date] | None:
    for form in _POINT_FORMS:
        if match := form.fullmatch(text):
            year, month, day = (int(match[part] or 0) for part in ("year", "month", "day"))
            try:
                start = dt.date(year, month or 1, day or 1)
            except ValueError:
                return None
            last_month = month or 12
            last_day = day or calendar.monthrange(year, last_month)[1]
            return start, dt.date(year, last_month, last_day)
    return None

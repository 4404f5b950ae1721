"""How many of some articles are of each day, month or year, or of longer periods.

The years have been counted for the facet already; days are looked at only where there are few
years. So no period needs a column of its own, and no date, however odd, makes a long list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from searchapp.engines.evaluation.doc_set import Integers
from searchapp.facets import Filters
from searchapp.model import DateStep, Histogram, PeriodCount

MAX_BARS = 60
"""Of years and longer periods; of days there can be 92, in three months."""
MONTHS_BY_DAY = 3
MONTHS_BY_MONTH = 36
"""Dates that are fewer whole months apart are counted by day, or by month."""

_YEARS_OF: dict[DateStep, int] = {"year": 1, "decade": 10, "century": 100, "millennium": 1000}


def date_histogram(
    filters: Filters, total: int, years: Mapping[int, int], days: Callable[[], Integers]
) -> Histogram:
    """The histogram of some documents. total: their number, also of those without a date.

    years: how many are of each year, none with 0. days: gives the day numbers of those with a date.
    """
    undated = total - sum(years.values())
    if not years:
        return Histogram(undated=undated)
    histogram = None
    if max(years) - min(years) <= MONTHS_BY_MONTH // 12:
        histogram = _of_days(days())
    step, periods = histogram or _of_years(years)
    first, last = filters.date_from or dt.date.min, filters.date_to or dt.date.max
    if filters.has_dates:
        periods = [
            PeriodCount(max(each.first, first), min(each.last, last), each.count)
            for each in periods
        ]
    return Histogram(step, tuple(periods), undated)


def _of_days(days: Integers) -> tuple[DateStep, list[PeriodCount]] | None:
    """By day or month; None if the dates are too far apart. days: not empty, all with a date."""
    first_day, last_day = int(days.min()), int(days.max())
    first, last = dt.date.fromordinal(first_day), dt.date.fromordinal(last_day)
    months = _months_between(first, last)
    if months >= MONTHS_BY_MONTH:
        return None
    counts = np.bincount(days - first_day)
    if months < MONTHS_BY_DAY:
        dates = map(dt.date.fromordinal, range(first_day, last_day + 1))
        return "day", [
            PeriodCount(day, day, count) for day, count in zip(dates, counts.tolist(), strict=True)
        ]
    periods = list(_months(first, last))
    starts = [max(0, start.toordinal() - first_day) for start, _ in periods]
    counts = np.add.reduceat(counts, starts)
    return "month", [
        PeriodCount(*ends, count) for ends, count in zip(periods, counts.tolist(), strict=True)
    ]


def _months_between(first: dt.date, last: dt.date) -> int:
    """How many whole months lie between two days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)


def _months(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """The first and the last day of each month from one day to another."""
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        start = dt.date(number // 12, number % 12 + 1, 1)
        # 31 days on is in the next month, whose first day follows the last of this one.
        end = dt.date.max if start.year == dt.MAXYEAR and start.month == 12 else None
        if end is None:
            following = start + dt.timedelta(days=31)
            end = following - dt.timedelta(days=following.day)
        yield start, end


def _of_years(years: Mapping[int, int]) -> tuple[DateStep, list[PeriodCount]]:
    """By the shortest of the longer periods of which there are not too many."""
    for step, size in _YEARS_OF.items():  # noqa: B007
        first, last = min(years) // size, max(years) // size
        if last - first < MAX_BARS:
            break
    counts = dict.fromkeys(range(first, last + 1), 0)
    for year, count in years.items():
        counts[year // size] += count
    return step, [
        PeriodCount(
            dt.date(max(number * size, dt.MINYEAR), 1, 1),
            dt.date(number * size + size - 1, 12, 31),
            count,
        )
        for number, count in counts.items()
    ]

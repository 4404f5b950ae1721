"""The calendar periods beside a chosen one: the years beside a year, the days beside a day.

What is chosen hides what is outside of it, so that the articles around are counted once more. They
are looked for as near as a histogram of them has no longer periods than the chosen one; these are
added up, so that a count is the total of the search within that period.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from searchapp.model import Histogram, PeriodCount

_MONTHS_AND_REACH = ((0, 40), (1, 17), (12, 29), (120, 2), (1_200, 2), (12_000, 2))
"""How many months each kind of period has (0 is a day), and how many are looked at to each side.

A histogram has days below three months, months below three years, and at most 60 longer periods.
"""


class Neighbours(NamedTuple):
    """The nearest periods with articles; None where there are none near."""

    before: PeriodCount | None = None
    after: PeriodCount | None = None


def neighbours(
    first: dt.date, last: dt.date, histogram: Callable[[dt.date, dt.date], Histogram]
) -> Neighbours:
    """The neighbours of two days that begin and end a calendar period; none of other days.

    histogram: that of the same search within two other days.
    """
    kinds = (
        (months, reach)
        for months, reach in _MONTHS_AND_REACH
        if _ends(_number(first, months), months) == (first, last)
    )
    kind = next(kinds, None)
    if kind is None:
        return Neighbours()
    months, reach = kind
    here = _number(first, months)
    since, _ = _ends(max(here - reach, _number(dt.date.min, months)), months)
    _, until = _ends(min(here + reach, _number(dt.date.max, months)), months)
    counts: Counter[int] = Counter()
    for each in histogram(since, until).periods:
        counts[_number(each.first, months)] += each.count
    occurring = [number for number, count in counts.items() if count]
    before = max((number for number in occurring if number < here), default=None)
    after = min((number for number in occurring if number > here), default=None)
    return Neighbours(
        *(
            None if number is None else PeriodCount(*_ends(number, months), counts[number])
            for number in (before, after)
        )
    )


def _number(day: dt.date, months: int) -> int:
    """The number of the period that a day lies in; those of the next ones follow it."""
    return (day.year * 12 + day.month - 1) // months if months else day.toordinal()


def _ends(number: int, months: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of a period, as far as there are dates."""
    if not months:
        day = dt.date.fromordinal(number)
        return day, day
    return _first_day(number * months), _last_day((number + 1) * months - 1)


def _first_day(month: int) -> dt.date:
    return max(dt.date.min, dt.date(max(month // 12, dt.MINYEAR), month % 12 + 1, 1))


def _last_day(month: int) -> dt.date:
    if month >= dt.MAXYEAR * 12 + 11:
        return dt.date.max
    return _first_day(month + 1) - dt.timedelta(1)

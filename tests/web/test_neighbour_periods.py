"""The periods beside a calendar period, by a plain scan of all dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.facets import Filters
from searchapp.model import Article, Histogram, PeriodCount
from searchapp.web.neighbour_periods import neighbours
from tests.oracle import Oracle

days = st.dates(dt.date.min, dt.date.max)
distances = st.integers(-4000, 4000) | st.integers(-60, 60) | st.integers(-700_000, 700_000)
lengths = st.sampled_from(("day", "month", *(1, 10, 100, 1000)))


def histogram_of(dates: Sequence[dt.date]) -> Callable[[dt.date, dt.date], Histogram]:
    oracle = Oracle([Article(f"{n}", "", "", date=day) for n, day in enumerate(dates)])
    return lambda since, until: oracle.histogram(None, Filters(date_from=since, date_to=until))


def ends_around(day: dt.date, length: str | int) -> tuple[dt.date, dt.date]:
    """The first and the last day of the same period, found one by one."""
    if length == "day":
        return day, day
    if length == "month":
        last = max(n for n in range(28, 32) if _is_day(day.year, day.month, n))
        return day.replace(day=1), day.replace(day=last)
    years = int(length)
    start = day.year - day.year % years
    return dt.date(max(start, 1), 1, 1), dt.date(start + years - 1, 12, 31)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


@given(days, st.lists(distances, max_size=12), lengths)
def test_they_are_the_nearest_and_count_what_is_inside(
    chosen: dt.date, away: list[int], length: str | int
) -> None:
    """For each kind of period, at the ends of all time too; none lies between."""
    numbers = [chosen.toordinal() + each for each in away]
    dates = [dt.date.fromordinal(n) for n in numbers if 1 <= n <= dt.date.max.toordinal()]
    first, last = ends_around(chosen, length)
    before, after = neighbours(first, last, histogram_of(dates))
    for found in filter(None, (before, after)):
        assert found[:2] == ends_around(found.first, length)
        assert found.count == sum(found.first <= each <= found.last for each in dates) > 0
    if before:
        assert max(each for each in dates if each < first) <= before.last < first
    if after:
        assert min(each for each in dates if each > last) >= after.first > last


@pytest.mark.parametrize(
    ("chosen", "near", "far"),
    [
        ("2024-03-01 2024-03-01", "2024-02-29 2024-02-29", "2023-11-01"),
        ("2024-03-01 2024-03-31", "2022-10-01 2022-10-31", "2022-09-30"),
        ("2020-01-01 2020-12-31", "1991-01-01 1991-12-31", "1990-12-31"),
        ("2020-01-01 2029-12-31", "2000-01-01 2009-12-31", "1999-12-31"),
        ("0001-01-01 0009-12-31", "0010-01-01 0019-12-31", "0030-01-01"),
    ],
)
def test_how_far_they_are_looked_for(chosen: str, near: str, far: str) -> None:
    """What is farther is no neighbour any more."""
    first, last = map(dt.date.fromisoformat, chosen.split())
    near_first, near_last = map(dt.date.fromisoformat, near.split())
    expected = PeriodCount(near_first, near_last, 2)
    dates = [expected.last, expected.last, first]
    both = neighbours(first, last, histogram_of(dates))
    assert [each for each in both if each] == [expected]
    assert neighbours(first, last, histogram_of([dt.date.fromisoformat(far)])) == (None, None)


@pytest.mark.parametrize("chosen", ["2024-03-01 2024-03-30", "2019-01-01 2020-12-31"])
def test_other_days_have_none(chosen: str) -> None:
    """And nothing is counted for them."""
    counted: list[dt.date] = []

    def histogram(since: dt.date, until: dt.date) -> Histogram:
        counted.extend((since, until))
        return Histogram()

    first, last = map(dt.date.fromisoformat, chosen.split())
    assert neighbours(first, last, histogram) == (None, None)
    assert not counted

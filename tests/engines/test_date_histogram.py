"""Every engine counts by date as the oracle does, and each count is the total after narrowing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.base import Engine
from searchapp.engines.evaluation.columns import ColumnRow, Columns
from searchapp.engines.evaluation.date_histogram import MAX_BARS, date_histogram
from searchapp.engines.evaluation.facet_counts import FilterMasks, allowed_docs
from searchapp.engines.selection import select_engine
from searchapp.facets import NO_FILTERS, YEAR, Filters
from searchapp.model import Article, Histogram
from searchapp.settings import Settings
from tests.engines import articles as random_input
from tests.engines.building import Case, build
from tests.engines.conftest import random_articles
from tests.engines.test_engines import relaxed
from tests.oracle import Oracle

Open = Callable[..., Case]

any_day = st.dates(dt.date.min, dt.date.max)
near_days = st.builds(
    lambda first, days: [first + dt.timedelta(each) for each in days],
    st.dates(dt.date(1890, 1, 1), dt.date(2080, 12, 31)),
    st.lists(st.integers(0, 100) | st.integers(0, 1200) | st.integers(0, 40_000), max_size=8),
)
"""Days that are near enough to each other for each of the finer steps."""


def articles_of(days: Sequence[dt.date | None]) -> list[Article]:
    return [Article(f"{number}", "", "", date=day) for number, day in enumerate(days)]


def histogram_of(days: Sequence[dt.date | None], filters: Filters = NO_FILTERS) -> Histogram:
    columns = Columns.build([ColumnRow(article, {}) for article in articles_of(days)])
    allowed = allowed_docs(columns, filters)
    docs = columns.all_docs if allowed is None else allowed.docs
    masks = FilterMasks(columns, filters, docs)
    docs = masks.selected_docs
    return date_histogram(filters, len(docs), masks.years(), lambda: columns.dated_days(docs))


@given(
    near_days | st.lists(st.none() | any_day, max_size=8),
    st.none() | any_day,
    st.none() | any_day,
    st.sampled_from(((), ("2024",), ("1", "1999"))),
)
def test_any_dates_are_counted_as_by_a_plain_scan(
    days: list[dt.date | None],
    date_from: dt.date | None,
    date_to: dt.date | None,
    years: tuple[str, ...],
) -> None:
    """In all of time, within a range that is chosen, and within years."""
    filters = Filters({YEAR.name: years}, date_from=date_from, date_to=date_to)
    assert histogram_of(days, filters) == Oracle(articles_of(days)).histogram(None, filters)


@given(near_days.map(list[dt.date | None]) | st.lists(st.none() | any_day, max_size=8))
def test_periods_follow_one_another_and_are_few(days: list[dt.date | None]) -> None:
    """Without a gap, from the first article to the last; and no article is left out."""
    found = histogram_of(days)
    assert len(found.periods) <= (92 if found.step == "day" else MAX_BARS)
    assert sum(each.count for each in found.periods) + found.undated == len(days)
    for before, after in zip(found.periods, found.periods[1:], strict=False):
        assert after.first - before.last == dt.timedelta(1)
    if found.periods:
        assert found.periods[0].count
        assert found.periods[-1].count
    assert bool(found.step) == bool(found.periods)


@pytest.mark.parametrize(
    ("first", "last", "step", "count"),
    [
        ("2024-05-05", "2024-05-05", "day", 1),
        ("2024-01-01", "2024-03-31", "day", 91),
        ("2024-01-01", "2024-04-01", "month", 4),
        ("2021-01-01", "2023-12-31", "month", 36),
        ("2021-01-31", "2024-01-30", "month", 37),
        ("2021-01-01", "2024-01-01", "year", 4),
        ("1965-01-01", "2024-12-31", "year", 60),
        ("1964-01-01", "2024-12-31", "decade", 7),
        ("1420-01-01", "2019-12-31", "decade", 60),
        ("1410-01-01", "2019-12-31", "century", 7),
        ("0001-01-01", "9999-12-31", "millennium", 10),
        ("9999-01-01", "9999-12-31", "month", 12),
    ],
)
def test_the_step_follows_from_the_span(first: str, last: str, step: str, count: int) -> None:
    """By day below three months, by month below three years, else by as many years as needed."""
    found = histogram_of([dt.date.fromisoformat(first), dt.date.fromisoformat(last)])
    assert (found.step, len(found.periods)) == (step, count)


def test_thousands_of_different_years_make_few_bars() -> None:
    """And nothing is lost among them."""
    found = histogram_of([dt.date(year, 7, 1) for year in range(1, 10_000)])
    assert [each.count for each in found.periods] == [999, *[1000] * 9]
    assert found.periods[0].first == dt.date.min
    assert found.periods[-1].last == dt.date.max


@relaxed
@given(random_input.queries, random_input.filters, st.data())
def test_a_count_is_the_total_after_narrowing(
    case: Case, query: str, filters: Filters, data: st.DataObject
) -> None:
    """For any period, with all that is chosen already; and inside it the same are counted."""
    found = case.search(query, filters)
    periods = found.histogram.periods
    for each in periods and [data.draw(st.sampled_from(periods))]:
        narrowed = replace(filters, date_from=each.first, date_to=each.last)
        inside = case.search(query, narrowed)
        assert inside.total == each.count
        assert sum(inner.count for inner in inside.histogram.periods) == each.count
    assert sum(each.count for each in periods) + found.histogram.undated == found.total


@pytest.fixture(scope="module")
def both(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Case]]:
    """The same articles in an index of each engine and of the columnar one."""
    articles = random_articles(80, seed=5)
    folder = tmp_path_factory.mktemp("both")
    with ExitStack() as opened:
        cases = []
        reference = select_engine(Settings(engine="columnar"))
        for name, each in (("own", engine), ("other", reference)):
            snapshot = each.open(build(each, folder / name, articles))
            cases.append(Case(opened.enter_context(closing(snapshot)), Oracle(articles)))
        yield cases


@relaxed
@given(random_input.queries, random_input.filters)
def test_an_engine_agrees_with_the_columnar_one(
    both: list[Case], query: str, filters: Filters
) -> None:
    """On all that they count by date."""
    found = [case.search(query, filters).histogram for case in both]
    assert found[0] == found[1]


def test_nothing_is_counted_unasked(opened: Open) -> None:
    """Searches that show no histogram pay nothing for it."""
    case = opened(Article("a", "", "", date=dt.date(2024, 1, 1)))
    assert case.search("").histogram.periods
    assert not case.search("", histogram=False).histogram.periods

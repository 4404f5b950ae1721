"""The histogram of a result as a drawing: an SVG whose bars are links that narrow the search.

A bar leads to the same search within its days, and counts what is found there; a chosen date
range is drawn from its own first to its own last article, with links to the longer periods around
it and to those beside it. Empty periods have their place and no link. Heights and places are
attributes: no style is needed inside the page, and the percentages keep bars sharp at any width.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from babel.dates import format_date, get_month_names
from flask_babel import get_translations, gettext  # type: ignore[import-untyped]
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from searchapp.model import DateStep, Histogram, PeriodCount, ResultPage, SearchRequest
from searchapp.request_record import if_in_time
from searchapp.web import i18n
from searchapp.web.api import service
from searchapp.web.neighbour_periods import Neighbours, neighbours
from searchapp.web.translated_templates import CACHED_DATES, long_date, shown_number
from searchapp.web.url_state import SearchUrls

CAPTIONS: dict[DateStep, str] = {
    "day": _l("Articles per day"),
    "month": _l("Articles per month"),
    "year": _l("Articles per year"),
    "decade": _l("Articles per decade"),
    "century": _l("Articles per century"),
    "millennium": _l("Articles per millennium"),
}
CACHED_COUNTS = 4096
MANY_BARS = 12
"""With more than so many there is a way past them for the keyboard."""

_TOP, _BASE, _TEXT = 3, 78, 98
"""Where the highest bar begins, all bars end and the words below them stand, in percent of the
height. These are the ends of the axis, or the name of the bar that is pointed at or focused."""
_LEAST_HEIGHT = 2.5
"""In percent: one article is seen beside thousands."""
_WIDEST_BAR = 9.0
"""In percent of the width: few periods do not make walls."""


@dataclass(frozen=True, slots=True)
class DateChart:
    """What a page shows of a histogram.

    svg: the drawing; empty where no article has a date. caption: what its bars are.
    has_many: whether it has so many links that a reader may want to go past them.
    undated: number of articles that are in no bar.
    wider: name and address of the periods around a chosen range, the longest first. chosen: the
        name of that range; "" if there is none.
    before, after: name, with its count, and address of the nearest periods with articles beside a
        calendar period that is chosen; None where there are none near.
    """

    svg: Markup
    caption: str
    has_many: bool
    undated: int
    wider: tuple[tuple[str, str], ...]
    chosen: str
    before: tuple[str, str] | None
    after: tuple[str, str] | None


def date_chart(page: ResultPage, urls: SearchUrls) -> DateChart | None:
    """The chart of a page of results; None where there is nothing to show. urls: of the page."""
    found, filters = page.histogram, urls.request.filters
    if not (found.periods or found.undated or filters.has_dates):
        return None
    locale = i18n.FORMATS[i18n.select_locale()]
    range_url = urls.within()
    chosen = ""
    wider: list[tuple[str, str]] = []
    if filters.has_dates:
        chosen = _range_name(filters.date_from, filters.date_to, locale)
        all_time = replace(filters, date_from=None, date_to=None)
        wider.append((gettext("All dates"), urls.filtered(all_time)))
        wider += [
            (period_name(*each, locale), range_url(*each))
            for each in _around(filters.date_from, filters.date_to)
        ]
    beside = _neighbours(page.request)
    linked = sum(1 for each in found.periods if each.count)
    here = filters.date_from, filters.date_to
    return DateChart(
        svg=_drawing(found, range_url, here, locale) if found.periods else Markup(""),
        caption=str(CAPTIONS[found.step]) if found.step else "",
        has_many=linked > MANY_BARS,
        undated=found.undated,
        wider=tuple(wider),
        chosen=chosen,
        before=beside.before and (_counted(beside.before, locale), range_url(*beside.before[:2])),
        after=beside.after and (_counted(beside.after, locale), range_url(*beside.after[:2])),
    )


def _neighbours(request: SearchRequest) -> Neighbours:
    """Those of a calendar period that is chosen, if there is time to find them."""
    first, last = request.filters.date_from, request.filters.date_to
    if first is None or last is None:
        return Neighbours()

    def histogram(since: dt.date, until: dt.date) -> Histogram:
        filters = replace(request.filters, date_from=since, date_to=until)
        found: Histogram = service().histogram(replace(request, filters=filters, page_number=1))
        return found

    with if_in_time():
        return neighbours(first, last, histogram)
    return Neighbours()


def _drawing(
    found: Histogram,
    range_url: Callable[[dt.date, dt.date], str],
    here: tuple[dt.date | None, dt.date | None],
    locale: str,
) -> Markup:
    highest = max(each.count for each in found.periods)
    parts = [
        '<svg role="group" aria-labelledby="histogram-caption">'
        f'<rect class="base" y="{_BASE}%" width="100%" height="1"/>'
    ]
    for each, place in zip(found.periods, _places(len(found.periods)), strict=True):
        first, last, count = each
        if not count:
            continue
        name = escape(_counted(each, locale))
        height = max(_LEAST_HEIGHT, (_BASE - _TOP) * count / highest)
        current = ' aria-current="true"' if (first, last) == here else ""
        parts.append(
            f'<a href="{escape(range_url(first, last))}"{current}><title>{name}</title>'
            f'{place} y="{_BASE - height:.1f}%" height="{height:.1f}%"/>'
            f'<text aria-hidden="true" x="50%" y="{_TEXT}%" text-anchor="middle">{name}</text></a>'
        )
    parts += _axis(found, locale)
    parts.append("</svg>")
    return Markup("".join(parts))  # names and addresses are escaped above


@lru_cache
def _places(count: int) -> tuple[str, ...]:
    """For each of so many periods what can be pressed, and its bar up to its height."""
    slot = 100 / count
    width = min(0.8 * slot, _WIDEST_BAR)
    return tuple(
        f'<rect class="slot" x="{number * slot:.2f}%" width="{slot:.2f}%" height="{_BASE}%"/>'
        f'<rect x="{(number + 0.5) * slot - width / 2:.2f}%" width="{width:.2f}%"'
        for number in range(count)
    )


def _counted(period: PeriodCount, locale: str) -> str:
    """The name of a period with the number of its articles. locale: that of the request."""
    before, after = _around_name(period.count, locale)
    return f"{before}{period_name(period.first, period.last, locale)}{after}"


@lru_cache(CACHED_COUNTS)
def _around_name(count: int, locale: str) -> tuple[str, str]:
    """The sentence on a period with so many articles, in two parts without the period's name."""
    sentence = get_translations().ungettext(
        "%(period)s: %(number)s article", "%(period)s: %(number)s articles", count
    )
    number = shown_number(count, locale)
    before, _, after = (sentence % {"period": "\0", "number": number}).partition("\0")
    return before, after


def _axis(found: Histogram, locale: str) -> list[str]:
    """The first and the last period below their bars, or each of very few."""
    periods, step = found.periods, found.step
    slot = 100 / len(periods)
    if len(periods) > 3:
        return [
            f'<text aria-hidden="true" y="{_TEXT}%">{_short_name(periods[0], step, locale)}</text>',
            f'<text aria-hidden="true" x="100%" y="{_TEXT}%" text-anchor="end">'
            f"{_short_name(periods[-1], step, locale)}</text>",
        ]
    return [
        f'<text aria-hidden="true" x="{(number + 0.5) * slot:.2f}%" y="{_TEXT}%"'
        f' text-anchor="middle">{_short_name(each, step, locale)}</text>'
        for number, each in enumerate(periods)
    ]


def _short_name(period: PeriodCount, step: DateStep | None, locale: str) -> str:
    first, last = period.first, period.last
    if step == "day":
        return _numeric_date(first, locale)
    if step == "month":
        return f"{_month_name(first.month, locale, 'abbreviated')} {first.year}"
    return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"


@lru_cache(CACHED_DATES)
def period_name(first: dt.date, last: dt.date, locale: str) -> str:
    """A range of days in words: "2019", "1990–1999", "März 2019", "5. März 2019", or two days."""
    if first == last:
        return long_date(first, locale)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if first == first.replace(day=1) and last == _end_of_month(first):
        return f"{_month_name(first.month, locale)} {first.year}"
    return f"{long_date(first, locale)} – {long_date(last, locale)}"


def _range_name(first: dt.date | None, last: dt.date | None, locale: str) -> str:
    if first and last:
        return period_name(first, last, locale)
    if first:
        return str(gettext("from %(date)s", date=long_date(first, locale)))
    return str(gettext("until %(date)s", date=long_date(last or dt.date.max, locale)))


def _around(first: dt.date | None, last: dt.date | None) -> Sequence[tuple[dt.date, dt.date]]:
    """The year and the month that a range lies in, without those that it is itself."""
    if not first or not last or first.year != last.year:
        return ()
    around = [(first.replace(month=1, day=1), first.replace(month=12, day=31))]
    if first.month == last.month:
        around.append((first.replace(day=1), _end_of_month(first)))
    return [each for each in around if each != (first, last)]


def _end_of_month(day: dt.date) -> dt.date:
    return dt.date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


@lru_cache(CACHED_DATES)
def _numeric_date(day: dt.date, locale: str) -> str:
    return format_date(day, "medium", locale=locale)


@lru_cache
def _month_name(month: int, locale: str, width: Literal["wide", "abbreviated"] = "wide") -> str:
    return str(get_month_names(width, locale=locale)[month])

"""The pages that people read: start, results, article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as BaseResponse

from searchapp.errors import ArticleNotFound, PageTooDeep, QueryTooLong
from searchapp.facets import FACETS, NO_FILTERS, Facet, Filters, spelling_key
from searchapp.marked_html import marked_html
from searchapp.model import FacetCount, ResultPage, SearchRequest
from searchapp.request_record import if_in_time
from searchapp.snippets import teaser
from searchapp.web import help_page, i18n
from searchapp.web.api import results, service, to_new_id
from searchapp.web.article_metadata import citation, description, news_article
from searchapp.web.article_urls import ArticleUrls
from searchapp.web.date_chart import date_chart
from searchapp.web.external_links import external_url
from searchapp.web.hit_views import HitViews
from searchapp.web.page_numbers import linked_pages
from searchapp.web.url_state import (
    LOCALES,
    SORTS,
    BadParameter,
    Param,
    Reading,
    SearchUrls,
    has_blanks,
    in_locale,
    own_parameters,
    parse_locale,
    parse_part,
    parse_rank,
    read,
)
from searchapp.web.value_boxes import value_boxes

_Answer = TypeVar("_Answer")

blueprint = Blueprint("pages", __name__)

NEWEST_ON_HOME = 6
TAGS_ON_HOME = 24
SITE = "searchapp.site"
"""Where the application keeps what the owner says."""
OWN_PARAMETERS: Mapping[str, Sequence[str]] = {
    "pages.home": (),
    "pages.search": (),
    "pages.article": (Param.HIT, Param.PART),
}
"""By endpoint, the parameters besides those of every search. These pages depend on no others."""
COUNTED_CHIPS = 10
"""Filters for which the page without results says what is found without them: each is a search."""
FACET_VALUES_SHOWN = 8
"""Values of a facet before "n more"."""


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet as the page shows it: first and chosen values, and those that "n more" opens.

    distinct: how many values there are, of which these are the most frequent.
    """

    facet: Facet
    shown: tuple[FacetCount, ...]
    more: tuple[FacetCount, ...]
    distinct: int

    @property
    def listed(self) -> int:
        """How many values the page has."""
        return len(self.shown) + len(self.more)


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter and the URL of the search without it.

    total: of that search, where the one with it finds nothing; None where it is not known.
    """

    label: str
    remove_url: str
    is_corpus_text: bool = True
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a reader is told about a value that cannot be used.

    message_id: of the element with the message. field_id: of the field; "" where there is none.
    typed: all such values of the parameter. consequence: what was done about them.
    in_head: whether the message stands in the head of the page, where nobody misses it.
    """

    message_id: str
    field_id: str
    typed: tuple[str, ...]
    sentence: str
    consequence: str
    in_head: bool = False


@blueprint.get("/")
def home() -> str:
    """The start page: what is searched, examples, the newest articles, the most frequent tags."""
    page = service().search(SearchRequest(sort="newest", per_page=NEWEST_ON_HOME))
    examples = help_page.noted(help_page.queries().start())
    return render_template(
        "home.html",
        page=page,
        dates=_first_and_last_date(page),
        examples=examples.found(),
        teasers={hit.id: teaser(hit.article) for hit in page.hits},
        tags=page.facets.get("tags", ())[:TAGS_ON_HOME],
        urls=SearchUrls(SearchRequest(), parse_locale(request.args)),
    )


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """The results of a search; without words, of its filters alone.

    What cannot be used of it is told, and the rest answered: with 200, as the form was filled in
    by a person, but with 404 for a page past the last, which programs should not believe in.
    """
    lang = parse_locale(request.args)
    reading = asked()
    if has_blanks(request.args):
        return redirect(SearchUrls(reading.request, lang).as_read(reading))
    page, reading = within_limits(reading, results)
    if reading.request.query != reading.typed_query and not (page.hits or page.partial):
        # The beginning of what was too long says nothing.
        reading = replace(reading, request=replace(reading.request, query=""))
        page, reading = within_limits(reading, results)
    urls = SearchUrls(page.request, lang)
    # Other filters may find what was typed; other pages and the hits belong to the answer.
    answered = page.corrected_query or page.request.query
    answer_urls = replace(urls, request=replace(page.request, query=answered))
    views = HitViews(answer_urls)
    chips = _chips(urls, page)
    first_rank = page.request.offset + 1
    complaints = _complaints(reading)
    has_dates = _is_about_dates(page, complaints)
    status = 404 if any(error.reason == "too_deep" for error in reading.errors) else 200
    html = render_template(
        "results.html",
        complaints=complaints,
        page=page,
        urls=urls,
        answer_urls=answer_urls,
        hits=views.views(page.hits, first_rank),
        partial=views.views(page.partial),
        chips=chips,
        total_without_filters=(
            _total(page.request, NO_FILTERS) if len(chips) > 1 and not page.total else None
        ),
        facets=_facet_views(page, complaints),
        value_boxes=value_boxes,
        number_locale=i18n.FORMATS[i18n.select_locale()],
        has_dates=has_dates,
        sorts=_sorts(page, has_dates=has_dates),
        # The template words the correction itself, with a link in it.
        notes=[
            sentence
            for note, sentence in zip(page.notes, i18n.translated_notes(page), strict=True)
            if note.kind != "corrected"
        ],
        optional_words=i18n.optional_words(page),
        page_numbers=linked_pages(page.request.page_number, page.last_reachable_page),
        last_page=page.last_reachable_page,
        first_rank=first_rank,
    )
    return html, status


def _is_about_dates(page: ResultPage, complaints: Mapping[str, object]) -> bool:
    """Whether to offer what needs dates: there are some, or the reader has asked for them."""
    wanted = page.request
    asked = wanted.filters.has_dates or wanted.sort != "relevance"
    return (
        page.has_dates
        or asked
        or not complaints.keys().isdisjoint((Param.DATE_FROM, Param.DATE_TO))
    )


def _sorts(page: ResultPage, *, has_dates: bool) -> tuple[str, ...]:
    return SORTS[: 1 if page.is_ranked else 0] + (SORTS[1:] if has_dates else ())


@blueprint.get("/article/<article_id:article_id>")
def article(article_id: str) -> str | BaseResponse:
    """One article, with the marks and the neighbours of the search that led to it.

    The address that an article had in former times leads to the one of today.
    """
    rank, part = parse_rank(request.args), parse_part(request.args)
    try:
        page, reading = within_limits(
            asked(), lambda wanted: service().article(article_id, wanted, rank=rank, part=part)
        )
    except ArticleNotFound as error:
        return to_new_id("pages.article", error, article_id)
    urls = SearchUrls(reading.request, parse_locale(request.args))
    here = ArticleUrls(urls, page.article.id, rank, page.part_number)
    return render_template(
        "article.html",
        page=page,
        rank=rank,
        complaints=_complaints(reading),
        urls=urls,
        here=here,
        part_numbers=linked_pages(page.part_number, page.part_count),
        citation=citation(page.article, here.permalink(), dt.date.today()),
        description=description(page.article),
        data=news_article(page.article, here.permalink(), _site_name()),
    )


def asked() -> Reading:
    """What the URL of the current request asks for, as far as it can be read."""
    if "asked" not in g:
        g.asked = read(request.args, max_per_page=service().settings.limits.max_per_page)
    reading: Reading = g.asked
    return reading


def within_limits(
    reading: Reading, answer: Callable[[SearchRequest], _Answer]
) -> tuple[_Answer, Reading]:
    """The answer to what was asked, or to as much of it as the limits of a search allow.

    The reading is then one of what was answered.
    """
    try:
        return answer(reading.request), reading
    except QueryTooLong as error:
        typed = reading.typed_query
        told = BadParameter(Param.QUERY, typed, error.remedy, "too_long")
        reading = reading.giving_up(told, query=service().shortened(typed))
    except PageTooDeep as error:
        typed = str(reading.request.page_number)
        told = BadParameter(Param.PAGE, typed, error.remedy, "too_deep")
        reading = reading.giving_up(told, page_number=1)
    return within_limits(reading, answer)


@blueprint.after_app_request
def keep_locale(response: Response) -> Response:
    """Remember a language that the URL named, and tell caches what the answer depends on."""
    if request.endpoint != "static":
        response.vary.update(("Accept-Language", "Cookie"))
        lang = parse_locale(request.args)
        if lang and request.cookies.get(i18n.LOCALE_COOKIE) != lang:
            response.set_cookie(
                i18n.LOCALE_COOKIE,
                lang,
                max_age=i18n.LOCALE_COOKIE_AGE_S,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure,
            )
    return response


@blueprint.app_context_processor
def _template_globals() -> dict[str, object]:
    """What every template can use, error pages too."""
    path, parameters = _path(), _parameters()
    return {
        "Param": Param,
        "lang": i18n.select_locale(),
        "forced_lang": parse_locale(request.args),
        "site_name": _site_name(),
        "site": current_app.extensions[SITE],
        "languages": [
            (each, i18n.LOCALE_NAMES[each], in_locale(path, parameters, each)) for each in LOCALES
        ],
        "here": in_locale(path, parameters, parse_locale(request.args)),
        "asked": asked,
        "typed_query": asked().typed_query,
        "complaints": {},
        "urls": SearchUrls(asked().request, parse_locale(request.args)),
        "marked_html": marked_html,
        "external_url": external_url,
        "date_chart": date_chart,
    }


def _first_and_last_date(page: ResultPage) -> tuple[dt.date, ...]:
    """The span of the dates of all articles, given the newest: none, one or two of them."""
    last = page.hits[0].article.date if page.hits else None
    if last is None:
        return ()
    _, hits = service().glance(SearchRequest(sort="oldest", per_page=1), marked=False)
    return tuple(dict.fromkeys([*(hit.article.date or last for hit in hits), last]))


def _site_name() -> str:
    return service().settings.site_name or str(gettext("Article search"))


def _path() -> str:
    """This page's path, or the start page's where there is no page."""
    return url_for(request.endpoint or "pages.home", **(request.view_args or {}))


def _parameters() -> list[tuple[str, str]]:
    """Those of this page, as they were understood where it is one of a search."""
    own = OWN_PARAMETERS.get(request.endpoint or "")
    if own is None:
        return list(request.args.items(multi=True))
    return [*asked().pairs(), *own_parameters(request.args, own)]


def _complaints(reading: Reading) -> dict[str, Complaint]:
    """What to tell about the values that cannot be used, by the name of their parameter.

    Two dates that were swapped share one message.
    """
    facets = {facet.param for facet in FACETS}
    complaints: dict[str, Complaint] = {}
    for error in reading.errors:
        name = str(error.parameter)
        if name in complaints:
            typed = (*complaints[name].typed, error.typed)
            complaints[name] = replace(complaints[name], typed=typed)
            continue
        swapped = error.reason == "reversed" and Param.DATE_FROM in complaints
        consequence = i18n.CONSEQUENCES[error.reason]
        if error.reason == "too_long" and not reading.request.query:
            consequence = i18n.CONSEQUENCES["unreadable"]
        complaints[name] = Complaint(
            f"{Param.DATE_FROM if swapped else name}-error",
            f"{name}-wrong" if name in facets else _FIELD_IDS.get(name, ""),
            (error.typed,),
            i18n.parameter_sentence(error, service().settings),
            str(consequence),
            in_head=name == Param.QUERY,
        )
    return complaints


_FIELD_IDS = {str(Param.QUERY): "query", str(Param.DATE_FROM): "from", str(Param.DATE_TO): "to"}
"""Of the fields that take a text."""


def _chips(urls: SearchUrls, page: ResultPage) -> list[Chip]:
    """The chosen filters, spelt as the facets show them."""
    filters = urls.request.filters
    chips: list[Chip] = []

    def add(label: str, kept: Filters, *, is_corpus_text: bool = True) -> None:
        counted = not page.total and len(chips) < COUNTED_CHIPS
        total = _total(page.request, kept) if counted else None
        chips.append(Chip(label, urls.filtered(kept), is_corpus_text, total))

    for facet in FACETS:
        counts = page.facets.get(facet.name, ())
        shown = {spelling_key(each.value): each.value for each in counts if each.selected}
        for value in filters.chosen(facet):
            add(shown.get(spelling_key(value), value), filters.without(facet, value))
    if filters.date_from:
        label = gettext("from %(date)s", date=format_date(filters.date_from, "long"))
        add(label, replace(filters, date_from=None), is_corpus_text=False)
    if filters.date_to:
        label = gettext("until %(date)s", date=format_date(filters.date_to, "long"))
        add(label, replace(filters, date_to=None), is_corpus_text=False)
    return chips


def _total(asked_for: SearchRequest, filters: Filters) -> int | None:
    """How much the search finds with other filters; None if there is no time to find it out."""
    with if_in_time():
        return service().total(replace(asked_for, filters=filters, page_number=1))
    return None


def _facet_views(page: ResultPage, complaints: dict[str, Complaint]) -> list[FacetView]:
    views = []
    for facet in FACETS:
        values = page.facets.get(facet.name, ())
        if facet.is_year:
            values = tuple(sorted(values, key=lambda each: int(each.value), reverse=True))
        if values or facet.param in complaints:
            first, rest = values[:FACET_VALUES_SHOWN], values[FACET_VALUES_SHOWN:]
            # Nobody looks for what is chosen, however rare; what is among the first stays in place.
            shown = (*first, *(value for value in rest if value.selected))
            more = tuple(value for value in rest if not value.selected)
            distinct = page.distinct.get(facet.name, 0)
            views.append(FacetView(facet, shown, more, distinct))
    return views

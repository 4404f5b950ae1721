"""The pages of all values: of a facet within a search, of a facet in all articles, of one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import format_decimal, ngettext  # type: ignore[import-untyped]
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from searchapp.errors import SearchappError
from searchapp.facets import TAGS, Facet, Filters, plain_letters, spelling_key
from searchapp.model import (
    FacetCount,
    PeriodCount,
    SearchRequest,
    ValueOrder,
    ValuePage,
    ValueRequest,
)
from searchapp.translation import N_
from searchapp.web.api import service
from searchapp.web.page_numbers import linked_pages
from searchapp.web.pages import asked, within_limits
from searchapp.web.tag_descriptions import Descriptions
from searchapp.web.url_state import (
    BadParameter,
    Reading,
    SearchUrls,
    has_blanks,
    parse_locale,
    with_parameters,
)
from searchapp.web.value_urls import (
    ENGLISH_PATHS,
    FACET_BY_ENGLISH_PATH,
    FACET_BY_NAME,
    FACET_BY_PATH,
    PATHS,
    ValueUrls,
    list_url,
    parse_facet,
    parse_values,
    usual_order,
    value_url,
    values_of_search,
)

blueprint = Blueprint("value_pages", __name__)

VALUES_OF_PAGE = 200
ARTICLES_OF_VALUE = 20
NEIGHBOURS_OF_VALUE = 24

DESCRIPTIONS = "searchapp.tag_descriptions"
"""Where the application keeps the owner's descriptions."""

ALL_LABELS = {
    "tags": N_("All tags"),
    "section": N_("All sections"),
    "source": N_("All sources"),
    "author": N_("All authors"),
    "year": N_("All years"),
}
LABELS = {
    "tags": N_("Tags"),
    "section": N_("Sections"),
    "source": N_("Sources"),
    "author": N_("Authors"),
    "year": N_("Years"),
}
FILTER_LABELS = {
    "tags": N_("Tag contains"),
    "section": N_("Section contains"),
    "source": N_("Source contains"),
    "author": N_("Author contains"),
    "year": N_("Year contains"),
}


@blueprint.get("/search/values")
def search_values() -> str | BaseResponse:
    """All values that a facet has in the results of a search; each leads back to them."""
    facet = parse_facet(request.args)
    # The number of the page is that of the list.
    reading = replace(asked(), request=replace(asked().request, page_number=1))
    return _list_page(facet, reading, is_alone=False)


@blueprint.get(f"/<any({', '.join(PATHS.values())}):path>")
def all_values(path: str) -> str | BaseResponse:
    """All values that a facet has in any article; each leads to its page."""
    return _list_page(FACET_BY_PATH[path], Reading("", SearchRequest()), is_alone=True)


@blueprint.get(f"/<any({', '.join(PATHS.values())}):path>/<value:value>")
def value(path: str, value: str) -> str | BaseResponse:
    """A value: what the owner says of it, its articles, its neighbours and its years."""
    facet = FACET_BY_PATH[path]
    chosen = SearchRequest(
        filters=Filters({facet.name: (value,)}), sort="newest", per_page=ARTICLES_OF_VALUE
    )
    page = service().search(chosen)
    shown = next((each.value for each in page.facets.get(facet.name, ()) if each.selected), value)
    if not page.total:
        abort(404)
    if shown != value:
        return redirect(value_url(_urls(), facet, shown))
    urls = SearchUrls(SearchRequest(filters=Filters({facet.name: (shown,)})), _urls().lang)
    neighbours = [each for each in page.facets.get(TAGS.name, ()) if not each.selected]
    descriptions: Descriptions = current_app.extensions[DESCRIPTIONS]
    return render_template(
        "value.html",
        facet=facet,
        value=shown,
        page=page,
        urls=urls,
        canonical=value_url(urls, facet, shown, external=True),
        description=descriptions.get(spelling_key(shown), ()) if facet is TAGS else (),
        neighbours=neighbours[:NEIGHBOURS_OF_VALUE],
        LABEL_OF_ONE=N_("Tag") if facet is TAGS else facet.label,
        dates=_first_and_last(page.histogram.periods),
    )


@blueprint.get(f"/<any({', '.join(ENGLISH_PATHS.values())}):path>")
@blueprint.get(f"/<any({', '.join(ENGLISH_PATHS.values())}):path>/<value:value>")
def english_address(path: str, value: str = "") -> BaseResponse:
    """The English address of a list or a value: each page has one address, in any language."""
    german = PATHS[FACET_BY_ENGLISH_PATH[path].name]
    if value:
        address = url_for("value_pages.value", path=german, value=value)
    else:
        address = url_for("value_pages.all_values", path=german)
    return redirect(with_parameters(address, request.query_string), 301)


@blueprint.app_context_processor
def _template_globals() -> dict[str, object]:
    """The ways to lists and values, for every template."""
    return {
        "ALL_LABELS": ALL_LABELS,
        "LABELS": LABELS,
        "FILTER_LABELS": FILTER_LABELS,
        "TAGS": TAGS,
        "browsable_facets": browsable_facets,
        "list_url": list_url,
        "value_url": value_url,
        "values_of_search": values_of_search,
        "page_of_choice": page_of_choice,
        "counted_values": counted_values,
    }


def browsable_facets() -> tuple[Facet, ...]:
    """The facets with a list of their own, if there is anything in it; none without an index."""
    try:
        return service().browsable_facets()
    except SearchappError:
        return ()


def page_of_choice(urls: SearchUrls) -> tuple[str, str] | None:
    """The value that is all that a search asks for, and the address of its page."""
    choices = urls.request.filters.choices
    if urls.request.query or urls.request.filters.has_dates or len(choices) != 1:
        return None
    ((name, values),) = choices.items()
    if name not in PATHS or len(values) != 1:
        return None
    return values[0], value_url(urls, FACET_BY_NAME[name], values[0])


def counted_values(facet: Facet, count: int) -> str:
    """A number of values in words: "1.581 Schlagwörter"."""
    number = format_decimal(count)
    if facet.name == "section":
        return str(ngettext("%(number)s section", "%(number)s sections", count, number=number))
    if facet.name == "source":
        return str(ngettext("%(number)s source", "%(number)s sources", count, number=number))
    if facet.name == "author":
        return str(ngettext("%(number)s author", "%(number)s authors", count, number=number))
    if facet.is_year:
        return str(ngettext("%(number)s year", "%(number)s years", count, number=number))
    return str(ngettext("%(number)s tag", "%(number)s tags", count, number=number))


def _urls() -> SearchUrls:
    return SearchUrls(SearchRequest(), parse_locale(request.args))


def _list_page(facet: Facet, reading: Reading, *, is_alone: bool) -> str | BaseResponse:
    wanted = _readable(facet, usual_order(is_alone=is_alone))
    longest = service().settings.limits.max_query_chars
    wanted = replace(wanted, contains=wanted.contains[:longest], prefix=wanted.prefix[:longest])
    page, reading = within_limits(reading, lambda search: service().values(search, wanted))
    urls = SearchUrls(reading.request, parse_locale(request.args))
    value_urls = ValueUrls(wanted, urls, is_alone)
    if wanted.page_number > page.last_page_number:
        return redirect(value_urls.page(page.last_page_number))
    if has_blanks(request.args):
        # What a form leaves empty is no part of an address.
        return redirect(value_urls.here())
    return render_template(
        "values.html",
        facet=facet,
        page=page,
        urls=urls,
        value_urls=value_urls,
        filter_label=FILTER_LABELS[facet.name],
        groups=_groups(page),
        page_numbers=linked_pages(wanted.page_number, page.last_page_number),
        canonical=value_urls.canonical(),
        plain_prefix=plain_letters(wanted.prefix),
    )


def _groups(page: ValuePage) -> list[tuple[str, Sequence[FacetCount]]]:
    """The values under the letter that they begin with, or all under "" in another order."""
    values = page.found.values
    if page.wanted.order != "name" or page.wanted.facet.is_year:
        return [("", values)] if values else []
    return [(letter, list(group)) for letter, group in groupby(values, _letter)]


def _letter(value: FacetCount) -> str:
    letter = plain_letters(value.value)[:1].upper()
    if letter.isdigit():
        return "0–9"
    return letter if letter.isalpha() else "…"


def _first_and_last(periods: Sequence[PeriodCount]) -> tuple[str, ...]:
    """The years of the first and the last article, or one year."""
    ends = (periods[0].first.year, periods[-1].last.year) if periods else ()
    return tuple(map(str, dict.fromkeys(ends)))


def _readable(facet: Facet, order: ValueOrder) -> ValueRequest:
    """What the parameters of the request ask for, without those that cannot be read."""
    args = MultiDict(request.args)
    while True:
        try:
            return parse_values(args, facet, order, VALUES_OF_PAGE)
        except BadParameter as error:
            del args[error.parameter]

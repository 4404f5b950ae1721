"""The state of a search in a URL: the only module that knows the parameters' names.

`parse` reads a SearchRequest, `query_pairs` writes one in its canonical form (defaults left out,
order stable), and `parse(query_pairs(request)) == request`. `SearchUrls` builds every link that
keeps, adds or drops a part of the state.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, get_args
from urllib.parse import quote, urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict
from werkzeug.routing import BaseConverter

from searchapp.dates import Period, parse_period
from searchapp.errors import BadRequest
from searchapp.facets import FACETS, NO_FILTERS, Facet, Filters
from searchapp.model import Cursor, MarkedText, SearchRequest, Sort

LOCALES = ("de", "en")
SORTS: tuple[Sort, ...] = get_args(Sort)
MAX_FILTER_VALUES = 50
"""Values of one filter in one URL; each costs a query of its own."""

_DEFAULT = SearchRequest()
_WHOLE_NUMBER = re.compile("[0-9]{1,9}")
_CURSOR = re.compile(r"([0-9A-Za-z-]{1,40})\.([0-9]{1,9})\.([0-9a-f]{12})")


class Param(StrEnum):
    """The names of the URL parameters, of the page and of the API, besides those of facets."""

    QUERY = "q"
    EXACT = "exact"
    UNCORRECTED = "uncorrected"
    ANY_TAG = "any"
    DATE_FROM = "from"
    DATE_TO = "to"
    SORT = "sort"
    PAGE = "page"
    PER_PAGE = "per_page"
    LANG = "lang"
    HIT = "hit"
    AFTER = "after"


class BadParameter(BadRequest):
    """A URL parameter has a value that cannot be read; `value` is what was given."""

    def __init__(self, parameter: str, value: str, remedy: str) -> None:
        self.parameter = parameter
        self.value = value if len(value) <= 60 else value[:59] + "…"
        super().__init__(
            f"{self.value!r} cannot be read", where=f"parameter {parameter}", remedy=remedy
        )


def parse(args: MultiDict[str, str], *, max_per_page: int = 100) -> SearchRequest:
    """Read a request from URL parameters. Empty and unknown parameters are ignored.

    Where a parameter that can have one value is repeated, its first non-empty value counts.
    Raises BadParameter.
    """
    since, until = _period(args, Param.DATE_FROM), _period(args, Param.DATE_TO)
    return SearchRequest(
        query=_first(args, Param.QUERY),
        exact=_flag(args, Param.EXACT),
        uncorrected=_flag(args, Param.UNCORRECTED),
        filters=Filters(
            {facet.name: _choice(args, facet) for facet in FACETS},
            any_tag=_flag(args, Param.ANY_TAG),
            date_from=since.first if since else None,
            date_to=until.last if until else None,
        ),
        sort=_sort(args),
        page_number=_number(args, Param.PAGE) or _DEFAULT.page_number,
        per_page=_number(args, Param.PER_PAGE, max_per_page) or _DEFAULT.per_page,
    )


def parse_rank(args: MultiDict[str, str]) -> int | None:
    """The 1-based position of an article in the result list that led to it, if one did.

    Raises BadParameter.
    """
    return _number(args, Param.HIT)


def parse_after(args: MultiDict[str, str], request: SearchRequest) -> SearchRequest:
    """The request, going on where the cursor of the URL says, if there is one.

    Raises BadParameter for what is no cursor, or that of another search.
    """
    text = _first(args, Param.AFTER)
    if not text:
        return request
    match = _CURSOR.fullmatch(text)
    cursor = match and Cursor(match[1], int(match[2]), match[3])
    if not cursor or cursor.search != _digest(request):
        raise BadParameter(Param.AFTER, text, "take it from links.next, with the same parameters")
    return replace(request, page_number=1, after=cursor)


def going_on(request: SearchRequest, generation: str, offset: int) -> SearchRequest:
    """The same search of that generation, after its first `offset` hits."""
    return replace(request, page_number=1, after=Cursor(generation, offset, _digest(request)))


def feed_request(request: SearchRequest) -> SearchRequest:
    """A search without what means nothing for a feed: order, page and likelier words."""
    return SearchRequest(query=request.query, filters=request.filters, exact=request.exact)


def _digest(request: SearchRequest) -> str:
    """The same for all pages of a search."""
    search = replace(request, page_number=1, per_page=_DEFAULT.per_page, after=None)
    return hashlib.sha256(urlencode(query_pairs(search)).encode()).hexdigest()[:12]


def parse_locale(args: MultiDict[str, str]) -> str | None:
    """The language that the URL asks for, or None; unknown languages are ignored."""
    lang = args.get(Param.LANG)
    return lang if lang in LOCALES else None


def query_pairs(request: SearchRequest) -> list[tuple[str, str]]:
    """The URL parameters of a request, without its defaults, in a stable order."""
    pairs: list[tuple[str, str]] = []
    if request.query:
        pairs.append((Param.QUERY, request.query))
    if request.exact:
        pairs.append((Param.EXACT, "1"))
    if request.uncorrected:
        pairs.append((Param.UNCORRECTED, "1"))
    filters = request.filters
    pairs += [(facet.param, value) for facet in FACETS for value in filters.chosen(facet)]
    if filters.any_tag:
        pairs.append((Param.ANY_TAG, "1"))
    if filters.date_from:
        pairs.append((Param.DATE_FROM, filters.date_from.isoformat()))
    if filters.date_to:
        pairs.append((Param.DATE_TO, filters.date_to.isoformat()))
    if request.sort != _DEFAULT.sort:
        pairs.append((Param.SORT, request.sort))
    if request.page_number != _DEFAULT.page_number:
        pairs.append((Param.PAGE, str(request.page_number)))
    if request.per_page != _DEFAULT.per_page:
        pairs.append((Param.PER_PAGE, str(request.per_page)))
    if after := request.after:
        pairs.append((Param.AFTER, f"{after.generation}.{after.offset}.{after.search}"))
    return pairs


@dataclass(frozen=True, slots=True)
class SearchUrls:
    """Builds the links of a page that shows `request`. Needs Flask's application context.

    lang: the language that the URL named, kept in all links; a language from the cookie or the
    browser is not written into URLs, so that a copied link speaks its reader's language.
    """

    request: SearchRequest
    lang: str | None = None

    def home(self) -> str:
        """The start page."""
        return self._url("pages.home", [])

    def search(self) -> str:
        """This very search."""
        return self._search(self.request)

    def page(self, page_number: int) -> str:
        """Another page of this search."""
        return self._search(replace(self.request, page_number=page_number))

    def sorted_by(self, sort: Sort) -> str:
        """This search in another order, from its first page."""
        return self._changed(sort=sort)

    def with_query(self, query: str) -> str:
        """Another query with the same filters."""
        return self._changed(query=query, uncorrected=False)

    def as_typed(self) -> str:
        """This search without likelier words in place of those that were typed."""
        return self._changed(uncorrected=True)

    def in_any_form(self) -> str:
        """This search with other forms of its words, too."""
        return self._changed(exact=False)

    def without_filters(self) -> str:
        """The query alone, as exact as it is, in the same order."""
        return self.filtered(NO_FILTERS)

    def filtered(self, filters: Filters) -> str:
        """This search with other filters, from its first page."""
        return self._changed(filters=filters)

    def with_value(self, facet_name: str, value: str) -> str:
        """This search with one more facet value chosen, from its first page."""
        chosen = self.request.filters.choices.get(facet_name, ())
        choices = {**self.request.filters.choices, facet_name: (*chosen, value)}
        return self.filtered(replace(self.request.filters, choices=choices))

    def only(self, facet_name: str, value: str) -> str:
        """A new search for all articles with one facet value."""
        return self._search(SearchRequest(filters=Filters({facet_name: (value,)})))

    def feed(self) -> str:
        """The newest articles of this search, as a feed."""
        return self._url("feeds.atom", query_pairs(feed_request(self.request)))

    def export(self, form: str) -> str:
        """All articles of this search, as a file of a form such as "csv"."""
        whole = replace(self.request, page_number=1, per_page=_DEFAULT.per_page)
        return self._url("exports.export", query_pairs(whole), form=form)

    def article(self, article_id: str, rank: int | None = None, mark: str = "") -> str:
        """An article; with its 1-based rank also the search that it was found by.

        mark: a text fragment (see `text_fragment`) to scroll to, or "".
        """
        pairs: list[tuple[str, str]] = []
        if rank is not None:
            # The rank tells the page, so that the same article has one URL a search.
            pairs = [*query_pairs(replace(self.request, page_number=1)), (Param.HIT, str(rank))]
        return self._url("pages.article", pairs, article_id=article_id) + mark

    def partly_found(self, article_id: str) -> str:
        """An article that has some of the words of this search, and no place among its hits."""
        pairs = query_pairs(replace(self.request, page_number=1))
        return self._url("pages.article", pairs, article_id=article_id)

    def page_of(self, rank: int) -> str:
        """The page of this search that shows its hit number `rank`."""
        return self.page((rank - 1) // self.request.per_page + 1)

    def _changed(self, **changes: Any) -> str:
        return self._search(replace(self.request, **changes, page_number=1))

    def _search(self, request: SearchRequest) -> str:
        return self._url("pages.search", query_pairs(request))

    def _url(self, endpoint: str, pairs: Sequence[tuple[str, str]], **values: Any) -> str:
        pairs = [*pairs, (Param.LANG, self.lang)] if self.lang else pairs
        return url_for(endpoint, **values) + (f"?{urlencode(pairs)}" if pairs else "")


def in_locale(path: str, args: MultiDict[str, str], lang: str) -> str:
    """The URL of the same page in another language, all its other parameters unchanged."""
    pairs = [(key, value) for key, value in args.items(multi=True) if value and key != Param.LANG]
    return f"{path}?{urlencode([*pairs, (Param.LANG, lang)])}"


def text_fragment(marked: MarkedText) -> str:
    """A "#:~:text=" fragment that makes a browser scroll to the first mark, or "".

    A browser matches whole words only, so the mark (perhaps a part of a compound) is widened to
    its word; a few words after it make the place unique.
    https://wicg.github.io/scroll-to-text-fragment/
    """
    if not marked.marks:
        return ""
    mark_start, mark_end = marked.marks[0]
    before = re.search(r"\w*$", marked.text[:mark_start])
    after = re.match(r"\w*(?:[^\S\n]+\w+){0,4}\b", marked.text[mark_end:])
    start = before.start() if before else mark_start
    end = mark_end + (after.end() if after else 0)
    # "-" and "," have a meaning in a text fragment, and quote() leaves "-" as it is.
    return "#:~:text=" + quote(marked.text[start:end], safe="").replace("-", "%2D")


class ArticleIdConverter(BaseConverter):
    """Any article id as the rest of a path, slashes as they are: "2022/meldung".

    In an id that a browser or a server would change, because a part of it is empty, "." or "..",
    the slashes are escaped; an id that is such a part gets a "~" before it.
    """

    regex = "(?s:.+)"
    part_isolating = False

    def to_python(self, value: str) -> str:
        """The id that the rest of a path stands for."""
        return value.removeprefix("~")

    def to_url(self, value: str) -> str:
        """The rest of the path of an id."""
        escaped = f"~{value}" if value in {".", ".."} or value.startswith("~") else value
        is_odd = not {"", ".", ".."}.isdisjoint(value.split("/"))
        return quote(escaped, safe="" if is_odd else "/")


def _first(args: MultiDict[str, str], param: Param) -> str:
    return next((value for value in args.getlist(param) if value), "")


def _choice(args: MultiDict[str, str], facet: Facet) -> tuple[str, ...]:
    typed = tuple(dict.fromkeys(value for value in args.getlist(facet.param) if value))
    if len(typed) > MAX_FILTER_VALUES:
        raise BadParameter(
            facet.param, f"{typed[0]}, {typed[1]}, …", f"choose at most {MAX_FILTER_VALUES} values"
        )
    values = []
    for value in typed:
        try:
            values.append(facet.canonical(value))
        except ValueError as error:
            raise BadParameter(facet.param, value, str(error)) from error
    return tuple(values)


def _flag(args: MultiDict[str, str], param: Param) -> bool:
    value = _first(args, param).strip()
    if value not in {"", "0", "1"}:
        raise BadParameter(param, value, "type 1, or leave it out")
    return value == "1"


def _sort(args: MultiDict[str, str]) -> Sort:
    value = _first(args, Param.SORT) or _DEFAULT.sort
    for sort in SORTS:
        if value == sort:
            return sort
    raise BadParameter(Param.SORT, value, f"type one of: {', '.join(SORTS)}")


def _number(args: MultiDict[str, str], param: Param, most: int = 10**9) -> int | None:
    text = _first(args, param).strip()
    if not text:
        return None
    if not _WHOLE_NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise BadParameter(param, text, f"type a whole number from 1 to {most}")
    return int(text)


def _period(args: MultiDict[str, str], param: Param) -> Period | None:
    text = _first(args, param).strip()
    period = parse_period(text)
    if text and period is None:
        raise BadParameter(param, text, "type a date such as 16.1.2024, 2024-01-16, 3.2024 or 2024")
    return period

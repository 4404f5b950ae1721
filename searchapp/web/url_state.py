"""The state of a search in a URL: the only module that knows the parameters' names.

`read` reads a SearchRequest and tells the values that it cannot use, for people; `parse` refuses
those, for programs. `query_pairs` writes a request in its canonical form (defaults left out, order
stable), and `parse(query_pairs(request)) == request`. `SearchUrls` builds every link that keeps,
adds or drops a part of the state.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, get_args
from urllib.parse import quote, urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict
from werkzeug.routing import BaseConverter

from searchapp.article_text import part_of
from searchapp.dates import Period, is_no_day, parse_period
from searchapp.errors import BadRequest
from searchapp.facets import FACETS, NO_FILTERS, Facet, Filters
from searchapp.model import Cursor, Hit, MarkedText, SearchRequest, Snippet, Sort
from searchapp.translation import Message
from searchapp.web.paths import address, path_to, query_string, quoted

LOCALES = ("de", "en")
SORTS: tuple[Sort, ...] = get_args(Sort)
MAX_FILTER_VALUES = 50
"""Values of one filter in one URL; each costs a query of its own."""

_DEFAULT = SearchRequest()
_WHOLE_NUMBER = re.compile("[0-9]{1,9}")
_KEPT_LOOSE = 1024
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
    PART = "part"
    AFTER = "after"


Reason = Literal["unreadable", "no_such_day", "reversed", "too_many", "too_long", "too_deep"]
"""Why a value cannot be used: it has no meaning, is a day that no month has, makes the period end
before it begins, is one filter too many, a query beyond its limits, or a page past the last one."""


class BadParameter(BadRequest):
    """A URL parameter has a value that cannot be used.

    typed: what was given; `value` is the same, short enough for a sentence.
    """

    def __init__(
        self, parameter: str, typed: str, remedy: str, reason: Reason = "unreadable"
    ) -> None:
        self.parameter = parameter
        self.typed = typed
        self.reason = reason
        self.value = typed if len(typed) <= 60 else typed[:59] + "…"
        super().__init__(
            # For the log: the page has sentences of its own, by the parameter.
            Message(f"{self.value!r} cannot be used"),
            where=f"parameter {parameter}",
            remedy=Message(remedy),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What URL parameters ask for, as far as it can be answered.

    typed_query: the words as they were typed, too many ones too.
    request: without the values that cannot be used; two dates in the wrong order are swapped in it.
    errors: these values, each once; for swapped dates, both of them.
    """

    typed_query: str
    request: SearchRequest
    errors: tuple[BadParameter, ...] = ()

    def giving_up(self, error: BadParameter, **changes: Any) -> Reading:
        """The same with other values in the request, because of one that cannot be used."""
        return replace(self, request=replace(self.request, **changes), errors=(*self.errors, error))

    def filter_pairs(self) -> list[tuple[str, str]]:
        """The part of `pairs` that stands in the filters, and not in the form of every page."""
        filters = {*_FACET_PARAMS, Param.ANY_TAG, Param.DATE_FROM, Param.DATE_TO}
        return [pair for pair in self.pairs() if pair[0] in filters]

    def pairs(self) -> list[tuple[str, str]]:
        """The URL parameters in canonical form and order, those that cannot be used as typed."""
        wrong = [(error.parameter, error.typed) for error in self.errors]
        retyped = {name for name, _ in wrong} - _FACET_PARAMS
        good = [pair for pair in query_pairs(self.request) if pair[0] not in retyped]
        return sorted([*good, *wrong], key=lambda pair: _ORDER.index(pair[0]))


def read(args: MultiDict[str, str], *, max_per_page: int = 100) -> Reading:
    """Read a request from URL parameters. Blank and unknown parameters are ignored.

    Where a parameter that can have one value is repeated, its first one that is not blank counts.
    """
    reader = _Reader(args)
    date_from, date_to = reader.dates()
    request = SearchRequest(
        query=reader.first(Param.QUERY),
        exact=reader.flag(Param.EXACT),
        uncorrected=reader.flag(Param.UNCORRECTED),
        filters=Filters(
            {facet.name: reader.choice(facet) for facet in FACETS},
            any_tag=reader.flag(Param.ANY_TAG),
            date_from=date_from,
            date_to=date_to,
        ),
        sort=reader.sort(),
        page_number=reader.number(Param.PAGE) or _DEFAULT.page_number,
        per_page=reader.number(Param.PER_PAGE, max_per_page) or _DEFAULT.per_page,
    )
    return Reading(request.query, request, tuple(reader.errors))


def parse(args: MultiDict[str, str], *, max_per_page: int = 100) -> SearchRequest:
    """Read a request of a program, as `read` does. Raises BadParameter for the first error."""
    reading = read(args, max_per_page=max_per_page)
    for error in reading.errors:
        raise error
    return reading.request


def parse_page_number(args: MultiDict[str, str], most: int) -> int:
    """The number of the page that is asked for, from 1, the default, to `most`.

    Raises BadParameter.
    """
    reader = _Reader(args)
    number = reader.number(Param.PAGE, most)
    for error in reader.errors:
        raise error
    return number or 1


def parse_rank(args: MultiDict[str, str]) -> int | None:
    """The 1-based position of an article in the result list that led to it, if one did.

    No reader types it: what is no position is ignored.
    """
    return _Reader(args).number(Param.HIT)


def parse_part(args: MultiDict[str, str]) -> int:
    """The number of the part of an article, by default 1; what is no number is ignored."""
    return _Reader(args).number(Param.PART) or 1


def own_parameters(args: MultiDict[str, str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Those of some names, each with its first value that is not blank, as it was typed."""
    reader = _Reader(args)
    return [(name, value) for name in names if (value := reader.first(name))]


def has_blanks(args: MultiDict[str, str]) -> bool:
    """Whether there are parameters without a value, as a form sends them."""
    return any(not value.strip() for _, value in args.items(multi=True))


def parse_after(args: MultiDict[str, str], request: SearchRequest) -> SearchRequest:
    """The request, going on where the cursor of the URL says, if there is one.

    Raises BadParameter for what is no cursor, or that of another search.
    """
    text = _Reader(args).first(Param.AFTER)
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


_FACET_PARAMS = {facet.param for facet in FACETS}
_ORDER = (
    *(Param.QUERY, Param.EXACT, Param.UNCORRECTED, *(facet.param for facet in FACETS)),
    *(Param.ANY_TAG, Param.DATE_FROM, Param.DATE_TO, Param.SORT, Param.PAGE, Param.PER_PAGE),
)
"""As `query_pairs` writes them."""


@dataclass(frozen=True, slots=True)
class SearchUrls:
    """Builds the links of a page that shows `request`. Needs Flask's request context.

    lang: the language that the URL named, kept in all links; a language from the cookie or the
    browser is not written into URLs, so that a copied link speaks its reader's language.
    """

    request: SearchRequest
    lang: str | None = None

    def home(self) -> str:
        """The start page."""
        return self._url("pages.home", [])

    def help(self) -> str:
        """What can be typed."""
        return self._url("help_page.page", [])

    def search(self) -> str:
        """This very search."""
        return self._search(self.request)

    def canonical(self) -> str:
        """The one address of this search in all languages, with the name of the server."""
        return address(url_for("pages.search", _external=True), query_pairs(self.request))

    def as_read(self, reading: Reading) -> str:
        """The search of a reading, with all that was typed."""
        return self._url("pages.search", reading.pairs())

    def everything(self) -> str:
        """All articles."""
        return self._search(SearchRequest())

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

    def within(self) -> Callable[[dt.date, dt.date], str]:
        """Makes two days into the URL of this search within them, from its first page.

        What is the same for all is made once: a histogram has dozens.
        """
        filters = replace(self.request.filters, date_from=dt.date.min, date_to=dt.date.max)
        since, until = f"{Param.DATE_FROM}=", f"&{Param.DATE_TO}="
        # No value can hold this: in values "&" and "=" are escaped.
        ends = f"{since}{dt.date.min}{until}{dt.date.max}"
        before, _, after = self.filtered(filters).partition(ends)
        return lambda first, last: f"{before}{since}{first}{until}{last}{after}"

    def adding(self, facet: Facet) -> Callable[[str], str]:
        """Makes a value into the URL of this search with that chosen, too, from its first page.

        What is the same for all values is made once: a list has hundreds.
        """
        filters = self.request.filters
        filters = filters.choosing(facet, *filters.chosen(facet), "")
        pairs = query_pairs(replace(self.request, filters=filters, page_number=1))
        place = pairs.index((facet.param, ""))
        after = pairs[place + 1 :]
        if self.lang:
            after.append((Param.LANG, self.lang))
        start = address(path_to("pages.search"), [*pairs[:place], (facet.param, "")])
        end = f"&{query_string(after)}" if after else ""
        return lambda value: start + quoted(value) + end

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

    def article(self, article_id: str, rank: int | None = None) -> str:
        """An article; with its 1-based rank also the search that it was found by."""
        if rank is None:
            return self._at(article_path(article_id), [])
        return self.article_part(article_id, rank=rank)

    def article_part(self, article_id: str, part: int = 1, rank: int | None = None) -> str:
        """A part of an article, with this search and its place in it, if it has one."""
        # The rank tells the page, so that the same article has one URL a search.
        pairs = query_pairs(replace(self.request, page_number=1))
        if rank is not None:
            pairs.append((Param.HIT, str(rank)))
        if part > 1:
            pairs.append((Param.PART, str(part)))
        return self._at(article_path(article_id), pairs)

    def article_linker(self) -> Callable[[str, int | None], str]:
        """Makes the id and rank of a hit of this search into the URL that `article_part` makes.

        The rank is None for an article that has some of the words only, and no place among them.
        """
        start = article_path("-")[:-1]
        search = query_string(query_pairs(replace(self.request, page_number=1)))
        before = f"?{search}&{Param.HIT}=" if search else f"?{Param.HIT}="
        end = f"&{query_string([(Param.LANG, self.lang)])}" if self.lang else ""
        unranked = f"?{search}{end}" if search else end.replace("&", "?")

        def link(article_id: str, rank: int | None) -> str:
            path = start + rest_of_path(article_id)
            return path + (unranked if rank is None else f"{before}{rank}{end}")

        return link

    def page_of(self, rank: int) -> str:
        """The page of this search that shows its hit number `rank`."""
        return self.page((rank - 1) // self.request.per_page + 1)

    def _changed(self, **changes: Any) -> str:
        return self._search(replace(self.request, **changes, page_number=1))

    def _search(self, request: SearchRequest) -> str:
        return self._url("pages.search", query_pairs(request))

    def _url(self, endpoint: str, pairs: Sequence[tuple[str, str]], **values: str) -> str:
        return self._at(path_to(endpoint, **values), pairs)

    def _at(self, path: str, pairs: Sequence[tuple[str, str]]) -> str:
        return address(path, [*pairs, (Param.LANG, self.lang)] if self.lang else pairs)


def article_path(article_id: str) -> str:
    """The path of an article."""
    return path_to("pages.article", article_id="-")[:-1] + rest_of_path(article_id)


def in_locale(path: str, parameters: Iterable[tuple[str, str]], lang: str | None) -> str:
    """The URL of the same page in another language, all its other parameters unchanged.

    lang: None for that of the reader, whatever it is.
    """
    pairs = [(key, value) for key, value in parameters if value and key != Param.LANG]
    pairs += [(Param.LANG, lang)] if lang else []
    return path + (f"?{urlencode(pairs)}" if pairs else "")


def with_parameters(address: str, query_string: bytes) -> str:
    """An address without parameters with those of another one, as they were sent."""
    parameters = query_string.decode("latin-1")
    return f"{address}?{parameters}" if parameters else address


def to_snippet(article_url: str, hit: Hit, snippet: Snippet, query: str) -> str:
    """The address of a hit's article, leading to the first mark of one of its snippets.

    article_url: as `SearchUrls` makes it. query: that of it.
    """
    part = part_of(hit.article.body, snippet.start)
    if part > 1:
        article_url += f"{'&' if '?' in article_url else '?'}{Param.PART}={part}"
    marked = snippet.marked
    if marked.marks:
        fragment = text_fragment(marked, query, hit.article.title, *hit.article.bylines)
        return f"{article_url}#m{snippet.first_mark}{fragment}"
    number = hit.page_number(snippet)
    return f"{article_url}#page-{number}" if number else article_url


def text_fragment(marked: MarkedText, *before: str) -> str:
    """A ":~:text=" directive, to follow an id, that shows the first mark to the reader, or "".

    A browser matches whole words only, so the mark (perhaps a part of a compound) is widened to
    its word; a few words after it make the place unique, but none as "6.000", which is one to a
    browser. What it does not find it leaves for the
    id; but it takes the first place that it finds, so that there is none for what may stand in
    the texts `before`, those of the page's head, as in the field with the query.
    https://wicg.github.io/scroll-to-text-fragment/
    """
    mark_start, mark_end = marked.marks[0]
    start = mark_start
    # Not by a pattern: it would be tried at each place before.
    while start and (marked.text[start - 1].isalnum() or marked.text[start - 1] == "_"):
        start -= 1
    after = re.match(r"\w*(?:[^\S\n]+\w+(?![^\s\w]?\w)){0,4}", marked.text[mark_end:])
    text = marked.text[start : mark_end + (after.end() if after else 0)]
    loose = _loose(text)
    if any(loose in _loose(each) for each in before):
        return ""
    # "-" and "," have a meaning in a text fragment, and quote() leaves "-" as it is.
    return ":~:text=" + quote(text, safe="").replace("-", "%2D")


@lru_cache(_KEPT_LOOSE)
def _loose(text: str) -> str:
    """A text as a browser compares it, and more loosely."""
    return " ".join(re.findall(r"\w+", text.casefold()))


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
        return rest_of_path(value)


def rest_of_path(value: str) -> str:
    """What an ArticleIdConverter makes of an id."""
    escaped = f"~{value}" if value in {".", ".."} or value.startswith("~") else value
    is_odd = not {"", ".", ".."}.isdisjoint(value.split("/"))
    return quote(escaped, safe="" if is_odd else "/")


class _Reader:
    """Reads parameters one by one. errors: the values that cannot be used, so far."""

    def __init__(self, args: MultiDict[str, str]) -> None:
        self.args = args
        self.errors: list[BadParameter] = []

    def first(self, param: str) -> str:
        return next((value for value in self.args.getlist(param) if value.strip()), "")

    def choice(self, facet: Facet) -> tuple[str, ...]:
        typed = dict.fromkeys(value for value in self.args.getlist(facet.param) if value.strip())
        values: list[str] = []
        for value in typed:
            if len(values) == MAX_FILTER_VALUES:
                remedy = f"choose at most {MAX_FILTER_VALUES} values"
                self._refuse(facet.param, value, remedy, "too_many")
                continue
            try:
                values.append(facet.canonical(value))
            except ValueError as error:
                self._refuse(facet.param, value, str(error))
        return tuple(values)

    def flag(self, param: Param) -> bool:
        value = self.first(param).strip()
        if value not in {"", "0", "1"}:
            self._refuse(param, value, "type 1, or leave it out")
        return value == "1"

    def sort(self) -> Sort:
        value = self.first(Param.SORT) or _DEFAULT.sort
        for sort in SORTS:
            if value == sort:
                return sort
        self._refuse(Param.SORT, value, f"type one of: {', '.join(SORTS)}")
        return _DEFAULT.sort

    def number(self, param: Param, most: int = 10**9) -> int | None:
        text = self.first(param).strip()
        if not text:
            return None
        if not _WHOLE_NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
            self._refuse(param, text, f"type a whole number from 1 to {most}")
            return None
        return int(text)

    def dates(self) -> tuple[dt.date | None, dt.date | None]:
        since, until = self._period(Param.DATE_FROM), self._period(Param.DATE_TO)
        if since and until and since.first > until.last:
            for param in (Param.DATE_FROM, Param.DATE_TO):
                typed = self.first(param).strip()
                self._refuse(param, typed, "let the period begin before it ends", "reversed")
            since, until = until, since
        return since.first if since else None, until.last if until else None

    def _period(self, param: Param) -> Period | None:
        text = self.first(param).strip()
        period = parse_period(text)
        if text and period is None:
            reason: Reason = "no_such_day" if is_no_day(text) else "unreadable"
            remedy = "type a date such as 16.1.2024, 2024-01-16, January 2024 or 2024"
            self._refuse(param, text, remedy, reason)
        return period

    def _refuse(
        self, parameter: str, typed: str, remedy: str, reason: Reason = "unreadable"
    ) -> None:
        self.errors.append(BadParameter(parameter, typed, remedy, reason))

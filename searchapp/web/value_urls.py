"""The addresses of lists of values, and of the page of a single value.

A list that stands alone has a path of its own (`/schlagwoerter`), and so has each of its values
(`/schlagwoerter/Klima`); the list of the values in the results of a search is `/search/values`
with the parameters of the search. The parameters that say which part of a list is wanted are
known here only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import get_args

from flask import url_for
from werkzeug.datastructures import MultiDict

from searchapp.facets import FACETS, TAGS, Facet
from searchapp.model import ValueOrder, ValueRequest
from searchapp.web.paths import address, path_to
from searchapp.web.url_state import (
    BadParameter,
    Param,
    SearchUrls,
    parse_page_number,
    query_pairs,
    rest_of_path,
)

PATHS = {
    "tags": "schlagwoerter",
    "section": "ressorts",
    "source": "quellen",
    "author": "autoren",
}
"""The path of the list of each facet that has one, by the facet's name."""

ENGLISH_PATHS = {"tags": "tags", "section": "sections", "source": "sources", "author": "authors"}
"""The paths of the API, and of pages that lead to those of PATHS."""

FACET_BY_NAME = {facet.name: facet for facet in FACETS}
FACET_BY_PATH = {PATHS[name]: FACET_BY_NAME[name] for name in PATHS}
FACET_BY_ENGLISH_PATH = {ENGLISH_PATHS[name]: FACET_BY_NAME[name] for name in PATHS}

ORDERS: tuple[ValueOrder, ...] = get_args(ValueOrder)
MAX_PAGE_NUMBER = 10**6


class ValueParam(StrEnum):
    """The names of the parameters that say which part of a list is wanted."""

    FACET = "facet"
    CONTAINS = "contains"
    PREFIX = "prefix"
    ORDER = "order"
    PAGE = "page"


def parse_facet(args: MultiDict[str, str]) -> Facet:
    """The facet whose values are wanted; the tags where none is named that there is."""
    return FACET_BY_NAME.get(args.get(ValueParam.FACET, ""), TAGS)


def parse_values(
    args: MultiDict[str, str], facet: Facet, order: ValueOrder, per_page: int
) -> ValueRequest:
    """Read which values of a facet are wanted. order: the one where none is named.

    Raises BadParameter.
    """
    named = args.get(ValueParam.ORDER) or order
    known = next((each for each in ORDERS if each == named), None)
    if known is None:
        raise BadParameter(ValueParam.ORDER, named, f"type one of: {', '.join(ORDERS)}")
    return ValueRequest(
        facet=facet,
        contains=args.get(ValueParam.CONTAINS, "").strip(),
        prefix=args.get(ValueParam.PREFIX, ""),
        order=known,
        page_number=parse_page_number(args, MAX_PAGE_NUMBER),
        per_page=per_page,
    )


def usual_order(*, is_alone: bool) -> ValueOrder:
    """The order where none is named: as in an index of names, or as in the filters."""
    return "name" if is_alone else "count"


@dataclass(frozen=True, slots=True)
class ValueUrls:
    """Builds the links of a list of values. Needs Flask's application context.

    urls: those of the search whose values are listed.
    is_alone: whether the list stands alone, and is of all articles.
    """

    wanted: ValueRequest
    urls: SearchUrls
    is_alone: bool

    def here(self) -> str:
        """This very part of the list."""
        return self._list(self.wanted)

    def canonical(self) -> str:
        """The one address of this part in all languages, with the name of the server."""
        pairs = replace(self, urls=replace(self.urls, lang=None))._pairs(self.wanted)
        return address(_path_of(self, external=True), pairs)

    def page(self, page_number: int) -> str:
        """Another page of it."""
        return self._list(replace(self.wanted, page_number=page_number))

    def ordered(self, order: ValueOrder) -> str:
        """The list in another order, from its first page; a prefix belongs to that of names."""
        prefix = self.wanted.prefix if order == "name" else ""
        return self._list(replace(self.wanted, order=order, prefix=prefix, page_number=1))

    def beginning(self, prefix: str) -> str:
        """The part of it that begins with something, or all for ""."""
        return self._list(replace(self.wanted, prefix=prefix, order="name", page_number=1))

    def whole(self) -> str:
        """The list with all that it has, in the same order."""
        return self._list(replace(self.wanted, contains="", prefix="", page_number=1))

    def linker(self) -> Callable[[str], str]:
        """Makes a value into where it leads: its page, or back to the search with it chosen."""
        if not self.is_alone:
            return self.urls.adding(self.wanted.facet)
        start = f"{_path_of(self)}/"
        end = address("", [(Param.LANG, self.urls.lang)]) if self.urls.lang else ""
        return lambda value: start + rest_of_path(value) + end

    def without(self, value: str) -> str:
        """The search without a value that is chosen."""
        return self.urls.filtered(self.urls.request.filters.without(self.wanted.facet, value))

    def action(self) -> str:
        """Where the form that asks for a part of a value leads."""
        return _path_of(self)

    def hidden(self) -> Sequence[tuple[str, str]]:
        """What the form keeps."""
        kept = replace(self.wanted, contains="", prefix="", page_number=1)
        return self._pairs(kept)

    def _pairs(self, wanted: ValueRequest) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        if not self.is_alone:
            # The values are those of all pages.
            pairs += query_pairs(replace(self.urls.request, page_number=1))
            pairs.append((ValueParam.FACET, wanted.facet.name))
        if wanted.contains:
            pairs.append((ValueParam.CONTAINS, wanted.contains))
        if wanted.prefix:
            pairs.append((ValueParam.PREFIX, wanted.prefix))
        if wanted.order != usual_order(is_alone=self.is_alone):
            pairs.append((ValueParam.ORDER, wanted.order))
        if wanted.page_number > 1:
            pairs.append((ValueParam.PAGE, str(wanted.page_number)))
        if self.urls.lang:
            pairs.append((Param.LANG, self.urls.lang))
        return pairs

    def _list(self, wanted: ValueRequest) -> str:
        return address(_path_of(self), self._pairs(wanted))


def values_of_search(urls: SearchUrls, facet: Facet) -> str:
    """The list of all values that a facet has in the results of a search."""
    return ValueUrls(ValueRequest(facet), urls, is_alone=False).here()


def list_url(urls: SearchUrls, facet: Facet) -> str:
    """The list of all values that a facet has in any article."""
    path = path_to("value_pages.all_values", path=PATHS[facet.name])
    return address(path, [(Param.LANG, urls.lang)] if urls.lang else [])


def value_url(urls: SearchUrls, facet: Facet, value: str, *, external: bool = False) -> str:
    """The page of a value; `external` with the host. The facet is one of PATHS."""
    path = url_for("value_pages.value", path=PATHS[facet.name], value=value, _external=external)
    return address(path, [(Param.LANG, urls.lang)] if urls.lang and not external else [])


def _path_of(urls: ValueUrls, *, external: bool = False) -> str:
    endpoint, values = "value_pages.search_values", {}
    if urls.is_alone:
        endpoint, values = "value_pages.all_values", {"path": PATHS[urls.wanted.facet.name]}
    return url_for(endpoint, _external=True, **values) if external else path_to(endpoint, **values)

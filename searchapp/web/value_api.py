"""What programs ask for values: all tags, authors, sources and sections, with counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, request, url_for

from searchapp.errors import PageTooDeep
from searchapp.model import FacetCount
from searchapp.translation import N_
from searchapp.web.api import requested, search_parameters, service
from searchapp.web.api_description import Parameter, described
from searchapp.web.json_answer import json_answer
from searchapp.web.url_state import Param, SearchUrls
from searchapp.web.value_urls import (
    ENGLISH_PATHS,
    FACET_BY_ENGLISH_PATH,
    ORDERS,
    ValueParam,
    parse_values,
    value_url,
)

blueprint = Blueprint("value_api", __name__)


class ValueObject(TypedDict):
    """A value of a facet."""

    value: str
    count: Annotated[int, "The articles with it."]
    selected: Annotated[bool, "Whether the search is narrowed to it."]
    added: Annotated[int | None, "As in the facets of a search."]
    page_url: Annotated[str, "The page of the value."]


class LettersObject(TypedDict):
    """Values with one beginning."""

    prefix: str
    count: Annotated[int, "The number of values."]


class ValuesObject(TypedDict):
    """A page of the values of a facet."""

    facet: str
    query: str
    total: Annotated[int, "The number of values that fit."]
    page: int
    per_page: int
    took_ms: float
    generation: Annotated[str, "The state of the index."]
    values: list[ValueObject]
    initials: Annotated[list[LettersObject], "The first letters of all values."]
    prefixes: Annotated[list[LettersObject], "Longer beginnings, within `prefix`."]
    next: Annotated[str | None, "The next page of the list; null at the end."]


def _parameters(app: Flask) -> Sequence[Parameter]:
    own = (
        Parameter(
            "path",
            "Which values.",
            {"type": "string", "enum": list(ENGLISH_PATHS.values())},
            place="path",
        ),
        Parameter(ValueParam.CONTAINS, "Only values with this part, in any spelling."),
        Parameter(ValueParam.PREFIX, "Only values that begin so."),
        Parameter(ValueParam.ORDER, "The order.", {"type": "string", "enum": list(ORDERS)}),
    )
    left_out = {Param.SORT, Param.AFTER, ValueParam.ORDER}
    return (*own, *(each for each in search_parameters(app) if each.name not in left_out))


@blueprint.get(f"/api/v1/<any({', '.join(ENGLISH_PATHS.values())}):path>")
@described("All values of a facet", ValuesObject, _parameters)
def values(path: str) -> Response:
    """The values of a facet in all articles, or in those of a search.

    Parameters: those of `/api/v1/search`, of which `page` and `per_page` are of the values;
    `contains`, `prefix`, `order` (count or name). `page_url` is the page of a value, `next` the
    next page of the list or null.
    """
    facet = FACET_BY_ENGLISH_PATH[path]
    search_request = requested()
    wanted = parse_values(request.args, facet, "count", search_request.per_page)
    page = service().values(search_request, wanted)
    if wanted.page_number > page.last_page_number:
        raise PageTooDeep(
            N_("there is no page %(page_number)s", page_number=wanted.page_number),
            where=ValueParam.PAGE,
            remedy=N_("go back to the first page"),
        )
    following = None
    if wanted.page_number < page.last_page_number:
        pairs = [pair for pair in request.args.items(multi=True) if pair[0] != Param.PAGE]
        pairs.append((Param.PAGE, str(wanted.page_number + 1)))
        here = url_for("value_api.values", path=path, _external=True)
        following = f"{here}?{urlencode(pairs)}"
    urls = SearchUrls(search_request)
    answer: ValuesObject = {
        "facet": facet.name,
        "query": search_request.query,
        "total": page.found.total,
        "page": wanted.page_number,
        "per_page": wanted.per_page,
        "took_ms": page.took_ms,
        "generation": page.generation,
        "values": [
            {
                "value": each.value,
                "count": each.count,
                "selected": each.selected,
                "added": each.added,
                "page_url": value_url(urls, facet, each.value, external=True),
            }
            for each in page.found.values
        ],
        "initials": _letters(page.found.initials),
        "prefixes": _letters(page.found.prefixes),
        "next": following,
    }
    return json_answer(answer)


def _letters(counts: tuple[FacetCount, ...]) -> list[LettersObject]:
    return [{"prefix": each.value, "count": each.count} for each in counts]

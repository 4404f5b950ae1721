"""What programs ask for values: all tags, authors, sources and sections, with counts."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from searchapp.errors import PageTooDeep
from searchapp.model import FacetCount
from searchapp.web.api import requested, service
from searchapp.web.url_state import Param, SearchUrls
from searchapp.web.value_urls import (
    ENGLISH_PATHS,
    FACET_BY_ENGLISH_PATH,
    ValueParam,
    parse_values,
    value_url,
)

blueprint = Blueprint("value_api", __name__)


@blueprint.get(f"/api/v1/<any({', '.join(ENGLISH_PATHS.values())}):path>")
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
            f"there is no page {wanted.page_number}",
            where=ValueParam.PAGE,
            remedy="go back to the first page",
        )
    following = None
    if wanted.page_number < page.last_page_number:
        pairs = [pair for pair in request.args.items(multi=True) if pair[0] != Param.PAGE]
        pairs.append((Param.PAGE, str(wanted.page_number + 1)))
        here = url_for("value_api.values", path=path, _external=True)
        following = f"{here}?{urlencode(pairs)}"
    urls = SearchUrls(search_request)
    answer = {
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
                "page_url": value_url(urls, facet, each.value, external=True),
            }
            for each in page.found.values
        ],
        "initials": _letters(page.found.initials),
        "prefixes": _letters(page.found.prefixes),
        "next": following,
    }
    # Not jsonify: it sorts keys and escapes umlauts.
    return Response(json.dumps(answer, ensure_ascii=False) + "\n", mimetype="application/json")


def _letters(counts: tuple[FacetCount, ...]) -> list[dict[str, object]]:
    return [{"prefix": each.value, "count": each.count} for each in counts]

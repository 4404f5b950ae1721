"""Paths that people type from memory or find in old links, and the pages that they mean."""

from __future__ import annotations

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

_NAMES = {
    "suche": "search",
    "artikel": "article",
    "schlagwörter": "schlagwoerter",
    "index.html": "",
    "suchhilfe": "hilfe",
}
"""First parts of paths that are expected here, and what they are called."""


def meant_url(path: str) -> str | None:
    """The URL of the page that a path means which leads nowhere, or None.

    "/Search", "/search/" and "/suche" mean "/search". A path that is a page's own means nothing
    else. Needs Flask's application context.
    """
    first, slash, rest = path.strip("/").partition("/")
    first = first.lower()
    meant = "/" + _NAMES.get(first, first) + slash + rest
    if meant == path:
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(meant)
    except (RequestRedirect, HTTPException):
        return None
    return url_for(endpoint, **values)

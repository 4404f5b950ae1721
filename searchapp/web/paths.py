"""Paths and query strings of addresses at this service, made fast: a page has a hundred links."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from flask import request, url_for

_KEPT = 4096

quoted = lru_cache(_KEPT)(quote_plus)
"""A value as it stands in a query string. Those of a page are in many of its links."""


def path_to(endpoint: str, **values: str) -> str:
    """As `url_for`, below the place where the application is mounted. Needs a request."""
    return _path_below(request.script_root, endpoint, tuple(values.items()))


@lru_cache(_KEPT)
def _path_below(_root: str, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:
    """The path. _root: what `url_for` takes from the request."""
    variables: dict[str, Any] = dict(values)
    return url_for(endpoint, **variables)


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs of names, which need no quoting, and values, as `urlencode` writes them."""
    return "&".join([f"{name}={quoted(value)}" for name, value in pairs])


def address(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The path with these parameters, if there are any."""
    query = query_string(pairs)
    return f"{path}?{query}" if query else path

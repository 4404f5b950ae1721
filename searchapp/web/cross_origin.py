"""Which other sites' pages may read the API: those that the owner lists, never with cookies.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

import re

from flask import Flask, Response, request

from searchapp.errors import BadSetting
from searchapp.settings import Settings, variable
from searchapp.translation import N_

API_PATH = "/api/"
ALL = "*"
ALLOWED_METHODS = "GET, HEAD, OPTIONS"
ALLOWED_HEADERS = "Accept, Accept-Language, Content-Type, If-None-Match"
EXPOSED_HEADERS = (
    "ETag, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id"
)
PREFLIGHT_KEPT_S = 24 * 3600

_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


def allowed_origins(settings: Settings) -> frozenset[str]:
    """The origins of `settings.cors_origins`. Raises BadSetting for what is none."""
    origins = frozenset(settings.cors_origins.replace(",", " ").split())
    for origin in sorted(origins - {ALL}):
        if not _ORIGIN.fullmatch(origin):
            raise BadSetting(
                N_("%(origin)r is not an origin", origin=origin),
                where=variable("cors_origins"),
                remedy=N_(
                    "write it as https://www.example.org, in small letters and without a path"
                ),
            )
    return origins


def init_cross_origin(app: Flask, settings: Settings) -> None:
    """Let pages of the listed origins read the API. Raises BadSetting."""
    origins = allowed_origins(settings)
    if not origins:
        return

    @app.after_request
    def allow(response: Response) -> Response:
        if not request.path.startswith(API_PATH):
            return response
        origin = request.headers.get("Origin", "")
        allowed = ALL if ALL in origins else origin
        if allowed != ALL:
            response.vary.add("Origin")
        if not origin or not origins & {ALL, origin}:
            return response
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = allowed
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
            headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            headers["Access-Control-Max-Age"] = str(PREFLIGHT_KEPT_S)
        else:
            headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        return response

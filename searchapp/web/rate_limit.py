"""How many requests one address may send."""

from __future__ import annotations

import ipaddress
import time
from math import ceil

from flask import Flask, Response, g, request
from limits import RateLimitItem, parse_many
from limits.strategies import FixedWindowRateLimiter
from limits.util import WindowStats
from werkzeug.exceptions import TooManyRequests

from searchapp.errors import BadSetting
from searchapp.settings import Settings, variable
from searchapp.translation import N_
from searchapp.web import health, static_files
from searchapp.web.request_counts import RequestCounts

NEVER_LIMITED = (*health.ENDPOINTS, "metrics.metrics", static_files.ENDPOINT)
IPV6_CLIENT_BITS = 64
"""What one reader gets at least: within it an address can be made up for each request."""


def init_rate_limit(app: Flask, settings: Settings, counts: RequestCounts | None = None) -> None:
    """Answer 429 once an address exceeds `settings.rate_limit`, by whatever it asks for.

    Addresses of the site that there are not count, too. Raises BadSetting for a limit that cannot
    be read.
    """
    items = rate_limits(settings)
    if not items:
        return
    limiter = FixedWindowRateLimiter(counts or RequestCounts())

    @app.before_request
    def count() -> None:
        if request.endpoint in NEVER_LIMITED:
            return
        client = client_of(request.remote_addr or "")
        is_within = [limiter.hit(item, client) for item in items]
        stats = [limiter.get_window_stats(item, client) for item in items]
        place = is_within.index(False) if False in is_within else _tightest(items, stats)
        g.rate_limit = (items[place].amount, stats[place].remaining, ceil(stats[place].reset_time))
        if False in is_within:
            raise TooManyRequests(retry_after=max(1, ceil(stats[place].reset_time - time.time())))

    @app.after_request
    def tell(response: Response) -> Response:
        if "rate_limit" in g:
            for name, value in zip(("Limit", "Remaining", "Reset"), g.rate_limit, strict=True):
                response.headers[f"X-RateLimit-{name}"] = str(value)
        return response


def rate_limits(settings: Settings) -> list[RateLimitItem]:
    """The limits that a setting names, as "10 per second; 200 per minute". Raises BadSetting."""
    if not settings.rate_limit:
        return []
    try:
        return list(parse_many(settings.rate_limit))
    except ValueError:
        raise BadSetting(
            N_("%(rate_limit)r is not a rate limit", rate_limit=settings.rate_limit),
            where=variable("rate_limit"),
            remedy=N_('write it as "120 per minute"'),
        ) from None


def client_of(address: str) -> str:
    """Who sends from an address: itself, or for IPv6 its network.

    What is no address (a proxy may tell a name) is taken as it is.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    network = ipaddress.ip_network((int(parsed), IPV6_CLIENT_BITS), strict=False)
    return str(network)


def _tightest(items: list[RateLimitItem], stats: list[WindowStats]) -> int:
    """The place of the limit of which the least is left."""
    shares = [stat.remaining / item.amount for item, stat in zip(items, stats, strict=True)]
    return shares.index(min(shares))

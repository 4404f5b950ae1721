"""What every response carries against misuse, and how many requests one address may send."""

from __future__ import annotations

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse_many

from searchapp.errors import BadSetting
from searchapp.settings import Settings, variable
from searchapp.web import health, static_files

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # What a reader searched for is not told to the sites that articles link to.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

NEVER_LIMITED = (*health.ENDPOINTS, "metrics.metrics", static_files.ENDPOINT)


def init_security_headers(app: Flask) -> None:
    """Send the security headers with every response; nothing but static files is kept."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)  # A drawing has a stricter policy.
        if "Cache-Control" not in response.headers:
            # The answer changes with the index; the browser asks again, also on Back.
            response.cache_control.no_cache = True
        return response


def check_rate_limit(settings: Settings) -> None:
    """Raise BadSetting for a rate limit that cannot be read."""
    try:
        parse_many(settings.rate_limit or "1 per second")
    except ValueError:
        raise BadSetting(
            f"{settings.rate_limit!r} is not a rate limit",
            where=variable("rate_limit"),
            remedy='write it as "120 per minute"',
        ) from None


def init_rate_limit(app: Flask, settings: Settings) -> None:
    """Answer 429 once an address exceeds `settings.rate_limit`, counted in each process.

    Raises BadSetting for a limit that cannot be read.
    """
    check_rate_limit(settings)
    if not settings.rate_limit:
        return
    limiter = Limiter(
        get_remote_address,
        app=app,
        application_limits=[settings.rate_limit],
        headers_enabled=True,
        storage_uri="memory://",
    )
    for endpoint in NEVER_LIMITED:
        limiter.exempt(app.view_functions[endpoint])

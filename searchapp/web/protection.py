"""What every response carries against misuse, and how a secret is compared."""

from __future__ import annotations

import hmac

from flask import Flask, Response

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


def is_secret(given: str | None, secret: str) -> bool:
    """Whether a client gave a secret; the comparison takes as long for any guess."""
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), secret.encode())


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

"""Which addresses of articles a page may link to."""

from __future__ import annotations

from urllib.parse import urlsplit


def external_url(url: str | None) -> str | None:
    """An article's own address if it is one that a page may link to (http or https)."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None

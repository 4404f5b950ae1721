"""Static files with their content's hash in the URL, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound

FOLDER = Path(__file__).with_name("static")
ENDPOINT = "static"


def init_static_files(app: Flask) -> None:
    """Serve the folder `static`, and give templates the function `static_url`."""
    app.add_url_rule("/static/<path:filename>", ENDPOINT, _send)
    app.jinja_env.globals["static_url"] = static_url


def static_url(filename: str) -> str:
    """The URL of a static file; it changes when the file's content changes."""
    return url_for(ENDPOINT, filename=filename, v=_content_hash(filename))


def _send(filename: str) -> Response:
    response = send_from_directory(FOLDER, filename)
    if request.args.get("v") == _content_hash(filename):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = 365 * 24 * 3600
        response.cache_control.immutable = True
    return response


@cache
def _content_hash(filename: str) -> str:
    try:
        content = (FOLDER / filename).read_bytes()
    except OSError:
        raise NotFound from None
    return hashlib.sha256(content).hexdigest()[:12]

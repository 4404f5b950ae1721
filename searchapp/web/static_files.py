"""Static files with their content's hash in the URL, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from searchapp.web.paths import path_to

FOLDER = Path(__file__).with_name("static")
ENDPOINT = "static"
AT_THE_ROOT = ("favicon.ico", "apple-touch-icon.png")
"""Files that browsers look for there, whatever a page says."""
KEPT_FOR_S = 365 * 24 * 3600


def init_static_files(app: Flask) -> None:
    """Serve the files of `static`, and give templates the function `static_url`.

    They are few and small, so they are read once: no path of a request ever meets the disk.
    """
    contents = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    hashes = {name: hashlib.sha256(data).hexdigest()[:12] for name, data in contents.items()}

    def send(filename: str) -> Response:
        if filename not in contents:
            raise NotFound
        response = Response(contents[filename], mimetype=mimetypes.guess_type(filename)[0])
        response.set_etag(hashes[filename])
        if request.args.get("v") == hashes[filename]:
            response.cache_control.public = True
            response.cache_control.max_age = KEPT_FOR_S
            response.cache_control.immutable = True
        response.make_conditional(request)
        return response

    def static_url(filename: str) -> str:
        return path_to(ENDPOINT, filename=filename, v=hashes[filename])

    app.add_url_rule("/static/<path:filename>", ENDPOINT, send)
    for filename in AT_THE_ROOT:
        app.add_url_rule(f"/{filename}", ENDPOINT, send, defaults={"filename": filename})
    app.jinja_env.globals.update(static_url=static_url, path_to=path_to)

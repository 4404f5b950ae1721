"""Static files with their content's hash in the URL, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePath

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from searchapp.web.paths import path_to

FOLDER = Path(__file__).with_name("static")
ENDPOINT = "static"
AT_THE_ROOT = ("favicon.ico", "apple-touch-icon.png")
"""Files that browsers look for there, whatever a page says."""
KEPT_FOR_S = 365 * 24 * 3600
MEDIA_TYPES = {
    ".css": "text/css",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""Not those of the machine, which may know others or none."""
POLICY_OF_DRAWINGS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing that is opened as a page of its own has its colours, and runs no script."""


def init_static_files(app: Flask, own: Mapping[str, bytes]) -> None:
    """Serve the files of `static`, and give templates the function `static_url`.

    They are few and small, so they are read once: no path of a request ever meets the disk.
    own: the contents of files of the owner, by name.
    """
    contents = {path.name: path.read_bytes() for path in FOLDER.iterdir()} | dict(own)
    hashes = {name: hashlib.sha256(data).hexdigest()[:12] for name, data in contents.items()}

    def send(filename: str) -> Response:
        if filename not in contents:
            raise NotFound
        suffix = PurePath(filename).suffix
        response = Response(contents[filename], mimetype=MEDIA_TYPES[suffix])
        response.set_etag(hashes[filename])
        if suffix == ".svg":
            response.headers["Content-Security-Policy"] = POLICY_OF_DRAWINGS
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

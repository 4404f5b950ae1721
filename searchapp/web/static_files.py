"""Static files with their content's hash in the URL, so that browsers may keep them for good.

`embed.js` is for other sites' pages, which have its address without a hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path, PurePath

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from searchapp.web.paths import path_to

FOLDER = Path(__file__).with_name("static")
ENDPOINT = "static"
AT_THE_ROOT = ("favicon.ico", "apple-touch-icon.png", "embed.js")
"""Files that browsers, or other sites' pages, look for there."""
STYLE_SHEET = "site.css"
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
EMBEDDED = ("embed.js", "combobox.js")
"""Modules that the pages of all other sites may load; nothing in them is secret.

https://html.spec.whatwg.org/#fetch-a-single-module-script (modules need CORS)
"""
EMBED_KEPT_FOR_S = 3600

_COMMENT = re.compile(rb"^ *//.*\n", re.MULTILINE)
_CSS_FOR_PEOPLE = re.compile(rb"^ +|^/\*[^*]*\*/\n|; (?=})|(?<=[:,;]) | (?={)", re.MULTILINE)
"""Comments, indents, blanks around signs and what ends a rule anyway."""
_IMPORT = re.compile(rb'^import .* from "\./(?:static/)?([\w.]+\.js)', re.MULTILINE)


def init_static_files(app: Flask, own: Mapping[str, bytes], style: str) -> None:
    """Serve the files of `static`, and give templates the function `static_url`.

    They are few and small, so they are read once: no path of a request ever meets the disk.
    own: the contents of files of the owner, by name. style: what the owner adds to our style sheet,
    in the same file, as each one is a request.
    """
    contents = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    modules = [name for name in contents if name.endswith(".js")]
    for name in modules:
        contents[name] = _COMMENT.sub(b"", contents[name])
    contents[STYLE_SHEET] = _CSS_FOR_PEOPLE.sub(b"", contents[STYLE_SHEET])
    contents |= own
    contents[STYLE_SHEET] += style.encode()
    hashes = {name: _hash(data) for name, data in contents.items()}
    for name in modules:
        # What is imported imports nothing, so that its hash is that of its file.
        contents[name] = _IMPORT.sub(
            lambda found: found[0] + b"?v=" + hashes[found[1].decode()].encode(), contents[name]
        )
        hashes[name] = _hash(contents[name])

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
        elif filename == "embed.js":
            response.cache_control.public = True
            response.cache_control.max_age = EMBED_KEPT_FOR_S
        if filename in EMBEDDED:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.make_conditional(request)
        return response

    def static_url(filename: str) -> str:
        return path_to(ENDPOINT, filename=filename, v=hashes[filename])

    app.add_url_rule("/static/<path:filename>", ENDPOINT, send)
    for filename in AT_THE_ROOT:
        app.add_url_rule(f"/{filename}", ENDPOINT, send, defaults={"filename": filename})
    app.jinja_env.globals.update(static_url=static_url, path_to=path_to)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]

"""Entity tags: what has not changed since a reader last asked is not answered again.

An answer depends on the generation of the index, the owner's synonyms, the language, the address,
the program and the day (which stands in citations), so that a tag is known before anything is
searched. It depends on how busy the machine is, too: what lacks a part for which there was no time
has no tag, as it may be whole the next time. Tags are weak: times and compression differ.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from flask import Flask, Response, g, request

from searchapp.errors import SearchappError
from searchapp.request_record import is_complete
from searchapp.searching import SearchService
from searchapp.settings import Settings
from searchapp.web import health, i18n, static_files

PROGRAM = Path(__file__).parents[1]
NEVER_TAGGED = (*health.ENDPOINTS, "metrics.metrics", "owner_pages.queries", static_files.ENDPOINT)
"""Static files have tags of their own; a health check is to look."""


def init_entity_tags(app: Flask, settings: Settings, owned: Sequence[Path] = ()) -> None:
    """Tag all whole answers of status 200, and answer 304 to those who have them.

    owned: files of the owner that answers depend on, besides those that are settings.
    """
    program = program_state(settings, owned)
    service: SearchService = app.extensions["searchapp"]

    @app.before_request
    def answer_unchanged() -> Response | None:
        if request.method not in ("GET", "HEAD") or request.endpoint in (None, *NEVER_TAGGED):
            return None
        try:
            # Before the answer is made: a tag may be older than its answer, but never newer.
            state = service.state()
        except SearchappError:
            return None
        g.index_state = state
        parts = (program, state, i18n.select_locale(), request.url, accepted_form(), today())
        g.entity_tag = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
        known = request.if_none_match
        if known.is_weak(g.entity_tag) or known.is_strong(g.entity_tag):
            unchanged = Response(status=304)
            del unchanged.headers["Content-Type"]
            return unchanged
        return None

    @app.after_request
    def tag(response: Response) -> Response:
        if response.status_code in (200, 304) and "entity_tag" in g and is_complete():
            response.set_etag(g.entity_tag, weak=True)
        return response


def program_state(settings: Settings, owned: Sequence[Path] = ()) -> str:
    """Changes when the program, its settings or what is owned do; the same in all processes."""
    # What the file of exceptions says is known better from the index and its state.
    named = (getattr(settings, each.name) for each in fields(settings) if each.name != "exceptions")
    files = [each for each in (*named, *owned) if isinstance(each, Path) and each.is_file()]
    files += (each for each in PROGRAM.rglob("*") if each.is_file() and each.suffix != ".pyc")
    digest = hashlib.sha256(repr(settings).encode())
    for path in sorted(files):
        status = path.stat()
        digest.update(
            f"{path}\n{status.st_size}\n{status.st_mtime_ns}\n".encode("utf-8", "replace")
        )
    return digest.hexdigest()


def accepted_form() -> str:
    """What the form of an answer depends on, where there are several."""
    return str(request.accept_mimetypes) if request.endpoint == "api.article" else ""


def today() -> str:
    """The day, which stands in citations."""
    return dt.date.today().isoformat()

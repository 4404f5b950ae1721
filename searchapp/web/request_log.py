"""One line of the log for each request, and the id that ties it to what its reader was shown.

Neither addresses nor queries are logged unless settings say so. A path is: it names the page or
article that was read, and what is typed into the search stands behind it.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import structlog
from flask import Flask, has_request_context, request
from werkzeug.wsgi import ClosingIterator

from searchapp.request_record import RequestRecord, recorded
from searchapp.settings import Settings
from searchapp.web.arrival import ARRIVED_AT

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID = "searchapp.request_id"
ENDPOINT = "searchapp.endpoint"
"""Keys in the WSGI environment."""
TOLD_WAIT_S = 0.001
NO_ENDPOINT = "none"
"""The kind of a request that no address of ours was meant by."""

QUIET = frozenset({"health.healthz", "health.readyz", "metrics.metrics"})
"""Kinds that come every few seconds: they are logged when they fail."""

log = logging.getLogger("searchapp.request")


class Ended:
    """A request that has been answered: what is known of it.

    kind: its endpoint, as "pages.search". status: of HTTP; 0 if there was no answer.
    wait_s: from its arrival until a thread took it; None where the server does not tell.
    seconds: from its arrival until its answer was made and sent, or taken over by the server.
    """

    __slots__ = ("environ", "kind", "record", "seconds", "status", "wait_s")

    def __init__(
        self,
        environ: WSGIEnvironment,
        record: RequestRecord,
        status: int,
        wait_s: float | None,
        seconds: float,
    ) -> None:
        self.environ = environ
        self.kind: str = environ.get(ENDPOINT) or NO_ENDPOINT
        self.record = record
        self.status = status
        self.wait_s = wait_s
        self.seconds = seconds


class Watcher(Protocol):
    """Who is told of each request: in the thread that answers it, so that it must not wait."""

    def begin(self) -> None:
        """A request has come to the application."""

    def end(self, ended: Ended) -> None:
        """It has been answered."""


def init_request_log(app: Flask, settings: Settings, *others: Watcher | None) -> None:
    """Give each request an id and a record, and log it when it has ended.

    others: who is told of it, too. To be called when all else that wraps the application does.
    """
    watchers = (_Logged(settings), *(each for each in others if each is not None))

    @app.url_value_preprocessor
    def note_endpoint(endpoint: str | None, _: dict[str, Any] | None) -> None:
        request.environ[ENDPOINT] = endpoint

    app.wsgi_app = _Recorded(app.wsgi_app, watchers)  # type: ignore[method-assign]


def request_id() -> str:
    """The id of the request that is answered; "" outside of one."""
    return str(request.environ.get(REQUEST_ID, "")) if has_request_context() else ""


class _Recorded:
    """The application, with a record of each request."""

    def __init__(self, app: WSGIApplication, watchers: Sequence[Watcher]) -> None:
        self._app = app
        self._watchers = watchers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = time.monotonic()
        arrived: float | None = environ.get(ARRIVED_AT)
        environ[REQUEST_ID] = made_id = secrets.token_hex(6)
        structlog.contextvars.bind_contextvars(id=made_id)
        status = 0
        for watcher in self._watchers:
            watcher.begin()

        def start(
            line: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None
        ) -> Callable[[bytes], object]:
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*headers, ("X-Request-Id", made_id)], exc_info)

        def end() -> None:
            now = time.monotonic()
            wait_s = None if arrived is None else begun - arrived
            ended = Ended(environ, record, status, wait_s, now - begun + (wait_s or 0.0))
            for watcher in self._watchers:
                watcher.end(ended)
            structlog.contextvars.unbind_contextvars("id")

        with recorded() as record:
            try:
                answer = self._app(environ, start)
            except BaseException:
                end()
                raise
        return ClosingIterator(answer, [end])


class _Logged:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def begin(self) -> None:
        """Nothing is known yet."""

    def end(self, ended: Ended) -> None:
        """Log it."""
        if ended.kind in QUIET and ended.status < 400:
            return
        settings, record, page = self._settings, ended.record, ended.record.page
        told: dict[str, object] = {
            "id": ended.environ[REQUEST_ID],
            "method": ended.environ.get("REQUEST_METHOD", ""),
            "path": quote(ended.environ.get("PATH_INFO", ""), safe="/:@!$,;~", encoding="latin-1"),
            "kind": ended.kind,
            "status": ended.status,
            "ms": _ms(ended.seconds),
            "generation": record.generation,
        }
        if record.error:
            told["error"] = record.error
        if record.is_kept:
            told["kept"] = True
        if ended.wait_s and ended.wait_s > TOLD_WAIT_S:
            told["wait_ms"] = _ms(ended.wait_s)
        if settings.log_addresses:
            told["address"] = ended.environ.get("REMOTE_ADDR", "")
        if settings.log_queries:
            told["query"] = ended.environ.get("QUERY_STRING", "")
        log.info("request", extra=told)
        if page is not None and 0 < settings.slow_search_s < ended.seconds:
            rest = ended.seconds - (ended.wait_s or 0.0) - sum(record.parts_s.values())
            parts = {f"{name}_ms": _ms(seconds) for name, seconds in record.parts_s.items()}
            told |= {"words": len(page.request.query.split()), "total": page.total}
            log.warning("slow search", extra={**told, **parts, "rest_ms": _ms(rest)})


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)

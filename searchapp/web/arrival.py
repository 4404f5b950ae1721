"""When a request was there, and whether it waited too long: what our server tells the application.

The time budget of a request begins then, and is one for all that the request does.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, request

from searchapp.deadline import request_since
from searchapp.errors import ServerBusy
from searchapp.translation import N_

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ARRIVED_AT = "searchapp.arrived_at"
"""The key in the WSGI environment of the moment (`time.monotonic`) at which all of the request had
been read. Other servers do not tell it: then it is the one at which the application is asked."""

IS_REFUSED = "searchapp.is_refused"
"""The key of whether the request is to be answered by no more than that the server is busy."""


def init_arrival(app: Flask) -> None:
    """Count the time budget of a request from its arrival, and refuse what waited too long."""
    app.wsgi_app = _Counted(app.wsgi_app)  # type: ignore[method-assign]

    @app.before_request
    def refuse() -> None:
        if request.environ.get(IS_REFUSED):
            raise ServerBusy(
                N_("no thread was free in time"), remedy=N_("ask again in a few seconds")
            )


class _Counted:
    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with request_since(environ.get(ARRIVED_AT) or time.monotonic()):
            return self._app(environ, start_response)

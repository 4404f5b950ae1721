"""Every error as a page in the reader's language, or as JSON for programs."""

from __future__ import annotations

from flask import Flask, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from searchapp import errors
from searchapp.errors import SearchappError, is_shortage
from searchapp.request_record import note_error
from searchapp.settings import Settings
from searchapp.web import i18n
from searchapp.web.problem_details import problem_answer
from searchapp.web.request_log import request_id
from searchapp.web.typed_paths import meant_url
from searchapp.web.url_state import BadParameter, with_parameters

STATUS_BY_KIND = {
    errors.BadRequest.kind: 400,
    errors.PageTooDeep.kind: 404,
    errors.CursorOutdated.kind: 410,
    errors.ArticleNotFound.kind: 404,
    errors.QueryTooLong.kind: 413,
    errors.SearchTimeout.kind: 503,
    errors.ServerBusy.kind: 503,
    errors.NoIndex.kind: 503,
    errors.IndexOutdated.kind: 503,
    errors.IndexDamaged.kind: 503,
    errors.IndexUnreadable.kind: 503,
    errors.IndexNotCurrent.kind: 503,
    errors.IndexTooOld.kind: 503,
}
"""The HTTP status of each kind of error that a request can meet; of any other it is 500."""

PROGRAM_PATHS = ("/api/", "/healthz", "/readyz", "/metrics")
"""What begins like that is asked by programs, which get errors as JSON."""

RETRY_AFTER_S = 30
BUSY_RETRY_AFTER_S = 5
KIND_BY_STATUS = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "too_many_requests",
    503: "unavailable",
}


def codes(settings: Settings) -> list[tuple[str, int, str]]:
    """The code, status and sentence of each error that a request can meet, by status."""
    found = {
        kind: (status, str(i18n.STATUS_SENTENCES[status]))
        for status, kind in KIND_BY_STATUS.items()
    }
    found |= {
        kind: (status, i18n.kind_sentence(kind, settings))
        for kind, status in STATUS_BY_KIND.items()
    }
    found["error"] = (500, str(i18n.STATUS_SENTENCES[500]))
    return sorted(((code, *about) for code, about in found.items()), key=lambda each: each[1])


def register_error_handlers(app: Flask, settings: Settings) -> None:
    """Answer every error with its status, a sentence and nothing about the machine inside."""

    @app.errorhandler(SearchappError)
    def answer_searchapp_error(error: SearchappError) -> ResponseReturnValue:
        status = STATUS_BY_KIND.get(error.kind, 500)
        if status >= 500:
            # The only place that names the path and the cause, under the id that the page shows.
            app.logger.error("%s: %s", error.kind, error, exc_info=status == 500)
        field = error.parameter if isinstance(error, BadParameter) else ""
        return _response(status, error.kind, i18n.error_sentence(error, settings), field)

    @app.errorhandler(MemoryError)
    @app.errorhandler(OSError)
    def answer_shortage(error: OSError | MemoryError) -> ResponseReturnValue:
        """What the machine refuses for a moment is no error of the program; all else is."""
        if not is_shortage(error):
            raise error
        app.logger.error("refused by this machine: %s", error or "memory ran out")
        return _response(503, KIND_BY_STATUS[503], str(i18n.STATUS_SENTENCES[503]))

    @app.errorhandler(HTTPException)
    def answer_http_error(error: HTTPException) -> ResponseReturnValue | HTTPException:
        """A page, or the way to the one that was meant."""
        status = error.code or 500
        if status < 400:
            return error  # a redirect
        if status == 404 and request.url_rule is None and (url := meant_url(request.path)):
            return redirect(with_parameters(url, request.query_string), 301)
        known = status if status in i18n.STATUS_SENTENCES else (400 if status < 500 else 500)
        response = _response(
            status,
            KIND_BY_STATUS.get(known, "error"),
            str(i18n.STATUS_SENTENCES[known]),
        )
        for name, value in error.get_headers(request.environ):
            if name.lower() not in {"content-type", "content-length"}:
                response.headers[name] = value
        return response


def _response(status: int, kind: str, sentence: str, field: str = "") -> Response:
    note_error(kind)
    known = status if status in i18n.STATUS_TITLES else (400 if status < 500 else 500)
    if request.path.startswith(PROGRAM_PATHS):
        response = problem_answer(status, kind, str(i18n.STATUS_TITLES[known]), sentence, field)
    else:
        try:
            response = make_response(
                render_template(
                    "error.html",
                    status=status,
                    title=i18n.STATUS_TITLES[known],
                    sentence=sentence,
                    request_id=request_id(),
                )
            )
        except (OSError, MemoryError) as error:
            if not is_shortage(error):
                raise
            # The template could not be read, either.
            response = Response(f"{sentence}\n", mimetype="text/plain")
    response.status_code = status
    if status == 503:
        is_busy = kind == errors.ServerBusy.kind
        response.headers["Retry-After"] = str(BUSY_RETRY_AFTER_S if is_busy else RETRY_AFTER_S)
    return response

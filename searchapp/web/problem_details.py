"""Errors for programs, as RFC 9457 (Problem Details for HTTP APIs) has them."""

from __future__ import annotations

from flask import Response, url_for

from searchapp.web.api_description import ProblemObject
from searchapp.web.json_answer import json_answer
from searchapp.web.request_log import request_id

MEDIA_TYPE = "application/problem+json"


def problem_answer(status: int, code: str, title: str, detail: str, field: str = "") -> Response:
    """An error. code: its stable kind. field: the parameter that it is about, or ""."""
    problem: ProblemObject = {
        "type": url_for("api.page", _external=True, _anchor=f"error-{code}"),
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "id": request_id(),
        "error": {"kind": code, "message": detail},
    }
    if field:
        problem["field"] = field
    response = json_answer(problem)
    response.mimetype = MEDIA_TYPE
    response.status_code = status
    return response

"""What programs ask for: the search as JSON, and whether the service is healthy."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, request

from searchapp.model import SearchRequest
from searchapp.result_json import answer
from searchapp.searching import SearchService
from searchapp.web import i18n
from searchapp.web.url_state import parse

blueprint = Blueprint("api", __name__)


def service() -> SearchService:
    """The search service of the current application, made by `create_app`."""
    made: SearchService = current_app.extensions["searchapp"]
    return made


def requested() -> SearchRequest:
    """The search that the URL of the current request asks for. Raises BadParameter."""
    return parse(request.args, max_per_page=service().settings.limits.max_per_page)


@blueprint.get("/api/v1/search")
def search() -> Response:
    """The same object as `searchapp search --json`, with notes in the caller's language."""
    page = service().search(requested())
    return _json(answer(page, i18n.translated_notes(page)))


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 when searches can be answered, else 503."""
    return _json(service().health())


def _json(value: dict[str, object]) -> Response:
    # Not jsonify: it sorts keys and escapes umlauts.
    return Response(json.dumps(value, ensure_ascii=False) + "\n", mimetype="application/json")

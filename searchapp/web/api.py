"""What programs ask for: the search as JSON, and whether the service is healthy."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from searchapp.result_json import answer
from searchapp.web import i18n
from searchapp.web.service import current_settings, service
from searchapp.web.url_state import parse

blueprint = Blueprint("api", __name__)


@blueprint.get("/api/v1/search")
def search() -> Response:
    """The same object as `searchapp search --json`, with notes in the caller's language."""
    page = service().search(parse(request.args, max_per_page=current_settings().max_per_page))
    return _json(answer(page, i18n.translated_notes(page)))


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 when searches can be answered, else 503."""
    return _json(service().health())


def _json(value: dict[str, object]) -> Response:
    # Not jsonify: it sorts keys and escapes umlauts.
    return Response(json.dumps(value, ensure_ascii=False) + "\n", mimetype="application/json")

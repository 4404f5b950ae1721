"""JSON as the API answers it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Response


def json_answer(value: Mapping[str, object]) -> Response:
    """An object as JSON that people can read, too: not sorted, umlauts as they are."""
    return Response(json.dumps(value, ensure_ascii=False) + "\n", mimetype="application/json")

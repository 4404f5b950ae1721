"""JSON as the API answers it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from flask import Response


def json_answer(value: Mapping[str, object]) -> Response:
    """An object as JSON that people can read, too: not sorted, umlauts as they are."""
    return Response(json.dumps(value, ensure_ascii=False) + "\n", mimetype="application/json")


def json_stream(value: Mapping[str, object], name: str, text: Iterable[str]) -> Response:
    """The same as `json_answer`, with a long text in pieces as the value of a name of its own."""
    # No value holds this: its quotation marks would be escaped.
    before, empty, behind = json.dumps({**value, name: ""}, ensure_ascii=False).partition(
        f'"{name}": ""'
    )

    def parts() -> Iterator[str]:
        yield before + empty[:-1]
        for piece in text:
            yield json.dumps(piece, ensure_ascii=False)[1:-1]
        yield empty[-1] + behind + "\n"

    return Response(parts(), mimetype="application/json")

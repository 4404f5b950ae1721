"""JSON as the API answers it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from flask import Response


def json_answer(value: Mapping[str, object]) -> Response:
    """An object as JSON that people can read, too: not sorted, umlauts as they are."""
    return Response(json.dumps(value, ensure_ascii=False) + "\n", mimetype="application/json")


STREAMED_CHARS = 1 << 20
"""A longer text is made into an answer in pieces: several copies of it would be in memory."""
_PIECE_CHARS = 1 << 16


def json_stream(value: Mapping[str, object], name: str, text: str) -> Response:
    """The same as `json_answer`, with a long text as the value of a name of its own."""
    # No value holds this: its quotation marks would be escaped.
    before, empty, behind = json.dumps({**value, name: ""}, ensure_ascii=False).partition(
        f'"{name}": ""'
    )

    def parts() -> Iterator[str]:
        yield before + empty[:-1]
        for piece in pieces(text):
            yield json.dumps(piece, ensure_ascii=False)[1:-1]
        yield empty[-1] + behind + "\n"

    return Response(parts(), mimetype="application/json")


def pieces(text: str) -> Iterator[str]:
    """A text, a piece at a time."""
    for start in range(0, len(text), _PIECE_CHARS):
        yield text[start : start + _PIECE_CHARS]

"""Asks a real server, each time over a connection of its own."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing
from email.message import Message
from typing import NamedTuple
from urllib.parse import urlsplit

PATIENCE_S = 60.0
"""For an answer: the machine may be busy."""


class Answer(NamedTuple):
    """What came, read whole."""

    status: int
    headers: Message
    body: bytes


class Asker:
    """A client of one server. Raises OSError or HTTPException where there is no whole answer."""

    def __init__(self, url: str, *, patience_s: float = PATIENCE_S) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._address = parts.hostname, parts.port
        self._patience_s = patience_s

    def get(self, path: str, **headers: str) -> Answer:
        """The answer for a path."""
        lines = [f"GET {path} HTTP/1.1", "Host: searchapp.example", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return self.raw("\r\n".join([*lines, "", ""]).encode())

    def raw(self, request: bytes, method: str = "GET") -> Answer:
        """The answer for bytes as they are. method: which they tell."""
        with closing(socket.create_connection(self._address, self._patience_s)) as connection:
            connection.sendall(request)
            with closing(http.client.HTTPResponse(connection, method=method)) as answer:
                answer.begin()
                return Answer(answer.status, answer.headers, answer.read())

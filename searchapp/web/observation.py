"""What the processes of a server share for those who watch over it, made before they start.

It knows no server: `prepared` is entered where processes are started, and `begin` is called in
each of them with its application.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from searchapp.errors import BadSetting
from searchapp.settings import Settings, variable
from searchapp.translation import N_
from searchapp.web.log_lines import logs_of
from searchapp.web.metrics import EXTENSION, shared_figures
from searchapp.web.metrics_port import answer_on

Listen = Callable[[str, int], socket.socket]


class Observation:
    """What forked processes inherit. metrics_fd: of the socket for `/metrics`, or None."""

    def __init__(self, metrics_fd: int | None) -> None:
        self._metrics_fd = metrics_fd

    def begin(self, app: Flask) -> None:
        """Start in a process what it needs to be watched."""
        if self._metrics_fd is not None:
            answer_on(self._metrics_fd, app.extensions[EXTENSION])


@contextmanager
def prepared(settings: Settings, listen: Listen) -> Iterator[Observation]:
    """Set up the log, the shared figures and the port for them.

    listen: makes a socket that listens. Raises BadSetting, CannotListen.
    """
    with logs_of(settings), shared_figures(settings):
        if not settings.metrics_listen:
            yield Observation(None)
            return
        with listen(*host_and_port(settings.metrics_listen)) as listener:
            yield Observation(listener.fileno())


def host_and_port(text: str) -> tuple[str, int]:
    """The parts of an address such as "127.0.0.1:9100" or "[::1]:9100". Raises BadSetting."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal() or not port.isascii() or not int(port) <= 65535:
        raise BadSetting(
            N_("%(value)r is not a host and a port", value=text),
            where=variable("metrics_listen"),
            remedy=N_("write it as 127.0.0.1:9100"),
        )
    return host, int(port)

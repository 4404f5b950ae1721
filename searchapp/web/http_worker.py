"""gunicorn's worker process in which one thread reads and sends for all connections: waitress.

A thread of the application gets a request when it is there whole, and is free as soon as its answer
is made, however slowly a client sends or reads. What gunicorn does stays: it starts such processes,
passes signals on to them and replaces those that end.
"""

from __future__ import annotations

import logging
import os
import resource
import time
from typing import Any, Final

from gunicorn.workers.base import Worker  # type: ignore[import-untyped]
from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.adjustments import Adjustments  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]
from waitress.task import ThreadedTaskDispatcher, WSGITask  # type: ignore[import-untyped]

from searchapp.settings import Settings
from searchapp.web.allocator import give_back_freed_memory
from searchapp.web.arrival import ARRIVED_AT, IS_REFUSED
from searchapp.web.metrics import EXTENSION, Metrics
from searchapp.web.reverse_proxy import without_prefix

READ_TIMEOUT_S: Final = 10.0
"""From the first byte of a request to its last one."""
IDLE_TIMEOUT_S: Final = 10.0
"""For a connection on which nothing is asked."""
STALLED_TIMEOUT_S: Final = 30.0
"""Without a byte being taken of an answer."""
SEND_TIMEOUT_S: Final = 300.0
"""For taking a whole answer: what is not taken yet waits in memory and in files."""
WAITING_SHARE: Final = 0.75
"""Of the time budget of a request, for a thread that is free."""
STOP_LINGER_S: Final = 1.0
"""A worker that stops answers what is asked so long on connections that are kept alive."""
TURN_S: Final = 0.25
"""Between two looks at the clock where nothing else happens."""

MAX_CONNECTIONS: Final = 2000
"""Of a process. Beyond that, the connection that has waited longest for a request makes room."""
RESERVED_FILES: Final = 256
"""File descriptors that are left to the index."""
MAX_HEADER_BYTES: Final = 16_384
MAX_BODY_BYTES: Final = 1 << 20
KEPT_IN_MEMORY_BYTES: Final = 1 << 20
"""Of an answer that is not taken at once; the rest waits in a temporary file."""
_ANY_SIZE: Final = 1 << 40

ALWAYS_ANSWERED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths for which there is a thread of their own."""
LONG_ANSWERS: Final = "/export."
"""Beginnings of paths of which an answer may take longer than the time budget."""


class HttpWorker(Worker):  # type: ignore[misc]
    """One worker process."""

    def run(self) -> None:
        """Serve until gunicorn's first process ends or says so; then finish what is under way."""
        give_back_freed_memory()
        # It would tell of every request that waits.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._channels: dict[int, Any] = {}
        self._threads = _Threads(self.cfg.threads, self.app.settings)
        self._servers = [self._server(each.sock) for each in self.sockets]
        self._figures: Metrics | None = self.wsgi.extensions.get(EXTENSION)
        self._told_waiting = 0
        while self.alive and self.ppid == os.getppid():
            self._turn()
        self._finish()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to stop."""
        super().handle_exit(sig, frame)
        for server in getattr(self, "_servers", ()):
            server.pull_trigger()  # The signal alone does not end its waiting.

    def _turn(self) -> None:
        self.notify()
        wasyncore.loop(timeout=TURN_S, use_poll=True, map=self._channels, count=1)
        self._threads.refuse_who_waited()
        waiting = self._threads.waiting
        if self._figures is not None and waiting != self._told_waiting:
            self._figures.set_waiting(waiting)
            self._told_waiting = waiting

    def _finish(self) -> None:
        """Answer what has been asked, and what is asked in a moment by who was not told to stop."""
        started = time.monotonic()
        for server in self._servers:
            server.stop()
        while any(server.active_channels for server in self._servers):
            waited_s = time.monotonic() - started
            if waited_s > self.cfg.graceful_timeout - 1:
                return
            if waited_s > STOP_LINGER_S:
                for server in self._servers:
                    server.close_idle()
            self._turn()

    def _server(self, listener: Any) -> _Server:
        """A server on a socket that listens."""
        adjustments = Adjustments(
            sockets=[listener],
            backlog=self.cfg.backlog,
            ident=None,
            cleanup_interval=1,
            connection_limit=_ANY_SIZE,  # The server sees to it itself.
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=MAX_BODY_BYTES,
            outbuf_overflow=KEPT_IN_MEMORY_BYTES,
            # No thread waits for a client to take the beginning of an answer.
            outbuf_high_watermark=_ANY_SIZE,
            # What a proxy may say is for the application to judge (`reverse_proxy`).
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
        )
        return _Server(
            self.wsgi,
            map=self._channels,
            _sock=listener,
            dispatcher=self._threads,
            adj=adjustments,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )


class _Request(WSGITask):  # type: ignore[misc]
    """A request as the application gets it."""

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment, and what it has been through."""
        environ: dict[str, Any] = super().get_environment()
        environ[ARRIVED_AT] = self.channel.arrived_at
        environ[IS_REFUSED] = self.channel.is_refused
        return environ

    def build_response_header(self) -> bytes:
        """The header of the answer, which ends the connection where the process ends."""
        if self.channel.server.is_stopping:
            self.request.headers["CONNECTION"] = "close"
        header: bytes = super().build_response_header()
        return header


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection. Moments are those of `time.monotonic`.

    since: when what it does now began: a request that comes, an answer that goes, or waiting.
    arrived_at: when its request was there. is_refused: whether that waited too long for a thread.
    """

    task_class = _Request
    arrived_at = 0.0
    is_refused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.since: float = time.monotonic()
        super().__init__(*args, **kwargs)

    def received(self, data: bytes) -> bool:
        """Take bytes of a request; see `HTTPChannel.received`."""
        if self.request is None:
            self.since = time.monotonic()
        taken: bool = super().received(data)
        return taken

    def send_continue(self) -> None:
        """Ask for the body of a request that offers one, unless there is none or it is refused.

        waitress would wait for it all the same.
        """
        if self.request.completed:
            self.request.expect_continue = False
        else:
            super().send_continue()

    def service(self) -> None:
        """Answer a request, in a thread of the application."""
        super().service()
        self.since = time.monotonic()

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for its client to ask something."""
        return not self.requests and not self.total_outbufs_len

    def is_overdue(self, now: float) -> bool:
        """Whether its client takes too long."""
        if self.requests:
            return False
        idle_s: float = time.time() - self.last_activity
        busy_s = now - self.since
        if self.total_outbufs_len:
            return busy_s > SEND_TIMEOUT_S or idle_s > STALLED_TIMEOUT_S
        if self.request is not None:
            return busy_s > READ_TIMEOUT_S
        return idle_s > IDLE_TIMEOUT_S


class _Threads(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads of the application, and the requests that wait for one.

    Beside those for all requests there are some for long answers, which so never keep short ones
    waiting, and some for what is answered always: whether the server lives, and that it is busy.
    """

    def __init__(self, count: int, settings: Settings) -> None:
        super().__init__()
        self._path_prefix = settings.path_prefix
        self._patience_s = WAITING_SHARE * settings.time_budget_s
        self._long, self._spare = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        self.set_thread_count(count)
        self._long.set_thread_count(max(1, count // 2))
        self._spare.set_thread_count(2)

    def add_task(self, task: _Channel) -> None:
        """Let a connection's request be answered once there is a thread for it."""
        task.arrived_at = time.monotonic()
        task.is_refused = False
        request = task.requests[0]
        path = without_prefix(request.path, self._path_prefix) if not request.error else ""
        if request.error or path in ALWAYS_ANSWERED:
            self._spare.add_task(task)
        elif path.startswith(LONG_ANSWERS):
            self._long.add_task(task)
        else:
            super().add_task(task)

    @property
    def waiting(self) -> int:
        """How many requests there is no thread for; who is answered always never waits."""
        return sum(
            max(0, len(line.queue) - (len(line.threads) - line.active_count))
            for line in (self, self._long)
        )

    def refuse_who_waited(self) -> None:
        """Tell those who have waited too long for a thread that the server is busy."""
        latest = time.monotonic() - self._patience_s
        for line in (self, self._long):
            refused = []
            with line.lock:
                while line.queue and line.queue[0].arrived_at < latest:
                    refused.append(line.queue.popleft())
            for task in refused:
                task.is_refused = True
                self._spare.add_task(task)


class _Server(TcpWSGIServer):  # type: ignore[misc]
    """Accepts connections, and closes those that take too long."""

    channel_class = _Channel
    is_stopping = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._max_connections = MAX_CONNECTIONS
        if files != resource.RLIM_INFINITY:
            self._max_connections = max(16, min(MAX_CONNECTIONS, files - RESERVED_FILES))
        super().__init__(*args, **kwargs)

    def handle_accept(self) -> None:
        """Accept a connection; where there are too many, close one that waits."""
        super().handle_accept()
        if len(self.active_channels) > self._max_connections:
            waiting = (each for each in self.active_channels.values() if each.is_waiting)
            longest = min(waiting, key=lambda each: each.since, default=None)
            if longest is not None:
                longest.handle_close()

    def maintenance(self, now: float) -> None:  # noqa: ARG002 - it is no moment of time.monotonic
        """Close the connections of clients that take too long; called once a second."""
        moment = time.monotonic()
        for channel in self.active_channels.values():
            if channel.is_overdue(moment):
                channel.will_close = True

    def stop(self) -> None:
        """Accept those who wait for it, and no others; tell all that connections are closed."""
        self.is_stopping = True
        for _ in range(self.adj.backlog):
            before = len(self.active_channels)
            self.handle_accept()
            if len(self.active_channels) <= before:
                break
        # Others, if there are any, accept the next ones. Its trigger stays, for those it has.
        self.del_channel()
        self.socket.close()

    def close_idle(self) -> None:
        """Close the connections on which nothing is under way."""
        for channel in self.active_channels.values():
            if channel.is_waiting:
                channel.will_close = True

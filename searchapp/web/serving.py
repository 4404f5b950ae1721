"""The production server: gunicorn with workers of our own, bound before it starts."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]

from searchapp.errors import CannotListen
from searchapp.settings import Settings, variable
from searchapp.translation import N_, Message
from searchapp.web.companion import Companion
from searchapp.web.observation import Observation, prepared
from searchapp.web.request_counts import RequestCounts

MAX_DEFAULT_WORKERS = 8
"""Processes where none were asked for: each holds its own caches of the index."""

HANGING_TIMEOUT_S = 30
"""A worker that does not read or send anything so long is replaced."""
GRACEFUL_TIMEOUT_S = 10


def serve(
    settings: Settings,
    *,
    on_ready: Callable[[str], None] | None = None,
    companion: Companion | None = None,
) -> None:
    """Serve the page until the process gets a signal to stop; prints nothing.

    on_ready: called once with the address, as "http://127.0.0.1:8000", when connections are
    accepted (with port 0 the system chooses a port).
    companion: runs as long as the server does.
    Raises BadSetting; CannotListen if the address is taken or cannot be used; and SystemExit in
    the end, also in the worker processes, which are forks of this one.
    """
    # Here and not in the workers, each of which would end with a traceback.
    with prepared(settings, listening_socket) as observation:
        check_settings(settings)
        with listening_socket(settings.host, settings.port) as listener:
            if on_ready:
                on_ready(address(listener))
            listener_fd = listener.detach()  # gunicorn makes a socket of its own of it
        # What is loaded now the workers share until one of them writes to it. Python's garbage
        # collector would: into each object that it looks at.
        gc.collect()
        gc.freeze()
        _Server(settings, listener_fd, companion, observation).run()


def check(settings: Settings) -> None:
    """Find what would keep `serve` from serving. Raises BadSetting, CannotListen."""
    check_settings(settings)
    listening_socket(settings.host, settings.port).close()


def check_settings(settings: Settings) -> None:
    """Raise BadSetting for a setting of the page that cannot be used."""
    from searchapp.web import create_app

    # Its templates are tried, which may open the index; that is not for the workers to inherit.
    create_app(settings).extensions["searchapp"].close()


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on the address.

    Bound here and not by gunicorn, which retries for five seconds and then exits by itself.
    Raises CannotListen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        number = error.errno or 0
        if number <= 0:  # of getaddrinfo; its gaierror does not come through create_server
            what = N_("%(host)r is not an address of this machine", host=host)
            name, remedy = "host", N_("use 127.0.0.1")
        else:
            what = N_(
                "cannot listen on %(host)s:%(port)s (%(reason)s)",
                host=host,
                port=port,
                reason=Message(os.strerror(number)),
            )
            name, remedy = "port", N_("use another one")
        raise CannotListen(what, where=variable(name), remedy=remedy) from None


def address(listener: socket.socket) -> str:
    """The URL under which a browser on this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def worker_count(settings: Settings) -> int:
    """The number of processes: as asked for, else one for each core up to a bound."""
    return settings.workers or min(settings.worker_count, MAX_DEFAULT_WORKERS)


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(
        self,
        settings: Settings,
        listener_fd: int,
        companion: Companion | None,
        observation: Observation,
    ) -> None:
        self.observation = observation
        self.settings = settings
        self.listener_fd = listener_fd
        self.companion = companion
        # Made before the workers, which so share them.
        self.request_counts = RequestCounts() if settings.rate_limit else None
        super().__init__()

    def load_config(self) -> None:
        for name, value in _gunicorn_options(self.settings, self.listener_fd).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        # In each worker, after the fork: an open index must not be shared by processes.
        from searchapp.web import create_app

        app = create_app(self.settings, request_counts=self.request_counts)
        self.observation.begin(app)
        return app

    def run(self) -> None:
        if self.companion is None:
            super().run()
        else:
            _Arbiter(self, self.companion).run()


class _Arbiter(Arbiter):  # type: ignore[misc]
    """gunicorn's first process, which sees to the companion as it does to its workers.

    It calls all these methods itself, from one thread. It looks after its workers once a second.
    """

    def __init__(self, app: _Server, companion: Companion) -> None:
        self._companion = companion
        super().__init__(app)

    def reap_workers(self) -> None:
        self._companion.look()  # Before the others, which would take its status for themselves.
        super().reap_workers()

    def manage_workers(self) -> None:
        super().manage_workers()
        self._companion.keep_running()

    def stop(self, graceful: bool = True) -> None:
        self._companion.end()
        super().stop(graceful)


def _gunicorn_options(settings: Settings, listener_fd: int) -> dict[str, object]:
    options: dict[str, object] = {
        "bind": f"fd://{listener_fd}",
        "workers": worker_count(settings),
        "worker_class": "searchapp.web.http_worker.HttpWorker",
        "threads": settings.threads,
        "timeout": HANGING_TIMEOUT_S,
        "graceful_timeout": GRACEFUL_TIMEOUT_S,
        "loglevel": "warning",
        "proc_name": "searchapp",
        "control_socket_disable": True,
    }
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK):
        # Workers report that they live by touching a file, which may block on a disk.
        options["worker_tmp_dir"] = str(memory)
    return options

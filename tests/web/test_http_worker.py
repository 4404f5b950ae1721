"""Real server processes: slow clients, busy threads, signals, and what several processes share."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from searchapp.settings import Settings
from tests.child_processes import children_of
from tests.web.serving_process import server_process

PATIENCE_S = 60
"""The machine that tests may be busy: this is no promise of the server."""

SLOW_PAGE = """{% extends "searchapp/home.html" %}
{% block main %}
{% if typed_query == "langsam" %}{% for _ in range(20000000) %}{% endfor %}{% endif %}
{{ super() }}{% endblock %}"""
"""A template of an owner that takes a second or more of a thread."""


@dataclass
class Server:
    """A server process. log: what it says."""

    process: subprocess.Popen[str]
    address: tuple[str, int]
    log: Path

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """An answer that was read whole; its text is `answer.text`."""
        connection = http.client.HTTPConnection(*self.address, timeout=PATIENCE_S)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.text = answer.read().decode()  # type: ignore[attr-defined]
            return answer
        finally:
            connection.close()

    def connected(self, sent: bytes = b"") -> socket.socket:
        """A connection on which some bytes were sent."""
        connection = socket.create_connection(self.address, timeout=PATIENCE_S)
        connection.sendall(sent)
        return connection

    def workers(self) -> set[int]:
        """The process ids of its workers."""
        return set(children_of(self.process.pid))

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that happens soon."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)


Start = Callable[..., contextlib.AbstractContextManager[Server]]


@pytest.fixture
def start(settings: Settings, tmp_path: Path) -> Start:
    """Starts servers on the small corpus, with settings as in the environment."""

    @contextmanager
    def started(**variables: object) -> Iterator[Server]:
        given = {"INDEX": settings.index, "WORKERS": 1, "TIME_BUDGET_S": 20, **variables}
        log = tmp_path / "log"
        with server_process(given, log) as (process, address):
            url = urlsplit(address)
            assert url.hostname
            assert url.port
            server = Server(process, (url.hostname, url.port), log)
            assert server.get("/search?q=strom").status == 200
            yield server
            process.terminate()
            process.wait(timeout=PATIENCE_S)

    return started


@pytest.fixture
def slow_site(tmp_path: Path) -> Path:
    """A site whose start page takes long when it is asked for "langsam"."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "home.html").write_text(SLOW_PAGE)
    (tmp_path / "site.toml").write_text('templates = "templates"')
    return tmp_path / "site.toml"


SLOW_CLIENTS = {
    "says nothing": b"",
    "one letter": b"G",
    "the header, letter by letter": b"GET /search?q=strom HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "the body, letter by letter": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n",
    "a body in pieces": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n",
    "promises a body": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    ),
    "does not read a page": b"GET /search?q=strom HTTP/1.1\r\nHost: a\r\n\r\n" * 4,
    "does not read a file": b"GET /export.jsonl HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("kind", SLOW_CLIENTS)
def test_slow_clients_keep_nobody_waiting(start: Start, kind: str) -> None:
    """Many more than there are threads, without a proxy."""
    with start(THREADS=2) as server, contextlib.ExitStack() as opened:
        slow = [
            opened.enter_context(contextlib.closing(server.connected(SLOW_CLIENTS[kind])))
            for _ in range(40)
        ]
        for _ in range(5):
            if "letter by letter" in kind:
                for each in slow:
                    each.sendall(b"a")
            assert server.get("/search?q=strom").status == 200
            assert server.get("/healthz").status == 200


def test_who_gets_no_thread_is_told_so(start: Start, slow_site: Path) -> None:
    """After a bounded time, with when to come again; and the server says that it lives."""
    with start(THREADS=1, SITE=slow_site, TIME_BUDGET_S=2, ANSWER_CACHE_MB=0) as server:
        answers: list[http.client.HTTPResponse] = []

        def ask() -> None:
            answers.append(server.get("/?q=langsam", **{"Accept-Language": "de"}))

        readers = [threading.Thread(target=ask) for _ in range(8)]
        for reader in readers:
            reader.start()
        assert server.get("/healthz").status == 200
        assert server.get("/api/v1/search?q=strom").status in (200, 503)
        for reader in readers:
            reader.join()
        refused = [answer for answer in answers if answer.status == 503]
        assert refused
        assert {answer.status for answer in answers} == {200, 503}
        for answer in refused:
            assert answer.headers["Retry-After"] == "5"
            assert "suchen sehr viele" in answer.text  # type: ignore[attr-defined]
        assert server.get("/search?q=strom").status == 200


def test_figures_tell_how_many_wait_for_a_thread(start: Start, slow_site: Path) -> None:
    """Over all processes, while all threads are busy; then nobody waits any more."""
    token = "eine-lange-losung-7f3a"

    with (
        start(WORKERS=2, THREADS=1, SITE=slow_site, METRICS_TOKEN=token) as server,
        contextlib.ExitStack() as opened,
    ):

        def told(state: str) -> float:
            answer = server.get("/metrics", Authorization=f"Bearer {token}")
            found = re.search(rf"^searchapp_requests_{state} (\S+)$", answer.text, re.MULTILINE)  # type: ignore[attr-defined]
            assert found
            return float(found[1])

        assert told("waiting") == 0
        page = b"GET /?q=langsam HTTP/1.1\r\nHost: a\r\n\r\n"
        for _ in range(8):
            opened.enter_context(contextlib.closing(server.connected(page)))
        # A thread of each process at most has one, and one more answers for the figures.
        server.wait_until(lambda: told("waiting") >= 5)
        assert 2 <= told("under_way") <= 3
        server.wait_until(lambda: told("waiting") == 0 and told("under_way") == 1)


def test_what_is_under_way_is_finished(start: Start, slow_site: Path) -> None:
    """TERM ends the server only after the answers that are being made, and those not yet read."""
    with start(SITE=slow_site) as server:
        page = b"GET /?q=langsam HTTP/1.1\r\nHost: a\r\n\r\n"
        with contextlib.closing(server.connected(page)) as asking:
            # It is in a thread before the next one is, which is answered at once.
            assert server.get("/search?q=strom").status == 200
            server.process.send_signal(signal.SIGTERM)
            answer = http.client.HTTPResponse(asking)
            answer.begin()
            assert answer.status == 200
            assert "</html>" in answer.read().decode()
            assert answer.headers["Connection"] == "close"
        assert server.process.wait(timeout=PATIENCE_S) == 0
        assert "Traceback" not in server.log.read_text()


def test_hangup_and_death_replace_the_workers(
    start: Start,
) -> None:
    """HUP gives new processes without a request that fails; a killed one is replaced."""
    with start(WORKERS=2) as server:
        old = server.workers()
        assert len(old) == 2
        server.process.send_signal(signal.SIGHUP)

        def are_new() -> bool:
            assert server.get("/search?q=strom").status == 200
            return len(server.workers()) == 2 and not server.workers() & old

        server.wait_until(are_new)
        killed = min(server.workers())
        os.kill(killed, signal.SIGKILL)
        server.wait_until(lambda: killed not in server.workers() and len(server.workers()) == 2)
        for _ in range(5):
            assert server.get("/search?q=strom").status == 200


def test_all_workers_share_one_rate_limit(
    start: Start,
) -> None:
    """Also those that came after others; what is not there counts, too."""
    with start(WORKERS=2, RATE_LIMIT="20 per hour") as server:
        asked = ["/search?q=strom"] * 12 + ["/nichts"] * 12
        statuses = [server.get(path).status for path in asked]
        assert statuses.count(200) + statuses.count(404) == 19  # and one at the start
        assert statuses.count(429) == 5
        assert server.get("/healthz").status == 200
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        server.wait_until(lambda: len(server.workers()) == 2)
        assert server.get("/search?q=strom").status == 429


def test_the_server_believes_no_header(
    start: Start,
) -> None:
    """Neither does what reads requests, straight at its port."""
    with start() as server:
        for headers in (
            {"SCRIPT_NAME": "//boese.example"},
            {"Script-Name": "/boese"},
            {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on"},
            {"X-Forwarded-Prefix": "/boese", "X-Forwarded-Host": "boese.example"},
            {"Forwarded": "host=boese.example;proto=https", "PATH_INFO": "/boese"},
        ):
            answer = server.get("/search?q=strom&lang=en", **headers)
            assert answer.status == 200
            assert "boese" not in answer.text  # type: ignore[attr-defined]
            assert "Secure" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"GET /search?q=strom HTTP/1.1\r\n", 200),
        (b"POST /search HTTP/1.1\r\nContent-Length: 0\r\n", 405),
        (b"POST /search HTTP/1.1\r\nContent-Length: 99999999\r\n", 413),
    ],
)
def test_nobody_waits_for_a_body_that_does_not_come(
    start: Start, header: bytes, status: int
) -> None:
    """Who offers one but has none, or one that is too large, is answered at once."""
    request = header + b"Host: a\r\nExpect: 100-continue\r\n\r\n"
    with start() as server, contextlib.closing(server.connected(request)) as connection:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == status


@pytest.mark.slow
def test_a_request_has_to_come_in_time(
    start: Start,
) -> None:
    """However busily its client sends."""
    with start() as server:
        sent = SLOW_CLIENTS["the header, letter by letter"]
        with contextlib.closing(server.connected(sent)) as connection:
            connection.settimeout(0.2)
            end = time.monotonic() + PATIENCE_S
            is_open = True
            while is_open:
                assert time.monotonic() < end
                try:
                    connection.sendall(b"a")
                    is_open = bool(connection.recv(1))
                except TimeoutError:
                    continue
                except OSError:
                    is_open = False

"""The real server process."""

from __future__ import annotations

import os
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from searchapp.errors import BadSetting, CannotListen
from searchapp.settings import Settings
from searchapp.web.serving import (
    MAX_DEFAULT_WORKERS,
    address,
    listening_socket,
    serve,
    worker_count,
)
from tests.web.serving_process import server_process


def test_the_server_answers_and_logs_nothing_but_that(settings: Settings, tmp_path: Path) -> None:
    """The address is told, and each request; TERM ends the server with status 0."""
    log = tmp_path / "log"
    given = {"index": settings.index, "workers": 2, "slow_search_s": 0}
    with server_process(given, log) as (process, url):
        for path in ("/healthz", "/search?q=strom", "/article/%7E.."):
            with urllib.request.urlopen(url + path, timeout=20) as response:
                assert response.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""
    lines = log.read_text().splitlines()
    assert all(line.startswith("time=") for line in lines)
    # A health check that succeeds has none.
    assert len([line for line in lines if " event=request " in line]) == 2


def test_a_taken_port_is_one_clear_sentence() -> None:
    """At once, instead of retries and a stack trace."""
    with (
        listening_socket("127.0.0.1", 0) as taken,
        pytest.raises(CannotListen, match=r"SEARCHAPP_PORT: cannot listen on 127\.0\.0\.1:\d+ "),
    ):
        serve(Settings(port=taken.getsockname()[1]))


def test_a_rate_limit_that_cannot_be_read_is_one_clear_sentence() -> None:
    """Before anything is served, instead of a stack trace of each process."""
    with pytest.raises(BadSetting, match=r"SEARCHAPP_RATE_LIMIT: 'often' is not a rate limit"):
        serve(Settings(port=0, rate_limit="often"), on_ready=pytest.fail)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_here_is_refused(host: str) -> None:
    """The sentence names what was asked for."""
    with pytest.raises(CannotListen, match=host):
        serve(Settings(host=host, port=0))


def test_the_address_can_be_opened_in_a_browser() -> None:
    """With the port that was chosen, and brackets around IPv6."""
    with listening_socket("127.0.0.1", 0) as listener:
        assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
    if socket.has_ipv6:
        try:
            listener = listening_socket("::1", 0)
        except CannotListen:
            return  # a machine without IPv6
        with listener:
            assert address(listener).startswith("http://[::1]:")


def test_the_number_of_processes_is_sensible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 64 cores does not get 64 processes, unless it was asked to."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(64)))
    assert worker_count(Settings()) == MAX_DEFAULT_WORKERS
    assert worker_count(Settings(workers=20)) == 20

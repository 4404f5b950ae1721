"""A real server process with settings of its own, for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from searchapp.settings import ENV_PREFIX

SERVE = """
from searchapp.settings import Settings
from searchapp.web.serving import serve
serve(Settings.from_environ(), on_ready=lambda url: print(url, flush=True))
"""


@dataclass(frozen=True, slots=True)
class Server:
    """Where it answers, its first process, and the file that its standard error goes to."""

    url: str
    pid: int
    log_file: Path

    @property
    def log(self) -> list[str]:
        """The lines of its log so far."""
        return self.log_file.read_text("utf-8").splitlines()

    def get(self, path: str, **headers: str) -> tuple[int, Message, str]:
        """Status, headers and text of an answer, over a connection of its own."""
        url = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(url, headers={"Accept-Language": "en", **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()


@contextmanager
def server_process(
    settings: Mapping[str, object], log_file: Path
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves on a free port, and its address. It is killed at the end.

    settings: by their names, as for the environment. log_file: what its standard error goes to.
    """
    environ = {**os.environ, ENV_PREFIX + "PORT": "0"}
    environ |= {ENV_PREFIX + name.upper(): str(value) for name, value in settings.items()}
    with (
        log_file.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-c", SERVE],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, log_file.read_text()
            yield process, url
        finally:
            process.kill()


@contextmanager
def serving(folder: Path, settings: Mapping[str, object]) -> Iterator[Server]:
    """Serve with some settings, by their names; the server ends well, and leaves no traceback."""
    log_file = folder / "server.log"
    with server_process(settings, log_file) as (process, url):
        yield Server(url, process.pid, log_file)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert "Traceback" not in log_file.read_text()


def eventually(holds: Callable[[], bool], *, seconds: float = 30.0) -> bool:
    """Whether something comes to hold within a generous time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True

"""A command that runs beside the server for as long as the server does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

FIRST_PAUSE_S = 1.0
LAST_PAUSE_S = 60.0
"""It is started anew after a pause, twice as long each time that it ended soon."""

END_TIMEOUT_S = 8.0
"""For a write that is under way; gunicorn gives its workers ten seconds."""


class Companion:
    """The command's process, which is started again when it has ended.

    It does not hear of Ctrl-C, and gets a pipe as its standard input, which ends when this process
    does, however that happens: the command must end then, too.
    """

    def __init__(self, task: str, command: Sequence[str]) -> None:
        """task: what it does, for messages: "watching". Nothing is started yet."""
        self._task, self._command = task, command
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False
        self._pause_s = 0.0
        self._started = self._due = 0.0

    def keep_running(self) -> None:
        """Start the process if it does not run and it is time."""
        self.look()
        if self._process is None and not self._is_over and time.monotonic() >= self._due:
            self._started = time.monotonic()
            try:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, start_new_session=True
                )
            except OSError as error:
                self._plan_restart(f"could not be started ({error.strerror})")

    def look(self) -> None:
        """Tell, and plan a new start, if the process has ended."""
        if self._process is None or (status := self._process.poll()) is None:
            return
        self._process = None
        if not self._is_over:
            self._plan_restart(f"has ended with status {status}")

    def _plan_restart(self, what: str) -> None:
        ran_long = time.monotonic() - self._started > LAST_PAUSE_S
        self._pause_s = FIRST_PAUSE_S if ran_long else min(self._pause_s * 2, LAST_PAUSE_S)
        self._pause_s = max(self._pause_s, FIRST_PAUSE_S)
        self._due = time.monotonic() + self._pause_s
        text = f"searchapp: the process for {self._task} {what};"
        print(f"{text} it is started again in {self._pause_s:.0f} s", file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the process, and start it no more."""
        self._is_over = True
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

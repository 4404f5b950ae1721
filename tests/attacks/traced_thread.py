"""A thread whose system calls strace records, or has the system refuse.

The seam is that of the system and not one of Python: it shows what SQLite and the compiled
libraries do as well, and nothing in the program has to know of it.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

_SET_PTRACER = 0x59616D61
_ANY = ctypes.c_ulong(-1)


class Traced(NamedTuple):
    """What became of a call: its result or its exception, and the lines of strace's log."""

    result: object
    error: Exception | None
    log: list[str]


class TracedThread:
    """Runs one call at a time; to be closed."""

    def __init__(self, folder: Path) -> None:
        """folder: for the log."""
        self._log = folder / "strace"
        # Where a process may only trace those that it started, this one lets itself be traced.
        ctypes.CDLL(None).prctl(_SET_PTRACER, _ANY, 0, 0, 0)
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._thread_id = self._thread.submit(threading.get_native_id).result()

    def run(self, call: Callable[[], object], *options: str) -> Traced:
        """Call something in the thread. options: strace's, as ("-e", "trace=write").

        Only the calls of this thread are seen, and not those of processes that it starts.
        """
        self._log.unlink(missing_ok=True)
        command = ["strace", "-p", str(self._thread_id), "-o", str(self._log), *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            first = tracer.stderr.readline()
            assert "attached" in first, first
            done = self._thread.submit(call)
            error = done.exception()
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=60)
        if error is not None and not isinstance(error, Exception):
            raise error
        result = None if error else done.result()
        return Traced(result, error, self._log.read_text("ascii", "replace").splitlines())

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

"""Starting further processes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """A process started meanwhile never hears of Ctrl-C, which a terminal sends to all alike.

    The parent alone decides what becomes of its workers; they would only print tracebacks.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Only the main thread may, and is interrupted by Ctrl-C.
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

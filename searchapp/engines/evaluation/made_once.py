"""Tables that take seconds to make, and that a snapshot makes only when somebody asks for them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from math import inf
from typing import Generic, TypeVar

from searchapp.deadline import Deadline
from searchapp.errors import SearchTimeout
from searchapp.translation import N_

Made = TypeVar("Made")
IsGivenUp = Callable[[], bool]
"""Whoever makes a table asks it now and then, and raises SearchTimeout if so."""

PAUSE_S = 30.0
"""After a failure, before it is tried again: what failed may have been a shortage of memory."""

log = logging.getLogger(__name__)


class MadeOnce(Generic[Made]):
    """A table of a snapshot, made by a thread when it is first asked for.

    Who asks waits as long as its deadline allows, and the next one finds more done.
    """

    def __init__(self, make: Callable[[IsGivenUp], Made]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._given_up = threading.Event()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._made: Made | None = None
        self._error: BaseException | None = None
        self._next_try = 0.0  # after a failure; by time.monotonic

    def get(self, deadline: Deadline) -> Made:
        """The table. Raises SearchTimeout, and what making it raised at the last try."""
        if self._made is None:
            self._start()
            seconds = deadline.remaining_s
            self._done.wait(None if seconds == inf else seconds)
            deadline.check()
        error = self._error
        if error is not None:
            # Without what was added to its traceback where it was raised before.
            raise error.with_traceback(None)
        if self._made is None:
            raise SearchTimeout(N_("a table is still being made"), remedy=N_("try again"))
        return self._made

    def _start(self) -> None:
        with self._lock:
            is_failed = self._error is not None and time.monotonic() >= self._next_try
            if self._given_up.is_set() or not (self._thread is None or is_failed):
                return
            self._error = None
            self._done.clear()
            thread = threading.Thread(target=self._run, daemon=True)
            thread.start()
            self._thread = thread

    def _run(self) -> None:
        try:
            self._made = self._make(self._given_up.is_set)
        except BaseException as error:  # it is raised where it was asked for
            if not self._given_up.is_set():
                log.error("a table could not be made", exc_info=error)
            self._next_try = time.monotonic() + PAUSE_S
            self._error = error
        finally:
            self._done.set()

    def close(self) -> None:
        """Give up what is not done; the index may be closed when this returns."""
        with self._lock:
            self._given_up.set()
            if self._thread is None:
                self._done.set()  # Nobody waits for what nobody will make.
        if self._thread is not None:
            self._thread.join()

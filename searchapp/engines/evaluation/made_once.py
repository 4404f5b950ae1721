"""Tables that take seconds to make, and that a snapshot makes only when somebody asks for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf
from typing import Generic, TypeVar

from searchapp.deadline import Deadline
from searchapp.errors import SearchTimeout

Made = TypeVar("Made")
IsGivenUp = Callable[[], bool]
"""Whoever makes a table asks it now and then, and raises SearchTimeout if so."""


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

    def get(self, deadline: Deadline) -> Made:
        """The table. Raises SearchTimeout, and what making it raised."""
        if self._made is None:
            self._start()
            seconds = deadline.remaining_s
            self._done.wait(None if seconds == inf else seconds)
            deadline.check()
        if self._error is not None:
            raise self._error
        if self._made is None:
            raise SearchTimeout("a table is still being made", remedy="try again")
        return self._made

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._given_up.is_set():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        try:
            self._made = self._make(self._given_up.is_set)
        except BaseException as error:  # it is raised where it was asked for
            self._error = error
        finally:
            self._done.set()

    def close(self) -> None:
        """Give up what is not done; the index may be closed when this returns."""
        with self._lock:
            self._given_up.set()
        if self._thread is not None:
            self._thread.join()

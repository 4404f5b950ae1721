"""The time budget of one request: how long its work may go on."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from threading import Semaphore
from typing import NamedTuple

from searchapp.errors import SearchTimeout
from searchapp.translation import N_, Number


class Deadline:
    """A point in time, and the budget that led to it.

    Work asks `check` between its steps; what waits for somebody else takes `remaining_s` as its
    timeout; what must not use up the whole budget gets a `part` of it.
    """

    def __init__(self, seconds: float, *, parent: Deadline | None = None) -> None:
        """seconds: from now, never beyond the end of `parent`."""
        self._set(seconds, time.monotonic(), parent)

    @classmethod
    def of_request(cls, seconds: float) -> Deadline:
        """The one budget of a request, from its arrival on; from now where there is no request."""
        deadline = cls.__new__(cls)
        request = _request.get()
        deadline._set(seconds, request.arrival if request else time.monotonic(), None)
        return deadline

    def _set(self, seconds: float, start: float, parent: Deadline | None) -> None:
        self.seconds = seconds
        end = start + seconds
        self._end: float = end if parent is None else min(end, parent._end)

    @property
    def remaining_s(self) -> float:
        """Seconds that are left, at least 0; infinite for a budget without an end."""
        return max(0.0, self._end - time.monotonic())

    def check(self) -> None:
        """Raise SearchTimeout if the time is up."""
        if time.monotonic() > self._end:
            raise SearchTimeout(
                N_(
                    "the search took longer than %(seconds)s seconds",
                    seconds=Number(self.seconds, "g"),
                ),
                remedy=N_("use more or rarer words, or fewer wildcards"),
            )

    def part(self, share: float) -> Deadline:
        """A deadline after a share of the time that is left, so that the rest of it stays.

        share: 0 to 1. The part ends when this deadline does, at the latest.
        """
        return Deadline(share * self.remaining_s, parent=self)


class _Request(NamedTuple):
    """arrival: as `time.monotonic` has it. kept: what is released when it has been answered."""

    arrival: float
    kept: ExitStack


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


@contextmanager
def request_since(moment: float) -> Iterator[None]:
    """Let the work inside be that of a request which arrived at a moment of `time.monotonic`."""
    with ExitStack() as kept:
        token = _request.set(_Request(moment, kept))
        try:
            yield
        finally:
            _request.reset(token)


def take_turn(turns: Semaphore, deadline: Deadline) -> None:
    """Wait for one of some turns, and keep it until the request has been answered.

    Outside of a request it is not kept. Raises SearchTimeout if there is none in time.
    """
    if not turns.acquire(timeout=deadline.remaining_s):
        raise SearchTimeout(
            N_(
                "others were not done within %(seconds)s seconds",
                seconds=Number(deadline.seconds, "g"),
            ),
            remedy=N_("try again"),
        )
    request = _request.get()
    if request is None:
        turns.release()
    else:
        request.kept.callback(turns.release)
        # Before that: what took much memory may be part of a circle of objects.
        request.kept.callback(gc.collect)


NEVER = Deadline(math.inf)
"""For work that no reader waits for."""

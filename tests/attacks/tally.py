"""How much of an attack is run, and its count of tries and survivors."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

IS_FULL = os.environ.get("ATTACKS") == "full"
SHOWN_LOSSES = 5


def extent(small: int, full: int) -> int:
    """How many tries are made: by everyone, or by who runs all."""
    return full if IS_FULL else small


class Tally:
    """Counts tries, goes on after those that failed, and fails the test in the end."""

    def __init__(self) -> None:
        self.tries = 0
        self.notes: list[str] = []
        self._losses: list[str] = []

    @contextmanager
    def attempt(self, what: object) -> Iterator[None]:
        """One try; it is survived unless an exception leaves the block."""
        self.tries += 1
        try:
            yield
        except Exception:
            self._losses.append(f"{what}:\n{traceback.format_exc(limit=-4)}")

    def __str__(self) -> str:
        survivors = self.tries - len(self._losses)
        return ", ".join([f"{self.tries} tries, {survivors} survived", *self.notes])

    def check(self) -> None:
        """Fail unless there were tries and all were survived."""
        assert self.tries
        assert not self._losses, "\n".join([str(self), *self._losses[:SHOWN_LOSSES]])

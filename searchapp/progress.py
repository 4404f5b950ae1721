"""How far a long command has come, for whoever wants to show it."""

from __future__ import annotations

from typing import Protocol

from searchapp.translation import Message


class Progress(Protocol):
    """Follows the steps of a command, one after another."""

    def begin(self, step: Message, total: int) -> None:
        """A step begins.

        step: as people read it, N_("Indexing"). total: what `advance` counts up to, in any unit;
        0 if that is not known.
        """

    def advance(self, done: int, *, articles: int = 0) -> None:
        """done: how much of the step's total is done. articles: how many of them were read."""


class _Silent:
    def begin(self, step: Message, total: int) -> None:
        pass

    def advance(self, done: int, *, articles: int = 0) -> None:
        pass


SILENT: Progress = _Silent()
"""For when nobody looks."""

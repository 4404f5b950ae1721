"""The time budget of one request, as the parts of an engine see it."""

from __future__ import annotations

from typing import Protocol


class Deadline(Protocol):
    """The time budget of one request."""

    def check(self) -> None:
        """Raise SearchTimeout if the budget is used up. Called between steps of work."""

"""Shows on standard error how a measurement goes on: a progress bar, and problems at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Self

import click

from searchapp.errors import Problem

if TYPE_CHECKING:
    from rich.progress import Progress

MAX_PROBLEMS_SHOWN = 10

_REFRESH_S = 0.1


class StepDisplay:
    """A progress of named steps and a place for problems; used as a context manager.

    The bar is drawn only where standard error is a terminal. Problems are printed at the end.
    """

    step_names: ClassVar[Mapping[str, str]]
    """What is shown, by the name of a step."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._told = 0.0
        self._problems: list[Problem] = []
        self._problem_count = 0

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._bar.add_task("Starting", total=None)
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        for problem in self._problems:
            click.echo(str(problem), err=True)
        if hidden := self._problem_count - len(self._problems):
            click.echo(f"… and {hidden:,} more", err=True)

    def begin(self, step: str, total: int) -> None:
        """A step has begun; it is done when `total` has been advanced."""
        if self._bar is not None:
            self._bar.reset(self._bar.tasks[0].id, total=total, description=self.step_names[step])

    def advance(self, done: int) -> None:
        """So much of the step is done."""
        now = time.monotonic()
        if self._bar is not None and now - self._told >= _REFRESH_S:
            self._told = now
            self._bar.update(self._bar.tasks[0].id, completed=done)

    def problem(self, problem: Problem) -> None:
        """Keep a problem for the end."""
        self._problem_count += 1
        if len(self._problems) < MAX_PROBLEMS_SHOWN:
            self._problems.append(problem)

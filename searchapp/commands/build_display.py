"""Shows on standard error how a rebuild or update goes on: a progress bar and the problems."""

from __future__ import annotations

import sys
import time
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from searchapp.errors import Problem

if TYPE_CHECKING:
    from rich.progress import Progress

MAX_PROBLEMS_SHOWN = 20
"""Of each severity: a flood of warnings must not hide the errors."""

REFRESH_S = 0.1
"""At most so often is the bar told where it is; each telling costs as much as an article."""

_STEP_NAMES = {"read": "Indexing", "finish": "Writing", "verify": "Checking"}


class BuildDisplay:
    """A `searchapp.indexing.Progress` and a place for problems; used as a context manager.

    The bar is drawn only where standard error is a terminal; problems are printed everywhere.
    """

    def __init__(self, *, limit: int | None = None, verbose: bool = False) -> None:
        """limit: as given to `rebuild`. verbose: print all problems, not the first ones only."""
        self._limit = limit
        self._verbose = verbose
        self._seen: Counter[str] = Counter()
        self._bar: Progress | None = None
        self._total_bytes = 0
        self._bytes_read = 0
        self._articles = 0
        self._started = self._told = time.monotonic()

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = _new_bar()
            self._bar.add_task("Starting", total=None, articles=0, rate=0.0, left="")
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
            self._bar = None
        hidden = sum(max(0, count - MAX_PROBLEMS_SHOWN) for count in self._seen.values())
        if hidden and not self._verbose:
            click.echo(f"… and {hidden:,} more; --verbose shows them all", err=True)

    def begin(self, total_bytes: int) -> None:
        """Reading starts."""
        self._total_bytes = total_bytes
        self._started = time.monotonic()

    def read(self, bytes_read: int) -> None:
        """So many bytes of the source files are done."""
        self._bytes_read = bytes_read
        self._tell()

    def article(self) -> None:
        """One more article was read."""
        self._articles += 1

    def step(self, name: str) -> None:
        """Another step has begun; how long the later ones take is not known."""
        if self._bar is not None:
            task = self._bar.tasks[0]
            task.total = None
            self._bar.update(
                task.id, description=_STEP_NAMES[name], articles=self._articles, left=""
            )

    def _tell(self) -> None:
        now = time.monotonic()
        if self._bar is None or now - self._told < REFRESH_S:
            return
        self._told = now
        done = self._bytes_read / max(1, self._total_bytes)
        if self._limit is not None:
            done = max(done, self._articles / self._limit)
        self._bar.update(
            self._bar.tasks[0].id,
            total=1.0,
            completed=done,
            articles=self._articles,
            rate=self._articles / (now - self._started),
            left="left",
        )

    def problem(self, problem: Problem) -> None:
        """Print a problem, unless there have been many like it."""
        self._seen[problem.severity] += 1
        if not self._verbose and self._seen[problem.severity] > MAX_PROBLEMS_SHOWN:
            return
        if self._bar is not None:
            self._bar.console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(str(problem), err=True)


def _new_bar() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[articles]:,} articles"),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[left]}"),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )

"""Shows on standard error how a long command goes on: a progress bar, and the problems."""

from __future__ import annotations

import sys
import time
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from searchapp.commands.counts import article_count
from searchapp.commands.language import say
from searchapp.commands.output_streams import remark
from searchapp.errors import Problem
from searchapp.translation import N_, NN_, Message, Number

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

MAX_PROBLEMS_SHOWN = 20
"""Of each severity: a flood of warnings must not hide the errors."""

REFRESH_S = 0.1
"""The bar is updated at most this often: an update costs as much as indexing an article."""


class ProgressDisplay:
    """A `searchapp.progress.Progress` and a place for problems; used as a context manager.

    The bar is drawn only where standard error is a terminal; problems are printed everywhere.
    """

    def __init__(self, *, verbose: bool = False) -> None:
        """verbose: print all problems and not only the first ones."""
        self._verbose = verbose
        self._seen: Counter[str] = Counter()
        self._hidden = 0
        self._bar: Bar | None = None
        self._step_began = self._updated = time.monotonic()
        self._articles = 0

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = _new_bar()
            self._bar.add_task(say(N_("Starting")), total=None, articles="", left="")
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
        if self._hidden:
            more = N_(
                "… and %(number)s more; --verbose shows them all", number=Number(self._hidden)
            )
            remark(say(more))

    def begin(self, step: Message, total: int) -> None:
        """Show another step."""
        self._step_began = time.monotonic()
        if total:  # Else it counts nothing itself, and the articles read before stay in view.
            self._articles = 0
        if self._bar is not None:
            articles = say(article_count(self._articles)) if self._articles else ""
            self._bar.reset(
                self._bar.tasks[0].id,
                total=total or None,
                description=say(step),
                articles=articles,
                left="",
            )

    def advance(self, done: int, *, articles: int = 0) -> None:
        """Move the bar."""
        self._articles = articles
        now = time.monotonic()
        if self._bar is None or now - self._updated < REFRESH_S:
            return
        self._updated = now
        rate = articles / max(REFRESH_S, now - self._step_began)
        self._bar.update(
            self._bar.tasks[0].id,
            completed=done,
            articles=_rate_text(articles, rate) if articles else "",
            left=say(N_("left")),
        )

    def problem(self, problem: Problem) -> None:
        """Print a problem, unless there have been many of its severity."""
        self._seen[problem.severity] += 1
        if not self._verbose and self._seen[problem.severity] > MAX_PROBLEMS_SHOWN:
            self._hidden += problem.count
            return
        line = problem.said(say)
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            remark(line)


def _rate_text(articles: int, rate: float) -> str:
    return say(
        NN_(
            "%(count)s article %(rate)s/s",
            "%(count)s articles %(rate)s/s",
            articles,
            rate=Number(rate, ",.0f"),
        )
    )


def _new_bar() -> Bar:
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
        TextColumn("{task.fields[articles]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[left]}"),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )

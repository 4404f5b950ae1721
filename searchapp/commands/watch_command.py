"""The command that follows the source folders; `serve --watch` runs it beside the server."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import click

from searchapp.commands.command import Command, kept_traceback
from searchapp.commands.language import say
from searchapp.commands.options import (
    engine_option,
    index_option,
    memory_option,
    seeds_option,
    setting_option,
    settings_from,
    verbose_option,
    workers_option,
)
from searchapp.commands.progress_display import ProgressDisplay
from searchapp.errors import Problem, SearchappError
from searchapp.translation import N_

if TYPE_CHECKING:
    from searchapp.indexing import BuildReport

_MAX_REMEMBERED = 10_000
"""Problems of one update; of more, some are told again by the next."""

polling_option = click.option(
    "--polling",
    is_flag=True,
    help=N_("Look at all files once a second: for network folders that tell of no changes."),
)


@click.command(
    cls=Command,
    help=N_(
        "Update the index whenever the sources change.\n\n"
        "A change is indexed when nothing has changed for half a second. A failure is told, "
        "and tried again. Ctrl-C ends it."
    ),
    examples="""\
searchapp watch
searchapp watch --seeds articles/ --index /srv/index
searchapp watch --polling --seeds /mnt/editors""",
)
@seeds_option
@index_option
@setting_option(
    "--watch-period-s",
    type=click.FloatRange(min=0, min_open=True),
    help=N_("Look through all sources so often, whatever the system tells. [default: 300]"),
)
@polling_option
@workers_option
@memory_option
@verbose_option
@engine_option
@click.option(
    "--until-input-ends",
    is_flag=True,
    hidden=True,
    help=N_("End with the standard input: a pipe from the process that this one is for."),
)
def watch(polling: bool, verbose: bool, until_input_ends: bool, **chosen: Any) -> None:
    from searchapp.source_watch import watch_sources

    settings = settings_from(chosen)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if until_input_ends:
        # Whoever started us holds the other end of a pipe, which closes when it dies.
        threading.Thread(target=_end_with_input, daemon=True).start()
    names = ", ".join(str(path) for path in settings.seeds)
    click.echo(say(N_("Watching %(names)s (process %(pid)s)", names=names, pid=os.getpid())))
    told = _Told(verbose)
    try:
        watch_sources(
            settings,
            polling=polling,
            on_report=told.report,
            on_failure=told.failure,
            on_problem=told.problem,
        )
    except KeyboardInterrupt:
        click.echo(say(N_("Watching has ended.")))


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


class _Told:
    """Prints what is new in each update: not what the one before had told already."""

    def __init__(self, verbose: bool) -> None:
        """verbose: print all problems of each update."""
        self._verbose = verbose
        self._before: set[Problem] = set()
        self._now: set[Problem] = set()
        self._display = ProgressDisplay(verbose=verbose)

    def problem(self, problem: Problem) -> None:
        if len(self._now) < _MAX_REMEMBERED:
            self._now.add(problem)
        if self._verbose or problem not in self._before:
            self._display.problem(problem)

    def report(self, report: BuildReport) -> None:
        from searchapp.commands.result_text import build_text

        if report.published:
            click.echo(build_text(report))
        self._before = set()
        self._end_update()

    def failure(self, error: Exception) -> None:
        if isinstance(error, SearchappError):
            message = error.message
        else:
            message = N_(
                "%(name)s: %(error)s; %(place)s",
                name=type(error).__name__,
                error=error,
                place=kept_traceback(error),
            )
        text = say(N_("%(message)s (it will be tried again)", message=message))
        click.echo(f"searchapp: {text}", err=True)
        self._end_update()

    def _end_update(self) -> None:
        if len(self._before) < _MAX_REMEMBERED:
            # One that failed may not have come to all that was told before.
            self._now |= self._before
        self._before, self._now = self._now, set()
        self._display = ProgressDisplay(verbose=self._verbose)

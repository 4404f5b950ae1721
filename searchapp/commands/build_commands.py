"""The commands that write an index: rebuild and update."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from searchapp.commands.command import Command, end, print_json
from searchapp.commands.options import build_options, force_option, settings_from, source_options
from searchapp.errors import Problem
from searchapp.settings import Settings
from searchapp.translation import N_

if TYPE_CHECKING:
    from searchapp.indexing import BuildReport


@click.command(
    cls=Command,
    help=N_(
        "Index all articles anew, then serve the new index.\n\n"
        "Readers find the old articles until the new index is complete and checked. What "
        "cannot be read is reported and left out, but for articles that are served already: "
        "they stay as they are. The exit status is then 3."
    ),
    examples="""\
searchapp rebuild
searchapp rebuild --seeds articles/ --seeds archive.jsonl.xz --index /srv/index
searchapp rebuild --strict --json""",
)
@source_options
@force_option
@build_options
def rebuild(force: bool, **arguments: Any) -> None:
    from searchapp import indexing

    end(build(partial(indexing.rebuild, force=force), None, **arguments).is_whole)


@click.command(
    cls=Command,
    help=N_(
        "Add, change and remove the articles that differ from the index.\n\n"
        "Only files that have changed are read. Where there is no index that can be updated, "
        "it is built anew. Articles that cannot be read now stay as they are; the exit status "
        "is then 3."
    ),
    examples="""\
searchapp update
searchapp update --seeds articles/ --json""",
)
@source_options
@build_options
def update(verbose: bool, **arguments: Any) -> None:
    from searchapp import indexing

    report = build(partial(indexing.update, tell_again=verbose), None, verbose=verbose, **arguments)
    end(report.is_whole)


def build(
    command: Callable[..., BuildReport],
    base: Settings | None,
    *,
    limit: int | None = None,
    strict: bool = False,
    accept_loss: bool = False,
    verbose: bool = False,
    as_json: bool = False,
    **chosen: Any,
) -> BuildReport:
    """Run a rebuild or update; show how it goes and how it ends.

    base: the settings that the options change; None for those of the environment.
    """
    from searchapp.commands.progress_display import ProgressDisplay
    from searchapp.commands.result_text import build_text
    from searchapp.result_json import build_object

    settings = settings_from(chosen, base)
    display = ProgressDisplay(verbose=verbose)
    problems: list[dict[str, str]] = []

    def on_problem(problem: Problem) -> None:
        display.problem(problem)
        if as_json:
            problems.append(dataclasses.asdict(problem))

    try:
        with display:
            report = command(
                settings,
                limit=limit,
                strict=strict,
                accept_loss=accept_loss,
                progress=display,
                on_problem=on_problem,
            )
    except Exception as error:
        if as_json:
            print_json({"published": False, "error": str(error), "problems": problems})
        raise
    if as_json:
        print_json({**build_object(report), "error": None, "problems": problems})
    else:
        click.echo(build_text(report))
    return report

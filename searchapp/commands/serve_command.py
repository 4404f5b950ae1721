"""The command that serves the search page."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from searchapp.commands.build_commands import build
from searchapp.commands.command import Command
from searchapp.commands.language import say
from searchapp.commands.options import (
    engine_option,
    index_option,
    seeds_option,
    setting_option,
    settings_from,
    workers_option,
)
from searchapp.commands.watch_command import polling_option
from searchapp.errors import IndexOutdated, NoIndex
from searchapp.translation import N_, NO_TEXT


@click.command(
    cls=Command,
    help=N_("Serve the search page; builds the index first if there is none."),
    examples="""\
searchapp serve
searchapp serve --port 8080 --seeds articles/ --index /srv/index
searchapp serve --watch
searchapp serve --host 0.0.0.0 --workers 4""",
)
@setting_option("--host", help=N_("Address to listen on. [default: 127.0.0.1]"))
@setting_option(
    "--port", type=click.IntRange(0, 65535), help=N_("Port; 0 takes any free one. [default: 8000]")
)
@workers_option
@index_option
@seeds_option
@engine_option
@click.option(
    "--watch", is_flag=True, help=N_("Update the index whenever the sources change, as watch does.")
)
@polling_option
def serve(watch: bool, polling: bool, **chosen: Any) -> None:
    from searchapp.indexing import rebuild
    from searchapp.inspection import inspect
    from searchapp.web import serving
    from searchapp.web.companion import Companion

    settings = settings_from(chosen)
    try:
        refusal = inspect(settings).refusal
    except NoIndex:
        refusal = NO_TEXT
        # A busy port is found now, and not after minutes of indexing.
        serving.check(settings)
        build(rebuild, settings)
    if refusal:
        raise IndexOutdated(refusal, where=str(settings.index), remedy=N_("run: searchapp rebuild"))
    companion = Companion("watching", _watch_command(polling, chosen)) if watch else None
    serving.serve(settings, on_ready=_announce, companion=companion)


def _watch_command(polling: bool, chosen: Mapping[str, Any]) -> list[str]:
    """The command that watches with the options of this one; it shares our environment."""
    command = [sys.executable, "-m", "searchapp", "watch", "--until-input-ends"]
    if polling:
        command.append("--polling")
    for name in ("index", "workers", "engine", "exceptions"):
        if chosen[name] is not None:
            command += [f"--{name}", str(chosen[name])]
    for path in chosen["seeds"]:
        command += ["--seeds", str(path)]
    return command


def _announce(address: str) -> None:
    click.echo(say(N_("Serving on %(address)s (Ctrl-C ends)", address=address)))

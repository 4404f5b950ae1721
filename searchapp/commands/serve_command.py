"""The command that serves the search page."""

from __future__ import annotations

from typing import Any

import click

from searchapp.commands.build_commands import build
from searchapp.commands.command import Command
from searchapp.commands.options import (
    engine_option,
    index_option,
    seeds_option,
    setting_option,
    settings_from,
    workers_option,
)
from searchapp.errors import IndexOutdated, NoIndex


@click.command(
    cls=Command,
    examples="""\
searchapp serve
searchapp serve --port 8080 --seeds articles/ --index /srv/index
searchapp serve --host 0.0.0.0 --workers 4""",
)
@setting_option("--host", help="Address to listen on. [default: 127.0.0.1]")
@setting_option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 takes any free one. [default: 8000]"
)
@workers_option
@index_option
@seeds_option
@engine_option
def serve(**chosen: Any) -> None:
    """Serve the search page; builds the index first if there is none."""
    from searchapp.indexing import rebuild
    from searchapp.inspection import inspect
    from searchapp.web import serving

    settings = settings_from(chosen)
    try:
        refusal = inspect(settings).refusal
    except NoIndex:
        refusal = ""
        # A busy port is found now, and not after minutes of indexing.
        serving.check(settings)
        build(rebuild, settings)
    if refusal:
        raise IndexOutdated(refusal, where=str(settings.index), remedy="run: searchapp rebuild")
    serving.serve(settings, on_ready=_announce)


def _announce(address: str) -> None:
    click.echo(f"Serving on {address} (Ctrl-C ends)")

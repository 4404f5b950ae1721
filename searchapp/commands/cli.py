"""The program `searchapp`: a group of commands.

What a command needs is imported when it runs: `searchapp search` answers in the time that
loading the index takes, and `searchapp --help` at once.
"""

from __future__ import annotations

import click

from searchapp import __version__
from searchapp.commands.build_commands import rebuild, update
from searchapp.commands.command import Program
from searchapp.commands.doctor_command import doctor
from searchapp.commands.fetch_command import fetch
from searchapp.commands.index_commands import info, rollback, verify
from searchapp.commands.init_command import init
from searchapp.commands.language import say
from searchapp.commands.manual_command import man
from searchapp.commands.measuring_commands import bench, evaluate
from searchapp.commands.queries_command import queries
from searchapp.commands.search_commands import analyze, search
from searchapp.commands.serve_command import serve
from searchapp.commands.watch_command import watch
from searchapp.translation import N_


def _print_version(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        click.echo(say(N_("searchapp, version %(version)s", version=__version__)))
        ctx.exit()


@click.group(
    cls=Program,
    help=N_(
        "Full-text search for German articles.\n\n"
        "Put articles into seeds/, then run `searchapp serve`."
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help=N_("Show the version and exit."),
)
def main() -> None:
    """Show the help, if no command is named."""


for command in (
    init,
    doctor,
    rebuild,
    update,
    fetch,
    search,
    analyze,
    info,
    verify,
    rollback,
    serve,
    watch,
    queries,
    evaluate,
    bench,
    man,
):
    main.add_command(command)

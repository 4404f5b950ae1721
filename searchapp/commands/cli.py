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
from searchapp.commands.manual_command import man
from searchapp.commands.measuring_commands import bench, evaluate
from searchapp.commands.queries_command import queries
from searchapp.commands.search_commands import analyze, search
from searchapp.commands.serve_command import serve
from searchapp.commands.watch_command import watch


@click.group(
    cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="searchapp")
def main() -> None:
    """Full-text search for German articles.

    Put articles into seeds/, then run `searchapp serve`.
    """


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

"""The command that prints the manual page."""

from __future__ import annotations

from typing import cast

import click

from searchapp.commands.command import Command


@click.command(
    cls=Command,
    reads_settings=False,
    examples="""\
searchapp man | man -l -
searchapp man > /usr/local/share/man/man1/searchapp.1""",
)
@click.pass_context
def man(ctx: click.Context) -> None:
    """Print the manual page of all commands, for man to show or keep."""
    from searchapp.commands.manual_page import manual_page

    program = ctx.find_root()
    click.echo(manual_page(cast(click.Group, program.command), program), nl=False)

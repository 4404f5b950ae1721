"""The command that prints the manual page."""

from __future__ import annotations

from typing import cast

import click

from searchapp.commands.command import Command, Program
from searchapp.commands.language import SOURCE_LANGUAGE, speak
from searchapp.translation import N_


@click.command(
    cls=Command,
    help=N_("Print the manual page of all commands, for man to show or keep."),
    reads_settings=False,
    examples="""\
searchapp man | man -l -
searchapp man > /usr/local/share/man/man1/searchapp.1""",
)
@click.pass_context
def man(ctx: click.Context) -> None:
    from searchapp.commands.manual_page import manual_page

    speak(SOURCE_LANGUAGE)  # Its settings are told as their file tells them.
    root = ctx.find_root()
    program = cast(Program, root.command).source
    inner = click.Context(
        program, info_name=root.info_name, help_option_names=root.help_option_names
    )
    click.echo(manual_page(program, inner), nl=False)

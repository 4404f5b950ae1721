"""`flask --app … rebuild`: the command `searchapp rebuild` with the application's settings.

Flask finds it by the entry point in `pyproject.toml`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from searchapp import indexing
from searchapp.commands.build_commands import build
from searchapp.commands.build_commands import rebuild as searchapp_rebuild
from searchapp.commands.command import Command, end
from searchapp.commands.options import build_options, force_option, source_options


@click.command(
    "rebuild",
    cls=Command,
    reads_settings=False,
    help=searchapp_rebuild.help,
    examples="flask --app searchapp.web rebuild",
)
@source_options
@force_option
@build_options
@with_appcontext
def rebuild(force: bool, **arguments: Any) -> None:
    """Index all articles anew, with the settings that `create_app` was given."""
    settings = current_app.extensions["searchapp"].settings
    end(build(partial(indexing.rebuild, force=force), settings, **arguments).is_whole)

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
from searchapp.commands.cli import Command, build, build_options
from searchapp.commands.cli import rebuild as searchapp_rebuild


@click.command(
    "rebuild",
    cls=Command,
    help=searchapp_rebuild.help,
    examples="flask --app searchapp.web rebuild",
)
@click.option("--force", is_flag=True, help="With --limit: even if more articles are served now.")
@build_options
@with_appcontext
def rebuild(force: bool, **arguments: Any) -> None:
    """Index all articles anew, with the settings that `create_app` was given."""
    settings = current_app.extensions["searchapp"].settings
    build(partial(indexing.rebuild, force=force), settings, **arguments)

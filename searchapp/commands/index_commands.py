"""The commands about an index as a whole: info, verify and rollback."""

from __future__ import annotations

from typing import Any

import click

from searchapp.commands.command import Command, print_json
from searchapp.commands.options import index_options, settings_from


@click.command(
    cls=Command,
    examples="""\
searchapp info
searchapp info --index /srv/index --json""",
)
@index_options
def info(as_json: bool, **chosen: Any) -> None:
    """Show what the index holds, who built it, and whether this program can use it."""
    from searchapp.commands.result_text import state_text
    from searchapp.inspection import inspect
    from searchapp.result_json import state_object

    state = inspect(settings_from(chosen))
    if as_json:
        print_json(state_object(state))
    else:
        click.echo(state_text(state))


@click.command(
    cls=Command,
    examples="""\
searchapp verify
searchapp verify --index /srv/index && echo "the index is whole\"""",
)
@index_options
def verify(as_json: bool, **chosen: Any) -> None:
    """Check the files, checksums and counts of the index, and search in it."""
    from searchapp.commands.result_text import counted, size
    from searchapp.inspection import verify as verify_index

    generation = verify_index(settings_from(chosen))
    manifest = generation.manifest
    if as_json:
        print_json({"generation": generation.id, "articles": manifest.articles, "whole": True})
    else:
        click.echo(
            f"Generation {generation.id} is whole: {counted(manifest.articles, 'article')},"
            f" {counted(len(manifest.files), 'file')}, {size(manifest.size_bytes)}."
        )


@click.command(
    cls=Command,
    examples="""\
searchapp rollback
searchapp rollback --index /srv/index""",
)
@index_options
def rollback(as_json: bool, **chosen: Any) -> None:
    """Serve the generation before the served one; `searchapp info` names it."""
    from searchapp.commands.result_text import counted
    from searchapp.indexing import roll_back

    generation = roll_back(settings_from(chosen))
    articles = generation.manifest.articles
    if as_json:
        print_json({"generation": generation.id, "articles": articles})
    else:
        click.echo(f"Generation {generation.id} is served: {counted(articles, 'article')}.")

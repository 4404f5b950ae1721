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
searchapp info --index /srv/index --json
searchapp info --joined --limit 1000""",
)
@click.option(
    "--joined",
    is_flag=True,
    help="List instead the words that find other dictionary words, the most frequent first.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=300,
    show_default=True,
    help="With --joined: number of words.",
)
@index_options
def info(joined: bool, limit: int, as_json: bool, **chosen: Any) -> None:
    """Show what the index holds, who built it, and whether this program can use it.

    A line of --joined is the number of articles with a word in any inflected form, the word as the
    dictionary writes it, and what else it finds: relatives (~), and its other spellings (=), each
    with its articles. Typed in lower case, a word finds the noun of the same letters, too.
    """
    from searchapp.commands.result_text import families_text, state_text
    from searchapp.inspection import inspect, word_families
    from searchapp.result_json import family_object, state_object

    settings = settings_from(chosen)
    if joined:
        families = word_families(settings, limit=limit)
        if as_json:
            print_json([family_object(each) for each in families])
        elif families:
            click.echo(families_text(families))
    else:
        state = inspect(settings)
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

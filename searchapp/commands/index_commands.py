"""The commands about an index as a whole: info, verify and rollback."""

from __future__ import annotations

from typing import Any

import click

from searchapp.commands.command import Command, print_json
from searchapp.commands.language import say
from searchapp.commands.options import index_options, settings_from
from searchapp.translation import N_, NN_


@click.command(
    cls=Command,
    help=N_(
        "Show what the index holds, who built it, and whether this program can use it.\n\n"
        "A line of --joined is the number of articles with a word in any inflected form, the "
        "word as the dictionary writes it, and what else it finds: relatives (~), and its "
        "other spellings (=), each with its articles. Typed in lower case, a word finds the "
        "noun of the same letters, too."
    ),
    examples="""\
searchapp info
searchapp info --index /srv/index --json
searchapp info --joined --limit 1000""",
)
@click.option(
    "--joined",
    is_flag=True,
    help=N_("List instead the words that find other dictionary words, the most frequent first."),
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=300,
    show_default=True,
    help=N_("With --joined: number of words."),
)
@index_options
def info(joined: bool, limit: int, as_json: bool, **chosen: Any) -> None:
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
    help=N_("Check the files, checksums and counts of the index, and search in it."),
    examples="""\
searchapp verify
searchapp verify --index /srv/index && echo "the index is whole\"""",
)
@index_options
def verify(as_json: bool, **chosen: Any) -> None:
    from searchapp.commands.counts import article_count, size
    from searchapp.inspection import verify as verify_index

    generation = verify_index(settings_from(chosen))
    manifest = generation.manifest
    if as_json:
        print_json({"generation": generation.id, "articles": manifest.articles, "whole": True})
    else:
        click.echo(
            say(
                N_(
                    "Generation %(id)s is whole: %(articles)s, %(files)s, %(size)s.",
                    id=generation.id,
                    articles=article_count(manifest.articles),
                    files=NN_("%(count)s file", "%(count)s files", len(manifest.files)),
                    size=size(manifest.size_bytes),
                )
            )
        )


@click.command(
    cls=Command,
    help=N_("Serve the generation before the served one; `searchapp info` names it."),
    examples="""\
searchapp rollback
searchapp rollback --index /srv/index""",
)
@index_options
def rollback(as_json: bool, **chosen: Any) -> None:
    from searchapp.commands.counts import article_count
    from searchapp.indexing import roll_back

    generation = roll_back(settings_from(chosen))
    articles = generation.manifest.articles
    if as_json:
        print_json({"generation": generation.id, "articles": articles})
    else:
        served = N_(
            "Generation %(id)s is served: %(articles)s.",
            id=generation.id,
            articles=article_count(articles),
        )
        click.echo(say(served))

"""The commands that ask an index: search and analyze."""

from __future__ import annotations

import shutil
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from searchapp.commands.command import Command, print_json
from searchapp.commands.language import say
from searchapp.commands.options import (
    TextParam,
    facet_options,
    index_options,
    period,
    settings_from,
)
from searchapp.dates import Period
from searchapp.facets import FACETS, Filters
from searchapp.translation import N_

if TYPE_CHECKING:
    from searchapp.model import Sort


@click.command(
    cls=Command,
    help=N_(
        "Search the articles for QUERY.\n\n"
        "All keywords must match, in any inflected form and inside of compounds; --exact "
        "turns that off, and =word for one word. Of a sentence or a long query some words are "
        'enough. UND, ODER, NICHT, -word, "a phrase", word*, word~, and fields such as titel: '
        "schlagwort: autor: datum: are understood, in English too. Dates are typed as "
        "2024-01-16, 16.1.2024, 2024-01 or 2024."
    ),
    examples="""\
searchapp search Stahlindustrie
searchapp search Stähle --exact
searchapp search '"grüner Wasserstoff" -China' --tag Klima --from 2023 --sort newest
searchapp search 'titel:Hochofen ODER Koks*' --json""",
)
@click.argument("query", nargs=-1, required=True, type=TextParam())
@click.option(
    "--exact", is_flag=True, help=N_("Words match only in the form in which they are typed.")
)
@click.option(
    "--uncorrected",
    is_flag=True,
    help=N_("Likelier words are offered, but not searched for instead."),
)
@facet_options
@click.option("--any-tag", is_flag=True, help=N_("One of several tags is enough."))
@click.option(
    "--from", "since", type=period, metavar=N_("DATE"), help=N_("Not older than this day.")
)
@click.option("--to", "until", type=period, metavar=N_("DATE"), help=N_("Not newer than this day."))
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    show_default=True,
    help=N_("Order of the hits."),
)
@click.option(
    "--page",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help=N_("Page of the hits, from 1."),
)
@click.option(
    "--per-page",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help=N_("Hits on a page."),
)
@index_options
def search(
    query: tuple[str, ...],
    exact: bool,
    uncorrected: bool,
    any_tag: bool,
    since: Period | None,
    until: Period | None,
    sort: Sort,
    page: int,
    per_page: int,
    as_json: bool,
    **chosen: Any,
) -> None:
    from searchapp.model import SearchRequest
    from searchapp.searching import SearchService

    if since and until and since.first > until.last:
        raise click.UsageError(say(N_("--to is before --from; swap them")))
    request = SearchRequest(
        query=" ".join(query),
        exact=exact,
        uncorrected=uncorrected,
        filters=Filters(
            {facet.name: chosen.pop(facet.name) for facet in FACETS},
            any_tag=any_tag,
            date_from=since.first if since else None,
            date_to=until.last if until else None,
        ),
        sort=sort,
        page_number=page,
        per_page=per_page,
    )
    with closing(SearchService(settings_from(chosen))) as service:
        result = service.search(request)
    if as_json:
        from searchapp.result_json import answer

        print_json(answer(result))
    else:
        from searchapp.commands.result_text import result_text

        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(result_text(result, width=width))


@click.command(
    cls=Command,
    help=N_(
        "Show what the index keeps of TEXT: every word with its lemma, key and parts.\n\n"
        "Words of one key find each other, and a query for the word finds the keys and "
        "relatives of the last two columns. Where one place has several lines, the index "
        "keeps all of them: a noun that may be a verb at the start of a sentence, the word "
        "that a suspended hyphen stands for, a verb and its particle. Offsets count "
        "characters from 0; a word is TEXT[start:end]. With a file of exceptions the words "
        "that it changes are shown as they were before, too."
    ),
    examples="""\
searchapp analyze 'Die Stahlunternehmen Chinas'
searchapp analyze 'CO2-Neutralität' --json""",
)
@click.argument("text", type=TextParam())
@index_options
def analyze(text: str, as_json: bool, **chosen: Any) -> None:
    from searchapp.inspection import analyzed_words, analyzers

    learned, effective = analyzers(settings_from(chosen))
    words = analyzed_words(text, effective)
    if as_json:
        from searchapp.result_json import word_object

        print_json([word_object(each) for each in words])
    else:
        from searchapp.commands.result_text import word_table

        click.echo(word_table(words))
        changed = [each for each in analyzed_words(text, learned) if each not in words]
        if changed:
            click.echo("\n" + say(N_("Without the exceptions:")))
            click.echo(word_table(changed))

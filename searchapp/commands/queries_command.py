"""The command that shows what readers look for, and do not find."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from searchapp.commands.command import Command, print_json
from searchapp.commands.options import (
    TextParam,
    index_options,
    setting_option,
    settings_from,
)
from searchapp.errors import BadSetting
from searchapp.settings import variable
from searchapp.translation import N_


@click.command(
    cls=Command,
    help=N_(
        "Show the most frequent queries, and the step to take for those that find nothing.\n\n"
        "A step is a line for the file of --exceptions (a synonym holds at once, a split with "
        "the next rebuild), or an article that is missing."
    ),
    examples="""\
searchapp queries --query-store /srv/queries.sqlite
searchapp queries --missed --limit 50
searchapp queries --try 'LKW = Lastwagen'
searchapp queries --try 'Torfkahn = Torf|kahn'""",
)
@click.option("--missed", is_flag=True, help=N_("Only those that found nothing at the last time."))
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help=N_("Number of queries."),
)
@click.option(
    "--try",
    "line",
    type=TextParam(),
    metavar=N_("LINE"),
    help=N_("Show instead what a synonym or split would change."),
)
@setting_option(
    "--query-store",
    type=click.Path(path_type=Path),
    help=N_("The file in which the server counts queries. [default: none]"),
)
@index_options
def queries(missed: bool, limit: int, line: str | None, as_json: bool, **chosen: Any) -> None:
    from searchapp.commands.queries_report import advice_object, advice_text, preview_text
    from searchapp.deadline import NEVER
    from searchapp.missed_queries import advised, preview
    from searchapp.query_store import QueryStore
    from searchapp.searching import SearchService

    settings = settings_from(chosen)
    service = SearchService(settings)
    try:
        if line is not None:
            change = preview(service, line, NEVER)
            if as_json:
                print_json(asdict(change))
            else:
                click.echo(preview_text(change, settings.exceptions))
            return
        if settings.query_store is None:
            raise BadSetting(
                N_("queries are not counted: no file is named for it"),
                where=variable("query_store"),
                remedy=N_("name one for the server and for this command"),
            )
        store = QueryStore(settings.query_store, settings.keep_queries_days)
        found = advised(service, store.asked(limit=limit, only_empty=missed), NEVER)
        if as_json:
            print_json([advice_object(each) for each in found])
        else:
            click.echo(advice_text(found))
    finally:
        service.close()

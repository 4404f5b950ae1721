"""The command that brings the pages of a web site into a folder of articles."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchapp.commands.command import Command, end, print_json
from searchapp.commands.language import say
from searchapp.commands.options import (
    Decorated,
    TextParam,
    json_option,
    setting_option,
    settings_from,
    verbose_option,
)
from searchapp.translation import N_, NN_, Message, Number

if TYPE_CHECKING:
    from searchapp.website.site_fetch import FetchReport

_COUNT = click.IntRange(min=1)
_AMOUNT = click.FloatRange(min=0, min_open=True)


def _bound_option(
    name: str, kind: click.IntRange | click.FloatRange, default: int, *, help: Message
) -> Callable[[Decorated], Decorated]:
    """An option for a bound, whose help tells the default."""
    return click.option(name, type=kind, default=default, show_default=True, help=help)


@click.command(
    cls=Command,
    help=N_(
        "Bring the pages of your web site into a folder, from which rebuild and update read.\n\n"
        "Pages are found in the sitemaps and feeds of the site, with --follow in its pages as "
        "well. robots.txt is obeyed, and one page asked for after the other. A second fetch "
        "brings what has changed and tells what is gone; one that was broken off goes on. "
        "Only the hosts that are named are asked. Exit status 3: something failed, all else "
        "is there."
    ),
    examples="""\
searchapp fetch https://example.org --contact web@example.org && searchapp update
searchapp fetch https://example.org --follow --limit 500 --into articles/
searchapp fetch https://example.org https://www.example.org --prune
searchapp fetch http://127.0.0.1:8080 --delay 0""",
)
@click.argument("sites", nargs=-1, required=True, metavar="URL...", type=TextParam())
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help=N_("Folder for the pages, in a folder for each host. [default: the first of --seeds]"),
)
@click.option(
    "--follow",
    is_flag=True,
    help=N_("Fetch what the pages link to, too, if it is on the same site."),
)
@_bound_option(
    "--depth", _COUNT, 10, help=N_("With --follow: so many clicks at most; calendars have no end.")
)
@click.option("--prune", is_flag=True, help=N_("Delete stored pages that are gone from the site."))
@_bound_option(
    "--limit", _COUNT, 10_000, help=N_("Ask for so many pages at most; the next fetch goes on.")
)
@_bound_option("--page-mb", _AMOUNT, 20, help=N_("The size of the largest page that is stored."))
@_bound_option(
    "--max-mb", _AMOUNT, 4096, help=N_("The size of all that is fetched; the next fetch goes on.")
)
@setting_option("--contact", help=N_("Your mail or web address, told to the site. [default: none]"))
@setting_option(
    "--delay",
    "fetch_delay_s",
    type=click.FloatRange(min=0),
    help=N_("Seconds between two requests; robots.txt may ask for more. [default: 1]"),
)
@_bound_option(
    "--timeout",
    _AMOUNT,
    20,
    help=N_("Seconds for which the site may keep silent; six times as long for a whole page."),
)
@click.option(
    "--allow-private",
    is_flag=True,
    help=N_("The site may be in a private network. An IP address or localhost may be so anyway."),
)
@verbose_option
@json_option
def fetch(
    sites: tuple[str, ...],
    into: Path | None,
    follow: bool,
    depth: int,
    prune: bool,
    limit: int,
    page_mb: float,
    max_mb: float,
    timeout: float,
    allow_private: bool,
    verbose: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    from searchapp.commands.progress_display import ProgressDisplay
    from searchapp.website.site_fetch import FetchPlan
    from searchapp.website.site_fetch import fetch as fetch_site

    settings = settings_from(chosen)
    plan = FetchPlan(
        sites=sites,
        folder=into or settings.seeds[0],
        follow=follow,
        prune=prune,
        limit=limit,
        max_depth=depth,
        page_bytes=_bytes(page_mb),
        total_bytes=_bytes(max_mb),
        delay_s=settings.fetch_delay_s,
        timeout_s=timeout,
        contact=settings.contact,
        allow_private=allow_private,
    )
    display = ProgressDisplay(verbose=verbose)
    with display:
        report = fetch_site(plan, progress=display, on_problem=display.problem)
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        click.echo(_report_text(report, plan.folder))
    end(report.is_whole)


def _bytes(megabytes: float) -> int:
    return max(1, round(megabytes * 2**20))


def _report_text(report: FetchReport, folder: Path) -> str:
    """What a fetch did, in a few sentences."""
    from searchapp.commands.counts import size

    lines = [
        N_(
            "Pages: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(gone)s gone, "
            "%(failed)s failed.",
            new=Number(report.new),
            changed=Number(report.changed),
            unchanged=Number(report.unchanged),
            gone=Number(report.gone),
            failed=Number(report.failed),
        ),
        N_(
            "%(requests)s in %(seconds)s s, %(size)s; %(pages)s",
            requests=NN_("%(count)s request", "%(count)s requests", report.requests),
            seconds=Number(report.seconds, ".1f"),
            size=size(report.bytes),
            pages=NN_(
                "%(count)s page did not have to be sent again.",
                "%(count)s pages did not have to be sent again.",
                report.not_modified,
            ),
        ),
        NN_(
            "%(folder)s holds %(count)s page of the site.",
            "%(folder)s holds %(count)s pages of the site.",
            report.stored,
            folder=folder,
        ),
    ]
    if report.went_on:
        lines[0] = N_("The fetch before was gone on with. %(pages)s", pages=lines[0])
    others = (
        (report.missing, N_("not there")),
        (report.left_out, N_("without an article, or not for an index")),
        (report.forbidden, N_("forbidden by robots.txt")),
        (report.elsewhere, N_("on other hosts")),
        (report.same, N_("with the text of another page")),
        (report.pruned, N_("gone and deleted")),
    )
    told = "; ".join(
        say(N_("%(number)s %(what)s", number=Number(count), what=what))
        for count, what in others
        if count
    )
    if told:
        lines.append(N_("Other addresses: %(told)s.", told=told))
    if report.stopped:
        lines.append(N_("Not done: %(why)s.", why=report.stopped))
    if report.waiting:
        lines.append(
            NN_(
                "%(count)s address waits for the next fetch.",
                "%(count)s addresses wait for the next fetch.",
                report.waiting,
            )
        )
    return "\n".join(map(say, lines))

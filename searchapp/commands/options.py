"""The options that several commands share, and the settings that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from searchapp.commands.command import SettingOption
from searchapp.commands.language import say
from searchapp.dates import Period, is_no_day, parse_period
from searchapp.facets import FACETS, Facet
from searchapp.settings import Settings, variable
from searchapp.translation import N_, Message

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
"""What a decorator changes: here a function that is to be a command."""


class TextParam(click.types.StringParamType):
    """A text as it was typed."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """What is not in the terminal's encoding becomes U+FFFD."""
        text: str = super().convert(value, param, ctx)
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class FacetParam(TextParam):
    """A value of a facet."""

    def __init__(self, facet: Facet) -> None:
        self._facet = facet

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The value as it is stored."""
        try:
            return self._facet.canonical(super().convert(value, param, ctx))
        except ValueError as error:
            self.fail(
                say(N_("%(value)r cannot be read: %(remedy)s", value=value, remedy=error.args[0]))
            )


def period(text: str) -> Period:
    """A day, month or year. Raises click.BadParameter."""
    found = parse_period(text)
    if found is None:
        raise click.BadParameter(
            say(
                N_("%(text)r is not in the calendar", text=text)
                if is_no_day(text)
                else N_(
                    "%(text)r is no date; type one as 2024-01-16, 16.1.2024, 3.2024 or 2024",
                    text=text,
                )
            )
        )
    return found


def setting_option(
    name: str, field: str = "", *, help: Message, **attributes: Any
) -> Callable[[Decorated], Decorated]:
    """A click option for one of the settings; the help names its environment variable.

    field: the name of the setting, if it is not that of the option.
    The variable is read by `Settings` and not by click, so that it counts once.
    """
    field = field or name.removeprefix("--").replace("-", "_")
    return click.option(
        name, field, cls=SettingOption, help=help, variable=variable(field), **attributes
    )


def options(*group: Callable[[Decorated], Decorated]) -> Callable[[Decorated], Decorated]:
    """Several options as one decorator, shown in this order."""

    def decorate(command: Decorated) -> Decorated:
        for each in reversed(group):
            command = each(command)
        return command

    return decorate


_FACET_HELP = {
    "tags": N_("Only articles with this tag."),
    "section": N_("Only articles with this section."),
    "source": N_("Only articles with this source."),
    "author": N_("Only articles with this author."),
    "year": N_("Only articles with this year."),
}
facet_options = options(
    *(
        click.option(
            f"--{facet.param}",
            facet.name,
            type=FacetParam(facet),
            multiple=True,
            help=_FACET_HELP[facet.name],
        )
        for facet in FACETS
    )
)

seeds_option = setting_option(
    "--seeds",
    type=click.Path(path_type=Path),
    multiple=True,
    help=N_("Folder or file with articles; may be repeated. [default: seeds/]"),
)
index_option = setting_option(
    "--index", type=click.Path(path_type=Path), help=N_("Folder of the index. [default: index/]")
)
engine_option = options(
    setting_option("--engine", help=N_("The engine that keeps the index. [default: columnar]")),
    setting_option(
        "--exceptions",
        type=click.Path(path_type=Path),
        help=N_("File with your own splits, lemmas and synonyms. [default: none]"),
    ),
)
workers_option = setting_option(
    "--workers",
    type=click.IntRange(min=0),
    help=N_("Number of processes. [default: one for each core]"),
)
memory_option = setting_option(
    "--memory-mb",
    type=click.IntRange(min=1),
    help=N_("Memory of all processes together, about. [default: 1024]"),
)
json_option = click.option("--json", "as_json", is_flag=True, help=N_("Print one JSON object."))
verbose_option = click.option(
    "--verbose", "-v", is_flag=True, help=N_("Print all problems and not only the first ones.")
)

force_option = click.option(
    "--force", is_flag=True, help=N_("With --limit: even if more articles are served now.")
)
source_options = options(
    seeds_option,
    index_option,
    click.option(
        "--limit", type=click.IntRange(min=1), help=N_("Stop after this number of articles.")
    ),
)
build_options = options(
    setting_option(
        "--types",
        metavar=N_("TYPE,TYPE"),
        help=N_("Types of items in WordPress exports that are articles. [default: post,page]"),
    ),
    workers_option,
    memory_option,
    click.option(
        "--strict", is_flag=True, help=N_("Publish nothing if an article has to be left out.")
    ),
    click.option(
        "--accept-loss",
        is_flag=True,
        help=N_("Drop articles that cannot be read now, and however many that are gone."),
    ),
    verbose_option,
    engine_option,
    json_option,
)
index_options = options(index_option, engine_option, json_option)


def settings_from(chosen: Mapping[str, Any], base: Settings | None = None) -> Settings:
    """Settings with the options that were given.

    chosen: by the name of the setting; None or () where an option was not given.
    base: what the options change, by default the settings of the environment. Raises BadSetting.
    """
    given = {name: value for name, value in chosen.items() if value not in (None, ())}
    return (base or Settings.from_environ()).changed(**given)

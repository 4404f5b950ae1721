"""A command as all of ours are: how it fails, and how it prints JSON."""

from __future__ import annotations

import errno
import json
import os
import sys
import tempfile
import traceback
from copy import copy
from pathlib import Path
from textwrap import indent
from typing import Any, Self, TypeVar

import click

from searchapp.commands.language import asked_language, say, speak
from searchapp.commands.output_streams import prepare_streams
from searchapp.errors import BadRequest, BadSetting, SearchappError
from searchapp.settings import ENV_PREFIX, FILE_VARIABLE, place_of
from searchapp.translation import N_, NO_TEXT, Message

_DEBUG = "searchapp.debug"
"""The key of the context's `meta` under which --debug is kept."""


NOT_ALL_DONE = 3
"""The exit status of a command that is done, but for something that could not be read."""


class SettingOption(click.Option):
    """An option for a setting: its help names the environment variable."""

    def __init__(self, *names: Any, help: Message, variable: str, **attributes: Any) -> None:
        super().__init__(*names, **attributes)
        # Set here, because click would take the marks for translation from it.
        self.help = N_("%(help)s  [env var: %(variable)s]", help=help, variable=variable)


class Failure(click.ClickException):
    """A sentence on standard error, and exit status 1."""

    def __init__(self, message: Message) -> None:
        super().__init__(say(message))

    def show(self, file: Any = None) -> None:
        """Print the sentence."""
        click.echo(f"searchapp: {self.message}", file=file, err=file is None)


class WrongUsage(Failure):
    """A failure that the command line or the environment alone is to blame for."""

    exit_code = 2


class Interrupted(Failure):
    """Ctrl-C; the exit status is the one that shells give it."""

    exit_code = 130


class Command(click.Command):
    """A command whose help has examples and whose errors are one sentence each.

    The traceback of an unforeseen error is kept in a file that the sentence names; with --debug
    every error has its traceback on standard error.
    """

    def __init__(
        self,
        name: str | None,
        *,
        examples: str,
        params: list[click.Parameter] | None = None,
        reads_settings: bool = True,
        **kwargs: Any,
    ) -> None:
        """reads_settings: whether the command has the option --settings."""
        debug = click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_remember_debug,
            help=N_("Print the traceback of an error, too."),
        )
        settings = SettingOption(
            ["--settings"],
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=_name_settings_file,
            help=N_("File with settings. [default: searchapp.toml, if it is there]"),
            variable=FILE_VARIABLE,
        )
        common = [settings, debug] if reads_settings else [debug]
        super().__init__(
            name,
            params=[*(params or []), *common],
            epilog=N_("\b\nExamples:\n%(examples)s", examples=indent(examples, "  ")),
            **kwargs,
        )

    def get_short_help_str(self, limit: int = 0) -> str:  # noqa: ARG002 - lines are wrapped
        """The first sentence of the help, whole: the list of commands goes on in the next line."""
        return super().get_short_help_str(10_000)

    def translated(self) -> Self:
        """The command as the language of the command line names all that is told of it."""
        return _translated(self)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a letter gets a "?" and not a traceback.
            getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            raise Interrupted(N_("interrupted%(then)s", then=self._consequence())) from None
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # Whoever reads our output has read enough; click ends quietly.
            if _is_lack_of_memory(error):
                raise Failure(N_("memory ran out%(then)s", then=self._consequence())) from None
            if ctx.meta.get(_DEBUG):
                traceback.print_exception(error)
            if isinstance(error, BadSetting):
                raise WrongUsage(_placed(error, ctx).message) from error
            if isinstance(error, BadRequest):
                raise WrongUsage(error.message) from error
            if isinstance(error, SearchappError):
                raise Failure(error.message) from error
            raise Failure(
                N_(
                    "an unforeseen error ended the command (%(name)s: %(error)s)%(then)s%(where)s; "
                    "please report it",
                    name=type(error).__name__,
                    error=error,
                    then=self._consequence(),
                    where=NO_TEXT
                    if ctx.meta.get(_DEBUG)
                    else N_("; %(place)s", place=kept_traceback(error)),
                )
            ) from error

    def _consequence(self) -> Message:
        if self.name == "fetch":
            return N_("; what was fetched is kept, and the next fetch goes on")
        writes = self.name in ("rebuild", "update", "serve", "watch")
        return N_("; the served index is unchanged") if writes else NO_TEXT


class Program(click.Group):
    """A group of commands that works where standard streams are closed or cannot be written."""

    source: Program
    """The group as it is written, in English."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run what the command line asks for, and end the process."""
        prepare_streams()
        speak(asked_language(os.environ))
        translated = _translated(self)
        translated.source = self
        return super(Program, translated).main(*args, **kwargs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, in the language of the command line."""
        command = super().get_command(ctx, cmd_name)
        return command.translated() if isinstance(command, Command) else command


_AnyCommand = TypeVar("_AnyCommand", bound=click.Command)


def _translated(command: _AnyCommand) -> _AnyCommand:
    command = copy(command)
    command.help = say(command.help or "")
    command.epilog = say(command.epilog or "")
    command.options_metavar = say(command.options_metavar or "")
    if isinstance(command, click.Group):
        command.subcommand_metavar = say(command.subcommand_metavar)
    command.params = [copy(each) for each in command.params]
    context = click.Context(command)
    for each in command.params:
        if isinstance(each, click.Option):
            each.help = say(each.help or "")
        if not isinstance(each.type, click.Choice):
            each.metavar = say(each.make_metavar(context))
    return command


def _is_lack_of_memory(error: Exception) -> bool:
    """Whether memory ran out, also for loading a library."""
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or (isinstance(error, ImportError) and "annot allocate memory" in str(error))
        or (isinstance(error, ImportError) and "failed to map segment" in str(error))
    )


def _remember_debug(ctx: click.Context, _: click.Parameter, is_on: bool) -> None:
    ctx.meta[_DEBUG] = is_on


def _name_settings_file(ctx: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Name the file in the environment, which processes that the command starts share."""
    if path is None:
        return
    before = os.environ.get(FILE_VARIABLE)
    os.environ[FILE_VARIABLE] = str(path)

    def restore() -> None:
        if before is None:
            del os.environ[FILE_VARIABLE]
        else:
            os.environ[FILE_VARIABLE] = before

    ctx.call_on_close(restore)


def _placed(error: BadSetting, ctx: click.Context) -> BadSetting:
    """The error with the line of the settings file, if the value stands there."""
    if ctx.params.get(error.where.removeprefix(ENV_PREFIX).lower()) not in (None, ()):
        return error
    return BadSetting(error.what, where=place_of(error.where), remedy=error.remedy)


def kept_traceback(error: Exception) -> Message:
    """Write the traceback into a temporary file; says where it is, or how else to see it."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="searchapp-", suffix=".traceback", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return N_("--debug shows its traceback")
    return N_("its traceback is in %(file)s", file=file.name)


def end(is_whole: bool) -> None:
    """End the running command, with NOT_ALL_DONE if there was something that could not be read."""
    if not is_whole:
        click.get_current_context().exit(NOT_ALL_DONE)


def print_json(value: object) -> None:
    """Print a JSON value so that any terminal can show it."""
    # Any reader of JSON understands \u escapes; not every terminal has all letters.
    is_unicode = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    click.echo(json.dumps(value, ensure_ascii=not is_unicode, indent=2))

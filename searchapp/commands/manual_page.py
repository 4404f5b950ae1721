"""A manual page of all commands, made of their help: man(7) says how such a page is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from searchapp import __version__
from searchapp.installation.settings_text import setting_texts
from searchapp.settings import CLUSTER_CREDENTIALS, FILE_VARIABLE, variable
from searchapp.settings_file import FILE_NAME

_EXIT_STATUS = {
    "0": "Done.",
    "1": "Failed, with a message that says what to do.",
    "2": "Wrong usage, or a setting that cannot be used.",
    "3": "Done, but something could not be read, or deserves a look.",
}


def manual_page(program: click.Group, context: click.Context) -> str:
    """The page as roff. context: of the program, which it is named after."""
    return "\n".join(_lines(program, context)) + "\n"


def _lines(program: click.Group, context: click.Context) -> Iterator[str]:
    name = context.info_name or ""
    yield f'.TH {name.upper()} 1 "" "{name} {__version__}" "User commands"'
    first, *rest = _paragraphs(program.help)
    yield from (".SH NAME", f"{name} \\- {_text(first).rstrip('.')}")
    yield from (".SH SYNOPSIS", f".B {name}", "command [options]")
    yield ".SH DESCRIPTION"
    yield from _flowing(rest)
    yield ".SH COMMANDS"
    for command_name, command in sorted(program.commands.items()):
        if not command.hidden:
            with click.Context(command, info_name=command_name, parent=context) as inner:
                yield from _command(command, inner)
    yield ".SH EXIT STATUS"
    for status, meaning in _EXIT_STATUS.items():
        yield from (".TP", f".B {status}", _text(meaning))
    yield ".SH ENVIRONMENT"
    yield _text(
        f"Each is a setting of {FILE_NAME}, too, by the name in small letters; "
        "but for the credentials of a cluster, which stand in no file."
    )
    for setting, text in setting_texts().items():
        yield from (".TP", f".B {_text(variable(setting))}", _text(text))
    yield from (".TP", f".B {_text(FILE_VARIABLE)}", _text(f"The file of settings, {FILE_NAME}."))
    for name, meaning in zip(CLUSTER_CREDENTIALS, _CREDENTIALS, strict=True):
        yield from (".TP", f".B {_text(name)}", _text(meaning))


_CREDENTIALS = (
    "The user of the OpenSearch cluster.",
    "The password of that user.",
    "Instead of both, the whole Authorization header, as of an API key.",
)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f".SS {_text(usage)}"
    yield from _flowing(_paragraphs(command.help))
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and record[1]:  # Arguments have none: the text above is about them.
            yield from (".TP", f".B {_text(record[0])}", _text(record[1]))
    examples = (command.epilog or "").partition("Examples:\n")[2]
    if examples:
        yield from (".PP", "Examples:", ".PP", ".nf", ".RS 4")
        yield from (_text(line.strip()) for line in examples.splitlines())
        yield from (".RE", ".fi")


def _paragraphs(text: str | None) -> list[str]:
    return [" ".join(each.split()) for each in re.split(r"\n\s*\n", (text or "").strip())]


def _flowing(paragraphs: list[str]) -> Iterator[str]:
    """The paragraphs, below a heading, which begins the first by itself."""
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield _text(paragraph)


def _text(text: str) -> str:
    """Text in which nothing is taken for a request or an escape."""
    text = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text

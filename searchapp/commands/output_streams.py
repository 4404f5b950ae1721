"""The standard streams where the caller has closed them, or where they cannot be written."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import Any

import click

from searchapp.commands.language import say
from searchapp.errors import system_reason
from searchapp.translation import N_


class OutputLost(click.ClickException):
    """The standard output cannot be written: a sentence on standard error, and exit status 1."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(
            say(N_("the output cannot be written (%(reason)s)", reason=system_reason(cause)))
        )

    def show(self, file: Any = None) -> None:
        """Print the sentence."""
        del file
        remark(f"searchapp: {self.message}")


class _Output(io.TextIOWrapper):
    """The standard output. Raises OutputLost when it cannot be written.

    That its reader has read enough (`| head`) is no failure: click ends quietly then.
    """

    def write(self, text: str, /) -> int:
        if text == "":  # click tries whether it takes text, and hides what comes of it.
            return 0
        try:
            return super().write(text)
        except OSError as cause:
            raise _lost(cause) from cause

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as cause:
            raise _lost(cause) from cause


def _lost(cause: OSError) -> Exception:
    if cause.errno == errno.EPIPE:
        return cause
    # Nothing more is tried: Python would, when it ends, and print that it failed.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return OutputLost(cause)


def prepare_streams() -> None:
    """Give /dev/null the place of streams that the caller has closed, and watch the output.

    Without the first the next file that is opened, perhaps one of the index, would get the number
    of the stream and be taken for it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # It gets the lowest number that is free: this one.
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115
    output = sys.stdout
    if output is sys.__stdout__ and isinstance(output, io.TextIOWrapper):
        encoding, errors = output.encoding, output.errors
        by_line, at_once = output.line_buffering, output.write_through
        sys.stdout = _Output(
            output.detach(),
            encoding=encoding,
            errors=errors,
            line_buffering=by_line,
            write_through=at_once,
        )


def remark(text: str) -> None:
    """Print a line on standard error; if it cannot be written, the work goes on without it."""
    with suppress(OSError):
        click.echo(text, err=True)

"""How a command ends when something goes wrong that nobody has foreseen."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from searchapp.commands.command import Command
from searchapp.errors import RebuildFailed
from searchapp.translation import Message


@click.command("rebuild", cls=Command, examples="rebuild")
@click.option("--foreseen", is_flag=True, help=Message("Fail as a command may."))
def failing(foreseen: bool) -> None:
    """Fail."""
    try:
        raise ZeroDivisionError("a cause")
    except ZeroDivisionError as error:
        if foreseen:
            raise RebuildFailed(Message("the new index could not be written")) from error
        raise


@pytest.fixture(autouse=True)
def _temporary_files_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def fail(*args: str) -> Result:
    result = CliRunner().invoke(failing, args)
    assert result.exit_code == 1
    assert result.stdout == ""
    return result


def test_an_unforeseen_error_is_a_sentence_and_keeps_its_traceback(tmp_path: Path) -> None:
    """In a file that the sentence names."""
    message = fail().stderr
    named = re.fullmatch(
        r"searchapp: an unforeseen error ended the command \(ZeroDivisionError: a cause\); the"
        r" served index is unchanged; its traceback is in (\S+); please report it\n",
        message,
    )
    assert named
    path = Path(named[1])
    assert path.parent == tmp_path
    text = path.read_text()
    assert text.startswith("Traceback (most recent call last)")
    assert 'raise ZeroDivisionError("a cause")' in text


def test_debug_prints_the_traceback(tmp_path: Path) -> None:
    """On standard error, before the sentence; then no file is written."""
    message = fail("--debug").stderr
    assert message.startswith("Traceback (most recent call last)")
    assert message.splitlines()[-1].startswith("searchapp: an unforeseen error")
    assert not list(tmp_path.iterdir())


def test_a_foreseen_error_shows_its_cause_with_debug_only(tmp_path: Path) -> None:
    """It is a sentence that says what to do; no file is written for it."""
    assert fail("--foreseen").stderr == "searchapp: the new index could not be written\n"
    message = fail("--foreseen", "--debug").stderr
    assert "ZeroDivisionError: a cause" in message
    assert message.endswith("\nsearchapp: the new index could not be written\n")
    assert not list(tmp_path.iterdir())


def test_without_a_place_for_a_file_the_sentence_names_debug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A full or missing disk hides no error."""
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    assert "--debug shows its traceback; please report it" in fail().stderr

"""The README tells no lies about commands and settings, and leaves none out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from searchapp.commands.cli import main
from searchapp.settings import ENV_PREFIX, variable_names

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```\w*\n(.*?)```", README, re.DOTALL)
FENCED_LINES = [line for block in BLOCKS for line in block.splitlines()]


def test_the_two_commands_stand_in_blocks_of_their_own() -> None:
    """One runs the service, one the tests; `.ci/run` takes the second from here."""
    install = "python3 -m venv .venv && .venv/bin/pip install -e"
    assert f"{install} . && .venv/bin/searchapp serve" in FENCED_LINES
    assert f"{install} '.[test]' && .venv/bin/pytest" in FENCED_LINES
    assert sum(".venv/bin/pytest" in line for line in FENCED_LINES) == 1


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_documented(name: str) -> None:
    """Each is shown as it is typed."""
    assert re.search(rf"\bsearchapp {name}\b", README)


@pytest.mark.parametrize("name", variable_names())
def test_every_setting_is_documented(name: str) -> None:
    """Each stands in the README under the name of its environment variable."""
    assert re.search(rf"\b{name}\b", README)


def test_every_variable_of_the_readme_exists() -> None:
    """A setting that was renamed is renamed in the README."""
    assert set(re.findall(rf"\b{ENV_PREFIX}\w+\b", README)) <= set(variable_names())


def test_every_example_can_be_typed() -> None:
    """The commands and options of the lines that call `searchapp` are there."""
    for line in FENCED_LINES:
        if match := re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?searchapp ([^|&>#]+)", line):
            name, *arguments = shlex.split(match[1])
            with main.commands[name].make_context(name, arguments):
                pass  # it raises for what it does not know

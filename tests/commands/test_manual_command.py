"""The manual page, as those who read such pages read it, and what shells complete."""

from __future__ import annotations

import os
import subprocess

import pytest

from searchapp.commands.cli import main
from searchapp.settings import variable_names
from tests.commands.running import SCRIPT, TIMEOUT_S, run
from tests.programs import program


def test_the_manual_page_is_whole_and_well_formed() -> None:
    """Nothing to remark but that it has no date; every command, option and variable is shown."""
    program("mandoc", package="mandoc")
    page = run("man").stdout
    done = subprocess.run(
        ["mandoc", "-man", "-Tlint", "-Wwarning"],
        input=page,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )
    remarks = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert remarks == []
    shown = subprocess.run(
        ["mandoc", "-man", "-Tutf8", "-Owidth=500"],
        input=page,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=True,
    ).stdout
    text = _plain(shown)
    for name, command in main.commands.items():
        assert f"searchapp {name}" in text
        for parameter in command.params:
            for option in parameter.opts if not getattr(parameter, "hidden", False) else ():
                assert not option.startswith("--") or option in text
    assert [name for name in variable_names() if name not in text] == []
    assert "'\"grüner Wasserstoff\" -China'" in text


def _plain(text: str) -> str:
    """Terminal text without the overstrikes that make letters bold."""
    while "\b" in text:
        place = text.index("\b")
        text = text[: place - 1] + text[place + 1 :]
    return text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_a_script_that_completes(shell: str) -> None:
    """By one command, as the README has it; names of commands and options are completed."""
    environ = {**os.environ, "_SEARCHAPP_COMPLETE": f"{shell}_source"}
    script = subprocess.run(
        [SCRIPT], env=environ, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
    ).stdout
    assert "_SEARCHAPP_COMPLETE" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, timeout=TIMEOUT_S, check=True)
        for words, expected in (("searchapp reb", "rebuild"), ("searchapp info --jo", "--joined")):
            asked = {
                **os.environ,
                "_SEARCHAPP_COMPLETE": "bash_complete",
                "COMP_WORDS": words,
                "COMP_CWORD": str(len(words.split()) - 1),
            }
            told = subprocess.run(
                [SCRIPT], env=asked, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
            ).stdout
            assert told == f"plain,{expected}\n"

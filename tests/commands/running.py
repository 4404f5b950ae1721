"""Running commands, in this process, in one of their own, and on a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from searchapp.commands.cli import main

SCRIPT = Path(sys.executable).with_name("searchapp")
ESCAPE = "\x1b"
TIMEOUT_S = 120
"""For a process that should be done in a second or two; the machine may be busy."""


def invoke(*args: object, status: int | None = 0) -> Result:
    """Run a command in this process and check its exit status; None is any."""
    result = CliRunner().invoke(main, [str(each) for each in args])
    assert status in (None, result.exit_code), result.output
    return result


def invoke_json(*args: object, status: int | None = 0) -> Any:
    """The object that a command prints with --json."""
    return json.loads(invoke(*args, "--json", status=status).stdout)


def run(*args: object, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """Run the installed command in a process of its own, its output in pipes."""
    return subprocess.run(
        [SCRIPT, *map(str, args)],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        encoding=encoding,
        timeout=TIMEOUT_S,
        check=False,
    )


def run_on_terminal(*args: object, **environ: str) -> tuple[int, str]:
    """Exit status and output of the command where all three streams are a terminal."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [SCRIPT, *map(str, args)],
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        output = b""
        with suppress(OSError):  # EIO: the process has closed its end
            while chunk := os.read(ours, 65536):
                output += chunk
        os.close(ours)
        status = process.wait(TIMEOUT_S)
    return status, output.decode()


def write_articles(folder: Path, count: int) -> Path:
    """A file with articles that differ in one word."""
    folder.mkdir(exist_ok=True)
    path = folder / "articles.jsonl"
    with path.open("w") as file:
        for number in range(count):
            body = f"Stahl aus Werk {number}. " + "Ein Satz über Eisen und Kohle. " * 50
            file.write(json.dumps({"id": f"a{number}", "title": "Stahl", "body": body}) + "\n")
    return path

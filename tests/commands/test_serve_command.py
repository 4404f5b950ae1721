"""The server: it builds what is missing, answers, and ends quietly."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.commands.running import SCRIPT, TIMEOUT_S, invoke, write_articles


@dataclass
class Serving:
    """A `searchapp serve` that runs, and the lines that it has printed."""

    process: subprocess.Popen[str]
    address: str
    printed: str


def start_serving(*args: object) -> Serving:
    """Start `searchapp serve` on a free port, and wait for its address."""
    process = subprocess.Popen(
        [SCRIPT, "serve", "--port", "0", "--workers", "1", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = ""
    while "http://" not in printed:
        line = process.stdout.readline()
        assert line, process.communicate()
        printed += line
    address = re.search(r"http://[\d.:]+", printed)
    assert address
    return Serving(process, address[0], printed)


def test_serve_builds_the_index_and_answers(tmp_path: Path) -> None:
    """The one command of the README: from article files to a page, and a quiet end."""
    write_articles(tmp_path / "seeds", 3)
    serving = start_serving()
    try:
        assert "Indexed 3 articles" in serving.printed
        with urllib.request.urlopen(f"{serving.address}/api/v1/search?q=Stahl") as response:
            assert json.load(response)["total"] == 3
        port = serving.address.rpartition(":")[2]
        busy = invoke("serve", "--port", port, status=1)
        assert f"cannot listen on 127.0.0.1:{port}" in busy.stderr
        assert "use another one" in busy.stderr
    finally:
        serving.process.send_signal(signal.SIGINT)
        stdout, stderr = serving.process.communicate(timeout=TIMEOUT_S)
    assert (serving.process.returncode, stdout) == (0, "")
    (line,) = stderr.splitlines()
    assert " event=request " in line


def test_a_busy_port_is_found_out_before_indexing(tmp_path: Path) -> None:
    """Nobody waits for an index that then cannot be served."""
    write_articles(tmp_path / "seeds", 1)
    serving = start_serving()
    try:
        port = serving.address.rpartition(":")[2]
        invoke("serve", "--port", port, "--index", "other", status=1)
        assert not (tmp_path / "other").exists()
    finally:
        serving.process.terminate()
        serving.process.communicate(timeout=TIMEOUT_S)

"""`searchapp watch`, and `serve --watch`, as processes, with files that really change."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from searchapp.generations import GenerationStore
from tests.commands.running import SCRIPT, TIMEOUT_S, write_articles


class Running:
    """A command that runs, and what it has printed so far, into a file."""

    def __init__(self, log: Path, *args: object) -> None:
        self._log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [SCRIPT, *map(str, args)], stdout=file, stderr=subprocess.STDOUT
            )

    @property
    def printed(self) -> str:
        return self._log.read_text("utf-8")

    def wait_for(self, pattern: str, *, count: int = 1) -> str:
        """The text of the given number of matches at least; of the last, its group or all."""
        end = time.monotonic() + TIMEOUT_S
        while len(found := re.findall(pattern, self.printed)) < count:
            assert time.monotonic() < end, self.printed
            time.sleep(0.05)
        return str(found[-1])

    def end(self, number: int) -> int:
        """Send a signal; returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT_S)


@contextmanager
def running(log: Path, *args: object) -> Iterator[Running]:
    """A command that is killed in the end if it has not ended."""
    command = Running(log, *args)
    try:
        yield command
    finally:
        command.process.kill()
        command.process.wait()


def wait_until_found(address: str, query: str, total: int) -> None:
    """Ask over HTTP until the total is as expected."""
    url = f"{address}/api/v1/search?q={urllib.parse.quote(query)}"
    end = time.monotonic() + TIMEOUT_S
    found = -1
    while found != total:
        assert time.monotonic() < end, f"{query}: {found}"
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
            found = json.load(response)["total"]


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watch_indexes_what_changes_and_ends_quietly(tmp_path: Path, number: int) -> None:
    """From no index at all; problems that were told are not told again by each update."""
    path = write_articles(tmp_path / "seeds", 2)
    (tmp_path / "seeds" / "broken.json").write_text("{", "utf-8")
    with running(tmp_path / "log", "watch", "--workers", "1") as watch:
        watch.wait_for(r"Indexed 2 articles")
        for count in (3, 4):
            write_articles(path.parent, count)
            watch.wait_for(rf"holds {count} articles")
        assert watch.end(number) == 0
    assert watch.printed.startswith("Watching seeds (process ")
    assert watch.printed.endswith("Watching has ended.\n")
    assert watch.printed.count("broken.json") == 1
    assert not [each for each in (tmp_path / "index").iterdir() if not any_manifest(each)]


def test_a_failure_is_no_reason_to_tell_all_problems_again(tmp_path: Path) -> None:
    """What is broken for long is told once, whatever happens in between."""
    index = tmp_path / "index"
    write_articles(tmp_path / "seeds", 3)
    (tmp_path / "seeds" / "kaputt.docx").write_text("nichts")
    options = ("--seeds", tmp_path / "seeds", "--index", index, "--workers", 1)
    with running(tmp_path / "log", "watch", *options) as watch:
        watch.wait_for("holds 3 articles")
        with GenerationStore(index).lock():
            (tmp_path / "seeds" / "b.txt").write_text("Titel: B\n\nZink.\n")
            watch.wait_for("it will be tried again")
        printed = watch.wait_for(r"(?s).*holds 4 articles")
        assert printed.count("kaputt.docx") == 1


def any_manifest(path: Path) -> bool:
    """Whether it is no folder, or one of a whole generation."""
    return path.is_file() or (path / "manifest.json").exists()


@pytest.mark.slow
def test_serve_watches_and_mends_the_watching(tmp_path: Path) -> None:
    """Changes are found over HTTP; a watching process that dies is told, and started again."""
    folder = write_articles(tmp_path / "seeds", 1).parent
    with running(tmp_path / "log", "serve", "--watch", "--port", "0", "--workers", "1") as serve:
        address = serve.wait_for(r"http://[\d.:]+")
        first = int(serve.wait_for(r"Watching seeds \(process (\d+)\)"))
        (folder / "neu.txt").write_text("Titel: Neu\n\nKupfer aus Kärnten.\n", "utf-8")
        wait_until_found(address, "Kupfer", 1)
        os.kill(first, signal.SIGKILL)
        serve.wait_for("the process for watching has ended with status -9; it is started again")
        (folder / "neu.txt").write_text("Titel: Neu\n\nZinkblech aus Kärnten.\n", "utf-8")
        wait_until_found(address, "Zinkblech", 1)
        wait_until_found(address, "Kupfer", 0)
        second = int(serve.wait_for(r"Watching seeds \(process (\d+)\)", count=2))
        assert serve.end(signal.SIGTERM) == 0
        assert not is_running(second)
    assert "Traceback" not in serve.printed


@pytest.mark.slow
def test_watching_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    """Nothing is left behind that writes."""
    write_articles(tmp_path / "seeds", 1)
    with running(tmp_path / "log", "serve", "--watch", "--port", "0", "--workers", "1") as serve:
        watcher = int(serve.wait_for(r"Watching seeds \(process (\d+)\)"))
        serve.end(signal.SIGKILL)
        end = time.monotonic() + TIMEOUT_S
        while is_running(watcher):
            assert time.monotonic() < end
            time.sleep(0.1)

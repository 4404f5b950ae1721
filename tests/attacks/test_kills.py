"""Real processes that are killed at random moments: writers, and workers of a server under load."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from searchapp.corpus import SpareProcess
from searchapp.indexing import rebuild
from searchapp.settings import Settings
from tests.attacks.asker import Asker
from tests.attacks.served_index import ServedIndex
from tests.attacks.tally import Tally, extent
from tests.child_processes import children_of
from tests.web.serving_process import eventually, server_process
from tests.website.small_site import Site, small_site, text

PATIENCE_S = 120
SEED = 20261128
STARTED = """
import sys
import searchapp.indexing, searchapp.source_watch, searchapp.website.site_fetch
from searchapp.commands.cli import main
if __name__ == "__main__":
    print("started", flush=True)
    main(prog_name="searchapp")
"""
"""The command line, which says when all is loaded: before that there is nothing to lose."""

WRITERS = ("rebuild", "update", "watch")
WHOLE, FIRST, CHILD = "all processes", "the first process", "a child"
PAGES = 12


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedIndex]:
    """An index of five articles, and sources for the next generation."""
    with closing(SpareProcess()) as spare:
        yield ServedIndex(tmp_path_factory.mktemp("served"), spare)


class Command:
    """A command line in a session of its own, so that all processes that it starts are found."""

    def __init__(self, script: Path, *arguments: object) -> None:
        script.write_text(STARTED)
        self._log = script.with_suffix(".log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, script, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "started\n", self.log
        self.began = time.monotonic()

    @property
    def log(self) -> str:
        """What it has written to standard error."""
        self._log.seek(0)
        return self._log.read()

    def processes(self) -> list[int]:
        """Its living processes, the first one first."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[3]) == self.process.pid and fields[0] not in "ZX":
                    found.append(int(stat.parent.name))
        return sorted(found, key=lambda pid: (pid != self.process.pid, pid))

    def kill(self, whom: str, chosen: random.Random) -> None:
        """End some of its processes; the others have to end by themselves."""
        processes = self.processes()
        if whom == FIRST:
            processes = processes[:1]
        elif whom == CHILD:
            processes = [chosen.choice(processes[1:])] if processes[1:] else []
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        """Wait for all of it, which nobody has told to end if it was not killed."""
        assert eventually(lambda: not self.processes(), seconds=PATIENCE_S), self.log
        self.process.wait()

    def close(self) -> None:
        """Leave nothing of it."""
        self.kill(WHOLE, random.Random())
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait()
        self._log.close()


def written(served: ServedIndex, command: str) -> Command:
    """A command that writes the new sources into the index."""
    arguments = ["--seeds", served.changed.seeds[0], "--index", served.settings.index]
    arguments += ["--workers", 1, *(("--force",) if command == "rebuild" else ())]
    return Command(served.place.parent / "command.py", command, *arguments)


def test_a_writer_that_is_killed_leaves_the_old_or_the_new(
    served: ServedIndex, tally: Tally
) -> None:
    """Alone, with all that it has started, or only one of these; what is left ends by itself."""
    served.restore()
    old = served.answers()
    with closing(written(served, "rebuild")) as whole:
        whole.end()
        duration_s = time.monotonic() - whole.began
    new = [(total, rest) for _, total, rest in served.answers()]
    chosen = random.Random(SEED)
    became = Counter[str]()
    for number in range(extent(6, 150)):
        command = WRITERS[number % len(WRITERS)]
        whom = (WHOLE, FIRST, CHILD)[number // len(WRITERS) % 3]
        moment = chosen.uniform(0, 1.2 * duration_s)
        served.restore()
        with (
            tally.attempt(f"{command}, {whom} after {moment:.3f} s"),
            closing(written(served, command)) as killed,
        ):
            # To sleep is the attack: nothing is waited for.
            time.sleep(moment)
            killed.kill(whom, chosen)
            if command == "watch":
                killed.kill(FIRST, chosen)
            killed.end()
            answers = served.answers()
            served.check(old, answers)
            if answers != old:
                assert [(total, rest) for _, total, rest in answers] == new
            became["old" if answers == old else "new"] += 1
            served.check_next_rebuild()
    tally.notes.append(f"{became['old']} old, {became['new']} new")


def set_up(site: Site, version: int) -> None:
    """The site as it was, or as it is now: a page has gone, one has come, the others changed."""
    site.pages.clear()
    names = [f"/artikel/{number + version}" for number in range(PAGES)]
    for number, name in enumerate(names):
        site.article(name, f"Artikel {name}", text(number + 100 * version))
    site.article("/", "Start", "Willkommen auf der Seite.")
    site.sitemap("/sitemap.xml", names)


def stored(folder: Path) -> dict[str, bytes]:
    """What a fetch has stored, beside what only it reads."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix == ".html"
    }


def test_a_fetch_that_is_killed_leaves_whole_pages(tmp_path: Path, tally: Tally) -> None:
    """Each as it was or as it is, and the next fetch brings what is missing."""
    chosen = random.Random(SEED)
    with small_site() as site:
        folder, before = tmp_path / "pages", tmp_path / "before"

        def fetched() -> Command:
            arguments = [site.url, "--into", folder, "--delay", 0, "--prune"]
            return Command(tmp_path / "command.py", "fetch", *arguments)

        def fetch() -> float:
            with closing(fetched()) as command:
                command.end()
                assert command.process.returncode == 0, command.log
                return time.monotonic() - command.began

        set_up(site, 0)
        fetch()
        shutil.copytree(folder, before)
        set_up(site, 1)
        duration = fetch()
        old, new = stored(before), stored(folder)
        assert len(new) == PAGES + 1
        asked = 0
        for _ in range(extent(2, 50)):
            moment = chosen.uniform(0, 1.1 * duration)
            shutil.rmtree(folder)
            shutil.copytree(before, folder)
            with tally.attempt(f"fetch, after {moment:.3f} s"):
                with closing(fetched()) as killed:
                    time.sleep(moment)
                    killed.kill(WHOLE, chosen)
                    killed.end()
                left = stored(folder)
                for name, content in left.items():
                    assert content in (old.get(name), new.get(name)), name
                assert left.keys() >= old.keys() & new.keys()
                asked += left not in (old, new)
                settings = Settings(seeds=(folder,), index=tmp_path / "index", workers=1)
                assert rebuild(settings, accept_loss=True).left_out == 0
                fetch()
                assert stored(folder) == new
                assert not list(folder.rglob("*.part"))
        tally.notes.append(f"{asked} between old and new")


def test_workers_that_are_killed_under_load_falsify_nothing(
    served: ServedIndex, tmp_path: Path, tally: Tally
) -> None:
    """The connections of the killed are lost; each answer is right, and the workers come back."""
    served.restore()
    chosen = random.Random(SEED)
    given = {"index": served.settings.index, "workers": 2, "time_budget_s": 20}
    with server_process(given, tmp_path / "log") as (process, url):

        def workers() -> list[int]:
            return children_of(process.pid)

        paths = ("/api/v1/search?q=Stahl", "/api/v1/search?q=Hafen", "/api/v1/articles/b")
        asker = Asker(url)
        right = {path: without_time(asker.get(path).body) for path in paths}
        wrong: list[str] = []
        counts = Counter[str]()
        is_over = threading.Event()

        def load(number: int) -> None:
            client = Asker(url)
            while not is_over.is_set():
                path = paths[number % len(paths)]
                number += 1
                try:
                    answer = client.get(path)
                except (OSError, HTTPException):
                    counts["lost"] += 1
                    continue
                counts["answered"] += 1
                if answer.status != 200 or without_time(answer.body) != right[path]:
                    wrong.append(f"{path}: {answer.status} {answer.body[:200]!r}")

        readers = [threading.Thread(target=load, args=(number,)) for number in range(8)]
        for reader in readers:
            reader.start()
        try:
            for number in range(extent(3, 30)):
                with tally.attempt(f"worker {number}"):
                    assert eventually(lambda: len(workers()) == 2, seconds=PATIENCE_S)
                    done = counts["answered"]
                    time.sleep(chosen.uniform(0, 0.3))
                    killed = chosen.choice(workers())
                    os.kill(killed, signal.SIGKILL)
                    assert eventually(lambda done=done: counts["answered"] > done + 20)  # type: ignore[misc]
                    assert not wrong, wrong[:3]
        finally:
            is_over.set()
            for reader in readers:
                reader.join()
        assert process.poll() is None
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
    tally.notes.append(f"{counts['answered']} answered, {counts['lost']} lost with the killed")


def without_time(body: bytes) -> dict[str, object]:
    """An answer but for the time that it took."""
    return {name: value for name, value in json.loads(body).items() if name != "took_ms"}

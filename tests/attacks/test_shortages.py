"""Shortages of disk, descriptors, memory and permissions, which come and go."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from searchapp.corpus import SpareProcess
from searchapp.indexing import rebuild
from tests.attacks.asker import Answer, Asker
from tests.attacks.served_index import ServedIndex
from tests.attacks.tally import IS_FULL, Tally, extent
from tests.child_processes import children_of
from tests.ordinary_user import as_ordinary_user
from tests.programs import missing
from tests.web.serving_process import eventually, server_process

RECOVERY_S = 60.0
"""Generous: it is to take ten seconds on a quiet machine."""
ASKED = "/api/v1/search?q=neu"
TOTALS = {"old": 0, "new": 2}
"""What is found by that in the old sources, and in the new ones."""


def test_a_full_disk_leaves_the_old_index_and_passes(tmp_path: Path, tally: Tally) -> None:
    """A real one, at sizes from nothing free to more than enough, and with more space again."""
    command = ["unshare", "--mount"]
    if os.geteuid() != 0:
        command += ["--user", "--map-root-user"]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        tally.tries += 1
        missing(f"no disk of a small size can be had: {' '.join(command)} is not allowed")
    count = extent(5, 30)
    command += [sys.executable, "-m", "tests.attacks.full_disk", str(tmp_path), str(count)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == 2 * count
    for result in results:
        with tally.attempt(f"{result['command']} with {result['free']} bytes free"):
            assert "lost" not in result, result["lost"]
    refused = sum(bool(result.get("refused")) for result in results)
    tally.notes.append(f"{refused} refused")
    assert 0 < refused < len(results)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedIndex]:
    """An index of five articles, and sources for the next generation."""
    with closing(SpareProcess()) as spare:
        yield ServedIndex(tmp_path_factory.mktemp("served"), spare)


class ShortServer:
    """A server with one worker process that is made to lack something."""

    def __init__(self, served: ServedIndex, master: int, url: str) -> None:
        self.index = served.settings.index
        self._master = master
        self.asker = Asker(url, patience_s=20)

    @property
    def worker(self) -> int:
        """The process that answers."""
        assert eventually(lambda: bool(children_of(self._master)))
        return children_of(self._master)[0]

    @contextmanager
    def limited(self, limit: int, value: int) -> Iterator[None]:
        """A lower limit of the system for the running process."""
        pid = self.worker
        soft, hard = resource.prlimit(pid, limit)
        resource.prlimit(pid, limit, (value, hard))
        try:
            yield
        finally:
            # One that has ended for want of memory is replaced by one without the limit.
            with suppress(ProcessLookupError):
                resource.prlimit(pid, limit, (soft, hard))

    @contextmanager
    def forbidden(self, path: Path) -> Iterator[None]:
        """A file or folder that the server may not read."""
        mode = path.stat().st_mode
        path.chmod(0)
        try:
            yield
        finally:
            path.chmod(mode)

    def descriptors(self) -> int:
        """The first number that is free for another one."""
        return 1 + max(int(each.name) for each in Path(f"/proc/{self.worker}/fd").iterdir())

    def memory(self) -> int:
        """The bytes of address space that it has."""
        pages = int(Path(f"/proc/{self.worker}/statm").read_text().split()[0])
        return pages * resource.getpagesize()

    def asked(self, path: str) -> Answer | None:
        """The answer, or None where there was none."""
        try:
            return self.asker.get(path)
        except (OSError, HTTPException):
            return None


def shortages(server: ShortServer) -> dict[str, Callable[[], ExitStack]]:
    """What may be lacking, each begun by a call and ended by the stack that it gives."""

    def begun(*shortages: Callable[[], object]) -> Callable[[], ExitStack]:
        def begin() -> ExitStack:
            stack = ExitStack()
            for each in shortages:
                stack.enter_context(each())  # type: ignore[arg-type]
            return stack

        return begin

    def descriptors(spare: int) -> Callable[[], object]:
        return lambda: server.limited(resource.RLIMIT_NOFILE, server.descriptors() + spare)

    def memory(spare: int) -> Callable[[], object]:
        return lambda: server.limited(resource.RLIMIT_AS, server.memory() + spare)

    def permission(name: str) -> Callable[[], object]:
        return lambda: server.forbidden(server.index / name)

    found = {f"{n} descriptors": begun(descriptors(n)) for n in (0, 1, 2, 3, 4, 6, 8)}
    found |= {f"{n} bytes of memory": begun(memory(n)) for n in (0, 1 << 16, 1 << 20, 1 << 23)}
    found["permission to read CURRENT"] = begun(permission("CURRENT"))
    found["permission to enter the index"] = begun(permission("."))
    found["descriptors and memory"] = begun(descriptors(1), memory(0))
    return found


SMALL = ("1 descriptors", "3 descriptors", "0 bytes of memory", "permission to enter the index")


def test_a_shortage_is_told_and_passes(served: ServedIndex, tmp_path: Path, tally: Tally) -> None:
    """While it lasts, answers are right or 503; then the new generation is served soon."""
    served.restore()
    longest_s, polls, told = 0.0, 0, 0
    given = {"index": served.settings.index, "workers": 1, "threads": 2}
    with (
        as_ordinary_user(),
        server_process(given, tmp_path / "log") as (process, url),
        ThreadPoolExecutor(8) as readers,
    ):
        server = ShortServer(served, process.pid, url)
        assert found(server.asker.get(ASKED)) == TOTALS["old"]
        is_new = False
        for name, begin in shortages(server).items():
            if not IS_FULL and name not in SMALL:
                continue
            is_new = not is_new
            with tally.attempt(name):
                settings = served.changed if is_new else served.settings
                if "permission" in name:
                    generation = rebuild(settings, spare=served.spare, accept_loss=True).generation
                    stack = begin()
                else:
                    stack = begin()
                    generation = rebuild(settings, spare=served.spare, accept_loss=True).generation
                # Two at a time, for there are so many threads; without descriptors nobody is heard
                # until the shortage ends.
                with stack:
                    asked = [
                        readers.submit(server.asked, path)
                        for path in (ASKED, "/readyz", "/search?q=neu")
                    ]
                    time.sleep(1)
                ended = time.monotonic()

                def recovered(generation: str = generation) -> bool:
                    nonlocal polls
                    polls += 1
                    ready, answer = server.asked("/readyz"), server.asked(ASKED)
                    return (
                        ready is not None
                        and answer is not None
                        and (ready.status, answer.status) == (200, 200)
                        and json.loads(answer.body)["generation"] == generation
                    )

                assert eventually(recovered, seconds=RECOVERY_S)
                longest_s = max(longest_s, time.monotonic() - ended)
                answer = server.asker.get(ASKED)
                assert found(answer) == TOTALS["new" if is_new else "old"]
                for each in (future.result() for future in asked):
                    if each is not None:
                        assert each.status in (200, 503), each
                        told += each.status == 503
                first = asked[0].result()
                if first is not None and first.status == 200:
                    assert found(first) in TOTALS.values()
        process.terminate()
        assert process.wait(timeout=60) == 0
    log = (tmp_path / "log").read_text()
    tally.notes.append(f"{told} answers 503, {polls} polls, longest recovery {longest_s:.1f} s")
    assert "Traceback" not in log, log[-3000:]


def found(answer: Answer) -> int:
    """How many articles a search has found."""
    assert answer.status == 200
    total = json.loads(answer.body)["total"]
    assert isinstance(total, int)
    return total

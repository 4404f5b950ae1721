"""A writer that is killed, refused or broken at any point leaves the served index served."""

from __future__ import annotations

import gc
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from searchapp.catalog import Catalog, Recorded
from searchapp.engines.columnar.writing import generation_writer
from searchapp.errors import RebuildFailed
from searchapp.generations import GenerationStore
from searchapp.indexing import BuildReport, rebuild, update
from searchapp.inspection import verify
from searchapp.model import Article
from searchapp.settings import Settings
from searchapp.steps import Step
from tests.served_answers import served_answers
from tests.sources import article, write_lines

PATIENCE_S = 60
BATCHES = 10
"""Of the large corpus, so that worker processes are at work."""
BATCH_CHARS = 250_000
"""Less than the usual, as `killed_writer` has it, too: the corpus need not be larger."""


class Kill(NamedTuple):
    """A writer is killed when it has taken a step for the nth time.

    is_old: whether the old index is served afterwards, and not the new one.
    """

    command: str
    step: Step
    nth: int = 1
    is_old: bool = True

    def __str__(self) -> str:
        return f"{self.command}, {self.step} {self.nth}"


SMALL_KILLS = [
    Kill("rebuild", "file begun", 2),
    Kill("rebuild", "article recorded", 20),
    Kill("rebuild", "vanished articles removed"),
    Kill("rebuild", "articles to learn from read"),
    Kill("rebuild", "lexicon learned"),
    Kill("rebuild", "index file filled", 1),  # the segment
    Kill("rebuild", "index file written", 1),
    Kill("rebuild", "batches built"),
    Kill("rebuild", "runs kept"),
    Kill("rebuild", "segment placed"),
    Kill("rebuild", "index file filled", 2),  # the list of segments
    Kill("rebuild", "segments listed"),
    Kill("rebuild", "index file filled", 3),  # the columns
    Kill("rebuild", "columns written"),
    Kill("rebuild", "index file filled", 4),  # the suggestions
    Kill("rebuild", "suggestions written"),
    Kill("rebuild", "catalog committed"),
    Kill("rebuild", "file digested", 2),
    Kill("rebuild", "files digested"),
    Kill("rebuild", "snapshot checked"),
    Kill("rebuild", "files synced"),
    Kill("rebuild", "manifest written"),
    Kill("rebuild", "pointer drafted"),
    Kill("rebuild", "generation served", is_old=False),
    Kill("rebuild", "manifest of an old generation deleted", is_old=False),
    Kill("rebuild", "old generation deleted", is_old=False),
    Kill("update", "generation checked"),
    Kill("update", "lexicon linked"),
    Kill("update", "vanished articles removed"),
    Kill("update", "index file written"),
    Kill("update", "segments merged"),  # for many of its articles are gone
    Kill("update", "segment placed"),
    Kill("update", "segments listed"),
    Kill("update", "columns written"),
    Kill("update", "suggestions written"),
    Kill("update", "files digested"),
    Kill("update", "manifest written"),
    Kill("update", "generation served", is_old=False),
]
WORKER_KILLS = [
    Kill("rebuild", "batch sent", 1),
    Kill("rebuild", "batch sent", 4),
    Kill("rebuild", "batch sent", BATCHES),
    Kill("rebuild", "batches built"),
    Kill("rebuild", "pieces planned"),
    Kill("rebuild", "piece sent", 2),
    Kill("rebuild", "index file filled"),  # the merged segment
    Kill("rebuild", "segments merged"),
    Kill("rebuild", "workers finished"),
]
RANDOM_KILLS = 5


def small_articles(count: int = 40) -> list[Article]:
    return [article(f"a{n}", f"Stahl und Haus{n % 7}", tags=("alt",)) for n in range(count)]


class Served:
    """An index folder that is being searched, and what it answered before anything went wrong."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(
            seeds=(folder / "seeds",), index=folder / "index", workers=1, time_budget_s=PATIENCE_S
        )
        self.new_seeds = folder / "new seeds"
        self.store = GenerationStore(self.settings.index)
        self.generation = self.store.current_id()
        self.before = self.answers()

    def answers(self) -> list[object]:
        return served_answers(self.settings)

    def folders(self) -> set[str]:
        return {path.name for path in self.settings.index.iterdir() if path.is_dir()}

    def check_served(self) -> None:
        """The old index is served, whole, and gives the same answers as before."""
        assert self.store.current_id() == self.generation
        verify(self.settings)
        assert self.answers() == self.before

    def check_next_rebuild(self) -> None:
        """It works, and nothing is left of what went wrong."""
        served = self.store.current_id()
        report = rebuild(self.settings, accept_loss=True)
        assert report.articles == 40
        assert self.folders() == {served, report.generation}
        names = {path.name for path in self.settings.index.iterdir() if path.is_file()}
        assert names == {"CURRENT", ".lock", ".last-run.json"}
        verify(self.settings)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with two generations, and other sources for the next one."""
    folder = tmp_path_factory.mktemp("template")
    write_lines(folder / "seeds" / "a.jsonl", small_articles())
    settings = Settings(seeds=(folder / "seeds",), index=folder / "index", workers=1)
    rebuild(settings)
    rebuild(settings)
    words = random.Random(0)
    new = [
        article(
            f"b{n}",
            "Etwas neues " + " ".join(f"{words.getrandbits(20):x}" for _ in range(300)),
            tags=("neu",),
        )
        for n in range(20)
    ]
    write_lines(folder / "new seeds" / "a.jsonl", small_articles(20))
    write_lines(folder / "new seeds" / "b.jsonl", new)
    return folder


@pytest.fixture
def served(template: Path, tmp_path: Path) -> Served:
    """A copy of the template of one's own."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Served(tmp_path)


@pytest.fixture(scope="module")
def large_seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Text for BATCHES batches."""
    folder = tmp_path_factory.mktemp("large")
    body = "Stahl und Haus sind neu. " * 400
    count = BATCHES * BATCH_CHARS // len(body)
    write_lines(folder / "large.jsonl", (article(f"g{n}", body) for n in range(count)))
    return folder


@contextmanager
def writer(
    served: Served,
    *,
    command: str = "rebuild",
    seeds: Path | None = None,
    workers: int = 1,
    step: str = "",
    nth: int = 0,
) -> Iterator[subprocess.Popen[bytes]]:
    """A real writer in a session of its own, so that all processes it starts can be found."""
    arguments = [command, served.settings.index, seeds or served.new_seeds, workers, BATCH_CHARS]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killed_writer", *map(str, arguments), step, str(nth)],
        cwd=Path(__file__).parents[1],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def session_processes(session_id: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session_id and fields[0] not in "ZX":
            found.append(int(stat.parent.name))
    return found


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The worker processes that a writer has started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [
        int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait while the process is at work."""
    while not condition():
        assert process.poll() is None
        time.sleep(0.005)


def check_no_orphans(session_id: int) -> None:
    """Workers notice the death of their parent within some seconds."""
    deadline = time.monotonic() + 20
    while session_processes(session_id):
        assert time.monotonic() < deadline, "a worker process outlived its parent"
        time.sleep(0.05)


def test_a_writer_is_killed_at_every_step() -> None:
    """Each that the product names."""
    assert {kill.step for kill in (*SMALL_KILLS, *WORKER_KILLS)} == set(get_args(Step))


@pytest.mark.slow
@pytest.mark.parametrize("kill", SMALL_KILLS, ids=str)
def test_a_killed_writer_leaves_a_whole_index_served(served: Served, kill: Kill) -> None:
    """SIGKILL at a step of the work: the old index is served, or the new one, never a half."""
    with writer(served, command=kill.command, step=kill.step, nth=kill.nth) as process:
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGKILL, errors.decode()
    if kill.is_old:
        served.check_served()
    else:
        assert served.store.current_id() > served.generation
        assert verify(served.settings).manifest.articles == 40
        assert served.answers() != served.before
    served.check_next_rebuild()


@pytest.mark.slow
@pytest.mark.parametrize("kill", WORKER_KILLS, ids=str)
def test_a_writer_killed_with_its_workers_at_work_leaves_no_orphans(
    served: Served, large_seeds: Path, kill: Kill
) -> None:
    """The workers end by themselves, and what they wrote is deleted by the next writer."""
    with writer(served, seeds=large_seeds, workers=2, step=kill.step, nth=kill.nth) as process:
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGKILL, errors.decode()
    served.check_served()
    check_no_orphans(process.pid)
    served.check_next_rebuild()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_a_writer_killed_at_any_moment_leaves_a_whole_index_served(
    served: Served, large_seeds: Path, number: int
) -> None:
    """The moment is random, counted from when the new folder appears."""
    with writer(served, seeds=large_seeds, workers=2) as process:
        wait_until(lambda: len(served.folders()) > 2, process)
        time.sleep(random.Random(number).uniform(0, 3))
    if served.store.current_id() == served.generation:
        served.check_served()
    else:
        verify(served.settings)
    check_no_orphans(process.pid)
    served.check_next_rebuild()


def test_a_killed_worker_ends_the_rebuild_with_a_sentence(
    served: Served, large_seeds: Path
) -> None:
    """No hang, no half of an index, and no other worker left."""
    with writer(served, seeds=large_seeds, workers=2) as process:
        wait_until(lambda: len(workers_of(process)) == 2, process)
        os.kill(workers_of(process)[0], signal.SIGKILL)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "RebuildFailed: a process was killed while indexing" in errors.decode()
    served.check_served()
    check_no_orphans(process.pid)
    served.check_next_rebuild()


@contextmanager
def file_size_limit(size_bytes: int) -> Iterator[None]:
    """Have the operating system refuse to let any file of this process grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def refusal_of(
    command: Callable[..., BuildReport], settings: Settings, size_bytes: int
) -> str | None:
    """The sentence with which a command fails under a limit, or None if it does not."""
    try:
        with file_size_limit(size_bytes):
            command(settings, accept_loss=True)
    except RebuildFailed as error:
        return str(error)
    return None


@pytest.mark.parametrize("command", [rebuild, update])
def test_a_refused_write_is_told_and_leaves_the_old_index(
    served: Served, command: Callable[..., BuildReport]
) -> None:
    """As on a full disk, at every size from nothing to enough: at every step of the work."""
    new = Settings(seeds=(served.new_seeds,), index=served.settings.index, workers=1)
    refusals = set()
    before = served.folders()
    for size_bytes in (
        0,
        30,
        100,
        300,
        600,
        1000,
        2000,
        4000,
        8000,
        16_000,
        32_000,
        48_000,
        64_000,
    ):
        refusal = refusal_of(command, new, size_bytes)
        if refusal is None:
            break
        refusals.add(refusal)
        assert served.folders() == before
        served.check_served()
    assert refusals
    served_now = served.store.current_id()
    report = rebuild(served.settings, accept_loss=True)
    assert served.folders() == {served_now, report.generation}
    gc.collect()


def test_a_refused_write_in_a_worker_is_told(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers inherit the limit of their parent, whose catalog of few articles is small."""
    chance = random.Random(1)
    body = " ".join(str(chance.randrange(10**9)) for _ in range(BATCH_CHARS // 10))
    large_seeds = write_lines(tmp_path / "large.jsonl", (article(f"g{n}", body) for n in range(4)))
    in_small_batches = partial(generation_writer.ColumnarWriter, batch_chars=BATCH_CHARS)
    monkeypatch.setattr(generation_writer, "ColumnarWriter", in_small_batches)
    new = Settings(seeds=(large_seeds,), index=served.settings.index, workers=2)
    with pytest.raises(RebuildFailed, match="File too large"), file_size_limit(200_000):
        rebuild(new, accept_loss=True)
    served.check_served()
    served.check_next_rebuild()


def test_an_unforeseen_exception_comes_as_it_is_and_leaves_the_old_index(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a bug of ours: its traceback names the line. One of a reader ends its file only."""

    def broken_record(_catalog: Catalog, read: Article) -> Recorded:
        raise ZeroDivisionError(read.id)

    monkeypatch.setattr(Catalog, "record", broken_record)
    for command in (rebuild, update):
        with pytest.raises(ZeroDivisionError) as raised:
            command(
                Settings(seeds=(served.new_seeds,), index=served.settings.index, workers=1),
                accept_loss=True,
            )
        assert raised.traceback[-1].name == "broken_record"
    monkeypatch.undo()
    served.check_served()
    served.check_next_rebuild()

"""Processes do all tasks, whatever they are, or it is told why not."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from searchapp.errors import IndexDamaged, RebuildFailed
from searchapp.worker_pool import Work, WorkerPool


@dataclass(frozen=True)
class Notes:
    """Work that leaves a file for each task, and at the end one for each process."""

    folder: Path

    def __call__(self, number: int) -> Work[str]:
        def note(task: str | None) -> None:
            if task is None:
                (self.folder / f"end-{number}").touch()
            elif task == "break":
                raise ZeroDivisionError("on purpose")
            elif task == "damaged":
                raise IndexDamaged("it is broken", where="a file", remedy="mend it")
            elif task == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            elif task == "exit":
                os._exit(3)
            else:
                time.sleep(0.01)
                (self.folder / f"{number}-{task}").touch()

        return note


def cannot_start(number: int) -> Work[str]:
    raise FileNotFoundError(2, "No such file", f"lexicon-{number}")


@pytest.fixture
def pool_of(tmp_path: Path) -> Iterator[Callable[[int], WorkerPool[str]]]:
    """A function from a number of processes to a pool of them that works in `tmp_path`."""
    pools = []

    def start(workers: int) -> WorkerPool[str]:
        pools.append(WorkerPool(workers, Notes(tmp_path)))
        return pools[-1]

    yield start
    for pool in pools:
        pool.kill()
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("workers", [1, 3])
def test_each_task_is_done_once_and_each_process_told_the_end(
    pool_of: Callable[[int], WorkerPool[str]], tmp_path: Path, workers: int
) -> None:
    """All that was sent is done when `drain` returns, and there may be more after it."""
    pool = pool_of(workers)
    for number in range(10):
        pool.send(f"first{number}")
    pool.drain()
    done = sorted(path.name.partition("-")[2] for path in tmp_path.iterdir())
    assert done == sorted(f"first{number}" for number in range(10))
    for number in range(5):
        pool.send(f"second{number}")
    pool.finish()
    assert not multiprocessing.active_children()
    names = [path.name for path in tmp_path.iterdir()]
    assert len(names) == 15 + workers
    assert {f"end-{number}" for number in range(workers)} <= set(names)


@pytest.mark.parametrize(
    ("task", "told"),
    [
        ("break", r"indexing failed: ZeroDivisionError\('on purpose'\)"),
        ("die", "ended with status -9"),
        ("exit", "ended with status 3"),
    ],
)
def test_a_failure_in_a_process_is_told(
    pool_of: Callable[[int], WorkerPool[str]], task: str, told: str
) -> None:
    """At the next sign of it, whatever else is going on."""
    pool = pool_of(2)
    pool.send("fine")
    pool.send(task)
    with pytest.raises(RebuildFailed, match=told):
        pool.finish()


def test_damage_that_a_process_meets_is_told_as_it_is(
    pool_of: Callable[[int], WorkerPool[str]],
) -> None:
    """With the file and the remedy."""
    pool = pool_of(1)
    pool.send("damaged")
    with pytest.raises(IndexDamaged) as found:
        pool.drain()
    assert (found.value.where, found.value.remedy) == ("a file", "mend it")
    assert str(pickle.loads(pickle.dumps(found.value))) == str(found.value)


def test_a_process_that_cannot_start_is_told() -> None:
    """As one whose lexicon is gone."""
    pool = WorkerPool(2, cannot_start)
    try:
        with pytest.raises(RebuildFailed, match=r"No such file.*lexicon-"):
            pool.finish()
    finally:
        pool.kill()

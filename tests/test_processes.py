"""Other processes do what they are asked to, or the reason why not is reported."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from searchapp.errors import IndexDamaged, RebuildFailed
from searchapp.processes import Child, Work, WorkerPool, interrupts_held_back
from searchapp.translation import Message

PATIENCE_S = 60


def ignores_interrupts() -> bool:
    """Whether this process lives on after a Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)
    return True


def run_apart(task: str, function: Callable[..., Any], *args: object, **kwargs: object) -> Any:
    """Call a function in a process of its own."""
    with Child(Message(task), send_result, (function, args, kwargs)) as child:
        return child.receive()


def send_result(
    pipe: Connection, function: Callable[..., object], args: tuple[object, ...], kwargs: Any
) -> None:
    pipe.send(function(*args, **kwargs))


def test_an_interrupt_is_heard_after_the_start_of_a_process() -> None:
    """One that comes just then is not lost."""
    started = []

    def start() -> None:
        with interrupts_held_back():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            started.append(True)

    with pytest.raises(KeyboardInterrupt):
        start()
    assert started
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_processes_do_not_hear_of_interrupts() -> None:
    """Nor those that another thread starts."""
    assert run_apart("listening", ignores_interrupts)
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(run_apart, "listening", ignores_interrupts).result()


# Child


def quotient(number: int, *, by: int) -> int:
    if by == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return number // by


def wait_for_word(pipe: Connection) -> None:
    pipe.recv()


def test_nobody_waits_for_a_process_whose_pipe_cannot_be_read() -> None:
    """It waits for us itself."""
    with Child(Message("waiting"), wait_for_word, ()) as child:
        no_pipe = os.open("/dev/null", os.O_WRONLY)
        os.dup2(no_pipe, child.pipe.fileno())
        os.close(no_pipe)
        with pytest.raises(RebuildFailed, match="waiting failed: Bad file descriptor"):
            child.receive()
        assert not child.is_running


def linger(folder: Path) -> None:
    (folder / str(os.getpid())).touch()
    time.sleep(600)


def is_running(pid: int) -> bool:
    """Whether the process has not ended; one that nobody has waited for has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_result_comes_back_from_a_process_of_its_own() -> None:
    """And nothing is left of the process."""
    assert run_apart("dividing", quotient, 21, by=4) == 5
    assert run_apart("looking", os.getpid) != os.getpid()
    assert not multiprocessing.active_children()


def test_what_went_wrong_in_the_process_is_raised_here(tmp_path: Path) -> None:
    """An error, a file that is not there, the death of the process."""
    with pytest.raises(RuntimeError, match=r"dividing failed: ZeroDivisionError") as unforeseen:
        run_apart("dividing", quotient, 1, by=0)
    assert "in quotient" in "".join(unforeseen.value.__notes__), "the traceback has come along"
    with pytest.raises(RebuildFailed, match=r"missing: deleting failed: No such file"):
        run_apart("deleting", os.unlink, tmp_path / "missing")
    with pytest.raises(RebuildFailed, match=r"killed while dividing.*memory"):
        run_apart("dividing", quotient, 1, by=9)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_the_process_ends_with_the_one_that_started_it(tmp_path: Path, end: signal.Signals) -> None:
    """In the midst of its work, when that one is killed or interrupted."""
    code = (
        "import pathlib, sys; from tests.test_processes import run_apart;"
        "from tests.test_processes import linger;"
        "run_apart('lingering', linger, pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) as parent:
        wait_until(lambda: any(tmp_path.iterdir()))
        parent.send_signal(end)
        parent.communicate(timeout=PATIENCE_S)
    pid = int(next(tmp_path.iterdir()).name)
    wait_until(lambda: not is_running(pid))


# WorkerPool


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
            elif task == "fill memory":
                raise MemoryError
            elif task == "damaged":
                raise IndexDamaged(
                    Message("it is broken"), where="a file", remedy=Message("mend it")
                )
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
        ("fill memory", "memory ran out while indexing; fewer --workers"),
        ("die", "killed while indexing, as the system does when memory runs out; fewer --workers"),
        ("exit", "ended with status 3 while indexing"),
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


def test_an_unforeseen_error_in_a_process_brings_its_traceback(
    pool_of: Callable[[int], WorkerPool[str]],
) -> None:
    """So that whoever reads it sees the line."""
    pool = pool_of(1)
    pool.send("break")
    with pytest.raises(RuntimeError, match=r"indexing failed: .*on purpose") as found:
        pool.drain()
    assert 'ZeroDivisionError("on purpose")' in "".join(found.value.__notes__)


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


hoard: list[object] = []


def use_up_memory() -> None:
    """Leave nothing with which an error could be told."""
    resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28))
    size_bytes = 2**20
    while True:
        try:
            hoard.append(bytearray(size_bytes))
        except MemoryError:
            if size_bytes == 1:
                raise
            size_bytes //= 2


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (use_up_memory, "(memory ran out while|while trying it, as when memory runs out)"),
        (crash, "with status -11 while trying it, as when memory runs out"),
    ],
)
def test_memory_that_runs_out_is_told(
    function: Callable[[], None], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also where nothing is left to tell it with, and without a traceback."""
    with pytest.raises(RebuildFailed, match=rf"{told}.*--memory-mb"):
        run_apart("trying it", function)
    assert capfd.readouterr().err == ""


def test_a_process_that_cannot_start_is_told() -> None:
    """As one whose lexicon is gone."""
    pool = WorkerPool(2, cannot_start)
    try:
        with pytest.raises(RebuildFailed, match=r"lexicon-.*No such file"):
            pool.finish()
    finally:
        pool.kill()

"""Work in a process of its own, with the memory of that process and of all that it starts.

The child leads a session of its own: Ctrl-C reaches the run alone, which then ends the child and
its workers together.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from searchapp.errors import BadBenchmark, SearchappError

MIN_PAUSE_S = 0.02
"""Between two looks at the memory."""
PAUSE_FACTOR = 20
"""A look may take at most one part in so many of the time: it is taken from the work."""

Tell = Callable[[int], None]
"""Called in the child with how much is done; the parent's own is called with it."""

Params = ParamSpec("Params")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of some processes together, in bytes, what they share counted once.

    private: what no file backs, so that the system cannot drop it and read it again.
    resident: that and the pages of mapped files.
    """

    private: int
    resident: int

    def __or__(self, other: Memory) -> Memory:
        """The larger of each."""
        return Memory(max(self.private, other.private), max(self.resident, other.resident))


def memory_of(pid: int) -> Memory | None:
    """The memory of a process and its descendants; None where the system does not tell.

    From the proportional set sizes of /proc/PID/smaps_rollup, which is Linux's, proc(5).
    """
    private = resident = 0
    for each in _descendants(pid):
        # It may end at any moment.
        with suppress(OSError):
            sizes = dict(_rollup(each))
            private += sizes["Pss_Anon"] + sizes["Pss_Shmem"]
            resident += sizes["Pss"]
    return Memory(private, resident) if resident else None


def _descendants(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in path.read_text().split():
                yield from _descendants(int(child))


def _rollup(pid: int) -> Iterator[tuple[str, int]]:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size_kb, _ = line.split()
        yield name.rstrip(":"), int(size_kb) * 1024


def run_in_child(
    task: str,
    tell: Tell,
    function: Callable[Concatenate[Tell, Params], Result],
    *args: Params.args,
    **kwargs: Params.kwargs,
) -> tuple[Result, Memory | None]:
    """Call a function in a new process: its result and the peak of the memory.

    task: what it does, for errors: "indexing with tantivy". The function's first argument is a
    `Tell`, the others must be picklable. Raises what it raises: a SearchappError as such, anything
    else as a BadBenchmark, as when the process dies.
    """
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(
        target=_child, args=(there, task, function, args, kwargs), name=task
    )
    process.start()
    there.close()
    try:
        (result, error), peak = _follow(process, here, tell)
    except EOFError:
        process.join()
        _kill(process)
        raise BadBenchmark(
            f"{task} was ended by the system (exit code {process.exitcode})",
            remedy="see whether memory ran out; a smaller corpus needs less: --documents",
        ) from None
    except BaseException:
        _kill(process)
        raise
    finally:
        process.join()
        here.close()
    if error is not None:
        raise error
    return result, peak


def _follow(
    process: BaseProcess, connection: Connection, tell: Tell
) -> tuple[tuple[Any, SearchappError | None], Memory | None]:
    """The child's last message, (result, error), and the peak of its memory until then."""
    peak: Memory | None = None
    next_look = time.monotonic()
    while True:
        if connection.poll(max(0.0, next_look - time.monotonic())):
            message = connection.recv()
            if not isinstance(message, int):
                return message, peak
            tell(message)
        started = time.monotonic()
        if started >= next_look:
            if (now := memory_of(process.pid or 0)) is not None:
                peak = now | peak if peak else now
            ended = time.monotonic()
            next_look = ended + max(MIN_PAUSE_S, PAUSE_FACTOR * (ended - started))


def _kill(process: BaseProcess) -> None:
    """End the child and all that it has started."""
    assert process.pid is not None  # it was started
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:  # It has ended, or does not lead its session yet.
        process.kill()


def _child(
    connection: Connection,
    task: str,
    function: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    os.setsid()
    result: object = None
    error: SearchappError | None = None
    try:
        result = function(connection.send, *args, **kwargs)
    except SearchappError as raised:
        error = raised
    except Exception as raised:  # It may not be one that can travel, or that the parent knows.
        error = BadBenchmark(f"{task} failed ({raised!r})")
    connection.send((result, error))

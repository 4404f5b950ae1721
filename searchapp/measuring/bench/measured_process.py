"""Work in a process of its own, with the memory of that process and of all that it starts.

The child leads a session of its own, so that its workers end together with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from searchapp.errors import BadBenchmark
from searchapp.processes import Child
from searchapp.translation import Message

MIN_PAUSE_S = 0.02
"""Between two samples of the memory."""
PAUSE_FACTOR = 20
"""Sampling memory may use at most 1/20 of the time, because it competes with the measured work."""

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
    """The memory of a process and its descendants; None where the system does not say.

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
    task: Message,
    tell: Tell,
    function: Callable[Concatenate[Tell, Params], Result],
    *args: Params.args,
    **kwargs: Params.kwargs,
) -> tuple[Result, Memory | None]:
    """Call a function in a new process: its result and the peak of the memory.

    task: what it does, for errors: "indexing with tantivy". The function's first argument is a
    `Tell`, the others must be picklable. Raises what `Child.receive` raises, with BadBenchmark as
    the `failure`.
    """
    with Child(
        task,
        _call,
        (function, args, kwargs),
        failure=BadBenchmark,
        leads_session=True,
    ) as child:
        return _follow(child, tell)


def _follow(child: Child, tell: Tell) -> tuple[Any, Memory | None]:
    """The child's result, and the peak of its memory until then."""
    peak: Memory | None = None
    next_look = time.monotonic()
    while True:
        if child.pipe.poll(max(0.0, next_look - time.monotonic())):
            message = child.receive()
            if isinstance(message, _Result):
                return message.value, peak
            tell(message)
        started = time.monotonic()
        if started >= next_look:
            if (now := memory_of(child.pid)) is not None:
                peak = now | peak if peak else now
            ended = time.monotonic()
            next_look = ended + max(MIN_PAUSE_S, PAUSE_FACTOR * (ended - started))


@dataclass(frozen=True, slots=True)
class _Result:
    """The child's last message; all others are numbers for `tell`."""

    value: Any


def _call(
    pipe: Connection,
    function: Callable[..., object],
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> None:
    """In the child."""
    pipe.send(_Result(function(pipe.send, *args, **kwargs)))

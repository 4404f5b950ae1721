"""Work in a child process: results, errors, memory, and a clean end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from searchapp.errors import BadBenchmark, IndexDamaged
from searchapp.measuring.bench.measured_process import memory_of, run_in_child
from searchapp.translation import Message

MIB = 2**20
HOLD = "import time; held = bytearray(b'x') * {size}; print('ready', flush=True); time.sleep({s})"


def silent(_: int) -> None: ...


def told_square(tell: Callable[[int], None], number: int) -> int:
    tell(1)
    tell(2)
    return number * number


def raise_damaged(_: Callable[[int], None]) -> None:
    raise IndexDamaged(
        Message("is cut short"), where="file", remedy=Message("run: searchapp rebuild")
    )


def raise_foreign(_: Callable[[int], None]) -> None:
    raise RuntimeError("out of tea")


def die(_: Callable[[int], None]) -> None:
    os._exit(7)


def hold_memory(_: Callable[[int], None], size: int) -> None:
    """Holds memory here and as much in a process that is started, for a while."""
    held = bytearray(b"x") * size
    command = [sys.executable, "-c", HOLD.format(size=size, s=0.5)]
    subprocess.run(command, check=True, capture_output=True)
    assert len(held) == size


def start_a_sleeper(tell: Callable[[int], None]) -> None:
    """Tells the id of a process that would sleep for long, and sleeps, too."""
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    tell(sleeper.pid)
    time.sleep(600)


def test_the_result_and_what_is_told_come_back() -> None:
    """In order, before the result."""
    told: list[int] = []
    result, _ = run_in_child(Message("squaring"), told.append, told_square, 12)
    assert result == 144
    assert told == [1, 2]


def test_errors_come_back_as_they_are() -> None:
    """One that a user can read keeps its parts."""
    with pytest.raises(IndexDamaged) as caught:
        run_in_child(Message("opening"), silent, raise_damaged)
    assert caught.value.remedy == "run: searchapp rebuild"


def test_other_errors_name_the_task() -> None:
    """They may be of a class that only the child has loaded."""
    with pytest.raises(RuntimeError, match=r"brewing failed: .*out of tea"):
        run_in_child(Message("brewing"), silent, raise_foreign)


def test_a_child_that_dies_is_an_error() -> None:
    """As when the system ends it because memory ran out."""
    with pytest.raises(BadBenchmark, match=r"ended with status 7 while dying"):
        run_in_child(Message("dying"), silent, die)


def test_the_peak_is_that_of_the_child_and_of_all_that_it_starts() -> None:
    """Memory that both hold at the same time is added up."""
    _, small = run_in_child(Message("holding"), silent, hold_memory, MIB)
    _, large = run_in_child(Message("holding"), silent, hold_memory, 64 * MIB)
    assert small is not None
    assert large is not None
    assert 100 * MIB < large.private - small.private < 160 * MIB


def test_mapped_files_are_resident_but_not_private(tmp_path: Path) -> None:
    """The system can drop them and read them again."""
    path = tmp_path / "mapped"
    path.write_bytes(bytes(range(256)) * (32 * MIB // 256))
    code = (
        "import mmap, sys, time; file = open(sys.argv[1], 'rb');"
        "mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ);"
        "sum(mapped[::4096]); print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        memory = memory_of(process.pid)
        process.kill()
    assert memory is not None
    assert memory.private < 24 * MIB
    assert memory.resident > 32 * MIB


def test_an_interrupted_run_leaves_no_process() -> None:
    """Neither the child nor what it has started goes on."""
    pids: list[int] = []

    def interrupt(pid: int) -> None:
        pids.append(pid)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_in_child(Message("sleeping"), interrupt, start_a_sleeper)
    deadline = time.monotonic() + 20
    while is_running(pids[0]) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(pids[0])


def is_running(pid: int) -> bool:
    """Whether the process has not ended; one that nobody has waited for has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"

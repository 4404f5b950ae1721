"""Every file operation of a writer is a point at which all may end, or be refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from searchapp.corpus import SpareProcess
from searchapp.errors import SearchappError
from tests.attacks.crashed_disk import OPTIONS, Crash, CrashedDisk, tree_of
from tests.attacks.served_index import ServedIndex
from tests.attacks.tally import IS_FULL, Tally, extent
from tests.attacks.traced_thread import TracedThread
from tests.programs import program

COMMANDS = ("rebuild", "update", "update without changes", "rollback")
REFUSED_COMMANDS = COMMANDS if IS_FULL else ("update",)
REFUSALS = {
    "ENOSPC": "write,pwrite64,sendfile,ftruncate,fsync,mkdir,rename,link",
    "EIO": "read,pread64,getdents64,openat,write,pwrite64,fsync,rename,unlink,unlinkat,flock",
    "EMFILE": "openat",
    "EACCES": "openat,mkdir,unlink,unlinkat,rename,rmdir",
}
"""What the system may say, and to which calls."""


@pytest.fixture(scope="module")
def spare() -> Iterator[SpareProcess]:
    """The process that reads the sources for all runs."""
    with closing(SpareProcess()) as spare:
        yield spare


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, spare: SpareProcess) -> ServedIndex:
    """An index of five articles."""
    return ServedIndex(tmp_path_factory.mktemp("served"), spare)


@pytest.fixture(scope="module")
def thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TracedThread]:
    """Where the commands run."""
    program("strace", package="strace")
    with closing(TracedThread(tmp_path_factory.mktemp("strace"))) as thread:
        yield thread


@pytest.fixture(autouse=True)
def _restored(served: ServedIndex) -> None:
    served.restore()


def recorded(served: ServedIndex, thread: TracedThread, command: str) -> list[str]:
    """The log of a command that goes well."""
    traced = thread.run(served.commands()[command], *OPTIONS)
    assert traced.error is None
    return traced.log


def survive(
    served: ServedIndex, thread: TracedThread, tally: Tally, command: str, *, every: int
) -> list[Crash]:
    """Record a command and try its crashes, or every nth of them. Returns all of them."""
    disk = CrashedDisk(served.place)
    old = served.answers()
    log = recorded(served, thread, command)
    new = served.answers()
    result = tree_of(served.place)
    crashes = list(disk.crashes(log, mixtures=extent(1, 6)))
    assert disk.tree() == result  # Nothing was done that is not in the record.
    for crash in crashes[::every]:
        with tally.attempt(f"{command}: {crash}"):
            served.become(crash.tree)
            served.check(old, new)
            served.check_next_rebuild()
    with tally.attempt(f"{command}: a crash after it has ended"):
        served.become(disk.lasting_tree())
        served.check(new)
    return crashes


@pytest.mark.parametrize("command", COMMANDS)
def test_a_crash_after_any_operation_leaves_the_old_or_the_new(
    served: ServedIndex, thread: TracedThread, tally: Tally, command: str
) -> None:
    """With all that was written, without what was not synced, and with half of the last write."""
    survive(served, thread, tally, command, every=extent(15, 1))


def test_a_crash_of_the_first_rebuild_leaves_no_index_or_the_new(
    served: ServedIndex, thread: TracedThread, tally: Tally
) -> None:
    """The next rebuild works, and what was published lasts."""
    shutil.rmtree(served.settings.index)
    survive(served, thread, tally, "rebuild", every=extent(15, 1))


@pytest.mark.parametrize("command", ["rebuild", "update", "rollback"])
def test_a_crash_during_recovery_leaves_the_old_or_the_new(
    served: ServedIndex, thread: TracedThread, tally: Tally, command: str
) -> None:
    """A rebuild after a crash, which clears up what is left of that, may crash as well."""
    first = CrashedDisk(served.place)
    crashes = list(first.crashes(recorded(served, thread, command), mixtures=0))
    chosen = extent(1, 8)
    for number in range(1, chosen + 1):
        served.become(crashes[number * len(crashes) // (chosen + 1)].tree)
        survive(served, thread, tally, "rebuild", every=extent(20, 2))


@pytest.mark.parametrize("command", REFUSED_COMMANDS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_an_operation_that_is_refused_leaves_the_old_or_the_new(
    served: ServedIndex, thread: TracedThread, tally: Tally, command: str, refusal: str
) -> None:
    """It is said in a sentence, and the next rebuild works. Once, and from then on."""
    old = served.answers()
    for calls in REFUSALS[refusal].split(","):
        for number in count(1, extent(20, 1)):
            was_refused = False
            for once in ("", "+") if IS_FULL else ("+",):
                served.restore()
                rule = f"inject={calls}:error={refusal}:when={number}{once}"
                traced = thread.run(served.commands()[command], "-e", f"trace={calls}", "-e", rule)
                if not any("(INJECTED)" in line for line in traced.log):
                    continue
                was_refused = True
                with tally.attempt(f"{command}: {rule}"):
                    if traced.error is not None and not isinstance(traced.error, SearchappError):
                        raise traced.error
                    answers = served.answers()
                    served.check(old, answers)
                    if traced.error is None and command != "update without changes":
                        assert answers != old
                    served.check_next_rebuild()
            if not was_refused:
                break

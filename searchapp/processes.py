"""Work in other processes: one function (`Child`), or many tasks (`WorkerPool`).

They are started afresh, not forked, because this process may have threads and locks that must
not be copied. None of them hears of Ctrl-C, which a terminal sends to all alike: the process that
started them decides what becomes of them. They end when that process ends, however it does.
"""

from __future__ import annotations

import errno
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, ParamSpec, Self, TypeVar

from searchapp.errors import RebuildFailed, SearchappError, system_reason
from searchapp.translation import N_, Message

Params = ParamSpec("Params")
Result = TypeVar("Result")
Task = TypeVar("Task")
Work = Callable[[Task], None]

_NO_MEMORY_LEFT = 71
"""The exit status of a process that has not even the memory to tell so; EX_OSERR of sysexits.h."""
_OF_NO_MEMORY = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, _NO_MEMORY_LEFT}
"""How a process may end, too, whose memory has run out in a library."""
_LESS_MEMORY = N_("fewer --workers, less --memory-mb or fewer articles take less")


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """A process that this thread starts meanwhile never hears of Ctrl-C; this one does afterwards.

    A signal that is blocked when a process starts stays blocked in it. Ignoring it here instead
    would lose a Ctrl-C that comes just now.
    """
    heard = False

    def note(*_: object) -> None:
        nonlocal heard
        heard = True

    # Started by the first process otherwise, and it would let the signal through again.
    resource_tracker.ensure_running()
    is_main = threading.current_thread() is threading.main_thread()
    # Another thread may take the signal that this one blocks; the main one acts on it at once.
    handler = signal.signal(signal.SIGINT, note) if is_main else None
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if is_main:
            signal.signal(signal.SIGINT, handler)
        if heard:
            signal.raise_signal(signal.SIGINT)


@dataclass(frozen=True)
class _Failure:
    """What a child sends when its function has raised an error."""

    error: Exception


class Child:
    """A process that runs one function, and a pipe to it.

    As a context manager it is killed at the end, whatever it is doing.
    """

    def __init__(
        self,
        task: Message,
        function: Callable[..., None],
        args: Sequence[object],
        *,
        failure: type[SearchappError] = RebuildFailed,
        leads_session: bool = False,
    ) -> None:
        """Start the process.

        task: what it does, for errors: "learning the lexicon".
        function: called there with its end of the pipe and `args`; all must be picklable.
        failure: the class of the errors when memory, the disk or the process itself fails.
        leads_session: whether it may start processes itself, which are killed together with it.
        """
        self._task, self._failure, self._leads_session = task, failure, leads_session
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_run,
            args=(theirs, task, failure, leads_session, function, args),
            name=task,
            daemon=not leads_session,  # daemons may not start processes
        )
        with interrupts_held_back():
            self._process.start()
        # Close our copy of its end, so that we see an end of file when the child dies.
        theirs.close()

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process.pid is not None  # it was started
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.is_alive()

    @property
    def exit_status(self) -> int:
        """Of a process that has ended: what it returned, or the negative number of a signal."""
        return self._process.exitcode or 0

    def send(self, message: object) -> None:
        """Send a message, or raise what `receive` raises for a child that has ended."""
        try:
            self.pipe.send(message)
        except (BrokenPipeError, ConnectionResetError):
            while True:  # The messages from before its end, then the end, which raises.
                self.receive()

    def receive(self) -> Any:
        """Wait for its next message.

        Raises what its function raised: a SearchappError as it is, what the system refused as a
        `failure`, and anything else, which nobody has foreseen, as a RuntimeError with the
        child's traceback as a note. Raises a `failure` if the process has ended.
        """
        try:
            message = self.pipe.recv()
        except (EOFError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in (None, errno.ECONNRESET):
                self.kill()  # It may wait for us for ever, whom the system has refused its pipe.
                raise _failed(self._task, error, self._failure) from None
            self._process.join()  # It has ended, perhaps amid a message.
            raise _died(self._task, self._process.exitcode or 0, self._failure) from None
        if isinstance(message, _Failure):
            raise message.error
        return message

    def join(self) -> None:
        """Wait until it has ended by itself."""
        self._process.join()

    def kill(self) -> None:
        """End it at once."""
        if self._leads_session:
            with suppress(ProcessLookupError):  # It does not lead its session yet, or no more.
                os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self.pipe.close()

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(self, *_: object) -> None:
        """See the class."""
        self.kill()


def _died(task: Message, status: int, failure: type[SearchappError]) -> SearchappError:
    if status == -signal.SIGKILL:
        what = N_(
            "a process was killed while %(task)s, as the system does when memory runs out",
            task=task,
        )
        return failure(what, remedy=_LESS_MEMORY)
    if status in _OF_NO_MEMORY:
        what = N_(
            "a process ended with status %(status)s while %(task)s, as when memory runs out",
            status=status,
            task=task,
        )
        return failure(what, remedy=_LESS_MEMORY)
    return failure(
        N_("a process ended with status %(status)s while %(task)s", status=status, task=task),
        remedy=N_("check memory and disk space, then run the command again"),
    )


def _failed(task: Message, error: Exception, failure: type[SearchappError]) -> Exception:
    """An error that can travel, for one that may be of a class which only the child knows."""
    if isinstance(error, SearchappError):
        return error
    if isinstance(error, MemoryError):
        return failure(N_("memory ran out while %(task)s", task=task), remedy=_LESS_MEMORY)
    if isinstance(error, OSError):
        return failure(
            N_("%(task)s failed: %(reason)s", task=task, reason=system_reason(error)),
            where=str(error.filename or ""),
            remedy=N_("check disk space and permissions"),
        )
    unforeseen = RuntimeError(f"{task} failed: {error!r}")
    unforeseen.add_note("".join(traceback.format_exception(error)))
    return unforeseen


def _run(
    pipe: Connection,
    task: Message,
    failure: type[SearchappError],
    leads_session: bool,
    function: Callable[..., None],
    args: Sequence[object],
) -> None:
    """In the child: call the function."""
    if leads_session:
        os.setsid()
    threading.Thread(target=_end_with_parent, args=(leads_session,), daemon=True).start()
    try:
        function(pipe, *args)
    except Exception as error:
        try:
            pipe.send(_Failure(_failed(task, error, failure)))
        except OSError:
            pass  # Nobody listens any more.
        except MemoryError:
            os._exit(_NO_MEMORY_LEFT)


def _end_with_parent(leads_session: bool) -> None:
    parent = parent_process()
    assert parent is not None  # this is a child
    parent.join()
    if leads_session:
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


class WorkerPool(Generic[Task]):
    """Processes that work off tasks, one each at a time."""

    def __init__(self, workers: int, prepare: Callable[[int], Work[Task]]) -> None:
        """Start the processes.

        prepare: called in each process with its number; returns what is called with each task,
        and with None at the end. It must be picklable.
        """
        self._children = {
            child.pipe: child
            for child in (Child(N_("indexing"), _work_off, (prepare, n)) for n in range(workers))
        }
        self._free = list(self._children)

    def send(self, task: Task) -> None:
        """Send a task to a free worker, once there is one.

        This and the other methods that wait raise what `Child.receive` raises for a worker, with
        RebuildFailed as the `failure`.
        """
        self._await_free(1)
        self._children[self._free.pop(0)].send(task)

    def drain(self) -> None:
        """Wait until all tasks are done."""
        self._await_free(len(self._children))

    def _await_free(self, count: int) -> None:
        while len(self._free) < count:
            for pipe in wait([pipe for pipe in self._children if pipe not in self._free]):
                assert isinstance(pipe, Connection)
                self._children[pipe].receive()
                self._free.append(pipe)

    def finish(self) -> None:
        """Let all workers finish, and wait for their end."""
        self.drain()
        for child in self._children.values():
            child.send(None)
        for child in self._children.values():
            child.receive()
        for child in self._children.values():
            child.join()

    def kill(self) -> None:
        """End all workers at once."""
        for child in self._children.values():
            child.kill()


def _work_off(pipe: Connection, prepare: Callable[[int], Work[Any]], number: int) -> None:
    """The worker: do tasks until None has come, and confirm each."""
    work = prepare(number)
    task: object = pipe
    while task is not None:
        task = pipe.recv()
        work(task)
        pipe.send(None)

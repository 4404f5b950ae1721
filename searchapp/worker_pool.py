"""Processes that work off tasks, one each at a time, and end with the process that started them."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from searchapp.errors import RebuildFailed, SearchappError
from searchapp.processes import interrupts_ignored

Task = TypeVar("Task")
Work = Callable[[Task], None]


class WorkerPool(Generic[Task]):
    """Some processes, to whichever is free the next task is sent."""

    def __init__(self, workers: int, prepare: Callable[[int], Work[Task]]) -> None:
        """Start the processes.

        prepare: called in each process with its number, gives what is called with each task and
        with None at the end; it must be picklable.
        """
        # Not forked: the parent has threads (a progress bar) and locks that must not be copied.
        context = get_context("spawn")
        self._processes: list[BaseProcess] = []
        self._pipes: list[Connection] = []
        for number in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(number, theirs, prepare), daemon=True)
            with interrupts_ignored():
                process.start()
            # Closed here, so that the worker's death is an end of file for us, and ours for it.
            theirs.close()
            self._processes.append(process)
            self._pipes.append(ours)
        self._free = list(self._pipes)

    def send(self, task: Task) -> None:
        """Hand a task to a free worker, waiting for one.

        This and all that waits raises RebuildFailed for a worker that failed or ended, or what
        other SearchappError it met.
        """
        self._await_free(1)
        self._send(self._free.pop(0), task)

    def drain(self) -> None:
        """Wait until all tasks are done. Raises RebuildFailed."""
        self._await_free(len(self._pipes))

    def _await_free(self, count: int) -> None:
        while len(self._free) < count:
            busy = [pipe for pipe in self._pipes if pipe not in self._free]
            for ready in wait(busy):
                self._free.append(self._receive(ready))  # type: ignore[arg-type]  # no sockets here

    def _send(self, pipe: Connection, task: Task | None) -> None:
        try:
            pipe.send(task)
        except (BrokenPipeError, ConnectionResetError):
            while True:  # What the worker reported before its end, and then its end, which raises.
                self._receive(pipe)

    def _receive(self, pipe: Connection) -> Connection:
        """Take a worker's report that a task is done."""
        try:
            error = pipe.recv()
        except (EOFError, ConnectionResetError):
            process = self._processes[self._pipes.index(pipe)]
            process.join()
            raise RebuildFailed(
                f"an indexing process ended with status {process.exitcode}",
                remedy="check memory and disk space, then run the command again",
            ) from None
        if error is not None:
            raise error
        return pipe

    def finish(self) -> None:
        """Let all workers finish, and end them. Raises RebuildFailed."""
        self.drain()
        for pipe in self._pipes:
            self._send(pipe, None)
        for pipe in self._pipes:
            self._receive(pipe)
        for process in self._processes:
            process.join()

    def kill(self) -> None:
        """End all workers at once."""
        for process in self._processes:
            process.kill()
            process.join()


def _work(number: int, pipe: Connection, prepare: Callable[[int], Work[Any]]) -> None:
    """The worker: do tasks until None comes, which it passes on; answer each with None or an
    error."""
    try:
        work = prepare(number)
        while True:
            task = pipe.recv()
            work(task)
            pipe.send(None)
            if task is None:
                return
    except EOFError:
        return  # the parent is gone, and with it the reason to go on
    except Exception as error:
        _send_error(pipe, error)


def _send_error(pipe: Connection, error: Exception) -> None:
    failure = error
    if not isinstance(error, SearchappError):
        cause = error if isinstance(error, OSError) else repr(error)
        failure = RebuildFailed(
            f"indexing failed: {cause}",
            remedy="check memory and disk space, then run the command again",
        )
    try:
        pipe.send(failure)
    except OSError:
        return  # nobody listens any more

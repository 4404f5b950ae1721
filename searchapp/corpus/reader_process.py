"""A process that reads files, one after the other, and is ended when one of them gets it stuck.

Files come from anywhere, and the libraries that read them are large: a file may keep one busy for
hours, use up the memory or crash it. Then its process ends, and the file is told and left behind.
"""

from __future__ import annotations

import dataclasses
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from searchapp.corpus.files import ArticleFile
from searchapp.corpus.formats import articles_in
from searchapp.corpus.seed_text import GluedArticle
from searchapp.errors import Problem, RebuildFailed, SearchappError
from searchapp.model import Article
from searchapp.processes import Child


@dataclasses.dataclass(frozen=True, slots=True)
class Bounds:
    """What a file may take from its reader.

    step_s: processor time without another article, or another piece of the file read. Pages of
        newspapers take a tenth of a second, one that is nothing but links 10 s for a megabyte.
    silence_s: the same by the clock, for what waits without working, as a network folder that has
        gone. So much longer because the machine may be busy with other things.
    memory_bytes: of address space. The largest article that is read, 64 MB, takes up to 1.1 GB.
        It bounds the address space and not what is in memory: then the system itself refuses more,
        the reader can still tell where it was, and nobody has to watch it.
    """

    step_s: float = 30
    silence_s: float = 600
    memory_bytes: int = 2**31


_BATCH_ITEMS = 256
_BATCH_CHARS = 2**20
_BATCH_S = 0.2


@dataclasses.dataclass(frozen=True, slots=True)
class _Batch:
    """What came of a part of a file, in order.

    position: how far the file has been read, in bytes on the disk.
    is_last: nothing follows from this file. is_spent: nor from this process.
    """

    items: list[Article | GluedArticle | Problem]
    position: int
    is_last: bool = False
    is_spent: bool = False


class _Ended(SearchappError):
    """The reader process has ended."""


class _Silent(_Ended):
    """It gave nothing for too long."""


class ReaderProcess:
    """Reads files in a process of its own; a context manager that ends it.

    position: how far the latest file has been read, in bytes on the disk.
    """

    def __init__(self, bounds: Bounds = Bounds()) -> None:
        self.position = 0
        self._bounds = bounds
        self._child: Child | None = None
        # Written by the process at each record, since it cannot say a word when it is ended.
        self._line: Any = get_context("spawn").RawValue("q", 0)

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """See the class."""
        self._end()

    def read(self, file: ArticleFile) -> Iterator[Article | GluedArticle]:
        """The articles of a file.

        Those that came before the reader was ended are whole, and are given as well.
        """
        self.position = 0
        self._line.value = 1
        article_count = 0
        try:
            batch: _Batch | None = self._begin(file)
            while batch is not None:
                self.position = batch.position
                for item in batch.items:
                    if isinstance(item, Problem):
                        file.report(item)
                    else:
                        article_count += 1
                        yield item
                if batch.is_spent:
                    self._end()
                batch = None if batch.is_last else self._next()
        except _Ended as ended:
            assert self._child is not None
            self._child.kill()
            reason = self._reason(ended, self._child.exit_status)
            self._child = None
            line: int = self._line.value
            file.error(reason, _remedy(article_count), line=line)

    def _begin(self, file: ArticleFile) -> _Batch:
        """Have the process read a file. Its first batch."""
        if self._child is None or not self._child.is_running:
            self._end()
            self._child = self._start()
        self._child.send(dataclasses.replace(file, report=_unheard))
        return self._next()

    def _start(self) -> Child:
        """A new process. Raises RebuildFailed if it ends at once: no file is to blame for that."""
        child = Child("reading", _read_files, (self._line, self._bounds), failure=_Ended)
        try:
            child.receive()
        except _Ended as ended:
            child.kill()
            what = f"no process can be started that reads the files ({ended.what})"
            raise RebuildFailed(what, remedy="check memory and the bounds of ulimit") from ended
        return child

    def _next(self) -> _Batch:
        assert self._child is not None
        if not self._child.pipe.poll(self._bounds.silence_s):
            raise _Silent(f"gave nothing for {self._bounds.silence_s:g} s")
        batch: _Batch = self._child.receive()
        return batch

    def _reason(self, ended: _Ended, status: int) -> str:
        """Why a process that ended with this status has not read its file to the end."""
        if status >= 0 or isinstance(ended, _Silent):
            return ended.what
        match -status:
            case signal.SIGPROF:
                return f"took longer than {self._bounds.step_s:g} s to read"
            case signal.SIGKILL:
                return "had its reader killed, as the system does when memory runs out"
        return f"crashed its reader ({signal.Signals(-status).name})"

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _remedy(article_count: int) -> str:
    if not article_count:
        return "take it out, or cut it into smaller files"
    articles = "the article" if article_count == 1 else f"the {article_count:,} articles"
    return f"take it out, or cut it into smaller files; {articles} before this place are kept"


def _unheard(problem: Problem) -> None:
    """Stands for a report that cannot travel to another process."""


def _read_files(pipe: Connection, line: Any, bounds: Bounds) -> None:
    """The process: read each file that is asked for, until memory runs out."""
    _bound_memory(bounds.memory_bytes)
    pipe.send("ready")
    outbox = _Outbox(pipe, line, bounds)
    while not outbox.is_spent:
        outbox.send_articles(pipe.recv())


def _bound_memory(max_bytes: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > max_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, hard))
    # Where the machine has less than that, the system shall end the reader and not the indexing.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")


class _Outbox:
    """Sends what comes of files, in batches, and has the system end a process that is stuck.

    The timer counts processor time, so that neither a busy machine nor waiting for the one that
    takes the articles makes a file look slow. It ends the process wherever it is, in a library
    that answers to nobody as well.
    """

    def __init__(self, pipe: Connection, line: Any, bounds: Bounds) -> None:
        self.is_spent = False
        self._bounds = bounds
        self._pipe = pipe
        self._line = line
        self._items: list[Article | GluedArticle | Problem] = []
        self._chars = 0
        self._position = 0
        self._sent = time.monotonic()

    def send_articles(self, file: ArticleFile) -> None:
        """Read a file and send its articles and problems, with a last batch."""
        file = dataclasses.replace(
            file, report=self._put, on_bytes=self._advance, on_line=self._begin_record
        )
        self._advance(0)
        try:
            for article in articles_in(file):
                self._put(article)
        except MemoryError:
            self.is_spent = True
        if self.is_spent:
            file.error(
                f"takes more than {self._bounds.memory_bytes / 2**30:.1f} GB of memory to read",
                "take it out, or cut it into smaller files; what was read before is kept",
                line=self._line.value,
            )
        self._send(is_last=True)

    def _advance(self, position: int) -> None:
        self._position = position
        self._go_on()

    def _begin_record(self, line: int) -> None:
        self._line.value = line

    def _put(self, item: Article | GluedArticle | Problem) -> None:
        self._items.append(item)
        if not isinstance(item, Problem):
            article = item.article if isinstance(item, GluedArticle) else item
            self._chars += len(article.body)
        self._go_on()

    def _go_on(self) -> None:
        """There is progress: start the timer anew, and send what has gathered."""
        signal.setitimer(signal.ITIMER_PROF, self._bounds.step_s)
        if (
            len(self._items) >= _BATCH_ITEMS
            or self._chars >= _BATCH_CHARS
            or time.monotonic() > self._sent + _BATCH_S
        ):
            self._send(is_last=False)

    def _send(self, *, is_last: bool) -> None:
        self._pipe.send(_Batch(self._items, self._position, is_last, is_last and self.is_spent))
        self._items, self._chars = [], 0
        self._sent = time.monotonic()

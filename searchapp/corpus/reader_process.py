"""A process that reads files, one after the other, and is ended when one of them gets it stuck.

Files come from anywhere, and the libraries that read them are large: a file may keep one busy for
hours, use up the memory or crash it. Then its process ends, and the file is told and left behind.
"""

from __future__ import annotations

import dataclasses
import resource
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from searchapp.corpus.files import ArticleFile
from searchapp.corpus.formats import articles_in
from searchapp.corpus.seed_text import GluedArticle
from searchapp.errors import Problem, RebuildFailed, SearchappError
from searchapp.model import Article
from searchapp.processes import Child
from searchapp.translation import N_, NN_, Message, Number


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


_GROUP_FILES = 32
_MESSAGE_ITEMS = 256
_MESSAGE_CHARS = 2**20
_MESSAGE_S = 0.2


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    """What came of a file, or of a part of it, in order.

    position: how far the file has been read, in bytes on the disk.
    is_last: nothing follows from this file. is_spent: nor from this process.
    """

    items: Sequence[Article | GluedArticle | Problem]
    position: int = 0
    is_last: bool = False
    is_spent: bool = False

    @property
    def article_count(self) -> int:
        return sum(not isinstance(item, Problem) for item in self.items)


class _Ended(SearchappError):
    """The reader process has ended."""


class _Silent(_Ended):
    """It gave nothing for too long."""


class SpareProcess:
    """The process of a reading that has come to its end, kept for the next one; to be closed.

    A reading that was broken off leaves none here: it may have been asked for files.
    """

    def __init__(self) -> None:
        self._kept: tuple[Child, Any] | None = None

    def take(self) -> tuple[Child, Any] | None:
        """The process and its place, if there is one that has not ended."""
        kept, self._kept = self._kept, None
        if kept is not None and not kept[0].is_running:
            kept[0].kill()
            return None
        return kept

    def keep(self, child: Child, place: Any) -> None:
        """Keep a process that waits for files, with its place."""
        self.close()
        self._kept = child, place

    def close(self) -> None:
        """End the process that is kept."""
        if self._kept is not None:
            self._kept[0].kill()
            self._kept = None


class ReaderProcess:
    """Reads files in a process of its own; a context manager that ends it.

    It is sent files in groups, and each group only when it waits for one: so neither has to wait
    for the other with each file, and they never wait for each other to take a message. What comes
    of small files travels together.

    position: how far the file that is received has been read, in bytes on the disk.
    """

    def __init__(self, bounds: Bounds = Bounds(), spare: SpareProcess | None = None) -> None:
        """spare: where the process comes from, if one is there, and where it goes in the end."""
        self.position = 0
        self._spare = spare
        self._bounds = bounds
        self._child: Child | None = None
        # Files for which the process has not been asked; of one that ended it, the problem.
        self._waiting: deque[ArticleFile | Problem] = deque()
        # The group for which it was asked, and how many of its files have come to their end.
        self._group: list[ArticleFile] = []
        self._done = 0
        self._articles_of_next = 0  # articles of the group's next file that have come
        self._parts: deque[_Part] = deque()  # that have come and have not been given
        # The number of a file in the group, and the line in it. Written by the process as it
        # comes to them, since it cannot say a word when it is ended.
        self._place: Any = None

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(self, *_: object) -> None:
        """See the class."""
        if self._spare is not None and self._child is not None and self._done == len(self._group):
            self._spare.keep(self._child, self._place)
        else:
            self._end()

    def send(self, file: ArticleFile) -> None:
        """Have a file read after those that were sent before.

        Raises RebuildFailed, as `receive`, if no process can be started.
        """
        self._waiting.append(file)
        self._ask()

    def receive(self, file: ArticleFile) -> Iterator[Article | GluedArticle]:
        """The articles of a file, the first that was sent of those that were not received.

        Those that came before the reader was ended are whole, and are given as well.
        """
        self.position = 0
        is_last = False
        while not is_last:
            while not self._parts:
                self._await_parts()
            part = self._parts.popleft()
            self.position, is_last = part.position, part.is_last
            for item in part.items:
                if isinstance(item, Problem):
                    file.report(item)
                else:
                    yield item

    def _ask(self) -> None:
        """Ask for the next group, if the process waits for one."""
        if self._done < len(self._group):
            return
        self._group, self._done = [], 0
        while self._waiting and len(self._group) < _GROUP_FILES:
            next_one = self._waiting.popleft()
            if isinstance(next_one, ArticleFile):
                self._group.append(next_one)
            elif self._group:  # Its turn comes after them.
                self._waiting.appendleft(next_one)
                break
            else:
                self._parts.append(_Part([next_one], is_last=True))
        if not self._group:
            return
        if self._child is None or not self._child.is_running:
            self._end()
            spare = self._spare.take() if self._spare is not None else None
            self._child, self._place = spare or self._start()
        self._place[:] = 0, 1
        with suppress(_Ended):  # Which shows when its answer is awaited.
            self._child.send([dataclasses.replace(file, report=_unheard) for file in self._group])

    def _start(self) -> tuple[Child, Any]:
        """A new process, and its place.

        Raises RebuildFailed if it ends at once: no file is to blame for that.
        """
        place = get_context("spawn").RawArray("q", 2)
        child = Child(N_("reading"), _read_files, (place, self._bounds), failure=_Ended)
        try:
            child.receive()
        except _Ended as ended:
            child.kill()
            what = N_("no process can be started that reads the files (%(what)s)", what=ended.what)
            raise RebuildFailed(what, remedy=N_("check memory and the bounds of ulimit")) from ended
        return child, place

    def _await_parts(self) -> None:
        """Wait for the next message, and keep the process busy."""
        try:
            message = self._message()
        except _Ended as ended:
            self._leave_behind(ended)
            message = []
        for part in message:
            self._parts.append(part)
            self._articles_of_next += part.article_count
            if part.is_last:
                self._done += 1
                self._articles_of_next = 0
            if part.is_spent:
                self._end()
                self._ask_again(self._group[self._done :])
        self._ask()

    def _message(self) -> list[_Part]:
        assert self._child is not None
        if not self._child.pipe.poll(self._bounds.silence_s):
            raise _Silent(
                N_(
                    "gave nothing for %(silence_s)s s",
                    silence_s=Number(self._bounds.silence_s, "g"),
                )
            )
        message: list[_Part] = self._child.receive()
        return message

    def _leave_behind(self, ended: _Ended) -> None:
        """Have the group read again, by a new process, without the file that ended this one.

        The files before it had been read, but it may have ended before it could tell so.
        """
        assert self._child is not None
        self._child.kill()
        reason = self._reason(ended, self._child.exit_status)
        self._child = None
        number, line = self._place
        number = max(number, self._done)
        kept_count = self._articles_of_next if number == self._done else 0
        place = self._group[number].place(line)
        problem = Problem(place, reason, _remedy(kept_count), "error")
        self._ask_again([*self._group[self._done : number], problem, *self._group[number + 1 :]])

    def _ask_again(self, files: Sequence[ArticleFile | Problem]) -> None:
        self._waiting.extendleft(reversed(files))
        self._group, self._done, self._articles_of_next = [], 0, 0

    def _reason(self, ended: _Ended, status: int) -> Message:
        """Why a process that ended with this status has not read its file to the end."""
        if status >= 0 or isinstance(ended, _Silent):
            return ended.what
        match -status:
            case signal.SIGPROF:
                return N_(
                    "took longer than %(seconds)s s to read",
                    seconds=Number(self._bounds.step_s, "g"),
                )
            case signal.SIGKILL:
                return N_("had its reader killed, as the system does when memory runs out")
        return N_("crashed its reader (%(signal)s)", signal=signal.Signals(-status).name)

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _remedy(article_count: int) -> Message:
    if not article_count:
        return N_("take it out, or cut it into smaller files")
    return NN_(
        "take it out, or cut it into smaller files; the article before this place is kept",
        "take it out, or cut it into smaller files; the %(count)s articles before this place are "
        "kept",
        article_count,
    )


def _unheard(problem: Problem) -> None:
    """Stands for a report that cannot travel to another process."""


def _read_files(pipe: Connection, place: Any, bounds: Bounds) -> None:
    """The process: read each group of files that is asked for, until memory runs out."""
    _bound_memory(bounds.memory_bytes)
    pipe.send("ready")
    outbox = _Outbox(pipe, place, bounds)
    while not outbox.is_spent:
        outbox.send_group(pipe.recv())


def _bound_memory(max_bytes: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > max_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, hard))
    # Where the machine has less than that, the system shall end the reader and not the indexing.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")


class _Outbox:
    """Sends what comes of files, in messages, and has the system end a process that is stuck.

    The timer counts processor time, so that neither a busy machine nor waiting for the one that
    takes the articles makes a file look slow. It ends the process wherever it is, in a library
    that answers to nobody as well.
    """

    def __init__(self, pipe: Connection, place: Any, bounds: Bounds) -> None:
        self.is_spent = False
        self._bounds = bounds
        self._pipe = pipe
        self._place = place
        self._parts: list[_Part] = []
        # Of the file that is read:
        self._items: list[Article | GluedArticle | Problem] = []
        self._position = 0
        self._is_cut = False  # some of it has been sent
        # Of the message that gathers:
        self._item_count = 0
        self._chars = 0
        self._sent = time.monotonic()

    def send_group(self, files: Sequence[ArticleFile]) -> None:
        """Read files and send their articles and problems, each file's with a last part."""
        for number, file in enumerate(files):
            self._place[:] = number, 1
            self._read(file)
            # A file that was cut is not to be read again, so that it must be known to be done.
            if self._is_cut or self.is_spent or self._is_full():
                self._send()
            if self.is_spent:
                return
        self._send()

    def _read(self, file: ArticleFile) -> None:
        file = dataclasses.replace(
            file, report=self._put, on_bytes=self._advance, on_line=self._begin_record
        )
        self._is_cut = False
        self._advance(0)
        try:
            for article in articles_in(file):
                self._put(article)
        except MemoryError:
            self.is_spent = True
        if self.is_spent:
            file.error(
                N_(
                    "takes more than %(memory_bytes)s GB of memory to read",
                    memory_bytes=Number(self._bounds.memory_bytes / 2**30, ".1f"),
                ),
                N_("take it out, or cut it into smaller files; what was read before is kept"),
                line=self._place[1],
            )
        self._end_part(is_last=True)

    def _advance(self, position: int) -> None:
        self._position = position
        self._go_on()

    def _begin_record(self, line: int) -> None:
        self._place[1] = line

    def _put(self, item: Article | GluedArticle | Problem) -> None:
        self._items.append(item)
        self._item_count += 1
        if not isinstance(item, Problem):
            article = item.article if isinstance(item, GluedArticle) else item
            self._chars += len(article.body)
        self._go_on()

    def _go_on(self) -> None:
        """There is progress: start the timer anew, and send what has gathered."""
        signal.setitimer(signal.ITIMER_PROF, self._bounds.step_s)
        if self._is_full():
            self._end_part(is_last=False)
            self._is_cut = True
            self._send()

    def _is_full(self) -> bool:
        return (
            self._item_count >= _MESSAGE_ITEMS
            or self._chars >= _MESSAGE_CHARS
            or time.monotonic() > self._sent + _MESSAGE_S
        )

    def _end_part(self, *, is_last: bool) -> None:
        is_spent = is_last and self.is_spent
        self._parts.append(_Part(self._items, self._position, is_last, is_spent))
        self._items = []

    def _send(self) -> None:
        self._pipe.send(self._parts)
        self._parts, self._item_count, self._chars = [], 0, 0
        self._sent = time.monotonic()

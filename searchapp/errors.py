"""Every error that a user can meet.

Each error has a stable `kind` on which callers branch (the page has a sentence for each), and says
what happened, where, and what to do: in English as `str(error)`, for logs and JSON, and in other
languages as `said`, for the command line.
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from typing import ClassVar

from searchapp.translation import N_, NO_TEXT, Message, Translate

_LINE = re.compile(r":\d+\Z")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the sources that was left out or mended, reported and counted.

    where: "file" or "file:line", as the user would type it.
    what: one clause without a full stop.
    remedy: what the user can do, one clause.
    severity: "error" for an article that is missing from the index (counts for `--strict`),
        "warning" for an article that was indexed but deserves a look.
    count: of how many problems of its kind this one tells; see `problem_groups`.
    """

    where: str
    what: Message
    remedy: Message
    severity: str = "error"
    count: int = 1

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Translate) -> str:
        """The problem as one line."""
        return f"{self.where}: {translate(self.what)}; {translate(self.remedy)}"


def file_of(place: str) -> str:
    """The file of a place "file" or "file:line", as articles and problems name it."""
    return _LINE.sub("", place)


class SearchappError(Exception):
    """Base of all errors that are shown to a user as one sentence.

    what: what happened. where: the file, option or parameter, or "". remedy: what to do, or
    NO_TEXT.
    """

    kind: ClassVar[str] = "error"

    def __init__(self, what: Message, *, where: str = "", remedy: Message = NO_TEXT) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Translate) -> str:
        """The error as one sentence."""
        prefix = f"{self.where}: " if self.where else ""
        suffix = f"; {translate(self.remedy)}" if self.remedy else ""
        return f"{prefix}{translate(self.what)}{suffix}"

    @property
    def message(self) -> Message:
        """The error as one sentence, to be told as part of another one."""
        parts = [
            N_("%(where)s: %(what)s", where=self.where, what=self.what) if self.where else self.what
        ]
        return (
            N_("%(what)s; %(remedy)s", what=parts[0], remedy=self.remedy)
            if self.remedy
            else parts[0]
        )

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders when a worker of `rebuild` fails.
        return (_restore, (type(self), self.what, self.where, self.remedy))


def _restore(
    cls: type[SearchappError], what: Message, where: str, remedy: Message
) -> SearchappError:
    return cls(what, where=where, remedy=remedy)


class BadSetting(SearchappError):
    """An option or environment variable has a value that cannot be used."""

    kind = "bad_setting"


class SourceNotFound(SearchappError):
    """A file or folder with articles that was named does not exist."""

    kind = "source_not_found"


class CannotListen(SearchappError):
    """The server cannot listen on the address: it is taken, or none of this machine's."""

    kind = "cannot_listen"


class BadRequest(SearchappError):
    """A request parameter cannot be understood: HTTP 400."""

    kind = "bad_request"


class QueryTooLong(SearchappError):
    """A query exceeds the bounds on its length, words or wildcards: HTTP 413."""

    kind = "query_too_long"


class PageTooDeep(SearchappError):
    """A page number past the deepest page that is served, or past the last: HTTP 404."""

    kind = "page_too_deep"


class CursorOutdated(SearchappError):
    """A cursor leads into the results over an index that is no longer served: HTTP 410."""

    kind = "cursor_outdated"


class ArticleNotFound(SearchappError):
    """No article has the id that was asked for: HTTP 404."""

    kind = "article_not_found"


class SearchTimeout(SearchappError):
    """A search used up its time budget: HTTP 503."""

    kind = "search_timeout"


class ServerBusy(SearchappError):
    """A request waited too long for a thread that is free: HTTP 503."""

    kind = "server_busy"


class NoIndex(SearchappError):
    """There is no published generation to search: HTTP 503."""

    kind = "no_index"


class IndexOutdated(SearchappError):
    """The index was built by other code (format, schema or analyzer): HTTP 503."""

    kind = "index_outdated"


class IndexDamaged(SearchappError):
    """A file of the index is missing, cut or altered: HTTP 503."""

    kind = "index_damaged"


class IndexUnreadable(SearchappError):
    """The machine does not let the index be read now, which may be sound: HTTP 503.

    Unlike damage it may pass, and nothing may be deleted or built anew because of it.
    """

    kind = "index_unreadable"


class IndexNotCurrent(SearchappError):
    """Another generation is served than the index names, which cannot be used: HTTP 503.

    Only who asks whether the server is ready meets it. reason: the kind of error that refused it.
    """

    kind = "index_not_current"
    reason = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Its kind and that of its reason, whose sentences together say what and why."""
        return (self.kind, self.reason)


class IndexTooOld(SearchappError):
    """The index has not been brought up to date for longer than a setting allows: HTTP 503."""

    kind = "index_too_old"


class IndexLocked(SearchappError):
    """Another process is writing the index."""

    kind = "index_locked"


class RebuildFailed(SearchappError):
    """A rebuild or update was abandoned; the served generation is unchanged."""

    kind = "rebuild_failed"


class StrictProblems(SearchappError):
    """`--strict` was given and sources had problems; nothing was published."""

    kind = "strict_problems"


class FetchFailed(SearchappError):
    """A web site cannot be fetched at all, or the folder for its pages cannot be used."""

    kind = "fetch_failed"


class BadRelevanceSet(SearchappError):
    """A relevance set or its corpus cannot be used for an evaluation."""

    kind = "bad_relevance_set"


class MissingExtra(SearchappError):
    """A command needs packages that come with an extra, which is not installed."""

    kind = "missing_extra"


class BadBenchmark(SearchappError):
    """A benchmark cannot be made of this corpus or these queries, or one of its steps failed."""

    kind = "bad_benchmark"


SYSTEM_REASONS = (
    N_("Address already in use"),
    N_("Bad file descriptor"),
    N_("Broken pipe"),
    N_("Cannot allocate memory"),
    N_("Cannot assign requested address"),
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("Device or resource busy"),
    N_("Disk quota exceeded"),
    N_("File exists"),
    N_("File name too long"),
    N_("File too large"),
    N_("Input/output error"),
    N_("Invalid argument"),
    N_("Is a directory"),
    N_("No route to host"),
    N_("No space left on device"),
    N_("No such device or address"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Operation not permitted"),
    N_("Operation not supported"),
    N_("Permission denied"),
    N_("Read-only file system"),
    N_("Resource temporarily unavailable"),
    N_("Stale file handle"),
    N_("Too many levels of symbolic links"),
    N_("Too many open files"),
    N_("Too many open files in system"),
    N_("Connection timed out"),
    N_("Name or service not known"),
    N_("No address associated with hostname"),
    N_("Temporary failure in name resolution"),
)
"""What Linux says of failures that are met; Python never translates it."""
PYTHON_REASONS = (
    N_("Expecting value"),
    N_("Expecting property name enclosed in double quotes"),
    N_("Expecting ':' delimiter"),
    N_("Expecting ',' delimiter"),
    N_("Extra data"),
    N_("Unterminated string starting at"),
    N_("Invalid control character at"),
    N_("Invalid \\escape"),
    N_("Invalid \\uXXXX escape"),
    N_("invalid start byte"),
    N_("invalid continuation byte"),
    N_("unexpected end of data"),
    N_("certificate has expired"),
    N_("self-signed certificate"),
    N_("unable to get local issuer certificate"),
)
"""What Python's json and codecs and OpenSSL say; other libraries are cited in English."""


def system_reason(error: BaseException) -> Message:
    """Why something failed, in the words of the system or of a library."""
    cause = error.args[0] if error.args else ""
    if isinstance(cause, Message):
        return cause
    return Message(getattr(error, "strerror", None) or str(error))


_ABSENT = {None, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EINVAL, errno.ENODEV}
"""What the system says of a file that is not there or is no file; None says a library."""
_FREE_MEMORY = N_("give this machine or service more memory, or end what uses it up")
_MORE_FILES = N_("let the process open more files (ulimit -n, or LimitNOFILE= of a service)")
_ALLOW = N_("let this user read it, and open the folders above it")
_REMEDIES = {
    errno.EMFILE: _MORE_FILES,
    errno.ENFILE: _MORE_FILES,
    errno.ENOMEM: _FREE_MEMORY,
    errno.EACCES: _ALLOW,
    errno.EPERM: _ALLOW,
}
_SEE_TO_DISK = N_("see to the disk or network folder that it lies on, and try again")


def is_shortage(error: Exception) -> bool:
    """Whether the machine had no memory or no more files for something, which may pass."""
    return isinstance(error, MemoryError) or (
        isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
    )


def not_read(
    error: OSError | MemoryError, what: Message, *, where: object, remedy: Message
) -> IndexUnreadable | IndexDamaged:
    """What to raise for a part of the index that could not be read.

    IndexUnreadable if the machine did not let it be read now, with the remedy for that;
    IndexDamaged if it is not there, or no file. what: "the file", as it is named in the sentence.
    remedy: for damage.
    """
    if isinstance(error, MemoryError):
        error = OSError(errno.ENOMEM, "memory ran out")
    reason = system_reason(error)
    if error.errno in _ABSENT:
        return IndexDamaged(
            N_("%(what)s cannot be read (%(reason)s)", what=what, reason=reason),
            where=str(where),
            remedy=remedy,
        )
    return IndexUnreadable(
        N_("%(what)s cannot be read now (%(reason)s)", what=what, reason=reason),
        where=str(where),
        remedy=_REMEDIES.get(error.errno or 0, _SEE_TO_DISK),
    )

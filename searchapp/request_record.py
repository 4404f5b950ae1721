"""What is known of one request in the end: how long its parts took, and what it was answered from.

Whoever answers notes it here as it becomes known; nothing happens unless somebody records.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from searchapp.errors import SearchTimeout
from searchapp.model import ResultPage


@dataclass(slots=True)
class RequestRecord:
    """Made at the start of a request, and filled while it is answered.

    parts_s: seconds of each part, by name. Parts do not overlap, and what is between them is in
    none. generation: that was last answered from, or "". error: the kind of error that it was
    answered with, or "". page: the results of the last search, if there was one. is_complete: False
    where there was no time for a part of the answer, which the same request may get later. is_kept:
    whether it was answered with what an earlier one had been; the page then has no hits.
    """

    parts_s: dict[str, float] = field(default_factory=dict)
    generation: str = ""
    error: str = ""
    page: ResultPage | None = None
    is_complete: bool = True
    is_kept: bool = False


_current: ContextVar[RequestRecord | None] = ContextVar("request_record", default=None)


@contextmanager
def recorded() -> Iterator[RequestRecord]:
    """Record what is done inside, in this thread."""
    record = RequestRecord()
    token = _current.set(record)
    try:
        yield record
    finally:
        _current.reset(token)


def current_record() -> RequestRecord | None:
    """That of the request which is answered; None if nobody records."""
    return _current.get()


@contextmanager
def part(name: str) -> Iterator[None]:
    """Add the time of what is done inside to a part of the request. Takes microseconds itself."""
    record = _current.get()
    if record is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - started
        record.parts_s[name] = record.parts_s.get(name, 0.0) + seconds


def note_generation(generation: str) -> None:
    """The generation that is answered from."""
    if (record := _current.get()) is not None:
        record.generation = generation


def note_error(kind: str) -> None:
    """The kind of error that is answered."""
    if (record := _current.get()) is not None:
        record.error = kind


def note_incomplete() -> None:
    """A part of the answer for which there was no time."""
    if (record := _current.get()) is not None:
        record.is_complete = False


@contextmanager
def if_in_time() -> Iterator[None]:
    """Do what is inside, or leave it out of the answer and note that, where time runs out."""
    try:
        yield
    except SearchTimeout:
        note_incomplete()


def is_complete() -> bool:
    """Whether nothing is missing so far in what is answered."""
    record = _current.get()
    return record is None or record.is_complete


def note_page(page: ResultPage) -> None:
    """The results that were found."""
    if (record := _current.get()) is not None:
        record.page = page

"""Follows the source folders, and updates the index when something in them has changed.

Folders are watched by the system's events. Files that are named by themselves, and the folders at
the top, are looked at once a second: an editor that saves by renaming, or a folder that is mounted
anew, puts another file in the place of the one that was watched.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from searchapp.corpus import SpareProcess
from searchapp.errors import Problem
from searchapp.indexing import BuildReport, update
from searchapp.settings import Settings

if TYPE_CHECKING:
    from watchfiles.main import FileChange

QUIET_MS = 500
"""An update begins when nothing has changed for so long."""

MAX_WAIT_MS = 10_000
"""And while changes go on and on, after so long."""

LONG_UPDATE_S = 3.0
PAUSES = 3
"""After a long update there is a pause, so many times as long as what it took beyond that. Changes
that come one by one, as from `fetch`, would each write a generation."""

LOOK_EVERY_MS = 1000
FIRST_RETRY_S = 1.0
LAST_RETRY_S = 60.0
"""After a failure the update is tried again, each time after twice as long, up to this."""


def watch_sources(
    settings: Settings,
    *,
    polling: bool = False,
    on_report: Callable[[BuildReport], None],
    on_failure: Callable[[Exception], None],
    on_problem: Callable[[Problem], None],
) -> None:
    """Update the index now and after each change of the sources; never returns.

    polling: look at all files once a second, for folders of which the system tells no events.
        Without it their changes are found every `settings.watch_period_s`.
    on_report: gets the report of each update. on_failure: gets what an update, or the watching,
        has raised; once for a failure that comes again and again. on_problem: as in `update`.
    Whatever happens, it is tried again; only what is no Exception, as KeyboardInterrupt, ends it.
    """
    # Its start would take longer than to read what has changed.
    with closing(SpareProcess()) as spare:
        _watch(settings, polling, spare, on_report, on_failure, on_problem)


def _watch(
    settings: Settings,
    polling: bool,
    spare: SpareProcess,
    on_report: Callable[[BuildReport], None],
    on_failure: Callable[[Exception], None],
    on_problem: Callable[[Problem], None],
) -> None:
    failures = 0
    told = ""
    due = may_begin = 0.0
    for has_changed in _changes(settings, polling, on_failure):
        if has_changed:
            due = 0.0
        began = time.monotonic()
        if began < max(due, may_begin):
            continue
        try:
            report = update(settings, on_problem=on_problem, spare=spare)
        except Exception as error:  # The watch goes on, whatever ended this update.
            due = time.monotonic() + min(FIRST_RETRY_S * 2**failures, LAST_RETRY_S)
            failures = min(failures + 1, 10)
            if str(error) != told:
                told = str(error)
                on_failure(error)
        else:
            failures, told = 0, ""
            due = time.monotonic() + settings.watch_period_s
            on_report(report)
        now = time.monotonic()
        too_long_s = max(0.0, now - began - LONG_UPDATE_S)
        may_begin = now + min(PAUSES * too_long_s, LAST_RETRY_S)


def _changes(
    settings: Settings, polling: bool, on_failure: Callable[[Exception], None]
) -> Iterator[bool]:
    """Whether something has changed since the last time; asked for at least once a second."""
    is_anew = False
    while True:
        tops = _identities(settings.seeds)
        folders = [os.path.realpath(path) for path in settings.seeds if path.is_dir()]
        index = os.path.realpath(settings.index)
        try:
            for changes in _grouped_changes(folders, polling):
                has_moved = _identities(settings.seeds) != tops
                has_changed = any(_is_source(path, folders, index) for _, path in changes)
                yield is_anew or has_moved or has_changed
                # Nobody has watched what came before the new watch began.
                is_anew = has_moved
                if has_moved:
                    break
        except (OSError, RuntimeError) as error:
            # The system has no watches left, or a folder has gone in between.
            if not polling and all(map(os.path.isdir, folders)):
                on_failure(error)
                polling = True
            is_anew = True
            yield False
            time.sleep(LOOK_EVERY_MS / 1000)


def _grouped_changes(folders: list[str], polling: bool) -> Iterator[set[FileChange]]:
    """The paths that have changed, once it is quiet again; nothing, once a second."""
    from watchfiles import watch

    if folders:
        yield from watch(
            *folders,
            watch_filter=None,
            step=QUIET_MS,
            debounce=MAX_WAIT_MS,
            rust_timeout=LOOK_EVERY_MS,
            yield_on_timeout=True,
            force_polling=polling or None,
            poll_delay_ms=LOOK_EVERY_MS,
            ignore_permission_denied=True,
        )
    while True:
        time.sleep(LOOK_EVERY_MS / 1000)
        yield set()


def _identities(paths: tuple[Path, ...]) -> list[tuple[int, ...]]:
    """Of each path what differs when something else is in its place; of a file, when it changes."""
    found: list[tuple[int, ...]] = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            found.append((0,))
        else:
            inner = () if path.is_dir() else (stat.st_size, stat.st_mtime_ns)
            found.append((stat.st_dev, stat.st_ino, *inner))
    return found


def _is_source(changed: str, folders: list[str], index: str) -> bool:
    """Whether a path below one of the folders may hold articles.

    What is hidden holds none. An update writes into the index, which may be in a source folder: it
    must not be the cause of another.
    """
    if changed == index or changed.startswith(index + os.sep):
        return False
    for folder in folders:
        if changed.startswith(folder + os.sep):
            parts = Path(changed[len(folder) + 1 :]).parts
            return not any(part.startswith(".") for part in parts)
    return True

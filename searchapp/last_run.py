"""What the last rebuild or update did: kept beside the generations, for those who watch over them.

An update that finds nothing to do publishes no generation, and one that fails leaves none behind;
both are told here, in the file `.last-run.json` of the index folder.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from searchapp.errors import IndexLocked, SearchappError

FILE = ".last-run.json"
_MAX_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class LastRun:
    """A rebuild or update that has ended.

    command: "rebuild" or "update". ended_s: Unix time. error: the kind of error that it ended
    with, or "". succeeded_s: when one last ended without, or 0. published: whether it made a new
    generation. The numbers of articles are those of a BuildReport, of a run without an error.
    """

    command: str = ""
    ended_s: float = 0.0
    succeeded_s: float = 0.0
    error: str = ""
    published: bool = False
    seconds: float = 0.0
    articles: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0
    left_out: int = 0
    warnings: int = 0

    @property
    def ended_at(self) -> str:
        """ISO 8601, UTC; "" if there was none."""
        if not self.ended_s:
            return ""
        return dt.datetime.fromtimestamp(self.ended_s, dt.UTC).isoformat(timespec="seconds")


def last_run(index: Path) -> LastRun:
    """The last run that wrote into an index folder; an empty one where none is known."""
    try:
        with (index / FILE).open("rb") as file:
            values = json.loads(file.read(_MAX_BYTES))
        run = LastRun(**values)
        if any(type(getattr(run, each.name)) is not type(each.default) for each in fields(run)):
            raise TypeError
    except (OSError, ValueError, TypeError, RecursionError):
        # Nothing depends on it but what is shown of it.
        return LastRun()
    return run


@contextmanager
def run_kept(index: Path, command: str) -> Iterator[Callable[[object], None]]:
    """Keep what becomes of a run: yields what is to be called with its BuildReport.

    What cannot be written is left out. A run that found another one at work is none.
    """
    before = last_run(index)
    started = time.monotonic()
    run = LastRun(command, succeeded_s=before.succeeded_s)

    def take(report: object) -> None:
        nonlocal run
        told = {each.name for each in fields(LastRun)} & set(dir(report))
        run = replace(
            run, **{name: getattr(report, name) for name in told}, succeeded_s=time.time()
        )

    try:
        yield take
    except IndexLocked:
        raise
    except SearchappError as error:
        _write(index, replace(run, error=error.kind, seconds=time.monotonic() - started))
        raise
    _write(index, run)


def _write(index: Path, run: LastRun) -> None:
    draft = index / (FILE + ".new")
    with suppress(OSError):
        draft.write_text(json.dumps(asdict(replace(run, ended_s=time.time())), indent=1), "utf-8")
        draft.replace(index / FILE)

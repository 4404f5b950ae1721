"""Which queries are asked, how often, and which of them find nothing: counted, not logged.

A row is a query on a day with its counts: no address, no cookie, no time of day and no order in
which queries came, so that no reader can be followed. It is an SQLite file of its own, which the
owner has to ask for; rows are deleted after a set number of days, and overwritten.
"""

from __future__ import annotations

import atexit
import datetime as dt
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from searchapp.errors import BadSetting, system_reason
from searchapp.translation import N_

MAX_ROWS: Final = 100_000
"""Queries of all days together. Beyond that the rarest are dropped, the oldest of these first."""
MAX_WAITING: Final = 5_000
"""Different queries that a process holds until they are written; further ones are not counted."""
WRITE_PERIOD_S: Final = 1.0
BUSY_TIMEOUT_S: Final = 10.0
DELETE_PERIOD_S: Final = 3600.0

_VERSION: Final = 1
# query: as it was last typed. key: the same, however it is capitalized. day: number of the day, as
# `date.toordinal` has it, in UTC. times: how often it was asked; empty: of these without results.
# total: the results that it had last.
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS asked (
    day INTEGER, key TEXT, query TEXT, times INTEGER, empty INTEGER, total INTEGER,
    PRIMARY KEY (day, key)
) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_COUNT = """
INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (day, key) DO UPDATE SET query = excluded.query, times = times + excluded.times,
    empty = empty + excluded.empty, total = excluded.total
"""
# The columns beside max() are those of the row that has it.
_ASKED = """
SELECT query, sum(times) AS times, sum(empty) AS empty, total, max(day) AS day FROM asked
WHERE day > ? GROUP BY key HAVING (NOT ?) OR total = 0 ORDER BY times DESC, key LIMIT ?
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """A query, and how often it was asked in the days that are kept.

    empty_times: of these without results. total: its results at the last time. last_day: of that.
    """

    query: str
    times: int
    empty_times: int
    total: int
    last_day: dt.date


class QueryStore:
    """The file. May be used by several processes and threads at once."""

    def __init__(self, path: Path, keep_days: int) -> None:
        """Nothing is opened yet."""
        self.path = path
        self._keep_days = keep_days

    def prepare(self) -> None:
        """Make the file if there is none, and delete what is too old. Raises BadSetting."""
        try:
            # Nobody else on this machine is to read what people look for.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with closing(self._connection()) as connection:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                if version not in (0, _VERSION):
                    raise self._unusable(
                        N_("it is of another version (%(version)s)", version=version)
                    )
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
                self._delete_old(connection)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(system_reason(error)) from error

    def add(self, counts: Mapping[tuple[int, str], Counted]) -> None:
        """Add counts by day and key. Raises sqlite3.Error."""
        with closing(self._connection()) as connection, _writing(connection):
            connection.executemany(
                _COUNT,
                [
                    (day, key, each.query, each.times, each.empty_times, each.total)
                    for (day, key), each in counts.items()
                ],
            )
            (rows,) = connection.execute("SELECT count(*) FROM asked").fetchone()
            if rows > MAX_ROWS:
                connection.execute(
                    "DELETE FROM asked WHERE (day, key) IN"
                    " (SELECT day, key FROM asked ORDER BY times, day LIMIT ?)",
                    (rows - MAX_ROWS,),
                )

    def delete_old(self) -> None:
        """Delete what has been kept for long enough. Raises sqlite3.Error."""
        with closing(self._connection()) as connection:
            self._delete_old(connection)

    def asked(self, *, limit: int, only_empty: bool = False) -> list[AskedQuery]:
        """The most frequent queries, or of those that found nothing at the last time.

        Raises BadSetting if there is no file, or none that can be read.
        """
        uri = f"file:{quote(os.fsencode(self.path.absolute()))}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
                rows = connection.execute(_ASKED, (self._last_old_day(), only_empty, limit))
                return [
                    AskedQuery(query, times, empty, total, dt.date.fromordinal(day))
                    for query, times, empty, total, day in rows
                ]
        except sqlite3.Error as error:
            if not self.path.exists():
                raise self._unusable(N_("there is no such file; the server makes it")) from error
            raise self._unusable(system_reason(error)) from error

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _delete_old(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM asked WHERE day <= ?", (self._last_old_day(),))

    def _last_old_day(self) -> int:
        return today() - self._keep_days

    def _unusable(self, why: str) -> BadSetting:
        return BadSetting(
            N_("the store of queries cannot be used (%(why)s)", why=why),
            where=str(self.path),
            remedy=N_("name a file, of its own, in a folder that the server may write to"),
        )


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def today() -> int:
    """The number of the day, in UTC."""
    return dt.datetime.now(dt.UTC).toordinal()


class Counted:
    """What one process has counted of a query."""

    __slots__ = ("empty_times", "query", "times", "total")

    def __init__(self) -> None:
        self.query = ""
        self.times = self.empty_times = self.total = 0


class QueryCounter:
    """Counts queries in memory, and has a thread of its own write them; nobody waits for that.

    What a process has not written when it is killed is lost: the queries of a second.
    """

    def __init__(self, store: QueryStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._has_some = threading.Event()
        self._waiting: dict[tuple[int, str], Counted] = {}
        self._writer_process = 0
        self._told = ""

    def count(self, query: str, total: int) -> None:
        """Count a query with its number of results."""
        # Strangers typed it, and a terminal is to show it.
        printable = "".join(char if char.isprintable() else " " for char in query)
        query = " ".join(printable.split()).encode("utf-8", "replace").decode()
        if not query:
            return
        place = (today(), query.casefold())
        with self._lock:
            if place not in self._waiting and len(self._waiting) >= MAX_WAITING:
                return
            counted = self._waiting.setdefault(place, Counted())
            counted.query, counted.total = query, total
            counted.times += 1
            counted.empty_times += not total
            if self._writer_process != os.getpid():
                self._start()
        self._has_some.set()

    def _start(self) -> None:
        # Here and not at first: a thread does not come along when a process is forked.
        self._writer_process = os.getpid()
        threading.Thread(target=self._write_on, name="queries", daemon=True).start()
        atexit.register(self.write)

    def _write_on(self) -> None:
        deleted = time.monotonic()
        while True:
            self._has_some.wait(DELETE_PERIOD_S)
            self._has_some.clear()
            self.write()
            if time.monotonic() - deleted > DELETE_PERIOD_S:
                deleted = time.monotonic()
                with suppress(sqlite3.Error):
                    self._store.delete_old()
            time.sleep(WRITE_PERIOD_S)

    def write(self) -> None:
        """Write what has been counted. What cannot be written is dropped, which is logged once."""
        with self._lock:
            counts, self._waiting = self._waiting, {}
        if not counts:
            return
        try:
            self._store.add(counts)
        except sqlite3.Error as error:
            if str(error) != self._told:
                self._told = str(error)
                log.error("%s: queries are not counted (%s)", self._store.path, error)
        else:
            self._told = ""

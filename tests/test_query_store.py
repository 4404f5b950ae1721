"""Queries are counted without what could tell who asked, in a bounded file, and nobody waits."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from searchapp import query_store
from searchapp.errors import BadSetting
from searchapp.query_store import Counted, QueryCounter, QueryStore, today

COUNTING = """
import sys
from pathlib import Path
from searchapp.query_store import QueryCounter, QueryStore
counter = QueryCounter(QueryStore(Path(sys.argv[1]), 30))
for number in range(200):
    counter.count(f"Frage {number % 20}", number % 2)
"""


@pytest.fixture
def store(tmp_path: Path) -> QueryStore:
    store = QueryStore(tmp_path / "queries.sqlite", 30)
    store.prepare()
    return store


def counted(query: str, times: int, *, total: int = 0) -> Counted:
    made = Counted()
    made.query, made.times, made.total = query, times, total
    made.empty_times = 0 if total else times
    return made


def test_queries_are_counted_however_they_are_typed(store: QueryStore) -> None:
    """The most frequent first, with what they found at the last time."""
    counter = QueryCounter(store)
    for query, total in (("LKW", 0), (" lkw ", 3), ("Torf", 5), ("LKW  Maut", 0), ("  ", 1)):
        counter.count(query, total)
    counter.write()
    found = {
        each.query: (each.times, each.empty_times, each.total) for each in store.asked(limit=9)
    }
    assert found == {"lkw": (2, 1, 3), "Torf": (1, 0, 5), "LKW Maut": (1, 1, 0)}
    assert store.asked(limit=1)[0].query == "lkw"
    assert [each.query for each in store.asked(limit=9, only_empty=True)] == ["LKW Maut"]


def test_nothing_tells_who_asked_or_when(store: QueryStore) -> None:
    """The columns are these, and nobody else on the machine may read them."""
    with closing(sqlite3.connect(store.path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(asked)")]
    assert columns == ["day", "key", "query", "times", "empty", "total"]
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_old_queries_are_deleted_and_overwritten(tmp_path: Path) -> None:
    """They are not shown on the day on which they are too old, and leave the file."""
    path = tmp_path / "queries.sqlite"
    store = QueryStore(path, 3)
    store.prepare()
    days = {(today() - age, f"frage{age}"): counted(f"Frage{age}", 1) for age in range(6)}
    store.add(days)
    assert {each.query for each in store.asked(limit=9)} == {"Frage0", "Frage1", "Frage2"}
    store.delete_old()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM asked").fetchone() == (3,)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"rage5" not in path.read_bytes()
    assert b"rage1" in path.read_bytes()


def test_the_last_day_is_told(store: QueryStore) -> None:
    """Counts of several days are added up; the newest says what was found."""
    yesterday = counted("Torf", 2)
    store.add({(today() - 1, "torf"): yesterday, (today(), "torf"): counted("TORF", 1, total=7)})
    (asked,) = store.asked(limit=9)
    assert (asked.query, asked.times, asked.empty_times, asked.total) == ("TORF", 3, 2, 7)
    assert asked.last_day == dt.date.fromordinal(today())


def test_the_file_is_bounded(store: QueryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever floods it with queries of their own does not drive out the frequent ones."""
    monkeypatch.setattr(query_store, "MAX_ROWS", 50)
    store.add({(today(), "torf"): counted("Torf", 5)})
    store.add({(today(), f"x{number}"): counted(f"x{number}", 1) for number in range(200)})
    found = store.asked(limit=1000)
    assert len(found) == 50
    assert found[0].query == "Torf"


def test_what_waits_is_bounded(store: QueryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process does not grow while the file cannot be written."""
    monkeypatch.setattr(query_store, "MAX_WAITING", 10)
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        counter = QueryCounter(store)
        for number in range(1000):
            counter.count(f"x{number}", 0)
        connection.execute("ROLLBACK")
    counter.write()
    assert len(store.asked(limit=1000)) <= 20


def test_many_processes_and_threads_lose_nothing(store: QueryStore) -> None:
    """Each writes what it has counted when it ends, while others do."""
    processes = [
        subprocess.Popen([sys.executable, "-c", COUNTING, str(store.path)]) for _ in range(4)
    ]
    counter = QueryCounter(store)

    def count() -> None:
        for _ in range(500):
            counter.count("Torf", 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        assert process.wait(60) == 0
    counter.write()
    asked = store.asked(limit=100)
    assert sum(each.times for each in asked if each.query != "Torf") == 800
    # The thread of the counter may be writing the last ones just now.
    end = time.monotonic() + 30
    while store.asked(limit=1)[0].times != 2000:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_nobody_waits_for_a_file_that_is_held(store: QueryStore) -> None:
    """Counting goes on; what was counted meanwhile is written when the file is free."""
    counter = QueryCounter(store)
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        # If any of these waited for the file, the test would wait for itself.
        for _ in range(1000):
            counter.count("Torf", 1)
        connection.execute("ROLLBACK")
    end = time.monotonic() + 60
    while not (asked := store.asked(limit=1)) or asked[0].times != 1000:
        assert time.monotonic() < end
        counter.write()
        time.sleep(0.05)


@pytest.mark.parametrize("content", [b"kein SQLite, sondern etwas anderes" * 40, None])
def test_a_file_that_is_none_is_told_and_left_alone(tmp_path: Path, content: bytes | None) -> None:
    """Also one of a newer version, and one in a folder that there is not."""
    path = tmp_path / "queries.sqlite"
    if content is None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 9")
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(BadSetting, match="the store of queries cannot be used"):
        QueryStore(path, 30).prepare()
    assert path.read_bytes() == before
    with pytest.raises(BadSetting, match="nichts"):
        QueryStore(tmp_path / "nichts" / "queries.sqlite", 30).prepare()
    with pytest.raises(BadSetting, match="no such file"):
        QueryStore(tmp_path / "fehlt.sqlite", 30).asked(limit=1)


def test_a_file_that_breaks_is_told_once(
    store: QueryStore, caplog: pytest.LogCaptureFixture
) -> None:
    """And no request fails for it."""
    os.truncate(store.path, 100)
    counter = QueryCounter(store)
    for _ in range(3):
        counter.count("Torf", 1)
        counter.write()
    told = [each for each in caplog.records if "queries are not counted" in each.getMessage()]
    assert len(told) <= 1


def test_what_strangers_typed_cannot_move_a_terminal(store: QueryStore) -> None:
    """Escapes and line breaks are blanks, and half a letter is none."""
    counter = QueryCounter(store)
    counter.count("\x1b[31mrot\nTorf \ud800", 1)
    counter.write()
    (asked,) = store.asked(limit=1)
    assert asked.query == "[31mrot Torf"

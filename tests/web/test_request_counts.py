"""The table of counts that the processes of a server share."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

from searchapp.web.request_counts import BUCKETS, SLOTS, RequestCounts


def test_processes_count_together() -> None:
    """No request is lost, though many are counted at the same moment."""
    counts = RequestCounts()
    _in_processes(counts, 4, 250)
    assert counts.get("reader") == 1000


def _in_processes(counts: RequestCounts, processes: int, times: int) -> None:
    context = multiprocessing.get_context("fork")
    started = [context.Process(target=_count, args=(counts, times)) for _ in range(processes)]
    for each in started:
        each.start()
    for each in started:
        each.join()
        assert each.exitcode == 0


def _count(counts: RequestCounts, times: int) -> None:
    for _ in range(times):
        counts.incr("reader", 60)


def test_a_killed_process_keeps_nobody_waiting() -> None:
    """It may die at any moment of its counting."""
    counts = RequestCounts()
    context = multiprocessing.get_context("fork")
    for _ in range(10):
        process = context.Process(target=_count, args=(counts, 1_000_000))
        process.start()
        before = counts.get("reader")
        while counts.get("reader") == before:
            time.sleep(0.001)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        now = counts.get("reader")
        assert counts.incr("reader", 60) == now + 1


def test_a_count_ends() -> None:
    """The window begins with the first request, and another one with the first after it."""
    counts = RequestCounts()
    assert [counts.incr("a", 60), counts.incr("a", 60), counts.incr("b", 60)] == [1, 2, 1]
    assert 0 < counts.get_expiry("a") - time.time() <= 60
    assert counts.incr("short", 0) == 1
    assert counts.get("short") == 0
    counts.clear("a")
    assert (counts.get("a"), counts.get("b")) == (0, 1)
    counts.reset()
    assert counts.get("b") == 0


def test_who_asks_most_is_not_forgotten() -> None:
    """However many other clients there are, real or made up, the table does not grow."""
    counts = RequestCounts()
    for _ in range(50):
        counts.incr("busy", 3600)
    for number in range(BUCKETS * SLOTS + 5_000):
        counts.incr(f"client {number}", 3600)
    assert counts.get("busy") == 50

"""One budget a request, and parts of it that never outlast it."""

from __future__ import annotations

import math
import threading
import time

import pytest

from searchapp.deadline import NEVER, Deadline, request_since, take_turn
from searchapp.errors import SearchTimeout


def test_a_deadline_in_the_past_is_over() -> None:
    """With a sentence that says what to do."""
    with pytest.raises(SearchTimeout, match="longer than -1 seconds"):
        Deadline(-1).check()


def test_time_that_is_left_is_counted_down() -> None:
    """What waits for others takes it as its timeout; it is never negative."""
    assert 5900 < Deadline(6000).remaining_s <= 6000
    assert Deadline(-1).remaining_s == 0


def test_a_part_is_a_share_that_ends_with_its_whole() -> None:
    """Parts nest, and leave the rest of the time to who gave them out."""
    assert 1400 < Deadline(6000).part(0.25).remaining_s <= 1500
    assert 700 < Deadline(6000).part(0.25).part(0.5).remaining_s <= 750
    spent = Deadline(100, parent=Deadline(-1)).part(1.0)
    with pytest.raises(SearchTimeout):
        spent.check()


def test_never_is_never_over() -> None:
    """Nor is any part of it."""
    NEVER.check()
    NEVER.part(0.1).check()
    assert NEVER.remaining_s == math.inf


def test_a_request_has_one_budget_from_its_arrival() -> None:
    """However often it asks; what is asked outside of a request begins then."""
    with request_since(time.monotonic() - 100):
        assert Deadline.of_request(6000).remaining_s <= 5900
        with pytest.raises(SearchTimeout):
            Deadline.of_request(99).check()
    assert Deadline.of_request(6000).remaining_s > 5900


def test_a_turn_is_kept_until_the_request_has_been_answered() -> None:
    """The next one waits no longer than it has time for."""
    turns = threading.Semaphore(1)
    with request_since(time.monotonic()):
        take_turn(turns, Deadline(6000))
        with pytest.raises(SearchTimeout, match="others were not done"):
            take_turn(turns, Deadline(0))
    take_turn(turns, Deadline(0))
    take_turn(turns, Deadline(0))  # Outside of a request none is kept.

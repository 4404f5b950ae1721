"""One budget a request, and parts of it that never outlast it."""

from __future__ import annotations

import math

import pytest

from searchapp.deadline import NEVER, Deadline
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

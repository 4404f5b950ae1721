"""Tables that are made when somebody asks for them."""

from __future__ import annotations

import traceback

import pytest

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.evaluation import made_once
from searchapp.engines.evaluation.made_once import IsGivenUp, MadeOnce
from searchapp.errors import SearchTimeout

PATIENCE_S = 60.0


class _Maker:
    """Makes a table once there is enough memory, and counts how often it was asked to."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.tries = 0

    def __call__(self, is_given_up: IsGivenUp) -> str:
        assert not is_given_up()
        self.tries += 1
        if self.tries <= self.failures:
            raise MemoryError("no room")
        return "table"


def test_a_table_is_made_once() -> None:
    """However often it is asked for."""
    maker = _Maker(0)
    table = MadeOnce(maker)
    assert [table.get(Deadline(PATIENCE_S)) for _ in range(3)] == ["table"] * 3
    assert maker.tries == 1
    table.close()


def test_nobody_waits_for_a_table_that_was_given_up_before() -> None:
    """As another table does that is being made of it while the index is closed."""
    maker = _Maker(0)
    table = MadeOnce(maker)
    table.close()
    for deadline in (Deadline(PATIENCE_S), NEVER):
        with pytest.raises(SearchTimeout):
            table.get(deadline)
    assert not maker.tries


def test_a_failure_is_told_and_not_tried_again_at_once() -> None:
    """Its traceback does not grow with each that it is told to."""
    maker = _Maker(1)
    table = MadeOnce(maker)
    frames = set()
    for _ in range(3):
        with pytest.raises(MemoryError, match="no room") as told:
            table.get(Deadline(PATIENCE_S))
        frames.add(len(traceback.extract_tb(told.value.__traceback__)))
    assert maker.tries == 1
    assert len(frames) == 1
    table.close()


def test_after_a_pause_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shortage of memory passes."""
    monkeypatch.setattr(made_once, "PAUSE_S", 0.0)
    maker = _Maker(2)
    table = MadeOnce(maker)
    for _ in range(2):
        with pytest.raises(MemoryError):
            table.get(Deadline(PATIENCE_S))
    assert table.get(Deadline(PATIENCE_S)) == "table"
    assert maker.tries == 3
    table.close()

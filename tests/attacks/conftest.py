"""The count of tries of a test, which pytest's summary shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.attacks.tally import Tally


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Tally]:
    """Counts the tries of one test; fails it in the end if not all were survived."""
    counted = Tally()
    yield counted
    record_property("attack", str(counted))
    counted.check()

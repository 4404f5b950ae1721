"""Leaving garbage for a while, and going on to collect it."""

from __future__ import annotations

import gc

import pytest

from searchapp.garbage import garbage_left


def test_it_is_collected_again_behind_the_block() -> None:
    assert gc.isenabled()
    with garbage_left():
        assert not gc.isenabled()
        with garbage_left():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_collected_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="amid"), garbage_left():
        raise ValueError("amid")
    assert gc.isenabled()

"""Readers meet files that are broken in many ways, and say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.corpus import SUFFIXES
from tests.corpus.mutations import exceptions_of, mutated_file


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_no_mutation_raises(suffix: str, tmp_path: Path) -> None:
    """What a reader raises is caught, and told as a fault of ours: there is none."""

    @settings(max_examples=settings().max_examples // 4)
    @given(st.integers(0, 10**6))
    def check(number: int) -> None:
        path = mutated_file(tmp_path, suffix, number)
        assert not exceptions_of(path)
        path.unlink()

    check()

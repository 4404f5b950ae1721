"""Sets of documents: however they are given, they find the same places in a list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.evaluation.doc_set import DocSet

doc_numbers = st.sets(st.integers(0, 299)).map(sorted)


@given(doc_numbers, doc_numbers, st.sampled_from(("u2", "i4", "u4", "i8")))
@pytest.mark.parametrize("given_as", ["docs", "mask", "both"])
def test_the_places_of_a_set_in_a_list_are_those_of_a_plain_scan(
    given_as: str, held: list[int], listed: list[int], dtype: str
) -> None:
    """By bisection or by a mask, in either direction, whatever the dtype of the list."""
    docs = np.asarray(held, dtype=np.intp)
    mask = np.isin(np.arange(300), docs)
    doc_set = DocSet(
        300,
        docs=docs if given_as != "mask" else None,
        mask=mask if given_as != "docs" else None,
    )
    places = doc_set.places_in(np.asarray(listed, dtype=dtype))
    assert places.tolist() == [i for i, doc in enumerate(listed) if doc in set(held)]
    assert len(doc_set) == len(held)
    assert doc_set.docs.tolist() == held
    assert doc_set.mask.tolist() == mask.tolist()


@pytest.mark.parametrize("count", [1, 100, 20_000])
def test_short_and_long_lists_are_cut_down_alike(count: int) -> None:
    """The cheaper way depends on the lengths; the answer does not."""
    chance = np.random.default_rng(count)
    docs = np.sort(chance.choice(1_000_000, 5_000, replace=False))
    listed = np.union1d(chance.choice(1_000_000, count), docs[:: 10_000 // min(count, 5_000)])
    expected = np.flatnonzero(np.isin(listed, docs)).tolist()
    assert DocSet(1_000_000, docs=docs).places_in(listed).tolist() == expected
    assert DocSet(1_000_000, docs=docs).places_in(listed.astype(np.uint32)).tolist() == expected

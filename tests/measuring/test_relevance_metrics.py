"""Metrics agree with their definitions, and intervals and p-values with the theory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.measuring.relevance_metrics import (
    METRICS,
    bootstrap_interval,
    measure,
    permutation_p_value,
)


def ndcg_10(judgments: Mapping[str, int], ranking: Sequence[str]) -> float:
    """Järvelin & Kekäläinen's nDCG in the form of trec_eval, written down once more."""

    def dcg(gains: Sequence[int]) -> float:
        return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:10], 1))

    ideal = dcg(sorted(judgments.values(), reverse=True))
    return dcg([judgments.get(each, 0) for each in ranking]) / ideal


DOC_IDS = st.sampled_from([f"d{number}" for number in range(30)])
JUDGED = st.dictionaries(DOC_IDS, st.integers(0, 3), min_size=1).filter(lambda j: any(j.values()))


@given(st.lists(st.tuples(JUDGED, st.lists(DOC_IDS, unique=True)), min_size=1, max_size=5))
def test_metrics_agree_with_their_definitions(
    cases: list[tuple[dict[str, int], list[str]]],
) -> None:
    """nDCG, recall and reciprocal rank of any ranking are what the textbook says."""
    judgments = {f"q{number}": judged for number, (judged, _) in enumerate(cases)}
    rankings = {f"q{number}": ranking for number, (_, ranking) in enumerate(cases)}
    values = measure(judgments, rankings)
    for number, (judged, ranking) in enumerate(cases):
        relevant = {doc_id for doc_id, relevance in judged.items() if relevance}
        ranks = [rank for rank, each in enumerate(ranking[:10], 1) if each in relevant]
        expected = {
            "ndcg@10": ndcg_10(judged, ranking),
            "recall@10": len(ranks) / len(relevant),
            "recall@100": len(relevant.intersection(ranking[:100])) / len(relevant),
            "mrr@10": 1 / ranks[0] if ranks else 0.0,
        }
        assert {name: values[name][number] for name in METRICS} == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
@settings(max_examples=settings().max_examples // 5)
def test_intervals_hold_and_repeat(values: list[float]) -> None:
    """An interval stays within the values and is the same in every run."""
    array = np.array(values)
    low, high = bootstrap_interval(array)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
    assert bootstrap_interval(array) == (low, high)


def test_the_interval_is_that_of_the_normal_distribution() -> None:
    """For many values the bootstrap agrees with mean ± 1.96 standard errors."""
    values = np.random.default_rng(1).normal(0.5, 0.1, 2000)
    error = 1.96 * values.std() / math.sqrt(len(values))
    expected = (values.mean() - error, values.mean() + error)
    assert bootstrap_interval(values) == pytest.approx(expected, abs=error / 10)


def test_the_p_value_is_that_of_all_permutations() -> None:
    """Of 2^10 signs of ten equal differences only two give as large a sum; none beats zero."""
    assert permutation_p_value(np.full(10, 0.1)) == pytest.approx(2 / 2**10, abs=0.001)
    assert permutation_p_value(np.zeros(10)) == 1.0
    assert permutation_p_value(np.array([0.3, -0.3] * 5)) == 1.0

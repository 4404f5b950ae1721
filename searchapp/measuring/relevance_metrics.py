"""Metrics of rankings, query by query, and how sure their means and differences are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType

import numpy as np
import numpy.typing as npt

from searchapp.errors import MissingExtra
from searchapp.translation import N_

METRICS = ("ndcg@10", "recall@10", "recall@100", "mrr@10")
DEPTH = 100
"""Hits of a query that the deepest metric looks at."""

RESAMPLES = 1_000
PERMUTATIONS = 10_000
SEED = 2024
"""For all random numbers, so that two runs print the same intervals."""

Values = npt.NDArray[np.float64]
"""One value for each query, shape (n queries,)."""


def measure(
    judgments: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, Values]:
    """The METRICS of each query, from 0 to 1, in the order of the rankings.

    nDCG weighs ranks by 1 / log2(rank + 1), with the relevance itself as the gain.
    judgments: by query id, the relevance of article ids, at least those of all rankings.
    Raises MissingExtra.
    """
    library = metric_library()
    metrics = {
        library.nDCG @ 10: "ndcg@10",
        library.R @ 10: "recall@10",
        library.R @ 100: "recall@100",
        library.RR @ 10: "mrr@10",
    }
    places = {query_id: place for place, query_id in enumerate(rankings)}
    values = {name: np.zeros(len(rankings)) for name in METRICS}
    # The library sorts by score. The negative rank serves as one, so that ties keep their order.
    run = {
        query_id: {doc_id: -float(rank) for rank, doc_id in enumerate(ranking)}
        for query_id, ranking in rankings.items()
    }
    qrels = {query_id: dict(judgments[query_id]) for query_id in rankings}
    for each in library.iter_calc(metrics, qrels, run):
        values[metrics[each.measure]][places[each.query_id]] = each.value
    return values


def metric_library() -> ModuleType:
    try:
        import ir_measures
    except ImportError:
        raise MissingExtra(
            N_("metrics are computed by the package ir-measures, which is not installed"),
            remedy=N_("run: pip install 'searchapp[evaluate]'"),
        ) from None
    return ir_measures


def bootstrap_interval(values: Values) -> tuple[float, float]:
    """The percentile bootstrap 95 % interval of the mean of values, one for each query.

    Intervals of arrays of one length are made from the same resamples of the queries.
    """
    random = np.random.default_rng(SEED)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def permutation_p_value(differences: Values) -> float:
    """The two-sided p-value of the paired permutation test on differences, one for each query.

    If two rankings are equally good, each difference could as well have the other sign
    (Smucker, Allan & Carterette 2007, "A comparison of statistical significance tests").
    """
    random = np.random.default_rng(SEED)
    observed = abs(differences.sum())
    # Sums in another order differ in their last bits.
    at_least = observed - 1e-9 * np.abs(differences).sum()
    extreme = sum(
        abs(differences @ random.choice((-1.0, 1.0), len(differences))) >= at_least
        for _ in range(PERMUTATIONS)
    )
    return float(extreme + 1) / (PERMUTATIONS + 1)

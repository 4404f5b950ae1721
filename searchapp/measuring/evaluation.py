"""How relevant the hits are: every query of a relevance set is searched, the ranks are measured.

The articles go through the real pipeline into an index of their own, and each query through the
same search as a reader's. Tags are withheld: the queries of a set may have been made from them,
and a search that reads the answer in the tags is not measured.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt

from searchapp.corpus import read_articles, source_bytes
from searchapp.engines.selection import select_engine
from searchapp.errors import (
    BadRelevanceSet,
    MissingExtra,
    Problem,
    QueryTooLong,
    SearchTimeout,
)
from searchapp.indexing import rebuild
from searchapp.measuring.relevance_sets import RelevanceSet
from searchapp.model import SearchRequest
from searchapp.progress import SILENT, Progress
from searchapp.searching import SearchService
from searchapp.settings import Settings

METRICS = ("ndcg@10", "recall@10", "recall@100", "mrr@10")

DEPTH = 100
"""So many hits of each query are looked at: as deep as the deepest metric."""
TIME_BUDGET_S = 60.0
"""Of one query: it is the ranking that is measured, and not how busy the machine is."""

RESAMPLES = 1_000
PERMUTATIONS = 10_000
SEED = 2024
"""Of all random numbers, so that two runs print the same intervals."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well one choice of settings answers the queries of a relevance set.

    rankings: by query id, the ids of the hits, best first.
    values: by metric, one value from 0 to 1 for each query, in the order of `rankings`.
    refused: ids of the queries that were too long or out of time; they count as finding nothing.
    articles: number of articles that were searched.
    missing: number of relevant judgments of articles that are not among them; each counts as
        not found.
    index_seconds: 0 where the index of another evaluation could be used.
    """

    rankings: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Values]
    refused: tuple[str, ...]
    articles: int
    missing: int
    index_seconds: float
    search_seconds: float

    def mean(self, metric: str) -> float:
        """The mean over the queries, from 0 to 100."""
        return 100 * float(self.values[metric].mean())

    def interval(self, metric: str) -> tuple[float, float]:
        """The bootstrap 95 % interval of the mean."""
        low, high = bootstrap_interval(self.values[metric])
        return 100 * low, 100 * high


@dataclass(frozen=True, slots=True)
class Difference:
    """What a metric gains from one evaluation to another of the same queries.

    mean, interval: in points, with the bootstrap 95 % interval.
    p_value: the chance of a difference at least as large if the two were equally good.
    """

    mean: float
    interval: tuple[float, float]
    p_value: float


def evaluate(
    relevance_set: RelevanceSet,
    variants: Sequence[Settings],
    *,
    progress: Progress = SILENT,
    on_problem: Callable[[Problem], None] | None = None,
) -> tuple[Evaluation, ...]:
    """Measure each of some settings on a relevance set, all on the same articles.

    variants: `seeds` and `index` are not used; the time budget and the longest page are those
        of an evaluation. Settings of which the index depends get an index of their own.
    on_problem: told of articles that cannot be read, as by `rebuild`.
    Raises MissingExtra, BadRelevanceSet, BadSetting, RebuildFailed.
    """
    # What is wrong is found now, and not after minutes of indexing.
    _metric_library()
    engines = [select_engine(variant) for variant in variants]
    on_problem = on_problem or (lambda _: None)
    with tempfile.TemporaryDirectory(prefix="searchapp-evaluate-") as folder:
        docs = Path(folder) / "docs.jsonl"
        ids = _write_docs(docs, relevance_set, progress, on_problem)
        missing = _missing(relevance_set, ids)
        indexes: dict[str, Path] = {}
        evaluations = []
        for variant, engine in zip(variants, engines, strict=True):
            identity = f"{engine.name}; {engine.fingerprint()}"
            is_new = identity not in indexes
            index = indexes.setdefault(identity, Path(folder) / f"index-{len(indexes)}")
            settings = dataclasses.replace(
                variant,
                seeds=(docs,),
                index=index,
                time_budget_s=TIME_BUDGET_S,
                limits=dataclasses.replace(variant.limits, max_per_page=DEPTH),
            )
            started = time.monotonic()
            if is_new:
                rebuild(settings, progress=progress, on_problem=on_problem)
            indexed = time.monotonic()
            rankings, refused = _search(settings, relevance_set.queries, progress)
            evaluations.append(
                Evaluation(
                    rankings=rankings,
                    values=measure(relevance_set.judgments, rankings),
                    refused=refused,
                    articles=len(ids),
                    missing=missing,
                    index_seconds=indexed - started if is_new else 0.0,
                    search_seconds=time.monotonic() - indexed,
                )
            )
    return tuple(evaluations)


def _write_docs(
    path: Path,
    relevance_set: RelevanceSet,
    progress: Progress,
    on_problem: Callable[[Problem], None],
) -> set[str]:
    """Write the articles that are searched, without their tags, as JSON Lines; their ids."""
    source = relevance_set.docs
    if not source.exists():
        raise BadRelevanceSet("there is no such file", where=str(source), remedy="check --docs")
    wanted = relevance_set.doc_ids
    ids: set[str] = set()
    progress.begin("Reading", source_bytes([source]))
    with path.open("w", encoding="utf-8") as file:
        for article in read_articles([source], report=on_problem, on_read=progress.advance):
            if wanted is not None and article.id not in wanted:
                continue
            if article.id in ids:
                what = f"the id {article.id!r} has been used"
                on_problem(Problem(article.origin, what, "give one of the two another id"))
                continue
            ids.add(article.id)
            file.write(json.dumps(dataclasses.replace(article, tags=()).to_record()) + "\n")
    if not ids:
        raise BadRelevanceSet(
            "holds no article to search" + (" with a wanted id" if wanted else ""),
            where=str(source),
            remedy="check --docs and --doc-ids",
        )
    return ids


def _missing(relevance_set: RelevanceSet, ids: set[str]) -> int:
    """How many relevant judgments are of articles that are not searched."""
    relevant = [
        doc_id
        for judgments in relevance_set.judgments.values()
        for doc_id, relevance in judgments.items()
        if relevance
    ]
    missing = sum(doc_id not in ids for doc_id in relevant)
    if missing == len(relevant):
        raise BadRelevanceSet(
            f"holds none of the relevant articles, as {relevant[0]!r}",
            where=str(relevance_set.docs),
            remedy="check --docs and --doc-ids",
        )
    return missing


def _search(
    settings: Settings, queries: Mapping[str, str], progress: Progress
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The ids found by each query, best first, and the ids of the queries that were refused."""
    rankings: dict[str, tuple[str, ...]] = {}
    refused = []
    progress.begin("Searching", len(queries))
    with closing(SearchService(settings)) as service:
        for query_id, text in queries.items():
            try:
                found = service.ranked_ids(SearchRequest(query=text, per_page=DEPTH))
            except (QueryTooLong, SearchTimeout):
                found = ()
                refused.append(query_id)
            rankings[query_id] = found
            progress.advance(len(rankings))
    return rankings, tuple(refused)


def measure(
    judgments: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, Values]:
    """The METRICS of each query, from 0 to 1, in the order of the rankings.

    nDCG weighs ranks by 1 / log2(rank + 1), with the relevance itself as the gain.
    judgments: by query id, the relevance of article ids, at least those of all rankings.
    Raises MissingExtra.
    """
    library = _metric_library()
    metrics = {
        library.nDCG @ 10: "ndcg@10",
        library.R @ 10: "recall@10",
        library.R @ 100: "recall@100",
        library.RR @ 10: "mrr@10",
    }
    places = {query_id: place for place, query_id in enumerate(rankings)}
    values = {name: np.zeros(len(rankings)) for name in METRICS}
    # The library sorts by score: the rank stands in for it, so that ties stay as they were shown.
    run = {
        query_id: {doc_id: -float(rank) for rank, doc_id in enumerate(ranking)}
        for query_id, ranking in rankings.items()
    }
    qrels = {query_id: dict(judgments[query_id]) for query_id in rankings}
    for each in library.iter_calc(metrics, qrels, run):
        values[metrics[each.measure]][places[each.query_id]] = each.value
    return values


def _metric_library() -> ModuleType:
    try:
        import ir_measures
    except ImportError:
        raise MissingExtra(
            "metrics are computed by the package ir-measures, which is not installed",
            remedy="run: pip install 'searchapp[evaluate]'",
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


def compare(first: Evaluation, second: Evaluation) -> dict[str, Difference]:
    """By metric, what the second evaluation has more than the first, on the same queries."""
    differences = {}
    for name in METRICS:
        each = second.values[name] - first.values[name]
        low, high = bootstrap_interval(each)
        differences[name] = Difference(
            mean=100 * float(each.mean()),
            interval=(100 * low, 100 * high),
            p_value=permutation_p_value(each),
        )
    return differences

"""How relevant the hits are: search for every query of a relevance set and measure the ranks.

The articles are indexed by `rebuild`, and each query is searched as a reader's is. Tags are left
out, because the queries of a set may have been made from them.
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

from searchapp.engines.selection import select_engine
from searchapp.errors import BadRelevanceSet, Problem, QueryTooLong, SearchTimeout
from searchapp.indexing import rebuild
from searchapp.measuring.distinct_articles import distinct_articles
from searchapp.measuring.relevance_metrics import (
    DEPTH,
    METRICS,
    Values,
    bootstrap_interval,
    measure,
    metric_library,
    permutation_p_value,
)
from searchapp.measuring.relevance_sets import RelevanceSet
from searchapp.model import SearchRequest
from searchapp.progress import SILENT, Progress
from searchapp.searching import SearchService
from searchapp.settings import Settings
from searchapp.translation import N_

TIME_BUDGET_S = 60.0
"""For one query: the ranking is measured, and not how busy the machine is."""


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
    """Measure several settings on a relevance set, all with the same articles.

    variants: their `seeds` and `index`, the time budget and the longest page are replaced.
        Variants that need different indexes get one each.
    on_problem: called for articles that cannot be read, as by `rebuild`.
    Raises MissingExtra, BadRelevanceSet, BadSetting, RebuildFailed.
    """
    # Find what is wrong now, and not after minutes of indexing.
    metric_library()
    engines = [select_engine(variant) for variant in variants]
    on_problem = on_problem or (lambda _: None)
    evaluations = []
    with tempfile.TemporaryDirectory(prefix="searchapp-evaluate-") as name:
        folder = Path(name)
        docs = folder / "docs.jsonl"
        ids = _write_docs(docs, relevance_set, progress, on_problem)
        missing = _missing(relevance_set, ids)
        indexes: dict[str, Path] = {}
        for variant, engine in zip(variants, engines, strict=True):
            identity = f"{engine.name}; {engine.fingerprint()}"
            is_new = identity not in indexes
            settings = dataclasses.replace(
                variant,
                seeds=(docs,),
                index=indexes.setdefault(identity, folder / f"index-{len(indexes)}"),
                time_budget_s=TIME_BUDGET_S,
                limits=dataclasses.replace(variant.limits, max_per_page=DEPTH),
            )
            index_seconds = 0.0
            if is_new:
                index_seconds = rebuild(settings, progress=progress, on_problem=on_problem).seconds
            started = time.monotonic()
            rankings, refused = _search(settings, relevance_set.queries, progress)
            evaluations.append(
                Evaluation(
                    rankings=rankings,
                    values=measure(relevance_set.judgments, rankings),
                    refused=refused,
                    articles=len(ids),
                    missing=missing,
                    index_seconds=index_seconds,
                    search_seconds=time.monotonic() - started,
                )
            )
    return tuple(evaluations)


def _write_docs(
    path: Path,
    relevance_set: RelevanceSet,
    progress: Progress,
    on_problem: Callable[[Problem], None],
) -> set[str]:
    """Write the articles to search, without their tags, as JSON Lines. Returns their ids."""
    source = relevance_set.docs
    if not source.exists():
        raise BadRelevanceSet(
            N_("there is no such file"), where=str(source), remedy=N_("check --docs")
        )
    wanted = relevance_set.doc_ids
    ids: set[str] = set()
    with path.open("w", encoding="utf-8") as file:
        for article in distinct_articles(source, progress=progress, on_problem=on_problem):
            if wanted is None or article.id in wanted:
                ids.add(article.id)
                # A derived title would be read as one that the source gave.
                record = article.to_record() | {"title": article.indexed_title, "tags": []}
                file.write(json.dumps(record) + "\n")
    if not ids:
        raise BadRelevanceSet(
            N_("holds no article to search with a wanted id")
            if wanted
            else N_("holds no article to search"),
            where=str(source),
            remedy=N_("check --docs and --doc-ids"),
        )
    return ids


def _missing(relevance_set: RelevanceSet, ids: set[str]) -> int:
    """The number of relevant judgments of articles that are not searched."""
    relevant = [
        doc_id
        for judgments in relevance_set.judgments.values()
        for doc_id, relevance in judgments.items()
        if relevance
    ]
    missing = sum(doc_id not in ids for doc_id in relevant)
    if missing == len(relevant):
        raise BadRelevanceSet(
            N_("holds none of the relevant articles, as %(relevant)r", relevant=relevant[0]),
            where=str(relevance_set.docs),
            remedy=N_("check --docs and --doc-ids"),
        )
    return missing


def _search(
    settings: Settings, queries: Mapping[str, str], progress: Progress
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The ids found by each query, best first, and the ids of the queries that were refused."""
    rankings: dict[str, tuple[str, ...]] = {}
    refused = []
    progress.begin(N_("Searching"), len(queries))
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


def compare(first: Evaluation, second: Evaluation) -> dict[str, Difference]:
    """By metric, how the second evaluation differs from the first on the same queries."""
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

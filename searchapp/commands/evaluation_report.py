"""What `searchapp evaluate` prints: the figures, as text or JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from searchapp.commands.result_text import aligned, counted
from searchapp.measuring.evaluation import Evaluation, compare
from searchapp.measuring.relevance_metrics import METRICS
from searchapp.measuring.relevance_sets import RelevanceSet

MAX_IDS_SHOWN = 5
DECIMALS = 4


def report_object(
    relevance_set: RelevanceSet, evaluations: Sequence[Evaluation], assignments: Mapping[str, str]
) -> dict[str, object]:
    """The object that `evaluate --json` prints; metrics from 0 to 100.

    evaluations: one, or two; the second, with the settings of `assignments`, is under "compare".
    """
    first, *others = evaluations
    report = {
        "queries": len(first.rankings),
        **_figures(first),
        "articles": first.articles,
        "unjudged": relevance_set.unjudged,
        "missing": first.missing,
    }
    for second in others:
        differences = {
            name: {
                "mean": round(each.mean, DECIMALS),
                "interval": _rounded(each.interval),
                "p_value": round(each.p_value, DECIMALS),
            }
            for name, each in compare(first, second).items()
        }
        figures = _figures(second)
        report["compare"] = {"settings": dict(assignments), **figures, "differences": differences}
    return report


def _figures(evaluation: Evaluation) -> dict[str, object]:
    return {
        **{name: round(evaluation.mean(name), DECIMALS) for name in METRICS},
        "intervals": {name: _rounded(evaluation.interval(name)) for name in METRICS},
        "refused": len(evaluation.refused),
        "index_seconds": round(evaluation.index_seconds, 1),
        "search_seconds": round(evaluation.search_seconds, 1),
    }


def _rounded(bounds: tuple[float, float]) -> list[float]:
    return [round(bound, DECIMALS) for bound in bounds]


def report_text(
    relevance_set: RelevanceSet, evaluations: Sequence[Evaluation], assignments: Mapping[str, str]
) -> str:
    """The same for people: the metrics with 95 % intervals, and what limits them.

    Of two evaluations the metrics stand side by side, with their differences.
    """
    first, *others = evaluations
    rows = [("metric", "mean", "95 % interval")]
    rows += [(name, f"{first.mean(name):.1f}", _interval(first.interval(name))) for name in METRICS]
    lines = [_summary(first), aligned(rows), *_limits(first, relevance_set)]
    for second in others:
        other = ", ".join(f"{name}={text}" for name, text in assignments.items())
        compared = [("metric", "mean", "95 % interval", "difference", "95 % interval", "p")]
        compared += [
            (
                name,
                f"{second.mean(name):.1f}",
                _interval(second.interval(name)),
                f"{each.mean:+.1f}",
                _interval(each.interval, sign="+"),
                f"{each.p_value:.4f}",
            )
            for name, each in compare(first, second).items()
        ]
        lines += ["", f"With {other}: {_summary(second)}", aligned(compared), *_refusals(second)]
    return "\n".join(lines)


def _interval(bounds: tuple[float, float], sign: str = "") -> str:
    low, high = bounds
    return f"{low:{sign}.1f} to {high:{sign}.1f}"


def _summary(evaluation: Evaluation) -> str:
    queries = len(evaluation.rankings)
    milliseconds = 1000 * evaluation.search_seconds / queries
    indexed = f" indexed in {evaluation.index_seconds:.1f} s" if evaluation.index_seconds else ""
    return (
        f"{counted(evaluation.articles, 'article')}{indexed}; {queries:,}"
        f" {'query' if queries == 1 else 'queries'} in {evaluation.search_seconds:.1f} s"
        f" ({milliseconds:.1f} ms each)"
    )


def _limits(evaluation: Evaluation, relevance_set: RelevanceSet) -> list[str]:
    """What a reader of the figures must know, a line each."""
    lines = _refusals(evaluation)
    if evaluation.missing:
        lines.append(
            f"Relevant but not among the articles, counted as not found: {evaluation.missing:,}"
        )
    if relevance_set.unjudged:
        lines.append(f"Queries left out, having no relevant article: {relevance_set.unjudged:,}")
    return lines


def _refusals(evaluation: Evaluation) -> list[str]:
    if not evaluation.refused:
        return []
    shown = ", ".join(evaluation.refused[:MAX_IDS_SHOWN])
    more = ", …" if len(evaluation.refused) > MAX_IDS_SHOWN else ""
    return [
        "Refused as too long or out of time, counted as finding nothing:"
        f" {len(evaluation.refused):,} ({shown}{more})"
    ]

"""What `searchapp evaluate` prints: the figures, as text or JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from searchapp.commands.counts import article_count, number_text
from searchapp.commands.language import say
from searchapp.commands.result_text import aligned
from searchapp.measuring.evaluation import Evaluation, compare
from searchapp.measuring.relevance_metrics import METRICS
from searchapp.measuring.relevance_sets import RelevanceSet
from searchapp.translation import N_, NN_, Message, Number

MAX_IDS_SHOWN = 5
DECIMALS = 4
_METRIC = N_("metric")
_MEAN = N_("mean")
_INTERVAL = N_("%(share)s interval", share="95 %")


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
    rows = [tuple(map(say, (_METRIC, _MEAN, _INTERVAL)))]
    rows += [
        (name, number_text(first.mean(name), ".1f"), _interval(first.interval(name)))
        for name in METRICS
    ]
    lines = [say(_summary(first)), aligned(rows), *_limits(first, relevance_set)]
    for second in others:
        other = ", ".join(f"{name}={text}" for name, text in assignments.items())
        heads = (_METRIC, _MEAN, _INTERVAL, N_("difference"), _INTERVAL, N_("p"))
        compared = [tuple(map(say, heads))]
        compared += [
            (
                name,
                number_text(second.mean(name), ".1f"),
                _interval(second.interval(name)),
                number_text(each.mean, "+.1f"),
                _interval(each.interval, sign="+"),
                number_text(each.p_value, ".4f"),
            )
            for name, each in compare(first, second).items()
        ]
        lines += [
            "",
            say(N_("With %(settings)s: %(summary)s", settings=other, summary=_summary(second))),
            aligned(compared),
            *_refusals(second),
        ]
    return "\n".join(lines)


def _interval(bounds: tuple[float, float], sign: str = "") -> str:
    low, high = bounds
    spec = f"{sign}.1f"
    return say(N_("%(low)s to %(high)s", low=Number(low, spec), high=Number(high, spec)))


def _summary(evaluation: Evaluation) -> Message:
    queries = len(evaluation.rankings)
    milliseconds = 1000 * evaluation.search_seconds / queries
    articles = article_count(evaluation.articles)
    if evaluation.index_seconds:
        articles = N_(
            "%(articles)s indexed in %(seconds)s s",
            articles=articles,
            seconds=Number(evaluation.index_seconds, ".1f"),
        )
    return N_(
        "%(articles)s; %(queries)s in %(seconds)s s (%(ms)s ms each)",
        articles=articles,
        queries=NN_("%(count)s query", "%(count)s queries", queries),
        seconds=Number(evaluation.search_seconds, ".1f"),
        ms=Number(milliseconds, ".1f"),
    )


def _limits(evaluation: Evaluation, relevance_set: RelevanceSet) -> list[str]:
    """What a reader of the figures must know, a line each."""
    lines = _refusals(evaluation)
    if evaluation.missing:
        lines.append(
            say(
                N_(
                    "Relevant but not among the articles, counted as not found: %(number)s",
                    number=Number(evaluation.missing),
                )
            )
        )
    if relevance_set.unjudged:
        lines.append(
            say(
                N_(
                    "Queries left out, having no relevant article: %(number)s",
                    number=Number(relevance_set.unjudged),
                )
            )
        )
    return lines


def _refusals(evaluation: Evaluation) -> list[str]:
    if not evaluation.refused:
        return []
    shown = ", ".join(evaluation.refused[:MAX_IDS_SHOWN])
    more = ", …" if len(evaluation.refused) > MAX_IDS_SHOWN else ""
    return [
        say(
            N_(
                "Refused as too long or out of time, counted as finding nothing: %(number)s "
                "(%(shown)s)",
                number=Number(len(evaluation.refused)),
                shown=shown + more,
            )
        )
    ]

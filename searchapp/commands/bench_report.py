"""What `searchapp bench` prints: the figures, as text or JSON."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence

from searchapp.commands.counts import number_text, size
from searchapp.commands.language import say
from searchapp.commands.result_text import aligned
from searchapp.measuring.bench.bench_figures import BenchReport, Build, Comparison, Measurement
from searchapp.measuring.bench.contenders import NAMES, OURS
from searchapp.measuring.bench.measured_process import Memory
from searchapp.measuring.bench.site_stopwatch import READERS, SiteTiming
from searchapp.measuring.bench.sites import OUR_PAGE
from searchapp.measuring.bench.stopwatch import PARTS, PERCENTILES
from searchapp.translation import N_, NN_, Message, Number

_MB = 1e6

Figure = Callable[[Measurement, Comparison], float | None]


def report_object(report: BenchReport, missing: Sequence[str]) -> dict[str, object]:
    """The object that `bench --json` prints, with the engines of both comparisons in one list.

    missing: peers that were left out. Each engine has the number of its documents. Our own figures
    for the documents and queries that Whoosh had are under "stock_codec".
    """
    full, stock = report.full, report.stock
    engines = {**_engine_objects(stock or full), **_engine_objects(full)}
    found: dict[str, object] = {
        "corpus": _corpus_object(full),
        "engines": {name: engines[name] for name in NAMES if name in engines},
        "queries": _query_objects(full),
        "rounds": report.rounds,
        "environment": {
            "cores": report.cores,
            "workers": report.workers,
            "python": platform.python_version(),
            "machine": platform.machine(),
        },
        "missing_peers": list(missing),
    }
    if report.sites:
        found["sites"] = {name: _site_object(each) for name, each in report.sites.items()}
    if stock is not None:
        found["stock_codec"] = {
            "corpus": _corpus_object(stock),
            "engines": _engine_objects(stock),
            "queries": _query_objects(stock),
        }
    return found


def _site_object(timing: SiteTiming) -> dict[str, object]:
    return {
        "version": timing.version,
        "page_ms": _rounded(timing.percentiles(crowded=False)),
        "crowded_page_ms": _rounded(timing.percentiles(crowded=True)),
        "readers": READERS,
        "requests_s": _round(timing.per_second),
        "answer_bytes": round(timing.answer_bytes),
    }


def _corpus_object(comparison: Comparison) -> dict[str, object]:
    return {
        "documents": comparison.documents,
        "distinct_documents": comparison.distinct,
        "text_bytes": comparison.text_bytes,
    }


def _engine_objects(comparison: Comparison) -> dict[str, dict[str, object]]:
    return {name: _engine_object(each, comparison) for name, each in comparison.engines.items()}


def _engine_object(measured: Measurement, comparison: Comparison) -> dict[str, object]:
    timing = measured.timing
    found: dict[str, object] = {
        "version": measured.version,
        "documents": comparison.documents,
        **_build_object(measured.build, comparison),
        "index_bytes": measured.index_bytes,
        **{f"{part}_ms": _rounded(timing.percentiles(part)) for part in PARTS},
        "matches": _rounded(timing.match_percentiles()),
        "page_ms_per_1000_matches": _round(timing.page_ms_per_1000_matches),
        "hits": timing.hits,
        "marked_hits": timing.marked,
        **_memory_object("serving", measured.serving),
        "cold_start_ms": _round(measured.cold_start_ms),
    }
    if measured.rebuild is not None:
        found["rebuild"] = _build_object(measured.rebuild, comparison)
    return found


def _build_object(build: Build, comparison: Comparison) -> dict[str, object]:
    return {
        "index_mb_s": _round(comparison.text_bytes / _MB / build.seconds),
        "docs_s": _round(comparison.documents / build.seconds),
        "index_seconds": _round(build.seconds),
        "index_bytes": build.index_bytes,
        **_memory_object("peak", build.peak),
    }


def _memory_object(prefix: str, memory: Memory | None) -> dict[str, int | None]:
    """Null where the system does not say how much memory a process uses."""
    return {
        f"{prefix}_memory_bytes": memory.private if memory else None,
        f"{prefix}_resident_bytes": memory.resident if memory else None,
    }


def _query_objects(comparison: Comparison) -> list[dict[str, object]]:
    timings = {name: each.timing for name, each in comparison.engines.items()}
    return [
        {
            "query": str(query),
            "band": query.band,
            "matches": {name: int(each.matches[place]) for name, each in timings.items()},
            "page_ms": {name: _round(each.ms["page"][place]) for name, each in timings.items()},
        }
        for place, query in enumerate(comparison.queries)
    ]


def _rounded(values: dict[str, float]) -> dict[str, float | None]:
    return {name: _round(value) for name, value in values.items()}


def _round(value: float | None) -> float | None:
    """To three decimals, or to four digits where that is finer: times may be microseconds."""
    return None if value is None else float(f"{value:.4g}") if value < 1 else round(value, 3)


def report_text(report: BenchReport, missing: Sequence[str]) -> str:
    """A table for each comparison, with the ratios of ours to each peer's, and what was compared.

    missing: peers that were left out, because they are not installed.
    """
    versions = {
        name: each.version
        for comparison in (report.stock, report.full)
        if comparison
        for name, each in comparison.engines.items()
    }
    lines = [
        say(
            N_(
                "%(cores)s, %(workers)s, Python %(version)s, %(machine)s: ",
                cores=NN_("%(count)s core", "%(count)s cores", report.cores),
                workers=NN_("%(count)s worker", "%(count)s workers", report.workers),
                version=platform.python_version(),
                machine=platform.machine(),
            )
        )
        + ", ".join(f"{name} {versions[name]}" for name in NAMES if name in versions),
        *_comparison_lines(report.full, report.rounds),
    ]
    if report.stock is not None:
        lines += ["", *_comparison_lines(report.stock, report.rounds)]
    if report.sites:
        lines += ["", *_site_lines(report)]
    if missing:
        lines += [
            "",
            say(
                N_(
                    "Left out, not installed: %(names)s; pip install 'searchapp[bench]'",
                    names=", ".join(missing),
                )
            ),
        ]
    return "\n".join(lines)


def _comparison_lines(comparison: Comparison, rounds: int) -> list[str]:
    ours = comparison.engines[OURS]
    peers = {name: each for name, each in comparison.engines.items() if name != OURS}
    documents = NN_("%(count)s document", "%(count)s documents", comparison.documents)
    if comparison.distinct < comparison.documents:
        documents = N_(
            "%(documents)s (%(distinct)s different ones)",
            documents=documents,
            distinct=Number(comparison.distinct),
        )
    heading = ["", OURS]
    for name in peers:
        heading += [name, say(N_("ratio"))]
    rows = [heading]
    for label, figure in _FIGURES.items():
        value = figure(ours, comparison)
        row = [say(label), _number(value)]
        for peer in peers.values():
            other = figure(peer, comparison)
            row += [_number(other), _number(value / other if value and other else None)]
        rows.append(row)
    return [
        say(
            N_(
                "%(documents)s with %(text)s of text; %(queries)s, %(rounds)s; ratio: ours by the "
                "peer's",
                documents=documents,
                text=size(comparison.text_bytes),
                queries=NN_("%(count)s query", "%(count)s queries", len(comparison.queries)),
                rounds=NN_("%(count)s round", "%(count)s rounds", rounds),
            )
        ),
        _right_aligned(rows),
        *_rebuild_lines(ours, comparison),
        *_unmarked_lines(comparison),
    ]


def _site_lines(report: BenchReport) -> list[str]:
    """Pages over HTTP: of each figure the ratio of our page to the others' answers."""
    ours = report.sites[OUR_PAGE]
    heading = ["", OUR_PAGE]
    others = {name: each for name, each in report.sites.items() if name != OUR_PAGE}
    for name in others:
        heading += [name, say(N_("ratio"))]
    rows = [heading]
    for label, figure in _SITE_FIGURES.items():
        value = figure(ours)
        row = [say(label), _number(value)]
        for each in others.values():
            row += [_number(figure(each)), _number(value / figure(each))]
        rows.append(row)
    versions = ", ".join(f"{name} {each.version}" for name, each in report.sites.items())
    return [
        say(
            N_(
                "Pages over HTTP, by connections that are kept open; ratio: our page by the other "
                "answer; %(versions)s",
                versions=versions,
            )
        ),
        _right_aligned(rows),
    ]


def _site_percentile(percentile: str, *, crowded: bool) -> Callable[[SiteTiming], float]:
    return lambda timing: timing.percentiles(crowded=crowded)[percentile]


_SITE_FIGURES: dict[Message, Callable[[SiteTiming], float]] = {
    **{
        N_("1 reader, p%(percentile)s, ms", percentile=each): _site_percentile(
            f"p{each}", crowded=False
        )
        for each in PERCENTILES
    },
    **{
        N_("%(readers)s readers, p%(percentile)s, ms", readers=READERS, percentile=each): (
            _site_percentile(f"p{each}", crowded=True)
        )
        for each in PERCENTILES
    },
    N_("%(readers)s readers, requests/s", readers=READERS): lambda each: each.per_second,
    N_("answer, KB"): lambda each: each.answer_bytes / 1000,
}


def _megabytes(memory: Memory | None) -> float | None:
    return memory.private / _MB if memory else None


def _percentile(part: str, percentile: str) -> Figure:
    return lambda measured, _: measured.timing.percentiles(part)[percentile]


_PARTS = {
    "search": N_("search"),
    "facets": N_("facets"),
    "snippets": N_("snippets"),
    "page": N_("page"),
}

_FIGURES: dict[Message, Figure] = {
    N_("indexing, MB/s"): lambda each, on: on.text_bytes / _MB / each.build.seconds,
    N_("indexing, documents/s"): lambda each, on: on.documents / each.build.seconds,
    N_("indexing, peak memory in MB"): lambda each, _: _megabytes(each.build.peak),
    N_("index size, MB"): lambda each, _: each.index_bytes / _MB,
    N_("index size by text size"): lambda each, on: each.index_bytes / on.text_bytes,
    N_("serving, memory in MB"): lambda each, _: _megabytes(each.serving),
    N_("cold start, ms"): lambda each, _: each.cold_start_ms,
    **{
        N_("%(part)s, p%(percentile)s, ms", part=_PARTS[part], percentile=each): _percentile(
            part, f"p{each}"
        )
        for part in PARTS
        for each in PERCENTILES
    },
    N_("matches, median"): lambda each, _: each.timing.match_percentiles()["p50"],
    N_("page ms for 1000 matches"): lambda each, _: each.timing.page_ms_per_1000_matches,
}


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return number_text(value, ",.0f") if value >= 1000 else number_text(value, "#.3g").rstrip(".,")


def _right_aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns, of which the first is left-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return aligned(
        [
            [row[0], *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
            for row in rows
        ]
    )


def _rebuild_lines(ours: Measurement, comparison: Comparison) -> list[str]:
    if ours.rebuild is None:
        return []
    build = ours.rebuild
    told = N_(
        "The whole `searchapp rebuild` of a file: %(seconds)s s (%(speed)s MB/s, %(rate)s "
        "documents/s)",
        seconds=Number(build.seconds, ".1f"),
        speed=Number(comparison.text_bytes / _MB / build.seconds, ".2f"),
        rate=Number(comparison.documents / build.seconds, ",.0f"),
    )
    if build.peak:
        peak = size(build.peak.private)
        told = N_("%(told)s, peak memory %(peak)s", told=told, peak=peak)
    return [say(told)]


def _unmarked_lines(comparison: Comparison) -> list[str]:
    """Which engines have shown hits without any mark, a line each."""
    return [
        say(
            N_(
                "%(name)s marked %(marked)s of its %(hits)s hits",
                name=name,
                marked=Number(each.timing.marked),
                hits=Number(each.timing.hits),
            )
        )
        for name, each in comparison.engines.items()
        if each.timing.marked < each.timing.hits
    ]

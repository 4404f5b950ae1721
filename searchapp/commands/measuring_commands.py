"""The commands that measure: evaluate and bench."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from searchapp.commands.command import Command, print_json
from searchapp.commands.language import say
from searchapp.commands.options import (
    TextParam,
    engine_option,
    json_option,
    settings_from,
    verbose_option,
    workers_option,
)
from searchapp.translation import N_


@click.command(
    cls=Command,
    help=N_(
        "Measure how relevant the hits are for the queries of QRELS_DIR.\n\n"
        "The folder holds queries.jsonl (objects with id and text), qrels.tsv (query id, "
        "document id, relevance) and perhaps docs.jsonl or docs.jsonl.xz. Titles and bodies "
        "of the articles are indexed in a temporary folder, without their tags, from which "
        "the queries may have been made. Each query is searched as a reader types it. Prints "
        "nDCG@10, recall@10, recall@100 and MRR@10 from 0 to 100."
    ),
    examples="""\
searchapp evaluate qrels/questions/
searchapp evaluate qrels/keywords/ --docs articles.jsonl.xz --doc-ids ids.txt --json
searchapp evaluate qrels/questions/ --limit 200 --compare max_expansions=50""",
)
@click.argument("qrels_dir", type=click.Path(path_type=Path))
@click.option(
    "--docs",
    type=click.Path(path_type=Path),
    help=N_("File of articles. [default: QRELS_DIR/docs.jsonl]"),
)
@click.option(
    "--doc-ids",
    type=click.Path(path_type=Path),
    help=N_(
        "File with the ids of the articles to search. [default: "
        "QRELS_DIR/doc_ids.txt, or all articles]"
    ),
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help=N_("Search only this number of queries, spread over the file."),
)
@click.option(
    "--compare",
    type=TextParam(),
    multiple=True,
    metavar=N_("NAME=VALUE"),
    help=N_(
        "Run again with this setting, as max_expansions=50 or ranking.title=2; "
        "may be repeated for several at once."
    ),
)
@verbose_option
@engine_option
@json_option
def evaluate(
    qrels_dir: Path,
    docs: Path | None,
    doc_ids: Path | None,
    limit: int | None,
    compare: tuple[str, ...],
    verbose: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    from searchapp.commands.evaluation_report import report_object, report_text
    from searchapp.commands.progress_display import ProgressDisplay
    from searchapp.measuring.evaluation import evaluate as evaluate_settings
    from searchapp.measuring.relevance_sets import read_relevance_set

    settings = settings_from(chosen)
    assignments = _assignments(compare)
    variants = [settings]
    if assignments:
        variants.append(settings.assigned(assignments))
    relevance_set = read_relevance_set(qrels_dir, docs=docs, doc_ids=doc_ids)
    if limit is not None:
        relevance_set = relevance_set.spread(limit)
    with ProgressDisplay(verbose=verbose) as display:
        evaluations = evaluate_settings(
            relevance_set, variants, progress=display, on_problem=display.problem
        )
    if as_json:
        print_json(report_object(relevance_set, evaluations, assignments))
    else:
        click.echo(report_text(relevance_set, evaluations, assignments))


def _assignments(texts: tuple[str, ...]) -> dict[str, str]:
    """The settings of "name=value" texts. Raises click.BadParameter."""
    assignments = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise click.BadParameter(say(N_("%(text)r is not of the form NAME=VALUE", text=text)))
        assignments[name.strip().lower()] = value.strip()
    return assignments


@click.command(
    cls=Command,
    help=N_(
        "Measure speed and size beside other engines, on the articles of CORPUS.\n\n"
        "CORPUS is JSON Lines, perhaps packed. All engines index the same articles, each in a "
        "process of its own with all cores, and are then asked the same queries in turn in "
        "one process: ten hits, the exact total, counts of tags and years, ten snippets with "
        "marks. Whoosh's stock codec gets the first 20,000 articles and 50 queries at most, "
        "and ours is measured with those, too."
    ),
    examples="""\
searchapp bench articles.jsonl.xz
searchapp bench articles.jsonl --documents 20000 --peers tantivy,fts5 --json
searchapp bench articles.jsonl --queries queries.txt --peers none
searchapp bench articles.jsonl --http --opensearch http://127.0.0.1:9200""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--queries",
    type=click.Path(path_type=Path),
    help=N_(
        "File with queries, one a line: words, perhaps with ODER between them. "
        "[default: drawn from titles]"
    ),
)
@click.option(
    "--query-count",
    type=click.IntRange(min=1),
    help=N_("Number of queries, at most. [default: 200]"),
)
@click.option(
    "--rounds", type=click.IntRange(min=1), help=N_("How often each query is asked. [default: 3]")
)
@click.option(
    "--documents",
    type=click.IntRange(min=1),
    help=N_("Cut or repeat the corpus to this number of articles."),
)
@click.option(
    "--peers",
    help=N_("Some of tantivy, fts5, whoosh, joined by commas, or none. [default: those installed]"),
)
@click.option(
    "--work-dir",
    type=click.Path(path_type=Path),
    help=N_("Where the indexes are built and deleted. [default: the system's temporary folder]"),
)
@click.option(
    "--http",
    is_flag=True,
    help=N_("Measure whole pages over HTTP as well, beside Datasette's where it is installed."),
)
@click.option(
    "--opensearch",
    metavar=N_("URL"),
    default="",
    help=N_("The same beside OpenSearch's JSON, as of http://127.0.0.1:9200, without a password."),
)
@workers_option
@verbose_option
@engine_option
@json_option
def bench(
    corpus: Path,
    queries: Path | None,
    documents: int | None,
    peers: str | None,
    work_dir: Path | None,
    http: bool,
    opensearch: str,
    query_count: int | None,
    rounds: int | None,
    verbose: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    from searchapp.commands.bench_report import report_object, report_text
    from searchapp.commands.progress_display import ProgressDisplay
    from searchapp.measuring.bench import bench_run

    settings = settings_from(chosen)
    wanted = None if peers is None else [each.strip() for each in peers.split(",")]
    names, missing = bench_run.chosen_peers([] if wanted == ["none"] else wanted)
    with ProgressDisplay(verbose=verbose) as display:
        report = bench_run.bench(
            corpus,
            settings,
            peers=names,
            documents=documents,
            queries=queries,
            query_count=query_count or bench_run.QUERIES,
            rounds=rounds or bench_run.ROUNDS,
            work_dir=work_dir,
            http=http,
            opensearch=opensearch,
            progress=display,
            on_problem=display.problem,
        )
    if as_json:
        print_json(report_object(report, missing))
    else:
        click.echo(report_text(report, missing))

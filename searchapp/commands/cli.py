"""The commands of `searchapp`.

What a command needs is imported when it runs: `searchapp search` answers in the time that
loading the index takes, and `searchapp --help` at once.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any, TypeVar

import click

from searchapp import __version__
from searchapp.dates import Period, parse_period
from searchapp.errors import (
    BadRequest,
    BadSetting,
    IndexOutdated,
    NoIndex,
    Problem,
    SearchappError,
)
from searchapp.facets import FACETS, Facet, Filters
from searchapp.settings import Settings, variable

if TYPE_CHECKING:
    from searchapp.indexing import BuildReport
    from searchapp.model import Sort, Token

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


class Failure(click.ClickException):
    """A sentence on standard error, and exit status 1."""

    def show(self, file: Any = None) -> None:
        """Print the sentence."""
        click.echo(f"searchapp: {self.message}", file=file, err=file is None)


class WrongUsage(Failure):
    """A failure that the command line or the environment alone is to blame for."""

    exit_code = 2


class Interrupted(Failure):
    """Ctrl-C; the exit status is the one that shells give it."""

    exit_code = 130


class Command(click.Command):
    """A command whose help has examples and whose errors are one sentence each."""

    def __init__(self, *args: Any, examples: str, **kwargs: Any) -> None:
        kwargs["epilog"] = "\b\nExamples:\n" + indent(examples, "  ")
        super().__init__(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a letter gets a "?" and not a traceback.
            getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            return super().invoke(ctx)
        except (BadRequest, BadSetting) as error:
            raise WrongUsage(str(error)) from error
        except SearchappError as error:
            raise Failure(str(error)) from error
        except KeyboardInterrupt:
            writes = self.name in ("rebuild", "update", "serve")
            state = "; the served index is unchanged" if writes else ""
            raise Interrupted(f"interrupted{state}") from None


class TextParam(click.types.StringParamType):
    """A text as it was typed."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """What is not in the terminal's encoding becomes U+FFFD."""
        text: str = super().convert(value, param, ctx)
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class FacetParam(TextParam):
    """A value of a facet."""

    def __init__(self, facet: Facet) -> None:
        self._facet = facet

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The value as it is stored."""
        try:
            return self._facet.canonical(super().convert(value, param, ctx))
        except ValueError as error:
            self.fail(f"{value!r} cannot be read: {error}", param, ctx)


def period(text: str) -> Period:
    """A day, month or year. Raises click.BadParameter."""
    found = parse_period(text)
    if found is None:
        raise click.BadParameter(
            f"{text!r} is no date; type one as 2024-01-16, 16.1.2024, 3.2024 or 2024"
        )
    return found


def setting_option(
    name: str, *, help: str, **attributes: Any
) -> Callable[[_Decorated], _Decorated]:
    """A click option for one of the settings; the help names its environment variable.

    The variable is read by `Settings` and not by click, so that it counts once.
    """
    field = name.removeprefix("--").replace("-", "_")
    return click.option(name, help=f"{help}  [env var: {variable(field)}]", **attributes)


def options(*group: Callable[[_Decorated], _Decorated]) -> Callable[[_Decorated], _Decorated]:
    """Several options as one decorator, shown in this order."""

    def decorate(command: _Decorated) -> _Decorated:
        for each in reversed(group):
            command = each(command)
        return command

    return decorate


facet_options = options(
    *(
        click.option(
            f"--{facet.param}",
            facet.name,
            type=FacetParam(facet),
            multiple=True,
            help=f"Only articles with this {facet.param}.",
        )
        for facet in FACETS
    )
)

seeds_option = setting_option(
    "--seeds",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Folder or file with articles; may be repeated. [default: seeds/]",
)
index_option = setting_option(
    "--index", type=click.Path(path_type=Path), help="Folder of the index. [default: index/]"
)
engine_option = options(
    setting_option("--engine", help="The engine that keeps the index. [default: columnar]"),
    setting_option(
        "--exceptions",
        type=click.Path(path_type=Path),
        help="Your own splits, lemmas and synonyms. [default: none]",
    ),
)
workers_option = setting_option(
    "--workers", type=click.IntRange(min=0), help="Processes. [default: one for each core]"
)
memory_option = setting_option(
    "--memory-mb",
    type=click.IntRange(min=1),
    help="Memory of all processes together, about. [default: 1024]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
verbose_option = click.option(
    "--verbose", "-v", is_flag=True, help="Print all problems, not the first."
)

build_options = options(
    seeds_option,
    index_option,
    click.option("--limit", type=click.IntRange(min=1), help="Stop after this number of articles."),
    workers_option,
    memory_option,
    click.option(
        "--strict", is_flag=True, help="Publish nothing if an article had to be left out."
    ),
    verbose_option,
    engine_option,
    json_option,
)
index_options = options(index_option, engine_option, json_option)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="searchapp")
def main() -> None:
    """Full-text search for German articles.

    Put articles into seeds/, then run `searchapp serve`.
    """


def _settings(**chosen: Any) -> Settings:
    """Settings from the environment, with the options that were given. Raises BadSetting."""
    return Settings.from_environ(**_given(chosen))


def _given(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given; one that can be repeated is empty if it was not."""
    return {name: value for name, value in chosen.items() if value not in (None, ())}


def _print_json(value: object) -> None:
    # Any reader of JSON understands \u escapes; not every terminal has all letters.
    is_unicode = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    click.echo(json.dumps(value, ensure_ascii=not is_unicode, indent=2))


@main.command(
    cls=Command,
    examples="""\
searchapp rebuild
searchapp rebuild --seeds articles/ --seeds archive.jsonl.xz --index /srv/index
searchapp rebuild --strict --json""",
)
@click.option("--force", is_flag=True, help="With --limit: even if more articles are served now.")
@build_options
def rebuild(force: bool, **arguments: Any) -> None:
    """Index all articles anew, then serve the new index.

    Readers find the old articles until the new index is complete and checked. What cannot be
    read is reported and left out.
    """
    from searchapp import indexing

    build(partial(indexing.rebuild, force=force), Settings.from_environ(), **arguments)


@main.command(
    cls=Command,
    examples="""\
searchapp update
searchapp update --seeds articles/ --json""",
)
@build_options
def update(**arguments: Any) -> None:
    """Add, change and remove the articles that differ from the index.

    Only files that have changed are read. Where there is no index that can be updated, it is
    built anew.
    """
    from searchapp import indexing

    build(indexing.update, Settings.from_environ(), **arguments)


def build(
    command: Callable[..., BuildReport],
    settings: Settings,
    *,
    limit: int | None = None,
    strict: bool = False,
    verbose: bool = False,
    as_json: bool = False,
    **chosen: Any,
) -> None:
    """Run a rebuild or update with `settings` and the chosen options; show how it goes and ends."""
    from searchapp.commands.progress_display import ProgressDisplay
    from searchapp.commands.result_text import build_text

    settings = settings.changed(**_given(chosen))
    display = ProgressDisplay(verbose=verbose)
    problems: list[dict[str, str]] = []

    def on_problem(problem: Problem) -> None:
        display.problem(problem)
        if as_json:
            problems.append(dataclasses.asdict(problem))

    try:
        with display:
            report = command(
                settings,
                limit=limit,
                strict=strict,
                progress=display,
                on_problem=on_problem,
            )
    except SearchappError as error:
        if as_json:
            _print_json({"published": False, "error": str(error), "problems": problems})
        raise
    if as_json:
        values = dataclasses.asdict(report)
        values["index_bytes"] = values.pop("size_bytes")
        _print_json(values | {"error": None, "problems": problems})
    else:
        click.echo(build_text(report))


@main.command(
    cls=Command,
    examples="""\
searchapp search Stahlindustrie
searchapp search Stähle --exact
searchapp search '"grüner Wasserstoff" -China' --tag Klima --from 2023 --sort newest
searchapp search 'titel:Hochofen ODER Koks*' --json""",
)
@click.argument("query", nargs=-1, required=True, type=TextParam())
@click.option("--exact", is_flag=True, help="Words match only in the form in which they are typed.")
@facet_options
@click.option("--any-tag", is_flag=True, help="One of several tags is enough.")
@click.option("--from", "since", type=period, metavar="DATE", help="Not older than this day.")
@click.option("--to", "until", type=period, metavar="DATE", help="Not newer than this day.")
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    show_default=True,
    help="Order of the hits.",
)
@click.option("--page", type=click.IntRange(min=1), default=1, help="Page of the hits, from 1.")
@click.option("--per-page", type=click.IntRange(min=1), default=10, help="Hits on a page.")
@index_options
def search(
    query: tuple[str, ...],
    exact: bool,
    any_tag: bool,
    since: Period | None,
    until: Period | None,
    sort: Sort,
    page: int,
    per_page: int,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Search the articles for QUERY.

    All keywords must match, in any inflected form and inside of compounds; --exact turns that
    off, and =word for one word. Of a sentence or a long query some words are enough. UND, ODER,
    NICHT, -word, "a phrase", word*, word~, titel: schlagwort: autor: quelle: datum: are
    understood, in English too. Dates are typed as 2024-01-16, 16.1.2024, 2024-01 or 2024.
    """
    from searchapp.model import SearchRequest
    from searchapp.searching import SearchService

    request = SearchRequest(
        query=" ".join(query),
        exact=exact,
        filters=Filters(
            {facet.name: chosen.pop(facet.name) for facet in FACETS},
            any_tag=any_tag,
            date_from=since.first if since else None,
            date_to=until.last if until else None,
        ),
        sort=sort,
        page_number=page,
        per_page=per_page,
    )
    with closing(SearchService(_settings(**chosen))) as service:
        result = service.search(request)
    if as_json:
        from searchapp.result_json import answer

        _print_json(answer(result))
    else:
        from searchapp.commands.result_text import result_text

        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(result_text(result, width=width))


@main.command(
    cls=Command,
    examples="""\
searchapp analyze 'Die Stahlunternehmen Chinas'
searchapp analyze 'CO2-Neutralität' --json""",
)
@click.argument("text", type=TextParam())
@index_options
def analyze(text: str, as_json: bool, **chosen: Any) -> None:
    """Show what the index keeps of TEXT: every word with its lemma, stem and parts.

    Offsets count characters from 0; a word is TEXT[start:end]. With a file of exceptions the
    words that it changes are shown as they were before, too.
    """
    from searchapp.indexing import analyzers

    learned, effective = analyzers(_settings(**chosen))
    tokens = effective.analyze(text)
    if as_json:
        _print_json([_token_object(token) for token in tokens])
    else:
        from searchapp.commands.result_text import token_table

        click.echo(token_table(tokens))
        changed = [each for each in learned.analyze(text) if each not in tokens]
        if changed:
            click.echo("\nWithout the exceptions:")
            click.echo(token_table(changed))


def _token_object(token: Token) -> dict[str, object]:
    return {
        "surface": token.surface,
        "start": token.start,
        "end": token.end,
        "lemma": token.lemma,
        "stem": token.stem,
        "parts": [part.stem for part in token.parts],
    }


@main.command(
    cls=Command,
    examples="""\
searchapp info
searchapp info --index /srv/index --json""",
)
@index_options
def info(as_json: bool, **chosen: Any) -> None:
    """Show what the index holds, who built it, and whether this program can use it."""
    from searchapp.commands.result_text import state_text
    from searchapp.indexing import inspect

    state = inspect(_settings(**chosen))
    manifest = state.generation.manifest
    if not as_json:
        click.echo(state_text(state))
        return
    _print_json(
        {
            "generation": state.generation.id,
            "built_at": manifest.built_at,
            "build_seconds": manifest.build_seconds,
            "articles": manifest.articles,
            "text_bytes": manifest.text_bytes,
            "index_bytes": manifest.size_bytes,
            "engine": manifest.engine,
            "fingerprint": manifest.fingerprint,
            "usable": not state.refusal,
            "refusal": state.refusal or None,
            "rollback_to": state.earlier,
            "writer": state.writer or None,
        }
    )


@main.command(
    cls=Command,
    examples="""\
searchapp verify
searchapp verify --index /srv/index && echo "the index is whole\"""",
)
@index_options
def verify(as_json: bool, **chosen: Any) -> None:
    """Check the files, checksums and counts of the index, and search in it."""
    from searchapp import indexing
    from searchapp.commands.result_text import counted, size

    generation = indexing.verify(_settings(**chosen))
    manifest = generation.manifest
    if as_json:
        _print_json({"generation": generation.id, "articles": manifest.articles, "whole": True})
    else:
        click.echo(
            f"Generation {generation.id} is whole: {counted(manifest.articles, 'article')},"
            f" {counted(len(manifest.files), 'file')}, {size(manifest.size_bytes)}."
        )


@main.command(
    cls=Command,
    examples="""\
searchapp rollback
searchapp rollback --index /srv/index""",
)
@index_options
def rollback(as_json: bool, **chosen: Any) -> None:
    """Serve the generation before the served one; `searchapp info` names it."""
    from searchapp.commands.result_text import counted
    from searchapp.indexing import roll_back

    generation = roll_back(_settings(**chosen))
    articles = generation.manifest.articles
    if as_json:
        _print_json({"generation": generation.id, "articles": articles})
    else:
        click.echo(f"Generation {generation.id} is served: {counted(articles, 'article')}.")


@main.command(
    cls=Command,
    examples="""\
searchapp evaluate qrels/questions/
searchapp evaluate qrels/keywords/ --docs articles.jsonl.xz --doc-ids ids.txt --json
searchapp evaluate qrels/questions/ --limit 200 --compare max_expansions=50""",
)
@click.argument("qrels_dir", type=click.Path(path_type=Path))
@click.option(
    "--docs", type=click.Path(path_type=Path), help="Articles. [default: QRELS_DIR/docs.jsonl]"
)
@click.option(
    "--doc-ids",
    type=click.Path(path_type=Path),
    help="Ids of the only articles that are searched. [default: QRELS_DIR/doc_ids.txt, or all]",
)
@click.option(
    "--limit", type=click.IntRange(min=1), help="Only so many queries, spread over the file."
)
@click.option(
    "--compare",
    type=TextParam(),
    multiple=True,
    metavar="NAME=VALUE",
    help="Run again with this setting, as max_expansions=50 or ranking.title=2; may be repeated"
    " for several at once.",
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
    """Measure how relevant the hits are for the queries of QRELS_DIR.

    The folder holds queries.jsonl (objects with id and text), qrels.tsv (query id, document id,
    relevance) and perhaps docs.jsonl or docs.jsonl.xz. Titles and bodies of the articles are
    indexed in a temporary folder, without their tags, from which the queries may have been
    made. Each query is searched as a reader types it. Prints nDCG@10, recall@10, recall@100 and
    MRR@10 from 0 to 100.
    """
    from searchapp.commands.evaluation_report import report_object, report_text
    from searchapp.commands.progress_display import ProgressDisplay
    from searchapp.measuring.evaluation import evaluate as evaluate_settings
    from searchapp.measuring.relevance_sets import read_relevance_set

    settings = _settings(**chosen)
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
        _print_json(report_object(relevance_set, evaluations, assignments))
    else:
        click.echo(report_text(relevance_set, evaluations, assignments))


def _assignments(texts: tuple[str, ...]) -> dict[str, str]:
    """The settings of "name=value" texts. Raises click.BadParameter."""
    assignments = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise click.BadParameter(f"{text!r} is not of the form NAME=VALUE")
        assignments[name.strip().lower()] = value.strip()
    return assignments


@main.command(
    cls=Command,
    examples="""\
searchapp bench articles.jsonl.xz
searchapp bench articles.jsonl --documents 20000 --peers tantivy,fts5 --json
searchapp bench articles.jsonl --queries queries.txt --peers none""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--queries",
    type=click.Path(path_type=Path),
    help="Queries, one a line: words, perhaps with ODER between them. [default: drawn from titles]",
)
@click.option(
    "--query-count", type=click.IntRange(min=1), help="Ask at most so many. [default: 200]"
)
@click.option("--rounds", type=click.IntRange(min=1), help="Ask each so many times. [default: 3]")
@click.option(
    "--documents", type=click.IntRange(min=1), help="Cut or repeat the corpus to so many."
)
@click.option(
    "--peers",
    help="Of tantivy, fts5, whoosh, joined by commas, or none. [default: those installed]",
)
@click.option(
    "--work-dir",
    type=click.Path(path_type=Path),
    help="Where indexes are built and deleted. [default: the system's folder for that]",
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
    query_count: int | None,
    rounds: int | None,
    verbose: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Measure speed and size beside other engines, on the articles of CORPUS.

    CORPUS is JSON Lines, perhaps packed. All engines index the same articles, each in a process
    of its own with all cores, and are then asked the same queries in turn in one process: ten
    hits, the exact total, counts of tags and years, ten snippets with marks. Whoosh's stock codec
    gets the first 20,000 articles and 50 queries at most, and ours is measured with those, too.
    """
    from searchapp.commands.bench_report import report_object, report_text
    from searchapp.commands.progress_display import ProgressDisplay
    from searchapp.measuring.bench import bench_run

    settings = _settings(**chosen)
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
            progress=display,
            on_problem=display.problem,
        )
    if as_json:
        _print_json(report_object(report, missing))
    else:
        click.echo(report_text(report, missing))


@main.command(
    cls=Command,
    examples="""\
searchapp serve
searchapp serve --port 8080 --seeds articles/ --index /srv/index
searchapp serve --host 0.0.0.0 --workers 4""",
)
@setting_option("--host", help="Address to listen on. [default: 127.0.0.1]")
@setting_option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 takes any free one. [default: 8000]"
)
@workers_option
@index_option
@seeds_option
@engine_option
def serve(**chosen: Any) -> None:
    """Serve the search page; builds the index first if there is none."""
    from searchapp import indexing
    from searchapp.web import serving

    settings = _settings(**chosen)
    try:
        refusal = indexing.inspect(settings).refusal
    except NoIndex:
        refusal = ""
        # A busy port is found out now, and not after minutes of indexing.
        serving.listening_socket(settings.host, settings.port).close()
        build(indexing.rebuild, settings)
    if refusal:
        raise IndexOutdated(refusal, where=str(settings.index), remedy="run: searchapp rebuild")
    serving.serve(settings, on_ready=_announce)


def _announce(address: str) -> None:
    click.echo(f"Serving on {address} (Ctrl-C ends)")

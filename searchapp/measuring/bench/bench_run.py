"""A whole run: read the corpus, index it with every engine, time the queries, start cold."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from searchapp.errors import BadBenchmark, BadSetting, MissingExtra, Problem
from searchapp.measuring.bench.bench_articles import BenchCorpus, read_corpus
from searchapp.measuring.bench.bench_figures import BenchReport, Build, Comparison, Measurement
from searchapp.measuring.bench.contenders import OURS, PEERS, BenchQuery, Contender, load_peer
from searchapp.measuring.bench.measured_process import Memory, Tell, memory_of, run_in_child
from searchapp.measuring.bench.searchapp_contender import TIME_BUDGET_S, Searchapp
from searchapp.measuring.bench.site_stopwatch import SiteTiming, time_sites
from searchapp.measuring.bench.sites import datasette_site, opensearch_site, our_sites
from searchapp.measuring.bench.stopwatch import Timing, time_queries
from searchapp.measuring.bench.title_queries import draw_queries, read_queries
from searchapp.model import Article
from searchapp.progress import SILENT, Progress
from searchapp.settings import ENV_PREFIX, Settings
from searchapp.translation import N_, Message

QUERIES = 200
ROUNDS = 3
COLD_STARTS = 5
WHOOSH_DOCUMENTS = 20_000
WHOOSH_QUERIES = 50
"""At most as many are measured with Whoosh's stock codec: more would take hours."""
TELL_EVERY = 500
"""Articles between two reports of a child's progress."""


def chosen_peers(names: Sequence[str] | None) -> tuple[list[str], list[str]]:
    """The peers that take part, and those that are not installed.

    names: those wanted; None means all that are installed. Raises BadSetting for an unknown one,
    and MissingExtra for one that is wanted and not installed.
    """
    for name in names or ():
        if name not in PEERS:
            raise BadSetting(
                N_("there is no peer %(name)r", name=name),
                where="--peers",
                remedy=N_("use %(names)s, joined by commas, or none", names=", ".join(PEERS)),
            )
    present, missing = [], []
    for name in PEERS if names is None else [each for each in PEERS if each in names]:
        try:
            load_peer(name)
        except ImportError as error:
            if names is not None:
                raise MissingExtra(
                    N_("the peer %(name)s cannot be loaded (%(error)s)", name=name, error=error),
                    remedy=N_("run: pip install 'searchapp[bench]'"),
                ) from error
            missing.append(name)
        else:
            present.append(name)
    return present, missing


def bench(
    source: Path,
    settings: Settings,
    *,
    peers: Sequence[str],
    documents: int | None = None,
    queries: Path | None = None,
    query_count: int = QUERIES,
    rounds: int = ROUNDS,
    work_dir: Path | None = None,
    http: bool = False,
    opensearch: str = "",
    progress: Progress = SILENT,
    on_problem: Callable[[Problem], None] | None = None,
) -> BenchReport:
    """Measure ours and some peers on a corpus.

    source: a file that `rebuild` can read. settings: `seeds`, `index` and the time budget are not
        used. peers: as from `chosen_peers`.
    documents: the corpus is cut to this number, or repeated with other ids; None takes it as it is.
    queries: a file; None draws them from the titles. At most `query_count` are asked.
    http: whether pages are measured over HTTP, too; with OpenSearch at the address `opensearch`.
    work_dir: where a folder for the indexes is made and deleted; None is the system's place for
        temporary folders.
    Raises BadBenchmark, BadSetting and what `rebuild` raises.
    """
    given = read_queries(queries) if queries else None
    if work_dir is not None and not work_dir.is_dir():
        raise BadBenchmark(
            N_("there is no such folder"),
            where=str(work_dir),
            remedy=N_("make it, or leave it out"),
        )
    with tempfile.TemporaryDirectory(prefix="searchapp-bench-", dir=work_dir) as name:
        folder = Path(name)
        corpus = read_corpus(
            source,
            folder / "articles",
            documents=documents,
            on_problem=on_problem or (lambda _: None),
            progress=progress,
        )
        run = _Run(settings, folder, given, rounds, progress)
        full = run.compare(corpus, [each for each in peers if each != "whoosh"], query_count)
        stock = None
        if "whoosh" in peers:
            first = corpus.first(WHOOSH_DOCUMENTS)
            stock = run.compare(first, ["whoosh"], min(query_count, WHOOSH_QUERIES))
        sites = run.compare_sites(corpus, full.queries, opensearch) if http or opensearch else {}
    return BenchReport(full, stock, rounds, settings.worker_count, Settings().worker_count, sites)


@dataclass(frozen=True, slots=True)
class _Run:
    settings: Settings
    folder: Path
    given: Sequence[BenchQuery] | None
    rounds: int
    progress: Progress

    def compare(self, corpus: BenchCorpus, peers: Sequence[str], query_count: int) -> Comparison:
        """Measure ours and these peers on all documents of the corpus."""
        queries = self.given[:query_count] if self.given else draw_queries(corpus, query_count)
        ours = Searchapp(self.settings)
        contenders: list[Contender] = [ours, *map(load_peer, peers)]
        folders = {each.name: self.folder / each.name for each in contenders}
        builds = {each.name: self._build(each, corpus, folders[each.name]) for each in contenders}
        # What is searched is the index of a whole rebuild, as readers have it.
        shutil.rmtree(folders[OURS])
        rebuild = self._rebuild(ours, corpus, folders[OURS])
        timings = self._time(contenders, folders, queries)
        serving = {each.name: self._serve(each, folders[each.name], queries) for each in contenders}
        cold_starts = self._start_cold(contenders, folders, queries[0])
        for folder in folders.values():
            shutil.rmtree(folder)
        return Comparison(
            documents=corpus.documents,
            distinct=min(corpus.distinct, corpus.documents),
            text_bytes=corpus.text_bytes(),
            queries=queries,
            engines={
                each.name: Measurement(
                    version=each.version(),
                    build=builds[each.name],
                    rebuild=rebuild if each is ours else None,
                    timing=timings[each.name],
                    serving=serving[each.name],
                    cold_start_ms=cold_starts[each.name],
                )
                for each in contenders
            },
        )

    def compare_sites(
        self, corpus: BenchCorpus, queries: Sequence[BenchQuery], opensearch: str
    ) -> Mapping[str, SiteTiming]:
        """Measure pages over HTTP: ours and, of Datasette and OpenSearch, what there is."""
        folder = self.folder / "sites"
        folder.mkdir()
        self._rebuild(Searchapp(self.settings), corpus, folder / OURS)
        with ExitStack() as stack:
            self.progress.begin(N_("Preparing the pages"), 0)
            sites = stack.enter_context(our_sites(folder / OURS, self.settings.worker_count))
            if datasette := stack.enter_context(datasette_site(corpus.articles(), folder)):
                sites.append(datasette)
            if opensearch:
                node = opensearch_site(corpus.articles(), opensearch)
                sites.append(stack.enter_context(node))
            self.progress.begin(N_("Asking for pages"), (self.rounds + 2) * len(queries))
            return time_sites(sites, queries, self.rounds, self.progress.advance)

    def _build(self, contender: Contender, corpus: BenchCorpus, folder: Path) -> Build:
        folder.mkdir()
        task = N_("indexing with %(name)s", name=contender.name)
        self.progress.begin(N_("Indexing with %(name)s", name=contender.name), corpus.documents)
        return self._built(task, folder, _build, contender, corpus)

    def _rebuild(self, ours: Searchapp, corpus: BenchCorpus, folder: Path) -> Build:
        seeds = self.folder / "seeds.jsonl"
        corpus.write_json_lines(seeds)
        self.progress.begin(N_("Rebuilding with searchapp"), 0)
        build = self._built(N_("searchapp rebuild"), folder, _rebuild, ours, seeds)
        seeds.unlink()
        return build

    def _built(
        self, task: Message, folder: Path, function: Callable[..., float], *args: object
    ) -> Build:
        """Call one of the two functions below, which return seconds, in a process of its own."""
        workers = self.settings.worker_count
        seconds, peak = run_in_child(task, self.progress.advance, function, *args, folder, workers)
        return Build(seconds, _size_bytes(folder), peak)

    def _time(
        self,
        contenders: Sequence[Contender],
        folders: Mapping[str, Path],
        queries: Sequence[BenchQuery],
    ) -> dict[str, Timing]:
        self.progress.begin(N_("Searching in turn"), (self.rounds + 1) * len(queries))
        with ExitStack() as stack:
            opened = {
                each.name: stack.enter_context(closing(each.open(folders[each.name])))
                for each in contenders
            }
            return time_queries(opened, queries, self.rounds, self.progress.advance)

    def _serve(
        self, contender: Contender, folder: Path, queries: Sequence[BenchQuery]
    ) -> Memory | None:
        self.progress.begin(N_("Memory of %(name)s", name=contender.name), len(queries))
        task = N_("searching with %(name)s", name=contender.name)
        memory, _ = run_in_child(task, self.progress.advance, _serve, contender, folder, queries)
        return memory

    def _start_cold(
        self, contenders: Sequence[Contender], folders: Mapping[str, Path], query: BenchQuery
    ) -> dict[str, float]:
        self.progress.begin(N_("Cold starts"), COLD_STARTS + 1)
        ms: dict[str, list[float]] = {each.name: [] for each in contenders}
        for number in range(COLD_STARTS + 1):
            for each in contenders:
                elapsed_ms = _cold_start_ms(each, folders[each.name], query)
                if number:  # In the first one Python writes its compiled modules.
                    ms[each.name].append(elapsed_ms)
            self.progress.advance(number + 1)
        return {name: statistics.median(values) for name, values in ms.items()}


def _build(
    tell: Tell, contender: Contender, corpus: BenchCorpus, folder: Path, workers: int
) -> float:
    """In a child: seconds from the first article to the finished index.

    The articles are read from the disk ready-made; no time goes into parsing.
    """
    started = time.perf_counter()
    contender.build(_counted(corpus.articles(), tell), folder, workers)
    return time.perf_counter() - started


def _counted(articles: Iterator[Article], tell: Tell) -> Iterator[Article]:
    for number, article in enumerate(articles, 1):
        yield article
        if number % TELL_EVERY == 0:
            tell(number)


def _rebuild(_: Tell, ours: Searchapp, seeds: Path, folder: Path, workers: int) -> float:
    """In a child: seconds of the command's work."""
    return ours.rebuild(seeds, folder, workers).seconds


def _serve(
    tell: Tell, contender: Contender, folder: Path, queries: Sequence[BenchQuery]
) -> Memory | None:
    """In a child: its memory after it has answered the queries."""
    with closing(contender.open(folder)) as opened:
        for number, query in enumerate(queries, 1):
            opened.page(query)
            tell(number)
        return memory_of(os.getpid())


def _cold_start_ms(contender: Contender, folder: Path, query: BenchQuery) -> float:
    arguments = contender.cold_start(folder, query)
    environ = {**_with_bytecode(folder.parent), f"{ENV_PREFIX}TIME_BUDGET_S": str(TIME_BUDGET_S)}
    started = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, *arguments], env=environ, capture_output=True, text=True, check=False
    )
    elapsed_ms = 1000 * (time.perf_counter() - started)
    if ended.returncode != 0:
        last_line = (ended.stderr.strip().splitlines() or [""])[-1]
        raise BadBenchmark(
            N_("starting %(name)s failed (%(last_line)s)", name=contender.name, last_line=last_line)
        )
    return elapsed_ms


def _with_bytecode(folder: Path) -> dict[str, str]:
    """The environment of programs that keep their compiled modules, as installed ones have them.

    They keep them in a folder of this run: where Python must not write any into the package, each
    start would compile a hundred modules of ours, and one of a peer.
    """
    environ = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

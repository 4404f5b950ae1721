"""From source files to a published generation: rebuild and update; and back to the one before."""

from __future__ import annotations

import datetime as dt
import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from searchapp.catalog import Catalog, Recorded, Removed, Verdict
from searchapp.corpus import SpareProcess, read_articles, source_bytes
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.source_folders import check_paths
from searchapp.deadline import NEVER
from searchapp.engines.base import Engine, GenerationWriter
from searchapp.engines.selection import select_engine
from searchapp.errors import (
    IndexDamaged,
    IndexOutdated,
    NoIndex,
    Problem,
    RebuildFailed,
    SearchappError,
    SourceNotFound,
    StrictProblems,
    not_read,
    system_reason,
)
from searchapp.former_ids import CATALOG, catalog_of, is_current
from searchapp.generations import (
    FORMAT_VERSION,
    KEPT_RUNS,
    Generation,
    GenerationStore,
    Manifest,
    check_files,
    check_usable,
    file_digests,
    open_current,
)
from searchapp.index_files import file_digest
from searchapp.inspection import check_snapshot
from searchapp.last_run import run_kept
from searchapp.model import Article
from searchapp.problem_groups import ProblemGroups
from searchapp.progress import SILENT, Progress
from searchapp.settings import Settings
from searchapp.steps import step
from searchapp.told_warnings import ToldWarnings
from searchapp.translation import N_, NO_TEXT, Message, Number

TOLD = ".told"
"""The file in the index folder that names the warnings of the latest run."""

MAX_LOSS = 0.2
"""The share of the served articles that a build may remove unasked."""
FEW_LOST = 4
"""So many may always be removed: of a small corpus they are soon a fifth."""


@dataclass(slots=True)
class BuildReport:
    """What a rebuild or update did.

    articles: in the published generation. added, changed, removed: against the one before
    (a rebuild adds all that were read). kept: articles that could not be read now and stay as they
    were. left_out: errors among the problems. warnings: the others.
    published: False if an update found nothing to do.
    """

    generation: str = ""
    published: bool = False
    articles: int = 0
    text_bytes: int = 0
    size_bytes: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0
    left_out: int = 0
    warnings: int = 0
    seconds: float = 0.0
    reason: Message = NO_TEXT

    @property
    def is_whole(self) -> bool:
        """Whether everything in the sources could be read."""
        return not self.kept and not self.left_out


OnProblem = Callable[[Problem], None]


def rebuild(
    settings: Settings,
    *,
    limit: int | None = None,
    force: bool = False,
    strict: bool = False,
    accept_loss: bool = False,
    progress: Progress = SILENT,
    on_problem: OnProblem | None = None,
    spare: SpareProcess | None = None,
) -> BuildReport:
    """Index all articles anew and publish the result as one new generation.

    limit: stop after this number of articles. force: even if more of them are served now.
    strict: publish nothing if any article was left out.
    accept_loss: drop articles that cannot be read now, and any number of those that are gone.
    on_problem: called with each problem as it is found, and with one for many of a kind, whose
        `count` says how many.
    spare: see `read_articles`.

    Articles of the served generation whose file, folder or record cannot be read now are kept.
    Raises RebuildFailed, also when more than MAX_LOSS of the served articles would be removed,
    StrictProblems, IndexLocked, IndexUnreadable, BadSetting, SourceNotFound for a source that is
    not there and of which no article is served; the served generation then stays as it is.
    """
    engine = select_engine(settings)
    store = GenerationStore(settings.index)
    with run_kept(store.index, "rebuild") as keep, _writing(store):
        _settle(engine, store)
        if limit is not None and not force:
            _refuse_fewer_articles(store, limit)
        accept_loss = accept_loss or force
        build = _Build(
            settings,
            engine,
            store,
            None,
            strict,
            accept_loss,
            progress,
            on_problem,
            spare=spare,
        )
        report = build.run(limit)
        keep(report)
        return report


def _refuse_fewer_articles(store: GenerationStore, limit: int) -> None:
    try:
        served = store.current().manifest.articles
    except (NoIndex, IndexDamaged):
        return
    if limit < served:
        raise RebuildFailed(
            N_(
                "%(served)s articles are served, and --limit %(limit)s would leave fewer",
                served=Number(served),
                limit=limit,
            ),
            where=str(store.index),
            remedy=N_("give --force too if that is what you want, or another --index"),
        )


def update(
    settings: Settings,
    *,
    limit: int | None = None,
    strict: bool = False,
    accept_loss: bool = False,
    progress: Progress = SILENT,
    on_problem: OnProblem | None = None,
    tell_again: bool = False,
    spare: SpareProcess | None = None,
) -> BuildReport:
    """Publish a generation in which what has changed since the served one is up to date.

    limit: stop after this number of new or changed articles, and remove none.
    tell_again: call `on_problem` for warnings too that were told by an earlier rebuild or update.
    spare: see `read_articles`.
    Only files whose size or time changed are read. Publishes nothing if nothing changed, and
    rebuilds if there is no index that could be updated (the report's `reason` says why).
    Raises as `rebuild`, and IndexDamaged where damage is found on the way.
    """
    engine = select_engine(settings)
    store = GenerationStore(settings.index)
    with run_kept(store.index, "update") as keep, _writing(store):
        _settle(engine, store)
        reason = NO_TEXT
        base: Generation | None
        try:
            base = open_current(store, engine)
            _check_base(store, base, engine)
        except (NoIndex, IndexOutdated, IndexDamaged) as error:
            base = None
            reason = N_("%(where)s: %(what)s", where=error.where, what=error.what)
        build = _Build(
            settings,
            engine,
            store,
            base,
            strict,
            accept_loss,
            progress,
            on_problem,
            tell_again or base is None,
            spare,
        )
        report = build.run(limit)
        report.reason = reason
        keep(report)
        return report


def _check_base(store: GenerationStore, base: Generation, engine: Engine) -> None:
    """Check that an update may build on a generation. Raises IndexDamaged.

    Raises IndexOutdated for a catalog of an earlier kind.

    No damage may get a new digest, by which `verify` would take it for sound. The files that an
    update links keep the digest of the base's manifest, whatever has become of them; the engine
    reads those that it merges through checksums; the catalog is copied and changed, and has to be
    read now. Everything is read where links are not to be had, so that all files are copied.
    """
    is_guarded = engine.has_checksums and store.can_link()
    catalog = catalog_of(base.folder)
    check_files(base, reading=(catalog.name,) if is_guarded else None)
    if not is_current(catalog):
        raise IndexOutdated(
            N_("its catalog is of an earlier kind"),
            where=str(base.folder),
            remedy=N_("run: searchapp rebuild"),
        )


@dataclass
class _Build:
    """One run of rebuild (base is None) or update, with the lock held."""

    settings: Settings
    engine: Engine
    store: GenerationStore
    base: Generation | None
    strict: bool
    accept_loss: bool
    progress: Progress
    on_problem: OnProblem | None
    tell_again: bool = True
    spare: SpareProcess | None = None
    report: BuildReport = field(default_factory=BuildReport)
    changed_ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told = ToldWarnings(self.store.index / TOLD)
        self.problems = ProblemGroups(self.on_problem or (lambda _: None))

    def run(self, limit: int | None) -> BuildReport:
        try:
            report = self._run(limit)
        finally:
            self.problems.close()
        self.told.save(is_complete=limit is None)
        return report

    def _run(self, limit: int | None) -> BuildReport:
        started = time.monotonic()
        with self.store.draft() as folder:
            self._fill(folder, limit)
            if self.base is not None and not self._differs():
                manifest = self.base.manifest
            else:
                self.progress.begin(N_("Checking"), 0)
                manifest = self._manifest(folder, time.monotonic() - started)
                with closing(self.engine.open(folder)) as snapshot:
                    check_snapshot(snapshot, manifest.articles, folder)
                step("snapshot checked")
                self.store.publish(folder, manifest)
                self.report.published = True
                self._settle()
        self.report.generation = manifest.generation
        self.report.articles = manifest.articles
        self.report.text_bytes = manifest.text_bytes
        self.report.size_bytes = manifest.size_bytes
        self.report.seconds = time.monotonic() - started
        return self.report

    def _fill(self, folder: Path, limit: int | None) -> None:
        base = self.base.folder if self.base else None
        served = self.base or _served(self.store)
        has_catalog = served is not None and (self.base is not None or _has_sound_catalog(served))
        catalog = Catalog(
            folder / CATALOG,
            base=catalog_of(served.folder) if served is not None and has_catalog else None,
            sources=self.settings.seeds,
            anew=self.base is None,
        )
        writer = self.engine.writer(
            folder,
            base=base,
            workers=self.settings.worker_count,
            kept=self.store.index / KEPT_RUNS,
        )
        try:
            for article in itertools.islice(self._new_articles(catalog, limit), limit):
                writer.add(article)
            left = None if limit is None else limit - self.report.added - self.report.changed
            # An update at its limit has not come to all files, and removes nothing.
            if left != 0 or self.base is None:
                self._keep(catalog, writer, served)
            for article in itertools.islice(self._settled_articles(catalog), left):
                writer.add(article)
            removed = None
            if limit is None or self.base is None:
                removed = catalog.remove_gone()
                self.report.removed = len(removed.ids)
                self.changed_ids += removed.ids
            if limit is not None:
                catalog.distrust_files()
            self.totals = catalog.totals()
            if removed is not None and served is not None:
                self._refuse_loss(removed, served.manifest.articles, has_catalog)
            self._refuse_if_nothing_or_strict()
            if self.base is not None and not self._differs():
                writer.abort()
                catalog.close()
                return
            self.progress.begin(N_("Writing"), 0)
            if self.base is not None:
                writer.remove(self.changed_ids)
            self.digests = writer.commit()
            self.source_digest = catalog.source_digest()
            catalog.commit()
        except BaseException:
            writer.abort()
            catalog.close()
            raise

    def _new_articles(self, catalog: Catalog, limit: int | None) -> Iterator[Article]:
        """The articles that the engine must add, each entered in the catalog.

        limit: how many of them are wanted, which the progress takes into account.
        """
        articles_read = 0

        def advance(bytes_read: int) -> None:
            towards_limit = total_bytes * articles_read // limit if limit else 0
            self.progress.advance(max(bytes_read, towards_limit), articles=articles_read)

        def report(problem: Problem) -> None:
            catalog.report(problem.where)
            is_told = False
            if problem.severity == "error":
                catalog.fail(problem.where, problem.what)
            else:
                is_told = self.told.is_told(problem)
            self._report(problem, tell=self.tell_again or not is_told)

        def begin(file: ArticleFile) -> ArticleFile | None:
            begun = catalog.begin_file(file)
            return begun and replace(begun, post_types=self.settings.post_types)

        sources = self._sources_there(catalog, report)
        total_bytes = source_bytes(sources)
        self.progress.begin(N_("Indexing"), total_bytes)
        articles = read_articles(
            sources,
            report=report,
            known_tags=catalog.known_tags(),
            begin=begin,
            on_read=advance,
            spare=self.spare,
        )
        for article in articles:
            articles_read += 1
            yield from self._entered(catalog, catalog.record(article))

    def _sources_there(self, catalog: Catalog, report: OnProblem) -> list[Path]:
        """The sources without those that cannot be looked at, which are reported.

        Raises SourceNotFound for one of which no article is served: it may be a typing error.
        """
        there = []
        for source in self.settings.seeds:
            try:
                check_paths([source])
            except SourceNotFound as error:
                if not catalog.has_articles_of(source):
                    raise
                report(Problem(error.where, error.what, N_("mount it, or put it back")))
            else:
                there.append(source)
        return there

    def _settled_articles(self, catalog: Catalog) -> Iterator[Article]:
        """The articles that waited for what became of others with their ids."""
        for recorded in catalog.waiting():
            yield from self._entered(catalog, recorded)

    def _entered(self, catalog: Catalog, recorded: Recorded) -> Iterator[Article]:
        """The article, if the engine must add it; a duplicate is reported."""
        article, verdict, rival = recorded
        if verdict is Verdict.DUPLICATE:
            self._report(
                Problem(
                    article.origin,
                    N_("the id %(id)r has been used in %(rival)s", id=article.id, rival=rival),
                    N_("give one of the two articles another id"),
                )
            )
        elif verdict in (Verdict.NEW, Verdict.CHANGED):
            catalog.count_tags(article.tags)
            if verdict is Verdict.NEW:
                self.report.added += 1
            else:
                self.report.changed += 1
                self.changed_ids.append(article.id)
            yield article

    def _keep(self, catalog: Catalog, writer: GenerationWriter, served: Generation | None) -> None:
        """Keep the articles that cannot be read now, and tell of which places they are.

        A rebuild takes them from the served generation. Raises RebuildFailed if it cannot.
        """
        if self.accept_loss:
            return
        for where, what, ids in catalog.keep():
            self.report.kept += len(ids)
            self._report(
                Problem(
                    where,
                    N_(
                        "%(what)s: its articles are kept from before (%(number)s)",
                        what=what,
                        number=Number(len(ids)),
                    ),
                    N_("mend it, or drop them with --accept-loss"),
                    "warning",
                )
            )
            if self.base is None and served is not None:
                for article in self._stored_articles(served, ids):
                    catalog.count_tags(article.tags)
                    writer.add(article)

    def _stored_articles(self, served: Generation, ids: Sequence[str]) -> Iterator[Article]:
        try:
            engine = self.engine
            if served.manifest.engine != engine.name:
                engine = select_engine(replace(self.settings, engine=served.manifest.engine))
            with closing(engine.open(served.folder)) as snapshot:
                for article_id in sorted(ids):
                    marked = snapshot.article(article_id, None, deadline=NEVER)
                    if marked is None:
                        raise IndexDamaged(
                            N_("has no article %(article_id)r", article_id=article_id)
                        )
                    yield marked.article
        except SearchappError as error:
            raise RebuildFailed(
                N_(
                    "the articles that cannot be read now cannot be kept (%(what)s)",
                    what=error.what,
                ),
                where=str(served.folder),
                remedy=N_("mend what cannot be read, or drop them with --accept-loss"),
            ) from error

    def _refuse_loss(self, removed: Removed, before: int, has_catalog: bool) -> None:
        """Raise RebuildFailed if much of what is served would be removed unasked.

        before: the articles that are served. has_catalog: otherwise only their number is known.
        """
        lost = removed.lost if has_catalog else before - self.totals[0]
        if not self.accept_loss and lost > max(FEW_LOST, MAX_LOSS * before):
            raise RebuildFailed(
                N_(
                    "%(lost)s of the %(before)s articles that are served would be removed",
                    lost=Number(lost),
                    before=Number(before),
                ),
                where=removed.place or ", ".join(str(path) for path in self.settings.seeds),
                remedy=N_("see whether all sources are there; --accept-loss removes the articles"),
            )

    def _report(self, problem: Problem, *, tell: bool = True) -> None:
        if problem.severity == "error":
            self.report.left_out += problem.count
        else:
            self.report.warnings += problem.count
        if tell:
            self.problems.add(problem)

    def _refuse_if_nothing_or_strict(self) -> None:
        if self.strict and self.report.left_out:
            raise StrictProblems(
                N_(
                    "%(left_out)s problems were found, and --strict was given",
                    left_out=Number(self.report.left_out),
                )
                if self.report.left_out > 1
                else N_("1 problem was found, and --strict was given"),
                remedy=N_("mend them, or leave --strict out to index the rest"),
            )
        if self.totals[0] == 0:
            raise RebuildFailed(
                N_("no article was found"),
                where=", ".join(str(path) for path in self.settings.seeds),
                remedy=N_("give --seeds a folder or file with articles"),
            )

    def _differs(self) -> bool:
        return bool(self.report.added or self.report.changed or self.report.removed)

    def _settle(self) -> None:
        """A generation is served, whatever comes now: the next run does what could not be done."""
        try:
            _settle(self.engine, self.store)
        except (SearchappError, OSError) as error:
            what, where = system_reason(error), str(self.store.index)
            if isinstance(error, SearchappError):
                what, where = error.what, error.where
            self._report(
                Problem(
                    where,
                    N_("what is no longer needed was not deleted (%(what)s)", what=what),
                    N_("the next rebuild or update does it"),
                    "warning",
                )
            )

    def _manifest(self, folder: Path, seconds: float) -> Manifest:
        articles, text_bytes = self.totals
        return Manifest(
            format_version=FORMAT_VERSION,
            generation=folder.name,
            engine=self.engine.name,
            fingerprint=self.engine.fingerprint(),
            articles=articles,
            text_bytes=text_bytes,
            source_digest=self.source_digest,
            built_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            build_seconds=round(seconds, 3),
            files=file_digests(folder, known=self.digests, base=self.base),
        )


def _settle(engine: Engine, store: GenerationStore) -> None:
    served = ""
    with suppress(NoIndex, IndexDamaged):
        served = store.current_id()
    engine.settle(store.index, served)


def _served(store: GenerationStore) -> Generation | None:
    try:
        return store.current()
    except (NoIndex, IndexDamaged):
        return None


def _has_sound_catalog(generation: Generation) -> bool:
    path = catalog_of(generation.folder)
    try:
        return file_digest(path) == generation.manifest.files.get(path.name)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise not_read(error, N_("the catalog"), where=path, remedy=NO_TEXT) from error


@contextmanager
def _writing(store: GenerationStore) -> Iterator[None]:
    """Be the one writer, and turn what the operating system refuses into one clear sentence."""
    try:
        with store.lock():
            yield
    except SearchappError:
        raise
    except (OSError, sqlite3.Error) as error:
        raise RebuildFailed(
            N_(
                "the new index could not be written (%(reason)s)",
                reason=system_reason(error),
            ),
            where=str(getattr(error, "filename", None) or store.index),
            remedy=N_("check disk space and permissions; the served index is unchanged"),
        ) from error
    except MemoryError as error:
        raise RebuildFailed(
            N_("memory ran out"),
            remedy=N_("use fewer --workers or less --memory-mb; the served index is unchanged"),
        ) from error


def roll_back(settings: Settings) -> Generation:
    """Serve the newest sound generation before the served one again.

    Where CURRENT does not say which is served, any may be it.
    Raises NoIndex, IndexDamaged, IndexUnreadable, IndexOutdated, IndexLocked, RebuildFailed.
    """
    store = GenerationStore(settings.index)
    with suppress(IndexDamaged):
        store.current_id()  # Where there is no index, a lock would make its folder.
    refusals: list[SearchappError] = []
    with _writing(store):
        engine = select_engine(settings)
        for generation in store.earlier():
            try:
                check_usable(generation, engine)
                check_files(generation)
                with closing(engine.open(generation.folder)) as snapshot:
                    check_snapshot(snapshot, generation.manifest.articles, generation.folder)
            except (IndexDamaged, IndexOutdated) as error:
                refusals.append(error)
            else:
                store.serve(generation)
                # It is served, whatever comes now: the next rebuild does what could not be done.
                with suppress(SearchappError, OSError):
                    _settle(engine, store)
                return generation
    raise refusals[0]

"""Filling a generation folder: batches become segments in several processes, then one segment."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.generation import (
    COLUMNS,
    SEGMENTS,
    SUFFIX,
    SUGGESTIONS,
    open_segments,
    write_segment_list,
)
from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.document_columns import DocumentColumns, joined
from searchapp.engines.columnar.writing.merge_policy import SegmentSize, merge_plan
from searchapp.engines.columnar.writing.merger import (
    PieceMerger,
    PieceTask,
    Source,
    merge_here,
    merge_segments,
)
from searchapp.engines.columnar.writing.segment_builder import SegmentBuilder, stored_dictionary
from searchapp.engines.columnar.writing.shared_runs import (
    MIN_CHARS,
    SharedRuns,
    SharedRunsReader,
)
from searchapp.engines.columnar.writing.suggestion_writer import write_suggestions
from searchapp.engines.evaluation.columns import Columns
from searchapp.engines.generation_lexicon import (
    LEXICON,
    LearningBuffer,
    analysis_fingerprint,
    open_analyzer,
)
from searchapp.engines.storage.segment_file import BlockCache
from searchapp.errors import BadSetting
from searchapp.german.exceptions import Exceptions
from searchapp.german.token_arrays import BatchAnalyzer
from searchapp.index_files import FileDigest, link_file, link_folder, sync_file
from searchapp.model import Article
from searchapp.processes import Work, WorkerPool
from searchapp.settings import variable
from searchapp.steps import step
from searchapp.translation import N_

BATCH_CHARS = 4_000_000
"""Text of a batch, which one process makes a segment of: always the same, so that the segments
do not depend on how many processes there are. Larger batches share more words, and take more
memory: about 40 bytes a character."""

MAX_MERGED = 64
"""Segments that are merged at once. Each is open in all processes, and takes about a megabyte."""

PARENT_MB = 220
"""What the process needs that reads the articles and hands them out."""
BATCH_MB = 190
"""What a process needs for a batch, besides the words that it remembers."""
WORD_BYTES = 700
"""What a remembered word takes, its runs included."""
MIN_WORDS, MAX_WORDS = 20_000, 400_000
LEAST_MB = PARENT_MB + BATCH_MB + -(-MIN_WORDS * WORD_BYTES >> 20)
"""One process that remembers few words."""
MERGE_CACHE_BYTES = 1 << 24

Batch = list[Article]


class BuildTask(NamedTuple):
    """Make a segment of some articles."""

    path: Path
    articles: Batch


class KeepTask(NamedTuple):
    """Join the runs of all batches for the next build."""

    runs: SharedRuns


Task = BuildTask | PieceTask | KeepTask


class BatchBuilder(NamedTuple):
    """Builds segments of batches, one after the other, in one process."""

    segments: SegmentBuilder
    runs: SharedRunsReader

    def build(self, path: Path, articles: Batch) -> FileDigest:
        """Write the segment of a batch. Raises OSError."""
        if sum(len(article.body) for article in articles) >= MIN_CHARS:
            self.runs.take()
        return self.segments.build(path, articles, before_forgetting=self.runs.give)


@dataclass(frozen=True)
class Building:
    """Prepares the building and merging of segments in a process; see WorkerPool.

    folder: of the generation. parts: of the batches. kept: see SharedRuns.
    """

    folder: Path
    parts: Path
    kept: Path | None
    exceptions: Exceptions
    max_words: int
    dictionary: bytes

    def __call__(self, number: int) -> Work[Task]:
        """Get ready; the analyzer of the generation is opened with the first batch."""
        del number
        builder: BatchBuilder | None = None  # The lexicon may not be there yet.
        merger = PieceMerger()
        # As within `SegmentBuilder.build`: between two batches, too, it would look at all words.
        gc.disable()

        def work(task: Task | None) -> None:
            nonlocal builder
            if isinstance(task, BuildTask):
                builder = builder or self.builder()
                builder.build(*task)
            elif task is not None:
                builder = None  # Merging needs the memory of the words that it remembers.
                gc.enable()
                if isinstance(task, KeepTask):
                    task.runs.keep()
                else:
                    merger.merge(task)

        return work

    def builder(self) -> BatchBuilder:
        """What builds segments with the lexicon of the generation. Raises IndexDamaged."""
        analyzer = BatchAnalyzer(open_analyzer(self.folder, self.exceptions), collects=True)
        segments = SegmentBuilder(analyzer, max_words=self.max_words, dictionary=self.dictionary)
        return BatchBuilder(segments, self.runs().reader(analyzer))

    def runs(self) -> SharedRuns:
        """The runs that are tokenized with the lexicon of the generation. Raises OSError."""
        fingerprint = analysis_fingerprint(self.folder, self.exceptions)
        return SharedRuns(self.parts, self.kept, fingerprint)


def shares_of_memory(memory_mb: int, workers: int) -> tuple[int, int]:
    """How many processes may work, `workers` at most, and how many words each may remember.

    Uses fewer processes to stay within the memory. Raises BadSetting if it is not enough for one.
    """
    if memory_mb < LEAST_MB:
        raise BadSetting(
            N_("%(memory_mb)s MB is not enough for indexing", memory_mb=memory_mb),
            where=variable("memory_mb"),
            remedy=N_("use %(least_mb)s or more", least_mb=LEAST_MB),
        )
    processes = max(1, min(workers, (memory_mb - PARENT_MB) // BATCH_MB))
    spare = memory_mb - PARENT_MB - processes * BATCH_MB
    words = spare * 2**20 // (WORD_BYTES * processes)
    return processes, min(MAX_WORDS, max(MIN_WORDS, words))


class ColumnarWriter:
    """The GenerationWriter of the columnar engine."""

    def __init__(
        self,
        folder: Path,
        *,
        base: Path | None,
        workers: int,
        memory_mb: int,
        exceptions: Exceptions,
        kept: Path | None = None,
        batch_chars: int = BATCH_CHARS,
    ) -> None:
        """See `searchapp.engines.base.Engine.writer`."""
        self._folder = folder
        self._base = base
        self._exceptions = exceptions
        self._kept = kept
        self._workers, self._max_words = shares_of_memory(memory_mb, workers)
        self._max_batch_chars = batch_chars
        self._dictionary = b""
        self._batch: Batch = []
        self._batch_chars = 0
        self._batches: list[Path] = []
        self._removed: set[str] = set()
        self._pool: WorkerPool[Task] | None = None
        self._builder: BatchBuilder | None = None
        self._digests: dict[Path, FileDigest] = {}  # of the segments written by this process
        self._parts = folder / "parts"
        self._parts.mkdir()
        self._learning: LearningBuffer | None = None
        if base is None:
            self._learning = LearningBuffer(folder)
        else:
            link_folder(base / LEXICON, folder / LEXICON)
            step("lexicon linked")

    def add(self, article: Article) -> None:
        """Index an article soon, here or in a worker. Raises RebuildFailed if a worker died."""
        if self._learning is None:
            self._take(article)
        elif self._learning.add(article):
            self._learn(is_enough=True)

    def _learn(self, *, is_enough: bool = False) -> None:
        """Learn the lexicon from the articles that were held back, then index these.

        is_enough: whether there are enough for several batches, or more to come.
        """
        if self._learning is not None:
            learning, self._learning = self._learning, None
            self._dictionary = stored_dictionary(learning.articles)
            if is_enough and self._workers > 1:
                self._pool = self._started_pool()  # They start while this process learns.
            learning.learn()
            for article in learning.articles:
                self._take(article)

    def _take(self, article: Article) -> None:
        self._batch.append(article)
        self._batch_chars += len(article.title) + len(article.body) + 200
        self._batch_chars += sum(map(len, article.tags)) + 50 * len(article.tags)
        if self._batch_chars >= self._max_batch_chars:
            self._send()

    def remove(self, article_ids: Iterable[str]) -> None:
        """Remember articles of the base generation to be removed at `commit`."""
        self._removed.update(article_ids)

    def _send(self) -> None:
        """Have a segment made of the batch."""
        path = self._parts / f"{len(self._batches):06}{SUFFIX}"
        self._batches.append(path)
        articles, self._batch, self._batch_chars = self._batch, [], 0
        if self._workers == 1:
            self._builder = self._builder or self._building().builder()
            self._digests[path] = self._builder.build(path, articles)
            return
        if self._pool is None:
            # Only now: the few articles of a small corpus never pay for starting processes.
            self._pool = self._started_pool()
        self._pool.send(BuildTask(path, articles))
        step("batch sent")

    def _started_pool(self) -> WorkerPool[Task]:
        return WorkerPool(self._workers, self._building())

    def _building(self) -> Building:
        return Building(
            self._folder,
            self._parts,
            self._kept,
            self._exceptions,
            self._max_words,
            self._dictionary,
        )

    def commit(self) -> dict[str, FileDigest]:
        """See `searchapp.engines.base.GenerationWriter`."""
        self._learn()
        if self._pool is None:
            self._workers = 1  # All that is left is one batch.
        if self._batch:
            self._send()
        if self._pool is not None:
            self._pool.drain()
        step("batches built")
        cache = BlockCache(MERGE_CACHE_BYTES)
        sources = self._base_sources(cache)
        if not sources and not self._batches:
            self._send()  # One segment at least, so that no reader has to think of none.
        self._builder = None  # Merging needs the memory of the words that it remembers.
        self._keep_runs()
        self._gather_batches()
        sources += [Source(Segment(path, cache)) for path in self._batches]
        sources = self._merged(sources, cache)
        self._finish_pool()
        checksums, digests = {}, {}
        for number, source in enumerate(sources):
            path = self._folder / f"{number:04}{SUFFIX}"
            written = source.segment.file.path
            if written.is_relative_to(self._folder):
                written.rename(path)
                sync_file(path)
            else:
                link_file(written, path)
            step("segment placed")
            checksums[path.name] = source.segment.file.checksum
            if written in self._digests:
                digests[path.name] = self._digests[written]
        digests[SEGMENTS] = write_segment_list(self._folder, checksums)
        step("segments listed")
        analyzer = BatchAnalyzer(open_analyzer(self._folder, self._exceptions))
        self._building().runs().reader(analyzer).take()  # Mapped, they may be deleted.
        shutil.rmtree(self._parts)
        columns, digests[COLUMNS] = _write_columns(self._folder, sources)
        sync_file(self._folder / COLUMNS)
        step("columns written")
        digests[SUGGESTIONS] = write_suggestions(
            self._folder / SUGGESTIONS,
            [source.segment for source in sources],
            columns,
            analyzer,
        )
        sync_file(self._folder / SUGGESTIONS)
        step("suggestions written")
        return digests

    def _keep_runs(self) -> None:
        """Have the runs of all batches joined for the next build, beside what follows."""
        task = KeepTask(self._building().runs())
        if self._pool is None:
            task.runs.keep()
        else:
            self._pool.send(task)
        step("runs kept")

    def _gather_batches(self) -> None:
        """Merge neighbouring batches until there are few enough to be merged at once.

        Only as many as it takes: they are written once more.
        """
        count = 0
        while len(self._batches) > MAX_MERGED:
            gathered, rest = list[Path](), self._batches
            while rest and (excess := len(gathered) + len(rest) - MAX_MERGED) > 0:
                size = min(MAX_MERGED, excess + 1)
                paths, rest = rest[:size], rest[size:]
                gathered.append(self._gathered(paths, count))
                count += 1
            self._batches = gathered + rest

    def _gathered(self, batches: Sequence[Path], number: int) -> Path:
        """The segment of some batches, which are deleted."""
        path = self._parts / f"gathered-{number:06}{SUFFIX}"
        cache = BlockCache(MERGE_CACHE_BYTES)
        sources = [Source(Segment(each, cache)) for each in batches]
        self._digests[path] = merge_segments(path, sources, run=self._run_pieces)
        for each in batches:
            each.unlink()
        return path

    def _base_sources(self, cache: BlockCache) -> list[Source]:
        """The segments of the base generation, without what is removed."""
        if self._base is None:
            return []
        live = Columns.load(self._base / COLUMNS).live
        sources, first = [], 0
        for segment in open_segments(self._base, cache):
            still = np.array(live[first : first + segment.doc_count])
            first += segment.doc_count
            for article_id in self._removed:
                doc = segment.find_id(article_id)
                if doc is not None:
                    still[doc] = False
            sources.append(Source(segment, None if still.all() else still))
        return [
            Source(segment, live)
            for segment, live in sources
            if segment.doc_count and (live is None or live.any())
        ]

    def _merged(self, sources: list[Source], cache: BlockCache) -> list[Source]:
        if self._base is None:
            groups = [list(range(len(sources)))] if len(sources) > 1 else []
        else:
            groups = merge_plan([_size(source) for source in sources])
        merged = {}
        for number, group in enumerate(groups):
            path = self._parts / f"merged-{number}{SUFFIX}"
            members = [sources[place] for place in group]
            is_last = number == len(groups) - 1
            run = self._run_last_pieces if is_last else self._run_pieces
            self._digests[path] = merge_segments(path, members, run=run)
            step("segments merged")
            merged[group[0]] = Source(Segment(path, cache))
        taken = {place for group in groups for place in group}
        return [
            merged.get(place, source)
            for place, source in enumerate(sources)
            if place in merged or place not in taken
        ]

    def _run_pieces(self, tasks: Sequence[PieceTask]) -> None:
        if self._pool is None:
            merge_here(tasks)
            return
        for task in tasks:
            self._pool.send(task)
            step("piece sent")
        self._pool.drain()

    def _run_last_pieces(self, tasks: Sequence[PieceTask]) -> None:
        """The workers end: what is left is done here, and needs their memory."""
        self._run_pieces(tasks)
        self._finish_pool()

    def _finish_pool(self) -> None:
        if self._pool is not None:
            self._pool.finish()
            self._pool.kill()
            self._pool = None
            step("workers finished")

    def abort(self) -> None:
        """End the workers; what they wrote is deleted by the caller."""
        if self._pool is not None:
            self._pool.kill()


def _size(source: Source) -> SegmentSize:
    segment, live = source
    deleted = 0 if live is None else int(np.count_nonzero(~live))
    return SegmentSize(segment.file.path.stat().st_size, segment.doc_count, deleted)


def _write_columns(folder: Path, sources: Sequence[Source]) -> tuple[Columns, FileDigest]:
    parts = joined([DocumentColumns.read(segment.file) for segment, _ in sources])
    live = [
        np.ones(segment.doc_count, dtype=np.bool_) if live is None else live
        for segment, live in sources
    ]
    columns = Columns.of_arrays(
        id_ranks=_id_ranks([segment for segment, _ in sources]),
        days=parts.days,
        live=np.concatenate(live),
        lengths=parts.lengths,
        facets=parts.facets,
    )
    return columns, columns.save(folder / COLUMNS)


def _id_ranks(segments: Sequence[Segment]) -> npt.NDArray[np.intp]:
    """The place of each document's id among all, of equal ones by the number of the document."""
    docs = []
    for segment, first in zip(segments, _first_docs(segments), strict=True):
        docs.append(segment.ids.numbers()["doc"].astype(np.intp) + first)
    by_id = np.concatenate(docs)
    if len(segments) > 1:
        # In UTF-8 they are sorted as they are as texts.
        ids = [article_id for segment in segments for article_id in segment.ids.terms()]
        by_id = by_id[sorted(range(len(ids)), key=ids.__getitem__)]
    ranks = np.empty(len(by_id), dtype=np.intp)
    ranks[by_id] = np.arange(len(by_id))
    return ranks


def _first_docs(segments: Sequence[Segment]) -> list[int]:
    """Of each segment the number of its first document in all of them."""
    return list(accumulate((segment.doc_count for segment in segments[:-1]), initial=0))

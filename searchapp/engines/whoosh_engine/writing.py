"""Filling a generation folder with Whoosh indexes, by several processes.

A generation holds parts, each a complete Whoosh index written by one process: no process waits
for another and nothing is merged at the end, which is where Whoosh's own multi-process writer
spends half of its time.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from whoosh.index import create_in, open_dir
from whoosh.reading import IndexReader

from searchapp.engines.columns import ColumnRow, Columns
from searchapp.engines.fields import TEXT, exact_field
from searchapp.engines.vocabulary import save_vocabulary
from searchapp.engines.whoosh_engine.schema import build_schema, column_row, document
from searchapp.engines.whoosh_engine.storage import MappedStorage
from searchapp.errors import RebuildFailed
from searchapp.german import Analyzer, surface_counts
from searchapp.german.dictionary import copy_dictionary_lexicon
from searchapp.german.exceptions import Exceptions
from searchapp.german.learning import learn_lexicon_apart
from searchapp.german.lexicon import Lexicon
from searchapp.model import Article

BATCH_CHARS = 500_000
"""Text sent to a worker at once: large enough to make the transfer cheap."""
MEMORY_MB = 192
"""Postings that a process collects before it writes a sorted run to disk."""

LEARNED_CHARS = 20_000_000
"""Text of the first articles from which the lexicon is learned: more adds next to no nouns."""
LEARNABLE_CHARS = 3_000_000
"""Less text tells nothing that the dictionary does not know."""
LEXICON = "lexicon"
"""The folder of the lexicon in a generation."""

Batch = list[Article]


def part_folders(folder: Path) -> list[Path]:
    """The parts of a generation, in the order of their document numbers."""
    return sorted(folder.glob("part-*"))


def open_leaf_readers(folder: Path) -> list[IndexReader]:
    """Readers of all segments of all parts, in the order of their document numbers."""
    leaves = []
    for part in part_folders(folder):
        reader = MappedStorage(str(part)).open_index(schema=build_schema()).reader()
        # An empty index has a leaf without documents; there is nothing to read in it.
        leaves += [leaf for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]
    for leaf in leaves:
        # Whoosh opens this file at its first use, when the folder may have been deleted.
        leaf.stored_fields(0)
    return leaves


def open_analyzer(folder: Path, exceptions: Exceptions) -> Analyzer:
    """The analyzer with the lexicon of a generation. Raises IndexDamaged."""
    return Analyzer(Lexicon.open(folder / LEXICON).with_exceptions(exceptions))


class PartWriter:
    """Writes one part in this process."""

    def __init__(self, folder: Path, exceptions: Exceptions) -> None:
        """folder: of the part; it lies in the folder of the generation, beside its lexicon."""
        schema = build_schema()
        if folder.exists():
            index = open_dir(str(folder), schema=schema)
        else:
            folder.mkdir()
            index = create_in(str(folder), schema)
        self._writer = index.writer(limitmb=MEMORY_MB, compound=False)  # see storage.py
        self._analyzer = open_analyzer(folder.parent, exceptions)

    def add(self, articles: Iterable[Article]) -> None:
        """Analyze and index the articles."""
        for article in articles:
            self._writer.add_document(**document(article, self._analyzer))

    def remove(self, article_ids: Iterable[str]) -> None:
        """Mark the articles with these ids as deleted."""
        for article_id in article_ids:
            self._writer.delete_by_term("id", article_id)

    def commit(self) -> None:
        """Make the part readable."""
        self._writer.commit()

    def abort(self) -> None:
        """Give up without making anything readable."""
        # A commit that failed has closed it.
        if not self._writer.is_closed:  # type: ignore[attr-defined]  # of SegmentWriter
            self._writer.cancel()


class WhooshWriter:
    """The GenerationWriter of the stock codec."""

    def __init__(
        self, folder: Path, *, base: Path | None, workers: int, exceptions: Exceptions
    ) -> None:
        self._folder = folder
        self._workers = workers
        self._exceptions = exceptions
        self._batch: Batch = []
        self._batch_chars = 0
        # The lexicon is learned from the first articles, before any of them is indexed.
        self._is_learning = base is None
        self._removed: set[str] = set()
        self._pool: _WorkerPool | None = None
        # An update is small: its articles go into an existing part, by this process.
        self._is_update = base is not None
        if base is not None:
            _link_parts(base, folder)
            _link_files(base / LEXICON, folder / LEXICON)
        self._local: PartWriter | None = None
        self._local_folder: Path | None = None

    def add(self, article: Article) -> None:
        """Index an article soon, here or in a worker. Raises RebuildFailed if a worker died."""
        self._batch.append(article)
        self._batch_chars += len(article.body) + len(article.title) + 200
        if self._batch_chars >= (LEARNED_CHARS if self._is_learning else BATCH_CHARS):
            self._flush()

    def remove(self, article_ids: Iterable[str]) -> None:
        """Remember articles of the base generation to be removed at `commit`."""
        self._removed.update(article_ids)

    def _flush(self) -> None:
        self._learn()
        articles, self._batch, self._batch_chars = self._batch, [], 0
        if self._is_update or self._workers == 1:
            self._local_writer().add(articles)
            return
        if self._pool is None:
            # Only now: the few articles of a small corpus never pay for starting processes.
            self._pool = _WorkerPool(self._folder, self._workers, self._exceptions)
        for batch in _batches(articles):
            self._pool.send(batch)

    def _learn(self) -> None:
        if not self._is_learning:
            return
        self._is_learning = False
        folder = self._folder / LEXICON
        if sum(len(each.body) for each in self._batch) < LEARNABLE_CHARS:
            copy_dictionary_lexicon(folder)
        else:
            learn_lexicon_apart(
                surface_counts(f"{each.title}\n{each.body}" for each in self._batch), folder
            )

    def _local_writer(self) -> PartWriter:
        if self._local is None:
            parts = part_folders(self._folder)
            self._local_folder = min(parts, key=_size_bytes, default=self._folder / "part-0")
            self._local = PartWriter(self._local_folder, self._exceptions)
        return self._local

    def commit(self) -> None:
        """Finish all parts, then write columns and vocabulary of the whole generation."""
        if self._batch_chars >= BATCH_CHARS:
            self._flush()  # A corpus that was learned as a whole is still worth several processes.
        if self._pool is not None:
            self._flush()
            self._pool.finish()
        else:
            self._learn()
            writer = self._local_writer()
            writer.add(self._batch)
            # Only what was committed before is removed, not what this writer has added: an
            # article that changed has the same id on both sides.
            writer.remove(self._removed)
            writer.commit()
            self._remove_elsewhere()
        leaves = open_leaf_readers(self._folder)
        try:
            self._write_columns(leaves)
            self._write_vocabulary(leaves)
        finally:
            for leaf in leaves:
                leaf.close()

    def _remove_elsewhere(self) -> None:
        for part in part_folders(self._folder):
            if self._removed and part != self._local_folder:
                writer = PartWriter(part, self._exceptions)
                writer.remove(self._removed)
                writer.commit()

    def abort(self) -> None:
        """End the workers; what they wrote is deleted by the caller."""
        if self._pool is not None:
            self._pool.kill()
        if self._local is not None:
            self._local.abort()

    def _write_columns(self, leaves: Sequence[IndexReader]) -> None:
        folder = self._folder / "columns"
        folder.mkdir()

        def rows() -> Iterable[ColumnRow]:
            for leaf in leaves:
                facets = leaf.column_reader("facets")
                for doc in range(leaf.doc_count_all()):
                    yield column_row(facets[doc])

        deleted = []
        base = 0
        for leaf in leaves:
            deleted += [base + doc for doc in range(leaf.doc_count_all()) if leaf.is_deleted(doc)]
            base += leaf.doc_count_all()
        Columns.build(rows(), deleted).save(folder)

    def _write_vocabulary(self, leaves: Sequence[IndexReader]) -> None:
        folder = self._folder / "vocabulary"
        folder.mkdir()
        frequencies: Counter[str] = Counter()
        for leaf in leaves:
            for term, info in leaf.iter_field(exact_field(TEXT)):
                frequencies[term.decode("utf-8")] += info.doc_frequency()
        save_vocabulary(folder, frequencies, open_analyzer(self._folder, self._exceptions))


def _batches(articles: Iterable[Article]) -> Iterator[Batch]:
    """The articles in batches of about BATCH_CHARS."""
    batch: Batch = []
    chars = 0
    for article in articles:
        batch.append(article)
        chars += len(article.body) + len(article.title) + 200
        if chars >= BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _link_parts(base: Path, folder: Path) -> None:
    """Take over the parts of a generation."""
    for part in part_folders(base):
        _link_files(part, folder / part.name)


def _link_files(source: Path, target: Path) -> None:
    """Take over the files of a folder. Each is written only once, so that links are safe."""
    target.mkdir()
    for file in source.iterdir():
        if not file.name.endswith("LOCK"):
            try:
                os.link(file, target / file.name)
            except OSError:  # a file system without hard links
                shutil.copy2(file, target / file.name)


def _size_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


class _WorkerPool:
    """Processes that each write a part; batches go to whoever is free."""

    def __init__(self, folder: Path, workers: int, exceptions: Exceptions) -> None:
        # Not forked: the parent has threads (a progress bar) and locks that must not be copied.
        context = get_context("spawn")
        self._processes: list[BaseProcess] = []
        self._pipes: list[Connection] = []
        for number in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_write_part,
                args=(folder / f"part-{number}", theirs, exceptions),
                daemon=True,
            )
            with _interrupts_ignored():
                process.start()
            # Closed here, so that the worker's death is an end of file for us, and ours for it.
            theirs.close()
            self._processes.append(process)
            self._pipes.append(ours)
        # Two batches under way keep a worker busy while the next one is read; but each gets its
        # first one before any gets a second, which is waited for until it can be taken.
        self._free = self._pipes * 2

    def send(self, batch: Batch) -> None:
        """Hand a batch to a free worker, waiting for one. Raises RebuildFailed."""
        while not self._free:
            for ready in wait(self._pipes):
                self._free.append(self._receive(ready))  # type: ignore[arg-type]  # no sockets here
        self._send(self._free.pop(0), batch)

    def _send(self, pipe: Connection, message: Batch | None) -> None:
        try:
            pipe.send(message)
        except (BrokenPipeError, ConnectionResetError):
            while True:  # What the worker reported before its end, and then its end, which raises.
                self._receive(pipe)

    def _receive(self, pipe: Connection) -> Connection:
        """Take a worker's report that a batch, or all of its work, is done."""
        try:
            error = pipe.recv()
        except (EOFError, ConnectionResetError):
            process = self._processes[self._pipes.index(pipe)]
            process.join()
            raise RebuildFailed(
                f"an indexing process ended with status {process.exitcode}",
                remedy="check memory and disk space, then run the command again",
            ) from None
        if error is not None:
            raise error
        return pipe

    def finish(self) -> None:
        """Let all workers commit their part. Raises RebuildFailed."""
        outstanding = {pipe: 2 - self._free.count(pipe) for pipe in self._pipes}
        for pipe in self._pipes:
            self._send(pipe, None)
        for pipe in self._pipes:
            for _ in range(outstanding[pipe] + 1):
                self._receive(pipe)
        for process in self._processes:
            process.join()

    def kill(self) -> None:
        """End all workers at once."""
        for process in self._processes:
            process.kill()
            process.join()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """A process started meanwhile never hears of Ctrl-C, which a terminal sends to all alike.

    The parent alone decides what becomes of its workers; they would only print tracebacks.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Only the main thread may, and is interrupted by Ctrl-C.
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _write_part(folder: Path, pipe: Connection, exceptions: Exceptions) -> None:
    """The worker: index batches until None comes; answer each with None or an error."""
    try:
        writer = PartWriter(folder, exceptions)
        while True:
            batch: Batch | None = pipe.recv()
            if batch is None:
                break
            writer.add(batch)
            pipe.send(None)
        writer.commit()
        pipe.send(None)
    except EOFError:
        return  # the parent is gone, and with it the reason to go on
    except Exception as error:
        _send_error(pipe, error)


def _send_error(pipe: Connection, error: Exception) -> None:
    cause = error if isinstance(error, OSError) else repr(error)
    failure = RebuildFailed(
        f"indexing failed: {cause}",
        remedy="check memory and disk space, then run the command again",
    )
    try:
        pipe.send(failure)
    except OSError:
        return  # nobody listens any more

"""Filling a generation folder with Whoosh indexes, by several processes.

A generation holds parts, each a complete Whoosh index written by one process: no process waits
for another and nothing is merged at the end, which is where Whoosh's own multi-process writer
spends half of its time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whoosh.index import create_in, open_dir
from whoosh.reading import IndexReader

from searchapp.engines.article_batches import ArticleBatches, Batch
from searchapp.engines.evaluation.columns import ColumnRow, Columns
from searchapp.engines.evaluation.vocabulary_table import save_vocabulary
from searchapp.engines.fields import TEXT, exact_field
from searchapp.engines.generation_lexicon import LEXICON, open_analyzer
from searchapp.engines.whoosh_engine.mapped_storage import MappedStorage
from searchapp.engines.whoosh_engine.schema import build_schema, column_row, document
from searchapp.german.exceptions import Exceptions
from searchapp.index_files import FileDigest, link_folder
from searchapp.model import Article
from searchapp.processes import Work, WorkerPool

MEMORY_MB = 192
"""Postings that a process collects before it writes a sorted run to disk."""


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
        self._writer = index.writer(limitmb=MEMORY_MB, compound=False)  # See MappedStorage.
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


@dataclass(frozen=True)
class PartBuilding:
    """Prepares the writing of a part in a process; see WorkerPool."""

    folder: Path
    exceptions: Exceptions

    def __call__(self, number: int) -> Work[Batch]:
        """Begin the part of this number."""
        writer = PartWriter(self.folder / f"part-{number}", self.exceptions)

        def work(batch: Batch | None) -> None:
            if batch is None:
                writer.commit()
            else:
                writer.add(batch)

        return work


class WhooshWriter:
    """The GenerationWriter of the stock codec."""

    def __init__(
        self, folder: Path, *, base: Path | None, workers: int, exceptions: Exceptions
    ) -> None:
        self._folder = folder
        self._workers = workers
        self._exceptions = exceptions
        self._removed: set[str] = set()
        self._pool: WorkerPool[Batch] | None = None
        # An update is small: its articles go into an existing part, by this process.
        self._is_update = base is not None
        self._batches = ArticleBatches(self._send, learning=None if base else folder)
        if base is not None:
            for part in part_folders(base):
                link_folder(part, folder / part.name)
                for lock in (folder / part.name).glob("*LOCK"):
                    lock.unlink()  # of the writer of the base, not a part of what it wrote
            link_folder(base / LEXICON, folder / LEXICON)
        self._local: PartWriter | None = None
        self._local_folder: Path | None = None

    def add(self, article: Article) -> None:
        """Index an article soon, here or in a worker. Raises RebuildFailed if a worker died."""
        self._batches.add(article)

    def remove(self, article_ids: Iterable[str]) -> None:
        """Remember articles of the base generation to be removed at `commit`."""
        self._removed.update(article_ids)

    def _send(self, articles: Batch) -> None:
        if self._is_update or self._workers == 1:
            self._local_writer().add(articles)
            return
        if self._pool is None:
            # Only now: the few articles of a small corpus never pay for starting processes.
            self._pool = WorkerPool(self._workers, PartBuilding(self._folder, self._exceptions))
        self._pool.send(articles)

    def _local_writer(self) -> PartWriter:
        if self._local is None:
            parts = part_folders(self._folder)
            self._local_folder = min(parts, key=_size_bytes, default=self._folder / "part-0")
            self._local = PartWriter(self._local_folder, self._exceptions)
        return self._local

    def commit(self) -> dict[str, FileDigest]:
        """Finish all parts, then write columns and vocabulary of the whole generation.

        Returns no digests: Whoosh writes its files itself.
        """
        rest = self._batches.rest()
        if self._pool is not None:
            self._send(rest)
            self._pool.finish()
        else:
            writer = self._local_writer()
            writer.add(rest)
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
        return {}

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
        Columns.build(rows(), deleted).save(self._folder / "columns")

    def _write_vocabulary(self, leaves: Sequence[IndexReader]) -> None:
        folder = self._folder / "vocabulary"
        folder.mkdir()
        frequencies: Counter[str] = Counter()
        for leaf in leaves:
            for term, info in leaf.iter_field(exact_field(TEXT)):
                frequencies[term.decode("utf-8")] += info.doc_frequency()
        rows = sorted(frequencies.items())
        save_vocabulary(folder, rows, open_analyzer(self._folder, self._exceptions))


def _size_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())

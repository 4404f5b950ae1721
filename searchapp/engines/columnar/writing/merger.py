"""Several segments -> one, by array operations.

Documents keep their order, segment after segment. Dictionaries and their postings are merged one
range of the alphabet after another, so that memory does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.document_columns import DocumentColumns, joined
from searchapp.engines.columnar.segment.layout import DOCUMENT_STREAMS, LAYOUTS
from searchapp.engines.columnar.segment.postings import (
    FieldLayout,
    FieldPostingsWriter,
    restarted_sums,
    sums_before,
)
from searchapp.engines.columnar.segment.postings_table import FormTable, PostingsTable
from searchapp.engines.columnar.writing.field_writer import (
    FORM_COLUMNS,
    Tables,
    write_field,
    write_forms,
)
from searchapp.engines.fields import exact_field
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.engines.storage.tables import RowTableWriter, TermDictionary
from searchapp.index_files import FileDigest
from searchapp.steps import step

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

PIECE_OCCURRENCES = 1_500_000
"""Occurrences that are merged at once, about 150 MB of arrays."""
_RANGE_TERMS = 200_000
_PIECE_CACHE_BYTES = 1 << 22
"""All of a piece is read once; only a block at a border is read again."""


class Source(NamedTuple):
    """A segment to be merged. live: shape (documents,), or None if no document is deleted."""

    segment: Segment
    live: Mask | None = None


class PieceTask(NamedTuple):
    """Merge a range of the alphabet of one field into a file of its own.

    paths, live: of the sources, in order, as in Source. rows: the range in each one's dictionary.
    """

    path: Path
    field: str
    paths: tuple[Path, ...]
    live: tuple[Mask | None, ...]
    rows: tuple[tuple[int, int], ...]


RunPieces = Callable[[Sequence[PieceTask]], None]


def merge_here(tasks: Sequence[PieceTask]) -> None:
    """Merge pieces one after the other, in this process."""
    merger = PieceMerger()
    for task in tasks:
        merger.merge(task)


def merge_segments(
    path: Path,
    sources: Sequence[Source],
    *,
    run: RunPieces = merge_here,
    piece_occurrences: int = PIECE_OCCURRENCES,
) -> FileDigest:
    """Write the live documents of some segments as one segment.

    run: merges the pieces of the fields, in any order; they are beside `path` until the end.
    piece_occurrences: about how many occurrences a piece has; the content is the same for any.
    Raises OSError, IndexDamaged if a segment is damaged, and what `run` raises.
    """
    dictionaries = (source.segment.file.dictionary_bytes for source in sources)
    dictionary = next(filter(None, dictionaries), b"")
    with SegmentFileWriter(path, dictionary=dictionary) as writer:
        return _Merge(writer, sources, run, piece_occurrences).run()


class _Merge:
    """The merging of some segments."""

    def __init__(
        self,
        writer: SegmentFileWriter,
        sources: Sequence[Source],
        run: RunPieces,
        piece_occurrences: int,
    ) -> None:
        self._writer = writer
        self._sources = sources
        self._segments = [source.segment for source in sources]
        self._run_pieces = run
        self._piece_occurrences = piece_occurrences
        self._tables: Tables = {}
        self._numbers = _Numbers([s.doc_count for s in self._segments], [s.live for s in sources])

    def run(self) -> FileDigest:
        pieces = {layout.name: self._pieces(layout) for layout in LAYOUTS}
        step("pieces planned")
        self._run_pieces([task for tasks in pieces.values() for task in tasks])
        self._merge_documents()
        for layout in LAYOUTS:
            self._join_pieces(layout, [task.path for task in pieces[layout.name]])
        self._merge_ids()
        columns = []
        for segment, live in self._sources:
            read = DocumentColumns.read(segment.file)
            columns.append(read if live is None else read.of_documents(live))
        joined(columns).write(self._writer)
        return self._writer.finish({"docs": self._numbers.doc_count, "tables": self._tables})

    def _pieces(self, layout: FieldLayout) -> list[PieceTask]:
        dictionaries = [segment.fields[layout.name].terms for segment in self._segments]
        return [
            PieceTask(
                path=self._writer.path.with_suffix(f".{layout.name}-{number:05}"),
                field=layout.name,
                paths=tuple(segment.file.path for segment in self._segments),
                live=tuple(source.live for source in self._sources),
                rows=tuple(rows),
            )
            for number, rows in enumerate(
                _common_ranges(dictionaries, self._piece_occurrences, counted="occurrences")
            )
        ]

    def _join_pieces(self, layout: FieldLayout, paths: Sequence[Path]) -> None:
        """Append the pieces of a field, and put their exact forms in one order."""
        field = FieldPostingsWriter(self._writer, layout)
        forms: list[bytes] = []
        numbers: list[list[Ints]] = []
        term_base = 0
        cache = BlockCache(0)
        for path in paths:
            piece = SegmentFile(path, cache)
            terms = TermDictionary(piece, layout.name)
            counts = terms.numbers()
            field.copy(piece, list(terms.terms()), [counts[each] for each in layout.counts])
            if layout.has_forms:
                dictionary = TermDictionary(piece, exact_field(layout.name))
                forms += dictionary.terms()
                found = dictionary.numbers()
                numbers.append([found[each].astype(np.int64) for each in FORM_COLUMNS])
                numbers[-1][0] += term_base
            term_base += terms.row_count
            piece.let_go()
            path.unlink()
        self._tables[layout.name] = field.finish()
        if layout.has_forms:
            order = np.asarray(sorted(range(len(forms)), key=forms.__getitem__), dtype=np.int64)
            columns = [np.concatenate(each)[order] for each in zip(*numbers, strict=True)]
            ordered = [forms[row] for row in order.tolist()]
            self._tables |= write_forms(self._writer, layout, ordered, FormTable(*columns))

    def _merge_documents(self) -> None:
        table = RowTableWriter(self._writer, "documents", DOCUMENT_STREAMS)
        for stream in DOCUMENT_STREAMS:
            self._writer.append(stream, b"")
        for segment, live in self._sources:
            rows = segment.documents.numbers()
            if live is None:
                self._writer.copy(segment.file, DOCUMENT_STREAMS)
                table.add([rows[name] for name in DOCUMENT_STREAMS])
                segment.file.let_go()
                continue
            table.add([rows[name][live] for name in DOCUMENT_STREAMS])
            for name in DOCUMENT_STREAMS:
                records = segment.file.stream(name)
                for start, stop in _live_runs(live, rows[name]):
                    self._writer.append(name, records.read(start, stop))
        self._tables["documents"] = table.finish()

    def _merge_ids(self) -> None:
        dictionaries = [segment.ids for segment in self._segments]
        docs = [
            each.numbers()["doc"].astype(np.int64) + base
            for each, base in zip(dictionaries, self._numbers.bases, strict=True)
        ]
        table = RowTableWriter(self._writer, "id", ("doc",))
        for rows in _common_ranges(dictionaries, _RANGE_TERMS):
            # An article that changed has its id in two segments, but is live in one only.
            found: list[tuple[bytes, int]] = []
            for dictionary, each, (first, last) in zip(dictionaries, docs, rows, strict=True):
                found += zip(dictionary.terms(first, last), each[first:last].tolist(), strict=True)
            if self._numbers.live is not None:
                found = [each for each in found if self._numbers.live[each[1]]]
            found.sort()
            numbers = self._numbers.new[[doc for _, doc in found]]
            table.add((numbers,), [term for term, _ in found])
        self._tables["id"] = table.finish(is_dictionary=True)


class _Numbers:
    """What becomes of the numbers of the documents when segments are merged."""

    def __init__(self, counts: Sequence[int], live: Sequence[Mask | None]) -> None:
        # By number in all segments together: whether a document is kept, and its new number.
        self.bases = np.cumsum([0, *counts[:-1]])
        self.live: Mask | None = None
        self.new = np.arange(sum(counts))
        if any(each is not None for each in live):
            self.live = np.concatenate(
                [
                    np.ones(count, dtype=np.bool_) if each is None else each
                    for count, each in zip(counts, live, strict=True)
                ]
            )
            self.new = np.cumsum(self.live, dtype=np.int64) - 1
        self.doc_count = int(self.new[-1]) + 1 if len(self.new) else 0


class PieceMerger:
    """Merges pieces. The sources stay open from one piece of a merge to the next."""

    def __init__(self) -> None:
        self._paths: tuple[Path, ...] = ()
        self._segments: list[Segment] = []

    def merge(self, task: PieceTask) -> None:
        """Do a PieceTask. Raises OSError, and IndexDamaged if a source is damaged."""
        if task.paths != self._paths:
            self._paths, self._segments = (), []
            cache = BlockCache(_PIECE_CACHE_BYTES)
            self._segments = [Segment(path, cache) for path in task.paths]
            self._paths = task.paths
        layout = next(each for each in LAYOUTS if each.name == task.field)
        numbers = _Numbers([segment.doc_count for segment in self._segments], task.live)
        with SegmentFileWriter(task.path) as writer:
            tables = _PieceMerge(layout, self._segments, task.rows, numbers).write(writer)
            writer.finish({"tables": tables})
        for segment in self._segments:
            segment.file.let_go()


class _PieceMerge:
    """The merging of the same terms of all segments.

    The table's lists are at first the postings of a term in one segment, segment after segment.
    They are put in the order of the terms, and of the same term by segment, so that documents
    ascend.
    """

    def __init__(
        self,
        layout: FieldLayout,
        segments: Sequence[Segment],
        rows: Sequence[tuple[int, int]],
        numbers: _Numbers,
    ) -> None:
        self._layout = layout
        self._numbers = numbers
        self._ranges = [
            _TermRange(segment, layout, first, last)
            for segment, (first, last) in zip(segments, rows, strict=True)
        ]
        self._terms, places = _union([each.terms() for each in self._ranges])
        self._owners = np.concatenate(places)

    def write(self, writer: SegmentFileWriter) -> Tables:
        """Write the merged terms. Returns the shapes of the tables."""
        table, forms = self._lists()
        order = np.argsort(self._owners, kind="stable")
        table = table.permuted(order).joined(self._owners[order])
        terms = self._terms
        if self._numbers.live is not None:
            table, places = table.kept(self._numbers.live).without_empty_lists()
            terms = [terms[place] for place in places.tolist()]
        return write_field(writer, self._layout, terms, table.renumbered(self._numbers.new), forms)

    def _lists(self) -> tuple[PostingsTable, list[bytes]]:
        """The postings of all segments, with documents numbered as in `_Numbers`; all forms."""
        forms, form_numbers = self._forms() if self._layout.has_forms else ([], None)
        docs = [
            each.docs() + base for each, base in zip(self._ranges, self._numbers.bases, strict=True)
        ]
        table = PostingsTable(
            lengths=np.concatenate([each.postings for each in self._ranges]),
            docs=np.concatenate(docs),
            freqs=self._column("freqs"),
            zones={zone: self._column(zone) for zone in self._layout.zones},
            position_gaps=self._column("positions"),
            forms=form_numbers,
        )
        return table, forms

    def _column(self, name: str) -> npt.NDArray[Any]:
        return np.concatenate([each.column(name) for each in self._ranges])

    def _forms(self) -> tuple[list[bytes], npt.NDArray[np.int32]]:
        """The exact forms of these terms, sorted; and which of them each occurrence is."""
        rows = [np.unique(each.form_rows()) for each in self._ranges]
        forms, places = _union(
            [each.forms_at(its_rows) for each, its_rows in zip(self._ranges, rows, strict=True)]
        )
        numbers = [
            place.astype(np.int32)[its_rows.searchsorted(each.form_rows())][
                each.forms_of_occurrences()
            ]
            for each, its_rows, place in zip(self._ranges, rows, places, strict=True)
        ]
        return forms, np.concatenate(numbers)


class _TermRange:
    """Consecutive terms of one segment's field, with their columns."""

    def __init__(self, segment: Segment, layout: FieldLayout, first: int, last: int) -> None:
        field = self._field = segment.fields[layout.name]
        self._rows = first, last
        self._forms = segment.forms.get(layout.name)
        numbers = field.terms.numbers(first, last)
        self.postings, self.occurrences = numbers["postings"], numbers["occurrences"]
        self._form_counts = numbers.get("forms")
        self._ranges = [(0, 0)] * len(field.terms.columns)
        if first < last:
            begin, end = field.terms.ranges(first), field.terms.ranges(last - 1)
            self._ranges = [
                (before, after) for (before, _), (_, after) in zip(begin, end, strict=True)
            ]

    def terms(self) -> list[bytes]:
        """The terms, sorted."""
        return list(self._field.terms.terms(*self._rows))

    def column(self, name: str) -> npt.NDArray[Any]:
        """A column of these terms."""
        is_of_postings = name in self._field.layout.posting_columns
        return self._field.columns[name].read(*self._ranges[0 if is_of_postings else 1])

    def docs(self) -> Ints:
        """The documents of these terms, as numbered in the segment."""
        return restarted_sums(self.column("docs"), self.postings)

    def form_rows(self) -> npt.NDArray[np.uint32]:
        """The rows of the exact forms of these terms, term after term."""
        assert self._forms is not None
        return self._forms.rows_of_terms(*self._ranges[2])

    def forms_at(self, rows: npt.NDArray[np.uint32]) -> list[bytes]:
        """The forms of ascending rows."""
        assert self._forms is not None
        return self._forms.dictionary.terms_at(rows)

    def forms_of_occurrences(self) -> npt.NDArray[np.int32]:
        """Of each occurrence, the place of its form in `form_rows`."""
        assert self._form_counts is not None
        places = np.repeat(sums_before(self._form_counts).astype(np.int32), self.occurrences)
        places += self.column("forms").astype(np.int32)
        return places


def _live_runs(live: Mask, sizes: npt.NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Where the items of runs of live documents begin and end. sizes: items of each document."""
    ends = np.cumsum(sizes, dtype=np.int64)
    borders = np.flatnonzero(np.diff(live.astype(np.int8), prepend=0, append=0))
    for first, last in borders.reshape(-1, 2).tolist():
        yield int(ends[first] - sizes[first]), int(ends[last - 1])


def _common_ranges(
    dictionaries: Sequence[TermDictionary], limit: int, *, counted: str = ""
) -> Iterator[list[tuple[int, int]]]:
    """Ranges of rows, one in each dictionary, that hold the same range of the alphabet.

    limit: about how many rows there are in such a range of all dictionaries together, or of what
    the column `counted` counts. The borders are terms of the largest dictionary.
    """
    largest = max(dictionaries, key=lambda each: each.row_count)
    total = sum(
        each.totals()[each.columns.index(counted)] if counted else each.row_count
        for each in dictionaries
    )
    weights = largest.numbers()[counted] if counted else np.ones(largest.row_count, dtype=np.int64)
    behind: Ints = np.cumsum(weights, dtype=np.int64)
    count = max(1, -(-total // limit))
    shares: Ints = behind[-1:] * np.arange(1, count, dtype=np.int64) // count
    borders = 1 + behind.searchsorted(shares)
    firsts = [0] * len(dictionaries)
    for border in np.unique(borders[borders < largest.row_count]).tolist():
        term = largest.term(border)
        lasts = [each.first_from(term) for each in dictionaries]
        yield list(zip(firsts, lasts, strict=True))
        firsts = lasts
    yield list(zip(firsts, (each.row_count for each in dictionaries), strict=True))


def _union(lists: Sequence[list[bytes]]) -> tuple[list[bytes], list[Ints]]:
    """All terms of sorted lists, sorted; and for each list where its terms are among them."""
    union = lists[0] if len(lists) == 1 else sorted(set().union(*lists))
    place_of = {term: place for place, term in enumerate(union)}
    return union, [
        np.fromiter(map(place_of.__getitem__, each), dtype=np.int64, count=len(each))
        for each in lists
    ]

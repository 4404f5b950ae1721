"""Several segments -> one, by array operations.

Documents keep their order, segment after segment. Dictionaries are merged in stretches of the
alphabet, and postings with them, so that memory does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.document_columns import DocumentColumns, joined
from searchapp.engines.columnar.segment.layout import LAYOUTS
from searchapp.engines.columnar.segment.postings import (
    FieldLayout,
    FieldPostingsWriter,
    gaps_within,
    restarted_sums,
    sums_before,
)
from searchapp.engines.columnar.writing.segment_builder import (
    DOCUMENT_COUNTS,
    FORM_COLUMNS,
)
from searchapp.engines.fields import exact_field
from searchapp.engines.storage.number_stream import NumberStreamWriter
from searchapp.engines.storage.segment_file import (
    BlockCache,
    SegmentFile,
    SegmentFileWriter,
)
from searchapp.engines.storage.tables import RowTableWriter, TermDictionary
from searchapp.index_files import FileDigest
from searchapp.steps import step

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

STRETCH_OCCURRENCES = 1_500_000
"""Occurrences that are merged at once, about 150 MB of arrays."""
_STRETCH_TERMS = 200_000
_PIECE_CACHE_BYTES = 1 << 22
"""Of each stretch all is read once; only a block at a border is read again."""


class Source(NamedTuple):
    """A segment to be merged. live: shape (documents,), or None if no document is deleted."""

    segment: Segment
    live: Mask | None = None


class PieceTask(NamedTuple):
    """Merge a stretch of the alphabet of one field into a file of its own.

    paths, live, bases: of the sources, in order; bases are the new numbers of their first
    documents. rows: the stretch in each source's dictionary.
    """

    path: Path
    field: str
    paths: tuple[Path, ...]
    live: tuple[Mask | None, ...]
    rows: tuple[tuple[int, int], ...]


RunPieces = Callable[[Sequence[PieceTask]], None]


def merge_here(tasks: Sequence[PieceTask]) -> None:
    """Merge pieces one after the other, in this process."""
    for task in tasks:
        merge_piece(task)


def merge_segments(
    path: Path,
    sources: Sequence[Source],
    *,
    run: RunPieces = merge_here,
    stretch: int = STRETCH_OCCURRENCES,
) -> FileDigest:
    """Write the live documents of some segments as one segment.

    run: has the pieces of the fields merged, in any order; they lie beside `path` until the end.
    stretch: occurrences of a piece; the content is the same for any.
    Raises OSError, IndexDamaged if a segment is damaged, and what `run` raises.
    """
    sample = next((s.segment.file.sample for s in sources if s.segment.file.sample), b"")
    with SegmentFileWriter(path, sample=sample) as writer:
        return _Merge(writer, sources, run, stretch).run()


class _Merge:
    """The merging of some segments."""

    def __init__(
        self, writer: SegmentFileWriter, sources: Sequence[Source], run: RunPieces, stretch: int
    ) -> None:
        self._writer = writer
        self._sources = sources
        self._segments = [source.segment for source in sources]
        self._run_pieces = run
        self._stretch = stretch
        self._tables: dict[str, object] = {}
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
                _stretches(dictionaries, self._stretch, counted="occurrences")
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
            field.take_over(piece, list(terms.terms()), [counts[each] for each in layout.counts])
            if layout.has_forms:
                dictionary = TermDictionary(piece, exact_field(layout.name))
                forms += dictionary.terms()
                found = dictionary.numbers()
                numbers.append([found[each].astype(np.int64) for each in FORM_COLUMNS])
                numbers[-1][0] += term_base
            term_base += terms.row_count
            path.unlink()
        self._tables[layout.name] = field.finish()
        if layout.has_forms:
            self._write_forms(
                layout, forms, [np.concatenate(each) for each in zip(*numbers, strict=True)]
            )

    def _write_forms(
        self, layout: FieldLayout, forms: Sequence[bytes], columns: Sequence[Ints]
    ) -> None:
        name = exact_field(layout.name)
        order = np.asarray(sorted(range(len(forms)), key=forms.__getitem__), dtype=np.int64)
        table = RowTableWriter(self._writer, name, FORM_COLUMNS)
        table.add([each[order] for each in columns], [forms[row] for row in order.tolist()])
        self._tables[name] = table.finish(is_dictionary=True)
        of_term = np.argsort(columns[0][order], kind="stable")
        NumberStreamWriter(self._writer, f"{name}/of_term").add(of_term)

    def _merge_documents(self) -> None:
        table = RowTableWriter(self._writer, "documents", DOCUMENT_COUNTS)
        for stream in DOCUMENT_COUNTS:
            self._writer.append(stream, b"")
        for segment, live in self._sources:
            rows = segment.documents.numbers()
            if live is None:
                self._writer.take_over(segment.file, DOCUMENT_COUNTS)
                table.add([rows[name] for name in DOCUMENT_COUNTS])
                continue
            table.add([rows[name][live] for name in DOCUMENT_COUNTS])
            for name in DOCUMENT_COUNTS:
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
        for rows in _stretches(dictionaries, _STRETCH_TERMS):
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


def merge_piece(task: PieceTask) -> None:
    """Do a PieceTask. Raises OSError, and IndexDamaged if a source is damaged."""
    cache = BlockCache(_PIECE_CACHE_BYTES)
    layout = next(each for each in LAYOUTS if each.name == task.field)
    segments = [Segment(path, cache) for path in task.paths]
    numbers = _Numbers([segment.doc_count for segment in segments], task.live)
    with SegmentFileWriter(task.path) as writer:
        tables = _PieceMerge(layout, segments, task.rows, numbers).write(writer)
        writer.finish({"tables": tables})


class _PieceMerge:
    """The merging of the same terms of all segments, arrays of all of them at once.

    A list of postings is all of a term in one segment. The merged order is by term, and of the
    same term by segment, so that documents ascend.
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
        self._stretches = [
            _Stretch(segment, layout, first, last)
            for segment, (first, last) in zip(segments, rows, strict=True)
        ]
        dictionaries = [segment.fields[layout.name].terms for segment in segments]
        self._terms, places = _union(
            [list(each.terms(*bounds)) for each, bounds in zip(dictionaries, rows, strict=True)]
        )
        self._owners = np.concatenate(places)
        self._order = np.argsort(self._owners, kind="stable")

    def write(self, writer: SegmentFileWriter) -> dict[str, object]:
        """Write the merged terms. Returns the shapes of the tables."""
        layout, terms = self._layout, self._terms
        of_postings, postings = self._lists("postings")
        of_occurrences, occurrences = self._lists("occurrences")
        bases = self._numbers.bases
        docs = np.concatenate(
            [each.docs() + base for each, base in zip(self._stretches, bases, strict=True)]
        )[of_postings]
        columns = {name: self._column(name)[of_postings] for name in layout.posting_columns[1:]} | {
            "positions": self._column("positions")[of_occurrences]
        }
        forms: list[bytes] = []
        if layout.has_forms:
            forms, form_numbers = self._forms()
            columns["forms"] = form_numbers[of_occurrences]
        if self._numbers.live is not None:
            kept = self._numbers.live[docs]
            kept_occurrences = np.repeat(kept, columns["freqs"])
            term_of_posting = np.repeat(np.arange(len(terms)), postings)[kept]
            docs = docs[kept]
            for name in layout.posting_columns[1:]:
                columns[name] = columns[name][kept]
            for name in layout.occurrence_columns:
                columns[name] = columns[name][kept_occurrences]
            postings = np.bincount(term_of_posting, minlength=len(terms))
            occurrences = _sums(term_of_posting, columns["freqs"], len(terms))
            left = np.flatnonzero(postings)
            terms = [terms[place] for place in left.tolist()]
            postings, occurrences = postings[left], occurrences[left]
        docs = self._numbers.new[docs]
        columns["docs"] = gaps_within(docs, postings)
        counts = [postings, occurrences]
        tables: dict[str, object] = {}
        if layout.has_forms:
            form_counts, columns["forms"], table = _numbered_forms(
                columns["forms"],
                occurrences,
                np.repeat(docs.astype(np.int32), columns["freqs"]),
                len(forms),
            )
            counts.append(form_counts)
            name = exact_field(layout.name)
            dictionary = RowTableWriter(writer, name, FORM_COLUMNS)
            found = np.flatnonzero(table[2])
            dictionary.add([each[found] for each in table], [forms[i] for i in found.tolist()])
            tables[name] = dictionary.finish(is_dictionary=True)
        field = FieldPostingsWriter(writer, layout)
        field.add(terms, counts, columns)
        tables[layout.name] = field.finish()
        return tables

    def _lists(self, count: str) -> tuple[npt.NDArray[np.int32], Ints]:
        """Where to find the items of the lists in the merged order; how many each term has."""
        counts = np.concatenate([getattr(each, count) for each in self._stretches])
        return _gathered(counts, self._order), _sums(self._owners, counts, len(self._terms))

    def _column(self, name: str) -> npt.NDArray[Any]:
        return np.concatenate([each.column(name) for each in self._stretches])

    def _forms(self) -> tuple[list[bytes], npt.NDArray[np.int32]]:
        """The exact forms of these terms, sorted; and which of them each occurrence is."""
        rows = [np.unique(each.form_rows()) for each in self._stretches]
        forms, places = _union(
            [each.forms_at(its_rows) for each, its_rows in zip(self._stretches, rows, strict=True)]
        )
        numbers = [
            place.astype(np.int32)[its_rows.searchsorted(each.form_rows())][
                each.forms_of_occurrences()
            ]
            for each, its_rows, place in zip(self._stretches, rows, places, strict=True)
        ]
        return forms, np.concatenate(numbers)


class _Stretch:
    """Consecutive terms of one segment's field, with their columns."""

    def __init__(self, segment: Segment, layout: FieldLayout, first: int, last: int) -> None:
        field = self._field = segment.fields[layout.name]
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


def _numbered_forms(
    forms: npt.NDArray[Any], occurrences: Ints, docs: Ints, form_count: int
) -> tuple[Ints, npt.NDArray[np.int32], tuple[Ints, Ints, Ints]]:
    """Number the forms of each term.

    forms, docs: of each occurrence, term after term. occurrences: of each term.
    Returns how many forms each term has; which of these each occurrence is; and for each form,
    as FORM_COLUMNS, its term, its number and its documents, these 0 for one that does not occur.
    """
    pairs = forms.astype(np.int64)
    pairs <<= 32
    pairs |= docs
    pairs.sort()
    is_new = np.ones(len(pairs), dtype=np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=is_new[1:])
    with_doc = (pairs[is_new] >> 32).astype(np.int32)
    del pairs, is_new
    doc_freqs = np.bincount(with_doc, minlength=form_count)
    term_of = np.zeros(form_count, dtype=np.int64)
    term_of[forms] = np.repeat(np.arange(len(occurrences), dtype=np.int32), occurrences)
    rows = np.flatnonzero(doc_freqs)
    terms = term_of[rows]
    counts = np.bincount(terms, minlength=len(occurrences))
    codes = np.zeros(form_count, dtype=np.int64)
    codes[rows[np.argsort(terms, kind="stable")]] = np.arange(len(rows)) - np.repeat(
        sums_before(counts), counts
    )
    return counts, codes.astype(np.int32)[forms], (term_of, codes, doc_freqs)


def _live_runs(live: Mask, sizes: npt.NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Where the items of runs of live documents begin and end. sizes: items of each document."""
    ends = np.cumsum(sizes, dtype=np.int64)
    borders = np.flatnonzero(np.diff(live.astype(np.int8), prepend=0, append=0))
    for first, last in borders.reshape(-1, 2).tolist():
        yield int(ends[first] - sizes[first]), int(ends[last - 1])


def _stretches(
    dictionaries: Sequence[TermDictionary], limit: int, *, counted: str = ""
) -> Iterator[list[tuple[int, int]]]:
    """Ranges of rows in each dictionary that hold the same stretch of the alphabet.

    limit: of a stretch in all dictionaries together, about: rows, or what the column `counted`
    counts; the borders are those of the largest dictionary.
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


def _gathered(counts: npt.NDArray[Any], order: Ints) -> npt.NDArray[np.int32]:
    """Where to find the items of lists that stand one after the other, in another order of lists.

    counts: length of each list; all together below 2**31.
    """
    taken = counts[order].astype(np.int64)
    shifts = (sums_before(counts)[order] - sums_before(taken)).astype(np.int32)
    # Half the memory of int64: the most frequent words have millions of items.
    places = np.repeat(shifts, taken)
    places += np.arange(len(places), dtype=np.int32)
    return places


def _sums(owners: Ints, counts: npt.NDArray[Any], size: int) -> Ints:
    """The sum of the counts of each owner, shape (size,)."""
    return np.bincount(owners, weights=counts, minlength=size).astype(np.int64)

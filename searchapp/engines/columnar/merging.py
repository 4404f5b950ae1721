"""Several segments -> one, by array operations.

Documents keep their order, segment after segment. Dictionaries are merged in stretches of the
alphabet, and postings with them, so that memory does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.building import (
    DOCUMENT_COUNTS,
    FORM_COLUMNS,
)
from searchapp.engines.columnar.document_columns import DocumentColumns, joined
from searchapp.engines.columnar.layout import LAYOUTS
from searchapp.engines.columnar.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.columnar.postings import (
    FieldLayout,
    FieldPostingsWriter,
    gaps_within,
    restarted_sums,
    sums_before,
)
from searchapp.engines.columnar.segment import ExactForms, Segment
from searchapp.engines.columnar.segment_file import SegmentFileWriter
from searchapp.engines.columnar.tables import GROUP_ROWS, RowTableWriter, TermDictionary
from searchapp.engines.columnar.token_spans import TOKEN_COLUMNS
from searchapp.engines.fields import exact_field

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

STRETCH_OCCURRENCES = 1_500_000
"""Occurrences that are merged at once, about 150 MB of arrays."""
_STRETCH_TERMS = 200_000


class Source(NamedTuple):
    """A segment to be merged. live: shape (documents,), or None if no document is deleted."""

    segment: Segment
    live: Mask | None = None


def merge_segments(
    path: Path, sources: Sequence[Source], *, stretch: int = STRETCH_OCCURRENCES
) -> None:
    """Write the live documents of some segments as one segment.

    stretch: occurrences merged at once; the content is the same for any.
    Raises OSError, and IndexDamaged if a segment is damaged.
    """
    writer = SegmentFileWriter(path)
    try:
        _Merge(writer, sources, stretch).run()
    except BaseException:
        writer.abort()
        raise


class _Merge:
    """The merging of some segments."""

    def __init__(self, writer: SegmentFileWriter, sources: Sequence[Source], stretch: int) -> None:
        self._writer = writer
        self._sources = sources
        self._segments = [source.segment for source in sources]
        self._stretch = stretch
        self._tables: dict[str, object] = {}
        counts = [segment.doc_count for segment in self._segments]
        self._bases = np.cumsum([0, *counts[:-1]])
        # By number in all segments together: whether a document is kept, and its new number.
        self._live: Mask | None = None
        self._new_numbers = np.arange(sum(counts))
        if any(source.live is not None for source in sources):
            self._live = np.concatenate(
                [
                    np.ones(s.doc_count, dtype=np.bool_) if live is None else live
                    for s, live in sources
                ]
            )
            self._new_numbers = np.cumsum(self._live, dtype=np.int64) - 1
        self._doc_count = int(self._new_numbers[-1]) + 1 if len(self._new_numbers) else 0

    def run(self) -> None:
        self._merge_documents()
        for layout in LAYOUTS:
            self._merge_field(layout)
        self._merge_ids()
        columns = []
        for segment, live in self._sources:
            read = DocumentColumns.read(segment.file)
            columns.append(read if live is None else read.of_documents(live))
        joined(columns).write(self._writer)
        self._writer.finish({"docs": self._doc_count, "tables": self._tables})

    def _merge_documents(self) -> None:
        table = RowTableWriter(self._writer, "documents", DOCUMENT_COUNTS)
        streams = [NumberStreamWriter(self._writer, f"tokens/{name}") for name in TOKEN_COLUMNS]
        for segment, live in self._sources:
            rows = segment.documents.numbers()
            if live is None:
                self._writer.take_over(segment.file, ["stored"])
                for stream in streams:
                    stream.take_over(segment.file)
                table.add([rows[name] for name in DOCUMENT_COUNTS])
                continue
            table.add([rows[name][live] for name in DOCUMENT_COUNTS])
            stored = segment.file.stream("stored")
            for start, stop in _live_runs(live, rows["stored"]):
                self._writer.append("stored", stored.read(start, stop))
            for stream, name in zip(streams, TOKEN_COLUMNS, strict=True):
                tokens = NumberStream(segment.file, f"tokens/{name}")
                for start, stop in _live_runs(live, rows["tokens"]):
                    stream.add(tokens.read(start, stop))
        self._tables["documents"] = table.finish()

    def _merge_ids(self) -> None:
        dictionaries = [segment.ids for segment in self._segments]
        docs = [
            each.numbers()["doc"].astype(np.int64) + base
            for each, base in zip(dictionaries, self._bases, strict=True)
        ]
        table = RowTableWriter(self._writer, "id", ("doc",))
        for rows in _stretches(dictionaries, [each.row_count for each in dictionaries]):
            # An article that changed has its id in two segments, but is live in one only.
            found: list[tuple[bytes, int]] = []
            for dictionary, each, (first, last) in zip(dictionaries, docs, rows, strict=True):
                found += zip(dictionary.terms(first, last), each[first:last].tolist(), strict=True)
            if self._live is not None:
                found = [each for each in found if self._live[each[1]]]
            found.sort()
            numbers = self._new_numbers[[doc for _, doc in found]]
            table.add((numbers,), [term for term, _ in found])
        self._tables["id"] = table.finish(is_dictionary=True)

    def _merge_field(self, layout: FieldLayout) -> None:
        fields = [segment.fields[layout.name] for segment in self._segments]
        writer = FieldPostingsWriter(self._writer, layout)
        forms = (
            _MergedForms([segment.forms[layout.name] for segment in self._segments])
            if layout.has_forms
            else None
        )
        dictionaries = [field.terms for field in fields]
        occurrences = [each.totals()[1] for each in dictionaries]
        term_base = 0
        for rows in _stretches(dictionaries, occurrences, self._stretch):
            terms, places = _union(dictionaries, rows)
            stretches = [
                _Stretch(segment, layout, first, last)
                for segment, (first, last) in zip(self._segments, rows, strict=True)
            ]
            term_base += self._merge_stretch(
                writer, layout, terms, places, stretches, forms, term_base
            )
        self._tables[layout.name] = writer.finish()
        if forms is not None:
            self._tables[exact_field(layout.name)] = forms.write(self._writer, layout)

    def _merge_stretch(
        self,
        writer: FieldPostingsWriter,
        layout: FieldLayout,
        terms: Sequence[bytes],
        places: Sequence[Ints],
        stretches: Sequence[_Stretch],
        forms: _MergedForms | None,
        term_base: int,
    ) -> int:
        """Merge the same terms of all segments. Returns how many of them are left.

        places: of each segment's terms among `terms`. term_base: terms written before.
        """
        # A list of postings is all of a term in a segment. The merged order: by term, and of the
        # same term by segment, so that documents ascend.
        owners = np.concatenate(places)
        order = np.argsort(owners, kind="stable")
        posting_counts = np.concatenate([each.postings for each in stretches])
        occurrence_counts = np.concatenate([each.occurrences for each in stretches])
        of_postings = _gathered(posting_counts, order)
        of_occurrences = _gathered(occurrence_counts, order)
        postings = _sums(owners, posting_counts, len(terms))
        occurrences = _sums(owners, occurrence_counts, len(terms))
        docs = np.concatenate(
            [each.docs() + base for each, base in zip(stretches, self._bases, strict=True)]
        )[of_postings]
        columns: dict[str, npt.NDArray[Any]] = {}
        for name in layout.posting_columns[1:]:
            columns[name] = np.concatenate([each.column(name) for each in stretches])[of_postings]
        positions = np.concatenate([each.column("positions") for each in stretches])
        columns["positions"] = positions[of_occurrences]
        if forms is not None:
            columns["forms"] = np.concatenate(
                [
                    forms.rows[source][each.forms_of_occurrences()]
                    for source, each in enumerate(stretches)
                ]
            )[of_occurrences]
        if self._live is not None:
            kept = self._live[docs]
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
        docs = self._new_numbers[docs]
        columns["docs"] = gaps_within(docs, postings)
        counts = [postings, occurrences]
        if forms is not None:
            form_counts, columns["forms"] = forms.numbered(
                columns["forms"], occurrences, np.repeat(docs, columns["freqs"]), term_base
            )
            counts.append(form_counts)
        writer.add(terms, counts, columns)
        return len(terms)


class _Stretch:
    """Consecutive terms of one segment's field, with their columns."""

    def __init__(self, segment: Segment, layout: FieldLayout, first: int, last: int) -> None:
        field = self._field = segment.fields[layout.name]
        self._forms = segment.forms.get(layout.name)
        numbers = field.terms.numbers(first, last)
        self.postings, self.occurrences = numbers["postings"], numbers["occurrences"]
        self.form_counts = numbers.get("forms")
        if first < last:
            begin, end = field.terms.ranges(first), field.terms.ranges(last - 1)
            self._ranges = [
                (before, after) for (before, _), (_, after) in zip(begin, end, strict=True)
            ]
        else:
            self._ranges = [(0, 0)] * len(field.terms.columns)

    def column(self, name: str) -> npt.NDArray[Any]:
        is_of_postings = name in self._field.layout.posting_columns
        return self._field.columns[name].read(*self._ranges[0 if is_of_postings else 1])

    def docs(self) -> Ints:
        return restarted_sums(self.column("docs"), self.postings)

    def forms_of_occurrences(self) -> Ints:
        """Of each occurrence, the row of its form."""
        assert self._forms is not None and self.form_counts is not None
        rows = self._forms.rows_of_terms(*self._ranges[2])
        firsts = np.repeat(sums_before(self.form_counts), self.occurrences)
        forms: Ints = rows[firsts + self.column("forms")]
        return forms


class _MergedForms:
    """The exact forms of a field in all segments, and what becomes of each segment's.

    rows: for each segment, the number of each of its forms among all of them, in their order.
    """

    def __init__(self, segments: Sequence[ExactForms]) -> None:
        dictionaries = [each.dictionary for each in segments]
        self.rows = [np.empty(each.row_count, dtype=np.int64) for each in dictionaries]
        # Joined: as separate objects the forms of a large corpus would take ten times as much.
        self._stretches: list[tuple[bytes, Ints]] = []
        count = 0
        for ranges in _stretches(dictionaries, [each.row_count for each in dictionaries]):
            forms, places = _union(dictionaries, ranges)
            for rows, place, (first, last) in zip(self.rows, places, ranges, strict=True):
                rows[first:last] = place + count
            lengths = np.fromiter(map(len, forms), dtype=np.int64, count=len(forms))
            self._stretches.append((b"".join(forms), lengths))
            count += len(forms)
        self._codes = np.zeros(count, dtype=np.int64)
        self._term_of = np.zeros(count, dtype=np.int64)
        self._doc_freqs = np.zeros(count, dtype=np.int64)

    def numbered(
        self, forms: Ints, occurrences: Ints, docs: Ints, term_base: int
    ) -> tuple[Ints, Ints]:
        """Number the forms of each term of a stretch.

        forms, docs: of each occurrence, term after term. occurrences: of each term.
        Returns how many forms each term has, and which of these each occurrence is.
        """
        pairs = forms << 32 | docs
        pairs.sort()
        pairs = pairs[np.diff(pairs, prepend=-1) != 0] >> 32
        firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
        rows = pairs[firsts]  # the forms of this stretch, in their order
        self._doc_freqs[rows] = np.diff(firsts, append=len(pairs))
        self._term_of[forms] = np.repeat(np.arange(len(occurrences)), occurrences)
        terms = self._term_of[rows]
        self._term_of[rows] += term_base
        counts = np.bincount(terms, minlength=len(occurrences))
        in_order = rows[np.argsort(terms, kind="stable")]
        self._codes[in_order] = np.arange(len(rows)) - np.repeat(sums_before(counts), counts)
        return counts, self._codes[forms]

    def write(self, writer: SegmentFileWriter, layout: FieldLayout) -> dict[str, object]:
        """Write the dictionary of those forms that occur. Returns the shape of its table."""
        name = exact_field(layout.name)
        table = RowTableWriter(writer, name, FORM_COLUMNS)
        base = 0
        for joined_forms, lengths in self._stretches:
            ends = np.cumsum(lengths)
            found = np.flatnonzero(self._doc_freqs[base : base + len(lengths)])
            forms = [
                joined_forms[start:end]
                for start, end in zip(
                    (ends - lengths)[found].tolist(), ends[found].tolist(), strict=True
                )
            ]
            rows = found + base
            table.add((self._term_of[rows], self._codes[rows], self._doc_freqs[rows]), forms)
            base += len(lengths)
        order = np.argsort(self._term_of[np.flatnonzero(self._doc_freqs)], kind="stable")
        NumberStreamWriter(writer, f"{name}/of_term").add(order)
        return table.finish(is_dictionary=True)


def _live_runs(live: Mask, sizes: npt.NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Where the items of runs of live documents begin and end. sizes: items of each document."""
    ends = np.cumsum(sizes, dtype=np.int64)
    borders = np.flatnonzero(np.diff(live.astype(np.int8), prepend=0, append=0))
    for first, last in borders.reshape(-1, 2).tolist():
        yield int(ends[first] - sizes[first]), int(ends[last - 1])


def _stretches(
    dictionaries: Sequence[TermDictionary],
    weights: Sequence[int],
    limit: int = _STRETCH_TERMS,
) -> Iterator[list[tuple[int, int]]]:
    """Ranges of rows in each dictionary that hold the same stretch of the alphabet.

    weights: of each dictionary. A stretch weighs about `limit` in all of them together.
    """
    largest = max(dictionaries, key=lambda each: each.row_count)
    groups = largest.row_count // GROUP_ROWS
    count = max(1, -(-sum(weights) // limit))
    firsts = [0] * len(dictionaries)
    for border in sorted({groups * i // count for i in range(1, count)} - {0}):
        head = largest.head(border)
        lasts = [each.first_from(head) for each in dictionaries]
        yield list(zip(firsts, lasts, strict=True))
        firsts = lasts
    yield list(zip(firsts, (each.row_count for each in dictionaries), strict=True))


def _union(
    dictionaries: Sequence[TermDictionary], ranges: Sequence[tuple[int, int]]
) -> tuple[list[bytes], list[Ints]]:
    """All terms in some ranges of rows, sorted; and for each dictionary where its terms are."""
    lists = [list(each.terms(*bounds)) for each, bounds in zip(dictionaries, ranges, strict=True)]
    union = sorted(set().union(*lists))
    place_of = {term: place for place, term in enumerate(union)}
    return union, [
        np.fromiter(map(place_of.__getitem__, each), dtype=np.int64, count=len(each))
        for each in lists
    ]


def _gathered(counts: npt.NDArray[Any], order: Ints) -> Ints:
    """Where to find the items of lists that stand one after the other, in another order of lists.

    counts: length of each list.
    """
    taken = counts[order].astype(np.int64)
    shifts = sums_before(counts)[order] - sums_before(taken)
    places: Ints = np.repeat(shifts, taken) + np.arange(int(taken.sum()))
    return places


def _sums(owners: Ints, counts: npt.NDArray[Any], size: int) -> Ints:
    """The sum of the counts of each owner, shape (size,)."""
    return np.bincount(owners, weights=counts, minlength=size).astype(np.int64)

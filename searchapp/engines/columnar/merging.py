"""Several segments -> one, by array operations.

Documents keep their order, segment after segment. Dictionaries are merged in stretches of the
alphabet, and postings with them, so that memory does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

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

STRETCH_OCCURRENCES = 1_500_000
"""Occurrences that are merged at once, about 150 MB of arrays."""
_STRETCH_TERMS = 200_000


def merge_segments(
    path: Path, segments: Sequence[Segment], *, stretch: int = STRETCH_OCCURRENCES
) -> None:
    """Write the documents of some segments as one, deleted ones included.

    stretch: occurrences merged at once; the file is the same for any.
    Raises OSError, and IndexDamaged if a segment is damaged.
    """
    writer = SegmentFileWriter(path)
    try:
        _Merge(writer, segments, stretch).run()
    except BaseException:
        writer.abort()
        raise


class _Merge:
    """The merging of some segments."""

    def __init__(
        self, writer: SegmentFileWriter, segments: Sequence[Segment], stretch: int
    ) -> None:
        self._writer = writer
        self._segments = segments
        self._stretch = stretch
        self._tables: dict[str, object] = {}
        counts = [segment.doc_count for segment in segments]
        self._doc_count = sum(counts)
        self._bases = np.cumsum([0, *counts[:-1]])

    def run(self) -> None:
        self._merge_documents()
        for layout in LAYOUTS:
            self._merge_field(layout)
        self._merge_ids()
        columns = [DocumentColumns.read(segment.file) for segment in self._segments]
        joined(columns).write(self._writer)
        self._writer.finish({"docs": self._doc_count, "tables": self._tables})

    def _merge_documents(self) -> None:
        table = RowTableWriter(self._writer, "documents", DOCUMENT_COUNTS)
        streams = [NumberStreamWriter(self._writer, f"tokens/{name}") for name in TOKEN_COLUMNS]
        for segment in self._segments:
            self._writer.take_over(segment.file, ["stored"])
            for stream in streams:
                stream.take_over(segment.file)
            rows = segment.documents.numbers()
            table.add([rows[name] for name in DOCUMENT_COUNTS])
        self._tables["documents"] = table.finish()

    def _merge_ids(self) -> None:
        dictionaries = [segment.ids for segment in self._segments]
        docs = [
            each.numbers()["doc"].astype(np.int64) + base
            for each, base in zip(dictionaries, self._bases, strict=True)
        ]
        table = RowTableWriter(self._writer, "id", ("doc",))
        for rows in _stretches(dictionaries, [each.row_count for each in dictionaries]):
            ids, places = _union(dictionaries, rows)
            merged = np.empty(len(ids), dtype=np.int64)
            for each, place, (first, last) in zip(docs, places, rows, strict=True):
                merged[place] = each[first:last]
            table.add((merged,), ids)
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
            self._merge_stretch(writer, layout, terms, places, stretches, forms, term_base)
            term_base += len(terms)
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
    ) -> None:
        """Merge the same terms of all segments. places: of each one's terms among `terms`."""
        # A list of postings is all of a term in a segment. The merged order: by term, and of the
        # same term by segment, so that documents ascend.
        owners = np.concatenate(places)
        order = np.argsort(owners, kind="stable")
        posting_counts = np.concatenate([each.postings for each in stretches])
        occurrence_counts = np.concatenate([each.occurrences for each in stretches])
        of_postings = _gathered(posting_counts, order)
        of_occurrences = _gathered(occurrence_counts, order)
        postings = _sums(owners, posting_counts, len(terms))
        counts = [postings, _sums(owners, occurrence_counts, len(terms))]
        docs = np.concatenate(
            [each.docs() + base for each, base in zip(stretches, self._bases, strict=True)]
        )
        columns: dict[str, npt.NDArray[Any]] = {"docs": gaps_within(docs[of_postings], postings)}
        for name in layout.posting_columns[1:]:
            columns[name] = np.concatenate([each.column(name) for each in stretches])[of_postings]
        positions = np.concatenate([each.column("positions") for each in stretches])
        columns["positions"] = positions[of_occurrences]
        if forms is not None:
            form_rows = [
                forms.rows[source][each.forms_of_term()] for source, each in enumerate(stretches)
            ]
            form_counts = forms.decide_codes(form_rows, places, stretches, len(terms), term_base)
            counts.append(form_counts)
            codes = np.concatenate(
                [
                    forms.codes[rows[each.form_places()]]
                    for rows, each in zip(form_rows, stretches, strict=True)
                ]
            )
            columns["forms"] = codes[of_occurrences]
        writer.add(terms, counts, columns)


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

    def forms_of_term(self) -> Ints:
        """The rows of the forms of these terms, term after term."""
        assert self._forms is not None
        return self._forms.rows_of_terms(*self._ranges[2]).astype(np.int64)

    def form_places(self) -> Ints:
        """Of each occurrence, the place of its form in `forms_of_term`."""
        assert self.form_counts is not None
        bases = sums_before(self.form_counts)
        places: Ints = np.repeat(bases, self.occurrences) + self.column("forms")
        return places


class _MergedForms:
    """The exact forms of a field in all segments, and what becomes of each segment's.

    rows: for each segment, the new row of each of its forms. codes: by new row, the place among
    the forms of the same term.
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
        self.codes = np.zeros(count, dtype=np.int64)
        self._term_of = np.zeros(count, dtype=np.int64)
        self._doc_freqs = np.zeros(count, dtype=np.int64)
        for each, rows in zip(dictionaries, self.rows, strict=True):
            self._doc_freqs[rows] += each.numbers()["postings"]

    def decide_codes(
        self,
        form_rows: Sequence[Ints],
        places: Sequence[Ints],
        stretches: Sequence[_Stretch],
        term_count: int,
        term_base: int,
    ) -> Ints:
        """Number the forms of each term of a stretch. Returns how many each term has.

        form_rows: for each segment the new rows of its forms, term after term. places: which of
        the merged terms each of its terms is.
        """
        for rows, place, each in zip(form_rows, places, stretches, strict=True):
            assert each.form_counts is not None
            self._term_of[rows] = np.repeat(place, each.form_counts) + term_base
        rows = _sorted_unique(np.concatenate(form_rows))
        terms = self._term_of[rows] - term_base
        counts = np.bincount(terms, minlength=term_count)
        in_order = rows[np.argsort(terms, kind="stable")]
        self.codes[in_order] = np.arange(len(rows)) - np.repeat(sums_before(counts), counts)
        return counts

    def write(self, writer: SegmentFileWriter, layout: FieldLayout) -> dict[str, object]:
        """Write the dictionary of forms. Returns the shape of its table."""
        name = exact_field(layout.name)
        table = RowTableWriter(writer, name, FORM_COLUMNS)
        base = 0
        for joined_forms, lengths in self._stretches:
            ends = np.cumsum(lengths).tolist()
            forms = [joined_forms[a:b] for a, b in zip([0, *ends], ends, strict=False)]
            stretch = slice(base, base + len(forms))
            table.add(
                (self._term_of[stretch], self.codes[stretch], self._doc_freqs[stretch]), forms
            )
            base += len(forms)
        order = np.argsort(self._term_of, kind="stable")
        NumberStreamWriter(writer, f"{name}/of_term").add(order)
        return table.finish(is_dictionary=True)


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


def _sorted_unique(values: Ints) -> Ints:
    values.sort()
    return values[np.diff(values, prepend=-1) != 0]

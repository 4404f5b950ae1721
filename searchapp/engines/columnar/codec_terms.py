"""The terms and postings of a generic segment: any field, any of Whoosh's posting formats."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from whoosh.codec import base
from whoosh.reading import TermInfo, TermNotFound

from searchapp.engines.columnar.matching import BLOCK_POSTINGS, PostingsMatcher
from searchapp.engines.columnar.payloads import (
    PAYLOAD_COUNTS,
    PayloadColumns,
    Payloads,
    PayloadWriter,
    layout_named,
)
from searchapp.engines.columnar.segment.postings import gaps_within, restarted_sums, sums_before
from searchapp.engines.evaluation.doc_set import Docs
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter
from searchapp.engines.storage.tables import RowTableWriter, TermDictionary

if TYPE_CHECKING:
    from searchapp.engines.columnar.codec import ColumnarSegment

MAX_TERM_BYTES = (1 << 24) - 1
"""Of a term. A group of the dictionary is read at once, so that longer ones would be felt."""

_FLUSH_POSTINGS = 1 << 16
"""Terms are gathered up to so many postings, for arrays of one number are slow to make."""

_STATISTICS = ("blocks", "first_doc", "last_doc", "min_length", "max_length", "max_weight")
"""Of each term: blocks with statistics of their own (none for a single block); what Whoosh asks
of a term without its postings. Weights are the bits of a float32."""

BLOCK_COLUMNS = ("block_min_lengths", "block_max_lengths", "block_max_weights")
"""Of each block, as `stretch_statistics`."""


class TermsWriter(base.FieldWriter):
    """Takes the postings of all fields: fields, terms and documents in ascending order."""

    def __init__(self, writer: SegmentFileWriter, segment: ColumnarSegment) -> None:
        self._writer = writer
        self._segment = segment
        self._field: _FieldWriter | None = None
        self._fields: list[dict[str, str]] = []
        self._tables: dict[str, dict[str, object]] = {}
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Begin a field."""
        name = str(len(self._fields))
        self._field = _FieldWriter(self._writer, name, fieldobj.format)
        self._fields.append({"name": fieldname, "format": self._field.format_name})

    def add_postings(self, schema: Any, lengths: Any, items: Any) -> None:
        """All postings of all fields, in order, as Whoosh's writer hands them over.

        Raises ValueError for what is beyond the limits; the file is deleted then.
        """
        try:
            super().add_postings(schema, lengths, items)
        except BaseException:
            # Whoosh forgets a writer that failed without closing it.
            self._writer.abort()
            raise

    def start_term(self, text: bytes) -> None:
        """Begin a term of the field. Raises ValueError if it is too long."""
        if len(text) > MAX_TERM_BYTES:
            raise ValueError(
                f"a term of {len(text)} bytes is longer than {MAX_TERM_BYTES}: {text[:40]!r}..."
            )
        assert self._field is not None
        self._field.terms.append(text)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        """A posting of the term. length: of the document in the field, None or 0 if unknown.

        Raises ValueError if the field's format did not make `vbytes`.
        """
        assert self._field is not None
        self._field.add(docnum, weight, vbytes, length or 0)

    def finish_term(self) -> None:
        """End the term. Raises ValueError if its postings are beyond the limits."""
        assert self._field is not None
        self._field.finish_term()

    def finish_field(self) -> None:
        """End the field. Raises ValueError if its postings are beyond the limits."""
        assert self._field is not None
        name = str(len(self._fields) - 1)
        self._tables[name] = self._field.finish()
        self._field = None

    def close(self) -> None:
        """Write the file."""
        if self.is_closed:
            return
        self.is_closed = True
        self._writer.finish(
            {
                "segment": self._segment.segment_id(),
                "fields": self._fields,
                "tables": self._tables,
            }
        )


class _FieldWriter:
    def __init__(self, writer: SegmentFileWriter, name: str, posting_format: Any) -> None:
        self._table = RowTableWriter(writer, name, (*PAYLOAD_COUNTS, *_STATISTICS))
        self._payloads = PayloadWriter(writer, name, posting_format)
        self._docs_stream = NumberStreamWriter(writer, f"{name}/docs")
        self._block_streams = {
            column: NumberStreamWriter(writer, f"{name}/{column}") for column in BLOCK_COLUMNS
        }
        self.format_name = self._payloads.layout.format_name
        self._start()

    def _start(self) -> None:
        self.terms: list[bytes] = []
        self._docs = array("q")
        self._lengths = array("q")
        self._weights = array("f")

    def add(self, doc: int, weight: float, value: bytes, length: int) -> None:
        self._payloads.add(weight, value)
        self._docs.append(doc)
        self._lengths.append(length)
        self._weights.append(weight)

    def finish_term(self) -> None:
        self._payloads.close_group()
        if len(self._payloads) >= _FLUSH_POSTINGS:
            self._flush()

    def _flush(self) -> None:
        docs = np.frombuffer(self._docs, dtype=np.int64)
        lengths = np.frombuffer(self._lengths, dtype=np.int64)
        weights = np.frombuffer(self._weights, dtype=np.float32)
        payload_counts = self._payloads.flush()
        counts = payload_counts.postings
        self._docs_stream.add(gaps_within(docs, counts))
        starts = sums_before(counts)
        blocks = np.where(counts > BLOCK_POSTINGS, -(-counts // BLOCK_POSTINGS), 0)
        block_starts = np.repeat(starts[blocks > 0], blocks[blocks > 0])
        within = np.arange(len(block_starts)) - np.repeat(sums_before(blocks), blocks)
        self._add_blocks(
            stretch_statistics(lengths, weights, block_starts + within * BLOCK_POSTINGS, starts)
        )
        self._table.add(
            [
                *payload_counts,
                blocks,
                docs[starts],
                docs[starts + counts - 1],
                *stretch_statistics(lengths, weights, starts, starts),
            ],
            self.terms,
        )
        self._start()

    def _add_blocks(self, columns: list[npt.NDArray[Any]]) -> None:
        for stream, values in zip(self._block_streams.values(), columns, strict=True):
            stream.add(values)

    def finish(self) -> dict[str, object]:
        if self.terms:
            self._flush()
        return self._table.finish(is_dictionary=True)


def stretch_statistics(
    lengths: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float32],
    starts: npt.NDArray[np.int64],
    term_starts: npt.NDArray[np.int64],
) -> list[npt.NDArray[Any]]:
    """Least and greatest length, and the bits of the greatest weight, of stretches of postings.

    starts: of the stretches; each ends where the next one or the next term starts. An unknown
    length, 0, is left out; if all are, both are 0, as in Whoosh.
    """
    if not len(starts):
        return [np.empty(0, dtype=np.int64)] * 3
    edges = np.union1d(starts, term_starts)
    wanted = np.searchsorted(edges, starts)
    unknown = np.iinfo(np.int64).max
    least = np.minimum.reduceat(np.where(lengths > 0, lengths, unknown), edges)[wanted]
    greatest = np.maximum.reduceat(lengths, edges)[wanted]
    heaviest = np.maximum.reduceat(weights, edges)[wanted]
    return [np.where(least == unknown, 0, least), greatest, heaviest.view(np.uint32)]


class FieldTerms:
    """The terms of a field, open for reading. Safe for use by several threads."""

    def __init__(self, file: SegmentFile, name: str, format_name: str) -> None:
        """Raises IndexDamaged."""
        self.dictionary = TermDictionary(file, name)
        self.docs = NumberStream(file, f"{name}/docs")
        self.payloads = PayloadColumns(file, name, layout_named(format_name))
        self.blocks = {column: NumberStream(file, f"{name}/{column}") for column in BLOCK_COLUMNS}
        totals = dict(zip(self.dictionary.columns, self.dictionary.totals(), strict=True))
        for column, count in (
            (self.docs, totals["postings"]),
            *((column, totals["blocks"]) for column in self.blocks.values()),
        ):
            if column.size != count:
                file.damaged(f"a column of the postings {name} has a wrong length")

    def postings(self, row: int) -> TermPostings:
        """The postings of the term in a row of the dictionary."""
        return TermPostings(self, row)

    def all_docs(self, terms: int | None = None) -> tuple[Docs, Docs]:
        """The documents of the postings of the first `terms` terms, None for all, term by term.

        Returns them and the row of the term of each, both of shape (postings,).
        """
        counts = self.dictionary.numbers(0, terms)["postings"].astype(np.int64)
        gaps = self.docs.read(0, int(counts.sum()))
        rows = np.repeat(np.arange(len(counts)), counts)
        return restarted_sums(gaps, counts).astype(np.intp), rows


class TermPostings:
    """The postings of a term; columns are read when they are first asked for.

    A document can occur twice in a row, as when a list of numbers was indexed of which several
    fall into the same range.
    """

    def __init__(self, field: FieldTerms, row: int) -> None:
        self._field = field
        ranges = field.dictionary.ranges(row)
        self._range = ranges[0]
        self._blocks = ranges[len(PAYLOAD_COUNTS)]
        self.payloads = Payloads(field.payloads, ranges[: len(PAYLOAD_COUNTS)])
        self.first_doc, self.last_doc, self.min_length, self.max_length, bits = (
            stop - start for start, stop in ranges[len(PAYLOAD_COUNTS) + 1 :]
        )
        self.max_weight = float(np.uint32(bits).view(np.float32))

    def __len__(self) -> int:
        return self._range[1] - self._range[0]

    @cached_property
    def docs(self) -> npt.NDArray[np.int32]:
        """The documents, ascending, shape (postings,)."""
        return np.cumsum(self._field.docs.read(*self._range), dtype=np.int32)

    def _block_column(self, name: str, of_all: int) -> npt.NDArray[Any]:
        if self._blocks[0] == self._blocks[1]:
            return np.array([of_all], dtype=np.uint32)
        return self._field.blocks[name].read(*self._blocks)

    @cached_property
    def block_min_lengths(self) -> npt.NDArray[Any]:
        """The least length of a document in each block."""
        return self._block_column("block_min_lengths", self.min_length)

    @cached_property
    def block_max_lengths(self) -> npt.NDArray[Any]:
        """The greatest length of a document in each block."""
        return self._block_column("block_max_lengths", self.max_length)

    @cached_property
    def block_max_weights(self) -> npt.NDArray[np.float32]:
        """The greatest weight in each block."""
        bits = np.float32(self.max_weight).view(np.uint32)
        column = self._block_column("block_max_weights", int(bits))
        return column.astype(np.uint32).view(np.float32)

    def info(self) -> TermInfo:
        """The statistics of the term."""
        return TermInfo(
            weight=self.payloads.total_weight,
            df=len(self),
            minlength=self.min_length,
            maxlength=self.max_length,
            maxweight=self.max_weight,
            minid=self.first_doc,
            maxid=self.last_doc,
        )


class SortedTerms(Protocol):
    """The terms of a field, each a row."""

    @property
    def row_count(self) -> int:
        """Number of terms."""

    def find(self, term: bytes) -> int | None:
        """The row of a term, or None."""

    def first_from(self, term: bytes) -> int:
        """The row of the first term that is not before this one; `row_count` if there is none."""

    def term(self, row: int) -> bytes:
        """The term of a row."""

    def terms(self, first: int = 0) -> Iterator[bytes]:
        """The terms from a row on, in order."""


class SearchedField(Protocol):
    """The terms of a field with their postings, wherever these are."""

    @property
    def dictionary(self) -> SortedTerms:
        """The terms."""

    def postings(self, row: int) -> TermPostings:
        """See `FieldTerms.postings`."""

    def all_docs(self, terms: int | None = None) -> tuple[Docs, Docs]:
        """See `FieldTerms.all_docs`."""


class TermsReader(base.TermsReader):
    """The terms of a segment, as Whoosh asks for them. Safe for use by several threads."""

    def __init__(
        self, fields: Mapping[str, SearchedField], on_close: Callable[[], None] = lambda: None
    ) -> None:
        """fields: by name, in the order of their names. on_close: gives back what was read."""
        self._fields = fields
        self._on_close = on_close

    @classmethod
    def of_file(
        cls, file: SegmentFile, segment: ColumnarSegment, on_close: Callable[[], None]
    ) -> TermsReader:
        """Reads what TermsWriter wrote. Raises IndexDamaged."""
        if file.properties["segment"] != segment.segment_id():
            file.damaged(f"it is of another segment ({file.properties['segment']})")
        # In the order of their names: so they were written.
        fields = {
            each["name"]: FieldTerms(file, str(number), each["format"])
            for number, each in enumerate(file.properties["fields"])
        }
        return cls(fields, on_close)

    def close(self) -> None:
        """Give back what was read; it is read again for who asks later."""
        self._on_close()

    def field(self, fieldname: str) -> SearchedField | None:
        """The terms of a field, None if there are none."""
        return self._fields.get(fieldname)

    def _find(self, fieldname: str, text: bytes) -> TermPostings | None:
        field = self._fields.get(fieldname)
        row = None if field is None else field.dictionary.find(text)
        return None if field is None or row is None else field.postings(row)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self._fields.get(term[0])
        return field is not None and field.dictionary.find(term[1]) is not None

    def indexed_field_names(self) -> list[str]:
        """The fields that have terms, sorted."""
        return list(self._fields)

    def cursor(self, fieldname: str, fieldobj: Any) -> TermCursor | base.EmptyCursor:
        """A place among the terms of a field."""
        field = self._fields.get(fieldname)
        return base.EmptyCursor() if field is None else TermCursor(field, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All fields and terms, in order."""
        for fieldname, field in self._fields.items():
            for term in field.dictionary.terms():
                yield fieldname, term

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field that are not before a prefix, then those of the fields after it.

        Nothing if there is no such field.
        """
        names = list(self._fields)
        if fieldname not in self._fields:
            return
        for name in names[names.index(fieldname) :]:
            dictionary = self._fields[name].dictionary
            first = dictionary.first_from(prefix) if name == fieldname else 0
            for term in dictionary.terms(first):
                yield name, term

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """As `terms_from`, with statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def postings(self, fieldname: str, text: bytes) -> TermPostings:
        """The postings of a term, deleted documents included. Raises TermNotFound."""
        found = self._find(fieldname, text)
        if found is None:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        return found

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a term. Raises TermNotFound."""
        return self.postings(fieldname, text).info()

    def frequency(self, fieldname: str, text: bytes) -> float:
        """The sum of the weights of a term, 0 if there is none."""
        found = self._find(fieldname, text)
        return 0 if found is None else found.payloads.total_weight

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """The number of postings of a term, 0 if there is none."""
        found = self._find(fieldname, text)
        return 0 if found is None else len(found)

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> PostingsMatcher:
        """A matcher at the first posting of a term. Raises TermNotFound."""
        return PostingsMatcher(
            self.postings(fieldname, text), format_, (fieldname, text), scorer=scorer
        )


class TermCursor(base.FieldCursor):
    """A place among the terms of a field; texts are as the field decodes them."""

    def __init__(self, field: SearchedField, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._row = 0

    def first(self) -> Any:
        """Go to the first term. Returns its text."""
        self._row = 0
        return self.text()

    def find(self, string: Any) -> Any:
        """Go to the first term that is not before a text. Returns its text, or None."""
        term = string if isinstance(string, bytes) else self._fieldobj.to_bytes(string)
        self._row = self._field.dictionary.first_from(term)
        return self.text()

    def next(self) -> Any:
        """Go to the next term. Returns its text, or None."""
        self._row = min(self._row + 1, self._field.dictionary.row_count)
        return self.text()

    def text(self) -> Any:
        """The text of the term, or None after the last."""
        if not self.is_valid():
            return None
        return self._fieldobj.from_bytes(self._field.dictionary.term(self._row))

    term = text

    def term_info(self) -> TermInfo | None:
        """The statistics of the term, or None after the last."""
        return self._field.postings(self._row).info() if self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether there is a term at this place."""
        return self._row < self._field.dictionary.row_count

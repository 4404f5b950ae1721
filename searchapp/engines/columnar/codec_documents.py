"""What Whoosh keeps of each document: stored fields, field lengths, columns and vectors."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from whoosh import columns, formats
from whoosh.codec import base

from searchapp.engines.columnar import typed_json
from searchapp.engines.columnar.codec_columns import (
    NumberColumn,
    NumberColumnWriter,
    ValueColumn,
    ValueColumnWriter,
    column_writer,
    open_column,
)
from searchapp.engines.columnar.matching import VectorMatcher
from searchapp.engines.columnar.payloads import (
    PAYLOAD_COUNTS,
    PayloadColumns,
    Payloads,
    PayloadWriter,
    layout_named,
)
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter
from searchapp.engines.storage.tables import MAX_NUMBER, RowTable, RowTableWriter

if TYPE_CHECKING:
    from searchapp.engines.columnar.codec import ColumnarSegment

MAX_DOCS = (1 << 31) - 1
"""Documents of a segment: their numbers are int32."""

MAX_LENGTH = MAX_NUMBER
"""Terms of a document in one field."""

MAX_STORED_BYTES = MAX_NUMBER
"""Of the stored fields of a document, as typed JSON."""

_VECTOR_COUNTS = (*PAYLOAD_COUNTS, "term_bytes")


class DocumentsWriter(base.PerDocumentWriter):
    """Takes documents in the order of their numbers.

    Nothing of a document is kept before it is finished, so that one that is refused in the middle
    leaves no trace.
    """

    def __init__(self, writer: SegmentFileWriter, segment: ColumnarSegment) -> None:
        self._writer = writer
        self._segment = segment
        self._stored = RowTableWriter(writer, "stored", ("bytes",))
        writer.append("stored", b"")
        self._lengths: dict[str, array[int]] = {}
        self._columns: dict[str, NumberColumnWriter | ValueColumnWriter] = {}
        self._vectors: dict[str, _VectorsWriter] = {}
        self._doc_count = 0
        self._steps: list[Callable[[], None]] | None = None
        self._stored_fields: list[bytes] = []
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        """Begin the next document. Raises ValueError for one too many."""
        assert self._steps is None, "a document was begun before the last was finished"
        assert docnum == self._doc_count, f"document {docnum} comes after {self._doc_count - 1}"
        if docnum >= MAX_DOCS:
            raise ValueError(f"a segment holds at most {MAX_DOCS} documents")
        self._steps = []
        self._stored_fields = []

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:
        """A field's stored value, None for none, and its length in terms.

        Raises ValueError for a value that cannot be stored, and for too many terms or bytes.
        """
        del fieldobj
        assert self._steps is not None
        if value is not None:
            # Now, so that Whoosh's writer can still cancel the document if it is refused.
            self._stored_fields.append(typed_json.encode([fieldname, value]))
            if sum(map(len, self._stored_fields)) + len(self._stored_fields) >= MAX_STORED_BYTES:
                raise ValueError(f"a document stores more than {MAX_STORED_BYTES} bytes")
        if length:
            if length > MAX_LENGTH:
                raise ValueError(f"field {fieldname!r} is longer than {MAX_LENGTH} terms")
            self._steps.append(lambda: self._add_length(fieldname, length))

    def _add_length(self, fieldname: str, length: int) -> None:
        lengths = self._lengths.setdefault(fieldname, array("I"))
        _fill(lengths, self._doc_count)
        lengths.append(length)

    def add_column_value(self, fieldname: str, columnobj: columns.Column, value: Any) -> None:
        """A field's value for its column. Raises ValueError if the column cannot hold it."""
        assert self._steps is not None
        column = self._columns.get(fieldname)
        if column is None:
            name = f"column/{len(self._columns)}"
            column = self._columns[fieldname] = column_writer(self._writer, name, columnobj)
        content = column.content(value)
        self._steps.append(lambda: column.add(self._doc_count, content))

    def add_vector_items(
        self, fieldname: str, fieldobj: Any, items: Iterable[tuple[str, float, bytes]]
    ) -> None:
        """The terms of a document in a field: text, weight and the value of the format."""
        assert self._steps is not None
        terms = list(items)
        if terms:
            self._steps.append(lambda: self._add_vector(fieldname, fieldobj.vector, terms))

    def _add_vector(
        self, fieldname: str, vector: formats.Format, items: list[tuple[str, float, bytes]]
    ) -> None:
        vectors = self._vectors.get(fieldname)
        if vectors is None:
            name = f"vector/{len(self._vectors)}"
            vectors = self._vectors[fieldname] = _VectorsWriter(self._writer, name, vector)
        vectors.add(self._doc_count, items)

    def finish_doc(self) -> None:
        """Keep the document."""
        steps, self._steps = self._steps, None
        assert steps is not None
        content = b"[" + b",".join(self._stored_fields) + b"]" if self._stored_fields else b""
        for step in steps:
            step()
        self._stored.add([[len(content)]])
        self._writer.append("stored", content)
        self._doc_count += 1

    def cancel_doc(self) -> None:
        """Forget the document."""
        self._steps = None

    def close(self) -> None:
        """Write the file. A document that was not finished is forgotten."""
        if self.is_closed:
            return
        self.is_closed = True
        tables = {"stored": self._stored.finish()}
        count = self._doc_count
        lengths = []
        for number, (field, values) in enumerate(self._lengths.items()):
            _fill(values, count)
            stream = NumberStreamWriter(self._writer, f"length/{number}")
            stream.add(np.frombuffer(values, dtype=np.uint32))
            lengths.append(
                {"field": field, "total": sum(values), "min": min(values), "max": max(values)}
            )
        self._writer.finish(
            {
                "segment": self._segment.segment_id(),
                "doc_count": count,
                "lengths": lengths,
                "columns": [
                    {"field": field, **column.finish(count, tables)}
                    for field, column in self._columns.items()
                ],
                "vectors": [
                    {"field": field, **vectors.finish(count, tables)}
                    for field, vectors in self._vectors.items()
                ],
                "tables": tables,
            }
        )


def _fill(values: array[int], count: int) -> None:
    values.extend([0] * (count - len(values)))


class _VectorsWriter:
    def __init__(self, writer: SegmentFileWriter, name: str, vector: formats.Format) -> None:
        self._writer = writer
        self._name = name
        self._table = RowTableWriter(writer, name, _VECTOR_COUNTS)
        self._payloads = PayloadWriter(writer, name, vector)
        self._term_sizes = NumberStreamWriter(writer, f"{name}/term_sizes")
        self._doc_count = 0

    def add(self, doc: int, items: list[tuple[str, float, bytes]]) -> None:
        self._fill(doc)
        terms = [text.encode("utf-8", "surrogatepass") for text, _, _ in items]
        for _, weight, value in items:
            self._payloads.add(weight, value)
        self._payloads.close_group()
        content = b"".join(terms)
        self._writer.append(f"{self._name}/terms", content)
        self._term_sizes.add(np.fromiter(map(len, terms), dtype=np.int64, count=len(terms)))
        self._table.add([*self._payloads.flush(), [len(content)]])
        self._doc_count += 1

    def _fill(self, doc: int) -> None:
        missing = doc - self._doc_count
        if missing:
            self._table.add([np.zeros(missing, dtype=np.int64)] * len(_VECTOR_COUNTS))
            self._doc_count += missing

    def finish(self, doc_count: int, tables: dict[str, dict[str, object]]) -> dict[str, str]:
        self._fill(doc_count)
        tables[self._name] = self._table.finish()
        return {"format": self._payloads.layout.format_name}


class SegmentDocuments(base.PerDocumentReader):
    """The documents of a segment, as far as the segment itself knows them."""

    lengths: Callable[[str], npt.NDArray[Any]]
    """From a field to the length of each document in it, 0 for none; shape (documents,)."""

    def __init__(self, segment: ColumnarSegment) -> None:
        self._segment = segment
        self._doc_count = segment.doc_count_all()

    def doc_count(self) -> int:
        """Number of documents that are not deleted."""
        return self._segment.doc_count()

    def doc_count_all(self) -> int:
        """Number of documents."""
        return self._doc_count

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return self._segment.has_deletions()

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """The numbers of the deleted documents."""
        return self._segment.deleted_docs()


class DocumentsReader(SegmentDocuments):
    """Reads what DocumentsWriter wrote. Safe for use by several threads."""

    def __init__(
        self, file: SegmentFile, segment: ColumnarSegment, on_close: Callable[[], None]
    ) -> None:
        """on_close: gives back what was read. Raises IndexDamaged."""
        super().__init__(segment)
        self._file = file
        self._on_close = on_close
        properties = file.properties
        found = (properties["segment"], properties["doc_count"])
        if found != (segment.segment_id(), self._doc_count):
            file.damaged(f"it is of another segment ({found[0]}, {found[1]} documents)")
        self._stored = RowTable(file, "stored")
        self._content = file.stream("stored")
        self._lengths = {each["field"]: (i, each) for i, each in enumerate(properties["lengths"])}
        self._columns = {each["field"]: (i, each) for i, each in enumerate(properties["columns"])}
        self._vectors = {each["field"]: (i, each) for i, each in enumerate(properties["vectors"])}
        # Columns are opened for each asker, for Whoosh lets it turn their order round.
        self._vector_columns = lru_cache(maxsize=None)(self._open_vectors)
        self.lengths = lru_cache(maxsize=None)(self._read_lengths)

    def close(self) -> None:
        """Give back what was read; it is read again for who asks later."""
        self._on_close()

    def supports_columns(self) -> bool:
        """Yes."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether any document has a value in the column of a field."""
        return fieldname in self._columns

    def list_columns(self) -> list[str]:
        """The fields that have a column."""
        return list(self._columns)

    def column_reader(self, fieldname: str, column: Any) -> NumberColumn | ValueColumn:
        """The column of a field. Raises IndexDamaged."""
        del column  # What was written says itself what it is.
        number, properties = self._columns[fieldname]
        return open_column(self._file, f"column/{number}", properties, self._doc_count)

    def _read_lengths(self, fieldname: str) -> npt.NDArray[Any]:
        """The exact length of each document in a field, 0 for none; shape (documents,)."""
        if fieldname not in self._lengths:
            return np.zeros(self._doc_count, dtype=np.uint8)
        number, _ = self._lengths[fieldname]
        stream = NumberStream(self._file, f"length/{number}")
        if stream.size != self._doc_count:
            self._file.damaged(f"the lengths of {fieldname!r} are not of all documents")
        return stream.read(0, self._doc_count)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The length of a document in a field; the default if it has none."""
        if fieldname not in self._lengths or docnum >= self._doc_count:
            return default
        return int(self.lengths(fieldname)[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        """The sum of the lengths of all documents."""
        return self._length_property(fieldname, "total")

    def min_field_length(self, fieldname: str) -> int:
        """The least length of any document, 0 if one has none."""
        return self._length_property(fieldname, "min")

    def max_field_length(self, fieldname: str) -> int:
        """The greatest length of any document."""
        return self._length_property(fieldname, "max")

    def _length_property(self, fieldname: str, name: str) -> int:
        _, properties = self._lengths.get(fieldname, (0, {}))
        return int(properties.get(name, 0))

    def _open_vectors(self, fieldname: str) -> tuple[RowTable, NumberStream, PayloadColumns]:
        number, properties = self._vectors[fieldname]
        name = f"vector/{number}"
        return (
            RowTable(self._file, name),
            NumberStream(self._file, f"{name}/term_sizes"),
            PayloadColumns(self._file, name, layout_named(properties["format"])),
        )

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """Whether a document has a vector in a field."""
        self._check(docnum)
        if fieldname not in self._vectors:
            return False
        table, _, _ = self._vector_columns(fieldname)
        (start, stop), *_ = table.ranges(docnum)
        return start < stop

    def vector(self, docnum: int, fieldname: str, format_: Any) -> VectorMatcher:
        """The terms of a document in a field, in order. Raises KeyError if it has no vector."""
        if not self.has_vector(docnum, fieldname):
            raise KeyError(f"document {docnum} has no vector of field {fieldname!r}")
        table, term_sizes, columns_ = self._vector_columns(fieldname)
        *ranges, (first, last) = table.ranges(docnum)
        content = self._file.stream(f"vector/{self._vectors[fieldname][0]}/terms").read(first, last)
        ends = np.cumsum(term_sizes.read(*ranges[0]), dtype=np.int64).tolist()
        terms = [
            content[start:end].decode("utf-8", "surrogatepass")
            for start, end in zip([0, *ends], ends, strict=False)
        ]
        return VectorMatcher(terms, Payloads(columns_, ranges), format_)

    def _check(self, docnum: int) -> None:
        if not 0 <= docnum < self._doc_count:
            raise IndexError(f"no document {docnum} among {self._doc_count}")

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The stored fields of a document by name. Raises IndexDamaged."""
        self._check(docnum)
        (where,) = self._stored.ranges(docnum)
        content = self._content.read(*where)
        if not content:
            return {}
        try:
            return dict(typed_json.decode(content))
        except ValueError as error:
            self._file.damaged(f"a stored document is not understood: {error}")

"""Columns of values by document, as Whoosh's fields ask for them.

Numbers and truth values are arrays. All others are a sorted list of the distinct values and the
place of each document's value in it, so that documents are sorted and counted by number.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import columns
from whoosh.util.numeric import typecode_max, typecode_min

from searchapp.engines.columnar import typed_json
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter
from searchapp.engines.storage.tables import RowTable, RowTableWriter

Tables = dict[str, dict[str, object]]
Properties = dict[str, Any]

_BYTES = (
    columns.VarBytesColumn,
    columns.FixedBytesColumn,
    columns.RefBytesColumn,
    columns.CompressedBytesColumn,
    columns.CompressedBlockColumn,
)


def column_writer(
    writer: SegmentFileWriter, name: str, column: columns.Column
) -> NumberColumnWriter | ValueColumnWriter:
    """What writes a column of Whoosh's under a name."""
    if isinstance(column, columns.ClampedNumericColumn):
        return NumberColumnWriter(writer, name, column._child, is_clamped=True)
    if isinstance(column, columns.NumericColumn | columns.BitColumn):
        return NumberColumnWriter(writer, name, column)
    return ValueColumnWriter(writer, name, column)


def default_of(column: columns.Column) -> Any:
    """The value of a document that was given none."""
    if isinstance(column, columns.ListColumn):
        return []
    if isinstance(column, columns.PickleColumn):
        return None
    if isinstance(column, columns.WrappedColumn):
        return default_of(column._child)
    try:
        return column.default_value()
    except AttributeError:  # Whoosh's compressed columns do not say; it is their reader's answer.
        return b""


class NumberColumnWriter:
    """Numbers or truth values, as an array."""

    def __init__(
        self,
        writer: SegmentFileWriter,
        name: str,
        column: columns.NumericColumn | columns.BitColumn,
        *,
        is_clamped: bool = False,
    ) -> None:
        self._writer = writer
        self._name = name
        self._is_clamped = is_clamped
        self._typecode = "?" if isinstance(column, columns.BitColumn) else column._typecode
        # Whoosh's own conversion: the same numbers are refused, the others rounded the same.
        self._struct = struct.Struct(f"<{self._typecode}")
        self._default = self._struct.pack(default_of(column))
        self._content = bytearray()

    def content(self, value: Any) -> bytes:
        """A value as it is written. Raises ValueError if the column cannot hold it."""
        if self._typecode == "?":
            value = bool(value)
        elif self._is_clamped:
            value = max(typecode_min[self._typecode], min(value, typecode_max[self._typecode]))
        try:
            return self._struct.pack(value)
        except (struct.error, OverflowError) as error:
            raise ValueError(f"{value!r:.80} does not fit into its column: {error}") from error

    def add(self, doc: int, content: bytes) -> None:
        """The value of a document, in ascending order."""
        self._fill(doc)
        self._content += content

    def _fill(self, doc: int) -> None:
        self._content += self._default * (doc - len(self._content) // self._struct.size)

    def finish(self, doc_count: int, tables: Tables) -> Properties:
        """Write the array. Returns what a reader has to know."""
        del tables
        self._fill(doc_count)
        self._writer.append(f"{self._name}/numbers", bytes(self._content))
        return {"typecode": self._typecode}


class ValueColumnWriter:
    """Byte strings or other values, as places in the list of the distinct ones."""

    def __init__(self, writer: SegmentFileWriter, name: str, column: columns.Column) -> None:
        self._writer = writer
        self._name = name
        self._column = column
        self._has_bytes = isinstance(column, _BYTES) and not isinstance(
            column, columns.StructColumn
        )
        self._numbers: dict[bytes, int] = {}
        self._ordinals = array("I")
        self._default = self.content(default_of(column))

    def content(self, value: Any) -> bytes:
        """A value as it is written. Raises ValueError if the column cannot hold it."""
        column = self._column
        if isinstance(column, columns.StructColumn):
            packer = struct.Struct(column._spec)
            value = packer.unpack(packer.pack(*value))
        if not self._has_bytes:
            return typed_json.encode(value)
        if not isinstance(value, bytes):
            raise ValueError(f"{value!r:.80} is no bytes, as its column holds")
        length = getattr(column, "_fixedlen", 0)
        if length and len(value) != length:
            raise ValueError(f"{value!r:.80} has not the {length} bytes of its column")
        return value

    def add(self, doc: int, content: bytes) -> None:
        """The value of a document, in ascending order."""
        self._fill(doc)
        self._ordinals.append(self._number(content))

    def _number(self, content: bytes) -> int:
        return self._numbers.setdefault(content, len(self._numbers))

    def _fill(self, doc: int) -> None:
        missing = doc - len(self._ordinals)
        if missing:
            self._ordinals.extend([self._number(self._default)] * missing)

    def finish(self, doc_count: int, tables: Tables) -> Properties:
        """Write the values and the places. Returns what a reader has to know."""
        self._fill(doc_count)
        values = sorted(self._numbers)
        places = np.empty(len(values), dtype=np.uint32)
        places[[self._numbers[value] for value in values]] = np.arange(len(values))
        ordinals = NumberStreamWriter(self._writer, f"{self._name}/ordinals")
        ordinals.add(places[np.frombuffer(self._ordinals, dtype=np.uint32)])
        table = RowTableWriter(self._writer, f"{self._name}/values", ("bytes",))
        if values:
            table.add([np.fromiter(map(len, values), dtype=np.int64, count=len(values))])
        self._writer.append(f"{self._name}/content", b"".join(values))
        tables[f"{self._name}/values"] = table.finish()
        return {"typecode": "", "has_bytes": self._has_bytes}


class NumberColumn(columns.ColumnReader):
    """Numbers or truth values by document."""

    def __init__(self, file: SegmentFile, name: str, typecode: str, doc_count: int) -> None:
        """Raises IndexDamaged."""
        self._stream = file.stream(f"{name}/numbers")
        kind = {"?": "?", "f": "f", "d": "f"}.get(typecode, "i" if typecode.islower() else "u")
        size = struct.calcsize(f"<{typecode}")
        self._dtype = np.dtype(np.bool_) if kind == "?" else np.dtype(f"<{kind}{size}")
        self._doccount = doc_count
        self._is_reversed = False
        if self._stream.size != doc_count * size:
            file.damaged(f"the column {name!r} has a wrong length")

    @cached_property
    def keys(self) -> npt.NDArray[Any]:
        """By which documents are sorted, shape (documents,)."""
        return self._stream.values(self._dtype, 0, self._doccount)

    def __getitem__(self, doc: int) -> Any:
        """The value of a document."""
        return self.keys[doc].item()

    def sort_key(self, doc: int) -> Any:
        """By what a document is sorted, as in Whoosh's own columns."""
        value = self[doc]
        if self._dtype == np.bool_:
            return int(value ^ self._is_reversed)
        return 0 - value if self._is_reversed else value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.load())

    def load(self) -> list[Any]:
        """All values."""
        values: list[Any] = self.keys.tolist()
        return values

    def set_reverse(self) -> None:
        """Turn the order of `sort_key` round."""
        self._is_reversed = True


class ValueColumn(columns.ColumnReader):
    """Byte strings or other values by document."""

    def __init__(self, file: SegmentFile, name: str, doc_count: int, *, has_bytes: bool) -> None:
        """Raises IndexDamaged."""
        self._file = file
        self._ordinals = NumberStream(file, f"{name}/ordinals")
        self._values = RowTable(file, f"{name}/values")
        self._content = file.stream(f"{name}/content")
        self.has_bytes = has_bytes
        self._doccount = doc_count
        if self._ordinals.size != doc_count or [self._content.size] != self._values.totals():
            file.damaged(f"the column {name!r} has a wrong length")

    @cached_property
    def keys(self) -> npt.NDArray[Any]:
        """The place of each document's value in `distinct`, shape (documents,)."""
        return self._ordinals.read(0, self._doccount)

    @cached_property
    def distinct(self) -> list[Any]:
        """The distinct values; byte strings are sorted."""
        return [self._value(row) for row in range(self._values.row_count)]

    def _value(self, row: int) -> Any:
        (where,) = self._values.ranges(row)
        content = self._content.read(*where)
        if self.has_bytes:
            return content
        try:
            return typed_json.decode(content)
        except ValueError as error:
            self._file.damaged(f"a value of a column is not understood: {error}")

    def __getitem__(self, doc: int) -> Any:
        """The value of a document."""
        return self._value(int(self.keys[doc]))

    def __iter__(self) -> Iterator[Any]:
        distinct = self.distinct
        return (distinct[ordinal] for ordinal in self.keys.tolist())

    def sort_key(self, doc: int) -> Any:
        """By what a document is sorted, as in Whoosh's own columns."""
        value = self[doc]
        return value[0] if isinstance(value, list) else value


def open_column(
    file: SegmentFile, name: str, properties: Properties, doc_count: int
) -> NumberColumn | ValueColumn:
    """A column that was written. Raises IndexDamaged."""
    if properties["typecode"]:
        return NumberColumn(file, name, properties["typecode"], doc_count)
    return ValueColumn(file, name, doc_count, has_bytes=properties["has_bytes"])

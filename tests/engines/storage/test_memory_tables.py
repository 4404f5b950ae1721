"""Dictionaries and numbers in memory are read as those of a file are."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.storage.memory_tables import NumberList, TermList
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.engines.storage.tables import RowTableWriter, TermDictionary

COLUMNS = ("few", "many")
texts = st.text("abä\0\n\\東", min_size=1, max_size=4)


@given(
    st.dictionaries(texts.map(str.encode), st.tuples(st.integers(0, 3), st.integers(0, 1 << 20))),
    st.lists(texts, max_size=5),
)
def test_terms_are_those_of_a_file(rows: dict[bytes, tuple[int, int]], asked: list[str]) -> None:
    """And so are their rows and numbers."""
    terms = sorted(rows)
    numbers = np.asarray([rows[each] for each in terms], dtype=np.uint32).reshape(-1, 2)
    columns = dict(zip(COLUMNS, numbers.T, strict=True))
    made = TermList(terms, columns)
    with TemporaryDirectory() as folder:
        with SegmentFileWriter(Path(folder, "file")) as writer:
            table = RowTableWriter(writer, "terms", COLUMNS)
            table.add([columns[name] for name in COLUMNS], terms)
            NumberStreamWriter(writer, "numbers").add(columns["many"])
            writer.finish({"tables": {"terms": table.finish(is_dictionary=True)}})
        file = SegmentFile(Path(folder, "file"), BlockCache(0))
        read = TermDictionary(file, "terms")
        assert read.row_count == made.row_count
        for row in range(read.row_count):
            assert (read.term(row), read.ranges(row)) == (made.term(row), made.ranges(row))
        for term in (*terms, *map(str.encode, asked), b"\xff"):
            assert read.first_from(term) == made.first_from(term)
        for name in COLUMNS:
            assert read.numbers()[name].tolist() == made.numbers()[name].tolist()
        stream, listed = NumberStream(file, "numbers"), NumberList(columns["many"])
        assert stream.size == listed.size
        assert stream.read(0, stream.size).tolist() == listed.read(0, listed.size).tolist()

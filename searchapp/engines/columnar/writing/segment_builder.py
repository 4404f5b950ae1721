"""A batch of articles -> the file of a segment, all at once in arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from searchapp.engines.columnar.segment.document_columns import DocumentColumns
from searchapp.engines.columnar.segment.layout import (
    DOCUMENT_STREAMS,
    LINE_LAYOUTS,
    PARTS_LAYOUT,
    TEXT_LAYOUT,
    ZONES,
)
from searchapp.engines.columnar.segment.postings import FieldLayout
from searchapp.engines.columnar.segment.stored_article import stored_record
from searchapp.engines.columnar.segment.token_spans import token_records
from searchapp.engines.columnar.writing.field_writer import Tables, write_field
from searchapp.engines.columnar.writing.token_table import Texts, TokenTable, WordTable, ranked
from searchapp.engines.fields import ANALYZED_FIELDS
from searchapp.engines.storage.segment_file import SegmentFileWriter
from searchapp.engines.storage.tables import RowTableWriter
from searchapp.facets import LINE_FACETS
from searchapp.garbage import garbage_left
from searchapp.german.token_arrays import BatchAnalyzer, TokenArrays
from searchapp.index_files import FileDigest
from searchapp.model import Article

Ints = npt.NDArray[np.int64]


class SegmentBuilder:
    """Builds segments, one batch of articles after the other."""

    def __init__(self, analyzer: BatchAnalyzer, *, max_words: int, dictionary: bytes = b"") -> None:
        """max_words: the number of different words to remember from one batch to the next.

        dictionary: see `stored_dictionary`.
        """
        self._dictionary = dictionary
        self._analyzer = analyzer
        self._max_words = max_words

    def build(
        self,
        path: Path,
        articles: Sequence[Article],
        *,
        before_forgetting: Callable[[Path], None] | None = None,
    ) -> FileDigest:
        """Write the segment of these articles. Raises OSError.

        before_forgetting: called with `path` while all words of the batch are still remembered.
        """
        with garbage_left(), SegmentFileWriter(path, dictionary=self._dictionary) as writer:
            digest = _SegmentBuild(writer, articles, self._analyzer).run()
        if before_forgetting is not None:
            before_forgetting(path)
        if len(self._analyzer.known) > self._max_words:
            self._analyzer.forget()
        return digest


class _SegmentBuild:
    """The building of one segment."""

    def __init__(
        self,
        writer: SegmentFileWriter,
        articles: Sequence[Article],
        analyzer: BatchAnalyzer,
    ) -> None:
        self._writer = writer
        self._articles = articles
        self._analyzer = analyzer
        self._tables: Tables = {}

    def run(self) -> FileDigest:
        count = len(self._articles)
        texts = Texts.of_articles(self._articles)
        analyzed = self._analyzer.analyze(texts.texts)
        lines = [Texts.of_facet(self._articles, facet) for facet in LINE_FACETS]
        analyzed_lines = [self._analyzer.analyze(line.texts) for line in lines]
        self._words = WordTable.of(self._analyzer.known)
        tokens = TokenTable.of_tokens(texts, analyzed, self._words)
        self._write_field(TEXT_LAYOUT, tokens)
        self._write_field(PARTS_LAYOUT, tokens.parts(self._words))
        lengths = {TEXT_LAYOUT.name: tokens.lengths(count)}
        for number, zone in enumerate(ZONES):
            if zone in ANALYZED_FIELDS:
                lengths[zone] = tokens.lengths(count, number)
        self._write_documents(texts, analyzed, tokens.positions, lengths[TEXT_LAYOUT.name])
        for layout, line, analyzed_line in zip(LINE_LAYOUTS, lines, analyzed_lines, strict=True):
            tokens = TokenTable.of_tokens(line, analyzed_line, self._words)
            self._write_field(layout, tokens)
            lengths[layout.name] = tokens.lengths(count)
        self._write_ids()
        DocumentColumns.of(self._articles, lengths).write(self._writer)
        return self._writer.finish({"docs": count, "tables": self._tables})

    def _write_field(self, layout: FieldLayout, tokens: TokenTable) -> None:
        terms, table = tokens.postings(self._words.stems, layout.zones)
        forms: list[str] = []
        if table.forms is not None:
            forms, numbers = ranked(self._words.forms, table.forms)
            table = replace(table, forms=numbers)
        self._tables |= write_field(self._writer, layout, _encoded(terms), table, _encoded(forms))

    def _write_documents(
        self, texts: Texts, analyzed: TokenArrays, positions: npt.NDArray[Any], token_counts: Ints
    ) -> None:
        """Write the stored articles, and for each where its tokens are."""
        for stream in DOCUMENT_STREAMS:
            self._writer.append(stream, b"")  # There is one, also without articles.
        sizes = []
        for article in self._articles:
            record = stored_record(article)
            self._writer.append("stored", record)
            sizes.append(len(record))
        starts = analyzed.starts + np.repeat(texts.offsets(), np.diff(analyzed.bounds))
        token_bytes = []
        for record in token_records(
            starts, analyzed.ends - analyzed.starts, positions, token_counts
        ):
            self._writer.append("tokens", record)
            token_bytes.append(len(record))
        table = RowTableWriter(self._writer, "documents", DOCUMENT_STREAMS)
        table.add((sizes, token_bytes))
        self._tables["documents"] = table.finish()

    def _write_ids(self) -> None:
        ids = _encoded(article.id for article in self._articles)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        table = RowTableWriter(self._writer, "id", ("doc",))
        table.add((order,), [ids[i] for i in order])
        self._tables["id"] = table.finish(is_dictionary=True)


def _encoded(texts: Iterable[str]) -> list[bytes]:
    return [text.encode("utf-8", "surrogatepass") for text in texts]


DICTIONARY_BYTES = 1 << 18
"""Of the dictionary by which records are compressed, 0.1 MB in the file: larger ones save hardly
more than they take."""
_SHARE = 1 / 32
"""Of the records in a smaller corpus, for the same reason."""
LEARNED_BYTES = 1 << 20
"""Fewer records are too few to be worth a dictionary."""
_SAMPLE_BYTES = 1 << 12
_SAMPLED_BYTES = 1 << 22
"""It is trained on pieces of so many bytes, evenly chosen, with so many in all: in 0.2 s."""


def stored_dictionary(articles: Sequence[Article]) -> bytes:
    """What the records of a corpus are compressed by, learned from its first articles.

    b"" for nothing, where these are few or have nothing in common.
    """
    records = [stored_record(article) for article in articles]
    total = sum(map(len, records))
    if total < LEARNED_BYTES:
        return b""
    pieces: list[bytes | bytearray | memoryview[int]] = [
        record[start : start + _SAMPLE_BYTES]
        for record in records
        for start in range(0, len(record), _SAMPLE_BYTES)
    ]
    try:
        trained = zstandard.train_dictionary(
            min(DICTIONARY_BYTES, int(total * _SHARE)), pieces[:: -(-total // _SAMPLED_BYTES)]
        )
    except zstandard.ZstdError:
        return b""
    return trained.as_bytes()

"""A generation of articles as an index of Whoosh's, to be read with Whoosh's own tools.

>>> with closing(open_whoosh_index(folder)) as ix, ix.searcher() as searcher:
...     results = searcher.search(QueryParser("text", ix.schema).parse("stahl industri"))

Fields are those of `searchapp.engines.fields`, with terms as they were indexed: what is sought in
`text` has to be stemmed already, and exact forms are in `text_exact`; the names in `authors` are
found in `author`. `id` has one term for each
document. The stored fields are those of `Article.to_record` that have a value, with the date as a
`date`. Field lengths are those that the product ranks by (`fields.measured_field`).
Deleted articles are never found; as on any index of Whoosh's, they count in frequencies until
their segment is merged.

When Whoosh asks for the terms of one document (`key_terms`, `more_like`), the documents of all
postings of the field are read; when it asks for all terms of a zone, the frequencies in it are.

The folder holds no table of contents for `whoosh.index.open_dir`. That would be a pickle, which
runs what somebody else has written as soon as it is read, and would say a second time which
segments there are and which documents are deleted, with no checksum.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
from whoosh import fields, formats
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.codec import base
from whoosh.filedb.filestore import ReadOnlyError
from whoosh.index import Index
from whoosh.reading import EmptyReader, IndexReader, MultiReader, ReaderClosed, SegmentReader

from searchapp.engines.columnar.generation import open_columns, open_segments
from searchapp.engines.columnar.segment.layout import VIEWS
from searchapp.engines.columnar.snapshot import PlacedSegment, placed
from searchapp.engines.evaluation.columns import Columns
from searchapp.engines.fields import measured_field
from searchapp.engines.storage.segment_file import BlockCache
from searchapp.engines.whoosh_view.matchers import VectorMatcher
from searchapp.engines.whoosh_view.segment_terms import SegmentTerms, WordField, segment_fields

_CACHE_BYTES = 8 << 20
"""Decompressed blocks that an open index keeps."""

_STORED = ("title", "tags", "section", "source")
_STORED_ONLY = ("body", "date", "url", "authors")
_UNVERSIONED = -1
"""What Whoosh calls the generation of an index that never changes."""


def open_whoosh_index(folder: Path) -> GenerationIndex:
    """Open the folder of a generation. Raises IndexDamaged."""
    return GenerationIndex(folder)


def article_schema() -> fields.Schema:
    """The fields of an article, with terms as they were indexed."""
    words: Any = SpaceSeparatedTokenizer()
    kinds: dict[str, fields.FieldType] = {
        name: fields.TEXT(analyzer=words, vector=formats.Frequency(), stored=name in _STORED)
        for name in VIEWS
    }
    kinds |= {name: fields.STORED() for name in _STORED_ONLY}
    return fields.Schema(id=fields.ID(stored=True, unique=True), **kinds)


class GenerationIndex(Index):
    """The articles of a generation; nothing can be written."""

    def __init__(self, folder: Path) -> None:
        """Raises IndexDamaged."""
        self.schema = article_schema()
        self._folder = folder
        segments = open_segments(folder, BlockCache(_CACHE_BYTES))
        columns = open_columns(folder, segments)
        self._segments = [ArticleSegment(each, columns) for each in placed(segments, columns)]
        self._is_closed = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._folder})"

    def close(self) -> None:
        """Let go of the files: they are given back when the last reader is gone."""
        self._is_closed = True
        self._segments = []

    def is_empty(self) -> bool:
        """Whether it holds no article."""
        return not any(segment.doc_count_all() for segment in self._segments)

    def reader(self, reuse: IndexReader | None = None) -> IndexReader:
        """A reader of all segments. Raises ReaderClosed after `close`."""
        del reuse  # They share what is open.
        if self._is_closed:
            raise ReaderClosed(f"{self!r} was closed; open it again")
        readers = [
            # Without a storage: the segment knows its file.
            SegmentReader(None, self.schema, segment, generation=_UNVERSIONED)  # type: ignore[arg-type]
            for segment in self._segments
        ]
        if not readers:
            return EmptyReader(self.schema)
        return readers[0] if len(readers) == 1 else MultiReader([*readers], _UNVERSIONED)

    def writer(self, **options: Any) -> NoReturn:
        """Not supported: the index is written by the product. Raises ReadOnlyError."""
        del options
        raise ReadOnlyError(f"{self._folder} is written by: searchapp rebuild, searchapp update")


class ArticleSegment(base.Segment):
    """A segment of articles, and which of them are deleted in this generation."""

    def __init__(self, segment: PlacedSegment, columns: Columns) -> None:
        super().__init__("articles")
        articles, first, live = segment
        self.segid = articles.file.path.stem
        self._deleted = [] if live is None else np.flatnonzero(~live).tolist()
        self._deleted_set = frozenset(self._deleted)
        self.articles = articles
        self._lengths = {
            name: each[first : first + articles.doc_count] for name, each in columns.lengths.items()
        }
        # Shared by all readers: the terms of a zone take a while to find.
        self.fields = segment_fields(articles, self.lengths)

    def doc_count_all(self) -> int:
        """Number of documents, deleted ones included."""
        return self.articles.doc_count

    def deleted_count(self) -> int:
        """Number of deleted documents."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """The numbers of the deleted documents, ascending."""
        return iter(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return docnum in self._deleted_set

    def delete_document(self, docnum: int, delete: bool = True) -> NoReturn:
        """Not supported: the view is read-only. Raises ReadOnlyError."""
        del docnum, delete
        raise ReadOnlyError(f"{self!r} is written by: searchapp update")

    def codec(self) -> ArticleCodec:
        """The codec that reads it."""
        return ArticleCodec()  # type: ignore[abstract]  # What writes is never asked for.

    def lengths(self, fieldname: str) -> npt.NDArray[Any]:
        """The length of each document in a field, 0 for none; shape (documents,)."""
        known = self._lengths.get(measured_field(fieldname))
        return np.zeros(self.doc_count_all(), dtype=np.uint8) if known is None else known


class ArticleCodec(base.Codec):
    """Reads segments of articles; the columnar engine writes them."""

    def per_document_reader(self, storage: Any, segment: ArticleSegment) -> ArticleDocuments:
        """The documents of a segment."""
        del storage
        return ArticleDocuments(segment)

    def terms_reader(self, storage: Any, segment: ArticleSegment) -> SegmentTerms:
        """The terms of a segment."""
        del storage
        return SegmentTerms(segment.fields)


class ArticleDocuments(base.PerDocumentReader):
    """The stored articles of a segment, and the lengths of their fields."""

    def __init__(self, segment: ArticleSegment) -> None:
        self._segment = segment
        self._articles = segment.articles
        self._fields = segment.fields
        self.lengths = segment.lengths

    def doc_count(self) -> int:
        """Number of documents that are not deleted."""
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        """Number of documents."""
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """The numbers of the deleted documents."""
        return self._segment.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The length of a document in a field; the default if it has none."""
        return int(self.lengths(fieldname)[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        """The sum of the lengths of all documents."""
        return int(self.lengths(fieldname).sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        """The least length of any document, 0 if one has none."""
        return int(self.lengths(fieldname).min()) if self._articles.doc_count else 0

    def max_field_length(self, fieldname: str) -> int:
        """The greatest length of any document."""
        return int(self.lengths(fieldname).max()) if self._articles.doc_count else 0

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """What an article has, by name. Raises IndexDamaged."""
        article = self._articles.article(docnum)
        values = article.to_record() | {"date": article.date}
        return {name: value for name, value in values.items() if value is not None}

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """Whether it is a field of words: then each document has one, maybe of no terms."""
        del docnum
        return isinstance(self._fields.get(fieldname), WordField)

    def vector(self, docnum: int, fieldname: str, format_: Any) -> VectorMatcher:
        """The terms of a document in a field, in order. Raises KeyError if it has no vector."""
        field = self._fields[fieldname]
        if not isinstance(field, WordField):
            raise KeyError(f"field {fieldname!r} has no vectors")
        return field.vector(docnum, format_)

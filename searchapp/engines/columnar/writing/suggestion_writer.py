"""Writing what may be suggested in a generation, once its segments and columns are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from searchapp.deadline import NEVER
from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment_vocabulary import SegmentsVocabulary
from searchapp.engines.columnar.snapshot import ColumnarPostings, KeptPostings, located, placed
from searchapp.engines.columnar.suggestion_file import Tables, save_tables
from searchapp.engines.evaluation.columns import Columns
from searchapp.engines.evaluation.doc_set import Docs
from searchapp.engines.evaluation.plan import PostingsSource
from searchapp.engines.evaluation.related_words import made_subject_words
from searchapp.engines.evaluation.suggestion_tables import made_tables
from searchapp.engines.storage.segment_file import SizedCache
from searchapp.german.token_arrays import BatchAnalyzer
from searchapp.index_files import FileDigest
from searchapp.model import Article


def write_suggestions(
    path: Path, segments: Sequence[Segment], columns: Columns, analyzer: BatchAnalyzer
) -> FileDigest:
    """Make the tables and write them into a new file.

    They depend on the live articles alone, and not on how these are spread over segments: after an
    update they are as after a rebuild. Raises OSError, and IndexDamaged if a segment is damaged.
    """
    parts = placed(segments, columns)
    nothing_kept: SizedCache[KeptPostings] = SizedCache(0)

    def article(doc: int) -> Article:
        segment, local = located(parts, doc)
        return segment.opening(local)[0]

    def titles(docs: Docs) -> Iterator[str]:
        for segment, base, _ in parts:
            inside = docs[(docs >= base) & (docs < base + segment.doc_count)]
            yield from segment.indexed_titles(inside - base)

    def source() -> AbstractContextManager[PostingsSource]:
        return nullcontext(ColumnarPostings(parts, columns, nothing_kept, NEVER))

    def is_given_up() -> bool:
        return False

    vocabulary = SegmentsVocabulary(segments, [each.live for each in parts])
    suggestions = made_tables(vocabulary, columns, article, titles, is_given_up)
    subjects = made_subject_words(suggestions.words, source, columns, analyzer.keys, is_given_up)
    return save_tables(path, Tables(suggestions, subjects))

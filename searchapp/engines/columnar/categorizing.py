"""Facets and sort keys of many documents at once, where Whoosh asks for one after another.

Facets over columns and over the terms of a field are counted by number; all others ask Whoosh's
categorizer, document by document.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh import sorting

from searchapp.deadline import Deadline
from searchapp.engines.columnar.codec_columns import NumberColumn, ValueColumn
from searchapp.engines.columnar.queried_segment import QueriedSegment
from searchapp.engines.evaluation.plan import ScoredDocs as Found

_CHECK_EVERY = 1024
"""Documents that are categorized one by one between two looks at the clock."""


class SortKeys(NamedTuple):
    """The keys of a segment's documents: numbers, or places in a sorted list of values."""

    keys: npt.NDArray[Any] | Sequence[Any]
    values: Sequence[Any] | None = None


def joined(parts: Sequence[SortKeys]) -> npt.NDArray[Any] | Sequence[Any]:
    """The keys of all segments, comparable with one another: as numbers, if that is possible."""
    if all(isinstance(part.keys, np.ndarray) and part.values is None for part in parts):
        return np.concatenate([part.keys for part in parts])
    if all(part.values is not None for part in parts):
        values = sorted(set().union(*(part.values or () for part in parts)))
        places = {value: place for place, value in enumerate(values)}
        return np.concatenate(
            [
                np.array([places[value] for value in part.values or ()], dtype=np.int64)[part.keys]
                for part in parts
            ]
        )
    return [key for part in parts for key in _plain(part)]


def _plain(part: SortKeys) -> Sequence[Any]:
    keys = part.keys.tolist() if isinstance(part.keys, np.ndarray) else part.keys
    return keys if part.values is None else [part.values[key] for key in keys]


class _Match:
    """The little of a matcher that Whoosh's categorizers look at."""

    def __init__(self) -> None:
        self.doc = 0
        self.doc_score = 0.0

    def id(self) -> int:
        """The document."""
        return self.doc

    def score(self) -> float:
        """Its score."""
        return self.doc_score


class Categorized:
    """The documents that were found in a segment, seen through one of Whoosh's categorizers."""

    def __init__(
        self,
        segment: QueriedSegment,
        offset: int,
        categorizer: Any,
        found: Found,
        deadline: Deadline,
    ) -> None:
        """offset: of the segment's documents in the index."""
        self._segment = segment
        self._offset = offset
        self._categorizer = categorizer
        self._found = found
        self._deadline = deadline

    def sort_keys(self) -> SortKeys:
        """By what the documents are sorted. Raises what the deadline raises."""
        column = self._column()
        docs = self._found.docs
        if isinstance(column, NumberColumn) and column.keys.dtype != np.uint64:
            keys = column.keys[docs]
            if keys.dtype.kind != "f":
                keys = keys.astype(np.int64)
            if not self._categorizer._reverse:
                return SortKeys(keys)
            return SortKeys(1 - keys if column.keys.dtype == np.bool_ else 0 - keys)
        if isinstance(column, ValueColumn) and column.has_bytes:
            return SortKeys(column.keys[docs], column.distinct)
        key_for = self._categorizer.key_for
        return SortKeys([key_for(match, match.doc) for match in self._matches()])

    def counts(self) -> Iterable[tuple[Hashable, int]]:
        """How many of the documents are in each group; a group may be told more than once.

        Raises what the deadline raises.
        """
        categorizer = self._categorizer
        column = self._column()
        if column is not None and not categorizer._reverse:
            return self._column_counts(column)
        if type(categorizer) is sorting.OverlappingCategorizer:
            counts = self._term_counts()
            if counts is not None:
                return counts
        return self._single_counts()

    def _column(self) -> NumberColumn | ValueColumn | None:
        """The column that the categorizer looks into, if it is one of arrays."""
        categorizer = self._categorizer
        if type(categorizer) is not sorting.ColumnCategorizer:
            return None
        categorizer.set_searcher(self._segment.searcher, self._offset)
        column = categorizer._creader
        return column if isinstance(column, NumberColumn | ValueColumn) else None

    def _column_counts(self, column: NumberColumn | ValueColumn) -> Iterator[tuple[Hashable, int]]:
        keys, counts = np.unique(column.keys[self._found.docs], return_counts=True)
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
            value = key if isinstance(column, NumberColumn) else column.distinct[key]
            yield self._categorizer.key_to_name(value), count

    def _term_counts(self) -> list[tuple[Hashable, int]] | None:
        """By the terms of a field; None if they are not what the categorizer looks at."""
        segment, categorizer = self._segment, self._categorizer
        if not segment.is_columnar or categorizer._use_vectors or categorizer._use_column:
            return None
        name, field = categorizer._fieldname, categorizer._fieldobj
        texts = list(field.sortable_terms(segment.reader, name))
        terms = segment.field_terms(name)
        without_term = len(self._found.docs)
        if terms is None or not texts:
            return [(None, without_term)] if without_term else []
        last = len(texts) - 1
        if (terms.dictionary.term(0), terms.dictionary.term(last)) != (texts[0], texts[last]):
            return None
        matching = np.zeros(segment.max_doc, dtype=np.bool_)
        matching[self._found.docs] = True
        docs, rows = terms.all_docs(len(texts))
        hits = matching[docs]
        counts = np.bincount(rows[hits], minlength=len(texts)).tolist()
        named: list[tuple[Hashable, int]] = [
            (categorizer.key_to_name(field.from_bytes(text)), count)
            for text, count in zip(texts, counts, strict=True)
            if count
        ]
        matching[docs] = False
        without_term = int(np.count_nonzero(matching))
        return [*named, (None, without_term)] if without_term else named

    def _single_counts(self) -> Iterator[tuple[Hashable, int]]:
        categorizer = self._categorizer
        for match in self._matches():
            if categorizer.allow_overlap:
                keys = categorizer.keys_for(match, match.doc)
            else:
                keys = [categorizer.key_for(match, match.doc)]
            for key in keys:
                yield categorizer.key_to_name(key), 1

    def _matches(self) -> Iterator[_Match]:
        self._categorizer.set_searcher(self._segment.searcher, self._offset)
        match = _Match()
        docs, scores = self._found.docs.tolist(), self._found.scores.tolist()
        for number, (match.doc, match.doc_score) in enumerate(zip(docs, scores, strict=True)):
            if number % _CHECK_EVERY == 0:
                self._deadline.check()
            yield match

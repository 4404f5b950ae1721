"""The file of a generation that holds what may be suggested in it, and what articles are about.

Whoever fills the generation makes the tables; who serves it reads of them what is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from searchapp.engines.columnar.segment.postings import gaps_within, restarted_sums
from searchapp.engines.evaluation.columns import Columns
from searchapp.engines.evaluation.doc_set import Integers
from searchapp.engines.evaluation.related_words import SUBJECT_COLUMNS, SubjectWords
from searchapp.engines.evaluation.suggestion_tables import (
    TITLE_COLUMNS,
    VALUE_COLUMNS,
    WORD_COLUMNS,
    ArrayTables,
    TitleTable,
    ValueTable,
    WordTable,
    counted_values,
)
from searchapp.engines.storage.memory_tables import NumberRange, Terms
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.engines.storage.tables import RowTableWriter, TermDictionary
from searchapp.index_files import FileDigest
from searchapp.translation import N_

_COLUMNS: Mapping[str, Sequence[str]] = {
    "words": WORD_COLUMNS,
    "values": VALUE_COLUMNS,
    "titles": TITLE_COLUMNS,
    "subjects": SUBJECT_COLUMNS,
}
"""The dictionaries, each with its columns of numbers."""
_TITLE_DOCS = "titles/docs"
_SUBJECT_COUNTS = "subjects/counts"
_SUBJECT_GAPS = "subjects/gaps"


class Tables(NamedTuple):
    """All tables of a generation."""

    suggestions: ArrayTables
    subjects: SubjectWords


def save_tables(path: Path, tables: Tables) -> FileDigest:
    """Write the tables into a new file. Raises OSError."""
    words, values, titles = (
        tables.suggestions.words,
        tables.suggestions.values,
        tables.suggestions.titles,
    )
    subjects = tables.subjects
    terms: dict[str, Terms] = {
        "words": words.terms,
        "values": values.terms,
        "titles": titles.terms,
        "subjects": subjects.terms,
    }
    counts = np.diff(subjects.offsets)
    numbers = {
        _TITLE_DOCS: titles.docs.read(0, titles.docs.size),
        _SUBJECT_COUNTS: counts,
        _SUBJECT_GAPS: gaps_within(_ranked(subjects, counts), counts[counts > 0]),
    }
    with SegmentFileWriter(path) as writer:
        shapes = {name: _write_terms(writer, name, each) for name, each in terms.items()}
        for name, values_ in numbers.items():
            NumberStreamWriter(writer, name).add(values_)
        return writer.finish({"tables": shapes, "articles": subjects.articles})


def _write_terms(writer: SegmentFileWriter, name: str, terms: Terms) -> dict[str, object]:
    table = RowTableWriter(writer, name, _COLUMNS[name])
    numbers = terms.numbers()
    table.add(
        [numbers[column] for column in _COLUMNS[name]],
        [terms.term(row) for row in range(terms.row_count)],
    )
    return table.finish(is_dictionary=True)


def _by_total(subjects: Terms) -> Integers:
    """The rows of the words, those that most articles are about first: so gaps are smaller."""
    return np.argsort(-subjects.numbers()[SUBJECT_COLUMNS[0]].astype(np.int64), kind="stable")


def _ranked(subjects: SubjectWords, counts: Integers) -> Integers:
    """The words of each document, ascending, as places in `_by_total`."""
    rows = _by_total(subjects.terms)
    ranks = np.empty(len(rows), dtype=np.int64)
    ranks[rows] = np.arange(len(rows))
    both = np.repeat(np.arange(len(counts)), counts) << 32 | ranks[subjects.words]
    both.sort()
    ranked: Integers = both & 0xFFFFFFFF
    return ranked


class SuggestionFile:
    """The tables of a generation's file. Safe for use by several threads."""

    def __init__(self, path: Path, cache: BlockCache, columns: Columns) -> None:
        """Open the file. columns: those of the generation. Raises IndexDamaged."""
        self._columns = columns
        self._file = SegmentFile(path, cache)
        try:
            self._articles = int(self._file.properties["articles"])
            self._terms = {name: TermDictionary(self._file, name) for name in _COLUMNS}
            self._numbers: dict[str, NumberStream] = {
                name: NumberStream(self._file, name)
                for name in (_TITLE_DOCS, _SUBJECT_COUNTS, _SUBJECT_GAPS)
            }
        except (KeyError, TypeError, ValueError) as error:
            self._file.damaged(N_("it holds no suggestions (%(error)r)", error=error))
        if any(terms.columns != tuple(_COLUMNS[name]) for name, terms in self._terms.items()):
            self._file.damaged(N_("its tables have other columns"))
        if self._numbers[_SUBJECT_COUNTS].size != len(columns.live):
            self._file.damaged(N_("it belongs to another generation"))

    @cached_property
    def suggestions(self) -> ArrayTables:
        """Raises IndexDamaged, as what is looked up in it does."""
        docs: NumberRange = self._numbers[_TITLE_DOCS]
        return ArrayTables(
            WordTable(self._terms["words"]),
            ValueTable(self._terms["values"], counted_values(self._columns)),
            TitleTable(self._terms["titles"], docs),
        )

    @cached_property
    def subjects(self) -> SubjectWords:
        """Raises IndexDamaged, as what is looked up in it does."""
        counts, gaps = (
            each.read(0, each.size)
            for each in (self._numbers[_SUBJECT_COUNTS], self._numbers[_SUBJECT_GAPS])
        )
        if counts.sum(dtype=np.int64) != len(gaps):
            self._file.damaged(N_("its tables differ in length"))
        terms = self._terms["subjects"]
        rows = _by_total(terms).astype(np.min_scalar_type(terms.row_count))
        words = rows[restarted_sums(gaps, counts[counts > 0])]
        return SubjectWords(terms, counts, words, self._articles)

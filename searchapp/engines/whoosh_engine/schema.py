"""The Whoosh schema, and an article as a Whoosh document."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Generator, Iterable
from typing import Any

from whoosh import columns, fields, formats
from whoosh.system import pack_uint

from searchapp.engines.evaluation.columns import ColumnRow
from searchapp.engines.fields import (
    ANALYZED_FIELDS,
    COMPOUND_FIELDS,
    LEAD,
    exact_field,
    parts_field,
)
from searchapp.engines.indexed_terms import indexed_terms
from searchapp.german import Analyzer
from searchapp.model import Article

SCHEMA_VERSION = "6"
"""Raise it when the fields or what they hold change: older indexes are then refused."""


class TermsField(fields.FieldType):
    """A field that is given its terms: a list of (term, position), indexed with frequencies.

    The analysis is done before Whoosh sees the article, once for all fields, and no analyzer is
    pickled into the index (a PyStemmer object cannot be). Not scorable: lengths of fields are
    kept in the columns, exact where Whoosh keeps them in one byte.
    """

    def __init__(self, format: formats.Format) -> None:
        super().__init__(format=format, analyzer=None)  # type: ignore[arg-type]

    def index(
        self, value: Iterable[tuple[str, int]], **_: Any
    ) -> Generator[tuple[bytes, int, float, bytes], None, None]:
        """Yield (term, frequency, weight, encoded value) of each different term."""
        positions: dict[str, list[int]] = defaultdict(list)
        for term, position in value:
            positions[term].append(position)
        for term, places in positions.items():
            yield term.encode("utf-8"), len(places), float(len(places)), self.encode(places)

    def encode(self, places: list[int]) -> bytes:
        """The value of a posting, in the field's format."""
        encoded: bytes = pack_uint(len(places))
        return encoded


class PositionsField(TermsField):
    """A TermsField that keeps the positions, for phrases."""

    _positions = formats.Positions()

    def __init__(self) -> None:
        super().__init__(self._positions)

    def encode(self, places: list[int]) -> bytes:
        """The value of a posting, in the field's format."""
        encoded: bytes = self._positions.encode(places)
        return encoded


def build_schema() -> fields.Schema:
    """The fields of every article."""
    analyzed = {name: PositionsField() for name in ANALYZED_FIELDS}
    exact = {exact_field(name): PositionsField() for name in ANALYZED_FIELDS}
    counted = (LEAD, *map(parts_field, (*COMPOUND_FIELDS, LEAD)))
    return fields.Schema(
        id=fields.ID(unique=True),
        facets=fields.COLUMN(columns.CompressedBytesColumn()),
        original=fields.STORED(),
        **analyzed,
        **exact,
        **{name: TermsField(formats.Frequency()) for name in counted},
    )


def document(article: Article, analyzer: Analyzer) -> dict[str, Any]:
    """The keyword arguments of Whoosh's `add_document` for an article."""
    terms = {each.name: each.terms for each in indexed_terms(article, analyzer)}
    record = article.to_record()
    row = record | {"title": "", "body": ""}
    lengths = {name: len(terms[name]) for name in ANALYZED_FIELDS if name in terms}
    return {
        "id": article.id,
        "facets": json.dumps([row, lengths], ensure_ascii=False).encode("utf-8"),
        "original": record,
        **terms,
    }


def column_row(facets: bytes) -> ColumnRow:
    """The facet columns' row that `document` stored."""
    record, lengths = json.loads(facets)
    return ColumnRow(Article.from_record(record), lengths)

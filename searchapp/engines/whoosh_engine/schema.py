"""The Whoosh schema, and an article as a Whoosh document."""

from __future__ import annotations

import datetime as dt
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
    exact_field,
    indexed_terms,
    parts_field,
)
from searchapp.german import Analyzer
from searchapp.model import Article

SCHEMA_VERSION = "3"
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
    parts = {parts_field(name): TermsField(formats.Frequency()) for name in COMPOUND_FIELDS}
    return fields.Schema(
        id=fields.ID(unique=True),
        facets=fields.COLUMN(columns.CompressedBytesColumn()),
        original=fields.STORED(),
        **analyzed,
        **exact,
        **parts,
    )


def document(article: Article, analyzer: Analyzer) -> dict[str, Any]:
    """The keyword arguments of Whoosh's `add_document` for an article."""
    terms = {each.name: each.terms for each in indexed_terms(article, analyzer)}
    row = {
        "id": article.id,
        "date": article.date.isoformat() if article.date else None,
        "tags": article.tags,
        "source": article.source,
        "author": article.author,
    }
    lengths = {name: len(terms[name]) for name in ANALYZED_FIELDS if name in terms}
    return {
        "id": article.id,
        "facets": json.dumps(row | {"lengths": lengths}, ensure_ascii=False).encode("utf-8"),
        "original": row | {"title": article.title, "body": article.body, "url": article.url},
        **terms,
    }


def stored_article(original: dict[str, Any]) -> Article:
    """The article that `document` stored."""
    date = original["date"]
    return Article(
        id=original["id"],
        title=original["title"],
        body=original["body"],
        tags=tuple(original["tags"]),
        date=dt.date.fromisoformat(date) if date else None,
        author=original["author"],
        source=original["source"],
        url=original["url"],
    )


def column_row(facets: bytes) -> ColumnRow:
    """The facet columns' row that `document` stored."""
    row = json.loads(facets)
    date = row["date"]
    article = Article(
        id=row["id"],
        title="",
        body="",
        date=dt.date.fromisoformat(date) if date else None,
        tags=tuple(row["tags"]),
        source=row["source"],
        author=row["author"],
    )
    return ColumnRow(article, row["lengths"])

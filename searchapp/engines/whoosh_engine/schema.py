"""The Whoosh schema: which fields an article becomes, and what is indexed in each."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Generator, Iterable
from typing import Any

from whoosh import columns, fields, formats

from searchapp.engines.columns import ColumnRow
from searchapp.german import Analyzer
from searchapp.model import Article, Token

SCHEMA_VERSION = "1"
"""Raise it when the fields or what they hold change: older indexes are then refused."""

TEXT_FIELDS = ("title", "body", "tags")
"""The fields that a plain word is looked up in."""
ANALYZED_FIELDS = (*TEXT_FIELDS, "author", "source")

TAG_GAP = 100
"""Positions between two tags, so that no phrase matches across them."""

MAX_TERM_CHARS = 256
"""Longer terms are not indexed; the tokenizer cuts well before it."""

_POSITIONS = formats.Positions()


def exact_field(name: str) -> str:
    """The field with the exact forms of an analyzed field."""
    return f"{name}_exact"


class TermsField(fields.FieldType):
    """A field that is given its terms: a list of (term, position).

    The analysis is done before Whoosh sees the article, once for stems and exact forms, and no
    analyzer is pickled into the index (a PyStemmer object cannot be).
    """

    def __init__(self) -> None:
        super().__init__(format=_POSITIONS, analyzer=None, scorable=True)  # type: ignore[arg-type]

    def index(
        self, value: Iterable[tuple[str, int]], **_: Any
    ) -> Generator[tuple[bytes, int, float, bytes], None, None]:
        """Yield (term, frequency, weight, encoded positions) of each different term."""
        positions: dict[str, list[int]] = defaultdict(list)
        for term, position in value:
            positions[term].append(position)
        for term, places in positions.items():
            encoded = _POSITIONS.encode(places)
            yield term.encode("utf-8"), len(places), float(len(places)), encoded


def build_schema() -> fields.Schema:
    """The fields of every article."""
    analyzed = {name: TermsField() for name in ANALYZED_FIELDS}
    exact = {exact_field(name): TermsField() for name in ANALYZED_FIELDS}
    return fields.Schema(
        id=fields.ID(unique=True),
        date=fields.NUMERIC(int, bits=32, signed=False),
        facets=fields.COLUMN(columns.CompressedBytesColumn()),
        original=fields.STORED(),
        **analyzed,
        **exact,
    )


def document(article: Article, analyzer: Analyzer) -> dict[str, Any]:
    """The keyword arguments of Whoosh's `add_document` for an article."""
    row = {
        "id": article.id,
        "date": article.date.isoformat() if article.date else None,
        "tags": article.tags,
        "source": article.source,
        "author": article.author,
    }
    original = row | {"title": article.title, "body": article.body, "url": article.url}
    values: dict[str, Any] = {
        "id": article.id,
        "facets": json.dumps(row, ensure_ascii=False).encode("utf-8"),
        "original": original,
    }
    if article.date:
        values["date"] = article.date.toordinal()
    for name in ANALYZED_FIELDS:
        tokens = field_tokens(article, name, analyzer)
        if tokens:
            values[name] = [(token.stem, token.position) for token in tokens]
            values[exact_field(name)] = [(token.form, token.position) for token in tokens]
    return values


def field_tokens(article: Article, name: str, analyzer: Analyzer) -> list[Token]:
    """The tokens of one analyzed field. Those of tags keep TAG_GAP positions between tags."""
    if name != "tags":
        return analyzer.analyze(getattr(article, name) or "")
    tokens: list[Token] = []
    base = 0
    for tag in article.tags:
        of_tag = analyzer.analyze(tag)
        tokens.extend(token._replace(position=base + token.position) for token in of_tag)
        if of_tag:
            base += of_tag[-1].position + TAG_GAP
    return tokens


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
    return ColumnRow(
        id=row["id"],
        date=dt.date.fromisoformat(date) if date else None,
        tags=tuple(dict.fromkeys(row["tags"])),
        source=row["source"],
        author=row["author"],
    )

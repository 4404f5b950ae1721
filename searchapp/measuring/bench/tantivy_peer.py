"""Tantivy, through its Python package, in the way that is fastest for this work.

Title, text and tags are values of one field, as in ours, with Tantivy's German stemmer; they are
stored there for snippets. Tags and years are fast fields, counted by terms aggregations. What a
hit shows beside its snippet is stored once more in one unindexed field, so that long texts are
not turned into Python's. A page takes two passes over the postings: the package does not offer
top hits and aggregations in one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import tantivy

from searchapp.measuring.bench import HITS, tantivy_page
from searchapp.measuring.bench.contenders import Answer, BenchQuery, cold_start_arguments

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from searchapp.model import Article

HEAP_BYTES = 512_000_000
"""Of all indexing threads together: enough for few segments, half of our own default."""


class Peer:
    """See `searchapp.measuring.bench.contenders.Contender`."""

    name = "tantivy"

    def version(self) -> str:
        """Of the Python package."""
        from importlib.metadata import version  # it would take half of a cold start

        return version("tantivy")

    def build(self, articles: Iterable[Article], folder: Path, workers: int) -> None:
        """Index with `workers` threads, and wait for the merges that follow."""
        index = tantivy.Index(_schema(), path=str(folder))
        index.register_tokenizer("german", tantivy_page.analyzer())
        writer = index.writer(heap_size=HEAP_BYTES, num_threads=workers)
        for article in articles:
            writer.add_document(_document(article))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path | str) -> OpenTantivy:
        """Open the index."""
        return OpenTantivy(folder)

    def cold_start(self, folder: Path, query: BenchQuery) -> list[str]:
        """A program that imports nothing but Tantivy and JSON."""
        code = f"from {tantivy_page.__name__} import main; main()"
        return ["-c", code, *cold_start_arguments(folder, query)]


class _Page(NamedTuple):
    total: int
    shown: list[dict[str, Any]]
    snippets: list[str]
    counts: dict[str, Any]


class OpenTantivy:
    """See `searchapp.measuring.bench.contenders.OpenIndex`."""

    def __init__(self, folder: Path | str) -> None:
        self._index = tantivy_page.open_index(str(folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def search(self, query: BenchQuery) -> object:
        """Addresses, scores and the total."""
        return self._searcher.search(self._parsed(query), limit=HITS)

    def facets(self, query: BenchQuery) -> object:
        """The same, and the aggregations."""
        parsed = self._parsed(query)
        return self._searcher.search(parsed, limit=HITS), self._counts(parsed)

    def snippets(self, query: BenchQuery) -> object:
        """What the hits show, with what the SnippetGenerator makes of their text."""
        return self._hits(self._parsed(query))

    def page(self, query: BenchQuery) -> _Page:
        """All of it."""
        parsed = self._parsed(query)
        return _Page(*self._hits(parsed), self._counts(parsed))

    def _parsed(self, query: BenchQuery) -> tantivy.Query:
        return tantivy_page.parsed(self._index, query.words, query.any_word)

    def _counts(self, parsed: tantivy.Query) -> dict[str, Any]:
        return self._searcher.aggregate(parsed, tantivy_page.AGGREGATIONS)

    def _hits(self, parsed: tantivy.Query) -> tuple[int, list[dict[str, Any]], list[str]]:
        return tantivy_page.hits_with_snippets(self._searcher, parsed, self._schema)

    def answer(self, page: _Page) -> Answer:
        """The marks are <b> here."""
        return Answer(
            total=page.total,
            ids=tuple(each["id"] for each in page.shown),
            facets={
                name: {str(bucket["key"]): bucket["doc_count"] for bucket in counts["buckets"]}
                for name, counts in page.counts.items()
            },
            snippets=tuple(
                each.replace("<b>", "<mark>").replace("</b>", "</mark>") for each in page.snippets
            ),
        )

    def close(self) -> None:
        """Tantivy closes its files when nothing refers to them."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name="german")
    builder.add_text_field("tag", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("year", fast=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


def _document(article: Article) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("text", article.title)
    document.add_text("text", article.body)
    for tag in article.tags:
        document.add_text("text", tag)
        document.add_text("tag", tag)
    if article.date is not None:
        document.add_unsigned("year", article.date.year)
    shown = {
        "id": article.id,
        "title": article.title,
        "tags": article.tags,
        "date": article.date and article.date.isoformat(),
        "author": article.author,
        "source": article.source,
        "url": article.url,
    }
    document.add_bytes("shown", json.dumps(shown, ensure_ascii=False).encode())
    return document

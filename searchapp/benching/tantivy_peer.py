"""Tantivy, through its Python package, in the way that is fastest for this work.

Title, text and tags are values of one field, as in ours, with Tantivy's German stemmer; they are
stored there for snippets. Tags and years are fast fields, counted by terms aggregations. What a
hit shows beside its snippet is stored once more in one unindexed field, so that long texts are
not turned into Python's. A page takes two passes over the postings: the package does not offer
top hits and aggregations in one.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

import tantivy

from searchapp.benching.contenders import (
    FACET_VALUES,
    HITS,
    SNIPPET_CHARS,
    Answer,
    BenchQuery,
    peer_cold_start,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from searchapp.model import Article

HEAP_BYTES = 512_000_000
"""Of all indexing threads together: enough for few segments, half of our own default."""
MAX_TOKEN_BYTES = 40
"""As in Tantivy's own analyzers."""

_AGGREGATIONS = {
    "tags": {"terms": {"field": "tag", "size": FACET_VALUES}},
    "year": {"terms": {"field": "year", "size": FACET_VALUES}},
}


class Peer:
    """See `searchapp.benching.contenders.Contender`."""

    name = "tantivy"

    def version(self) -> str:
        """Of the Python package."""
        return version("tantivy")

    def build(self, articles: Iterable[Article], folder: Path, workers: int) -> None:
        """Index with so many threads, and wait for the merges that follow."""
        index = tantivy.Index(_schema(), path=str(folder))
        index.register_tokenizer("german", _analyzer())
        writer = index.writer(heap_size=HEAP_BYTES, num_threads=workers)
        for article in articles:
            writer.add_document(_document(article))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> OpenTantivy:
        """Open the index."""
        return OpenTantivy(folder)

    def cold_start(self, folder: Path, query: BenchQuery) -> list[str]:
        """A script that imports nothing but Tantivy and the standard library."""
        return peer_cold_start(self.name, folder, query)


class _Page(NamedTuple):
    total: int
    hits: list[dict[str, Any]]
    snippets: list[str]
    counts: dict[str, Any]


class OpenTantivy:
    """See `searchapp.benching.contenders.OpenIndex`."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._index.register_tokenizer("german", _analyzer())
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def search(self, query: BenchQuery) -> object:
        """Addresses, scores and the total."""
        return self._searcher.search(self._parsed(query), limit=HITS)

    def facets(self, query: BenchQuery) -> object:
        """The same, and the aggregations."""
        parsed = self._parsed(query)
        found = self._searcher.search(parsed, limit=HITS)
        return found, self._searcher.aggregate(parsed, _AGGREGATIONS)

    def snippets(self, query: BenchQuery) -> object:
        """What the hits show, with what the SnippetGenerator makes of their text."""
        return self._hits(self._parsed(query), {})

    def page(self, query: BenchQuery) -> _Page:
        """All of it."""
        parsed = self._parsed(query)
        return self._hits(parsed, self._searcher.aggregate(parsed, _AGGREGATIONS))

    def _parsed(self, query: BenchQuery) -> tantivy.Query:
        text = " ".join(query.words)
        return self._index.parse_query(text, ["text"], conjunction_by_default=not query.any_word)

    def _hits(self, parsed: tantivy.Query, counts: dict[str, Any]) -> _Page:
        found = self._searcher.search(parsed, limit=HITS)
        generator = tantivy.SnippetGenerator.create(self._searcher, parsed, self._schema, "text")
        generator.set_max_num_chars(SNIPPET_CHARS)
        hits, snippets = [], []
        for _, address in found.hits:
            document = self._searcher.doc(address)
            snippets.append(generator.snippet_from_doc(document).to_html())
            hits.append(json.loads(document.get_all("shown")[0]))
        return _Page(found.count, hits, snippets, counts)  # type: ignore[attr-defined]

    def answer(self, page: _Page) -> Answer:
        """The marks are <b> here."""
        return Answer(
            total=page.total,
            ids=tuple(hit["id"] for hit in page.hits),
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


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TOKEN_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("German"))
        .build()
    )


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

"""Whoosh as anyone would use it: its stock codec, its German analyzer, its own facets.

For counts of a field with several values Whoosh gathers the tags of all documents again for every
query. A vector of the field, which is kept for another purpose, would spare it most of that.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import whoosh
from whoosh import fields, sorting
from whoosh.analysis.analyzers import LanguageAnalyzer
from whoosh.index import create_in, open_dir
from whoosh.qparser.default import MultifieldParser
from whoosh.qparser.syntax import AndGroup, OrGroup
from whoosh.searching import Results

from searchapp.measuring.bench import HITS
from searchapp.measuring.bench.contenders import Answer, BenchQuery, peer_cold_start
from searchapp.model import Article

MEMORY_MB = 256
"""Postings that a process collects before it writes a sorted run to disk."""


class Peer:
    """See `searchapp.measuring.bench.contenders.Contender`."""

    name = "whoosh"

    def version(self) -> str:
        """Of the package."""
        return whoosh.versionstring()

    def build(self, articles: Iterable[Article], folder: Path, workers: int) -> None:
        """Index with `workers` processes, merged into one segment at the end."""
        index = create_in(str(folder), _schema())
        writer = index.writer(procs=workers, limitmb=MEMORY_MB)
        for article in articles:
            writer.add_document(
                id=article.id,
                title=article.title,
                body=article.body,
                tags=",".join(tag.replace(",", " ") for tag in article.tags),
                year=str(article.date.year) if article.date else None,
                date=article.date and article.date.isoformat(),
                author=article.author,
                source=article.source,
                url=article.url,
            )
        writer.commit()
        index.close()

    def open(self, folder: Path | str) -> OpenWhoosh:
        """Open the index."""
        return OpenWhoosh(folder)

    def cold_start(self, folder: Path, query: BenchQuery) -> list[str]:
        """A script that imports Whoosh."""
        return peer_cold_start(self.name, folder, query)


class OpenWhoosh:
    """See `searchapp.measuring.bench.contenders.OpenIndex`."""

    def __init__(self, folder: Path | str) -> None:
        self._index = open_dir(str(folder))
        self._searcher = self._index.searcher()
        self._facets = sorting.Facets()
        self._facets.add_field("tags", allow_overlap=True, maptype=sorting.Count)
        self._facets.add_field("year", maptype=sorting.Count)
        self._parsers = {
            any_word: MultifieldParser(["title", "body"], self._index.schema, group=group)
            for any_word, group in ((False, AndGroup), (True, OrGroup))
        }

    def search(self, query: BenchQuery) -> object:
        """The top hits and the total."""
        found = self._searcher.search(self._parsed(query), limit=HITS)
        return found, len(found)

    def facets(self, query: BenchQuery) -> object:
        """The same, and the counts."""
        return self._grouped(query)

    def snippets(self, query: BenchQuery) -> object:
        """The top hits with Whoosh's highlights, and the total."""
        found = self._searcher.search(self._parsed(query), limit=HITS)
        return len(found), _hits(found)

    def page(self, query: BenchQuery) -> Answer:
        """All of it."""
        found, total, tags, years = self._grouped(query)
        hits = _hits(found)
        return Answer(
            total=total,
            ids=tuple(stored["id"] for stored, _ in hits),
            facets={"tags": tags, "year": years},
            snippets=tuple(snippet for _, snippet in hits),
        )

    def _parsed(self, query: BenchQuery) -> Any:
        return self._parsers[query.any_word].parse(" ".join(query.words))

    def _grouped(self, query: BenchQuery) -> tuple[Results, int, dict[str, int], dict[str, int]]:
        found = self._searcher.search(self._parsed(query), limit=HITS, groupedby=self._facets)
        return found, len(found), found.groups("tags"), found.groups("year")

    def answer(self, page: Answer) -> Answer:
        """Whoosh marks with elements <b> that have a class; those without a value are no facet."""
        return page._replace(
            facets={
                name: {value: count for value, count in counts.items() if value}
                for name, counts in page.facets.items()
            },
            snippets=tuple(each.replace("<b class", "<mark class") for each in page.snippets),
        )

    def close(self) -> None:
        """Close the index."""
        self._searcher.close()
        self._index.close()


def _hits(found: Results) -> list[tuple[dict[str, Any], str]]:
    # Otherwise a match after the first 32,768 characters would not be marked.
    found.fragmenter.charlimit = None
    # With `groupedby` Whoosh ignores the limit and returns all hits.
    return [
        (hit.fields(), f"{hit.highlights('title')} {hit.highlights('body')}")
        for hit in itertools.islice(found, HITS)
    ]


def _schema() -> fields.Schema:
    german = LanguageAnalyzer("de")
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        title=fields.TEXT(analyzer=german, stored=True),
        body=fields.TEXT(analyzer=german, stored=True),
        tags=fields.KEYWORD(commas=True, stored=True),
        year=fields.ID(stored=True),
        date=fields.STORED,
        author=fields.STORED,
        source=fields.STORED,
        url=fields.STORED,
    )

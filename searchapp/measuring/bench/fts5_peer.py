"""SQLite's FTS5, from the standard library.

Title, text and tags are columns of one table of full text. FTS5 has no German stemmer: words match
as they are written, but for case and accents. Tags and years stand in tables of their own, in
the order of document numbers, and are counted by joins.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple

from searchapp.measuring.bench import FACET_VALUES, HITS
from searchapp.measuring.bench.contenders import Answer, BenchQuery, peer_cold_start

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from searchapp.model import Article

CACHE_KB = 256_000
"""Pages kept in memory while indexing; SQLite's own default is 2 MB."""
SNIPPET_TOKENS = 32

_DATABASE = "fts5.sqlite"
_TABLES = """
CREATE VIRTUAL TABLE article USING fts5(
  title, body, tags, tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE shown (doc INTEGER PRIMARY KEY, id, year INTEGER, date, author, source, url);
CREATE TABLE tag (number INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE tagged (doc INTEGER, tag INTEGER, PRIMARY KEY (doc, tag)) WITHOUT ROWID;
"""
_TOTAL = "SELECT count(*) FROM article WHERE article MATCH ?"
_BEST = f"SELECT rowid FROM article WHERE article MATCH ? ORDER BY bm25(article) LIMIT {HITS}"
_HITS = f"""
SELECT shown.*, article.title, article.tags,
  snippet(article, -1, '<mark>', '</mark>', '…', {SNIPPET_TOKENS})
FROM article JOIN shown ON shown.doc = article.rowid
WHERE article MATCH ? ORDER BY bm25(article) LIMIT {HITS}
"""
_TAGS = f"""
SELECT tag.name, counted.matches FROM (
  SELECT tagged.tag AS number, count(*) AS matches
  FROM article JOIN tagged ON tagged.doc = article.rowid
  WHERE article MATCH ? GROUP BY tagged.tag ORDER BY matches DESC LIMIT {FACET_VALUES}
) AS counted JOIN tag USING (number)
"""
_YEARS = f"""
SELECT shown.year, count(*) AS matches FROM article JOIN shown ON shown.doc = article.rowid
WHERE article MATCH ? AND shown.year IS NOT NULL
GROUP BY shown.year ORDER BY matches DESC LIMIT {FACET_VALUES}
"""


class Peer:
    """See `searchapp.measuring.bench.contenders.Contender`."""

    name = "fts5"

    def version(self) -> str:
        """Of the SQLite library."""
        return sqlite3.sqlite_version

    def build(self, articles: Iterable[Article], folder: Path, workers: int) -> None:  # noqa: ARG002
        """Index in one transaction; SQLite has one writer, whatever `workers` says."""
        database = sqlite3.connect(folder / _DATABASE, isolation_level=None)
        try:
            # The folder is deleted if anything fails: there is nothing to roll back to.
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            database.executescript(_TABLES)
            database.execute("BEGIN")
            _insert(database, articles)
            database.execute("INSERT INTO article (article) VALUES ('optimize')")
            database.execute("COMMIT")
        finally:
            database.close()

    def open(self, folder: Path | str) -> OpenFts5:
        """Open the database."""
        return OpenFts5(folder)

    def cold_start(self, folder: Path, query: BenchQuery) -> list[str]:
        """A script that imports nothing but the standard library."""
        return peer_cold_start(self.name, folder, query)


def _insert(database: sqlite3.Connection, articles: Iterable[Article]) -> None:
    numbers: dict[str, int] = {}
    for doc, article in enumerate(articles):
        year = article.date.year if article.date else None
        date = article.date.isoformat() if article.date else None
        database.execute(
            "INSERT INTO article (rowid, title, body, tags) VALUES (?, ?, ?, ?)",
            (doc, article.title, article.body, "; ".join(article.tags)),
        )
        database.execute(
            "INSERT INTO shown VALUES (?, ?, ?, ?, ?, ?, ?)",
            (doc, article.id, year, date, article.author, article.source, article.url),
        )
        tags = [(doc, numbers.setdefault(tag, len(numbers))) for tag in article.tags]
        database.executemany("INSERT INTO tagged VALUES (?, ?)", tags)
    database.executemany("INSERT INTO tag (name, number) VALUES (?, ?)", numbers.items())


class _Page(NamedTuple):
    total: int
    hits: list[tuple[Any, ...]]
    tags: list[tuple[str, int]]
    years: list[tuple[int, int]]


class OpenFts5:
    """See `searchapp.measuring.bench.contenders.OpenIndex`."""

    def __init__(self, folder: Path | str) -> None:
        self._database = sqlite3.connect(f"{folder}/{_DATABASE}")
        self._database.execute(f"PRAGMA cache_size = -{CACHE_KB}")

    def search(self, query: BenchQuery) -> object:
        """Document numbers and the total."""
        return self._rows(_BEST, query), self._rows(_TOTAL, query)

    def facets(self, query: BenchQuery) -> object:
        """The same, and the counts."""
        return self.search(query), self._rows(_TAGS, query), self._rows(_YEARS, query)

    def snippets(self, query: BenchQuery) -> object:
        """The stored fields with FTS5's snippets, and the total."""
        return self._rows(_HITS, query), self._rows(_TOTAL, query)

    def page(self, query: BenchQuery) -> _Page:
        """All of it."""
        return _Page(
            total=self._rows(_TOTAL, query)[0][0],
            hits=self._rows(_HITS, query),
            tags=self._rows(_TAGS, query),
            years=self._rows(_YEARS, query),
        )

    def _rows(self, statement: str, query: BenchQuery) -> list[Any]:
        match = (" OR " if query.any_word else " ").join(f'"{word}"' for word in query.words)
        return self._database.execute(statement, (match,)).fetchall()

    def answer(self, page: _Page) -> Answer:
        """The last column of a hit is its snippet."""
        return Answer(
            total=page.total,
            ids=tuple(hit[1] for hit in page.hits),
            facets={
                "tags": dict(page.tags),
                "year": {str(year): count for year, count in page.years},
            },
            snippets=tuple(hit[-1] for hit in page.hits),
        )

    def close(self) -> None:
        """Close the database."""
        self._database.close()

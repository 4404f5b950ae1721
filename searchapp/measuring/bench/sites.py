"""Search pages over HTTP: ours, and those that others offer for the same articles.

Each does the work of one page: ten hits with marks, the exact total, counts of tags and years.
Ours is asked for its HTML page and for the JSON of its API. Datasette shows the pages of a SQLite
database with FTS5; OpenSearch, where a node is at hand, answers with JSON from an index of its
own with its German analyzer.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from searchapp import __version__
from searchapp.errors import BadBenchmark
from searchapp.measuring.bench import FACET_VALUES, HITS, SNIPPET_CHARS
from searchapp.measuring.bench.contenders import OURS, BenchQuery
from searchapp.model import Article
from searchapp.settings import ENV_PREFIX
from searchapp.translation import N_

OUR_PAGE, OUR_API = f"{OURS}, HTML", f"{OURS}, JSON"
DATASETTE = "datasette, HTML"
OPENSEARCH = "opensearch, JSON"

TIME_LIMIT_MS = 60_000
"""Of one query at the peers: how long it takes is measured, however long that is."""
_BULK_BYTES = 5_000_000
_INDEX = "searchapp-bench"

_DATABASE = """
CREATE TABLE article (
  id TEXT PRIMARY KEY, title TEXT, body TEXT, tags TEXT, year INTEGER, author TEXT, source TEXT);
CREATE VIRTUAL TABLE article_fts USING fts5(
  title, body, tags, content="article", tokenize = 'unicode61 remove_diacritics 2');
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """One HTTP request."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """A server that answers. name: with the form of its answers. url: without a path."""

    name: str
    version: str
    url: str

    def ask(self, query: BenchQuery) -> Ask:
        """The request for the first page of a query."""
        if self.name == DATASETTE:
            return _datasette_ask(query)
        if self.name == OPENSEARCH:
            return _opensearch_ask(query)
        path = "/search?" if self.name == OUR_PAGE else "/api/v1/search?"
        parameters = {"q": str(query), "per_page": HITS}
        return Ask("GET", path + urlencode(parameters), headers={"Accept-Language": "de"})

    def connection(self) -> HTTPConnection:
        """A connection that is kept open from request to request."""
        parts = urlsplit(self.url)
        assert parts.hostname
        return HTTPConnection(parts.hostname, parts.port, timeout=2 * TIME_LIMIT_MS / 1000)

    def answer(self, connection: HTTPConnection, query: BenchQuery) -> bytes:
        """The whole body of the answer. Raises BadBenchmark for any but a good one."""
        asked = self.ask(query)
        try:
            try:
                response = _response(connection, asked)
            except RemoteDisconnected:  # It was idle for long.
                connection.close()
                response = _response(connection, asked)
            body = response.read()
        except (OSError, HTTPException) as error:
            raise self._failed(query, repr(error)) from error
        if response.status != 200:
            raise self._failed(query, str(response.status))
        return body

    def _failed(self, query: BenchQuery, reason: str) -> BadBenchmark:
        return BadBenchmark(
            N_(
                "%(site)s did not answer %(query)s (%(reason)s)",
                site=self.name,
                query=str(query),
                reason=reason,
            ),
            where=self.url,
        )


def _response(connection: HTTPConnection, asked: Ask) -> HTTPResponse:
    connection.request(asked.method, asked.path, asked.body, dict(asked.headers))
    return connection.getresponse()


@contextmanager
def our_sites(index: Path, workers: int) -> Iterator[list[Site]]:
    """Our page and our API, by one server on a free port; no answer is kept for the next one."""
    settings = {"TIME_BUDGET_S": TIME_LIMIT_MS / 1000, "ANSWER_CACHE_MB": 0}
    environ = os.environ | {ENV_PREFIX + name: str(value) for name, value in settings.items()}
    command = ["searchapp", "serve", "--index", str(index), "--port", "0"]
    command += ["--workers", str(workers)]
    with _served(command, environ, index.with_name("searchapp.log")) as url:
        yield [Site(name, __version__, url) for name in (OUR_PAGE, OUR_API)]


@contextmanager
def datasette_site(articles: Iterable[Article], folder: Path) -> Iterator[Site | None]:
    """Datasette on the articles, with a process of its own; None where it is not installed."""
    try:
        release = version("datasette")
    except PackageNotFoundError:
        yield None
        return
    path = folder / "articles.db"
    _fill_database(path, articles)
    limits = ("sql_time_limit_ms", "facet_time_limit_ms", "facet_suggest_time_limit_ms")
    command = ["datasette", "serve", "--port", "0", "--immutable", str(path)]
    for name in limits:
        command += ["--setting", name, str(TIME_LIMIT_MS)]
    # Facets are given; none need be thought of.
    command += ["--setting", "suggest_facets", "off"]
    command += ["--setting", "default_facet_size", str(FACET_VALUES)]
    with _served(command, os.environ, folder / "datasette.log") as url:
        yield Site(DATASETTE, release, url)


@contextmanager
def _served(command: list[str], environ: Mapping[str, str], log: Path) -> Iterator[str]:
    """The address of a server of this environment, once it tells it; ended afterwards.

    log: a file for all that it says, which nobody need read for it to go on.
    """
    module, *arguments = command
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=environ,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    with process:
        try:
            while not (address := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8"))):
                if process.poll() is not None:
                    raise BadBenchmark(
                        N_(
                            "%(name)s did not start (%(reason)s)",
                            name=module,
                            reason=log.read_text("utf-8").strip()[-300:],
                        )
                    )
                time.sleep(0.05)
            yield address[0]
        finally:
            process.terminate()


def _fill_database(path: Path, articles: Iterable[Article]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(_DATABASE)
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    article.id,
                    article.title,
                    article.body,
                    json.dumps(article.tags, ensure_ascii=False),
                    article.date.year if article.date else None,
                    article.author,
                    article.source,
                )
                for article in articles
            ),
        )
        database.execute("INSERT INTO article_fts (article_fts) VALUES ('rebuild')")
        database.execute("CREATE INDEX article_year ON article (year)")
        database.execute("COMMIT")


def _datasette_ask(query: BenchQuery) -> Ask:
    words = (" OR " if query.any_word else " ").join(f'"{word}"' for word in query.words)
    parameters = [
        ("_search", words),
        ("_searchmode", "raw"),
        ("_size", HITS),
        ("_facet", "year"),
        ("_facet_array", "tags"),
    ]
    return Ask("GET", "/articles/article?" + urlencode(parameters))


@contextmanager
def opensearch_site(articles: Iterable[Article], address: str) -> Iterator[Site]:
    """OpenSearch at an address, with an index that is deleted in the end.

    Raises BadBenchmark for an address at which there is none.
    """
    node = _Node(address)
    release = node.ask("GET", "/").get("version", {}).get("number", "?")
    node.ask("DELETE", f"/{_INDEX}?ignore_unavailable=true")
    node.ask("PUT", f"/{_INDEX}", json.dumps(_opensearch_index()).encode())
    try:
        for body in _bulk_bodies(articles):
            answer = node.ask("POST", f"/{_INDEX}/_bulk", body)
            if answer["errors"]:
                raise BadBenchmark(N_("OpenSearch refused an article"), where=address)
        node.ask("POST", f"/{_INDEX}/_forcemerge?max_num_segments=1")
        node.ask("POST", f"/{_INDEX}/_refresh")
        yield Site(OPENSEARCH, release, address.rstrip("/"))
    finally:
        node.ask("DELETE", f"/{_INDEX}?ignore_unavailable=true")


@dataclass(frozen=True, slots=True)
class _Node:
    address: str

    def ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        """Raises BadBenchmark."""
        parts = urlsplit(self.address)
        try:
            if parts.scheme != "http" or not parts.hostname:
                raise OSError(N_("it is no address like http://127.0.0.1:9200"))
            connection = HTTPConnection(parts.hostname, parts.port or 9200, timeout=600)
            with closing(connection):
                headers = {"Content-Type": "application/x-ndjson" if "_bulk" in path else _JSON}
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                answer: dict[str, Any] = json.loads(response.read())
                if response.status != 200:
                    raise OSError(str(response.status))
        except (OSError, HTTPException, ValueError) as error:
            raise BadBenchmark(
                N_("there is no OpenSearch that can be used (%(reason)s)", reason=error),
                where=self.address,
                remedy=N_("start one without passwords, for this measurement only"),
            ) from error
        return answer


_JSON = "application/json"


def _opensearch_index() -> dict[str, Any]:
    text = {"type": "text", "analyzer": "german", "index_options": "offsets"}
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"},
        "mappings": {
            "properties": {
                "title": text,
                "body": text,
                "words": {"type": "text", "analyzer": "german"},
                "tags": {"type": "keyword", "copy_to": "words"},
                "year": {"type": "integer"},
            }
        },
    }


def _bulk_bodies(articles: Iterable[Article]) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    for article in articles:
        source = {
            "title": article.title,
            "body": article.body,
            "tags": article.tags,
            "year": article.date.year if article.date else None,
        }
        line = b'{"index": {}}\n' + json.dumps(source, ensure_ascii=False).encode() + b"\n"
        lines.append(line)
        size += len(line)
        if size > _BULK_BYTES:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)


def _opensearch_ask(query: BenchQuery) -> Ask:
    marked = {"fragment_size": SNIPPET_CHARS, "number_of_fragments": 1}
    asked = {
        "query": {
            "multi_match": {
                "query": " ".join(query.words),
                "type": "cross_fields",
                "fields": ["title^2", "body", "words"],
                "operator": "or" if query.any_word else "and",
            }
        },
        "size": HITS,
        "track_total_hits": True,
        "_source": ["title", "tags", "year"],
        "highlight": {"fields": {"title": {"number_of_fragments": 0}, "body": marked}},
        "aggs": {
            name: {"terms": {"field": name, "size": FACET_VALUES}} for name in ("tags", "year")
        },
    }
    body = json.dumps(asked).encode()
    return Ask("POST", f"/{_INDEX}/_search", body, {"Content-Type": _JSON})

"""The corpus of a run: read once, cut or repeated to a size, and streamed to every engine."""

from __future__ import annotations

import itertools
import json
import marshal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchapp.errors import BadBenchmark, Problem
from searchapp.measuring.distinct_articles import distinct_articles
from searchapp.model import Article
from searchapp.progress import Progress
from searchapp.translation import N_

CHUNK_ARTICLES = 200
_LENGTH_BYTES = 8
"""Before each chunk, its length."""


@dataclass(frozen=True, slots=True)
class BenchCorpus:
    """Articles in a file from which they are read again and again, without parsing.

    path: the file. distinct: number of articles in it. documents: number of articles in the run,
    which are the first ones, or all of them several times. separator: a text that is in no id, so
    that the ids of copies, "id#1", are new.
    """

    path: Path
    distinct: int
    documents: int
    separator: str

    def first(self, documents: int) -> BenchCorpus:
        """The same corpus, cut to its first documents."""
        return BenchCorpus(self.path, self.distinct, min(documents, self.documents), self.separator)

    def articles(self) -> Iterator[Article]:
        """All articles of the run, with distinct ids. Holds one chunk of them at a time."""
        left = self.documents
        for copy in itertools.count():
            suffix = f"{self.separator}{copy}" if copy else ""
            for record in itertools.islice(self._stored(), left):
                yield Article.from_record(record | {"id": record["id"] + suffix})
            left -= self.distinct
            if left <= 0:
                return

    def distinct_articles(self) -> Iterator[Article]:
        """The articles of the run without their copies."""
        return itertools.islice(self.articles(), min(self.distinct, self.documents))

    def _stored(self) -> Iterator[dict[str, Any]]:
        with self.path.open("rb") as file:
            while length := file.read(_LENGTH_BYTES):
                # Not marshal.load(): it reads a file in tiny pieces and takes four times as long.
                yield from marshal.loads(file.read(int.from_bytes(length)))

    def text_bytes(self) -> int:
        """UTF-8 length of all titles and bodies."""
        copies, rest = divmod(self.documents, self.distinct)
        sizes = [len(f"{each.title}{each.body}".encode()) for each in self.distinct_articles()]
        return copies * sum(sizes) + sum(sizes[:rest])

    def write_json_lines(self, path: Path) -> None:
        """Write the articles as a file that `rebuild` reads."""
        with path.open("w", encoding="utf-8") as file:
            for article in self.articles():
                file.write(json.dumps(article.to_record(), ensure_ascii=False) + "\n")


def read_corpus(
    source: Path,
    path: Path,
    *,
    documents: int | None,
    on_problem: Callable[[Problem], None],
    progress: Progress,
) -> BenchCorpus:
    """Read the articles of `source` into a new file at `path`.

    documents: their number after cutting or repeating; None takes all once.
    on_problem: called for articles that cannot be read and for ids that have been used.
    Raises BadBenchmark if there is no article.
    """
    if not source.exists():
        raise BadBenchmark(
            N_("there is no such file"), where=str(source), remedy=N_("give a corpus in JSON Lines")
        )
    ids: list[str] = []
    articles = itertools.islice(
        distinct_articles(source, progress=progress, on_problem=on_problem), documents
    )
    with path.open("wb") as file:
        while chunk := [each.to_record() for each in itertools.islice(articles, CHUNK_ARTICLES)]:
            ids += [record["id"] for record in chunk]
            packed = marshal.dumps(chunk)
            file.write(len(packed).to_bytes(_LENGTH_BYTES) + packed)
    if not ids:
        raise BadBenchmark(
            N_("holds no article"), where=str(source), remedy=N_("give a corpus in JSON Lines")
        )
    separator = "#"
    while any(separator in each for each in ids):
        separator += "#"
    return BenchCorpus(path, len(ids), documents or len(ids), separator)

"""A corpus whose words are written in one form only, so that every analysis finds the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from searchapp.measuring.bench.bench_articles import BenchCorpus, read_corpus
from searchapp.measuring.bench.contenders import BenchQuery
from searchapp.model import Article
from searchapp.progress import SILENT
from tests.sources import write_lines

METALS = ("Kobalt", "Nickel", "Zinn", "Kupfer", "Wolfram", "Titan", "Chrom", "Iridium")
"""Number i stands in every article whose number is divisible by i + 1."""
TAGS = ("Bergbau", "Handel & Zoll", "EU", "Recht")
DOCUMENTS = 120


def article(number: int) -> Article:
    """Article of that number; every seventh has no date and every fifth no tags."""
    metals = [metal for each, metal in enumerate(METALS, 1) if number % each == 0]
    return Article(
        id=f"a{number}",
        title=f"Bericht {number}: {' und '.join(metals)}",
        body=f"Seite {number} handelt von: {', '.join(metals)}.\n\nMehr <steht> nicht da.",
        tags=tuple(tag for each, tag in enumerate(TAGS, 2) if number % each == 0 and number % 5),
        date=dt.date(2000 + number % 4, 1, 1) if number % 7 else None,
        authors=(f"Autor {number % 3}",),
    )


def articles() -> Iterator[Article]:
    return map(article, range(DOCUMENTS))


def write_corpus(path: Path) -> Path:
    """The articles as JSON Lines."""
    return write_lines(path, articles())


def corpus_of(source: Path, folder: Path, documents: int | None = None) -> BenchCorpus:
    """The corpus of a file as `bench` reads it, into a file in `folder`; no problem is expected."""
    problems: list[object] = []
    corpus = read_corpus(
        source,
        folder / f"articles-{documents}",
        documents=documents,
        on_problem=problems.append,
        progress=SILENT,
    )
    assert not problems
    return corpus


def matching(query: BenchQuery) -> list[Article]:
    """A plain scan for the words of a query."""
    test = any if query.any_word else all
    return [
        each
        for each in articles()
        if test(word in f"{each.title} {each.body} {each.tags}" for word in query.words)
    ]


def counts(found: list[Article]) -> dict[str, Counter[str]]:
    """The counts of tags and years of some articles."""
    return {
        "tags": Counter(tag for each in found for tag in each.tags),
        "year": Counter(str(each.date.year) for each in found if each.date),
    }

"""Generations of several shapes, and the oracle of what they hold."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whoosh.query.qcore import Query

from searchapp.deadline import NEVER
from searchapp.engines.base import (
    ArticleMatches,
    Engine,
    FacetRequest,
    Found,
    PageRequest,
    Snapshot,
)
from searchapp.engines.generation_lexicon import LEXICON
from searchapp.facets import FACETS, Filters
from searchapp.model import Article, Sort
from searchapp.query import parse_query
from tests.oracle import Oracle

NO_FILTERS = Filters()
MANY = 1_000_000


def tree_of(query: str) -> Query | None:
    """The tree of a query text, without bounds on its length."""
    return parse_query(query, max_chars=MANY, max_words=MANY, max_wildcards=MANY).tree


@dataclass(frozen=True, repr=False)
class Case:
    """An open generation, and the oracle over the articles that it should hold."""

    snapshot: Snapshot
    oracle: Oracle

    def search(
        self,
        query: str = "",
        filters: Filters = NO_FILTERS,
        *,
        sort: Sort = "relevance",
        offset: int = 0,
        limit: int = MANY,
        facet_limit: int = MANY,
        histogram: bool = True,
    ) -> Found:
        """The engine's answer to a query text, in generous time."""
        facets = [FacetRequest(facet, facet_limit) for facet in FACETS]
        page = PageRequest(sort, offset, limit, facets, histogram=histogram)
        return self.snapshot.search(tree_of(query), filters, page, deadline=NEVER)

    def hit(self, article: Article, query: str) -> ArticleMatches:
        """Where an article of the generation matches a query text."""
        marked = self.snapshot.article(article.id, tree_of(query), deadline=NEVER)
        assert marked is not None
        assert marked.article == self.oracle.shown(article)
        return marked.matches


def stored(snapshot: Snapshot, article_id: str) -> Article | None:
    """The stored article with an id."""
    marked = snapshot.article(article_id, None, deadline=NEVER)
    return None if marked is None else marked.article


def ids(found: Found) -> list[str]:
    """The ids of the hits, in their order."""
    return [hit.article.id for hit in found.hits]


def build(engine: Engine, folder: Path, articles: Iterable[Article]) -> Path:
    """A committed generation folder with these articles, in one part."""
    folder.mkdir(parents=True)
    writer = engine.writer(folder, base=None, workers=1)
    for article in articles:
        writer.add(article)
    writer.commit()
    return folder


def build_in_parts(engine: Engine, folder: Path, parts: Sequence[Sequence[Article]]) -> Path:
    """A generation of several parts, or segments, each with its own articles."""
    if engine.name == "whoosh":
        return _as_several_processes_write(engine, folder, parts)
    folder.mkdir(parents=True, exist_ok=True)
    built = build(engine, folder / "0", parts[0])
    for number, articles in enumerate(parts[1:], start=1):
        built = revise(engine, folder / str(number), built, [], articles)
    return built


def _as_several_processes_write(
    engine: Engine, folder: Path, parts: Sequence[Sequence[Article]]
) -> Path:
    """Of Whoosh, which adds what an update brings to the smallest part."""
    together = folder / "together"
    together.mkdir(parents=True)
    for number, articles in enumerate(parts):
        part = build(engine, folder / f"alone-{number}", articles) / "part-0"
        shutil.move(part, together / f"part-{number}")
    # All small indexes hold the same lexicon.
    shutil.copytree(folder / "alone-0" / LEXICON, together / LEXICON)
    return revise(engine, folder / "whole", together, [], [])


def revise(
    engine: Engine,
    folder: Path,
    base: Path,
    removed_ids: Sequence[str],
    added: Iterable[Article],
) -> Path:
    """A generation with the articles of `base` but for those removed, and with those added."""
    folder.mkdir()
    writer = engine.writer(folder, base=base, workers=1)
    for article in added:
        writer.add(article)
    writer.remove(removed_ids)
    writer.commit()
    return folder

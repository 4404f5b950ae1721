"""This search, through the same service that answers readers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from searchapp import __version__
from searchapp.engines.selection import select_engine
from searchapp.indexing import BuildReport, rebuild
from searchapp.measuring.bench import HITS
from searchapp.measuring.bench.contenders import OURS, Answer, BenchQuery
from searchapp.model import Article, MarkedText, ResultPage, SearchRequest
from searchapp.searching import SearchService
from searchapp.settings import Settings

TIME_BUDGET_S = 120.0
"""Of one query: how long it takes is measured, however long that is."""


class Searchapp:
    """See `contenders.Contender`; `rebuild` makes the index that is opened."""

    name = OURS

    def __init__(self, settings: Settings) -> None:
        self._settings = dataclasses.replace(settings, time_budget_s=TIME_BUDGET_S)

    def version(self) -> str:
        """Of the package, with the engine."""
        return f"{__version__} ({self._settings.engine})"

    def build(self, articles: Iterable[Article], folder: Path, workers: int) -> None:
        """Have the engine's writer fill the folder: without catalog, manifest and checks."""
        writer = select_engine(self._settings).writer(folder, base=None, workers=workers)
        try:
            for article in articles:
                writer.add(article)
            writer.commit()
        except BaseException:
            writer.abort()
            raise

    def rebuild(self, seeds: Path, folder: Path, workers: int) -> BuildReport:
        """Do all that `searchapp rebuild` does with a file of articles."""
        return rebuild(
            dataclasses.replace(self._settings, seeds=(seeds,), index=folder, workers=workers)
        )

    def open(self, folder: Path | str) -> OpenSearchapp:
        """Open the index folder that `rebuild` has made."""
        return OpenSearchapp(dataclasses.replace(self._settings, index=Path(folder)))

    def cold_start(self, folder: Path, query: BenchQuery) -> list[str]:
        """`searchapp search`, as it is typed."""
        engine = self._settings.engine
        command = ["-m", "searchapp", "search", str(query), "--index", str(folder)]
        return [*command, "--engine", engine]


class OpenSearchapp:
    """See `searchapp.measuring.bench.contenders.OpenIndex`.

    Counts are made in the same pass as the total, and also of sources and authors; so a search
    without counts is not offered, and `search` takes as long as `facets`.
    """

    def __init__(self, settings: Settings) -> None:
        self._service = SearchService(settings)

    def search(self, query: BenchQuery) -> object:
        """The ids of the hits; total and counts are made, too."""
        return self._service.ranked_ids(_request(query))

    facets = search

    def page(self, query: BenchQuery) -> ResultPage:
        """The page as it is shown, before it becomes HTML."""
        return self._service.search(_request(query))

    snippets = page

    def answer(self, page: ResultPage) -> Answer:
        """The total, ids, counts, and titles with snippets."""
        return Answer(
            total=page.total,
            ids=tuple(hit.id for hit in page.hits),
            facets={
                name: {each.value: each.count for each in page.facets[name]}
                for name in ("tags", "year")
            },
            snippets=tuple(
                " ".join(_marked(each) for each in (hit.title, *(s.marked for s in hit.snippets)))
                for hit in page.hits
            ),
        )

    def close(self) -> None:
        """Close the index."""
        self._service.close()


def _request(query: BenchQuery) -> SearchRequest:
    return SearchRequest(query=str(query), per_page=HITS)


def _marked(text: MarkedText) -> str:
    pieces, done = [], 0
    for start, end in text.marks:
        pieces += [text.text[done:start], "<mark>", text.text[start:end], "</mark>"]
        done = end
    return "".join([*pieces, text.text[done:]])

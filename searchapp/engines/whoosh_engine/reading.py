"""Answering from a generation folder: Whoosh finds and scores, arrays filter, count and sort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from queue import LifoQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt
from whoosh.query.compound import Or
from whoosh.query.qcore import Query
from whoosh.reading import EmptyReader, MultiReader
from whoosh.scoring import BM25F, BaseScorer, BM25FScorer
from whoosh.searching import Searcher

from searchapp.engines.base import Deadline, Filters, Matches
from searchapp.engines.columns import Columns, Docs
from searchapp.engines.targets import find_spans
from searchapp.engines.whoosh_engine.compiling import Compiled, compile_query
from searchapp.engines.whoosh_engine.lexicon import Lexicon
from searchapp.engines.whoosh_engine.queries import BudgetedTerm
from searchapp.engines.whoosh_engine.schema import build_schema, field_tokens, stored_article
from searchapp.engines.whoosh_engine.writing import open_leaf_readers
from searchapp.errors import IndexDamaged, SearchappError
from searchapp.german import Analyzer
from searchapp.model import Article, Sort, Span

SEARCHERS = 4
"""Searches of one snapshot at the same time: the threads of a serving process."""
DOCS_BETWEEN_CHECKS = 1000
"""Matches collected between two looks at the clock."""

FIELD_WEIGHTS = {"title": 3.0, "tags": 2.0, "title_exact": 3.0, "tags_exact": 2.0}
"""How much a word counts in a field; 1 where nothing is said."""

RELATED_TERMS = 12
RELATED_MAX_SHARE = 0.05
"""Terms in more than this share of the articles say nothing about what one is about."""
RELATED_CHARS = 5000
"""The start of a text tells its subject."""

Params = ParamSpec("Params")
Answer = TypeVar("Answer")

Scores = npt.NDArray[np.float32]


class FieldWeightedBM25(BM25F):
    """Okapi BM25 for each field, times the weight of the field; a document's score is the sum.

    Not as boosts in the query: Whoosh wraps a boosted matcher in another one, which costs a
    call for every posting.
    """

    def scorer(self, searcher: Any, fieldname: str, text: str, qf: int = 1) -> BaseScorer:
        """The scorer of one term."""
        scorer = super().scorer(searcher, fieldname, text, qf=qf)
        if isinstance(scorer, BM25FScorer):  # not that of an id or a date
            scorer.idf *= FIELD_WEIGHTS.get(fieldname, 1.0)
        return scorer


def _tells_damage(
    method: Callable[Concatenate[WhooshSnapshot, Params], Answer],
) -> Callable[Concatenate[WhooshSnapshot, Params], Answer]:
    """Whoosh and NumPy meet damage, in files that opened well, with any kind of exception."""

    @wraps(method)
    def guarded(self: WhooshSnapshot, /, *args: Params.args, **kwargs: Params.kwargs) -> Answer:
        try:
            return method(self, *args, **kwargs)
        except SearchappError:
            raise
        except Exception as error:
            raise _damaged(self.folder, error) from error

    return guarded


class WhooshSnapshot:
    """The Snapshot of the stock codec."""

    def __init__(self, folder: Path, analyzer: Analyzer, *, max_expansions: int) -> None:
        """Open a committed generation. Raises IndexDamaged."""
        self.folder = folder
        self._analyzer = analyzer
        self._max_expansions = max_expansions
        self._columns = Columns.load(folder / "columns")
        self._lexicon = Lexicon(folder / "lexicon")
        # Whoosh's readers seek in shared files: a search needs one to itself. All are opened
        # now, for the folder may be deleted while this snapshot still answers.
        self._searchers: LifoQueue[Searcher] = LifoQueue()
        for _ in range(SEARCHERS):
            self._searchers.put(_open_searcher(folder))

    @property
    def doc_count(self) -> int:
        """Number of articles."""
        return int(self._columns.live.sum())

    @contextmanager
    def _searcher(self) -> Iterator[Searcher]:
        searcher = self._searchers.get()
        try:
            yield searcher
        finally:
            self._searchers.put(searcher)

    @_tells_damage
    def search(
        self,
        query: Query | None,
        filters: Filters,
        *,
        sort: Sort,
        offset: int,
        limit: int,
        facet_limit: int,
        deadline: Deadline,
    ) -> Matches:
        """See `Snapshot.search`."""
        compiled = self._compile(query, deadline)
        if query is None:
            docs = self._columns.all_docs
            scores = np.zeros(len(docs), dtype=np.float32)
        elif compiled.query is None:
            docs, scores = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        else:
            with self._searcher() as searcher:
                docs, scores = _collect(
                    searcher, compiled.query, deadline, scored=sort == "relevance"
                )
        selected, facets = self._columns.select(docs, filters, facet_limit=facet_limit)
        deadline.check()
        docs, scores = docs[selected], scores[selected]
        page = self._columns.order(docs, scores, sort)[offset : offset + limit]
        return Matches(
            total=len(docs),
            docs=tuple(docs[page].tolist()),
            scores=tuple(scores[page].tolist()),
            facets=facets,
            notes=compiled.notes,
        )

    def _compile(self, query: Query | None, deadline: Deadline) -> Compiled:
        if query is None:
            return Compiled(None, (), ())
        return compile_query(
            query,
            analyzer=self._analyzer,
            lexicon=self._lexicon,
            max_expansions=self._max_expansions,
            deadline=deadline,
        )

    @_tells_damage
    def article(self, doc: int) -> Article:
        """See `Snapshot.article`."""
        with self._searcher() as searcher:
            return stored_article(searcher.reader().stored_fields(doc)["original"])

    @_tells_damage
    def document_number(self, article_id: str) -> int | None:
        """See `Snapshot.document_number`."""
        with self._searcher() as searcher:
            found: int | None = searcher.document_number(id=article_id)
        return found

    @_tells_damage
    def spans(
        self, article: Article, query: Query | None, *, deadline: Deadline
    ) -> Mapping[str, Sequence[Span]]:
        """See `Snapshot.spans`."""
        targets = self._compile(query, deadline).targets
        if not targets:
            return {"title": [], "body": []}
        spans = {}
        for name in ("title", "body"):
            deadline.check()
            spans[name] = find_spans(self._analyzer.analyze(getattr(article, name)), name, targets)
        return spans

    @_tells_damage
    def related(self, doc: int, *, limit: int, deadline: Deadline) -> tuple[int, ...]:
        """The articles that share the most telling words of the title and the opening."""
        article = self.article(doc)
        opening = Article(article.id, article.title, article.body[:RELATED_CHARS], article.tags)
        with self._searcher() as searcher:
            weights = self._telling_terms(searcher, opening)
            if not weights:
                return ()
            best = sorted(weights, key=lambda term: (-weights[term], term))[:RELATED_TERMS]
            query = Or([BudgetedTerm(name, text, deadline) for name, text in best])
            docs, scores = _collect(searcher, query, deadline, scored=True)
        others = docs != doc
        docs, scores = docs[others], scores[others]
        return tuple(docs[self._columns.order(docs, scores, "relevance")[:limit]].tolist())

    def _telling_terms(self, searcher: Searcher, article: Article) -> dict[tuple[str, str], float]:
        """(field, stem) -> term frequency times idf, for stems that other articles have too."""
        reader = searcher.reader()
        common = max(10, RELATED_MAX_SHARE * self.doc_count)
        weights = {}
        for name in ("title", "tags", "body"):
            tokens = field_tokens(article, name, self._analyzer)
            for stem, count in Counter(token.stem for token in tokens).items():
                doc_freq = reader.doc_frequency(name, stem.encode("utf-8"))
                if 2 <= doc_freq <= common:
                    idf = float(np.log(self.doc_count / doc_freq))
                    weights[name, stem] = count * idf * FIELD_WEIGHTS.get(name, 1.0)
        return weights

    def close(self) -> None:
        """See `Snapshot.close`."""
        for _ in range(SEARCHERS):
            self._searchers.get().close()
        self._lexicon.close()


def _open_searcher(folder: Path) -> Searcher:
    try:
        leaves = open_leaf_readers(folder)
    except Exception as error:  # Whoosh meets damage with whatever its unpickling raises
        raise _damaged(folder, error) from error
    reader = MultiReader(leaves) if leaves else EmptyReader(build_schema())
    return Searcher(reader, weighting=FieldWeightedBM25())


def _damaged(folder: Path, error: Exception) -> IndexDamaged:
    return IndexDamaged(
        f"the index cannot be read ({error!r})",
        where=str(folder),
        remedy="run: searchapp verify, then: searchapp rebuild",
    )


def _collect(
    searcher: Searcher, query: Query, deadline: Deadline, *, scored: bool
) -> tuple[Docs, Scores]:
    """All matching documents with their scores (0 if not scored), in document order."""
    docs: list[int] = []
    scores: list[float] = []
    context = searcher.context() if scored else searcher.boolean_context()
    for leaf, offset in searcher.leaf_searchers():
        matcher = query.matcher(leaf, context)
        while matcher.is_active():
            docs.append(matcher.id() + offset)
            if scored:
                scores.append(matcher.score())
            if len(docs) % DOCS_BETWEEN_CHECKS == 0:
                deadline.check()
            matcher.next()
    return (
        np.asarray(docs, dtype=np.int64),
        np.asarray(scores or np.zeros(len(docs)), dtype=np.float32),
    )

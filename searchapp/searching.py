"""From a SearchRequest to a ResultPage, over the generation that is served at the moment."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from searchapp.deadline import Deadline
from searchapp.engines.base import ArticleMatches, Matches, Snapshot
from searchapp.engines.selection import select_engine
from searchapp.errors import (
    ArticleNotFound,
    BadRequest,
    PageTooDeep,
    SearchappError,
    SearchTimeout,
)
from searchapp.generations import Generation, GenerationStore, open_current
from searchapp.model import (
    Article,
    ArticleLink,
    ArticlePage,
    Hit,
    MarkedText,
    Note,
    ResultPage,
    SearchRequest,
    Span,
)
from searchapp.query import (
    ParsedQuery,
    Query,
    any_word,
    demanded,
    exactly,
    parse_query,
)
from searchapp.settings import Settings
from searchapp.snippets import best_snippets

RELATED_ARTICLES = 5
RELATED_SHARE = 0.15
"""Of the time budget: an article is shown without related ones rather than late."""

FEW_ARTICLES = 10
"""A query with fewer results than that may have a typing error in it."""

NOTE_SOME_WORDS = Note("some_words")
NOTE_ANY_WORDS = Note("any_words")

CORRECTION_SHARE = 0.25
"""Of the time budget: many unknown words must not cost the answer that there already is."""

log = logging.getLogger(__name__)


class _Served:
    """An open generation, counted by its users and closed after the last of them."""

    def __init__(self, generation: Generation, snapshot: Snapshot) -> None:
        self.id = generation.id
        self.snapshot = snapshot
        self.users = 0
        self.retired = False


class LiveIndex:
    """The served generation, followed: when CURRENT changes the new one is opened.

    Requests under way finish on the generation they began with.
    """

    def __init__(self, settings: Settings) -> None:
        self._store = GenerationStore(settings.index)
        self._engine = select_engine(settings)
        self._served: _Served | None = None
        self._refused_id = ""  # a generation that CURRENT names but that cannot be used
        self._refusal = ""  # why; logged once
        self._users_lock = threading.Lock()
        self._opening_lock = threading.Lock()

    @contextmanager
    def snapshot(self) -> Iterator[tuple[str, Snapshot]]:
        """The id and snapshot to answer one request from.

        Raises NoIndex, IndexDamaged, IndexOutdated if there is none that can be used.
        """
        served = self._acquire()
        try:
            yield served.id, served.snapshot
        finally:
            self._release(served)

    def _acquire(self) -> _Served:
        served = self._served
        # While one request opens a new generation the others go on with the old one.
        if self._opening_lock.acquire(blocking=served is None):
            try:
                self._follow()
            finally:
                self._opening_lock.release()
        with self._users_lock:
            assert self._served is not None  # _follow raised otherwise
            self._served.users += 1
            return self._served

    def _follow(self) -> None:
        """Open the generation that CURRENT names, unless it is the open one."""
        named = ""
        try:
            named = self._store.current_id()
            if self._served is not None and named in (self._served.id, self._refused_id):
                return
            generation = open_current(self._store, self._engine)
            snapshot = self._engine.open(generation.folder)
        except SearchappError as error:
            if self._served is None:
                raise
            # Better the articles of yesterday than none. Said once, not at each request.
            if str(error) != self._refusal:
                log.error("keeps serving generation %s: %s", self._served.id, error)
            self._refused_id, self._refusal = named, str(error)
            return
        with self._users_lock:
            old, self._served = self._served, _Served(generation, snapshot)
        if old is not None:
            self._retire(old)

    def _retire(self, served: _Served) -> None:
        with self._users_lock:
            served.retired = True
            unused = served.users == 0
        if unused:
            served.snapshot.close()

    def _release(self, served: _Served) -> None:
        with self._users_lock:
            served.users -= 1
            last = served.retired and served.users == 0
        if last:
            served.snapshot.close()

    def close(self) -> None:
        """Close the open generation once its requests are done."""
        with self._users_lock:
            served, self._served = self._served, None
        if served is not None:
            self._retire(served)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a query found. query: the tree that found it, None without one."""

    parsed: ParsedQuery
    query: Query | None
    matches: Matches
    notes: tuple[Note, ...]
    did_you_mean: str | None = None


class SearchService:
    """Answers searches and shows articles. Safe for use by several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._index = LiveIndex(settings)

    def search(self, request: SearchRequest) -> ResultPage:
        """The page of results for a request.

        Raises BadRequest, QueryTooLong, PageTooDeep, SearchTimeout, and NoIndex, IndexDamaged
        or IndexOutdated if there is no index to answer from.
        """
        started = time.monotonic()
        budget = Deadline(self.settings.time_budget_s)
        self._check(request)
        with self._index.snapshot() as (generation, snapshot):
            answer = self._find(snapshot, request, budget)
            matches = answer.matches
            if request.page_number > 1 and not matches.docs:
                raise PageTooDeep(
                    f"there is no page {request.page_number}",
                    remedy="go back to the first page",
                )
            found = snapshot.hits(matches.docs, answer.query, deadline=budget)
        hits = tuple(
            _hit(article, marks, score)
            for (article, marks), score in zip(found, matches.scores, strict=True)
        )
        return ResultPage(
            request=request,
            total=matches.total,
            took_ms=round((time.monotonic() - started) * 1000, 1),
            generation=generation,
            hits=hits,
            facets=dict(matches.facets),
            did_you_mean=answer.did_you_mean,
            notes=answer.notes,
        )

    def ranked_ids(self, request: SearchRequest) -> tuple[str, ...]:
        """The ids of the hits that `search` would show, in its order, without making snippets.

        For measurements of relevance, which ask for many and long pages. Raises as `search`.
        """
        budget = Deadline(self.settings.time_budget_s)
        self._check(request)
        with self._index.snapshot() as (_, snapshot):
            matches = self._find(snapshot, request, budget).matches
            return tuple(snapshot.article(doc).id for doc in matches.docs)

    def _check(self, request: SearchRequest) -> None:
        limit = self.settings.limits.max_per_page
        if not 1 <= request.per_page <= limit:
            raise BadRequest(
                f"{request.per_page} results a page cannot be shown",
                where="per_page",
                remedy=f"use 1 to {limit}",
            )
        if request.page_number < 1:
            raise BadRequest("pages begin at 1", where="page", remedy="use 1 or more")
        deepest = self.settings.limits.max_results_depth
        if request.page_number * request.per_page > max(deepest, request.per_page):
            raise PageTooDeep(
                f"results are shown up to number {deepest}",
                where="page",
                remedy="narrow the search with more words or filters",
            )

    def _find(self, snapshot: Snapshot, request: SearchRequest, budget: Deadline) -> _Answer:
        """The matches, how they were found, and what the reader should know.

        What finds nothing is tried once more with corrected words, and then with any of them.
        """
        answer = self._find_as_typed(snapshot, request, request.query, budget)
        if answer.query is None:
            return answer
        if answer.matches.total < FEW_ARTICLES and not request.exact:
            corrected = _corrected(
                snapshot,
                request.query,
                answer.parsed.words,
                budget.part(CORRECTION_SHARE),
            )
            # A correction may be longer than what was typed, and too long for a query.
            if corrected is not None and len(corrected) <= self.settings.limits.max_query_chars:
                second = self._find_as_typed(snapshot, request, corrected, budget)
                if second.matches.total > answer.matches.total:
                    if answer.matches.total:
                        return replace(answer, did_you_mean=corrected)
                    note = Note("corrected", corrected)
                    return replace(second, notes=(note, *second.notes), did_you_mean=corrected)
        if answer.matches.total:
            return answer
        relaxed = any_word(answer.query)
        if relaxed is not None:
            some = self._matches(snapshot, relaxed, request, budget)
            if some.total:
                notes = (*answer.notes, NOTE_SOME_WORDS)
                return replace(answer, query=relaxed, matches=some, notes=notes)
        return answer

    def _find_as_typed(
        self, snapshot: Snapshot, request: SearchRequest, text: str, budget: Deadline
    ) -> _Answer:
        parsed = parse_query(
            text,
            max_chars=self.settings.limits.max_query_chars,
            max_words=self.settings.limits.max_query_words,
            max_wildcards=self.settings.limits.max_wildcards,
        )
        notes = parsed.notes
        query = parsed.tree
        if query is None and text.strip():
            return _Answer(parsed, None, Matches(0, (), ()), notes)
        if query is not None:
            query, some_are_enough = demanded(query, text)
            if some_are_enough:
                notes = (*notes, NOTE_ANY_WORDS)
            if request.exact:
                query = exactly(query)
        matches = self._matches(snapshot, query, request, budget)
        return _Answer(parsed, query, matches, notes + matches.notes)

    def _matches(
        self,
        snapshot: Snapshot,
        query: Query | None,
        request: SearchRequest,
        budget: Deadline,
        *,
        window: tuple[int, int] | None = None,
    ) -> Matches:
        """window: (offset, limit) of the hits if not those of the requested page."""
        offset, limit = window or (
            (request.page_number - 1) * request.per_page,
            request.per_page,
        )
        return snapshot.search(
            query,
            request.filters,
            # Without a query nothing is more relevant than anything else.
            sort="newest" if query is None and request.sort == "relevance" else request.sort,
            offset=offset,
            limit=limit,
            facet_limit=self.settings.limits.max_facet_values,
            deadline=budget,
        )

    def article(
        self, article_id: str, request: SearchRequest | None = None, *, rank: int | None = None
    ) -> ArticlePage:
        """An article with the matches of a search marked.

        request: the search that led here. rank: 1-based place of the article in its results,
        for the links to its neighbours. Raises ArticleNotFound and what `search` raises.
        """
        budget = Deadline(self.settings.time_budget_s)
        with self._index.snapshot() as (_, snapshot):
            doc = snapshot.document_number(article_id)
            if doc is None:
                raise ArticleNotFound(
                    "there is no article with this id", remedy="search for it by its title"
                )
            query: Query | None = None
            neighbours: tuple[ArticleLink | None, ArticleLink | None] = (None, None)
            if request is not None and request.query:
                query = self._find(snapshot, request, budget).query
            if request is not None and rank is not None:
                neighbours = self._neighbours(snapshot, query, request, rank, doc, budget)
            ((article, matches),) = snapshot.hits((doc,), query, deadline=budget)
            title = _marked(article.title, 0, matches.title)
            paragraphs = _paragraphs(article.body, matches.body)
            related = self._related(snapshot, doc, budget.part(RELATED_SHARE))
        return ArticlePage(
            article=article,
            title=title,
            paragraphs=paragraphs,
            match_count=len(title.marks) + sum(len(each.marks) for each in paragraphs),
            previous=neighbours[0],
            next=neighbours[1],
            related=related,
        )

    def _neighbours(
        self,
        snapshot: Snapshot,
        query: Query | None,
        request: SearchRequest,
        rank: int,
        doc: int,
        budget: Deadline,
    ) -> tuple[ArticleLink | None, ArticleLink | None]:
        """The hits before and after `rank`, if the article still stands there."""
        if not 1 <= rank < self.settings.limits.max_results_depth:
            return None, None
        first = max(0, rank - 2)
        docs = self._matches(snapshot, query, request, budget, window=(first, 3)).docs
        here = rank - 1 - first
        if here >= len(docs) or docs[here] != doc:
            return None, None
        before = _link(snapshot.article(docs[here - 1])) if here > 0 else None
        after = _link(snapshot.article(docs[here + 1])) if here + 1 < len(docs) else None
        return before, after

    def _related(self, snapshot: Snapshot, doc: int, deadline: Deadline) -> tuple[ArticleLink, ...]:
        try:
            docs = snapshot.related(doc, limit=RELATED_ARTICLES, deadline=deadline)
        except SearchTimeout:
            return ()
        return tuple(_link(snapshot.article(each)) for each in docs)

    def health(self) -> dict[str, object]:
        """What is served. Raises NoIndex, IndexDamaged, IndexOutdated."""
        with self._index.snapshot() as (generation, snapshot):
            return {"status": "ok", "generation": generation, "articles": snapshot.doc_count}

    def close(self) -> None:
        """Release the index."""
        self._index.close()


def _corrected(snapshot: Snapshot, text: str, words: Sequence[str], budget: Deadline) -> str | None:
    """The query with likelier words in place of unlikely ones.

    None if all are likely, or if that was not found out within the budget.
    """
    corrected = text
    try:
        for word in words:
            for suggestion in snapshot.suggestions(word, limit=1, deadline=budget):
                better = suggestion.form
                if word[:1].isupper():
                    better = better[:1].upper() + better[1:]
                # No backslash can be in a word of the vocabulary: it is safe as a replacement.
                corrected = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", better, corrected)
    except SearchTimeout:
        return None
    return None if corrected == text else corrected


def _hit(article: Article, matches: ArticleMatches, score: float) -> Hit:
    return Hit(
        article=article,
        title=_marked(article.title, 0, matches.title),
        score=round(score, 4),
        snippets=best_snippets(article.body, matches.body),
        match_count=len(matches.title) + len(matches.body),
        reasons=tuple(matches.reasons),
    )


def _marked(text: str, start: int, spans: Sequence[Span]) -> MarkedText:
    """`text` stands at `start` of the text that the spans are of; all are inside it."""
    return MarkedText(text, tuple((span.start - start, span.end - start) for span in spans))


def _paragraphs(body: str, spans: Sequence[Span]) -> tuple[MarkedText, ...]:
    paragraphs = []
    for match in re.finditer(r"[^\n](?:[^\n]|\n(?!\n))*", body):
        inside = [span for span in spans if match.start() <= span.start and span.end <= match.end()]
        paragraphs.append(_marked(match[0], match.start(), inside))
    return tuple(each for each in paragraphs if each.text.strip())


def _link(article: Article) -> ArticleLink:
    return ArticleLink(article.id, article.title, article.date)

"""From a SearchRequest to a ResultPage, over the generation that is served at the moment."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Semaphore

from searchapp.article_text import article_part, marks_ahead, paragraphs
from searchapp.deadline import NEVER, Deadline, take_turn
from searchapp.engines.base import (
    ArticleMatches,
    Correction,
    FacetRequest,
    Found,
    MarkedArticle,
    PageRequest,
    RankedArticle,
    Snapshot,
    Typed,
)
from searchapp.errors import (
    ArticleNotFound,
    BadRequest,
    CursorOutdated,
    IndexNotCurrent,
    IndexTooOld,
    PageTooDeep,
    QueryTooLong,
    SearchTimeout,
)
from searchapp.facets import FACETS, NO_FILTERS, STORED_FACETS, Facet
from searchapp.former_ids import moved_to
from searchapp.generations import Generation, Manifest, check_files
from searchapp.last_run import last_run
from searchapp.live_index import LiveIndex, LiveState
from searchapp.model import (
    Article,
    ArticleLink,
    ArticlePage,
    Histogram,
    Hit,
    MarkedText,
    Note,
    RelatedWord,
    ResultPage,
    SearchRequest,
    Span,
    Suggestion,
    Suggestions,
    ValueList,
    ValuePage,
    ValueRequest,
)
from searchapp.query import (
    Demand,
    ParsedQuery,
    Query,
    has_words,
    narrowed_line,
    parse_query,
    shortened_query,
)
from searchapp.query.fallbacks import exactly, in_any_order, some_words
from searchapp.request_record import if_in_time, note_incomplete, note_page, part
from searchapp.settings import Settings
from searchapp.snippets import best_snippets
from searchapp.translation import N_, Number

RELATED_ARTICLES = 5
RELATED_SHARE = 0.15
"""Of the time that is left: an article is shown without related ones rather than late."""

RELATED_WORDS = 6
MIN_RELATED_WORDS = 3
"""One word or two are more often a chance than what an article of the subject is about."""

FEW_ARTICLES = 10
"""A query with fewer results than that may have a typing error in it, or ask for too much: other
articles, with some of its words, follow on its first page."""
FALLBACK_SHARE = 0.5
"""Of the time that is left, for each search in place of the one that was typed: what remains is
for showing the answer."""
CORRECTION_SHARE = 0.5
"""Of a fallback's time, for finding likelier words."""

LARGE_ARTICLE_BYTES = 8 << 20
"""In larger ones a process finds marks one at a time: in each it may take a hundred megabytes."""
BATCH = 500
"""Articles that are read at a time where all of many are wanted."""
MAX_SUGGESTIONS = 8
SUGGESTION_SHARE = 0.05
"""Of the time budget: who types on has no use for a late suggestion, and while what they need is
being made no thread is to wait for it."""
_LAST_WORD = re.compile(r"[^\W_](?:[\w\-/&.]*)$")
_SIGNS_BEFORE = ' "„“”«»(=+-'
"""What may stand between a beginning and the words before it."""

NOTE_SOME_WORDS = Note("some_words")
NOTE_ANY_WORDS = Note("any_words")
NOTE_ANY_ORDER = Note("any_order")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some articles of a long list, the number of all, and the generation that they are from."""

    generation: str
    total: int
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is answered from. age_s: seconds since a rebuild or update last ended well."""

    generation: Generation
    age_s: float


@dataclass(frozen=True, slots=True)
class _Question:
    """A request as it is put to a snapshot. page: the part of the answer that is wanted."""

    snapshot: Snapshot
    request: SearchRequest
    page: PageRequest
    deadline: Deadline

    def found(self, query: Query | None, page: PageRequest | None = None) -> Found:
        """Search for a query. page: the part of the answer to return, by default the question's."""
        page = page or self.page
        if query is None and page.sort == "relevance":
            # Without a query nothing is more relevant than anything else.
            page = replace(page, sort="newest")
        return self.snapshot.search(query, self.request.filters, page, deadline=self.deadline)

    def room_for_partial(self, found: Found) -> int:
        """How many articles with some of the words may follow: as many as fill the first page.

        None where others are in an order of dates, which these would not be in.
        """
        page = self.page
        if page.offset or (found.total and page.sort != "relevance"):
            return 0
        return max(0, page.limit - found.total)


READY_S = 2.0
"""For any answer of the index, to tell whether it is ready."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a query found.

    demand: what was demanded, or None if there is nothing to search for.
    partial: articles with some of the words; see `ResultPage.partial`. partial_ids: theirs.
    """

    parsed: ParsedQuery
    demand: Demand | None
    found: Found
    notes: tuple[Note, ...]
    did_you_mean: str | None = None
    partial: tuple[Hit, ...] = ()
    partial_ids: tuple[str, ...] = ()

    @property
    def query(self) -> Query | None:
        """The tree that was searched for."""
        return self.demand and self.demand.tree

    @property
    def optional_words(self) -> tuple[str, ...]:
        """What need not occur, unless a note says that of all words."""
        demand = self.demand
        return () if demand is None or demand.some_are_enough else demand.optional


class SearchService:
    """Answers searches and shows articles. Safe for use by several threads."""

    def __init__(self, settings: Settings) -> None:
        """Opens nothing yet. Raises BadSetting for an engine that there is not."""
        self.settings = settings
        self._index = LiveIndex(settings)
        self._large_articles = Semaphore(1)
        self._browsable: tuple[str, tuple[Facet, ...]] = ("", ())

    def search(self, request: SearchRequest, *, related_words: bool = False) -> ResultPage:
        """The page of results for a request.

        related_words: whether to look for them; the table that they are found in takes seconds to
        make, which is worth it for a process that goes on.
        Raises BadRequest, QueryTooLong, PageTooDeep, CursorOutdated, SearchTimeout, and NoIndex,
        IndexDamaged or IndexOutdated if there is no index to answer from.
        """
        started = time.monotonic()
        self._check(request)
        limit = self.settings.limits.max_facet_values
        facets = tuple(FacetRequest(facet, limit) for facet in FACETS)
        with self._index.snapshot() as (generation, snapshot):
            _check_cursor(request, generation)
            has_dates = snapshot.has_dates
            question = self._question(snapshot, request, facets=facets, histogram=True)
            if related_words and not request.exact:
                page = replace(question.page, related_words=RELATED_WORDS)
                question = replace(question, page=page)
            answer = self._answer(question)
        found = answer.found
        if request.offset and not found.hits:
            raise PageTooDeep(
                N_("there is no page %(page_number)s", page_number=request.page_number),
                remedy=N_("go back to the first page"),
            )
        with part("snippets"):
            hits = tuple(map(_hit, found.hits))
        result = ResultPage(
            request=request,
            total=found.total,
            took_ms=round((time.monotonic() - started) * 1000, 1),
            generation=generation,
            hits=hits,
            facets=dict(found.facets),
            distinct=dict(found.distinct),
            histogram=found.histogram,
            did_you_mean=answer.did_you_mean,
            notes=answer.notes,
            optional_words=answer.optional_words,
            partial=answer.partial,
            max_depth=self.settings.limits.max_results_depth,
            related_words=self._related_words(answer),
            is_ranked=answer.query is not None and has_words(answer.query),
            has_dates=has_dates,
        )
        if result.related_words is None:
            note_incomplete()
        note_page(result)
        return result

    def _related_words(self, answer: _Answer) -> tuple[RelatedWord, ...] | None:
        """The related words that were found, with the queries that they narrow the answer by."""
        found = answer.found.related_words
        if not found or answer.demand is None:
            return found
        narrowing = []
        for each in found:
            line = narrowed_line(answer.parsed.line, answer.demand, each.word, **self._query_limits)
            if line is not None:
                narrowing.append(replace(each, query=line))
        return tuple(narrowing) if len(narrowing) >= MIN_RELATED_WORDS else ()

    def glance(
        self, request: SearchRequest, *, marked: bool, deadline: Deadline | None = None
    ) -> tuple[int, tuple[Hit, ...]]:
        """The total and the hits of what was typed as it stands: no facets, no other words.

        deadline: by default that of a search. A total above 0 is that of `search`. Raises as it.
        """
        self._check(request)
        with self._index.snapshot() as (_, snapshot):
            question = self._question(snapshot, request, marked=marked)
            question = replace(question, deadline=deadline or question.deadline)
            found = _as_typed(question, parse_query(request.query, **self._query_limits)).found
        return found.total, tuple(map(_hit, found.hits))

    def total(self, request: SearchRequest) -> int:
        """The total of `search`, without any hit. Raises as `search`."""
        return self._counted(request).total

    def histogram(self, request: SearchRequest) -> Histogram:
        """The histogram of `search`, without any hit. Raises as `search`."""
        return self._counted(request, histogram=True).histogram

    def _counted(self, request: SearchRequest, *, histogram: bool = False) -> Found:
        self._check(request)
        with self._index.snapshot() as (_, snapshot):
            question = self._question(snapshot, request, histogram=histogram, marked=False)
            return self._answer(replace(question, page=replace(question.page, limit=0))).found

    def count(
        self,
        query: str,
        *,
        synonyms: Mapping[str, tuple[str, ...]] | None = None,
        deadline: Deadline,
    ) -> int:
        """How many articles a query finds as it stands: no other words are searched for instead.

        synonyms: to search with besides those of the owner. Raises as `search`.
        """
        parsed = parse_query(query, **self._query_limits)
        with self._index.snapshot() as (_, snapshot):
            if synonyms:
                snapshot = snapshot.with_synonyms({**self._index.synonyms, **synonyms})
            page = PageRequest(limit=0, marked=False)
            question = _Question(snapshot, SearchRequest(query), page, deadline)
            return _as_typed(question, parsed).found.total

    def words(self, query: str) -> tuple[str, ...]:
        """The words of a query that an article is to have, as typed. Raises QueryTooLong."""
        words = parse_query(query, **self._query_limits).words
        return tuple(dict.fromkeys(each.text for each in words))

    def likely_word(self, word: str, *, deadline: Deadline) -> str:
        """A word of the corpus that may have been meant instead, or "". Raises as `search`."""
        with self._index.snapshot() as (_, snapshot):
            for each in snapshot.corrections(word, limit=1, deadline=deadline):
                return _like(word, each.form)
        return ""

    def values(self, request: SearchRequest, wanted: ValueRequest) -> ValuePage:
        """A page of all values that a facet has in the articles of a search.

        The page and order of the request do not matter. A page of values past the last one is
        empty. Raises as `search`.
        """
        started = time.monotonic()
        max_chars = self.settings.limits.max_query_chars
        if max(len(wanted.contains), len(wanted.prefix)) > max_chars:
            raise QueryTooLong(
                N_("a part of a value has at most %(max_chars)s characters", max_chars=max_chars),
                remedy=N_("shorten it"),
            )
        request = replace(request, page_number=1)
        self._check(request)
        query: Query | None = None
        line = ""
        with self._index.snapshot() as (generation, snapshot):
            question = self._question(snapshot, request, marked=False)
            if request.query:
                answer = self._answer(replace(question, page=replace(question.page, limit=0)))
                query, line = answer.query, answer.parsed.line
            found = ValueList(0)
            if query is not None or not line:
                found = snapshot.values(query, request.filters, wanted, deadline=question.deadline)
        return ValuePage(
            request=request,
            answered_query=line,
            wanted=wanted,
            found=found,
            took_ms=round((time.monotonic() - started) * 1000, 1),
            generation=generation,
        )

    def browsable_facets(self) -> tuple[Facet, ...]:
        """The facets with values of their own that any article has. Raises as `search`."""
        with self._index.snapshot() as (generation, snapshot):
            known, facets = self._browsable
            # Every page has links to them.
            if known != generation:
                facets = tuple(
                    facet
                    for facet in STORED_FACETS
                    if snapshot.values(
                        None, NO_FILTERS, ValueRequest(facet, per_page=0), deadline=NEVER
                    ).total
                )
                self._browsable = generation, facets
            return facets

    def batches(self, request: SearchRequest) -> Generator[Batch, None, None]:
        """The articles of a search in its order, from its cursor on, at least one batch.

        Up to `max_results_depth` articles; a page number says nothing here. All are of one
        generation, which stays open until the iterator is closed. Each batch has a time budget of
        its own. Raises as `search`, nearly always with the first batch.
        """
        request = replace(request, page_number=1, per_page=BATCH)
        with self._index.snapshot() as (generation, snapshot):
            _check_cursor(request, generation)
            question = self._question(snapshot, request, marked=False)
            answer = self._answer(question)
            found, done = answer.found, request.offset
            end = min(found.total, done + self.settings.limits.max_results_depth)
            while True:
                articles = tuple(hit.article for hit in found.hits)[: max(0, end - done)]
                yield Batch(generation, found.total, articles)
                done += len(articles)
                if done >= end or not articles:
                    return
                deadline = Deadline(self.settings.time_budget_s)
                question = replace(question, deadline=deadline)
                page = replace(question.page, offset=done, limit=min(BATCH, end - done))
                found = question.found(answer.query, page)

    def links(self, first: int, limit: int) -> Generator[ArticleLink, None, None]:
        """All articles of the served generation from number `first` on, at most `limit`.

        Their order is of no meaning, and the same as long as the generation is. They are read in
        batches, each within a time budget of its own. Raises as `search`.
        """
        with self._index.snapshot() as (_, snapshot):
            end = min(snapshot.doc_count, first + limit)
            for start in range(first, end, BATCH):
                count = min(BATCH, end - start)
                deadline = Deadline(self.settings.time_budget_s)
                yield from snapshot.links(start, count, deadline=deadline)

    def ranked_ids(self, request: SearchRequest) -> tuple[str, ...]:
        """The ids of the hits that `search` would show, in its order, without marks or facets.

        For measurements of relevance, which ask for many and long pages. Raises as `search`.
        """
        self._check(request)
        with self._index.snapshot() as (_, snapshot):
            question = self._question(snapshot, request, marked=False)
            page = replace(question.page, only_ids=True)
            answer = self._answer(replace(question, page=page))
        return (*answer.found.ids, *answer.partial_ids)

    def _deadline(self) -> Deadline:
        """The budget of the request that is answered."""
        return Deadline.of_request(self.settings.time_budget_s)

    def _check(self, request: SearchRequest) -> None:
        limit = self.settings.limits.max_per_page
        if not 1 <= request.per_page <= limit:
            raise BadRequest(
                N_("%(per_page)s results a page cannot be shown", per_page=request.per_page),
                where="per_page",
                remedy=N_("use 1 to %(limit)s", limit=limit),
            )
        if request.page_number < 1:
            raise BadRequest(N_("pages begin at 1"), where="page", remedy=N_("use 1 or more"))
        deepest = self.settings.limits.max_results_depth
        if request.after is None and request.page_number * request.per_page > max(
            deepest, request.per_page
        ):
            raise PageTooDeep(
                N_("results are shown up to number %(deepest)s", deepest=deepest),
                where="page",
                remedy=N_("narrow the search with more words or filters"),
            )

    def _question(
        self,
        snapshot: Snapshot,
        request: SearchRequest,
        *,
        facets: Sequence[FacetRequest] = (),
        histogram: bool = False,
        marked: bool = True,
    ) -> _Question:
        page = PageRequest(
            sort=request.sort,
            offset=request.offset,
            limit=request.per_page,
            facets=facets,
            histogram=histogram,
            marked=marked,
        )
        return _Question(snapshot, request, page, self._deadline())

    def _answer(self, question: _Question) -> _Answer:
        """What is found, how, and what the reader should know.

        A query that finds little is tried with corrected words, one that finds nothing with the
        words of its phrases in any order; articles with some of the words follow where there are
        few with all. An answer is never given up for that: it stands if the time runs out.
        """
        request = question.request
        parsed = parse_query(request.query, **self._query_limits)
        with part("search"):
            answer = _as_typed(question, parsed)
        if answer.query is None:
            return answer
        if answer.found.total < FEW_ARTICLES and not request.exact:
            with if_in_time(), part("corrections"):
                answer = self._or_corrected(_hurried(question), answer)
        if not answer.found.total:
            with if_in_time(), part("any_order"):
                answer = _or_in_any_order(_hurried(question), answer)
        room = question.room_for_partial(answer.found)
        if answer.found.total < FEW_ARTICLES and room:
            with if_in_time(), part("some_words"):
                answer = _with_partial(_hurried(question), answer, room)
        return answer

    def _or_corrected(self, question: _Question, answer: _Answer) -> _Answer:
        """The answer with likelier words if there is none yet, otherwise an offer of them.

        Only words that neither the dictionary nor the corpus has are replaced unasked.
        """
        corrections = _corrections(
            question.snapshot, answer.parsed, question.deadline.part(CORRECTION_SHARE)
        )
        if not answer.found.total and not question.request.uncorrected:
            replacing = {word: each for word, each in corrections.items() if each.may_replace}
            corrected = self._corrected(answer.parsed, replacing)
            better = _as_typed(question, corrected) if corrected else answer
            if corrected and better.found.total:
                note = Note("corrected", corrected.line)
                return replace(better, notes=(note, *better.notes), did_you_mean=corrected.line)
        corrected = self._corrected(answer.parsed, corrections)
        if corrected:
            total_only = PageRequest(limit=0, marked=False)
            better = _as_typed(replace(question, page=total_only), corrected)
            if better.found.total > answer.found.total:
                return replace(answer, did_you_mean=corrected.line)
        return answer

    def _corrected(
        self, parsed: ParsedQuery, corrections: Mapping[str, Correction]
    ) -> ParsedQuery | None:
        """The query with likelier words; None if there are none, or it grows too long by them."""
        if not corrections:
            return None
        corrected = parsed.corrected(
            {word: _like(word, each.form) for word, each in corrections.items()}
        )
        is_too_long = len(corrected.line) > self.settings.limits.max_query_chars
        return None if is_too_long else corrected

    def article(
        self,
        article_id: str,
        request: SearchRequest | None = None,
        *,
        rank: int | None = None,
        part: int = 1,
    ) -> ArticlePage:
        """A part of an article with the matches of a search marked, as far as there is time.

        request: the search that led here. rank: 1-based place of the article in its results,
        for the links to its neighbours. part: from 1; one past the last is the last.
        Raises ArticleNotFound and what `search` raises, but SearchTimeout only if there is no
        time to read the article.
        """
        request = request or SearchRequest()
        with self._index.snapshot() as (_, snapshot):
            question = self._question(snapshot, request, marked=False)
            deadline = question.deadline
            query: Query | None = None
            is_unmarked = False
            # Before the search: an unknown id must not cost one, nor be told as its error.
            if request.query and snapshot.has_article(article_id, deadline=deadline):
                try:
                    query = self._marked_query(_hurried(question))
                except SearchTimeout:
                    is_unmarked = True
            marked = self._read(snapshot, article_id, query, part, deadline)
            neighbours: tuple[ArticleLink | None, ArticleLink | None] = (None, None)
            if (
                rank is not None
                and 1 <= rank < self.settings.limits.max_results_depth
                and (query is not None or not is_unmarked)
            ):
                with if_in_time():
                    neighbours = _neighbours(_hurried(question), query, rank, article_id)
            related = _related(snapshot, article_id, deadline.part(RELATED_SHARE))
        article, matches = marked.article, marked.matches
        is_unmarked = is_unmarked or not matches.is_complete
        if is_unmarked:
            note_incomplete()
        shown = marked.part or article_part(article, part)
        return ArticlePage(
            article=article,
            title=_marked_title(article, matches),
            paragraphs=paragraphs(shown, matches.body),
            part_number=shown.number,
            part_count=len(shown.starts),
            is_cut=marked.part is not None,
            match_count=len(matches.title) + len(matches.body),
            first_mark=marks_ahead(shown, matches.body),
            is_unmarked=is_unmarked,
            previous=neighbours[0],
            next=neighbours[1],
            related=related,
        )

    def stored_article(self, article_id: str) -> Article:
        """An article as it is, with nothing that a page shows around it. Raises as `article`.

        Of a very long one the text is only the beginning.
        """
        with self._index.snapshot() as (_, snapshot):
            return self._read(snapshot, article_id, None, 1, self._deadline()).article

    def body(self, article_id: str) -> Generator[str, None, None]:
        """All of the text of an article, a piece at a time; of one that there is not, nothing.

        The generation stays open until the iterator is closed. Raises as `search`.
        """
        with self._index.snapshot() as (_, snapshot):
            yield from snapshot.body(article_id)

    def _read(
        self,
        snapshot: Snapshot,
        article_id: str,
        query: Query | None,
        part: int,
        deadline: Deadline,
    ) -> MarkedArticle:
        if query is not None and snapshot.stored_bytes(article_id) > LARGE_ARTICLE_BYTES:
            take_turn(self._large_articles, deadline)
        marked = snapshot.article(article_id, query, part=part, deadline=deadline)
        if marked is None:
            raise ArticleNotFound(
                N_("there is no article with this id"), remedy=N_("search for it by its title")
            )
        return marked

    def _marked_query(self, question: _Question) -> Query | None:
        """What is marked of a query in an article: what was searched for, or some of its words."""
        answer = self._answer(replace(question, page=replace(question.page, offset=0, limit=0)))
        query = answer.query
        if query is not None and not answer.found.total and (some := some_words(query)):
            return some.tree
        return query

    def suggestions(self, text: str) -> Suggestions:
        """What may be meant by a beginning, at most MAX_SUGGESTIONS.

        None where the time is up: nobody waits for a suggestion. Raises QueryTooLong, and
        NoIndex, IndexDamaged or IndexOutdated if there is no index to answer from.
        """
        parse_query(text, **self._query_limits)  # which refuses what is too long
        last = _LAST_WORD.search(text)
        start = last.start() if last else len(text)
        is_of_field = text[:start].endswith(":")
        before = parse_query(text[:start].rstrip(_SIGNS_BEFORE), **self._query_limits).words
        typed = Typed(
            text=text,
            beginning="" if is_of_field else text[start:],
            before=tuple(word.text for word in before),
        )
        deadline = Deadline(SUGGESTION_SHARE * self.settings.time_budget_s)
        with self._index.snapshot() as (generation, snapshot):
            try:
                found = snapshot.suggestions(typed, limit=MAX_SUGGESTIONS, deadline=deadline)
            except SearchTimeout:
                note_incomplete()
                return Suggestions(generation, is_complete=False)
        return Suggestions(generation, tuple(_behind(text[:start], each) for each in found))

    def moved_to(self, article_id: str) -> str | None:
        """The id of the article that had `article_id` in former times, if there is one.

        For an id that `article` does not find. Raises NoIndex, IndexDamaged, IndexOutdated.
        """
        with self._index.snapshot() as (generation, _):
            try:
                return moved_to(self.settings.index / generation, article_id)
            except sqlite3.Error:
                # Its files may have been deleted by now, but for those that are open.
                return None

    def generation(self) -> str:
        """The id of the served generation. Raises NoIndex, IndexDamaged, IndexOutdated."""
        return self.manifest().generation

    def manifest(self) -> Manifest:
        """What the served generation is and holds. Raises as `generation`."""
        return self._index.manifest()

    def shortened(self, query: str) -> str:
        """As much of the beginning of a query as `search` takes, which refuses a longer one."""
        return shortened_query(query, **self._query_limits)

    @property
    def _query_limits(self) -> dict[str, int]:
        limits = self.settings.limits
        return {
            "max_chars": limits.max_query_chars,
            "max_words": limits.max_query_words,
            "max_wildcards": limits.max_wildcards,
        }

    def state(self) -> str:
        """A short text that differs where answers may. Raises as `generation`."""
        return self.state_of(self.generation())

    def state_of(self, generation: str) -> str:
        """What `state` was while a generation was answered from, if no synonym has changed."""
        return f"{generation} {self._index.synonyms_state}"

    @property
    def opened(self) -> Generation | None:
        """The generation that was last answered from; nothing is opened for that."""
        return self._index.opened

    @property
    def is_behind(self) -> bool:
        """Whether CURRENT was last seen to name a generation that cannot be used."""
        return self._index.is_behind

    def live_state(self) -> LiveState:
        """What is answered from now. Raises as `generation`."""
        return self._index.state()

    def check_reachable(self, deadline: Deadline) -> None:
        """Raise IndexUnreadable if the articles lie on other machines that do not answer.

        And SearchTimeout. Nothing is opened for that.
        """
        self._index.check_reachable(deadline)

    def readiness(self) -> Readiness:
        """What is answered from, if it is what should be answered from, and does answer.

        Raises IndexNotCurrent, IndexTooOld, SearchTimeout, and as `generation`; IndexDamaged also
        for a file that is missing or has another size. One id is looked up, so that an index on
        other machines has to answer.
        """
        state = self._index.state()
        if state.refusal is not None:
            error = IndexNotCurrent(state.refusal.message, remedy=N_("run: searchapp verify"))
            error.reason = state.refusal.kind
            raise error
        check_files(state.generation, reading=())
        with self._index.snapshot() as (_, snapshot):
            snapshot.has_article("", deadline=Deadline(READY_S))
        updated_s = max(
            state.generation.manifest.built_s,
            last_run(self.settings.index).succeeded_s,
        )
        age_s = max(0.0, time.time() - updated_s)
        allowed_h = self.settings.max_index_age_h
        if allowed_h and age_s > allowed_h * 3600:
            raise IndexTooOld(
                N_(
                    "the index was last brought up to date %(age_s)s hours ago",
                    age_s=Number(age_s / 3600, ".1f"),
                ),
                where=str(self.settings.index),
                remedy=N_("see why `searchapp update` does not run, or fails"),
            )
        return Readiness(state.generation, age_s)

    def close(self) -> None:
        """Release the index."""
        self._index.close()


def _check_cursor(request: SearchRequest, generation: str) -> None:
    if request.after and request.after.generation != generation:
        raise CursorOutdated(
            N_(
                "generation %(generation)s is no longer served", generation=request.after.generation
            ),
            where="after",
            remedy=N_("begin again at the first page"),
        )


def _behind(before: str, suggestion: Suggestion) -> Suggestion:
    """The suggestion of a word as the query that it completes; others as they are."""
    if suggestion.kind != "word":
        return suggestion
    shift, word = len(before), suggestion.text
    marks = tuple((start + shift, end + shift) for start, end in word.marks)
    return replace(suggestion, text=MarkedText(before + word.text, marks))


def _as_typed(question: _Question, parsed: ParsedQuery) -> _Answer:
    """What a query finds with the words that it has."""
    demand = parsed.demanded()
    if demand is None:
        found = Found(0) if parsed.line else question.found(None)
        return _Answer(parsed, None, found, parsed.notes)
    if parsed.tree and question.request.exact:
        # What was typed is what is meant: every word, those that say little too.
        demand = Demand(exactly(parsed.tree))
    found = question.found(demand.tree)
    return _Answer(parsed, demand, found, (*parsed.notes, *_notes(demand), *found.notes))


def _notes(demand: Demand) -> Iterator[Note]:
    """What the reader should know of what was demanded."""
    if demand.some_are_enough:
        yield NOTE_ANY_WORDS
        return
    for word in demand.named:
        yield Note("named_word", word)


def _hurried(question: _Question) -> _Question:
    """The same question, with a part of the time that is left."""
    return replace(question, deadline=question.deadline.part(FALLBACK_SHARE))


def _or_in_any_order(question: _Question, answer: _Answer) -> _Answer:
    """What has the words of the phrases anywhere, if there are phrases."""
    loosened = in_any_order(answer.query) if answer.query is not None else None
    if loosened is None:
        return answer
    found = question.found(loosened)
    notes = (*answer.notes, NOTE_ANY_ORDER) if found.total else answer.notes
    return replace(answer, demand=Demand(loosened), found=found, notes=notes)


def _with_partial(question: _Question, answer: _Answer, limit: int) -> _Answer:
    """The answer, followed by articles with some of the words."""
    some = some_words(answer.query) if answer.query is not None else None
    if some is None:
        return answer
    page = PageRequest(limit=limit, marked=question.page.marked, only_ids=question.page.only_ids)
    found = question.found(some.tree, page)
    partial = tuple(
        replace(
            _hit(hit),
            missing=some.missing(hit.matches.words) if hit.matches.is_complete else (),
        )
        for hit in found.hits
    )
    has_more = bool(found.ids) and not answer.found.total
    notes = (*answer.notes, NOTE_SOME_WORDS) if has_more else answer.notes
    return replace(answer, partial=partial, partial_ids=found.ids, notes=notes)


def _corrections(
    snapshot: Snapshot, parsed: ParsedQuery, deadline: Deadline
) -> dict[str, Correction]:
    """A likelier word for each unlikely one as typed; none if there is no time for it."""
    found = {}
    with if_in_time():
        for word in dict.fromkeys(each.text for each in parsed.words):
            for correction in snapshot.corrections(word, limit=1, deadline=deadline):
                found[word] = correction
        return found
    return {}


def _like(word: str, form: str) -> str:
    """A form in small letters, capitalized as a word was typed."""
    if word.isupper() and len(word) > 1:
        return form.upper()
    return form[:1].upper() + form[1:] if word[:1].isupper() else form


def _neighbours(
    question: _Question, query: Query | None, rank: int, article_id: str
) -> tuple[ArticleLink | None, ArticleLink | None]:
    """The hits before and after `rank`, if the article still stands there."""
    first = max(0, rank - 2)
    found = question.found(query, replace(question.page, offset=first, limit=3))
    links = [_link(hit.article) for hit in found.hits]
    here = rank - 1 - first
    if here >= len(links) or links[here].id != article_id:
        return None, None
    return (links[here - 1] if here else None), (links[here + 1] if here + 1 < len(links) else None)


def _related(snapshot: Snapshot, article_id: str, deadline: Deadline) -> tuple[ArticleLink, ...]:
    with if_in_time():
        return tuple(snapshot.related(article_id, limit=RELATED_ARTICLES, deadline=deadline))
    return ()


def _hit(hit: RankedArticle) -> Hit:
    article, matches = hit.article, hit.matches
    if not matches.is_complete:
        note_incomplete()
    return Hit(
        article=article,
        title=_marked_title(article, matches),
        score=round(hit.score, 4),
        snippets=best_snippets(article.body, matches.body),
        match_count=len(matches.title) + len(matches.body),
        reasons=matches.reasons,
        tags=_marked_tags(article, matches),
    )


def _marked_tags(article: Article, matches: ArticleMatches) -> tuple[MarkedText, ...]:
    found = matches.tags or ((),) * len(article.tags)
    return tuple(_marked(tag, 0, spans) for tag, spans in zip(article.tags, found, strict=True))


def _marked_title(article: Article, matches: ArticleMatches) -> MarkedText:
    """The title with its matches; those of a derived title are the body's, which it begins."""
    spans = matches.title
    if article.title_is_derived:
        end = len(article.title.removesuffix("…"))
        spans = tuple(span for span in matches.body if span.end <= end)
    return _marked(article.title, 0, spans)


def _marked(text: str, start: int, spans: Sequence[Span]) -> MarkedText:
    """`text` stands at `start` of the text that the spans are of; all are inside it."""
    return MarkedText(text, tuple((span.start - start, span.end - start) for span in spans))


def _link(article: Article) -> ArticleLink:
    return ArticleLink(article.id, article.title, article.date)

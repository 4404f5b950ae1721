"""What an engine is: a writer that fills a generation folder, and a snapshot that answers.

`indexing` and `searching` know these protocols only. An engine keeps all its files in the
generation folder it is given and never touches another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from searchapp.article_text import ArticlePart
from searchapp.deadline import Deadline
from searchapp.facets import Facet, Filters
from searchapp.german.lexicon import Lexicon
from searchapp.index_files import FileDigest
from searchapp.model import (
    NO_HISTOGRAM,
    Article,
    ArticleLink,
    FacetCount,
    Histogram,
    Note,
    Reason,
    RelatedWord,
    Sort,
    Span,
    Suggestion,
    ValueList,
    ValueRequest,
    WordFamily,
)
from searchapp.query import Query


@dataclass(frozen=True, slots=True)
class FacetRequest:
    """A facet to count. limit: number of values to return, besides the chosen ones."""

    facet: Facet
    limit: int


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of an answer is wanted.

    offset, limit: of the hits in the order of `sort`; a limit of 0 asks for the total only.
    histogram: whether to count the articles by date.
    marked: whether to return where and why each hit matches.
    related_words: how many to return at most.
    only_ids: whether the ids of the hits will do, so that no article is read.
    """

    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    facets: Sequence[FacetRequest] = ()
    histogram: bool = False
    marked: bool = True
    related_words: int = 0
    only_ids: bool = False


class ArticleMatches(NamedTuple):
    """Where a query matches in an article: sorted, disjoint spans; and what needs explaining.

    tags: for each tag of the article, in its order; empty if no tag matches.
    words: numbers of the words that it has in title, body or tags. The different words, patterns
        and phrases are numbered from 0 in the order of the query tree, excluded ones last.
    is_complete: whether there was time to look for them all; if not, all is empty, or those in the
        beginning of a very long text are there.
    """

    title: tuple[Span, ...] = ()
    body: tuple[Span, ...] = ()
    reasons: tuple[Reason, ...] = ()
    words: frozenset[int] = frozenset()
    is_complete: bool = True
    tags: tuple[tuple[Span, ...], ...] = ()


NO_MATCHES = ArticleMatches()
UNKNOWN_MATCHES = ArticleMatches(is_complete=False)


@dataclass(frozen=True, slots=True)
class RankedArticle:
    """A hit. article: its `origin` is left empty, and a body of millions of letters may be cut to
    its beginning: only `Snapshot.article` has it whole. score: higher is better, 0 when sorted by
    date.

    matches: empty unless they were asked for.
    """

    article: Article
    score: float
    matches: ArticleMatches = NO_MATCHES


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of an engine to one query.

    total: exact. hits: of the wanted page, best first; none where only ids are wanted.
    ids: of the articles of the wanted page, best first.
    facets, distinct: of those asked for, by name; see `ResultPage`.
    histogram: empty unless it was asked for.
    notes: for the reader, as when a wildcard stands for too many words.
    related_words: nouns that stand unusually often in what was found, the most telling first, each
        with the number of those articles that the word alone would find, too: more than none and
        at most half. Their `query` is left empty. None if they could not be found in time.
    """

    total: int
    hits: tuple[RankedArticle, ...] = ()
    ids: tuple[str, ...] = ()
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    distinct: Mapping[str, int] = field(default_factory=dict)
    histogram: Histogram = NO_HISTOGRAM
    notes: tuple[Note, ...] = ()
    related_words: tuple[RelatedWord, ...] | None = ()


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """A stored article, its `origin` left empty, and where and why a query matches in it.

    part: the part of a very long article that was asked for; its `body` above is the beginning.
    None where that is all of it.
    """

    article: Article
    matches: ArticleMatches = NO_MATCHES
    part: ArticlePart | None = None


class Correction(NamedTuple):
    """A likelier word, in its exact form.

    doc_freq: number of articles with it; 0 for a compound that the corpus does not hold.
    may_replace: whether neither the dictionary nor the corpus has the word as typed; otherwise the
        likelier word may be offered, and must not be searched for unasked.
    """

    form: str
    doc_freq: int
    may_replace: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What a reader has typed so far.

    text: all of it; tags, authors and titles are completed from it.
    beginning: its last word, perhaps unfinished, which words of the corpus complete.
    before: the words before it: others are counted within the articles that have all of these, in
        any form or as a part of compounds, as far as the corpus knows them.
    """

    text: str
    beginning: str
    before: tuple[str, ...] = ()


class Snapshot(Protocol):
    """One generation, open for reading; it never changes. Safe for use by several threads.

    Each call stands for itself: nothing is kept from one for another that would change its
    answer. All raise SearchTimeout when their deadline is over, and IndexDamaged.
    """

    @property
    def doc_count(self) -> int:
        """Number of articles."""

    @property
    def has_dates(self) -> bool:
        """Whether any article has a date."""

    def search(
        self, query: Query | None, filters: Filters, page: PageRequest, *, deadline: Deadline
    ) -> Found:
        """Answer a query tree of `searchapp.query`; None matches every article."""

    def values(
        self, query: Query | None, filters: Filters, wanted: ValueRequest, *, deadline: Deadline
    ) -> ValueList:
        """The values of a facet in the articles that `search` finds, counted as it counts them."""

    def has_article(self, article_id: str, *, deadline: Deadline) -> bool:
        """Whether there is an article with this id; none is read for that."""

    def stored_bytes(self, article_id: str) -> int:
        """How large the stored article with this id is; 0 if there is none or it is not known."""

    def article(
        self, article_id: str, query: Query | None, *, part: int = 1, deadline: Deadline
    ) -> MarkedArticle | None:
        """The article with this id, or None. A query of None matches nowhere in it.

        A part of the time is kept for showing it: in a very long article matches may be unknown.
        part: of its text, by its number from 1; a very long one may not be read whole.
        """

    def body(self, article_id: str) -> Iterator[str]:
        """All of the text of the article with this id, a piece at a time, however long it is."""

    def links(self, first: int, count: int, *, deadline: Deadline) -> list[ArticleLink]:
        """`count` of all articles, from number `first` on, in an order that never changes."""

    def corrections(self, word: str, *, limit: int, deadline: Deadline) -> list[Correction]:
        """Words of the corpus that the reader may have meant instead, the likeliest first.

        Empty for a word that is likely enough itself.
        """

    def suggestions(self, typed: Typed, *, limit: int, deadline: Deadline) -> list[Suggestion]:
        """What may be meant by a beginning, best first; words without those before them.

        Tolerant of case and umlauts, and of one typing error from four letters on.
        """

    def related(self, article_id: str, *, limit: int, deadline: Deadline) -> list[ArticleLink]:
        """The most similar other articles, best first; none for an unknown id."""

    def word_families(self, *, limit: int, deadline: Deadline) -> list[WordFamily]:
        """The most frequent dictionary words of the corpus with which others are joined."""

    def with_synonyms(self, synonyms: Mapping[str, tuple[str, ...]]) -> Snapshot:
        """The same generation, searched with other synonyms of the owner.

        It shares the files with this one: either is closed with the other.
        """

    def close(self) -> None:
        """Release the files. No other method may be called afterwards."""


class GenerationWriter(Protocol):
    """Fills one generation folder. Nothing is readable before `commit` returns."""

    def add(self, article: Article) -> None:
        """Add an article whose id the generation does not hold."""

    def remove(self, article_ids: Iterable[str]) -> None:
        """Remove articles that came with the base generation; unknown ids are ignored."""

    def commit(self) -> Mapping[str, FileDigest]:
        """Finish; the folder is complete and flushed to disk when this returns.

        Returns the digests of the files that were digested while they were written, by path in
        the folder. The caller reads and digests the other files, except those linked from the
        base.
        """

    def abort(self) -> None:
        """Stop all work and release all resources; the caller deletes the folder."""


class Engine(Protocol):
    """A way to store and search postings.

    has_checksums: whether reading a damaged file of the engine raises IndexDamaged, always. If
    not, a generation is checked as a whole before an update builds on it.
    """

    name: str
    has_checksums: bool

    def fingerprint(self) -> str:
        """Changes when an index built by other code or settings could give other answers."""

    def writer(
        self, folder: Path, *, base: Path | None, workers: int, kept: Path | None = None
    ) -> GenerationWriter:
        """Start to fill an empty `folder`; with `base`, from that generation's articles.

        kept: a file in which the writer may leave what spares the next one work, whichever folder
        that one fills. What a generation holds must not depend on it; it may be gone or damaged.
        """

    def open(self, folder: Path) -> Snapshot:
        """Open a committed generation. Raises IndexDamaged."""

    def lexicon(self, folder: Path) -> Lexicon:
        """The lexicon that was learned for a generation. Raises IndexDamaged."""

    def check_reachable(self, *, deadline: Deadline) -> None:
        """Raise IndexUnreadable if other machines that the engine needs do not answer now.

        And SearchTimeout.
        """

    def settle(self, index: Path, served: str) -> None:
        """Bring what the engine keeps outside of `index` in line with the generations in there.

        Called by the one writer of that folder before it begins, and after another generation
        is served. What belongs to no generation of the folder is deleted. served: the folder of
        the served generation in it, or "". Raises OSError, IndexUnreadable.
        """

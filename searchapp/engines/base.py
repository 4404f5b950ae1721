"""What an engine is: a writer that fills a generation folder, and a snapshot that answers.

`indexing` and `searching` know these protocols only. An engine keeps all its files in the
generation folder it is given and never touches another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from searchapp.deadline import Deadline
from searchapp.facets import Filters
from searchapp.german.lexicon import Lexicon
from searchapp.index_files import FileDigest
from searchapp.model import Article, FacetCount, Note, Reason, Sort, Span
from searchapp.query import Query


@dataclass(frozen=True, slots=True)
class Matches:
    """The answer of an engine to one query.

    total: exact. docs: document numbers of the wanted page, best first, with `scores`.
    facets: by facet name; see `ResultPage.facets`.
    notes: what the reader is told, as when a wildcard stood for too many words.
    """

    total: int
    docs: tuple[int, ...]
    scores: tuple[float, ...]
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


class ArticleMatches(NamedTuple):
    """Where a query matches in an article: sorted, disjoint spans; and what needs explaining."""

    title: list[Span]
    body: list[Span]
    reasons: list[Reason]


class Suggestion(NamedTuple):
    """A word in its exact form. doc_freq: articles with it, 0 for a compound never seen."""

    form: str
    doc_freq: int


class Snapshot(Protocol):
    """One generation, open for reading; it never changes. Safe for use by several threads."""

    @property
    def doc_count(self) -> int:
        """Number of articles."""

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
        """Answer a query tree of `searchapp.query`; None matches every article.

        Raises SearchTimeout.
        """

    def article(self, doc: int) -> Article:
        """The stored article with this document number, its `origin` left empty."""

    def hits(
        self, docs: Sequence[int], query: Query | None, *, deadline: Deadline
    ) -> list[tuple[Article, ArticleMatches]]:
        """The articles with these document numbers, and where and why each matches a query.

        All of a page at once, for an engine can read them together. None matches nowhere.
        Raises SearchTimeout.
        """

    def document_number(self, article_id: str) -> int | None:
        """The document number of an article, or None."""

    def suggestions(self, word: str, *, limit: int, deadline: Deadline) -> list[Suggestion]:
        """Words of the corpus that the reader may have meant instead, best first.

        Empty for a word that is frequent enough itself. Raises SearchTimeout.
        """

    def related(self, doc: int, *, limit: int, deadline: Deadline) -> tuple[int, ...]:
        """Document numbers of the most similar other articles, best first.

        Raises SearchTimeout.
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

        Returns the digests of those files that were digested while they were written, by path in
        the folder. All others are read again for theirs, but what is linked from the base.
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

    def writer(self, folder: Path, *, base: Path | None, workers: int) -> GenerationWriter:
        """Start to fill an empty `folder`; with `base`, from that generation's articles."""

    def open(self, folder: Path) -> Snapshot:
        """Open a committed generation. Raises IndexDamaged."""

    def lexicon(self, folder: Path) -> Lexicon:
        """The lexicon that was learned for a generation. Raises IndexDamaged."""

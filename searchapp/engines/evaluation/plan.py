"""What a query asks of the postings: lists and set operations of them.

Evaluating a plan yields all matching documents with their scores: a result page needs the exact
total and every facet count, so that every match must be seen anyway and nothing is gained by
stepping through the lists side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from searchapp.engines.evaluation.doc_set import Docs, Integers

Floats = npt.NDArray[np.float32]


class Postings(NamedTuple):
    """The documents of a term, ascending, and how often it occurs in each; equal shapes.

    docs: of any integer dtype. freqs: of any numeric one. Both may be maps of a file.
    """

    docs: Integers
    freqs: npt.NDArray[np.number[Any]]


class Place(NamedTuple):
    """Terms of a field of which one must stand at a place of a phrase."""

    field: str
    terms: tuple[str, ...]


class PostingsSource(Protocol):
    """Where an engine's postings come from. Deleted documents are not in them."""

    @property
    def max_doc(self) -> int:
        """One more than the largest document number."""

    def doc_freq(self, field: str, term: str) -> int:
        """In how many documents the term occurs (deleted ones may be counted)."""

    def postings(self, field: str, term: str) -> Postings:
        """The postings of a term; empty if there is none. Raises SearchTimeout."""

    def docs_of_any(self, field: str, terms: Sequence[str]) -> Integers:
        """The documents with any of many terms, in any order and any number of times.

        Raises SearchTimeout.
        """

    def adjacent(self, places: Sequence[Place]) -> Postings:
        """Where terms stand at consecutive positions, at each one of some. Raises SearchTimeout.

        places: of fields that share their positions, as a field and its exact forms do.
        """

    def dated(self, first_day: int, last_day: int) -> Integers:
        """The documents with a date in a range of day numbers, both inclusive, ascending."""

    def all_docs(self) -> Docs:
        """All documents, ascending."""

    def norms(self, field: str) -> Floats:
        """The `length_norms` of each document in a field, shape (max_doc,)."""


class ScoredDocs(NamedTuple):
    """Matching documents, ascending, and their scores; equal shapes."""

    docs: Docs
    scores: Floats


class Entry(NamedTuple):
    """Terms of a field that count as one, with its weight, idf included; below 0 for a penalty."""

    field: str
    terms: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class WeightedTerms:
    """Documents with at least one of the entries; the score is their weighted sum of BM25."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class AnyTerm:
    """Documents with any of many terms in a field, all with score 1: a wildcard."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Adjacent:
    """Documents with a phrase, scored as one term that is as rare as its words together.

    places: of fields that share their positions and lengths.
    """

    places: tuple[Place, ...]
    weight: float


@dataclass(frozen=True)
class DateRange:
    """Documents of a range of day numbers, both inclusive; score 0."""

    first_day: int
    last_day: int


@dataclass(frozen=True)
class MatchAll:
    """All documents; score 0."""


@dataclass(frozen=True)
class And:
    """Documents in all of the parts; scores are added."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True)
class Or:
    """Documents in any of the parts; scores are added."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True)
class WordPlan:
    """Documents with a word, or with what counts as one; scores in text and title are added.

    in_text: where it counts, in titles too. in_title: what it counts more in a title.
    """

    in_text: Plan
    in_title: Plan | None = None


class Wanted(NamedTuple):
    """One of the words of which a document should have many.

    telling: what it tells of a document, its idf; above 0.
    """

    telling: float
    word: WordPlan


@dataclass(frozen=True)
class Coordinated:
    """Documents with any of some words. Those with more of them rank higher.

    The scores in a text are added, and multiplied by (what the words that it has tell / what all
    tell) to the power `exponent`; a word in the title tells that once more, up to all. The scores
    in titles are added after that.
    """

    words: tuple[Wanted, ...]
    exponent: float


@dataclass(frozen=True)
class AndNot:
    """Documents of one plan that are not in another."""

    kept: Plan
    excluded: Plan


@dataclass(frozen=True)
class AndMaybe:
    """Documents of one plan; where they are in another, its score is added, times a weight."""

    required: Plan
    optional: Plan
    weight: float


Plan = (
    WeightedTerms
    | AnyTerm
    | Adjacent
    | DateRange
    | MatchAll
    | And
    | Or
    | WordPlan
    | Coordinated
    | AndNot
    | AndMaybe
)

"""What a query asks of the postings, and its evaluation a whole list at a time.

A plan is made of postings lists and set operations. Evaluating it yields all matching documents
with their scores: a result page needs the exact total and every facet count, so that every match
must be seen anyway and nothing is gained by stepping through the lists side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Docs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

K1, B = 1.2, 0.75
"""Okapi BM25's usual parameters. On `dip21_descriptors` K1 from 0.5 to 2 and B from 0.3 to 0.75
change nDCG@10 by 0.3 points at most."""


class Postings(NamedTuple):
    """The documents of a term, ascending, and how often it occurs in each; equal shapes."""

    docs: Docs
    freqs: Floats


class PostingsSource(Protocol):
    """Where an engine's postings come from. Deleted documents are not in them."""

    def doc_freq(self, field: str, term: str) -> int:
        """In how many documents the term occurs (deleted ones may be counted)."""

    def postings(self, field: str, term: str) -> Postings:
        """The postings of a term; empty if there is none. Raises SearchTimeout."""

    def adjacent(self, field: str, terms: Sequence[str]) -> Postings:
        """Where the terms stand at consecutive positions. Raises SearchTimeout."""

    def dated(self, first_day: int, last_day: int) -> Docs:
        """The documents with a date in a range of day numbers, both inclusive."""

    def all_docs(self) -> Docs:
        """All documents, ascending."""

    def lengths(self, field: str) -> npt.NDArray[np.int32]:
        """Number of terms of each document in a field, shape (document numbers,)."""

    def average_length(self, field: str) -> float:
        """Mean of `lengths` over the documents."""


class Found(NamedTuple):
    """Matching documents, ascending, and their scores; equal shapes."""

    docs: Docs
    scores: Floats


class Entry(NamedTuple):
    """A term of a field with its weight, idf included; below 0 for a penalty."""

    field: str
    term: str
    weight: float


@dataclass(frozen=True)
class Word:
    """Documents with at least one of the entries; the score is their weighted sum of BM25."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class AnyOf:
    """Documents with any of many terms in a field, all with score 1: a wildcard."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Adjacent:
    """Documents with a phrase, scored as one term that is as rare as its words together."""

    field: str
    terms: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Dated:
    """Documents of a range of day numbers, both inclusive; score 0."""

    first_day: int
    last_day: int


@dataclass(frozen=True)
class Everything:
    """All documents; score 0."""


@dataclass(frozen=True)
class All:
    """Documents in all of the parts; scores are added."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True)
class Some:
    """Documents in any of the parts; scores are added."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True)
class Without:
    """Documents of one plan that are not in another."""

    kept: Plan
    excluded: Plan


Plan = Word | AnyOf | Adjacent | Dated | Everything | All | Some | Without


def idf(doc_freq: int, doc_count: int) -> float:
    """Inverse document frequency, never negative (Robertson & Zaragoza 2009, with Lucene's +1)."""
    return float(np.log1p((doc_count - doc_freq + 0.5) / (doc_freq + 0.5)))


def bm25(freqs: Floats, lengths: npt.NDArray[np.int32], average: float) -> Floats:
    """Okapi BM25 without idf (Robertson & Zaragoza 2009, eq. 3.15); all of shape (n,)."""
    relative = lengths.astype(np.float32) / np.float32(max(average, 1.0))
    norm = np.float32(K1) * (1 - B + B * relative)
    return (freqs * np.float32(K1 + 1) / (freqs + norm)).astype(np.float32)


def evaluate(plan: Plan, source: PostingsSource) -> Found:
    """All documents that match a plan, with their scores. Raises SearchTimeout."""
    if isinstance(plan, Word):
        return _evaluate_word(plan, source)
    if isinstance(plan, AnyOf):
        lists = [source.postings(plan.field, term).docs for term in plan.terms]
        docs = np.unique(np.concatenate(lists)) if lists else _NO_DOCS
        return Found(docs, np.ones(len(docs), dtype=np.float32))
    if isinstance(plan, Adjacent):
        postings = source.adjacent(plan.field, plan.terms)
        return Found(postings.docs, _weighted(plan.field, postings, plan.weight, source))
    if isinstance(plan, Dated):
        return _unscored(source.dated(plan.first_day, plan.last_day))
    if isinstance(plan, Everything):
        return _unscored(source.all_docs())
    if isinstance(plan, All):
        return _evaluate_all(plan, source)
    if isinstance(plan, Some):
        return _sum([evaluate(part, source) for part in plan.parts])
    kept, excluded = evaluate(plan.kept, source), evaluate(plan.excluded, source)
    mask = np.isin(kept.docs, excluded.docs, assume_unique=True, invert=True)
    return Found(kept.docs[mask], kept.scores[mask])


_NO_DOCS: Docs = np.empty(0, dtype=np.int64)


def _unscored(docs: Docs) -> Found:
    return Found(docs, np.zeros(len(docs), dtype=np.float32))


def _weighted(field: str, postings: Postings, weight: float, source: PostingsSource) -> Floats:
    lengths = source.lengths(field)[postings.docs]
    weighted: Floats = np.float32(weight) * bm25(
        postings.freqs, lengths, source.average_length(field)
    )
    return weighted


def _evaluate_word(word: Word, source: PostingsSource) -> Found:
    found = []
    for entry in word.entries:
        postings = source.postings(entry.field, entry.term)
        if len(postings.docs):
            scores = _weighted(entry.field, postings, entry.weight, source)
            found.append(Found(postings.docs, scores))
    return _sum(found)


def _sum(found: Sequence[Found]) -> Found:
    if len(found) == 1:
        return found[0]
    if not found:
        return _unscored(_NO_DOCS)
    docs = np.unique(np.concatenate([each.docs for each in found]))
    scores = np.zeros(len(docs), dtype=np.float32)
    for each in found:
        scores[np.searchsorted(docs, each.docs)] += each.scores
    return Found(docs, scores)


def _evaluate_all(plan: All, source: PostingsSource) -> Found:
    found = sorted((evaluate(part, source) for part in plan.parts), key=lambda f: len(f.docs))
    docs = found[0].docs
    for each in found[1:]:
        docs = docs[np.isin(docs, each.docs, assume_unique=True)]
    scores = np.zeros(len(docs), dtype=np.float32)
    for each in found:
        scores += each.scores[np.searchsorted(each.docs, docs)]
    return Found(docs, scores)

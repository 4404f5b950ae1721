"""A plan -> all documents that match it with their scores, a whole postings list at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.bm25 import bm25
from searchapp.engines.evaluation.doc_set import Docs, DocSet, Integers, Mask
from searchapp.engines.evaluation.plan import (
    Adjacent,
    And,
    AndMaybe,
    AndNot,
    AnyTerm,
    Coordinated,
    DateRange,
    Floats,
    MatchAll,
    Or,
    Plan,
    Postings,
    PostingsSource,
    ScoredDocs,
    WeightedTerms,
)

DENSE_SHARE = 1 / 200
"""Lists that are together longer than this share of all documents are added up in an array with
a place for each document; shorter ones are merged by sorting."""
FEW_TERMS = 8
"""No word of a query stands for more; a pattern mostly does."""
FILTER_FIRST_SHARE = 1 / 2
"""Cutting postings down to the allowed documents pays where fewer than this share are allowed."""


def evaluate(
    plan: Plan, source: PostingsSource, *, deadline: Deadline, allowed: DocSet | None = None
) -> ScoredDocs:
    """All documents that match a plan, with their scores. Raises SearchTimeout.

    allowed: if given, only its documents are found; postings of others are not scored where
    that is cheaper than to drop them at the end.
    """
    evaluation = _Evaluation(source, deadline)
    if allowed is None or len(allowed) < FILTER_FIRST_SHARE * source.max_doc:
        return evaluation.found(plan, allowed)
    docs, scores = evaluation.found(plan, None)
    kept = allowed.places_in(docs)
    return ScoredDocs(docs[kept], scores[kept])


def expected_postings(plan: Plan, source: PostingsSource) -> int:
    """The approximate number of postings that evaluating a plan reads: an estimate of its cost."""
    if isinstance(plan, WeightedTerms):
        return sum(
            source.doc_freq(entry.field, term) for entry in plan.entries for term in entry.terms
        )
    if isinstance(plan, AnyTerm):
        return sum(source.doc_freq(plan.field, term) for term in plan.terms)
    if isinstance(plan, Adjacent):
        # The place of a pattern has hundreds of terms, and seldom the fewest documents.
        fewest = min(len(place.terms) for place in plan.places)
        return min(
            sum(source.doc_freq(place.field, term) for term in place.terms)
            for place in plan.places
            if len(place.terms) <= max(fewest, FEW_TERMS)
        )
    if isinstance(plan, And):
        return min(expected_postings(part, source) for part in plan.parts)
    if isinstance(plan, Or):
        return sum(expected_postings(part, source) for part in plan.parts)
    if isinstance(plan, Coordinated):
        plans = [each for word in plan.words for each in (word.in_text, word.in_title) if each]
        return sum(expected_postings(each, source) for each in plans)
    if isinstance(plan, AndNot):
        return expected_postings(plan.kept, source)
    if isinstance(plan, AndMaybe):
        return expected_postings(plan.required, source)
    return source.max_doc


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """One evaluation of a plan.

    The methods take as `within` the documents that can still match, or None for all documents.
    """

    source: PostingsSource
    deadline: Deadline

    def found(self, plan: Plan, within: DocSet | None) -> ScoredDocs:
        self.deadline.check()
        if isinstance(plan, And):
            return self._and(plan, within)
        if isinstance(plan, Coordinated):
            return self._coordinated(plan, within)
        if isinstance(plan, AndNot):
            return self._and_not(plan, within)
        if isinstance(plan, AndMaybe):
            return self._and_maybe(plan, within)
        if isinstance(plan, AnyTerm):
            docs = _distinct(self.source.docs_of_any(plan.field, plan.terms), self.source.max_doc)
            docs = _narrowed(docs, within)
            return ScoredDocs(docs, np.ones(len(docs), dtype=np.float32))
        if isinstance(plan, DateRange):
            return _unscored(_narrowed(self.source.dated(plan.first_day, plan.last_day), within))
        if isinstance(plan, MatchAll):
            return _unscored(self.source.all_docs() if within is None else within.docs)
        return _sum(list(self._summands(plan, within)), self.source.max_doc)

    def _summands(self, plan: Plan, within: DocSet | None) -> Iterator[ScoredDocs]:
        """Lists whose documents are those of the plan, and their sums of scores its scores."""
        if isinstance(plan, WeightedTerms):
            for field, terms, weight in plan.entries:
                yield self._scored(field, self._postings(field, terms), weight, within)
        elif isinstance(plan, Adjacent):
            postings = self.source.adjacent(plan.places)
            yield self._scored(plan.places[0].field, postings, plan.weight, within)
        elif isinstance(plan, Or):
            for part in plan.parts:
                yield from self._summands(part, within)
        else:
            yield self.found(plan, within)

    def _postings(self, field: str, terms: Sequence[str]) -> Postings:
        """The postings of terms that count as one: where both are, frequencies are added."""
        found = [self.source.postings(field, term) for term in terms]
        found = [each for each in found if len(each.docs)]
        if len(found) < 2:
            return found[0] if found else Postings(_NO_DOCS, _NO_SCORES)
        docs, places = np.unique(np.concatenate([each.docs for each in found]), return_inverse=True)
        freqs = np.bincount(places, np.concatenate([each.freqs for each in found]))
        return Postings(docs, freqs.astype(np.float32))

    def _scored(
        self, field: str, postings: Postings, weight: float, within: DocSet | None
    ) -> ScoredDocs:
        self.deadline.check()
        some_docs, freqs = postings
        if within is not None and len(some_docs):
            places = within.places_in(some_docs)
            some_docs, freqs = some_docs[places], freqs[places]
        docs = some_docs.astype(np.intp, copy=False)
        if not len(docs):
            return ScoredDocs(docs, _NO_SCORES)
        return ScoredDocs(docs, bm25(freqs, self.source.norms(field).take(docs), weight))

    def _and(self, plan: And, within: DocSet | None) -> ScoredDocs:
        """The rarest part is evaluated first, the others only where it and they can match."""
        parts = sorted(plan.parts, key=lambda part: expected_postings(part, self.source))
        docs, scores = self.found(parts[0], within)
        for part in parts[1:]:
            if not len(docs):
                break
            further = self.found(part, DocSet(self.source.max_doc, docs=docs))
            both = DocSet(self.source.max_doc, docs=further.docs).places_in(docs)
            scores = scores.take(both) + further.scores
            docs = further.docs
        return ScoredDocs(docs, scores)

    def _coordinated(self, plan: Coordinated, within: DocSet | None) -> ScoredDocs:
        found = [
            (
                word.telling,
                list(self._summands(word.in_text, within)),
                list(self._summands(word.in_title, within)) if word.in_title else [],
            )
            for word in plan.words
        ]
        lists = [each.docs for _, text, title in found for each in (*text, *title)]
        places = _Places(lists, self.source.max_doc)
        in_texts, in_titles, share = (np.zeros(places.count, dtype=np.float32) for _ in range(3))
        matched = np.zeros(places.count, dtype=np.bool_)
        together = sum(word.telling for word in plan.words)
        for telling, text, title in found:
            self.deadline.check()
            for scored, sums in ((text, in_texts), (title, in_titles)):
                if scored:
                    has = places.add_up(scored, sums)
                    share += np.float32(telling / together) * has
                    matched |= has
        kept = np.flatnonzero(matched)
        share = np.minimum(share.take(kept), 1)
        scores = in_texts.take(kept) * share ** np.float32(plan.exponent) + in_titles.take(kept)
        return ScoredDocs(places.docs(kept), scores)

    def _and_not(self, plan: AndNot, within: DocSet | None) -> ScoredDocs:
        docs, scores = self.found(plan.kept, within)
        excluded = self.found(plan.excluded, DocSet(self.source.max_doc, docs=docs)).docs
        kept = np.ones(len(docs), dtype=np.bool_)
        kept[DocSet(self.source.max_doc, docs=excluded).places_in(docs)] = False
        return ScoredDocs(docs[kept], scores[kept])

    def _and_maybe(self, plan: AndMaybe, within: DocSet | None) -> ScoredDocs:
        docs, scores = self.found(plan.required, within)
        within = DocSet(self.source.max_doc, docs=docs)
        for further in self._summands(plan.optional, within):
            places = DocSet(self.source.max_doc, docs=further.docs).places_in(docs)
            scores[places] += np.float32(plan.weight) * further.scores
        return ScoredDocs(docs, scores)


_NO_DOCS: Docs = np.empty(0, dtype=np.intp)
_NO_SCORES: Floats = np.empty(0, dtype=np.float32)


def _unscored(docs: Docs) -> ScoredDocs:
    return ScoredDocs(docs, np.zeros(len(docs), dtype=np.float32))


def _narrowed(docs: Integers, within: DocSet | None) -> Docs:
    kept = docs if within is None else docs[within.places_in(docs)]
    return kept.astype(np.intp, copy=False)


def _distinct(docs: Integers, max_doc: int) -> Docs:
    """Documents in any order, ascending and each once."""
    if len(docs) < DENSE_SHARE * max_doc:
        return np.unique(docs).astype(np.intp, copy=False)
    mask = np.zeros(max_doc, dtype=np.bool_)
    mask[docs] = True
    return np.flatnonzero(mask)


class _Places:
    """Places in an array for the documents of some lists: for all documents where the lists are
    long, otherwise for those in the lists only."""

    def __init__(self, lists: Sequence[Docs], max_doc: int) -> None:
        self._docs: Docs | None = None
        self.count = max_doc
        if sum(map(len, lists)) < DENSE_SHARE * max_doc:
            self._docs = np.unique(np.concatenate(lists)) if lists else _NO_DOCS
            self.count = len(self._docs)

    def docs(self, places: Docs) -> Docs:
        """The documents at some places."""
        return places if self._docs is None else self._docs.take(places)

    def add_up(self, found: Sequence[ScoredDocs], sums: Floats) -> Mask:
        """Add scores at the places of their documents. Returns where there are any."""
        has = np.zeros(self.count, dtype=np.bool_)
        for docs, scores in found:
            places = docs if self._docs is None else self._docs.searchsorted(docs)
            np.add.at(sums, places, scores)
            has[places] = True
        return has


def _sum(found: Sequence[ScoredDocs], max_doc: int) -> ScoredDocs:
    """The documents of all lists together, the scores of each added up."""
    found = [each for each in found if len(each.docs)]
    if len(found) < 2:
        return found[0] if found else ScoredDocs(_NO_DOCS, _NO_SCORES)
    places = _Places([each.docs for each in found], max_doc)
    sums = np.zeros(places.count, dtype=np.float32)
    kept = np.flatnonzero(places.add_up(found, sums))
    return ScoredDocs(places.docs(kept), sums.take(kept))

"""A plan -> all documents that match it with their scores, a whole postings list at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.bm25 import bm25
from searchapp.engines.evaluation.doc_set import Docs, DocSet, Integers
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
    WordPlan,
)
from searchapp.engines.fields import measured_field
from searchapp.engines.storage.segment_file import SizedCache

DENSE_SHARE = 1 / 64
"""Lists that are together longer than this share of all documents are added up in an array with
a place for each document; shorter ones are merged by sorting."""
FEW_TERMS = 8
"""No word of a query stands for more; a pattern mostly does."""
FILTER_FIRST_SHARE = 1 / 2
"""Cutting postings down to the allowed documents pays where fewer than this share are allowed."""
WHOLE_POSTINGS = 8192
"""Up to so many postings of a word are all scored, and kept, where only some could match: that
takes a fraction of a millisecond."""


class Scored(NamedTuple):
    """As ScoredDocs, in half of the memory."""

    docs: npt.NDArray[np.int32]
    scores: Floats


class WordScores(NamedTuple):
    """What a word scores, and what it scores more in titles, in all documents that have it."""

    text: Scored
    title: Scored

    @property
    def size_bytes(self) -> int:
        """Estimated bytes in memory, with those of the plan that it is kept under, which has no
        pattern in it."""
        return 5000 + sum(array.nbytes for scored in self for array in scored)


KeptWords = SizedCache[WordScores]
"""By the WordPlan; holds for one source."""


def evaluate(
    plan: Plan,
    source: PostingsSource,
    *,
    deadline: Deadline,
    allowed: DocSet | None = None,
    words: KeptWords | None = None,
) -> ScoredDocs:
    """All documents that match a plan, with their scores. Raises SearchTimeout.

    allowed: if given, only its documents are found; postings of others are not scored where
    that is cheaper than to drop them at the end. words: kept from other plans, and for others; no
    score depends on what is kept.
    """
    evaluation = _Evaluation(source, deadline, words or SizedCache(0))
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
    if isinstance(plan, WordPlan):
        return sum(
            expected_postings(each, source) for each in (plan.in_text, plan.in_title) if each
        )
    if isinstance(plan, Coordinated):
        return sum(expected_postings(wanted.word, source) for wanted in plan.words)
    if isinstance(plan, AndNot):
        return expected_postings(plan.kept, source)
    if isinstance(plan, AndMaybe):
        return expected_postings(plan.required, source)
    return source.max_doc


Number = TypeVar("Number", bound=np.number[Any])

_Weighted = tuple[str, float, Postings]
"""Postings of a field with their weight."""


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """One evaluation of a plan.

    The methods take as `within` the documents that can still match, or None for all documents.
    """

    source: PostingsSource
    deadline: Deadline
    words: KeptWords

    def found(self, plan: Plan, within: DocSet | None) -> ScoredDocs:
        self.deadline.check()
        if isinstance(plan, And):
            return self._and(plan, within)
        if isinstance(plan, WordPlan):
            return _sum(self._word(plan, within), self.source.max_doc)
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
            yield from self._weighted(plan, within)
        elif isinstance(plan, Adjacent):
            self.deadline.check()
            postings = _cut(self.source.adjacent(plan.places), within)
            yield self._scored([(plan.places[0].field, plan.weight, postings)])
        elif isinstance(plan, Or):
            for part in plan.parts:
                yield from self._summands(part, within)
        else:
            yield self.found(plan, within)

    def _weighted(self, plan: WeightedTerms, within: DocSet | None) -> Iterator[ScoredDocs]:
        """As `_summands`; the entries that are ranked by the same lengths are one list."""
        lists: dict[str, list[_Weighted]] = {}
        for field, terms, weight in plan.entries:
            self.deadline.check()
            postings = _merged([_cut(self.source.postings(field, term), within) for term in terms])
            if len(postings.docs):
                lists.setdefault(measured_field(field), []).append((field, weight, postings))
        for together in lists.values():
            yield self._scored(together)

    def _scored(self, lists: Sequence[_Weighted]) -> ScoredDocs:
        """The postings of all lists, one list after the other; of fields of the same lengths.

        One array for all: most lists are short, and of them each operation costs the same.
        """
        norms = self.source.norms(lists[0][0])
        weights = np.array([weight for _, weight, _ in lists])
        if len(lists) > 1:
            weights = weights.repeat([len(postings.docs) for *_, postings in lists])
        docs = _one_array([postings.docs for *_, postings in lists]).astype(np.intp, copy=False)
        freqs = _one_array([postings.freqs for *_, postings in lists])
        return ScoredDocs(docs, bm25(freqs, norms.take(docs), weights))

    def _word(self, plan: WordPlan, within: DocSet | None) -> WordScores:
        """The scores of a word in the documents that can still match.

        They are the same whether they were kept or not, and so is the order of what is added.
        """
        kept = self.words.peek(plan)
        if kept is None:
            if within is not None:
                bound = max(WHOLE_POSTINGS, len(within))
                if expected_postings(plan, self.source) > bound:
                    return self._word_scores(plan, within)
            if _has_pattern(plan):
                return self._word_scores(plan, within)
            kept = self.words.get(plan, lambda: self._word_scores(plan, None))
        if within is None:
            return kept
        return WordScores(_within(kept.text, within), _within(kept.title, within))

    def _word_scores(self, plan: WordPlan, within: DocSet | None) -> WordScores:
        found = [
            _sum(list(self._summands(each, within)) if each else [], self.source.max_doc)
            for each in (plan.in_text, plan.in_title)
        ]
        for _, scores in found:
            scores.flags.writeable = False  # They may be kept, and are handed out as they are.
        return WordScores(*(Scored(docs.astype(np.int32), scores) for docs, scores in found))

    def _and(self, plan: And, within: DocSet | None) -> ScoredDocs:
        """The rarest part is evaluated first, the others only where it and they can match.

        Scores are added in the order of the plan: which part is the rarest may be a close thing.
        """
        costs = [self._cost(part) for part in plan.parts]
        first, *others = sorted(range(len(costs)), key=costs.__getitem__)
        docs, its_scores = self.found(plan.parts[first], within)
        scores = {first: its_scores}
        for number in others:
            if not len(docs):
                break
            further = self.found(plan.parts[number], DocSet(self.source.max_doc, docs=docs))
            if len(further.docs) < len(docs):
                both = docs.searchsorted(further.docs)
                scores = {each: known.take(both) for each, known in scores.items()}
            docs, scores[number] = further
        return ScoredDocs(docs, np.sum([scores[each] for each in sorted(scores)], axis=0))

    def _cost(self, plan: Plan) -> int:
        """About how many postings are read for a plan."""
        kept = self.words.peek(plan) if isinstance(plan, WordPlan) else None
        return expected_postings(plan, self.source) if kept is None else len(kept.text.docs)

    def _coordinated(self, plan: Coordinated, within: DocSet | None) -> ScoredDocs:
        found = [self._word(wanted.word, within) for wanted in plan.words]
        self.deadline.check()
        texts, titles = [each.text for each in found], [each.title for each in found]
        both = [*texts, *titles]
        docs = np.concatenate([each.docs for each in both], dtype=np.intp)
        places = _Places(docs, self.source.max_doc)
        in_texts, in_titles, share = (np.zeros(places.count, dtype=np.float32) for _ in range(3))
        sizes = [len(each.docs) for each in both]
        behind_texts = sum(sizes[: len(texts)])
        for sums, its_places, lists in (
            (in_texts, places.of_docs[:behind_texts], texts),
            (in_titles, places.of_docs[behind_texts:], titles),
        ):
            np.add.at(sums, its_places, np.concatenate([each.scores for each in lists]))
        together = sum(wanted.telling for wanted in plan.words)
        told = [wanted.telling / together for wanted in plan.words] * 2
        np.add.at(share, places.of_docs, np.array(told, dtype=np.float32).repeat(sizes))
        share = np.minimum(places.held(share), 1)
        scores = places.held(in_texts) * share ** np.float32(plan.exponent)
        return ScoredDocs(places.docs, scores + places.held(in_titles))

    def _and_not(self, plan: AndNot, within: DocSet | None) -> ScoredDocs:
        docs, scores = self.found(plan.kept, within)
        excluded = self.found(plan.excluded, DocSet(self.source.max_doc, docs=docs)).docs
        kept = np.ones(len(docs), dtype=np.bool_)
        kept[DocSet(self.source.max_doc, docs=excluded).places_in(docs)] = False
        return ScoredDocs(docs[kept], scores[kept])

    def _and_maybe(self, plan: AndMaybe, within: DocSet | None) -> ScoredDocs:
        docs, required_scores = self.found(plan.required, within)
        scores = required_scores.copy()
        within = DocSet(self.source.max_doc, docs=docs)
        for further in self._summands(plan.optional, within):
            np.add.at(
                scores, docs.searchsorted(further.docs), np.float32(plan.weight) * further.scores
            )
        return ScoredDocs(docs, scores)


def _has_pattern(plan: Plan) -> bool:
    """Whether a plan names the hundreds of terms that a wildcard may stand for."""
    if isinstance(plan, AnyTerm):
        return True
    if isinstance(plan, Adjacent):
        return any(len(place.terms) > FEW_TERMS for place in plan.places)
    parts: tuple[Plan | None, ...] = ()
    if isinstance(plan, And | Or):
        parts = plan.parts
    elif isinstance(plan, WordPlan):
        parts = plan.in_text, plan.in_title
    elif isinstance(plan, Coordinated):
        parts = tuple(wanted.word for wanted in plan.words)
    elif isinstance(plan, AndNot):
        parts = plan.kept, plan.excluded
    elif isinstance(plan, AndMaybe):
        parts = plan.required, plan.optional
    return any(part is not None and _has_pattern(part) for part in parts)


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
        return _distinct_places(docs.astype(np.intp, copy=False))[0]
    mask = np.zeros(max_doc, dtype=np.bool_)
    mask[docs] = True
    return np.flatnonzero(mask)


def _merged(lists: Sequence[Postings]) -> Postings:
    """The postings of terms that count as one: where several are, frequencies are added."""
    if len(lists) == 1:
        return lists[0]
    found = [each for each in lists if len(each.docs)]
    if len(found) < 2:
        return found[0] if found else Postings(_NO_DOCS, _NO_SCORES)
    docs, places = _distinct_places(np.concatenate([each.docs for each in found], dtype=np.intp))
    freqs = np.bincount(places, np.concatenate([each.freqs for each in found]))
    return Postings(docs, freqs.astype(np.float32))


def _cut(postings: Postings, within: DocSet | None) -> Postings:
    """The postings in some documents only."""
    if within is None or not len(postings.docs):
        return postings
    places = within.places_in(postings.docs)
    return Postings(postings.docs[places], postings.freqs[places])


def _within(scored: Scored, within: DocSet) -> Scored:
    """The same."""
    if not len(scored.docs):
        return scored
    places = within.places_in(scored.docs)
    return Scored(scored.docs.take(places), scored.scores.take(places))


def _distinct_places(docs: Docs) -> tuple[Docs, Docs]:
    """The different ones of some documents, ascending, and the place of each document there."""
    # Ascending runs, one after the other, are sorted in a fraction of the time of np.unique.
    order = np.argsort(docs, kind="stable")
    ordered = docs[order]
    is_new = np.ones(len(docs), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    places = np.empty(len(docs), dtype=np.intp)
    places[order] = np.cumsum(is_new) - 1
    return ordered[is_new], places


class _Places:
    """Places in an array for some documents, which may be in any order and repeat: for all
    documents where they are many, otherwise for these only.

    of_docs: the place of each. docs: at the places that some document has, ascending.
    """

    def __init__(self, docs: Docs, max_doc: int) -> None:
        self._is_dense = len(docs) >= DENSE_SHARE * max_doc
        if self._is_dense:
            mask = np.zeros(max_doc, dtype=np.bool_)
            mask[docs] = True
            self.docs, self.of_docs = np.flatnonzero(mask), docs
        else:
            self.docs, self.of_docs = _distinct_places(docs)
        self.count = max_doc if self._is_dense else len(self.docs)

    def held(self, values: Floats) -> Floats:
        """The values, of shape (count,), at the places that some document has."""
        return values.take(self.docs) if self._is_dense else values


def _one_array(arrays: Sequence[npt.NDArray[Number]]) -> npt.NDArray[Number]:
    """One after the other; a single one is not copied."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _sum(found: Sequence[ScoredDocs | Scored], max_doc: int) -> ScoredDocs:
    """The documents of all lists together, ascending, the scores of each added up."""
    found = [each for each in found if len(each.docs)]
    if not found:
        return ScoredDocs(_NO_DOCS, _NO_SCORES)
    docs = np.concatenate([each.docs for each in found], dtype=np.intp)
    scores = _one_array([each.scores for each in found])
    if len(found) == 1 and bool((docs[1:] > docs[:-1]).all()):
        return ScoredDocs(docs, scores)
    places = _Places(docs, max_doc)
    sums = np.zeros(places.count, dtype=np.float32)
    np.add.at(sums, places.of_docs, scores)
    return ScoredDocs(places.docs, places.held(sums))

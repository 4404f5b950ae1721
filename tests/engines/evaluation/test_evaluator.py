"""Plans are evaluated as a plain scan over all documents does, in every way of evaluating."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.evaluation import evaluator
from searchapp.engines.evaluation.bm25 import K1, B, bm25, idf, length_norms
from searchapp.engines.evaluation.doc_set import Docs, DocSet, Integers
from searchapp.engines.evaluation.evaluator import KeptWords, evaluate, expected_postings
from searchapp.engines.evaluation.plan import (
    Adjacent,
    And,
    AndMaybe,
    AndNot,
    AnyTerm,
    Coordinated,
    DateRange,
    Entry,
    Floats,
    MatchAll,
    Or,
    Place,
    Plan,
    Postings,
    Wanted,
    WeightedTerms,
    WordPlan,
)
from searchapp.errors import SearchTimeout

MAX_DOC = 60
TERMS = tuple("abcdef")
Frequencies = dict[str, dict[int, int]]


@dataclass
class Lists:
    """A PostingsSource in memory: frequencies[term][doc] in the field "text"."""

    frequencies: Frequencies
    max_doc: int = MAX_DOC
    dtype: str = "u4"
    read: list[str] = field(default_factory=list)

    def doc_freq(self, _field: str, term: str) -> int:
        return len(self.frequencies.get(term, {}))

    def postings(self, _field: str, term: str) -> Postings:
        self.read.append(term)
        freqs = sorted(self.frequencies.get(term, {}).items())
        return Postings(
            np.asarray([doc for doc, _ in freqs], dtype=self.dtype),
            np.asarray([freq for _, freq in freqs], dtype=np.uint8),
        )

    def docs_of_any(self, field: str, terms: Sequence[str]) -> Integers:
        return np.concatenate([self.postings(field, term).docs for term in (*terms, "none")])

    def adjacent(self, places: Sequence[Place]) -> Postings:
        """Taken as one place where each of the places has any of its terms."""
        docs = [
            doc
            for doc in range(self.max_doc)
            if all(any(self.held(term, doc) for term in place.terms) for place in places)
        ]
        return Postings(np.asarray(sorted(docs), dtype=self.dtype), np.ones(len(docs), np.uint8))

    def held(self, term: str, doc: int) -> bool:
        return doc in self.frequencies.get(term, {})

    def dated(self, first_day: int, last_day: int) -> Integers:
        """The number of a document is its day."""
        return np.arange(max(0, first_day), min(self.max_doc - 1, last_day) + 1, dtype=self.dtype)

    def all_docs(self) -> Docs:
        return np.arange(self.max_doc)

    def norms(self, _field: str) -> Floats:
        return length_norms(np.arange(self.max_doc), 3.0)


def plain_scan(plan: Plan, lists: Lists) -> dict[int, float]:
    """The documents of a plan and their scores, one at a time."""
    match plan:
        case WeightedTerms(entries):
            scores: dict[int, float] = {}
            for entry in entries:
                freqs: Counter[int] = Counter()
                for term in entry.terms:
                    freqs.update(lists.frequencies.get(term, {}))
                for doc, freq in freqs.items():
                    scores[doc] = scores.get(doc, 0) + entry.weight * plain_bm25(freq, doc)
            return scores
        case Adjacent(places, weight):
            held = lists.adjacent(places).docs.tolist()
            return {doc: weight * plain_bm25(1, doc) for doc in held}
        case AnyTerm(_, terms):
            return {doc: 1.0 for term in terms for doc in lists.frequencies.get(term, {})}
        case DateRange(first, last):
            return {doc: 0.0 for doc in range(lists.max_doc) if first <= doc <= last}
        case MatchAll():
            return dict.fromkeys(range(lists.max_doc), 0.0)
        case AndNot(kept, excluded):
            gone = plain_scan(excluded, lists)
            return {doc: s for doc, s in plain_scan(kept, lists).items() if doc not in gone}
        case AndMaybe(required, optional, weight):
            more = plain_scan(optional, lists)
            return {
                doc: score + weight * more.get(doc, 0.0)
                for doc, score in plain_scan(required, lists).items()
            }
        case WordPlan(in_text, in_title):
            return plain_scan(Or((in_text, in_title)) if in_title else in_text, lists)
        case Coordinated(words, exponent):
            return plain_coordination(words, exponent, lists)
        case And(parts) | Or(parts):
            found = [plain_scan(part, lists) for part in parts]
            combine = set.intersection if isinstance(plan, And) else set.union
            together = reduce(combine, map(set, found))
            return {doc: sum(each.get(doc, 0.0) for each in found) for doc in together}


def plain_coordination(words: Sequence[Wanted], exponent: float, lists: Lists) -> dict[int, float]:
    found = [
        (
            telling,
            plain_scan(word.in_text, lists),
            plain_scan(word.in_title, lists) if word.in_title else {},
        )
        for telling, word in words
    ]
    together = sum(telling for telling, _, _ in found)
    scores = {}
    for doc in {doc for _, *both in found for each in both for doc in each}:
        told = sum(telling * ((doc in text) + (doc in title)) for telling, text, title in found)
        in_text = sum(text.get(doc, 0.0) for _, text, _ in found)
        in_title = sum(title.get(doc, 0.0) for _, _, title in found)
        scores[doc] = in_text * min(1, told / together) ** exponent + in_title
    return scores


def plain_bm25(freq: int, length: int) -> float:
    return freq * (K1 + 1) / (freq + K1 * (1 - B + B * length / 3.0))


terms = st.sampled_from((*TERMS, "missing"))
lists = st.fixed_dictionaries(
    {term: st.dictionaries(st.integers(0, MAX_DOC - 1), st.integers(1, 4)) for term in TERMS}
)
_as_one = st.lists(terms, min_size=1, max_size=3, unique=True).map(tuple)
_weights = st.sampled_from((-0.5, 0.0, 1.0, 3))
_entries = st.lists(st.builds(Entry, st.just("text"), _as_one, _weights))
_places = st.lists(st.builds(Place, st.just("text"), _as_one), min_size=1, max_size=3).map(tuple)
_leaves: st.SearchStrategy[Plan] = st.one_of(
    st.builds(WeightedTerms, _entries.map(tuple)),
    st.builds(AnyTerm, st.just("text"), st.lists(terms).map(tuple)),
    st.builds(Adjacent, _places, st.just(2.0)),
    st.builds(DateRange, st.integers(-5, 70), st.integers(-5, 70)),
    st.just(MatchAll()),
)


def _combined(parts: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        _words(parts),
        _coordinated(parts),
        st.builds(AndNot, parts, parts),
        st.builds(AndMaybe, parts, parts, st.just(0.3)),
    )


def _words(parts: st.SearchStrategy[Plan]) -> st.SearchStrategy[WordPlan]:
    return st.builds(WordPlan, parts, st.none() | parts)


def _coordinated(parts: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    wanted = st.builds(Wanted, st.sampled_from((0.5, 7.0)), _words(parts))
    words = st.lists(wanted, min_size=1, max_size=3).map(tuple)
    return st.builds(Coordinated, words, st.sampled_from((0.0, 0.5)))


plans = st.recursive(_leaves, _combined, max_leaves=6)


@pytest.mark.parametrize("dense_share", [0.0, 1e9], ids=["dense", "sorted"])
@given(
    plan=plans,
    frequencies=lists,
    dtype=st.sampled_from(("u2", "i4", "i8")),
    allowed=st.none() | st.sets(st.integers(0, MAX_DOC - 1)),
)
def test_a_plan_finds_and_scores_what_a_plain_scan_does(
    dense_share: float,
    plan: Plan,
    frequencies: Frequencies,
    dtype: str,
    allowed: set[int] | None,
) -> None:
    """Whatever its shape and the dtype of the lists, added up in an array or by merging."""
    source = Lists(frequencies, dtype=dtype)
    expected = {
        doc: score
        for doc, score in plain_scan(plan, source).items()
        if allowed is None or doc in allowed
    }
    subset = None
    if allowed is not None:
        subset = DocSet(MAX_DOC, docs=np.asarray(sorted(allowed), dtype=np.intp))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluator, "DENSE_SHARE", dense_share)
        docs, scores = evaluate(plan, source, deadline=NEVER, allowed=subset)
    assert docs.tolist() == sorted(expected)
    assert docs.dtype == np.intp
    assert scores.dtype == np.float32
    assert dict(zip(docs.tolist(), scores.tolist(), strict=True)) == pytest.approx(
        expected, rel=1e-5, abs=1e-5
    )


@pytest.mark.parametrize("whole_postings", [0, 1000])
@given(
    parts=st.lists(_words(plans), min_size=2, max_size=3).map(tuple),
    frequencies=lists,
    allowed=st.none() | st.sets(st.integers(0, MAX_DOC - 1)),
)
def test_no_score_depends_on_what_is_kept_of_words(
    whole_postings: int,
    parts: tuple[WordPlan, ...],
    frequencies: Frequencies,
    allowed: set[int] | None,
) -> None:
    """To the last bit: whether a page was asked for before must not change its order."""
    source, words = Lists(frequencies), KeptWords(1 << 20)
    subset = None
    if allowed is not None:
        subset = DocSet(MAX_DOC, docs=np.asarray(sorted(allowed), dtype=np.intp))
    wanted = tuple(Wanted(1.5, part) for part in parts)
    together: tuple[Plan, ...] = (And(parts), Coordinated(wanted, 0.5))
    asked: tuple[Plan, ...] = (*parts[:1], *together, *parts, *together)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluator, "WHOLE_POSTINGS", whole_postings)
        for plan in asked:
            docs, scores = evaluate(plan, source, deadline=NEVER, allowed=subset, words=words)
            again = evaluate(plan, source, deadline=NEVER, allowed=subset)
            assert np.array_equal(docs, again.docs)
            assert np.array_equal(scores, again.scores)


def test_what_is_kept_of_a_word_is_not_changed_by_what_is_added_to_it() -> None:
    """A function word that need not occur adds to the score of a word that others ask for, too."""
    source, words = Lists({"a": {3: 1, 5: 2}, "b": {5: 1}}), KeptWords(1 << 20)
    alone = WordPlan(word("a"))
    before = evaluate(alone, source, deadline=NEVER, words=words).scores.tolist()
    preferring = AndMaybe(alone, word("b"), 0.5)
    first, again = (
        evaluate(preferring, source, deadline=NEVER, words=words).scores.tolist() for _ in range(2)
    )
    assert first == again
    assert first[1] > before[1]
    assert evaluate(alone, source, deadline=NEVER, words=words).scores.tolist() == before


def test_what_a_wildcard_finds_is_not_kept() -> None:
    """The terms that it stands for take more memory than their scores."""
    source, words = Lists({"a": {3: 1, 5: 2}}), KeptWords(1 << 20)
    plain, pattern = WordPlan(word("a")), WordPlan(Or((AnyTerm("text", ("a", "b")), word("a"))))
    for plan in (plain, pattern):
        assert evaluate(plan, source, deadline=NEVER, words=words).docs.tolist() == [3, 5]
    assert words.peek(plain) is not None
    assert words.peek(pattern) is None


def word(*terms: str) -> WeightedTerms:
    return WeightedTerms(tuple(Entry("text", (term,), 1.0) for term in terms))


def adjacent(*places: str) -> Adjacent:
    """A phrase; each letter of a place is a term that may stand there."""
    return Adjacent(tuple(Place("text", tuple(each)) for each in places), 1.0)


def test_terms_of_one_entry_are_one_word() -> None:
    """Where both are, their frequencies are added before they are weighed; order is no matter."""
    source = Lists({"verb": {2: 1, 7: 2}, "noun": {1: 1, 7: 1}})
    for terms in (("verb", "noun"), ("noun", "missing", "verb")):
        plan = WeightedTerms((Entry("text", terms, 0.5),))
        docs, scores = evaluate(plan, source, deadline=NEVER)
        assert docs.tolist() == [1, 2, 7]
        expected = [0.5 * plain_bm25(1, 1), 0.5 * plain_bm25(1, 2), 0.5 * plain_bm25(3, 7)]
        assert scores.tolist() == pytest.approx(expected)
    nowhere = WeightedTerms((Entry("text", ("missing", "none"), 1.0),))
    docs, _ = evaluate(nowhere, source, deadline=NEVER)
    assert docs.tolist() == []


def test_a_document_with_more_of_the_words_comes_first() -> None:
    """A rare word tells as much as two frequent ones, and a word in the title tells twice."""
    often, both, rare, titled = 1, 2, 3, 4
    source = Lists(
        {
            "a": {often: 9, both: 1, titled: 1},
            "b": {both: 1},
            "c": {rare: 1},
            "title": {titled: 1},
        },
        dtype="i8",
    )
    words = (
        Wanted(2.0, WordPlan(word("a"), WeightedTerms((Entry("text", ("title",), 0.0),)))),
        Wanted(2.0, WordPlan(word("b"))),
        Wanted(4.0, WordPlan(WeightedTerms((Entry("text", ("c",), 2.0),)))),
    )
    _, plain = evaluate(Coordinated(words, 0.0), source, deadline=NEVER)
    docs, scores = evaluate(Coordinated(words, 0.5), source, deadline=NEVER)
    assert docs.tolist() == [often, both, rare, titled]
    shares = [2 / 8, 4 / 8, 4 / 8, 4 / 8]
    assert scores.tolist() == pytest.approx((plain * np.sqrt(shares)).tolist())


def test_what_cannot_match_is_not_read() -> None:
    """The rarest part of an AND comes first; when nothing is left, no further list is read."""
    source = Lists({"often": dict.fromkeys(range(50), 1), "b": {3: 1}, "a": {5: 1}})
    docs, _ = evaluate(And((word("often"), word("b"), word("a"))), source, deadline=NEVER)
    assert docs.tolist() == []
    assert source.read == ["b", "a"]


def test_the_expected_cost_follows_the_lists_that_must_be_read() -> None:
    """The sum of alternatives, the smallest part of an AND, all documents for a range; of a phrase
    the smallest place, but patterns in it are not counted beside words.
    """
    source = Lists({"a": {1: 1}, "b": {1: 1, 2: 1}})
    a, b = word("a"), word("b")
    for plan, expected in (
        (word("a", "b"), 3),
        (AnyTerm("text", ("a", "b")), 3),
        (Or((a, b)), 3),
        (And((MatchAll(), b, a)), 1),
        (adjacent("b", "a"), 1),
        (adjacent("ba"), 3),
        (adjacent("b", "abcdefghi"), 2),
        (adjacent("abcdefghi", "abcdefghi"), 3),
        (Coordinated((Wanted(1.0, WordPlan(a, a)), Wanted(1.0, WordPlan(b))), 0.5), 4),
        (AndNot(b, a), 2),
        (AndMaybe(b, a, 0.3), 2),
        (DateRange(1, 2), MAX_DOC),
    ):
        assert expected_postings(plan, source) == expected


def test_the_clock_is_looked_at_before_each_list() -> None:
    """Also for a word with many entries."""
    source = Lists({term: {1: 1} for term in TERMS})
    with pytest.raises(SearchTimeout):
        evaluate(word(*TERMS), source, deadline=Deadline(-1))
    assert source.read == []


def test_weights_are_those_of_the_formula() -> None:
    """Okapi BM25 with an idf that is never negative."""
    norms = length_norms(np.asarray([3, 6]), 3.0)
    scores = bm25(np.asarray([2, 2], dtype=np.uint16), norms, 0.5)
    assert scores.tolist() == pytest.approx([0.5 * plain_bm25(2, 3), 0.5 * plain_bm25(2, 6)])
    assert idf(10, 10) > 0

"""Whoosh's queries as plans over one segment that the codec wrote.

Scores are what Whoosh's matchers would give, with its own scorers' parameters. How Whoosh joins
the matchers of an Or depends on how many there are and on the size of the segment, and whether
the scores are wanted; where that shows in the scores, it is followed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from whoosh import scoring
from whoosh.query import compound, positional, qcore, ranges, terms, wrappers
from whoosh.query.qcolumns import ColumnQuery

from searchapp.engines.columnar.queried_segment import QueriedSegment, term_text
from searchapp.engines.evaluation.doc_set import Docs, DocSet
from searchapp.engines.evaluation.plan import (
    K1,
    Entry,
    Plan,
)
from searchapp.engines.evaluation.plan import (
    And as All,
)
from searchapp.engines.evaluation.plan import (
    AndNot as Without,
)
from searchapp.engines.evaluation.plan import (
    AnyTerm as AnyOf,
)
from searchapp.engines.evaluation.plan import (
    DocList as Listed,
)
from searchapp.engines.evaluation.plan import (
    Or as Some,
)
from searchapp.engines.evaluation.plan import (
    ScoredDocs as Found,
)
from searchapp.engines.evaluation.plan import (
    WeightedTerms as Word,
)

_SMALL_SEGMENT = 5000
"""Up to so many documents Whoosh adds the scores of three and more matchers up in an array."""


def find(
    segment: QueriedSegment, query: qcore.Query, weighting: Any, allowed: DocSet | None = None
) -> Found:
    """The documents of a query in a segment, only those that are allowed.

    weighting: Whoosh's, None if no scores are wanted.
    Raises what the deadline and Whoosh's own queries raise.
    """
    translation = _Translation(segment, weighting, is_scored=weighting is not None)
    return segment.evaluate(translation.plan(query, 1.0), allowed)


_NOTHING = Listed(Found(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)))


def _constant(docs: Docs, score: float) -> Listed:
    return Listed(Found(docs, np.full(len(docs), score, dtype=np.float32)))


def _scaled(found: Found, factor: float) -> Listed:
    return Listed(Found(found.docs, found.scores * np.float32(factor)))


class _Translation:
    """Makes plans of queries, with the scores times a factor."""

    def __init__(self, segment: QueriedSegment, weighting: Any, *, is_scored: bool) -> None:
        """weighting: as in Whoosh's search context, None if it wants no scores.

        Some of Whoosh's matchers then score as the searcher does, others give 1.
        is_scored: whether anybody looks at the scores. Not all matchers can tell them.
        """
        self._segment = segment
        self._weighting = weighting
        self._is_scored = is_scored

    def _with(self, weighting: Any, *, is_scored: bool) -> _Translation:
        return _Translation(self._segment, weighting, is_scored=is_scored)

    def plan(self, query: Any, factor: float) -> Plan:
        """The plan of a query; a list of what its matcher finds if it has none."""
        translate = _TRANSLATIONS.get(type(query))
        # Columns are read through Whoosh, whatever the codec.
        is_readable = self._segment.is_columnar or type(query) is ColumnQuery
        if translate is None or not is_readable:
            return self._stepped(query, factor)
        return translate(self, query, factor)

    def _stepped(self, query: Any, factor: float) -> Plan:
        return _scaled(
            self._segment.stepped(query, self._weighting, is_scored=self._is_scored), factor
        )

    def _docs(self, query: Any, weighting: Any = None) -> Docs:
        translation = self._with(weighting, is_scored=False)
        return self._segment.evaluate(translation.plan(query, 1.0)).docs

    def nothing(self, query: Any, factor: float) -> Plan:
        del query, factor
        return _NOTHING

    def every(self, query: Any, factor: float) -> Plan:
        segment = self._segment
        if query.fieldname is None:
            docs = segment.all_docs()
        else:
            segment.reader.lexicon(query.fieldname)  # Raises, as Whoosh does, without that field.
            docs = segment.docs_with_field(query.fieldname)
        return _constant(docs, _or_one(query.boost) * factor)

    def _term_bytes(self, field: str, text: Any) -> bytes | None:
        reader = self._segment.reader
        if field not in reader.schema:
            return None
        try:
            term: bytes = reader.schema[field].to_bytes(text)
        except ValueError:
            return None
        return term if (field, term) in reader else None

    def term(self, query: Any, factor: float) -> Plan:
        if query.minquality:
            return self._stepped(query, factor)
        field, term = query.fieldname, self._term_bytes(query.fieldname, query.text)
        if term is None:
            return _NOTHING
        segment = self._segment
        weighting = self._weighting or segment.searcher.weighting
        scorer = weighting.scorer(segment.searcher, field, term)
        boost = factor * query.boost
        if type(scorer) is scoring.WeightScorer:
            return Listed(segment.weight_scored(field, term, boost))
        if type(scorer) is scoring.TF_IDFScorer:
            return Listed(segment.weight_scored(field, term, boost * scorer.idf))
        if type(scorer) is not scoring.BM25FScorer:
            return self._stepped(query, factor)
        segment.use_scorer(field, scorer)
        weight = boost * scorer.idf * (scorer.K1 + 1) / (K1 + 1)
        return Word((Entry(field, term_text(term), weight),))

    def _compound(self, query: Any, factor: float, join: Callable[[Any, float], Plan]) -> Plan:
        if not query.subqueries:
            return _NOTHING
        if len(query.subqueries) == 1:  # Whoosh does not look at the boost then.
            return self.plan(query.subqueries[0], factor)
        return join(query, factor)

    def all(self, query: Any, factor: float) -> Plan:
        return self._compound(query, factor, self._join_all)

    def _join_all(self, query: Any, factor: float) -> Plan:
        return All(tuple(self.plan(each, factor * query.boost) for each in query.subqueries))

    def some(self, query: Any, factor: float) -> Plan:
        return self._compound(query, factor, self._join_some)

    def _join_some(self, query: Any, factor: float) -> Plan:
        subqueries = query.subqueries
        if query.scale or query.matcher_type != compound.Or.AUTO_MATCHER:
            return self._stepped(query, factor)
        is_union = len(subqueries) == 2 or self._segment.max_doc > _SMALL_SEGMENT
        if is_union and len(subqueries) < compound.Or.TOO_MANY_CLAUSES:
            return Some(tuple(self.plan(each, factor * query.boost) for each in subqueries))
        # Whoosh sums up in an array, in which a score that is not above 0 is no match.
        if self._weighting is None:
            return _constant(self._docs_of_any(subqueries), factor)
        scored = self._with(self._weighting, is_scored=True)
        found = self._segment.evaluate(
            Some(tuple(scored.plan(each, query.boost) for each in subqueries))
        )
        positive = found.scores > 0
        return _scaled(Found(found.docs[positive], found.scores[positive]), factor)

    def _docs_of_any(self, subqueries: Sequence[Any]) -> Docs:
        field: str = subqueries[0].field() or ""
        if not all(type(each) is terms.Term and each.fieldname == field for each in subqueries):
            unscored = self._with(None, is_scored=False)
            plans = tuple(unscored.plan(each, 1.0) for each in subqueries)
            return self._segment.evaluate(Some(plans)).docs
        found = [self._term_bytes(field, each.text) for each in subqueries]
        plan = AnyOf(field, tuple(term_text(term) for term in found if term is not None))
        return self._segment.evaluate(plan).docs

    def best(self, query: Any, factor: float) -> Plan:
        return self._compound(query, factor, self._join_best)

    def _join_best(self, query: Any, factor: float) -> Plan:
        evaluate = self._segment.evaluate
        parts = [evaluate(self.plan(each, factor * query.boost)) for each in query.subqueries]
        scores = np.full(self._segment.max_doc, -np.inf, dtype=np.float32)
        for docs, part_scores in parts:
            scores[docs] = np.maximum(scores[docs], part_scores)
        docs = np.flatnonzero(scores > -np.inf)
        return Listed(Found(docs, scores[docs]))

    def inverse(self, query: Any, factor: float) -> Plan:
        live = ~self._segment.deleted
        live[self._docs(query.query)] = False
        return _constant(np.flatnonzero(live), factor)

    def without(self, query: Any, factor: float) -> Plan:
        excluded = self._with(None, is_scored=False).plan(query.b, 1.0)
        return Without(self.plan(query.a, factor), excluded)

    def require(self, query: Any, factor: float) -> Plan:
        return All((self.plan(query.a, factor), _constant(self._docs(query.b), 0)))

    def maybe(self, query: Any, factor: float) -> Plan:
        segment = self._segment
        wanted = segment.evaluate(self.plan(query.a, factor))
        allowed = DocSet(segment.max_doc, docs=wanted.docs)
        return Some((Listed(wanted), Listed(segment.evaluate(self.plan(query.b, factor), allowed))))

    def phrase(self, query: Any, factor: float) -> Plan:
        schema = self._segment.reader.schema
        if query.fieldname not in schema:
            return _NOTHING
        posting_format = schema[query.fieldname].format
        has_positions = posting_format and posting_format.supports("positions")
        if query.slop != 1 or not query.words or not has_positions:
            return self._stepped(query, factor)
        field = query.fieldname
        found = [
            term for word in query.words if (term := self._term_bytes(field, word)) is not None
        ]
        if len(found) < len(query.words):
            return _NOTHING
        docs = self._segment.adjacent(field, [term_text(term) for term in found]).docs
        words = (terms.Term(field, term, boost=query.boost) for term in found)
        plans = (self.plan(word, factor) for word in words)
        return All((_constant(docs.astype(np.intp), 0), *plans))

    def pattern(self, query: Any, factor: float) -> Plan:
        # A pattern that any term matches is another query for Whoosh, too.
        if (type(query), query.text) in _ANY_TERM:
            return self.every(qcore.Every(query.fieldname, boost=query.boost), factor)
        return self.expand(query, factor)

    def expand(self, query: Any, factor: float) -> Plan:
        words = [
            terms.Term(field, text, boost=query.boost)
            for field, text in query.expanded_terms(self._segment.reader)
            if text
        ]
        if not words:
            return _NOTHING
        if len(words) == 1:
            return self.plan(words[0], factor)
        weighting = None if query.constantscore else self._weighting
        translation = self._with(weighting, is_scored=self._is_scored)
        return translation.plan(compound.Or(words), factor)

    def number_range(self, query: Any, factor: float) -> Plan:
        # What Whoosh's matcher does; its `simplify` makes another query of it.
        return self.plan(query._compile_query(self._segment.reader), factor)

    def column(self, query: Any, factor: float) -> Plan:
        """Whoosh's own matcher of columns finds deleted documents, too, and cannot score."""
        segment = self._segment
        if not segment.reader.has_column(query.fieldname):
            return _NOTHING
        wanted = query.condition
        values = segment.reader.column_reader(query.fieldname)
        hits = (wanted(value) if callable(wanted) else value == wanted for value in values)
        matching = np.fromiter(map(bool, hits), dtype=np.bool_, count=segment.max_doc)
        return _constant(np.flatnonzero(matching & ~segment.deleted), factor)

    def constant(self, query: Any, factor: float) -> Plan:
        docs = self._docs(query.child, self._weighting)
        return _constant(docs, _or_one(query.score) * factor)

    def weighting(self, query: Any, factor: float) -> Plan:
        # Whoosh makes a context with the other weighting, and goes on with the old one.
        return self.plan(query.child, factor)


def _or_one(score: float) -> float:
    """Whoosh's lists with one score for all take 0 for none given, which is 1."""
    return score or 1.0


_ANY_TERM = {(terms.Prefix, ""), (terms.Wildcard, "*"), (terms.Regex, ".*")}

_TRANSLATIONS: dict[type, Callable[[_Translation, Any, float], Plan]] = {
    type(qcore.NullQuery): _Translation.nothing,
    qcore.Every: _Translation.every,
    terms.Term: _Translation.term,
    compound.And: _Translation.all,
    compound.Or: _Translation.some,
    compound.DisjunctionMax: _Translation.best,
    wrappers.Not: _Translation.inverse,
    compound.AndNot: _Translation.without,
    compound.Require: _Translation.require,
    compound.AndMaybe: _Translation.maybe,
    positional.Phrase: _Translation.phrase,
    terms.Prefix: _Translation.pattern,
    terms.Wildcard: _Translation.pattern,
    terms.Regex: _Translation.pattern,
    terms.FuzzyTerm: _Translation.expand,
    terms.Variations: _Translation.expand,
    ranges.TermRange: _Translation.expand,
    ranges.NumericRange: _Translation.number_range,
    ranges.DateRange: _Translation.number_range,
    ColumnQuery: _Translation.column,
    wrappers.ConstantScoreQuery: _Translation.constant,
    wrappers.WeightingQuery: _Translation.weighting,
}
"""Exact classes: what a subclass changed is known to its matcher alone."""

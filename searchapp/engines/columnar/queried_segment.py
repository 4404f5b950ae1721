"""One segment of one of Whoosh's searchers, as plans ask it for postings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import scoring
from whoosh.query.qcore import Query

from searchapp.deadline import Deadline
from searchapp.engines.columnar.codec import ColumnarSegment
from searchapp.engines.columnar.codec_documents import SegmentDocuments
from searchapp.engines.columnar.codec_terms import SearchedField, TermPostings, TermsReader
from searchapp.engines.evaluation.doc_set import Docs, DocSet, Integers, Mask
from searchapp.engines.evaluation.plan import Floats, Plan, Postings, evaluate
from searchapp.engines.evaluation.plan import ScoredDocs as Found

_CHECK_EVERY = 1024
"""Matches that are stepped through between two looks at the clock."""

_REPLACE_EVERY = 10
"""Matches after which Whoosh's collectors let a matcher simplify itself; some score otherwise
when they have."""

_NO_DOCS: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)


def term_text(term: bytes) -> str:
    """Any bytes as a string of the same length: plans name terms by strings, and those of
    numbers are not UTF-8."""
    return term.decode("latin-1")


def term_bytes(text: str) -> bytes:
    """The inverse of `term_text`."""
    return text.encode("latin-1")


class QueriedSegment:
    """One segment of a searcher: the source of a plan's postings."""

    def __init__(self, searcher: Any, deadline: Deadline) -> None:
        """searcher: Whoosh's, of one segment of any codec."""
        self.searcher = searcher
        self.reader = searcher.reader()
        self.max_doc: int = searcher.doc_count_all()
        self.is_columnar = isinstance(self.reader.segment(), ColumnarSegment)
        self._deadline = deadline
        self._scorers: dict[str, Any] = {}
        self._term = lru_cache(maxsize=None)(self._open_term)
        self.norms = lru_cache(maxsize=None)(self._norms)

    def evaluate(self, plan: Plan, allowed: DocSet | None = None) -> Found:
        """The documents of a plan. Raises what the deadline raises."""
        return evaluate(plan, self, deadline=self._deadline, allowed=allowed)

    def stepped(self, query: Query, weighting: Any, *, is_scored: bool) -> Found:
        """The documents that Whoosh's own matcher of a query finds; score 0 if not scored."""
        matcher = query.matcher(self.searcher, self.searcher.context(weighting=weighting))
        docs: list[int] = []
        scores: list[float] = []
        while matcher.is_active():
            if len(docs) % _CHECK_EVERY == 0:
                self._deadline.check()
            if len(docs) % _REPLACE_EVERY == 0:
                matcher = matcher.replace()
                if not matcher.is_active():
                    break
            docs.append(matcher.id())
            scores.append(matcher.score() if is_scored else 0.0)
            matcher.next()
        numbers, places = np.unique(np.array(docs, dtype=np.intp), return_index=True)
        live = ~self.deleted[numbers]
        return Found(numbers[live], np.array(scores, dtype=np.float32)[places][live])

    def weight_scored(self, field: str, term: bytes, weight: float) -> Found:
        """The documents of a term, each scored by the term's weight in it."""
        found = self._term(field, term)
        docs, weights = self._live(found.docs, found.payloads.weights)
        return Found(docs.astype(np.intp), weights * np.float32(weight))

    def use_scorer(self, field: str, scorer: scoring.BM25FScorer) -> None:
        """Take the parameters of `norms` of a field from a scorer of Whoosh's."""
        self._scorers[field] = scorer

    def field_terms(self, field: str) -> SearchedField | None:
        """The terms of a field, None if the segment has none."""
        return self._terms.field(field)

    def docs_with_field(self, field: str) -> Docs:
        """The documents with any term in a field, ascending."""
        found = self.field_terms(field)
        mask = np.zeros(self.max_doc, dtype=np.bool_)
        if found is not None:
            mask[found.all_docs()[0]] = True
        return np.flatnonzero(mask & ~self.deleted)

    # Whoosh's reader keeps to itself what the codec gave it.

    @property
    def _documents(self) -> SegmentDocuments:
        documents: SegmentDocuments = self.reader._perdoc
        return documents

    @property
    def _terms(self) -> TermsReader:
        reader: TermsReader = self.reader._terms
        return reader

    def _open_term(self, field: str, term: bytes) -> TermPostings:
        return self._terms.postings(field, term)

    @cached_property
    def deleted(self) -> Mask:
        """Which documents are deleted, shape (max_doc,)."""
        mask = np.zeros(self.max_doc, dtype=np.bool_)
        if self.max_doc:  # An empty index has no segment.
            mask[list(self.reader.segment().deleted_docs())] = True
        return mask

    def _live(self, docs: Integers, values: npt.NDArray[Any]) -> tuple[Integers, npt.NDArray[Any]]:
        """Without deleted documents, each document once, with the first of its values."""
        kept = ~self.deleted[docs]
        kept[1:] &= docs[1:] != docs[:-1]
        return docs[kept], values[kept]

    # What plans ask; see PostingsSource. Terms are as `term_text` makes them.

    def doc_freq(self, field: str, term: str) -> int:
        """In how many documents the term occurs, deleted ones included."""
        return int(self.reader.doc_frequency(field, term_bytes(term)))

    def postings(self, field: str, term: str) -> Postings:
        """The postings of a term, weights for frequencies. Raises what the deadline raises."""
        self._deadline.check()
        found = self._term(field, term_bytes(term))
        return Postings(*self._live(found.docs, found.payloads.weights))

    def docs_of_any(self, field: str, terms: Sequence[str]) -> Integers:
        """The documents with any of many terms, in any order and any number of times.

        Raises what the deadline raises.
        """
        lists = [_NO_DOCS]
        for term in terms:
            self._deadline.check()
            lists.append(self._terms.postings(field, term_bytes(term)).docs)
        docs: Integers = np.concatenate(lists)
        return docs[~self.deleted[docs]]

    def adjacent(self, field: str, terms: Sequence[str]) -> Postings:
        """Where the terms stand at consecutive positions. Raises what the deadline raises."""
        starts: list[npt.NDArray[np.int64]] = []
        for number, term in enumerate(terms):
            self._deadline.check()
            found = self._term(field, term_bytes(term))
            docs = np.repeat(found.docs.astype(np.int64), found.payloads.freqs)
            starts.append((docs << 32) + found.payloads.positions - number)
        common = min(starts, key=len)
        for each in starts:
            common = np.intersect1d(common, each)
        docs, counts = np.unique(common >> 32, return_counts=True)
        return Postings(*self._live(docs, counts))

    def dated(self, first_day: int, last_day: int) -> Integers:
        """Not there: which field holds a day is known in the product's segments alone."""
        raise NotImplementedError("a date of Whoosh's is a range of numbers")

    def all_docs(self) -> Docs:
        """All documents, ascending."""
        return np.flatnonzero(~self.deleted)

    def _norms(self, field: str) -> Floats:
        """What lengths add in BM25F's denominator, shape (max_doc,)."""
        scorer = self._scorers[field]
        lengths = np.maximum(self._documents.lengths(field), 1).astype(np.float64)
        norms = scorer.K1 * ((1 - scorer.B) + scorer.B * lengths / scorer.avgfl)
        as_floats: Floats = norms.astype(np.float32)
        return as_floats

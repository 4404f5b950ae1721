"""Whoosh's queries answered a whole postings list at a time.

`EvaluatingCollector` takes the place of Whoosh's collectors: every match is seen, so that totals
and facet counts are exact, and none is stepped to. A tree of Whoosh's queries becomes a plan of
`searchapp.engines.evaluation.plan` for each segment; what has no plan there, or is in a
segment of another codec, is stepped through by Whoosh's matcher and goes on as a list.

The answers are those of Whoosh's UnlimitedCollector, with these corrections: a document counts
once though a term may list it twice; AndNot never lets an excluded document through, Not never a
deleted one; DisjunctionMax scores a document by its own scores alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import sorting
from whoosh.collectors import Collector
from whoosh.query.qcore import Query
from whoosh.reading import TermNotFound
from whoosh.searching import Results, ResultsPage

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.columnar.categorizing import Categorized, SortKeys, joined
from searchapp.engines.columnar.queried_segment import QueriedSegment
from searchapp.engines.columnar.query_plans import find
from searchapp.engines.evaluation.doc_set import Docs, DocSet, Mask
from searchapp.engines.evaluation.plan import ScoredDocs as Found


class EvaluatingCollector(Collector):
    """Finds all documents of a query, the best of them in order, and counts them by facets.

    limit: how many documents the results hold, None for all. They are ordered by score and then
    by document number, or as `sortedby` says, which is what Whoosh's searcher takes; reverse turns
    the order round. groupedby: as in Whoosh; facets are always counted (`sorting.Count`), whatever
    their map type. filter, mask: a query, results, or a set of document numbers that alone, or
    that never, match. deadline: checked between steps of work.

    >>> collector = EvaluatingCollector(limit=10, groupedby="tag")
    >>> searcher.search_with_collector(query, collector)
    >>> results = collector.results()
    """

    def __init__(
        self,
        limit: int | None = 10,
        *,
        sortedby: Any = None,
        reverse: bool = False,
        groupedby: Any = None,
        filter: Any = None,
        mask: Any = None,
        deadline: Deadline | None = None,
    ) -> None:
        self.limit = limit
        self.reverse = reverse
        self._sort_facet = None if sortedby is None else sorting.MultiFacet.from_sortedby(sortedby)
        self._facets = sorting.Facets.from_groupedby(groupedby or [])
        self._filter = filter
        self._mask = mask
        self._deadline = deadline or NEVER

    def prepare(self, top_searcher: Any, q: Any, context: Any) -> None:
        """As Whoosh's searcher calls it before `run`."""
        super().prepare(top_searcher, q, context)
        self._found = Found(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32))
        self._sort_keys: list[SortKeys] = []
        self.facet_counts: dict[str, sorting.Count] = {
            name: sorting.Count() for name in self._facets.names()
        }

    def run(self) -> None:
        """Search all segments. Raises what the deadline raises, and IndexDamaged."""
        searcher = self.top_searcher
        categorizers = {name: facet.categorizer(searcher) for name, facet in self._facets.items()}
        sorter = self._sort_facet and self._sort_facet.categorizer(searcher)
        docs, scores = [], []
        try:
            for leaf, offset in searcher.leaf_searchers():
                segment = QueriedSegment(leaf, self._deadline)
                found = self._search(segment, offset)
                docs.append(found.docs + offset)
                scores.append(found.scores)
                for name, categorizer in categorizers.items():
                    self._deadline.check()
                    categorized = Categorized(segment, offset, categorizer, found, self._deadline)
                    for key, count in categorized.counts():
                        self.facet_counts[name].dict[key] += count
                if sorter is not None:
                    self._deadline.check()
                    categorized = Categorized(segment, offset, sorter, found, self._deadline)
                    self._sort_keys.append(categorized.sort_keys())
        finally:
            self.finish()
        self._found = Found(np.concatenate(docs), np.concatenate(scores))

    def _search(self, segment: QueriedSegment, offset: int) -> Found:
        allowed = None
        if self._filter is not None or self._mask is not None:
            mask = np.ones(segment.max_doc, dtype=np.bool_)
            if self._filter is not None:
                mask &= self._members(segment, self._filter, offset)
            if self._mask is not None:
                mask &= ~self._members(segment, self._mask, offset)
            allowed = DocSet(segment.max_doc, mask=mask)
        found = find(segment, self.q, self.context.weighting, allowed)
        if not self.top_searcher.weighting.use_final or self._sort_facet is not None:
            return found
        final = self.top_searcher.weighting.final
        pairs = zip(found.docs.tolist(), found.scores.tolist(), strict=True)
        return Found(
            found.docs,
            np.array(
                [final(self.top_searcher, doc + offset, score) for doc, score in pairs],
                dtype=np.float32,
            ),
        )

    def _members(self, segment: QueriedSegment, wanted: Any, offset: int) -> Mask:
        """Which documents of a segment are in a filter."""
        mask = np.zeros(segment.max_doc, dtype=np.bool_)
        if isinstance(wanted, Query):
            try:
                mask[find(segment, wanted, None).docs] = True
            except TermNotFound:  # It is none of the documents, as in Whoosh's filters.
                mask[:] = False
            return mask
        if isinstance(wanted, ResultsPage):
            wanted = wanted.results
        if isinstance(wanted, Results):
            wanted = wanted.docs()
        docs = np.fromiter(wanted, dtype=np.int64) - offset
        mask[docs[(docs >= 0) & (docs < segment.max_doc)]] = True
        return mask

    def collect(self, sub_docnum: int) -> Any:
        """Not there: documents are not collected one by one. Raises NotImplementedError."""
        raise NotImplementedError("an EvaluatingCollector cannot be wrapped; see its options")

    def sort_key(self, sub_docnum: int) -> Any:
        """Not there: documents are not collected one by one. Raises NotImplementedError."""
        raise NotImplementedError("an EvaluatingCollector cannot be wrapped; see its options")

    def count(self) -> int:
        """The exact number of documents that match."""
        return len(self._found.docs)

    def all_ids(self) -> list[int]:
        """All documents that match, ascending."""
        ids: list[int] = self._found.docs.tolist()
        return ids

    def results(self) -> Results:
        """The best documents, the total and the facet counts, as Whoosh's searcher gives them."""
        docs, scores = self._found
        keys: npt.NDArray[Any] | Sequence[Any]
        if self._sort_facet is None:
            best = _best(-scores.astype(np.float64), docs, self.limit, reverse=self.reverse)
            keys = scores[best].tolist()
        else:
            keys = joined(self._sort_keys)
            if isinstance(keys, np.ndarray):
                best = _best(keys, docs, self.limit, reverse=self.reverse)
                keys = keys[best].tolist()
            else:
                order = sorted(range(len(docs)), key=lambda i: (keys[i], i), reverse=self.reverse)
                best = np.array(order[: self.limit], dtype=np.intp)
                keys = [keys[i] for i in best.tolist()]
        results = self._results(list(zip(keys, docs[best].tolist(), strict=True)))
        results._facetmaps = self.facet_counts
        return results


def _best(keys: npt.NDArray[Any], docs: Docs, limit: int | None, *, reverse: bool) -> Docs:
    """The places of the documents with the least keys, ascending, ties by document number.

    reverse: those that would be last, in the opposite order.
    """
    places = np.arange(len(keys))
    if limit is not None and limit < len(keys):
        if limit <= 0:
            return places[:0]
        nth = len(keys) - limit if reverse else limit - 1
        bound = np.partition(keys, nth)[nth]
        places = np.flatnonzero(keys >= bound if reverse else keys <= bound)
    order = np.lexsort((docs[places], keys[places]))
    if reverse:
        order = order[::-1]
    best: Docs = places[order][:limit]
    return best

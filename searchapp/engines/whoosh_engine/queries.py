"""Query classes for Whoosh that keep to a time budget and stay cheap for many terms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from whoosh.matching.binary import IntersectionMatcher
from whoosh.matching.mcore import ListMatcher, Matcher, NullMatcher
from whoosh.matching.wrappers import WrappingMatcher
from whoosh.query.qcore import Query
from whoosh.query.terms import Term

from searchapp.engines.base import Deadline


class BudgetedTerm(Term):
    """A term whose postings check the time budget at every block of 128.

    All slow evaluation reads blocks of postings, even where a phrase or an intersection finds
    no match for a long time, so this is the one place that can end any of it.
    """

    def __init__(self, fieldname: str, text: str, deadline: Deadline) -> None:
        super().__init__(fieldname, text)
        self.deadline = deadline

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """The postings of the term, scored by the context's weighting."""
        matcher: Matcher = super().matcher(searcher, context)
        leaf: Any = matcher
        while isinstance(leaf, WrappingMatcher):  # a filter of deleted documents
            leaf = leaf.child
        advance = getattr(leaf, "_next_block", None)
        if advance is not None:  # a term of one document is kept in the term itself

            def checked_advance() -> None:
                self.deadline.check()
                advance()

            leaf._next_block = checked_advance
        return matcher


class AdjacentTerms(Query):
    """Documents that hold the terms at consecutive positions of a field: a phrase.

    Scored as the sum of its terms.
    """

    def __init__(self, fieldname: str, texts: Sequence[str], deadline: Deadline) -> None:
        self.fieldname = fieldname
        self.texts = tuple(texts)
        self.deadline = deadline

    def __repr__(self) -> str:
        return f"AdjacentTerms({self.fieldname!r}, {self.texts!r})"

    def estimate_size(self, ixreader: Any) -> int:
        """At most the documents of the rarest term."""
        return min(int(ixreader.doc_frequency(self.fieldname, text)) for text in self.texts)

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Steps through the documents that hold all terms and keeps those with the phrase."""
        reader: Any = searcher.reader()
        if not all((self.fieldname, text.encode()) in reader for text in self.texts):
            nothing: Matcher = NullMatcher()
            return nothing
        leaves: dict[str, Matcher] = {
            text: BudgetedTerm(self.fieldname, text, self.deadline).matcher(searcher, context)
            for text in self.texts
        }
        rarest_first = sorted(leaves, key=lambda text: reader.doc_frequency(self.fieldname, text))
        together = reduce(IntersectionMatcher, (leaves[text] for text in rarest_first))
        adjacent: Matcher = _AdjacentMatcher(together, [leaves[text] for text in self.texts])
        return adjacent


class _AdjacentMatcher(WrappingMatcher):
    def __init__(self, together: Matcher, leaves: Sequence[Matcher]) -> None:
        super().__init__(together)
        self._leaves = leaves
        self._find()

    def _find(self) -> None:
        while self.child.is_active() and not self._adjacent():
            self.child.next()

    def _adjacent(self) -> bool:
        starts = set(self._leaves[0].value_as("positions"))
        for offset, leaf in enumerate(self._leaves[1:], start=1):
            starts &= {position - offset for position in leaf.value_as("positions")}
            if not starts:
                return False
        return True

    def next(self) -> None:
        self.child.next()
        self._find()

    def skip_to(self, id: int) -> None:
        self.child.skip_to(id)
        self._find()

    def all_ids(self) -> Any:
        while self.is_active():
            yield self.id()
            self.next()

    def supports_block_quality(self) -> bool:
        return False

    def replace(self, minquality: float = 0) -> Matcher:  # noqa: ARG002  # Whoosh's signature
        return self if self.is_active() else NullMatcher()


class AnyOfTerms(Query):
    """Documents that hold any of many terms in any of some fields, all with the score 1.

    For what a wildcard or a fuzzy word stands for: hundreds of postings lists are gathered into
    one list, where a tree of unions would step through all of them side by side.
    """

    def __init__(self, fieldnames: Sequence[str], texts: Sequence[str], deadline: Deadline) -> None:
        self.fieldnames = tuple(fieldnames)
        self.texts = tuple(texts)
        self.deadline = deadline

    def __repr__(self) -> str:
        return f"AnyOfTerms({self.fieldnames!r}, {self.texts!r})"

    def estimate_size(self, ixreader: Any) -> int:
        """At most the sum of the terms' documents."""
        return sum(
            int(ixreader.doc_frequency(name, text))
            for name in self.fieldnames
            for text in self.texts
        )

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:  # noqa: ARG002
        """One list of all documents."""
        docs: set[int] = set()
        unscored = searcher.boolean_context()
        for name in self.fieldnames:
            for text in self.texts:
                self.deadline.check()
                docs.update(
                    BudgetedTerm(name, text, self.deadline).matcher(searcher, unscored).all_ids()
                )
        return ListMatcher(sorted(docs), all_weights=1.0) if docs else NullMatcher()

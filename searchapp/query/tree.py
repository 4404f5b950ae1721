"""The tree that a query becomes: Whoosh's query classes over surface words, and five of our own.

A tree holds these classes only: And, Or, Not, AndMaybe, Term, FragmentTerm, QuotedTerm, ExactTerm,
Phrase, ExactPhrase, Prefix, Wildcard, FuzzyTerm, DateRange, Every. Its words are as typed; each
engine compiles it. It cannot be run as it is: no index has fields with these names and unanalyzed
words in them.

Shapes that an engine may rely on:
- And and Or have at least two subqueries; an And is never directly inside an And, nor an Or
  inside an Or; no subquery stands twice.
- Not stands only inside an And that has a positive subquery too; where the reader gave none,
  it is `Every()`, which stands nowhere else.
- AndMaybe stands only at the top. What it finds is what its first subquery finds; the second, a
  Term or an Or of Terms, only raises the scores of articles that have its words.
- No boosts, no NullQuery. Phrases have two words or more and slop 1. Those of their words that
  `patterns.pattern_of` takes for patterns are patterns.
- Every word has a letter or digit. It has a space only where it is one word all the same, as in
  "z. B." and "1 000". A Wildcard's signs are * and ?, a [ is not
  among its characters; it and a Prefix have two letters or digits at least.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from whoosh.query.compound import And, AndMaybe, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, NullQuery, Query
from whoosh.query.terms import FuzzyTerm, Prefix, Term, Wildcard
from whoosh.query.wrappers import Not

from searchapp.facets import STORED_FACETS
from searchapp.query.patterns import pattern_of

TEXT = "text"
"""The pseudo field of plain words; the engine decides which indexed fields it means."""

DATE = "date"
"""The field of DateRange, and of nothing else."""

FIELDS = ("title", TEXT, *(facet.name for facet in STORED_FACETS), DATE)
"""Every field name that a tree can hold."""


class QuotedTerm(Term):
    """A word between quotation marks: a Term that is demanded, even if it is a function word."""


class FragmentTerm(Term):
    """A word with a suspended hyphen: `Ein-` of "Ein- und Ausfuhr", `-lese` of "Weinbau und -lese".

    It stands for the word that `searchapp.german.suspended_hyphens` completes from a full one.
    """

    def __init__(self, field: str, text: str, full: str, *, is_end: bool) -> None:
        """full: the full word, as typed. is_end: whether the hyphen stands before the fragment."""
        super().__init__(field, text)
        self.full = full
        self.is_end = is_end

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FragmentTerm) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    @property
    def _content(self) -> tuple[str, str, str, bool]:
        return self.fieldname, self.text, self.full, self.is_end


class ExactTerm(Term):
    """A word that matches in the form in which it was typed, not in its inflected forms."""


class ExactPhrase(Phrase):
    """A phrase whose plain words match in the form in which they were typed."""


class DateRange(Query):
    """Articles dated from `start` to `end`, both inclusive, None for an open end.

    Not one of Whoosh's ranges: those compare indexed terms or numbers, and rewrite themselves
    when they are normalized beside another range.
    """

    def __init__(self, start: dt.date | None, end: dt.date | None) -> None:
        self.fieldname = DATE
        self.start = start
        self.end = end
        self.boost = 1.0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateRange) and (self.start, self.end) == (other.start, other.end)

    def __hash__(self) -> int:
        return hash((DateRange, self.start, self.end))

    def __repr__(self) -> str:
        return f"DateRange({self.start!r}, {self.end!r})"

    def __str__(self) -> str:
        return f"{DATE}:{self.start or ''}..{self.end or ''}"

    def is_range(self) -> bool:
        return True


class QueryWord(NamedTuple):
    """A word as typed: `line[start:end]` of a query's cleaned line."""

    text: str
    start: int
    end: int


def settled(tree: Query) -> Query | None:
    """The tree in the shape that the module promises; None if nothing is left of it."""
    normal = tree.normalize()
    return None if normal is NullQuery else _grounded(normal)


def _grounded(tree: Query) -> Query:
    # After normalize() and never before: it takes an And that holds an Every() for Every().
    if isinstance(tree, Not):
        return And([Every(), Not(_grounded(tree.query))])
    if isinstance(tree, Or):
        return Or([_grounded(each) for each in tree])
    if isinstance(tree, And):
        subqueries = [
            Not(_grounded(each.query)) if isinstance(each, Not) else _grounded(each)
            for each in tree
        ]
        if all(isinstance(each, Not) for each in subqueries):
            subqueries.insert(0, Every())
        return And(subqueries)
    return tree


def word_of(field: str, text: str) -> Query | None:
    """The tree for articles with any word of a plain text in a field; None if it has none.

    Two neighbours may be one word: "z. B.", "1 000".
    """
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    words += [" ".join(pair) for pair in pairwise(words)]
    return settled(Or([Term(field, word) for word in words])) if words else None


def joined(kind: type[And | Or], parts: Iterable[Query]) -> Query:
    """And or Or of one part or more; a single part, once doubles are left out, is itself."""
    distinct = dict.fromkeys(
        each for part in parts for each in (part if type(part) is kind else (part,))
    )
    return kind(list(distinct)) if len(distinct) > 1 else next(iter(distinct))


def as_typed(tree: Query) -> str:
    """A part of a query as a reader types it, to name it in a sentence; a group by its leaves."""
    if isinstance(tree, Phrase):
        return " ".join(tree.words)
    if isinstance(tree, Prefix):
        return f"{tree.text}*"
    if isinstance(tree, FuzzyTerm):
        return f"{tree.text}~"
    if isinstance(tree, Term | Wildcard):
        return str(tree.text)
    return ", ".join(as_typed(leaf) for leaf in tree.leaves())


def has_words(tree: Query) -> bool:
    """Whether a matching article has words that it is found by, and not only a date."""
    if isinstance(tree, AndMaybe):
        return has_words(tree.a)
    if isinstance(tree, And | Or):
        return any(map(has_words, tree))
    return not isinstance(tree, Not | Every | DateRange)


def words_of(tree: Query) -> Iterator[QueryWord]:
    """Every occurrence of a word that a matching article may hold, in order; no patterns.

    tree: as the parser gives it, with the place of each word; settling it drops repeated words.
    """
    if isinstance(tree, Term):
        located: Any = tree  # Whoosh types the two places as None.
        yield QueryWord(tree.text, located.startchar, located.endchar)
    elif isinstance(tree, Phrase):
        for word, span in zip(tree.words, tree.char_ranges or (), strict=True):
            if not pattern_of(word):
                yield QueryWord(word, *span)
    elif isinstance(tree, And | Or):
        for each in tree:
            yield from words_of(each)

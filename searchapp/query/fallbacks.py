"""What is searched for instead of a query as typed: functions from tree to tree.

`demanded` and `exactly` decide how much of the query an article must match, and `is_narrowed_by`
whether one more word is all that another query demands besides; `corrected`, `in_any_order` and
`some_words` are for a query that finds too little.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import NamedTuple

from whoosh.query.compound import And, AndMaybe, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Query
from whoosh.query.terms import Term
from whoosh.query.wrappers import Not

from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.query.patterns import pattern_of, pattern_query
from searchapp.query.tree import TEXT, ExactPhrase, ExactTerm, FragmentTerm, as_typed, joined
from searchapp.query.wording import Wording

MAX_DEMANDED_WORDS = 4
"""More keywords than that are seldom all in the article that is sought."""


class Demand(NamedTuple):
    """What of a query an article must match.

    tree: for an engine.
    some_are_enough: whether any of the plain words will do.
    optional: the function words that need not occur, as typed.
    named: those that must, because they are written as names or nouns.
    """

    tree: Query
    some_are_enough: bool = False
    optional: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def demanded(tree: Query, line: str) -> Demand:
    """What an article must match of a query as typed.

    line: the query, whose case and last sign may make it a question.
    Only a plain list of words is changed: function words beside others are optional, and of a
    sentence, or of more than MAX_DEMANDED_WORDS words, any may match. Operators, quotation marks,
    fields and exclusions mean what they say. Measured on the relevance sets: to demand all words
    of a question or of a long query loses the right article more often than it drops a wrong one.
    """
    parts = list(tree) if isinstance(tree, And) else [tree]
    plain = [
        part
        for part in parts
        if isinstance(part, Term) and type(part) in (Term, FragmentTerm) and part.fieldname == TEXT
    ]
    if not plain:
        return Demand(tree)
    kept = [part for part in parts if part not in plain]
    wording = Wording([part.text for part in plain], line)
    optional = [part for place, part in enumerate(plain) if wording.is_optional(place)]
    content = [part for part in plain if part not in optional]
    if not content and not any(_is_plain(part) for part in kept):
        return Demand(tree)
    some = len(content) > 1 and (len(content) > MAX_DEMANDED_WORDS or wording.is_sentence)
    required = joined(And, [joined(Or, content), *kept] if some else [*content, *kept])
    return Demand(
        AndMaybe(required, joined(Or, optional)) if optional else required,
        some,
        tuple(part.text for part in optional),
        tuple(part.text for part in content if part.text.lower() in FUNCTION_WORDS),
    )


def is_narrowed_by(word: str, narrowed: Query, tree: Query) -> bool:
    """Whether a demanded tree demands a plain word, and else just what another one does."""
    demands, added = _demands(tree), Term(TEXT, word)
    return added not in demands and _demands(narrowed) == {*demands, added}


def _demands(tree: Query) -> set[Query]:
    required = tree.a if isinstance(tree, AndMaybe) else tree
    return set(required) if isinstance(required, And) else {required}


def exactly(tree: Query) -> Query:
    """The tree with every word and phrase demanded in the form in which it was typed."""
    if isinstance(tree, And | Or):
        return type(tree)([exactly(each) for each in tree])
    if isinstance(tree, Not):
        return Not(exactly(tree.query))
    if isinstance(tree, Term):
        return ExactTerm(tree.fieldname, tree.text)
    if type(tree) is Phrase:
        return ExactPhrase(tree.fieldname, tree.words)
    return tree


def corrected(tree: Query, corrections: Mapping[str, str]) -> Query:
    """The tree with other words in place of some, which are given as typed.

    Words that a match must not hold stay as they are.
    """
    if isinstance(tree, And | Or):
        return joined(type(tree), (corrected(each, corrections) for each in tree))
    if isinstance(tree, FragmentTerm):
        text, full = (corrections.get(each, each) for each in (tree.text, tree.full))
        return FragmentTerm(tree.fieldname, text, full, is_end=tree.is_end)
    if isinstance(tree, Term) and tree.text in corrections:
        return type(tree)(tree.fieldname, corrections[tree.text])
    if isinstance(tree, Phrase):
        words = [corrections.get(word, word) for word in tree.words]
        return type(tree)(tree.fieldname, words)
    return tree


def in_any_order(tree: Query) -> Query | None:
    """The tree with the words of its phrases, all of them demanded; None if it has no phrase.

    Phrases that a match must not hold stay as they are.
    """
    loosened = _in_any_order(tree.a if isinstance(tree, AndMaybe) else tree)
    return None if loosened == tree else loosened


def _in_any_order(tree: Query) -> Query:
    if isinstance(tree, And | Or):
        return joined(type(tree), map(_in_any_order, tree))
    if isinstance(tree, Phrase):
        kind = ExactTerm if isinstance(tree, ExactPhrase) else Term
        words = ((word, pattern_of(word)) for word in tree.words)
        return joined(
            And,
            (
                pattern_query(tree.fieldname, pattern) if pattern else kind(tree.fieldname, word)
                for word, pattern in words
            ),
        )
    return tree


class SomeWords(NamedTuple):
    """Articles that have some of a query's words, but not all.

    tree: its words are in the order of `parts`, and come first in it.
    parts: of the query, of which an article has one at least and not every one.
    """

    tree: Query
    parts: tuple[Query, ...]

    def missing(self, found: Set[int]) -> tuple[str, ...]:
        """The parts, as typed, of which an article has nothing.

        found: numbers of the words of the tree that it has.
        """
        distinct = dict.fromkeys(self.tree.leaves())
        numbers = {leaf: number for number, leaf in enumerate(distinct)}
        return tuple(
            as_typed(part)
            for part in self.parts
            if found.isdisjoint(numbers[leaf] for leaf in part.leaves())
        )


def some_words(tree: Query) -> SomeWords | None:
    """What has some of the top-level parts of a tree, but not all; None if it has not two.

    A part is what was searched for in TEXT only; the only part may be a word with hyphens, whose
    pieces are then the parts. Exclusions, dates and other fields narrow the result on purpose:
    they are kept. An article that has nothing but function words has nothing.
    """
    if isinstance(tree, AndMaybe):
        tree = tree.a
    branches = list(tree) if isinstance(tree, And) else [tree]
    kept = [each for each in branches if not _is_plain(each)]
    parts = sought = [each for each in branches if _is_plain(each)]
    if len(parts) == 1 and type(parts[0]) is Term:
        pieces = [piece for piece in parts[0].text.split("-") if any(map(str.isalnum, piece))]
        parts = [Term(TEXT, piece) for piece in dict.fromkeys(pieces)]
    content = [each for each in parts if not _is_function_word(each)]
    if len(parts) < 2 or not content:
        return None
    needed = [joined(Or, parts)]
    if len(content) < len(parts):
        needed.append(joined(Or, content))
    return SomeWords(And([*needed, *kept, Not(joined(And, sought))]), tuple(parts))


def _is_function_word(tree: Query) -> bool:
    return isinstance(tree, Term) and tree.text.lower() in FUNCTION_WORDS


def _is_plain(tree: Query) -> bool:
    return not isinstance(tree, Not) and all(leaf.field() == TEXT for leaf in tree.leaves())

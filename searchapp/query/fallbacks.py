"""What is searched for instead of a query as typed: functions from tree to tree.

`demanded` and `exactly` decide how much of the query an article must match; `corrected` and
`any_word` are for a query that finds too little.
"""

from __future__ import annotations

from collections.abc import Mapping

from whoosh.query.compound import And, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Query
from whoosh.query.terms import Term
from whoosh.query.wrappers import Not

from searchapp.german.function_words import FUNCTION_WORDS, is_sentence
from searchapp.query.tree import TEXT, ExactPhrase, ExactTerm, joined

MAX_DEMANDED_WORDS = 4
"""More keywords than that are seldom all in the article that is sought."""


def demanded(tree: Query, line: str) -> tuple[Query, bool]:
    """The tree that articles must match, and whether some of its plain words are enough.

    line: the query as typed, whose last sign may make it a question.
    Only a plain list of words is changed: function words beside others are left out, and of a
    sentence, or of more than MAX_DEMANDED_WORDS words, any may match. Operators, phrases,
    fields and exclusions mean what they say. Measured on the relevance sets: to demand all words
    of a question or of a long query loses the right article more often than it drops a wrong one.
    """
    parts = list(tree) if isinstance(tree, And) else [tree]
    plain = [part for part in parts if type(part) is Term and part.fieldname == TEXT]
    if len(plain) < 2:
        return tree, False
    words = [part.text.lower() for part in plain]
    content = [part for part in plain if part.text.lower() not in FUNCTION_WORDS]
    if not content:
        return tree, False
    kept = [part for part in parts if part not in plain]
    some = len(content) > 1 and (len(content) > MAX_DEMANDED_WORDS or is_sentence(words, line))
    needed = [joined(Or, content)] if some else content
    return joined(And, [*needed, *kept]), some


def exactly(tree: Query) -> Query:
    """The tree with every word and phrase demanded in the form in which it was typed."""
    if isinstance(tree, And | Or):
        return type(tree)([exactly(each) for each in tree])
    if isinstance(tree, Not):
        return Not(exactly(tree.query))
    if type(tree) is Term:
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
    if isinstance(tree, Term) and tree.text in corrections:
        return type(tree)(tree.fieldname, corrections[tree.text])
    if isinstance(tree, Phrase):
        words = [corrections.get(word, word) for word in tree.words]
        return type(tree)(tree.fieldname, words)
    return tree


def any_word(tree: Query) -> Query | None:
    """The tree with any instead of all of its top-level parts, or None if it has not two.

    A part is what was searched for in TEXT only; the only part may be a word with hyphens, of
    which any piece is then enough. Exclusions, dates and other fields narrow the result on
    purpose: they are kept.
    """
    branches = list(tree) if isinstance(tree, And) else [tree]
    parts = [each for each in branches if _is_plain(each)]
    if len(parts) == 1 and type(parts[0]) is Term:
        pieces = [piece for piece in parts[0].text.split("-") if any(map(str.isalnum, piece))]
        parts = [Term(TEXT, piece) for piece in dict.fromkeys(pieces)]
    if len(parts) < 2:
        return None
    kept = [each for each in branches if not _is_plain(each)]
    alternatives = Or(parts).normalize()
    return And([alternatives, *kept]) if kept else alternatives


def _is_plain(tree: Query) -> bool:
    return not isinstance(tree, Not) and all(leaf.field() == TEXT for leaf in tree.leaves())

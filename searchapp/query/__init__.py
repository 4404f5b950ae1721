"""What the reader typed -> a tree of Whoosh's query classes over surface words.

The language: words, all of which must match; UND ODER NICHT and AND OR NOT in capitals; -word
and +word; "phrases" between quotation marks of any kind; word*, w?rd, word~ and word~2; =word
and ="phrase" for the exact form; parentheses; titel: text: schlagwort: autor: quelle: datum:
with their English names. Anything else is plain text: no input is an error, and what looked
like syntax and was read as plain text is named in notes (`searchapp.messages` has their sentences).

Which trees there can be is written in `searchapp.query.tree`.
"""

from __future__ import annotations

from dataclasses import dataclass

from whoosh.query.qcore import Query

from searchapp.errors import QueryTooLong
from searchapp.german.cleaning import clean_line
from searchapp.model import Note
from searchapp.query.demand import demanded
from searchapp.query.parser import SurfaceParser, plain_words, word_count
from searchapp.query.tree import (
    FIELDS,
    TEXT,
    DateRange,
    ExactPhrase,
    ExactTerm,
    all_of,
    exactly,
    positive_words,
    relaxed,
    settled,
)

__all__ = [
    "FIELDS",
    "TEXT",
    "DateRange",
    "ExactPhrase",
    "ExactTerm",
    "ParsedQuery",
    "Query",
    "any_word",
    "demanded",
    "exactly",
    "parse_query",
]


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as it was understood.

    tree: see `searchapp.query.tree`; None if there is nothing to search for.
    notes: what was read as plain text though it looked like syntax.
    words: the words that a match may hold, as typed, in order, without duplicates; excluded
        words and patterns are not among them.
    """

    tree: Query | None
    notes: tuple[Note, ...] = ()
    words: tuple[str, ...] = ()


def parse_query(text: str, *, max_chars: int, max_words: int, max_wildcards: int) -> ParsedQuery:
    """Parse a query; any text is one.

    max_chars, max_words: of the whole query. max_wildcards: of wildcards, prefixes and fuzzy
    words together, each of which stands for many words of the index.
    Raises QueryTooLong.
    """
    _check_bound("characters", len(text), max_chars)
    line = clean_line(text)
    plain = plain_words(line)
    if plain is not None:
        _check_bound("words", sum(map(word_count, plain)), max_words)
        words = dict.fromkeys(plain)
        return ParsedQuery(all_of(words), (), tuple(words))
    parser = SurfaceParser()
    tree = settled(parser.parse(line, normalize=False))
    _check_bound("words", parser.word_count, max_words)
    _check_bound("wildcards", parser.wildcard_count, max_wildcards)
    if tree is None and line:
        parser.add_note("nothing_to_search", line)
    words = dict.fromkeys(positive_words(tree)) if tree else {}
    return ParsedQuery(tree, tuple(parser.notes), tuple(words))


def any_word(tree: Query) -> Query | None:
    """The tree for articles with some of the words, for when all of them give nothing.

    The parts of the query that were searched for in the text become alternatives; exclusions,
    dates and other fields stay as they are. None if there are no two such parts.
    """
    return relaxed(tree)


def _check_bound(what: str, count: int, bound: int) -> None:
    if count > bound:
        raise QueryTooLong(
            f"the query has {count} {what}, more than the {bound} that are allowed",
            remedy=f"leave some {what} out",
        )

"""What the reader typed -> a tree of Whoosh's query classes over surface words.

The language: words, all of which must match; UND ODER NICHT and AND OR NOT in capitals; -word
and +word; "phrases" between quotation marks of any kind; word* and w?rd, in phrases as well; word~
and word~2; =word and ="phrase" for the exact form; parentheses; titel: text: datum: and the names
of the facets, as schlagwort: autor: quelle:, in German and English. Anything else is plain text: no
input is an error, and what looked like syntax and was read as plain text is named in notes
(`searchapp.messages` has their sentences).

Which trees there can be is written in `searchapp.query.tree`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from whoosh.query.compound import And
from whoosh.query.qcore import Query
from whoosh.query.terms import Term

from searchapp.errors import QueryTooLong
from searchapp.german.suspended_hyphens import fragments
from searchapp.german.text_cleaner import clean_line
from searchapp.model import Note
from searchapp.query import fallbacks
from searchapp.query.fallbacks import Demand
from searchapp.query.patterns import pattern_of
from searchapp.query.plain_line import is_plain, word_count
from searchapp.query.tree import (
    FIELDS,
    TEXT,
    DateRange,
    ExactPhrase,
    ExactTerm,
    FragmentTerm,
    QueryWord,
    QuotedTerm,
    has_words,
    joined,
    settled,
    words_of,
)
from searchapp.translation import N_, Message, Number

__all__ = [
    "FIELDS",
    "TEXT",
    "DateRange",
    "Demand",
    "ExactPhrase",
    "ExactTerm",
    "FragmentTerm",
    "ParsedQuery",
    "Query",
    "QueryWord",
    "QuotedTerm",
    "has_words",
    "narrowed_line",
    "parse_query",
    "pattern_of",
    "shortened_query",
]


REMEMBERED_QUERIES = 256
"""How many of the last queries are kept as they were read, in 1 to 5 KB each."""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as it was understood.

    line: what was typed, cleaned; without soft hyphens and doubled spaces.
    tree: see `searchapp.query.tree`; None if there is nothing to search for.
    notes: what was read as plain text though it looked like syntax.
    words: every occurrence of a word that a match may hold, in order; excluded words and
        patterns are not among them.
    is_explicit: whether the reader demanded words by name, with UND, AND or +.
    """

    line: str
    tree: Query | None
    notes: tuple[Note, ...] = ()
    words: tuple[QueryWord, ...] = ()
    is_explicit: bool = False

    def demanded(self) -> Demand | None:
        """What an article must match of the tree; None if there is nothing to search for.

        See `searchapp.query.fallbacks.demanded`; words that are demanded by name all are.
        """
        if self.tree is None:
            return None
        return Demand(self.tree) if self.is_explicit else _demanded(self.tree, self.line)

    def corrected(self, corrections: Mapping[str, str]) -> ParsedQuery:
        """The query with other words in place of some, which are given as typed."""
        if self.tree is None:
            return self
        line, words, end = "", [], 0
        for word in self.words:
            line += self.line[end : word.start]
            text = corrections.get(word.text, word.text)
            words.append(QueryWord(text, len(line), len(line) + len(text)))
            line, end = line + text, word.end
        return replace(
            self,
            line=line + self.line[end:],
            tree=fallbacks.corrected(self.tree, corrections),
            words=tuple(words),
        )


def parse_query(text: str, *, max_chars: int, max_words: int, max_wildcards: int) -> ParsedQuery:
    """Parse a query; any text is one.

    max_chars, max_words: of the whole query. max_wildcards: of wildcards, prefixes and fuzzy
    words together, in phrases too, each of which stands for many words of the index.
    Raises QueryTooLong.
    """
    _check_bound(N_("characters"), len(text), max_chars)
    return _parsed(text, max_words, max_wildcards)


@lru_cache(REMEMBERED_QUERIES)
def _parsed(text: str, max_words: int, max_wildcards: int) -> ParsedQuery:
    """See `parse_query`. Nobody changes a tree; readers page, narrow and reload."""
    line = clean_line(text)
    if is_plain(line):
        words = tuple(QueryWord(each[0], *each.span()) for each in re.finditer(r"[^ ]+", line))
        _check_bound(N_("words"), sum(word_count(word.text) for word in words), max_words)
        return ParsedQuery(line, joined(And, (Term(TEXT, word.text) for word in words)), (), words)
    # Here and not above: most programs that read one query need no parser.
    from searchapp.query.parser import SurfaceParser

    parser = SurfaceParser(fragments(line))
    as_typed = parser.parse(line, normalize=False)
    tree = settled(as_typed)
    _check_bound(N_("words"), parser.word_count, max_words)
    _check_bound(N_("wildcards"), parser.wildcard_count, max_wildcards)
    if tree is None and line:
        parser.add_note("nothing_to_search", line)
    return ParsedQuery(
        line, tree, tuple(parser.notes), tuple(words_of(as_typed)), parser.is_explicit
    )


_demanded = lru_cache(REMEMBERED_QUERIES)(fallbacks.demanded)


def narrowed_line(
    line: str, demand: Demand, word: str, *, max_chars: int, max_words: int, max_wildcards: int
) -> str | None:
    """A query with one more word, which it demands besides what it demanded before.

    line, demand: of the query. None if it means something else with that word: behind an ODER, as
    the fifth of some keywords, of which any will do, or if `parse_query` refuses it.
    """
    narrowed = f"{line} {word}"
    try:
        parsed = parse_query(
            narrowed, max_chars=max_chars, max_words=max_words, max_wildcards=max_wildcards
        )
    except QueryTooLong:
        return None
    again = parsed.demanded()
    if again is None or not fallbacks.is_narrowed_by(word, again.tree, demand.tree):
        return None
    return parsed.line


def shortened_query(text: str, *, max_chars: int, max_words: int, max_wildcards: int) -> str:
    """The longest beginning of a query, in whole words, that `parse_query` takes; "" if none.

    A text of which it takes the whole is returned as it is.
    """

    def is_taken(beginning: str) -> bool:
        try:
            parse_query(
                beginning, max_chars=max_chars, max_words=max_words, max_wildcards=max_wildcards
            )
        except QueryTooLong:
            return False
        return True

    if is_taken(text):
        return text
    # Characters are counted before anything is read, so that a long text costs nothing.
    ends = [each.end() for each in re.finditer(r"\S+", text[: max_chars + 1])]
    ends = [end for end in ends if end <= max_chars]
    # What is too long stays so with every further word.
    fitting = bisect_left(ends, True, key=lambda end: not is_taken(text[:end]))
    return text[: ends[fitting - 1]] if fitting else ""


def _check_bound(what: Message, count: int, bound: int) -> None:
    if count > bound:
        raise QueryTooLong(
            N_(
                "the query has %(number)s %(what)s, more than the %(bound)s that are allowed",
                number=Number(count),
                what=what,
                bound=Number(bound),
            ),
            remedy=N_("leave some %(what)s out", what=what),
        )

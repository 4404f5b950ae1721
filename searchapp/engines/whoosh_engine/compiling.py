"""A query tree of surface words -> a Whoosh query over the indexed fields, and its targets."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from whoosh.query.compound import And, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, NullQuery, Query
from whoosh.query.ranges import NumericRange
from whoosh.query.terms import FuzzyTerm, Prefix, Term, Wildcard
from whoosh.query.wrappers import Not

from searchapp.engines.base import Deadline
from searchapp.engines.targets import Key, Target
from searchapp.engines.whoosh_engine.lexicon import Lexicon
from searchapp.engines.whoosh_engine.queries import AdjacentTerms, AnyOfTerms, BudgetedTerm
from searchapp.engines.whoosh_engine.schema import TEXT_FIELDS, exact_field
from searchapp.german import Analyzer
from searchapp.model import Note, Token
from searchapp.query import TEXT, DateRange, ExactPhrase, ExactTerm

FIRST_DAY, LAST_DAY = 1, 3_652_059
"""The range of `date.toordinal()`; open ends are closed, for Whoosh's open ranges have matched
every document."""


@dataclass
class Compiled:
    """A query ready for Whoosh. query: None when no word of it can be looked up."""

    query: Query | None
    targets: tuple[Target, ...]
    notes: tuple[Note, ...]


def compile_query(
    tree: Query, *, analyzer: Analyzer, lexicon: Lexicon, max_expansions: int, deadline: Deadline
) -> Compiled:
    """Compile a tree of `searchapp.query.parse_query`. Raises SearchTimeout."""
    compiler = _Compiler(analyzer, lexicon, max_expansions, deadline)
    query = compiler.compile(tree)
    return Compiled(query, tuple(compiler.targets), tuple(compiler.notes))


@dataclass
class _Compiler:
    analyzer: Analyzer
    lexicon: Lexicon
    max_expansions: int
    deadline: Deadline
    targets: list[Target] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _words: int = 0
    _negated: bool = False

    def compile(self, tree: Query) -> Query | None:
        """None for a part without a word, such as a lone sign: it restricts nothing."""
        compilers: dict[type[Query], Callable[..., Query | None]] = {
            And: self._and,
            Or: self._or,
            Not: self._not,
            Term: self._term,
            ExactTerm: self._term,
            Phrase: self._phrase,
            ExactPhrase: self._phrase,
            Prefix: self._pattern,
            Wildcard: self._pattern,
            FuzzyTerm: self._fuzzy,
            DateRange: self._dates,
        }
        if isinstance(tree, Every):
            return Every()
        if tree is NullQuery:
            return NullQuery
        return compilers[type(tree)](tree)

    def _and(self, tree: And) -> Query | None:
        compiled = [each for each in map(self.compile, tree.subqueries) if each is not None]
        if not compiled:
            return None
        if all(isinstance(each, Not) for each in compiled):
            compiled.insert(0, Every())
        return compiled[0] if len(compiled) == 1 else And(compiled)

    def _or(self, tree: Or) -> Query | None:
        compiled = [
            # Whoosh's Or drops or trips over a bare Not.
            And([Every(), each]) if isinstance(each, Not) else each
            for each in map(self.compile, tree.subqueries)
            if each is not None
        ]
        if not compiled:
            return None
        return compiled[0] if len(compiled) == 1 else Or(compiled)

    def _not(self, tree: Not) -> Query | None:
        outer, self._negated = self._negated, True
        compiled = self.compile(tree.query)
        self._negated = outer
        return None if compiled is None else Not(compiled)

    def _term(self, tree: Term) -> Query | None:
        tokens = self.analyzer.analyze(tree.text)
        if not tokens:
            return None
        return self._words_in_order(tree.fieldname, tokens, _key_of(tree))

    def _phrase(self, tree: Phrase) -> Query | None:
        tokens = self.analyzer.analyze(" ".join(tree.words))
        if not tokens:
            return None
        return self._words_in_order(tree.fieldname, _single_words(tokens), _key_of(tree))

    def _words_in_order(self, name: str, tokens: Sequence[Token], key: Key) -> Query:
        """One word, or the words of "EU-Kommission" or of a phrase next to each other."""
        word = self._next_word()
        fields = _indexed_fields(name, key)
        whole, singles = tokens[0], _single_words(tokens)
        ways: list[Query] = []
        if len(singles) < len(tokens) and len(tokens) == len(singles) + 1:
            # A joined whole covers all of it: EUKommission, 2024-01-16.
            ways += [BudgetedTerm(each, getattr(whole, key), self.deadline) for each in fields]
            self._target(word, name, key, [getattr(whole, key)])
        keys = [getattr(token, key) for token in singles]
        self._target(word, name, key, keys)
        if len(keys) == 1:
            ways += [BudgetedTerm(each, keys[0], self.deadline) for each in fields]
        else:
            ways += [AdjacentTerms(each, keys, self.deadline) for each in fields]
        return ways[0] if len(ways) == 1 else Or(ways)

    def _pattern(self, tree: Prefix | Wildcard) -> Query | None:
        text = tree.text + "*" if isinstance(tree, Prefix) else tree.text
        glob = "".join(
            part if part in ("*", "?") else self._fold(part) for part in re.split(r"([*?])", text)
        )
        terms, cut = self.lexicon.matching(glob, limit=self.max_expansions, deadline=self.deadline)
        if cut:
            self._cut_note(text)
        return self._any_of(tree.fieldname, terms)

    def _fuzzy(self, tree: FuzzyTerm) -> Query | None:
        terms, cut = self.lexicon.similar(
            self._fold(tree.text),
            prefix_length=tree.prefixlength,
            max_edits=tree.maxdist,
            limit=self.max_expansions,
            deadline=self.deadline,
        )
        if cut:
            self._cut_note(tree.text + "~")
        return self._any_of(tree.fieldname, terms)

    def _any_of(self, name: str, terms: Sequence[str]) -> Query:
        word = self._next_word()
        if not self._negated:
            self.targets.append(Target(word, _marked_fields(name), "form", (frozenset(terms),)))
        return AnyOfTerms(_indexed_fields(name, "form"), terms, self.deadline)

    def _fold(self, text: str) -> str:
        """The part of a pattern as it stands in the lexicon of exact forms."""
        tokens = self.analyzer.analyze(text)
        return tokens[0].form if tokens and tokens[0].surface == text else text.lower()

    def _dates(self, tree: DateRange) -> Query:
        start = tree.start.toordinal() if tree.start else FIRST_DAY
        end = tree.end.toordinal() if tree.end else LAST_DAY
        return NumericRange("date", start, end)

    def _cut_note(self, text: str) -> None:
        self.notes.append(
            Note(
                "expansion_cut",
                f"“{text}” stands for more words than are looked up;"
                f" the {self.max_expansions} most frequent were used",
                text,
            )
        )

    def _next_word(self) -> int:
        self._words += 1
        return self._words - 1

    def _target(self, word: int, name: str, key: Key, keys: Sequence[str]) -> None:
        if not self._negated:
            sequence = tuple(frozenset((each,)) for each in keys)
            self.targets.append(Target(word, _marked_fields(name), key, sequence))


def _key_of(tree: Query) -> Key:
    return "form" if isinstance(tree, ExactTerm | ExactPhrase) else "stem"


def _marked_fields(name: str) -> frozenset[str]:
    if name == TEXT:
        return frozenset(TEXT_FIELDS)
    return frozenset((name,))


def _indexed_fields(name: str, key: Key) -> tuple[str, ...]:
    names = TEXT_FIELDS if name == TEXT else (name,)
    return names if key == "stem" else tuple(exact_field(each) for each in names)


def _single_words(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the joined wholes of hyphen compounds and dates."""
    return [
        token
        for i, token in enumerate(tokens)
        if not (i + 1 < len(tokens) and tokens[i + 1].position == token.position)
    ]

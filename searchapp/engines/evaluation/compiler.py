"""A query tree of surface words -> a plan over the indexed fields, and the targets to mark.

Here is decided what a word finds, in tiers that all engines share: the word in the form typed,
above its inflected forms, above other spellings, above compounds that hold it as a part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from whoosh.query.compound import And, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, NullQuery, Query
from whoosh.query.terms import FuzzyTerm, Prefix, Term, Wildcard
from whoosh.query.wrappers import Not

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.highlighter import MARKED_FIELDS, Key, Target
from searchapp.engines.evaluation.plan import (
    Adjacent,
    All,
    AnyOf,
    Dated,
    Entry,
    Everything,
    Plan,
    Some,
    Without,
    Word,
    idf,
)
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.fields import COMPOUND_FIELDS, TEXT, exact_field, parts_field
from searchapp.german import Analyzer
from searchapp.model import Note, Token
from searchapp.query import DateRange, ExactPhrase, ExactTerm
from searchapp.settings import Ranking

FIRST_DAY, LAST_DAY = 1, 3_652_059
"""The range of `date.toordinal()`."""

Synonyms = Mapping[str, tuple[str, ...]]
"""Exact form -> further words that are searched for too."""

DocFreq = Callable[[str, str], int]
"""(field, term) -> number of documents."""


@dataclass(frozen=True)
class Compiled:
    """A query ready to be evaluated. plan: None when no word of it can be looked up."""

    plan: Plan | None
    targets: tuple[Target, ...]
    notes: tuple[Note, ...]


def compile_query(
    tree: Query,
    *,
    analyzer: Analyzer,
    vocabulary: Vocabulary,
    doc_freq: DocFreq,
    doc_count: int,
    ranking: Ranking,
    synonyms: Synonyms,
    max_expansions: int,
    deadline: Deadline,
) -> Compiled:
    """Compile a tree of `searchapp.query.parse_query`. Raises SearchTimeout."""
    compiler = _Compiler(
        analyzer, vocabulary, doc_freq, doc_count, ranking, synonyms, max_expansions, deadline
    )
    plan = compiler.compile(tree)
    return Compiled(plan, tuple(compiler.targets), tuple(compiler.notes))


@dataclass
class _Compiler:
    analyzer: Analyzer
    vocabulary: Vocabulary
    doc_freq: DocFreq
    doc_count: int
    ranking: Ranking
    synonyms: Synonyms
    max_expansions: int
    deadline: Deadline
    targets: list[Target] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _words: int = 0
    _negated: bool = False

    def compile(self, tree: Query) -> Plan | None:
        """None for a part without a word, such as a lone sign: it restricts nothing."""
        compilers: dict[type[Query], Callable[..., Plan | None]] = {
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
            return Everything()
        if tree is NullQuery:
            return Word(())
        return compilers[type(tree)](tree)

    def _and(self, tree: And) -> Plan | None:
        kept = [self.compile(each) for each in tree if not isinstance(each, Not)]
        excluded = [self._excluded(each.query) for each in tree if isinstance(each, Not)]
        plans = tuple(each for each in kept if each is not None)
        if not plans and not any(excluded):
            return None
        plan: Plan = Everything() if not plans else plans[0] if len(plans) == 1 else All(plans)
        for each in excluded:
            if each is not None:
                plan = Without(plan, each)
        return plan

    def _or(self, tree: Or) -> Plan | None:
        plans = tuple(each for each in map(self.compile, tree) if each is not None)
        if not plans:
            return None
        return plans[0] if len(plans) == 1 else Some(plans)

    def _not(self, tree: Not) -> Plan | None:
        excluded = self._excluded(tree.query)
        return None if excluded is None else Without(Everything(), excluded)

    def _excluded(self, tree: Query) -> Plan | None:
        outer, self._negated = self._negated, True
        plan = self.compile(tree)
        self._negated = outer
        return plan

    def _term(self, tree: Term) -> Plan | None:
        tokens = self.analyzer.analyze(tree.text)
        if not tokens:
            return None
        return self._words_in_order(tree.fieldname, tokens, _key_of(tree))

    def _phrase(self, tree: Phrase) -> Plan | None:
        tokens = _single_words(self.analyzer.analyze(" ".join(tree.words)))
        if not tokens:
            return None
        return self._words_in_order(tree.fieldname, tokens, _key_of(tree), split=False)

    def _words_in_order(
        self, name: str, tokens: Sequence[Token], key: Key, *, split: bool = True
    ) -> Plan:
        """One word, or the words of "EU-Kommission" or of a phrase next to each other.

        split: whether compounds may match by their parts; in a phrase they may not.
        """
        word = self._words
        self._words += 1
        whole, singles = tokens[0], _single_words(tokens)
        if len(singles) == 1 and len(tokens) == 1:
            return self._word(word, name, whole, key, split=split)
        ways: list[Plan] = []
        if len(tokens) == len(singles) + 1:
            # A joined whole covers all of it: EUKommission, 2024-01-16.
            ways.append(self._word(word, name, whole, key, split=split))
        keys = tuple(getattr(token, key) for token in singles)
        self._target(word, name, key, keys)
        indexed = name if key == "stem" else exact_field(name)
        weight = sum(idf(self.doc_freq(indexed, each), self.doc_count) for each in set(keys))
        ways.append(Adjacent(indexed, keys, weight))
        return ways[0] if len(ways) == 1 else Some(tuple(ways))

    def _word(self, word: int, name: str, token: Token, key: Key, *, split: bool) -> Plan:
        self._target(word, name, key, (getattr(token, key),), typed=token.form)
        if key == "form":
            return Word(self._entries(name, token, exact_only=True))
        if not split or name not in COMPOUND_FIELDS:
            return Word(self._entries(name, token))
        self._part_target(word, name, [token.stem], as_words=False)
        ways: list[Plan] = [Word(self._entries(name, token, with_parts=True))]
        if token.parts:
            stems = list(dict.fromkeys(part.stem for part in token.parts))
            self._part_target(word, name, stems, as_words=True)
            spread = tuple(Word(self._spread_entries(name, stem)) for stem in stems)
            ways.append(All(spread) if len(spread) > 1 else spread[0])
        for synonym in self.synonyms.get(token.form, ()):
            same = self.analyzer.analyze(synonym)[0]
            self._target(word, name, "stem", (same.stem,))
            ways.append(Word(self._entries(name, same, scale=self.ranking.synonym)))
        return ways[0] if len(ways) == 1 else Some(tuple(ways))

    def _entries(
        self,
        name: str,
        token: Token,
        *,
        exact_only: bool = False,
        with_parts: bool = False,
        scale: float = 1.0,
    ) -> tuple[Entry, ...]:
        """The postings in which a word is looked up, with weights.

        All tiers of a field share one idf: a rare form of a frequent word tells no more than
        the word, and must not rise above it.
        """
        ranking = self.ranking
        fields = {name: scale}
        if name == TEXT:
            fields["title"] = scale * ranking.title
        entries = []
        for each, field_weight in fields.items():
            exact, parts = exact_field(each), parts_field(each)
            if exact_only:
                weight = field_weight * self._idf((exact, token.form))
                entries.append(Entry(exact, token.form, weight))
                continue
            keys = [(each, token.stem)]
            if with_parts and each in COMPOUND_FIELDS:
                keys.append((parts, token.stem))
            weight = field_weight * self._idf(*keys)
            entries.append(Entry(each, token.stem, weight))
            entries += [Entry(f, stem, weight * ranking.part) for f, stem in keys[1:]]
            if each == name:
                entries.append(Entry(exact, token.form, weight * ranking.exact))
                entries += [
                    Entry(exact, form, -weight * ranking.variant)
                    for form in self._other_spellings(token)
                ]
        return tuple(entries)

    def _spread_entries(self, name: str, stem: str) -> tuple[Entry, ...]:
        parts = parts_field(name)
        weight = self.ranking.spread * self._idf((name, stem), (parts, stem))
        return (Entry(name, stem, weight), Entry(parts, stem, weight * self.ranking.part))

    def _idf(self, *terms: tuple[str, str]) -> float:
        together = sum(self.doc_freq(name, term) for name, term in terms)
        return idf(min(together, self.doc_count), self.doc_count)

    def _other_spellings(self, token: Token) -> list[str]:
        """Forms of the corpus with the same stem that are written in the other way."""
        wanted = spelling(token.form)
        return [
            row.form
            for row in self.vocabulary.rows_of_stem(token.stem)
            if spelling(row.form) != wanted
        ]

    def _pattern(self, tree: Prefix | Wildcard) -> Plan | None:
        text = tree.text + "*" if isinstance(tree, Prefix) else tree.text
        glob = "".join(
            part if part in ("*", "?") else self._fold(part) for part in re.split(r"([*?])", text)
        )
        forms, cut = self.vocabulary.matching(
            glob, limit=self.max_expansions, deadline=self.deadline
        )
        if cut:
            self._cut_note(text)
        return self._any_of(tree.fieldname, forms)

    def _fuzzy(self, tree: FuzzyTerm) -> Plan | None:
        forms, cut = self.vocabulary.similar(
            self._fold(tree.text),
            prefix_length=tree.prefixlength,
            max_edits=tree.maxdist,
            limit=self.max_expansions,
            deadline=self.deadline,
        )
        if cut:
            self._cut_note(tree.text + "~")
        return self._any_of(tree.fieldname, forms)

    def _any_of(self, name: str, forms: Sequence[str]) -> Plan:
        word = self._words
        self._words += 1
        if not self._negated:
            self.targets.append(Target(word, _marked_fields(name), "form", (frozenset(forms),)))
        return AnyOf(exact_field(name), tuple(forms))

    def _fold(self, text: str) -> str:
        """The part of a pattern as it stands in the vocabulary of exact forms."""
        tokens = self.analyzer.analyze(text)
        return tokens[0].form if tokens and tokens[0].surface == text else text.lower()

    def _dates(self, tree: DateRange) -> Plan:
        start = tree.start.toordinal() if tree.start else FIRST_DAY
        end = tree.end.toordinal() if tree.end else LAST_DAY
        return Dated(start, end)

    def _cut_note(self, text: str) -> None:
        self.notes.append(Note("expansion_cut", text))

    def _target(
        self, word: int, name: str, key: Key, keys: Sequence[str], *, typed: str = ""
    ) -> None:
        if not self._negated:
            sequence = tuple(frozenset((each,)) for each in keys)
            self.targets.append(Target(word, _marked_fields(name), key, sequence, typed))

    def _part_target(self, word: int, name: str, stems: Iterable[str], *, as_words: bool) -> None:
        if not self._negated:
            key: Key = "spread" if as_words else "part"
            self.targets.append(Target(word, _marked_fields(name), key, (frozenset(stems),)))


_DIGRAPH = re.compile(r"ae|oe|(?<![aeq])ue")


def spelling(form: str) -> tuple[bool, bool]:
    """How a word is written where German has two ways: with ß, and with ae, oe, ue for umlauts."""
    return "ß" in form, _DIGRAPH.search(form) is not None


def _key_of(tree: Query) -> Key:
    return "form" if isinstance(tree, ExactTerm | ExactPhrase) else "stem"


def _marked_fields(name: str) -> frozenset[str]:
    return MARKED_FIELDS if name == TEXT else frozenset((name,))


def _single_words(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the joined wholes of hyphen compounds and dates."""
    return [
        token
        for i, token in enumerate(tokens)
        if not (i + 1 < len(tokens) and tokens[i + 1].position == token.position)
    ]

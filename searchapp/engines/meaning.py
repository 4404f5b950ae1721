"""What a query finds: its words in tiers, the same for every engine.

A word finds, from the nearest to the farthest: its form as typed, its other inflected forms,
other spellings of them, a verb apart from its particle, its relatives, compounds that hold it as a
part, its own parts if it is a compound and they stand apart, and the owner's synonyms. What each
tier weighs is the engine's business (`searchapp.engines.evaluation.weigher` for arrays); what is to
be marked in a hit follows from the meaning alone, once patterns are expanded to the forms that they
stand for.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from whoosh.query import compound, positional, qcore, terms, wrappers

from searchapp.engines.fields import COMPOUND_FIELDS, TEXT
from searchapp.german import Analyzer
from searchapp.german.analyzer import SoughtWord
from searchapp.german.digraphs import with_umlauts
from searchapp.german.forms import plain_form
from searchapp.query import (
    DateRange,
    ExactPhrase,
    ExactTerm,
    FragmentTerm,
    Query,
    QuotedTerm,
    pattern_of,
)

Synonyms = Mapping[str, tuple[str, ...]]
"""Exact form -> further words that are searched for too."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and how far from its form as typed it may be found.

    number: of the query's different words, from 0; patterns and phrases count as one each, and
        patterns in a phrase have its number.
    field: one of `fields.ANALYZED_FIELDS`.
    forms: the exact forms of what was typed: more than one where its case leaves two words open.
    keys: those of their inflected forms; none if only the form as typed will do.
    separated: keys of the forms of a verb whose particle stands apart.
    relatives: keys of words that it is made of, or that are made of it.
    in_compounds: whether compounds that hold it as a part are found.
    parts: for each of its own smallest parts, what stands for it, its own key first: an article is
        found that has something for each. A compound stands for its last part: a "Grundsteuer" is
        a "Steuer"; but "Bundesregierung" and "Wahlperiode" make no "Bundestagswahl".
    synonyms: words that are searched for as well.
    """

    number: int
    field: str
    forms: tuple[str, ...]
    keys: tuple[str, ...] = ()
    separated: tuple[str, ...] = ()
    relatives: tuple[str, ...] = ()
    in_compounds: bool = False
    parts: tuple[tuple[str, ...], ...] = ()
    synonyms: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Any exact form that a glob matches: * stands for any characters, ? for one.

    typed: as the reader wrote it.
    """

    number: int
    field: str
    typed: str
    glob: str


@dataclass(frozen=True, slots=True)
class FuzzyWord:
    """Any exact form within an edit distance, whose first letters are the same."""

    number: int
    field: str
    typed: str
    form: str
    prefix_length: int
    max_edits: int


@dataclass(frozen=True, slots=True)
class AnyForm:
    """Any of some exact forms: what a Pattern or FuzzyWord stands for in an index."""

    number: int
    field: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other.

    words: for each place, what may stand there; plain words by their keys or by their exact
        forms, as `key` says.
    """

    number: int
    field: str
    key: Literal["key", "form"]
    words: tuple[tuple[str, ...] | Pattern | AnyForm, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """Articles dated from `first` to `last`, both inclusive, None for an open end."""

    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Articles that all of two or more meanings find."""

    parts: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Articles that any of some meanings finds. Without any meaning it finds nothing."""

    parts: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class AllBut:
    """Articles that one meaning finds and another does not."""

    kept: Meaning
    excluded: Meaning


@dataclass(frozen=True, slots=True)
class Preferring:
    """Articles that a meaning finds; those with some further words rank higher."""

    kept: Meaning
    preferred: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """All articles."""


Meaning = (
    Word
    | Phrase
    | Pattern
    | FuzzyWord
    | AnyForm
    | Dates
    | AllOf
    | OneOf
    | AllBut
    | Preferring
    | Everything
)
NOTHING = OneOf(())


def query_meaning(tree: Query, analyzer: Analyzer, synonyms: Synonyms) -> Meaning:
    """What a tree of `searchapp.query` means; NOTHING if no word of it can be looked up."""
    found = _Reader(analyzer, synonyms).read(tree)
    return NOTHING if found is None else found


class _Reader:
    """Reads one tree; counts its words."""

    def __init__(self, analyzer: Analyzer, synonyms: Synonyms) -> None:
        self._analyzer = analyzer
        self._synonyms = synonyms
        self._numbers: dict[Query, int] = {}
        self._readers: dict[type[Query], Callable[..., Meaning | None]] = {
            compound.And: self._and,
            compound.Or: self._or,
            compound.AndMaybe: self._and_maybe,
            wrappers.Not: lambda tree: _all_but(Everything(), [self.read(tree.query)]),
            terms.Term: self._term,
            FragmentTerm: self._fragment,
            QuotedTerm: self._term,
            ExactTerm: self._term,
            positional.Phrase: self._phrase,
            ExactPhrase: self._phrase,
            terms.Prefix: lambda tree: self._pattern(tree, tree.text + "*"),
            terms.Wildcard: lambda tree: self._pattern(tree, tree.text),
            terms.FuzzyTerm: self._fuzzy,
            DateRange: lambda tree: Dates(tree.start, tree.end),
            qcore.Every: lambda _tree: Everything(),
        }

    def read(self, tree: Query) -> Meaning | None:
        """None for a part without a word, such as a lone sign: it restricts nothing."""
        if tree is qcore.NullQuery:
            return NOTHING
        return self._readers[type(tree)](tree)

    def _and(self, tree: compound.And) -> Meaning | None:
        found = [self.read(each) for each in tree if not isinstance(each, wrappers.Not)]
        kept = tuple(each for each in found if each is not None)
        excluded = [self.read(each.query) for each in tree if isinstance(each, wrappers.Not)]
        if not kept:
            return _all_but(Everything(), excluded)
        return _all_but(kept[0] if len(kept) == 1 else AllOf(kept), excluded) or kept[0]

    def _or(self, tree: compound.Or) -> Meaning | None:
        found = tuple(each for each in map(self.read, tree) if each is not None)
        return _one_of(found) if found else None

    def _and_maybe(self, tree: compound.AndMaybe) -> Meaning | None:
        kept = self.read(tree.a)
        found = map(self.read, tree.b if isinstance(tree.b, compound.Or) else (tree.b,))
        words = tuple(each for each in found if isinstance(each, Word))
        return Preferring(kept, words) if kept and words else kept

    def _number(self, leaf: Query) -> int:
        """The number of a word; it keeps it where it stands in the tree again."""
        return self._numbers.setdefault(leaf, len(self._numbers))

    def _term(self, tree: terms.Term) -> Meaning | None:
        return self._in_order(tree, self._analyzer.sought(tree.text))

    def _fragment(self, tree: FragmentTerm) -> Meaning | None:
        """The word that a fragment stands for, which an index has at the place of the fragment."""
        full = len(self._analyzer.sought(tree.full))
        if tree.is_end:
            words = self._analyzer.sought(f"{tree.full} und {tree.text}")[full + 1 :]
        else:
            words = self._analyzer.sought(f"{tree.text} und {tree.full}")[: -full - 1]
        return self._in_order(tree, words)

    def _phrase(self, tree: positional.Phrase) -> Meaning | None:
        if any(map(pattern_of, tree.words)):
            return self._phrase_with_patterns(tree)
        words = _single_words(self._analyzer.sought(" ".join(tree.words)))
        return self._in_order(tree, words, in_phrase=True)

    def _phrase_with_patterns(self, tree: positional.Phrase) -> Phrase | Pattern:
        number, field = self._number(tree), tree.fieldname
        is_exact = isinstance(tree, ExactPhrase)
        places: list[tuple[str, ...] | Pattern] = []
        for pattern, words in groupby(tree.words, pattern_of):
            if pattern:
                places += [Pattern(number, field, word, self._glob(pattern)) for word in words]
            else:
                plain = _single_words(self._analyzer.sought(" ".join(words)))
                places += [word.forms if is_exact else word.keys for word in plain]
        if len(places) > 1:
            return Phrase(number, field, "form" if is_exact else "key", tuple(places))
        (pattern_alone,) = places  # Beside words that the analyzer takes for none.
        assert isinstance(pattern_alone, Pattern)
        return pattern_alone

    def _in_order(
        self,
        tree: terms.Term | positional.Phrase,
        words: Sequence[SoughtWord],
        *,
        in_phrase: bool = False,
    ) -> Meaning | None:
        """One word, or the words of "EU-Kommission" or of a phrase next to each other.

        in_phrase: compounds do not match by their parts.
        """
        # Counted even if there is nothing in it: numbers follow from the tree alone.
        number, field = self._number(tree), tree.fieldname
        if not words:
            return None
        is_exact = isinstance(tree, ExactTerm | ExactPhrase)
        whole, singles = words[0], _single_words(words)
        if len(words) == 1:
            return self._word(number, field, whole, is_exact=is_exact, in_phrase=in_phrase)
        ways: list[Meaning] = []
        if len(words) == len(singles) + 1:
            # A joined whole covers all of it: EUKommission, 2024-01-16.
            ways.append(self._word(number, field, whole, is_exact=is_exact, in_phrase=in_phrase))
        if is_exact:
            ways.append(Phrase(number, field, "form", tuple(word.forms for word in singles)))
        else:
            ways.append(Phrase(number, field, "key", tuple(word.keys for word in singles)))
        return _one_of(tuple(ways))

    def _word(
        self, number: int, field: str, word: SoughtWord, *, is_exact: bool, in_phrase: bool
    ) -> Word:
        if is_exact:
            return Word(number, field, word.forms)
        if in_phrase or field not in COMPOUND_FIELDS:
            return Word(number, field, word.forms, word.keys)
        same = [self._analyzer.sought(each)[0] for each in self._synonyms.get(word.form, ())]
        return Word(
            number,
            field,
            word.forms,
            word.keys,
            separated=word.separated,
            relatives=word.relatives,
            in_compounds=True,
            parts=word.parts,
            synonyms=tuple(Word(number, field, each.forms, each.keys) for each in same),
        )

    def _pattern(self, tree: terms.Prefix | terms.Wildcard, text: str) -> Pattern:
        return Pattern(self._number(tree), tree.fieldname, text, self._glob(text))

    def _glob(self, pattern: str) -> str:
        return "".join(
            part if part in ("*", "?") else self._folded(part)
            for part in re.split(r"([*?])", pattern)
        )

    def _fuzzy(self, tree: terms.FuzzyTerm) -> FuzzyWord:
        return FuzzyWord(
            self._number(tree),
            tree.fieldname,
            typed=tree.text + "~",
            form=self._folded(tree.text),
            prefix_length=tree.prefixlength,
            max_edits=tree.maxdist,
        )

    def _folded(self, text: str) -> str:
        """A piece of a pattern, as it is written in exact forms."""
        words = self._analyzer.sought(text)
        return words[0].form if words and words[0].surface == text else text.lower()


def _all_but(kept: Meaning, excluded: Sequence[Meaning | None]) -> Meaning | None:
    """None if everything is kept and nothing excluded: it restricts nothing."""
    found = kept
    for each in excluded:
        if each is not None:
            found = AllBut(found, each)
    return None if found == Everything() else found


def _one_of(parts: tuple[Meaning, ...]) -> Meaning:
    return parts[0] if len(parts) == 1 else OneOf(parts)


def _single_words(words: Sequence[SoughtWord]) -> list[SoughtWord]:
    """The words without the joined wholes of hyphen compounds and dates."""
    return [
        word
        for i, word in enumerate(words)
        if not (i + 1 < len(words) and words[i + 1].position == word.position)
    ]


def places(phrase: Phrase) -> Iterator[tuple[Literal["key", "form"], tuple[str, ...]]]:
    """What may stand at each place of a phrase, keys or exact forms.

    Raises ValueError where a pattern was not expanded to an AnyForm.
    """
    for word in phrase.words:
        if isinstance(word, Pattern):
            raise ValueError(f"{word!r} is to be expanded first")
        yield ("form", word.forms) if isinstance(word, AnyForm) else (phrase.key, word)


def spelling(form: str) -> tuple[bool, bool]:
    """How a word is written where German has two ways: with ß, and with ae, oe, ue for umlauts.

    Forms of one key with different answers are other spellings of each other.
    """
    return "ß" in form, with_umlauts(form) != form


HighlightKey = Literal["key", "form", "separated", "relative", "part", "spread"]

MARKED_FIELDS = frozenset(("title", "body", "tags"))
"""The parts of an article in which matches are looked for: what is searched as one text."""


class Accepted(NamedTuple):
    """What a word must have to be marked: one of some keys of a kind.

    kind: what `keys` holds: keys or exact forms of words; keys of verbs apart from their
        particles, or of relatives; keys that parts of compounds have; or what stands for a part
        of a compound query word: keys of words, and of compounds that end with it.
    """

    kind: HighlightKey
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class HighlightTerm:
    """One thing to mark: a word, or a phrase of consecutive words.

    number: of the query word that this stands for.
    fields: where it may match.
    sequence: of each word, what is accepted; in a phrase these are keys and exact forms. Of a
        compound that is spread, what stands for each of its parts, in any order and anywhere.
    typed: the exact form of a plain query word, or "".
    """

    number: int
    fields: frozenset[str]
    sequence: tuple[Accepted, ...]
    typed: str = ""

    @property
    def kind(self) -> HighlightKey:
        """The kind of keys of a word, or of the first word of a phrase."""
        return self.sequence[0].kind


def highlight_terms(meaning: Meaning) -> tuple[HighlightTerm, ...]:
    """What to mark in an article that a meaning finds, the words of the query in order.

    What is excluded is not marked, nor what is only preferred: it would be every "der" and "und".
    Nor is a pattern that was not expanded to an AnyForm.
    """
    return tuple(dict.fromkeys(_highlight_terms(meaning)))


def _highlight_terms(meaning: Meaning) -> Iterator[HighlightTerm]:
    if isinstance(meaning, AllOf | OneOf):
        for part in meaning.parts:
            yield from _highlight_terms(part)
    elif isinstance(meaning, AllBut | Preferring):
        yield from _highlight_terms(meaning.kept)
    elif isinstance(meaning, Word | Phrase | AnyForm):
        fields = MARKED_FIELDS if meaning.field == TEXT else frozenset((meaning.field,))
        for sequence, typed in _sought(meaning):
            accepted = tuple(Accepted(kind, frozenset(keys)) for kind, keys in sequence)
            yield HighlightTerm(meaning.number, fields, accepted, typed)


_Sought = tuple[Sequence[tuple[HighlightKey, Sequence[str]]], str]


def _sought(meaning: Word | Phrase | AnyForm) -> Iterator[_Sought]:
    """The sequence and typed form of each highlight term."""
    if isinstance(meaning, Phrase):
        if not any(isinstance(each, Pattern) for each in meaning.words):
            yield list(places(meaning)), ""
    elif isinstance(meaning, AnyForm):
        yield [("form", meaning.forms)], ""
    elif not meaning.keys:
        yield [("form", meaning.forms)], plain_form(meaning.forms[0])
    else:
        yield [("key", meaning.keys)], plain_form(meaning.forms[0])
        if meaning.separated:
            yield [("separated", meaning.separated)], ""
        if meaning.relatives:
            yield [("relative", meaning.relatives)], ""
        if meaning.in_compounds:
            yield [("part", (*meaning.keys, *meaning.relatives))], ""
        if meaning.parts:
            yield [("spread", ways) for ways in meaning.parts], ""
        for synonym in meaning.synonyms:
            yield [("key", synonym.keys)], ""

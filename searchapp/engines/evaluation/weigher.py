"""What a query's words weigh: a meaning becomes a plan over postings.

What a word finds is decided in `searchapp.engines.meaning`; here each tier gets its share of the
word's inverse document frequency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from searchapp.engines import meaning as means
from searchapp.engines.evaluation.bm25 import idf
from searchapp.engines.evaluation.plan import (
    Adjacent,
    And,
    AndMaybe,
    AndNot,
    AnyTerm,
    Coordinated,
    DateRange,
    Entry,
    MatchAll,
    Or,
    Place,
    Plan,
    Wanted,
    WeightedTerms,
    WordPlan,
)
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.fields import COMPOUND_FIELDS, LEAD, TEXT, exact_field, parts_field
from searchapp.engines.meaning import Meaning, spelling
from searchapp.settings import Ranking

FIRST_DAY, LAST_DAY = 1, 3_652_059
"""The range of `date.toordinal()`."""

UNKNOWN_IDF = 1.0
"""For what has none, such as a pattern or a date: little, beside about 7 for a usual word."""

DocFreq = Callable[[str, str], int]
"""(field, term) -> number of documents."""


@dataclass(frozen=True, slots=True)
class Weigher:
    """Makes plans for one index.

    doc_freq, vocabulary: of the index. doc_count: number of its articles.
    """

    ranking: Ranking
    doc_freq: DocFreq
    doc_count: int
    vocabulary: Vocabulary

    def plan(self, meaning: Meaning) -> Plan:
        """The plan of a meaning whose patterns are expanded."""
        if isinstance(meaning, means.AllOf):
            return And(tuple(map(self.plan, meaning.parts)))
        if isinstance(meaning, means.OneOf):
            if len(_numbers(meaning)) > 1:
                wanted = tuple(map(self._wanted, meaning.parts))
                found = Coordinated(wanted, self.ranking.coordination)
                fragments = WeightedTerms(tuple(self._fragments(meaning)))
                scale = self.ranking.fragment
                return AndMaybe(found, fragments, scale) if fragments.entries else found
            return Or(tuple(map(self.plan, meaning.parts)))
        if isinstance(meaning, means.AllBut):
            return AndNot(self.plan(meaning.kept), self.plan(meaning.excluded))
        if isinstance(meaning, means.Preferring):
            required, optional = self.plan(meaning.kept), self._optional(meaning.preferred)
            return AndMaybe(required, optional, self.ranking.optional)
        if isinstance(meaning, means.Word):
            return self._word(meaning)
        if isinstance(meaning, means.Phrase):
            places = tuple(
                Place(meaning.field if kind == "key" else exact_field(meaning.field), terms)
                for kind, terms in means.places(meaning)
            )
            return WordPlan(Adjacent(places, self._telling(meaning)))
        if isinstance(meaning, means.AnyForm):
            return AnyTerm(exact_field(meaning.field), meaning.forms)
        if isinstance(meaning, means.Dates):
            first = meaning.first.toordinal() if meaning.first else FIRST_DAY
            last = meaning.last.toordinal() if meaning.last else LAST_DAY
            return DateRange(first, last)
        if isinstance(meaning, means.Everything):
            return MatchAll()
        raise ValueError(f"{meaning!r} is to be expanded before it is weighed")

    def _wanted(self, meaning: Meaning) -> Wanted:
        """One of several meanings, of which an article need not have all."""
        telling = self._telling(meaning)
        if isinstance(meaning, means.Word):
            return Wanted(telling, self._word(meaning))
        if isinstance(meaning, means.OneOf) and meaning.parts and len(_numbers(meaning)) == 1:
            ways = [self._wanted(each).word for each in meaning.parts]
            in_titles = tuple(way.in_title for way in ways if way.in_title)
            in_text = Or(tuple(way.in_text for way in ways))
            return Wanted(telling, WordPlan(in_text, Or(in_titles) if in_titles else None))
        plan = self.plan(meaning)
        return Wanted(telling, plan if isinstance(plan, WordPlan) else WordPlan(plan))

    def _fragments(self, meaning: Meaning) -> Iterator[Entry]:
        """The parts of compounds, and the pieces of words with hyphens, each by itself."""
        if isinstance(meaning, means.AllOf | means.OneOf):
            for each in meaning.parts:
                yield from self._fragments(each)
        elif isinstance(meaning, means.Word):
            for part in meaning.parts:
                yield from self._with_compounds(meaning.field, part[:1])
        elif isinstance(meaning, means.Phrase) and meaning.key == "key":
            for keys in meaning.words:
                if isinstance(keys, tuple):
                    yield from self._with_compounds(meaning.field, keys)

    def _telling(self, meaning: Meaning) -> float:
        """The idf of what a meaning finds, roughly: it is what a missing word is to cost."""
        if isinstance(meaning, means.Word):
            if not meaning.keys:
                return self._idf(exact_field(meaning.field), meaning.forms)
            names = _fields_of(meaning, meaning.field)
            return self._idf_in(names, (*meaning.keys, *meaning.separated))
        if isinstance(meaning, means.Phrase):
            field = meaning.field if meaning.key == "key" else exact_field(meaning.field)
            return sum(
                self._idf(field, words) if isinstance(words, tuple) else UNKNOWN_IDF
                for words in set(meaning.words)
            )
        if isinstance(meaning, means.AllOf):
            return sum(map(self._telling, meaning.parts))
        if isinstance(meaning, means.OneOf):
            return max(map(self._telling, meaning.parts), default=UNKNOWN_IDF)
        if isinstance(meaning, means.AllBut | means.Preferring):
            return self._telling(meaning.kept)
        return UNKNOWN_IDF

    def _word(self, word: means.Word) -> WordPlan:
        return WordPlan(self._in_text(word), self._in_title(word))

    def _in_title(self, word: means.Word) -> Plan | None:
        """What a word, or a synonym of it, counts in a title more than in the text."""
        if word.field != TEXT:
            return None
        entries = self._entries(word, "title", self.ranking.title)
        scale = self.ranking.title * self.ranking.synonym
        for each in word.synonyms:
            entries += self._entries(each, "title", scale)
        return WeightedTerms(entries)

    def _in_text(self, word: means.Word) -> Plan:
        ways: list[Plan] = [WeightedTerms(self._entries(word, word.field))]
        if word.parts:
            spread = tuple(WeightedTerms(self._spread(word.field, ways)) for ways in word.parts)
            ways.append(And(spread) if len(spread) > 1 else spread[0])
        ways += [
            WeightedTerms(self._entries(each, each.field, self.ranking.synonym))
            for each in word.synonyms
        ]
        return ways[0] if len(ways) == 1 else Or(tuple(ways))

    def _optional(self, words: tuple[means.Word, ...]) -> WeightedTerms:
        """The words in their inflected forms in a text. Function words are in nearly every article:
        what their other tiers add to the order is lost in the noise, and costs five times as much.
        """
        entries = []
        for word in words:
            terms = word.keys or word.forms
            field = word.field if word.keys else exact_field(word.field)
            entries.append(Entry(field, terms, self._idf(field, terms)))
        return WeightedTerms(tuple(entries))

    def _entries(self, word: means.Word, name: str, scale: float = 1.0) -> tuple[Entry, ...]:
        """The postings of a field in which a word is looked up, with weights.

        All tiers of a field share one idf: a rare form of a frequent word tells no more than
        the word, and must not rise above it. Relatives are other words: together they are more
        frequent, and tell less. In a title they count no more than in the text, or a title would
        lift them above the word itself.
        """
        exact = exact_field(name)
        if not word.keys:
            return (Entry(exact, word.forms, scale * self._idf(exact, word.forms)),)
        names = _fields_of(word, name)
        weight = scale * self._idf_in(names, (*word.keys, *word.separated))
        entries = [Entry(name, word.keys, weight)]
        if word.separated:
            entries.append(Entry(name, word.separated, weight * self.ranking.separated))
        entries += [Entry(each, word.keys, weight * self.ranking.part) for each in names[1:]]
        if name != word.field:
            return tuple(entries)
        if word.relatives:
            together = (*word.keys, *word.relatives)
            less = scale * self.ranking.relative * self._idf_in(names, together)
            entries.append(Entry(name, word.relatives, less))
            entries += [Entry(each, word.relatives, less * self.ranking.part) for each in names[1:]]
        if name == TEXT:
            weights = (weight, weight * self.ranking.part)
            for each, its_weight in zip(_fields_of(word, LEAD), weights, strict=False):
                entries.append(Entry(each, word.keys, its_weight * self.ranking.lead))
        entries.append(Entry(exact, word.forms, weight * self.ranking.exact))
        variants = self._other_spellings(word)
        if variants:
            entries.append(Entry(exact, variants, -weight * self.ranking.variant))
        return tuple(entries)

    def _spread(self, field: str, ways: tuple[str, ...]) -> tuple[Entry, Entry]:
        """The postings of what stands for a part of a compound; see `means.Word.parts`."""
        *keys, head = ways
        parts = parts_field(field)
        weight = self.ranking.spread * self._idf_in((field, parts), keys[:1])
        return Entry(field, tuple(keys), weight), Entry(parts, (head,), weight * self.ranking.part)

    def _with_compounds(self, field: str, keys: tuple[str, ...]) -> tuple[Entry, ...]:
        """The postings of a word, and of the compounds that hold it as a part, with weights."""
        if field not in COMPOUND_FIELDS:
            return (Entry(field, keys, self._idf(field, keys)),)
        parts = parts_field(field)
        weight = self._idf_in((field, parts), keys)
        return Entry(field, keys, weight), Entry(parts, keys, weight * self.ranking.part)

    def _idf(self, field: str, terms: Sequence[str]) -> float:
        return self._idf_in((field,), terms)

    def _idf_in(self, fields: Sequence[str], terms: Sequence[str]) -> float:
        together = sum(self.doc_freq(field, term) for field in fields for term in terms)
        return idf(min(together, self.doc_count), self.doc_count)

    def _other_spellings(self, word: means.Word) -> tuple[str, ...]:
        """Forms of the corpus with the same keys that are written in the other way."""
        wanted = spelling(word.forms[0])
        rows = (row for key in word.keys for row in self.vocabulary.rows_of_key(key))
        return tuple(row.form for row in rows if spelling(row.form) != wanted)


def _fields_of(word: means.Word, name: str) -> tuple[str, ...]:
    """A field and, of a word that is found in compounds, the field of their parts."""
    return (name, parts_field(name)) if word.in_compounds else (name,)


def _numbers(meaning: Meaning) -> set[int]:
    """The numbers of the different words of the query that a meaning is made of."""
    if isinstance(meaning, means.AllOf | means.OneOf):
        return set().union(*map(_numbers, meaning.parts))
    if isinstance(meaning, means.AllBut | means.Preferring):
        return _numbers(meaning.kept)
    if isinstance(meaning, means.Dates | means.Everything):
        return set()
    return {meaning.number}

"""What a query's words weigh: a meaning becomes a plan over postings.

What a word finds is decided in `searchapp.engines.meaning`; here each tier gets its share of the
word's inverse document frequency.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from searchapp.engines import meaning as means
from searchapp.engines.evaluation.bm25 import idf
from searchapp.engines.evaluation.plan import (
    Adjacent,
    And,
    AndMaybe,
    AndNot,
    AnyTerm,
    DateRange,
    Entry,
    MatchAll,
    Or,
    Plan,
    WeightedTerms,
)
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.fields import COMPOUND_FIELDS, TEXT, exact_field, parts_field
from searchapp.engines.meaning import Meaning, spelling
from searchapp.settings import Ranking

FIRST_DAY, LAST_DAY = 1, 3_652_059
"""The range of `date.toordinal()`."""

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
            return Or(tuple(map(self.plan, meaning.parts)))
        if isinstance(meaning, means.AllBut):
            return AndNot(self.plan(meaning.kept), self.plan(meaning.excluded))
        if isinstance(meaning, means.Preferring):
            required, optional = self.plan(meaning.kept), self._optional(meaning.preferred)
            return AndMaybe(required, optional, self.ranking.optional)
        if isinstance(meaning, means.Word):
            return self._word(meaning)
        if isinstance(meaning, means.Phrase):
            field = meaning.field if meaning.key == "stem" else exact_field(meaning.field)
            weight = sum(self._idf((field, word)) for word in set(meaning.words))
            return Adjacent(field, meaning.words, weight)
        if isinstance(meaning, means.AnyForm):
            return AnyTerm(exact_field(meaning.field), meaning.forms)
        if isinstance(meaning, means.Dates):
            first = meaning.first.toordinal() if meaning.first else FIRST_DAY
            last = meaning.last.toordinal() if meaning.last else LAST_DAY
            return DateRange(first, last)
        if isinstance(meaning, means.Everything):
            return MatchAll()
        raise ValueError(f"{meaning!r} is to be expanded before it is weighed")

    def _word(self, word: means.Word) -> Plan:
        if word.stem is None:
            return WeightedTerms(self._exact_entries(word))
        ways: list[Plan] = [WeightedTerms(self._entries(word, word.stem))]
        if word.parts:
            spread = tuple(WeightedTerms(self._spread_entries(word, stem)) for stem in word.parts)
            ways.append(And(spread) if len(spread) > 1 else spread[0])
        for each in word.synonyms:
            assert each.stem is not None
            entries = self._entries(each, each.stem, scale=self.ranking.synonym)
            ways.append(WeightedTerms(entries))
        return ways[0] if len(ways) == 1 else Or(tuple(ways))

    def _optional(self, words: tuple[means.Word, ...]) -> WeightedTerms:
        """The words in their inflected forms in a text. Function words are in nearly every article:
        what their other tiers add to the order is lost in the noise, and costs five times as much.
        """
        terms = [(word.field, word.stem or word.form) for word in words]
        return WeightedTerms(tuple(Entry(*term, self._idf(term)) for term in terms))

    def _fields(self, name: str, scale: float = 1.0) -> dict[str, float]:
        """The fields in which a word is looked up, each with what its idf is multiplied by."""
        return {name: scale} | ({"title": scale * self.ranking.title} if name == TEXT else {})

    def _exact_entries(self, word: means.Word) -> tuple[Entry, ...]:
        exact = {exact_field(name): weight for name, weight in self._fields(word.field).items()}
        return tuple(
            Entry(name, word.form, weight * self._idf((name, word.form)))
            for name, weight in exact.items()
        )

    def _entries(self, word: means.Word, stem: str, scale: float = 1.0) -> tuple[Entry, ...]:
        """The postings in which a word is looked up, with weights.

        All tiers of a field share one idf: a rare form of a frequent word tells no more than
        the word, and must not rise above it.
        """
        entries = []
        for name, field_weight in self._fields(word.field, scale).items():
            has_parts = word.in_compounds and name in COMPOUND_FIELDS
            keys = [(name, stem), *([(parts_field(name), stem)] if has_parts else [])]
            weight = field_weight * self._idf(*keys)
            entries.append(Entry(name, stem, weight))
            entries += [Entry(*key, weight * self.ranking.part) for key in keys[1:]]
            if name == word.field:
                exact = exact_field(name)
                entries.append(Entry(exact, word.form, weight * self.ranking.exact))
                entries += [
                    Entry(exact, form, -weight * self.ranking.variant)
                    for form in self._other_spellings(word.form, stem)
                ]
        return tuple(entries)

    def _spread_entries(self, word: means.Word, stem: str) -> tuple[Entry, ...]:
        parts = parts_field(word.field)
        weight = self.ranking.spread * self._idf((word.field, stem), (parts, stem))
        return (
            Entry(word.field, stem, weight),
            Entry(parts, stem, weight * self.ranking.part),
        )

    def _idf(self, *terms: tuple[str, str]) -> float:
        together = sum(self.doc_freq(name, term) for name, term in terms)
        return idf(min(together, self.doc_count), self.doc_count)

    def _other_spellings(self, form: str, stem: str) -> list[str]:
        """Forms of the corpus with the same stem that are written in the other way."""
        wanted = spelling(form)
        rows = self.vocabulary.rows_of_stem(stem)
        return [row.form for row in rows if spelling(row.form) != wanted]

"""Wildcards and fuzzy words become the forms of an index that they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import chain

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.vocabulary import Vocabulary, glob_pattern
from searchapp.engines.meaning import (
    AllBut,
    AllOf,
    AnyForm,
    FuzzyWord,
    Meaning,
    OneOf,
    Pattern,
    Phrase,
    Preferring,
)
from searchapp.german import Analyzer
from searchapp.german.digraphs import folded, unfolded
from searchapp.german.forms import readings
from searchapp.model import Note


@dataclass
class Expander:
    """Expands the patterns of one query; afterwards `notes` says which stand for too many words,
    and `form_count` for how many forms all of them stand.

    limit: words that one pattern may stand for; the most frequent are kept.
    """

    vocabulary: Vocabulary
    analyzer: Analyzer
    limit: int
    deadline: Deadline
    notes: list[Note] = field(default_factory=list)
    form_count: int = 0

    def expanded(self, meaning: Meaning) -> Meaning:
        """The meaning with an AnyForm for each pattern. Raises SearchTimeout."""
        if isinstance(meaning, AllOf | OneOf):
            return type(meaning)(tuple(map(self.expanded, meaning.parts)))
        if isinstance(meaning, AllBut):
            return AllBut(self.expanded(meaning.kept), self.expanded(meaning.excluded))
        if isinstance(meaning, Preferring):
            return Preferring(self.expanded(meaning.kept), meaning.preferred)
        if isinstance(meaning, Pattern | FuzzyWord):
            return self._forms(meaning)
        if isinstance(meaning, Phrase):
            words = (
                self._forms(each) if isinstance(each, Pattern) else each for each in meaning.words
            )
            return replace(meaning, words=tuple(words))
        return meaning

    def _forms(self, pattern: Pattern | FuzzyWord) -> AnyForm:
        if isinstance(pattern, Pattern):
            words, cut = self.vocabulary.matching(
                pattern.glob, limit=self.limit, deadline=self.deadline
            )
            words = self._meant(pattern.glob, words)
        else:
            words, cut = self.vocabulary.similar(
                pattern.form,
                prefix_length=pattern.prefix_length,
                max_edits=pattern.max_edits,
                limit=self.limit,
                deadline=self.deadline,
            )
        if cut:
            self.notes.append(Note("expansion_cut", pattern.typed))
        forms = tuple(chain.from_iterable(map(readings, words)))
        self.form_count += len(forms)
        return AnyForm(pattern.number, pattern.field, forms)

    def _meant(self, glob: str, words: list[str]) -> list[str]:
        """The words as a glob spells them, and those that are another spelling of such a word.

        "strassen*" means "straßenbau", which is "strassenbau" for who has no ß; "masse*" does not
        mean "maße", which is another word.
        """
        as_typed = folded if glob == folded(glob) else unfolded
        is_spelt_so = re.compile(glob_pattern(glob, respelt=False)).fullmatch
        return [
            word
            for word in words
            if is_spelt_so(word.encode("utf-8"))
            or self._spelt_lemma(as_typed(word)) == self._spelt_lemma(word)
        ]

    def _spelt_lemma(self, word: str) -> str:
        keys = self.analyzer.keys_of(word)
        return folded(keys.lemma or keys.key)

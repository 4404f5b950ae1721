"""How a list of plain words is worded: as a sentence or as keywords, and with which names.

German writes nouns and names with a capital, so that the case of what was typed says much. A
query in capitals throughout says nothing by its case, and is read as if typed in small letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from searchapp.german.function_words import (
    ALSO_NOUNS,
    FINITE_VERBS,
    FUNCTION_WORDS,
    QUESTION_WORDS,
)

SENTENCE_MARKS = 2
"""Marks that make a sentence. One alone is as often that of a name or of keywords: "Will Smith",
"Der Herr der Ringe", "Wie Feuer und Eis"."""


@dataclass(frozen=True)
class Wording:
    """Some plain words of a query, as typed and in order.

    line: the whole query, whose last sign may make it a question.
    """

    words: Sequence[str]
    line: str

    @cached_property
    def _cased(self) -> Sequence[str]:
        return [word.lower() for word in self.words] if self.line.isupper() else self.words

    @cached_property
    def is_sentence(self) -> bool:
        """Whether the words are a sentence or a question rather than a list of keywords."""
        words = self._cased
        if len(words) < 2:
            return False
        marks = (
            self._is_closed,
            any(self._is_finite_verb(place) for place in range(len(words))),
            self._begins_as_question(),
            2 * sum(word.lower() in FUNCTION_WORDS for word in words) > len(words),
            self._has_lower_case_content(),
        )
        return sum(marks) >= SENTENCE_MARKS

    def is_optional(self, place: int) -> bool:
        """Whether the word at a place is a function word and is not written as a name or noun."""
        return self._cased[place].lower() in FUNCTION_WORDS and not self._is_name(place)

    def _is_name(self, place: int) -> bool:
        """Whether a function word is written as an abbreviation, a name or a noun.

        The first word has its capital from the start of the line, and counts only if it is
        common as a noun or name: of "Der Herr der Ringe", "Der" is an article.
        """
        word = self._cased[place]
        if len(word) > 1 and word.isupper():
            return True
        return (
            word[0].isupper() and not self.is_sentence and (place > 0 or word.lower() in ALSO_NOUNS)
        )

    @cached_property
    def _is_closed(self) -> bool:
        return len(self.words) > 2 and self.line.rstrip(" \"'“”«»)").endswith((".", "?", "!"))

    def _is_finite_verb(self, place: int) -> bool:
        """A verb with a capital begins a question; the noun "Waren" only if a sign closes it."""
        word = self._cased[place]
        if word.lower() not in FINITE_VERBS:
            return False
        return word[0].islower() or (
            place == 0 and (self._is_closed or word.lower() not in ALSO_NOUNS)
        )

    def _begins_as_question(self) -> bool:
        """As "Wie hoch", "In welcher Stadt" and "Ist Stahl" do."""
        first, second = (word.lower() for word in self._cased[:2])
        return (
            first in QUESTION_WORDS
            or (first in FUNCTION_WORDS and second in QUESTION_WORDS)
            or (first in FINITE_VERBS and first not in ALSO_NOUNS)
        )

    def _has_lower_case_content(self) -> bool:
        """A verb or an adjective after the first word, if not all is typed in small letters."""
        return any(word[0].isupper() for word in self._cased) and any(
            word[0].islower() and word not in FUNCTION_WORDS for word in self._cased[1:]
        )

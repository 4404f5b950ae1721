"""Did you mean: words of the corpus in place of a word that finds nothing or next to nothing."""

from __future__ import annotations

from itertools import takewhile
from math import ceil, log10
from typing import NamedTuple

from searchapp.deadline import Deadline
from searchapp.engines.base import Correction
from searchapp.engines.evaluation.vocabulary import Vocabulary, VocabularyRow
from searchapp.german.analyzer import WordKeys
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.german.typing_errors import LIGHT, are_siblings, error_cost

COST_STEP = 2.0
"""Powers of ten in frequency that one error of full cost is worth. The choice matters little: with
1.5 to 5 the right word comes first for 277 to 279 of 300 generated errors."""
CLEAR_STEP = 1.3
"""Powers of ten that the evidence for another word must exceed where the typed one may be right:
with a LIGHT error a word of the corpus must be 200 times as frequent, with a plain one 2,000 times.
"""
LETTERS_AN_ERROR = 4
"""A word has at most one error of full cost in that many letters: more make it any other word."""
LETTERS_A_REPLACED_ERROR = 6
"""The same where the other word is searched for unasked. Of 100 names and foreign words that
neither the dictionary nor the corpus has, 60 would be replaced with 4 letters, 36 with 5, 24 with 6
and 17 with 8; of 300 generated errors, 276, 271, 270 and 254 are replaced by the right word.
"""
_MAX_EDITS = 2

_CANDIDATES = 100
_MIN_PART_CHARS = 4
_MIN_SOUND_PART_CHARS = 3
"""Shorter parts of a compound that no dictionary lists are often what is left beside an error, as
in "Ko-mission"."""


class TypedWord(NamedTuple):
    """A word of a query, and what is known of it.

    is_listed: whether the dictionary has it. doc_freq: articles in which it is found in any form
    or as a part.
    """

    keys: WordKeys
    is_listed: bool
    doc_freq: int

    @property
    def is_known(self) -> bool:
        """Whether it is a word of German or of the corpus, so that it may well be meant."""
        parts = self.keys.parts
        is_sound = bool(parts) and all(
            part.end - part.start >= _MIN_SOUND_PART_CHARS for part in parts
        )
        return self.is_listed or self.doc_freq > 0 or is_sound


def corrections(
    word: TypedWord, vocabulary: Vocabulary, *, limit: int, deadline: Deadline
) -> list[Correction]:
    """Words of the corpus that may have been meant, the likeliest first.

    A known word is at most offered another one, and only on clear evidence; none where the
    dictionary has it and articles, too. A compound that neither knows is corrected by its parts:
    one side must be a word of the corpus, the other is replaced by a likelier one.
    Raises SearchTimeout.
    """
    form = word.keys.form
    if len(form) < 3 or not form.isalpha() or form in FUNCTION_WORDS:
        return []
    if word.is_listed and word.doc_freq:
        return []
    least = log10(max(1, word.doc_freq)) + CLEAR_STEP if word.is_known else 0.0
    starts = [part.start for part in word.keys.parts]
    found = [
        each
        for each in _likely_words(form, vocabulary, deadline, is_known=word.is_known, least=least)
        if not _are_siblings(form, each.row.form, starts)
    ]
    if not found and not word.is_known:
        joined = _corrected_compound(form, vocabulary, deadline)
        found = [joined] if joined else []
    max_cost = len(form) / LETTERS_A_REPLACED_ERROR
    return [
        Correction(*each.row, may_replace=not word.is_known and each.cost <= max_cost)
        for each in found[:limit]
    ]


class _Likely(NamedTuple):
    """A word that may have been meant.

    cost: of the error. score: the logarithm of its likelihood to the base of ten.
    """

    row: VocabularyRow
    cost: float
    score: float


def _likely_words(
    form: str, vocabulary: Vocabulary, deadline: Deadline, *, is_known: bool, least: float = 0.0
) -> list[_Likely]:
    """Words whose score is above `least`, best first."""
    max_cost = len(form) / LETTERS_AN_ERROR
    # With the first letter a lookup takes a twentieth of the time, and it is seldom wrong.
    for prefix_length in (1,) if is_known else (1, 0):
        forms, _ = vocabulary.similar(
            form,
            prefix_length=prefix_length,
            max_edits=min(_MAX_EDITS, int(max_cost / LIGHT)),
            limit=_CANDIDATES,
            deadline=deadline,
            min_doc_freq=ceil(10**least),
        )
        likely = []
        for each in forms:
            if each == form or not each.isalpha():
                continue
            cost = error_cost(form, each)
            row = vocabulary.row(each) if cost <= max_cost else None
            if row is not None:
                score = log10(row.doc_freq) - COST_STEP * cost
                if not is_known or score >= least:
                    likely.append(_Likely(row, cost, score))
        if likely:
            break
    likely.sort(key=lambda each: (-each.score, each.row.form))
    # Where a function word is likeliest, what comes after it was not meant either.
    return list(takewhile(lambda each: each.row.form not in FUNCTION_WORDS, likely))


def _are_siblings(form: str, other: str, starts: list[int]) -> bool:
    """Whether the words, or what begins at a part of a compound, differ in the beginning only."""
    return any(
        form[:start] == other[:start] and are_siblings(form[start:], other[start:])
        for start in {0, *starts}
    )


def _corrected_compound(form: str, vocabulary: Vocabulary, deadline: Deadline) -> _Likely | None:
    """A compound of a known word and a likely one, the longest known word first.

    None for a word that two words of the corpus make: it is right.
    """
    cuts = range(_MIN_PART_CHARS, len(form) - _MIN_PART_CHARS + 1)
    lefts = {cut for cut in cuts if vocabulary.row(form[:cut])}
    rights = {cut for cut in cuts if vocabulary.row(form[cut:])}
    if lefts & rights:
        return None
    known = [*((cut, True) for cut in sorted(lefts)), *((cut, False) for cut in sorted(rights))]
    known.sort(key=lambda each: each[0] if each[1] else len(form) - each[0], reverse=True)
    for cut, is_left in known[:4]:
        right, left = form[cut:], form[:cut]
        other = right if is_left else left
        for near in _likely_words(other, vocabulary, deadline, is_known=False):
            part = near.row.form
            is_near = near.cost <= len(other) / LETTERS_A_REPLACED_ERROR
            if is_near and len(part) >= _MIN_PART_CHARS and not are_siblings(other, part):
                joined = left + part if is_left else part + right
                return near._replace(row=VocabularyRow(joined, 0))
    return None

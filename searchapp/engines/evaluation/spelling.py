"""Did you mean: words of the corpus in place of a word that finds nothing or next to nothing."""

from __future__ import annotations

from searchapp.deadline import Deadline
from searchapp.engines.base import Correction
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.german.analyzer import WordKeys
from searchapp.german.function_words import FUNCTION_WORDS

FREQUENT_RATIO = 50
"""A word of the corpus is corrected only to one that is at least this many times as frequent."""

_CANDIDATES = 50
_MIN_PART_CHARS = 4


def corrections(
    word: WordKeys, own_freq: int, vocabulary: Vocabulary, *, limit: int, deadline: Deadline
) -> list[Correction]:
    """Surface words that are near to a word, best first: nearer, then more frequent ones.

    own_freq: articles in which the word is found in any form or as a part.
    A compound that the corpus does not hold is corrected by its parts: one side must be known,
    the other is replaced by a near word. Raises SearchTimeout.
    """
    form = word.form
    is_sound_compound = bool(word.parts) and not own_freq
    if len(form) < 3 or not form.isalpha() or form in FUNCTION_WORDS or is_sound_compound:
        return []
    near = [
        each
        for each in _near_words(form, own_freq, vocabulary, deadline)
        if each.form != form and each.form not in FUNCTION_WORDS
    ]
    if not near and not own_freq:
        near = _corrected_compounds(form, vocabulary, deadline)
    return near[:limit]


def _near_words(
    form: str, own_freq: int, vocabulary: Vocabulary, deadline: Deadline
) -> list[Correction]:
    max_edits = 1 if len(form) <= 5 else 2
    # The first letter is seldom wrong, and with it a lookup takes a twentieth of the time.
    for prefix_length in (1,) if own_freq else (1, 0):
        forms, _ = vocabulary.similar(
            form,
            prefix_length=prefix_length,
            max_edits=max_edits,
            limit=_CANDIDATES,
            deadline=deadline,
            min_doc_freq=own_freq * FREQUENT_RATIO + 1,
        )
        if forms:
            break
    rows = [row for each in forms if (row := vocabulary.row(each))]
    return [Correction(row.form, row.doc_freq) for row in rows]


def _corrected_compounds(form: str, vocabulary: Vocabulary, deadline: Deadline) -> list[Correction]:
    """Compounds of a known word and a near one, the longest known word first."""
    cuts = range(_MIN_PART_CHARS, len(form) - _MIN_PART_CHARS + 1)
    known = [(cut, True) for cut in cuts if vocabulary.row(form[:cut])]
    known += [(cut, False) for cut in cuts if vocabulary.row(form[cut:])]
    known.sort(key=lambda each: each[0] if each[1] else len(form) - each[0], reverse=True)
    for cut, is_left in known[:4]:
        right, left = form[cut:], form[:cut]
        other = right if is_left else left
        for near in _near_words(other, 0, vocabulary, deadline):
            if len(near.form) >= _MIN_PART_CHARS:
                joined = left + near.form if is_left else near.form + right
                return [Correction(joined, 0)]
    return []

"""Which dictionary words of an index are joined, so that anyone can read what a word finds."""

from __future__ import annotations

from collections.abc import Callable

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.german import Analyzer
from searchapp.german.forms import is_separated, plain_form
from searchapp.german.spellings import usual_spelling
from searchapp.model import JoinedWord, WordFamily

_KEYS_BETWEEN_CHECKS = 1000


def _is_other_spelling(form: str) -> bool:
    """Not with umlauts and ß in two letters each: nobody takes such a word for another one."""
    word = plain_form(form)
    return not is_separated(form) and usual_spelling(word) != word


def word_families(
    vocabulary: Vocabulary,
    analyzer: Analyzer,
    doc_freq: Callable[[str], int],
    *,
    limit: int,
    deadline: Deadline,
) -> list[WordFamily]:
    """See `Snapshot.word_families`. doc_freq: in how many articles a key is."""
    words = []
    for number, key in enumerate(vocabulary.keys()):
        if number % _KEYS_BETWEEN_CHECKS == 0:
            deadline.check()
        if analyzer.is_lemma(key):
            words.append((-doc_freq(key), key))
    words.sort()
    families: list[WordFamily] = []
    for negative, key in words:
        if len(families) == limit:
            break
        deadline.check()
        joined = [
            JoinedWord(each, count, "relative")
            for each in analyzer.relatives([analyzer.keys_of(key)])
            if (count := doc_freq(each))
        ]
        joined += [
            JoinedWord(plain_form(row.form), row.doc_freq, "spelling")
            for row in vocabulary.rows_of_key(key)
            if _is_other_spelling(row.form)
        ]
        if joined and negative:
            joined.sort(key=lambda each: (-each.doc_freq, each.word))
            families.append(WordFamily(key, -negative, tuple(joined)))
    return families

"""Which dictionary words of an index are joined, so that anyone can read what a word finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from searchapp.deadline import Deadline
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.german import Analyzer
from searchapp.german.forms import is_separated, plain_form
from searchapp.german.spellings import usual_spelling
from searchapp.model import JoinedWord, WordFamily

_KEYS_AT_A_TIME = 1000
"""That are counted together: each time may be a way to another machine."""
_FAMILIES_AT_A_TIME = 100


Item = TypeVar("Item")


def _is_other_spelling(form: str) -> bool:
    """Not with umlauts and ß in two letters each: nobody takes such a word for another one."""
    word = plain_form(form)
    return not is_separated(form) and usual_spelling(word) != word


def word_families(
    vocabulary: Vocabulary,
    analyzer: Analyzer,
    doc_freqs: Callable[[Sequence[str]], Iterable[int]],
    *,
    limit: int,
    deadline: Deadline,
) -> list[WordFamily]:
    """See `Snapshot.word_families`. doc_freqs: in how many articles each of some keys is."""
    words: list[tuple[int, str]] = []
    for keys in _parts(filter(analyzer.is_lemma, vocabulary.keys()), _KEYS_AT_A_TIME):
        deadline.check()
        words += [(-count, key) for count, key in zip(doc_freqs(keys), keys, strict=True) if count]
    words.sort()
    families: list[WordFamily] = []
    for few in _parts(iter(words), min(limit, _FAMILIES_AT_A_TIME)):
        if len(families) >= limit:
            break
        deadline.check()
        relatives = {key: analyzer.relatives([analyzer.keys_of(key)]) for _, key in few}
        sought = list(dict.fromkeys(each for others in relatives.values() for each in others))
        counts = dict(zip(sought, doc_freqs(sought), strict=True))
        for negative, key in few:
            joined = [
                JoinedWord(each, counts[each], "relative")
                for each in relatives[key]
                if counts[each]
            ]
            joined += [
                JoinedWord(plain_form(row.form), row.doc_freq, "spelling")
                for row in vocabulary.rows_of_key(key)
                if _is_other_spelling(row.form)
            ]
            if joined:
                joined.sort(key=lambda each: (-each.doc_freq, each.word))
                families.append(WordFamily(key, -negative, tuple(joined)))
    return families[:limit]


def _parts(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of a size, the last one shorter."""
    while part := list(islice(items, size)):
        yield part

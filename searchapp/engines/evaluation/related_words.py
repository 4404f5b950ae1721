"""The nouns that stand unusually often in the articles that a query finds.

What an article is about is told by few of its words: those that it has often and few others have.
They are kept for each article, in a table that is made once for a generation, from its postings.
The best hits of a query are looked up in it: a noun is related to the query if far more of them
are about it than of all articles.

How that is measured: by the normalized pointwise mutual information of "is found" and "is about
it" (Bouma 2009, "Normalized (Pointwise) Mutual Information in Collocation Extraction"), which is
1 where one never occurs without the other and 0 where they have nothing to do with each other. Few
occurrences prove little: of a count its standard deviation, the root, is taken off before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from searchapp.engines.evaluation.columns import Columns, smallest
from searchapp.engines.evaluation.doc_set import Docs, Integers
from searchapp.engines.evaluation.made_once import IsGivenUp
from searchapp.engines.evaluation.plan import PostingsSource
from searchapp.engines.evaluation.suggestion_tables import WordTable, fields_of, joined_fields
from searchapp.engines.fields import TEXT, parts_field
from searchapp.engines.meaning import HighlightTerm, Word
from searchapp.engines.storage.memory_tables import TermList, Terms
from searchapp.errors import SearchTimeout
from searchapp.german import Analyzer
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.translation import N_

MIN_ARTICLES = 100
"""In fewer articles nothing is unusual."""
MAX_ARTICLES = 200_000
"""Of more the newest teach: the table takes about 50 bytes for each."""
WORDS_OF_ARTICLE = 24
"""A long article is about no more; measured, as the rest, by reading what is shown."""
MIN_DOC_FREQ = 5
MAX_SHARE = 0.2
"""Rarer words narrow to next to nothing, and more frequent ones are nobody's subject."""
MIN_SHARED = 4
"""Hits that a word must be the subject of: three are often a chance."""
MIN_RELATEDNESS = 0.4
"""The least mutual information of a related word."""
MIN_CHARS = 3
"""Shorter words are pieces: of "AG", "SGB XI", "Op. 5"."""
SAME_SHARE = 0.75
"""Two words that have so much of their articles in common are as one."""
WHOLE_SHARE = 0.3
"""Of the articles that a compound finds so many must have it, and not only its parts."""
NARROWING_SHARE = 0.5
"""A word that more of what was found has than that narrows nothing."""
MIN_CONTAINED_CHARS = 4
"""Words of so many letters are taken for a part of those that they stand in."""
MAKING_SHARE = 0.05
"""Of the time that is left, for waiting until the table of them is made: a page is shown without
them rather than late."""
COUNTING_SHARE = 0.5
"""The same, for counting what they find."""

NO_DOCS: Integers = np.empty(0, dtype=np.int32)

_ROWS_AT_A_TIME = 4_000_000
_WORDS_AT_A_TIME = 256


class SubjectWords:
    """What each article is about.

    terms: the words, key and as the corpus writes it (see `joined_fields`). Column of numbers: how
        many articles are about it.
    words: rows of them, one article's after the other's, shape (rows,).
        Document d has `words[offsets[d]:offsets[d + 1]]`, shape of offsets (max_doc + 1,).
    articles: how many there are in all.
    """

    def __init__(self, terms: Terms, counts: Integers, words: Integers, articles: int) -> None:
        """counts: words of each document, shape (max_doc,)."""
        self.terms = terms
        self.words = words
        self.offsets = np.zeros(len(counts) + 1, dtype=np.int32)
        np.cumsum(counts, out=self.offsets[1:])
        self.articles = articles
        self._totals = terms.numbers()[SUBJECT_COLUMNS[0]]

    def word(self, row: int) -> tuple[str, str]:
        """The key of a word, and as it is shown."""
        key, shown = fields_of(self.terms.term(row))
        return key, shown

    def related(self, docs: Docs) -> list[int]:
        """The words that some articles are about unusually often, best first."""
        counts = np.bincount(self._words_of(docs), minlength=self.terms.row_count)
        return most_telling(counts, self._totals, len(docs), self.articles)

    def _words_of(self, docs: Docs) -> Integers:
        starts = self.offsets.take(docs)
        lengths = self.offsets.take(docs + 1) - starts
        ends = np.cumsum(lengths)
        rows = np.repeat(starts - (ends - lengths), lengths)
        return self.words.take(rows + np.arange(len(rows)))


SUBJECT_COLUMNS = ("articles",)


def most_telling(counts: Integers, totals: Integers, hits: int, articles: int) -> list[int]:
    """The places of the words that some hits are about unusually often, best first.

    counts, totals: hits, and articles in all, that are about each word; equal shapes. Best is what
    tells most of the hits: its share in them, times how many times as frequent it is in them, in
    powers of e (its part of the Kullback-Leibler divergence).
    """
    places = np.flatnonzero(counts >= MIN_SHARED)
    if not len(places):
        return []
    shared = counts[places] - np.sqrt(counts[places])
    gain = np.log(shared * articles / (hits * totals[places]))
    relatedness = gain / np.log(articles / shared)
    telling = shared * gain
    order = np.argsort(-telling, kind="stable")
    best: list[int] = places[order[relatedness[order] >= MIN_RELATEDNESS]].tolist()
    return best


def sample_size(articles: int) -> int:
    """How many of the best hits tell what a query is about, in an index of so many articles.

    The mean, by their ratios, of one and all: of long articles the more distant hits name a word
    of the query in passing, of short ones few say little. It bounds the work, too.
    """
    return round(sqrt(articles))


def made_subject_words(
    forms: WordTable,
    source: Callable[[], AbstractContextManager[PostingsSource]],
    columns: Columns,
    keys_of: Callable[[Sequence[str]], Sequence[str]],
    is_given_up: IsGivenUp,
) -> SubjectWords:
    """Make the table from the postings of the nouns among some forms.

    keys_of: `Analyzer.keys`, or what gives the same.
    """
    docs = columns.all_docs
    if len(docs) > MAX_ARTICLES:
        docs = np.sort(docs[smallest(columns.newest[docs], MAX_ARTICLES)])
    is_taught = np.zeros(len(columns.live), dtype=np.bool_)
    is_taught[docs] = True
    shown = nouns(forms, keys_of)
    keys: list[str] = []
    kept = _Rows(len(columns.live))
    candidates = sorted(shown)
    for first in range(0, len(candidates), _WORDS_AT_A_TIME):
        if is_given_up():
            raise SearchTimeout(N_("the index was closed"), remedy=N_("try again"))
        with source() as postings:
            for key in candidates[first : first + _WORDS_AT_A_TIME]:
                its_docs, freqs = postings.postings(TEXT, key)
                taught = is_taught[its_docs]
                doc_freq = int(np.count_nonzero(taught))
                if MIN_DOC_FREQ <= doc_freq <= MAX_SHARE * len(docs):
                    weights = (1 + np.log(freqs[taught])) * log(len(docs) / doc_freq)
                    kept.add(its_docs[taught], len(keys), weights)
                    keys.append(key)
    counts, words = kept.finish(len(keys))
    terms = [joined_fields(key, shown[key]) for key in keys]
    totals = np.bincount(words, minlength=len(keys))
    numbers = dict(zip(SUBJECT_COLUMNS, (totals,), strict=True))
    return SubjectWords(TermList(terms, numbers), counts, words, len(docs))


class _Rows:
    """Words of documents, of each document the weightiest; of equal ones those added first."""

    def __init__(self, max_doc: int) -> None:
        self._max_doc = max_doc
        self._parts: list[tuple[Integers, Integers, npt.NDArray[np.float32]]] = []
        self._count = self._kept = 0

    def add(self, docs: Integers, word: int, weights: npt.NDArray[np.floating]) -> None:
        """Add a word to some documents."""
        words = np.full(len(docs), word, dtype=np.int32)
        self._parts.append((docs.astype(np.int32), words, weights.astype(np.float32)))
        self._count += len(docs)
        if self._count > 2 * self._kept + _ROWS_AT_A_TIME:
            self._keep_weightiest()

    def _keep_weightiest(self) -> None:
        docs, words, weights = map(np.concatenate, zip(*self._parts, strict=True))
        order = np.lexsort((-weights, docs))
        docs = docs[order]
        firsts = np.flatnonzero(np.diff(docs, prepend=-1))
        place = np.arange(len(docs)) - np.repeat(firsts, np.diff(firsts, append=len(docs)))
        weightiest = place < WORDS_OF_ARTICLE
        order = order[weightiest]
        self._parts = [(docs[weightiest], words[order], weights[order])]
        self._count = self._kept = len(order)

    def finish(self, word_count: int) -> tuple[Integers, Integers]:
        """How many words each document has, and these, as in `SubjectWords`."""
        if not self._parts:
            return np.zeros(self._max_doc, dtype=np.uint8), np.empty(0, dtype=np.uint8)
        self._keep_weightiest()
        ((docs, words, _),) = self._parts
        counts = np.bincount(docs, minlength=self._max_doc).astype(np.uint8)
        # Document and word in one number: so they are sorted in a fifth of the time.
        both = docs.astype(np.int64) << 32 | words
        both.sort()
        return counts, (both & 0xFFFFFFFF).astype(np.min_scalar_type(word_count))


def nouns(forms: WordTable, keys_of: Callable[[Sequence[str]], Sequence[str]]) -> dict[str, str]:
    """The nouns among the words of a corpus, by their keys, as the corpus mostly writes them.

    Nouns name subjects. Only those count that the dictionary knows or that are made of such: what
    else has a capital is often half of a name. An ending of the genitive or dative is left off.
    """
    words: dict[str, float] = {}
    for row, score in enumerate(forms.scores.tolist()):
        form, shown = forms.word(row)
        if shown and shown.isalpha() and shown[0].isupper() and form not in FUNCTION_WORDS:
            words[shown] = score
    known: dict[str, dict[str, float]] = {}
    for (shown, score), key in zip(words.items(), keys_of(list(words)), strict=True):
        if key[:1].isupper() and len(key) >= MIN_CHARS:
            known.setdefault(key, {})[shown] = score
    found = {}
    for key, scores in known.items():
        shown = max(scores, key=lambda each: (scores[each], each))
        found[key] = next(_without_ending(shown, key, scores), shown)
    return found


def _without_ending(word: str, key: str, others: Collection[str]) -> Iterator[str]:
    """Those of some forms of a noun that it is without an ending of the genitive or dative."""
    for ending in ("es", "s"):
        if word.endswith(ending) and word.removesuffix(ending) in (key, *others):
            yield word.removesuffix(ending)
    # Not of "Kurden", the plural of its key.
    if word.endswith("n") and word[:-1] in others and word[:-1] != key:
        yield word[:-1]


def unlike_each_other(
    words: Iterable[tuple[str, str]], terms: Sequence[HighlightTerm], analyzer: Analyzer
) -> Iterator[str]:
    """Those of some words that say something new, as they are shown, in the same order.

    words: the key of each, and how it is shown. What says something new is not a word of the query,
    given by its terms, in any form, a relative of one, a part of one or a compound with one; nor
    such a one of a word before.
    """
    own = {key.lower() for term in terms for each in term.sequence for key in each.keys}
    said = [
        key.lower()
        for term in terms
        if term.kind != "spread"
        for each in term.sequence
        for key in each.keys
    ]
    for own_key, shown in words:
        key = own_key.lower()
        parts = {part.key.lower() for part in analyzer.keys_of(shown).parts}
        if key in own or own & parts or any(_is_part(key, each) for each in said):
            continue
        own.add(key)
        said.append(key)
        yield shown


def docs_with(word: Word, source: PostingsSource) -> Integers:
    """The documents that a word finds in texts, ascending: those of its plan, which is for scores.

    None for a compound that mostly finds its parts apart from each other: who follows a link to
    "Kirchenjahr" wants no articles with a church and a year.
    """
    parts = parts_field(TEXT)
    found = np.zeros(source.max_doc, dtype=np.bool_)
    found[source.docs_of_any(TEXT, (*word.keys, *word.separated, *word.relatives))] = True
    found[source.docs_of_any(parts, (*word.keys, *word.relatives))] = True
    for each in word.synonyms:
        found[source.docs_of_any(TEXT, each.keys)] = True
    whole = int(np.count_nonzero(found))
    if word.parts:
        apart = np.ones(source.max_doc, dtype=np.bool_)
        for *keys, head in word.parts:
            has_part = np.zeros(source.max_doc, dtype=np.bool_)
            has_part[source.docs_of_any(TEXT, keys)] = True
            has_part[source.docs_of_any(parts, (head,))] = True
            apart &= has_part
        found |= apart
    docs = np.flatnonzero(found).astype(np.int32)
    return docs if whole >= WHOLE_SHARE * len(docs) else NO_DOCS


def are_nearly_equal(docs: int, others: int, shared: Callable[[], int]) -> bool:
    """Whether two words stand in the same articles, as those of "Financial Intelligence Unit" do.

    docs, others: the number of articles of each. shared: counts those that both have. The second
    word would say nothing new.
    """
    most = max(docs, others)
    return min(docs, others) >= SAME_SHARE * most and shared() >= SAME_SHARE * most


def shared_count(docs: Integers, others: Integers) -> int:
    """How many documents two ascending lists have in common."""
    return len(np.intersect1d(docs, others, assume_unique=True))


def _is_part(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= MIN_CONTAINED_CHARS and shorter in longer

"""Chooses what to suggest for a beginning: words, in the light of those before it, and values.

Words, tags and authors are ranked by how many articles they give; titles follow them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import log10
from typing import NamedTuple

import numpy as np

from searchapp.engines.base import Typed
from searchapp.engines.evaluation.columns import Columns, smallest
from searchapp.engines.evaluation.doc_set import Docs, Integers, Mask
from searchapp.engines.evaluation.plan import PostingsSource
from searchapp.engines.evaluation.suggestion_tables import (
    SMALL,
    Ranged,
    SuggestionTables,
    best_rows,
)
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.engines.fields import TEXT, parts_field
from searchapp.german import Analyzer
from searchapp.german.digraphs import folded
from searchapp.german.forms import with_capital
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.german.loose_form import loose, loose_letters, loose_mark
from searchapp.model import Article, MarkedText, Suggestion, SuggestionKind

QUOTA: dict[SuggestionKind, int] = {"word": 3, "tag": 2, "author": 1, "title": 2}
"""Of eight suggestions; what one kind does not need goes to the others, by their score."""
_CANDIDATES = 20
_CANDIDATES_BEHIND = 12
"""The most frequent words, which are looked at closely; behind others each costs 0.1 ms."""
_MAX_SHARE = 0.05
_SAY_LITTLE = 1_000
"""Behind other words those in more than so many articles, and in this share of all, are not
suggested: they stand beside anything, and take long to count."""
_MAX_WORDS = 5
_RARE = log10(3)
"""Where no word that begins as typed is in so many articles, typing errors are looked for, too."""
_OTHERWISE_SPELT = 0.7
"""Powers of ten that another spelling of an umlaut than the one that was typed counts less."""
_MIN_INNER_TITLE_CHARS = 4
_INNER_TITLE_DOCS = 2_000
"""Titles with a word in them are suggested for words that are no more frequent than that: of many
any would be as good as another, and to find them would take long."""


class _Word(NamedTuple):
    """A word that may be suggested. key: its key in the index. score: powers of ten."""

    shown: str
    key: str
    total: int
    beginning: str
    score: float


class Suggester:
    """Answers one question."""

    def __init__(
        self,
        tables: SuggestionTables,
        source: PostingsSource,
        columns: Columns,
        vocabulary: Vocabulary,
        analyzer: Analyzer,
        article: Callable[[int], Article],
    ) -> None:
        self._tables = tables
        self._source = source
        self._columns = columns
        self._vocabulary = vocabulary
        self._analyzer = analyzer
        self._article = article
        self._before: Mask | None = None

    def suggestions(self, typed: Typed, limit: int) -> list[Suggestion]:
        """The best of each kind, by how many articles they give; titles last, newest first."""
        whole = loose(typed.text)
        if not whole:
            return []
        self._before = self._with_words(typed.before)
        words = self._words(typed.beginning)
        scored = [(each.score, _word_suggestion(each)) for each in words]
        letters = loose_letters(typed.beginning)
        is_misspelt = not any(letters == each.beginning for each in words)
        scored += self._values(whole, limit, is_misspelt=is_misspelt)
        scored.sort(key=lambda each: (-each[0], each[1].kind, each[1].text.text))
        count = max(QUOTA["title"], limit - len(scored))
        titles = list(islice(self._titles(typed, whole, words), count))
        return _chosen([each for _, each in scored], titles, limit)

    def _with_words(self, words: Sequence[str]) -> Mask | None:
        """Which documents have some words, shape (max_doc,); None if there are no such words."""
        found: Mask | None = None
        for word in words:
            for sought in self._analyzer.sought(word):
                if sought.form not in FUNCTION_WORDS:
                    own = np.zeros(self._source.max_doc, dtype=np.bool_)
                    for field in (TEXT, parts_field(TEXT)):
                        own[self._source.docs_of_any(field, sought.keys)] = True
                    both = own if found is None else found & own
                    # A misspelt word before says nothing about the next one.
                    found = both if both.any() else found
        return found

    def _words(self, beginning: str) -> list[_Word]:
        """The words that a beginning may be of, those that share a key as one, best first."""
        wanted = loose_letters(beginning)
        table = self._tables.words
        if not wanted:
            return []
        ranges = [table.keys.beginning_with(wanted)]
        first, last, *_ = ranges[0]
        if first == last or table.scores[first:last].max() < _RARE:
            ranges += table.keys.nearly_beginning_with(wanted)
        best: dict[str, _Word] = {}
        count = _CANDIDATES if self._before is None else _CANDIDATES_BEHIND
        for row, ranged in best_rows(ranges, table.scores, count):
            if len(best) == _MAX_WORDS and self._before is None:
                break
            word = self._word(row, ranged, beginning)
            if word is not None:
                best.setdefault(word.key, word)
        return sorted(best.values(), key=lambda each: (-each.score, each.shown))[:_MAX_WORDS]

    def _word(self, row: int, ranged: Ranged, beginning: str) -> _Word | None:
        """A word with its articles, or None if there are none."""
        table = self._tables.words
        form, shown = table.word(row)
        if self._columns.has_deleted and self._vocabulary.row(form) is None:
            return None
        # A word with a hyphen is indexed as one without.
        key = self._analyzer.keys_of(form if shown is None or "-" in shown else shown).key
        if shown is None:
            if key[:1].islower() and not self._analyzer.is_lemma(key):
                return None  # "eukommission": nobody knows how it is written.
            shown = with_capital(form) if key[:1].isupper() else form
        if self._before is None:
            total = self._source.doc_freq(TEXT, key)
        else:
            if self._source.doc_freq(TEXT, key) > max(
                _SAY_LITTLE, _MAX_SHARE * self._source.max_doc
            ):
                return None
            docs = self._source.postings(TEXT, key).docs
            total = int(np.count_nonzero(self._before[docs]))
        if not total:
            return None
        score = log10(total) - ranged.cost - SMALL * shown.islower()
        if not ranged.cost and not folded(form).startswith(folded(beginning.lower())):
            score -= _OTHERWISE_SPELT * ("-" not in beginning)
        return _Word(shown, key, total, ranged.beginning, score)

    def _values(
        self, whole: str, limit: int, *, is_misspelt: bool
    ) -> Iterator[tuple[float, Suggestion]]:
        """Tags and authors that begin, or have a word that begins, as typed."""
        table = self._tables.values
        ranges = [table.keys.beginning_with(whole)]
        if is_misspelt and ranges[0].first == ranges[0].last:
            ranges = table.keys.nearly_beginning_with(whole)
        known = set()
        for row, each in best_rows(ranges, table.scores, 4 * limit):
            owner = int(table.owners[row])
            if owner not in known:
                known.add(owner)
                kind, text, total = table.value(owner)
                score = float(table.scores[row]) - each.cost
                yield score, Suggestion(kind, _marked(text, each.beginning), total)

    def _titles(self, typed: Typed, whole: str, words: Sequence[_Word]) -> Iterator[Suggestion]:
        """Titles that begin as typed; then, without a typing error; then with the words in them."""
        table = self._tables.titles
        known = set()
        beginnings = [whole]
        before = loose(typed.text.removesuffix(typed.beginning))
        beginnings += [f"{before} {word.beginning}".strip() for word in words[:2]]
        for beginning in dict.fromkeys(beginnings):
            for doc in self._newest(table.beginning_with(beginning)):
                article = self._article(doc)
                if doc not in known and loose(article.title).startswith(beginning):
                    known.add(doc)
                    yield _title(article, beginning)
        if len(whole) < _MIN_INNER_TITLE_CHARS:
            return
        for word in words[:2]:
            if self._source.doc_freq(TEXT, word.key) <= _INNER_TITLE_DOCS:
                docs = self._source.postings("title", word.key).docs
                if self._before is not None:
                    docs = docs[self._before[docs]]
                for doc in self._newest(docs):
                    if doc not in known:
                        known.add(doc)
                        yield _title(self._article(doc), word.beginning)

    def _newest(self, docs: Docs | Integers) -> Iterator[int]:
        """Few documents of some, the newest first."""
        places = self._columns.newest.take(docs)
        yield from docs[smallest(places, QUOTA["title"])].tolist()


def _title(article: Article, beginning: str) -> Suggestion:
    return Suggestion("title", _marked(article.title, beginning), 1, article.id)


def _word_suggestion(word: _Word) -> Suggestion:
    return Suggestion("word", _marked(word.shown, word.beginning), word.total)


def _marked(text: str, beginning: str) -> MarkedText:
    mark = loose_mark(text, beginning)
    return MarkedText(text, (mark,) if mark else ())


def _chosen(
    scored: Sequence[Suggestion], titles: Sequence[Suggestion], limit: int
) -> list[Suggestion]:
    """The best of each kind up to its QUOTA, then the best of what is left; in the same order.

    What is left comes last where a chosen one of another kind reads the same.
    """
    ordered = [*scored, *titles]
    left = dict(QUOTA)
    first, others = [], []
    for place, each in enumerate(ordered):
        if left[each.kind]:
            left[each.kind] -= 1
            first.append(place)
        else:
            others.append(place)
    texts = {ordered[place].text.text for place in first}
    others.sort(key=lambda place: ordered[place].text.text in texts)
    return [ordered[place] for place in sorted((first + others)[:limit])]

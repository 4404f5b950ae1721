"""Chooses what to suggest for a beginning: words, in the light of those before it, and values.

Words, tags and authors are ranked by how many articles they give; titles follow them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, tee
from math import log10
from typing import NamedTuple, Protocol

from searchapp.engines.base import Typed
from searchapp.engines.evaluation.suggestion_tables import (
    SMALL,
    Ranged,
    SuggestionTables,
    best_rows,
)
from searchapp.engines.evaluation.vocabulary import Vocabulary
from searchapp.german import Analyzer
from searchapp.german.digraphs import folded
from searchapp.german.forms import with_capital
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.german.loose_form import loose, loose_letters, loose_mark
from searchapp.model import ArticleLink, MarkedText, Suggestion, SuggestionKind

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


class KeyTotals(NamedTuple):
    """In how many articles a key is.

    behind: of those that have the words before it; 0 for a key that says little. None where no
        words stand before it.
    """

    in_all: int
    behind: int | None = None


class TitlesWanted(NamedTuple):
    """Titles to suggest: those with a loose beginning, or those that have a key in them.

    Of the latter only those of articles with the words before.
    """

    beginning: str
    key: str | None = None


class SuggestionSource(Protocol):
    """The articles of a generation, as one question asks for them, behind some words.

    Both methods are asked once: an answer may come from another machine.
    """

    @property
    def doc_count(self) -> int:
        """Number of articles (deleted ones may be counted)."""

    @property
    def is_behind(self) -> bool:
        """Whether words stand before, as far as that is known without looking for articles."""

    def totals(self, keys: Iterable[str], *, most: float) -> Iterator[KeyTotals]:
        """Of each key how many articles have it. One in more than `most` articles says little."""

    def titles(self, wanted: Sequence[TitlesWanted], count: int) -> Iterator[Iterable[ArticleLink]]:
        """For each wish the `count` newest articles.

        Of a beginning as far as `title_key` tells, which is short.
        """


def keys_before(words: Sequence[str], analyzer: Analyzer) -> list[tuple[str, ...]]:
    """For each word that stands before a beginning the keys of which an article has one.

    An article has them in its texts or as parts of compounds. A word that no article has together
    with those before it is passed over: it is misspelt, which says nothing about the next one.
    """
    return [
        sought.keys
        for word in words
        for sought in analyzer.sought(word)
        if sought.form not in FUNCTION_WORDS
    ]


class _Candidate(NamedTuple):
    """A word of the corpus that may be meant. form: as it is indexed. shown: as it is written."""

    form: str
    shown: str
    key: str
    ranged: Ranged


class _Word(NamedTuple):
    """A word that may be suggested. doc_freq: of its key in all articles. score: powers of ten."""

    shown: str
    key: str
    total: int
    doc_freq: int
    beginning: str
    score: float


class Suggester:
    """Answers one question."""

    def __init__(
        self,
        tables: SuggestionTables,
        source: SuggestionSource,
        analyzer: Analyzer,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        """vocabulary: to look words up in where the tables may hold some that are gone."""
        self._tables = tables
        self._source = source
        self._analyzer = analyzer
        self._vocabulary = vocabulary

    def suggestions(self, typed: Typed, limit: int) -> list[Suggestion]:
        """The best of each kind, by how many articles they give; titles last, newest first."""
        whole = loose(typed.text)
        if not whole:
            return []
        words = self._words(typed.beginning)
        scored = [(each.score, _word_suggestion(each)) for each in words]
        letters = loose_letters(typed.beginning)
        is_misspelt = not any(letters == each.beginning for each in words)
        scored += self._values(whole, limit, is_misspelt=is_misspelt)
        scored.sort(key=lambda each: (-each[0], each[1].kind, each[1].text.text))
        count = max(QUOTA["title"], limit - len(scored))
        titles = list(islice(self._titles(typed, whole, words), count))
        return _chosen([each for _, each in scored], titles, limit)

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
        is_behind = self._source.is_behind
        count = _CANDIDATES_BEHIND if is_behind else _CANDIDATES
        candidates, others = tee(self._candidates(best_rows(ranges, table.scores, count)))
        keys = (each.key for each in others)
        most = max(_SAY_LITTLE, _MAX_SHARE * self._source.doc_count)
        totals = self._source.totals(keys, most=most)
        best: dict[str, _Word] = {}
        for candidate, its_totals in zip(candidates, totals, strict=True):
            word = _counted(candidate, its_totals, beginning)
            if word is not None:
                best.setdefault(word.key, word)
            if len(best) == _MAX_WORDS and not is_behind:
                break
        return sorted(best.values(), key=lambda each: (-each.score, each.shown))[:_MAX_WORDS]

    def _candidates(self, rows: Sequence[tuple[int, Ranged]]) -> Iterator[_Candidate]:
        """The words of some rows of the table."""
        table = self._tables.words
        for row, ranged in rows:
            form, shown = table.word(row)
            if self._vocabulary is not None and self._vocabulary.row(form) is None:
                continue
            # A word with a hyphen is indexed as one without.
            key = self._analyzer.keys_of(form if shown is None or "-" in shown else shown).key
            if shown is None:
                if key[:1].islower() and not self._analyzer.is_lemma(key):
                    continue  # "eukommission": nobody knows how it is written.
                shown = with_capital(form) if key[:1].isupper() else form
            yield _Candidate(form, shown, key, ranged)

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
        beginnings = [whole]
        before = loose(typed.text.removesuffix(typed.beginning))
        beginnings += [f"{before} {word.beginning}".strip() for word in words[:2]]
        wanted = [TitlesWanted(each) for each in dict.fromkeys(beginnings)]
        if len(whole) >= _MIN_INNER_TITLE_CHARS:
            wanted += [
                TitlesWanted(word.beginning, word.key)
                for word in words[:2]
                if word.doc_freq <= _INNER_TITLE_DOCS
            ]
        known = set()
        found = self._source.titles(wanted, QUOTA["title"])
        for (beginning, key), articles in zip(wanted, found, strict=True):
            for article in articles:
                if key is None and not loose(article.title).startswith(beginning):
                    continue
                if article.id not in known:
                    known.add(article.id)
                    yield _title(article, beginning)


def _counted(candidate: _Candidate, totals: KeyTotals, beginning: str) -> _Word | None:
    """A word with its articles, or None if there are none."""
    form, shown, key, ranged = candidate
    total = totals.in_all if totals.behind is None else totals.behind
    if not total:
        return None
    score = log10(total) - ranged.cost - SMALL * shown.islower()
    if not ranged.cost and not folded(form).startswith(folded(beginning.lower())):
        score -= _OTHERWISE_SPELT * ("-" not in beginning)
    return _Word(shown, key, total, totals.in_all, ranged.beginning, score)


def _title(article: ArticleLink, beginning: str) -> Suggestion:
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

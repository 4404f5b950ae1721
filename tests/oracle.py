"""A naive reference: answers query trees and filters by a plain scan over Articles.

What a word means in German is the analyzer's business and taken from it; everything else
(fields, operators, phrases, patterns, edit distance, filters, counts, order) is done here a
second time, as slowly and plainly as possible.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import groupby
from typing import Any

from whoosh.query.compound import And, AndMaybe, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, Query
from whoosh.query.terms import FuzzyTerm, Prefix, Term, Wildcard
from whoosh.query.wrappers import Not

from searchapp.facets import FACETS, LINE_FACETS, STORED_FACETS, Facet, Filters
from searchapp.german.analyzer import SoughtWord
from searchapp.german.digraphs import folded, pieces, unfolded
from searchapp.german.forms import HEAD_MARK, plain_form
from searchapp.model import (
    Article,
    DateStep,
    FacetCount,
    Histogram,
    PeriodCount,
    Sort,
    Token,
)
from searchapp.query import DateRange, ExactPhrase, ExactTerm, pattern_of
from tests.lexicon import dictionary_analyzer

_SPLIT_FIELDS = ("text", "title", "tags")
_PLAIN_FIELDS = ("title", "body", "tags")
_EVERYTHING = Filters()


@dataclass(frozen=True)
class Oracle:
    """The same questions that a Snapshot is asked, over a list of articles with different ids.

    unmatched: further articles, which no query matches; they count for spellings.
    """

    articles: Sequence[Article]
    unmatched: Sequence[Article] = ()

    def matching(self, tree: Query | None, filters: Filters = _EVERYTHING) -> set[str]:
        """The ids of the articles that match a query tree (None: all) and pass the filters."""
        return {each.id for each in self._matching(tree) if _passes(each, filters)}

    def facets(self, tree: Query | None, filters: Filters) -> dict[str, dict[str, FacetCount]]:
        """All facet counts above 0 and those of chosen values, by facet name and value."""
        found = self._matching(tree)
        facets = {}
        for facet in FACETS:
            spelling = self.spellings(facet)
            values = {spelling.get(spelt(value), value) for value in filters.chosen(facet)}
            # A facet that widens is counted as if nothing were chosen in it.
            counted = filters if filters.demands_all(facet) else filters.choosing(facet)
            counts = Counter(
                value
                for article in found
                if _passes(article, counted)
                for value in {spelling[spelt(value)] for value in article.facet_values(facet)}
            )
            passed = {each.id for each in found if _passes(each, filters)}
            added = Counter(
                value
                for article in found
                if _passes(article, counted) and article.id not in passed
                for value in {spelling[spelt(value)] for value in article.facet_values(facet)}
            )
            facets[facet.name] = {
                value: FacetCount(
                    value,
                    counts[value],
                    value in values,
                    added[value] if filters.widens(facet) and value not in values else None,
                )
                for value in {*counts, *values}
            }
        return facets

    def histogram(self, tree: Query | None, filters: Filters) -> Histogram:
        """The periods of all articles that match and pass, looked at date by date."""
        found = [each.date for each in self._matching(tree) if _passes(each, filters)]
        dates = sorted(each for each in found if each)
        undated = len(found) - len(dates)
        if not dates:
            return Histogram(undated=undated)
        first, last = dates[0], dates[-1]
        step, length = _histogram_step(first, last)
        labels = [date.isoformat()[:length] for date in dates]
        numbers = range(int(labels[0].replace("-", "")), int(labels[-1].replace("-", "")) + 1)
        counts = Counter(labels)
        periods = []
        for number in numbers:
            text = str(number).rjust(length - (length > 4) - (length > 7), "0")
            label = "-".join(filter(None, (text[:4], text[4:6], text[6:])))
            ends = _ends_of(label)
            if ends:
                start = max(ends[0], filters.date_from or dt.date.min)
                end = min(ends[1], filters.date_to or dt.date.max)
                periods.append(PeriodCount(start, end, counts[label]))
        return Histogram(step, tuple(periods), undated)

    def spellings(self, facet: Facet) -> dict[str, str]:
        """The most frequent spelling of each value, of equally frequent ones the first."""
        articles = (*self.articles, *self.unmatched)
        values = Counter(value for each in articles for value in each.facet_values(facet))
        spelling: dict[str, str] = {}
        for value in sorted(values, key=lambda value: (-values[value], value)):
            spelling.setdefault(spelt(value), value)
        return spelling

    def shown(self, article: Article) -> Article:
        """An article with its values in the spelling in which they are shown."""
        for facet in STORED_FACETS:
            spelling = self.spellings(facet)
            values = dict.fromkeys(spelling[spelt(each)] for each in article.facet_values(facet))
            shown: Any = tuple(values) if facet.is_many else next(iter(values), None)
            article = replace(article, **{facet.attribute or facet.name: shown})
        return article

    def in_date_order(self, ids: Iterable[str], sort: Sort) -> list[str]:
        """Newest or oldest first; without a date last in both; equals in the order of ids."""
        sign = -1 if sort == "newest" else 1
        found = [article for article in self.articles if article.id in set(ids)]
        found.sort(key=lambda a: (a.date is None, a.date and sign * a.date.toordinal(), a.id))
        return [article.id for article in found]

    def _matching(self, tree: Query | None) -> list[Article]:
        return [each for each in self.articles if tree is None or self._matches(each, tree)]

    def _matches(self, article: Article, tree: Query) -> bool:
        if isinstance(tree, And):
            return all(self._matches(article, each) for each in tree)
        if isinstance(tree, Or):
            return any(self._matches(article, each) for each in tree)
        if isinstance(tree, AndMaybe):
            return self._matches(article, tree.a)
        if isinstance(tree, Not):
            return not self._matches(article, tree.query)
        if isinstance(tree, Every):
            return True
        if isinstance(tree, DateRange):
            return article.date is not None and (
                (tree.start is None or article.date >= tree.start)
                and (tree.end is None or article.date <= tree.end)
            )
        texts = list(self._texts(article, tree.field() or ""))
        return any(self._text_matches(text, tree) for text in texts) or (
            isinstance(tree, Term)
            and not isinstance(tree, ExactTerm)
            and tree.fieldname in _SPLIT_FIELDS
            and _parts_match(texts, tree)
        )

    def _texts(self, article: Article, field: str) -> Iterable[list[Token]]:
        """The tokens of each text that a phrase may not leave: a field, or one tag."""
        for name in _PLAIN_FIELDS if field == "text" else (field,):
            yield from self._analyzed[article.id][name]

    @cached_property
    def _analyzed(self) -> Mapping[str, Mapping[str, list[list[Token]]]]:
        return {
            article.id: {
                name: [dictionary_analyzer().analyze(text) for text in _field_texts(article, name)]
                for name in (*_PLAIN_FIELDS, *(facet.name for facet in LINE_FACETS))
            }
            for article in self.articles
        }

    def _text_matches(self, tokens: list[Token], tree: Query) -> bool:
        if isinstance(tree, Prefix):
            return _any_form(tokens, _glob_matcher(tree.text + "*"))
        if isinstance(tree, Wildcard):
            return _any_form(tokens, _glob_matcher(tree.text))
        if isinstance(tree, FuzzyTerm):
            wanted = _folded(tree.text)
            return _any_form(
                tokens,
                lambda form: (
                    folded(form).startswith(folded(wanted)[: tree.prefixlength])
                    and spelt_distance(form, wanted) <= tree.maxdist
                ),
            )
        is_exact = isinstance(tree, ExactTerm | ExactPhrase)
        if isinstance(tree, Phrase):
            return _adjacent(tokens, _places(tree.words), is_exact=is_exact)
        assert isinstance(tree, Term), tree
        sought = dictionary_analyzer().sought(tree.text)
        parts = _parts(sought)
        is_one_compound = len(sought) == len(parts) + 1
        return _adjacent(tokens, parts, is_exact=is_exact) or (
            is_one_compound and _adjacent(tokens, sought[:1], is_exact=is_exact)
        )


def _parts_match(texts: Iterable[list[Token]], tree: Term) -> bool:
    """Whether the word or a relative is a part of a compound, a relative is there by itself or the
    word apart from its particle, or the word is a compound for all of whose parts there is a word,
    or a compound that ends with it.
    """
    tokens = [token for text in texts for token in text]
    parts = {part.key for token in tokens for part in token.parts}
    stems = {token.key for token in tokens}
    words = stems | {key for key in parts if key.startswith(HEAD_MARK)}
    wanted = dictionary_analyzer().sought(tree.text)
    if len(wanted) > 1 and len(wanted) != len(_parts(wanted)) + 1:
        return False  # several words, which match as a phrase only
    whole = wanted[:1]
    return any(
        not parts.isdisjoint((*each.keys, *each.relatives))
        or not stems.isdisjoint((*each.relatives, *each.separated))
        or (each.parts and not any(words.isdisjoint(ways) for ways in each.parts))
        for each in whole
    )


def spelt(value: str) -> str:
    """A value of a facet, without what may differ in its spelling."""
    letters = folded(unicodedata.normalize("NFC", value).lower())
    for signs, sign in (("‐‑‒–—", "-"), ("‘’‚`´", "'"), ("„“”«»", '"')):
        letters = "".join(sign if letter in signs else letter for letter in letters)
    return re.sub(" *([-/]) *", r"\1", " ".join(letters.split()))


@cache
def edit_distance(a: str, b: str) -> int:
    """Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours."""
    rows = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i][j] = min(
                rows[i - 1][j] + 1,
                rows[i][j - 1] + 1,
                rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
            )
            if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def spelt_distance(a: str, b: str) -> int:
    """The least distance of all ways to write two words: as they are, and without umlauts and ß."""
    return min(edit_distance(one, other) for one in {a, folded(a)} for other in {b, folded(b)})


def _field_texts(article: Article, name: str) -> Sequence[str]:
    facets = [facet for facet in FACETS if facet.name == name]
    if facets:
        return article.facet_values(facets[0])
    return (article.indexed_title if name == "title" else article.body,)


def _parts(words: Sequence[SoughtWord]) -> list[SoughtWord]:
    """The words without joined wholes: the last one of each position."""
    return list({word.position: word for word in words}.values())


def _places(words: Sequence[str]) -> list[SoughtWord | str]:
    """What is sought at each place of a phrase: a word, or a glob."""
    places: list[SoughtWord | str] = []
    for glob, run in groupby(words, pattern_of):
        if glob:
            places += [glob for _ in run]
        else:
            places += _parts(dictionary_analyzer().sought(" ".join(run)))
    return places


def _adjacent(
    tokens: Sequence[Token], wanted: Sequence[SoughtWord | str], *, is_exact: bool
) -> bool:
    def stands(token: Token, place: SoughtWord | str) -> bool:
        if isinstance(place, str):
            return _any_form([token], _glob_matcher(place))
        return token.form in place.forms if is_exact else token.key in place.keys

    return any(
        all(
            any(stands(token, place) for token in tokens if token.position == start + i)
            for i, place in enumerate(wanted)
        )
        for start in {token.position for token in tokens}
    )


def _any_form(tokens: Sequence[Token], accepts: Callable[[str], bool]) -> bool:
    return any(accepts(plain_form(token.form)) for token in tokens)


def _folded(pattern: str) -> str:
    return unicodedata.normalize("NFKC", pattern).lower()


def _glob_matcher(glob: str) -> Callable[[str], bool]:
    typed = _folded(glob)
    signs = {"*": ".*", "?": "."}
    as_typed = "".join(signs.get(char) or re.escape(char) for char in typed)
    in_any_spelling = "".join(
        "|".join(piece).join(("(?:", ")"))
        if len(piece) > 1
        else "".join(signs.get(char) or re.escape(char) for char in piece[0])
        for piece in pieces(typed)
    )
    spelt = folded if typed == folded(typed) else unfolded

    def accepts(form: str) -> bool:
        if re.fullmatch(as_typed, form, re.DOTALL):
            return True
        if not re.fullmatch(in_any_spelling, form, re.DOTALL):
            return False
        keys, typed_keys = map(dictionary_analyzer().keys_of, (form, spelt(form)))
        return folded(keys.lemma or keys.key) == folded(typed_keys.lemma or typed_keys.key)

    return accepts


def _passes(article: Article, filters: Filters) -> bool:
    day = article.date
    for facet in FACETS:
        values = {spelt(value) for value in article.facet_values(facet)}
        chosen = [spelt(value) in values for value in filters.chosen(facet)]
        if chosen and not (all(chosen) if filters.demands_all(facet) else any(chosen)):
            return False
    return (filters.date_from is None or (day is not None and day >= filters.date_from)) and (
        filters.date_to is None or (day is not None and day <= filters.date_to)
    )


def _histogram_step(first: dt.date, last: dt.date) -> tuple[DateStep, int]:
    """How long the periods are, and with how many characters of an ISO date each begins."""

    def is_before(months: int) -> bool:
        months += first.year * 12 + first.month - 1
        return (last.year, last.month, last.day) < (months // 12, months % 12 + 1, first.day)

    if is_before(3):
        return "day", 10
    if is_before(36):
        return "month", 7
    steps: tuple[tuple[DateStep, int], ...] = (("year", 4), ("decade", 3), ("century", 2))
    for step, length in steps:
        if last.year // 10 ** (4 - length) - first.year // 10 ** (4 - length) < 60:
            return step, length
    return "millennium", 1


def _ends_of(label: str) -> tuple[dt.date, dt.date] | None:
    """The first and the last day of what an ISO date begins with; None if there is no such day."""
    year, _, rest = label.partition("-")
    first, last = max(1, int(year.ljust(4, "0"))), int(year.ljust(4, "9"))
    if not rest:
        return dt.date(first, 1, 1), dt.date(last, 12, 31)
    month, _, day = rest.partition("-")
    if not 1 <= int(month) <= 12:
        return None
    days = calendar.monthrange(first, int(month))[1]
    if not day:
        return dt.date(first, int(month), 1), dt.date(first, int(month), days)
    if not 1 <= int(day) <= days:
        return None
    return dt.date(first, int(month), int(day)), dt.date(first, int(month), int(day))

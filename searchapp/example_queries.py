"""Queries that find something in the served articles, to show what can be typed.

They are made of the corpus itself: of its frequent tags, and of words of its newest articles. Each
is tried, and shown with what it finds; once for each generation and change of the owner's synonyms,
within a part of the time budget.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from searchapp.deadline import Deadline
from searchapp.errors import SearchTimeout
from searchapp.facets import STORED_FACETS, TAGS
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.model import Article, Hit, SearchRequest
from searchapp.searching import SearchService

START_EXAMPLES = 3
START_SHARE = 0.25
HELP_SHARE = 0.75
"""Of the time budget of a search, for all examples of a page."""
RETRY_S = 3.0
"""Examples for which there was no time are not looked for again at every request. What was found is
kept meanwhile, so that they get more each time."""

SAMPLE = 50
SAMPLED_CHARS = 3000
"""What is read for words: so many of the newest articles, and so much of each text."""
WORDS_TRIED = 8
"""Of the tags, and as many of the texts."""
COMMON_SHARE = 0.25
HITS_READ = 20
NEAR_TRIED = 3
MOST_TRIED = 8
"""Queries of a kind that are tried."""
SHOWN_WORDS = 4

_NOUN = re.compile(r"[A-ZÄÖÜ][a-zäöüß]{3,19}")
_NOUN_IN_SENTENCE = re.compile(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][a-zäöüß]{3,19}\b")
_SMALL_WORD = re.compile(r"(?<![\w-])[a-zäöüß]{5,15}(?![\w-])")
_COMPOUND = re.compile(r"[A-ZÄÖÜ][a-zäöüß]{7,27}")
# An adjective tells of a phrase that is more than two neighbours: "Sozialen Marktwirtschaft".
_PHRASE = re.compile(
    r"\b([a-zäöüß]{2,}(?:lich|isch|ig|sam|bar|los|iv|al|ell)e[nrsm]?) ([A-ZÄÖÜ][a-zäöüß]{3,19})\b"
)
_NEIGHBOURS = re.compile(r"(?<=[a-zäöüß,] )([a-zäöüß]{4,}) ([A-ZÄÖÜ][a-zäöüß]{3,19})\b")
_FIRST_VOWEL = re.compile("^(.[^aeiouäöüy]*)[aeiouäöüy]")
_SIGNS = frozenset('"„“”«»*?~')
"""What stands in a value must not look like a sign of the query language."""
_PLAIN = re.compile(r"\w+")
_LETTERS = re.compile(r"\w+")
_LETTERS_BEFORE = re.compile(r"\w+$")


@dataclass(frozen=True, slots=True)
class Keywords:
    """The words of the query language that an example is written with, in some language."""

    either: str
    without: str
    fields: Mapping[str, str]
    """By "title", the name of a facet, and "date"."""
    day: Callable[[dt.date], str]
    """A date as it is typed."""


@dataclass(frozen=True, slots=True)
class Example:
    """A query, how many articles it finds, and words that it finds besides those that it names.

    total: 0 where nothing like it finds anything, or there was no time to look.
    """

    query: str
    total: int = 0
    finds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples by the name of what they show. is_complete: whether there was time for all."""

    by_name: Mapping[str, Example]
    is_complete: bool = True

    def found(self) -> tuple[Example, ...]:
        """Those that find something."""
        return tuple(each for each in self.by_name.values() if each.total)


class ExampleQueries:
    """The examples of what is served. Safe for use by several threads."""

    def __init__(self, service: SearchService) -> None:
        self._service = service
        self._budget_s = service.settings.time_budget_s
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[str, float, Examples]] = {}
        self._findings: tuple[str, _Findings] = ("", _Findings())

    def start(self) -> Examples:
        """At most START_EXAMPLES, all of which find something. Raises as `SearchService.state`."""
        return self._once("start", START_SHARE, _start_examples)

    def help(self, language: str, keywords: Keywords) -> Examples:
        """One for each thing that can be typed and that the articles have. Raises as `start`."""

        def make(finder: _Finder) -> Iterator[tuple[str, Example]]:
            return _help_examples(finder, keywords)

        return self._once(f"help {language}", HELP_SHARE, make)

    def _once(
        self, name: str, share: float, make: Callable[[_Finder], Iterator[tuple[str, Example]]]
    ) -> Examples:
        state = self._service.state()
        kept_for, until, examples = self._kept.get(name, ("", 0.0, Examples({}, False)))
        if kept_for != state:
            examples = Examples({}, False)
        elif examples.is_complete or time.monotonic() < until:
            return examples
        # Who comes meanwhile does not wait: the page is more than its examples.
        if not self._lock.acquire(blocking=False):
            return examples
        try:
            found_in, findings = self._findings
            if found_in != state:
                findings = _Findings()
                self._findings = (state, findings)
            finder = _Finder(self._service, findings, Deadline(share * self._budget_s))
            examples = Examples(dict(make(finder)), finder.had_time)
            self._kept[name] = (state, time.monotonic() + RETRY_S, examples)
        finally:
            self._lock.release()
        return examples


@dataclass(slots=True)
class _Findings:
    """What was found in a state of the service so far: nothing is looked for twice."""

    totals: dict[str, int] = field(default_factory=dict)
    sample: tuple[int, tuple[Article, ...]] | None = None
    values: dict[str, tuple[str, ...]] | None = None
    words: dict[str, _Word | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, other forms of it and compounds with it, as they stand in articles.

    near: other words that many of its articles have, the most frequent first.
    """

    text: str
    total: int
    near: tuple[str, ...]
    forms: tuple[str, ...]
    compounds: tuple[str, ...]


class _Finder:
    """Looks for words and queries that find something, until the time is up.

    articles: some of the newest. values: of the facets, the most frequent first.
    words: that find something, those in nearly every article last.
    """

    def __init__(self, service: SearchService, findings: _Findings, deadline: Deadline) -> None:
        self._service, self._findings, self._deadline = service, findings, deadline
        self.had_time = True
        count, self.articles = self._sample()
        self.values = self._facet_values()
        most = COMMON_SHARE * count
        self.words = tuple(sorted(self._words(), key=lambda word: word.total > most))

    def total(self, query: str) -> int:
        """How many articles a query finds; 0 once the time is up."""
        totals = self._findings.totals
        if query not in totals:
            with self._in_time():
                totals[query], _ = self._glance(SearchRequest(query=query, per_page=1), False)
        return totals.get(query, 0)

    def first(self, queries: Iterable[str], finds: tuple[str, ...] = ()) -> Example:
        """The first query that finds something, or the first one."""
        tried = list(islice(dict.fromkeys(queries), MOST_TRIED))
        found = next((query for query in tried if self.total(query)), tried[0])
        return Example(found, self.total(found), finds)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        try:
            yield
        except SearchTimeout:
            self.had_time = False

    def _glance(self, request: SearchRequest, marked: bool) -> tuple[int, tuple[Hit, ...]]:
        self._deadline.check()
        most = self._service.settings.limits.max_per_page
        request = replace(request, per_page=min(request.per_page, most))
        return self._service.glance(request, marked=marked, deadline=self._deadline)

    def _sample(self) -> tuple[int, tuple[Article, ...]]:
        if self._findings.sample is None:
            with self._in_time():
                newest = SearchRequest(sort="newest", per_page=SAMPLE)
                count, hits = self._glance(newest, False)
                self._findings.sample = (count, tuple(_beginning(hit.article) for hit in hits))
        return self._findings.sample or (0, ())

    def _facet_values(self) -> dict[str, tuple[str, ...]]:
        if self._findings.values is None and self.articles:
            with self._in_time():
                self._deadline.check()
                facets = self._service.search(SearchRequest(per_page=1)).facets
                self._findings.values = {
                    name: tuple(each.value for each in counts) for name, counts in facets.items()
                }
        return self._findings.values or {}

    def _words(self) -> Iterator[_Word]:
        """Words that find something: frequent tags, then words of the newest articles."""
        tags = (tag for tag in self.values.get(TAGS.name, ()) if _NOUN.fullmatch(tag))
        nouns = (word for word, _ in _nouns(self.articles).most_common(WORDS_TRIED))
        for text in dict.fromkeys(chain(islice(tags, WORDS_TRIED), nouns)):
            if word := self.word(text):
                yield word

    def word(self, text: str) -> _Word | None:
        """A word and what it finds; None if it finds nothing, or the time is up."""
        found = self._findings
        if text not in found.words:
            with self._in_time():
                total, hits = self._glance(SearchRequest(query=text, per_page=HITS_READ), True)
                found.totals[text] = total
                found.words[text] = _word(text, total, hits) if total else None
        return found.words.get(text)


def _word(text: str, total: int, hits: tuple[Hit, ...]) -> _Word:
    articles = [hit.article for hit in hits]
    tags = Counter(tag for each in articles for tag in each.tags if _NOUN.fullmatch(tag))
    others = (word for word, _ in (tags or _nouns(articles)).most_common())
    near = tuple(islice((word for word in others if not _alike(text, word)), NEAR_TRIED))
    return _Word(text, total, near, _other_forms(text, hits), _compounds(hits))


def _start_examples(finder: _Finder) -> Iterator[tuple[str, Example]]:
    """A frequent word, a compound and two words, of different things where there are some.

    Other words stand in place of what there is not.
    """
    first, others = finder.words[:1], finder.words[1:]
    queries: dict[str, None] = dict.fromkeys(word.text for word in first)
    queries.update(dict.fromkeys(islice(_tried_compounds(finder, (*others, *first)), 1)))
    pairs = list(islice(_pairs(finder, others or first), MOST_TRIED))
    unlike = [pair for pair in pairs if not any(word.text in pair.split() for word in first)]
    queries.update(dict.fromkeys((unlike or pairs)[:1]))
    queries.update(dict.fromkeys(word.text for word in others))
    for number, query in enumerate(islice(queries, START_EXAMPLES)):
        if total := finder.total(query):
            yield str(number), Example(query, total)


def _help_examples(finder: _Finder, keywords: Keywords) -> Iterator[tuple[str, Example]]:
    words = [each.text for each in finder.words]
    plenty = list(dict.fromkeys([*words, "Stahl", "Wasserstoff", "Energie"]))
    pair = next(_pairs(finder, finder.words), f"{plenty[0]} {plenty[1]}")
    one, two = pair.split(" ", 1)
    third = next(word for word in plenty if not _alike(word, one) and word != two)
    bent = next((word for word in finder.words if word.forms), None) or _bent_verb(finder)
    holding = next((word for word in finder.words if word.compounds), None)
    part = holding.text if holding else one
    compound = next(_tried_compounds(finder, finder.words), "Stahlindustrie")
    name_of = keywords.fields

    yield "words", finder.first([pair])
    yield "forms", finder.first([bent.text if bent else one], bent.forms if bent else ())
    yield "compounds", finder.first([part], holding.compounds if holding else ())
    yield "phrase", finder.first([*_phrases(finder.articles), f'"{one} {two}"', f'"{one}"'])
    yield "exact", finder.first([f"={bent.text if bent else one}", f"={one}"])
    yield "either", finder.first([f"{one} {keywords.either} {third}"])
    different = [(each, other) for each in plenty for other in plenty if each != other]
    yield "without", finder.first(f"{each} {keywords.without} {no}" for each, no in different)
    yield "minus", finder.first(f"{each} -{no}" for each, no in different)
    yield "group", finder.first([f"({one} {keywords.either} {third}) {two}"])
    yield "beginning", finder.first([f"{part}*", f"{part[:-1]}*", f"{one[:4]}*"])
    yield "ending", finder.first(_endings(part, compound))
    yield "letter", finder.first(_FIRST_VOWEL.sub(r"\1?", word) for word in plenty)
    yield "typo", finder.first(f"{word[:-2]}{word[-1]}~" for word in (compound, *plenty))
    titles = _nouns(finder.articles, titles_only=True).most_common(MOST_TRIED)
    values = {
        "title": [*(word for word, _ in titles), *words],
        **{facet.name: finder.values.get(facet.name, ()) for facet in STORED_FACETS},
    }
    for name, some in values.items():
        typeable = [each for each in some if not _SIGNS.intersection(each)]
        if not typeable:
            continue
        example = finder.first(f"{name_of[name]}:{_quoted(each)}" for each in typeable)
        if example.total:  # Not of titles, where the articles have none.
            yield name, example
    years = sorted(finder.values.get("year", ()), key=int)
    if years:
        yield "year", finder.first([f"{name_of['date']}:{years[-1]}"])
        yield "period", finder.first([f"{name_of['date']}:{years[0]}..{years[-1]}"])
    for article in finder.articles[:1]:
        if article.date:
            yield "day", finder.first([f"{name_of['date']}:{keywords.day(article.date)}"])


def _beginning(article: Article) -> Article:
    """As much of it as is read: what is kept of a sample must not be books."""
    return replace(article, body=article.body[:SAMPLED_CHARS])


def _nouns(articles: Iterable[Article], *, titles_only: bool = False) -> Counter[str]:
    """Words with a capital, each counted once an article, but not where a sentence may begin."""
    counts: Counter[str] = Counter()
    for article in articles:
        text = article.indexed_title
        if not titles_only:
            text += "\n" + article.body[:SAMPLED_CHARS]
        found = dict.fromkeys(_NOUN_IN_SENTENCE.findall(text))
        counts.update(word for word in found if word.lower() not in FUNCTION_WORDS)
    return counts


def _phrases(articles: Iterable[Article]) -> Iterator[str]:
    """Neighbouring words as a phrase, the most frequent first."""
    for pattern in (_PHRASE, _NEIGHBOURS):
        counts: Counter[str] = Counter()
        for article in articles:
            found = pattern.findall(article.body[:SAMPLED_CHARS])
            pairs = (" ".join(pair) for pair in found if pair[0] not in FUNCTION_WORDS)
            counts.update(list(dict.fromkeys(pairs)))
        yield from (f'"{pair}"' for pair, _ in counts.most_common(MOST_TRIED // 2))


def _bent_verb(finder: _Finder) -> _Word | None:
    """A verb or an adjective with other forms: they have more of them than nouns."""
    counts: Counter[str] = Counter()
    for article in finder.articles:
        found = dict.fromkeys(_SMALL_WORD.findall(article.body[:SAMPLED_CHARS]))
        counts.update(word for word in found if word not in FUNCTION_WORDS)
    words = (finder.word(text) for text, _ in counts.most_common(WORDS_TRIED))
    return next((word for word in words if word and word.forms), None)


def _tried_compounds(finder: _Finder, words: Iterable[_Word]) -> Iterator[str]:
    """Compounds with one of the words."""
    for word in words:
        for compound in word.compounds:
            if finder.total(compound):
                yield compound


def _pairs(finder: _Finder, words: Iterable[_Word]) -> Iterator[str]:
    """Two words that stand in the same articles."""
    for word in islice(words, NEAR_TRIED):
        for other in word.near:
            if finder.total(f"{word.text} {other}"):
                yield f"{word.text} {other}"


def _other_forms(word: str, hits: Iterable[Hit]) -> tuple[str, ...]:
    """Marked words that are another form of the word as typed; in capitals it is the same."""
    counts = Counter(marked for marked, whole in _marked_words(hits) if marked == whole)
    forms = (form for form, _ in counts.most_common() if form.casefold() != word.casefold())
    return tuple(islice(forms, SHOWN_WORDS))


def _compounds(hits: Iterable[Hit]) -> tuple[str, ...]:
    """Words of which only a part is marked."""
    counts = Counter(whole for marked, whole in _marked_words(hits) if marked != whole)
    compounds = (word for word, _ in counts.most_common() if _COMPOUND.fullmatch(word))
    return tuple(islice(compounds, SHOWN_WORDS))


def _marked_words(hits: Iterable[Hit]) -> Iterator[tuple[str, str]]:
    """Each mark that is a word or a part of one, and that word."""
    for hit in hits:
        for marked in (hit.title, *(snippet.marked for snippet in hit.snippets)):
            text = marked.text
            for start, end in marked.marks:
                before, after = _LETTERS_BEFORE.search(text[:start]), _LETTERS.match(text, end)
                first = before.start() if before else start
                whole = text[first : after.end() if after else end]
                if _PLAIN.fullmatch(whole):
                    yield text[start:end], whole


def _alike(one: str, two: str) -> bool:
    """Whether two words say the same twice: "Stahl Stahlindustrie"."""
    beginning = min(len(one), len(two), 5)
    return one[:beginning].lower() == two[:beginning].lower() or two.lower() in one.lower()


def _endings(part: str, compound: str) -> Iterator[str]:
    """The end of a compound that a word is a part of, or begins."""
    if compound.lower().startswith(part.lower()):
        yield f"*{compound[len(part) :].lower()}"
    yield f"*{part.lower()}"
    yield f"*{compound[-4:]}"


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f'"{value}"'

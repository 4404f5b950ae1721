"""The values that travel between the parts: articles, tokens, requests and result pages.

All are immutable. Offsets are code points into the stored text; page numbers are 1-based,
as in URLs; everything else counts from 0.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from searchapp.facets import LINE_FACETS, NO_FILTERS, Facet, Filters

Sort = Literal["relevance", "newest", "oldest"]
ValueOrder = Literal["count", "name"]
"""The most frequent values of a facet first, or in German order; years by name newest first."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article, cleaned: what is here is what is stored, indexed and shown.

    id: unique in the corpus, not empty, at most 200 characters.
    title: not empty, one line. body: paragraphs separated by one empty line; may be empty.
    tags, authors: in the order of the source, without duplicates. date: never guessed.
    section: the part of the paper or site that the article stands in, as "Wirtschaft".
    title_is_derived: the source gave no title; `title` is the beginning of the body, perhaps cut
        with an "…". It is shown, but neither indexed nor weighed as a title.
    page_starts: where in the body each page of a printed document begins, rising, with equal ones
        for pages without text; empty for what has no pages.
    origin: "file" or "file:line" of the source, for reports.
    """

    id: str
    title: str
    body: str
    tags: tuple[str, ...] = ()
    date: dt.date | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    section: str | None = None
    url: str | None = None
    title_is_derived: bool = False
    page_starts: tuple[int, ...] = ()
    origin: str = ""

    def __reduce__(self) -> tuple[object, ...]:
        # Millions of articles travel between processes: a fifth of the time that dataclasses take.
        return Article, _all_values(self)

    @property
    def indexed_title(self) -> str:
        """The title that the source gave, or ""."""
        return "" if self.title_is_derived else self.title

    @property
    def year(self) -> str | None:
        """The year of the date, in digits."""
        return str(self.date.year) if self.date else None

    def page_number(self, offset: int) -> int | None:
        """The page, from 1, that the body's character `offset` stands on; None without pages."""
        return max(1, bisect_right(self.page_starts, offset)) if self.page_starts else None

    def page_url(self, page_number: int | None) -> str | None:
        """The article's own address at one of its pages (RFC 8118, 3); None without either."""
        if self.url is None or page_number is None:
            return None
        return f"{self.url.partition('#')[0]}#page={page_number}"

    def facet_values(self, facet: Facet) -> tuple[str, ...]:
        """The different values that the article has in a facet."""
        value = getattr(self, facet.attribute or facet.name)
        if facet.is_many:
            return tuple(dict.fromkeys(value))
        return () if value is None else (value,)

    @property
    def author(self) -> str | None:
        """All authors on one line, or None. A comma may be a part of a name, as in "Kern, Eva"."""
        return "; ".join(self.authors) or None

    @property
    def bylines(self) -> tuple[str, ...]:
        """What is shown beside the date: the authors, the source and the section.

        A line for each of the LINE_FACETS with a value, from the last one to the first.
        """
        lines = ("; ".join(self.facet_values(facet)) for facet in LINE_FACETS[::-1])
        return tuple(line for line in lines if line)

    def to_record(self) -> dict[str, Any]:
        """All fields but `origin` by name, in the types of JSON: the date is an ISO string."""
        record = {name: getattr(self, name) for name in _RECORD_FIELDS}
        record["tags"] = list(self.tags)
        record["authors"] = list(self.authors)
        record["date"] = self.date and self.date.isoformat()
        if not self.title_is_derived:
            del record["title_is_derived"]
        if self.page_starts:
            record["page_starts"] = list(self.page_starts)
        else:
            del record["page_starts"]
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Article:
        """The article of a `to_record`. Raises TypeError or ValueError for anything else."""
        values = dict(record)
        for name in ("tags", "authors"):
            values[name] = tuple(values.get(name, ()))
        if values.get("date") is not None:
            values["date"] = dt.date.fromisoformat(values["date"])
        if "page_starts" in values:
            values["page_starts"] = tuple(values["page_starts"])
        return cls(**values)


_all_values = attrgetter(*(each.name for each in fields(Article)))
_RECORD_FIELDS = tuple(each.name for each in fields(Article) if each.name != "origin")


class Part(NamedTuple):
    """A part of a compound word: `surface[start:end]` of the token, and its key."""

    start: int
    end: int
    key: str


def smallest(parts: Sequence[Part]) -> Sequence[Part]:
    """The parts that no others make up, from left to right, given all of a token."""
    end = 0
    for number, part in enumerate(parts):
        if part.start != end:
            return parts[:number]
        end = part.end
    return parts


class Token(NamedTuple):
    """One word of a text with everything that the analyzer knows about it.

    A named tuple and not a dataclass: a corpus has hundreds of millions of them.

    surface: the word as written; `text[start:end] == surface`.
    start, end: code points into the analyzed text.
    position: word count from the start of the text; the parts of a hyphen compound count
        singly, and the joined whole shares the position of its first part.
    form: the normalized surface (NFKC, case folded, gender signs taken out), the exact form.
    key: what they are indexed by, under which inflected forms meet.
    lemma: the dictionary form, or None where none is known.
    parts: a compound's smallest parts in order, the words that some neighbours of them make up,
        and the last part once more, as such: Bund, Tag, Wahl, Bundestag, Tagwahl, -Wahl. Empty for
        a simple word.
    """

    surface: str
    start: int
    end: int
    position: int
    form: str
    key: str
    lemma: str | None = None
    parts: tuple[Part, ...] = ()


class Span(NamedTuple):
    """A stretch [start, end) of a text that matched the query's word number `word`."""

    start: int
    end: int
    word: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the results of one search over one generation, which reaches every hit.

    offset: number of hits before it. Within a generation the order of hits is total: by score or
    date, then by date, then by id. search: a digest of the search, so that none goes on in
    another's results.
    """

    generation: str
    offset: int
    search: str


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a reader asked for: the query as typed, the filters, the order and the page.

    exact: words match only in the form in which they were typed.
    uncorrected: likelier words are offered, but never searched for instead.
    after: where to go on, in place of a page number and at any depth.
    """

    query: str = ""
    filters: Filters = NO_FILTERS
    sort: Sort = "relevance"
    page_number: int = 1
    per_page: int = 10
    exact: bool = False
    uncorrected: bool = False
    after: Cursor | None = None

    @property
    def offset(self) -> int:
        """The number of hits before those that are asked for."""
        return self.after.offset if self.after else (self.page_number - 1) * self.per_page


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for the reader on how the query was read or answered.

    kind: stable; `searchapp.messages` has the sentence of each.
    subject: the part of the query that the note is about, or "".
    """

    kind: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text and the stretches [start, end) of it that are marked. Never HTML.

    marks: sorted, disjoint, not empty and inside the text. Raises ValueError for others.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        done = 0
        for start, end in self.marks:
            if not done <= start < end <= len(self.text):
                raise ValueError(
                    f"mark [{start}, {end}) is empty, outside of a text of {len(self.text)}"
                    f" characters, or begins before {done}, where the one before it ends"
                )
            done = end


@dataclass(frozen=True, slots=True)
class Snippet:
    """An excerpt `body[start:end]` of a stored text; `marked` has offsets into the excerpt.

    first_mark: the number, from 1, of its first mark among all of the text.
    """

    marked: MarkedText
    start: int
    end: int
    first_mark: int = 1


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article was found though a query word does not stand in it as such.

    kind: "separated" (a verb apart from its particle), "relative" (a word of the same family),
    "part" (inside of a compound), "lemma" (an irregular form) or "parts" (the parts of the query
    word, spread out).
    word: the query word's number. found: the word of the article, the matched part marked.
    """

    kind: Literal["separated", "relative", "part", "lemma", "parts"]
    word: int
    found: MarkedText


@dataclass(frozen=True, slots=True)
class Hit:
    """One article on a result page. score: higher is better, 0.0 when sorted by date.

    match_count: marks in title and text. reasons: for words that were found only indirectly.
    missing: words of the query, as typed, that the article lacks; of a `ResultPage.partial` only.
    tags: those of the article, in its order, with what matched in them.
    """

    article: Article
    title: MarkedText
    score: float
    snippets: tuple[Snippet, ...]
    match_count: int = 0
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    tags: tuple[MarkedText, ...] = ()

    @property
    def id(self) -> str:
        """The article's id."""
        return self.article.id

    def page_number(self, snippet: Snippet) -> int | None:
        """The page, from 1, of a snippet's first mark, or of its beginning; None without pages."""
        marks = snippet.marked.marks
        return self.article.page_number(snippet.start + (marks[0][0] if marks else 0))

    @property
    def found_through(self) -> tuple[MarkedText, ...]:
        """What the reasons show, each word once, with the marks of all reasons that name it."""
        marks: dict[str, set[tuple[int, int]]] = {}
        for reason in self.reasons:
            marks.setdefault(reason.found.text, set()).update(reason.found.marks)
        return tuple(MarkedText(text, _disjoint(marks[text])) for text in marks)


def _disjoint(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Marks in the order of the text, each cut to what no earlier one covers."""
    cut: list[tuple[int, int]] = []
    done = 0
    for start, end in sorted(marks):
        if end > done:
            cut.append((max(start, done), end))
            done = end
    return tuple(cut)


SuggestionKind = Literal["word", "tag", "author", "title"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a reader may want who has typed a beginning.

    text: a word, a tag, an author or the title of an article, with what was typed of it marked;
        of a word that completes a query the whole query.
    total: of a tag or author, its articles; of a word, the articles that have it in any form,
        with the words before it where there are some; of a title 1.
    article_id: of a title.
    """

    kind: SuggestionKind
    text: MarkedText
    total: int
    article_id: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The suggestions for a beginning, best first.

    generation: the one that they are from. is_complete: whether there was time to find them.
    """

    generation: str
    found: tuple[Suggestion, ...] = ()
    is_complete: bool = True


class FacetCount(NamedTuple):
    """A facet value, and how many articles have it.

    count: of the articles that pass the filters of the other facets, and of this one where its
        choices narrow; then it is the total after choosing the value.
    added: by how much the total rises after choosing it, where another value of a facet is chosen
        whose choices widen; None where `count` is that total, and for chosen values.
    A named tuple and not a dataclass: a page has hundreds of them.
    """

    value: str
    count: int  # type: ignore[assignment]  # and not tuple's method of that name
    selected: bool = False
    added: int | None = None


DateStep = Literal["day", "month", "year", "decade", "century", "millennium"]
"""How long the periods of a histogram are."""


class PeriodCount(NamedTuple):
    """How many articles are of a period, and its first and last day."""

    first: dt.date
    last: dt.date
    count: int  # type: ignore[assignment]  # and not tuple's method of that name


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the articles of a result are spread over time: those that pass all filters.

    So each count is the total after narrowing the search to that period as well; what lies outside
    of a date range that is chosen already is not counted.

    step: by day if the dates are less than three months apart, by month if less than three years,
        else by year, or longer for more than 60 periods; None if no article has a date.
    periods: one after the other without a gap, those without articles too; the first and the last
        one have some. None reaches beyond a chosen date range.
    undated: number of articles without a date.
    """

    step: DateStep | None = None
    periods: tuple[PeriodCount, ...] = ()
    undated: int = 0


NO_HISTOGRAM = Histogram()


@dataclass(frozen=True, slots=True)
class RelatedWord:
    """A word that stands unusually often in the articles that a query finds.

    word: as the corpus mostly writes it. total: the total that a reader sees who adds it to the
    query. query: the query with it.
    """

    word: str
    total: int
    query: str = ""


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The answer to a SearchRequest.

    total: exact number of matching articles over all pages.
    facets: by facet name, each sorted by count, then by value in German order; chosen values
        are always present, even with count 0.
    distinct: by facet name, how many different values the articles have that `facets` counts.
    histogram: how the articles are spread over time.
    partial: where few articles match, others that have some of the words, best first, as many as
        fill the first page; in no total and no facet count.
    optional_words: function words of the query, as typed, that need not occur in a hit.
    max_depth: the number of the deepest hit that a page number leads to.
    related_words: if they were asked for; none, or at least three. None if they could not be found
        in time: another time the same page may have some.
    is_ranked: whether the query has words, by which some hits are more relevant than others.
    has_dates: whether any article has a date, found or not.
    """

    request: SearchRequest
    total: int
    took_ms: float
    generation: str
    hits: tuple[Hit, ...] = ()
    facets: dict[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    distinct: dict[str, int] = field(default_factory=dict)
    histogram: Histogram = NO_HISTOGRAM
    did_you_mean: str | None = None
    notes: tuple[Note, ...] = ()
    optional_words: tuple[str, ...] = ()
    partial: tuple[Hit, ...] = ()
    max_depth: int = 10**9
    related_words: tuple[RelatedWord, ...] | None = ()
    is_ranked: bool = False
    has_dates: bool = True

    @property
    def corrected_query(self) -> str | None:
        """The query that was answered in place of one that finds nothing, or None."""
        return next((note.subject for note in self.notes if note.kind == "corrected"), None)

    @property
    def last_page_number(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.request.per_page))

    @property
    def last_reachable_page(self) -> int:
        """The number of the last page that can be asked for, at least 1."""
        return max(1, min(self.last_page_number, self.max_depth // self.request.per_page))


@dataclass(frozen=True, slots=True)
class ValueRequest:
    """Which values of a facet are to be listed, of all that the articles of a search have.

    contains: words that a value must have in it, each as a part of it; case, umlaut spelling and
        what else `facets.spelling_key` makes equal do not count, and a word without accents and
        umlauts finds letters with them.
    prefix: how a value must begin in German order, where ä is a.
    per_page: values of a page; 0 asks for their number only.
    """

    facet: Facet
    contains: str = ""
    prefix: str = ""
    order: ValueOrder = "count"
    page_number: int = 1
    per_page: int = 200

    @property
    def offset(self) -> int:
        """How many values stand on the pages before."""
        return (self.page_number - 1) * self.per_page


@dataclass(frozen=True, slots=True)
class ValueList:
    """The answer to a ValueRequest.

    total: number of values that fit, on all pages. values: those of the page.
    initials: the letters and digits with which values begin, and how many do, in German order;
        for any prefix. prefixes: the same for what is one letter longer than the prefix, if there
        is one. Of both, the 60 most frequent: what begins with a sign, or is rare, has its place
        in the list.
    """

    total: int
    values: tuple[FacetCount, ...] = ()
    initials: tuple[FacetCount, ...] = ()
    prefixes: tuple[FacetCount, ...] = ()


@dataclass(frozen=True, slots=True)
class ValuePage:
    """A list of values, the search that it belongs to and the list that was asked for.

    answered_query: what was searched for, which is not what was typed if that finds nothing.
    """

    request: SearchRequest
    answered_query: str
    wanted: ValueRequest
    found: ValueList
    took_ms: float
    generation: str

    @property
    def last_page_number(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.found.total // self.wanted.per_page))


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """As much of an article as a link to it needs."""

    id: str
    title: str
    date: dt.date | None = None


class MarkPlace(NamedTuple):
    """Where a mark stands: the part of the article, and its number in all of the text; from 1."""

    part: int
    number: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article as it is shown.

    first_mark: the number, from 1, of its first mark among all of the text.
    page_numbers: the pages of a printed document that begin with or in it, or before it without
        text of their own; for the first paragraph of a part also the page that goes on there.
    next_mark: the mark that follows those of the paragraph, unless it is in the next one or there
        is none.
    """

    marked: MarkedText
    first_mark: int = 1
    page_numbers: tuple[int, ...] = ()
    next_mark: MarkPlace | None = None


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article as it is shown: the matches of the query that led to it are marked.

    paragraphs: of the part that is shown, the text cut at empty lines; empty for an article
        without text.
    part_number: from 1 to part_count; see `article_text`.
    is_cut: whether the body of `article`, a very long one, is no more than the beginning.
    match_count: number of marks in the title and in all of the text.
    first_mark: the first mark of the part and those that follow it, else of all.
    is_unmarked: whether there was no time to find the matches.
    previous, next: the neighbours in the result list, where a position in it was given.
    related: the most similar other articles, best first.
    """

    article: Article
    title: MarkedText
    paragraphs: tuple[Paragraph, ...]
    part_number: int = 1
    part_count: int = 1
    is_cut: bool = False
    match_count: int = 0
    first_mark: MarkPlace | None = None
    is_unmarked: bool = False
    previous: ArticleLink | None = None
    next: ArticleLink | None = None
    related: tuple[ArticleLink, ...] = ()


class JoinedWord(NamedTuple):
    """What a word finds that is not one of its own inflected forms.

    word: the key of a relative, or an exact form in another spelling. doc_freq: number of articles
    with it.
    """

    word: str
    doc_freq: int
    kind: Literal["relative", "spelling"]


class WordFamily(NamedTuple):
    """A word, written as in the dictionary, the number of articles with it in any form, and all
    that is joined with it, the most frequent first.
    """

    word: str
    doc_freq: int
    joined: tuple[JoinedWord, ...]

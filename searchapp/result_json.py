"""What commands print with --json, and the API answers: dicts, lists, strings and numbers only.

A page of results, for `search --json` and `GET /api/v1/search`? `answer`. A whole article?
`article_object`. A word of `analyze --json`? `word_object`. An index, for `info --json`?
`state_object`; its words, for `info --joined --json`? `family_object`. What a rebuild or update
did? `build_object`.

The typed dicts are the contract of the API: its description is generated from them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from searchapp.facets import FACET_NAMES
from searchapp.marked_html import marked_html
from searchapp.messages import note_sentences
from searchapp.model import (
    Article,
    ArticleLink,
    Hit,
    MarkedText,
    ResultPage,
    Snippet,
    WordFamily,
    smallest,
)

if TYPE_CHECKING:
    from searchapp.indexing import BuildReport
    from searchapp.inspection import AnalyzedWord, IndexState

Marks = Annotated[
    list[list[int]],
    "The marked stretches [start, end) of the text, in code points, sorted and disjoint.",
]
Html = Annotated[str, "The same as escaped HTML, in which `<mark>` is the only tag."]
PageUrl = Annotated[
    str | None, "The article's page at this service; null where no service answers."
]


class SnippetObject(TypedDict):
    """An excerpt of an article's text."""

    html: Html
    text: Annotated[str, "The excerpt as plain text."]
    marks: Marks
    start: Annotated[int, "Where the excerpt begins in the article's text, in code points."]
    end: Annotated[int, "Where it ends."]
    page_number: Annotated[
        int | None, "The page of a printed document that it stands on, from 1; null without pages."
    ]
    page_url: Annotated[str | None, "The original's address at that page."]


class MatchedTagObject(TypedDict):
    """A tag in which words of the query are found."""

    html: Html
    text: Annotated[str, "The tag, as in `tags`."]
    marks: Marks


class ReasonObject(TypedDict):
    """Why an article was found though a word of the query does not stand in it as such."""

    kind: Annotated[
        Literal["separated", "relative", "part", "lemma", "parts"],
        "A verb apart from its particle, a word of the same family, a part of a compound, an "
        "irregular form, or the parts of the query's word spread out.",
    ]
    html: Html
    text: Annotated[str, "The word of the article."]
    marks: Marks


class ArticleFields(TypedDict):
    """What is known of an article, but for its text."""

    id: str
    title: str
    date: Annotated[str | None, "As 2024-01-16; never guessed."]
    author: Annotated[str | None, "All authors on one line."]
    authors: list[str]
    source: str | None
    section: Annotated[str | None, "The part of the paper or site."]
    url: Annotated[str | None, "The address of the original, as the source has it: untrusted."]
    tags: list[str]
    page_url: PageUrl


class HitObject(ArticleFields):
    """An article that was found."""

    title_html: Html
    title_marks: Annotated[list[list[int]], "The marked stretches [start, end) of the title."]
    matched_tags: Annotated[
        list[MatchedTagObject], "Those of `tags` that match, in their order; in no `match_count`."
    ]
    score: Annotated[float, "Higher is better; 0 where sorted by date."]
    snippets: list[SnippetObject]
    match_count: Annotated[int, "Marks in title and text."]
    reasons: list[ReasonObject]


class PartialHitObject(HitObject):
    """An article with some of the words."""

    missing: Annotated[list[str], "The words of the query, as typed, that it lacks."]


class FacetValueObject(TypedDict):
    """A value of a facet."""

    value: str
    count: Annotated[
        int,
        "The articles with it among the results, or, where choices widen and there is one, among "
        "those without it.",
    ]
    selected: Annotated[bool, "Whether the search is narrowed to it."]
    added: Annotated[
        int | None,
        "By how much `total` rises with it, beside a choice that it widens; null where `count` is "
        "the new total.",
    ]


class PeriodObject(TypedDict):
    """How many of the results are of a period."""

    first: Annotated[str, "Its first day, as the parameter `from` takes it: 2024-01-01."]
    last: Annotated[str, "Its last day, as the parameter `to` takes it."]
    count: Annotated[int, "The total of the same search with these two."]


class HistogramObject(TypedDict):
    """How the results are spread over time, all filters applied."""

    step: Annotated[
        Literal["day", "month", "year", "decade", "century", "millennium"] | None,
        "By day below three months, by month below three years, else so that there are at most 60 "
        "periods; null where no result has a date.",
    ]
    buckets: Annotated[
        list[PeriodObject],
        "The periods without a gap from the first result to the last, cut to `from` and `to`.",
    ]
    undated: Annotated[int, "The results without a date."]


class NoteObject(TypedDict):
    """A remark on how the query was read or answered."""

    kind: Annotated[str, "A stable code, as `corrected` or `some_words`."]
    subject: Annotated[str, "The part of the query that it is about, or empty."]
    sentence: Annotated[str, "The remark in the language of the answer."]


class LinksObject(TypedDict):
    """Where this answer, those beside it and its other forms are; absolute addresses."""

    self: Annotated[str, "This answer, in the one form of its address."]
    next: Annotated[str | None, "The hits that follow, at any depth; null at the end."]
    prev: Annotated[str | None, "The hits before; null at the start."]
    page: Annotated[str, "The page of results that people read."]
    feed: Annotated[str, "The newest results as an Atom feed."]


class RelatedWordObject(TypedDict):
    """A word that stands unusually often in the articles of a search, and narrows it."""

    word: str
    query: Annotated[str, "The query with the word, for the same filters."]
    total: Annotated[int, "The articles that it finds, at least one and at most half of all."]


class SearchObject(TypedDict):
    """A page of results."""

    query: Annotated[str, "The query as it was sent."]
    total: Annotated[int, "The exact number of articles that match."]
    page: int
    per_page: int
    offset: Annotated[int, "The number of hits before the first of these."]
    last_page: Annotated[int, "The last page that `page` leads to; `links.next` leads further."]
    took_ms: float
    generation: Annotated[str, "The state of the index; another one after each rebuild."]
    hits: list[HitObject]
    partial: Annotated[
        list[PartialHitObject], "Where few match: articles with some of the words, in no total."
    ]
    facets: Annotated[
        dict[str, list[FacetValueObject]], "By the name of the facet, the most frequent first."
    ]
    distinct: Annotated[
        dict[str, int], "How many values each facet has, of which `facets` lists the most frequent."
    ]
    histogram: HistogramObject
    did_you_mean: Annotated[str | None, "A likelier query."]
    optional_words: Annotated[list[str], "Words of the query that need not occur."]
    related_words: Annotated[
        list[RelatedWordObject], "The most telling first; none, or three to six."
    ]
    notes: Annotated[list[str], "The sentences of `note_details`."]
    note_details: list[NoteObject]
    links: Annotated[LinksObject | None, "null where no service answers."]


class ArticleLinkObject(TypedDict):
    """As much of an article as a link to it needs."""

    id: str
    title: str
    date: str | None
    page_url: PageUrl


class ArticleObject(ArticleFields):
    """A whole article."""

    text: Annotated[str, "Paragraphs, separated by one empty line; may be empty."]
    related: Annotated[list[ArticleLinkObject], "The most similar articles, best first."]


@dataclasses.dataclass(frozen=True, slots=True)
class Addresses:
    """Where a service answers. article_page: the page of the article with an id."""

    article_page: Callable[[str], str]
    links: LinksObject


def answer(
    page: ResultPage,
    notes: Sequence[str] | None = None,
    addresses: Addresses | None = None,
) -> SearchObject:
    """A page of results.

    notes: translated sentences of the page's notes; None for the English ones.
    addresses: of the service that answers; None for the command line.
    """
    request = page.request
    sentences = note_sentences(page.notes, request.query) if notes is None else list(notes)
    article_page = addresses.article_page if addresses else None
    return {
        "query": request.query,
        "total": page.total,
        "page": request.offset // request.per_page + 1,
        "per_page": request.per_page,
        "offset": request.offset,
        "last_page": page.last_reachable_page,
        "took_ms": round(page.took_ms, 3),
        "generation": page.generation,
        "hits": [_hit(hit, article_page) for hit in page.hits],
        "partial": [
            {**_hit(hit, article_page), "missing": list(hit.missing)} for hit in page.partial
        ],
        "facets": {
            name: [
                {
                    "value": each.value,
                    "count": each.count,
                    "selected": each.selected,
                    "added": each.added,
                }
                for each in page.facets.get(name, ())
            ]
            for name in FACET_NAMES
        },
        "distinct": {name: page.distinct.get(name, 0) for name in FACET_NAMES},
        "histogram": {
            "step": page.histogram.step,
            "buckets": [
                {"first": first.isoformat(), "last": last.isoformat(), "count": count}
                for first, last, count in page.histogram.periods
            ],
            "undated": page.histogram.undated,
        },
        "did_you_mean": page.did_you_mean,
        "optional_words": list(page.optional_words),
        "related_words": [
            {"word": each.word, "query": each.query, "total": each.total}
            for each in page.related_words or ()
        ],
        "notes": sentences,
        "note_details": [
            {"kind": note.kind, "subject": note.subject, "sentence": sentence}
            for note, sentence in zip(page.notes, sentences, strict=True)
        ],
        "links": addresses.links if addresses else None,
    }


def article_object(
    article: Article, related: Sequence[ArticleLink], article_page: Callable[[str], str]
) -> ArticleObject:
    """A whole article. article_page: the address of the page of the article with an id."""
    return {
        **article_fields(article, article_page),
        "text": article.body,
        "related": [
            {
                "id": link.id,
                "title": link.title,
                "date": link.date.isoformat() if link.date else None,
                "page_url": article_page(link.id),
            }
            for link in related
        ],
    }


def article_fields(
    article: Article, article_page: Callable[[str], str] | None = None
) -> ArticleFields:
    """An article without its text; how its title came about is no part of the contract."""
    return {
        "id": article.id,
        "title": article.title,
        "date": article.date.isoformat() if article.date else None,
        "author": article.author,
        "authors": list(article.authors),
        "source": article.source,
        "section": article.section,
        "url": article.url,
        "tags": list(article.tags),
        "page_url": article_page(article.id) if article_page else None,
    }


def _hit(hit: Hit, article_page: Callable[[str], str] | None) -> HitObject:
    return {
        **article_fields(hit.article, article_page),
        "title_html": str(marked_html(hit.title)),
        "title_marks": _marks(hit.title),
        "matched_tags": [_marked(tag) for tag in hit.tags if tag.marks],
        "score": round(hit.score, 6),
        "snippets": [_snippet(hit, snippet) for snippet in hit.snippets],
        "match_count": hit.match_count,
        "reasons": [{"kind": reason.kind, **_marked(reason.found)} for reason in hit.reasons],
    }


def _snippet(hit: Hit, snippet: Snippet) -> SnippetObject:
    page_number = hit.page_number(snippet)
    return {
        "html": str(marked_html(snippet.marked)),
        "text": snippet.marked.text,
        "marks": _marks(snippet.marked),
        "start": snippet.start,
        "end": snippet.end,
        "page_number": page_number,
        "page_url": hit.article.page_url(page_number),
    }


def _marked(marked: MarkedText) -> MatchedTagObject:
    return {"html": str(marked_html(marked)), "text": marked.text, "marks": _marks(marked)}


def _marks(marked: MarkedText) -> list[list[int]]:
    return [[start, end] for start, end in marked.marks]


def word_object(word: AnalyzedWord) -> dict[str, object]:
    """A word; offsets are code points of the text that was analyzed."""
    token = word.token
    return {
        "surface": token.surface,
        "start": token.start,
        "end": token.end,
        "lemma": token.lemma,
        "key": token.key,
        "parts": [part.key for part in smallest(token.parts)],
        "sought_keys": list(word.keys),
        "sought_relatives": list(word.relatives),
    }


def state_object(state: IndexState) -> dict[str, object]:
    """What an index folder holds; null where there is no refusal or no writer."""
    manifest = state.generation.manifest
    return {
        "generation": state.generation.id,
        "built_at": manifest.built_at,
        "build_seconds": manifest.build_seconds,
        "articles": manifest.articles,
        "text_bytes": manifest.text_bytes,
        "index_bytes": manifest.size_bytes,
        "kept_bytes": state.kept_bytes,
        "engine": manifest.engine,
        "fingerprint": manifest.fingerprint,
        "usable": not state.refusal,
        "refusal": state.refusal or None,
        "rollback_to": list(state.earlier),
        "writer": state.writer or None,
    }


def family_object(family: WordFamily) -> dict[str, object]:
    """A word and what is joined with it; `how` is "relative" or "spelling"."""
    return {
        "word": family.word,
        "articles": family.doc_freq,
        "joined": [
            {"word": each.word, "articles": each.doc_freq, "how": each.kind}
            for each in family.joined
        ],
    }


def build_object(report: BuildReport) -> dict[str, object]:
    """What a rebuild or an update did."""
    values = dataclasses.asdict(report)
    values["index_bytes"] = values.pop("size_bytes")
    return values

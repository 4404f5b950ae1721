"""Hits as a page of results shows them: what the template needs, ready made and escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from searchapp.facets import TAGS
from searchapp.marked_html import marked_html
from searchapp.model import Article, Hit, MarkedText, SearchRequest, Snippet
from searchapp.snippets import SENTENCE_SIGNS
from searchapp.web.external_links import external_url
from searchapp.web.url_state import SearchUrls, to_snippet

TAGS_SHOWN = 3
"""Tags of a hit before "…"; all that match are among them."""
KEPT_TAGS = 8192

_HEADING_ENDS = re.compile(r"(?<![.!?:;,…–])[^\S\n]*\n\s*\n\s*")


@dataclass(frozen=True, slots=True)
class SnippetView:
    """An excerpt. page_number: of a printed document, with its address; None without pages."""

    html: Markup
    page_number: int | None
    page_url: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit. url: of its article, at the first mark.

    found_through: see `Hit`. tags, more_tags: those before "…" and behind it,
    as links to the searches for all articles with them.
    tags_match: whether words of the query are found in the tags; only_tags: and nowhere else.
    """

    article: Article
    url: str
    title: Markup
    match_count: int
    snippets: tuple[SnippetView, ...]
    found_through: tuple[Markup, ...]
    missing: tuple[str, ...]
    tags: tuple[Markup, ...]
    more_tags: tuple[Markup, ...]
    tags_match: bool
    only_tags: bool


class HitViews:
    """Makes the hits of one page; what is the same for all is made once."""

    def __init__(self, urls: SearchUrls) -> None:
        """urls: those of the search that the hits belong to."""
        self._query = urls.request.query
        self._article_url = urls.article_linker()
        self._tag_url = SearchUrls(SearchRequest(), urls.lang).adding(TAGS)

    def views(self, hits: Sequence[Hit], first_rank: int | None = None) -> list[HitView]:
        """The views of hits. first_rank: 1-based, of the first; None for hits without a place."""
        return [
            self._view(hit, None if first_rank is None else first_rank + place)
            for place, hit in enumerate(hits)
        ]

    def _view(self, hit: Hit, rank: int | None) -> HitView:
        url = self._article_url(hit.id, rank)
        marked = [tag for tag in hit.tags if tag.marks]
        tags = hit.tags
        if marked and len(tags) > TAGS_SHOWN:
            tags = (*marked, *(tag for tag in tags if not tag.marks))
        shown = max(TAGS_SHOWN, len(marked))
        return HitView(
            article=hit.article,
            url=self._to_snippet(url, hit, hit.snippets[0]) if hit.snippets else url,
            title=marked_html(hit.title),
            match_count=hit.match_count,
            snippets=tuple(self._snippet_view(hit, snippet, url) for snippet in hit.snippets),
            found_through=tuple(map(marked_html, hit.found_through)),
            missing=hit.missing,
            tags=self._tag_links(tags[:shown]),
            more_tags=self._tag_links(tags[shown:]),
            tags_match=bool(marked),
            only_tags=bool(marked) and not hit.match_count,
        )

    def _tag_links(self, tags: Sequence[MarkedText]) -> tuple[Markup, ...]:
        return tuple([_tag_link(tag.text, tag.marks, self._tag_url(tag.text)) for tag in tags])

    def _to_snippet(self, url: str, hit: Hit, snippet: Snippet) -> str:
        return to_snippet(url, hit, snippet, self._query)

    def _snippet_view(self, hit: Hit, snippet: Snippet, url: str) -> SnippetView:
        html = snippet_html(snippet, hit.article.body)
        number = hit.page_number(snippet)
        if number is None:
            return SnippetView(html, None, "")
        there = external_url(hit.article.page_url(number))
        return SnippetView(html, number, there or self._to_snippet(url, hit, snippet))


@lru_cache(KEPT_TAGS)
def _tag_link(text: str, marks: tuple[tuple[int, int], ...], url: str) -> Markup:
    # Made once: a page has a hundred, and most of them have been on another one.
    html = marked_html(MarkedText(text, marks))
    return Markup(f'<a href="{escape(url)}">{html}</a>')  # of escaped texts


def snippet_html(snippet: Snippet, body: str) -> Markup:
    """An excerpt of a body with its marks; "…" where it is cut, a dash where a heading ends."""
    html = marked_html(snippet.marked)
    if "\n" in html:
        html = Markup(_HEADING_ENDS.sub(" – ", html))  # of escaped text
    before = "… " if snippet.start else ""
    is_cut = snippet.end < len(body) and snippet.marked.text[-1:] not in SENTENCE_SIGNS
    behind = "\N{NO-BREAK SPACE}…" if is_cut else ""
    return before + html + behind

"""What a reader may mean who is typing: as JSON for the page and for browsers' search boxes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, TypedDict

from flask import Blueprint, Flask, Response, request

from searchapp.marked_html import marked_html
from searchapp.model import SearchRequest, Suggestion, SuggestionKind, Suggestions
from searchapp.web.api import service
from searchapp.web.api_description import Parameter, described
from searchapp.web.url_state import LOCALES, Param, SearchUrls, parse_locale

blueprint = Blueprint("suggestions", __name__)

KEPT_FOR_S = 60
"""How long a browser may show a suggestion again without asking."""
OPENSEARCH_TYPE = "application/x-suggestions+json"
FACET_OF_KIND = {"tag": "tags", "author": "author"}


class SuggestionObject(TypedDict):
    """What may be meant by a beginning."""

    kind: SuggestionKind
    text: Annotated[str, "A whole query that ends in a word; or a tag, an author, a title."]
    html: Annotated[str, "The same as HTML, with the part that was typed in `mark`."]
    marks: Annotated[list[list[int]], "That part: [start, end) in characters of `text`."]
    total: Annotated[
        int,
        "Articles: of a tag or an author; of a word those that hold it in any form, compounds not "
        "counted, with the words before it; of a title 1.",
    ]
    url: Annotated[str, "The path of the search, or of the article, that it leads to."]


class SuggestObject(TypedDict):
    """What may be meant by what was typed."""

    query: Annotated[str, "What was typed."]
    suggestions: Annotated[list[SuggestionObject], "At most eight, the best first."]
    is_complete: Annotated[
        bool,
        "False where there was no time to find any, as after a start: ask again in a second.",
    ]


def _parameters(app: Flask) -> Sequence[Parameter]:
    most = app.extensions["searchapp"].settings.limits.max_query_chars
    typed = {"type": "string", "maxLength": most}
    language = {"type": "string", "enum": list(LOCALES)}
    return (
        Parameter(Param.QUERY, "What was typed; its last word may be unfinished.", typed),
        Parameter(Param.LANG, "The language that `url` is to name.", language),
    )


@blueprint.get("/api/v1/suggest")
@described("Suggestions while typing", SuggestObject, _parameters)
def suggest() -> Response:
    """At most eight objects, best first, each with what it is, what it gives and where it leads."""
    typed = _typed()
    suggested = service().suggestions(typed)
    answer: SuggestObject = {
        "query": typed,
        "suggestions": [_object(each) for each in suggested.found],
        "is_complete": suggested.is_complete,
    }
    return _answer(answer, suggested, "application/json")


@blueprint.get("/suggest")
def opensearch_suggest() -> Response:
    """What was typed, and the texts of the suggestions.

    https://github.com/dewitt/opensearch (extension "Suggestions", 1.1 draft 1)
    """
    typed = _typed()
    suggested = service().suggestions(typed)
    texts = list(dict.fromkeys(each.text.text for each in suggested.found))
    return _answer([typed, texts], suggested, OPENSEARCH_TYPE)


def _typed() -> str:
    return request.args.get(Param.QUERY, "")


def _object(suggestion: Suggestion) -> SuggestionObject:
    text = suggestion.text
    return {
        "kind": suggestion.kind,
        "text": text.text,
        "html": marked_html(text),
        "marks": [list(mark) for mark in text.marks],
        "total": suggestion.total,
        "url": _url(suggestion),
    }


def _url(suggestion: Suggestion) -> str:
    """Where it leads: to an article, to those with a tag or of an author, or to a search."""
    text = suggestion.text.text
    urls = SearchUrls(SearchRequest(), parse_locale(request.args))
    if suggestion.article_id is not None:
        return urls.article(suggestion.article_id)
    if suggestion.kind in FACET_OF_KIND:
        return urls.only(FACET_OF_KIND[suggestion.kind], text)
    return urls.with_query(text)


def _answer(value: object, suggested: Suggestions, mimetype: str) -> Response:
    """Kept for a while, but not where there was no time to find them."""
    response = Response(json.dumps(value, ensure_ascii=False) + "\n", mimetype=mimetype)
    if suggested.is_complete:
        response.cache_control.private = True
        response.cache_control.max_age = KEPT_FOR_S
    return response

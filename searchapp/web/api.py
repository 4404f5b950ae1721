"""What programs ask for: searches and articles as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Annotated, Any, TypedDict
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as BaseResponse

from searchapp import __version__
from searchapp.errors import ArticleNotFound
from searchapp.facets import FACETS
from searchapp.model import ArticlePage, ResultPage, SearchRequest
from searchapp.result_json import Addresses, ArticleObject, SearchObject, answer, article_object
from searchapp.searching import SearchService
from searchapp.web import error_pages, i18n
from searchapp.web.api_description import (
    Parameter,
    ProblemObject,
    described,
    endpoints,
    fields_of,
    openapi,
)
from searchapp.web.json_answer import json_answer, json_stream
from searchapp.web.url_state import (
    LOCALES,
    SORTS,
    BadParameter,
    Param,
    going_on,
    parse,
    parse_after,
    parse_locale,
    query_pairs,
    with_parameters,
)

blueprint = Blueprint("api", __name__)

FORMATS = {"json": "application/json", "text": "text/plain"}
"""The forms of an article, the default first."""


class FacetObject(TypedDict):
    """A field whose values are counted and can be chosen."""

    name: Annotated[str, "Its key in `facets` of an answer."]
    parameter: Annotated[str, "The parameter that chooses a value."]
    label: str


class LimitsObject(TypedDict):
    """What one request may ask for."""

    max_query_chars: int
    max_query_words: int
    max_per_page: int
    max_results_depth: Annotated[int, "The deepest hit of a page number, and hits of an export."]


class InfoObject(TypedDict):
    """What is searched here, and by what."""

    articles: int
    generation: Annotated[str, "The state of the index; another one after each rebuild."]
    built_at: Annotated[str, "When that was, as in ISO 8601."]
    engine: str
    version: Annotated[str, "Of the program."]
    languages: Annotated[list[str], "Those that `lang` may name."]
    facets: list[FacetObject]
    limits: LimitsObject


def service() -> SearchService:
    """The search service of the current application, made by `create_app`."""
    made: SearchService = current_app.extensions["searchapp"]
    return made


def requested() -> SearchRequest:
    """The search that the URL of the current request asks for. Raises BadParameter."""
    return parse(request.args, max_per_page=service().settings.limits.max_per_page)


def results(wanted: SearchRequest) -> ResultPage:
    """A page of results with related words. Raises as `SearchService.search`."""
    return service().search(wanted, related_words=True)


def to_new_id(
    endpoint: str, error: ArticleNotFound, article_id: str, **values: Any
) -> BaseResponse:
    """A redirect to the same of the article that had this id in former times.

    error: raised again if there is none. values: others of the address.
    """
    new_id = service().moved_to(article_id)
    if new_id is None and article_id.endswith("/"):
        new_id = article_id.rstrip("/")
    if not new_id:
        raise error
    address = url_for(endpoint, article_id=new_id, **values)
    return redirect(with_parameters(address, request.query_string), 301)


def article_page(article_id: str) -> str:
    """The absolute address of the page of an article."""
    return url_for("pages.article", article_id=article_id, _external=True)


def search_address(endpoint: str, search: SearchRequest, **values: str) -> str:
    """The absolute address of a search at an endpoint, in the language that the URL names."""
    lang = parse_locale(request.args)
    pairs = [*query_pairs(search), *([(Param.LANG, lang)] if lang else [])]
    return url_for(endpoint, **values, _external=True) + (f"?{urlencode(pairs)}" if pairs else "")


def _language_parameter() -> Parameter:
    about = "The language of sentences; by default the one of Accept-Language."
    return Parameter(Param.LANG, about, {"type": "string", "enum": list(LOCALES)})


def search_parameters(app: Flask) -> Sequence[Parameter]:
    """Those of a search, with the bounds that the settings of an application give them."""
    limits = app.extensions["searchapp"].settings.limits
    flag = {"type": "string", "enum": ["0", "1"]}
    query = {"type": "string", "maxLength": limits.max_query_chars}
    number = {"type": "integer", "minimum": 1}
    day = {"type": "string", "examples": ["2024-01-16", "2024-01", "2024"]}
    year = {"type": "integer", "minimum": 1, "maximum": 9999}
    return (
        Parameter(Param.QUERY, "The query, as it is typed into the page.", query),
        Parameter(Param.EXACT, "1: words match only as they are written.", flag),
        Parameter(Param.UNCORRECTED, "1: likelier words are never searched for instead.", flag),
        *(
            Parameter(
                facet.param,
                f"Only articles with this value of `{facet.name}`.",
                year if facet.is_year else {"type": "string"},
                is_many=True,
            )
            for facet in FACETS
        ),
        Parameter(Param.ANY_TAG, "1: of several tags one is enough.", flag),
        Parameter(Param.DATE_FROM, "Only articles of that day or later.", day),
        Parameter(Param.DATE_TO, "Only articles of that day or earlier.", day),
        Parameter(Param.SORT, "The order of hits.", {"type": "string", "enum": list(SORTS)}),
        Parameter(Param.PAGE, f"The page, from 1, down to hit {limits.max_results_depth}.", number),
        Parameter(Param.PER_PAGE, "Hits of a page.", {**number, "maximum": limits.max_per_page}),
        Parameter(
            Param.AFTER,
            "A cursor, as `links.next` has it, in place of a page. It leads to every hit, as long "
            "as the index stays the same: then the code is `cursor_outdated`.",
        ),
        _language_parameter(),
    )


def _article_parameters(_app: Flask) -> Sequence[Parameter]:
    about = "The article's `id`, in which a slash may stand as it is."
    forms = {"type": "string", "enum": list(FORMATS)}
    return (
        Parameter("article_id", about, {"type": "string", "minLength": 1}, place="path"),
        Parameter("format", "By default what the header Accept prefers.", forms),
        _language_parameter(),
    )


@blueprint.get("/api/v1/search")
@described("Search", SearchObject, search_parameters)
def search() -> Response:
    """The same object as `searchapp search --json`, with notes in the caller's language."""
    page = results(parse_after(request.args, requested()))
    return json_answer(answer(page, i18n.translated_notes(page), _addresses(page)))


@blueprint.get("/api/v1/articles/<article_id:article_id>")
@described("One article", ArticleObject, _article_parameters, is_text=True)
def article(article_id: str) -> BaseResponse:
    """An article as JSON or plain text; a former id leads to the one of today."""
    media_type = _media_type()
    try:
        page = service().article(article_id)
    except ArticleNotFound as error:
        return to_new_id("api.article", error, article_id)
    if page.is_cut:
        body = service().body(article_id)
        response = _long_article(page, body, media_type)
        response.call_on_close(body.close)
    elif media_type == FORMATS["text"]:
        title, text = page.article.title, page.article.body
        response = Response(f"{title}\n\n{text}\n" if text else f"{title}\n", mimetype=media_type)
    else:
        response = json_answer(article_object(page.article, page.related, article_page))
    return response


def _long_article(page: ArticlePage, body: Iterable[str], media_type: str) -> Response:
    """An article whose text comes in pieces and is never in memory as a whole."""
    if media_type == FORMATS["text"]:
        return Response(chain([f"{page.article.title}\n\n"], body, ["\n"]), mimetype=media_type)
    without_text = replace(page.article, body="")
    return json_stream(article_object(without_text, page.related, article_page), "text", body)


@blueprint.after_request
def tell_what_forms_depend_on(response: Response) -> Response:
    """Errors and unchanged answers, too, say that an article has several forms."""
    if request.endpoint == "api.article":
        response.vary.add("Accept")
    return response


@blueprint.get("/api/v1/info")
@described("What is searched here", InfoObject, lambda _app: (_language_parameter(),))
def info() -> Response:
    """The state of the index, and what a search may ask for."""
    manifest = service().manifest()
    limits = service().settings.limits
    found: InfoObject = {
        "articles": manifest.articles,
        "generation": manifest.generation,
        "built_at": manifest.built_at,
        "engine": manifest.engine,
        "version": __version__,
        "languages": list(LOCALES),
        "facets": [
            {"name": facet.name, "parameter": facet.param, "label": str(gettext(facet.label))}
            for facet in FACETS
        ],
        "limits": {
            "max_query_chars": limits.max_query_chars,
            "max_query_words": limits.max_query_words,
            "max_per_page": limits.max_per_page,
            "max_results_depth": limits.max_results_depth,
        },
    }
    return json_answer(found)


@blueprint.get("/api/v1/openapi.json")
@described("This API, as OpenAPI 3.1", None)
def openapi_document() -> Response:
    """What programs and tools read of the API."""
    server = url_for("pages.home", _external=True).rstrip("/")
    title = service().settings.site_name or "searchapp"
    return json_answer(openapi(current_app, title=title, version=__version__, server=server))


@blueprint.get("/api", strict_slashes=False)
def page() -> str:
    """The same for people."""
    return render_template(
        "api.html",
        endpoints=endpoints(current_app),
        problem_fields=fields_of(ProblemObject),
        problems=error_pages.codes(service().settings),
    )


def _media_type() -> str:
    """The form of an article that is asked for. Raises BadParameter."""
    wanted = request.args.get("format", "")
    if wanted:
        if wanted not in FORMATS:
            raise BadParameter("format", wanted, f"type one of: {', '.join(FORMATS)}")
        return FORMATS[wanted]
    forms = list(FORMATS.values())
    return request.accept_mimetypes.best_match(forms) or forms[0]


def _addresses(page: ResultPage) -> Addresses:
    asked = page.request
    next_offset = asked.offset + len(page.hits)
    following = before = None
    if next_offset < page.total:
        following = going_on(asked, page.generation, next_offset)
    if asked.after and asked.offset:
        before = going_on(asked, page.generation, max(0, asked.offset - asked.per_page))
    elif asked.page_number > 1:
        before = replace(asked, page_number=asked.page_number - 1)
    first = replace(asked, page_number=1, after=None)
    return Addresses(
        article_page,
        {
            "self": search_address("api.search", asked),
            "next": search_address("api.search", following) if following else None,
            "prev": search_address("api.search", before) if before else None,
            "page": search_address("pages.search", replace(asked, after=None)),
            "feed": search_address("feeds.atom", first),
        },
    )

"""The pages for the owner alone: what readers look for and do not find, and what to do about it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import NotFound, Unauthorized

from searchapp.deadline import Deadline
from searchapp.errors import BadSetting
from searchapp.facets import NO_FILTERS
from searchapp.messages import STEP_SENTENCES
from searchapp.missed_queries import MAX_LINE_CHARS, Preview, advised, preview
from searchapp.model import SearchRequest
from searchapp.query_store import QueryCounter, QueryStore
from searchapp.settings import Settings
from searchapp.web import i18n
from searchapp.web.api import service
from searchapp.web.protection import is_secret
from searchapp.web.request_log import Ended
from searchapp.web.url_state import SearchUrls, parse_locale

blueprint = Blueprint("owner_pages", __name__)

SHOWN = 25
COUNTED_KINDS = frozenset({"pages.search", "api.search"})


class _Counting:
    """Counts what was searched for: first pages without filters, as it was typed."""

    def __init__(self, counter: QueryCounter) -> None:
        self._counter = counter

    def begin(self) -> None:
        """Nothing is known yet."""

    def end(self, ended: Ended) -> None:
        """Count its query, if it has one. Who follows a link of the page does not ask anew."""
        page = ended.record.page
        if page is None or ended.kind not in COUNTED_KINDS or ended.status != 200:
            return
        asked = page.request
        if asked.offset or asked.uncorrected or asked.filters != NO_FILTERS:
            return
        self._counter.count(asked.query, 0 if page.corrected_query else page.total)


def query_watcher(settings: Settings) -> _Counting | None:
    """What counts the queries of an application; None unless the owner asked for it.

    Raises BadSetting for a store that cannot be used.
    """
    if settings.query_store is None:
        return None
    store = QueryStore(settings.query_store, settings.keep_queries_days)
    store.prepare()
    return _Counting(QueryCounter(store))


@blueprint.before_request
def ask_for_the_password() -> None:
    """Let nobody in without the token; where there is none, there are no such pages.

    It is sent as the password of HTTP's Basic scheme (RFC 7617), for any name: no cookie is needed
    and no address holds it.
    """
    token = service().settings.owner_token
    if not token:
        raise NotFound
    sent = request.authorization
    given = sent.password if sent is not None and sent.type == "basic" else None
    if not is_secret(given, token):
        scheme = WWWAuthenticate("basic", {"realm": "for the owner", "charset": "UTF-8"})
        raise Unauthorized(www_authenticate=scheme)


@blueprint.after_request
def keep_it_private(response: Response) -> Response:
    """No cache and no search engine keeps these pages."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _as_typed(query: str) -> str:
    """The URL of a search for it, which is not counted: it is the owner who looks."""
    return SearchUrls(SearchRequest(query), parse_locale(request.args)).as_typed()


@blueprint.get("/owner/queries")
def queries() -> str:
    """The most frequent queries and those without results, each with its step; a line to try."""
    settings = service().settings
    line = request.args.get("line", "")[: MAX_LINE_CHARS + 1]
    deadline = Deadline(settings.time_budget_s)
    complaint = ""
    tried: Preview | None = None
    if line.strip():
        try:
            tried = preview(service(), line, deadline.part(0.5))
        except BadSetting as error:
            complaint = i18n.said(error.message)
    missed, frequent = [], []
    problem = ""
    if settings.query_store is not None:
        store = QueryStore(settings.query_store, settings.keep_queries_days)
        try:
            asked = store.asked(limit=SHOWN, only_empty=True)
            missed = advised(service(), asked, deadline)
            frequent = store.asked(limit=SHOWN)
        except BadSetting as error:
            problem = i18n.said(error.what)
    return render_template(
        "owner_queries.html",
        is_counted=settings.query_store is not None,
        problem=problem,
        keep_days=settings.keep_queries_days,
        has_file=settings.exceptions is not None,
        missed=missed,
        frequent=frequent,
        as_typed=_as_typed,
        steps=STEP_SENTENCES,
        line=line,
        tried=tried,
        complaint=complaint,
        max_chars=MAX_LINE_CHARS,
    )

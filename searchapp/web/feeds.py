"""The newest articles of any search as an Atom feed (RFC 4287)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from flask import Blueprint, Response, url_for
from flask_babel import gettext  # type: ignore[import-untyped]
from lxml import etree

from searchapp.model import Hit
from searchapp.web import i18n
from searchapp.web.api import article_page, requested, search_address, service
from searchapp.web.url_state import feed_request

blueprint = Blueprint("feeds", __name__)

MEDIA_TYPE = "application/atom+xml"
ENTRIES = 30
_ATOM = "http://www.w3.org/2005/Atom"
_NOON = dt.time(12, tzinfo=dt.UTC)
"""A date without a time is told as noon: then it is the same day nearly everywhere."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped (section 2.2)."""


@blueprint.get("/feed.atom")
def atom() -> Response:
    """The articles of a search, newest first, whatever order and page it names.

    Articles without a date stand last and get that of the index, as Atom demands one.
    """
    asked = feed_request(requested())
    found = service().search(replace(asked, sort="newest", per_page=_entries(), uncorrected=True))
    built = dt.datetime.fromisoformat(service().manifest().built_at).replace(microsecond=0)
    name = service().settings.site_name or str(gettext("Article search"))
    address = search_address("feeds.atom", asked)
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", i18n.select_locale())
    _add(feed, "title", f"{asked.query} · {name}" if asked.query else name)
    _add(feed, "id", address)
    _add(feed, "link", rel="self", type=MEDIA_TYPE, href=address)
    page = search_address("pages.search", asked)
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    dated = [_moment(hit, built) for hit in found.hits]
    _add(feed, "updated", _text(max(dated, default=built)))
    _add(_add(feed, "author"), "name", name)
    _add(feed, "icon", url_for("static", filename="favicon.ico", _external=True))
    for hit, moment in zip(found.hits, dated, strict=True):
        _add_entry(feed, hit, moment)
    return Response(
        etree.tostring(feed, encoding="utf-8", xml_declaration=True),
        mimetype=MEDIA_TYPE,
    )


def _entries() -> int:
    return min(ENTRIES, service().settings.limits.max_per_page)


def _add_entry(feed: etree._Element, hit: Hit, moment: dt.datetime) -> None:
    article, address = hit.article, article_page(hit.id)
    entry = _add(feed, "entry")
    _add(entry, "title", article.title)
    _add(entry, "id", address)
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "updated", _text(moment))
    if article.date:
        _add(entry, "published", _text(moment))
    for name in article.authors:
        _add(_add(entry, "author"), "name", name)
    for tag in article.tags:
        _add(entry, "category", term=tag)
    _add(entry, "summary", " … ".join(each.marked.text for each in hit.snippets), type="text")


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    for attribute, value in attributes.items():
        child.set(attribute, xml_text(value))
    child.text = xml_text(text)
    return child


def xml_text(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _NOT_XML.sub("�", text)


def _moment(hit: Hit, built: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(hit.article.date, _NOON) if hit.article.date else built


def _text(moment: dt.datetime) -> str:
    """As RFC 3339 has it."""
    return moment.isoformat()

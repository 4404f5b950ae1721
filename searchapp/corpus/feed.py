"""Reads RSS and Atom feeds (.xml, .rss, .atom): one article an item.

A WordPress export is RSS with additional elements; its items are recognized here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element, tostring

from searchapp.corpus import wordpress
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.html_text import html_to_text, text_of_maybe_html
from searchapp.corpus.records import article_from_record
from searchapp.corpus.xml_items import Item, read_items
from searchapp.model import Article

_ROOTS = frozenset(("rss", "rdf.RDF", "atom.feed", "atom.entry"))
_ITEMS = frozenset(("item", "atom.entry", wordpress.AUTHOR_TAG))
_MEDIA_TEXTS = ("media.description", "media.group/media.description")
_BLOGGER_KIND = "http://schemas.google.com/g/2005#kind"
_BLOGGER_ARTICLES = ("#post", "#page")
_MAIL_AND_NAME = re.compile(r"[^\s@]+@[^\s@]+\s+\((?P<name>[^()]+)\)")


def read_feed(file: ArticleFile) -> Iterator[Article]:
    """The articles of a feed, or the published ones of an export of WordPress or Blogger."""
    export = wordpress.Export(file)
    for number, item in enumerate(read_items(file, _ROOTS, _ITEMS), 1):
        file.begin_record(item.line)
        if item.element.tag == wordpress.AUTHOR_TAG:
            export.add_author(item.element)
            continue
        if item.element.tag == "atom.entry":
            record: dict[str, object] | None = _atom_record(item)
        elif wordpress.is_export_item(item.element):
            record = export.record(item)
        else:
            record = _rss_record(item)
        if record is None:
            continue
        article = article_from_record(
            record, file, line=item.line, fallback_id=f"{file.stem}-{number}"
        )
        if article is not None:
            yield article
    export.report()


def _rss_record(item: Item) -> dict[str, object]:
    element = item.element
    guid, link = _first(element, "guid"), _first(element, "link")
    if not link and guid.startswith("http") and element.find("guid[@isPermaLink='false']") is None:
        link = guid
    authors = [
        named["name"] if (named := _MAIL_AND_NAME.fullmatch(author)) else author
        for author in _texts(element, "author")
    ]
    content = _first(element, "content.encoded")
    return {
        "id": guid or link,
        "title": text_of_maybe_html(_first(element, "title")),
        "date": _first(element, "pubDate", "dc.date", "atom.published", "atom.updated"),
        "tags": _texts(element, "category") + _texts(element, "dc.subject"),
        "author": _texts(element, "dc.creator")
        or authors
        or _texts(element, "atom.author/atom.name")
        or _texts(element, "itunes.author")
        or item.collection.authors,
        "source": _first(element, "source") or item.collection.title,
        "url": link,
        # Of podcasts, only what no other element says is in those of iTunes.
        "body": html_to_text(content)
        or text_of_maybe_html(_first(element, "description", "itunes.summary", *_MEDIA_TEXTS)),
    }


def _atom_record(item: Item) -> dict[str, object] | None:
    element = item.element
    categories = element.findall("atom.category")
    kinds = [each.get("term", "") for each in categories if each.get("scheme") == _BLOGGER_KIND]
    if kinds and not kinds[0].endswith(_BLOGGER_ARTICLES):
        return None  # A comment, a setting or a template.
    return {
        "id": _first(element, "atom.id") or _atom_link(element),
        "title": _atom_text(element.find("atom.title")),
        "date": _first(element, "atom.published", "atom.updated"),
        "draft": _first(element, "app.control/app.draft"),
        "tags": [
            each.get("label") or each.get("term") or ""
            for each in categories
            if each.get("scheme") != _BLOGGER_KIND
        ],
        "author": _texts(element, "atom.author/atom.name")
        or _texts(element, "atom.source/atom.author/atom.name")
        or item.collection.authors,
        "source": _first(element, "atom.source/atom.title") or item.collection.title,
        "url": _atom_link(element),
        "body": _atom_text(element.find("atom.content"))
        or _atom_text(element.find("atom.summary"))
        or text_of_maybe_html(_first(element, *_MEDIA_TEXTS)),
    }


def _atom_text(element: _Element | None) -> str:
    """The plain text of an Atom text construct (RFC 4287, 3.1): text, html or xhtml."""
    if element is None:
        return ""
    kind = element.get("type", "text")
    if kind == "xhtml":
        return html_to_text(tostring(element, encoding="unicode", with_tail=False))
    text = "".join(element.itertext())
    return html_to_text(text) if kind in ("html", "text/html") else text_of_maybe_html(text)


def _atom_link(element: _Element) -> str:
    links = element.findall("atom.link")
    return next(
        (each.get("href", "") for each in links if each.get("rel") in (None, "alternate")), ""
    )


def _first(element: _Element, *paths: str) -> str:
    """The text of the first element that one of the paths finds and that is not empty."""
    return next((text for path in paths for text in _texts(element, path)), "")


def _texts(element: _Element, path: str) -> list[str]:
    found = ("".join(each.itertext()).strip() for each in element.findall(path))
    return [text for text in found if text]

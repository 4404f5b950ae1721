"""Reads web pages (.html, .htm): one article a file, without menus and other surroundings."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import cast

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement
from trafilatura.settings import Document

from searchapp.corpus.encoding import read_text
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.html_text import html_to_text
from searchapp.corpus.records import article_from_record
from searchapp.dates import parse_day
from searchapp.model import Article

_DECLARED_ENCODING = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([\w:.-]{1,40})""", re.I)
_MAX_PAGE_CHARS = 20_000_000
"""The limit of trafilatura. In longer pages the whole text is taken for the article."""

_DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.issued",
    "dcterms.created",
    "pubdate",
    "publishdate",
    "publish-date",
    "og:published_time",
    "citation_publication_date",
)
_PROSE_CHARS = 200

# They also log what they cannot read; here it becomes a Problem.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


def read_html(file: ArticleFile) -> Iterator[Article]:
    """The one article of a web page: its text, and what the page states about it."""
    html = read_text(file, declared=_DECLARED_ENCODING)
    if html is None:
        return
    record: dict[str, object] = {}
    if len(html) <= _MAX_PAGE_CHARS:
        try:
            record = _extract(html)
        except (ValueError, TypeError, AttributeError, LookupError, LxmlError, RecursionError):
            # Libraries that guess what a page means meet pages that nobody thought of.
            file.warn("could not be taken apart", "look whether the text has menus in it")
    if not record.get("body"):
        record["body"] = html_to_text(html)
    article = article_from_record(record, file, fallback_id=file.stem)
    if article is not None:
        yield article


def _extract(html: str) -> dict[str, object]:
    page = trafilatura.load_html(html)
    if page is None:
        return {}
    # Before the text is extracted, which changes the page.
    date = _published(page)
    author_name = _meta(page, "author")
    source = _meta(page, "og:site_name") or _meta(page, "publisher")
    metadata = trafilatura.extract_metadata(page, extensive=False)
    extracted = cast(Document | None, trafilatura.bare_extraction(page, include_comments=False))
    title = metadata.title or ""
    return {
        "title": title,
        "date": date,
        "tags": _split_tags([*(metadata.tags or ()), *(metadata.categories or ())]),
        "author": metadata.author or author_name,
        "source": source,
        "url": metadata.url,
        "body": _paragraphs(extracted.text or "", title) if extracted is not None else "",
    }


def _paragraphs(text: str, title: str) -> str:
    """The extracted text without marks of lists and tables and without its heading.

    The text has one paragraph a line.
    """
    lines = [
        line.strip("| ").replace(" | ", " ") if line.startswith("|") else line.removeprefix("- ")
        for line in text.split("\n")
    ]
    if lines[0].strip() == title:
        del lines[0]
    return "\n\n".join(lines)


def _split_tags(tags: list[str]) -> list[str]:
    return [part for tag in tags for part in re.split("[,;]", tag)]


def _published(page: HtmlElement) -> str | None:
    """The date of publication that the page states for machines, or None.

    Dates in the text, in the address and of other articles mean something else.
    """
    for name in _DATE_NAMES:
        stated = _meta(page, name)
        if stated and parse_day(stated):
            return stated
    for script in page.iterfind(".//script[@type='application/ld+json']"):
        stated = _json_ld_date(script.text or "")
        if stated and parse_day(stated):
            return stated
    return _time_element(page)


def _time_element(page: HtmlElement) -> str | None:
    """The date of the <time> that is marked as publication, else of one in the article's head."""
    times = [time for time in page.iter("time") if parse_day(time.get("datetime") or "")]
    for time in times:
        marks = " ".join((time.get("itemprop") or "", time.get("class") or "", *time.keys()))
        if re.search(r"pubdate|published|entry-date", marks, re.IGNORECASE):
            return str(time.get("datetime"))
    for time in times:
        around = {element.tag: element for element in time.iterancestors()}
        in_article = not around.keys() & {"aside", "nav", "footer"} and (
            around.keys() & {"article", "main"} or len(times) == 1
        )
        paragraph = around.get("p")
        in_prose = paragraph is not None and len(paragraph.text_content()) > _PROSE_CHARS
        if in_article and not in_prose:
            return str(time.get("datetime"))
    return None


def _json_ld_date(text: str) -> str | None:
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return None
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            published = value.get("datePublished")
            if isinstance(published, str):
                return published
            value = value.get("@graph")
        if isinstance(value, list):
            waiting += reversed(value)
    return None


def _meta(page: HtmlElement, name: str) -> str | None:
    """The content of the first <meta> whose name, property or itemprop is `name`, in any case."""
    for meta in page.iter("meta"):
        names = (meta.get("name"), meta.get("property"), meta.get("itemprop"))
        if name in (each.lower() for each in names if each):
            content = (meta.get("content") or "").strip()
            if content:
                return content
    return None

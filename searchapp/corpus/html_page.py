"""Reads web pages (.html, .htm): one article a file, without menus and other surroundings."""

from __future__ import annotations

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
from searchapp.corpus.html_text import bounded_html, html_to_text
from searchapp.corpus.page_article import Stated, find_article, folded, sentence_keys
from searchapp.corpus.page_blocks import take_apart
from searchapp.corpus.page_origin import page_origin
from searchapp.corpus.page_statements import read_statements
from searchapp.corpus.records import article_from_record
from searchapp.dates import parse_day
from searchapp.model import Article
from searchapp.translation import N_

_DECLARED_ENCODING = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([\w:.-]{1,40})""", re.I)
_MAX_PAGE_CHARS = 20_000_000
"""The limit of trafilatura. In longer pages the whole text is taken for the article."""

_PROSE_CHARS = 200
_TEMPLATE = re.compile(r"\{\{.*\}\}|\{%.*%\}")
"""What a program that makes pages puts in here (Hugo, Jekyll, Jinja, Twig); in a title, nobody."""
_TABLE_RULER = re.compile(r"[|\s:-]*-[|\s:-]*")
_BLANK_BEFORE_COLON = re.compile(r"(?<=\w)\s+:(?=\s)")
"""The colon after a kicker is often an element of its own."""
MUCH_LONGER = 1.25
"""A text stated for machines is taken if it is so many times as long as the one that is shown."""

# They also log what they cannot read; here it becomes a Problem.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


def read_html(file: ArticleFile) -> Iterator[Article]:
    """The one article of a web page: its text, and what the page states about it."""
    origin = page_origin(file.path)
    html = read_text(
        file, declared=_DECLARED_ENCODING, stated=origin.charset if origin is not None else None
    )
    if html is None:
        return
    record: dict[str, object] = {}
    if len(html) <= _MAX_PAGE_CHARS:
        try:
            record = _extract(html)
        except (ValueError, TypeError, AttributeError, LookupError, LxmlError, RecursionError):
            # Libraries that guess what a page means meet pages that nobody thought of.
            file.warn(N_("could not be taken apart"), N_("look whether the text has menus in it"))
    if not record.get("body"):
        record["body"] = html_to_text(html)
    if _TEMPLATE.search(str(record.get("title") or "")):
        file.warn(
            N_("is a template, not a page"), N_("it is left out; give the folder of its pages")
        )
        return
    article = article_from_record(record, file, fallback_id=file.stem)
    if article is not None:
        yield article


def _extract(html: str) -> dict[str, object]:
    page = trafilatura.load_html(bounded_html(html))
    if page is None:
        return {}
    # Before the text is extracted, which changes the page.
    stated = read_statements(page)
    date = stated.date or _time_element(page)
    metadata = trafilatura.extract_metadata(page, extensive=False)
    blocks = take_apart(page)
    # fast: without the other extractors that it asks when in doubt; `find_article` is one.
    extracted = cast(
        Document | None, trafilatura.bare_extraction(page, fast=True, include_comments=False)
    )
    witness = (extracted.text or "") if extracted is not None else ""
    stated_title = stated.headline or metadata.title or ""
    titles = {folded(title) for title in (stated.headline, *stated.titles)} - {""}
    headline, paragraphs = find_article(
        blocks,
        Stated(
            witness=sentence_keys(f"{witness}\n{stated.body}"),
            titles=titles or {folded(stated_title)} - {""},
            description=stated.description,
            authors=stated.authors,
        ),
    )
    if not stated.headline and folded(headline) in titles:
        stated_title = headline
    paragraphs = paragraphs or _paragraphs(witness, stated_title)
    paragraphs = _longer_text(paragraphs, stated.body)
    return {
        "title": _title(stated_title, headline),
        "date": date,
        "tags": list(stated.tags) or _split_tags(metadata.tags or []),
        "category": [] if stated.section else _split_tags(metadata.categories or []),
        "authors": list(stated.authors) or metadata.author,
        "source": stated.source,
        "section": stated.section,
        "url": metadata.url,
        "body": "\n\n".join(paragraphs),
    }


def _paragraphs(text: str, title: str) -> list[str]:
    """The text of trafilatura, one paragraph a line, without its marks of lists and tables."""
    lines = [
        line.strip("| ").replace(" | ", ", ") if line.startswith("|") else line.removeprefix("- ")
        for line in text.split("\n")
        if not _TABLE_RULER.fullmatch(line)
    ]
    return lines[1:] if lines[0].strip() == title else lines


def _title(stated: str, shown: str) -> str:
    """The stated title, or the one on the page if it is that with a kicker in front.

    A title on the page has a blank between the kicker and the headline where a stated one, made
    by a machine of the same elements, sometimes has none.
    """
    title = shown if shown and folded(shown).endswith(folded(stated)) else stated or shown
    return _BLANK_BEFORE_COLON.sub(":", title)


def _longer_text(paragraphs: list[str], stated: str) -> list[str]:
    """The paragraphs on the page, or those stated for machines if they go on further.

    Before a paywall a page shows the beginning only. What the statement lacks, such as the lead,
    stays in front.
    """
    if not stated or len(stated) < MUCH_LONGER * sum(map(len, paragraphs)):
        return paragraphs
    key = folded(stated)
    stated = html_to_text(stated) if "<" in stated else stated
    more = [paragraph for paragraph in paragraphs if folded(paragraph) not in key]
    return [*more, *stated.split("\n")]


def _split_tags(tags: list[str]) -> list[str]:
    return [part for tag in tags for part in re.split("[,;]", tag)]


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

"""What an article's page tells of it: a citation for people, a description for machines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import format_date, gettext  # type: ignore[import-untyped]

from searchapp.model import Article
from searchapp.snippets import teaser

DESCRIPTION_CHARS = 160


def citation(article: Article, address: str, today: dt.date) -> str:
    """Who wrote what, where and when, its address and the day of retrieval, on one line.

    What is not known is left out.
    """
    title = _one_line(article.title)
    head = f"{_one_line(article.author)}: {title}" if article.author else title
    day = format_date(article.date, "long") if article.date else ""
    place = _one_line(article.source or "")
    origin = ", ".join(filter(None, (f"In: {place}" if place else "", day)))
    retrieved = gettext(
        "Online: %(address)s (accessed %(day)s)", address=address, day=format_date(today, "long")
    )
    return " ".join(map(_ended, filter(None, (head, origin, retrieved))))


def description(article: Article) -> str:
    """The beginning of the text on one line, else of the title, cut at a sentence or word."""
    found = teaser(article, max_chars=DESCRIPTION_CHARS - len(" …"))
    return found or _one_line(article.title)[:DESCRIPTION_CHARS]


def news_article(article: Article, address: str, site_name: str) -> dict[str, Any]:
    """The article in the words of https://schema.org/NewsArticle, for a data block (JSON-LD)."""
    known: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": description(article),
        "url": address,
        "mainEntityOfPage": address,
        "inLanguage": "de",
        "datePublished": article.date and article.date.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": article.source or site_name},
        "articleSection": article.section,
        "keywords": list(article.tags),
    }
    return {name: value for name, value in known.items() if value}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _ended(sentence: str) -> str:
    return sentence if sentence[-1:] in ".!?…" else f"{sentence}."

"""Reads what a web page states about its article for machines: JSON-LD and <meta> elements.

The vocabularies are those of https://schema.org/Article, Open Graph (https://ogp.me), Dublin Core
and the names that news search engines and analytics ask for ("news_keywords", "parsely-tags").
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from lxml.html import HtmlElement

from searchapp.dates import parse_day

DATE_NAMES = (
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
    "parsely-pub-date",
    "citation_publication_date",
)
AUTHOR_NAMES = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
)
TITLE_NAMES = ("og:title", "twitter:title", "parsely-title", "dc.title", "headline")
TAG_NAMES = ("article:tag", "news_keywords", "parsely-tags", "keywords")
SOURCE_NAMES = ("og:site_name", "publisher", "dc.publisher", "application-name")
SECTION_NAMES = ("article:section", "parsely-section")

_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|Recipe|Review)$")
_LD_JSON = re.compile(r"\s*application/ld\+json", re.IGNORECASE)
_AROUND_JSON = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[)|(?:-->|//\s*\]\]>)\s*;?\s*$")
_TITLE_SEPARATORS = re.compile(r"\s+[|•·»–—-]\s+|:\s+|\s*\|\s*")
_TAG_SEPARATORS = re.compile(r"[,;]")
_WEB_ADDRESS = re.compile(r"https?:|www\.", re.IGNORECASE)
_MAX_OBJECTS = 2000
"""Objects of JSON-LD that are looked at in one page."""

_Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PageStatements:
    """What a page states. Texts are plain and stripped, "" or empty where it states nothing.

    titles: the headline as others are to show it, and the parts of the page's own title, of which
        one is often the name of the paper.
    date: as written; understood by `parse_day`.
    body: the text in JSON-LD, which may be there although the page shows the beginning only.
    """

    headline: str
    titles: tuple[str, ...]
    description: str
    date: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    source: str
    section: str
    body: str


def read_statements(page: HtmlElement) -> PageStatements:
    """The statements in the head and the scripts of `page`. Never raises."""
    meta = _meta_contents(page)
    articles = list(_articles_in_json(page))
    article: _Values = articles[0] if articles else {}
    source = _first_of(meta, SOURCE_NAMES) or next(
        iter(name for each in articles for name in _names(each.get("publisher"))), ""
    )
    dates = [text for name in DATE_NAMES for text in meta.get(name, ())]
    dates += [_text(each.get("datePublished")) for each in articles]
    tags = [tag for each in articles for tag in _tags(each.get("keywords"))]
    tags += [tag for name in TAG_NAMES for text in meta.get(name, ()) for tag in _tags(text)]
    return PageStatements(
        headline=_text(article.get("headline")) or _text(article.get("name")),
        titles=(
            *(text for name in TITLE_NAMES for text in meta.get(name, ())),
            *_TITLE_SEPARATORS.split(" ".join((page.findtext(".//title") or "").split())),
        ),
        description=_text(article.get("description"))
        or _first_of(meta, ("og:description", "description")),
        date=next((date for date in dates if date and parse_day(date)), ""),
        authors=_authors(article) or _meta_authors(meta),
        # Papers put their own name among the keywords of each article.
        tags=_once(tag for tag in tags if tag != source),
        source=source,
        section=next(iter(_names(article.get("articleSection"))), "")
        or _first_of(meta, SECTION_NAMES),
        body=next((body for each in articles if (body := _long_text(each.get("articleBody")))), ""),
    )


def _meta_contents(page: HtmlElement) -> Mapping[str, list[str]]:
    """The contents of the <meta> elements by name, property and itemprop in small letters."""
    contents: dict[str, list[str]] = defaultdict(list)
    for meta in page.iter("meta"):
        content = " ".join((meta.get("content") or "").split())
        names = {(meta.get(key) or "").strip().lower() for key in ("name", "property", "itemprop")}
        for name in names - {""} if content else ():
            contents[name].append(content)
    return contents


def _once(tags: Iterable[str]) -> tuple[str, ...]:
    """Each tag as first written, whatever its capitals."""
    found: dict[str, str] = {}
    for tag in filter(None, tags):
        found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def _first_of(meta: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    return next((meta[name][0] for name in names if name in meta), "")


def _meta_authors(meta: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The first name that holds names; "article:author" often holds addresses of profiles."""
    for name in AUTHOR_NAMES:
        found = [text for text in meta.get(name, ()) if not _WEB_ADDRESS.match(text)]
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def _articles_in_json(page: HtmlElement) -> Iterator[_Values]:
    """The articles in the JSON-LD of a page: at the top, in lists, in @graph and as mainEntity."""
    left = _MAX_OBJECTS
    for script in page.iter("script"):
        if not _LD_JSON.match(script.get("type") or ""):
            continue
        try:
            waiting = [json.loads(_AROUND_JSON.sub("", script.text or ""), strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting and left:
            left -= 1
            value = waiting.pop()
            if isinstance(value, dict):
                types = value.get("@type")
                if any(_ARTICLE_TYPE.search(kind) for kind in _texts(types)):
                    yield value
                waiting += [value[key] for key in ("mainEntity", "@graph") if key in value]
            elif isinstance(value, list):
                waiting += reversed(value)


def _authors(article: _Values) -> tuple[str, ...]:
    """The persons who wrote it; organisations if there are none."""
    people: list[str] = []
    others: list[str] = []
    for key in ("author", "creator"):
        value = article.get(key)
        for each in value if isinstance(value, list) else [value]:
            types = _texts(each.get("@type")) if isinstance(each, dict) else []
            is_other = any(kind.endswith("Organization") for kind in types)
            (others if is_other else people).extend(_names(each))
    names = people or others
    return tuple(dict.fromkeys(name for name in names if not _WEB_ADDRESS.match(name)))


def _names(value: object) -> list[str]:
    """The names in a text, an object with a name, or a list of them."""
    if isinstance(value, list):
        return [name for each in value if not isinstance(each, list) for name in _names(each)]
    if isinstance(value, dict):
        if "name" not in value:
            parts = (_text(value.get(key)) for key in ("givenName", "familyName"))
            return [name for name in (" ".join(filter(None, parts)),) if name]
        value = value["name"]
        if isinstance(value, list):
            return [name for name in map(_text, value) if name]
    name = _text(value)
    return [name] if name else []


def _tags(value: object) -> list[str]:
    """Keywords as a list or as a text with commas or semicolons."""
    return [
        tag.strip()
        for name in _names(value)
        for tag in ([name] if isinstance(value, list) else _TAG_SEPARATORS.split(name))
    ]


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def _text(value: object) -> str:
    """A text on one line, or ""; JSON-LD often has the entities of HTML in it."""
    return " ".join(unescape(value).split()) if isinstance(value, str) else ""


def _long_text(value: object) -> str:
    return unescape(value).strip() if isinstance(value, str) else ""

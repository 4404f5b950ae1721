"""What a page links to and says about itself, found in time that grows with its length only.

The tags are found by one pattern, not by a parser: of hostile pages parsers make trees that take
time by the square of the length.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from searchapp.website.page_address import page_address

MAX_LINKS = 5000
"""Of one page."""

# Each alternative takes all that it has looked at, to its end or that of the page.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|template|textarea|title)\b.*?(?:</(?P=raw)|\Z)"
    r"|<(?P<name>a|area|base|link|meta)\s(?P<attributes>[^<>]*+)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)""")
_MAX_ATTRIBUTE_CHARS = 2**13
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|template|textarea)\b.*?(?:</(?P=raw)|\Z)|<[^<>]*+>?",
    re.IGNORECASE | re.DOTALL,
)
_FEED_TYPES = frozenset(
    f"application/{kind}" for kind in ("rss+xml", "atom+xml", "rdf+xml", "feed+json")
)
_ROBOTS = frozenset(("robots", "searchapp"))
_TO_ONE_AGENT = re.compile(r"\s*(?!unavailable_after|max-)([\w-]{1,80})\s*:", re.IGNORECASE)
_SENTENCE_CHARS = 40


@dataclass(slots=True)
class PageLinks:
    """The addresses that a page names.

    links: of other pages, in their order. feeds: as declared in the head. canonical: under which
    the page wants to be known, or None. is_kept_out: it wants to be in no index.
    """

    links: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    canonical: str | None = None
    is_kept_out: bool = False


def read_links(body: bytes, address: str, robots_headers: list[str]) -> PageLinks:
    """The links of the page at an address.

    robots_headers: the values of the header X-Robots-Tag. A page that says "nofollow" has no links.
    """
    found = PageLinks()
    base = address
    says = {word for value in robots_headers for word in _robots_words(value)}
    links: dict[str, None] = {}
    for name, attributes in _tags(page_text(body)):
        target = attributes.get("href", "")
        rels = attributes.get("rel", "").lower().split()
        if name == "base" and target:
            base = page_address(target, address) or base
        elif name == "meta" and attributes.get("name", "").lower() in _ROBOTS:
            says |= _robots_words(attributes.get("content", ""))
        elif name == "link" and target:
            if "canonical" in rels:
                found.canonical = found.canonical or page_address(target, base)
            elif "alternate" in rels and attributes.get("type", "").lower() in _FEED_TYPES:
                feed = page_address(target, base)
                found.feeds += [feed] if feed else []
        elif name in ("a", "area") and target and "nofollow" not in rels and len(links) < MAX_LINKS:
            link = page_address(target, base)
            if link:
                links[link] = None
    found.is_kept_out = bool(says & {"noindex", "none"})
    found.links = [] if says & {"nofollow", "none"} else list(links)
    return found


def page_text(body: bytes) -> str:
    """The bytes of a page as text; a wrong letter in an address is the worst that can happen."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return body.decode("utf-16", "replace")
        return body.decode("cp1252", "replace")


def visible_lines(body: bytes) -> list[str]:
    """The pieces of text between the tags of a page, without those that are no sentence."""
    pieces = html.unescape(_MARKUP.sub("\n", page_text(body))).split("\n")
    return [line for piece in pieces if len(line := " ".join(piece.split())) >= _SENTENCE_CHARS]


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for match in _TAG.finditer(text):
        if match["name"]:
            attributes: dict[str, str] = {}
            for name, value in _ATTRIBUTE.findall(match["attributes"][:_MAX_ATTRIBUTE_CHARS]):
                attributes.setdefault(name.lower(), html.unescape(value.strip("\"'")))
            yield match["name"].lower(), attributes


def _robots_words(value: str) -> set[str]:
    """The words that a robots header or element says to all, or to us."""
    to_one = _TO_ONE_AGENT.match(value)
    if to_one:
        if to_one[1].lower() not in _ROBOTS:
            return set()
        value = value[to_one.end() :]
    return {word.strip().lower() for word in value.split(",")}

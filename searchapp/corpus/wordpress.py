"""Makes records of the items of a WordPress export (WXR, which is RSS with additional elements)."""

from __future__ import annotations

import re

from lxml.etree import _Element

from searchapp.corpus.html_text import html_to_text, text_of_maybe_html
from searchapp.corpus.xml_items import Item
from searchapp.dates import parse_day

AUTHOR_TAG = "wp.author"

_ARTICLE_TYPES = ("post", "page")
_TAG_DOMAINS = ("category", "post_tag")
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
# [caption id="x"]...[/caption], [gallery ids="1,2"], and the shortcodes of page builders. Other
# words in brackets are text.
_SHORTCODE = re.compile(
    r"\[/?(?:caption|gallery|embed|video|audio|playlist|vc_\w+|et_pb_\w+)(?:\s[^\[\]]*)?/?\]"
)


class Authors:
    """The names of a site's authors; items name them by login."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def add(self, element: _Element) -> None:
        """Take in a <wp:author>."""
        login = _text(element, "wp.author_login")
        name = _text(element, "wp.author_display_name")
        if login and name:
            self._names[login] = name

    def name(self, login: str) -> str:
        """The name to show, or the login where the export has none."""
        return self._names.get(login, login)


def is_export_item(element: _Element) -> bool:
    """Whether an RSS item comes from a WordPress export and not from a feed."""
    return element.find("wp.post_type") is not None or element.find("wp.status") is not None


def record(item: Item, authors: Authors) -> dict[str, object] | None:
    """The record of a published post or page without a password; None for any other item."""
    element = item.element
    if (
        _text(element, "wp.post_type") not in _ARTICLE_TYPES
        or _text(element, "wp.status") != "publish"
        or _text(element, "wp.post_password")
    ):
        return None
    # The local day; pubDate is in UTC. Pages may have the date 0000-00-00.
    local_date = _text(element, "wp.post_date")
    content = _text(element, "content.encoded")
    terms = [(each.get("domain"), "".join(each.itertext())) for each in element.findall("category")]
    return {
        "id": _text(element, "wp.post_id"),
        "title": text_of_maybe_html(_text(element, "title")),
        "date": local_date if parse_day(local_date) else _text(element, "pubDate"),
        "tags": [name for domain, name in terms if domain in _TAG_DOMAINS],
        "section": next((name for domain, name in terms if domain == "category"), ""),
        "author": authors.name(_text(element, "dc.creator")),
        "source": item.collection,
        "url": _text(element, "link"),
        # The classic editor writes paragraphs as empty lines.
        "body": html_to_text(_EMPTY_LINE.sub("\n<p>\n", _SHORTCODE.sub("", content))),
    }


def _text(element: _Element, tag: str) -> str:
    found = element.find(tag)
    return "" if found is None else "".join(found.itertext()).strip()

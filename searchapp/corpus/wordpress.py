"""Makes records of the items of a WordPress export (WXR, which is RSS with additional elements)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from lxml.etree import _Element

from searchapp.corpus.files import ArticleFile
from searchapp.corpus.html_text import loose_html_to_text, text_of_maybe_html
from searchapp.corpus.shortcodes import without_shortcodes
from searchapp.corpus.xml_items import Item
from searchapp.dates import parse_day
from searchapp.translation import N_, NN_, Listed, Message

AUTHOR_TAG = "wp.author"

SILENT_TYPES = frozenset((
    "attachment", "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache",
    "user_request", "wp_block", "wp_template", "wp_template_part", "wp_global_styles",
    "wp_navigation", "wp_font_family", "wp_font_face", "acf-field", "acf-field-group",
    "acf-post-type", "acf-taxonomy", "wpcf7_contact_form", "elementor_library", "et_pb_layout",
    "safecss", "feedback", "shop_order", "scheduled-action", "wpforms", "mc4wp-form",
))  # fmt: skip
"""Types of items that no site shows as articles: nobody misses them."""

_TAG_DOMAINS = ("category", "post_tag")
_STATES = {
    "draft": N_("draft"),
    "auto-draft": N_("draft"),
    "private": N_("private"),
    "future": N_("planned"),
    "pending": N_("waiting for review"),
    "trash": N_("in the trash"),
}
_SITE = re.compile(r"(?:https?:)?//(?:www\.)?(?P<site>[^?#]*)", re.IGNORECASE)


class Export:
    """What is known of an export besides its items: authors, and what has been left out."""

    def __init__(self, file: ArticleFile) -> None:
        self._file = file
        self._names: dict[str, str] = {}
        self._hidden: Counter[str] = Counter()
        self._other_types: Counter[str] = Counter()

    def add_author(self, element: _Element) -> None:
        """Take in a <wp:author>: items name authors by login."""
        login = _text(element, "wp.author_login")
        name = _text(element, "wp.author_display_name")
        if login and name:
            self._names[login] = name

    def record(self, item: Item) -> dict[str, object] | None:
        """The record of what the site shows to everybody; None for any other item."""
        element = item.element
        kind, status = _text(element, "wp.post_type"), _text(element, "wp.status")
        if kind in SILENT_TYPES:
            return None
        if kind not in self._file.post_types:
            self._other_types[kind] += status == "publish"
            return None
        if status != "publish" or _text(element, "wp.post_password"):
            self._hidden[
                N_("with a password") if status == "publish" else _STATES.get(status, status)
            ] += 1
            return None
        # The local day; pubDate is in UTC. Pages may have the date 0000-00-00.
        local_date = _text(element, "wp.post_date")
        terms = [
            (each.get("domain"), "".join(each.itertext())) for each in element.findall("category")
        ]
        login = _text(element, "dc.creator")
        return {
            "id": article_id(item.collection.site or self._file.stem, _text(element, "wp.post_id")),
            "title": text_of_maybe_html(_text(element, "title")),
            "date": local_date if parse_day(local_date) else _text(element, "pubDate"),
            "tags": [name for domain, name in terms if domain in _TAG_DOMAINS],
            "section": next((name for domain, name in terms if domain == "category"), ""),
            "author": self._names.get(login, login),
            "source": item.collection.title,
            "url": _text(element, "link"),
            "body": text_of_post(_text(element, "content.encoded"))
            or text_of_post(_text(element, "excerpt.encoded")),
        }

    def report(self) -> None:
        """Tell what has been left out."""
        if self._hidden:
            self._file.warn(
                NN_(
                    "%(count)s item is not public (%(counts)s)",
                    "%(count)s items are not public (%(counts)s)",
                    self._hidden.total(),
                    counts=_counts(self._hidden),
                ),
                N_("left out, as on the site"),
            )
        other_types = +self._other_types
        if other_types:
            self._file.warn(*of_other_types(other_types, self._file.post_types))


def is_export_item(element: _Element) -> bool:
    """Whether an RSS item comes from a WordPress export and not from a feed."""
    return element.find("wp.post_type") is not None or element.find("wp.status") is not None


def article_id(site: str, post_id: str) -> str:
    """An id that is unique over several sites: the address of the site and the number of the post.

    "" without a number. site: an address, of which query and fragment do not count.
    """
    address = _SITE.match(site)
    name = (address["site"] if address else site).strip("/").lower()
    return f"{name}/{post_id}" if post_id else ""


def text_of_post(html: str) -> str:
    """The text of a post of any editor: the classic one writes paragraphs as empty lines."""
    return loose_html_to_text(without_shortcodes(html))


def of_other_types(counts: Mapping[str, int], known: Sequence[str]) -> tuple[Message, Message]:
    """How it is told that items have types which are not indexed, and what to do."""
    types = ",".join([*known, *counts])
    return (
        N_("has items of other types (%(counts)s)", counts=_counts(counts)),
        N_("to index them use --types %(types)s", types=types),
    )


def _counts(counts: Mapping[str, int]) -> Listed:
    return Listed(
        N_("%(number)s %(what)s", number=count, what=name)
        if name
        else N_("%(number)s without a type", number=count)
        for name, count in counts.items()
    )


def _text(element: _Element, tag: str) -> str:
    found = element.find(tag)
    return "" if found is None else "".join(found.itertext()).strip()

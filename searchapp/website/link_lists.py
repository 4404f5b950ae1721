"""Sitemaps and feeds: the addresses that a site lists itself."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from searchapp.translation import N_, NO_TEXT, Message

MAX_LIST_BYTES = 50 * 2**20
"""Of an unpacked sitemap, as the protocol of sitemaps.org has it."""

MAX_LISTED = 50_000
"""Addresses of one list, as the protocol has it."""

_MAX_ADDRESS_CHARS = 4000
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_XML_DECLARATION = re.compile(rb"\s*<\?xml\b[^<>]*>")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#x?)?[0-9A-Za-z]{1,32};)")


@dataclass(slots=True)
class LinkList:
    """What a sitemap or feed lists, as it stands there.

    pages: links to pages. lists: links to other sitemaps. fault: why it could not be read to its
    end, or "". is_cut: it has more than MAX_LISTED.
    """

    pages: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    fault: Message = NO_TEXT
    is_cut: bool = False


def read_link_list(body: bytes) -> LinkList:
    """Read a sitemap, an index of sitemaps, RSS, Atom, a JSON feed or plain lines; never raises.

    body: may be packed by gzip, whatever its name is.
    """
    found = LinkList()
    if body.startswith(b"\x1f\x8b"):
        body = _unpacked(body, found)
    if body.startswith(_UTF_16_MARKS):
        # As all others are, and without the declaration, which names what it was.
        body = _XML_DECLARATION.sub(b"", body.decode("utf-16", "replace").encode(), count=1)
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        _read_json(body, found)
    elif start.startswith(b"<"):
        _read_xml(body, found)
    else:
        lines = body.decode("utf-8-sig", "replace").splitlines()
        found.pages = [line.strip() for line in lines if line.strip().lower().startswith("http")]
    found.is_cut = max(len(found.pages), len(found.lists)) > MAX_LISTED
    del found.pages[MAX_LISTED:], found.lists[MAX_LISTED:]
    return found


def _unpacked(body: bytes, found: LinkList) -> bytes:
    unpacked = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            while len(unpacked) <= MAX_LIST_BYTES and (chunk := stream.read(2**16)):
                unpacked += chunk
    except (OSError, EOFError, zlib.error):
        found.fault = N_("its gzip data are damaged")
    if len(unpacked) > MAX_LIST_BYTES:
        found.fault = N_(
            "it has more than %(max_list_bytes)s MB", max_list_bytes=MAX_LIST_BYTES // 2**20
        )
    return bytes(unpacked[:MAX_LIST_BYTES])


def _read_json(body: bytes, found: LinkList) -> None:
    try:
        items = json.loads(body)["items"]
        urls = [item.get("url") for item in items if isinstance(item, dict)]
    except (ValueError, LookupError, TypeError, RecursionError):
        found.fault = N_("it is no JSON feed")
    else:
        found.pages = [url for url in urls if isinstance(url, str)]


def _read_xml(body: bytes, found: LinkList) -> None:
    # recover: a sitemap with one fault lists its other pages all the same. Entities stay as they
    # are, and nothing outside is read. Without huge_tree, depth and texts are bounded.
    events = etree.iterparse(
        io.BytesIO(_BARE_AMPERSAND.sub(b"&amp;", body)),
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
    )
    try:
        for _, element in events:
            name = _local(element)
            if name in ("url", "sitemap", "item", "entry"):
                links = found.lists if name == "sitemap" else found.pages
                links += _links_of(element, name)
                _free(element)
            if len(found.pages) > MAX_LISTED or len(found.lists) > MAX_LISTED:
                return
    except etree.XMLSyntaxError as error:
        found.fault = N_("it is not well-formed XML (%(reason)s)", reason=str(error.msg)[:100])


def _links_of(element: etree._Element, name: str) -> Iterator[str]:
    """The address of an entry; of an Atom entry that of the page, not of its parts."""
    guid = None
    for child in element:
        local = _local(child)
        text = "".join(child.itertext())[:_MAX_ADDRESS_CHARS].strip()
        if name in ("url", "sitemap"):
            if local == "loc" and text:
                yield _unescaped(text)
                return
        elif local == "link":
            href = child.get("href") if name == "entry" else text
            if href and child.get("rel", "alternate") == "alternate":
                yield _unescaped(href)
                return
        elif local == "guid" and child.get("isPermaLink", "true") == "true":
            guid = text
    if guid and guid.startswith("http"):
        yield guid


def _unescaped(link: str) -> str:
    """Without an escape too many, which is frequent; in CDATA it is ours."""
    return link.replace("&amp;", "&")


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _free(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]

"""XML files that repeat an element, read element by element: only one is in memory at a time.

XML from strangers is hostile. Document type declarations, and with them entity bombs and
references to other files, are refused before the parser sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5
from typing import NamedTuple

from lxml import etree

from searchapp.corpus.encoding import MAX_RECORD_BYTES, read_chunks
from searchapp.corpus.files import ArticleFile
from searchapp.translation import N_, Message

MAX_DEPTH = 1000
"""Levels of nested elements. HTML in real feeds has some dozens; libxml2 gives up at 2048."""

MAX_ERRORS = 100
"""Faults of namespaces in one file that are put up with. After these libxml2 may keep silent about
any other fault."""

_PREFIXES = {
    "": "",
    "http://purl.org/rss/1.0/modules/content/": "content.",
    "http://purl.org/rss/1.0/": "",
    "http://purl.org/dc/elements/1.1/": "dc.",
    "http://www.w3.org/2005/Atom": "atom.",
    "http://www.w3.org/2007/app": "app.",
    "http://purl.org/atom/app#": "app.",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes.",
    "http://search.yahoo.com/mrss/": "media.",
    "http://www.w3.org/1999/xhtml": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf.",
}
_WORDPRESS_EXPORT = re.compile(r"https?://wordpress\.org/export/[\d.]+/(?P<part>excerpt/)?")
_COLLECTION_PARTS = {
    ("channel", "title"): "title",
    ("atom.feed", "atom.title"): "title",
    ("channel", "dc.creator"): "author",
    ("channel", "itunes.author"): "author",
    ("atom.author", "atom.name"): "author",
    ("channel", "link"): "site",
    ("channel", "wp.base_blog_url"): "site",
}
_MAX_COLLECTION_CHARS = 1000
_MAX_COLLECTION_AUTHORS = 20
_MEND_IT = N_("mend it here; what follows is left out")

_DECLARED_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding=["']([\w:.-]{1,40})["']""")
_PROLOG = re.compile(r"(?:[\s\ufeff]++|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(r"&(?:#(?P<number>x[0-9A-Fa-f]{1,6}|[0-9]{1,7});|(?P<name>\w{1,32});)?")
_ITEM_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>")
_CUT_SIGN = re.compile(r"(?:&#?\w{0,32}|<(?:/[\w.:-]{0,80}\s?)?)\Z")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))


@dataclass
class Collection:
    """The channel or feed around items, as far as it has been read.

    authors: of all items that name none of their own (RFC 4287, 4.2.1).
    site: its address.
    """

    title: str = ""
    authors: list[str] = field(default_factory=list)
    site: str = ""

    def add(self, part: str, text: str) -> None:
        """Take in what an element in the collection says."""
        if part == "author":
            if text and text not in self.authors and len(self.authors) < _MAX_COLLECTION_AUTHORS:
                self.authors.append(text)
        elif text:
            setattr(self, part, text)


class Item(NamedTuple):
    """One of the elements asked for, with known namespaces as prefixes ("dc.creator").

    element: is emptied when the next item is asked for.
    """

    element: etree._Element
    line: int
    collection: Collection


def read_items(file: ArticleFile, roots: frozenset[str], tags: frozenset[str]) -> Iterator[Item]:
    """The elements called one of `tags` of a file whose root is one of `roots`.

    Ends with a report at the first place that is not XML, or is XML that is refused.
    """
    stream = _ItemStream(roots, tags)
    piece = None
    try:
        for piece in filter(None, _mended_pieces(file)):
            if not stream.line:
                _check_prolog(piece)
            yield from stream.feed(piece.encode())
        if piece is not None:
            yield from stream.feed(b"")
    except _Fault as fault:
        file.error(fault.what, fault.remedy, line=fault.line)


class _Fault(Exception):
    """Why a file cannot be read any further, what to do, and the line."""

    def __init__(self, what: Message, remedy: Message, line: int) -> None:
        super().__init__(what, remedy, line)
        self.what, self.remedy, self.line = what, remedy, line


class _ItemStream:
    """Takes an XML file in pieces and gives the items that end in each."""

    line = 0
    """Where the latest element begins; 0 before the root."""

    def __init__(self, roots: frozenset[str], tags: frozenset[str]) -> None:
        # recover=True: prefixes without a declaration and odd namespaces break no feed. huge_tree=
        # True: posts may have pictures in their text, and libxml2 would end at 10 MB; the bounds
        # are MAX_RECORD_BYTES and MAX_DEPTH.
        self._parser = etree.XMLPullParser(
            ("start", "end"),
            encoding="utf-8",
            load_dtd=False,
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            recover=True,
            huge_tree=True,
        )
        self._roots = roots
        self._tags = tags
        self._depth = 0
        self._item: etree._Element | None = None
        self._collection = Collection()
        self._kept_bytes = 0

    def feed(self, piece: bytes) -> Iterator[Item]:
        """The items that end in the next piece of the file; an empty piece ends the file.

        Raises _Fault if the piece is not well-formed: what libxml2 makes of it, and of all that
        follows, is a guess at where elements end.
        """
        try:
            if piece:
                self._parser.feed(piece)
            else:
                self._parser.close()
        except etree.XMLSyntaxError as cause:
            raise _malformed(Message(str(cause.msg).strip()), cause.lineno) from cause
        errors = self._parser.feed_error_log
        for error in errors.filter_from_fatals():
            raise _malformed(Message(error.message.strip()), error.line)
        if len(errors) >= MAX_ERRORS:
            raise _malformed(
                N_("%(max_errors)s prefixes that are not declared", max_errors=MAX_ERRORS),
                self.line,
            )
        self._kept_bytes += len(piece)
        for event, element in self._parser.read_events():
            if event == "start":
                self._start(element)
                continue
            self._depth -= 1
            if self._item is not None and element is self._item:
                for each in element.iter():
                    if (short := _short(each.tag)) != each.tag:
                        each.tag = short
                yield Item(element, element.sourceline, self._collection)
                self._item = None
            if self._item is None and self._depth:
                self._let_go(element)
        if self._kept_bytes > MAX_RECORD_BYTES:
            what = N_(
                "has more than %(max_record_bytes)s MB in one element",
                max_record_bytes=MAX_RECORD_BYTES // 2**20,
            )
            raise _Fault(what, _MEND_IT, self.line)

    def _start(self, element: etree._Element) -> None:
        name = _short(element.tag)
        self.line = element.sourceline
        self._depth += 1
        if self._depth == 1 and name not in self._roots:
            what = N_("is neither a feed nor an export: it begins with <%(name)s>", name=name[:40])
            raise _Fault(what, N_("take it out"), self.line)
        if self._depth > MAX_DEPTH:
            raise _Fault(N_("has elements that are nested too deeply"), _MEND_IT, self.line)
        if self._item is None and name in self._tags:
            self._item = element

    def _let_go(self, element: etree._Element) -> None:
        """Free what has been read, at the end of an element in the root that is in no item."""
        parent = element.getparent()
        part = _COLLECTION_PARTS.get((_short(parent.tag), _short(element.tag)))
        if part is not None:
            text = "".join(element.itertext())[:_MAX_COLLECTION_CHARS]
            self._collection.add(part, text.strip())
        element.clear()
        # The parser may still add the text that follows the element: it goes with the next one.
        while parent[0] is not element:
            del parent[0]
        self._kept_bytes = 0


def _malformed(reason: Message, line: int) -> _Fault:
    return _Fault(N_("is not well-formed XML (%(reason)s)", reason=reason), _MEND_IT, line)


def _check_prolog(piece: str) -> None:
    """Raise _Fault if anything but a declaration and comments is before the root."""
    prolog = _PROLOG.match(piece)
    assert prolog is not None
    line = prolog[0].count("\n") + 1
    following = piece[prolog.end() :]
    if following.startswith("<!DOCTYPE"):
        what = N_("has a document type declaration, which may hide an entity bomb")
        raise _Fault(what, N_("take out the line with <!DOCTYPE"), line)
    # A DOCTYPE may be in the next piece, or what is not over may end before one.
    if following[:2] in ("", "<!", "<?"):
        raise _malformed(N_("no element at its beginning"), line)


@lru_cache(maxsize=2**10)
def _short(tag: str) -> str:
    """A tag "{namespace}name" of a known namespace as "prefix.name", which paths can hold.

    A prefix without a declaration ("prefix:name") has its usual meaning. Other tags stay apart.
    """
    namespace, _, name = tag.removeprefix("{").rpartition("}")
    if export := _WORDPRESS_EXPORT.fullmatch(namespace):
        prefix: str | None = "excerpt." if export["part"] else "wp."
    else:
        prefix = _PREFIXES.get(namespace)
    # Of other names lxml would refuse some that libxml2 accepts.
    return tag if prefix is None or not name.isascii() else prefix + name.replace(":", ".")


def _mended_pieces(file: ArticleFile) -> Iterator[str]:
    """The `_mended` text of a file in pieces that end at the latest with an item."""
    cut = ""
    for chunk in read_chunks(file, declared=_DECLARED_ENCODING):
        text = cut + chunk
        # A reference or tag that is torn apart waits for its end.
        cut = match[0] if (match := _CUT_SIGN.search(text)) else ""
        text = _mended(text[: len(text) - len(cut)])
        start = 0
        for item_end in _ITEM_END.finditer(text):
            yield text[start : item_end.end()]
            start = item_end.end()
        yield text[start:]
    if cut:
        yield _mended(cut)


def _mended(text: str) -> str:
    """The text without what makes real feeds and exports break off half way.

    Control characters go; names that only HTML knows (&nbsp;) become their characters, and an
    ampersand that begins no reference is escaped. In a CDATA section, which holds HTML, this
    changes nothing that is seen.
    """
    return _AMPERSAND.sub(_mended_reference, _ILLEGAL.sub("", text)) if text else text


def _mended_reference(match: re.Match[str]) -> str:
    name, number = match["name"], match["number"]
    if number:
        code = int(number[1:], 16) if number[0] == "x" else int(number)
        legal = code in (9, 10, 13) or (0x20 <= code <= 0x10FFFF and not _ILLEGAL.match(chr(code)))
        return match[0] if legal else ""
    if not name:
        return "&amp;"
    if name in _XML_NAMES:
        return match[0]
    return html5.get(f"{name};", f"&amp;{name};")

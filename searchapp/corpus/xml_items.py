"""XML files that repeat an element, read element by element: no more than one is in memory.

XML is hostile: document type declarations, with them all entities of its own and external
references, are refused.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.entities import html5
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from searchapp.corpus.encoding import MAX_RECORD_BYTES, read_chunks
from searchapp.corpus.files import ArticleFile

MAX_DEPTH = 100
"""Elements nested more deeply in an item lose their tags; their text is kept."""

_PREFIXES = (
    ("http://purl.org/rss/1.0/modules/content/", "content."),
    ("http://purl.org/rss/1.0/", ""),
    ("http://purl.org/dc/elements/1.1/", "dc."),
    ("http://www.w3.org/2005/Atom", "atom."),
    ("http://www.w3.org/1999/xhtml", ""),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf."),
)
_WORDPRESS_EXPORT = re.compile(r"https?://wordpress\.org/export/[\d.]+/")

_DECLARED_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding=["']([\w:.-]{1,40})["']""")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(r"&(?:#(?P<number>x[0-9A-Fa-f]{1,6}|[0-9]{1,7});|(?P<name>\w{1,32});)?")
_CUT_REFERENCE = re.compile(r"&#?\w{0,32}\Z")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))


class Item(NamedTuple):
    """One of the elements asked for, with known namespaces as prefixes ("dc.creator").

    collection: the title of the channel or feed around it, as far as it has been read.
    """

    element: Element
    line: int
    collection: str


def read_items(file: ArticleFile, roots: frozenset[str], tags: frozenset[str]) -> Iterator[Item]:
    """The elements called one of `tags` of a file whose root is one of `roots`.

    Ends with a report at the first place that is not XML, or is XML that is refused.
    """
    target = _ItemTarget(file, roots, tags)
    parser = XMLParser(target=target, forbid_dtd=True)
    target.expat = expat = parser.parser
    fed_bytes = 0
    cut = ""
    try:
        for chunk in read_chunks(file, declared=_DECLARED_ENCODING):
            text = cut + chunk
            # A reference that is torn apart waits for its end.
            cut = match[0] if (match := _CUT_REFERENCE.search(text)) else ""
            text = _mended(text[: len(text) - len(cut)])
            parser.feed(text)
            while target.ready:
                yield target.ready.popleft()
            if target.is_other_document:
                return
            fed_bytes += len(text.encode())
            if fed_bytes - expat.CurrentByteIndex > MAX_RECORD_BYTES:
                raise ParseError("a comment or attribute that does not end")
        if fed_bytes:
            parser.feed(_mended(cut))
            parser.close()
        yield from target.ready
    except DefusedXmlException:
        yield from target.ready
        file.error(
            "has a document type declaration, which may hide an entity bomb",
            "take out the line with <!DOCTYPE",
            line=expat.CurrentLineNumber,
        )
    except ParseError as cause:
        yield from target.ready
        reason = str(cause).partition(":")[0]
        file.error(
            f"is not well-formed XML ({reason})",
            "mend it here; what follows is left out",
            line=expat.ErrorLineNumber,
        )


class _ItemTarget:
    """Parser target that builds the elements asked for, and nothing around them."""

    def __init__(self, file: ArticleFile, roots: frozenset[str], tags: frozenset[str]) -> None:
        self.ready: deque[Item] = deque()
        self.is_other_document = False
        self._file = file
        self._roots = roots
        self._tags = tags
        self._path: list[str] = []
        self._collection = ""
        self._builder: TreeBuilder | None = None
        self._depth = 0
        self._size = 0
        self._line = 0
        self.expat: Any = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _short(tag)
        if self._builder is None:
            self._start_outside(name)
        if self._builder is not None:
            self._depth += 1
            if self._depth <= MAX_DEPTH:
                self._builder.start(name, dict(attributes))

    def _start_outside(self, name: str) -> None:
        if not self._path and name not in self._roots and not self.is_other_document:
            self.is_other_document = True
            self._file.error(
                f"is neither a feed nor an export: it begins with <{name[:40]}>", "take it out"
            )
        if name in self._tags and not self.is_other_document:
            self._builder = TreeBuilder()
            self._line = self.expat.CurrentLineNumber
            self._depth = self._size = 0
        elif len(self._path) < MAX_DEPTH:
            self._path.append(name)
        else:
            raise ParseError("elements are nested too deeply")

    def end(self, tag: str) -> None:
        if self._builder is None:
            self._path.pop()
            return
        if self._depth <= MAX_DEPTH:
            self._builder.end(_short(tag))
        self._depth -= 1
        if self._depth:
            return
        element = self._builder.close()
        self._builder = None
        if self._size > MAX_RECORD_BYTES:
            self._file.error(
                f"has more than {MAX_RECORD_BYTES // 2**20} MB", "shorten it", line=self._line
            )
        else:
            self.ready.append(Item(element, self._line, self._collection))

    def data(self, text: str) -> None:
        if self._builder is not None:
            self._size += len(text)
            if self._size <= MAX_RECORD_BYTES:
                self._builder.data(text)
        elif self._path[-2:] in (["channel", "title"], ["atom.feed", "atom.title"]):
            self._collection += text[: 1000 - len(self._collection)]

    def close(self) -> None:
        """Asked for by the parser; the results are in `ready`."""


@lru_cache(maxsize=2**10)
def _short(tag: str) -> str:
    """The name of a tag "{namespace}name" as "prefix.name", which paths can hold.

    Names of unknown namespaces stay apart from all others.
    """
    if not tag.startswith("{"):
        return tag
    namespace, _, name = tag[1:].partition("}")
    for known, prefix in _PREFIXES:
        if namespace == known:
            return prefix + name
    return f"wp.{name}" if _WORDPRESS_EXPORT.fullmatch(namespace) else f"other.{name}"


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

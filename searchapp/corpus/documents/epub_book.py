"""Reads electronic books (.epub): one article a chapter, with the book's title as its source.

A chapter and not a book, because that is what a reader wants to find: a book of 500 pages matches
every query of common words, has one date and says nothing about where in it the words stand.

The parts and elements are those of the W3C recommendation EPUB 3.3 and of its forerunner, OPF 2.
"""

from __future__ import annotations

import codecs
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from searchapp.corpus.documents.markup import StartTags, read_markup
from searchapp.corpus.documents.package import (
    UNREADABLE_ERRORS,
    Package,
    Unreadable,
    open_package,
    printable,
    report_unreadable,
)
from searchapp.corpus.documents.properties import sensible_authors, sensible_day, sensible_title
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.html_text import html_to_text
from searchapp.corpus.records import article_from_record
from searchapp.german.text_cleaner import clean_line
from searchapp.model import Article
from searchapp.translation import N_

MAX_CHAPTERS = 5000

_MODIFIED = "dcterms:modified"
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_TEXT_TYPES = frozenset(("application/xhtml+xml", "text/html", "application/x-dtbook+xml"))
_SHORTEST_CHAPTER = 200
"""Characters of a text that is in no table of contents and is taken for a chapter nevertheless."""

_SURROUNDINGS = (
    "cover|(?:half)?[-_]?title[-_]?page|half[-_]?title|copyright(?:[-_]?page)?|imprint|colophon|toc|contents|nav"
    "|landmarks|page-list|loi|lot|index|dedication|advert(?:isement)?s?|titel(?:ei|seite|blatt)?"
    "|umschlag|impressum|inhalt(?:sverzeichnis)?|werbung|widmung"
)
_SURROUNDING_TYPE = re.compile(_SURROUNDINGS, re.IGNORECASE)
_SURROUNDING_NAME = re.compile(rf"(?:[\W\d_]|x?html)*(?:{_SURROUNDINGS})[\W\d_]*", re.IGNORECASE)
_SURROUNDING_HEADING = re.compile(
    r"(?:impressum|inhalt|inhaltsverzeichnis|copyright|widmung|titelseite|table of contents)",
    re.IGNORECASE,
)
_NUMBER_ONLY = re.compile(
    r"(?:(?:section|split|untitled|unnamed|unbenannt)[\s_-]*)?\d*", re.IGNORECASE
)
"""What programs call a file that they have no title for."""

_TYPE = re.compile(r"""<(?:body|section)\b[^>]{0,300}?\bepub:type=["']([^"'>]{1,100})["']""")
_HEADING = re.compile(r"<h([1-3])(?=[\s>])", re.IGNORECASE)
_HEADING_END = re.compile(r"</h[1-3]\s*>", re.IGNORECASE)
_MAX_HEADING_CHARS = 2000
_NOTE_MARK = re.compile(
    r"""<a\b[^>]{0,300}?\b(?:epub:type|role)=["'](?:doc-)?(?:noteref|backlink)["'][^>]{0,300}>"""
    r"[^<]{0,10}(?:<su[pb]>[^<]{0,10}</su[pb]>)?[^<]{0,10}</a>"
    r"|<sup\b[^>]{0,300}>\s{0,10}<a\b[^>]{0,300}>[\d*†]{1,4}</a>\s{0,10}</sup>",
    re.IGNORECASE,
)
_DECLARED_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding=["']([\w:.-]{1,40})["']""")


@dataclass(slots=True)
class _Chapter:
    """title: its heading or its entry in the table of contents, or ""."""

    title: str
    paragraphs: list[str] = field(default_factory=list)


def read_epub(file: ArticleFile) -> Iterator[Article]:
    """The chapters of a book; without covers, tables of contents and imprints.

    Author, date, tags and the source, which is the book's title, are those of the book.
    """
    try:
        with open_package(file, N_("an EPUB")) as package:
            book = _read_book(package)
            chapters = _chapters(package, book)
    except UNREADABLE_ERRORS as cause:
        report_unreadable(file, cause)
        return
    book_title = sensible_title(book.first("title"), file_stem=file.name_stem)
    for number, chapter in enumerate(chapters, 1):
        is_whole_book = len(chapters) == 1
        record = {
            "title": chapter.title or (book_title if is_whole_book else ""),
            "body": "\n\n".join(chapter.paragraphs),
            "author": [name for each in book.all("creator") for name in sensible_authors(each)],
            "date": sensible_day(book.first("date")) or sensible_day(book.first(_MODIFIED)),
            "tags": book.all("subject"),
            "source": book_title,
        }
        fallback_id = file.stem if is_whole_book else f"{file.stem}-{number}"
        article = article_from_record(record, file, fallback_id=fallback_id)
        if article is not None:
            yield article
    if not chapters:
        file.error(
            N_("has no chapters with text"), N_("take it out, or make it anew with its text")
        )


class _ManifestItem(NamedTuple):
    path: str
    media_type: str
    properties: str


class _Book:
    """What the package file (OPF) says: properties, files, and the order of reading."""

    def __init__(self, path: str) -> None:
        self.items: dict[str, _ManifestItem] = {}
        self.spine: list[str] = []
        self.toc_id = ""
        self.surroundings: set[str] = set()
        self._folder = posixpath.dirname(path)
        self._values: dict[str, list[str]] = {}
        self._pieces: list[str] = []
        self._in_metadata = False
        self._property = ""

    def all(self, name: str) -> list[str]:
        """The texts of all elements of the metadata with a name, or of a property."""
        return self._values.get(name, [])

    def first(self, name: str) -> str:
        """The first one, or ""."""
        return next(iter(self.all(name)), "")

    def path(self, address: str) -> str:
        """The name in the archive that an address in the package file means."""
        return _resolved(self._folder, address)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._pieces = []
        self._property = attributes.get("property", "")
        match name:
            case "metadata":
                self._in_metadata = True
            case "item":
                self.items[attributes.get("id", "")] = _ManifestItem(
                    self.path(attributes.get("href", "")),
                    attributes.get("media-type", ""),
                    attributes.get("properties", ""),
                )
            case "spine":
                self.toc_id = attributes.get("toc", "")
            case "itemref" if attributes.get("linear") != "no":
                self.spine.append(attributes.get("idref", ""))
            case "reference" if _SURROUNDING_TYPE.fullmatch(attributes.get("type", "")):
                self.surroundings.add(self.path(attributes.get("href", "")))

    def end(self, name: str) -> None:
        if name == "metadata":
            self._in_metadata = False
        elif self._in_metadata and (text := "".join(self._pieces).strip()):
            self._values.setdefault(self._property or name, []).append(text)
        self._property = ""
        self._pieces = []

    def text(self, text: str) -> None:
        if self._in_metadata:
            self._pieces.append(text)


class _Container(StartTags):
    """The place of the package file, and in encryption.xml the files that are encrypted."""

    def __init__(self) -> None:
        self.path = ""
        self.encrypted: set[str] = set()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "rootfile" and not self.path:
            self.path = attributes.get("full-path", "")
        elif name == "CipherReference":
            self.encrypted.add(_resolved("", attributes.get("URI", "")))


class _Contents:
    """The table of contents, of EPUB 2 (NCX) or 3 (nav): the first title for each file."""

    def __init__(self, path: str) -> None:
        self.titles: dict[str, str] = {}
        self._folder = posixpath.dirname(path)
        self._pieces: list[str] = []
        self._address = ""
        self._is_contents = True

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "nav":
                self._is_contents = attributes.get("type", "toc") == "toc"
            case "a":
                self._address = attributes.get("href", "")
                self._pieces = []
            case "navLabel":
                self._pieces = []
            case "content":
                self._add(attributes.get("src", ""))

    def end(self, name: str) -> None:
        if name == "a" and self._is_contents:
            self._add(self._address)

    def text(self, text: str) -> None:
        self._pieces.append(text)

    def _add(self, address: str) -> None:
        title = clean_line("".join(self._pieces))
        if address and title:
            self.titles.setdefault(_resolved(self._folder, address), title)


def _read_book(package: Package) -> _Book:
    container = _Container()
    read_markup(package.chunks(_CONTAINER), _CONTAINER, container)
    if container.path not in package:
        raise Unreadable(
            N_("is no EPUB: it names no package file"), N_("make it anew, or take it out")
        )
    book = _Book(container.path)
    read_markup(package.chunks(container.path), printable(container.path), book)
    read_markup(package.chunks(_ENCRYPTION), _ENCRYPTION, container)
    if container.encrypted & {book.items[each].path for each in book.spine if each in book.items}:
        raise Unreadable(N_("is encrypted (copy protection)"), N_("take it out, or get it without"))
    return book


def _chapters(package: Package, book: _Book) -> list[_Chapter]:
    """The chapters in reading order. Files without an entry of their own go on with the last."""
    contents = _contents(package, book)
    chapters: list[_Chapter] = []
    for name in book.spine:
        item = book.items.get(name)
        if item is None or item.media_type not in _TEXT_TYPES or _is_surrounding(book, item):
            continue
        html = _decoded(package.read(item.path))
        stated_type = _TYPE.search(html)
        if stated_type and any(map(_SURROUNDING_TYPE.fullmatch, stated_type[1].split())):
            continue
        heading = _heading(html)
        label = contents.get(item.path, "")
        title = heading if _NUMBER_ONLY.fullmatch(label) else label
        if _SURROUNDING_HEADING.fullmatch(title):
            continue
        paragraphs = _paragraphs(html, {heading, title})
        if not title and paragraphs and clean_line(paragraphs[0]) == book.first("title"):
            title = clean_line(paragraphs.pop(0))
        begins = bool(label) or bool(title and not (contents and chapters))
        if begins and paragraphs and len(chapters) < MAX_CHAPTERS:
            chapters.append(_Chapter(title, paragraphs))
        elif chapters:
            chapters[-1].paragraphs += [heading, *paragraphs] if heading else paragraphs
        elif sum(map(len, paragraphs)) >= _SHORTEST_CHAPTER:
            chapters.append(_Chapter(title, paragraphs))
    return chapters


def _contents(package: Package, book: _Book) -> dict[str, str]:
    """The titles in the table of contents, by file; none if it cannot be read."""
    nav = next((each for each in book.items.values() if "nav" in each.properties.split()), None)
    for item in (nav, book.items.get(book.toc_id)):
        if item is None:
            continue
        found = _Contents(item.path)
        try:
            read_markup(package.chunks(item.path), printable(item.path), found)
        except Unreadable:
            continue  # The chapters have headings, too.
        if found.titles:
            return found.titles
    return {}


def _is_surrounding(book: _Book, item: _ManifestItem) -> bool:
    name = posixpath.splitext(posixpath.basename(item.path))[0]
    return (
        "nav" in item.properties.split()
        or item.path in book.surroundings
        or _SURROUNDING_NAME.fullmatch(name) is not None
    )


def _heading(html: str) -> str:
    """The text of the first heading, or ""."""
    begin = _HEADING.search(html)
    end = _HEADING_END.search(html, begin.end()) if begin else None
    if begin is None or end is None or end.start() - begin.start() > _MAX_HEADING_CHARS:
        return ""
    return clean_line(html_to_text(_NOTE_MARK.sub("", html[begin.start() : end.end()])))


def _paragraphs(html: str, titles: set[str]) -> list[str]:
    """The paragraphs of a file, without its heading and marks of footnotes."""
    paragraphs = [each for each in html_to_text(_NOTE_MARK.sub("", html)).split("\n\n") if each]
    if paragraphs and clean_line(paragraphs[0]) in titles:
        del paragraphs[0]
    return paragraphs


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    declared = _DECLARED_ENCODING.match(raw.removeprefix(codecs.BOM_UTF8))
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    # Others than these are not allowed; older books have them.
    if encoding not in ("utf-8", "iso-8859-1", "windows-1252", "iso-8859-15"):
        encoding = "utf-8"
    return raw.decode(encoding, "replace")


def _resolved(folder: str, address: str) -> str:
    """The name in the archive of a relative address in a file of `folder`."""
    path = unquote(address.partition("#")[0])
    return posixpath.normpath(posixpath.join(folder, path)) if path else ""

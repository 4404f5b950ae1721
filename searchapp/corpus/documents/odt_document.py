"""Reads OpenDocument texts (.odt), as LibreOffice writes them: one article a file.

The parts and elements are those of the OASIS standard OpenDocument 1.3, parts 2 and 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from searchapp.corpus.documents.flowing_text import FlowingText
from searchapp.corpus.documents.markup import FieldTexts, StartTags, read_markup, read_minor_part
from searchapp.corpus.documents.package import Package, Unreadable, read_package
from searchapp.corpus.documents.properties import sensible_authors, sensible_day, sensible_title
from searchapp.corpus.files import ArticleFile
from searchapp.model import Article
from searchapp.translation import N_

_LEFT_OUT = frozenset((
    "tracked-changes", "annotation", "note-citation", "table-of-content", "alphabetical-index",
    "illustration-index", "table-index", "object-index", "user-index", "forms", "desc", "title",
    "hidden-text", "hidden-paragraph", "ruby-text", "scripts", "object-ole",
))  # fmt: skip
"""Deletions, comments, indexes, and what only programs read."""

_HEADING_STYLE = "Heading"
_MAX_BLANKS = 100


def read_odt(file: ArticleFile) -> Iterator[Article]:
    """The one article of an OpenDocument text, with its footnotes and without comments.

    Title, author, date and tags are those of its properties, if these are sensible; else the title
    is the first paragraph in the style of titles or headings.
    """
    return read_package(file, "an OpenDocument text", _record)


def _record(package: Package, file: ArticleFile) -> dict[str, object]:
    if "content.xml" not in package:
        what = N_("is no OpenDocument text: it has no content.xml")
        raise Unreadable(what, N_("save it anew, or take it out"))
    manifest = _Manifest()
    read_minor_part(file, package, "META-INF/manifest.xml", manifest)
    if manifest.is_encrypted:
        raise Unreadable(N_("is encrypted with a password"), N_("save it without one"))
    text = FlowingText()
    read_markup(package.chunks("content.xml"), "content.xml", _Content(text))
    properties = FieldTexts()
    read_minor_part(file, package, "meta.xml", properties)
    title, body = text.title_and_body(
        sensible_title(properties.first("title"), file_stem=file.name_stem)
    )
    return {
        "title": title,
        "body": body,
        "author": sensible_authors(
            properties.first("initial-creator") or properties.first("creator")
        ),
        "date": sensible_day(properties.first("creation-date"))
        or sensible_day(properties.first("date")),
        "tags": [tag for tag in properties.values.get("keyword", []) if tag],
    }


class _Manifest(StartTags):
    """Whether the text of a document is encrypted."""

    def __init__(self) -> None:
        self.is_encrypted = False
        self._path = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "file-entry":
            self._path = attributes.get("full-path", "")
        elif name == "encryption-data" and self._path == "content.xml":
            self.is_encrypted = True


class _Content:
    """Tells the text of a document to a FlowingText."""

    def __init__(self, text: FlowingText) -> None:
        self._text = text
        self._left_out_depth = 0
        self._is_in_body = False
        self._parents: dict[str, str] = {}
        self._styles: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._left_out_depth or (name in _LEFT_OUT and self._is_in_body):
            self._left_out_depth += 1
            return
        match name:
            case "body":
                self._is_in_body = True
            case "style" if not self._is_in_body:
                parent = attributes.get("parent-style-name", "")
                if parent == "Title" or parent.startswith(_HEADING_STYLE):
                    self._parents[attributes.get("name", "")] = parent
            case "p" | "h" if self._is_in_body:
                self._text.begin_paragraph()
                self._styles.append(attributes.get("style-name", ""))
            case "s":
                count = attributes.get("c", "1")
                self._text.write(" " * min(int(count) if count.isdecimal() else 1, _MAX_BLANKS))
            case "tab":
                self._text.write(" ")
            case "line-break":
                self._text.write("\n")
            case "table":
                self._text.begin_table()
            case "table-cell" | "covered-table-cell":
                self._text.begin_cell()
            case "note":
                self._text.begin_note()

    def end(self, name: str) -> None:
        if self._left_out_depth:
            self._left_out_depth -= 1
            return
        match name:
            case "p" | "h" if self._styles:
                style = self._styles.pop()
                style = self._parents.get(style, style)
                self._text.end_paragraph(
                    is_title=style == "Title",
                    is_heading=name == "h" or style.startswith(_HEADING_STYLE),
                )
            case "table-row":
                self._text.end_row()
            case "table":
                self._text.end_table()
            case "note":
                self._text.end_note()

    def text(self, text: str) -> None:
        if not self._left_out_depth:
            self._text.write(text)

"""Reads Word documents (.docx): one article a file.

The parts and elements are those of ECMA-376 (Office Open XML), part 1, 11.3 and 17.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from searchapp.corpus.documents.flowing_text import FlowingText
from searchapp.corpus.documents.markup import FieldTexts, StartTags, read_markup, read_minor_part
from searchapp.corpus.documents.package import Package, Unreadable, printable, read_package
from searchapp.corpus.documents.properties import sensible_authors, sensible_day, sensible_title
from searchapp.corpus.files import ArticleFile
from searchapp.model import Article
from searchapp.translation import N_

_LEFT_OUT = frozenset(("del", "moveFrom", "Fallback", "rt"))
"""What was deleted or moved away with changes tracked, second versions of text boxes, and how a
Japanese word is read."""

_PIECES: Mapping[str, str] = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}
_TEMPLATE_AUTHOR = "python-docx"


def read_docx(file: ArticleFile) -> Iterator[Article]:
    """The one article of a Word document, with its footnotes and without comments.

    Title, author, date and tags are those of its properties, if these are sensible; else the title
    is the first paragraph in the style of titles or headings.
    """
    return read_package(file, "a Word document", _record)


def _record(package: Package, file: ArticleFile) -> dict[str, object]:
    main = _main_part(package)
    folder = posixpath.dirname(main)
    styles = _Styles()
    read_minor_part(file, package, posixpath.join(folder, "styles.xml"), styles)
    text = FlowingText()
    document = _Document(text, styles.kinds)
    read_markup(package.chunks(main), printable(main), document)
    for notes in ("footnotes.xml", "endnotes.xml"):
        notes_document = _Document(text, styles.kinds)
        read_minor_part(file, package, posixpath.join(folder, notes), notes_document)
    properties = FieldTexts()
    read_minor_part(file, package, "docProps/core.xml", properties)
    author = properties.first("creator")
    date = None
    if author != _TEMPLATE_AUTHOR:  # Else both are those of the library's template.
        date = sensible_day(properties.first("created")) or sensible_day(
            properties.first("modified")
        )
    title, body = text.title_and_body(
        sensible_title(properties.first("title"), file_stem=file.name_stem)
    )
    return {
        "title": title,
        "body": body,
        "author": sensible_authors(author),
        "date": date,
        "tags": properties.first("keywords"),
    }


def _main_part(package: Package) -> str:
    """The name of the part with the text. Raises Unreadable if there is none."""
    relations = _Relations()
    read_markup(package.chunks("_rels/.rels"), "_rels/.rels", relations)
    for name in (relations.main.lstrip("/"), "word/document.xml"):
        if name in package:
            return name
    raise Unreadable(
        N_("is no Word document: it has no text part"), N_("save it anew, or take it out")
    )


class _Relations(StartTags):
    """Finds the main part among the relations of the package."""

    def __init__(self) -> None:
        self.main = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            self.main = attributes.get("Target", "")


class _Styles(StartTags):
    """Which styles are those of titles, headings and tables of contents, by their ids.

    The ids are in the language of Word ("berschrift1"), the names of built-in styles are not.
    """

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self._id = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "style":
            self._id = attributes.get("styleId", "")
        elif name == "name":
            kind = attributes.get("val", "").lower().partition(" ")[0]
            if kind in ("title", "heading", "toc"):
                self.kinds.setdefault(self._id, kind)


class _Document:
    """Tells the text of a document, or of its notes, to a FlowingText."""

    def __init__(self, text: FlowingText, style_kinds: Mapping[str, str]) -> None:
        self._text = text
        self._style_kinds = style_kinds
        self._left_out_depth = 0
        self._kinds: list[str] = []
        self._in_run_text = False
        self._is_hidden = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._left_out_depth or name in _LEFT_OUT:
            self._left_out_depth += 1
            return
        match name:
            case "t":
                self._in_run_text = not self._is_hidden
            case "p":
                self._text.begin_paragraph()
                self._kinds.append("")
            case "r":
                self._is_hidden = False
            case "vanish":
                self._is_hidden = attributes.get("val", "1") not in ("0", "false", "off")
            case "pStyle" if self._kinds:
                style = attributes.get("val", "")
                self._kinds[-1] = self._style_kinds.get(style, style.lower())
            case "tbl":
                self._text.begin_table()
            case "tc":
                self._text.begin_cell()
            case "footnote" | "endnote":
                self._text.begin_note()
            case _ if name in _PIECES and not self._is_hidden:
                self._text.write(_PIECES[name])

    def end(self, name: str) -> None:
        if self._left_out_depth:
            self._left_out_depth -= 1
            return
        match name:
            case "t":
                self._in_run_text = False
            case "p":
                kind = self._kinds.pop()
                if kind.startswith("toc"):
                    self._text.drop_paragraph()
                else:
                    self._text.end_paragraph(
                        is_title=kind == "title", is_heading=kind.startswith("heading")
                    )
            case "tr":
                self._text.end_row()
            case "tbl":
                self._text.end_table()
            case "footnote" | "endnote":
                self._text.end_note()

    def text(self, text: str) -> None:
        if self._in_run_text and not self._left_out_depth:
            self._text.write(text)

"""Reads PDF files (.pdf) that have a text: one article a file, with its pages."""

from __future__ import annotations

import ctypes
import dataclasses
import io
import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from searchapp.corpus.documents.package import UNREADABLE_ERRORS, report_unreadable, seekable
from searchapp.corpus.documents.page_layout import (
    Fragment,
    Paragraph,
    join_pages,
    joined_lines,
    page_paragraphs,
    same_size,
)
from searchapp.corpus.documents.properties import sensible_authors, sensible_day, sensible_title
from searchapp.corpus.documents.running_lines import without_running_lines
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.paragraphs import split_paragraphs
from searchapp.corpus.records import article_from_record
from searchapp.german.text_cleaner import clean_line, clean_text
from searchapp.model import Article
from searchapp.translation import N_, NN_

MAX_PAGES = 10_000
MAX_CHARS = 10_000_000
"""Letters that are read of one file: twice as many as the longest books have."""

_MAX_CHARS_OF_PAGE = 200_000
_MAX_TITLE_CHARS = 300
_TITLE_GROWTH = 1.15
"""A title is at least so many times as large as most of the text."""

_UNREADABLE_SHARE = 0.3
_GAP = 0.8
"""A gap that is wider than so many sizes of the font may lie between two columns or cells."""

_LIFT = 0.6
"""By how many sizes of the font a letter may be raised or lowered on its line."""

_NO_LIFT = 0.15
_TAKES_NOTES = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?)”“\"»«])\Z")
"""A small raised digit behind these is the mark of a footnote, and not a power ("km2")."""

_NOTE_NUMBER = re.compile(r"(?<=\A\d)(?=[A-ZÄÖÜ][a-zäöüß])|(?<=\A\d\d)(?=[A-ZÄÖÜ][a-zäöüß])")

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB06: "st"}
_UMLAUT = re.compile(r"¨([aouAOU])")
"""As TeX sets it with its oldest fonts: the dots first, then the letter."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_FONT_NAME_BYTES = 128
_LEADERS = re.compile(r"(?: ?[.·]){5,} ?")
"""The dots between an entry in a table of contents and its page."""


_HYPHEN_CODES = "\x02\ufffe\xad\u2010"
"""What pdfium and typesetters write for the hyphen of a word that is broken at a line end."""

_HYPHENS = re.compile(f"[{_HYPHEN_CODES}]")
_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(rf"[^ \t\0\xa0{_HYPHEN_CODES}]*[^ \t\0\xa0]")
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_PROPERTIES = ("Title", "Author", "Keywords", "CreationDate", "ModDate")
_HEADER_BYTES = 1024
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
_OCR = N_("run an OCR such as OCRmyPDF")


def read_pdf(file: ArticleFile) -> Iterator[Article]:
    """The one article of a PDF file.

    Title, author, date and tags are those of its properties, if these are sensible; else the title
    is the largest text on the first page that has some.
    """
    try:
        with file.open() as stream:
            article = _read(file, stream)
    except UNREADABLE_ERRORS as cause:
        report_unreadable(file, cause)
        return
    if article is not None:
        yield article


def _read(file: ArticleFile, stream: io.BufferedReader) -> Article | None:
    head = stream.peek(_HEADER_BYTES)[:_HEADER_BYTES]
    if not head:
        file.error(N_("is empty"), N_("take it out"))
        return None
    if b"%PDF-" not in head:
        file.error(N_("is no PDF"), N_("name it after what it is, or take it out"))
        return None
    try:
        document = pypdfium2.PdfDocument(seekable(file, stream))
    except pypdfium2.PdfiumError as cause:
        if getattr(cause, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            file.error(
                N_("is encrypted with a password"), N_("save it without one, or take it out")
            )
        elif getattr(cause, "err_code", None) == pdfium.FPDF_ERR_SECURITY:
            file.error(
                N_("is encrypted in a way that is not known"), N_("save it without, or take it out")
            )
        else:
            file.error(N_("is damaged or no PDF"), N_("make it anew, or mend it with a PDF tool"))
        return None
    with closing(document):
        pages = _pages(file, document)
        properties = {name: _property(document, name) for name in _PROPERTIES}
    return _article(file, pages, properties) if pages is not None else None


def _property(document: Any, name: str) -> str:
    """A property of the document; "" if it has none or one that is no text."""
    try:
        return str(document.get_metadata_value(name))
    except ValueError:
        return ""


def _pages(file: ArticleFile, document: Any) -> list[list[Fragment]] | None:
    """The fragments of each page; None after reporting why there is no text."""
    pages: list[list[Fragment]] = []
    chars = unreadable = 0
    pictures: list[int] = []
    page_count = len(document)
    for number in range(min(page_count, MAX_PAGES)):
        try:
            with closing(document[number]) as page:
                fragments = _fragments(page)
                if not fragments and _has_picture(page):
                    pictures.append(number + 1)
        except pypdfium2.PdfiumError:
            file.warn(
                N_("page %(number)s is damaged", number=number + 1),
                N_("is left out; make the file anew"),
            )
            fragments = []
        pages.append(fragments)
        chars += sum(len(each.text) for each in fragments)
        unreadable += sum(len(_UNREADABLE.findall(each.text)) for each in fragments)
        if chars > MAX_CHARS:
            break
    if len(pages) < page_count:
        file.warn(
            N_(
                "is too long: only %(number)s of its %(page_count)s pages are read",
                number=len(pages),
                page_count=page_count,
            ),
            N_("cut it into several files"),
        )
    printed, pages = pages, without_running_lines(pages)
    if not any(pages) and not pictures:
        # Either nothing but a stamp on each page of a scan, or pages that are all alike.
        pictures = [1] if _is_scan(document) else []
        pages = pages if pictures else printed
    if not any(pages):
        if pictures:
            file.error(
                N_("holds no text, only images"), N_("%(ocr)s, which adds a text to them", ocr=_OCR)
            )
        else:
            file.error(N_("holds no text"), N_("take it out, or make it anew with its text"))
        return None
    if unreadable > _UNREADABLE_SHARE * chars:
        what = N_("holds letters that cannot be read (its fonts do not say which they are)")
        file.error(what, N_("%(ocr)s with --force-ocr", ocr=_OCR))
        return None
    if pictures:
        shown = ", ".join(map(str, pictures[:10])) + (", …" if len(pictures) > 10 else "")
        file.warn(
            NN_(
                "page %(pages)s holds no text, only images",
                "pages %(pages)s hold no text, only images",
                len(pictures),
                pages=shown,
            ),
            N_("%(ocr)s, if there is text on them", ocr=_OCR),
        )
    return pages


def _is_scan(document: Any) -> bool:
    """Whether the first page has a picture."""
    try:
        with closing(document[0]) as page:
            return _has_picture(page)
    except pypdfium2.PdfiumError:
        return False


def _has_picture(page: Any) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _article(
    file: ArticleFile, pages: Sequence[Sequence[Fragment]], properties: dict[str, str]
) -> Article | None:
    laid_out = [page_paragraphs(page) for page in pages]
    first_page = next(page for page in laid_out if page)
    printed_title = _take_title(first_page)
    title = sensible_title(properties["Title"], file_stem=file.name_stem)
    if printed_title and title and _letters(title) != _letters(printed_title):
        first_page.insert(0, Paragraph(printed_title, 0.0, is_open=False))
    paragraphs, starts = join_pages(laid_out)
    body, page_starts = _body(paragraphs, starts)
    record = {
        "title": title or printed_title,
        "author": sensible_authors(properties["Author"]),
        "date": _day(properties["CreationDate"]) or _day(properties["ModDate"]),
        "tags": properties["Keywords"],
        "body": body,
    }
    article = article_from_record(record, file, fallback_id=file.stem)
    if article is None or article.body != body:
        return article
    return dataclasses.replace(article, page_starts=page_starts)


def _body(
    paragraphs: Sequence[str], starts: Sequence[tuple[int, int]]
) -> tuple[str, tuple[int, ...]]:
    """The cleaned body, and where in it each page begins."""
    cleaned: list[str] = []
    offsets: list[int] = []
    length = 0
    pending = iter([*starts, (len(paragraphs), 0)])
    start = next(pending)
    for number, paragraph in enumerate(paragraphs):
        text = clean_line(paragraph)
        begin = length + 2 if cleaned and text else length
        while start is not None and start[0] == number:
            offsets.append(begin + len(clean_line(paragraph[: start[1]] + "x")) - 1)
            start = next(pending)
        if text:
            cleaned.append(text)
            length = begin + len(text)
    offsets += [length] * (len(starts) - len(offsets))
    body = split_paragraphs(clean_text("\n\n".join(cleaned)))
    return body, tuple(min(offset, len(body)) for offset in offsets)


def _take_title(paragraphs: list[Paragraph]) -> str:
    """Take the largest text out of the first page and return it, if it stands out; else ""."""
    sizes: Counter[float] = Counter()
    for each in paragraphs:
        sizes[round(each.size, 1)] += len(each.text)
    worded = [each for each in paragraphs if sum(map(str.isalpha, each.text)) >= 3]
    if not worded:
        return ""
    largest = max(each.size for each in worded)
    usual = sizes.most_common(1)[0][0]
    if largest < _TITLE_GROWTH * usual:
        return ""
    first = paragraphs.index(next(each for each in worded if each.size == largest))
    last = first
    title = paragraphs[first].text
    while last + 1 < len(paragraphs) and same_size(paragraphs[last + 1].size, largest):
        last += 1
        title = joined_lines(title, paragraphs[last].text)
    if len(title) > _MAX_TITLE_CHARS:
        return ""
    del paragraphs[first : last + 1]
    return title


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _day(stamp: str) -> str | None:
    """The day of a PDF date, "D:20240305101500+01'00'" (ISO 32000-1, 7.9.4), or None."""
    match = _DATE.match(stamp)
    return sensible_day("-".join(match.groups())) if match else None


class _Word(NamedTuple):
    """Letters of a line without blanks between them, and their place.

    first, last: the numbers of its letters on the page. left, right, baseline: in points, as if
    the text stood upright. is_apart: whether a blank stands before it.
    """

    text: str
    first: int
    last: int
    left: float
    right: float
    baseline: float
    is_apart: bool


class _Letters:
    """The letters of a page: their codes at once, their places one by one.

    Only the places of those that begin and end a word are asked for: each takes a microsecond.
    """

    def __init__(self, text_page: Any) -> None:
        self._raw = text_page.raw
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._origin = (ctypes.byref(self._x), ctypes.byref(self._y))
        self._box = pdfium.FS_RECTF()
        self._box_reference = ctypes.byref(self._box)
        self._name = ctypes.create_string_buffer(_FONT_NAME_BYTES)

    def text(self) -> str:
        """The text with one character for each letter of the page, whatever its code."""
        count = min(pdfium.FPDFText_CountChars(self._raw), _MAX_CHARS_OF_PAGE)
        buffer = ctypes.create_string_buffer(2 * (count + 1))
        units = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
        written = pdfium.FPDFText_GetText(self._raw, 0, count, units)
        text = buffer.raw[: 2 * (written - 1)].decode("utf-16-le", "surrogatepass")
        if len(text) == count:
            return text
        codes = (pdfium.FPDFText_GetUnicode(self._raw, index) for index in range(count))
        return "".join(chr(code) if code <= sys.maxunicode else "\ufffd" for code in codes)

    def words(self, line: str, start: int, turns: int) -> Iterator[_Word]:
        """The words of a line that begins at the letter `start`; a raised letter is one by itself.

        turns: by how many quarters the page is turned back.
        """
        end = 0
        for match in _WORD.finditer(line):
            is_apart = match.start() > end
            end = match.end()
            first, last = start + match.start(), start + end - 1
            left, right, baseline = self._place(first, turns)
            if last > first:
                _, right, last_baseline = self._place(last, turns)
                lift = abs(last_baseline - baseline)
                if lift and lift > _NO_LIFT * self.size(first):
                    for index in range(first, last + 1):
                        place = self._place(index, turns)
                        char = line[index - start]
                        yield _Word(char, index, index, *place, is_apart and index == first)
                    continue
            yield _Word(match[0], first, last, left, right, baseline, is_apart)

    def _place(self, index: int, turns: int) -> tuple[float, float, float]:
        """left, right and baseline of a letter."""
        pdfium.FPDFText_GetCharOrigin(self._raw, index, *self._origin)
        pdfium.FPDFText_GetLooseCharBox(self._raw, index, self._box_reference)
        box = self._box
        match turns:
            case 0:
                return box.left, box.right, self._y.value
            case 1:
                return -box.top, -box.bottom, self._x.value
            case 2:
                return -box.right, -box.left, -self._y.value
        return box.bottom, box.top, -self._x.value

    def size(self, index: int) -> float:
        """The size of the font as it is printed, in points."""
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._raw, index, ctypes.byref(matrix))
        scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c)) or 1.0
        return float(pdfium.FPDFText_GetFontSize(self._raw, index)) * scale or 1.0

    def font(self, index: int) -> bytes:
        """The name of the font, as far as it is needed to tell fonts apart."""
        pdfium.FPDFText_GetFontInfo(self._raw, index, self._name, len(self._name), None)
        return self._name.value

    def turns(self, index: int) -> int | None:
        """By how many quarters the letter is turned, from 0 to 3; None if it stands aslant."""
        turns = float(pdfium.FPDFText_GetCharAngle(self._raw, index)) / (math.pi / 2)
        return round(turns) % 4 if abs(turns - round(turns)) < 0.05 else None


def _fragments(page: Any) -> list[Fragment]:
    """The fragments of a page, without those that stand aslant: watermarks.

    Where most text is turned by a quarter, the page is laid out as if it were turned back; what is
    turned otherwise stands in a margin and is left out.
    """
    by_turns: dict[int, list[Fragment]] = {}
    with closing(page.get_textpage()) as text_page:
        letters = _Letters(text_page)
        for line in _LINE.finditer(letters.text()):
            turns = letters.turns(line.start())
            if turns is not None:
                fragments = by_turns.setdefault(turns, [])
                words = letters.words(line[0], line.start(), turns)
                fragments += _line_fragments(letters, words, len(fragments))
    return max(by_turns.values(), key=lambda each: sum(len(f.text) for f in each), default=[])


def _line_fragments(letters: _Letters, words: Iterator[_Word], order: int) -> Iterator[Fragment]:
    """The fragments of a line: it is cut at wide gaps and where it leaves its baseline."""
    run: _Run | None = None
    for word in words:
        if run is not None and run.is_followed_by(word):
            run.add(word)
            continue
        if run is not None:
            yield run.fragment(order)
            order += 1
        run = _Run(letters, word)
    if run is not None:
        yield run.fragment(order)


class _Run:
    """Words beside each other on one baseline, of which a fragment is made."""

    def __init__(self, letters: _Letters, word: _Word) -> None:
        self._letters = letters
        self._begin(word)

    def _begin(self, word: _Word) -> None:
        self._text = word.text
        self._first, self._last = word, word
        self._size = self._letters.size(word.first)

    def is_followed_by(self, word: _Word) -> bool:
        """Whether a word stands close behind the last one, perhaps raised or lowered."""
        return (
            abs(word.baseline - self._first.baseline) < _LIFT * self._size
            and -self._size < word.left - self._last.right < _GAP * self._size
        )

    def add(self, word: _Word) -> None:
        """Add a word; marks of footnotes are left out."""
        lift = word.baseline - self._first.baseline
        if abs(lift) > _NO_LIFT * self._size:
            growth = self._letters.size(word.first) / self._size
            is_mark = lift > 0 and growth < 0.8 and word.text.isdigit()
            if is_mark and _TAKES_NOTES.search(self._text[-3:]):
                return
            if lift < 0 and growth > 1.2 and self._text.isdigit():
                self._begin(word)
                return
        self._text += f" {word.text}" if word.is_apart else word.text
        self._last = word

    def fragment(self, order: int) -> Fragment:
        """The fragment, without leaders; the number of a footnote is no part of its first word."""
        text = self._text
        if not text.isascii():
            text = _UMLAUT.sub(_umlaut, _HYPHENS.sub("-", text).translate(_LIGATURES))
            if _SURROGATE.search(text):
                text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = _NOTE_NUMBER.sub(" ", _LEADERS.sub(" ", text).rstrip())
        font = self._letters.font(self._first.first)
        return Fragment(
            text,
            self._first.left,
            self._last.right,
            self._first.baseline,
            self._first.baseline + self._size,
            order,
            font if font == self._letters.font(self._last.last) else b"",
        )


def _umlaut(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[1] + "\u0308")

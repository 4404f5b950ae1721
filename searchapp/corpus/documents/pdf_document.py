"""Reads PDF files (.pdf) that have a text: one article a file, with its pages."""

from __future__ import annotations

import ctypes
import dataclasses
import io
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO, NamedTuple, cast

import pypdfium2
import pypdfium2.raw as pdfium

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
from searchapp.corpus.encoding import MAX_RECORD_BYTES
from searchapp.corpus.files import DAMAGED_FILE_ERRORS, ArticleFile
from searchapp.corpus.paragraphs import split_paragraphs
from searchapp.corpus.records import article_from_record
from searchapp.german.text_cleaner import clean_line, clean_text
from searchapp.model import Article

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

_LINE_ENDS = frozenset((0x0A, 0x0D))
_BLANKS = frozenset((0x20, 0xA0, 0x09, 0x00))

_HYPHENS = frozenset((0x02, 0xFFFE, 0xAD, 0x2010))
"""What pdfium and typesetters write for the hyphen of a word that is broken at a line end."""

_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_HEADER_BYTES = 1024
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
_OCR = "run an OCR such as OCRmyPDF"


def read_pdf(file: ArticleFile) -> Iterator[Article]:
    """The one article of a PDF file.

    Title, author, date and tags are those of its properties, if these are sensible; else the title
    is the largest text on the first page.
    """
    try:
        with file.open() as stream:
            article = _read(file, cast(BinaryIO, stream))
    except DAMAGED_FILE_ERRORS as cause:
        file.error_from(cause)
        return
    if article is not None:
        yield article


def _read(file: ArticleFile, stream: BinaryIO) -> Article | None:
    source = _seekable(file, stream)
    if source is None:
        return None
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as cause:
        if getattr(cause, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            file.error("is encrypted with a password", "save it without one, or take it out")
        elif getattr(cause, "err_code", None) == pdfium.FPDF_ERR_SECURITY:
            file.error("is encrypted in a way that is not known", "save it without, or take it out")
        else:
            file.error("is damaged or no PDF", "make it anew, or mend it with a PDF tool")
        return None
    with closing(document):
        pages = _pages(file, document)
        properties = document.get_metadata_dict(skip_empty=True)
    return _article(file, pages, properties) if pages is not None else None


def _seekable(file: ArticleFile, stream: BinaryIO) -> BinaryIO | None:
    """The stream, or for a packed file its bytes; None after reporting why there are none."""
    head = stream.read(_HEADER_BYTES)
    if not head:
        file.error("is empty", "take it out")
        return None
    if b"%PDF-" not in head:
        file.error("is no PDF", "name it after what it is, or take it out")
        return None
    if isinstance(stream, io.BufferedReader):
        stream.seek(0)
        return stream
    unpacked = head + stream.read(MAX_RECORD_BYTES + 1)
    if len(unpacked) > MAX_RECORD_BYTES:
        file.error(f"is larger than {MAX_RECORD_BYTES // 2**20} MB", "unpack it")
        return None
    return io.BytesIO(unpacked)


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
            file.warn(f"page {number + 1} is damaged", "is left out; make the file anew")
            fragments = []
        pages.append(fragments)
        chars += sum(len(each.text) for each in fragments)
        unreadable += sum(len(_UNREADABLE.findall(each.text)) for each in fragments)
        if chars > MAX_CHARS:
            break
    if len(pages) < page_count:
        file.warn(
            f"is too long: only {len(pages)} of its {page_count} pages are read",
            "cut it into several files",
        )
    pages = without_running_lines(pages)
    if not any(pages):
        if pictures:
            file.error("holds no text, only images", f"{_OCR}, which adds a text to them")
        else:
            file.error("holds no text", "take it out, or make it anew with its text")
        return None
    if unreadable > _UNREADABLE_SHARE * chars:
        what = "holds letters that cannot be read (its fonts do not say which they are)"
        file.error(what, f"{_OCR} with --force-ocr")
        return None
    if pictures:
        shown = ", ".join(map(str, pictures[:10])) + (", …" if len(pictures) > 10 else "")
        which = f"page {shown} holds" if len(pictures) == 1 else f"pages {shown} hold"
        file.warn(f"{which} no text, only images", f"{_OCR}, if there is text on them")
    return pages


def _has_picture(page: Any) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _article(
    file: ArticleFile, pages: Sequence[Sequence[Fragment]], properties: dict[str, str]
) -> Article | None:
    laid_out = [page_paragraphs(page) for page in pages]
    printed_title = _take_title(laid_out[0]) if laid_out else ""
    title = sensible_title(properties.get("Title"), file_stem=file.path.stem)
    if printed_title and title and _letters(title) != _letters(printed_title):
        laid_out[0].insert(0, Paragraph(printed_title, 0.0, is_open=False))
    paragraphs, starts = join_pages(laid_out)
    body, page_starts = _body(paragraphs, starts)
    record = {
        "title": title or printed_title,
        "author": sensible_authors(properties.get("Author")),
        "date": _day(properties.get("CreationDate")) or _day(properties.get("ModDate")),
        "tags": properties.get("Keywords", ""),
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
    first = next(i for i, each in enumerate(paragraphs) if each in worded and each.size == largest)
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


def _day(stamp: str | None) -> str | None:
    """The day of a PDF date, "D:20240305101500+01'00'" (ISO 32000-1, 7.9.4), or None."""
    match = _DATE.match(stamp or "")
    return sensible_day("-".join(match.groups())) if match else None


class _Letter(NamedTuple):
    """A letter of a page and its place, in points, as if its text stood upright."""

    code: int
    left: float
    right: float
    baseline: float


class _Letters:
    """The letters of a page, asked for one by one: pypdfium2 has no call for all of them."""

    def __init__(self, text_page: Any) -> None:
        self._raw = text_page.raw
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._origin = (ctypes.byref(self._x), ctypes.byref(self._y))
        self._box = pdfium.FS_RECTF()
        self._box_reference = ctypes.byref(self._box)

    def lines(self) -> Iterator[list[int]]:
        """The numbers of the letters between two line ends, in the order of the file."""
        line: list[int] = []
        for index in range(min(pdfium.FPDFText_CountChars(self._raw), _MAX_CHARS_OF_PAGE)):
            if pdfium.FPDFText_GetUnicode(self._raw, index) in _LINE_ENDS:
                yield line
                line = []
            else:
                line.append(index)
        yield line

    def letter(self, index: int, turns: int) -> _Letter:
        """A letter on a page that is turned back by so many quarters."""
        code = pdfium.FPDFText_GetUnicode(self._raw, index)
        pdfium.FPDFText_GetCharOrigin(self._raw, index, *self._origin)
        pdfium.FPDFText_GetLooseCharBox(self._raw, index, self._box_reference)
        box = self._box
        match turns:
            case 0:
                return _Letter(code, box.left, box.right, self._y.value)
            case 1:
                return _Letter(code, -box.top, -box.bottom, self._x.value)
            case 2:
                return _Letter(code, -box.right, -box.left, -self._y.value)
        return _Letter(code, box.bottom, box.top, -self._x.value)

    def size(self, index: int) -> float:
        """The size of the font as it is printed, in points."""
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._raw, index, ctypes.byref(matrix))
        scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c)) or 1.0
        return float(pdfium.FPDFText_GetFontSize(self._raw, index)) * scale

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
        for line in letters.lines():
            turns = letters.turns(line[0]) if line else None
            if turns is not None:
                fragments = by_turns.setdefault(turns, [])
                fragments += _line_fragments(letters, line, turns, len(fragments))
    return max(by_turns.values(), key=lambda each: sum(len(f.text) for f in each), default=[])


def _line_fragments(
    letters: _Letters, line: list[int], turns: int, order: int
) -> Iterator[Fragment]:
    """The fragments of a line: it is cut at wide gaps and where it leaves its baseline."""
    text: list[str] = []
    left = right = baseline = size = 0.0
    for index in line:
        letter = letters.letter(index, turns)
        if letter.code in _BLANKS:
            text += " " if text else ""
            continue
        char = "-" if letter.code in _HYPHENS else _character(letter.code)
        lift = letter.baseline - baseline
        if text and abs(lift) < _LIFT * size and -size < letter.left - right < _GAP * size:
            if (
                lift > _NO_LIFT * size
                and char.isdigit()
                and letters.size(index) < 0.8 * size
                and _TAKES_NOTES.search("".join(text[-3:]))
            ):
                continue
            if lift < -_NO_LIFT * size and letters.size(index) > 1.2 * size and _is_number(text):
                # The mark at the beginning of a footnote.
                text, left, baseline = [], letter.left, letter.baseline
                size = letters.size(index)
            text.append(char)
            right = max(right, letter.right)
            continue
        if text:
            yield Fragment(_line_text(text), left, right, baseline, baseline + size, order)
            order += 1
        text, left, right, baseline = [char], letter.left, letter.right, letter.baseline
        size = letters.size(index)
    if text:
        yield Fragment(_line_text(text), left, right, baseline, baseline + size, order)


def _line_text(chars: Sequence[str]) -> str:
    """The text of letters; the number of a footnote is no part of its first word."""
    return _NOTE_NUMBER.sub(" ", "".join(chars).rstrip())


def _is_number(text: Sequence[str]) -> bool:
    return all(map(str.isdigit, text))


def _character(code: int) -> str:
    return chr(code) if code <= sys.maxunicode else "\ufffd"

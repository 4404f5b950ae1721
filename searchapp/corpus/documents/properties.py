"""Which titles, authors and dates in the properties of a document are worth having.

Programs fill them in unasked: with the name of a file, of a template or of themselves, or with the
login name of whoever set the machine up.
"""

from __future__ import annotations

import datetime as dt
import re

from searchapp.dates import parse_day
from searchapp.german.text_cleaner import clean_line

_MADE_BY_PROGRAM = re.compile(
    r"microsoft (?:office )?(?:word|powerpoint|excel|publisher)\s*[-–]\s*", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"\(?(?:untitled|unbenannt|unknown(?: title)?|unbekannt|anonymous"
    r"|ohne titel|kein titel|no title|titel|title"
    r"|word[- ]dokument|word document|powerpoint[- ]präsentation|powerpoint presentation|none|null"
    r"|neues? dokument|new document|blank page|about:blank|print|druck|scan|cover|template|vorlage"
    r"|(?:dokument|document|doc|präsentation|presentation|mappe|folie|slide|seite|page|unbenannt"
    r"|untitled|layout|scan|img|image)[-_ ]?\d*)\)?",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r".*\.(?:docx?|dotx?|odt|ott|fodt|rtf|pdf|indd|qxp|qxd|pmd|p65|tex|dvi|ps|eps|ai|cdr|pub|pages"
    r"|xlsx?|ods|pptx?|odp|html?|txt|md|tiff?|jpe?g|png|wpd|sxw)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?|file|ftp)://|[a-z]:\\|localhost\b|www\.", re.IGNORECASE)
_ONE_WORD_OF_A_FILE = re.compile(r"\S*[_\d]\S*")
_NO_AUTHOR = re.compile(
    r"\(?(?:user|users?\d*|benutzer\w*|anwender|admin\w*|root|owner|besitzer"
    r"|unknown(?: author)?|unbekannt|anonymous|anonym|author|autor|guest|gast|pc"
    r"|client|default|standard|test|none|null|scanner"
    r"|python-docx|openpyxl|libreoffice|openoffice(?:\.org)?|calibre.*|microsoft.*|windows\w*"
    r"|office\w*|apache\w*|adobe.*|acrobat.*|pandoc|writer|reportlab.*|unspecified|.*@.*)\)?",
    re.IGNORECASE,
)
_EARLIEST = dt.date(1985, 1, 1)
"""Older dates are those of clocks that were never set (1970, 1980, 1904, 1601)."""


def sensible_title(title: str | None, *, file_stem: str = "") -> str:
    """A title from a document's properties; "" if it is no title of a text.

    file_stem: the name of the file without suffix, which some programs take for the title.
    """
    line = _MADE_BY_PROGRAM.sub("", clean_line(title or ""), count=1)
    if (
        sum(map(str.isalpha, line)) < 3
        or _NO_TITLE.fullmatch(line)
        or _FILE_NAME.fullmatch(line)
        or _ADDRESS.match(line)
        or _ONE_WORD_OF_A_FILE.fullmatch(line)
        or (line.casefold() == file_stem.casefold() and " " not in line)
    ):
        return ""
    return line


def sensible_authors(author: str | None) -> list[str]:
    """The authors in a document's properties, without login names, defaults and programs.

    Office programs put a semicolon between several.
    """
    names = [clean_line(name) for name in (author or "").split(";")]
    return [
        name
        for name in names
        if sum(map(str.isalpha, name)) >= 2
        and not _NO_AUTHOR.fullmatch(name)
        and not _FILE_NAME.fullmatch(name)
    ]


def sensible_day(stamp: str | None) -> str | None:
    """The day of a time in a document's properties, in ISO form.

    None for times of which no clock was right: before there were such documents, or to come.
    """
    date = parse_day(stamp or "")
    if date is None or not _EARLIEST <= date <= dt.date.today() + dt.timedelta(days=1):
        return None
    return date.isoformat()

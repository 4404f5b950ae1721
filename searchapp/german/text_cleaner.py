"""Cleans the text of articles and queries; the result is what is stored, indexed and shown.

An article is cleaned once, when it is read, so that offsets into the indexed text are offsets into
the stored text. Both functions are idempotent, never raise, and take time linear in the length of
any text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from html.entities import html5

MAX_MARK_RUN = 30
"""Combining marks in a row that are kept, as in Unicode's Stream-Safe Text Format (UAX #15):
putting them in canonical order takes quadratic time, and "Zalgo" text has thousands."""

_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e"  # soft hyphen, grapheme joiner, Arabic and Mongolian marks
    "\u200b-\u200f\u202a-\u202e"  # zero-width characters, direction marks and overrides
    "\u2060-\u206f\ufeff\ufff9-\ufffb"  # word joiner, isolates, byte order mark, annotations
    "\U000e0000-\U000e007f"  # language tags
    "\ud800-\udfff"  # lone surrogates: not characters, and no encoder accepts them
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are not white space
)
_ODD_SPACE = "\t\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_ODD_HYPHEN = "\u2010\u2011"
_ODD_NEWLINE = "\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"

_ODD = re.compile(f"[{_INVISIBLE}{_ODD_SPACE}{_ODD_HYPHEN}{_ODD_NEWLINE}]")
_REPLACEMENTS = (
    # A word that a program broke at a soft hyphen.
    (re.compile("\u00ad[ \t\u00a0]*(?:\r\n|[\n\r])[ \t\u00a0]*"), ""),
    (re.compile(f"[{_INVISIBLE}]+"), ""),
    (re.compile(f"[{_ODD_SPACE}]"), " "),
    (re.compile(f"[{_ODD_HYPHEN}]"), "-"),
    (re.compile(f"\r\n|[{_ODD_NEWLINE}]"), "\n"),
)

_PLAIN = re.compile("(?:[!-%'-~\u00a1-\u00ac\u00ae-\u02ff\u2012-\u2027]++ ?)*+")
"""Matches nearly all titles, names and short texts, in which there is nothing to clean unless they
end with a blank: no odd characters, no marks and no references."""

# No mark stands before U+0300. Looking for so many in a row takes a fifth of what follows.
_FAR_RUN = re.compile(f"[^\x00-\u02ff]{{{MAX_MARK_RUN + 1}}}")
# Combining marks are neither word characters nor white space, and that class is quick to scan.
_MAYBE_MARKS = re.compile(rf"[^\w\s!-~]{{{MAX_MARK_RUN + 1},}}")

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]*;))")
_LONGEST_REFERENCE = max(map(len, html5)) + len("&")

_BLANKS = re.compile(" {2,}")
_EMPTY_LINES = re.compile("\n{3,}")


def clean_text(text: str) -> str:
    """Clean a text of paragraphs.

    Character references (`&uuml;`, `&#8222;`, also escaped twice) become their characters:
    `&lt;b&gt;` is the text "<b>", which pages have to escape. Soft hyphens, zero-width and
    direction characters, controls and lone surrogates go, and line ends after a soft hyphen; odd
    spaces become blanks, U+2010 and U+2011 hyphens; the rest is NFC. Lines end with
    "\\n" and have no blanks around them, blanks do not repeat, and at most one empty line stands
    between paragraphs.
    """
    if _PLAIN.fullmatch(text) and not text.endswith(" "):
        return text
    text = _normalized(text)
    if "&" in text and ";" in text:
        text = _normalized(_unescaped(text))
    # Looking for a text takes a fifth of the time of a pattern.
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    text = "\n".join([line.strip(" ") for line in text.split("\n")])
    if "\n\n\n" in text:
        text = _EMPTY_LINES.sub("\n\n", text)
    return text.strip("\n")


def clean_line(text: str) -> str:
    """Clean a title, tag or other line: like `clean_text`, with blanks for line breaks."""
    cleaned = clean_text(text)
    # What was left as it is has neither line breaks nor two blanks in a row.
    return cleaned if cleaned is text else " ".join(cleaned.split())


def _normalized(text: str) -> str:
    """The text in NFC, with odd characters removed or replaced and runs of marks bounded."""
    if _ODD.search(text):
        for pattern, replacement in _REPLACEMENTS:
            text = pattern.sub(replacement, text)
    if text.isascii():
        return text
    text = _with_bounded_marks(text)
    if not unicodedata.is_normalized("NFC", text):
        # NFC may take a mark apart into two, hence the second bound.
        text = _with_bounded_marks(unicodedata.normalize("NFC", text))
    return text


def _with_bounded_marks(text: str) -> str:
    return _MAYBE_MARKS.sub(_bounded_marks, text) if _FAR_RUN.search(text) else text


def _bounded_marks(match: re.Match[str]) -> str:
    """The matched run without the marks that follow MAX_MARK_RUN others."""
    kept: list[str] = []
    run_length = 0
    for char in match[0]:
        run_length = run_length + 1 if unicodedata.category(char)[0] == "M" else 0
        if run_length <= MAX_MARK_RUN:
            kept.append(char)
    return "".join(kept)


def _unescaped(text: str) -> str:
    """Replace character references until none is left, in one pass.

    A reference ends with ";" and may result from the replacement of another one (`&amp;lt;`).
    Therefore, whenever a ";" is written, what was written before it is looked at.
    """
    *closed, rest = text.split(";")
    written: list[str] = []  # characters
    for piece in closed:
        written += piece
        written.append(";")
        while written and written[-1] == ";":
            tail = "".join(written[-_LONGEST_REFERENCE:])
            start = tail.rfind("&")
            character = _referenced(tail[start:]) if start >= 0 else None
            if character is None:
                break
            del written[start - len(tail) :]
            written += character
    written += rest
    return "".join(written)


def _referenced(reference: str) -> str | None:
    """The normalized character of a reference "&…;"; None if the string is no reference."""
    match = _REFERENCE.fullmatch(reference)
    if match is None or (match[1] and match[1] not in html5):
        return None
    return _normalized(html.unescape(reference))

"""Articles as BibTeX entries, which LaTeX and reference managers read.

The format has no escapes of its own: it counts braces, whatever stands before them. So no brace
of a value stays, and what remains means nothing to TeX.
https://www.bibtex.org/Format/
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable

from searchapp.result_json import ArticleFields

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NO_KEY = re.compile("[^A-Za-z0-9]+")
_LIKE_MADE = re.compile("a-[0-9]")
"""How the key of an id begins that has no letter first."""
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "#$%&_"},
    }
)
_URL = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "{}\\"})
"""In an address every other sign stands as it is."""


def bibtex_entries(records: Iterable[ArticleFields]) -> str:
    """An entry for each article, with today as the day of retrieval."""
    return "".join(map(_entry, records))


def bibtex_key(article_id: str) -> str:
    """A name that no other article has, of small letters, digits and "-".

    Small ones, as keys that differ in nothing but case are one for BibTeX.
    """
    key = _NO_KEY.sub("-", article_id).lower()
    if key != article_id or _LIKE_MADE.match(key):
        key = f"{key.strip('-')}-{hashlib.sha256(article_id.encode()).hexdigest()[:8]}"
    return key if key[:1].isalpha() else f"a-{key.removeprefix('-')}"


def _entry(record: ArticleFields) -> str:
    day = dt.date.fromisoformat(record["date"]) if record["date"] else None
    fields = [
        # Braces in braces keep the capitals of German nouns.
        ("title", f"{{{_text(record['title'])}}}"),
        ("author", " and ".join(map(_name, record["authors"]))),
        ("journal" if record["source"] else "", _text(record["source"] or "")),
        ("year", str(day.year) if day else ""),
        ("month", MONTHS[day.month - 1] if day else ""),
        ("day", str(day.day) if day else ""),
        ("url", _one_line(record["page_url"] or record["url"] or "").translate(_URL)),
        ("urldate", dt.date.today().isoformat()),
        ("keywords", ", ".join(_text(tag) for tag in record["tags"])),
        ("langid", "ngerman"),
    ]
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'},\n"
        for name, value in fields
        if name and value
    ]
    kind = "article" if record["source"] else "misc"
    return f"@{kind}{{{bibtex_key(record['id'])},\n{''.join(lines)}}}\n\n"


def _name(name: str) -> str:
    """A person's name as it is; what BibTeX would take apart is kept together by braces."""
    is_plain = name.count(",") <= 1 and not re.search(r"\b(and|others)\b", name, re.IGNORECASE)
    return _text(name) if is_plain else f"{{{_text(name)}}}"


def _text(text: str) -> str:
    return _one_line(text).translate(_TEX)


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

"""Reads the owner's exceptions: a text file that says how single words are to be treated.

One exception a line, under a heading that says its kind; `#` at its start or after a blank
starts a comment. Upper and lower case are the same, headings are in English or German:

    [splits]        # or [trennungen]: these words have exactly these parts
    Wachstube = Wach|stube
    Staubecken = Stau|becken

    [whole]         # or [ganz]: these words are never split
    Druckerzeugnis

    [lemmas]        # or [grundformen]: this form belongs to this dictionary form
    frug = fragen

    [synonyms]      # or [synonyme]: whoever searches the left word also finds the right ones
    LKW = Lastwagen, Lastkraftwagen

A part of a split may be followed by its base form in parentheses, if that is not simply the part
without its linking element: `Absichts(Absicht)|erklärung`. Exceptions win over everything that
was learned. They hold only for the form that they name: an inflected form needs its own line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from searchapp.errors import BadSetting
from searchapp.german.stems import MAX_FORM_CHARS, normalized
from searchapp.owner_files import read_owner_text
from searchapp.settings import variable
from searchapp.translation import N_, Message

MAX_FILE_BYTES = 4_000_000
"""A longer file is no list of exceptions, and every process would keep it in memory."""

ForcedPart = tuple[str, str]
"""(the part as it stands in the word, its base form or "" to look it up), both normalized."""


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What the owner decided about single words. All words are normalized forms.

    splits: word -> its parts, which joined give the word. whole: words that are never split.
    lemmas: form -> dictionary form. synonyms: word -> further words, searched too.
    """

    splits: dict[str, tuple[ForcedPart, ...]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    lemmas: dict[str, str] = field(default_factory=dict)
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)


NO_EXCEPTIONS = Exceptions()

_HEADINGS = {
    "splits": "splits",
    "trennungen": "splits",
    "whole": "whole",
    "ganz": "whole",
    "lemmas": "lemmas",
    "grundformen": "lemmas",
    "synonyms": "synonyms",
    "synonyme": "synonyms",
}
_COMMENT = re.compile(r"(?:^|\s)#")  # "C#" is a word.
_PART = re.compile(r"([^()|]+?)\s*(?:\(\s*([^()|]+?)\s*\))?")


def load_exceptions(path: Path) -> Exceptions:
    """Read a file of exceptions; the module's docstring shows its form.

    Raises BadSetting, naming `file:line` and the remedy, for a file that cannot be read and for
    the first line that cannot be understood or contradicts an earlier one.
    """
    text = read_owner_text(path, MAX_FILE_BYTES, named_by=variable("exceptions"))
    return read_exceptions(text.splitlines(), str(path))


def read_exceptions(lines: Iterable[str], name: str) -> Exceptions:
    """What the lines of a file say. name: of the file, for errors. Raises BadSetting."""
    splits: dict[str, tuple[ForcedPart, ...]] = {}
    lemmas: dict[str, str] = {}
    synonyms: dict[str, tuple[str, ...]] = {}
    whole: set[str] = set()
    add: dict[str, Callable[[str], None]] = {
        "splits": lambda line: _add(splits, *_split(line)),
        "whole": lambda line: whole.add(_word(line)),
        "lemmas": lambda line: _add(lemmas, *_lemma(line)),
        "synonyms": lambda line: _add(synonyms, *_synonyms(line)),
    }
    kind = ""
    for line_number, raw_line in enumerate(lines, start=1):
        line = _COMMENT.split(raw_line, maxsplit=1)[0].strip()
        if not line:
            continue
        try:
            if line.startswith("["):
                kind = _kind(line)
            elif not kind:
                raise _Fault(
                    N_("a word stands before the first heading"), N_("begin with e.g. [splits]")
                )
            else:
                add[kind](line)
            if both := whole.intersection(splits):
                raise _Fault(
                    N_('"%(min)s" is both split and never split', min=min(both)),
                    N_("keep one of the two lines"),
                )
        except _Fault as fault:
            raise BadSetting(
                fault.what, where=f"{name}:{line_number}", remedy=fault.remedy
            ) from None
    return Exceptions(splits, frozenset(whole), lemmas, synonyms)


_Value = TypeVar("_Value")


class _Fault(Exception):
    """What is wrong with one line, before its file and number are known."""

    def __init__(self, what: Message, remedy: Message) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def _kind(line: str) -> str:
    kind = _HEADINGS.get(line.strip("[] \t").lower()) if line.endswith("]") else None
    if kind is None:
        raise _Fault(
            N_('"%(line)s" is no heading', line=line),
            N_("use [splits], [whole], [lemmas] or [synonyms]"),
        )
    return kind


def _word(text: str) -> str:
    """The normalized form of one word. Raises _Fault if it is none or more than one."""
    text = text.strip()
    if not text or any(char.isspace() or char in "=|,;()[]" for char in text):
        raise _Fault(
            N_('"%(value)s" is not one word', value=text), N_("write one word without blanks")
        )
    if not any(map(str.isalnum, text)):
        raise _Fault(N_('"%(value)s" has no letter', value=text), N_("write a word"))
    if len(text) > MAX_FORM_CHARS:
        raise _Fault(
            N_('"%(value)s…" is too long', value=text[:20]),
            N_("words have at most %(max_form_chars)s characters", max_form_chars=MAX_FORM_CHARS),
        )
    return normalized(text.replace("-", ""))


def _sides(line: str, example: str) -> tuple[str, str]:
    left, equals, right = line.partition("=")
    if not equals or not right.strip():
        raise _Fault(
            N_('"%(line)s" has no two sides', line=line),
            N_("write e.g. %(example)s", example=example),
        )
    return _word(left), right


def _split(line: str) -> tuple[str, tuple[ForcedPart, ...]]:
    word, right = _sides(line, "Wachstube = Wach|stube")
    parts: list[ForcedPart] = []
    for text in right.split("|"):
        match = _PART.fullmatch(text.strip())
        if match is None:
            raise _Fault(
                N_('"%(value)s" is no part', value=text.strip()), N_("write parts as Wach|stube")
            )
        parts.append((_word(match[1]), _word(match[2]) if match[2] else ""))
    if len(parts) < 2:
        raise _Fault(
            N_('"%(value)s" has one part only', value=right.strip()),
            N_("put | between parts, or use [whole]"),
        )
    if "".join(part for part, _ in parts) != word:
        raise _Fault(
            N_('the parts "%(value)s" do not join to "%(word)s"', value=right.strip(), word=word),
            N_("write the parts as they stand in the word, e.g. Absichts|erklärung"),
        )
    return word, tuple(parts)


def _lemma(line: str) -> tuple[str, str]:
    form, right = _sides(line, "frug = fragen")
    return form, _word(right)


def _synonyms(line: str) -> tuple[str, tuple[str, ...]]:
    word, right = _sides(line, "LKW = Lastwagen, Lastkraftwagen")
    others = dict.fromkeys(_word(text) for text in right.split(","))
    others.pop(word, None)
    if not others:
        raise _Fault(N_('"%(word)s" is its own only synonym', word=word), N_("name another word"))
    return word, tuple(others)


def _add(known: dict[str, _Value], word: str, value: _Value) -> None:
    if known.setdefault(word, value) != value:
        raise _Fault(
            N_('"%(word)s" was decided differently before', word=word),
            N_("keep one of the two lines"),
        )

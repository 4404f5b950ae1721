"""What one word of a query means: a word, an exact word, a pattern, a date.

This is where plain text is told from syntax: "Mitarbeiter*innen", "Was ist Stahl?",
"https://example.de/?q=x" and "12:30" hold signs of the query language and are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from whoosh.query.positional import Phrase
from whoosh.query.qcore import Query
from whoosh.query.terms import FuzzyTerm, Prefix, Term, Wildcard

from searchapp.dates import parse_range
from searchapp.facets import FACETS
from searchapp.german.tokenizer import WORD_WITH_BLANKS
from searchapp.query.tree import DATE, TEXT, DateRange, ExactPhrase, ExactTerm, QuotedTerm

AddNote = Callable[[str, str], None]
"""Takes a kind of note and the part of the query that it is about."""

FIELD_ALIASES = {
    "titel": "title",
    "title": "title",
    "text": TEXT,
    "datum": DATE,
    "date": DATE,
    **{name: facet.name for facet in FACETS for name in facet.typed},
}
"""Field names that a reader may type, in lower case, and the fields that they mean."""

QUOTE_PAIRS = (
    ('"„“”‟＂', '"“”‟＂'),
    ("«»", "«»"),
    ("‹›", "‹›"),
    ("‚", "‘"),
)
"""Quotation marks that open, and those that close what one of them opened.

Double marks are mixed up in practice (a German keyboard, English autocorrection), so each of
them closes any other; only „ never closes.
"""

QUOTES = "".join(opening for opening, _ in QUOTE_PAIRS)

_PUNCTUATION = ".,;:!?…()[]{}<>'’‘`´/\\|^" + QUOTES
_GENDER_STAR = re.compile(
    r"(?<=[^\W\d_]{3})\*(?=in(?![^\W_])|innen)|(?<=[^\W\d_]{2}e)\*(?=[mnrs](?![^\W_]))"
)
_GENDER_ENDING = r"(?:innen[^\W\d_]*|in|e[mnrs]?|[mnrs])(?![^\W_])"
_LIKE_FIELD = re.compile(rf"(?P<name>[^\W\d_]{{2,}}):(?!//|{_GENDER_ENDING})(?P<value>.*)")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|www\.|mailto:", re.IGNORECASE)
_FUZZY = re.compile(r"(?P<word>[\w.'’-]+)~(?P<distance>[0-9]*)")
_PATTERN = re.compile(r"[\w.'’*?-]+")
# A mark right after a digit means inches, or seconds of arc.
_LONE_QUOTE = re.compile(rf"(?<![0-9])[{QUOTES}]")
_NEGATIVE_NUMBER = re.compile("-[0-9]")

SPACED_WORD = rf"{WORD_WITH_BLANKS}(?=[\s),;!?]|\.?(?:[\s)]|$))"
"""A pattern of what is one word though it has blanks: `1 000 000`, `z. B.`, `A 9`."""
_PIECE = re.compile(rf"{SPACED_WORD}|\S+")

_MIN_FUZZY_LETTERS = 3
_MIN_FIXED_LETTERS = 2
_DISTANCES = {"": 1, "1": 1, "2": 2}
_MAX_DISTANCE = 2


def is_searchable(text: str) -> bool:
    """Whether a text has a letter or a digit: without any it cannot match."""
    return _letter_count(text) > 0


def surface(raw: str) -> str:
    """A searchable run of characters without the punctuation around it: "Stahl," is Stahl.

    The parenthesis of Lehrer(innen) stays.
    """
    if " " in raw:
        return raw
    word = raw.strip(_PUNCTUATION + "*~=")
    closed = f"{word})"
    return closed if "(" in word and closed in raw else word


def read_phrase(field: str, text: str, *, start: int, exact: bool, add_note: AddNote) -> Query:
    """The query that the searchable text between quotation marks means; one word is no phrase.

    field: one of FIELDS. start: offset of the text in the query.
    add_note: called for what is read as plain text against its look.
    """
    if field == DATE:
        return _read_date(text, text, start, add_note)
    pieces = [each for each in _PIECE.finditer(text) if is_searchable(each[0])]
    for piece in pieces:
        if _read_pattern(field, piece[0], _told_already):
            add_note("wildcard_in_phrase", piece[0])
    if len(pieces) == 1:
        kind = ExactTerm if exact else QuotedTerm
        return _term(kind, field, pieces[0][0], start + pieces[0].start())
    words = [surface(each[0]) for each in pieces]
    firsts = [
        start + piece.start() + piece[0].index(word)
        for piece, word in zip(pieces, words, strict=True)
    ]
    spans = [(first, first + len(word)) for first, word in zip(firsts, words, strict=True)]
    return (ExactPhrase if exact else Phrase)(field, words, char_ranges=spans)


def _told_already(_kind: str, _subject: str) -> None:
    """An AddNote for what another note is about."""


def read_word(field: str, raw: str, *, start: int, value_follows: bool, add_note: AddNote) -> Query:
    """The query that a searchable run of characters means; it has a space if it is a SPACED_WORD.

    field: one of FIELDS. start: offset of the run in the query.
    value_follows: a quotation mark or parenthesis comes directly after it, as in `foo:"x y"`.
    add_note: called for what is read as plain text against its look.
    """
    if field == DATE:
        return _read_date(raw.rstrip(",;:!?"), raw, start, add_note)
    if _URL.match(raw):
        return _term(Term, field, raw, start)
    if _LONE_QUOTE.search(raw):
        add_note("unbalanced_quote", raw)
    return (
        _read_fuzzy(field, raw, add_note)
        or _read_pattern(field, raw, add_note)
        or _read_plain(field, raw, start, value_follows, add_note)
    )


def _term(kind: type[Term], field: str, raw: str, start: int) -> Term:
    """The word in a run of characters that begins at `start`, with its place in the query."""
    word = surface(raw)
    first = start + raw.index(word)
    term: Any = kind(field, word)  # Whoosh's queries have these two, but types them as None.
    term.startchar, term.endchar = first, first + len(word)
    located: Term = term
    return located


def _read_date(text: str, raw: str, start: int, add_note: AddNote) -> Query:
    # The full stop may end a sentence, or be a part of "2023..".
    days = parse_range(text) or parse_range(text.removesuffix("."))
    if days:
        return DateRange(*days)
    add_note("bad_date", raw)
    return read_phrase(TEXT, raw, start=start, exact=False, add_note=_told_already)


def _read_fuzzy(field: str, raw: str, add_note: AddNote) -> Query | None:
    body = raw.strip(_PUNCTUATION + "=")
    if "~" not in body.lstrip("~"):
        return None
    match = _FUZZY.fullmatch(body)
    if not match or _letter_count(match["word"]) < _MIN_FUZZY_LETTERS:
        add_note("fuzzy_as_text", raw)
        return None
    distance = _DISTANCES.get(match["distance"])
    if distance is None:
        add_note("fuzzy_clamped", raw)
        distance = _MAX_DISTANCE
    # The first letter must be right: else every word of the index would be a candidate.
    return FuzzyTerm(field, match["word"], maxdist=distance, prefixlength=1)


def _read_pattern(field: str, raw: str, add_note: AddNote) -> Query | None:
    # At the end, a question mark ends a question.
    body = raw.rstrip(_PUNCTUATION).lstrip(_PUNCTUATION.replace("?", "") + "=")
    pattern = re.sub(r"\*+", "*", _GENDER_STAR.sub("", body))
    if "*" not in pattern and "?" not in pattern:
        return None
    if not _PATTERN.fullmatch(pattern) or _letter_count(pattern) < _MIN_FIXED_LETTERS:
        add_note("wildcard_as_text", raw)
        return None
    start = pattern.removesuffix("*")
    if "*" in start or "?" in start:
        return Wildcard(field, pattern)
    return Prefix(field, start)


def _read_plain(field: str, raw: str, start: int, value_follows: bool, add_note: AddNote) -> Query:
    if match := _LIKE_FIELD.match(raw):
        if match["name"].lower() in FIELD_ALIASES:
            add_note("field_without_value", raw)
        elif value_follows or is_searchable(match["value"]):
            add_note("unknown_field", raw)
    if _NEGATIVE_NUMBER.match(raw):
        add_note("minus_number", raw)
    exact = raw[0] == "=" and raw[1].isalnum()
    return _term(ExactTerm if exact else Term, field, raw, start)


def _letter_count(text: str) -> int:
    return sum(map(str.isalnum, text))

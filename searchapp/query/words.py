"""What one word of a query means: a word, an exact word, a pattern, a date.

This is where plain text is told from syntax: "Mitarbeiter*innen", "Was ist Stahl?",
"https://example.de/?q=x" and "12:30" hold signs of the query language and are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from whoosh.query.positional import Phrase
from whoosh.query.qcore import Query
from whoosh.query.terms import FuzzyTerm, Term

from searchapp.dates import parse_range
from searchapp.facets import FACETS
from searchapp.german.suspended_hyphens import Fragment
from searchapp.german.tokenizer import WORD_WITH_BLANKS
from searchapp.query.patterns import has_signs, pattern_of, pattern_query
from searchapp.query.tree import (
    DATE,
    TEXT,
    DateRange,
    ExactPhrase,
    ExactTerm,
    FragmentTerm,
    QuotedTerm,
)

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
_BEFORE_PATTERN = _PUNCTUATION.replace("?", "") + "="
_GENDER_ENDING = r"(?:innen[^\W\d_]*|in|e[mnrs]?|[mnrs])(?![^\W_])"
_LIKE_FIELD = re.compile(rf"(?P<name>[^\W\d_]{{2,}}):(?!//|{_GENDER_ENDING})(?P<value>.*)")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|www\.|mailto:", re.IGNORECASE)
_FUZZY = re.compile(r"(?P<word>[\w.'’-]+)~(?P<distance>[0-9]*)")
# A mark right after a digit means inches, or seconds of arc.
_LONE_QUOTE = re.compile(rf"(?<![0-9])[{QUOTES}]")
_NEGATIVE_NUMBER = re.compile("-[0-9]")

SPACED_WORD = rf"{WORD_WITH_BLANKS}(?=[\s),;!?]|\.?(?:[\s)]|$))"
"""A pattern of what is one word though it has blanks: `1 000 000`, `z. B.`, `A 9`."""
_PIECE = re.compile(rf"{SPACED_WORD}|\S+")

_MIN_FUZZY_LETTERS = 3
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
    pieces = list(_PIECE.finditer(text))
    places = [place for piece in pieces for place in _phrase_words(piece, add_note)]
    if len(places) > 1:
        spans = [(start + first, start + first + len(word)) for word, first in places]
        words = [word for word, _ in places]
        return (ExactPhrase if exact else Phrase)(field, words, char_ranges=spans)
    ((word, first),) = places
    if pattern := pattern_of(word):
        return pattern_query(field, pattern)
    return _located(ExactTerm if exact else QuotedTerm, field, word, start + first)


def _phrase_words(piece: re.Match[str], add_note: AddNote) -> Iterator[tuple[str, int]]:
    """The searchable words in a piece of a phrase, each with its offset.

    A piece is one word, but for a pattern with hyphens: any word of "EU-Kommiss*" is one in the
    texts, too, and may be a pattern.
    """
    raw = piece[0]
    body, is_url = raw.rstrip(_PUNCTUATION + "~").lstrip(_BEFORE_PATTERN + "~"), _URL.match(raw)
    typed = body if pattern_of(body) and not is_url else surface(raw)
    words = typed.split("-") if pattern_of(typed) else [typed]
    if not is_url and any(has_signs(each) and not pattern_of(each) for each in (body, *words)):
        add_note("wildcard_as_text", raw)
    behind = 0
    for word in words:
        word = word if pattern_of(word) else surface(word)
        if is_searchable(word):
            behind = raw.index(word, behind) + len(word)
            yield word, piece.start() + behind - len(word)


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
    return _located(kind, field, word, start + raw.index(word))


def _located(kind: type[Term], field: str, word: str, first: int) -> Term:
    """A word with its place in the query."""
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
    plain = re.sub("[*?]", " ", raw)
    return read_phrase(TEXT, plain, start=start, exact=False, add_note=add_note)


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
    body = raw.rstrip(_PUNCTUATION).lstrip(_BEFORE_PATTERN)
    if pattern := pattern_of(body):
        return pattern_query(field, pattern)
    if has_signs(body):
        add_note("wildcard_as_text", raw)
    return None


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


def as_fragment(query: Query, fragments: Mapping[int, Fragment]) -> Query:
    """A plain word of a query as a FragmentTerm, if it is one of some fragments.

    fragments: by the place of their hyphen in the query.
    """
    if type(query) is not Term:
        return query
    word: Any = query
    for hyphen, is_end in ((word.startchar, True), (word.endchar - 1, False)):
        fragment = fragments.get(hyphen)
        if fragment is not None and fragment.is_end is is_end:
            term: Any = FragmentTerm(word.fieldname, word.text, fragment.full, is_end=is_end)
            term.startchar, term.endchar = word.startchar, word.endchar
            located: Query = term
            return located
    return query


def _letter_count(text: str) -> int:
    return sum(map(str.isalnum, text))

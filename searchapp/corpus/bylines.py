"""The authors whom a byline names: "Von Eva Kern und Jan Holz" names two.

A semicolon always stands between two authors. Any other separator may as well be a part of one
("Müller, Hans", "Ministerium für Arbeit und Soziales", "Eva Kern, New York"), and cuts only where
everything beside it is beyond doubt the name of a person, or of a news agency.
"""

from __future__ import annotations

import re
from enum import IntEnum

from searchapp.corpus.given_names import GIVEN_NAMES

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|„[^„“”]*[“”]|«[^«»]*»|»[^«»]*«")
"""In brackets and quotation marks nothing is cut: "Eva Kern (SPD; zugeschaltet)"."""
_SEMICOLON = re.compile(";")
_SEPARATOR = re.compile(
    r"(?P<comma>,)\s*(?:(?:und|sowie|and)(?!\S))?|[|/+&•·\n]|(?<!\S)(?:und|u\.|sowie|and)(?!\S)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:eine?\s+\w+\s+)?(?:von|by)\s+|(?:text|autor|autorin|autoren|author|authors):\s*",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:Dr|Prof|Dipl|Mag|PD|Univ|Lic|Sir)\b[\w.-]*|(?:Ing|jur|med|phil|rer|nat)\.")
_WORD = re.compile(r"(?:[dDO]['’])?[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_INITIAL = re.compile(r"[^\W\d_]{1,2}\.(?:-?[^\W\d_]{1,2}\.)*")
_AFFIXES = frozenset(
    "von vom van in der den dem de del di da dos du la le ten ter zu zum zur ibn al".split()
)
"""Small words inside of a name."""
_ADJECTIVE_ENDINGS = ("e", "er", "es", "en")
_BEFORE_A_PLACE = frozenset("Bad Buenos Hong Kuala Las Los New Rio San Sankt Santa Tel".split())
_AGENCIES = frozenset("afp ap apa dapd ddp dpa epd kna ots reuters sda sid".split())
_NO_PERSON = re.compile(
    r"(?:redaktion|agentur|dienst|ministerium|amt|verwaltung|behörde|verband|verein|bund|stiftung"
    r"|institut|universität|hochschule|schule|akademie|zeitung|blatt|magazin|verlag|rundfunk|sender"
    r"|fernsehen|radio|presse|stelle|ressort|team|büro|zentrum|zentrale|kammer|gesellschaft|partei"
    r"|fraktion|ausschuss|kommission|gewerkschaft|polizei|feuerwehr|gemeinde|kirche|stadt|werke"
    r"|landkreis|initiative|netzwerk|forum|archiv|museum|gmbh|ag|kg|ev|group|media|news|online"
    r"|university|institute|society|foundation|college|nachrichten|rundschau|union|allianz|haus)"
)

MAX_WORDS = 6
"""Of a person's name, with titles taken off."""


class _Kind(IntEnum):
    """What stands between two separators."""

    OTHER = 0
    MAYBE_PERSON = 1
    AGENCY = 2
    PERSON = 3


def split_byline(text: str) -> list[str]:
    """The authors whom a text names, in order, not yet cleaned.

    A "Von" before a person is taken off. What has no sure separator is one author.
    """
    authors = []
    for piece in _parts(text, _SEMICOLON):
        authors += _persons(piece) or [piece]
    return authors


def _persons(text: str) -> list[str]:
    """The persons and agencies of a text that lists nothing else, or that is "Von" and a person."""
    opening = _OPENING.match(text)
    if not opening and not _SEPARATOR.search(text):
        return []
    named = text[opening.end() :] if opening else text
    parts = _parts(named, _SEPARATOR)
    if len(parts) == 1 and not opening:
        return []  # All separators are in brackets or quotation marks.
    kinds = [_kind(part) for part in parts]
    doubtful = kinds.count(_Kind.MAYBE_PERSON)
    # "Eva Kern, Sao Paulo" looks like two persons; with three or more, it is a list.
    most = 1 if len(parts) > 2 else 0
    has_comma = any(match["comma"] for match in _SEPARATOR.finditer(_masked(named)))
    is_sure = _Kind.OTHER not in kinds and _Kind.PERSON in kinds
    return parts if is_sure and (not has_comma or doubtful <= most) else []


def _kind(text: str) -> _Kind:
    if text.lower() in _AGENCIES:
        return _Kind.AGENCY
    words = _ASIDE.sub(" ", text).split()
    while words and _TITLE.fullmatch(words[0]):
        del words[0]
    if not 2 <= len(words) <= MAX_WORDS or not all(map(_is_of_name, words)):
        return _Kind.OTHER
    first, *_, last = words
    if first in _AFFIXES or not _is_capitalized(last):
        return _Kind.OTHER
    pieces = [piece for word in words for piece in word.lower().split("-")]
    if any(map(_NO_PERSON.fullmatch, pieces)):
        return _Kind.OTHER
    given = first.split("-")[0]
    if _INITIAL.fullmatch(first) or given in GIVEN_NAMES or given.capitalize() in GIVEN_NAMES:
        return _Kind.PERSON
    is_office_or_place = (
        given in _BEFORE_A_PLACE
        or given.endswith(_ADJECTIVE_ENDINGS)
        or any(re.search(_NO_PERSON.pattern + r"\Z", piece) for piece in pieces)
    )
    return _Kind.OTHER if is_office_or_place else _Kind.MAYBE_PERSON


def _is_of_name(word: str) -> bool:
    return word in _AFFIXES or bool(_INITIAL.fullmatch(word)) or _is_capitalized(word)


def _is_capitalized(word: str) -> bool:
    return bool(_WORD.fullmatch(word)) and (word[0].isupper() or word.startswith(("d'", "d’")))


def _parts(text: str, separator: re.Pattern[str]) -> list[str]:
    """What stands between the separators of a text, outside of brackets and quotation marks."""
    parts, start = [], 0
    for match in separator.finditer(_masked(text)):
        parts.append(text[start : match.start()])
        start = match.end()
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _masked(text: str) -> str:
    """The text with a "_" for each character in brackets and quotation marks."""
    return _ASIDE.sub(lambda match: "_" * len(match[0]), text)

"""Completes suspended hyphens: "Ein- und Ausfuhr" holds "Einfuhr", "Weinbau und -lese" "Weinlese".

A fragment is completed by a piece of the full word that it is coordinated with. Which piece, the
dictionary tells: the longest that makes a known word with the fragment ("Vor-" and "teile" of
"Nachteile"). If there is none, the full word is cut between its own parts ("Kohle-" and
"kraftwerke" of "Gaskraftwerke"). A fragment for which nothing fits stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchapp.german.lexicon import Lexicon
from searchapp.german.stems import normalized

MAX_REMEMBERED_FRAGMENTS = 50_000
"""Number of fragments whose completion is remembered, in about 15 MB."""

FIRST_CHARS_BEFORE = 120
"""Characters before a fragment in which its full word must begin, if the full word comes first."""
LAST_CHARS_BEHIND = 400
"""Characters behind a fragment in which its full word ends, but in the longest rows."""

_MAX_ROW = 6
_MIN_PIECE_CHARS = 3
_MIN_SURE_CHARS = 5
"""A shorter piece must be a word itself, as "fahrt" and "tag" are: others fit by chance."""
_MAX_FULL_CHARS = 60

_WORD = r"[^\W_]++(?:-[^\W_]++)*+"
_AND = (
    r"(?:und/oder|und auch|oder auch|wie auch|als auch|aber auch|sondern auch"
    r"|und|oder|bzw\.?|beziehungsweise|sowie|wie|bis|noch|statt|u\.|&)"
)
# Both begin with a hyphen: few places of a text are looked at.
_SUSPENDED = re.compile(
    rf"-(?=(?:(?:,[ \n]|,?[ \n]{_AND}[ \n]|/){_WORD}-){{0,{_MAX_ROW}}}"
    rf"(?:,?[ \n]{_AND}[ \n]|/)(?P<full>{_WORD})(?!-))"
)
_RESUMED = re.compile(r"-(?<=[ \n]-)(?=[^\W\d_]{3,}+(?!-))")
_BEFORE_RESUMED = re.compile(
    rf"(?P<full>{_WORD})(?:,[ \n]-{_WORD}){{0,{_MAX_ROW}}}(?:,|,?[ \n]{_AND})\Z"
)

_PARTICLES = tuple(
    sorted(
        """
        ab an auf aus bei durch ein fort gegen her hin hinter hoch innen mehr minder mit nach
        neben nieder nord ober ost rück süd unter über um vor weg west zu zurück zusammen zwischen
        außen be ent er ver zer
        """.split(),
        key=len,
        reverse=True,
    )
)
"""What a word may begin with that is no part of a compound."""

_LINKS = ("", "s", "es", "n", "en", "er", "e")


class Fragment(NamedTuple):
    """A fragment, by its place, and the full word that it is completed from.

    hyphen: offset of the hyphen. It stands before the fragment if `is_end`, else behind it.
    """

    hyphen: int
    full: str
    is_end: bool


def fragments(text: str) -> list[Fragment]:
    """The fragments of a text, in its order, in time linear in its length."""
    found = [Fragment(match.start(), match["full"], False) for match in _SUSPENDED.finditer(text)]
    resumed = list(_resumed(text))
    return sorted(found + resumed) if resumed else found


def _resumed(text: str) -> Iterator[Fragment]:
    for match in _RESUMED.finditer(text):
        blank = match.start() - 1
        first = max(0, blank - FIRST_CHARS_BEFORE)
        before = _BEFORE_RESUMED.search(text[first:blank])
        # A word at the very beginning may be cut.
        if before is not None and (before.start() or not first):
            yield Fragment(match.start(), before["full"], True)


class SuspendedHyphens:
    """Completes fragments. Safe for use by several threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._remembered: dict[tuple[str, str, bool], str | None] = {}

    def completed(self, fragment: str, full: str, *, is_end: bool) -> str | None:
        """The word that a fragment stands for, in its own case, or None if that is not clear."""
        key = (fragment, full, is_end)
        if key in self._remembered:
            return self._remembered[key]
        word = None
        if fragment.isalnum() and len(full) <= _MAX_FULL_CHARS:
            if is_end:
                beginning = self._beginning(full, normalized(fragment))
                word = beginning and beginning + fragment
            else:
                end = self._end(normalized(fragment), full)
                word = end and fragment + end
        if len(self._remembered) >= MAX_REMEMBERED_FRAGMENTS:
            self._remembered.clear()
        self._remembered[key] = word
        return word

    def _end(self, fragment: str, full: str) -> str | None:
        """The end of a full word that completes a fragment before it."""
        if "-" in full:
            return full.rpartition("-")[2]
        form = normalized(full)
        if len(form) != len(full) or not (fragment.isalpha() and form.isalpha()):
            return None
        knows = self._lexicon.knows
        for cut in range(2, len(form) - _MIN_PIECE_CHARS + 1):
            end = form[cut:]
            if knows(fragment + end) and (len(end) >= _MIN_SURE_CHARS or knows(end)):
                return end
        borders = [part.start for part in self._lexicon.parts(form)[1:]]
        for border in borders:
            if knows(form[border:]):
                return form[border:]
        if borders:
            return form[borders[0] :]
        for particle in _PARTICLES:
            end = form.removeprefix(particle)
            if end != form and len(end) > _MIN_PIECE_CHARS:
                if fragment in _PARTICLES or knows(end):
                    return end
                break
        # Nouns would be torn: "jug|endliche".
        return self._end_of_known_words(form) if full.islower() else None

    def _end_of_known_words(self, form: str) -> str | None:
        """The longest end of a form whose beginning and end are words: "klima|politisch"."""
        knows = self._lexicon.knows
        for cut in range(_MIN_PIECE_CHARS, len(form) - _MIN_PIECE_CHARS):
            if knows(form[cut:]):
                beginning = form[:cut]
                links = [link for link in _LINKS if beginning.endswith(link)]
                if any(knows(beginning.removesuffix(link)) for link in links):
                    return form[cut:]
        return None

    def _beginning(self, full: str, fragment: str) -> str | None:
        """The beginning of a full word that completes a fragment behind it."""
        if "-" in full:
            return full.rpartition("-")[0].replace("-", "")
        form = normalized(full)
        if len(form) != len(full) or not form.isalpha():
            return None
        for cut in range(len(form) - _MIN_PIECE_CHARS, _MIN_PIECE_CHARS - 1, -1):
            if self._lexicon.knows(form[:cut] + fragment):
                return full[:cut]
        parts = self._lexicon.parts(form)
        return full[: parts[-1].start] if parts else None

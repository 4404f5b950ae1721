"""The words of a generation: what wildcards, fuzzy words and corrections are looked up in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress, repeat
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from searchapp.deadline import Deadline
from searchapp.german.digraphs import folded, initials, pieces
from searchapp.german.forms import CAPITAL_MARK, SEPARATED_MARK

MAX_SCANNED = 50_000
"""Matching forms that are looked at before the most frequent are chosen."""


class VocabularyRow(NamedTuple):
    """A form of the corpus, and in how many articles it stands."""

    form: str
    doc_freq: int


class Vocabulary(Protocol):
    """The words of one generation. Safe for use by several threads.

    A word is one, however many readings of it the index tells apart: they are counted together,
    and forms that are no words are left out (see `searchapp.german.forms`).
    """

    def row(self, word: str) -> VocabularyRow | None:
        """The row of a word in exactly this form, or None if the corpus does not hold it."""

    def keys(self) -> Iterator[str]:
        """The keys of all words, each once, sorted as UTF-8."""

    def rows_of_key(self, stem: str) -> list[VocabularyRow]:
        """The rows of all forms that share a key, as the index tells them apart."""

    def frequent(self, limit: int) -> list[VocabularyRow]:
        """The most frequent words; of equally frequent ones those that come first in the alphabet.

        An engine may count deleted articles, too.
        """

    def matching(self, glob: str, *, limit: int, deadline: Deadline) -> tuple[list[str], bool]:
        """Words that match a pattern wholly, and whether `limit` cut the list.

        glob: a word in which * stands for any characters and ? for one; its fixed pieces match in
        any spelling of `searchapp.german.digraphs`. The most frequent words are kept. Raises
        SearchTimeout.
        """

    def similar(
        self,
        form: str,
        *,
        prefix_length: int,
        max_edits: int,
        limit: int,
        deadline: Deadline,
        min_doc_freq: int = 1,
    ) -> tuple[list[str], bool]:
        """Words within an edit distance (see `edit_distances`), as `matching`.

        prefix_length: number of letters at the start that must be the same. min_doc_freq: rarer
        words are left out. The nearest words come first; the most frequent of equally near ones.
        """


def edit_distances(
    word: str, forms: Sequence[str], *, prefix_length: int, max_edits: int
) -> npt.NDArray[np.uint8]:
    """How many letters the words of some forms are away from a word; shape (forms,).

    forms: without line ends. Swapped neighbours count once, and another spelling of an umlaut or ß
    not at all: words are compared as they are written, and without umlauts and ß, and the nearer of
    both counts. Words that are further away than `max_edits`, or begin otherwise, have more.
    """
    wanted = folded(word)
    found = np.full(len(forms), max_edits + 1, dtype=np.uint8)
    # Most forms of a large vocabulary are too long or too short. Folding makes a form at most twice
    # as long; a mark adds a character.
    lengths = np.fromiter(map(len, forms), dtype=np.intp, count=len(forms))
    is_like = (2 * lengths >= len(word) - max_edits) & (lengths <= len(wanted) + max_edits + 1)
    like = np.flatnonzero(is_like)
    if not len(like):
        return found
    words = list(map(str.removesuffix, compress(forms, is_like), repeat(CAPITAL_MARK)))
    distances = _distances({word, wanted}, words, max_edits)
    special = [place for place, each in enumerate(words) if not each.isascii()]
    if special:
        # All at once: a call for each form takes longer than comparing it.
        respelt = folded("\n".join(words[place] for place in special)).split("\n")
        distances[special] = np.minimum(
            distances[special], _distances({wanted}, respelt, max_edits)
        )
    prefix = wanted[:prefix_length]
    for near in np.flatnonzero(distances <= max_edits):
        if folded(words[near]).startswith(prefix):
            found[like[near]] = distances[near]
    return found


def _distances(spellings: set[str], words: Sequence[str], max_edits: int) -> npt.NDArray[np.uint8]:
    """The least distance of each word from one of the spellings."""
    # Here and not above: a program that asks one query seldom needs it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    distances: npt.NDArray[np.uint8] = process.cdist(
        list(spellings), words, scorer=OSA.distance, score_cutoff=max_edits, dtype=np.uint8
    )
    least: npt.NDArray[np.uint8] = distances.min(axis=0)
    return least


def beginnings_of_similar(word: str, prefix_length: int) -> list[str]:
    """The beginnings with which similar words are to be looked for: none begins another."""
    return initials(folded(word)[0]) if prefix_length and word else [""]


def glob_pattern(glob: str, *, respelt: bool = True) -> bytes:
    """The regular expression of the forms of a glob's words, over UTF-8 bytes.

    It matches a word with or without the mark of its capitalized reading, and no form that is
    hidden, without costly backtracking. respelt: whether fixed pieces match in any spelling.

    Between two stars the leftmost place of a segment is always good enough, so that each may be
    an atomic group; only the last segment must reach the end.
    """
    mark, hidden = (re.escape(each.encode()) for each in (CAPITAL_MARK, SEPARATED_MARK))
    char = rb"(?:[^\n\t\x80-\xff" + mark + rb"]|(?!" + hidden + rb")[\xc2-\xf4][\x80-\xbf]+)"
    segments = [
        char.join(_piece_pattern(part, respelt=respelt) for part in segment.split("?"))
        for segment in re.sub(r"\*+", "*", glob).split("*")
    ]
    first, *others = segments
    pattern = first
    if others:
        *middle, last = others
        inner = b"".join(b"(?>" + char + b"*?" + segment + b")" for segment in middle)
        pattern += inner + char + b"*" + last
    return pattern + mark + b"?"


def _piece_pattern(text: str, *, respelt: bool) -> bytes:
    ways = pieces(text) if respelt else [(text,)]
    escaped = ([re.escape(way.encode("utf-8")) for way in piece] for piece in ways)
    return b"".join(
        each[0] if len(each) == 1 else b"(?:" + b"|".join(each) + b")" for each in escaped
    )

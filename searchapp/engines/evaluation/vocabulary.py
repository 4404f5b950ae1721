"""The words of a generation: what wildcards, fuzzy words and corrections are looked up in."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from searchapp.deadline import Deadline
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

    def rows_of_stem(self, stem: str) -> list[VocabularyRow]:
        """The rows of all forms that share a stem, as the index tells them apart."""

    def matching(self, glob: str, *, limit: int, deadline: Deadline) -> tuple[list[str], bool]:
        """Words that match a pattern wholly, and whether `limit` cut the list.

        glob: a word in which * stands for any characters and ? for one. The most frequent words
        are kept. Raises SearchTimeout.
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
        """Words within an edit distance (swapped neighbours count once), as `matching`.

        prefix_length: number of letters at the start that must be the same. min_doc_freq: rarer
        words are left out. The nearest words come first; the most frequent of equally near ones.
        """


def glob_pattern(glob: str) -> bytes:
    """The regular expression of the forms of a glob's words, over UTF-8 bytes.

    It matches a word with or without the mark of its capitalized reading, and no form that is
    hidden, without costly backtracking.

    Between two stars the leftmost place of a segment is always good enough, so that each may be
    an atomic group; only the last segment must reach the end.
    """
    mark, hidden = (re.escape(each.encode()) for each in (CAPITAL_MARK, SEPARATED_MARK))
    char = rb"(?:[^\n\t\x80-\xff" + mark + rb"]|(?!" + hidden + rb")[\xc2-\xf4][\x80-\xbf]+)"
    segments = [
        char.join(re.escape(part.encode("utf-8")) for part in segment.split("?"))
        for segment in re.sub(r"\*+", "*", glob).split("*")
    ]
    first, *others = segments
    pattern = first
    if others:
        *middle, last = others
        inner = b"".join(b"(?>" + char + b"*?" + segment + b")" for segment in middle)
        pattern += inner + char + b"*" + last
    return pattern + mark + b"?"

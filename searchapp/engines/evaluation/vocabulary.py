"""The words of a generation: what wildcards, fuzzy words and corrections are looked up in."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from searchapp.deadline import Deadline

MAX_SCANNED = 50_000
"""Matching forms that are looked at before the most frequent are chosen."""


class VocabularyRow(NamedTuple):
    """A word of the corpus in its exact form."""

    form: str
    doc_freq: int


class Vocabulary(Protocol):
    """The words of one generation. Safe for use by several threads."""

    def row(self, form: str) -> VocabularyRow | None:
        """The row of an exact form, or None if the corpus does not hold it."""

    def rows_of_stem(self, stem: str) -> list[VocabularyRow]:
        """The rows of all forms that share a stem."""

    def matching(self, glob: str, *, limit: int, deadline: Deadline) -> tuple[list[str], bool]:
        """Forms that match a pattern wholly, and whether `limit` cut the list.

        glob: a form in which * stands for any characters and ? for one. The most frequent forms
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
        """Forms within an edit distance (swapped neighbours count once), as `matching`.

        prefix_length: number of letters at the start that must be the same. min_doc_freq: rarer
        forms are left out. The nearest forms come first; the most frequent of equally near ones.
        """


def glob_pattern(glob: str) -> bytes:
    """The regular expression of a glob over UTF-8 bytes, without costly backtracking.

    Between two stars the leftmost place of a segment is always good enough, so that each may be
    an atomic group; only the last segment must reach the end.
    """
    char = rb"(?:[^\n\t\x80-\xff]|[\xc2-\xf4][\x80-\xbf]+)"
    segments = [
        char.join(re.escape(part.encode("utf-8")) for part in segment.split("?"))
        for segment in re.sub(r"\*+", "*", glob).split("*")
    ]
    if len(segments) == 1:
        return segments[0]
    first, *middle, last = segments
    inner = b"".join(b"(?>" + char + b"*?" + segment + b")" for segment in middle)
    return first + inner + char + b"*" + last

"""Joins words that were broken at the end of a line: "Wirt-", "schaft" is "Wirtschaft".

A hyphen at the end of a line may also belong to the text. The next line tells: a capital or a
digit begins the second half of a hyphen compound ("Nato-", "Staaten"), a conjunction follows on a
suspended hyphen ("Umwelt-", "und Klimaziele"), and small letters go on with the word.
"""

from __future__ import annotations

import re

_LOWER = "a-zß-öø-ÿ"
_BROKEN = re.compile(rf"[{_LOWER}A-ZÄÖÜ][{_LOWER}]-\Z")
_HYPHENATED = re.compile(r"[^\W_]-\Z")
_CONJUNCTION = re.compile(
    r"(?:und|oder|sowie|bzw\.?|beziehungsweise|bis|noch|statt|wie|als auch|u\.)(?![^\W_])"
)
_GOES_ON = re.compile(rf"[{_LOWER}]{{2}}")
_MAX_LINE_CHARS = 120
"""Longer lines are paragraphs; nobody breaks words in them."""


def without_line_end(line: str, following: str) -> str | None:
    """The line as it stands before the following one, if a hyphen makes them one text; else None.

    Both are stripped of blanks. The result ends with a blank where one belongs between them.
    """
    if len(line) > _MAX_LINE_CHARS or not _HYPHENATED.search(line, max(0, len(line) - 2)):
        return None
    if _CONJUNCTION.match(following):
        return line + " "
    if _BROKEN.search(line, max(0, len(line) - 3)) and _GOES_ON.match(following):
        return line[:-1]
    return line if following[:1].isalnum() else None

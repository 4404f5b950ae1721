"""Finds the paragraphs of a text, whichever way its source breaks lines."""

from __future__ import annotations

from itertools import pairwise

from searchapp.german.line_end_hyphens import without_line_end

_ENDS_SENTENCE = tuple(".!?:;…\"'“”«»‘’)]")
_WRAPPED_CHARS = range(45, 121)
"""Lengths of lines that an editor or mail program has wrapped."""


def split_paragraphs(text: str) -> str:
    """A cleaned text with one empty line between paragraphs.

    Every line break ends a paragraph, unless the lines between two empty ones look wrapped by a
    program (all of about the same length, some ending within a sentence, or within a word): these
    are joined. A word that was broken at the end of a line is whole again.
    """
    if "\n" not in text:
        return text
    blocks = text.split("\n\n")
    return "\n\n".join(
        _joined(lines)
        for block in blocks
        if (lines := [line for line in block.split("\n") if line])
    )


def _joined(lines: list[str]) -> str:
    """The lines between two empty ones, as a paragraph or several."""
    if len(lines) == 1:
        return lines[0]
    halves = [
        without_line_end(line, following) if line.endswith("-") else None
        for line, following in pairwise(lines)
    ]
    between = " " if _is_wrapped(lines, has_broken_word=any(halves)) else "\n\n"
    return "".join(
        [
            line + between if half is None else half
            for line, half in zip(lines[:-1], halves, strict=True)
        ]
        + lines[-1:]
    )


def _is_wrapped(lines: list[str], *, has_broken_word: bool) -> bool:
    if any(len(line) >= _WRAPPED_CHARS.stop for line in lines):
        return False
    return has_broken_word or (
        all(len(line) in _WRAPPED_CHARS for line in lines[:-1])
        and any(not line.endswith(_ENDS_SENTENCE) for line in lines[:-1])
    )

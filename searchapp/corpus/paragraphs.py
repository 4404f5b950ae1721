"""Finds the paragraphs of a text, whichever way its source breaks lines."""

from __future__ import annotations

_ENDS_SENTENCE = tuple(".!?:;…\"'“”«»‘’)]")
_WRAPPED_CHARS = range(45, 121)
"""Lengths of lines that an editor or mail program has wrapped."""


def split_paragraphs(text: str) -> str:
    """A cleaned text with one empty line between paragraphs.

    Every line break ends a paragraph, unless the lines between two empty ones look wrapped by a
    program (all of about the same length, some ending within a sentence): these are joined.
    """
    if "\n" not in text:
        return text
    blocks = text.split("\n\n")
    return "\n\n".join(
        (" " if _is_wrapped(lines) else "\n\n").join(lines)
        for block in blocks
        if (lines := [line for line in block.split("\n") if line])
    )


def _is_wrapped(lines: list[str]) -> bool:
    return (
        len(lines) > 1
        and all(len(line) in _WRAPPED_CHARS for line in lines[:-1])
        and len(lines[-1]) < _WRAPPED_CHARS.stop
        and any(not line.endswith(_ENDS_SENTENCE) for line in lines[:-1])
    )

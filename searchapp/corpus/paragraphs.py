"""Line breaks of a source -> paragraphs separated by one empty line."""

from __future__ import annotations

_ENDS_SENTENCE = tuple(".!?:;…\"'“”«»‘’)]")
_WRAPPED_CHARS = range(45, 121)
"""Lengths of the lines of a text that an editor or mail program has broken."""


def split_paragraphs(text: str) -> str:
    """A cleaned text with every paragraph set off by one empty line.

    Empty lines are kept. Other line breaks end a paragraph too, unless the lines between two
    empty ones look broken by a program, all about as long and in the middle of a sentence:
    they are joined.
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

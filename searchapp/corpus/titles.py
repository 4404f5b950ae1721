"""Derives a title for an article that has none: its first sentence, cut at a word."""

from __future__ import annotations

import re

MAX_DERIVED_CHARS = 100
MAX_TITLE_CHARS = 5000
"""Longer titles are cut: they are bodies in the wrong field. Real ones have up to 1,900 (dip21)."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"'“”«»‘’)\]]*(?=\s|$)")
_ABBREVIATION = re.compile(
    "abs|abt|anm|aufl|bd|bsp|bspw|bzgl|bzw|ca|co|dipl|dr|ebd|evtl|fa|ff|geb|gegr|gest|ggf|ggü|hl|hr"
    "|hrsg|inc|ing|inkl|insb|jh|jhd|jr|kap|lt|ltd|med|mind|mio|mrd|mr|mrs|nr|phil|prof|rd|sen|sog"
    "|st|std|str|tel|tsd|urspr|usf|usw|verf|vgl|vol|vs|zit|zzgl"
    "|jan|feb|apr|aug|sept|okt|nov|dez",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_WORD_BREAK = re.compile(r"[\s(\[/\"„“‚»«-]")
_SCAN_CHARS = 2000


def derive_title(body: str) -> str:
    """The first sentence of `body`, at most MAX_DERIVED_CHARS long, without its full stop.

    A longer sentence is cut at a word and ends in "…". Empty if the body is.
    """
    return cut_at_word(first_sentence(body.lstrip()), MAX_DERIVED_CHARS)


def first_sentence(text: str) -> str:
    """`text` up to the end of its first sentence or paragraph, without a closing full stop.

    The point of an ordinal or date ("16. Januar"), an initial ("z. B.") or an abbreviation
    ("Dr.") ends no sentence.
    """
    paragraph = text[:_SCAN_CHARS].partition("\n")[0].strip()
    for match in _SENTENCE_END.finditer(paragraph):
        if match[0][0] == "." and _is_abbreviation(paragraph[: match.start()]):
            continue
        sentence = paragraph[: match.end()]
        return sentence[:-1] if match[0] == "." else sentence
    return paragraph


def cut_at_word(text: str, max_chars: int) -> str:
    """`text`, or as many whole words of it as fit into `max_chars` together with an "…"."""
    if len(text) <= max_chars:
        return text
    head = text[: max_chars - 1]
    if not text[max_chars - 1].isspace() and (space := head.rfind(" ")) > 0:
        head = head[:space]
    return head.rstrip(" ,;:.-–—(") + "…"


def _is_abbreviation(before: str) -> bool:
    """Whether the point after this text belongs to an abbreviation, an initial or an ordinal."""
    word = _WORD_BREAK.split(before[-40:])[-1]
    return (
        _ABBREVIATION.fullmatch(word) is not None
        or _INITIALS.fullmatch(word) is not None
        or (word.isdigit() and len(word) <= 2)
    )

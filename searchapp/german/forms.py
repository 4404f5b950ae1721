"""How a reading of a word is written among the exact forms of an index.

Most forms are the word itself, normalized. Two kinds say more, by a character that no word has:

- `waren^` is the capitalized reading of `waren`: the noun, where the small one is a verb.
- `fing…an` is a verb whose particle stands apart from it in the text.

Only an index knows them: wildcards, near words and completions see words.
"""

from __future__ import annotations

CAPITAL_MARK = "^"
"""Ends a form that is another word when it is capitalized."""

SEPARATED_MARK = "…"
"""Stands between a verb and its particle. Not a character of any form: NFKC makes "..." of it."""


HEAD_MARK = "-"
"""Begins the key of a compound's last part: what is called "Grundsteuer" is a "-Steuer"."""


def head_key(key: str) -> str:
    """The key by which a word is found only where it is the last part of a compound."""
    return HEAD_MARK + key


def plain_form(form: str) -> str:
    """The word of a form: without the mark of its capitalized reading."""
    return form.removesuffix(CAPITAL_MARK)


def readings(word: str) -> tuple[str, str]:
    """The forms under which a word may stand in an index."""
    return word, word + CAPITAL_MARK


def separated_form(verb: str, particle: str) -> str:
    """The form of a verb and its particle."""
    return verb + SEPARATED_MARK + particle


def separated_words(form: str) -> tuple[str, str]:
    """The verb and the particle of a separated form."""
    verb, _, particle = form.partition(SEPARATED_MARK)
    return verb, particle


def separated_key(infinitive: str) -> str:
    """The key of the separated forms of a verb: another than that of its other forms."""
    return SEPARATED_MARK + infinitive


def is_separated(form: str) -> bool:
    """Whether a form is a verb with its particle, which is no word that a text holds."""
    return SEPARATED_MARK in form


def with_capital(word: str) -> str:
    """The word as a noun is written."""
    return word[:1].upper() + word[1:]

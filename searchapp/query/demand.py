"""Which of the words a matching article must have: all keywords, or some words of a sentence.

Measured on the relevance sets: demanding all words of a question or a long query loses the
right article more often than it drops a wrong one.
"""

from __future__ import annotations

import re

from whoosh.query.compound import And, Or
from whoosh.query.qcore import Query
from whoosh.query.terms import Term

from searchapp.german.function_words import FUNCTION_WORDS, is_sentence
from searchapp.query.tree import TEXT

MAX_DEMANDED_WORDS = 4
"""More keywords than that are seldom all in the article that is sought."""

_EXPLICIT = re.compile(r"(?<!\w)(?:UND|AND|\+\w)")


def demanded(tree: Query, text: str) -> tuple[Query, bool]:
    """The tree that articles must match, and whether some of the plain words are enough for it.

    Only a plain list of words is changed: function words beside others are left out, and of a
    sentence, or of more than MAX_DEMANDED_WORDS words, any may match. Operators, phrases,
    fields and exclusions mean what they say.
    """
    parts = list(tree) if isinstance(tree, And) else [tree]
    plain = [part for part in parts if type(part) is Term and part.fieldname == TEXT]
    if len(plain) < 2 or _EXPLICIT.search(text):
        return tree, False
    words = [part.text.lower() for part in plain]
    content = [part for part in plain if part.text.lower() not in FUNCTION_WORDS]
    if not content:
        return tree, False
    kept = [part for part in parts if part not in plain]
    some = len(content) > 1 and (len(content) > MAX_DEMANDED_WORDS or is_sentence(words, text))
    needed = [Or(content)] if some else content
    if len(needed) + len(kept) == 1:
        return needed[0], some
    return And([*needed, *kept]), some

"""Text -> Tokens, the same for articles and for queries."""

from __future__ import annotations

import threading
import unicodedata

from searchapp.german.stems import MAX_FORM_CHARS, GermanStemmer, normalized, stemmer_version
from searchapp.german.tokenizer import tokenize
from searchapp.model import Token

RULES_VERSION = 1
"""To be raised with every change of cleaning, tokenizer or stems that changes any token."""

MAX_REMEMBERED_WORDS = 200_000
"""Words whose form and stem are kept in memory, about 60 MB of them."""


class Analyzer:
    """Finds the words of a text and the keys under which they are indexed.

    Safe for use by several threads. It can be pickled; the copy starts with an empty memory.
    """

    def __init__(self) -> None:
        self._stemmer = GermanStemmer()
        self._stemmer_lock = threading.Lock()
        self._remembered: dict[str, tuple[str, str]] = {}

    def __reduce__(self) -> tuple[type[Analyzer], tuple[()]]:
        return (Analyzer, ())

    @property
    def fingerprint(self) -> str:
        """Differs where the same text could give other tokens: rules, stemmer, Unicode data."""
        return f"rules {RULES_VERSION}, {stemmer_version()}, Unicode {unicodedata.unidata_version}"

    def analyze(self, text: str) -> list[Token]:
        """The words of a text, sorted by start, a joined whole before its parts.

        Never raises; see `searchapp.german.tokenizer` for what a word is.
        """
        remembered = self._remembered
        new_token = tuple.__new__  # Half the time of Token(...), which goes through Python code.
        tokens = []
        for surface, start, end, position, word in tokenize(text):
            form, stem = remembered.get(word) or self._form_and_stem(word)
            tokens.append(new_token(Token, (surface, start, end, position, form, stem, None, ())))
        return tokens

    def _form_and_stem(self, word: str) -> tuple[str, str]:
        form = normalized(word)
        with self._stemmer_lock:
            known = (form, self._stemmer.stem(form))
        if len(word) <= MAX_FORM_CHARS:
            if len(self._remembered) >= MAX_REMEMBERED_WORDS:
                # Frequent words are back at once; an order of use would cost on every hit.
                self._remembered.clear()
            self._remembered[word] = known
        return known

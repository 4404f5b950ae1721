"""Turns texts into tokens, in the same way for articles and for queries."""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import NamedTuple

from searchapp.german.abbreviations import written_out
from searchapp.german.exceptions import Exceptions
from searchapp.german.lexicon import LEXICON_VERSION, Lexicon
from searchapp.german.stems import MAX_FORM_CHARS, GermanStemmer, normalized, stemmer_version
from searchapp.german.suspended_hyphens import SuspendedHyphens, fragments
from searchapp.german.tokenizer import tokenize
from searchapp.model import Part, Token

RULES_VERSION = 3
"""Raise it with every change of cleaner, tokenizer or stems that changes any token."""

MAX_REMEMBERED_WORDS = 200_000
"""Number of words whose keys an analyzer remembers, in about 60 MB."""

MAX_REMEMBERED_BASES = 20_000
"""Number of base forms of parts whose stem an analyzer remembers, in about 3 MB."""

MAX_COUNTED_WORDS = 400_000
"""Number of different words that `surface_counts` keeps, in about 50 MB. 20 million characters of
an encyclopedia have 240,000."""

_LETTERS = re.compile(r"[^\W\d_]+")


class WordKeys(NamedTuple):
    """What is known about a word.

    form: the normalized word. stem: of the lemma, or of the form if the lemma is not known.
    lemma: None if it is not known. parts: of a compound; () for a simple word.
    """

    form: str
    stem: str
    lemma: str | None
    parts: tuple[Part, ...]


class Analyzer:
    """Finds the words of a text and the keys under which they are indexed.

    Safe for use by several threads. It can be pickled; the copy starts with an empty memory.
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        """lexicon: knows lemmas and compounds; if None, a word has only its form and stem."""
        self._lexicon = lexicon
        self._stemmer = GermanStemmer()
        self._suspended = None if lexicon is None else SuspendedHyphens(lexicon)
        self._stemmer_lock = threading.Lock()
        self._remembered: dict[str, WordKeys] = {}
        self._base_stems: dict[str, str] = {}

    def __reduce__(self) -> tuple[type[Analyzer], tuple[Lexicon | None]]:
        return (Analyzer, (self._lexicon,))

    def analyze(self, text: str) -> list[Token]:
        """The words of a text, sorted by start, a joined whole before its parts.

        A fragment with a suspended hyphen is followed by the word that it stands for, at its place.
        Never raises; see `searchapp.german.tokenizer` for what a word is.
        """
        remembered = self._remembered
        new_token = tuple.__new__  # Half the time of Token(...), which goes through Python code.
        tokens = []
        for surface, start, end, position, word in tokenize(text):
            keys = remembered.get(word) or self._keys(word)
            tokens.append(new_token(Token, (surface, start, end, position, *keys)))
        return self._with_completed(tokens, text) if "-" in text else tokens

    def _with_completed(self, tokens: list[Token], text: str) -> list[Token]:
        """The tokens, and behind each fragment with a suspended hyphen the word it stands for."""
        completed: list[Token] = []
        first = 0
        starts = [token.start for token in tokens]
        ends = [token.end for token in tokens]
        for place, word in self.completed_words(text, starts, ends):
            completed += tokens[first : place + 1]
            completed.append(Token(*tokens[place][:4], *self.keys_of(word)))
            first = place + 1
        return completed + tokens[first:]

    def completed_words(
        self, text: str, starts: Sequence[int], ends: Sequence[int]
    ) -> Iterator[tuple[int, str]]:
        """The words that fragments of a text stand for, each with the number of its token.

        starts, ends: of the tokens of the text, in order.
        """
        if self._suspended is None:
            return
        for hyphen, full, is_end in fragments(text):
            place = bisect_left(starts, hyphen + is_end) - (not is_end)
            if 0 <= place < len(starts):
                start, end = starts[place], ends[place]
                if (start == hyphen + 1) if is_end else (end == hyphen):
                    word = self._suspended.completed(text[start:end], full, is_end=is_end)
                    if word is not None:
                        yield place, word

    def keys_of(self, form: str) -> WordKeys:
        """What is known about a word as it stands in a text or query."""
        return self._remembered.get(form) or self._keys(form)

    def is_listed(self, form: str) -> bool:
        """Whether the dictionary, or the owner, names a normalized word."""
        return self._lexicon is not None and self._lexicon.lists(form)

    def _keys(self, word: str) -> WordKeys:
        form = normalized(word)
        if full := written_out(form):
            return self._remember(word, self._shortened(form, self.keys_of(full)))
        lemma: str | None = None
        parts: tuple[Part, ...] = ()
        if self._lexicon is not None:
            lemma, compound = self._lexicon.look_up(form)
            if compound:
                stems = self._base_stems
                parts = tuple(
                    [
                        tuple.__new__(Part, (start, end, stems.get(base) or self._base_stem(base)))
                        for start, end, base in compound
                    ]
                )
        keys = tuple.__new__(WordKeys, (form, self._stem(lemma or form), lemma, parts))
        return self._remember(word, keys)

    @staticmethod
    def _shortened(form: str, full: WordKeys) -> WordKeys:
        """The keys of a word for an abbreviation of it, with the parts that both have."""
        parts = [part for part in full.parts if part.start < len(form)]
        cut = tuple(part._replace(end=min(part.end, len(form))) for part in parts)
        return full._replace(form=form, parts=cut)

    def _remember(self, word: str, keys: WordKeys) -> WordKeys:
        if len(word) <= MAX_FORM_CHARS:
            if len(self._remembered) >= MAX_REMEMBERED_WORDS:
                # Frequent words are back at once; an order of use would cost on every hit.
                self._remembered.clear()
            self._remembered[word] = keys
        return keys

    def _base_stem(self, base: str) -> str:
        """The stem of a part's base form: that of the same word when it stands alone."""
        assert self._lexicon is not None
        form = normalized(base)
        stem = self._stem(self._lexicon.lemma(form) or form)
        if len(self._base_stems) >= MAX_REMEMBERED_BASES:
            self._base_stems.clear()
        self._base_stems[base] = stem
        return stem

    def _stem(self, form: str) -> str:
        with self._stemmer_lock:
            return self._stemmer.stem(form)


def surface_counts(texts: Iterable[str]) -> Counter[str]:
    """How often each word of letters occurs in some texts; upper and lower case are kept apart.

    Whenever there are more than MAX_COUNTED_WORDS different words after a text, the rarest are
    dropped.
    """
    counts: Counter[str] = Counter()
    too_rare = 0
    # Not the tokenizer, which takes three times as long: dates and gender forms teach no nouns.
    for text in texts:
        counts.update(_LETTERS.findall(text))
        while len(counts) > MAX_COUNTED_WORDS:
            too_rare += 1
            counts = Counter({word: n for word, n in counts.items() if n > too_rare})
    return counts


def rules_fingerprint(exceptions: Exceptions) -> str:
    """A text that differs whenever the same article could give other tokens.

    It names the versions of the rules and dictionaries, and a digest of the exceptions.
    """
    decided = (exceptions.splits, exceptions.whole, exceptions.lemmas)
    digest = hashlib.blake2b(repr([sorted(each) for each in decided]).encode(), digest_size=4)
    for each in (exceptions.splits, exceptions.lemmas):
        digest.update(repr(sorted(each.items())).encode())
    return (
        f"rules {RULES_VERSION}, {stemmer_version()}, Unicode {unicodedata.unidata_version},"
        f" lexicon {LEXICON_VERSION} of simplemma {version('simplemma')},"
        f" exceptions {digest.hexdigest()}"
    )

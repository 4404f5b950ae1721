"""Turns texts into tokens, in the same way for articles and for queries."""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from searchapp.german.abbreviations import written_out
from searchapp.german.exceptions import Exceptions
from searchapp.german.forms import (
    CAPITAL_MARK,
    HEAD_MARK,
    head_key,
    is_separated,
    plain_form,
    separated_form,
    separated_key,
    separated_words,
    with_capital,
)
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.german.lemmas import UNKNOWN
from searchapp.german.lexicon import (
    DICTIONARY,
    LEXICON_VERSION,
    CompoundPart,
    Lexicon,
    fingerprint_of,
)
from searchapp.german.relatives import relatives
from searchapp.german.sentences import is_capital_by_place
from searchapp.german.separable_verbs import (
    MAX_WORDS,
    PARTICLES,
    SeparableVerbs,
    Words,
    is_separable,
)
from searchapp.german.spellings import usual_spelling
from searchapp.german.stems import MAX_FORM_CHARS, GermanStemmer, normalized, stemmer_version
from searchapp.german.suspended_hyphens import SuspendedHyphens, fragments
from searchapp.german.tokenizer import tokenize
from searchapp.model import Part, Token, smallest

RULES_VERSION = 9
"""Raise it with every change of cleaner, tokenizer or stems that changes any token."""

MAX_REMEMBERED_WORDS = 200_000
"""Number of words whose keys an analyzer remembers, in about 60 MB."""

MAX_REMEMBERED_BASES = 50_000
"""Number of base forms of parts whose key an analyzer remembers, in about 8 MB."""

MAX_COUNTED_WORDS = 400_000
"""Number of different words that `surface_counts` keeps, in about 50 MB. 20 million characters of
an encyclopedia have 240,000."""

_LETTERS = re.compile(r"[^\W\d_]+")


class WordKeys(NamedTuple):
    """What is known about a word.

    form: the normalized word, as a noun with a CAPITAL_MARK if it is another word in lower case.
    key: that of its inflected forms: the lemma, or the stem of a form without one.
    lemma: None if it is not known. parts: of a compound; () for a simple word.
    """

    form: str
    key: str
    lemma: str | None
    parts: tuple[Part, ...]


class SoughtWord(NamedTuple):
    """A word of a query. What may be meant is alternatives: "waren" is asked for as the verb and as
    the noun, "Waren" as the noun only.

    position: as of a Token. surface: as typed. form: as typed, normalized.
    forms: its exact forms. keys: those of its inflected forms.
    parts: for each of the smallest parts of a compound, its key, those of the longer parts that
        hold it, and that of compounds that end with it.
    relatives: keys of the words that it is made of, or that are made of it.
    separated: keys of the forms of a verb whose particle stands apart.
    """

    position: int
    surface: str
    form: str
    forms: tuple[str, ...]
    keys: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    relatives: tuple[str, ...]
    separated: tuple[str, ...]


class Analyzer:
    """Finds the words of a text and the keys under which they are indexed.

    Safe for use by several threads. It can be pickled; the copy starts with an empty memory.
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        """lexicon: knows lemmas and compounds; if None, a word has only its form and stem."""
        self._lexicon = lexicon
        self._stemmer = GermanStemmer()
        self._suspended = None if lexicon is None else SuspendedHyphens(lexicon)
        self._separable = None if lexicon is None else SeparableVerbs(lexicon.lemma)
        self._stemmer_lock = threading.Lock()
        self._remembered: dict[str, WordKeys] = {}
        self._part_keys: dict[str, str] = {}

    def __reduce__(self) -> tuple[type[Analyzer], tuple[Lexicon | None]]:
        return (Analyzer, (self._lexicon,))

    def analyze(self, text: str) -> list[Token]:
        """The words of a text, sorted by start, a joined whole before its parts.

        A form that is a noun or another word is read by its case; at the start of a sentence it is
        two tokens at one place, first the noun. A fragment with a suspended hyphen is followed by
        the word that it stands for, at its place. A verb and its particle that stand apart are each
        followed by the form of both ("fing…an").
        Never raises; see `searchapp.german.tokenizer` for what a word is.
        """
        return self.analyze_part(text, 0, len(text))

    def analyze_part(self, text: str, first: int, behind: int) -> list[Token]:
        """The words of `text[first:behind]`, with their places in the whole text.

        As `analyze` finds them, if no word is cut; what stands before tells whether a sentence
        starts. A verb and its particle are found if both stand in the part.
        """
        part = text if behind - first == len(text) else text[first:behind]
        remembered = self._remembered
        new_token = tuple.__new__  # Half the time of Token(...), which goes through Python code.
        tokens = []
        for surface, start, end, position, word in tokenize(part):
            keys = remembered.get(word) or self._remember(word)
            tokens.append(new_token(Token, (surface, start, end, position, *keys)))
        tokens = self._with_separated(tokens, part)
        if "-" in part:
            tokens = self._with_completed(tokens, part)
        if first:
            tokens = [
                token._replace(start=token.start + first, end=token.end + first) for token in tokens
            ]
        if any(token.form[-1] == CAPITAL_MARK for token in tokens):
            tokens = self._with_small_readings(tokens, text)
        return tokens

    def _with_separated(self, tokens: list[Token], text: str) -> list[Token]:
        """The tokens, and behind each verb and particle that stand apart the form of both."""
        added: dict[int, list[str]] = {}
        for number, token in enumerate(tokens):
            if token.form in PARTICLES:
                first = max(0, number - MAX_WORDS - 1)
                around = tokens[first : number + 3]
                words = Words(
                    [plain_form(each.form) for each in around],
                    [each.start for each in around],
                    [each.end for each in around],
                )
                verb = self.separated_verb(text, words, number - first)
                if verb is not None:
                    form = separated_form(words.forms[verb], token.form)
                    added.setdefault(first + verb, []).append(form)
                    added.setdefault(number, []).append(form)
        if not added:
            return tokens
        completed: list[Token] = []
        for number, token in enumerate(tokens):
            completed.append(token)
            forms = added.get(number, ())
            completed += [Token(*token[:4], *self.keys_of(form)) for form in forms]
        return completed

    def separated_verb(self, text: str, words: Words, particle: int) -> int | None:
        """See `SeparableVerbs.verb_of`; None without a lexicon."""
        return self._separable.verb_of(text, words, particle) if self._separable else None

    def _with_small_readings(self, tokens: list[Token], text: str) -> list[Token]:
        """The tokens, and a second one for each word that may be read as if in lower case."""
        read: list[Token] = []
        for token in tokens:
            read.append(token)
            form = token.form
            if form[-1] == CAPITAL_MARK and is_capital_by_place(text, token.start, token.end):
                read.append(Token(*token[:4], *self.keys_of(plain_form(form))))
        return read

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

    def sought(self, text: str) -> list[SoughtWord]:
        """The words of a query, in the order of `analyze`.

        A word in capitals is any of its readings, but for a function word, which is then a name. A
        fragment with a suspended hyphen is the word that it stands for.
        """
        is_loud = text.isupper() and " " in text
        words = []
        tokens = list(tokenize(text))
        completed: dict[int, str] = {}
        if "-" in text:
            starts, ends = [start for _, start, *_ in tokens], [end for _, _, end, *_ in tokens]
            completed = dict(self.completed_words(text, starts, ends))
        for number, (surface, _, _, position, word) in enumerate(tokens):
            word = completed.get(number, word)
            keys = [self.keys_of(word)]
            form = plain_form(keys[0].form)
            is_function_word = form in FUNCTION_WORDS
            if word[:1].islower() or (word.isupper() and (is_loud or not is_function_word)):
                keys = [self.keys_of(form)]
                # Who types in lower case may mean the noun, too; but hardly "MAN".
                if not is_function_word or self._has_two_readings(form):
                    keys.append(self.keys_of(form + CAPITAL_MARK))
            words.append(
                SoughtWord(
                    position,
                    surface,
                    form,
                    tuple(dict.fromkeys(each.form for each in keys)),
                    tuple(dict.fromkeys(each.key for each in keys)),
                    _ways_to_spread(keys[0].parts),
                    self.relatives(keys),
                    tuple(
                        dict.fromkeys(
                            separated_key(each.key) for each in keys if is_separable(each.key)
                        )
                    ),
                )
            )
        return words

    def keys_of(self, word: str) -> WordKeys:
        """What is known about a word as it stands in a text, or about a form with its mark."""
        return self._remembered.get(word) or self._remember(word)

    def keys(self, words: Sequence[str]) -> list[str]:
        """The keys of the inflected forms of some words."""
        return [self.keys_of(word).key for word in words]

    def relatives(self, words: Sequence[WordKeys]) -> tuple[str, ...]:
        """The keys of the relatives of a word, given all of its readings."""
        if self._lexicon is None:
            return ()
        own = {word.key for word in words}
        is_lemma = self._lexicon.is_lemma
        found = (each for word in words if word.lemma for each in relatives(word.lemma, is_lemma))
        return tuple(dict.fromkeys(each for each in found if each not in own))

    def _has_two_readings(self, form: str) -> bool:
        small, capital = UNKNOWN if self._lexicon is None else self._lexicon.readings(form)
        return small != capital

    def is_lemma(self, key: str) -> bool:
        """Whether a key is a word of the dictionary."""
        return self._lexicon is not None and self._lexicon.is_lemma(key)

    def is_listed(self, form: str) -> bool:
        """Whether the dictionary, or the owner, names a normalized word."""
        return self._lexicon is not None and self._lexicon.lists(form)

    def found_keys(self, word: str) -> WordKeys:
        """As `keys_of`, for one who remembers them: they are found anew."""
        if is_separated(word):
            return self._separated_keys(word)
        form = normalized(plain_form(word))
        if full := written_out(form):
            return self._shortened(form, self.keys_of(full))
        usual = usual_spelling(form)
        lemma: str | None = None
        parts: tuple[Part, ...] = ()
        if self._lexicon is not None:
            (lemma, capital), compound = self._lexicon.look_up(form, usual)
            if compound:
                known = self._part_keys
                parts = tuple(
                    [
                        tuple.__new__(Part, (start, end, known.get(base) or self._part_key(base)))
                        for start, end, base in compound
                    ]
                )
                last = parts[-1]
                if len(parts) > 2:
                    parts += tuple(self._longer_parts(form, compound))
                parts += (tuple.__new__(Part, (last.start, last.end, head_key(last.key))),)
            is_loud = (word.isupper() and len(word) > 1) or word[-1] == CAPITAL_MARK
            if is_loud and lemma == capital and form in FUNCTION_WORDS:
                capital = with_capital(form)  # MAN, OB, IM: a name.
            if lemma != capital and (word[0].isupper() or word[-1] == CAPITAL_MARK):
                lemma, form = capital, form + CAPITAL_MARK
        return tuple.__new__(WordKeys, (form, lemma or self._stem(usual), lemma, parts))

    def _separated_keys(self, form: str) -> WordKeys:
        verb, particle = separated_words(form)
        infinitive = self._separable.infinitive(particle, verb) if self._separable else None
        return WordKeys(form, separated_key(infinitive or form), infinitive, ())

    @staticmethod
    def _shortened(form: str, full: WordKeys) -> WordKeys:
        """The keys of a word for an abbreviation of it, with the parts that both have."""
        parts = [part for part in full.parts if part.start < len(form)]
        cut = tuple(part._replace(end=min(part.end, len(form))) for part in parts)
        return full._replace(form=form, parts=cut)

    def _remember(self, word: str) -> WordKeys:
        keys = self.found_keys(word)
        if len(word) <= MAX_FORM_CHARS:
            if len(self._remembered) >= MAX_REMEMBERED_WORDS:
                # Frequent words are back at once; an order of use would cost on every hit.
                self._remembered.clear()
            self._remembered[word] = keys
        return keys

    def _longer_parts(self, form: str, compound: Sequence[CompoundPart]) -> Iterator[Part]:
        """What neighbouring parts make up, if it is not the whole: "Bundestag" of "Bundestagswahl".

        Which of them were joined first is not known: "Tagwahl" is taken for a part, too.
        """
        number = len(compound)
        known = self._part_keys
        for first in range(number - 1):
            start = compound[first].start
            for last in range(first + 1, number - (not first)):
                _, end, base = compound[last]
                text = form[start : compound[last].start] + base.lower()
                word = with_capital(text)
                yield Part(start, end, known.get(word) or self._part_key(word))

    def _part_key(self, base: str) -> str:
        """The key of a part's base form, which is remembered."""
        key = self._base_key(base)
        if len(self._part_keys) >= MAX_REMEMBERED_BASES:
            self._part_keys.clear()
        self._part_keys[base] = key
        return key

    def _base_key(self, base: str) -> str:
        """The key of a part's base form: that of the same word when it stands alone."""
        assert self._lexicon is not None
        form = normalized(base)
        small, capital = self._lexicon.readings(form)
        return (capital if base[:1].isupper() else small) or self._stem(usual_spelling(form))

    def _stem(self, usual: str) -> str:
        """The stem of a form in its usual spelling."""
        with self._stemmer_lock:
            return self._stemmer.stem(usual)


def _ways_to_spread(parts: Sequence[Part]) -> tuple[tuple[str, ...], ...]:
    """For each of the smallest of all parts, its own key, those of the words that hold it, and that
    of compounds that end with it."""
    ways = []
    for part in smallest(parts):
        holding = (each for each in parts if each.start <= part.start and part.end <= each.end)
        keys = [each.key for each in holding if not each.key.startswith(HEAD_MARK)]
        ways.append((*dict.fromkeys((part.key, *keys)), head_key(part.key)))
    return tuple(dict.fromkeys(ways))


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
        f" lexicon {LEXICON_VERSION} of {fingerprint_of(DICTIONARY)},"
        f" exceptions {digest.hexdigest()}"
    )

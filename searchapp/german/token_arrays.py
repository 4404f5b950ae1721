"""Turns many texts into arrays of their tokens, for indexing millions of words.

The tokens are those of `Analyzer.analyze`, but there is no object for each. A text is cut into runs
("Haus", "EU-Kommission", "16.", "Bürger/innen") at blanks and at signs that belong to no token
there. Nearly all runs have been seen before: each is tokenized once, its tokens are remembered
with their offsets in the run, and array operations put the tokens of a text together. A few tokens
have blanks in them ("16. Jan. 2024", "1 000", "z. B.", "A 9"): runs that may belong together are
joined again and remembered as one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import compress, pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.german.analyzer import Analyzer, WordKeys
from searchapp.german.forms import CAPITAL_MARK, plain_form, separated_form
from searchapp.german.known_forms import NO_FORM, KnownForms
from searchapp.german.run_table import MAX_RUN_CHARS, RunColumns, RunTable, RunTexts
from searchapp.german.sentences import is_capital_by_place
from searchapp.german.separable_verbs import CONJUNCTIONS, MAX_WORDS, PARTICLES, Words
from searchapp.german.tokenizer import (
    CLOSING_SIGNS,
    NUMERAL,
    continuations,
    continues_as,
    separators,
    signs,
    tokenize,
)

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]

MAX_BATCH_CHARS = 2**31 - 1
"""Code points of all texts of a batch, with a `_GAP` around each; offsets are int32."""

MAX_REMEMBERED_ROWS = 600_000
"""Runs and their tokens that are remembered; 300,000 runs of one token each take 50 MB."""

MAX_NUMBERED_WORDS = 400_000
"""Words whose form numbers are remembered, in about 70 MB."""

_GAP = "\n" * 4
"""Around the texts of a batch; longer than `_MAX_LINK_GAP`, and than `_cut` looks ahead or back. A
blank ends a token as the end of the text does."""

_MAX_LINK_GAP = 2
"""Characters between two runs of a token: a blank, and a point before it ("16. Jan. 2024")."""

_SEPARATOR, _SIGN, _INNER_SIGN, _POINT, _BRACKET, _SLASH, _LETTER, _NOT_I, _NOT_N = (
    1 << bit for bit in range(9)
)
_FIRST_UNCLASSED = 0x3001
"""All blanks and nearly all signs of German text are below. Others stay inside of runs, which gives
the same tokens, only more slowly."""


def _character_classes() -> npt.NDArray[np.uint16]:
    """The classes of each code point below _FIRST_UNCLASSED, as bits, and a zero for all others."""
    characters = "".join(map(chr, range(_FIRST_UNCLASSED)))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜabcdefghijklmnopqrstuvwxyzäöüß"
    alphanumeric = letters + "0123456789"
    members = {
        _SEPARATOR: separators(characters),
        # "+" and "/" stay: "+49 664 123" is no number with blanks in it.
        _SIGN: signs(characters) - set("+/"),
        _INNER_SIGN: signs(characters) - set(CLOSING_SIGNS),
        _POINT: ".",
        _BRACKET: ")",
        _SLASH: "/_",
        _LETTER: letters,
        _NOT_I: set(letters) - set("iI"),
        _NOT_N: set(alphanumeric) - set("nN"),
    }
    classes = np.zeros(_FIRST_UNCLASSED + 1, np.uint16)
    for bit, each in members.items():
        classes[[ord(character) for character in each]] |= bit
    return classes


_CLASSES = _character_classes()

_PARTICLE, _CONJUNCTION = 1, 2
_ROLES = dict.fromkeys(CONJUNCTIONS, _CONJUNCTION) | dict.fromkeys(PARTICLES, _PARTICLE)
_NO_TOKENS = 0
"""Number of the run without tokens, which replaces a run that was joined to the one before."""


class TokenArrays(NamedTuple):
    """The tokens of all texts of a batch, in the order in which `Analyzer.analyze` gives them.

    forms: shape (tokens,), numbers of their exact forms: `BatchAnalyzer.known.texts[forms[t]]`.
    starts, ends: shape (tokens,), offsets into the text of the token, in code points.
    positions: shape (tokens,), as `Token.position`, from 0 in each text.
    bounds: shape (texts + 1,); the tokens of text i are [bounds[i]:bounds[i + 1]].
    """

    forms: Int32Array
    starts: Int32Array
    ends: Int32Array
    positions: Int32Array
    bounds: Int64Array

    def with_others(self, places: Int64Array, forms: Int32Array) -> TokenArrays:
        """These tokens, and others, each behind the one at whose place it is too.

        places: numbers of tokens, ascending. forms: those of the others. Both shape (others,).
        """
        if not len(places):
            return self
        behind = places + 1
        return TokenArrays(
            np.insert(self.forms, behind, forms),
            np.insert(self.starts, behind, self.starts[places]),
            np.insert(self.ends, behind, self.ends[places]),
            np.insert(self.positions, behind, self.positions[places]),
            self.bounds + np.searchsorted(places, self.bounds),
        )


class BatchAnalyzer:
    """Finds the words of many texts at once. Not safe for use by several threads at once."""

    known: KnownForms
    """What is known about each word, by form number, in the order of first occurrence."""

    def __init__(self, analyzer: Analyzer, *, collects: bool = False) -> None:
        """collects: whether what is tokenized is kept until `new_runs` is asked for it."""
        self._analyzer = analyzer
        self._collects = collects
        self._tables: list[RunTable] = []
        self.forget()

    def add_table(self, table: RunTable) -> None:
        """Look runs up in a table before they are tokenized.

        It must be made with the same lexicon, exceptions and rules, and be this analyzer's alone.
        """
        table.forget()
        self._tables.append(table)

    def forget(self) -> None:
        """Forget all words and runs. Form numbers start at 0 again, in a new `known`."""
        self.known = KnownForms()
        for table in self._tables:
            table.forget()
        # By form number: _PARTICLE, _CONJUNCTION or 0.
        self._roles = array("b")
        self._word_numbers: dict[str, int] = {}  # of words as they are written
        self._forget_runs()
        self._new = _NewRuns()

    def _forget_runs(self) -> None:
        self._runs = _RunMemory()

    def new_runs(self) -> RunTable | None:
        """The table of what was tokenized since the last call and is in none of the tables.

        What `forget` forgets is not in it. None if there is nothing.
        """
        new, self._new = self._new, _NewRuns()
        return new.table(self.known) if new.texts else None

    def analyze(self, texts: Sequence[str]) -> TokenArrays:
        """The tokens that `Analyzer.analyze` finds in each of the texts.

        Takes 20 to 80 bytes for each code point while it works, and is fastest with batches of
        100,000 code points and more. Adds new forms to `known`, which only `forget` empties.
        Raises ValueError if the texts have more than MAX_BATCH_CHARS code points.
        """
        joined = _GAP.join(("", *texts, ""))
        if len(joined) > MAX_BATCH_CHARS:
            raise ValueError(
                f"a batch of {len(texts)} texts has {len(joined)} code points, more than"
                f" {MAX_BATCH_CHARS}: analyze fewer at once"
            )
        if self._runs.row_count() > MAX_REMEMBERED_ROWS:
            # Frequent runs are back at once; an order of use would cost on every hit.
            self._forget_runs()
        if len(self._word_numbers) > MAX_NUMBERED_WORDS:
            self._word_numbers.clear()
        lengths = np.fromiter(map(len, texts), np.int32, len(texts))
        text_starts = np.cumsum(lengths + len(_GAP), dtype=np.int32) - lengths
        runs, run_starts, run_ends = _cut(joined)
        numbers = self._run_numbers(joined, runs, run_starts, run_ends)
        run_bounds = np.append(np.searchsorted(run_starts, text_starts), len(runs))
        first_tokens, token_counts, position_counts = self._runs.table()[numbers].T

        runs_in_text = np.diff(run_bounds)
        offsets = run_starts - np.repeat(text_starts, runs_in_text)
        positions = _bounds(position_counts)
        positions = positions[:-1] - np.repeat(positions[run_bounds[:-1]], runs_in_text)
        token_bounds = _bounds(token_counts)
        run_of_token = np.repeat(np.arange(len(numbers), dtype=np.int32), token_counts)
        places = np.arange(len(run_of_token)) + (first_tokens - token_bounds[:-1])[run_of_token]
        forms, starts, ends, steps = self._runs.token_table()[places].T
        tokens = TokenArrays(
            np.ascontiguousarray(forms),
            starts + offsets[run_of_token],
            ends + offsets[run_of_token],
            steps + positions[run_of_token],
            token_bounds[run_bounds].astype(np.int64),
        )
        others = [*self._separated_verbs(tokens, texts), *self._completed_words(tokens, texts)]
        # By place only: a verb may have several particles, in their order.
        others.sort(key=itemgetter(0))
        places, forms = np.array(others, np.int64).reshape(-1, 2).T
        tokens = tokens.with_others(places, forms.astype(np.int32))
        return self._with_small_readings(tokens, joined, text_starts)

    def keys(self, words: Sequence[str]) -> list[str]:
        """See `Analyzer.keys`; for words of letters alone."""
        numbers = np.fromiter(map(self._runs.__getitem__, words), np.int32, len(words))
        self._learn_runs()
        first_tokens = self._runs.table()[numbers, 0]
        forms = self._runs.token_table()[first_tokens, 0]
        stems = self.known.columns().stems[forms]
        return list(map(self.known.stems.__getitem__, stems.tolist()))

    def _separated_verbs(
        self, tokens: TokenArrays, texts: Sequence[str]
    ) -> Iterator[tuple[int, int]]:
        """The numbers of the verbs and particles that stand apart, and of the form of both."""
        forms, starts, ends, _, bounds = tokens
        known = self.known.texts
        for number in range(len(self._roles), len(known)):
            self._roles.append(_ROLES.get(known[number], 0))
        roles = np.array(self._roles, np.int8)[forms]
        particles = np.flatnonzero(roles == _PARTICLE)
        text_of = np.searchsorted(bounds, particles, side="right") - 1
        # Most are prepositions. Where a word follows behind one sign, usually a blank, no clause
        # ends, unless it is a conjunction.
        following = np.minimum(particles + 1, len(forms) - 1)
        may_end_clause = (
            (particles + 1 == bounds[text_of + 1])
            | (starts[following] - ends[particles] != 1)
            | (roles[following] == _CONJUNCTION)
        )
        chosen = particles[may_end_clause].tolist()
        for particle, number in zip(chosen, text_of[may_end_clause].tolist(), strict=True):
            first = max(int(bounds[number]), particle - MAX_WORDS - 1)
            around = slice(first, min(int(bounds[number + 1]), particle + 3))
            words = Words(
                list(map(self.known.plain.__getitem__, forms[around].tolist())),
                starts[around].tolist(),
                ends[around].tolist(),
            )
            verb = self._analyzer.separated_verb(texts[number], words, particle - first)
            if verb is not None:
                form = separated_form(words.forms[verb], words.forms[particle - first])
                form_number = self._form_number(form)
                yield first + verb, form_number
                yield particle, form_number

    def _completed_words(
        self, tokens: TokenArrays, texts: Sequence[str]
    ) -> Iterator[tuple[int, int]]:
        """The numbers of the fragments with a suspended hyphen, and of the forms of their words."""
        # Views whose items are read as Python numbers, which is faster than from an array.
        starts, ends = _view(tokens.starts), _view(tokens.ends)
        for text, (first, behind) in zip(texts, pairwise(tokens.bounds.tolist()), strict=True):
            if "-" in text:
                spans = starts[first:behind], ends[first:behind]
                for place, word in self._analyzer.completed_words(text, *spans):
                    yield first + place, self._form_number(word)

    def _with_small_readings(
        self, tokens: TokenArrays, joined: str, text_starts: Int32Array
    ) -> TokenArrays:
        """The tokens, and a second one for each word that may be read as if in lower case."""
        small = self.known.small_forms()[tokens.forms]
        candidates = np.flatnonzero(small != NO_FORM)
        bases = text_starts[np.searchsorted(tokens.bounds, candidates, side="right") - 1]
        starts = (tokens.starts[candidates] + bases).tolist()
        ends = (tokens.ends[candidates] + bases).tolist()
        spans = zip(starts, ends, strict=True)
        chosen = candidates[[is_capital_by_place(joined, *span) for span in spans]]
        return tokens.with_others(chosen, small[chosen])

    def _form_number(self, word: str) -> int:
        """The number of the exact form of a word; a new form gets a new number."""
        number = self._word_numbers.get(word)
        if number is None:
            number = self._number_of(self._analyzer.found_keys(word))
            if len(word) <= MAX_RUN_CHARS:
                self._word_numbers[word] = number
        return number

    def _number_of(self, keys: WordKeys) -> int:
        form = keys.form
        number = self.known.number(form)
        if number == NO_FORM:
            number = self.known.add(form, keys.key, [part.key for part in keys.parts])
            if form[-1] == CAPITAL_MARK:
                self.known.set_small_form(number, self._form_number(plain_form(form)))
        return number

    def _run_numbers(
        self, joined: str, runs: list[str], starts: Int32Array, ends: Int32Array
    ) -> Int32Array:
        """The number of each run, after joining those that may be one token. Shape (runs,)."""
        numbers = np.fromiter(map(self._runs.__getitem__, runs), np.int32, len(runs))
        self._learn_runs()
        after, begins = self._runs.links()[numbers].T
        is_near = starts[1:] - ends[:-1] <= _MAX_LINK_GAP
        # Whether run i and run i + 1 may belong together.
        linked = is_near & (after[:-1] & begins[1:] > 0)
        # The year of a date follows the month only if that follows a day.
        linked[1:] |= linked[:-1] & is_near[1:] & (begins[2:] & NUMERAL > 0)
        if linked.any():
            edges = np.diff(linked, prepend=False, append=False).nonzero()[0]
            firsts, lasts = edges[::2], edges[1::2]
            numbers[1:][linked] = _NO_TOKENS
            numbers[firsts] = [
                self._runs[joined[start:end]]
                for start, end in zip(starts[firsts].tolist(), ends[lasts].tolist(), strict=True)
            ]
            self._learn_runs()
        return numbers

    def _learn_runs(self) -> None:
        """Find out what the tokens of the runs are that were met for the first time."""
        runs = self._runs.take_new()
        if not runs:
            return
        lengths = np.fromiter(map(len, runs), np.int32, len(runs))
        left = np.flatnonzero(lengths <= MAX_RUN_CHARS)
        found: list[tuple[Int64Array, RunColumns]] = []
        if self._tables:
            sought = RunTexts([runs[place] for place in left.tolist()])
            for table in self._tables:
                places, rows = table.find(sought)
                if len(places):
                    found.append((left[places], table.runs(rows, self.known)))
                    left = np.delete(left, places)
                    sought.leave_out(places)
        is_left = lengths > MAX_RUN_CHARS
        is_left[left] = True
        places = np.flatnonzero(is_left)
        if len(places):
            texts = [runs[place] for place in places.tolist()]
            tokenized = self._tokenized(texts)
            if self._collects:
                self._new.add(texts, tokenized)
            found.append((places, tokenized))
        self._runs.learn(RunColumns.together(found))

    def _tokenized(self, runs: Sequence[str]) -> RunColumns:
        """The tokens of some runs."""
        form_number = self._form_number
        tokens = array("i")
        counts, position_counts, links = array("i"), array("i"), array("b")
        for run in runs:
            position = -1
            before = len(tokens)
            if run.isalnum():
                # Letters and digits alone are one word. This holds for four runs of five, and
                # takes a third of the time.
                tokens.extend((form_number(run), 0, len(run), 0))
                position = 0
            else:
                for _, start, end, position, word in tokenize(run):
                    tokens.extend((form_number(word), start, end, position))
            counts.append((len(tokens) - before) // 4)
            position_counts.append(position + 1)
            links.extend((continuations(run), continues_as(run)))
        return RunColumns(
            np.array(counts, np.int32),
            np.array(position_counts, np.int32),
            np.array(links, np.int8).reshape(-1, 2),
            np.array(tokens, np.int32).reshape(-1, 4),
        )


class _RunMemory(dict[str, int]):
    """Maps each run to its number in the tables; one that is missing is numbered, to be learned.

    Long runs are not remembered and get a new number each time.
    """

    def __init__(self) -> None:
        # Arrays of the standard library: appending to them is cheap, and numpy can see them.
        self._runs = array("i", (0, 0, 0))
        self._links = array("b", (0, 0))
        self._tokens = array("i")
        self._number = 1
        self._new: list[str] = []

    def __missing__(self, run: str) -> int:
        number = self._number
        self._number += 1
        self._new.append(run)
        if len(run) <= MAX_RUN_CHARS:
            self[run] = number
        return number

    def take_new(self) -> list[str]:
        """The runs that were numbered since the last call, in the order of their numbers."""
        new, self._new = self._new, []
        return new

    def learn(self, runs: RunColumns) -> None:
        """Add what is known of these runs, in the same order."""
        counts = runs.token_counts
        firsts = _bounds(counts)[:-1] + len(self._tokens) // 4
        table = np.stack((firsts, counts, runs.position_counts), axis=1, dtype=np.int32)
        self._runs.frombytes(table.tobytes())
        self._links.frombytes(runs.links.tobytes())
        self._tokens.frombytes(np.ascontiguousarray(runs.tokens).tobytes())

    def row_count(self) -> int:
        """The number of all runs and tokens in the tables, remembered or not."""
        return (len(self._links) // 2) + len(self._tokens) // 4

    # The arrays cannot grow while one of the following views exists.

    def table(self) -> Int32Array:
        """Shape (runs, 3): first token in the token table, number of tokens, of positions."""
        return np.frombuffer(self._runs, np.int32).reshape(-1, 3)

    def links(self) -> npt.NDArray[np.int8]:
        """Shape (runs, 2): the bits of `continuations`, and those of `continues_as`."""
        return np.frombuffer(self._links, np.int8).reshape(-1, 2)

    def token_table(self) -> Int32Array:
        """Shape (tokens, 4): form number; start, end and position within the run."""
        return np.frombuffer(self._tokens, np.int32).reshape(-1, 4)


class _NewRuns:
    """Runs that were tokenized, to be put in a table."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._columns: list[RunColumns] = []

    def add(self, texts: Sequence[str], columns: RunColumns) -> None:
        """Take in some runs, but for those that are too long for a table."""
        fit = np.fromiter(map(len, texts), np.int32, len(texts)) <= MAX_RUN_CHARS
        self.texts += compress(texts, fit.tolist())
        self._columns.append(
            RunColumns(
                columns.token_counts[fit],
                columns.position_counts[fit],
                columns.links[fit],
                columns.tokens[np.repeat(fit, columns.token_counts)],
            )
        )

    def table(self, known: KnownForms) -> RunTable:
        """The table of all of them."""
        columns = RunColumns(*map(np.concatenate, zip(*self._columns, strict=True)))
        return RunTable.of(self.texts, columns, known)


def _cut(text: str) -> tuple[list[str], Int32Array, Int32Array]:
    """The runs of a text that begins and ends with _GAP, their starts and their ends.

    The runs have the tokens of the text, but for those with blanks in them (the tokenizer states
    the rules that this relies on).
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    classes: npt.NDArray[np.uint16] = _CLASSES.take(codes, mode="clip")

    def are(bit: int, ahead: int = 0) -> npt.NDArray[np.bool_]:
        """For each character of text[2:-2], whether the one `ahead` of it is in a class."""
        found: npt.NDArray[np.bool_] = classes[2 + ahead : len(classes) - 2 + ahead] & bit != 0
        return found

    is_cut: npt.NDArray[np.bool_] = classes & _SEPARATOR != 0
    is_last = are(_SEPARATOR, ahead=1)
    is_cut[2:-2] |= (
        # No token begins with a sign, and only some signs end one.
        (are(_SIGN) & are(_SEPARATOR, ahead=-1))
        | (are(_INNER_SIGN) & is_last)
        # A point belongs to initials (one letter before it) and to dates (digits before it); of
        # a month's name it may be missing.
        | (are(_POINT) & is_last & are(_LETTER, ahead=-1) & are(_LETTER, ahead=-2))
        # Gender forms: "(in)" and "(innen)" end with an n, "/in" and "/-in" go on like that.
        | (are(_BRACKET) & is_last & are(_NOT_N, ahead=-1))
        | (are(_SLASH) & are(_NOT_I, ahead=1))
    )
    edges = np.flatnonzero(is_cut[1:] != is_cut[:-1]).astype(np.int32) + np.int32(1)
    blanked = np.where(is_cut, np.uint32(ord(" ")), codes)
    runs = blanked.tobytes().decode("utf-32-le", "surrogatepass").split()
    return runs, edges[::2], edges[1::2]


def _view(column: Int32Array) -> memoryview[int]:
    return memoryview(column)  # type: ignore[arg-type]  # numpy's stubs miss it before 3.12


def _bounds(counts: Int32Array) -> Int32Array:
    """[0, counts[0], counts[0] + counts[1], ...], shape (len(counts) + 1,)."""
    bounds = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=bounds[1:])
    return bounds

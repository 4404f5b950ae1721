"""Finds the tokens that have a sought key, by the positions stored in the index.

The texts are not tokenized: the postings tell where the sought words stand and in which form,
the stored offsets which characters these are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np

from searchapp.deadline import Deadline
from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.layout import PARTS_LAYOUT
from searchapp.engines.columnar.segment.postings import (
    OccurrencesIn,
    TermPostings,
    restarted_sums,
)
from searchapp.engines.columnar.segment.token_spans import NARROW, tokens_at
from searchapp.engines.evaluation.doc_set import Docs
from searchapp.engines.evaluation.highlighter import TokenKey
from searchapp.engines.fields import TEXT
from searchapp.german import Analyzer
from searchapp.german.analyzer import WordKeys
from searchapp.german.forms import CAPITAL_MARK, SEPARATED_MARK, is_separated, plain_form
from searchapp.german.sentences import is_capital_by_place
from searchapp.german.suspended_hyphens import FIRST_CHARS_BEFORE, LAST_CHARS_BEHIND
from searchapp.model import Article, Token

Sought = Collection[tuple[TokenKey, str]]

TOKENS_BETWEEN_CHECKS = 1000
CHARS_LEFT_OUT = 1 << 16
"""At the end of the beginning of a text: more than the part of an article that a match is in, which
is told from the text around it, and than a word."""

JOINED_TOKENS = 1 << 17
"""Documents with no more tokens together are looked at together, in about 2 MB."""

_PART = None
"""In place of the form of a token of which only a part is known."""
_NOTHING = ""
"""The same where no sought token stands."""


class _Wanted(NamedTuple):
    """The postings of a sought key.

    form: the ordinal of the only exact form that is sought, or None. is_part: whether they are
    those of parts of compounds.
    """

    postings: TermPostings
    form: int | None = None
    is_part: bool = False


class _Rows(NamedTuple):
    """The positions in a document where sought tokens are, and what stands at each: see TokensAt.

    All are lists, one item a position.
    """

    positions: list[int]
    counts: list[int]
    starts: list[int]
    ends: list[int]


_NO_ROWS = _Rows([], [], [], [])


class TokenFinder:
    """Finds the sought tokens in some documents of one segment, all of them read at once."""

    def __init__(
        self,
        segment: Segment,
        docs: Sequence[int],
        sought: Sought,
        analyzer: Analyzer,
        deadline: Deadline,
        *,
        limit: int | None = None,
    ) -> None:
        """docs: ascending. sought: kinds and keys, as `sought_keys` returns them.

        limit: only among the first so many tokens of a document. Raises SearchTimeout, as `tokens`
        does.
        """
        self._limit = limit
        self._segment = segment
        self._analyzer = analyzer
        self._joined: dict[str, list[Token]] = {}
        # By document: positions, each with a form there, and with the separated forms there.
        self._found: dict[int, dict[int, str | None]] = {doc: {} for doc in docs}
        self._separated: dict[int, dict[int, list[str]]] = {doc: {} for doc in docs}
        self._find(np.asarray(docs, dtype=np.intp), sought, deadline)
        self._rows = self._short_rows(deadline)

    def _find(self, docs: Docs, sought: Sought, deadline: Deadline) -> None:
        """Where the sought keys stand, by their postings."""
        read: list[tuple[_Wanted, OccurrencesIn]] = []
        for kind, key in sought:
            deadline.check()
            wanted = self._wanted(kind, key)
            found = wanted and wanted.postings.occurrences_in(docs, self._limit)
            if wanted and found:
                read.append((wanted, found))
        if not read:
            return
        deadline.check()
        counts = np.concatenate([found.counts for _, found in read])
        positions = restarted_sums(np.concatenate([found.gaps for _, found in read]), counts)
        every, last = positions.tolist(), 0
        for wanted, found in read:
            deadline.check()
            forms = [] if found.forms is None else found.forms.tolist()
            first_form = last
            for place, count in zip(found.places.tolist(), found.counts.tolist(), strict=True):
                first, last = last, last + count
                of_doc = every[first:last]
                doc = int(docs[place])
                if wanted.is_part:
                    known = self._found[doc]
                    for position in of_doc:
                        known.setdefault(position, _PART)
                else:
                    its_forms = forms[first - first_form : last - first_form]
                    self._add_forms(doc, wanted, of_doc, its_forms)

    def _wanted(self, kind: TokenKey, key: str) -> _Wanted | None:
        """The postings of a sought key, if there are any."""
        segment = self._segment
        if kind == "part":
            postings = segment.fields[PARTS_LAYOUT.name].find(key)
            return None if postings is None else _Wanted(postings, is_part=True)
        if kind == "key":
            postings = segment.fields[TEXT].find(key)
            return None if postings is None else _Wanted(postings)
        located = segment.forms[TEXT].find(key)
        return located and _Wanted(segment.fields[TEXT].at(located[0]), located[1])

    def _add_forms(
        self, doc: int, wanted: _Wanted, positions: Sequence[int], forms: Sequence[int]
    ) -> None:
        found, postings = self._found[doc], wanted.postings
        texts = postings.form_texts
        for position, form in zip(positions, forms, strict=True):
            if wanted.form is None or form == wanted.form:
                text = texts.get(form) or self._segment.form_text(TEXT, postings, form)
                if SEPARATED_MARK in text:
                    self._separated[doc].setdefault(position, []).append(text)
                else:
                    found[position] = text

    def _positions(self, doc: int) -> list[int]:
        found, separated = self._found[doc], self._separated[doc]
        return sorted(found.keys() | separated.keys() if separated else found)

    def _short_rows(self, deadline: Deadline) -> dict[int, _Rows]:
        """The rows of all documents that are not too long to be looked up together."""
        docs, records, of_docs = [], [], []
        left = JOINED_TOKENS
        for doc in self._found:
            if not self._found[doc] and not self._separated[doc]:
                continue
            size = self._segment.token_count(doc)
            left -= size
            if left < 0 or (self._limit is not None and size > self._limit):
                break
            deadline.check()
            record = self._segment.token_record(doc)
            if record.startswith(NARROW):
                docs.append(doc)
                records.append(record)
                of_docs.append(self._positions(doc))
        if not docs:
            return {}
        counts = list(map(len, of_docs))
        positions = np.fromiter(chain.from_iterable(of_docs), np.int64, sum(counts))
        places = np.repeat(np.arange(len(docs)), counts)
        columns = [each.tolist() for each in tokens_at(records, places, positions)]
        rows, last = {}, 0
        for doc, of_doc in zip(docs, of_docs, strict=True):
            first, last = last, last + len(of_doc)
            rows[doc] = _Rows(of_doc, *(column[first:last] for column in columns))
        return rows

    def _long_rows(self, doc: int, complete_chars: int | None) -> _Rows:
        """The rows of a document by itself.

        complete_chars: how much of its texts is known, with all that is around it; None for all.
        """
        positions = np.array(self._positions(doc), dtype=np.int64)
        if not len(positions):
            return _NO_ROWS
        spans = self._segment.tokens(doc, self._limit)
        known = len(spans.positions)
        if complete_chars is not None:
            known = int(spans.starts.searchsorted(complete_chars))
        if complete_chars is not None or known == self._limit:
            # Of the last position not all tokens may be known.
            last = spans.positions[known - 1] if known else 0
            positions = positions[: positions.searchsorted(last)]
        firsts = spans.positions.searchsorted(positions)
        counts = spans.positions.searchsorted(positions, side="right") - firsts
        starts, ends = (
            each.take(firsts, mode="clip").tolist() for each in (spans.starts, spans.ends)
        )
        return _Rows(positions.tolist(), counts.tolist(), starts, ends)

    def tokens(
        self, doc: int, article: Article, deadline: Deadline, *, is_whole: bool = True
    ) -> tuple[list[Token], list[list[Token]], list[Token]]:
        """The sought tokens of the title, of each tag, and of the body, in the order of the text.

        article: the stored article of the document. is_whole: whether that is all of it; if not,
        tokens near the end of what is there are left out with those behind it.
        """
        texts = [article.indexed_title, *article.tags, article.body]
        by_text: list[list[Token]] = [[] for _ in texts]
        found, separated = self._found[doc], self._separated[doc]
        # The token offsets of an article count through all its texts, with one character
        # between two of them.
        text_starts = [0, *accumulate(len(text) + 1 for text in texts)]
        rows = self._rows.get(doc) if is_whole else None
        if rows is None:
            rows = self._long_rows(doc, None if is_whole else text_starts[-1] - CHARS_LEFT_OUT)
        new_token = tuple.__new__  # Half the time of Token(...), which goes through Python code.
        keys_of = self._analyzer.keys_of
        number, shift = 0, 0
        text, tokens = texts[0], by_text[0]
        for row, (position, count, start, end) in enumerate(zip(*rows, strict=True)):
            if row % TOKENS_BETWEEN_CHECKS == 0:
                deadline.check()
            if not text_starts[number] <= start < text_starts[number + 1]:
                number = bisect_right(text_starts, start) - 1
                shift = text_starts[number]
                text, tokens = texts[number], by_text[number]
            start, end = start - shift, end - shift
            surface = text[start:end]
            form = found.get(position, _NOTHING)
            if form is not _NOTHING:
                if count != 1:
                    tokens += self._tokens_at(text, start, end, position)
                else:
                    keys = self._part_keys(surface) if form is _PART else keys_of(form)
                    tokens.append(new_token(Token, (surface, start, end, position, *keys)))
            if separated:
                for each in separated.get(position, ()):
                    tokens.append(Token(surface, start, end, position, *keys_of(each)))
        return by_text[0], by_text[1:-1], by_text[-1]

    def _tokens_at(self, text: str, start: int, end: int, position: int) -> list[Token]:
        """The tokens that share a position, the longest of which is at `text[start:end]`.

        These are a joined whole or a date and its first part, or a fragment and the word that it
        stands for. Their forms may even be the same, if they were cut; so they are told apart by
        another look at the text.
        """
        is_fragment = "-" in (text[end : end + 1], text[start - 1 : start])
        if text[start:end].isalpha():
            return self._readings_at(text, start, end, position, is_fragment=is_fragment)
        if not is_fragment:
            return self._joined_at(text, start, end, position)
        first, behind = max(0, start - FIRST_CHARS_BEFORE), end + LAST_CHARS_BEHIND
        tokens = self._analyzer.analyze_part(text, first, behind)
        places = {token.position for token in tokens if (token.start, token.end) == (start, end)}
        return [
            token._replace(position=position)
            for token in tokens
            if token.position in places
            and token.end <= end
            and not is_separated(token.form)  # It is told by its posting, with all of the text.
        ]

    def _readings_at(
        self, text: str, start: int, end: int, position: int, *, is_fragment: bool
    ) -> list[Token]:
        """The same for a simple word, which is not cut once more.

        It is a fragment, which is completed from a word around it, or in two readings, as at the
        start of a sentence.
        """
        surface, analyzer = text[start:end], self._analyzer
        words = [surface]
        if is_fragment:
            first = max(0, start - FIRST_CHARS_BEFORE)
            around = text[first : end + LAST_CHARS_BEHIND]
            place = [start - first], [end - first]
            words += [word for _, word in analyzer.completed_words(around, *place)]
        readings = []
        for word in words:
            keys = analyzer.keys_of(word)
            readings.append(keys)
            if keys.form[-1] == CAPITAL_MARK and is_capital_by_place(text, start, end):
                readings.append(analyzer.keys_of(plain_form(keys.form)))
        return [Token(surface, start, end, position, *keys) for keys in readings]

    def _joined_at(self, text: str, start: int, end: int, position: int) -> list[Token]:
        """The same for a joined whole, which often stands in a text many times."""
        surface = text[start:end]
        known = self._joined.get(surface)
        if known is None:
            tokens = self._analyzer.analyze_part(text, start, end)
            places = {
                token.position for token in tokens if (token.start, token.end) == (start, end)
            }
            known = [
                token._replace(start=token.start - start, end=token.end - start)
                for token in tokens
                if token.position in places and not is_separated(token.form)
            ]
            if not any(token.form[-1] == CAPITAL_MARK for token in tokens):
                # Otherwise it depends on the place how they are read.
                self._joined[surface] = known
        new_token = tuple.__new__
        return [
            new_token(Token, (surface, first + start, behind + start, position, *keys))
            for surface, first, behind, _, *keys in known
        ]

    def _part_keys(self, surface: str) -> WordKeys:
        """What is known of a word of which only a part is known."""
        if surface.isalpha():
            return self._analyzer.keys_of(surface)
        # Signs belong to a surface, but not to the form. (The surface of a part of a date is
        # not its form either; but it has no parts.)
        tokens = self._analyzer.analyze(surface)
        return self._analyzer.keys_of(tokens[0].form if tokens else surface)

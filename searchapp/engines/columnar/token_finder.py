"""Finds the tokens that have a sought key, by the positions stored in the index.

The texts are not tokenized: the postings tell where the sought words stand and in which form,
the stored offsets which characters these are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import accumulate

import numpy as np

from searchapp.deadline import Deadline
from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.segment.layout import PARTS_LAYOUT
from searchapp.engines.columnar.segment.postings import TermPostings
from searchapp.engines.evaluation.highlighter import TokenKey
from searchapp.engines.fields import TEXT
from searchapp.german import Analyzer
from searchapp.german.analyzer import WordKeys
from searchapp.german.forms import is_separated
from searchapp.german.suspended_hyphens import FIRST_CHARS_BEFORE, LAST_CHARS_BEHIND
from searchapp.model import Article, Token

Sought = Collection[tuple[TokenKey, str]]

TOKENS_BETWEEN_CHECKS = 1000
CHARS_LEFT_OUT = 1 << 16
"""At the end of the beginning of a text: more than the part of an article that a match is in, which
is told from the text around it, and than a word."""

_PART = None
"""In place of the form of a token of which only a part is known."""


class TokenFinder:
    """Finds the sought tokens in some documents of one segment."""

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
        # By document: positions, each with a form there, and with the separated forms there.
        self._found: defaultdict[int, dict[int, str | None]] = defaultdict(dict)
        self._separated: defaultdict[int, dict[int, list[str]]] = defaultdict(dict)
        for kind, key in sought:
            deadline.check()
            if kind == "part":
                self._find_part(docs, key, deadline)
            elif kind == "key":
                postings = segment.fields[TEXT].find(key)
                if postings is not None:
                    self._find_forms(docs, postings, None, deadline)
            else:
                located = segment.forms[TEXT].find(key)
                if located is not None:
                    row, code = located
                    self._find_forms(docs, segment.fields[TEXT].at(row), code, deadline)

    def _find_part(self, docs: Sequence[int], part: str, deadline: Deadline) -> None:
        postings = self._segment.fields[PARTS_LAYOUT.name].find(part)
        if postings is not None:
            for doc, positions, _ in postings.occurrences_in(docs, self._limit):
                deadline.check()
                for position in positions:
                    self._found[doc].setdefault(position, _PART)

    def _find_forms(
        self, docs: Sequence[int], postings: TermPostings, code: int | None, deadline: Deadline
    ) -> None:
        texts: dict[int, str] = {}
        forms = self._segment.forms[TEXT]
        rows: list[int] = []
        for doc, positions, codes in postings.occurrences_in(docs, self._limit):
            assert codes is not None
            deadline.check()
            found = self._found[doc]
            for position, each in zip(positions, codes, strict=True):
                if code is None or each == code:
                    text = texts.get(each)
                    if text is None:
                        rows = rows or forms.rows_of_terms(*postings.form_range).tolist()
                        term = forms.dictionary.term(rows[each])
                        text = texts[each] = term.decode("utf-8", "surrogatepass")
                    if is_separated(text):
                        self._separated[doc].setdefault(position, []).append(text)
                    else:
                        found[position] = text

    def tokens(
        self, doc: int, article: Article, deadline: Deadline, *, is_whole: bool = True
    ) -> tuple[list[Token], list[list[Token]], list[Token]]:
        """The sought tokens of the title, of each tag, and of the body, in the order of the text.

        article: the stored article of the document. is_whole: whether that is all of it; if not,
        tokens near the end of what is there are left out with those behind it.
        """
        texts = [article.indexed_title, *article.tags, article.body]
        by_text: list[list[Token]] = [[] for _ in texts]
        found = self._found.get(doc, {})
        separated = self._separated.get(doc, {})
        if found or separated:
            # The token offsets of an article count through all its texts, with one character
            # between two of them.
            text_starts = [0, *accumulate(len(text) + 1 for text in texts)]
            spans = self._segment.tokens(doc, self._limit)
            positions = np.array(sorted(found.keys() | separated.keys()), dtype=np.int64)
            known = len(spans.positions)
            if not is_whole:
                known = int(spans.starts.searchsorted(text_starts[-1] - CHARS_LEFT_OUT))
            if not is_whole or known == self._limit:
                # Of the last position not all tokens may be known.
                last = spans.positions[known - 1] if known else 0
                positions = positions[: positions.searchsorted(last)]
            firsts = spans.positions.searchsorted(positions)
            counts = spans.positions.searchsorted(positions, side="right") - firsts
            columns = (
                positions,
                counts,
                spans.starts.take(firsts, mode="clip"),
                spans.ends.take(firsts, mode="clip"),
            )
            rows = zip(*(c.tolist() for c in columns), strict=True)
            for row, (position, count, start, end) in enumerate(rows):
                if row % TOKENS_BETWEEN_CHECKS == 0:
                    deadline.check()
                number = bisect_right(text_starts, start) - 1
                start, end = start - text_starts[number], end - text_starts[number]
                surface = texts[number][start:end]
                if position in found and count == 1:
                    keys = self._keys(surface, found[position])
                    by_text[number].append(Token(surface, start, end, position, *keys))
                elif position in found:
                    by_text[number] += self._tokens_at(texts[number], start, end, position)
                for form in separated.get(position, ()):
                    keys = self._analyzer.keys_of(form)
                    by_text[number].append(Token(surface, start, end, position, *keys))
        return by_text[0], by_text[1:-1], by_text[-1]

    def _tokens_at(self, text: str, start: int, end: int, position: int) -> list[Token]:
        """The tokens that share a position, the longest of which is at `text[start:end]`.

        These are a joined whole or a date and its first part, or a fragment and the word that it
        stands for. Their forms may even be the same, if they were cut; so they are told apart by
        another look at the text.
        """
        first, behind = start, end
        if "-" in (text[end : end + 1], text[start - 1 : start]):
            # The fragment is completed from a word around it.
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

    def _keys(self, surface: str, form: str | None) -> WordKeys:
        """What is known of a word by its form, or by its surface where only a part is known."""
        if form is _PART and not surface.isalpha():
            # Signs belong to a surface, but not to the form. (The surface of a part of a date is
            # not its form either; but it has no parts.)
            tokens = self._analyzer.analyze(surface)
            form = tokens[0].form if tokens else surface
        return self._analyzer.keys_of(surface if form is _PART else form)

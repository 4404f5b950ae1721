"""The tokens of a batch of articles in arrays, and the postings that they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines import fields
from searchapp.engines.columnar.segment.layout import ZONES
from searchapp.engines.columnar.segment.postings import gaps_within, sums_before
from searchapp.engines.columnar.segment.postings_table import PostingsTable
from searchapp.facets import Facet
from searchapp.german.known_forms import KnownForms
from searchapp.german.token_arrays import TokenArrays
from searchapp.model import Article

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[Any]

TITLE, TAGS, LEAD = map(ZONES.index, ("title", "tags", fields.LEAD))
BODY = len(ZONES)
"""The number of the zone that a text, or a token, is in."""


class WordTable(NamedTuple):
    """What is known of the forms that a BatchAnalyzer has numbered, as arrays by that number.

    forms, stems: texts by number. stem_of_form: the number of its stem, shape (forms,).
    part_counts: of compounds, how many parts they have, shape (forms,); those of form f are
    `parts[part_starts[f]:][:part_counts[f]]`, numbers of stems.
    """

    forms: Sequence[str]
    stems: Sequence[str]
    stem_of_form: Array
    parts: Array
    part_counts: Array
    part_starts: Ints

    @classmethod
    def of(cls, known: KnownForms) -> WordTable:
        """Of all forms that are known by now."""
        stems, _, part_counts, parts = known.columns()
        starts = sums_before(part_counts)
        return cls(known.texts, known.stems, stems, parts, part_counts, starts)


class Texts(NamedTuple):
    """Texts of articles, one article's after the other's.

    docs: the number of the article, ascending; zones: TITLE, TAGS or BODY; both shape (texts,).
    """

    texts: Sequence[str]
    docs: Ints
    zones: Ints

    @classmethod
    def of_articles(cls, articles: Sequence[Article]) -> Texts:
        """Of each article the indexed title, each of its tags, and the body."""
        texts: list[str] = []
        docs: list[int] = []
        zones: list[int] = []
        for doc, article in enumerate(articles):
            texts += (article.indexed_title, *article.tags, article.body)
            zones += (TITLE, *[TAGS] * len(article.tags), BODY)
            docs += [doc] * (2 + len(article.tags))
        return cls(texts, np.asarray(docs, dtype=np.int64), np.asarray(zones, dtype=np.int64))

    @classmethod
    def of_facet(cls, articles: Sequence[Article], facet: Facet) -> Texts:
        """Of each article its values in a facet. It has no zones."""
        values = [article.facet_values(facet) for article in articles]
        texts = [text for of_article in values for text in of_article]
        docs = np.repeat(np.arange(len(values)), np.asarray(list(map(len, values)), dtype=np.int64))
        return cls(texts, docs, np.zeros(len(texts), dtype=np.int64))

    def offsets(self) -> Ints:
        """Where each text begins in its document, if one character follows each, shape (texts,)."""
        sizes = np.fromiter(map(len, self.texts), dtype=np.int64, count=len(self.texts))
        return _sums_before_in_document(sizes + 1, self.docs)


class TokenTable(NamedTuple):
    """Tokens, or parts of compounds, in the order of the texts; all of shape (tokens,).

    terms: the number of the stem. docs: ascending. positions: ascending within a document.
    zones: as in Texts, and LEAD at the beginning of a body. forms: the number of the exact form;
    None for parts.
    """

    terms: Array
    docs: Ints
    positions: Array
    zones: Ints
    forms: Array | None

    @classmethod
    def of_tokens(cls, texts: Texts, analyzed: TokenArrays, words: WordTable) -> TokenTable:
        """The tokens of some texts, positions counted over all texts of a document.

        Between two texts is a GAP of positions; texts without tokens take none.
        """
        counts = np.diff(analyzed.bounds)
        filled = np.flatnonzero(counts)
        spans = np.zeros(len(counts), dtype=np.int64)
        spans[filled] = analyzed.positions[analyzed.bounds[filled + 1] - 1] + fields.GAP
        bases = _sums_before_in_document(spans, texts.docs)
        zones = np.repeat(texts.zones, counts)
        zones[(zones == BODY) & (analyzed.positions < fields.LEAD_WORDS)] = LEAD
        return cls(
            terms=words.stem_of_form[analyzed.forms],
            docs=np.repeat(texts.docs, counts),
            positions=analyzed.positions + np.repeat(bases, counts),
            zones=zones,
            forms=analyzed.forms,
        )

    def parts(self, words: WordTable) -> TokenTable:
        """The parts of the compounds among the tokens, each where its compound is."""
        assert self.forms is not None
        counts = words.part_counts[self.forms]
        owners = np.repeat(np.arange(len(self.forms)), counts)
        first_parts = words.part_starts[self.forms] - sums_before(counts)
        places = np.arange(len(owners)) + first_parts[owners]
        return TokenTable(
            terms=words.parts[places],
            docs=self.docs[owners],
            positions=self.positions[owners],
            zones=self.zones[owners],
            forms=None,
        )

    def lengths(self, doc_count: int, zone: int | None = None) -> Ints:
        """The tokens of each document, or of one zone of it, shape (documents,)."""
        docs = self.docs if zone is None else self.docs[self.zones == zone]
        return np.bincount(docs, minlength=doc_count)

    def postings(
        self, stems: Sequence[str], zones: Sequence[str]
    ) -> tuple[list[str], PostingsTable]:
        """The terms, sorted, and the list of postings of each.

        stems: by number. zones: the names of those whose occurrences are counted, by number.
        """
        terms, ranks = ranked(stems, self.terms)
        order = _stable_order(ranks)
        ranks, docs = ranks[order], self.docs[order]
        is_first = np.ones(len(order), dtype=np.bool_)
        is_first[1:] = (ranks[1:] != ranks[:-1]) | (docs[1:] != docs[:-1])
        starts = np.flatnonzero(is_first)
        freqs = np.diff(starts, append=len(order))
        zone_numbers = self.zones[order]
        in_zones = {}
        for number, zone in enumerate(zones):
            inside = np.cumsum(zone_numbers == number, dtype=np.int64)
            in_zones[zone] = np.diff(inside[starts + freqs - 1], prepend=0)
        return terms, PostingsTable(
            lengths=np.bincount(ranks[starts], minlength=len(terms)),
            docs=docs[starts],
            freqs=freqs,
            zones=in_zones,
            position_gaps=gaps_within(self.positions[order], freqs),
            forms=None if self.forms is None else self.forms[order],
        )


def _sums_before_in_document(sizes: Ints, docs: Ints) -> Ints:
    """The running totals before each text, anew in each document. Both shape (texts,)."""
    sums = sums_before(sizes)
    firsts = np.searchsorted(docs, docs)  # the first text of each text's document
    within: Ints = sums - sums[firsts]
    return within


def ranked(texts: Sequence[str], numbers: Array) -> tuple[list[str], Ints]:
    """The texts with these numbers, sorted; and for each number the place of its text."""
    used = np.flatnonzero(np.bincount(numbers, minlength=1)) if len(numbers) else _NONE
    chosen = [texts[number] for number in used.tolist()]
    order = np.asarray(sorted(range(len(chosen)), key=chosen.__getitem__), dtype=np.int64)
    places = np.zeros(int(used[-1]) + 1 if len(used) else 0, dtype=np.int64)
    places[used[order]] = np.arange(len(used))
    return [chosen[i] for i in order.tolist()], places[numbers]


_NONE: Ints = np.empty(0, dtype=np.int64)


def _stable_order(ranks: Ints) -> Ints:
    """The order that sorts the ranks, equal ones as they stand.

    Rank and place in one number: sorting numbers takes a tenth of the time of a stable argsort.
    """
    keyed = ranks << 32 | np.arange(len(ranks))
    keyed.sort()
    order: Ints = keyed & 0xFFFFFFFF
    return order

"""Facet and date columns of a generation: arrays indexed by document number.

They hold what every result page needs of every match: the values of each facet as ordinals,
the date, and the lengths of the fields. Readers map them into memory; `facet_counts` filters and
counts with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.base import ArticleMatches
from searchapp.engines.evaluation.bm25 import length_norms
from searchapp.engines.evaluation.doc_set import Docs, Integers, Mask
from searchapp.engines.evaluation.plan import Floats
from searchapp.engines.fields import ANALYZED_FIELDS, measured_field
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.facets import (
    FACETS,
    STORED_FACETS,
    TAGS,
    Facet,
    german_sort_key,
    plain_letters,
    spelling_key,
)
from searchapp.index_files import FileDigest
from searchapp.model import Article, Sort, Span
from searchapp.translation import N_

NO_DATE = 0
"""The day number of an article without a date; `date.toordinal()` starts at 1."""
NONE = -1
"""The ordinal of a document without a value in a one-valued facet."""

_SPARSE_SHARE = 1 / 16
"""Fewer ordinals than this share of a facet's values are counted by sorting them."""
_YEAR_ONE = np.datetime64("0001-01-01", "D")


class ColumnRow(NamedTuple):
    """An article, whose title and body are not used, and its number of terms by field."""

    article: Article
    lengths: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Numbered:
    """The values of a facet in some documents, each different value once, in any order.

    ordinals: places in `values`. Of a one-valued facet shape (documents,), NONE where missing;
        of a many-valued one those of all documents, one document's after the other's.
    counts: of a many-valued facet the number of values of each document, shape (documents,);
        otherwise None.
    """

    values: Sequence[str]
    ordinals: Integers
    counts: Integers | None = None


def numbered(facet: Facet, articles: Sequence[Article]) -> Numbered:
    """The values of a facet in some articles, numbered in the order in which they first occur."""
    numbers: dict[str, int] = {}
    per_article = [article.facet_values(facet) for article in articles]
    if facet.is_many:
        ordinals = [
            numbers.setdefault(value, len(numbers)) for values in per_article for value in values
        ]
        counts = np.asarray([len(values) for values in per_article], dtype=np.int64)
        return Numbered(list(numbers), np.asarray(ordinals, dtype=np.int64), counts)
    ordinals = [
        numbers.setdefault(values[0], len(numbers)) if values else NONE for values in per_article
    ]
    return Numbered(list(numbers), np.asarray(ordinals, dtype=np.int64))


class Tally(NamedTuple):
    """The ordinals that occur, ascending, and how often each does."""

    ordinals: npt.NDArray[np.integer[Any]]
    counts: npt.NDArray[np.integer[Any]]


NO_TALLY = Tally(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp))


@dataclass(frozen=True)
class FacetColumn:
    """What all columns of facets have.

    values: in German order, each in the spelling that most documents have. No two of them have
        the same `spelling_key`.
    ordinals: places in them, or NONE; a deleted document has no value.
    respelt: the other spellings that documents have, with the places of their values.
    """

    values: list[str]
    ordinals: Integers
    respelt: Mapping[str, int]

    def ordinal(self, value: str) -> int:
        """The place of a value, however it is spelt; NONE if there is no such value."""
        found = self._ordinal_of.get(value)
        if found is None:
            found = self._ordinal_of_key.get(spelling_key(value), NONE)
        return found

    @cached_property
    def _ordinal_of(self) -> dict[str, int]:
        return {value: ordinal for ordinal, value in enumerate(self.values)} | dict(self.respelt)

    @cached_property
    def _ordinal_of_key(self) -> dict[str, int]:
        """Made only for a spelling that no document has: keys take a while."""
        return {spelling_key(value): ordinal for ordinal, value in enumerate(self.values)}

    @cached_property
    def plain_names(self) -> list[str]:
        """The `plain_letters` of each value, which rise with the values; made once."""
        return list(map(plain_letters, self.values))

    @cached_property
    def spellings(self) -> list[str]:
        """What each value is found by: all its letters in one spelling; made once.

        That is its `spelling_key`, and in a second line that of its plain letters, if it differs.
        """
        keys = (spelling_key(value) for value in self.values)
        return [
            key if value.isascii() else f"{key}\n{spelling_key(plain)}"
            for key, value, plain in zip(keys, self.values, self.plain_names, strict=True)
        ]

    def shown(self, value: str) -> str:
        """The spelling in which a document's value is shown."""
        ordinal = self.respelt.get(value)
        return value if ordinal is None else self.values[ordinal]

    def wanted(self, chosen: Iterable[str]) -> Integers:
        """The ordinals of those chosen values that there are, in the dtype of `ordinals`."""
        known = {self.ordinal(value) for value in chosen} - {NONE}
        return np.asarray(sorted(known), dtype=self.ordinals.dtype)

    def tally(self, ordinals: Integers) -> Tally:
        """Count ordinals of this facet; each must be a value's."""
        if len(ordinals) < _SPARSE_SHARE * len(self.values):
            return Tally(*np.unique(ordinals, return_counts=True))
        counts = np.bincount(ordinals, minlength=len(self.values))
        occurring = np.flatnonzero(counts != 0)  # of numbers it takes four times as long
        return Tally(occurring, counts.take(occurring))


@dataclass(frozen=True)
class OneValued(FacetColumn):
    """A facet with at most one value a document. ordinals: shape (documents,), NONE if missing."""

    def mask(self, docs: Docs, chosen: Iterable[str]) -> Mask:
        """Which of `docs` have one of the chosen values; shape as docs."""
        return np.isin(self.ordinals.take(docs), self.wanted(chosen))

    def of_docs(self, docs: Docs) -> Integers:
        """The ordinals of the documents that have one."""
        ordinals = self.ordinals.take(docs)
        return ordinals if self._is_complete else ordinals[ordinals >= 0]

    @cached_property
    def _is_complete(self) -> bool:
        return not len(self.ordinals) or int(self.ordinals.min()) >= 0


@dataclass(frozen=True)
class ManyValued(FacetColumn):
    """A facet with any number of different values a document.

    offsets: shape (documents + 1,); document d has `ordinals[offsets[d]:offsets[d + 1]]`.
    """

    offsets: Integers

    def _places(self, docs: Docs) -> tuple[Docs, Docs]:
        """Where the ordinals of `docs` stand, and how many each document has."""
        starts = self.offsets.take(docs).astype(np.intp)
        lengths = self.offsets.take(docs + 1) - starts
        filled = np.flatnonzero(lengths != 0)
        starts, sizes = starts.take(filled), lengths.take(filled)
        ends = np.cumsum(sizes)
        # Each place is one behind the one before, but for the first of each document; np.repeat of
        # the starts takes twice as long.
        steps = np.ones(ends[-1] if len(ends) else 0, dtype=np.intp)
        steps[ends[:-1]] = starts[1:] - (starts + sizes)[:-1] + 1
        steps[:1] = starts[:1]
        return np.cumsum(steps), lengths

    def mask(self, docs: Docs, chosen: Iterable[str]) -> Mask:
        """Which of `docs` have at least one of the chosen values; shape as docs."""
        places, lengths = self._places(docs)
        hits = np.isin(self.ordinals.take(places), self.wanted(chosen))
        mask = np.zeros(len(docs), dtype=np.bool_)
        mask[np.repeat(np.arange(len(docs)), lengths)[hits]] = True
        return mask

    def holders(self, chosen: Iterable[str]) -> Docs:
        """All documents that have all of the chosen values, ascending."""
        counts = np.zeros(len(self.offsets) - 1, dtype=np.intp)
        wanted = {self.ordinal(value) for value in chosen}
        for ordinal in wanted - {NONE}:
            places = np.flatnonzero(self.ordinals == ordinal).astype(self.offsets.dtype)
            counts[self.offsets.searchsorted(places, side="right") - 1] += 1
        return np.flatnonzero(counts == len(wanted))

    def of_docs(self, docs: Docs) -> Integers:
        """The ordinals of the documents."""
        return self.ordinals.take(self._places(docs)[0])


@dataclass(frozen=True)
class Columns:
    """The columns of one generation, in arrays of the smallest dtypes that hold them.

    days: shape (documents,), `date.toordinal()` or NO_DATE.
    newest: shape (documents,), place of the document in the order by date, newest
        first; without a date last, and of one date by id, so that no order depends on
        how documents were numbered.
    live: shape (documents,), False for a deleted document.
    lengths: for each analyzed field, number of terms, shape (documents,).
    facets: the column of each facet, by name.
    """

    days: Integers
    newest: Integers
    live: Mask
    lengths: Mapping[str, Integers]
    facets: Mapping[str, OneValued | ManyValued]

    @classmethod
    def build(cls, rows: Iterable[ColumnRow], deleted: Iterable[int] = ()) -> Columns:
        """Columns from one row a document number, deleted documents included."""
        rows = list(rows)
        articles = [row.article for row in rows]
        live = np.ones(len(rows), dtype=np.bool_)
        live[list(deleted)] = False
        return cls.of_arrays(
            id_ranks=_inverse(sorted(range(len(rows)), key=lambda row: articles[row].id)),
            days=np.asarray(
                [each.date.toordinal() if each.date else NO_DATE for each in articles],
                dtype=np.int32,
            ),
            live=live,
            lengths={
                name: np.asarray([row.lengths.get(name, 0) for row in rows], dtype=np.int32)
                for name in ANALYZED_FIELDS
            },
            facets={facet.name: numbered(facet, articles) for facet in STORED_FACETS},
        )

    @classmethod
    def of_arrays(
        cls,
        *,
        id_ranks: Integers,
        days: Integers,
        live: Mask,
        lengths: Mapping[str, Integers],
        facets: Mapping[str, Numbered],
    ) -> Columns:
        """Columns from arrays by document number, deleted documents included.

        id_ranks: the place of each document's id among all, shape (documents,), no two the same.
        days, live, lengths: as in Columns. facets: the STORED_FACETS by
        name; each document has different values, which may differ in spelling only.
        """
        days = days.astype(np.int32, copy=False)
        return cls(
            days=days,
            newest=_places_in_order(id_ranks, -days),
            live=live,
            lengths={name: _narrowest(each) for name, each in lengths.items()},
            facets={
                facet.name: _facet_column(
                    _years(days) if facet.is_year else facets[facet.name], live
                )
                for facet in FACETS
            },
        )

    def save(self, path: Path) -> FileDigest:
        """Write the columns into a new file. Raises OSError."""
        values = {name: column.values for name, column in self.facets.items()}
        respelt = {name: dict(column.respelt) for name, column in self.facets.items()}
        with SegmentFileWriter(path) as writer:
            for name in ("days", "newest", "live"):
                writer.array(name, getattr(self, name))
            for name, lengths in self.lengths.items():
                writer.array(f"lengths/{name}", lengths)
            for name, column in self.facets.items():
                writer.array(f"ordinals/{name}", column.ordinals)
                if isinstance(column, ManyValued):
                    writer.array(f"offsets/{name}", column.offsets)
            return writer.finish({"values": values, "respelt": respelt})

    @classmethod
    def load(cls, path: Path) -> Columns:
        """Map the columns that `save` wrote into memory. Raises IndexDamaged."""
        file = SegmentFile(path, BlockCache(0))
        try:
            facets = {facet.name: _read_column(file, facet) for facet in FACETS}
        except (KeyError, TypeError) as error:
            file.damaged(N_("it holds no columns (%(error)r)", error=error))
        return cls(
            days=file.array("days"),
            newest=file.array("newest"),
            live=file.array("live"),
            lengths={name: file.array(f"lengths/{name}") for name in ANALYZED_FIELDS},
            facets=facets,
        )

    @cached_property
    def oldest(self) -> Integers:
        """The same as `newest` with the oldest first; made once, for hardly anybody asks for it."""
        order = np.argsort(self.newest)
        days = self.days[order]
        order = order[np.lexsort((days, days == NO_DATE))]  # of one date it stays
        return _narrowest(_inverse(order))

    @cached_property
    def has_deleted(self) -> bool:
        """Whether any document is deleted."""
        return not bool(self.live.all())

    @cached_property
    def has_dates(self) -> bool:
        """Whether any document that is not deleted has a date."""
        return bool((self.days[self.all_docs] != NO_DATE).any())

    @cached_property
    def all_docs(self) -> Docs:
        """The numbers of all documents that are not deleted, ascending."""
        return np.flatnonzero(self.live)

    def dated_days(self, docs: Docs) -> Integers:
        """The day numbers of those of some documents that have a date."""
        days = self.days.take(docs)
        dated: Integers = days[days != NO_DATE]
        return dated

    def totals(self, facet: Facet) -> npt.NDArray[np.intp]:
        """How many live documents have each value of a facet, counted once."""
        totals = self._known_totals.get(facet.name)
        if totals is None:
            column = self.facets[facet.name]
            totals = np.bincount(column.of_docs(self.all_docs), minlength=len(column.values))
            self._known_totals[facet.name] = totals
        return totals

    @cached_property
    def _known_totals(self) -> dict[str, npt.NDArray[np.intp]]:
        return {}

    def norms(self, field: str) -> Floats:
        """The `length_norms` of an indexed field, made once."""
        name = measured_field(field)
        norms = self._known_norms.get(name)
        if norms is None:
            lengths = self.lengths[name]
            average = float(lengths[self.all_docs].sum()) / max(1, len(self.all_docs))
            norms = self._known_norms[name] = length_norms(lengths, average)
        return norms

    @cached_property
    def _known_norms(self) -> dict[str, Floats]:
        return {}

    def order(self, docs: Docs, scores: Floats, sort: Sort, *, first: int) -> Docs:
        """Indices into `docs` of the `first` best, best first.

        By score or date; of equal ones the newest first, then by id. Only those that can be
        among the first are sorted.
        """
        if sort != "relevance":
            places = self.newest if sort == "newest" else self.oldest
            return smallest(places.take(docs), first)
        candidates = np.arange(min(first, len(docs)))
        if 0 < first < len(docs):
            threshold = np.partition(scores, len(docs) - first)[len(docs) - first]
            above, tied = np.flatnonzero(scores > threshold), np.flatnonzero(scores == threshold)
            newest = smallest(self.newest.take(docs[tied]), first - len(above))
            candidates = np.concatenate((above, tied[newest]))
        keys = (self.newest.take(docs[candidates]), -scores[candidates])
        return candidates[np.lexsort(keys)]


def _with_shown_values(article: Article, facets: Mapping[str, FacetColumn]) -> Article:
    changes: dict[str, Any] = {}
    for facet in STORED_FACETS:
        column = facets[facet.name]
        values = article.facet_values(facet) if column.respelt else ()
        if any(value in column.respelt for value in values):
            shown = tuple(dict.fromkeys(map(column.shown, values)))
            changes[facet.attribute or facet.name] = shown if facet.is_many else shown[0]
    return replace(article, **changes) if changes else article


def with_shown_matches(
    article: Article, matches: ArticleMatches, facets: Mapping[str, FacetColumn]
) -> tuple[Article, ArticleMatches]:
    """An article with its values in the spelling in which they are shown, and its matches.

    A tag that is shown in another spelling is marked as a whole where that has other places.
    """
    shown = _with_shown_values(article, facets)
    if not matches.tags or shown.tags == article.tags:
        return shown, matches
    column = facets[TAGS.name]
    found: dict[str, tuple[Span, ...]] = {}
    for tag, spans in zip(article.tags, matches.tags, strict=True):
        its_shown = column.shown(tag)
        if spans and len(its_shown) != len(tag):
            spans = (Span(0, len(its_shown), spans[0].word),)
        # Of two spellings the first one with a match, if any has.
        found[its_shown] = found.get(its_shown) or spans
    return shown, matches._replace(tags=tuple(found[tag] for tag in shown.tags))


def _read_column(file: SegmentFile, facet: Facet) -> OneValued | ManyValued:
    values: list[str] = file.properties["values"][facet.name]
    respelt: dict[str, int] = file.properties["respelt"][facet.name]
    ordinals = file.array(f"ordinals/{facet.name}")
    if facet.is_many:
        return ManyValued(values, ordinals, respelt, file.array(f"offsets/{facet.name}"))
    return OneValued(values, ordinals, respelt)


def _narrowest(array: Integers) -> Integers:
    """The array in the smallest signed dtype that holds its values."""
    bounds = (int(array.min()), int(array.max())) if len(array) else (0, 0)
    dtype = np.result_type(*(np.min_scalar_type(min(bound, -1 - bound)) for bound in bounds))
    return array.astype(dtype)


def _places_in_order(*keys: Integers) -> Integers:
    """The place of each item when they are sorted, by the last of the keys first."""
    return _narrowest(_inverse(np.lexsort(keys)))


def _inverse(order: Sequence[int] | Integers) -> Integers:
    """The place of each item in an order of all."""
    places = np.empty(len(order), dtype=np.intp)
    places[np.asarray(order, dtype=np.intp)] = np.arange(len(places))
    return places


def smallest(keys: Integers, count: int) -> Docs:
    """The indices of the `count` smallest keys, ascending; no two keys are equal."""
    if count <= 0:
        return np.empty(0, dtype=np.intp)
    if count < len(keys):
        best = np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])
        return best[np.argsort(keys[best])]
    return np.argsort(keys)


def _years(days: Integers) -> Numbered:
    """The years of day numbers."""
    dates = _YEAR_ONE + (np.maximum(days, 1).astype(np.int64) - 1)
    years, ordinals = np.unique(dates.astype("datetime64[Y]").astype(int), return_inverse=True)
    ordinals[days == NO_DATE] = NONE
    return Numbered([str(year + 1970) for year in years.tolist()], ordinals)


def spelling_groups(values: Sequence[str], frequencies: Sequence[int]) -> list[list[int]]:
    """The places of those values that occur, which differ in spelling only in one group.

    In each group the most frequent is first: it is shown. Groups are in the German order of these.
    """
    spellings: dict[str, list[int]] = {}
    for ordinal, frequency in enumerate(frequencies):
        if frequency:
            spellings.setdefault(spelling_key(values[ordinal]), []).append(ordinal)
    groups = []
    for group in spellings.values():
        # Of equally frequent ones, any that does not depend on how documents are numbered.
        group.sort(key=lambda ordinal: (-frequencies[ordinal], values[ordinal]))
        groups.append(group)
    groups.sort(key=lambda group: german_sort_key(values[group[0]]))
    return groups


def _facet_column(numbered: Numbered, live: Mask) -> OneValued | ManyValued:
    """The column of the values of live documents, those that differ in spelling only as one."""
    values, ordinals = numbered.values, numbered.ordinals
    docs = None
    if numbered.counts is None:
        ordinals = np.where(live, ordinals, NONE)
    else:
        docs = np.repeat(np.arange(len(live)), numbered.counts)
        docs, ordinals = docs[live[docs]], ordinals[live[docs]]
    frequencies = np.bincount(ordinals[ordinals != NONE], minlength=len(values)).tolist()
    groups = spelling_groups(values, frequencies)
    # One more place at the end, which is where NONE leads to.
    places = np.full(len(values) + 1, NONE, dtype=np.intp)
    for place, group in enumerate(groups):
        places[group] = place
    shown = [values[group[0]] for group in groups]
    respelt = {values[each]: place for place, group in enumerate(groups) for each in group[1:]}
    ordinals = places[ordinals]
    if docs is None:
        return OneValued(shown, _narrowest(ordinals), respelt)
    if respelt:
        # Of two spellings of a value in one document, only the first counts.
        _, firsts = np.unique(docs * len(shown) + ordinals, return_index=True)
        firsts.sort()
        docs, ordinals = docs[firsts], ordinals[firsts]
    counts = np.bincount(docs, minlength=len(live))
    offsets = np.concatenate(([0], np.cumsum(counts, dtype=np.intp)))
    return ManyValued(shown, _narrowest(ordinals), respelt, _narrowest(offsets))

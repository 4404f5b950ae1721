"""Facet and date columns of a generation, and what is counted and sorted with them.

Arrays indexed by document number, which readers map into memory. They hold what every result page
needs of every match: tags (any number per document) as offsets and ordinals; source, author and
year (at most one per document) as ordinals; and the date.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.base import Filters
from searchapp.engines.evaluation.doc_set import Docs, DocSet, Integers, Mask
from searchapp.engines.evaluation.plan import Floats, length_norms
from searchapp.engines.fields import ANALYZED_FIELDS, measured_field
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.model import FACET_NAMES, FacetCount, Sort

NO_DATE = 0
"""The day number of an article without a date; `date.toordinal()` starts at 1."""
NONE = -1
"""The ordinal of a missing source, author or year."""

_SPARSE_SHARE = 1 / 16
"""Fewer ordinals than this share of a facet's values are counted by sorting them."""
_YEAR_ONE = np.datetime64("0001-01-01", "D")


class ColumnRow(NamedTuple):
    """What the columns hold of one document. lengths: number of terms by field, 0 left out."""

    id: str
    date: dt.date | None
    tags: tuple[str, ...]
    source: str | None
    author: str | None
    lengths: Mapping[str, int]


def german_sort_key(value: str) -> tuple[str, str]:
    """Order of a German index (DIN 5007-1): ä as a, case ignored, the original as tie-break."""
    folded = unicodedata.normalize("NFKD", value.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c)), value


class Numbered(NamedTuple):
    """Values in any order, each once, and the ordinal of the value of each item, or NONE."""

    values: Sequence[str]
    ordinals: Integers


class Tally(NamedTuple):
    """The ordinals that occur, ascending, and how often each does."""

    ordinals: npt.NDArray[np.integer[Any]]
    counts: npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class _Facet:
    """What all facets have. values: in German order. ordinals: places in them, or NONE."""

    values: list[str]
    ordinals: Integers

    @cached_property
    def ordinal_of(self) -> dict[str, int]:
        return {value: ordinal for ordinal, value in enumerate(self.values)}

    def wanted(self, chosen: Iterable[str]) -> Integers:
        """The ordinals of those chosen values that there are, in the dtype of `ordinals`."""
        known = {self.ordinal_of[value] for value in chosen if value in self.ordinal_of}
        return np.asarray(sorted(known), dtype=self.ordinals.dtype)

    def tally(self, ordinals: Integers) -> Tally:
        """Count ordinals of this facet; each must be a value's."""
        if len(ordinals) < _SPARSE_SHARE * len(self.values):
            return Tally(*np.unique(ordinals, return_counts=True))
        counts = np.bincount(ordinals, minlength=len(self.values))
        occurring = np.flatnonzero(counts)
        return Tally(occurring, counts[occurring])


@dataclass(frozen=True)
class _OneValued(_Facet):
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
class _ManyValued(_Facet):
    """A facet with any number of different values a document.

    offsets: shape (documents + 1,); document d has `ordinals[offsets[d]:offsets[d + 1]]`.
    """

    offsets: Integers

    def _places(self, docs: Docs) -> tuple[Docs, Docs]:
        """Where the ordinals of `docs` stand, and how many each document has."""
        starts = self.offsets.take(docs).astype(np.intp)
        lengths = self.offsets.take(docs + 1).astype(np.intp) - starts
        ends = np.cumsum(lengths)
        # The n-th ordinal of a document stands at its start + n, for all documents at once.
        places = np.repeat(starts - (ends - lengths), lengths)
        places += np.arange(len(places))
        return places, lengths

    def mask(self, docs: Docs, chosen: Sequence[str], *, any_of: bool) -> Mask:
        """Which of `docs` have all (or, with any_of, at least one) of the chosen values."""
        needed = 1 if any_of else len(set(chosen))
        places, lengths = self._places(docs)
        hits = np.isin(self.ordinals.take(places), self.wanted(chosen))
        owners = np.repeat(np.arange(len(docs)), lengths)
        per_doc: Mask = np.bincount(owners[hits], minlength=len(docs)) >= needed
        return per_doc

    def holders(self, chosen: Iterable[str]) -> Docs:
        """All documents that have all of the chosen values, deleted ones too, ascending."""
        counts = np.zeros(len(self.offsets) - 1, dtype=np.intp)
        wanted = self.wanted(chosen)
        for ordinal in wanted:
            places = np.flatnonzero(self.ordinals == ordinal).astype(self.offsets.dtype)
            counts[self.offsets.searchsorted(places, side="right") - 1] += 1
        return np.flatnonzero(counts == len(set(chosen)))

    def of_docs(self, docs: Docs) -> Integers:
        """The ordinals of the documents."""
        return self.ordinals.take(self._places(docs)[0])


@dataclass(frozen=True)
class Columns:
    """The columns of one generation, in arrays of the smallest dtypes that hold them.

    days: shape (documents,), `date.toordinal()` or NO_DATE.
    newest, oldest: shape (documents,), place of the document in the order by date, newest or
        oldest first; without a date last, and of one date by id, so that no order depends on
        how documents were numbered.
    live: shape (documents,), False for a deleted document.
    lengths: for each analyzed field, number of terms, shape (documents,).
    """

    days: Integers
    newest: Integers
    oldest: Integers
    live: Mask
    lengths: Mapping[str, Integers]
    tags: _ManyValued
    source: _OneValued
    author: _OneValued
    year: _OneValued

    @classmethod
    def build(cls, rows: Iterable[ColumnRow], deleted: Iterable[int] = ()) -> Columns:
        """Columns from one row a document number, deleted documents included."""
        rows = list(rows)
        live = np.ones(len(rows), dtype=np.bool_)
        live[list(deleted)] = False
        return cls.of_arrays(
            ids=[row.id for row in rows],
            days=np.asarray(
                [row.date.toordinal() if row.date else NO_DATE for row in rows], dtype=np.int32
            ),
            live=live,
            lengths={
                name: np.asarray([row.lengths.get(name, 0) for row in rows], dtype=np.int32)
                for name in ANALYZED_FIELDS
            },
            tags=_numbered([tag for row in rows for tag in row.tags]),
            tag_counts=np.asarray([len(row.tags) for row in rows], dtype=np.int32),
            source=_numbered([row.source for row in rows]),
            author=_numbered([row.author for row in rows]),
        )

    @classmethod
    def of_arrays(
        cls,
        *,
        ids: Sequence[str],
        days: Integers,
        live: Mask,
        lengths: Mapping[str, Integers],
        tags: Numbered,
        tag_counts: Integers,
        source: Numbered,
        author: Numbered,
    ) -> Columns:
        """Columns from arrays by document number, deleted documents included.

        days, live, lengths: as in Columns. ids, tag_counts, and the ordinals of source and
        author: shape (documents,). tags: those of all documents, one document's behind the
        other's; each document has different ones.
        """
        ranks = np.empty(len(ids), dtype=np.intp)
        ranks[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        days = days.astype(np.int32, copy=False)
        offsets = np.concatenate(([0], np.cumsum(tag_counts, dtype=np.intp)))
        tag_values, tag_ordinals = _in_german_order(tags)
        return cls(
            days=days,
            newest=_places_in_order(ranks, -days),
            oldest=_places_in_order(ranks, days, days == NO_DATE),
            live=live,
            lengths={name: _narrowest(each) for name, each in lengths.items()},
            tags=_ManyValued(tag_values, tag_ordinals, _narrowest(offsets)),
            source=_OneValued(*_in_german_order(source)),
            author=_OneValued(*_in_german_order(author)),
            year=_OneValued(*_in_german_order(_years(days))),
        )

    def save(self, path: Path) -> None:
        """Write the columns into a new file. Raises OSError."""
        with SegmentFileWriter(path) as writer:
            for name in ("days", "newest", "oldest", "live"):
                writer.array(name, getattr(self, name))
            for name, lengths in self.lengths.items():
                writer.array(f"lengths/{name}", lengths)
            for name in FACET_NAMES:
                writer.array(f"ordinals/{name}", self._facet(name).ordinals)
            writer.array("offsets/tags", self.tags.offsets)
            writer.finish({"values": {name: self._facet(name).values for name in FACET_NAMES}})

    @classmethod
    def load(cls, path: Path) -> Columns:
        """Map the columns that `save` wrote into memory. Raises IndexDamaged."""
        file = SegmentFile(path, BlockCache(0))
        try:
            values: dict[str, list[str]] = file.properties["values"]
            one_valued = {
                name: _OneValued(values[name], file.array(f"ordinals/{name}"))
                for name in ("source", "author", "year")
            }
            tags = values["tags"]
        except (KeyError, TypeError) as error:
            file.damaged(f"it holds no columns ({error!r})")
        return cls(
            days=file.array("days"),
            newest=file.array("newest"),
            oldest=file.array("oldest"),
            live=file.array("live"),
            lengths={name: file.array(f"lengths/{name}") for name in ANALYZED_FIELDS},
            tags=_ManyValued(tags, file.array("ordinals/tags"), file.array("offsets/tags")),
            **one_valued,
        )

    @cached_property
    def has_deleted(self) -> bool:
        """Whether any document is deleted."""
        return not bool(self.live.all())

    @cached_property
    def all_docs(self) -> Docs:
        """The numbers of all documents that are not deleted, ascending."""
        return np.flatnonzero(self.live)

    def narrowing(self, filters: Filters) -> DocSet | None:
        """The documents that pass the filters which no facet is counted without, None for all.

        Those are tags of which all are demanded, and the dates. The matches of a query may be
        cut down to them before anything else.
        """
        mask = None
        if filters.date_from or filters.date_to:
            mask = self._in_range(self.days, filters.date_from, filters.date_to) & self.live
        if filters.tags and not filters.any_tag:
            docs = self.tags.holders(filters.tags)
            docs = docs[(self.live if mask is None else mask).take(docs)]
            return DocSet(len(self.live), docs=docs)
        return None if mask is None else DocSet(len(self.live), mask=mask)

    def select(
        self, docs: Docs, filters: Filters, *, facet_limit: int, narrowed: bool = False
    ) -> tuple[Mask, dict[str, tuple[FacetCount, ...]]]:
        """Apply the filters to the matches of a query and count the facets, in one pass.

        docs: matching live documents, ascending. narrowed: whether all of them are known to be
        in `narrowing(filters)`. Returns the mask of those that pass all filters, and the facet
        counts. A facet whose choices widen the result (one value a document, or tags with
        any_tag) is counted as if nothing were chosen in it, so that its counts stay put; tags
        that narrow are counted among the selected documents. Without a choice in its own facet
        a count is the total after choosing the value.
        """
        masks: dict[str, Mask] = {}
        if filters.tags and (filters.any_tag or not narrowed):
            masks["tags"] = self.tags.mask(docs, filters.tags, any_of=filters.any_tag)
        chosen: dict[str, tuple[str, ...]] = {
            "tags": filters.tags,
            "source": filters.sources,
            "author": filters.authors,
            "year": tuple(str(year) for year in filters.years),
        }
        for name, column in (("source", self.source), ("author", self.author), ("year", self.year)):
            if chosen[name]:
                masks[name] = column.mask(docs, chosen[name])
        if (filters.date_from or filters.date_to) and not narrowed:
            masks["date"] = self._in_range(self.days.take(docs), filters.date_from, filters.date_to)

        def passing(*, without: str = "") -> Mask:
            mask = np.ones(len(docs), dtype=np.bool_)
            for name, each in masks.items():
                if name != without:
                    mask &= each
            return mask

        selected = passing()
        selected_docs = docs[selected] if masks else docs
        facets = {}
        for name in FACET_NAMES:
            widens = name != "tags" or filters.any_tag
            ignores_itself = widens and name in masks
            counted = docs[passing(without=name)] if ignores_itself else selected_docs
            facets[name] = _top_values(
                self._facet(name), self._tally(name, counted), chosen[name], facet_limit
            )
        return selected, facets

    def _tally(self, name: str, docs: Docs) -> Tally:
        """The values of some ascending live documents, with their counts."""
        facet = self._facet(name)
        if len(docs) <= len(self.all_docs) // 2:
            return facet.tally(facet.of_docs(docs))
        # Of most of the documents: all but those of the others.
        counts = self._totals(name)
        if len(docs) < len(self.all_docs):
            others = self.live.copy()
            others[docs] = False
            ordinals = facet.of_docs(np.flatnonzero(others))
            counts = counts - np.bincount(ordinals, minlength=len(facet.values))
        occurring = np.flatnonzero(counts)
        return Tally(occurring, counts[occurring])

    def _totals(self, name: str) -> npt.NDArray[np.intp]:
        """The counts of all values among all documents, made once."""
        totals = self._known_totals.get(name)
        if totals is None:
            facet = self._facet(name)
            totals = np.bincount(facet.of_docs(self.all_docs), minlength=len(facet.values))
            self._known_totals[name] = totals
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

    def _facet(self, name: str) -> _OneValued | _ManyValued:
        facet: _OneValued | _ManyValued = getattr(self, name)
        return facet

    def _in_range(self, days: Integers, date_from: dt.date | None, date_to: dt.date | None) -> Mask:
        in_range: Mask = days >= (date_from.toordinal() if date_from else NO_DATE + 1)
        if date_to:
            in_range &= days <= date_to.toordinal()
        return in_range

    def order(self, docs: Docs, scores: Floats, sort: Sort, *, first: int) -> Docs:
        """Indices into `docs` of the `first` best, best first.

        By score or date; of equal ones the newest first, then by id. Only those that can be
        among the first are sorted.
        """
        if sort != "relevance":
            places = self.newest if sort == "newest" else self.oldest
            return _smallest(places.take(docs), first)
        candidates = np.arange(min(first, len(docs)))
        if 0 < first < len(docs):
            threshold = np.partition(scores, len(docs) - first)[len(docs) - first]
            above, tied = np.flatnonzero(scores > threshold), np.flatnonzero(scores == threshold)
            newest = _smallest(self.newest.take(docs[tied]), first - len(above))
            candidates = np.concatenate((above, tied[newest]))
        keys = (self.newest.take(docs[candidates]), -scores[candidates])
        return candidates[np.lexsort(keys)]


def _narrowest(array: Integers) -> Integers:
    """The array in the smallest signed dtype that holds its values."""
    bounds = (int(array.min()), int(array.max())) if len(array) else (0, 0)
    dtype = np.result_type(*(np.min_scalar_type(min(bound, -1 - bound)) for bound in bounds))
    return array.astype(dtype)


def _places_in_order(*keys: Integers) -> Integers:
    """The place of each item when they are sorted, by the last of the keys first."""
    places = np.empty(len(keys[0]), dtype=np.intp)
    places[np.lexsort(keys)] = np.arange(len(places))
    return _narrowest(places)


def _smallest(keys: Integers, count: int) -> Docs:
    """The indices of the `count` smallest keys, ascending; no two keys are equal."""
    if count <= 0:
        return np.empty(0, dtype=np.intp)
    if count < len(keys):
        best = np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])
        return best[np.argsort(keys[best])]
    return np.argsort(keys)


def _numbered(values: Sequence[str | None]) -> Numbered:
    """Number values in the order in which they first occur."""
    numbers: dict[str | None, int] = {None: NONE}
    ordinals = [numbers.setdefault(value, len(numbers) - 1) for value in values]
    del numbers[None]
    return Numbered([value for value in numbers if value is not None], np.asarray(ordinals, int))


def _years(days: Integers) -> Numbered:
    """The years of day numbers."""
    dates = _YEAR_ONE + (np.maximum(days, 1).astype(np.int64) - 1)
    years, ordinals = np.unique(dates.astype("datetime64[Y]").astype(int), return_inverse=True)
    ordinals[days == NO_DATE] = NONE
    return Numbered([str(year + 1970) for year in years.tolist()], ordinals)


def _in_german_order(numbered: Numbered) -> tuple[list[str], Integers]:
    """The values that occur, in German order, and the ordinals of the items in them."""
    values, ordinals = numbered
    occurring = np.unique(ordinals[ordinals != NONE]).tolist()
    ordered = sorted(occurring, key=lambda ordinal: german_sort_key(values[ordinal]))
    # One more place at the end, which is where NONE leads to.
    places = np.full(len(values) + 1, NONE, dtype=np.intp)
    places[ordered] = np.arange(len(ordered))
    return [values[ordinal] for ordinal in ordered], _narrowest(places[ordinals])


_facet_count = partial(tuple.__new__, FacetCount)
"""Half the time of FacetCount(...), of which a page has hundreds."""


def _top_values(
    facet: _OneValued | _ManyValued, tally: Tally, chosen: Sequence[str], limit: int
) -> tuple[FacetCount, ...]:
    """The values with the highest counts, and every chosen one; ties in German order."""
    ordinals, counts = tally
    if limit < len(ordinals):
        # No two keys are equal: the count, and of equal counts the place in German order.
        best = _smallest(ordinals - counts * np.int64(len(facet.values)), limit)
    else:
        best = np.argsort(-counts, kind="stable")
    values = facet.values
    shown = [values[ordinal] for ordinal in ordinals[best].tolist()]
    shown_counts = counts[best].tolist()
    if not chosen:
        return tuple(map(_facet_count, zip(shown, shown_counts, repeat(False), strict=False)))
    all_shown = dict(zip(shown, shown_counts, strict=True))
    for value in chosen:
        if value not in all_shown:
            places = np.flatnonzero(ordinals == facet.ordinal_of.get(value, NONE))
            all_shown[value] = int(counts[places].sum())
    ordered = sorted(all_shown.items(), key=lambda item: (-item[1], german_sort_key(item[0])))
    return tuple(FacetCount(value, count, value in chosen) for value, count in ordered)

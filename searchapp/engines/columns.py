"""Facet and date columns of a generation, and what is counted and sorted with them.

Arrays indexed by document number, kept as .npy files that readers map into memory. They hold
what every result page needs of every match: tags (many a document) as offsets and ordinals,
source, author and year (one a document) as ordinals, and the date.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.base import Filters
from searchapp.engines.doc_set import Docs, Mask
from searchapp.engines.fields import ANALYZED_FIELDS, measured_field
from searchapp.engines.plan import Floats, length_norms
from searchapp.errors import IndexDamaged
from searchapp.model import FACET_NAMES, FacetCount, Sort

NO_DATE = 0
"""The day number of an article without a date; `date.toordinal()` starts at 1."""
NONE = -1
"""The ordinal of a missing source, author or year."""


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


@dataclass(frozen=True)
class _OneValued:
    """A facet with at most one value a document. ordinals: shape (documents,), NONE if missing."""

    values: list[str]
    ordinals: npt.NDArray[np.int32]

    @cached_property
    def ordinal_of(self) -> dict[str, int]:
        return {value: ordinal for ordinal, value in enumerate(self.values)}

    def mask(self, docs: Docs, chosen: Iterable[str]) -> Mask:
        """Which of `docs` have one of the chosen values; shape as docs."""
        wanted = [self.ordinal_of[value] for value in chosen if value in self.ordinal_of]
        return np.isin(self.ordinals[docs], np.asarray(wanted, dtype=np.int32))

    def counts(self, docs: Docs) -> npt.NDArray[np.int64]:
        """Documents of each value among `docs`, shape (values,)."""
        ordinals = self.ordinals[docs]
        return np.bincount(ordinals[ordinals >= 0], minlength=len(self.values))


@dataclass(frozen=True)
class _ManyValued:
    """A facet with any number of different values a document.

    offsets: shape (documents + 1,); document d has `ordinals[offsets[d]:offsets[d + 1]]`.
    """

    values: list[str]
    offsets: npt.NDArray[np.int64]
    ordinals: npt.NDArray[np.int32]

    @cached_property
    def ordinal_of(self) -> dict[str, int]:
        return {value: ordinal for ordinal, value in enumerate(self.values)}

    def _rows(self, docs: Docs) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """All ordinals of `docs` one after the other, and how many each document has."""
        starts = self.offsets[docs]
        lengths = self.offsets[docs + 1] - starts
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        # The n-th ordinal of a document stands at its start + n, for all documents at once.
        places = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
        return self.ordinals[places], lengths

    def mask(self, docs: Docs, chosen: Sequence[str], *, any_of: bool) -> Mask:
        """Which of `docs` have all (or, with any_of, at least one) of the chosen values."""
        wanted = {self.ordinal_of[value] for value in chosen if value in self.ordinal_of}
        needed = 1 if any_of else len(set(chosen))
        rows, lengths = self._rows(docs)
        hits = np.isin(rows, np.fromiter(wanted, dtype=np.int32, count=len(wanted)))
        owners = np.repeat(np.arange(len(docs)), lengths)
        per_doc: Mask = np.bincount(owners[hits], minlength=len(docs)) >= needed
        return per_doc

    def counts(self, docs: Docs) -> npt.NDArray[np.int64]:
        """Documents of each value among `docs`, shape (values,)."""
        return np.bincount(self._rows(docs)[0], minlength=len(self.values))


@dataclass(frozen=True)
class Columns:
    """The columns of one generation.

    days: shape (documents,), `date.toordinal()` or NO_DATE.
    ranks: shape (documents,), place of the document in the order of ids: ties in every sort
        are broken by it, so that the order does not depend on how documents were numbered.
    live: shape (documents,), False for a deleted document.
    lengths: for each analyzed field, number of terms, shape (documents,).
    """

    days: npt.NDArray[np.int32]
    ranks: npt.NDArray[np.int64]
    live: Mask
    lengths: Mapping[str, npt.NDArray[np.int32]]
    tags: _ManyValued
    source: _OneValued
    author: _OneValued
    year: _OneValued

    @classmethod
    def build(cls, rows: Iterable[ColumnRow], deleted: Iterable[int] = ()) -> Columns:
        """Columns from one row a document number, deleted documents included."""
        ids: list[str] = []
        days: list[int] = []
        singles: dict[str, list[str | None]] = {"source": [], "author": [], "year": []}
        tags: list[str] = []
        tags_of_docs: list[int] = []
        lengths: dict[str, list[int]] = {name: [] for name in ANALYZED_FIELDS}
        for row in rows:
            ids.append(row.id)
            days.append(row.date.toordinal() if row.date else NO_DATE)
            singles["source"].append(row.source)
            singles["author"].append(row.author)
            singles["year"].append(str(row.date.year) if row.date else None)
            tags.extend(row.tags)
            tags_of_docs.append(len(row.tags))
            for name, field_lengths in lengths.items():
                field_lengths.append(row.lengths.get(name, 0))
        live = np.ones(len(ids), dtype=np.bool_)
        live[list(deleted)] = False
        ranks = np.empty(len(ids), dtype=np.int64)
        ranks[np.argsort(np.asarray(ids, dtype=object), kind="stable")] = np.arange(len(ids))
        tag_values, tag_ordinals = _number(tags)
        offsets = np.concatenate(([0], np.cumsum(tags_of_docs))).astype(np.int64)
        return cls(
            days=np.asarray(days, dtype=np.int32),
            ranks=ranks,
            live=live,
            lengths={name: np.asarray(each, dtype=np.int32) for name, each in lengths.items()},
            tags=_ManyValued(tag_values, offsets, tag_ordinals),
            **{name: _OneValued(*_number(values)) for name, values in singles.items()},
        )

    def save(self, folder: Path) -> None:
        """Write all columns into an existing, empty folder."""
        for name, array in self._arrays().items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        for name in FACET_NAMES:
            text = json.dumps(getattr(self, name).values, ensure_ascii=False)
            (folder / f"{name}.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Columns:
        """Map the columns of `save` into memory. Raises IndexDamaged."""

        def array(name: str) -> npt.NDArray[np.generic]:
            loaded: npt.NDArray[np.generic] = np.load(
                folder / f"{name}.npy", mmap_mode="r", allow_pickle=False
            )
            return loaded

        def values(name: str) -> list[str]:
            parsed: list[str] = json.loads((folder / f"{name}.json").read_text("utf-8"))
            return parsed

        try:
            return cls(
                days=array("days"),  # type: ignore[arg-type]  # dtypes are those of `save`
                ranks=array("ranks"),  # type: ignore[arg-type]
                live=array("live"),  # type: ignore[arg-type]
                lengths={name: array(f"length-{name}") for name in ANALYZED_FIELDS},  # type: ignore[misc]
                tags=_ManyValued(
                    values("tags"),
                    array("tags-offsets"),  # type: ignore[arg-type]
                    array("tags-ordinals"),  # type: ignore[arg-type]
                ),
                **{
                    name: _OneValued(values(name), array(f"{name}-ordinals"))  # type: ignore[arg-type]
                    for name in ("source", "author", "year")
                },
            )
        except (OSError, ValueError, EOFError) as error:
            raise IndexDamaged(
                f"the facet columns cannot be read ({error})",
                where=str(folder),
                remedy="run: searchapp rebuild",
            ) from error

    def _arrays(self) -> Mapping[str, npt.NDArray[np.generic]]:
        return {
            "days": self.days,
            "ranks": self.ranks,
            "live": self.live,
            "tags-offsets": self.tags.offsets,
            "tags-ordinals": self.tags.ordinals,
            "source-ordinals": self.source.ordinals,
            "author-ordinals": self.author.ordinals,
            "year-ordinals": self.year.ordinals,
            **{f"length-{name}": each for name, each in self.lengths.items()},
        }

    @cached_property
    def all_docs(self) -> Docs:
        """The numbers of all documents that are not deleted, ascending."""
        return np.flatnonzero(self.live)

    def select(
        self, docs: Docs, filters: Filters, *, facet_limit: int
    ) -> tuple[Mask, dict[str, tuple[FacetCount, ...]]]:
        """Apply the filters to the matches of a query and count the facets, in one pass.

        docs: matching live documents. Returns the mask of those that pass all filters, and
        the facet counts. A facet whose choices widen the result (one value a document, or tags
        with any_tag) is counted as if nothing were chosen in it, so that its counts stay put;
        tags that narrow are counted among the selected documents. Without a choice in its own
        facet a count is the total after choosing the value.
        """
        masks: dict[str, Mask] = {}
        if filters.tags:
            masks["tags"] = self.tags.mask(docs, filters.tags, any_of=filters.any_tag)
        chosen: dict[str, tuple[str, ...]] = {
            "tags": filters.tags,
            "source": filters.sources,
            "author": filters.authors,
            "year": tuple(str(year) for year in filters.years),
        }
        for name in ("source", "author", "year"):
            if chosen[name]:
                masks[name] = self._one_valued(name).mask(docs, chosen[name])
        if filters.date_from or filters.date_to:
            masks["date"] = self._in_range(docs, filters.date_from, filters.date_to)

        def passing(*, without: str = "") -> Mask:
            mask = np.ones(len(docs), dtype=np.bool_)
            for name, each in masks.items():
                if name != without:
                    mask &= each
            return mask

        selected = passing()
        facets = {}
        for name in FACET_NAMES:
            column: _OneValued | _ManyValued = getattr(self, name)
            widens = name != "tags" or filters.any_tag
            counted = passing(without=name) if widens and name in masks else selected
            counts = column.counts(docs[counted])
            facets[name] = _top_values(column.values, counts, chosen[name], facet_limit)
        return selected, facets

    def norms(self, field: str) -> Floats:
        """The `length_norms` of an indexed field, made once."""
        name = measured_field(field)
        norms = self._norms.get(name)
        if norms is None:
            lengths = self.lengths[name]
            average = float(lengths[self.all_docs].sum()) / max(1, len(self.all_docs))
            norms = self._norms[name] = length_norms(lengths, average)
        return norms

    @cached_property
    def _norms(self) -> dict[str, Floats]:
        return {}

    def _one_valued(self, name: str) -> _OneValued:
        column: _OneValued = getattr(self, name)
        return column

    def _in_range(self, docs: Docs, date_from: dt.date | None, date_to: dt.date | None) -> Mask:
        days = self.days[docs]
        first = date_from.toordinal() if date_from else NO_DATE + 1
        last = date_to.toordinal() if date_to else np.iinfo(np.int32).max
        in_range: Mask = (days >= first) & (days <= last)
        return in_range

    def order(self, docs: Docs, scores: npt.NDArray[np.float32], sort: Sort) -> Docs:
        """Indices into `docs`, best first: by score or date, then newest first, then by id."""
        days = self.days[docs]
        ranks = self.ranks[docs]
        if sort == "relevance":
            return np.lexsort((ranks, -days, -scores))
        if sort == "newest":
            return np.lexsort((ranks, -days))  # NO_DATE is the smallest day
        return np.lexsort((ranks, days, days == NO_DATE))


def _number(values: Sequence[str | None]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Number values in German order. Returns the values and the ordinal of each item."""
    ordered = sorted({value for value in values if value is not None}, key=german_sort_key)
    numbers = {value: number for number, value in enumerate(ordered)}
    ordinals = np.fromiter(
        (NONE if value is None else numbers[value] for value in values),
        dtype=np.int32,
        count=len(values),
    )
    return ordered, ordinals


def _top_values(
    values: Sequence[str], counts: npt.NDArray[np.int64], chosen: Sequence[str], limit: int
) -> tuple[FacetCount, ...]:
    """The values with the highest counts, and every chosen one; ties in German order."""
    nonzero = np.flatnonzero(counts)
    best = nonzero[np.lexsort((nonzero, -counts[nonzero]))][:limit]
    shown = {values[i]: int(counts[i]) for i in best}
    missing = [value for value in chosen if value not in shown]
    if missing:
        places = {value: i for i, value in enumerate(values)}
        for value in missing:
            shown[value] = int(counts[places[value]]) if value in places else 0
    ordered = sorted(shown.items(), key=lambda item: (-item[1], german_sort_key(item[0])))
    return tuple(FacetCount(value, count, value in chosen) for value, count in ordered)

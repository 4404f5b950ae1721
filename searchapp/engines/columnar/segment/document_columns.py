"""What a segment holds of each document for facets, sorting and ranking.

Numbers by document, and the values of the facets that they stand for. The columns of a
generation (`searchapp.engines.evaluation.columns`) are put together from those of its segments.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.evaluation.columns import NO_DATE, NONE, Numbered, numbered
from searchapp.engines.fields import ANALYZED_FIELDS
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter
from searchapp.facets import STORED_FACETS
from searchapp.model import Article

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DocumentColumns:
    """The columns of some documents.

    days: `date.toordinal()` or NO_DATE, shape (documents,). lengths: by analyzed field, number
    of terms, shape (documents,). facets: the values of each of the STORED_FACETS, by name.
    """

    days: npt.NDArray[Any]
    lengths: Mapping[str, npt.NDArray[Any]]
    facets: Mapping[str, Numbered]

    @classmethod
    def of(cls, articles: Sequence[Article], lengths: Mapping[str, Ints]) -> DocumentColumns:
        """The columns of some articles, given the lengths of their fields."""
        days = [each.date.toordinal() if each.date else NO_DATE for each in articles]
        return cls(
            days=np.asarray(days, dtype=np.int64),
            lengths=lengths,
            facets={facet.name: numbered(facet, articles) for facet in STORED_FACETS},
        )

    @classmethod
    def read(cls, file: SegmentFile) -> DocumentColumns:
        """The columns of a segment. Raises IndexDamaged."""

        def numbers(name: str) -> npt.NDArray[Any]:
            stream = NumberStream(file, name)
            return stream.read(0, stream.size)

        stored = file.stream("values")
        values = json.loads(stored.read(0, stored.size))
        return cls(
            days=numbers("days"),
            lengths={name: numbers(f"lengths/{name}") for name in ANALYZED_FIELDS},
            facets={
                facet.name: Numbered(
                    values[facet.name],
                    # Streams hold no negative numbers: a missing value is written as 0.
                    numbers(f"ordinals/{facet.name}").astype(np.int64) - 1,
                    numbers(f"counts/{facet.name}") if facet.is_many else None,
                )
                for facet in STORED_FACETS
            },
        )

    def write(self, writer: SegmentFileWriter) -> None:
        """Write the columns into a segment's file."""
        streams = {
            "days": self.days,
            **{f"lengths/{name}": each for name, each in self.lengths.items()},
            **{f"ordinals/{name}": each.ordinals + 1 for name, each in self.facets.items()},
            **{
                f"counts/{name}": each.counts
                for name, each in self.facets.items()
                if each.counts is not None
            },
        }
        for name, numbers in streams.items():
            NumberStreamWriter(writer, name).add(numbers)
        values = {name: list(each.values) for name, each in self.facets.items()}
        writer.append("values", json.dumps(values, ensure_ascii=False).encode("utf-8"))

    def of_documents(self, live: npt.NDArray[np.bool_]) -> DocumentColumns:
        """The same of those documents only that are live. live: shape (documents,)."""
        return DocumentColumns(
            days=self.days[live],
            lengths={name: each[live] for name, each in self.lengths.items()},
            facets={name: _of_documents(each, live) for name, each in self.facets.items()},
        )


def _of_documents(facet: Numbered, live: npt.NDArray[np.bool_]) -> Numbered:
    """The values of live documents: those still used, as they first occur."""
    if facet.counts is None:
        counts, places = None, facet.ordinals[live]
    else:
        counts = facet.counts[live]
        places = facet.ordinals[np.repeat(live, facet.counts)]
    used, firsts = np.unique(places[places >= 0], return_index=True)
    used = used[np.argsort(firsts)]
    # One more place at the end, which is where NONE leads to.
    new_places = np.full(len(facet.values) + 1, NONE, dtype=np.int64)
    new_places[used] = np.arange(len(used))
    return Numbered([facet.values[place] for place in used.tolist()], new_places[places], counts)


def joined(parts: Sequence[DocumentColumns]) -> DocumentColumns:
    """The columns of several segments, one after the other, as of one."""
    return DocumentColumns(
        days=np.concatenate([part.days for part in parts]),
        lengths={
            name: np.concatenate([part.lengths[name] for part in parts]) for name in ANALYZED_FIELDS
        },
        facets={
            facet.name: _joined([part.facets[facet.name] for part in parts])
            for facet in STORED_FACETS
        },
    )


def _joined(parts: Sequence[Numbered]) -> Numbered:
    known: dict[str, int] = {}
    ordinals = []
    for part in parts:
        new = [known.setdefault(value, len(known)) for value in part.values]
        # One more place at the end, which is where NONE leads to.
        ordinals.append(np.asarray([*new, NONE], dtype=np.int64)[part.ordinals])
    counts = [part.counts for part in parts if part.counts is not None]
    return Numbered(
        list(known), np.concatenate(ordinals), np.concatenate(counts) if counts else None
    )

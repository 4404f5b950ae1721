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

from searchapp.engines.evaluation.columns import NO_DATE
from searchapp.engines.fields import ANALYZED_FIELDS
from searchapp.engines.storage.number_stream import NumberStream, NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFile, SegmentFileWriter
from searchapp.model import Article

Ints = npt.NDArray[np.int64]

ONE_VALUED = ("source", "author")
"""The facets with at most one value a document; the year follows from the date."""


@dataclass(frozen=True, slots=True)
class DocumentColumns:
    """The columns of some documents.

    days: `date.toordinal()` or NO_DATE. lengths: by analyzed field, number of terms.
    tag_counts: how many tags each document has. tags: their places in values["tags"], document
    after document. ordinals: of source and author, place in `values` plus 1, or 0 if missing.
    All of shape (documents,) but `tags`. values: without duplicates, in no order.
    """

    days: npt.NDArray[Any]
    lengths: Mapping[str, npt.NDArray[Any]]
    tag_counts: npt.NDArray[Any]
    tags: npt.NDArray[Any]
    ordinals: Mapping[str, npt.NDArray[Any]]
    values: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, articles: Sequence[Article], lengths: Mapping[str, Ints]) -> DocumentColumns:
        """The columns of some articles, given the lengths of their fields."""
        numbers: dict[str, dict[str, int]] = {name: {} for name in ("tags", *ONE_VALUED)}
        tags = numbers["tags"]
        found_tags = [
            tags.setdefault(tag, len(tags))
            for article in articles
            for tag in dict.fromkeys(article.tags)
        ]
        ordinals = {}
        for name in ONE_VALUED:
            known = numbers[name]
            values = [getattr(article, name) for article in articles]
            ordinals[name] = np.asarray(
                [
                    0 if value is None else known.setdefault(value, len(known)) + 1
                    for value in values
                ],
                dtype=np.int64,
            )
        days = [each.date.toordinal() if each.date else NO_DATE for each in articles]
        return cls(
            days=np.asarray(days, dtype=np.int64),
            lengths=lengths,
            tag_counts=np.asarray([len(set(each.tags)) for each in articles], dtype=np.int64),
            tags=np.asarray(found_tags, dtype=np.int64),
            ordinals=ordinals,
            values={name: list(known) for name, known in numbers.items()},
        )

    @classmethod
    def read(cls, file: SegmentFile) -> DocumentColumns:
        """The columns of a segment. Raises IndexDamaged."""

        def numbers(name: str) -> npt.NDArray[Any]:
            stream = NumberStream(file, name)
            return stream.read(0, stream.size)

        values = file.stream("values")
        return cls(
            days=numbers("days"),
            lengths={name: numbers(f"lengths/{name}") for name in ANALYZED_FIELDS},
            tag_counts=numbers("tag_counts"),
            tags=numbers("tags"),
            ordinals={name: numbers(f"ordinals/{name}") for name in ONE_VALUED},
            values=json.loads(values.read(0, values.size)),
        )

    def write(self, writer: SegmentFileWriter) -> None:
        """Write the columns into a segment's file."""
        streams = {
            "days": self.days,
            "tag_counts": self.tag_counts,
            "tags": self.tags,
            **{f"lengths/{name}": each for name, each in self.lengths.items()},
            **{f"ordinals/{name}": each for name, each in self.ordinals.items()},
        }
        for name, values in streams.items():
            NumberStreamWriter(writer, name).add(values)
        writer.append("values", json.dumps(dict(self.values), ensure_ascii=False).encode("utf-8"))

    def of_documents(self, live: npt.NDArray[np.bool_]) -> DocumentColumns:
        """The same of those documents only that are live. live: shape (documents,)."""
        values = dict(self.values)
        tags = self.tags[np.repeat(live, self.tag_counts)].astype(np.int64)
        values["tags"], tags = _occurring(values["tags"], tags)
        ordinals = {}
        for name, each in self.ordinals.items():
            values[name], places = _occurring(values[name], each[live].astype(np.int64) - 1)
            ordinals[name] = places + 1
        return DocumentColumns(
            days=self.days[live],
            lengths={name: each[live] for name, each in self.lengths.items()},
            tag_counts=self.tag_counts[live],
            tags=tags,
            ordinals=ordinals,
            values=values,
        )


def _occurring(values: Sequence[str], places: Ints) -> tuple[list[str], Ints]:
    """Those values that are still used, as they first occur, and the new places of the items.

    places: in `values`, or -1, which stays.
    """
    used, firsts = np.unique(places[places >= 0], return_index=True)
    used = used[np.argsort(firsts)]
    # One more place at the end, which is where -1 leads to.
    new_places = np.full(len(values) + 1, -1, dtype=np.int64)
    new_places[used] = np.arange(len(used))
    return [values[place] for place in used.tolist()], new_places[places]


def joined(parts: Sequence[DocumentColumns]) -> DocumentColumns:
    """The columns of several segments, one after the other, as of one."""
    values: dict[str, list[str]] = {}
    renumbered: dict[str, list[npt.NDArray[Any]]] = {}
    for name in ("tags", *ONE_VALUED):
        known: dict[str, int] = {}
        arrays = []
        for part in parts:
            new = [known.setdefault(value, len(known)) for value in part.values[name]]
            if name == "tags":
                arrays.append(np.asarray(new, dtype=np.int64)[part.tags])
            else:
                places = np.asarray([0, *(number + 1 for number in new)], dtype=np.int64)
                arrays.append(places[part.ordinals[name]])
        values[name] = list(known)
        renumbered[name] = arrays
    return DocumentColumns(
        days=np.concatenate([part.days for part in parts]),
        lengths={
            name: np.concatenate([part.lengths[name] for part in parts]) for name in ANALYZED_FIELDS
        },
        tag_counts=np.concatenate([part.tag_counts for part in parts]),
        tags=np.concatenate(renumbered["tags"]),
        ordinals={name: np.concatenate(renumbered[name]) for name in ONE_VALUED},
        values=values,
    )

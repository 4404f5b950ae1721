"""What lies in the folder of a generation whose articles are in the cluster.

    lexicon/, vocabulary/   as of other engines
    values.json             the values of the facets
    cluster.json            which index of the cluster is the generation's

A snapshot is opened from them alone, also while the cluster is away.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from searchapp.deadline import NEVER, Deadline
from searchapp.engines.opensearch.cluster import Cluster
from searchapp.engines.opensearch.index_layout import MAPPING, MAPPING_VERSION
from searchapp.errors import IndexDamaged, IndexOutdated, not_read
from searchapp.facets import FACETS, Facet, distinct_values
from searchapp.model import Article
from searchapp.translation import N_

_RECORD, _VALUES = "cluster.json", "values.json"
VOCABULARY = "vocabulary"
"""The folder with the exact forms of the text and how many articles have them."""
_REMEDY = N_("run: searchapp rebuild (or searchapp rollback)")

ValueCounts = dict[str, Counter[str]]
"""For each of FACETS: each value, as it is written, and how many articles have it so."""


@dataclass(frozen=True, slots=True)
class GenerationRecord:
    """The index of a generation, whose name no other index has had.

    articles, dated: how many there are, and how many have a date. mapping: see MAPPING_VERSION.
    """

    index: str
    articles: int
    dated: int
    mapping: str = MAPPING_VERSION

    def save(self, folder: Path) -> None:
        """Write it into a generation's folder. Raises OSError."""
        (folder / _RECORD).write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> GenerationRecord:
        """Read that of a generation. Raises IndexDamaged, IndexUnreadable, IndexOutdated."""
        values = _read(folder / _RECORD)
        try:
            record = cls(**values)
            numbers = (record.articles, record.dated)
            is_sound = isinstance(record.index, str) and all(
                type(each) is int and each >= 0 for each in numbers
            )
        except TypeError:
            is_sound = False
        if not is_sound:
            raise IndexDamaged(
                N_("the record of the generation is not understood"),
                where=str(folder / _RECORD),
                remedy=_REMEDY,
            )
        if record.mapping != MAPPING_VERSION:
            raise IndexOutdated(
                N_("the index was built with another mapping"),
                where=record.index,
                remedy=_REMEDY,
            )
        return record

    def check(self, cluster: Cluster, *, deadline: Deadline = NEVER) -> None:
        """Raise IndexDamaged unless the index of this name is one that was made by us.

        Where it has gone, whoever writes to its name makes another one, by guesses. And raises
        what `Cluster.request` does.
        """
        found = cluster.request("GET", f"/{self.index}/_mapping", deadline=deadline)
        meta = found[self.index]["mappings"].get("_meta", {})
        if meta.get(MAPPING) != self.mapping:
            raise IndexDamaged(
                N_("the index in the cluster was made by somebody else"),
                where=self.index,
                remedy=_REMEDY,
            )


def no_values() -> ValueCounts:
    """The counts of no articles."""
    return {name: Counter() for facet in FACETS for name in (facet.name, again(facet))}


def again(facet: Facet) -> str:
    """The name in ValueCounts for what articles have in another spelling already.

    An article with "Haus" and "haus" counts for both spellings, and once for the value.
    """
    return f"{facet.name} again"


def count_values(article: Article, counts: ValueCounts, *, by: int = 1) -> None:
    """Add an article's values to counts; by -1, take them away."""
    for facet in FACETS:
        values = article.facet_values(facet)
        for value in values:
            counts[facet.name][value] += by
        if len(values) > 1:
            for value in set(values).difference(distinct_values(values)):
                counts[again(facet)][value] += by


def save_values(folder: Path, counts: Mapping[str, Counter[str]]) -> None:
    """Write the values that any article has. Raises OSError."""
    held = {name: dict(sorted((+counter).items())) for name, counter in counts.items()}
    text = json.dumps(held, ensure_ascii=False, indent=0)
    (folder / _VALUES).write_text(text + "\n", "utf-8")


def load_values(folder: Path) -> ValueCounts:
    """Read the values of a generation. Raises IndexDamaged, IndexUnreadable."""
    read = _read(folder / _VALUES)
    counts = no_values()
    try:
        for name, counter in counts.items():
            counter.update({str(value): int(count) for value, count in read[name].items()})
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise IndexDamaged(
            N_("the values of the facets are not understood"),
            where=str(folder / _VALUES),
            remedy=_REMEDY,
        ) from error
    return counts


def _read(path: Path) -> dict[str, Any]:
    """The object that a file holds. Raises IndexDamaged, IndexUnreadable."""
    try:
        read = json.loads(path.read_bytes())
    except (OSError, MemoryError) as error:
        raise not_read(error, N_("the file"), where=path, remedy=_REMEDY) from error
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise IndexDamaged(N_("the file holds no object"), where=str(path), remedy=_REMEDY)
    return read

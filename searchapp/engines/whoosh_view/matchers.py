"""Whoosh's matchers over arrays: of the documents of a term, and of the terms of a document."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.matching.mcore import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo
from whoosh.system import pack_uint

from searchapp.engines.columnar.segment.postings import Ints, sums_before


class _ListMatcher(LeafMatcher):
    """Steps through ascending ids, each with a frequency; all are one block to Whoosh.

    The ids are documents, or terms in the vector of a document, so that they have no one type.
    """

    def __init__(
        self, ids: Sequence[Any], freqs: Sequence[int], posting_format: Any, scorer: Any = None
    ) -> None:
        """ids, freqs: of equal length. scorer: one of Whoosh's, or None."""
        self._ids = ids
        self._freqs = freqs
        self.format = posting_format
        self.scorer: Any = scorer
        self._place = 0

    def is_active(self) -> bool:
        """Whether there is an item at this place."""
        return self._place < len(self._ids)

    def reset(self) -> None:
        """Go back to the first item."""
        self._place = 0

    def id(self) -> Any:
        """The id of the item."""
        return self._ids[self._place]

    def weight(self) -> float:
        """The frequency of the item."""
        return float(self._freqs[self._place])

    def next(self) -> bool:  # type: ignore[override]  # Whoosh's collectors use what is returned.
        """Go to the next item. Returns whether there is none. Raises ReadTooFar after the last."""
        if not self.is_active():
            raise ReadTooFar
        self._place += 1
        return not self.is_active()

    def skip_to(self, id: Any) -> None:
        """Go on to the first item with this id or a later one. Raises ReadTooFar after the last."""
        if not self.is_active():
            raise ReadTooFar
        self._place = bisect_left(self._ids, id, self._place)

    def all_ids(self) -> Iterator[Any]:
        """The ids from here on."""
        return iter(self._ids[self._place :])

    def items_as(self, astype: str) -> Iterator[tuple[Any, Any]]:
        """The items from here on: id, and `value_as`."""
        while self.is_active():
            yield self.id(), self.value_as(astype)
            self.next()


class PostingsMatcher(_ListMatcher):
    """The documents of a term in a field, with frequencies and positions."""

    def __init__(self, postings: SegmentPostings, posting_format: Any, scorer: Any = None) -> None:
        super().__init__(postings.docs.tolist(), postings.freqs.tolist(), posting_format, scorer)
        self._postings = postings
        self._term = postings.term

    def copy(self) -> PostingsMatcher:
        """Another matcher at the same place."""
        other = PostingsMatcher(self._postings, self.format, self.scorer)
        other._place = self._place
        return other

    def value(self) -> Any:
        """The positions as the field's format encodes them."""
        return self.format.encode(self._postings.positions_of(self._place))

    def value_as(self, astype: str) -> Any:
        """Positions, frequency and so on. Raises AttributeError for what the format lacks."""
        if astype == "positions":
            return self._postings.positions_of(self._place)
        return super().value_as(astype)

    def skip_to_quality(self, minquality: float) -> int:
        """Leave all postings out if none can have a better score. Returns how many blocks were."""
        if not self.is_active() or self.block_quality() > minquality:
            return 0
        self._place = len(self._ids)
        return 1

    def block_min_id(self) -> int:
        """The first document."""
        return int(self._ids[0])

    def block_max_id(self) -> int:
        """The last document."""
        return int(self._ids[-1])

    def block_min_length(self) -> int:
        """The least length of a document in the field."""
        return self._postings.info.min_length() or 0

    def block_max_length(self) -> int:
        """The greatest length of a document in the field."""
        return self._postings.info.max_length()

    def block_max_weight(self) -> float:
        """The greatest frequency."""
        return self._postings.info.max_weight()


class VectorMatcher(_ListMatcher):
    """The terms of a document in a field, with frequencies."""

    _term = None

    def copy(self) -> VectorMatcher:
        """Another matcher at the same place."""
        other = VectorMatcher(self._ids, self._freqs, self.format)
        other._place = self._place
        return other

    def value(self) -> Any:
        """The frequency as Whoosh's format Frequency encodes it."""
        return pack_uint(self._freqs[self._place])


class SegmentPostings:
    """The postings of a term in a field of a segment."""

    def __init__(
        self,
        term: tuple[str, bytes],
        docs: npt.NDArray[np.integer[Any]],
        freqs: npt.NDArray[np.number[Any]],
        lengths: npt.NDArray[np.integer[Any]],
        read_positions: Callable[[], Ints],
    ) -> None:
        """docs: ascending. freqs, lengths: of these documents; all of shape (postings,).

        read_positions: gives those of all occurrences, posting after posting.
        """
        self.term = term
        self.docs = docs
        self.freqs = freqs.astype(np.int64)
        self._lengths = lengths
        self._read_positions = read_positions
        self._positions: list[int] | None = None
        self._starts: list[int] = []

    def __len__(self) -> int:
        return len(self.docs)

    def positions_of(self, place: int) -> list[int]:
        """The positions of the posting at a place, ascending."""
        if self._positions is None:
            self._starts = [*sums_before(self.freqs).tolist(), int(self.freqs.sum())]
            self._positions = self._read_positions().tolist()
        return self._positions[self._starts[place] : self._starts[place + 1]]

    @cached_property
    def info(self) -> TermInfo:
        """The statistics of the term. An unknown length, 0, is left out, as in Whoosh."""
        known = self._lengths[self._lengths > 0]
        return TermInfo(
            weight=float(self.freqs.sum()),
            df=len(self),
            minlength=int(known.min()) if len(known) else 0,
            maxlength=int(self._lengths.max(initial=0)),
            maxweight=float(self.freqs.max(initial=0)),
            minid=int(self.docs[0]),
            maxid=int(self.docs[-1]),
        )

"""Whoosh's matchers over arrays: they step through postings, for who does not take them whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from whoosh.matching.mcore import LeafMatcher, ReadTooFar

from searchapp.engines.columnar.payloads import Payloads

if TYPE_CHECKING:
    from searchapp.engines.columnar.codec_terms import TermPostings

BLOCK_POSTINGS = 128
"""The greatest weight and the least length are known for so many postings each, so that a search
for the best few can leave out blocks that are not good enough."""


class _PlacedMatcher(LeafMatcher):
    """What postings and vectors have in common: payloads by place.

    scorer: of Whoosh's, or None. format: the one that decodes the values.
    """

    scorer: Any

    def __init__(self, payloads: Payloads, posting_format: Any) -> None:
        self.payloads = payloads
        self.format = posting_format
        self.place = 0

    def is_active(self) -> bool:
        """Whether there is a posting at this place."""
        return self.place < len(self.payloads)

    def _check_active(self) -> None:
        if not self.is_active():
            raise ReadTooFar

    def weight(self) -> float:
        """The weight of the posting."""
        return float(self.payloads.weights[self.place])

    def value(self) -> bytes:
        """The payload of the posting as its format encodes it."""
        return self.payloads.value_of(self.place, self.format)

    def value_as(self, astype: str) -> Any:
        """The payload of the posting as frequency, positions, characters and so on.

        Raises AttributeError if the format does not know it.
        """
        layout = self.payloads.layout
        if astype == "positions" and layout.has_positions:
            return self.payloads.positions_of(self.place)
        if astype == "characters" and layout.has_characters:
            return self.payloads.characters_of(self.place)
        if astype == "frequency" and layout.has_freqs:
            return int(self.payloads.freqs[self.place])
        return self.format.decoder(astype)(self.value())

    def items_as(self, astype: str) -> Iterator[tuple[Any, Any]]:
        """The remaining postings: document (or term) and payload."""
        while self.is_active():
            yield self.id(), self.value_as(astype)
            self.next()


class PostingsMatcher(_PlacedMatcher):
    """The postings of a term, document by document, in blocks of BLOCK_POSTINGS."""

    def __init__(
        self,
        postings: TermPostings,
        posting_format: Any,
        term: tuple[str, bytes],
        scorer: Any = None,
    ) -> None:
        super().__init__(postings.payloads, posting_format)
        self.postings = postings
        self.scorer = scorer
        self._term = term
        self._read_block()

    def _read_block(self) -> None:
        """Make lists of the block of this place: Whoosh wants Python's numbers, and one by one."""
        self._block = self.place // BLOCK_POSTINGS
        self._first = self._block * BLOCK_POSTINGS
        stretch = slice(self._first, self._first + BLOCK_POSTINGS)
        self._docs: list[int] = self.postings.docs[stretch].tolist()
        self._weights: list[float] | None = None

    def reset(self) -> None:
        """Go back to the first posting."""
        self.place = 0
        self._read_block()

    def copy(self) -> PostingsMatcher:
        """Another matcher at the same place."""
        other = PostingsMatcher(self.postings, self.format, self._term, self.scorer)
        other._go_to(self.place)
        return other

    def id(self) -> int:
        """The document of the posting."""
        return self._docs[self.place - self._first]

    def weight(self) -> float:
        """The weight of the posting."""
        if self._weights is None:
            stretch = slice(self._first, self._first + BLOCK_POSTINGS)
            self._weights = self.payloads.weights[stretch].tolist()
        return self._weights[self.place - self._first]

    def next(self) -> bool:  # type: ignore[override]  # Whoosh's collectors use what is returned.
        """Go to the next posting. Returns whether a block was left.

        Raises ReadTooFar if there is no posting here.
        """
        self._check_active()
        self.place += 1
        if self.place - self._first < len(self._docs):
            return False
        self._read_block()
        return True

    def _go_to(self, place: int) -> None:
        self.place = place
        if place // BLOCK_POSTINGS != self._block:
            self._read_block()

    def skip_to(self, id: int) -> None:
        """Go on to the first posting of this or a later document.

        Raises ReadTooFar if there is no posting here.
        """
        self._check_active()
        if id > self.id():
            later = self.postings.docs[self.place :].searchsorted(id)
            self._go_to(self.place + int(later))

    def all_ids(self) -> Iterator[int]:
        """The documents from here on."""
        docs: list[int] = self.postings.docs[self.place :].tolist()
        return iter(docs)

    def skip_to_quality(self, minquality: float) -> int:
        """Go on to the next block that can hold a better score. Returns how many were left."""
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._go_to(min(self._first + BLOCK_POSTINGS, len(self.payloads)))
            skipped += 1
        return skipped

    def supports_block_quality(self) -> bool:
        """Whether blocks can be left out."""
        return self.scorer is not None and bool(self.scorer.supports_block_quality())

    def block_min_id(self) -> int:
        """The first document of the block."""
        return self._docs[0]

    def block_max_id(self) -> int:
        """The last document of the block."""
        return self._docs[-1]

    def block_min_length(self) -> int:
        """The least length of a document of the block in this field."""
        return int(self.postings.block_min_lengths[self._block])

    def block_max_length(self) -> int:
        """The greatest length of a document of the block in this field."""
        return int(self.postings.block_max_lengths[self._block])

    def block_max_weight(self) -> float:
        """The greatest weight in the block."""
        return float(self.postings.block_max_weights[self._block])


class VectorMatcher(_PlacedMatcher):
    """The terms of a document in a field."""

    def __init__(self, terms: Sequence[str], payloads: Payloads, vector_format: Any) -> None:
        super().__init__(payloads, vector_format)
        self._terms = terms
        self._term = None
        self.scorer = None

    def reset(self) -> None:
        """Go back to the first term."""
        self.place = 0

    def copy(self) -> VectorMatcher:
        """Another matcher at the same place."""
        other = VectorMatcher(self._terms, self.payloads, self.format)
        other.place = self.place
        return other

    def id(self) -> str:  # type: ignore[override]  # In vectors Whoosh has terms for documents.
        """The term."""
        return self._terms[self.place]

    def next(self) -> bool:  # type: ignore[override]  # Whoosh's collectors use what is returned.
        """Go to the next term. Returns whether there is none. Raises ReadTooFar after the last."""
        self._check_active()
        self.place += 1
        return not self.is_active()

    def skip_to(self, id: str) -> None:  # type: ignore[override]
        """Go on to this term or the first one after it. Raises ReadTooFar after the last."""
        self._check_active()
        while self.is_active() and self.id() < id:
            self.place += 1

    def all_ids(self) -> Iterator[str]:  # type: ignore[override]
        """The terms from here on."""
        return iter(self._terms[self.place :])

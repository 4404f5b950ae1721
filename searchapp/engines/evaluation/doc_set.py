"""A set of documents, and lists of postings cut down to it in the cheaper of two ways."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Docs = npt.NDArray[np.intp]
"""Document numbers, ascending, in the dtype that NumPy indexes with: it converts any other at
each use, which takes twice as long as the indexing."""
Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.integer[Any]]

# Nanoseconds an item, measured with numpy 2.4; what counts is their ratio.
_BISECT_NS = 20.0
_MASKED_NS = 1.5
_CLEAR_NS = 0.05


class DocSet:
    """Documents given as ascending numbers or as a mask; the other form is made when needed."""

    def __init__(self, max_doc: int, *, docs: Docs | None = None, mask: Mask | None = None) -> None:
        """max_doc: one more than the largest document number. mask: shape (max_doc,).

        One of docs and mask, or both if they say the same.
        """
        self.max_doc = max_doc
        if docs is not None:
            self.docs = docs
        if mask is not None:
            self.mask = mask

    def __len__(self) -> int:
        return len(self.docs) if "docs" in self.__dict__ else int(np.count_nonzero(self.mask))

    @cached_property
    def docs(self) -> Docs:
        """The documents, ascending."""
        return np.flatnonzero(self.mask)

    @cached_property
    def mask(self) -> Mask:
        """Whether each document is in the set, shape (max_doc,)."""
        mask = np.zeros(self.max_doc, dtype=np.bool_)
        mask[self.docs] = True
        return mask

    def places_in(self, docs: Integers) -> Docs:
        """Where the documents of the set stand in ascending `docs` of any dtype, ascending."""
        if "docs" not in self.__dict__:
            return self._masked(docs)
        search_ns = _BISECT_NS * min(len(self.docs), len(docs))
        mask_ns = _MASKED_NS * len(docs)
        if "mask" not in self.__dict__:
            mask_ns += _CLEAR_NS * self.max_doc + _MASKED_NS * len(self.docs)
        if mask_ns < search_ns:
            return self._masked(docs)
        if len(docs) < len(self.docs):
            return np.flatnonzero(_held(self.docs, docs.astype(np.intp, copy=False))[0])
        # Of one dtype: else all of the longer list would be converted.
        held, places = _held(docs, self.docs.astype(docs.dtype, copy=False))
        found: Docs = places[held]
        return found

    def _masked(self, docs: Integers) -> Docs:
        return np.flatnonzero(self.mask.take(docs.astype(np.intp, copy=False)))


def _held(docs: Integers, wanted: Integers) -> tuple[Mask, Docs]:
    """Which of `wanted` are in `docs`, both ascending, and the place of each."""
    places = docs.searchsorted(wanted)
    if not len(docs):
        return np.zeros(len(wanted), dtype=np.bool_), places
    held: Mask = docs.take(places, mode="clip") == wanted
    return held, places

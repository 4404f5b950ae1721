"""Postings of many terms in memory, all at once in arrays: while they are built or merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.engines.columnar.segment.postings import gaps_within, sums_before

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]


class FormTable(NamedTuple):
    """The exact forms that the occurrences of some terms have, all of shape (forms,).

    terms: the term of each form. codes: its place among the forms of this term.
    doc_freqs: in how many documents it occurs; if in none, the other two are 0.
    """

    terms: Ints
    codes: Ints
    doc_freqs: Ints


@dataclass(frozen=True, slots=True)
class PostingsTable:
    """Lists of postings, one after the other; a list is of one term, or of one term in a segment.

    lengths: postings of each list, shape (lists,).
    docs: shape (postings,), ascending within a list.
    freqs: occurrences in the document, at least 1, shape (postings,).
    zones: by name of the zone, how many of these occurrences are in it, shape (postings,).
    position_gaps: from the occurrence before in the same document, shape (occurrences,).
    forms: the number of the exact form, shape (occurrences,); None in a field that keeps none.
    """

    lengths: Array
    docs: Array
    freqs: Array
    zones: Mapping[str, Array]
    position_gaps: Array
    forms: Array | None

    @property
    def occurrences(self) -> Ints:
        """How many each list has, shape (lists,)."""
        sums = np.concatenate(([0], np.cumsum(self.freqs, dtype=np.int64)))
        ends = np.cumsum(self.lengths, dtype=np.int64)
        counts: Ints = sums[ends] - sums[ends - self.lengths]
        return counts

    def permuted(self, order: Ints) -> PostingsTable:
        """The lists in another order. order: shape (lists,)."""
        postings = _items_in_order(self.lengths, order)
        occurrences = _items_in_order(self.occurrences, order)
        return PostingsTable(
            lengths=self.lengths[order],
            docs=self.docs[postings],
            freqs=self.freqs[postings],
            zones={name: counts[postings] for name, counts in self.zones.items()},
            position_gaps=self.position_gaps[occurrences],
            forms=None if self.forms is None else self.forms[occurrences],
        )

    def joined(self, owners: Ints) -> PostingsTable:
        """Neighbouring lists become one.

        owners: which new list each becomes a part of, ascending and without gaps, shape (lists,).
        """
        sums = np.bincount(owners, weights=self.lengths)
        return replace(self, lengths=sums.astype(np.int64))

    def kept(self, live: Mask) -> PostingsTable:
        """Without the postings of deleted documents; lists may become empty.

        live: by document number, False for a deleted one.
        """
        kept = live[self.docs]
        kept_occurrences = np.repeat(kept, self.freqs)
        owners = np.repeat(np.arange(len(self.lengths)), self.lengths)[kept]
        return PostingsTable(
            lengths=np.bincount(owners, minlength=len(self.lengths)),
            docs=self.docs[kept],
            freqs=self.freqs[kept],
            zones={name: counts[kept] for name, counts in self.zones.items()},
            position_gaps=self.position_gaps[kept_occurrences],
            forms=None if self.forms is None else self.forms[kept_occurrences],
        )

    def without_empty_lists(self) -> tuple[PostingsTable, Ints]:
        """The other lists, and their places among all lists, ascending."""
        places = np.flatnonzero(self.lengths)
        return replace(self, lengths=self.lengths[places]), places

    def renumbered(self, numbers: Ints) -> PostingsTable:
        """With other document numbers, in the same order. numbers: by the number so far."""
        return replace(self, docs=numbers[self.docs])

    def with_form_codes(self, form_count: int) -> tuple[PostingsTable, Ints, FormTable]:
        """Number the forms of each list, which is all of a term, by their order among all forms.

        form_count: `forms` are below it. Returns the table with these codes as its forms, how
        many forms each list has, and what is known of each form.
        """
        assert self.forms is not None
        docs = np.repeat(self.docs.astype(np.int32), self.freqs)
        pairs = self.forms.astype(np.int64)
        pairs <<= 32
        pairs |= docs
        pairs.sort()  # not np.unique, which takes ten times as long
        is_new = np.ones(len(pairs), dtype=np.bool_)
        np.not_equal(pairs[1:], pairs[:-1], out=is_new[1:])
        with_doc = (pairs[is_new] >> 32).astype(np.int32)
        # A word may occur fifteen million times: what is done with is let go of.
        del docs, pairs, is_new
        doc_freqs = np.bincount(with_doc, minlength=form_count)
        list_numbers = np.arange(len(self.lengths), dtype=np.int32)
        lists = np.zeros(form_count, dtype=np.int64)
        lists[self.forms] = np.repeat(list_numbers, self.occurrences)
        occurring = np.flatnonzero(doc_freqs)
        counts = np.bincount(lists[occurring], minlength=len(self.lengths))
        codes = np.zeros(form_count, dtype=np.int64)
        by_list = occurring[np.argsort(lists[occurring], kind="stable")]
        codes[by_list] = np.arange(len(by_list)) - np.repeat(sums_before(counts), counts)
        table = replace(self, forms=codes.astype(np.int32)[self.forms])
        return table, counts, FormTable(lists, codes, doc_freqs)

    def columns(self) -> dict[str, Array]:
        """The columns of the field as they are stored, by name."""
        columns = {
            "docs": gaps_within(self.docs, self.lengths),
            "freqs": self.freqs,
            **self.zones,
            "positions": self.position_gaps,
        }
        return columns if self.forms is None else columns | {"forms": self.forms}


def _items_in_order(lengths: Array, order: Ints) -> npt.NDArray[np.int32]:
    """The places of the items of lists that follow one another, in another order of the lists.

    lengths: of each list; all together below 2**31.
    """
    taken = lengths[order].astype(np.int64)
    shifts = (sums_before(lengths)[order] - sums_before(taken)).astype(np.int32)
    # Half the memory of int64: the most frequent words have millions of items.
    places = np.repeat(shifts, taken)
    places += np.arange(len(places), dtype=np.int32)
    return places

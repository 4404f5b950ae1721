"""The exact forms of all segments, as the vocabulary that wildcards and corrections look in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from heapq import merge
from itertools import groupby

import numpy as np
import numpy.typing as npt

from searchapp.deadline import Deadline
from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.evaluation.doc_set import Mask
from searchapp.engines.evaluation.vocabulary import (
    MAX_SCANNED,
    VocabularyRow,
    beginnings_of_similar,
    edit_distances,
    glob_pattern,
)
from searchapp.engines.fields import TEXT, exact_field
from searchapp.german.digraphs import beginnings
from searchapp.german.forms import is_separated, plain_form, readings

_MAX_REMEMBERED = 1000
"""How many lookups of similar words, and of the forms of a stem, are kept."""
_AFTER = b"\xff"
"""0xFF never occurs in UTF-8, so a prefix with it sorts after every term with that prefix."""


class SegmentsVocabulary:
    """The words of some segments together, without those that only deleted articles hold.

    Deleted articles are counted only when a wildcard stands for more forms than are wanted:
    there are then too many forms to read all postings. Safe for use by several threads.
    """

    def __init__(self, segments: Sequence[Segment], live: Sequence[Mask | None]) -> None:
        """live: for each segment, shape (documents,), or None if no document is deleted."""
        self._segments = segments
        self._live = live
        self._forms = [segment.forms[TEXT] for segment in segments]
        self._remembered_rows = lru_cache(_MAX_REMEMBERED)(self._rows_of_key)
        self._remembered: dict[tuple[str, int, int, int, int], tuple[list[str], bool]] = {}

    def row(self, word: str) -> VocabularyRow | None:
        """The row of a word in exactly this form, or None if the corpus does not hold it."""
        if is_separated(word):
            return None
        wanted = [form.encode("utf-8", "surrogatepass") for form in readings(word)]
        doc_freq = sum(
            self._live_doc_freq(place, row)
            for place, forms in enumerate(self._forms)
            for form in wanted
            if (row := forms.dictionary.find(form)) is not None
        )
        return VocabularyRow(word, doc_freq) if doc_freq else None

    def _live_doc_freq(self, place: int, row: int) -> int:
        """The number of live articles in a segment that hold a form, given by its row."""
        forms, live = self._forms[place], self._live[place]
        if live is None:
            return forms.doc_freq(row)
        form = _text(forms.dictionary.term(row))
        docs = self._segments[place].matching(exact_field(TEXT), form).docs
        return int(np.count_nonzero(live[docs]))

    def keys(self) -> Iterator[str]:
        """The keys of all words, each once, sorted as UTF-8."""
        dictionaries = (segment.fields[TEXT].terms.terms() for segment in self._segments)
        for key, _ in groupby(merge(*dictionaries)):
            yield _text(key)

    def rows_of_key(self, stem: str) -> list[VocabularyRow]:
        """The rows of all forms that share a stem."""
        return list(self._remembered_rows(stem))

    def _rows_of_key(self, stem: str) -> tuple[VocabularyRow, ...]:
        doc_freqs: Counter[str] = Counter()
        for place, (segment, forms) in enumerate(zip(self._segments, self._forms, strict=True)):
            postings = segment.fields[TEXT].find(stem)
            if postings is not None:
                for row in forms.rows_of_terms(*postings.form_range).tolist():
                    form = _text(forms.dictionary.term(row))
                    doc_freqs[form] += self._live_doc_freq(place, row)
        return tuple(
            VocabularyRow(form, count) for form, count in sorted(doc_freqs.items()) if count
        )

    def frequent(self, limit: int) -> list[VocabularyRow]:
        """See `searchapp.engines.evaluation.vocabulary.Vocabulary.frequent`.

        Deleted articles are not counted: the words are those of the live articles.
        """
        counted: Counter[str] = Counter()
        for place, forms in enumerate(self._forms):
            for form, count in zip(
                map(_text, forms.dictionary.terms()), self._live_counts(place), strict=True
            ):
                if count and not is_separated(form):
                    counted[plain_form(form)] += count
        doc_freqs = np.fromiter(counted.values(), np.int64, len(counted))
        least = int(np.partition(doc_freqs, -limit)[-limit]) if limit < len(doc_freqs) else 1
        rows = [VocabularyRow(*each) for each in counted.items() if each[1] >= least]
        rows.sort(key=lambda row: (-row.doc_freq, row.form))
        return rows[:limit]

    def _live_counts(self, place: int) -> list[int]:
        """In how many live articles of a segment each of its forms stands."""
        live = self._live[place]
        counts = self._forms[place].dictionary.numbers()["postings"].astype(np.int64)
        if live is not None:
            counts -= self._segments[place].form_counts(TEXT, ~live)
        found: list[int] = counts.tolist()
        return found

    def matching(self, glob: str, *, limit: int, deadline: Deadline) -> tuple[list[str], bool]:
        """See `searchapp.engines.evaluation.vocabulary.Vocabulary.matching`."""
        start = re.split(r"[*?]", glob, maxsplit=1)[0]
        prefixes = [each.encode("utf-8", "surrogatepass") for each in beginnings(start)]
        pattern = re.compile(rb"(?<=\n)(" + glob_pattern(glob) + rb")(?=\n)")
        found: list[tuple[bytes, int]] = []
        for place, forms in enumerate(self._forms):
            deadline.check()
            candidates = [
                term
                for prefix in prefixes
                for term in forms.dictionary.between(prefix, prefix + _AFTER)
            ]
            text = b"\n".join((b"", *candidates, b"")) if candidates else b""
            for match in pattern.finditer(text):
                if len(found) % 1000 == 0:
                    deadline.check()
                if len(found) == MAX_SCANNED:
                    break
                found.append((match[1], place))
        together = {plain_form(_text(form)) for form, _ in found}
        if len(together) <= limit:
            return sorted(together), False
        doc_freqs = self._doc_freqs(found)
        return sorted(together, key=lambda word: (-doc_freqs[word], word))[:limit], True

    def _doc_freqs(self, found: Sequence[tuple[bytes, int]]) -> Counter[str]:
        """In how many documents words stand, given their forms, each with a segment's place."""
        doc_freqs: Counter[str] = Counter()
        for form, place in found:
            forms = self._forms[place]
            row = forms.dictionary.find(form)
            if row is not None:
                doc_freqs[plain_form(_text(form))] += forms.doc_freq(row)
        return doc_freqs

    def similar(
        self,
        form: str,
        *,
        prefix_length: int,
        max_edits: int,
        limit: int,
        deadline: Deadline,
        min_doc_freq: int = 1,
    ) -> tuple[list[str], bool]:
        """See `searchapp.engines.evaluation.vocabulary.Vocabulary.similar`."""
        key = (form, prefix_length, max_edits, limit, min_doc_freq)
        known = self._remembered.get(key)
        if known is None:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            nearest = self._nearest(form, prefix_length, max_edits, min_doc_freq, deadline)
            known = self._remembered[key] = nearest[:limit], len(nearest) > limit
        return known

    def _nearest(
        self, form: str, prefix_length: int, max_edits: int, min_doc_freq: int, deadline: Deadline
    ) -> list[str]:
        distance_of: dict[str, int] = {}
        # A word that is frequent in all segments together is so in one, in proportion, and there
        # in one of its readings.
        least = -(-min_doc_freq // (len(self._forms) * len(readings(form))))
        for place in range(len(self._forms)):
            deadline.check()
            texts = [
                text
                for beginning in beginnings_of_similar(form, prefix_length)
                for text in self._forms_from(place, beginning, least)
            ]
            distances = edit_distances(
                form, texts, prefix_length=prefix_length, max_edits=max_edits
            )
            for near in np.flatnonzero(distances <= max_edits).tolist():
                distance_of[plain_form(texts[near])] = int(distances[near])
        # A word is counted in all segments: in some it may have been too rare to be looked at.
        near_rows = [row for each in distance_of if (row := self.row(each))]
        held = [row for row in near_rows if row.doc_freq >= min_doc_freq]
        held.sort(key=lambda row: (distance_of[row.form], -row.doc_freq, row.form))
        return [row.form for row in held]

    def _forms_from(self, place: int, beginning: str, least: int) -> list[str]:
        """The forms of a segment with this beginning that stand in at least so many documents."""
        dictionary = self._forms[place].dictionary
        prefix = beginning.encode("utf-8", "surrogatepass")
        first, last = dictionary.first_from(prefix), dictionary.first_from(prefix + _AFTER)
        if least == 1:
            return dictionary.texts(first, last)
        rows = first + np.flatnonzero(self._form_doc_freqs[place][first:last] >= least)
        return [_text(each) for each in dictionary.terms_at(rows)]

    @cached_property
    def _form_doc_freqs(self) -> list[npt.NDArray[np.uint32]]:
        """Document frequencies of all forms, for each segment of shape (forms,)."""
        return [forms.dictionary.numbers()["postings"] for forms in self._forms]


def _text(term: bytes) -> str:
    return term.decode("utf-8", "surrogatepass")

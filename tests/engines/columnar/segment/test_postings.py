"""The postings of a field: documents, zones, positions and forms come back as written."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchapp.engines.columnar.segment.postings import (
    FieldLayout,
    FieldPostings,
    FieldPostingsWriter,
    gaps_within,
    restarted_sums,
    sums_before,
)
from searchapp.engines.storage.segment_file import BlockCache, SegmentFile, SegmentFileWriter
from searchapp.errors import IndexDamaged

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

LAYOUT = FieldLayout("text", zones=("title",), has_forms=True)


class Posting(NamedTuple):
    """A document of a term. in_title: how many of the occurrences stand in the first zone."""

    doc: int
    positions: list[int]
    forms: list[int]
    in_title: int


@st.composite
def term_postings(draw: st.DrawFn) -> list[Posting]:
    """A term's postings, ascending."""
    docs = sorted(draw(st.sets(st.integers(0, 5000), min_size=1, max_size=8)))
    made = []
    for doc in docs:
        positions = sorted(draw(st.sets(st.integers(0, 100_000), min_size=1, max_size=5)))
        forms = draw(st.lists(st.integers(0, 2), min_size=len(positions), max_size=len(positions)))
        made.append(Posting(doc, positions, forms, draw(st.integers(0, len(positions)))))
    return made


corpora = st.dictionaries(st.text(min_size=1, max_size=3), term_postings(), max_size=20)


def _add(writer: FieldPostingsWriter, terms: dict[bytes, list[Posting]]) -> None:
    postings = [each for group in terms.values() for each in group]
    if not postings:
        return
    counts = [len(group) for group in terms.values()]
    occurrences = [sum(len(each.positions) for each in group) for group in terms.values()]
    freqs = np.array([len(each.positions) for each in postings])
    docs = np.array([each.doc for each in postings])
    positions = np.array([position for each in postings for position in each.positions])
    writer.add(
        list(terms),
        [counts, occurrences, [3] * len(terms)],
        {
            "docs": gaps_within(docs, np.array(counts)),
            "freqs": freqs,
            "title": np.array([each.in_title for each in postings]),
            "positions": gaps_within(positions, freqs),
            "forms": np.array([form for each in postings for form in each.forms]),
        },
    )


def field(path: Path, corpus: dict[str, list[Posting]], portion: int = 7) -> FieldPostings:
    """The postings, written in portions of terms."""
    path.unlink(missing_ok=True)
    file = SegmentFileWriter(path)
    writer = FieldPostingsWriter(file, LAYOUT)
    terms = sorted((term.encode("utf-8", "surrogatepass"), term) for term in corpus)
    for start in range(0, len(terms), portion):
        _add(writer, {key: corpus[term] for key, term in terms[start : start + portion]})
    file.finish({"tables": {"text": writer.finish()}})
    return FieldPostings(SegmentFile(path, BlockCache(1 << 20)), LAYOUT)


@in_one_folder
@given(corpora, st.integers(1, 20), st.lists(st.integers(0, 5000), max_size=5))
def test_postings_come_back(
    tmp_path: Path, corpus: dict[str, list[Posting]], portion: int, others: list[int]
) -> None:
    """Of every term all columns, and the occurrences in some documents."""
    read = field(tmp_path / "a", corpus, portion)
    assert read.find("no such term") is None
    for term, expected in corpus.items():
        found = read.find(term)
        assert found is not None
        assert len(found) == len(expected)
        assert found.docs.tolist() == [each.doc for each in expected]
        assert found.freqs.tolist() == [len(each.positions) for each in expected]
        assert found.counts("title").tolist() == [each.in_title for each in expected]
        assert found.positions.tolist() == [p for each in expected for p in each.positions]
        assert found.forms.tolist() == [form for each in expected for form in each.forms]
        assert found.form_range[1] - found.form_range[0] == 3
        wanted = sorted({*others, *(each.doc for each in expected[::2])})
        by_doc = {each.doc: each for each in expected}
        occurrences = found.occurrences_in(np.array(wanted, dtype=np.intp))
        held = [by_doc[doc] for doc in wanted if doc in by_doc]
        if occurrences is None:
            assert not held
            continue
        places, counts, gaps, forms = occurrences
        assert [wanted[place] for place in places.tolist()] == [each.doc for each in held]
        assert counts.tolist() == [len(each.positions) for each in held]
        positions = restarted_sums(gaps, counts).tolist()
        assert positions == [position for each in held for position in each.positions]
        assert forms is not None
        assert forms.tolist() == [form for each in held for form in each.forms]


@given(st.lists(st.lists(st.integers(0, 2**31), min_size=1), min_size=1))
def test_gaps_and_sums_are_inverse(groups: list[list[int]]) -> None:
    """Within each group, whatever stands in the others."""
    values = np.array([value for group in groups for value in group])
    counts = np.array([len(group) for group in groups])
    gaps = gaps_within(values, counts)
    assert restarted_sums(gaps, counts).tolist() == values.tolist()
    assert restarted_sums(values, counts).tolist() == [
        total for group in groups for total in accumulate(group)
    ]
    assert sums_before(counts).tolist() == [0, *accumulate(counts.tolist())][:-1]


@pytest.mark.parametrize("column", ["docs", "title", "positions", "forms"])
def test_columns_of_different_length_are_damage(tmp_path: Path, column: str) -> None:
    """As another program might write them."""
    corpus = {"a": [Posting(1, [5], [0], 1)], "b": [Posting(0, [2, 9], [1, 1], 0)]}
    whole = field(tmp_path / "a", corpus).columns["docs"]._planes[0]._file
    writer = SegmentFileWriter(tmp_path / "b")
    writer.copy(whole, list(whole.streams))
    for array in ("text/bases", "text/text_starts", "text/head_ends", "text/heads"):
        writer.array(array, whole.array(array))
    writer.append(f"text/{column}/0", b"\0")
    writer.finish(whole.properties)
    with pytest.raises(IndexDamaged, match=f"text/{column} has a wrong length"):
        FieldPostings(SegmentFile(tmp_path / "b", BlockCache(1 << 20)), LAYOUT)

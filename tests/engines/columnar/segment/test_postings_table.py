"""Tables of postings change as lists of postings would, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.columnar.segment.postings_table import PostingsTable

DOCS = 30
FORMS = 5


@dataclass(frozen=True)
class Posting:
    """What a table holds of a term in a document. occurrences: gap and form of each."""

    doc: int
    in_title: int
    occurrences: tuple[tuple[int, int], ...]


Lists = list[list[Posting]]

posting_lists = st.lists(
    st.builds(
        Posting,
        doc=st.integers(0, DOCS - 1),
        in_title=st.integers(0, 3),
        occurrences=st.lists(
            st.tuples(st.integers(0, 300), st.integers(0, FORMS - 1)), min_size=1, max_size=4
        ).map(tuple),
    ),
    max_size=4,
    unique_by=lambda each: each.doc,
).map(lambda postings: sorted(postings, key=lambda each: each.doc))
lists_of_postings = st.lists(posting_lists, max_size=6)


def table_of(lists: Lists) -> PostingsTable:
    postings = [each for group in lists for each in group]
    occurrences = [each for posting in postings for each in posting.occurrences]
    return PostingsTable(
        lengths=np.asarray([len(group) for group in lists], dtype=np.int64),
        docs=np.asarray([each.doc for each in postings], dtype=np.int64),
        freqs=np.asarray([len(each.occurrences) for each in postings], dtype=np.uint8),
        zones={"title": np.asarray([each.in_title for each in postings], dtype=np.uint8)},
        position_gaps=np.asarray([gap for gap, _ in occurrences], dtype=np.int64),
        forms=np.asarray([form for _, form in occurrences], dtype=np.int32),
    )


def lists_of(table: PostingsTable) -> Lists:
    assert table.forms is not None
    occurrences = zip(table.position_gaps.tolist(), table.forms.tolist(), strict=True)
    postings = (
        Posting(doc, in_title, tuple(next(occurrences) for _ in range(freq)))
        for doc, in_title, freq in zip(
            table.docs.tolist(), table.zones["title"].tolist(), table.freqs.tolist(), strict=True
        )
    )
    lists = [[next(postings) for _ in range(length)] for length in table.lengths.tolist()]
    assert next(postings, None) is None
    assert next(occurrences, None) is None
    return lists


@given(lists_of_postings, st.randoms(use_true_random=False))
def test_permuted_lists_are_the_same_in_another_order(lists: Lists, chosen: Random) -> None:
    """With all that belongs to each posting."""
    order = list(range(len(lists)))
    chosen.shuffle(order)
    permuted = table_of(lists).permuted(np.asarray(order, dtype=np.int64))
    assert lists_of(permuted) == [lists[place] for place in order]


@given(st.lists(st.lists(posting_lists, min_size=1, max_size=3), max_size=4))
def test_joined_lists_follow_one_another(groups: list[Lists]) -> None:
    """Nothing but their borders goes."""
    lists = [each for group in groups for each in group]
    owners = [number for number, group in enumerate(groups) for _ in group]
    joined = table_of(lists).joined(np.asarray(owners, dtype=np.int64))
    assert lists_of(joined) == [[each for part in group for each in part] for group in groups]


@given(lists_of_postings, st.sets(st.integers(0, DOCS - 1)))
def test_postings_of_deleted_documents_are_not_kept(lists: Lists, deleted: set[int]) -> None:
    """Lists stay, if empty, until they are asked to go."""
    live = np.asarray([doc not in deleted for doc in range(DOCS)])
    kept = table_of(lists).kept(live)
    expected = [[each for each in group if each.doc not in deleted] for group in lists]
    assert lists_of(kept) == expected
    left, places = kept.without_empty_lists()
    assert places.tolist() == [place for place, group in enumerate(expected) if group]
    assert lists_of(left) == [group for group in expected if group]


@given(lists_of_postings)
def test_renumbered_postings_have_other_documents(lists: Lists) -> None:
    """And nothing else of another kind."""
    table = table_of(lists).renumbered(np.arange(DOCS) * 3)
    assert table.docs.tolist() == [3 * each.doc for group in lists for each in group]
    assert table.occurrences.tolist() == [
        sum(len(each.occurrences) for each in group) for group in lists
    ]


@given(lists_of_postings)
def test_forms_are_numbered_within_each_term(lists: Lists) -> None:
    """By their order among all forms; each form is of one term."""
    # A form belongs to one term: give those of each list numbers of their own.
    own = [
        [
            Posting(each.doc, 0, tuple((gap, FORMS * n + form) for gap, form in each.occurrences))
            for each in group
        ]
        for n, group in enumerate(lists)
    ]
    table, counts, known = table_of(own).with_form_codes(FORMS * len(lists))
    occurring = [sorted({form for each in group for _, form in each.occurrences}) for group in own]
    assert counts.tolist() == [len(forms) for forms in occurring]
    assert lists_of(table) == [
        [
            Posting(each.doc, 0, tuple((gap, forms.index(form)) for gap, form in each.occurrences))
            for each in group
        ]
        for group, forms in zip(own, occurring, strict=True)
    ]
    for number, forms in enumerate(occurring):
        for code, form in enumerate(forms):
            docs = [each for each in own[number] if form in {f for _, f in each.occurrences}]
            assert [column[form] for column in known] == [number, code, len(docs)]
    assert np.count_nonzero(known.doc_freqs) == sum(map(len, occurring))


def test_columns_are_stored_as_gaps() -> None:
    """Documents from the one before in the same list."""
    one = ((5, 0),)
    lists = [[Posting(2, 1, one), Posting(7, 0, ((1, 0), (4, 1)))], [], [Posting(3, 0, one)]]
    columns = {name: column.tolist() for name, column in table_of(lists).columns().items()}
    assert columns == {
        "docs": [2, 5, 3],
        "freqs": [1, 2, 1],
        "title": [1, 0, 0],
        "positions": [5, 1, 4, 5],
        "forms": [0, 0, 1, 0],
    }

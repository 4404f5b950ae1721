"""The lists of all values of a facet, of every engine, beside a plain scan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchapp.deadline import NEVER, Deadline
from searchapp.errors import SearchTimeout
from searchapp.facets import FACETS, TAGS, Facet, Filters
from searchapp.model import Article, FacetCount, ValueList, ValueRequest
from tests.engines import articles as random_input
from tests.engines.building import Case, tree_of
from tests.engines.conftest import Open

AUTHOR = next(facet for facet in FACETS if facet.name == "author")
YEAR = next(facet for facet in FACETS if facet.is_year)

relaxed = settings(
    max_examples=settings().max_examples // 3,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def listed(
    case: Case, wanted: ValueRequest, query: str = "", filters: Filters | None = None
) -> ValueList:
    return case.snapshot.values(tree_of(query), filters or Filters(), wanted, deadline=NEVER)


def names(found: ValueList) -> list[str]:
    return [each.value for each in found.values]


def tagged(*tags: str) -> Article:
    return Article(id="/".join(tags), title="Titel", body="", tags=tags)


@relaxed
@given(
    random_input.queries,
    random_input.filters,
    st.sampled_from(FACETS),
    st.sampled_from(("count", "name")),
    st.integers(1, 4),
)
def test_the_pages_of_a_list_hold_every_counted_value_once(
    case: Case, query: str, filters: Filters, facet: Facet, order: str, per_page: int
) -> None:
    """With the counts of the facet beside the results, in its order or that of the names."""
    expected = {
        value: each
        for value, each in case.oracle.facets(tree_of(query), filters)[facet.name].items()
        if each.count
    }
    wanted = ValueRequest(facet, order="count" if order == "count" else "name", per_page=per_page)
    whole = listed(case, replace(wanted, per_page=1000), query, filters)
    assert {each.value: each for each in whole.values} == expected
    assert whole.total == len(whole.values) == len(expected)
    pages = [
        listed(case, replace(wanted, page_number=number), query, filters)
        for number in range(1, whole.total // per_page + 3)
    ]
    assert [each for page in pages for each in page.values] == list(whole.values)
    assert {page.total for page in pages} == {whole.total}
    if order == "count":
        counted = case.search(query, filters).facets[facet.name]
        assert list(whole.values) == [each for each in counted if each.count]
    assert listed(case, replace(wanted, per_page=0), query, filters) == ValueList(whole.total)


def test_values_are_in_german_order_and_years_from_the_newest(opened: Open) -> None:
    """ä stands with a, ß with ss, and case does not matter."""
    case = opened(*map(tagged, ("Zinn", "Äther", "apfel", "Straße", "Strasser", "öl", "Oma")))
    found = listed(case, ValueRequest(TAGS, order="name"))
    assert names(found) == ["apfel", "Äther", "öl", "Oma", "Straße", "Strasser", "Zinn"]


def test_prefixes_lead_to_all_that_begin_with_them(opened: Open) -> None:
    """One letter after the other, each with the number of values; signs are not offered."""
    case = opened(*map(tagged, ("Öl", "Oma", "Ölpest", "2010", "»Ost«", "Straße", "O")))
    found = listed(case, ValueRequest(TAGS, order="name"))
    initials = [("2", 1), ("o", 4), ("s", 1)]
    assert [tuple(each[:2]) for each in found.initials] == initials
    assert found.prefixes == ()
    assert names(found)[-1] == "»Ost«"
    for prefix in ("o", "Ö", "O"):
        found = listed(case, ValueRequest(TAGS, prefix=prefix, order="name"))
        assert names(found) == ["O", "Öl", "Ölpest", "Oma"]
        assert [tuple(each[:2]) for each in found.initials] == initials
        assert [tuple(each[:2]) for each in found.prefixes] == [("ol", 2), ("om", 1)]
    assert names(listed(case, ValueRequest(TAGS, prefix="straß"))) == ["Straße"]
    assert listed(case, ValueRequest(TAGS, prefix="x")).total == 0


def test_letters_are_bounded(opened: Open) -> None:
    """In a corpus of many scripts the most frequent ones are offered."""
    case = opened(*map(tagged, [chr(0x4E00 + n) for n in range(100)] + ["Öl", "Oma"]))
    found = listed(case, ValueRequest(TAGS, order="name"))
    assert found.total == 102
    assert len(found.initials) == 60
    assert found.initials[0] == FacetCount("o", 2)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("strasse", ["Bundesstraße", "Strasse 7"]),
        ("STRAßE", ["Bundesstraße", "Strasse 7"]),
        ("köln", ["Köln", "Koelnmesse"]),
        ("Koeln", ["Köln", "Koelnmesse"]),
        ("koln", ["Köln"]),
        ("schon", ["schon", "schön"]),
        ("schön", ["schön"]),
        ("cafe", ["Café"]),
        ("7 stra", ["Strasse 7"]),
        ("e - mail", ["E‑Mail-Dienst"]),
        ("\n", 8),
        ("köln x", []),
    ],
)
def test_a_value_is_found_by_any_part_in_any_spelling(
    opened: Open, typed: str, expected: list[str] | int
) -> None:
    """Case, umlauts, ß and dashes do not count; letters without their dots find those with them."""
    values = ("Bundesstraße", "Strasse 7", "Köln", "Koelnmesse", "schon", "schön", "Café")
    case = opened(*map(tagged, (*values, "E‑Mail-Dienst")))
    found = listed(case, ValueRequest(TAGS, contains=typed, order="name"))
    if isinstance(expected, int):
        assert found.total == expected
    else:
        assert sorted(names(found)) == sorted(expected)


def test_chosen_values_are_told(opened: Open) -> None:
    """In whatever spelling; those of a facet that widens are counted as if there were none."""
    case = opened(
        Article(id="1", title="a", body="", tags=("Öl",), authors=("Eva Berg",)),
        Article(id="2", title="b", body="", tags=("Öl", "Gas"), authors=("Jan Holm",)),
    )
    filters = Filters({"tags": ("OEL", "gas"), "author": ("eva berg",)})
    assert listed(case, ValueRequest(TAGS), "", filters).values == ()
    found = listed(case, ValueRequest(AUTHOR), "", filters)
    assert list(found.values) == [FacetCount("Jan Holm", 1, added=1)]
    found = listed(case, ValueRequest(TAGS), "", filters.without(AUTHOR, "eva berg"))
    assert list(found.values) == [FacetCount("Gas", 1, True), FacetCount("Öl", 1, True)]


def test_a_list_ends_with_its_time(case: Case) -> None:
    """As all that a snapshot is asked."""
    with pytest.raises(SearchTimeout):
        case.snapshot.values(None, Filters(), ValueRequest(YEAR), deadline=Deadline(-1.0))

"""The words that are related to a query, of every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.deadline import NEVER
from searchapp.engines.base import Engine, PageRequest, Snapshot
from searchapp.facets import FACETS, NO_FILTERS, Filters
from searchapp.model import Article, RelatedWord
from tests.engines.building import build, build_in_parts, revise, tree_of
from tests.engines.conftest import Open
from tests.subjects import NOUNS, subject_articles

YEAR = next(facet for facet in FACETS if facet.is_year)
YEAR_2023 = Filters({YEAR.name: ("2023",)})
LIMIT = 6


@pytest.fixture(scope="module")
def snapshot(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Articles on a few subjects."""
    folder = build(engine, tmp_path_factory.mktemp("related") / "whole", subject_articles())
    with closing(engine.open(folder)) as opened:
        yield opened


def related(
    snapshot: Snapshot, query: str, filters: Filters = NO_FILTERS, *, limit: int = LIMIT
) -> list[RelatedWord]:
    """What is found for a query, once the tables are made."""
    page = PageRequest(limit=0, related_words=limit)
    found = None
    while found is None:
        found = snapshot.search(tree_of(query), filters, page, deadline=NEVER).related_words
    return list(found)


def total(snapshot: Snapshot, query: str, filters: Filters = NO_FILTERS) -> int:
    return snapshot.search(tree_of(query), filters, PageRequest(limit=0), deadline=NEVER).total


@pytest.mark.parametrize("subject", NOUNS)
def test_the_nouns_of_a_subject_are_related_to_it(snapshot: Snapshot, subject: str) -> None:
    """And nothing else: no word of the query, no compound with one, nothing that all have."""
    found = related(snapshot, subject.lower())
    assert {each.word for each in found} == set(NOUNS[subject])
    assert len(found) == len(NOUNS[subject])


@pytest.mark.parametrize(
    "query",
    ["stahl", "Stahl -Koks", "stahl ODER schule", "stahl*", '"neues vom wald"', "stahl stadt"],
)
@pytest.mark.parametrize("filters", [NO_FILTERS, YEAR_2023], ids=["all", "2023"])
def test_a_total_is_that_of_the_query_with_the_word(
    snapshot: Snapshot, query: str, filters: Filters
) -> None:
    """Under the same filters; it is more than none and at most half."""
    found = related(snapshot, query, filters)
    assert found or filters != NO_FILTERS
    for each in found:
        assert each.query == ""
        assert each.total == total(snapshot, f"({query}) {each.word}", filters)
        assert 0 < each.total <= total(snapshot, query, filters) / 2


@pytest.mark.parametrize(
    "query", ["", "Stadt", "Haus", "unbekannt", "anderes", "Stahl -Stahl", "datum:2023", "die"]
)
def test_nothing_is_related_to_what_is_no_subject(snapshot: Snapshot, query: str) -> None:
    """To what is everywhere or nowhere, to dates and filters alone."""
    assert related(snapshot, query) == []


def test_they_come_only_when_they_are_asked_for_and_up_to_the_limit(snapshot: Snapshot) -> None:
    """The first ones are the same however many are wanted."""
    assert related(snapshot, "stahl", limit=2) == related(snapshot, "stahl")[:2]
    page = PageRequest(limit=0)
    unasked = snapshot.search(tree_of("stahl"), NO_FILTERS, page, deadline=NEVER)
    assert unasked.related_words == ()


def test_the_order_of_hits_does_not_matter(snapshot: Snapshot) -> None:
    """The best hits tell the subject, whichever come first on the page."""
    page = PageRequest(sort="oldest", limit=3, related_words=LIMIT)
    by_date = snapshot.search(tree_of("wald"), NO_FILTERS, page, deadline=NEVER)
    assert list(by_date.related_words or ()) == related(snapshot, "wald")


def test_they_do_not_depend_on_how_articles_are_spread_over_parts(
    engine: Engine, snapshot: Snapshot, tmp_path: Path
) -> None:
    """Nor on the order in which articles came."""
    articles = subject_articles()[::-1]
    folder = build_in_parts(engine, tmp_path / "parts", [articles[:150], articles[150:]])
    with closing(engine.open(folder)) as opened:
        for query in NOUNS:
            assert related(opened, query) == related(snapshot, query)


def test_removed_articles_teach_nothing(engine: Engine, tmp_path: Path) -> None:
    """A word that only they had is not shown."""
    articles = subject_articles()
    base = build(engine, tmp_path / "base", articles)
    gone = [each.id for each in articles if "Koks" in each.body]
    folder = revise(engine, tmp_path / "revised", base, gone, [])
    with closing(engine.open(folder)) as opened:
        words = [each.word for each in related(opened, "stahl")]
    assert words
    assert "Koks" not in words


def test_a_noun_is_shown_without_the_ending_of_its_genitive(engine: Engine, tmp_path: Path) -> None:
    """Even where the corpus has it mostly with that."""
    articles = [
        replace(each, body=each.body.replace("Hochofen", "Hochofens"))
        for each in subject_articles()
    ]
    with closing(engine.open(build(engine, tmp_path / "genitives", articles))) as opened:
        assert "Hochofen" in [each.word for each in related(opened, "stahl")]


def test_of_two_words_in_the_same_articles_one_is_shown(engine: Engine, tmp_path: Path) -> None:
    """As of the parts of a name: the other would narrow to the same."""
    articles = [
        replace(each, body=each.body.replace("Man sah", "Glanz sah"))
        if "Roheisen" in each.body
        else each
        for each in subject_articles()
    ]
    with closing(engine.open(build(engine, tmp_path / "twins", articles))) as opened:
        words = {each.word for each in related(opened, "stahl")}
    assert len(words & {"Glanz", "Roheisen"}) == 1
    assert words - {"Glanz", "Roheisen"} == set(NOUNS["Stahl"]) - {"Roheisen"}


def test_totals_follow_the_synonyms_of_the_owner(snapshot: Snapshot) -> None:
    """What a word found before there were synonyms of it is forgotten."""
    before = related(snapshot, "stahl")
    other = snapshot.with_synonyms({"koks": ("Schrott",)})
    after = related(other, "stahl")
    assert after != before
    for each in after:
        assert each.total == total(other, f"stahl {each.word}")
    assert related(snapshot, "stahl") == before


def test_a_query_follows_the_synonyms_of_the_owner(snapshot: Snapshot) -> None:
    """Also where it was asked, and compiled, before."""
    before = total(snapshot, "koks")
    other = snapshot.with_synonyms({"koks": ("Schrott",)})
    assert total(other, "koks") == total(other, "koks ODER schrott") > before
    assert total(snapshot, "koks") == before


def test_few_articles_tell_nothing(opened: Open) -> None:
    """What stands together in them may do so by chance."""
    articles: list[Article] = subject_articles()[:80]
    assert related(opened(*articles).snapshot, "stahl") == []

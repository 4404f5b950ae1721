"""The step to take for what readers did not find, and what a line would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.deadline import NEVER, Deadline
from searchapp.errors import BadSetting
from searchapp.indexing import rebuild
from searchapp.missed_queries import Advice, Change, advised, preview
from searchapp.model import SearchRequest
from searchapp.query_store import AskedQuery
from searchapp.searching import SearchService
from searchapp.settings import Settings
from tests.sources import article, write_lines


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchService]:
    """Some articles about boats."""
    folder = tmp_path_factory.mktemp("boote")
    articles = [
        article("a", "Die Lokomotive pfeift im Bahnhof."),
        article("b", "Der Torfkahn legt an."),
        article("c", "Ein Kahn im Hafen."),
        article("d", "Noch eine Lokomotive."),
        article("e", "Die Lokomotive raucht."),
    ]
    (folder / "ausnahmen.txt").write_text("[synonyme]\nZug = Bahnhof\n")
    settings = Settings(
        seeds=(write_lines(folder / "artikel.jsonl", articles),),
        index=folder / "index",
        exceptions=folder / "ausnahmen.txt",
        workers=1,
        time_budget_s=20.0,
    )
    rebuild(settings)
    service = SearchService(settings)
    yield service
    service.close()


def advice(service: SearchService, query: str, deadline: Deadline = NEVER) -> Advice:
    asked = AskedQuery(query, 3, 3, 0, dt.date(2024, 1, 16))
    (found,) = advised(service, [asked], deadline)
    assert found.asked is asked
    return found


def test_each_query_has_its_step(service: SearchService) -> None:
    """A word like it, a word that nobody wrote, words that never meet, or nothing to do."""
    typo = advice(service, "Lokomotieve")
    assert (typo.step, typo.word, typo.line) == (
        "synonym", "Lokomotieve", "Lokomotieve = Lokomotive"
    )  # fmt: skip
    assert typo.total_then == 3
    unknown = advice(service, "Lokomotive Xqzvwpf")
    assert (unknown.step, unknown.word) == ("unknown_word", "Xqzvwpf")
    assert advice(service, "Hafen Lokomotive").step == "missing_article"
    found = advice(service, "Lokomotive")
    assert (found.step, found.total) == ("none", 3)


@pytest.mark.parametrize("query", ["x" * 600, '"', "((", "titel:", "NICHT", "*", "= | #", "a = b"])
def test_any_query_is_answered(service: SearchService, query: str) -> None:
    """Readers type anything."""
    assert advice(service, query).step in ("none", "unknown_word", "missing_article", "unanswered")


def test_without_time_there_is_no_step(service: SearchService) -> None:
    """The page comes all the same."""
    assert advice(service, "Torf", Deadline(-1.0)).step == "unanswered"


def test_a_synonym_is_tried_beside_those_that_there_are(service: SearchService) -> None:
    """The figures are those that the searches would have; nothing has changed by it."""
    found = preview(service, "Dampfross=Lokomotive,Torfkahn", NEVER, query="Dampfross Bahnhof")
    assert found.heading == "synonyms"
    assert not found.needs_rebuild
    assert found.changes == (Change("Dampfross", 0, 4), Change("Dampfross Bahnhof", 0, 1))
    assert service.search(SearchRequest("Dampfross", uncorrected=True)).total == 0
    more = preview(service, "Zug = Hafen", NEVER)
    assert more.changes == (Change("Zug", 1, 1),)
    path = service.settings.exceptions
    assert path
    before = path.read_text()
    path.write_text("[synonyme]\nDampfross = Lokomotive, Torfkahn\n")
    assert service.search(SearchRequest("Dampfross")).total == 4
    path.write_text(before)


def test_a_split_is_tried_with_what_its_parts_would_find(service: SearchService) -> None:
    """It takes a rebuild, after which the figures are these."""
    found = preview(service, "Lokomotive = Lokomo|tive", NEVER)
    assert found.needs_rebuild
    assert found.heading == "splits"
    assert found.changes == (Change("lokomo", 0, 3), Change("tive", 0, 3))


def test_the_figures_of_a_split_are_those_after_a_rebuild(
    service: SearchService, tmp_path: Path
) -> None:
    """As what it is tried with says."""
    exceptions = tmp_path / "neu.txt"
    exceptions.write_text("[splits]\nLokomotive = Lokomo|tive\n")
    settings = replace(service.settings, index=tmp_path / "index", exceptions=exceptions)
    rebuild(settings)
    after = SearchService(settings)
    assert after.count("tive", deadline=NEVER) == 3
    after.close()


@pytest.mark.parametrize(
    "line",
    [
        "", "LKW", "= Lastwagen", "LKW =", "LKW = LKW", "[synonyme]", "# LKW = Lastwagen",
        "a b = c", "Torfkahn = Torf|boot", "Torfkahn = Torf|", "x" * 501, "LKW = (", "LKW = #",
        "a = b\x00", "\ud800 = x",
    ],
)  # fmt: skip
def test_what_is_no_line_is_told(service: SearchService, line: str) -> None:
    """Without the place of a file that the owner never saw."""
    with pytest.raises(BadSetting) as caught:
        preview(service, line, NEVER)
    assert caught.value.where == ""
    assert caught.value.remedy

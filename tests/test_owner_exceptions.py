"""The owner's file of exceptions is followed by what serves the index."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.errors import BadSetting
from searchapp.indexing import rebuild
from searchapp.model import SearchRequest
from searchapp.owner_exceptions import OwnerExceptions
from searchapp.searching import SearchService
from searchapp.settings import Settings
from tests.sources import article, write_lines


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """An index of two articles, and an empty file of exceptions."""
    articles = [article("a", "Die Lokomotive pfeift."), article("b", "Der Torfkahn legt an.")]
    exceptions = tmp_path / "ausnahmen.txt"
    exceptions.write_text("")
    settings = Settings(
        seeds=(write_lines(tmp_path / "artikel.jsonl", articles),),
        index=tmp_path / "index",
        exceptions=exceptions,
        workers=1,
        time_budget_s=20.0,
    )
    rebuild(settings)
    return settings


@pytest.fixture(params=["columnar", "whoosh"])
def service(own: Settings, request: pytest.FixtureRequest) -> Iterator[SearchService]:
    """One that has answered already."""
    settings = replace(own, engine=request.param)
    if settings.engine != own.engine:
        rebuild(settings)
    service = SearchService(settings)
    service.search(SearchRequest("Lokomotive"))
    yield service
    service.close()


def write(settings: Settings, text: str) -> None:
    """Save the file as editors do: a new one takes its place."""
    assert settings.exceptions
    draft = settings.exceptions.with_suffix(".neu")
    draft.write_text(text, "utf-8")
    draft.replace(settings.exceptions)


def found(service: SearchService, query: str) -> list[str]:
    page = service.search(SearchRequest(query))
    return sorted(hit.article.id for hit in page.hits)


def test_a_synonym_holds_from_the_next_search_on(service: SearchService) -> None:
    """Without a rebuild or a restart; so does its end."""
    settings = service.settings
    before = service.state()
    assert found(service, "Dampfross") == []
    write(settings, "[synonyme]\nDampfross = Lokomotive\n")
    assert found(service, "Dampfross") == ["a"]
    assert service.state() != before
    write(settings, "[synonyme]\nDampfross = Torfkahn, Lokomotive\n")
    assert found(service, "Dampfross") == ["a", "b"]
    write(settings, "")
    assert found(service, "Dampfross") == []
    assert service.state() == before


def test_a_mistake_is_told_once_and_changes_nothing(
    service: SearchService, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is in the middle of typing does not take the synonyms away."""
    settings = service.settings
    write(settings, "[synonyme]\nDampfross = Lokomotive\n")
    assert found(service, "Dampfross") == ["a"]
    with caplog.at_level(logging.ERROR):
        write(settings, "[synonyme]\nDampfross =\n")
        for _ in range(3):
            assert found(service, "Dampfross") == ["a"]
    (record,) = caplog.records
    assert f"{settings.exceptions}:2" in record.getMessage()
    assert settings.exceptions
    settings.exceptions.unlink()
    assert found(service, "Dampfross") == ["a"]


def test_a_split_holds_for_the_generation_that_is_built_by_it(service: SearchService) -> None:
    """A running server takes it over, which refused it before it was started anew."""
    settings = service.settings
    before = service.search(SearchRequest("Kahn")).generation
    write(settings, "[trennungen]\nTorfkahn = Torf|kahn\n[synonyme]\nBoot = Torfkahn\n")
    assert service.search(SearchRequest("Torfkahn")).generation == before
    built = rebuild(settings).generation
    page = service.search(SearchRequest("Boot"))
    assert page.generation == built
    assert [hit.article.id for hit in page.hits] == ["b"]
    assert service.readiness().generation.id == built


def test_a_file_with_a_mistake_is_refused_at_the_start(tmp_path: Path) -> None:
    """A server does not begin with less than it was told."""
    path = tmp_path / "ausnahmen.txt"
    path.write_text("Wort\n")
    with pytest.raises(BadSetting, match="before the first heading"):
        OwnerExceptions(path)
    assert not OwnerExceptions(None).follow()

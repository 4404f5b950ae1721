"""An index folder is described, checked, and gives the analysis that it was built with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.errors import IndexDamaged, NoIndex
from searchapp.generations import Generation, GenerationStore
from searchapp.german import Analyzer
from searchapp.indexing import rebuild, roll_back
from searchapp.inspection import analyzers, inspect, verify
from searchapp.model import smallest
from searchapp.settings import Settings
from tests.sources import alter, article, damage_largest, edit_manifest, write_lines


@pytest.fixture
def indexed(tmp_path: Path) -> Settings:
    """The settings of an index of two articles."""
    write_lines(tmp_path / "seeds" / "a.jsonl", [article("a", "Stahl"), article("b", "Eisen")])
    settings = Settings(seeds=(tmp_path / "seeds",), index=tmp_path / "index", workers=1)
    rebuild(settings)
    return settings


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (damage_largest(Path.unlink), "the file is missing"),
        (damage_largest(lambda path: path.write_bytes(path.read_bytes()[:-1])), "bytes where"),
        (damage_largest(alter), "the file has been altered"),
        (lambda generation: edit_manifest(generation, articles=7), "2 articles instead of 7"),
        (lambda generation: edit_manifest(generation, files=7), "manifest is not understood"),
    ],
)
def test_verify_finds_damage(
    indexed: Settings, damage: Callable[[Generation], None], told: str
) -> None:
    """And names the command that mends it."""
    served = GenerationStore(indexed.index).current()
    assert verify(indexed).id == served.id
    damage(served)
    with pytest.raises(IndexDamaged, match=rf"{told}.*run: searchapp rebuild"):
        verify(indexed)
    rebuild(indexed)
    verify(indexed)


def test_the_state_names_what_is_served_and_what_can_be_served_again(indexed: Settings) -> None:
    """And why the served generation cannot be used, if so."""
    first = GenerationStore(indexed.index).current()
    state = inspect(indexed)
    assert (state.generation.id, state.earlier, state.refusal, state.writer) == (
        first.id,
        (),
        "",
        "",
    )
    second = rebuild(indexed).generation
    assert (inspect(indexed).generation.id, inspect(indexed).earlier) == (second, (first.id,))
    roll_back(indexed)
    edit_manifest(first, fingerprint="older")
    assert "other analysis (older)" in inspect(indexed).refusal


def test_without_an_index_there_is_nothing_to_describe(tmp_path: Path) -> None:
    """Nor to check."""
    for ask in (inspect, verify):
        with pytest.raises(NoIndex, match="searchapp rebuild"):
            ask(Settings(index=tmp_path))


def test_the_analysis_is_given_as_learned_and_with_exceptions(
    indexed: Settings, tmp_path: Path
) -> None:
    """The exceptions are those of the settings, whatever the index was built with."""
    path = tmp_path / "exceptions.txt"
    path.write_text("[whole]\nStahlwerk\n", "utf-8")
    learned, own = analyzers(replace(indexed, exceptions=path))

    def part_count(analyzer: Analyzer) -> int:
        return len(smallest(analyzer.keys_of("stahlwerk").parts))

    assert (part_count(learned), part_count(own)) == (2, 0)

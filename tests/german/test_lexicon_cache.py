"""The lexicon of the dictionary in the user's cache, and what is made of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from searchapp.german import lexicon_cache
from searchapp.german.lemmas import UNKNOWN
from searchapp.german.lexicon import Lexicon
from searchapp.german.lexicon_builder import learn_lexicon
from tests.lexicon import small_dictionary


@pytest.fixture
def cached(
    static_lexicon_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, bytes]:
    """Puts a lexicon into a cache of its own; gives the files of the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = lexicon_cache.cache_folder()
    assert folder is not None
    shutil.copytree(static_lexicon_folder, folder)
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_small_corpora_get_the_lexicon_of_the_dictionary(
    cached: dict[str, bytes], tmp_path: Path, lexicon: Lexicon
) -> None:
    """It is the same that the cache holds."""
    lexicon_cache.copy_dictionary_lexicon(tmp_path / "lexicon")
    written = contents(tmp_path / "lexicon")
    assert cached == written
    copy = Lexicon.open(tmp_path / "lexicon")
    for form in ("häuser", "ging", "stahlindustrie", "xyzzy"):
        assert copy.look_up(form) == lexicon.look_up(form)


def test_a_corpus_is_learned_from_without_a_change_of_the_cache(
    cached: dict[str, bytes], tmp_path: Path
) -> None:
    """The next corpus begins with the dictionary again."""
    for noun, target in (("Quorgel", tmp_path / "first"), ("Flimbax", tmp_path / "second")):
        lexicon_cache.write_corpus_lexicon({noun: 9}, target)
        lexicon = Lexicon.open(target)
        assert bool(lexicon.parts("quorgelanlagen")) == (noun == "Quorgel")
        assert bool(lexicon.parts("flimbaxanlagen")) == (noun == "Flimbax")
        assert contents(target).keys() == cached.keys()
    folder = lexicon_cache.cache_folder()
    assert folder is not None
    assert contents(folder) == cached


def test_any_sound_lexicon_in_the_cache_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is learned again where a lexicon lies ready."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = lexicon_cache.cache_folder()
    assert folder is not None
    learn_lexicon(folder, small_dictionary())
    lexicon_cache.copy_dictionary_lexicon(tmp_path / "lexicon")
    lexicon = Lexicon.open(tmp_path / "lexicon")
    assert lexicon.readings("stahlpreise").capital == "Stahlpreis"
    assert lexicon.readings("schildkröten") == UNKNOWN

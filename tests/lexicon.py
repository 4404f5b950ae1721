"""The lexicon of the whole dictionary, which every small index of the tests holds, and less."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from searchapp.german import Analyzer
from searchapp.german.lexicon import Lexicon
from searchapp.german.lexicon_cache import cache_folder, copy_dictionary_lexicon

run_cache = Path(os.devnull)
"""The cache of the whole run, which `conftest` sets."""


@contextmanager
def cached_in(folder: Path) -> Iterator[Path]:
    """Have this process and its children keep the lexicon in a folder; gives the place in it."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("XDG_CACHE_HOME", str(folder))
        place = cache_folder()
        assert place is not None
        yield place


@cache
def learned_dictionary() -> Path:
    """The folder of all that was learned from the dictionary. Tests only read it."""
    with cached_in(run_cache) as learned, tempfile.TemporaryDirectory() as folder:
        copy_dictionary_lexicon(Path(folder) / "lexicon")  # and so into the cache
    return learned


@cache
def dictionary_lexicon() -> Lexicon:
    """The lexicon that every small index of the tests holds."""
    folder = Path(tempfile.mkdtemp(prefix="searchapp-lexicon-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with cached_in(run_cache):
        copy_dictionary_lexicon(folder / "lexicon")
    return Lexicon.open(folder / "lexicon")


@cache
def small_dictionary() -> dict[str, str]:
    """A thousandth of the dictionary: what `learn_lexicon` makes a lexicon of in no time."""
    lines = Path(__file__).with_name("small_dictionary.txt").read_text("utf-8").splitlines()
    groups = (line.split(": ") for line in lines if not line.startswith("#"))
    return {form: lemma for lemma, forms in groups for form in forms.split()}


@cache
def dictionary_analyzer() -> Analyzer:
    """The analyzer of a small index without exceptions."""
    return Analyzer(dictionary_lexicon())

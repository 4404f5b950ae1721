"""The lexicon of the dictionary alone, learned once: that takes seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from searchapp.german.lexicon import Lexicon
from searchapp.german.lexicon_builder import learn_lexicon


@pytest.fixture(scope="session")
def static_lexicon_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a lexicon learned without a corpus. Tests only read it."""
    folder = tmp_path_factory.mktemp("lexicon")
    learn_lexicon(folder)
    return folder


@pytest.fixture(scope="session")
def lexicon(static_lexicon_folder: Path) -> Iterator[Lexicon]:
    """The lexicon in that folder."""
    lexicon = Lexicon.open(static_lexicon_folder)
    yield lexicon
    lexicon.close()

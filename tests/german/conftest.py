"""The lexicon of the dictionary alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from searchapp.german.lexicon import DICTIONARY, Lexicon


@pytest.fixture(scope="session")
def static_lexicon_folder() -> Path:
    """A folder with a lexicon learned without a corpus. Tests only read it."""
    return DICTIONARY


@pytest.fixture(scope="session")
def lexicon(static_lexicon_folder: Path) -> Iterator[Lexicon]:
    """The lexicon in that folder."""
    lexicon = Lexicon.open(static_lexicon_folder)
    yield lexicon
    lexicon.close()

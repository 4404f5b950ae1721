"""Keeps the dictionary's lexicon in the user's cache folder, and writes those of generations.

Learning the dictionary takes many seconds and is the same for all corpora; what a corpus adds takes
one second.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from searchapp.errors import IndexDamaged
from searchapp.german.corpus_lexicon import learn_from_corpus
from searchapp.german.lexicon import LEXICON_VERSION, Lexicon
from searchapp.german.lexicon_builder import learn_lexicon_apart


def copy_dictionary_lexicon(target: Path) -> None:
    """Write the lexicon of the dictionary alone into `target`, a folder that does not exist.

    It is copied from the cache if that holds a sound one, else learned. Raises OSError when it
    cannot be written.
    """
    cached = cache_folder()
    if cached is None:
        learn_lexicon_apart(target)
        return
    try:
        Lexicon.open(cached).close()
    except IndexDamaged:
        # Before learning: afterwards another process may have put a sound one there.
        shutil.rmtree(cached, ignore_errors=True)
        learn_lexicon_apart(target)
        _keep(target, cached)
    else:
        _copy(cached, target)


def write_corpus_lexicon(surface_counts: Mapping[str, int], target: Path) -> None:
    """Like `copy_dictionary_lexicon`, with what `learn_from_corpus` adds for a corpus.

    surface_counts: how often each surface word occurs in it or in a sample of it, case kept.
    """
    copy_dictionary_lexicon(target)
    learn_from_corpus(surface_counts, target)


def cache_folder() -> Path | None:
    """Where this user's copy is kept; None for a user without a home folder.

    It is never in a folder for temporary files, where other users could put a lexicon of theirs.
    """
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError:
        return None
    return base / "searchapp" / f"lexicon-{LEXICON_VERSION}-simplemma-{version('simplemma')}"


def _keep(learned: Path, cached: Path) -> None:
    """Put a copy into the cache in one step. Does nothing if the cache cannot be written."""
    with suppress(OSError):
        cached.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=cached.parent))
        try:
            _copy(learned, draft / "lexicon")
            (draft / "lexicon").rename(cached)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder of files. Raises the OSError of the first that fails; copytree has a list."""
    target.mkdir()
    for path in source.iterdir():
        try:
            shutil.copyfile(path, target / path.name)
        except OSError as error:
            # The place that is full, and not the one that the file comes from.
            raise OSError(error.errno, error.strerror, str(target / path.name)) from error

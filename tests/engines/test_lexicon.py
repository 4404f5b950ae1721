"""Looking up the words that a wildcard or a fuzzy word stands for."""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.whoosh_engine.lexicon import Lexicon, save_lexicon
from searchapp.errors import IndexDamaged
from searchapp.searching import TimeBudget
from tests.oracle import edit_distance

NO_HURRY = TimeBudget(math.inf)
forms = st.text("abäß🙂.[*\\", min_size=1, max_size=8)
frequencies = st.dictionaries(forms, st.integers(1, 9), max_size=30)


@contextmanager
def lexicon_of(counts: dict[str, int]) -> Iterator[Lexicon]:
    with TemporaryDirectory() as folder:
        save_lexicon(Path(folder), Counter(counts))
        with closing(Lexicon(Path(folder))) as lexicon:
            yield lexicon


@given(frequencies, st.text("abä🙂.[\\*?", max_size=6))
def test_a_glob_finds_what_a_plain_scan_finds(counts: dict[str, int], glob: str) -> None:
    """* is any number of characters, ? is one, also beyond ASCII; all else is itself."""
    signs = {"*": ".*", "?": "."}
    pattern = "".join(signs.get(char) or re.escape(char) for char in glob)
    with lexicon_of(counts) as lexicon:
        found, cut = lexicon.matching(glob, limit=1000, deadline=NO_HURRY)
    assert sorted(found) == sorted(form for form in counts if re.fullmatch(pattern, form))
    assert not cut


@given(frequencies, forms, st.integers(0, 2), st.integers(1, 2))
def test_similar_words_are_those_within_the_edit_distance(
    counts: dict[str, int], form: str, prefix_length: int, max_edits: int
) -> None:
    """Swapped neighbours count once; the first letters must be right."""
    with lexicon_of(counts) as lexicon:
        found, cut = lexicon.similar(
            form,
            prefix_length=prefix_length,
            max_edits=max_edits,
            limit=1000,
            deadline=NO_HURRY,
        )
    assert sorted(found) == sorted(
        each
        for each in counts
        if each.startswith(form[:prefix_length]) and edit_distance(each, form) <= max_edits
    )
    assert not cut


@given(frequencies, st.integers(1, 5))
def test_a_limit_keeps_the_most_frequent(counts: dict[str, int], limit: int) -> None:
    """And says that it has cut the list."""
    with lexicon_of(counts) as lexicon:
        found, cut = lexicon.matching("*", limit=limit, deadline=NO_HURRY)
    assert len(found) == min(limit, len(counts))
    assert cut == (len(counts) > limit)
    assert sorted(counts[form] for form in found) == sorted(counts.values())[-limit:]


def test_hostile_globs_are_fast() -> None:
    """Patterns that take a backtracking matcher years."""
    with lexicon_of(
        {"a" * 128: 1, "a" * 100 + "b": 1} | {f"a{n}" * 20: 1 for n in range(5000)}
    ) as it:
        started = time.monotonic()
        for glob in ("a*a*a*a*a*a*a*a*a*a*c", "*a*a*a*a*b", "*?*?*?*?*?*c", "a?" * 40 + "*c"):
            it.matching(glob, limit=500, deadline=NO_HURRY)
        assert time.monotonic() - started < 5
        assert it.matching("a*a*a*a*b", limit=9, deadline=NO_HURRY)[0] == ["a" * 100 + "b"]


def test_an_empty_vocabulary_is_searched_without_an_error(tmp_path: Path) -> None:
    """An index of articles without a word has one."""
    save_lexicon(tmp_path, Counter())
    with closing(Lexicon(tmp_path)) as lexicon:
        assert lexicon.matching("a*", limit=5, deadline=NO_HURRY) == ([], False)
        similar = lexicon.similar("ab", prefix_length=1, max_edits=1, limit=5, deadline=NO_HURRY)
        assert similar == ([], False)


@pytest.mark.parametrize("name", ["forms.txt", "frequencies.npy"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut"])
def test_a_damaged_lexicon_is_refused(tmp_path: Path, name: str, damage: str) -> None:
    """With the command that mends it."""
    save_lexicon(tmp_path, Counter({"haus": 1, "hof": 2}))
    path = tmp_path / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: 0 if damage == "empty" else -2])
    with pytest.raises(IndexDamaged, match="searchapp rebuild"):
        Lexicon(tmp_path)

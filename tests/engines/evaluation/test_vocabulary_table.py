"""Looking up the words that a wildcard or a fuzzy word stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.deadline import NEVER
from searchapp.engines.evaluation.vocabulary import VocabularyRow
from searchapp.engines.evaluation.vocabulary_table import VocabularyTable, save_vocabulary
from searchapp.errors import IndexDamaged
from searchapp.german import Analyzer
from searchapp.german.digraphs import folded
from tests.oracle import spelt_distance

forms = st.text("abäß🙂.[*\\", min_size=1, max_size=8)
frequencies = st.dictionaries(forms, st.integers(1, 9), max_size=30)


@contextmanager
def vocabulary_of(counts: dict[str, int]) -> Iterator[VocabularyTable]:
    with TemporaryDirectory() as folder:
        save_vocabulary(Path(folder), sorted(counts.items()), Analyzer())
        with closing(VocabularyTable(Path(folder))) as vocabulary:
            yield vocabulary


@given(frequencies, st.text("abä🙂.[\\*?", max_size=6))
def test_a_glob_finds_what_a_plain_scan_finds(counts: dict[str, int], glob: str) -> None:
    """* is any number of characters, ? is one, also beyond ASCII; all else is itself."""
    signs = {"*": ".*", "?": "."}
    pattern = "".join(signs.get(char) or re.escape(char) for char in glob)
    with vocabulary_of(counts) as vocabulary:
        found, cut = vocabulary.matching(glob, limit=1000, deadline=NEVER)
    assert sorted(found) == sorted(form for form in counts if re.fullmatch(pattern, form))
    assert not cut


@given(frequencies, forms, st.integers(0, 2), st.integers(1, 2))
def test_similar_words_are_those_within_the_spelt_distance(
    counts: dict[str, int], form: str, prefix_length: int, max_edits: int
) -> None:
    """Swapped neighbours count once; the first letters must be right."""
    with vocabulary_of(counts) as vocabulary:
        found, cut = vocabulary.similar(
            form,
            prefix_length=prefix_length,
            max_edits=max_edits,
            limit=1000,
            deadline=NEVER,
        )
    assert sorted(found) == sorted(
        each
        for each in counts
        if folded(each).startswith(folded(form)[:prefix_length])
        and spelt_distance(each, form) <= max_edits
    )
    assert not cut


@given(frequencies, st.integers(1, 5))
def test_a_limit_keeps_the_most_frequent(counts: dict[str, int], limit: int) -> None:
    """And says that it has cut the list."""
    with vocabulary_of(counts) as vocabulary:
        found, cut = vocabulary.matching("*", limit=limit, deadline=NEVER)
    assert len(found) == min(limit, len(counts))
    assert cut == (len(counts) > limit)
    assert sorted(counts[form] for form in found) == sorted(counts.values())[-limit:]


def test_hostile_globs_end() -> None:
    """A backtracking matcher would be at them for years."""
    with vocabulary_of(
        {"a" * 128: 1, "a" * 100 + "b": 1} | {f"a{n}" * 20: 1 for n in range(5000)}
    ) as it:
        for glob in ("a*a*a*a*a*a*a*a*a*a*c", "*a*a*a*a*b", "*?*?*?*?*?*c", "a?" * 40 + "*c"):
            it.matching(glob, limit=500, deadline=NEVER)
        assert it.matching("a*a*a*a*b", limit=9, deadline=NEVER)[0] == ["a" * 100 + "b"]


def test_an_empty_vocabulary_is_searched_without_an_error(tmp_path: Path) -> None:
    """An index of articles without a word has one."""
    save_vocabulary(tmp_path, [], Analyzer())
    with closing(VocabularyTable(tmp_path)) as vocabulary:
        assert vocabulary.matching("a*", limit=5, deadline=NEVER) == ([], False)
        similar = vocabulary.similar("ab", prefix_length=1, max_edits=1, limit=5, deadline=NEVER)
        assert similar == ([], False)


@pytest.mark.parametrize("name", ["table.tsv", "starts.npy", "frequencies.npy", "by-stem.npy"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut"])
def test_a_damaged_vocabulary_is_refused(tmp_path: Path, name: str, damage: str) -> None:
    """With the command that mends it."""
    save_vocabulary(tmp_path, [("haus", 1), ("hof", 2)], Analyzer())
    path = tmp_path / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: 0 if damage == "empty" else -2])
    with pytest.raises(IndexDamaged, match="searchapp rebuild"):
        VocabularyTable(tmp_path)


def test_the_readings_of_a_word_are_one_word() -> None:
    """Counted together; a verb and its particle that stand apart are none."""
    counts = {"karten": 2, "karten^": 3, "kartei": 4, "kartet^": 1, "kart…an": 9}
    with vocabulary_of(counts) as vocabulary:
        assert vocabulary.row("karten") == VocabularyRow("karten", 5)
        assert vocabulary.row("kartet") == VocabularyRow("kartet", 1)
        assert vocabulary.row("kart…an") is None
        for glob in ("kart*", "kart??", "k*t*"):
            found = vocabulary.matching(glob, limit=3, deadline=NEVER)
            assert found == (["kartei", "karten", "kartet"], False)
        assert vocabulary.matching("kart???", limit=3, deadline=NEVER) == ([], False)
        assert vocabulary.matching("kart*", limit=1, deadline=NEVER) == (["karten"], True)
        similar = vocabulary.similar(
            "kartem", prefix_length=1, max_edits=1, limit=9, deadline=NEVER, min_doc_freq=2
        )
        assert similar == (["karten", "kartei"], False)


@given(frequencies)
def test_rows_are_found_by_form_and_by_stem(counts: dict[str, int]) -> None:
    """Every word has its row, and stands in the family of its stem."""
    with vocabulary_of(counts) as vocabulary:
        assert len(vocabulary) == len(counts)
        for form, count in counts.items():
            row = vocabulary.row(form)
            assert row is not None
            assert (row.form, row.doc_freq) == (form, count)
            assert row in vocabulary.rows_of_key(Analyzer().keys_of(form).key)
        keys = {Analyzer().keys_of(form).key for form in counts}
        assert list(vocabulary.keys()) == sorted(keys, key=str.encode)
        assert vocabulary.row("zz") is None
        assert vocabulary.rows_of_key("zz") == []

"""Tables of runs: whatever was analyzed before, and by whom, tokens are those of the analyzer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchapp.german import run_table
from searchapp.german.run_table import MAX_RUN_CHARS, RunTable
from searchapp.german.token_arrays import BatchAnalyzer
from tests.german.indexed_tokens import indexed, tokens
from tests.german.test_token_arrays import BATCHES
from tests.lexicon import dictionary_analyzer

TEXTS = [
    "Die Reisen nach Übersee, EU-Kommission; Fußballweltmeisterschaften und A 9.",
    "reisen WAREN Waren, am 16. Januar 2024 (Bürger*innen) 1 000 000 z. B. Straße",
    "Donaudampfschifffahrt " + "x" * (MAX_RUN_CHARS + 1) + " " + "y" * MAX_RUN_CHARS,
]


def table_of(texts: Sequence[str], tables: Sequence[RunTable] = ()) -> RunTable | None:
    """The table of what is new in some texts."""
    analyzer = BatchAnalyzer(dictionary_analyzer(), collects=True)
    for table in tables:
        analyzer.add_table(table)
    analyzer.analyze(texts)
    return analyzer.new_runs()


def made(texts: Sequence[str]) -> RunTable:
    table = table_of(texts)
    assert table is not None
    return table


def check(texts: Sequence[str], tables: Sequence[RunTable]) -> None:
    """With some tables, the tokens are the same as without."""
    plain = dictionary_analyzer()
    analyzer = BatchAnalyzer(plain, collects=True)
    for table in tables:
        analyzer.add_table(table)
    for _ in range(2):
        assert tokens(analyzer, texts) == [indexed(plain.analyze(text)) for text in texts]
        # The tables must not know the numbers of forms that are forgotten.
        analyzer.forget()


@given(BATCHES, BATCHES, BATCHES)
@example(TEXTS, TEXTS[1:], TEXTS[:2])
@example(["16. Jan. 2024 Abs.\n7"], ["Abs.\n7"], ["16. Jan. 2024", "16."])
def test_tokens_are_the_same_with_tables(
    first: list[str], second: list[str], third: list[str]
) -> None:
    """One after the other, and joined to one, in which nothing is twice."""
    tables = [table for texts in (first, second) if (table := table_of(texts))]
    check([*third, *first], tables)
    if tables:
        joined = RunTable.joined(tables)
        check([*third, *second], [joined])
        assert table_of([*first, *second], [joined]) is None or any(
            len(run) > MAX_RUN_CHARS for text in (*first, *second) for run in text.split()
        )
        assert joined.run_count <= sum(table.run_count for table in tables)


def test_what_is_in_a_table_is_not_analyzed_again(tmp_path: Path) -> None:
    """Nor when it was saved and opened; a long run is in none."""
    made(TEXTS).save(tmp_path / "t", "rules")
    opened = RunTable.open(tmp_path / "t", "rules")
    assert opened is not None
    assert table_of(TEXTS, [opened]) is None
    new = table_of(["Reisen neulich"], [opened])
    assert new is not None
    assert new.run_count == 1
    check(TEXTS, [opened])


def test_runs_of_one_hash_are_told_by_their_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table may lack all but one of them, and never gives one's tokens for another."""

    def weak(_: object, bounds: run_table.Ints) -> run_table.Array:
        return (np.diff(bounds) % 2).astype(np.uint64)

    monkeypatch.setattr(run_table, "_hashes", weak)
    tables = [made(TEXTS[:2]), made(TEXTS[1:])]
    check(TEXTS, tables)
    check(TEXTS, [RunTable.joined(tables)])


def test_a_joined_table_is_bounded() -> None:
    """The runs of the first tables stay."""
    first, second = made(TEXTS[:1]), made(TEXTS[1:])
    joined = RunTable.joined([first, second], max_runs=first.run_count)
    assert joined.run_count == first.run_count
    assert table_of(TEXTS[:1], [joined]) is None
    check(TEXTS, [joined])


def test_no_other_file_is_taken_for_a_table(tmp_path: Path) -> None:
    """None is missing, of other rules, cut short at any place, or has a bit that is another."""
    path = tmp_path / "t"
    assert RunTable.open(path, "rules") is None
    made(TEXTS).save(path, "rules")
    sound = path.read_bytes()
    assert RunTable.open(path, "other rules") is None
    for size in (0, 1, 100, len(sound) // 2, len(sound) - 1):
        path.write_bytes(sound[:size])
        assert RunTable.open(path, "rules") is None
    for place in range(0, len(sound), 97):
        damaged = bytearray(sound)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        table = RunTable.open(path, "rules")
        # A blank before the header may be any other blank.
        assert table is None or not damaged[:place].strip()
    for start, stop in pairwise(range(0, len(sound), len(sound) // 7)):
        path.write_bytes(sound[:start] + sound[stop:])
        assert RunTable.open(path, "rules") is None
    path.write_bytes(sound)
    assert RunTable.open(path, "rules") is not None
    path.write_bytes(b"[]\n")
    assert RunTable.open(path, "rules") is None


def test_a_table_that_cannot_be_written_leaves_no_file(tmp_path: Path) -> None:
    """The one before stays, too."""
    path = tmp_path / "t"
    made(TEXTS).save(path, "rules")
    (tmp_path / "t.new").mkdir()
    with pytest.raises(OSError, match=r"t\.new"):
        made(TEXTS[:1]).save(path, "rules")
    opened = RunTable.open(path, "rules")
    assert opened is not None
    assert table_of(TEXTS, [opened]) is None


@given(st.lists(st.text(min_size=1, max_size=MAX_RUN_CHARS), min_size=1, unique=True))
def test_every_text_is_found_by_its_hash(texts: list[str]) -> None:
    """Whatever its letters are; two texts have two hashes."""
    sought = run_table.RunTexts(texts)
    assert len(set(sought.hashes.tolist())) == len(texts)

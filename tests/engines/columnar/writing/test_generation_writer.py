"""What is written depends on the articles only, and an updated generation is as a rebuilt one."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.deadline import NEVER
from searchapp.engines.columnar.generation import SUFFIX, segment_list
from searchapp.engines.columnar.writing import generation_writer, shared_runs
from searchapp.engines.columnar.writing.generation_writer import (
    BATCH_MB,
    LEAST_MB,
    MIN_WORDS,
    PARENT_MB,
    WORD_BYTES,
    ColumnarWriter,
    shares_of_memory,
)
from searchapp.engines.columnar.writing.merge_policy import TIER_SEGMENTS
from searchapp.errors import BadSetting
from searchapp.facets import Filters
from searchapp.german.exceptions import NO_EXCEPTIONS
from searchapp.model import Article, Sort
from tests.engines import articles as random_input
from tests.engines.building import Case, build, ids, revise, stored
from tests.engines.columnar.segments import WORDS
from tests.engines.columnar.test_snapshot import ENGINE, queries
from tests.oracle import Oracle


def files(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def many_articles() -> Sequence[Article]:
    """Some hundred articles with a few thousand different words."""
    chance = random.Random(1)
    words = [*WORDS, *(f"{word}{chance.choice(WORDS).lower()}" for word in WORDS for _ in range(9))]
    return [
        Article(
            id=f"{number:x}",
            title=" ".join(chance.choices(words, k=4)),
            body=" ".join(chance.choices(words, k=chance.choice((0, 3, 300)))),
            tags=tuple(dict.fromkeys(chance.choices(words[:30], k=3))),
            source=chance.choice((None, "Haus & Hof", "Stahl")),
        )
        for number in range(400)
    ]


def written(
    folder: Path,
    articles: Sequence[Article],
    *,
    workers: int,
    memory_mb: int,
    batch_chars: int,
    base: Path | None = None,
    kept: Path | None = None,
) -> dict[str, str]:
    folder.mkdir()
    writer = ColumnarWriter(
        folder,
        base=base,
        kept=kept,
        workers=workers,
        memory_mb=memory_mb,
        exceptions=NO_EXCEPTIONS,
        batch_chars=batch_chars,
    )
    try:
        for article in articles:
            writer.add(article)
        writer.commit()
    finally:
        writer.abort()
    return files(folder)


@pytest.mark.slow
def test_the_files_are_the_same_for_any_number_of_processes_and_any_memory(
    many_articles: Sequence[Article], tmp_path: Path
) -> None:
    """Byte by byte, with a dozen batches that are built and merged by whoever is free."""
    ways = [(1, 1024), (1, LEAST_MB), (2, 1024), (3, 1024), (3, 650)]
    found = [
        written(
            tmp_path / f"{workers}-{memory_mb}",
            many_articles,
            workers=workers,
            memory_mb=memory_mb,
            batch_chars=50_000,
        )
        for workers, memory_mb in ways
    ]
    assert len(segment_list(tmp_path / "1-1024")) == 1
    assert found == [found[0]] * len(found)


def test_the_files_of_a_large_update_are_the_same_for_any_number_of_processes(
    many_articles: Sequence[Article], tmp_path: Path
) -> None:
    """More than a batch is new; with so many new segments some are merged."""
    base = build(ENGINE, tmp_path / "base", many_articles[:100])
    found = [
        written(
            tmp_path / str(workers),
            many_articles[100:],
            workers=workers,
            memory_mb=1024,
            batch_chars=100_000,
            base=base,
        )
        for workers in (1, 2)
    ]
    assert found[0] == found[1]
    with closing(ENGINE.open(tmp_path / "2")) as snapshot:
        assert snapshot.doc_count == len(many_articles)


def test_the_files_are_the_same_whatever_was_kept(
    many_articles: Sequence[Article], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing, all runs, those of other articles only, or a damaged file, which is written anew."""
    monkeypatch.setattr(shared_runs, "MIN_KEPT_RUNS", 1)
    kept = tmp_path / ".runs"
    found, sizes = [], []
    for name, articles in (
        ("others", many_articles[300:]),
        ("more", many_articles[:300]),
        ("all", many_articles[:300]),
        ("damaged", many_articles[:300]),
    ):
        if name == "damaged":
            kept.write_bytes(kept.read_bytes()[:-1])
        files_written = written(
            tmp_path / name,
            articles,
            workers=1,
            memory_mb=1024,
            batch_chars=50_000,
            kept=kept,
        )
        found.append(files_written)
        sizes.append(kept.stat().st_size)
    assert found[1] == found[2] == found[3]
    assert sizes[0] < sizes[1] == sizes[2] > sizes[3]
    alone = written(
        tmp_path / "alone",
        many_articles[:300],
        workers=1,
        memory_mb=1024,
        batch_chars=50_000,
    )
    assert alone == found[1]
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {".runs"}


def test_little_is_not_kept(many_articles: Sequence[Article], tmp_path: Path) -> None:
    """A small index is not made larger by what spares no time."""
    written(
        tmp_path / "few",
        many_articles[:9],
        workers=1,
        memory_mb=512,
        batch_chars=10_000,
        kept=tmp_path / ".runs",
    )
    assert not (tmp_path / ".runs").exists()


def test_a_table_that_cannot_be_kept_does_not_end_the_build(
    many_articles: Sequence[Article], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one takes longer."""
    monkeypatch.setattr(shared_runs, "MIN_KEPT_RUNS", 1)
    kept = tmp_path / ".runs"
    (tmp_path / ".runs.new").mkdir()
    written(
        tmp_path / "few", many_articles[:9], workers=1, memory_mb=512, batch_chars=10_000, kept=kept
    )
    assert not kept.exists()


def test_the_content_is_the_same_for_any_size_of_batches(
    many_articles: Sequence[Article], tmp_path: Path
) -> None:
    """A generation from many batches answers as one from a single batch."""
    few = many_articles[:80]
    answers = []
    for batch_chars in (1, 2000, 10**9):
        folder = tmp_path / str(batch_chars)
        written(folder, few, workers=1, memory_mb=512, batch_chars=batch_chars)
        with closing(ENGINE.open(folder)) as snapshot:
            case = Case(snapshot, Oracle(few))
            asked = [case.search(query) for query in ("", "Haus", "EU-Kommission", "Sta*", "=haus")]
            answers.append((asked, [stored(snapshot, article.id) for article in few]))
    assert answers == [answers[0]] * 3


@pytest.mark.parametrize("batch_chars", [1, 4000])
def test_more_batches_than_can_be_merged_at_once_keep_their_order(
    many_articles: Sequence[Article],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    batch_chars: int,
) -> None:
    """Some are gathered first, and gathered again, until they are few enough."""
    few = many_articles[:50]
    answers = []
    for max_merged in (1000, 3):
        monkeypatch.setattr(generation_writer, "MAX_MERGED", max_merged)
        folder = tmp_path / str(max_merged)
        written(folder, few, workers=1, memory_mb=512, batch_chars=batch_chars)
        assert len(segment_list(folder)) == 1
        with closing(ENGINE.open(folder)) as snapshot:
            case = Case(snapshot, Oracle(few))
            asked = [case.search(query) for query in ("", "Haus", "EU-Kommission", "=haus")]
            answers.append((asked, [stored(snapshot, article.id) for article in few]))
    assert answers[0] == answers[1]


@given(st.integers(LEAST_MB, 100_000), st.integers(1, 64))
def test_processes_and_their_words_keep_to_the_memory_that_is_allowed(
    memory_mb: int, workers: int
) -> None:
    """Fewer processes rather than more memory; the least is one process with few words."""
    processes, max_words = shares_of_memory(memory_mb, workers)
    assert 1 <= processes <= workers
    words_mb = processes * max_words * WORD_BYTES / 2**20
    least_mb = processes * MIN_WORDS * WORD_BYTES / 2**20
    assert PARENT_MB + processes * BATCH_MB + max(0, words_mb - least_mb) <= memory_mb
    assert shares_of_memory(memory_mb, workers + 1)[0] >= processes


def test_less_memory_than_is_possible_is_refused_with_the_least() -> None:
    """A bound that cannot be kept is not accepted in silence."""
    assert shares_of_memory(LEAST_MB, 4)[0] == 1
    with pytest.raises(BadSetting, match=rf"SEARCHAPP_MEMORY_MB: .*use {LEAST_MB} or more"):
        shares_of_memory(LEAST_MB - 1, 4)


def test_nothing_but_the_generation_is_left(
    many_articles: Sequence[Article], tmp_path: Path
) -> None:
    """The parts and the pieces of the merge are gone."""
    names = set(
        written(tmp_path / "a", many_articles, workers=2, memory_mb=1024, batch_chars=100_000)
    )
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"0000" + SUFFIX, "segments", "columns", "suggestions", "lexicon"}


class Revisions:
    """A generation that is updated again and again, beside the articles that it should hold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self.held: dict[str, Article] = {}
        self.gone: set[str] = set()
        self.current = build(ENGINE, folder / "0", [])

    def update(self, removed: Sequence[str], added: Sequence[Article]) -> None:
        """Remove and add; an article whose id is held takes the place of the older one."""
        self._number += 1
        changed = [each.id for each in added if each.id in self.held]
        folder = self._folder / str(self._number)
        self.current = revise(ENGINE, folder, self.current, [*removed, *changed], added)
        for each in removed:
            self.held.pop(each, None)
            self.gone.add(each)
        self.held |= {each.id: each for each in added}
        self.gone -= self.held.keys()

    def rebuilt(self) -> Path:
        """A new generation of the same articles."""
        return build(ENGINE, self._folder / f"rebuilt-{self._number}", self.held.values())


def assert_answers_alike(updated: Case, rebuilt: Case, query: str, filters: Filters) -> None:
    sort: Sort
    for sort in ("relevance", "newest", "oldest"):
        found, expected = (case.search(query, filters, sort=sort) for case in (updated, rebuilt))
        assert ids(found) == ids(expected)
        assert [hit.score for hit in found.hits] == pytest.approx(
            [hit.score for hit in expected.hits], rel=1e-6
        )
        assert found.facets == expected.facets
        assert found.total == expected.total


updates = st.lists(
    st.tuples(st.sets(st.integers(0, 30), max_size=6), random_input.corpora),
    min_size=1,
    max_size=10,
)


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 12)
@given(updates, st.lists(st.tuples(queries, random_input.filters), min_size=3, max_size=6))
def test_an_updated_index_answers_as_a_rebuilt_one(
    updates: list[tuple[set[int], list[Article]]], requests: list[tuple[str, Filters]]
) -> None:
    """Matches, order, scores and counts, through many updates; what is deleted stays away."""
    with TemporaryDirectory() as name:
        revisions = Revisions(Path(name))
        for removed, added in updates:
            ids = list(revisions.held)
            revisions.update([ids[place] for place in removed if place < len(ids)], added)
        oracle = Oracle(list(revisions.held.values()))
        with (
            closing(ENGINE.open(revisions.current)) as updated,
            closing(ENGINE.open(revisions.rebuilt())) as rebuilt,
        ):
            assert updated.doc_count == rebuilt.doc_count == len(revisions.held)
            for query, filters in requests:
                assert_answers_alike(Case(updated, oracle), Case(rebuilt, oracle), query, filters)
            for article in revisions.held.values():
                assert stored(updated, article.id) == oracle.shown(article)
            assert {stored(updated, each) for each in revisions.gone} <= {None}
            for word in ("haus", "stahlx", "kommision", "strase"):
                assert [
                    snapshot.corrections(word, limit=3, deadline=NEVER)
                    for snapshot in (updated, rebuilt)
                ] == [rebuilt.corrections(word, limit=3, deadline=NEVER)] * 2


def test_segments_stay_few_and_most_articles_where_they_are(tmp_path: Path) -> None:
    """After forty updates there are fewer segments than a tier and a half has."""
    revisions = Revisions(tmp_path)
    revisions.update([], [Article(f"a{n}", f"Haus{n}", "Stahl " * 50) for n in range(50)])
    for number in range(40):
        old = sorted(revisions.held)[number % 7]
        changed = replace(revisions.held[old], title=f"Neu{number}")
        revisions.update([], [changed, Article(f"b{number}", "Werk", f"Wort{number}")])
        assert len(segment_list(revisions.current)) < 1.5 * TIER_SEGMENTS
    with closing(ENGINE.open(revisions.current)) as snapshot:
        assert snapshot.doc_count == len(revisions.held) == 90


def test_an_update_takes_untouched_segments_over_as_they_are(tmp_path: Path) -> None:
    """The same file under another name, not a copy: an update costs what is new."""
    articles = [Article(id=f"{n}", title=f"Haus{n}", body="Stahl") for n in range(10)]
    base = build(ENGINE, tmp_path / "base", articles)
    updated = revise(ENGINE, tmp_path / "updated", base, ["3"], [Article("neu", "Neu", "z")])
    (first,), (taken, _) = segment_list(base), segment_list(updated)
    assert (updated / taken).samefile(base / first)


def test_a_generation_may_lose_all_its_articles_and_get_new_ones(tmp_path: Path) -> None:
    """An index without articles answers, and holds what is added to it later."""
    base = build(ENGINE, tmp_path / "base", [Article("a", "Haus", "x"), Article("b", "Werk", "y")])
    emptied = revise(ENGINE, tmp_path / "emptied", base, ["b", "a", "unknown"], [])
    again = revise(ENGINE, tmp_path / "again", emptied, [], [Article("a", "Haus", "wieder")])
    for folder, count in ((base, 2), (emptied, 0), (again, 1)):
        assert len(segment_list(folder)) == 1
        with closing(ENGINE.open(folder)) as snapshot:
            assert snapshot.doc_count == count
            assert Case(snapshot, Oracle([])).search("Haus").total == min(count, 1)
            assert (stored(snapshot, "a") is None) == (not count)


def test_an_abort_ends_the_processes(many_articles: Sequence[Article], tmp_path: Path) -> None:
    """Also twice, and with tasks under way."""
    (tmp_path / "a").mkdir()
    writer = ColumnarWriter(
        tmp_path / "a",
        base=None,
        workers=2,
        memory_mb=1024,
        exceptions=NO_EXCEPTIONS,
        batch_chars=100_000,
    )
    for article in many_articles:
        writer.add(article)
    writer.abort()
    writer.abort()


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    """No test leaves a worker behind."""
    yield
    assert not multiprocessing.active_children()

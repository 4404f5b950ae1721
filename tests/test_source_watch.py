"""The index follows the sources. `tests/commands/test_watch_command.py` has it as a process."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from searchapp import source_watch
from searchapp.errors import IndexLocked, Problem
from searchapp.generations import GenerationStore
from searchapp.indexing import BuildReport
from searchapp.settings import Settings
from searchapp.source_watch import watch_sources
from tests.sources import article, write_lines


class Done(BaseException):
    """Ends the watch, as Ctrl-C does."""


class NotSeen(BaseException):
    """A change was not answered."""


@contextmanager
def bounded() -> Iterator[None]:
    """Raise NotSeen after two minutes: a change that is not seen is waited for without end."""

    def end(*_: object) -> None:
        raise NotSeen

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(120)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def watched(
    settings: Settings,
    *steps: Callable[[], object],
    polling: bool = False,
    failure_ends: type[Exception] | None = None,
) -> tuple[list[BuildReport], list[Exception]]:
    """The reports that published or kept something, and the failures.

    steps: each is done when the one before has been answered by such an update.
    failure_ends: a failure that counts as an answer, too.
    """
    waiting = list(steps)
    reports: list[BuildReport] = []
    failures: list[Exception] = []

    def answered() -> None:
        if not waiting:
            raise Done
        waiting.pop(0)()

    def on_report(report: BuildReport) -> None:
        if report.published or report.kept:
            reports.append(report)
            answered()

    def on_failure(error: Exception) -> None:
        failures.append(error)
        if failure_ends and isinstance(error, failure_ends):
            answered()

    with pytest.raises(Done), bounded():
        watch_sources(
            settings,
            polling=polling,
            on_report=on_report,
            on_failure=on_failure,
            on_problem=lambda _: None,
        )
    return reports, failures


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """Two articles that are not indexed yet."""
    write_lines(tmp_path / "seeds" / "a.jsonl", [article("a1", "Stahl"), article("a2", "Eisen")])
    return Settings(seeds=(tmp_path / "seeds",), index=tmp_path / "index", workers=1)


def changes(report: BuildReport) -> tuple[int, int, int]:
    return report.added, report.changed, report.removed


@pytest.mark.parametrize("polling", [False, True])
def test_files_that_come_change_and_go_are_indexed(here: Settings, polling: bool) -> None:
    """In new folders, too, and whether the system tells of changes or files are looked at."""
    folder = here.seeds[0]
    reports, failures = watched(
        here,
        lambda: write_lines(folder / "new" / "deep" / "b.jsonl", [article("b1", "Kupfer")]),
        lambda: write_lines(folder / "new" / "deep" / "b.jsonl", [article("b1", "Zink")]),
        lambda: shutil.rmtree(folder / "new"),
        polling=polling,
    )
    assert [changes(report) for report in reports] == [(2, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert failures == []


def test_a_file_named_by_itself_is_followed_through_renaming(tmp_path: Path) -> None:
    """Editors write a new file and give it the name of the old one."""
    path = write_lines(tmp_path / "one.jsonl", [article("a1", "Stahl")])
    settings = Settings(seeds=(path,), index=tmp_path / "index", workers=1)

    def save() -> None:
        write_lines(tmp_path / "other", [article("a1", "Eisen")]).replace(path)

    reports, _ = watched(settings, save)
    assert [changes(report) for report in reports] == [(1, 0, 0), (0, 1, 0)]


def test_a_folder_that_goes_and_comes_back_is_followed_again(here: Settings) -> None:
    """As one on a disk that is mounted anew: its articles are kept, and the watch goes on."""
    folder = here.seeds[0]
    away = folder.with_name("away")

    def come_back() -> None:
        away.rename(folder)
        write_lines(folder / "b.jsonl", [article("b1", "Kupfer")])

    reports, failures = watched(
        here,
        lambda: folder.rename(away),
        come_back,
        lambda: write_lines(folder / "c.jsonl", [article("c1", "Zink")]),
    )
    assert failures == []
    assert [report.articles for report in reports] == [2, 2, 3, 4]
    assert [report.kept for report in reports] == [0, 2, 0, 0]


def test_another_writer_is_waited_for(here: Settings) -> None:
    """The lock keeps the two apart; its refusal is told once, and the update tried again."""
    store = GenerationStore(here.index)
    lock = store.lock()
    lock.__enter__()
    reports, failures = watched(
        here, lambda: lock.__exit__(None, None, None), failure_ends=IndexLocked
    )
    assert [type(each) for each in failures] == [IndexLocked]
    assert [report.articles for report in reports] == [2]


def test_a_period_finds_what_no_event_tells(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network folder that somebody else writes to: here the events are thrown away."""
    monkeypatch.setattr(source_watch, "_is_source", lambda *_: False)
    reports, _ = watched(
        here.changed(watch_period_s=1.0),
        lambda: write_lines(here.seeds[0] / "b.jsonl", [article("b1", "Kupfer")]),
    )
    assert [report.articles for report in reports] == [2, 3]


def test_an_index_inside_of_a_source_folder_is_no_change(here: Settings) -> None:
    """Else each update would be the cause of another, without end."""
    inside = here.changed(index=here.seeds[0] / "index")
    attempts = 0

    def on_report(_: BuildReport) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 2:
            raise Done

    found: list[Problem] = []
    with pytest.raises(Done):
        watch_sources(
            inside.changed(watch_period_s=4.0),
            on_report=on_report,
            on_failure=lambda error: pytest.fail(str(error)),
            on_problem=found.append,
        )
    folder, index = str(here.seeds[0]), str(inside.index)
    assert not source_watch._is_source(f"{index}/20260101T000000Z-aaaaaa", [folder], index)
    assert not source_watch._is_source(f"{folder}/.git/HEAD", [folder], index)
    assert source_watch._is_source(f"{folder}/sub/b.txt", [folder], index)

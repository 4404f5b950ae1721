"""A file that gets its reader stuck ends the reader, and neither the work nor its neighbours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from searchapp.corpus import read_articles
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.reader_process import Bounds, ReaderProcess, SpareProcess
from searchapp.errors import Problem

PATIENCE_S = 60


class Reading:
    """A reader process, and what it has said."""

    def __init__(self, reader: ReaderProcess) -> None:
        self.reader = reader
        self.problems: list[Problem] = []

    def begin(self, path: Path) -> Iterator[str]:
        """The ids of the articles in a file."""
        file = ArticleFile(path, self.problems.append)
        self.reader.send(file)
        for article in self.reader.receive(file):
            yield getattr(article, "id", "")

    def ids(self, path: Path) -> list[str]:
        """All of them."""
        return list(self.begin(path))

    @property
    def error(self) -> str:
        """The only problem, without its folder."""
        assert [each.severity for each in self.problems] == ["error"], self.problems
        return str(self.problems[0]).rpartition("/")[2]


@pytest.fixture
def start() -> Iterator[Callable[[Bounds], Reading]]:
    """Starts readers, which are ended after the test."""
    started: list[ReaderProcess] = []

    def begin(bounds: Bounds) -> Reading:
        started.append(ReaderProcess(bounds))
        return Reading(started[-1])

    yield begin
    for reader in started:
        reader.__exit__(None, None, None)


Start = Callable[[Bounds], Reading]


def good_file(folder: Path) -> Path:
    """A file with one article, called "gut"."""
    path = folder / "gut.txt"
    path.write_text("Titel: Gut\n\nEin Text.\n")
    return path


def links(count: int) -> str:
    """A page that takes its reader long."""
    return "".join(f"<p><b><a href=/{n}>{n}. Link</a></b>" for n in range(count))


def children() -> list[int]:
    """The readers that this process has started and not taken leave of.

    Other tests have servers and browsers that go on running.
    """
    pids = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
    # One that has ended and was not taken leave of has no command any more.
    return [pid for pid, command in commands.items() if not command or b"spawn_main" in command]


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait, but not for ever."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_file_that_takes_too_long_is_left_out(start: Start, tmp_path: Path) -> None:
    """It is told with the time, and the next file is read."""
    slow = tmp_path / "langsam.html"
    slow.write_text(links(100_000))
    reading = start(Bounds(step_s=0.5))
    assert reading.ids(slow) == []
    assert reading.error.startswith("langsam.html:1: took longer than 0.5 s to read; take it out")
    assert reading.ids(good_file(tmp_path)) == ["gut"]
    assert len(children()) == 1


def test_a_large_file_is_not_slow(start: Start, tmp_path: Path) -> None:
    """What counts is the time without progress: records that come one after the other are it."""
    body = "Der Stahl der Zukunft entsteht ohne Kohle. " * 20
    line = f'{{"title": "Stahl", "body": "{body}"}}\n'
    large = tmp_path / "gross.jsonl"
    large.write_text(line * 20_000)
    reading = start(Bounds(step_s=0.2))  # All of it takes some seconds.
    assert len(reading.ids(large)) == 20_000
    assert not reading.problems


def test_a_file_that_takes_too_much_memory_is_left_out(start: Start, tmp_path: Path) -> None:
    """It is told with its line, and a new process with all its memory reads the next file."""
    wide = tmp_path / "breit.json"
    wide.write_text(f'[{{"title": "Davor"}},\n{{"title": [{"[],[]," * 2_000_000}[]]}}]')
    reading = start(Bounds(memory_bytes=250 * 2**20))
    assert reading.ids(wide) == ["breit-1"]
    assert reading.error.startswith("breit.json:2: takes more than 0.2 GB of memory to read; ")
    assert reading.ids(good_file(tmp_path)) == ["gut"]


def test_a_file_that_gives_nothing_is_left_out(start: Start, tmp_path: Path) -> None:
    """As one on a network folder that has gone: here a pipe that nobody writes to."""
    pipe = tmp_path / "rohr.jsonl"
    os.mkfifo(pipe)
    reading = start(Bounds(silence_s=0.5))
    assert reading.ids(pipe) == []
    assert reading.error.startswith("rohr.jsonl:1: gave nothing for 0.5 s; ")
    assert reading.ids(good_file(tmp_path)) == ["gut"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGSEGV, "crashed its reader (SIGSEGV)"),
        (signal.SIGKILL, "had its reader killed, as the system does when memory runs out"),
    ],
)
def test_a_crash_ends_only_its_file(start: Start, tmp_path: Path, number: int, reason: str) -> None:
    """What came before is whole and stays; the place is told, and the next file is read."""
    large = tmp_path / "gross.jsonl"
    large.write_text('{"title": "Stahl"}\n' * 200_000)
    reading = start(Bounds())
    articles = reading.begin(large)
    assert next(articles) == "gross-1"
    os.kill(children()[0], number)
    rest = list(articles)
    assert rest == [f"gross-{n}" for n in range(2, len(rest) + 2)]
    assert len(rest) < 199_999
    place, _, sentence = reading.error.partition(": ")
    assert int(place.removeprefix("gross.jsonl:")) > len(rest)
    assert sentence.startswith(f"{reason}; ")
    assert sentence.endswith(f"the {len(rest) + 1:,} articles before this place are kept")
    assert reading.ids(good_file(tmp_path)) == ["gut"]


def test_small_files_around_a_trap_are_all_read_once_in_order(start: Start, tmp_path: Path) -> None:
    """Files are sent ahead, and answered together: also those of which no answer has come."""
    names = [f"{part}{n:02}" for part in ("davor", "zwischen", "danach") for n in range(40)]
    traps = {"davor39", "zwischen00", "danach20"}
    reading = start(Bounds(step_s=0.2))
    files = []
    for name in names:
        path = tmp_path / f"{name}{'.html' if name in traps else '.txt'}"
        path.write_text(links(30_000) if name in traps else "Titel: Gut\n\nEin Text.\n")
        files.append(ArticleFile(path, reading.problems.append))
        reading.reader.send(files[-1])
    told: list[str] = []
    for file in files:
        told += (getattr(article, "id", "") for article in reading.reader.receive(file))
        told += (f"{each}".rpartition("/")[2].partition(":")[0] for each in reading.problems)
        reading.problems.clear()
    assert told == [f"{name}.html" if name in traps else name for name in names]


def test_names_that_fill_the_pipe_do_not_stop_it(start: Start, tmp_path: Path) -> None:
    """Neither side sends while the other one cannot take it."""
    folder = tmp_path.joinpath(*["x" * 250] * 14)
    folder.mkdir(parents=True)
    reading = start(Bounds())
    files = []
    for n in range(100):
        path = folder / f"{n}.txt"
        path.write_text(f"Titel: Gut\n\n{'Ein langer Text. ' * 10_000}\n")
        files.append(ArticleFile(path, reading.problems.append, path.parent, f"{path.parent}/{n}"))
        reading.reader.send(files[-1])
    assert [len(list(reading.reader.receive(file))) for file in files] == [1] * 100
    assert not reading.problems


def test_a_process_that_cannot_start_is_no_files_fault(tmp_path: Path) -> None:
    """It ends the work with a reason, instead of all files being told as broken."""
    script = tmp_path / "script.py"  # Python starts no process while it starts one.
    script.write_text(
        "import pathlib; from searchapp.corpus import read_articles\n"
        f"list(read_articles([pathlib.Path({str(good_file(tmp_path))!r})], report=print))\n"
    )
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert not ended.stdout
    assert "RebuildFailed: no process can be started that reads the files" in ended.stderr


def test_whoever_stops_amid_a_file_leaves_no_process(tmp_path: Path) -> None:
    """Neither a running one nor one that nobody has waited for."""
    large = tmp_path / "gross.jsonl"
    large.write_text('{"title": "Stahl"}\n' * 200_000)
    with ReaderProcess() as reader:
        assert next(Reading(reader).begin(large))
        assert len(children()) == 1
    assert not children()


def test_a_process_is_kept_for_the_next_reading(tmp_path: Path) -> None:
    """As long as it does what it is asked to, and whatever became of other readings."""
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "a.jsonl").write_text('{"title": "Stahl"}\n' * 200_000)
    small = good_file(tmp_path)
    with closing(SpareProcess()) as spare:

        def ids(path: Path) -> Iterator[str]:
            return (each.id for each in read_articles([path], report=print, spare=spare))

        assert list(ids(small)) == ["gut"]
        first = children()
        assert len(first) == 1
        broken_off = ids(tmp_path / "large")
        assert next(broken_off) == "a-1"
        assert children() == first
        assert list(ids(small)) == ["gut"]
        assert len(children()) == 2
        del broken_off
        assert len(children()) == 1
        assert children() != first
        killed = children()[0]
        os.kill(killed, signal.SIGKILL)
        os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)
        assert list(ids(small)) == ["gut"]
    assert not children()


READ = """
import pathlib, sys
from searchapp.corpus import read_articles
for article in read_articles([pathlib.Path(sys.argv[1])], report=print):
    print(article.id, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_reader_ends_with_the_process_that_reads(tmp_path: Path, number: int) -> None:
    """However that ends."""
    large = tmp_path / "gross.jsonl"
    large.write_text('{"title": "Stahl"}\n' * 200_000)
    with subprocess.Popen(
        [sys.executable, "-c", READ, large],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"gross-1\n"
        tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.send_signal(number)
        process.wait(PATIENCE_S)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in tasks))

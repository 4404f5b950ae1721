"""Commands in real processes without streams, disk space or memory, and with paths of any bytes."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.commands.running import SCRIPT, TIMEOUT_S, write_articles

FULL = "/dev/full"
"""A device on which every byte is one too many."""


def shell(
    words: str, index: Path, *, redirections: str = "", before: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does. words: its arguments, as typed. before: what goes before."""
    line = f"{before} {shlex.quote(str(SCRIPT))} {words} {redirections}"
    return subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, "SEARCHAPP_INDEX": str(index), **environ},
        capture_output=True,
        text=True,
        errors="backslashreplace",
        timeout=TIMEOUT_S,
        check=False,
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "words",
    ["search Strom", "search Strom --json", "info", "analyze Haus", "--help", "search --help"],
)
def test_an_output_that_is_full_is_one_sentence(
    seed_index: Path, words: str, unbuffered: str
) -> None:
    """And no traceback; the status says that it failed."""
    done = shell(words, seed_index, redirections=f">{FULL}", PYTHONUNBUFFERED=unbuffered)
    message = "searchapp: the output cannot be written (No space left on device)\n"
    assert (done.returncode, done.stderr) == (1, message)


@pytest.mark.parametrize(
    "words", ["search Strom", "search Strom --json", "analyze Haus", "verify", "--help"]
)
@pytest.mark.parametrize("redirections", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_command_whose_streams_are_closed_does_its_work(
    seed_index: Path, words: str, redirections: str
) -> None:
    """Whoever closes a stream does not want to read it."""
    done = shell(words, seed_index, redirections=redirections)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_index_that_is_written_without_streams_is_whole(tmp_path: Path) -> None:
    """No file of the index gets the number of a stream, and with it what workers print."""
    write_articles(tmp_path / "seeds", 50)
    index = tmp_path / "index"
    for words in ("rebuild", "update"):
        (tmp_path / "seeds" / "broken.jsonl").write_text("{\n")
        done = shell(f"{words} --workers 2", index, redirections="<&- >&- 2>&-")
        assert done.returncode == 3
    assert shell("verify", index).returncode == 0


def test_a_log_that_is_full_does_not_keep_articles_from_readers(tmp_path: Path) -> None:
    """The problems are lost with it, not the index."""
    write_articles(tmp_path / "seeds", 3)
    (tmp_path / "seeds" / "broken.jsonl").write_text("{\n")
    done = shell("rebuild --workers 1", tmp_path / "index", redirections=f"2>{FULL}")
    assert "Indexed 3 articles" in done.stdout
    assert shell("search Stahl --json", tmp_path / "index").returncode == 0


@pytest.mark.parametrize("blocks", [1, 10, 20])
def test_a_disk_that_is_full_is_one_sentence(tmp_path: Path, blocks: int) -> None:
    """Of the size of a sentence, whatever could not be written; it names the place."""
    write_articles(tmp_path / "seeds", 3)
    done = shell("rebuild --workers 1", tmp_path / "index", before=f"ulimit -f {blocks};")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "File too large" in line or "disk I/O error" in line  # as the catalog has it
    assert str(tmp_path / "index") in line
    assert "unforeseen" not in line
    assert len(line) < 400


@pytest.mark.parametrize("kilobytes", [130_000, 140_000, 150_000])
def test_memory_that_runs_out_is_one_sentence(tmp_path: Path, kilobytes: int) -> None:
    """Wherever it does."""
    write_articles(tmp_path / "seeds", 3)
    done = shell(
        "rebuild --workers 1",
        tmp_path / "index",
        before=f"ulimit -v {kilobytes};",
        OPENBLAS_NUM_THREADS="1",  # Each of its threads takes address space.
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "memory ran out" in line or "Cannot allocate memory" in line
    assert "unforeseen" not in line
    assert not (tmp_path / "index" / "CURRENT").exists()


@pytest.mark.parametrize("engine", ["columnar", "whoosh"])
@pytest.mark.parametrize(
    "environ",
    [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["utf-8", "ascii"],
)
def test_paths_may_be_any_bytes(tmp_path: Path, environ: dict[str, str], engine: str) -> None:
    """Of sources and of the index: what is no UTF-8, and umlauts in a locale without them."""
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff\xfe"))
    (odd / "seeds" / "größe").mkdir(parents=True)
    (odd / "seeds" / "größe" / "übel.txt").write_text("Stahl und Eisen.")
    (odd / "seeds" / os.fsdecode(b"x\xff.txt")).write_text("Stahl.")
    settings = {**environ, "SEARCHAPP_ENGINE": engine}
    index = odd / "büro"
    for words in ("rebuild", "update"):
        seeds = f"--workers 1 --seeds {shlex.quote(str(odd / 'seeds'))}"
        done = shell(f"{words} {seeds}", index, **settings)
        assert (done.returncode, done.stderr) == (0, ""), done
    for words in ("search Stahl", "verify", "info"):
        done = shell(words, index, **settings)
        assert (done.returncode, done.stderr) == (0, ""), done
    assert '"total": 2' in shell("search Stahl --json", index, **settings).stdout
    # The articles are the same in another locale.
    assert "Nothing has changed" in shell(f"update {seeds}", index, SEARCHAPP_ENGINE=engine).stdout

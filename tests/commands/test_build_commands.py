"""Rebuild and update: what they report, refuse and leave behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from searchapp.commands.command import NOT_ALL_DONE
from searchapp.commands.progress_display import MAX_PROBLEMS_SHOWN
from searchapp.generations import GenerationStore
from tests.commands.running import (
    ESCAPE,
    SCRIPT,
    TIMEOUT_S,
    invoke,
    invoke_json,
    run,
    run_on_terminal,
    write_articles,
)
from tests.conftest import CORPUS


def test_rebuild_reports_in_text_and_json(tmp_path: Path) -> None:
    """The summary names articles, time and sizes; the object has the same and the problems."""
    result = invoke("rebuild", "--seeds", CORPUS, "--index", "index")
    summary = r"Indexed 26 articles in [\d.]+ s \([\d,]+ articles/s, [\d.]+ MB/s\)"
    assert re.search(summary, result.stdout)
    assert result.stderr == ""
    report = invoke_json("rebuild", "--seeds", CORPUS, "--index", "index")
    assert report["published"] is True
    assert report["generation"] == GenerationStore(tmp_path / "index").current_id()
    assert report["articles"] == report["added"] == 26
    assert report["changed"] == report["removed"] == report["left_out"] == report["warnings"] == 0
    assert report["problems"] == []
    assert report["error"] is None
    assert report["text_bytes"] > 0
    assert report["index_bytes"] > 0
    assert report["seconds"] > 0


def test_seeds_may_be_repeated_and_limited(tmp_path: Path) -> None:
    """Folders and files together; --limit stops after so many articles."""
    write_articles(tmp_path / "more", 3)
    seeds = ("--seeds", CORPUS / "leitung.txt", "--seeds", tmp_path / "more")
    assert invoke_json("rebuild", *seeds, "--limit", 2)["articles"] == 2
    assert invoke_json("rebuild", *seeds)["articles"] == 4


def test_a_limit_does_not_replace_a_larger_index_unasked(tmp_path: Path) -> None:
    """A rebuild for a trial must not take articles from readers; --force says it is meant."""
    write_articles(tmp_path / "seeds", 3)
    assert invoke_json("rebuild", "--limit", 3)["articles"] == 3
    refusal = invoke("rebuild", "--limit", 2, status=1).stderr
    assert "3 articles are served, and --limit 2 would leave fewer; give --force" in refusal
    assert invoke_json("search", "Stahl")["total"] == 3
    assert invoke_json("rebuild", "--limit", 2, "--force")["articles"] == 2


def test_rebuild_and_search_use_the_working_folder(tmp_path: Path) -> None:
    """Without options: seeds/ and index/."""
    write_articles(tmp_path / "seeds", 2)
    invoke("rebuild")
    assert (tmp_path / "index" / "CURRENT").exists()
    assert invoke_json("search", "Werk")["total"] == 2


def test_update_says_what_differed(tmp_path: Path) -> None:
    """Added, changed, removed, and "nothing" when nothing did."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for name in ("a", "b", "c"):
        (seeds / f"{name}.txt").write_text(f"Artikel {name}.\n")
    first = invoke_json("update")
    assert (first["added"], first["published"]) == (3, True)
    assert "no index" in first["reason"]
    assert "Nothing has changed: 3 articles" in invoke("update").stdout
    (seeds / "a.txt").unlink()
    (seeds / "b.txt").write_text("Ein anderer Text.\n")
    (seeds / "d.txt").write_text("Artikel d.\n")
    (seeds / "e.txt").write_text("Artikel e.\n")
    assert "2 added, 1 changed, 1 removed" in invoke("update").stdout
    assert invoke_json("search", "Artikel")["total"] == 3


def test_a_limited_update_removes_nothing_and_goes_on_later(tmp_path: Path) -> None:
    """--limit bounds what an update adds; the next one adds the rest."""
    write_articles(tmp_path / "seeds", 5)
    assert invoke_json("rebuild", "--limit", 1)["articles"] == 1
    assert invoke_json("update", "--limit", 2)["articles"] == 3
    assert invoke_json("update")["articles"] == 5


def write_bad_articles(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    (folder / "good.txt").write_text("Ein Artikel.\n")
    (folder / "bad.jsonl").write_text("{x\n" * count)


def test_problems_are_told_with_place_and_remedy(tmp_path: Path) -> None:
    """Each is a line on standard error as `file:line: what; what to do`; the rest is indexed."""
    write_bad_articles(tmp_path / "seeds", 2)
    result = invoke("rebuild", status=NOT_ALL_DONE)
    lines = result.stderr.splitlines()
    for number, line in enumerate(lines, 1):
        assert re.fullmatch(rf"seeds/bad\.jsonl:{number}: is not JSON [^;]*; write [^;]*", line)
    assert len(lines) == 2
    assert "2 problems left articles out; 0 warnings." in result.stdout


def test_many_problems_are_counted_and_not_listed(tmp_path: Path) -> None:
    """A flood is cut on standard error; --verbose and --json have more of it."""
    files = MAX_PROBLEMS_SHOWN // 10
    for number in range(files + 1):
        write_bad_articles(tmp_path / "seeds" / str(number), 332)
    lines = invoke("rebuild", status=NOT_ALL_DONE).stderr.splitlines()
    assert len(lines) == MAX_PROBLEMS_SHOWN + 1
    assert lines[10].startswith("seeds/0/bad.jsonl: and 322 more like this: is not JSON ")
    shown = 332 + MAX_PROBLEMS_SHOWN - 11
    assert lines[-1].startswith(f"… and {332 * (files + 1) - shown:,} more")
    verbose = invoke("rebuild", "--verbose", status=NOT_ALL_DONE).stderr.splitlines()
    assert len(verbose) == 11 * (files + 1)
    problems = invoke_json("rebuild", status=NOT_ALL_DONE)["problems"]
    assert sum(each["count"] for each in problems) == 332 * (files + 1)
    assert set(problems[0]) == {"where", "what", "remedy", "severity", "count"}


def test_strict_fails_and_publishes_nothing(tmp_path: Path) -> None:
    """With --strict a single problem keeps the index as it was."""
    write_bad_articles(tmp_path / "seeds", 1)
    result = invoke("rebuild", "--strict", status=1)
    assert "searchapp: 1 problem" in result.stderr
    assert not (tmp_path / "index" / "CURRENT").exists()
    refused = invoke_json("rebuild", "--strict", status=1)
    assert refused["published"] is False
    assert "--strict" in refused["error"]
    assert len(refused["problems"]) == 1


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """The message names the process that writes; `info` names it too."""
    write_articles(tmp_path / "seeds", 1)
    invoke("rebuild")
    holder = (
        "from pathlib import Path; from searchapp.generations import GenerationStore\n"
        "with GenerationStore(Path('index')).lock(): print('locked', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        assert f"process {process.pid}" in invoke("rebuild", status=1).stderr
        assert f"process {process.pid}" in invoke_json("info")["writer"]
        process.kill()
    assert invoke_json("info")["writer"] is None
    invoke("rebuild")


def test_a_terminal_shows_a_bar_and_a_pipe_does_not(tmp_path: Path) -> None:
    """Documents, rate and time left are drawn on a terminal; the summary comes everywhere."""
    write_articles(tmp_path / "seeds", 4000)
    args = ("rebuild", "--workers", 1)
    status, output = run_on_terminal(*args)
    assert status == 0
    assert "Indexing" in output
    assert "━" in output
    assert re.search(r"[\d,]+ articles [\d,]+/s .*\d:\d\d:\d\d.* left", output)
    assert re.search("Writing .*4,000 articles", output)
    assert "Indexed 4,000 articles in" in output
    done = run(*args)
    assert done.returncode == 0
    assert done.stderr == ""
    assert ESCAPE not in done.stdout
    assert "━" not in done.stdout


def test_ctrl_c_leaves_the_served_index(tmp_path: Path) -> None:
    """An interrupted rebuild says so once, ends with 130, and leaves nothing behind."""
    write_articles(tmp_path / "seeds", 1)
    generation = invoke_json("rebuild")["generation"]
    write_articles(tmp_path / "seeds", 20_000)
    index = tmp_path / "index"
    with subprocess.Popen(
        [SCRIPT, "rebuild", "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + TIMEOUT_S
        while not list(index.glob("*/parts/*")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # to the workers too, as a terminal does
        stdout, stderr = process.communicate(timeout=TIMEOUT_S)
    assert (stdout, stderr) == ("", "searchapp: interrupted; the served index is unchanged\n")
    assert process.returncode == 130
    assert {each.name for each in index.iterdir()} == {
        ".lock",
        ".last-run.json",
        "CURRENT",
        generation,
    }
    assert invoke_json("search", "Stahl")["total"] == 1

"""The commands as they are typed: what they print, where, and their exit status."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from searchapp.commands.cli import main
from searchapp.commands.command import Command
from searchapp.commands.progress_display import MAX_PROBLEMS_SHOWN
from searchapp.facets import Filters
from searchapp.model import SearchRequest
from searchapp.result_json import answer
from searchapp.searching import SearchService
from searchapp.settings import ENV_PREFIX, variable, variable_names
from tests.conftest import CORPUS
from tests.shared_data import shared_path

SCRIPT = Path(sys.executable).with_name("searchapp")
ESCAPE = "\x1b"
TIMEOUT_S = 120
"""For a process that should be done in a second or two; the machine may be busy."""


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(ENV_PREFIX) or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def invoke(*args: object, status: int = 0) -> Result:
    """Run a command in this process and check its exit status."""
    result = CliRunner().invoke(main, [str(each) for each in args])
    assert result.exit_code == status, result.output
    return result


def invoke_json(*args: object, status: int = 0) -> Any:
    """The object that a command prints with --json."""
    return json.loads(invoke(*args, "--json", status=status).stdout)


def run(*args: object, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """Run the installed command in a process of its own, its output in pipes."""
    return subprocess.run(
        [SCRIPT, *map(str, args)],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        encoding=encoding,
        timeout=TIMEOUT_S,
        check=False,
    )


def run_on_terminal(*args: object, **environ: str) -> tuple[int, str]:
    """Exit status and output of the command where all three streams are a terminal."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [SCRIPT, *map(str, args)],
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        output = b""
        with suppress(OSError):  # EIO: the process has closed its end
            while chunk := os.read(ours, 65536):
                output += chunk
        os.close(ours)
        status = process.wait(TIMEOUT_S)
    return status, output.decode()


def write_articles(folder: Path, count: int) -> Path:
    """A file with articles that differ in one word."""
    folder.mkdir(exist_ok=True)
    path = folder / "articles.jsonl"
    with path.open("w") as file:
        for number in range(count):
            body = f"Stahl aus Werk {number}. " + "Ein Satz über Eisen und Kohle. " * 50
            file.write(json.dumps({"id": f"a{number}", "title": "Stahl", "body": body}) + "\n")
    return path


# Help and options


def all_commands() -> list[str]:
    return sorted(main.commands)


def command(name: str) -> Command:
    found = main.commands[name]
    assert isinstance(found, Command)
    return found


def test_the_commands_are_those_of_the_design() -> None:
    """Tools and scripts rely on these names."""
    assert set(all_commands()) >= {
        *("rebuild", "update", "search", "analyze", "info", "verify", "rollback", "serve")
    }


@pytest.mark.parametrize("name", all_commands())
def test_help_has_examples_that_work(name: str) -> None:
    """Every command says what it does and shows calls of it whose options there are."""
    text = invoke(name, "--help").stdout
    assert command(name).help
    examples = re.findall(r"^ +(searchapp .*)$", text.partition("Examples:")[2], re.MULTILINE)
    assert examples
    for example in examples:
        words = shlex.split(example.partition("&&")[0])
        assert words[:2] == ["searchapp", name]
        with command(name).make_context(name, words[2:]):
            pass  # it raises for what it does not know


@pytest.mark.parametrize("name", all_commands())
def test_every_option_has_help_and_settings_name_their_variable(name: str) -> None:
    """What an installation keeps can be configured; what belongs to one call cannot."""
    text = invoke(name, "--help").stdout
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help
            assert parameter.envvar is None
            long_name = max(parameter.opts, key=len)
            assert long_name.startswith("--")
            name_of_variable = variable(str(parameter.name))
            assert (name_of_variable in text) == (name_of_variable in variable_names())


@pytest.mark.parametrize(
    "name", ["rebuild", "update", "search", "info", "verify", "rollback", "serve"]
)
def test_commands_that_touch_an_index_take_index_and_engine(name: str) -> None:
    """One index can be chosen the same way everywhere."""
    assert {"index", "engine"} <= {each.name for each in command(name).params}


def test_an_option_wins_over_its_variable(
    seed_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Environment variables are the defaults of settings."""
    monkeypatch.setenv("SEARCHAPP_INDEX", "nowhere")
    assert "nowhere" in invoke("search", "Stahl", status=1).stderr
    assert invoke_json("search", "Stahl", "--index", seed_index)["total"] > 0


def test_what_belongs_to_one_call_has_no_variable(
    seed_index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing left over in an environment filters a search or cuts an index."""
    monkeypatch.setenv("SEARCHAPP_INDEX", str(seed_index))
    everything = invoke_json("search", "")["total"]
    for name, value in (
        *(("TAG", "Stahl"), ("TAGS", "Stahl"), ("FROM", "2024"), ("DATE_FROM", "2024")),
        *(("AUTHOR", "x"), ("SOURCE", "x"), ("PAGE", "9"), ("JSON", "1"), ("EXACT", "1")),
        *(("LIMIT", "1"), ("STRICT", "1")),
    ):
        monkeypatch.setenv(ENV_PREFIX + name, value)
    assert f"{everything} articles in" in invoke("search", "").stdout
    monkeypatch.setenv("SEARCHAPP_INDEX", str(tmp_path / "index"))
    assert "Indexed 26 articles" in invoke("rebuild", "--seeds", CORPUS).stdout


def modules_after(*args: str) -> set[str]:
    """The modules that a process has imported after a command."""
    code = (
        "import sys; from searchapp.commands.cli import main\n"
        f"main({list(args)!r}, standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=TIMEOUT_S
    )
    return set(done.stderr.split())


def test_commands_import_only_what_they_need(seed_index: Path) -> None:
    """Help comes at once, and a search does not wait for libraries of others."""
    heavy = {"flask", "trafilatura", "lxml", "gunicorn", "rich", "yaml"}
    assert not modules_after("--version") & (heavy | {"numpy", "whoosh"})
    assert not modules_after("search", "Stahl", "--index", str(seed_index)) & heavy
    assert not modules_after("analyze", "Stahl", "--index", str(seed_index)) & heavy


# Rebuild and update


def test_rebuild_reports_in_text_and_json(tmp_path: Path) -> None:
    """The summary names articles, time and sizes; the object has the same and the problems."""
    result = invoke("rebuild", "--seeds", CORPUS, "--index", "index")
    summary = r"Indexed 26 articles in [\d.]+ s \([\d,]+ articles/s, [\d.]+ MB/s\)"
    assert re.search(summary, result.stdout)
    assert result.stderr == ""
    report = invoke_json("rebuild", "--seeds", CORPUS, "--index", "index")
    assert report["published"] is True
    assert report["generation"] == (tmp_path / "index" / "CURRENT").read_text().strip()
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
    folder.mkdir()
    (folder / "good.txt").write_text("Ein Artikel.\n")
    (folder / "bad.jsonl").write_text("{\n" * count)


def test_problems_are_told_with_place_and_remedy(tmp_path: Path) -> None:
    """Each is a line on standard error as `file:line: what; what to do`; the rest is indexed."""
    write_bad_articles(tmp_path / "seeds", 2)
    result = invoke("rebuild")
    lines = result.stderr.splitlines()
    for number, line in enumerate(lines, 1):
        assert re.fullmatch(rf"seeds/bad\.jsonl:{number}: is not JSON [^;]*; write [^;]*", line)
    assert len(lines) == 2
    assert "2 problems left articles out; 0 warnings." in result.stdout


def test_many_problems_are_counted_and_not_listed(tmp_path: Path) -> None:
    """A flood is cut on standard error; --verbose and --json have all of it."""
    count = MAX_PROBLEMS_SHOWN + 312
    write_bad_articles(tmp_path / "seeds", count)
    lines = invoke("rebuild").stderr.splitlines()
    assert len(lines) == MAX_PROBLEMS_SHOWN + 1
    assert lines[-1].startswith("… and 312 more")
    assert len(invoke("rebuild", "--verbose").stderr.splitlines()) == count
    problems = invoke_json("rebuild")["problems"]
    assert len(problems) == count
    assert set(problems[0]) == {"where", "what", "remedy", "severity"}


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


# Search, analyze


def test_search_json_is_the_contract(seed_index: Path, service: SearchService) -> None:
    """The same object as the API answers, for a request with every option."""
    options = [
        *("--tag", "Stahl", "--tag", "Strom", "--any-tag", "--author", "Redaktion Technik"),
        *("--source", "Stahlkunde", "--from", "5.3.2018", "--to", "2024", "--sort", "oldest"),
        *("--page", 1, "--per-page", 3),
    ]
    found = invoke_json("search", "Stahl", "ODER", "Strom", *options, "--index", seed_index)
    request = SearchRequest(
        query="Stahl ODER Strom",
        filters=Filters(
            {
                "tags": ("Stahl", "Strom"),
                "author": ("Redaktion Technik",),
                "source": ("Stahlkunde",),
            },
            any_tag=True,
        ),
        sort="oldest",
        per_page=3,
    )
    expected = answer(service.search(request))
    assert {**found, "took_ms": 0} == {**expected, "took_ms": 0}
    assert found["total"] > 3
    assert any("<mark>" in each["html"] for hit in found["hits"] for each in hit["snippets"])


@pytest.mark.parametrize(
    ("options", "total"),
    [
        (["--from", "2024-01-16", "--to", "2024-01-16"], 1),
        (["--from", "16.1.2024", "--to", "16. Januar 2024"], 1),
        (["--from", "2024-01", "--to", "1.2024"], 1),
        (["--to", "2018-03-04"], 0),
        (["--from", "2024"], 3),
    ],
)
def test_dates_are_read_as_people_write_them(
    seed_index: Path, options: Sequence[str], total: int
) -> None:
    """ISO and German days; a month or a year means its first or last day."""
    assert invoke_json("search", "", *options, "--index", seed_index)["total"] == total


def test_exact_words_by_option(seed_index: Path) -> None:
    """Other forms are found and explained, unless --exact turns them off."""
    assert "found through geht" in invoke("search", "ging", "--index", seed_index).stdout
    assert invoke_json("search", "ging", "--exact", "--index", seed_index)["total"] == 0
    assert invoke_json("search", "geht", "--exact", "--index", seed_index)["total"] == 1


def test_search_text_shows_hits_facets_and_paging(seed_index: Path) -> None:
    """A page of results for people, without a single escape in a pipe."""
    text = invoke("search", "Lichtbogen", "--index", seed_index).stdout
    assert " 1. Wie der Lichtbogenofen Schrott schmilzt\n" in text
    assert "    2024-01-16 · Stahlkunde · Redaktion Technik · https://example.org/" in text
    assert "    Tags: Stahl, Recycling, Strom\n" in text
    assert "Year: 2023 (1), 2024 (1)" in text
    assert ESCAPE not in text
    paged = invoke("search", "Strom", "--per-page", 2, "--page", 2, "--index", seed_index).stdout
    assert " 3. " in paged
    assert "More: --page 3" in paged


def test_notes_are_printed(seed_index: Path) -> None:
    """A search that found only some of the words says so."""
    text = invoke("search", "Lichtbogen Unauffindbares", "--index", seed_index).stdout
    assert "Note: No article has all of these words" in text


def test_analyze_lists_every_token() -> None:
    """Offsets point into the text that was given."""
    text = "Die Stahlunternehmen Chinas"
    tokens = invoke_json("analyze", text)
    assert [each["surface"] for each in tokens] == text.split()
    for each in tokens:
        assert list(each) == ["surface", "start", "end", "lemma", "stem", "parts"]
        assert text[each["start"] : each["end"]] == each["surface"]
        assert isinstance(each["parts"], list)
    rows = invoke("analyze", text).stdout.splitlines()
    assert rows[0].split() == ["surface", "start", "end", "lemma", "stem", "parts"]
    starts = {row.index(cell) for row, cell in zip(rows, ("start", "0", "4", "21"), strict=True)}
    assert len(starts) == 1


def test_the_seed_article_is_found_with_its_tags(tmp_path: Path) -> None:
    """The article that this project exists for, by the commands of its specification."""
    done = run("rebuild", "--seeds", shared_path("seeds"), "--index", tmp_path / "index")
    assert done.returncode == 0, done.stderr
    assert "Indexed 1 article in" in done.stdout
    found = json.loads(run("search", "Ansteel", "--json", "--index", tmp_path / "index").stdout)
    assert found["total"] == 1
    (hit,) = found["hits"]
    assert hit["source"] == "SMS group"
    assert len(hit["tags"]) == 22
    assert {"SMS group", "CO2", "EU", "USA", "Stahlunternehmen"} <= set(hit["tags"])
    assert "<mark>Ansteel</mark>" in hit["snippets"][0]["html"]


# Info, verify, rollback


def test_info_tells_what_is_served(tmp_path: Path) -> None:
    """Generation, sizes, fingerprint, what there is to roll back to, and who is writing."""
    write_articles(tmp_path / "seeds", 2)
    old = invoke_json("rebuild")["generation"]
    report = invoke_json("rebuild")
    state = invoke_json("info")
    assert state["generation"] == report["generation"]
    assert state["articles"] == 2
    assert state["text_bytes"] == report["text_bytes"]
    assert state["index_bytes"] == report["index_bytes"]
    assert state["engine"] == "columnar"
    assert "PyStemmer" in state["fingerprint"]
    assert (state["usable"], state["refusal"], state["writer"]) == (True, None, None)
    assert state["rollback_to"] == [old]
    text = invoke("info").stdout
    assert f"generation   {report['generation']}" in text
    assert "usable       yes" in text


def test_an_index_of_other_analysis_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """`info` says why, `search` and `serve` fail, and all name the command that helps."""
    write_articles(tmp_path / "seeds", 1)
    generation = invoke_json("rebuild")["generation"]
    manifest = tmp_path / "index" / generation / "manifest.json"
    values = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(values | {"fingerprint": "of another age"}))
    state = invoke_json("info")
    assert state["usable"] is False
    assert "of another age" in state["refusal"]
    for args in (("search", "Stahl"), ("verify",), ("serve", "--port", "0")):
        assert "run: searchapp rebuild" in invoke(*args, status=1).stderr


def test_verify_finds_damage(tmp_path: Path) -> None:
    """A whole index is status 0; an altered file is status 1, named, with a remedy."""
    write_articles(tmp_path / "seeds", 2)
    generation = invoke_json("rebuild")["generation"]
    assert f"Generation {generation} is whole: 2 articles" in invoke("verify").stdout
    assert invoke_json("verify") == {"generation": generation, "articles": 2, "whole": True}
    files = (tmp_path / "index" / generation).rglob("*")
    victim = max(files, key=lambda path: path.stat().st_size * path.is_file())
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    message = invoke("verify", status=1).stderr
    assert victim.name in message
    assert "run: searchapp rebuild" in message


def test_rollback_serves_the_generation_before(tmp_path: Path) -> None:
    """One step back; a second one has nowhere to go."""
    write_articles(tmp_path / "seeds", 2)
    old = invoke_json("rebuild")["generation"]
    write_articles(tmp_path / "seeds", 3)
    invoke("rebuild")
    assert f"Generation {old} is served: 2 articles." in invoke("rollback").stdout
    assert invoke_json("search", "Stahl")["generation"] == old
    assert "no generation before" in invoke("rollback", status=1).stderr


# Failures


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        (["search", "Stahl"], 1, "searchapp: index: there is no index here yet; build it with:"),
        (["info"], 1, "searchapp: index: there is no index here yet"),
        (["verify"], 1, "searchapp: index: there is no index here yet"),
        (["rollback"], 1, "searchapp: index: there is no index here yet"),
        (["rebuild"], 1, "searchapp: seeds: there is no such file or folder; give --seeds"),
        (["rebuild", "--seeds", "."], 1, "no article was found; give --seeds"),
        (["search", "x", "--engine", "lupe"], 2, "engine: there is no engine 'lupe'; use one of:"),
        (["rebuild", "--engine", "lupe"], 2, "engine: there is no engine 'lupe'; use one of:"),
        (["search", "x", "--page", "0"], 2, "--page"),
        (["search", "x", "--from", "gestern"], 2, "'gestern' is no date; type one as 2024-01-16"),
        (["search", "x", "--from", "2020..2021"], 2, "is no date"),
        (["search", "x", "--sort", "random"], 2, "random"),
        (["search"], 2, "QUERY"),
        (["serve", "--port", "99999"], 2, "99999"),
        (["rebuild", "--workers", "-1"], 2, "--workers"),
        (["update", "--memory-mb", "0"], 2, "--memory-mb"),
        (["rebuild", "--nonsense"], 2, "--nonsense"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_failures_are_one_message_and_a_status(args: list[str], status: int, message: str) -> None:
    """1 is a failure that says what to do, 2 wrong usage; standard output stays empty."""
    result = invoke(*args, status=status)
    assert message in result.stderr
    assert result.stdout == ""
    assert isinstance(result.exception, SystemExit)


def test_failures_of_a_search(seed_index: Path) -> None:
    """Bounds on what can be asked are explained."""
    index = ("--index", seed_index)
    assert "500 that are allowed" in invoke("search", "x" * 501, *index, status=1).stderr
    assert "no page 99" in invoke("search", "Stahl", "--page", 99, *index, status=1).stderr
    assert "use 1 to 100" in invoke("search", "x", "--per-page", 101, *index, status=2).stderr


def test_a_bad_variable_is_named(seed_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that have no option on this command are checked too."""
    monkeypatch.setenv("SEARCHAPP_TIME_BUDGET_S", "bald")
    message = invoke("search", "x", "--index", seed_index, status=2).stderr
    assert "SEARCHAPP_TIME_BUDGET_S: 'bald' is not a number" in message


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


# Real processes and terminals


def test_python_m_searchapp_is_the_same_command() -> None:
    """It calls itself by the same name."""
    done = subprocess.run(
        [sys.executable, "-m", "searchapp", "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: searchapp [OPTIONS] COMMAND")
    assert done.stdout == run("--help").stdout


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


def test_a_terminal_shows_marks_in_colour_unless_told_not_to(seed_index: Path) -> None:
    """Matches stand out; NO_COLOR and pipes get plain text."""
    args = ("search", "Lichtbogen", "--index", seed_index)
    status, output = run_on_terminal(*args)
    assert status == 0
    assert f"{ESCAPE}[33m{ESCAPE}[1mLichtbogen{ESCAPE}[0m" in output
    assert ESCAPE not in run_on_terminal(*args, NO_COLOR="1")[1]
    assert ESCAPE not in run(*args).stdout


def test_a_reader_that_stops_reading_is_no_error(seed_index: Path) -> None:
    """`searchapp search … | head -1` prints one line and nothing else."""
    command_line = (
        f"{shlex.quote(str(SCRIPT))} search '' --per-page 100 --json --index {seed_index}"
    )
    done = subprocess.run(
        ["bash", "-c", f"({command_line} | head -1)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT_S,
    )
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_letters_that_the_terminal_lacks_are_no_error(seed_index: Path) -> None:
    """In an encoding without them JSON has escapes, and text has question marks."""
    args = ("search", "Wärmepumpe™", "--index", seed_index)
    as_json = run(*args, "--json", encoding="latin-1")
    assert json.loads(as_json.stdout)["query"] == "Wärmepumpe™"
    text = run("analyze", "Łódź", encoding="latin-1")
    assert (text.returncode, text.stderr) == (0, "")
    assert "?ód?" in text.stdout


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
    assert {each.name for each in index.iterdir()} == {".lock", "CURRENT", generation}
    assert invoke_json("search", "Stahl")["total"] == 1


@dataclass
class Serving:
    """A `searchapp serve` that runs, and the lines that it has printed."""

    process: subprocess.Popen[str]
    address: str
    printed: str


def start_serving(*args: object) -> Serving:
    """Start `searchapp serve` on a free port, and wait for its address."""
    process = subprocess.Popen(
        [SCRIPT, "serve", "--port", "0", "--workers", "1", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = ""
    while "http://" not in printed:
        line = process.stdout.readline()
        assert line, process.communicate()
        printed += line
    address = re.search(r"http://[\d.:]+", printed)
    assert address
    return Serving(process, address[0], printed)


def test_serve_builds_the_index_and_answers(tmp_path: Path) -> None:
    """The one command of the README: from article files to a page, and a quiet end."""
    write_articles(tmp_path / "seeds", 3)
    serving = start_serving()
    try:
        assert "Indexed 3 articles" in serving.printed
        with urllib.request.urlopen(f"{serving.address}/api/v1/search?q=Stahl") as response:
            assert json.load(response)["total"] == 3
        port = serving.address.rpartition(":")[2]
        busy = invoke("serve", "--port", port, status=1)
        assert f"cannot listen on 127.0.0.1:{port}" in busy.stderr
        assert "use another one" in busy.stderr
    finally:
        serving.process.send_signal(signal.SIGINT)
        stdout, stderr = serving.process.communicate(timeout=TIMEOUT_S)
    assert (serving.process.returncode, stdout, stderr) == (0, "", "")


def test_a_busy_port_is_found_out_before_indexing(tmp_path: Path) -> None:
    """Nobody waits for an index that then cannot be served."""
    write_articles(tmp_path / "seeds", 1)
    serving = start_serving()
    try:
        port = serving.address.rpartition(":")[2]
        invoke("serve", "--port", port, "--index", "other", status=1)
        assert not (tmp_path / "other").exists()
    finally:
        serving.process.terminate()
        serving.process.communicate(timeout=TIMEOUT_S)

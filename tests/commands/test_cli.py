"""The commands as they are typed: help, options, searches, failures, and what a terminal shows."""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import click
import pytest

from searchapp.commands.cli import main
from searchapp.commands.command import Command
from searchapp.facets import FACETS, Facet, Filters
from searchapp.model import SearchRequest
from searchapp.result_json import answer
from searchapp.searching import SearchService
from searchapp.settings import ENV_PREFIX, variable, variable_names
from tests.commands.running import (
    ESCAPE,
    SCRIPT,
    TIMEOUT_S,
    invoke,
    invoke_json,
    run,
    run_on_terminal,
)
from tests.conftest import CORPUS
from tests.shared_data import shared_path

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
        words = list(takewhile(lambda word: word not in ("&&", "|", ">"), shlex.split(example)))
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
            date_from=dt.date(2018, 3, 5),
            date_to=dt.date(2024, 12, 31),
        ),
        sort="oldest",
        per_page=3,
    )
    expected = answer(service.search(request))
    assert {**found, "took_ms": 0} == {**expected, "took_ms": 0}
    assert found["total"] > 3
    assert any("<mark>" in each["html"] for hit in found["hits"] for each in hit["snippets"])


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
def test_every_facet_has_an_option_that_filters(seed_index: Path, facet: Facet) -> None:
    """Its count is the number of articles found."""
    every = invoke_json("search", "der ODER die", "--index", seed_index)["facets"][facet.name]
    value = every[0]["value"]
    found = invoke_json("search", "der ODER die", f"--{facet.param}", value, "--index", seed_index)
    assert found["total"] == every[0]["count"] > 0
    assert [each["value"] for each in found["facets"][facet.name] if each["selected"]] == [value]


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


def test_words_as_typed_by_option(seed_index: Path) -> None:
    """A likelier word is then offered only."""
    kept = invoke("search", "Stahll", "--uncorrected", "--index", seed_index).stdout
    assert "Did you mean: Stahl" in kept


def test_exact_words_by_option(seed_index: Path) -> None:
    """Other forms are found and explained, unless --exact turns them off."""
    assert "found through geht" in invoke("search", "ging", "--index", seed_index).stdout
    assert invoke_json("search", "ging", "--exact", "--index", seed_index)["total"] == 0
    assert invoke_json("search", "geht", "--exact", "--index", seed_index)["total"] == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--from", "2024", "--to", "2023"), "--to is before --from"),
        (("--from", "31.6.2023"), "'31.6.2023' is not in the calendar"),
        (("--from", "neulich"), "type one as 2024-01-16"),
    ],
)
def test_a_bad_period_is_told(seed_index: Path, options: tuple[str, ...], told: str) -> None:
    """With what to do, instead of an answer without hits."""
    result = invoke("search", "Strom", *options, "--index", seed_index, status=2)
    assert told in " ".join(result.stderr.split())


def test_search_text_shows_hits_facets_and_paging(seed_index: Path) -> None:
    """A page of results for people, without a single escape in a pipe."""
    text = invoke("search", "Lichtbogen", "--index", seed_index).stdout
    assert " 1. Wie der Lichtbogenofen Schrott schmilzt\n" in text
    assert (
        "    2024-01-16 · Redaktion Technik · Stahlkunde · Technik · https://example.org/" in text
    )
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
        assert list(each) == [
            *("surface", "start", "end", "lemma", "key", "parts"),
            *("sought_keys", "sought_relatives"),
        ]
        assert text[each["start"] : each["end"]] == each["surface"]
        assert isinstance(each["parts"], list)
    rows = invoke("analyze", text).stdout.splitlines()
    assert rows[0].split()[:6] == ["surface", "start", "end", "lemma", "key", "parts"]
    starts = {row.index(cell) for row, cell in zip(rows, ("start", "0", "4", "21"), strict=True)}
    assert len(starts) == 1


def test_analyze_shows_readings_and_what_a_query_asks_for() -> None:
    """The noun and the verb of one form; the word behind a suspended hyphen; relatives."""
    (waren, war, *_, vor, vorteil, _, _) = invoke_json("analyze", "Waren planen Vor- und Nachteile")
    assert (waren["key"], waren["sought_keys"]) == ("Ware", ["Ware"])
    assert (war["key"], war["start"]) == ("sein", 0)
    assert (vor["surface"], vorteil["surface"], vorteil["key"]) == ("Vor", "Vor", "Vorteil")
    (planned,) = invoke_json("analyze", "plante")
    assert planned["key"] == "planen"
    assert planned["sought_relatives"] == ["Planung", "Plan"]
    (both,) = invoke_json("analyze", "waren")
    assert (both["key"], both["sought_keys"]) == ("sein", ["sein", "Ware"])


@pytest.mark.shared
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


# Real processes and terminals


def test_python_m_searchapp_is_the_same_command() -> None:
    """It calls itself by the same name."""
    done = subprocess.run(
        [sys.executable, "-m", "searchapp", "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: searchapp [OPTIONS] COMMAND")
    assert done.stdout == run("--help").stdout


def test_the_list_of_commands_tells_whole_sentences() -> None:
    """Lines are broken and never cut."""
    listed = invoke("--help").stdout.partition("Commands:")[2]
    assert "..." not in listed
    assert " ".join(listed.split()).count(". ") == len(main.commands) - 1


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

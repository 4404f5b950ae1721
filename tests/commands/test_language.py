"""The command line speaks German or English, as the environment asks."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from gettext import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner

from searchapp.commands import language
from searchapp.commands.cli import main
from searchapp.commands.language import CATALOGS, SOURCE_LANGUAGE, asked_language, say, speak
from searchapp.translation import N_
from tests.commands.running import SCRIPT, TIMEOUT_S

GERMAN = {"LANG": "de_DE.UTF-8"}
ENGLISH = [{"LANG": "C"}, {"LANG": "C.UTF-8"}, {"LANG": "fr_FR.UTF-8"}, {"LANG": "en_GB"}, {}]


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    speak(SOURCE_LANGUAGE)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "../../de"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "de_DE"}, "de"),
        ({"LANG": "de_DE", "LC_MESSAGES": "de_DE", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE", "LC_ALL": ""}, "de"),
        ({"LANG": "en_US", "LANGUAGE": "de"}, "de"),
        ({"LANG": "de_DE", "LANGUAGE": "en:de"}, "en"),
        ({"LANG": "en_US", "LANGUAGE": "fr:de_CH:en"}, "de"),
        ({"LANG": "de_DE", "LANGUAGE": "fr"}, "en"),
        ({"LANGUAGE": "de"}, "de"),
        ({"LANG": "C", "LANGUAGE": "de"}, "en"),
        ({"LANG": "de_DE", "LANGUAGE": ""}, "de"),
        ({"LANG": "de_DE", "LC_CTYPE": "C"}, "de"),
    ],
)
def test_the_variables_count_in_the_order_of_gettext(
    environ: Mapping[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LANGUAGE, LC_ALL, LC_MESSAGES, LANG; C switches translations off. Click speaks the same."""
    assert asked_language(environ) == expected
    for name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    speak(expected)
    assert say(N_("Usage:")) == gettext("Usage:") == {"de": "Aufruf:", "en": "Usage:"}[expected]


def run(environ: Mapping[str, str], *args: object) -> subprocess.CompletedProcess[str]:
    """The installed command in a process whose language is nothing but what is given."""
    others = {
        name: value
        for name, value in os.environ.items()
        if name not in ("LANG", "LANGUAGE") and not name.startswith("LC_")
    }
    return subprocess.run(
        [SCRIPT, *map(str, args)],
        env={**others, **environ},
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )


def test_a_process_speaks_german(tmp_path: Path) -> None:
    """Also where the machine does not have the locale; with numbers and problems as in German."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "leer.md").write_text("")
    lines = [json.dumps({"id": f"a{n}", "title": "Stahl", "date": "gestern"}) for n in range(1200)]
    (tmp_path / "seeds" / "viele.jsonl").write_text("\n".join(lines))
    built = run(GERMAN, "rebuild", "--workers", 1)
    assert built.returncode == 3
    assert built.stdout.startswith("1.200 Artikel in ")
    assert "Weggelassen wurden Artikel durch 1 Problem; 1.200 Warnungen." in built.stdout
    assert "leer.md:1: ist leer; schreiben Sie einen Artikel hinein" in built.stderr
    assert "und 1.190 weitere dieser Art: das Datum 'gestern'" in built.stderr
    found = run(GERMAN, "search", "Stahl")
    assert "1.200 Artikel in " in found.stdout
    assert "Weiter: --page 2" in found.stdout
    missing = run(GERMAN, "search", "Stahl", "--index", "nirgends")
    assert missing.stderr == (
        "searchapp: nirgends: hier gibt es noch keinen Index; erstellen Sie ihn mit: "
        "searchapp rebuild\n"
    )
    wrong = run(GERMAN, "search", "Stahl", "--page", "null")
    assert wrong.returncode == 2
    assert "Fehler: Ungültiger Wert für '--page': 'null' ist keine passende Zahl." in wrong.stderr
    assert "eine Zahl, kein Text" not in wrong.stderr


@pytest.mark.parametrize("environ", ENGLISH, ids=str)
def test_a_process_speaks_english_otherwise(environ: Mapping[str, str]) -> None:
    """Whatever else is asked for."""
    helped = run(environ, "search", "--help")
    assert helped.stdout.startswith("Usage: searchapp search [OPTIONS] QUERY...\n\n  Search the")
    failed = run(environ, "search", "x", "--index", "nowhere")
    assert failed.stderr.startswith("searchapp: nowhere: there is no index here yet; build it")


def test_what_machines_read_is_the_same_in_all_languages(seed_index: Path, tmp_path: Path) -> None:
    """JSON, its sentences, and the exit status."""
    (tmp_path / "x.csv").write_text("eins,zwei\n1,2\n")
    for args in (
        ("rebuild", "--seeds", tmp_path / "x.csv", "--index", tmp_path / "index"),
        ("info", "--index", seed_index),
        ("verify", "--index", seed_index),
        ("doctor",),
        ("search", "--index", tmp_path / "nowhere", "Haus"),
        ("analyze", "--index", seed_index, "Häuser"),
    ):
        german, english = (
            run(environ, *args, "--json") for environ in (GERMAN, {"LANG": "C.UTF-8"})
        )
        assert german.returncode == english.returncode
        kinds = [re.sub(r"\d+", "0", each.stdout) for each in (german, english)]
        assert kinds[0].replace("LANG=de_DE.UTF-0", "") == kinds[1].replace("LANG=C.UTF-0", "")


def test_the_manual_page_is_in_english() -> None:
    """As its settings are, and the file of settings: administrators of all languages read them."""
    german, english = run(GERMAN, "man").stdout, run({}, "man").stdout
    assert german == english
    assert "Full\\-text search" in german


# A language of which each letter is another: whatever has another one is not marked.

PLACEHOLDER = re.compile(r"%\(\w+\)[sr]|\{\w+(?:![rs])?\}|\x08")


def in_other_letters(text: str) -> str:
    """A text without a single letter of ours."""
    kept = PLACEHOLDER.findall(text)
    pieces = [re.sub(r"[A-Za-zÄÖÜäöüß]", "ж", each) for each in PLACEHOLDER.split(text)]
    return pieces[0] + "".join(a + b for a, b in zip(kept, pieces[1:], strict=True))


@pytest.fixture(scope="module")
def other_letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Catalogs of that language, called zz."""
    folder = tmp_path_factory.mktemp("catalogs")
    with (CATALOGS / "de" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        german = read_po(file, locale="de")
    other = Catalog(locale="de")
    for entry in german:
        if entry.id:
            texts = [entry.id] if isinstance(entry.id, str) else list(entry.id)
            others = tuple(map(in_other_letters, texts))
            other.add(entry.id, others[0] if isinstance(entry.id, str) else others)
    (folder / "zz" / "LC_MESSAGES").mkdir(parents=True)
    with (folder / "zz" / "LC_MESSAGES" / "messages.mo").open("wb") as file:
        write_mo(file, other)
    return folder


def invoke_in_other_letters(catalogs: Path, monkeypatch: pytest.MonkeyPatch, *args: object) -> str:
    monkeypatch.setattr(language, "CATALOGS", catalogs)
    monkeypatch.setenv("LANG", "zz_ZZ.UTF-8")
    for command in (main, *main.commands.values()):
        # Click keeps the option --help with its text in the language of its first use.
        monkeypatch.setattr(command, "_help_option", None)
    return CliRunner().invoke(main, [str(each) for each in args], prog_name="searchapp").output


OPTIONS = re.compile(r"(?<!\w)--?[a-z-]+|SEARCHAPP_\w+")
NAMES = {
    "searchapp",
    "Datasette",
    "OpenSearch",
    "JSON",
    "HTTP",
    "URL",
    "http",
    "QRELS",
    "DIR",
    "x",
    *main.commands,
}
"""What is called the same in all languages."""
VALUES = {"relevance", "newest", "oldest", "suche", "example", "org"}
"""Of options."""


@pytest.mark.parametrize("name", ["", *sorted(main.commands)])
def test_help_is_whole_in_one_language(
    name: str, other_letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts of Click, options, what stands for their values: nothing is left in English."""
    args = (name, "--help") if name else ("--help",)
    text = invoke_in_other_letters(other_letters, monkeypatch, *args)
    text, _, examples = text.partition("\n  жжжжжжжж:\n")  # "Examples:"
    assert examples or not name
    assert "жжжжжжж" in text
    assert set(re.findall(r"[A-Za-z]+", OPTIONS.sub("", text))) <= NAMES | VALUES


def test_reports_are_whole_in_one_language(
    other_letters: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is left in English is data: names, words of articles, numbers."""
    seeds = tmp_path / "0"
    seeds.mkdir()
    (seeds / "1.md").write_text("")
    (seeds / "2.jsonl").write_text(
        '{"id": 5, "title": "Ö", "body": "Äß", "date": "?", "tags": 7}\n'
        '[]\n{"id": "5", "title": "Ü"}'
    )
    (seeds / "3.csv").write_text("a,b\n1,2\n")
    (seeds / "4.xml").write_text("<svg/>")
    index = tmp_path / "9"
    common = ("--index", index)
    told = ""
    for args in (
        ("search", "Ö", *common),
        ("rebuild", "--seeds", seeds, "--workers", 1, *common),
        ("update", "--seeds", seeds, "--workers", 1, *common),
        ("search", "Äß", "--page", 9, *common),
        ("search", "Äß", *common),
        ("search", "Äß", "--sort", "ö", *common),
        ("search", *common),
        ("info", *common),
        ("verify", *common),
        ("rollback", *common),
        ("queries", *common),
        ("queries", "--try", "Ö", *common),
    ):
        told += invoke_in_other_letters(other_letters, monkeypatch, *args)
    told = told.replace(str(tmp_path), "")
    told = re.sub(r"\d{8}T\d{6}Z-\w+|\d{4}-\d\d-\d\dT[\d:+]+|segments \d.*", "", told)
    words = set(re.findall(r"[A-Za-z]{2,}", OPTIONS.sub("", told)))
    assert words <= NAMES | VALUES | {
        "md",
        "jsonl",
        "csv",
        "xml",
        "svg",
        "columnar",
        "MB",
        "kB",
        "ms",
    }


def test_a_search_is_told_in_german(seed_index: Path) -> None:
    """With the facets as the page calls them."""
    text = run(GERMAN, "search", "Haus", "--index", seed_index).stdout
    assert "Schlagwörter: " in text
    assert "Tags" not in text

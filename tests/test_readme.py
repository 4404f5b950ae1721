"""README and contributing guide tell no lies about commands, settings and paths."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from searchapp.commands.cli import main
from searchapp.deadline import NEVER
from searchapp.engines.base import PageRequest
from searchapp.engines.selection import ENGINE_NAMES, select_engine
from searchapp.model import Article
from searchapp.settings import ENV_PREFIX, Settings, variable_names
from tests.engines.building import NO_FILTERS, build, tree_of

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
NOT_THERE_YET = {"searchapp/corpus/yaml_list.py"}
"""Examples of what a contributor adds."""


def fenced_lines(text: str) -> list[str]:
    """The lines of all fenced blocks, without indentation."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


FENCED_LINES = fenced_lines(README)
CONTRIBUTING_LINES = fenced_lines(CONTRIBUTING)


def test_the_two_commands_stand_in_blocks_of_their_own() -> None:
    """One runs the service, one the tests; `.ci/run` takes the second from here."""
    install = "python3 -m venv .venv && .venv/bin/pip install -e"
    assert f"{install} . && .venv/bin/searchapp serve" in FENCED_LINES
    assert f"{install} '.[test]' && .venv/bin/pytest" in FENCED_LINES
    assert sum(".venv/bin/pytest" in line for line in FENCED_LINES) == 1


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_documented(name: str) -> None:
    """Each is shown as it is typed."""
    assert re.search(rf"\bsearchapp {name}\b", README)


@pytest.mark.parametrize("name", variable_names())
def test_every_setting_is_documented(name: str) -> None:
    """Each stands in the README under the name of its environment variable."""
    assert re.search(rf"\b{name}\b", README)


def test_every_variable_of_the_readme_exists() -> None:
    """A setting that was renamed is renamed in the README."""
    assert set(re.findall(rf"\b{ENV_PREFIX}\w+\b", README)) <= set(variable_names())


def test_every_example_can_be_typed() -> None:
    """The commands and options of the lines that call `searchapp` are there."""
    for line in FENCED_LINES:
        if match := re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?searchapp ([^|&>#]+)", line):
            name, *arguments = shlex.split(match[1])
            with main.commands[name].make_context(name, arguments):
                pass  # it raises for what it does not know


def test_every_path_of_the_guides_is_there() -> None:
    """Code that moves takes its mentions along."""
    texts = README + CONTRIBUTING + (ROOT / ".github" / "SECURITY.md").read_text("utf-8")
    named = set(re.findall(r"`((?:searchapp|tests|\.github|\.ci|seeds)/[\w./-]+)", texts))
    assert len(named) > 30
    assert named > NOT_THERE_YET
    assert [each for each in sorted(named - NOT_THERE_YET) if not (ROOT / each).exists()] == []


def test_every_test_command_of_the_guide_can_be_typed() -> None:
    """Its files and tests are there, and pytest has the options and markers."""
    commands = [line for line in CONTRIBUTING_LINES if line.startswith(".venv/bin/pytest")]
    assert len(commands) > 3
    for line in commands:
        for argument in shlex.split(line, comments=True)[1:]:
            path, _, name = argument.partition("::")
            if path.startswith("tests"):
                assert (ROOT / path).exists(), line
                assert not name or f"def {name}(" in (ROOT / path).read_text("utf-8"), line
        options = [each for each in shlex.split(line, comments=True)[1:] if each[:1] == "-"]
        assert set(options) <= {"-n", "-m", "--hypothesis-profile=slow"}, line


def test_every_part_of_ci_can_be_run() -> None:
    """The guide names parts of `.ci/run` that are there."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    parts = set(re.findall(r"^part_(\w+)\(\)", script, re.MULTILINE))
    for line in CONTRIBUTING_LINES:
        if line.startswith(".ci/run"):
            assert set(line.split()[1:]) <= parts


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("searchapp/corpus/formats.py", ("_READERS",)),
        ("searchapp/corpus/records.py", ("FIELD_NAMES", "article_from_record")),
        ("searchapp/corpus/encoding.py", ("read_text", "read_lines")),
        ("searchapp/facets.py", ("FACETS",)),
        ("searchapp/engines/base.py", ("Engine", "GenerationWriter", "Snapshot")),
        ("searchapp/engines/generation_lexicon.py", ("LearningBuffer", "open_analyzer")),
        ("searchapp/engines/selection.py", ("ENGINE_NAMES", "select_engine")),
    ],
)
def test_the_recipes_name_what_is_there(path: str, names: tuple[str, ...]) -> None:
    """A recipe whose names have gone is tried again and rewritten."""
    code = (ROOT / path).read_text("utf-8")
    for name in names:
        assert f"`{name}`" in CONTRIBUTING
        assert re.search(rf"^(class |def )?{name}\b", code, re.MULTILINE)


def test_the_python_example_runs(
    seed_index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In a folder that has an index."""
    (tmp_path / "index").symlink_to(seed_index)
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(example, {})
    assert capsys.readouterr().out.startswith("[")


WHAT_IS_FOUND = README.partition("### What a word finds\n")[2].partition("\n### ")[0]
TEXT_OF_EXAMPLE = re.compile(r"\*([^*]+)\*")


def found_examples() -> Iterator[tuple[str, list[str], list[str]]]:
    """Of each row of the tables: the query, the texts that it finds, and those it does not."""
    for row in re.findall(r"^\|(.*)\|$", WHAT_IS_FOUND, re.MULTILINE):
        *_, query, found, not_found = ["", *(cell.strip() for cell in row.split("|"))]
        if found.startswith("`"):  # A table without texts that are found.
            query, found = found, ""
        if query.startswith("`"):
            texts = (TEXT_OF_EXAMPLE.findall(cell) for cell in (found, not_found))
            yield query.strip("`"), *texts


@pytest.fixture(params=ENGINE_NAMES)
def find(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[list[str], str], list[str]]:
    """A function from texts and a query to the texts that it finds, the best first."""
    exceptions = tmp_path / "exceptions.txt"
    (synonym,) = re.findall(r"synonym \(`(.*)`\)", WHAT_IS_FOUND)
    exceptions.write_text(f"[synonyms]\n{synonym}\n", "utf-8")
    engine = select_engine(Settings(engine=request.param, exceptions=exceptions))

    def find(texts: list[str], query: str) -> list[str]:
        folder = tmp_path / "index"
        if not folder.exists():
            each_once = enumerate(dict.fromkeys(texts))
            articles = [Article(str(number), "Titel", text) for number, text in each_once]
            build(engine, folder, articles)
        with closing(engine.open(folder)) as snapshot:
            page = PageRequest(limit=100)
            hits = snapshot.search(tree_of(query), NO_FILTERS, page, deadline=NEVER).hits
        return [hit.article.body for hit in hits]

    return find


def test_a_word_finds_what_the_readme_says(find: Callable[[list[str], str], list[str]]) -> None:
    """And nothing that it denies."""
    examples = list(found_examples())
    assert len(examples) > 20
    texts = [text for _, *both in examples for each in both for text in each]
    for query, found, not_found in examples:
        assert found or not_found
        hits = find(texts, query)
        assert [text for text in found if text not in hits] == [], query
        assert [text for text in not_found if text in hits] == [], query


def test_near_forms_come_before_far_ones(find: Callable[[list[str], str], list[str]]) -> None:
    """In the order of the README's example, beside as many others as make the words rare."""
    (example,) = re.findall(r"For `(\w+)`, that is (.*), in this order", WHAT_IS_FOUND, re.DOTALL)
    query, texts = example[0], TEXT_OF_EXAMPLE.findall(example[1])
    assert len(texts) == 4
    others = TEXT_OF_EXAMPLE.findall(README)
    assert [each for each in find(texts[::-1] + others, query) if each in texts] == texts

"""README and contributing guide tell no lies about commands, settings and paths."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from searchapp.commands.cli import main
from searchapp.settings import ENV_PREFIX, variable_names

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
        ("searchapp/corpus/article_reader.py", ("_READERS",)),
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

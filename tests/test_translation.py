"""Sentences that are marked where they are written, and said in a language where they are shown."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import searchapp
from searchapp.errors import NoIndex, Problem, system_reason
from searchapp.translation import N_, NN_, NO_TEXT, Listed, Number, translator

PACKAGE = Path(searchapp.__file__).parent


class Backwards:
    """A catalog of a language that has each sentence behind a sign, and numbers as in German."""

    def gettext(self, message: str, /) -> str:
        """See Catalog."""
        return "1.234,5" if message == "1,234.5" else f"~{message}"

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """See Catalog."""
        return f"~{singular if number < 2 else plural}"


say = translator(Backwards())


def test_a_message_is_its_english_text() -> None:
    """Whoever compares, logs or prints it as JSON need not know of languages."""
    message = N_("%(name)r is not at %(share)s %%", name="x", share=Number(0.5, ".1f"))
    assert message == "'x' is not at 0.5 %"
    assert json.dumps([message]) == "[\"'x' is not at 0.5 %\"]"
    assert type(str(message)) is str


def test_values_are_filled_in_after_translation() -> None:
    """Values that are sentences are said in the language, too; what was typed stays as it is."""
    inner = N_("a list")
    message = N_("%(what)s is %(kind)s of %(count)s", what="50 %", kind=inner, count=Number(1234))
    assert say(message) == "~50 % is ~a list of 1.234"


def test_a_number_chooses_the_form() -> None:
    """And stands in it as the language writes numbers."""
    found = [NN_("%(count)s file", "%(count)s files", count) for count in (0, 1, 2, 12345)]
    assert found == ["0 files", "1 file", "2 files", "12,345 files"]
    assert [say(each) for each in found] == ["~0 file", "~1 file", "~2 files", "~12.345 files"]


def test_no_text_has_no_translation() -> None:
    """Of the empty text a catalog has its header."""
    assert say(NO_TEXT) == say("") == ""


def test_marks_go_to_other_processes() -> None:
    """Even where a value could not."""
    error = NoIndex(N_("no %(what)s", what=ValueError(open)), remedy=N_("build it"))
    for found in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert str(found) == str(error)
        assert found.said(say) == error.said(say)
        assert found.said(say).startswith("~no <built-in")


def test_values_are_shown_as_they_were() -> None:
    """Also those that do not go to other processes."""
    message = N_("%(value)r is %(path)s", value=["a"], path=Path("b"))
    assert message == pickle.loads(pickle.dumps(message)) == "['a'] is b"
    assert say(pickle.loads(pickle.dumps(message))) == "~['a'] is b"


def test_a_list_is_told_with_commas() -> None:
    """However long it is."""
    message = N_("has %(items)s", items=Listed(N_("a") for _ in range(10_000)))
    assert message == pickle.loads(pickle.dumps(message)) == "has a" + ", a" * 9_999
    assert say(message) == "~has ~a" + ", ~a" * 9_999


def test_errors_and_problems_are_said_in_parts() -> None:
    """Their places are names, which have no translation."""
    problem = Problem("a.md:1", N_("is empty"), N_("fill it"))
    assert str(problem) == "a.md:1: is empty; fill it"
    assert problem.said(say) == "a.md:1: ~is empty; ~fill it"
    assert NoIndex(N_("gone"), where="x").said(say) == "x: ~gone"


def test_what_the_system_says_is_a_sentence() -> None:
    """Python has it in English only."""
    assert say(system_reason(OSError(28, "No space left on device"))) == "~No space left on device"
    assert say(system_reason(ValueError(N_("no number")))) == "~no number"


# What a user can see is marked. Types see to most: errors, problems and steps take a Message.


def calls(source: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """The calls in a piece of source, each with the last part of what is called."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def sources(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(PACKAGE), ast.parse(path.read_text("utf-8"))


def test_marked_texts_stand_in_the_source() -> None:
    """`pybabel extract` finds only literals; what is put together there is never translated."""
    for path, source in sources(PACKAGE):
        for name, call in calls(source):
            texts = {"N_": call.args[:1], "NN_": call.args[:2]}.get(name, [])
            for text in texts:
                assert isinstance(text, ast.Constant), f"{path}:{call.lineno}"


MADE_MESSAGES = {
    "web/url_state.py": "for the log: the page has sentences of its own",
    "commands/result_text.py": "the fact of a table",
}
"""Where a Message is made of a text in the source that N_ does not mark, and why."""


def test_a_message_is_made_by_marking() -> None:
    """Nobody makes the types content with an unmarked text."""
    for path, source in sources(PACKAGE):
        for name, call in calls(source):
            if name == "Message" and path.as_posix() not in MADE_MESSAGES:
                assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr) or (
                    ast.literal_eval(call.args[0]) == ""
                ), f"{path}:{call.lineno}: use N_"


PRINTING = {"echo", "remark", "fail", "say", "BadParameter", "UsageError", "ClickException"}
UNTRANSLATED = {"searchapp: ", "URL..."}


def unmarked(node: ast.AST) -> Iterator[str]:
    """The words in an expression that are not within a mark."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("N_", "NN_"):
        return
    if isinstance(node, ast.Subscript):  # The name of something that is not printed.
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.search(r"[A-Za-z]{2}", node.value) and node.value not in UNTRANSLATED:
            yield node.value
        return
    for child in ast.iter_child_nodes(node):
        yield from unmarked(child)


def test_commands_print_marked_texts() -> None:
    """Whatever a command prints where it stands is marked."""
    for path, source in sources(PACKAGE / "commands"):
        for name, call in calls(source):
            if name in PRINTING:
                words = [word for each in call.args for word in unmarked(each)]
                assert not words, f"{path}:{call.lineno}"


def test_every_option_has_marked_help() -> None:
    """So that no help is in two languages."""
    for path, source in sources(PACKAGE / "commands"):
        for _, call in calls(source):
            for keyword in call.keywords:
                if keyword.arg in ("help", "metavar", "short_help"):
                    assert not list(unmarked(keyword.value)), f"{path}:{call.lineno}"

"""The rules of the architecture, checked on the imports of every module.

Floors are counted from the bottom; a module imports from its own floor and those below, never
from above. An import counts wherever it stands: at the top, in a function, for types only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FLOORS = (
    ("", "garbage steps index_files process_ids translation"),
    ("", "errors facets messages model progress dates deadline processes"),
    ("", "owner_files settings settings_file"),
    ("", "article_text problem_groups request_record"),
    ("", "german corpus query"),
    ("engines", "base fields generation_lexicon indexed_terms storage"),
    ("engines", "article_batches meaning"),
    ("engines", "evaluation"),
    ("engines", "columnar.segment"),
    ("engines", "columnar.generation columnar.segment_vocabulary columnar.token_finder"),
    ("engines", "columnar.suggestion_file"),
    ("engines", "columnar.snapshot"),
    ("engines", "columnar.writing"),
    ("engines", "columnar whoosh_engine opensearch"),
    ("engines", "selection whoosh_view"),
    ("", "snippets catalog former_ids generations told_warnings"),
    ("", "last_run owner_exceptions query_store"),
    ("", "live_index inspection"),
    ("", "indexing searching marked_html result_json"),
    ("", "source_watch website example_queries missed_queries"),
    ("", "commands installation measuring web"),
    ("", "__main__"),
)
"""From the bottom up: a package, and the places in it that are on the floor."""

PLACES = {
    ".".join(filter(None, ("searchapp", package, name))): number
    for number, (package, names) in enumerate(FLOORS)
    for name in names.split()
}
"""The floor of each place; what is inside a place is on its floor, unless it is a place itself."""

UNDER_ALL = {"searchapp", "searchapp.engines"}
"""Packages that hold places and import nothing."""

FORBIDDEN_NAMES = {"utils", "helpers", "common", "index", "whoosh"}
"""They say nothing, or hide a library of the same name."""

THINGS_IN_ING = {
    "indexing": "the one place that fills an index, as `searching` is the one that answers",
    "searching": "see indexing",
    "serving": "starts and ends the server; `server` is what gunicorn calls its own",
    "writing": "the room of all that writes an index",
    "measuring": "the room of relevance, speed and size",
    "meaning": "a noun: what a word of a query means",
    "wording": "a noun: how a query is worded",
    "spelling": "a noun: how words of the corpus are spelled",
    "encoding": "a noun: how a file's text is encoded",
}
"""A module is named by the thing that it holds, and not by an activity; these are why not."""

WHOOSH_ROOMS = ("searchapp.query", "searchapp.engines", "searchapp.measuring.bench.whoosh_peer")
"""Everybody else knows the query tree as `searchapp.query.Query`, and no index of Whoosh."""


def module_name(path: Path) -> str:
    """ "searchapp/web/api.py" -> "searchapp.web.api"."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted((ROOT / "searchapp").rglob("*.py"))}


def imported_by(module: str, statements: Iterator[ast.AST]) -> Iterator[str]:
    """The full names that some import statements of a module name."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in statements:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, (above, node.module)))
            for alias in node.names:
                full = f"{source}.{alias.name}"
                yield full if full in MODULES else source


def all_imports(module: str) -> set[str]:
    """Everything that a module imports, anywhere in it."""
    return set(imported_by(module, ast.walk(ast.parse(MODULES[module].read_text("utf-8")))))


def floor(module: str) -> int:
    """The floor of the innermost place that the module is in."""
    if module in UNDER_ALL:
        return 0
    place = module
    while place not in PLACES:
        place, _, _ = place.rpartition(".")
        assert place, f"{module} has no floor yet: give it one in FLOORS"
    return PLACES[place]


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downwards(module: str) -> None:
    """No module imports from a floor above its own; each new one takes its place in FLOORS."""
    for name in all_imports(module):
        if is_in(name, "searchapp"):
            assert floor(name) <= floor(module), f"{module} imports {name} from above"


@pytest.mark.parametrize("module", MODULES)
def test_whoosh_stays_in_its_rooms(module: str) -> None:
    """Only the query language and the engines import Whoosh."""
    if not any(is_in(module, room) for room in WHOOSH_ROOMS):
        assert not [name for name in all_imports(module) if is_in(name, "whoosh")]


@pytest.mark.parametrize("module", MODULES)
def test_page_and_commands_know_no_engine(module: str) -> None:
    """They ask `searching` and `indexing`."""
    if is_in(module, "searchapp.web") or is_in(module, "searchapp.commands"):
        assert not [name for name in all_imports(module) if is_in(name, "searchapp.engines")]


KNOW_AN_ENGINE = {
    "searchapp.engines.selection",
    *(module for module in MODULES if is_in(module, "searchapp.engines.whoosh_view")),
}
"""What chooses an engine, and what reads the default one's index for Whoosh."""


@pytest.mark.parametrize("module", MODULES)
def test_engines_do_not_know_each_other(module: str) -> None:
    """An engine is a package of `engines`; see KNOW_AN_ENGINE for the exceptions."""
    for package in ("columnar", "whoosh_engine", "opensearch"):
        engine = f"searchapp.engines.{package}"
        if not is_in(module, engine) and module not in KNOW_AN_ENGINE:
            assert not [name for name in all_imports(module) if is_in(name, engine)]


def test_names_say_what_is_inside() -> None:
    """No module or package has one of the names that say nothing."""
    for module in MODULES:
        assert not FORBIDDEN_NAMES & set(module.split("."))


def test_modules_are_named_by_things() -> None:
    """And not by what is done in them, but for those with a reason."""
    names = {module.rpartition(".")[2] for module in MODULES}
    assert {name for name in names if name.endswith("ing")} == set(THINGS_IN_ING)


def test_no_file_name_stands_twice() -> None:
    """A name that is seen in a traceback or a search says which module it is."""
    names = [path.name for path in MODULES.values() if path.name != "__init__.py"]
    assert not {name for name in names if names.count(name) > 1}


def test_floors_name_modules_that_exist() -> None:
    """The table above has no entry of a module that has gone or not come yet."""
    assert set(PLACES) <= set(MODULES)


def test_modules_do_not_import_in_circles() -> None:
    """The modules can be put in one order, counting lazy imports and those for types only."""
    waiting = {
        module: {name for name in all_imports(module) if name in MODULES} - {module}
        for module in MODULES
    }
    while waiting:
        free = {module for module, needs in waiting.items() if not needs & waiting.keys()}
        assert free, f"a circle among {sorted(waiting)}"
        waiting = {module: needs for module, needs in waiting.items() if module not in free}


@pytest.mark.parametrize("module", MODULES)
def test_the_whoosh_view_is_below_nothing(module: str) -> None:
    """It is for users of the package; no part of the product reads the index through it."""
    view = "searchapp.engines.whoosh_view"
    if not is_in(module, view):
        assert not [name for name in all_imports(module) if is_in(name, view)]

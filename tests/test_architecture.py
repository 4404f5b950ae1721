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

FLOORS = {
    "searchapp": 0,
    "searchapp.errors": 0,
    "searchapp.model": 0,
    "searchapp.deadline": 0,
    "searchapp.processes": 0,
    "searchapp.worker_pool": 0,
    "searchapp.settings": 0,
    "searchapp.german": 1,
    "searchapp.corpus": 1,
    "searchapp.query": 1,
    "searchapp.snippets": 2,
    "searchapp.engines": 2,
    "searchapp.catalog": 2,
    "searchapp.generations": 2,
    "searchapp.indexing": 3,
    "searchapp.searching": 3,
    "searchapp.marked_html": 3,
    "searchapp.result_json": 3,
    "searchapp.measuring": 4,
    "searchapp.commands": 4,
    "searchapp.web": 4,
    "searchapp.__main__": 5,
}
"""The floor of each module or package; what is inside a package is on its floor."""

FORBIDDEN_NAMES = {"utils", "helpers", "common", "index", "whoosh"}
"""They say nothing, or hide a library of the same name."""

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


def imports_at_load(module: str) -> set[str]:
    """What a module imports of the package when it is itself imported."""

    def statements(body: list[ast.stmt]) -> Iterator[ast.AST]:
        for node in body:
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                continue
            yield node
            for part in ("body", "orelse", "finalbody", "handlers"):
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from statements(getattr(node, part, []))

    tree = ast.parse(MODULES[module].read_text("utf-8"))
    return {name for name in imported_by(module, statements(tree.body)) if name in MODULES}


def floor(module: str) -> int:
    """The floor of the module, or of the package on the second level that it is in."""
    place = module if module in FLOORS else ".".join(module.split(".")[:2])
    assert place in FLOORS, f"{place} has no floor yet: give it one in FLOORS"
    return FLOORS[place]


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


@pytest.mark.parametrize("module", MODULES)
def test_engines_do_not_know_each_other(module: str) -> None:
    """An engine is a package of `engines`; only the selection knows more than one."""
    packages = {path.parent.name for path in (ROOT / "searchapp/engines").glob("*/__init__.py")}
    for package in packages:
        engine = f"searchapp.engines.{package}"
        if not is_in(module, engine) and module != "searchapp.engines.selection":
            assert not [name for name in all_imports(module) if is_in(name, engine)]


def test_names_say_what_is_inside() -> None:
    """No module or package has one of the names that say nothing."""
    for module in MODULES:
        assert not FORBIDDEN_NAMES & set(module.split("."))


def test_floors_name_modules_that_exist() -> None:
    """The table above has no entry of a module that has gone or not come yet."""
    assert set(FLOORS) <= set(MODULES)


def test_modules_do_not_import_in_circles() -> None:
    """At load time the modules of the package can be put in one order."""
    waiting = {module: imports_at_load(module) - {module} for module in MODULES}
    while waiting:
        free = {module for module, needs in waiting.items() if not needs & waiting.keys()}
        assert free, f"a circle among {sorted(waiting)}"
        waiting = {module: needs for module, needs in waiting.items() if module not in free}

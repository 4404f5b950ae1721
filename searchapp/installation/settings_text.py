"""A file of all settings, each with what it does and its default, made of their definitions.

It is in English whatever the language: people of several languages look after a machine, the file
is the same wherever it is written, and its names are English anyway.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from itertools import pairwise
from pathlib import Path
from typing import cast

from searchapp.settings import FILE_VARIABLE, Limits, Settings, defaults, variable

_WIDTH = 96
_HEAD = f"""\
Settings of searchapp, in TOML. What is commented out has the default that is shown.

A variable of the environment, as {variable("port")}, wins over this file, and an option of a
command over both. Paths begin at the folder of this file. It is read by commands that are called
in its folder; elsewhere name it with --settings FILE or {FILE_VARIABLE}. A server reads it
when it starts. `searchapp doctor` checks it."""
_LIMITS = "What one request may ask for."


def settings_text() -> str:
    """The file, in which everything is commented out."""
    parts = [_comment(_HEAD)]
    texts = setting_texts()
    first_limit = next(iter(descriptions(Limits)))
    for name, default in defaults().items():
        if name == first_limit:
            parts.append(_comment(_LIMITS))
        parts.append(f"{_comment(texts[name])}\n# {name} = {toml_value(default)}")
    return "\n\n".join(parts) + "\n"


def setting_texts() -> dict[str, str]:
    """What each setting does, by name."""
    return descriptions(Settings) | descriptions(Limits)


def descriptions(group: type) -> dict[str, str]:
    """The text below each field of a class that has one, by the name of the field.

    Python keeps none of them; they are read from the source.
    """
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(group))).body
    body = cast(ast.ClassDef, definition).body
    found = {}
    for field, text in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


def toml_value(value: object) -> str:
    """A setting's value as TOML has it; none at all is the empty text, which says nothing."""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    text = "" if value is None else value.as_posix() if isinstance(value, Path) else str(value)
    # JSON's escapes are among those of TOML.
    return json.dumps(text)


def _comment(text: str) -> str:
    lines = text.splitlines() if "\n" in text else textwrap.wrap(text, _WIDTH)
    return "\n".join(f"# {line}".rstrip() for line in lines)

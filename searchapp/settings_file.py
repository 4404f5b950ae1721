"""A file with settings, as `searchapp init` writes it: TOML, a line for each setting.

    port = 8080
    seeds = ["articles", "archive.jsonl.xz"]

A key is the name of the setting. Paths begin at the folder of the file, wherever the command is
called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from searchapp.errors import BadSetting
from searchapp.owner_files import read_owner_text, table_of
from searchapp.translation import N_

FILE_NAME = "searchapp.toml"
"""It is read where it lies in the working directory, unless another file is named."""
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a file says.

    values: by the name of the setting, each of the type of its default. named: the settings that
    it names itself. text: the whole file.
    """

    path: Path
    named: frozenset[str]
    values: Mapping[str, object] = field(repr=False)  # One of them may be a secret.
    text: str = field(repr=False)

    def place(self, name: str) -> str:
        """Where a setting stands, as "file:line: key"."""
        return _place(self.path, self.text, name)


def read_settings_file(path: Path, defaults: Mapping[str, object]) -> SettingsFile:
    """Read a file. Raises BadSetting, which names file, line and key.

    defaults: of all settings that there are, by name. Of those that are paths, the ones that the
    file does not name begin at its folder, too. An empty text says nothing.
    """
    text = read_owner_text(path, MAX_BYTES)
    table = table_of(text, path, N_("write lines like: port = 8080"))
    folder = path.parent
    values: dict[str, object] = {
        name: _below(folder, default)
        for name, default in defaults.items()
        if isinstance(default, Path | tuple)
    }
    for name, value in table.items():
        place = _place(path, text, name)
        if name not in defaults:
            near = get_close_matches(name, defaults, n=1)
            remedy = (
                N_("did you mean %(near)s?", near=near[0])
                if near
                else N_("`searchapp init` writes a file of all")
            )
            raise BadSetting(N_("there is no such setting"), where=place, remedy=remedy)
        if value != "":
            values[name] = _value(place, value, defaults[name], folder)
    return SettingsFile(path, frozenset(table), values, text)


def _place(path: Path, text: str, name: str) -> str:
    found = re.search(rf"^[ \t\[]*[\"']?{re.escape(name)}[\"']?[ \t]*[=.\]]", text, re.MULTILINE)
    line = f":{text.count(chr(10), 0, found.start()) + 1}" if found else ""
    return f"{path}{line}: {name}"


def _value(place: str, value: object, default: object, folder: Path) -> object:
    """A value of the file as the type of the default. Raises BadSetting."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(default, bool):
        wanted, fits = N_("true or false"), isinstance(value, bool)
    elif isinstance(default, int):
        wanted, fits = N_("a whole number"), is_number and isinstance(value, int)
    elif isinstance(default, float):
        wanted, fits = N_("a number"), is_number
    elif isinstance(default, tuple):
        value = [value] if isinstance(value, str) else value
        wanted = N_("a list of texts in quotation marks")
        fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
    else:
        wanted, fits = N_("a text in quotation marks"), isinstance(value, str)
    if not fits:
        # The value is not told: it may be a secret.
        raise BadSetting(
            N_("the value is of another kind"),
            where=place,
            remedy=N_("use %(wanted)s", wanted=wanted),
        )
    if isinstance(default, float) and isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            raise BadSetting(N_("the number is too large"), where=place) from None
    if isinstance(value, list):
        return tuple(folder / each for each in value if each)
    if isinstance(value, str) and not isinstance(default, str):
        return folder / value
    return value


def _below(folder: Path, default: Path | tuple[Path, ...]) -> object:
    if isinstance(default, tuple):
        return tuple(folder / each for each in default)
    return folder / default

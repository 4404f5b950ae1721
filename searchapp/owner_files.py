"""Files that an owner writes by hand: settings, exceptions, descriptions of tags, the site.

Whatever is there instead of such a file, it is told in a sentence: each is read in bounded time and
memory.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from searchapp.errors import BadSetting, system_reason
from searchapp.translation import N_, Message, Number


def read_owner_file(path: Path, max_bytes: int, *, named_by: str = "") -> bytes:
    """What is in a file, which has max_bytes at most. Raises BadSetting.

    named_by: the setting or place that names the file, for errors.
    """
    try:
        # A pipe or a device would never end.
        if path.exists() and not path.is_file():
            raise BadSetting(
                N_("%(path)s is no file", path=path), where=named_by, remedy=N_("correct the path")
            )
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise BadSetting(
            N_("%(path)s cannot be read (%(reason)s)", path=path, reason=system_reason(error)),
            where=named_by,
            remedy=N_("correct the path, or let this user read the file"),
        ) from error
    if len(data) > max_bytes:
        raise BadSetting(
            N_(
                "%(path)s has more than %(max_bytes)s bytes",
                path=path,
                max_bytes=Number(max_bytes),
            ),
            where=named_by,
            remedy=N_("make it smaller"),
        )
    return data


def read_owner_text(path: Path, max_bytes: int, *, named_by: str = "") -> str:
    """The text of a file, as `read_owner_file`. Raises BadSetting, also for what is not UTF-8."""
    data = read_owner_file(path, max_bytes, named_by=named_by)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_number = data[: error.start].count(b"\n") + 1
        raise BadSetting(
            N_("this line is not UTF-8"),
            where=f"{path}:{line_number}",
            remedy=N_("save the file as UTF-8"),
        ) from error


def table_of(text: str, path: Path, example: Message) -> dict[str, object]:
    """The table that a TOML text is. path: where it stands, for errors. Raises BadSetting.

    example: the remedy, as "write lines like: port = 8080".
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadSetting(
            N_("is no TOML (%(error)s)", error=error), where=str(path), remedy=example
        ) from error

"""Article files for tests that index, and ways to damage what was made of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from itertools import count
from pathlib import Path

from searchapp.generations import Generation
from searchapp.model import Article

_OLD_NS = 1_600_000_000 * 10**9
_ticks = count()


def article(article_id: str, body: str = "", **values: object) -> Article:
    """An article with a title made of its id."""
    return Article(**{"id": article_id, "title": f"Titel {article_id}", "body": body} | values)  # type: ignore[arg-type]


def write_lines(path: Path, lines: Iterable[Article | str]) -> Path:
    """Write a JSON Lines file; strings stand in it as they are. Each gets a time of its own.

    The times are long past: a file that changed a moment ago is always read again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_line(line) + "\n" for line in lines), "utf-8")
    set_time(path, next(_ticks))
    return path


def set_time(path: Path, tick: int) -> None:
    """Have a file changed `tick` seconds after a day long past."""
    moment = _OLD_NS + tick * 10**9
    os.utime(path, ns=(moment, moment))


def _line(line: Article | str) -> str:
    if isinstance(line, str):
        return line
    values = asdict(line)
    return json.dumps(values | {"date": line.date and line.date.isoformat()}, ensure_ascii=False)


def edit_manifest(generation: Generation, /, **changes: object) -> None:
    """Change what the manifest of a generation says, and have CURRENT vouch for it."""
    path = generation.folder / "manifest.json"
    before = path.read_bytes()
    path.write_text(json.dumps(json.loads(before) | changes))
    old, new = (hashlib.sha256(each).hexdigest() for each in (before, path.read_bytes()))
    pointer = generation.folder.parent / "CURRENT"
    pointer.write_text(pointer.read_text().replace(old, new))


def damage_largest(damage: Callable[[Path], object]) -> Callable[[Generation], None]:
    """Damage the largest file of a generation."""

    def apply(generation: Generation) -> None:
        files = [path for path in generation.folder.rglob("*") if path.is_file()]
        damage(max(files, key=lambda path: path.stat().st_size))

    return apply


def alter(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)

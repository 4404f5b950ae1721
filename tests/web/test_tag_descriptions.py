"""The owner's descriptions of tags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.errors import BadSetting
from searchapp.settings import Settings
from searchapp.web import create_app
from searchapp.web.tag_descriptions import MAX_FILE_BYTES, load_descriptions


def test_descriptions_are_read_as_paragraphs(tmp_path: Path) -> None:
    """By the spelling that all ways to write the tag share."""
    file = tmp_path / "tags.toml"
    file.write_bytes('\ufeff"Straßenbau" = """\nEins\nzwei.\n \t\nDrei."""\nLeer = " "\n'.encode())
    assert load_descriptions(file) == {"strassenbau": ("Eins zwei.", "Drei."), "leer": ()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Klima = Text", r"is no TOML .*line 1.*; write lines like: Klima"),
        (b"\nKlima = '\xff'", r":2: this line is not UTF-8; save"),
        (b"a = " + b"[" * 100_000, "is no TOML"),
        (b"Klima = 3", "no text as the description of 'Klima'"),
        (b"[tags]\nKlima = 'a'", "no text as the description of 'tags'"),
        (b"Klima = 'a'\nKLIMA = 'b'", "describes 'KLIMA' twice"),
        (b"#" * (MAX_FILE_BYTES + 1), "more than"),
    ],
)
def test_a_mistake_is_told_with_the_file(tmp_path: Path, content: bytes, message: str) -> None:
    """And with the line where there is one."""
    file = tmp_path / "tags.toml"
    file.write_bytes(content)
    with pytest.raises(BadSetting, match=rf"tags\.toml.*{message}"):
        load_descriptions(file)


def test_a_file_that_is_not_there_is_told_at_the_start(settings: Settings, tmp_path: Path) -> None:
    """And not by the first reader."""
    with pytest.raises(BadSetting, match=r"SEARCHAPP_TAG_DESCRIPTIONS: .*none\.toml cannot"):
        create_app(replace(settings, tag_descriptions=tmp_path / "none.toml"))

"""Whatever an owner's file turns out to be is told in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from searchapp.errors import BadSetting
from searchapp.owner_files import read_owner_file, read_owner_text, table_of
from searchapp.translation import N_
from tests.ordinary_user import as_ordinary_user


def test_a_text_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    """As editors on Windows write one."""
    file = tmp_path / "a.toml"
    file.write_bytes("\ufeffa = 1".encode())
    assert read_owner_text(file, 100) == "a = 1"
    assert table_of("a = 1", file, N_("write lines like: port = 8080")) == {"a": 1}


def test_nobody_waits_for_a_pipe_or_reads_a_device_for_ever(tmp_path: Path) -> None:
    """A folder is no file either."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(BadSetting, match=r"^SEARCHAPP_SITE: \S+ is no file; correct the path$"):
            read_owner_file(path, 100, named_by="SEARCHAPP_SITE")


def test_what_cannot_be_read_is_told_with_who_names_it(tmp_path: Path) -> None:
    """Without a name the path comes first."""
    with pytest.raises(BadSetting, match=r"^SEARCHAPP_SITE: \S+none cannot be read \(No such file"):
        read_owner_file(tmp_path / "none", 100, named_by="SEARCHAPP_SITE")
    (tmp_path / "secret").touch(0o000)
    with (
        as_ordinary_user(),
        pytest.raises(BadSetting, match=r"^/\S+secret cannot be read \(Permission denied\); "),
    ):
        read_owner_file(tmp_path / "secret", 100)


def test_a_file_is_bounded(tmp_path: Path) -> None:
    """In bytes; the bound itself is allowed."""
    file = tmp_path / "a"
    file.write_bytes(b"a" * 2000)
    assert len(read_owner_file(file, 2000)) == 2000
    with pytest.raises(BadSetting, match="has more than 1,999 bytes; make it smaller"):
        read_owner_file(file, 1999)


@pytest.mark.parametrize("text", ["a", "a = 1\na = 2", "a = " + "[" * 50_000])
def test_what_is_no_toml_is_told(text: str) -> None:
    """With what would be."""
    with pytest.raises(BadSetting, match=r"^a\.toml: is no TOML \(.+\); write lines like: b = 1$"):
        table_of(text, Path("a.toml"), N_("write lines like: b = 1"))

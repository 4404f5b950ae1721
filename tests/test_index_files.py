"""Files of a generation are digested, and shared with the next one where the system can."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from searchapp.engines.storage.segment_file import SegmentFileWriter
from searchapp.index_files import (
    FileDigest,
    can_link,
    file_digest,
    link_file,
    link_folder,
    paths_below,
    sync_file,
)
from tests.ordinary_user import as_ordinary_user


def refuse(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_digest_is_size_and_sha256(tmp_path: Path) -> None:
    """As any other program would find them."""
    (tmp_path / "a").write_bytes(b"Haus")
    assert file_digest(tmp_path / "a") == FileDigest(4, hashlib.sha256(b"Haus").hexdigest())


def test_a_digest_made_while_writing_is_that_of_the_file(tmp_path: Path) -> None:
    """Whatever is written, and in whatever portions."""
    with SegmentFileWriter(tmp_path / "a") as writer:
        for number in range(50):
            writer.append("s", os.urandom(number * 100))
        digest = writer.finish({"name": "ü"})
    assert digest == file_digest(tmp_path / "a")


def test_files_are_shared(tmp_path: Path) -> None:
    """One by one, or a folder of them."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"Haus")
    link_folder(tmp_path / "a", tmp_path / "b")
    link_file(tmp_path / "b" / "x", tmp_path / "y")
    assert (tmp_path / "a" / "x").samefile(tmp_path / "y")
    assert can_link(tmp_path / "y", tmp_path / "trial")
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b", "y"}


def test_files_are_copied_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on some file systems."""
    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "x").write_bytes(b"Haus")
    assert not can_link(tmp_path / "x", tmp_path / "trial")
    link_file(tmp_path / "x", tmp_path / "y")
    assert (tmp_path / "y").read_bytes() == b"Haus"
    assert not (tmp_path / "x").samefile(tmp_path / "y")


def test_a_file_that_is_not_there_cannot_be_synced(tmp_path: Path) -> None:
    """And one that is there holds what it held."""
    path = tmp_path / "segment"
    with pytest.raises(FileNotFoundError):
        sync_file(path)
    path.write_bytes(b"Haus")
    sync_file(path)
    assert path.read_bytes() == b"Haus"


def test_a_folder_that_cannot_be_read_is_not_taken_for_empty(tmp_path: Path) -> None:
    """Or a manifest would not name its files."""
    closed = tmp_path / "a" / "closed"
    closed.mkdir(parents=True)
    (closed / "file").touch()
    assert paths_below(tmp_path) == [tmp_path / "a", closed, closed / "file"]
    closed.chmod(0)
    try:
        with as_ordinary_user(), pytest.raises(PermissionError):
            paths_below(tmp_path)
    finally:
        closed.chmod(0o755)

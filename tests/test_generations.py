"""Generations: published in one step, one writer at a time, damage noticed."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from searchapp.errors import IndexDamaged, IndexLocked, NoIndex, RebuildFailed
from searchapp.generations import (
    FORMAT_VERSION,
    Generation,
    GenerationStore,
    Manifest,
    check_files,
    file_digests,
)
from tests.ordinary_user import as_ordinary_user
from tests.sources import edit_manifest

HOLD_LOCK = """
import sys, time
from pathlib import Path
from searchapp.generations import GenerationStore
with GenerationStore(Path(sys.argv[1])).lock():
    print("locked", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> GenerationStore:
    index = tmp_path / "index"
    index.mkdir()
    return GenerationStore(index)


def publish(store: GenerationStore, text: str = "x") -> Generation:
    """Publish a generation of one file, as a writer does."""
    with store.lock(), store.draft() as folder:
        (folder / "part").mkdir()
        (folder / "part" / "postings").write_text(text)
        manifest = Manifest(
            format_version=FORMAT_VERSION,
            generation=folder.name,
            engine="none",
            fingerprint="",
            articles=1,
            text_bytes=1,
            source_digest="",
            built_at="2026-01-01T00:00:00+00:00",
            build_seconds=0,
            files=file_digests(folder),
        )
        store.publish(folder, manifest)
    return store.current()


def folders(store: GenerationStore) -> list[str]:
    return sorted(path.name for path in store.index.iterdir() if path.is_dir())


def test_the_last_two_generations_are_kept(store: GenerationStore) -> None:
    """In the order in which they were published, however quickly."""
    published = [publish(store, str(n)).id for n in range(5)]
    assert published == sorted(published)
    assert folders(store) == published[-2:]
    assert store.current().id == published[-1]
    assert store.earlier()[0].id == published[-2]


def test_ids_ascend_after_the_clock_was_set_back(store: GenerationStore) -> None:
    """Their order tells which generation is the one before."""
    future = store.index / "29991231T235959Z-000000"
    future.mkdir()
    (future / "manifest.json").write_text("{}")
    with store.draft() as folder:
        assert folder.name > future.name


def test_a_draft_that_is_not_published_is_deleted(store: GenerationStore) -> None:
    """Whatever ended the work, and also when its manifest was written already."""
    served = publish(store)

    def write_and_fail() -> None:
        with store.draft() as folder:
            (folder / "manifest.json").write_text("{}")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fail()
    assert folders(store) == [served.id]


def test_leftovers_of_a_killed_writer_are_deleted_by_the_next(store: GenerationStore) -> None:
    """Folders without a manifest and half a CURRENT, but nothing that is not the index's own."""
    served = publish(store)
    (store.index / "20200101T000000Z-aaaaaa").mkdir()
    (store.index / "20200101T000000Z-bbbbbb").mkdir()
    (store.index / "20200101T000000Z-bbbbbb" / "manifest.json").write_text('{"format_ver')
    (store.index / "CURRENT.new").write_text("20200")
    (store.index / "my notes").mkdir()
    with store.lock():
        assert folders(store) == sorted([served.id, "my notes"])
        assert not (store.index / "CURRENT.new").exists()


def test_the_served_generation_is_never_taken_for_a_leftover(store: GenerationStore) -> None:
    """Not even when its manifest is damaged: its files may still be saved."""
    served = publish(store)
    (served.folder / "manifest.json").write_text("")
    with store.lock():
        assert folders(store) == [served.id]


def test_a_half_deleted_generation_is_not_complete(
    store: GenerationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that was killed while it deleted leaves nothing to roll back to by mistake."""
    oldest = publish(store)
    publish(store)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    newest = publish(store)
    assert oldest.folder.exists()
    assert [each.id for each in store.complete()] == [store.earlier()[0].id, newest.id]


def test_a_second_writer_is_told_who_holds_the_lock(store: GenerationStore) -> None:
    """The process and its start, and what to do."""
    command = [sys.executable, "-c", HOLD_LOCK, str(store.index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        assert f"process {process.pid}," in store.writer()
        with (
            pytest.raises(IndexLocked, match=rf"process {process.pid}, started 20.*; wait"),
            store.lock(),
        ):
            pass
        process.kill()
    # The text that names the dead process is still there; the lock is not.
    assert str(process.pid) in (store.index / ".lock").read_text()
    assert store.writer() == ""
    with store.lock():
        assert f"process {os.getpid()}," in store.writer()
    assert store.writer() == ""


def test_an_index_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Before any work is done."""
    (tmp_path / "file").write_text("")
    with pytest.raises(RebuildFailed, match="--index"), GenerationStore(tmp_path / "file").lock():
        pass


def test_root_writes_no_index_of_another_user(
    store: GenerationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That user could neither change nor delete it; the lock is not even made."""
    if os.geteuid() == 0:
        os.chown(store.index, 54321, -1)
        owner = "54321"
    else:
        owner = store.index.owner()
        monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(RebuildFailed, match=f"it belongs to {owner}, .*runuser -u"), store.lock():
        pass
    assert not [*store.index.iterdir()]


def test_a_lock_of_another_user_is_named(store: GenerationStore) -> None:
    """And not the folder, which may well be written to."""
    (store.index / ".lock").touch(0o444)
    with (
        as_ordinary_user(),
        pytest.raises(RebuildFailed, match=r"\.lock: cannot be written \(Permission denied\)"),
        store.lock(),
    ):
        pass


def test_no_index_is_told_with_the_command_that_builds_one(tmp_path: Path) -> None:
    """In an empty folder, and where there is none."""
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(NoIndex, match="searchapp rebuild"):
            GenerationStore(folder).current()


def test_there_is_nothing_before_the_first_generation(store: GenerationStore) -> None:
    """Rolling back is refused with what to do instead."""
    publish(store)
    with pytest.raises(NoIndex, match="there is no generation before"):
        store.earlier()[0]


@pytest.mark.parametrize(
    "content",
    [
        b"20260101T000000Z-aaaaaa abc\n",
        b"20260101T000000Z-aaaaaa\n20260101T000000Z-aaaaaa\n",
        b"",
        b"\n",
        b"../../etc",
        b"\xff\xfe\x00",
        b"20260101T000000Z-zzzzzz",
        b"x" * 10**6,
    ],
)
def test_a_damaged_current_is_refused(store: GenerationStore, content: bytes) -> None:
    """It can name nothing outside of the index folder."""
    publish(store)
    (store.index / "CURRENT").write_bytes(content)
    with pytest.raises(
        IndexDamaged,
        match="the file does not name a generation and its digest; run: searchapp rebuild",
    ):
        store.current()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"\xff"',
        b"{}",
        b'{"files": []}',
        b'{"files": {"a": 5}}',
        b'{"files": {"a": [1]}}',
        b'{"files": {"a": ["x", "y"]}}',
        b'{"files": {}, "strange": 1}',
        b"[" * 100_000,
    ],
)
def test_a_garbage_manifest_is_refused(store: GenerationStore, content: bytes) -> None:
    """With the commands that help."""
    served = publish(store)
    (served.folder / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"searchapp rebuild \(or searchapp rollback\)"):
        store.current()
    assert store.complete() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("files", {}),
        ("generation", "20200101T000000Z-aaaaaa"),
        ("articles", 2),
        ("source_digest", "other"),
        ("built_at", "2026-01-01T00:00:01+00:00"),
    ],
)
def test_an_altered_manifest_is_noticed(store: GenerationStore, name: str, value: object) -> None:
    """CURRENT vouches for it; it is not enough that it could be one."""
    served = publish(store)
    pointer = (store.index / "CURRENT").read_bytes()
    edit_manifest(served, **{name: value})
    (store.index / "CURRENT").write_bytes(pointer)
    with pytest.raises(IndexDamaged, match="the manifest has been altered; run: searchapp rebuild"):
        store.current()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format_version", "3"),
        ("articles", -1),
        ("articles", None),
        ("articles", 10**400),
        ("articles", True),
        ("text_bytes", 1.5),
        ("build_seconds", "x"),
        ("build_seconds", float("inf")),
        ("built_at", []),
        ("built_at", "yesterday"),
        ("engine", 7),
        ("files", {"part/postings": [float("inf"), "x"]}),
        ("files", {"part/postings": [-1, "x"]}),
        ("generation", "20200101T000000Z-aaaaaa"),
    ],
)
def test_an_odd_value_of_a_manifest_is_told(
    store: GenerationStore, name: str, value: object
) -> None:
    """Whoever wrote it, and if CURRENT vouches for it."""
    served = publish(store)
    edit_manifest(served, **{name: value})
    with pytest.raises(IndexDamaged, match="the manifest is not understood"):
        store.current()


def test_a_file_that_the_manifest_does_not_name_is_noticed(store: GenerationStore) -> None:
    """Or a manifest without files would vouch for anything."""
    served = publish(store)
    check_files(served)
    (served.folder / "part" / "added").touch()
    with pytest.raises(IndexDamaged, match="added: the manifest does not name the file"):
        check_files(served)


def test_an_index_of_an_earlier_format_is_still_found(store: GenerationStore) -> None:
    """A rebuild by this program may have to keep its articles."""
    served = publish(store)
    (store.index / "CURRENT").write_text(served.id + "\n")
    assert store.current() == served


def test_an_index_of_an_earlier_format_is_renewed(store: GenerationStore) -> None:
    """A new generation is published beside the old one, which stays to go back to."""
    old = publish(store)
    (store.index / "CURRENT").write_text(f"{old.id}\n")
    new = publish(store)
    assert store.current_id() == new.id
    assert [each.id for each in store.earlier()] == [old.id]


def test_a_damaged_current_leaves_all_generations_to_go_back_to(store: GenerationStore) -> None:
    """The newest first, the one that was served too."""
    published = [publish(store, str(number)) for number in range(2)]
    (store.index / "CURRENT").write_bytes(b"garbage")
    assert [each.id for each in store.earlier()] == [each.id for each in published[::-1]]
    store.serve(store.earlier()[0])
    assert store.current() == published[1]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"garbage")])
def test_publishing_over_a_damaged_current_leaves_one_to_go_back_to(
    store: GenerationStore, damage: Callable[[Path], object]
) -> None:
    """The newest that was there, which may have been served."""
    published = [publish(store, str(number)) for number in range(2)]
    damage(store.index / "CURRENT")
    newest = publish(store, "new")
    assert [each.id for each in store.complete()] == [published[1].id, newest.id]
    assert [each.id for each in store.earlier()] == [published[1].id]
    edit_manifest(published[1], articles=9)
    assert store.earlier()[0].manifest.articles == 9, "CURRENT vouches for it, too"


def test_a_missing_generation_is_refused(store: GenerationStore) -> None:
    """CURRENT names a folder that someone has deleted."""
    served = publish(store)
    (store.index / "CURRENT").write_text("20200101T000000Z-aaaaaa\n")
    with pytest.raises(IndexDamaged, match="manifest"):
        store.current()
    assert served.folder.exists()


def test_damaged_files_are_found(store: GenerationStore) -> None:
    """Missing, cut, and altered without a change of size."""
    generation = publish(store, "text")
    path = generation.folder / "part" / "postings"
    check_files(generation)
    for damaged, told in ((b"tex", "3 bytes where 4"), (b"tExt", "altered")):
        path.write_bytes(damaged)
        with pytest.raises(IndexDamaged, match=rf"postings: the file .*{told}"):
            check_files(generation)
    path.unlink()
    with pytest.raises(IndexDamaged, match="postings: the file is missing"):
        check_files(generation)


def test_the_manifest_names_every_file(store: GenerationStore) -> None:
    """With size and SHA-256, so that anyone can check an index without this program."""
    generation = publish(store, "text")
    values = json.loads((generation.folder / "manifest.json").read_text())
    digest = "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
    assert values["files"] == {"part/postings": [4, digest]}
    assert generation.manifest.size_bytes == 4


def _read_all_the_time(index: Path, seconds: float, failures: multiprocessing.Queue[str]) -> None:
    store = GenerationStore(index)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            store.current()
        except (IndexDamaged, NoIndex) as error:
            failures.put(str(error))


@pytest.mark.slow
def test_readers_always_find_a_generation_while_others_are_published(
    store: GenerationStore,
) -> None:
    """Even when the one that CURRENT named is deleted before they have read its manifest."""
    publish(store)
    context = multiprocessing.get_context("spawn")
    failures: multiprocessing.Queue[str] = context.Queue()
    reader = context.Process(target=_read_all_the_time, args=(store.index, 2.0, failures))
    reader.start()
    while reader.is_alive():
        publish(store)
    reader.join()
    assert reader.exitcode == 0
    assert failures.empty()

"""The generations of an index folder: one is served, a new one is published in one step.

    index/CURRENT                  a line for each generation that is kept, the served one first:
                                   its id and the SHA-256 of its manifest
    index/20260901T120000Z-4f2a9c/ the engine's files, the catalog and manifest.json
    index/.lock                    held by the one writer; names its process and start

Readers never wait for a writer and never see half of a generation: a folder without a manifest
is not a generation, and CURRENT is replaced only when all files of the new one are on disk.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

from searchapp.engines.base import Engine
from searchapp.errors import (
    IndexDamaged,
    IndexLocked,
    IndexOutdated,
    IndexUnreadable,
    NoIndex,
    RebuildFailed,
    not_read,
    system_reason,
)
from searchapp.index_files import FileDigest, can_link, file_digest, paths_below, sync_file
from searchapp.process_ids import is_running
from searchapp.steps import step
from searchapp.translation import N_, NO_TEXT, Message

FORMAT_VERSION = 4
"""Raise it when the layout of a generation folder changes."""
KEPT_GENERATIONS = 2
"""The served generation and the one to roll back to."""

_ID_PATTERN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
_STAMP = "%Y%m%dT%H%M%SZ"
_CURRENT, _LOCK, _MANIFEST = "CURRENT", ".lock", "manifest.json"
_LINK_TRIAL = ".link"
KEPT_RUNS = ".runs"
"""What an engine's writer keeps for the next one, in the index folder."""
_DIGEST_PATTERN = re.compile(r"[0-9a-f]{64}")
_MAX_POINTER_BYTES = 1_000
_REMEDY = N_("run: searchapp rebuild (or searchapp rollback)")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is and holds.

    engine, fingerprint: what built it, see `Engine.fingerprint`.
    articles: their number. text_bytes: UTF-8 length of all titles and bodies.
    source_digest: of the ids and contents of all articles, in the order of ids.
    built_at: ISO 8601, UTC. files: digests of all files but the manifest, by path in the folder.
    """

    format_version: int
    generation: str
    engine: str
    fingerprint: str
    articles: int
    text_bytes: int
    source_digest: str
    built_at: str
    build_seconds: float
    files: dict[str, FileDigest]

    @property
    def built_s(self) -> float:
        """`built_at` as Unix time."""
        return dt.datetime.fromisoformat(self.built_at).timestamp()

    @property
    def size_bytes(self) -> int:
        """The size of all files together."""
        return sum(each.size_bytes for each in self.files.values())


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation."""

    id: str
    folder: Path
    manifest: Manifest


class GenerationStore:
    """The index folder."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self._current = index / _CURRENT

    def current_id(self) -> str:
        """The id of the served generation. Raises NoIndex, IndexDamaged, IndexUnreadable."""
        return next(iter(self._pointer()))

    def _pointer(self) -> dict[str, str]:
        """What CURRENT holds: the digests of manifests by generation, that of the served first.

        Before format 3 it held the id of the served one alone: its digest is "".
        """
        path = self._current
        try:
            with path.open("rb") as file:
                text = file.read(_MAX_POINTER_BYTES).decode("utf-8", errors="replace")
        except FileNotFoundError:
            raise NoIndex(
                N_("there is no index here yet"),
                where=str(self.index),
                remedy=N_("build it with: searchapp rebuild"),
            ) from None
        except OSError as error:
            raise not_read(error, N_("the file"), where=path, remedy=_REMEDY) from error
        digests: dict[str, str] = {}
        for line in text.splitlines():
            name, _, digest = line.partition(" ")
            if not (_ID_PATTERN.fullmatch(name) and _DIGEST_PATTERN.fullmatch(digest)):
                if text.strip() == name and _ID_PATTERN.fullmatch(name):
                    return {name: ""}
                break
            digests[name] = digest
        else:
            if digests:
                return digests
        raise IndexDamaged(
            N_("the file does not name a generation and its digest"),
            where=str(path),
            remedy=_REMEDY,
        )

    def current(self) -> Generation:
        """The served generation. Raises NoIndex, IndexDamaged, IndexUnreadable."""
        for _ in range(3):
            generation_id = self.current_id()
            try:
                return self._load(generation_id)
            except IndexDamaged:
                # A writer may have published and cleaned up between the two reads.
                if generation_id == self.current_id():
                    raise
        return self._load(self.current_id())

    def _load(self, generation_id: str) -> Generation:
        folder = self.index / generation_id
        path = folder / _MANIFEST
        try:
            data = path.read_bytes()
        except OSError as error:
            raise not_read(error, N_("the manifest"), where=path, remedy=_REMEDY) from error
        digest = ""
        with suppress(NoIndex, IndexDamaged):
            digest = self._pointer().get(generation_id, "")
        if digest and digest != hashlib.sha256(data).hexdigest():
            raise IndexDamaged(N_("the manifest has been altered"), where=str(path), remedy=_REMEDY)
        try:
            manifest = _manifest(json.loads(data), generation_id)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise IndexDamaged(
                N_("the manifest is not understood (%(reason)s)", reason=system_reason(error)),
                where=str(path),
                remedy=_REMEDY,
            ) from error
        return Generation(generation_id, folder, manifest)

    def complete(self) -> list[Generation]:
        """All generations whose manifest is sound and can be read, oldest first."""
        found = []
        for folder in self._folders():
            with suppress(IndexDamaged, IndexUnreadable):
                found.append(self._load(folder.name))
        return found

    def _folders(self) -> list[Path]:
        """The folders that are named as generations, oldest first. Raises IndexUnreadable."""
        try:
            folders = sorted(self.index.iterdir()) if self.index.is_dir() else []
        except OSError as error:
            raise not_read(error, N_("the folder"), where=self.index, remedy=_REMEDY) from error
        return [folder for folder in folders if _ID_PATTERN.fullmatch(folder.name)]

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the one writer. Raises IndexLocked, or RebuildFailed for an unusable folder.

        The operating system drops the lock when its process ends, however it ends.
        """
        try:
            _make_folder(self.index)
            _check_owner(self.index)
            file = (self.index / _LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise RebuildFailed(
                N_("cannot be written (%(reason)s)", reason=system_reason(error)),
                where=str(error.filename or self.index),
                remedy=N_(
                    "run the command as the user whom it belongs to, or give --index a folder that "
                    "this user may write to"
                ),
            ) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise IndexLocked(
                    N_(
                        "another process is writing this index (%(writer)s)",
                        writer=_writer(file.read().strip()),
                    ),
                    where=str(self.index),
                    remedy=N_("wait until it is done, or end it"),
                ) from None
            file.truncate(0)
            started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            file.write(f"process {os.getpid()}, started {started}\n")
            file.flush()
            self._delete_leftovers()
            try:
                yield
            finally:
                file.truncate(0)

    def writer(self) -> Message:
        """What the lock says about the process that holds it, or "".

        It is read and not tried: trying it would, for a moment, keep a writer from starting.
        """
        try:
            text = (self.index / _LOCK).read_text("utf-8", errors="replace").strip()
        except OSError:
            return NO_TEXT
        # A writer that was killed leaves its name behind.
        writer = _writer(text)
        return writer if writer.values and is_running(int(str(writer.values["pid"]))) else NO_TEXT

    def _delete_leftovers(self) -> None:
        """Delete what a writer that was killed has left behind."""
        pointed: Container[str] = ()
        with suppress(NoIndex, IndexDamaged):
            pointed = self._pointer()
        for folder in self._folders():
            try:
                self._load(folder.name)
            except IndexUnreadable:
                continue  # It may be whole.
            except IndexDamaged:
                if folder.name not in pointed:
                    _delete(folder)
        for name in (_CURRENT + ".new", _LINK_TRIAL, KEPT_RUNS + ".new"):
            (self.index / name).unlink(missing_ok=True)

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A new folder, named by a new id, that is deleted unless it has been published."""
        folder = self.index / self._new_id()
        folder.mkdir()
        try:
            yield folder
        finally:
            published = False
            with suppress(NoIndex, IndexDamaged):
                published = self.current_id() == folder.name
            if not published:
                _delete(folder)

    def _new_id(self) -> str:
        """Ids ascend, also within one second and after the clock was set back."""
        stamp = dt.datetime.now(dt.UTC).replace(microsecond=0)
        for folder in self._folders():
            with suppress(ValueError, OverflowError):
                taken = dt.datetime.strptime(folder.name[:16], _STAMP).replace(tzinfo=dt.UTC)
                stamp = max(stamp, taken + dt.timedelta(seconds=1))
        return f"{stamp.strftime(_STAMP)}-{secrets.token_hex(3)}"

    def publish(self, folder: Path, manifest: Manifest) -> None:
        """Serve a draft from now on, and delete all but the last two generations."""
        try:
            others = self._pointer()
        except (NoIndex, IndexDamaged):
            # Which one was served is not known: the newest may be it, and is sound.
            others = {each.id: self._digest(each.id) for each in reversed(self.complete())}
        _sync_tree(folder)
        step("files synced")
        _write_durably(folder / _MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
        step("manifest written")
        kept = {folder.name: self._digest(folder.name)}
        kept |= islice(others.items(), KEPT_GENERATIONS - 1)
        self._point_to(kept)
        for generation in self.complete():
            if generation.id not in kept:
                _delete(generation.folder)

    def earlier(self) -> list[Generation]:
        """The generations to go back to, newest first.

        They are those before the served one, or all where CURRENT does not say which that is.
        Raises NoIndex if there are none, and IndexUnreadable.
        """
        served = ""
        with suppress(IndexDamaged):
            served = self.current_id()
        older = []
        for folder in self._folders():
            if not served or folder.name < served:
                with suppress(IndexDamaged):
                    older.append(self._load(folder.name))
        if not older:
            raise NoIndex(
                N_("there is no generation before %(served)s", served=served)
                if served
                else N_("there is no generation"),
                where=str(self.index),
                remedy=N_("build a new one with: searchapp rebuild"),
            )
        return older[::-1]

    def serve(self, generation: Generation) -> None:
        """Serve a complete generation from now on, in one step."""
        others: dict[str, str] = {}
        with suppress(NoIndex, IndexDamaged):
            others = self._pointer()
        self._point_to({generation.id: self._digest(generation.id)} | others)

    def _digest(self, generation_id: str) -> str:
        """That of a manifest, as CURRENT has it."""
        data = (self.index / generation_id / _MANIFEST).read_bytes()
        return hashlib.sha256(data).hexdigest()

    def _point_to(self, digests: Mapping[str, str]) -> None:
        draft = self.index / (_CURRENT + ".new")
        # That of a generation which was published before there were digests is not known.
        lines = [f"{name} {digest}\n" for name, digest in digests.items() if digest]
        _write_durably(draft, "".join(lines).encode())
        step("pointer drafted")
        draft.replace(self.index / _CURRENT)
        _sync_folder(self.index)
        step("generation served")

    def kept_bytes(self) -> int:
        """The size of what is kept for the next build; 0 if there is nothing."""
        try:
            return (self.index / KEPT_RUNS).stat().st_size
        except OSError:
            return 0

    def can_link(self) -> bool:
        """Whether generations can share files by hard links. Raises OSError."""
        return can_link(self.index / _CURRENT, self.index / _LINK_TRIAL)


def _manifest(values: dict[str, Any], generation_id: str) -> Manifest:
    """The manifest of a generation. Raises ValueError, TypeError, LookupError, AttributeError."""
    files = {name: FileDigest(size, sha256) for name, (size, sha256) in values["files"].items()}
    manifest = Manifest(**{**values, "files": files})
    numbers = [manifest.format_version, manifest.articles, manifest.text_bytes]
    numbers += [digest.size_bytes for digest in files.values()]
    if any(type(number) is not int or not 0 <= number < 2**63 for number in numbers):
        raise ValueError(N_("a number is not a count"))
    if not (type(manifest.build_seconds) in (int, float) and isfinite(manifest.build_seconds)):
        raise ValueError(N_("its time is no number"))
    texts = [manifest.engine, manifest.fingerprint, manifest.source_digest]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(N_("a text is none"))
    if manifest.generation != generation_id:
        raise ValueError(N_("it is of the generation %(id)r", id=manifest.generation))
    dt.datetime.fromisoformat(manifest.built_at)
    return manifest


def _writer(text: str) -> Message:
    """What the lock says about a process, which `writing` has written there."""
    match = re.fullmatch(r"process (\d{1,9}), started (.{1,60})", text)
    if match is None:
        return Message(text)
    return N_("process %(pid)s, started %(moment)s", pid=match[1], moment=match[2])


def open_current(store: GenerationStore, engine: Engine) -> Generation:
    """The served generation, checked to be one that this code can answer from.

    Raises NoIndex, IndexDamaged, IndexUnreadable, IndexOutdated.
    """
    generation = store.current()
    check_usable(generation, engine)
    return generation


def check_usable(generation: Generation, engine: Engine) -> None:
    """Raise IndexOutdated unless this engine of this program can answer from a generation."""
    manifest = generation.manifest
    if manifest.format_version != FORMAT_VERSION or manifest.engine != engine.name:
        what = N_(
            "the index was built by engine %(engine)r in another format", engine=manifest.engine
        )
    elif manifest.fingerprint != engine.fingerprint():
        what = N_(
            "the index was built with other analysis (%(fingerprint)s) than this "
            "program's (%(ours)s)",
            fingerprint=manifest.fingerprint,
            ours=engine.fingerprint(),
        )
    else:
        return
    raise IndexOutdated(what, where=str(generation.folder), remedy=N_("run: searchapp rebuild"))


def file_digests(
    folder: Path, *, known: Mapping[str, FileDigest] | None = None, base: Generation | None = None
) -> dict[str, FileDigest]:
    """The digests of all files below a folder but the manifest, by relative path.

    known: of files that were digested while they were written. base: a generation that the
    folder shares files with. Only the other files are read. Raises OSError.
    """
    digests = dict(known or {})
    # A shared file keeps the digest that it was first written with. What is damaged in it by now
    # is then found in this generation as in the base: damage never gets a digest of its own.
    shared = {}
    if base is not None:
        for name, digest in base.manifest.files.items():
            shared[_identity(base.folder / name)] = digest
    for path in paths_below(folder):
        name = path.relative_to(folder).as_posix()
        if name not in digests and name != _MANIFEST and path.is_file():
            digests[name] = shared.get(_identity(path)) or file_digest(path)
    step("files digested")
    return digests


def _identity(path: Path) -> tuple[int, int]:
    """Equal for hard links of one file, and only for these."""
    stat = path.stat()
    return stat.st_dev, stat.st_ino


def check_files(generation: Generation, *, reading: Container[str] | None = None) -> None:
    """Compare the files of a generation with its manifest. Raises IndexDamaged, IndexUnreadable.

    reading: the files whose contents are compared, by path in the folder; None for all. Of the
    others only the sizes are compared.
    """

    def damaged(what: Message, path: Path) -> IndexDamaged:
        return IndexDamaged(what, where=str(path), remedy=_REMEDY)

    files = generation.manifest.files
    try:
        paths = paths_below(generation.folder)
    except FileNotFoundError:
        paths = []  # The first file that is missing is told.
    except OSError as error:
        where = error.filename or generation.folder
        raise not_read(error, N_("the folder"), where=where, remedy=_REMEDY) from error
    for path in paths:
        name = path.relative_to(generation.folder).as_posix()
        if name != _MANIFEST and name not in files and not path.is_dir():
            raise damaged(N_("the manifest does not name the file"), path)
    for name, expected in files.items():
        path = generation.folder / name
        try:
            size_bytes = path.stat().st_size
            is_read = size_bytes == expected.size_bytes and (reading is None or name in reading)
            is_altered = is_read and file_digest(path) != expected
        except FileNotFoundError:
            raise damaged(N_("the file is missing"), path) from None
        except OSError as error:
            raise not_read(error, N_("the file"), where=path, remedy=_REMEDY) from error
        if size_bytes != expected.size_bytes:
            what = N_(
                "the file has %(size_bytes)s bytes where %(expected)s were written",
                size_bytes=size_bytes,
                expected=expected.size_bytes,
            )
            raise damaged(what, path)
        if is_altered:
            raise damaged(N_("the file has been altered"), path)
    step("generation checked")


def _delete(folder: Path) -> None:
    """Delete a generation; its manifest first, so that no half of one passes for a whole."""
    (folder / _MANIFEST).unlink(missing_ok=True)
    step("manifest of an old generation deleted")
    shutil.rmtree(folder, ignore_errors=True)
    step("old generation deleted")


def _check_owner(index: Path) -> None:
    """Keep root from writing what the user of the index could not change. Raises RebuildFailed.

    Nobody would notice it until that user's next update, which would fail, and so would all others.
    Raises OSError, too.
    """
    owner = index.stat().st_uid
    if os.geteuid() or not owner:
        return
    user = str(owner)
    with suppress(KeyError):
        user = pwd.getpwuid(owner).pw_name
    raise RebuildFailed(
        N_("it belongs to %(user)s, who could not change what root writes there", user=user),
        where=str(index),
        remedy=N_("run the command as that user: runuser -u %(user)s -- searchapp …", user=user),
    )


def _make_folder(folder: Path) -> None:
    """Make a folder, with those that it is in, so that it outlasts a crash; it may be there."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_tree(folder: Path) -> None:
    """Have the operating system write all files and folders below to the disk."""
    for path in paths_below(folder):
        if path.is_dir():
            _sync_folder(path)
        else:
            sync_file(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

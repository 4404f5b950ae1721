"""The generations of an index folder: one is served, a new one is published in one step.

    index/CURRENT                  one line: the served generation
    index/20260901T120000Z-4f2a9c/ the engine's files, the catalog and manifest.json
    index/.lock                    held by the one writer; names its process and start

Readers never wait for a writer and never see half of a generation: a folder without a manifest
is not a generation, and CURRENT is replaced only when all files of the new one are on disk.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from searchapp.engines.base import Engine
from searchapp.errors import IndexDamaged, IndexLocked, IndexOutdated, NoIndex, RebuildFailed
from searchapp.index_files import FileDigest, can_link, file_digest
from searchapp.steps import step

FORMAT_VERSION = 2
"""Raise it when the layout of a generation folder changes."""
KEPT_GENERATIONS = 2
"""The served generation and the one to roll back to."""

_ID_PATTERN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
_STAMP = "%Y%m%dT%H%M%SZ"
_CURRENT, _LOCK, _MANIFEST = "CURRENT", ".lock", "manifest.json"
_LINK_TRIAL = ".link"


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

    def current_id(self) -> str:
        """The id of the served generation. Raises NoIndex, IndexDamaged."""
        try:
            text = (self.index / _CURRENT).read_text("utf-8", errors="replace").strip()
        except FileNotFoundError:
            raise NoIndex(
                "there is no index here yet",
                where=str(self.index),
                remedy="build it with: searchapp rebuild",
            ) from None
        except OSError as error:
            raise IndexDamaged(
                f"the file cannot be read ({error.strerror})",
                where=str(self.index / _CURRENT),
                remedy="check its permissions",
            ) from error
        if not _ID_PATTERN.fullmatch(text):
            raise IndexDamaged(
                "the file does not name a generation",
                where=str(self.index / _CURRENT),
                remedy="run: searchapp rebuild",
            )
        return text

    def current(self) -> Generation:
        """The served generation. Raises NoIndex, IndexDamaged."""
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
            values = json.loads(path.read_bytes())
            values["files"] = {
                name: FileDigest(int(size), str(sha256))
                for name, (size, sha256) in values["files"].items()
            }
            manifest = Manifest(**values)
        except (
            OSError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
        ) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise IndexDamaged(
                f"the manifest cannot be read ({reason})",
                where=str(path),
                remedy="run: searchapp rebuild (or searchapp rollback)",
            ) from error
        return Generation(generation_id, folder, manifest)

    def complete(self) -> list[Generation]:
        """All generations that have a readable manifest, oldest first."""
        found = []
        for folder in sorted(self.index.iterdir()) if self.index.is_dir() else []:
            if _ID_PATTERN.fullmatch(folder.name):
                with suppress(IndexDamaged):
                    found.append(self._load(folder.name))
        return found

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the one writer. Raises IndexLocked, or RebuildFailed for an unusable folder.

        The operating system drops the lock when its process ends, however it ends.
        """
        try:
            self.index.mkdir(parents=True, exist_ok=True)
            file = (self.index / _LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise RebuildFailed(
                f"cannot be written ({error.strerror})",
                where=str(self.index),
                remedy="give --index a folder that this user may write to",
            ) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise IndexLocked(
                    f"another process is writing this index ({file.read().strip()})",
                    where=str(self.index),
                    remedy="wait until it is done, or end it",
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

    def writer(self) -> str:
        """What the lock says about the process that holds it, or "".

        It is read and not tried: trying it would, for a moment, keep a writer from starting.
        """
        try:
            text = (self.index / _LOCK).read_text("utf-8", errors="replace").strip()
        except OSError:
            return ""
        # A writer that was killed leaves its name behind.
        match = re.match(r"process (\d{1,9}),", text)
        return text if match and _is_running(int(match[1])) else ""

    def _delete_leftovers(self) -> None:
        """Delete what a writer that was killed has left behind."""
        complete = {generation.id for generation in self.complete()}
        served = None
        with suppress(NoIndex, IndexDamaged):
            served = self.current_id()
        for folder in self.index.iterdir():
            is_generation = _ID_PATTERN.fullmatch(folder.name) is not None
            if is_generation and folder.name not in complete and folder.name != served:
                _delete(folder)
        for name in (_CURRENT + ".new", _LINK_TRIAL):
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
        for folder in self.index.iterdir():
            if _ID_PATTERN.fullmatch(folder.name):
                with suppress(ValueError, OverflowError):
                    taken = dt.datetime.strptime(folder.name[:16], _STAMP).replace(tzinfo=dt.UTC)
                    stamp = max(stamp, taken + dt.timedelta(seconds=1))
        return f"{stamp.strftime(_STAMP)}-{secrets.token_hex(3)}"

    def publish(self, folder: Path, manifest: Manifest) -> None:
        """Serve a draft from now on, and delete all but the last two generations."""
        previous = None
        with suppress(NoIndex, IndexDamaged):
            previous = self.current_id()
        _sync_tree(folder)
        step("files synced")
        _write_durably(folder / _MANIFEST, json.dumps(asdict(manifest), indent=1))
        step("manifest written")
        self.serve(folder.name)
        kept = {folder.name, previous}
        for generation in self.complete():
            if generation.id not in kept:
                _delete(generation.folder)

    def previous(self) -> Generation:
        """The generation before the served one. Raises NoIndex, IndexDamaged."""
        served = self.current_id()
        older = [generation for generation in self.complete() if generation.id < served]
        if not older:
            raise NoIndex(
                f"there is no generation before {served}",
                where=str(self.index),
                remedy="build a new one with: searchapp rebuild",
            )
        return older[-1]

    def serve(self, generation_id: str) -> None:
        """Serve a complete generation from now on, in one step."""
        draft = self.index / (_CURRENT + ".new")
        _write_durably(draft, generation_id + "\n")
        step("pointer drafted")
        draft.replace(self.index / _CURRENT)
        _sync_folder(self.index)
        step("generation served")

    def can_link(self) -> bool:
        """Whether generations can share files by hard links. Raises OSError."""
        return can_link(self.index / _CURRENT, self.index / _LINK_TRIAL)


def open_current(store: GenerationStore, engine: Engine) -> Generation:
    """The served generation, checked to be one that this code can answer from.

    Raises NoIndex, IndexDamaged, IndexOutdated.
    """
    generation = store.current()
    check_usable(generation, engine)
    return generation


def check_usable(generation: Generation, engine: Engine) -> None:
    """Raise IndexOutdated unless this engine of this program can answer from a generation."""
    manifest = generation.manifest
    if manifest.format_version != FORMAT_VERSION or manifest.engine != engine.name:
        what = f"the index was built by engine {manifest.engine!r} in another format"
    elif manifest.fingerprint != engine.fingerprint():
        what = (
            f"the index was built with other analysis ({manifest.fingerprint})"
            f" than this program's ({engine.fingerprint()})"
        )
    else:
        return
    raise IndexOutdated(what, where=str(generation.folder), remedy="run: searchapp rebuild")


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    return True


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
    for path in sorted(folder.rglob("*")):
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
    """Compare the files of a generation with its manifest. Raises IndexDamaged.

    reading: the files whose contents are compared, by path in the folder; None for all. Of the
    others only the sizes are compared.
    """
    remedy = "run: searchapp rebuild (or searchapp rollback)"
    for name, expected in generation.manifest.files.items():
        path = generation.folder / name
        try:
            size_bytes = path.stat().st_size
            is_read = size_bytes == expected.size_bytes and (reading is None or name in reading)
            is_altered = is_read and file_digest(path) != expected
        except FileNotFoundError:
            raise IndexDamaged("the file is missing", where=str(path), remedy=remedy) from None
        except OSError as error:
            what = f"the file cannot be read ({error.strerror})"
            raise IndexDamaged(what, where=str(path), remedy=remedy) from error
        if size_bytes != expected.size_bytes:
            what = f"the file has {size_bytes} bytes where {expected.size_bytes} were written"
            raise IndexDamaged(what, where=str(path), remedy=remedy)
        if is_altered:
            raise IndexDamaged("the file has been altered", where=str(path), remedy=remedy)
    step("generation checked")


def _delete(folder: Path) -> None:
    """Delete a generation; its manifest first, so that no half of one passes for a whole."""
    (folder / _MANIFEST).unlink(missing_ok=True)
    step("manifest of an old generation deleted")
    shutil.rmtree(folder, ignore_errors=True)
    step("old generation deleted")


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_tree(folder: Path) -> None:
    """Have the operating system write all files and folders below to the disk."""
    for path in folder.rglob("*"):
        if path.is_dir():
            _sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

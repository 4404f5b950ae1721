"""The folder that pages are stored in: the files, and what has been asked and is still to be.

Of each address a row in a hidden SQLite file tells whether it waits; what the server said of a
stored page stands in a file beside it (`searchapp.corpus.page_origin`). All is written in an order
in which a process that is killed loses at most the page that it was about to store.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from searchapp.corpus.page_origin import PageOrigin, origin_path, page_origin
from searchapp.errors import FetchFailed, system_reason
from searchapp.translation import N_
from searchapp.website.page_address import origin_of, readable, target_of

_STATE = ".fetch.sqlite"
_LOCK = ".fetch.lock"
_MAX_NAME_BYTES = 120
_UNSAFE = re.compile(r"[\\:*?\"<>|\s]+")
_PAGE_SUFFIX = re.compile(r"\.(?:html?|xhtml|php\d?|aspx?|jsp|pdf|docx|odt|epub)$", re.IGNORECASE)

# run: the latest in which the address was asked. hops: redirects that led here. failed: it gave no
# page when it was asked last, but might. file: below the folder. gone: since when (ISO date).
# leads_to: what it redirects to, or names as its canonical address. same_as: the address of the
# page that says the same, whose file is kept.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS page (
    number INTEGER PRIMARY KEY, url TEXT UNIQUE NOT NULL, host TEXT NOT NULL, depth INTEGER,
    hops INTEGER DEFAULT 0, waiting INTEGER DEFAULT 1, run INTEGER DEFAULT 0,
    failed INTEGER DEFAULT 0, file TEXT UNIQUE COLLATE NOCASE, digest TEXT, gone TEXT,
    leads_to TEXT, same_as TEXT);
CREATE INDEX IF NOT EXISTS waiting ON page (depth, number) WHERE waiting;
CREATE INDEX IF NOT EXISTS digest ON page (digest) WHERE file IS NOT NULL;
CREATE TABLE IF NOT EXISTS run (host TEXT PRIMARY KEY, number INTEGER);
"""


@dataclass(frozen=True)
class StoredPage:
    """A row. file: the whole path of the page, or None where none is stored."""

    url: str
    host: str
    depth: int
    hops: int
    file: Path | None
    digest: str | None
    gone: str | None
    leads_to: str | None
    same_as: str | None


class PageStore:
    """The pages of a folder, for the one process that has it open."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        """See `open_store`."""
        self._folder = folder
        self._db = database
        self._db.executescript(_SCHEMA)

    def begin(self, host: str) -> bool:
        """Begin to ask a host; returns whether a fetch goes on that was broken off.

        Otherwise all pages that are stored wait to be asked again; what has failed does anyhow.
        """
        is_broken = self._db.execute(
            "SELECT 1 FROM page WHERE waiting AND host = ? LIMIT 1", (host,)
        ).fetchone()
        with self._transaction():
            self._db.execute("UPDATE page SET waiting = 1 WHERE failed AND host = ?", (host,))
            if is_broken:
                return True
            self._db.execute(
                "INSERT INTO run VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1",
                (host,),
            )
            self._db.execute(
                "UPDATE page SET waiting = 1 WHERE host = ? AND file IS NOT NULL", (host,)
            )
        return False

    def add(self, urls: Iterable[str], *, depth: int, hops: int = 0) -> None:
        """Have addresses asked, unless they wait already or have been asked in this run.

        depth: clicks from where the fetch began; the smallest that is told counts.
        """
        with self._transaction():
            self._db.executemany(
                "INSERT INTO page (url, host, depth, hops) VALUES (?1, ?2, ?3, ?4)"
                " ON CONFLICT (url) DO UPDATE SET depth = min(depth, ?3), hops = ?4, waiting ="
                " waiting OR run < (SELECT number FROM run WHERE run.host = page.host)",
                ((url, origin_of(url).netloc, depth, hops) for url in urls),
            )

    def next(self, hosts: Iterable[str]) -> StoredPage | None:
        """The next address of these hosts that waits, of those with the fewest clicks."""
        names = tuple(hosts)
        marks = ",".join("?" * len(names))
        return self._one(f"waiting AND host IN ({marks}) ORDER BY depth, number LIMIT 1", *names)

    def counts(self, hosts: Iterable[str]) -> tuple[int, int]:
        """How many addresses of these hosts wait, and how many pages of them are stored."""
        names = tuple(hosts)
        marks = ",".join("?" * len(names))
        row = self._db.execute(
            f"SELECT total(waiting), count(file) FROM page WHERE host IN ({marks})", names
        ).fetchone()
        return int(row[0]), int(row[1])

    def page(self, url: str) -> StoredPage | None:
        """The row of an address."""
        return self._one("url = ?", url)

    def done(self, page: StoredPage, *, failed: bool = False, **values: str | None) -> None:
        """An address was asked, and this is what changes in its row."""
        row = {"waiting": 0, "failed": failed, **values}
        assignments = ", ".join(f"{name} = :{name}" for name in row)
        self._db.execute(
            f"UPDATE page SET {assignments}, run = (SELECT number FROM run WHERE host = page.host)"
            " WHERE url = :url",
            {**row, "url": page.url},
        )

    def origin(self, page: StoredPage) -> PageOrigin | None:
        """What the server said of a page, if its file is there as it was stored."""
        if page.file is None:
            return None
        origin = page_origin(page.file)
        if origin is None or origin.url != page.url:
            return None
        try:
            is_as_stored = hashlib.sha256(page.file.read_bytes()).hexdigest() == origin.digest
        except OSError:
            return None
        return origin if is_as_stored else None

    def save(self, page: StoredPage, body: bytes, suffix: str, headers: dict[str, str]) -> str:
        """Store a page; returns "new", "changed" or "unchanged".

        suffix: of the file's name, as ".html". headers: the fields of `PageOrigin` that the server
        told. Raises OSError.
        """
        digest = hashlib.sha256(body).hexdigest()
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        origin = PageOrigin(page.url, now, digest, **headers)
        known = self.origin(page)
        if known is not None and known.digest == digest:
            origin = dataclasses.replace(origin, fetched=known.fetched)
        file = page.file
        if file is None or file.suffix != suffix:
            if file is not None:
                self._delete_files(file)
            file = self._free_path(page.url, suffix)
        # First what tells whose page it is: a page without that is another's, whose name is taken.
        _write(origin_path(file), json.dumps(dataclasses.asdict(origin), indent=1).encode())
        if known is None or known.digest != digest or file != page.file:
            _write(file, body)
        name = file.relative_to(self._folder).as_posix()
        self.done(page, file=name, digest=digest, gone=None, leads_to=None, same_as=None)
        if page.file is None:
            return "new"
        return "unchanged" if known is not None and known.digest == digest else "changed"

    def drop(self, page: StoredPage, *, same_as: str | None) -> None:
        """Delete a page's files: for the sake of one that says the same, or for good."""
        if page.file is not None:
            self._delete_files(page.file)
        if same_as is None:
            self._db.execute("DELETE FROM page WHERE url = ?", (page.url,))
        else:
            self._db.execute(
                "UPDATE page SET file = NULL, same_as = ? WHERE url = ?", (same_as, page.url)
            )

    def stored(self, hosts: Iterable[str], condition: str) -> Iterator[StoredPage]:
        """The stored pages of these hosts for which a condition of SQL holds.

        Those come first that lead nowhere else, and of these the ones with short addresses, which
        have no parameters that mean nothing.
        """
        names = tuple(hosts)
        marks = ",".join("?" * len(names))
        urls = self._db.execute(
            f"SELECT url FROM page WHERE file IS NOT NULL AND host IN ({marks}) AND {condition}"
            " ORDER BY leads_to IS NOT NULL, length(url), url",
            names,
        ).fetchall()
        for (url,) in urls:
            page = self.page(url)
            if page is not None and page.file is not None:
                yield page

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _one(self, condition: str, *values: str) -> StoredPage | None:
        row = self._db.execute(
            "SELECT url, host, depth, hops, file, digest, gone, leads_to, same_as FROM page"
            f" WHERE {condition}",
            values,
        ).fetchone()
        if row is None:
            return None
        url, host, depth, hops, file, *rest = row
        return StoredPage(url, host, depth, hops, self._folder / file if file else None, *rest)

    def _free_path(self, url: str, suffix: str) -> Path:
        """Where a new page goes; its name gets a mark if another page or file has it.

        Names that differ in case only count as the same, as they are to some file systems.
        """
        name = file_name(url)
        path = self._folder / f"{name}{suffix}"
        is_taken = self._db.execute(
            "SELECT 1 FROM page WHERE file = ? AND url != ?", (name + suffix, url)
        ).fetchone()
        if path.exists():
            origin = page_origin(path)
            is_taken = is_taken or origin is None or origin.url != url
        mark = hashlib.sha256(url.encode()).hexdigest()[:8]
        return self._folder / f"{name}~{mark}{suffix}" if is_taken else path

    def _delete_files(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        origin_path(file).unlink(missing_ok=True)
        for folder in file.parents:
            if folder == self._folder:
                return
            try:
                folder.rmdir()
            except OSError:
                return  # It holds others.


@contextmanager
def open_store(folder: Path) -> Iterator[PageStore]:
    """Open the folder, which is made if it is not there. Raises FetchFailed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with closing(sqlite3.connect(folder / _STATE, isolation_level=None)) as database:
                database.execute("PRAGMA journal_mode = TRUNCATE")
                database.execute("PRAGMA synchronous = NORMAL")
                yield PageStore(folder, database)
    except BlockingIOError:
        raise FetchFailed(
            N_("another process is fetching into this folder"),
            where=str(folder),
            remedy=N_("wait until it is done, or end it"),
        ) from None
    except sqlite3.DatabaseError as error:
        raise FetchFailed(
            N_("cannot be used (%(error)s)", error=error),
            where=str(folder / _STATE),
            remedy=N_("check disk space, or move it away: the pages are then fetched anew"),
        ) from error
    except OSError as error:
        raise FetchFailed(
            N_("cannot be written (%(reason)s)", reason=system_reason(error)),
            where=str(error.filename or folder),
            remedy=N_("check disk space and permissions; what was stored is kept"),
        ) from error


def file_name(url: str) -> str:
    """The path of a page's file below the folder, without its suffix: host and path.

    Nothing in it is hidden, leads upwards or is longer than file systems allow; a query is part of
    the last name. Two addresses may have the same.
    """
    path, _, query = target_of(url).partition("?")
    *folders, last = path.split("/")[1:]
    last = _PAGE_SUFFIX.sub("", last) or "index"
    names = [_segment(part) for part in folders if part]
    # No folder has the name of a file.
    names = [f"{name}_" if _PAGE_SUFFIX.search(name) else name for name in names]
    host = origin_of(url).netloc.replace(":", "_")
    return "/".join((host, *names, _segment(f"{last}?{query}" if query else last)))


def _segment(part: str) -> str:
    name = _UNSAFE.sub("_", readable(part).replace("/", "_")).strip("_") or "_"
    if name.startswith("."):
        name = "_" + name[1:]
    raw = name.encode()
    if len(raw) > _MAX_NAME_BYTES:
        digest = hashlib.sha256(part.encode()).hexdigest()[:8]
        name = raw[: _MAX_NAME_BYTES - 9].decode("utf-8", "ignore") + "~" + digest
    return name


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(".fetch.part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

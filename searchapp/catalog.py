"""The catalog of a generation: which file each article came from, and what it held then.

An SQLite file beside the engine's files. It finds ids that occur twice while the corpus is read,
and tells `update` what has changed since the generation was built.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from pathlib import Path

from searchapp.corpus.files import printable_path
from searchapp.model import Article
from searchapp.steps import step

# run: the last reading of the corpus in which the row was met.
# skipped: the file was not opened in that run; its articles are as they were.
# clean: nothing was reported of the file, and it was not being written at the time.
_SCHEMA = """
CREATE TABLE file (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, clean INTEGER,
                   skipped INTEGER, run INTEGER) WITHOUT ROWID;
CREATE TABLE article (id TEXT PRIMARY KEY, digest BLOB, path TEXT, origin TEXT,
                      text_bytes INTEGER, run INTEGER) WITHOUT ROWID;
CREATE TABLE tag (value TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TABLE latest (run INTEGER);
INSERT INTO latest VALUES (0);
"""


_SETTLED_NS = 2 * 10**9
"""The coarsest clock of a file system: a file that changed so short a time ago may change once
more without a new time."""


class Verdict(Enum):
    """What an article that was read is, compared with what the catalog holds."""

    NEW = auto()
    CHANGED = auto()
    UNCHANGED = auto()
    DUPLICATE = auto()


class Catalog:
    """The catalog of the generation that is being written.

    `begin_file` is called for each file in the order of reading, `record` for each article.
    """

    def __init__(self, path: Path, *, base: Path | None = None) -> None:
        """Create the catalog at `path`, from a copy of the catalog `base` if one is given.

        Raises OSError or sqlite3.Error, as all methods do when the disk is full.
        """
        self._tags: Counter[str] = Counter()
        if base is not None:
            shutil.copyfile(base, path)
        self._db = sqlite3.connect(path, isolation_level=None)
        # An unfinished catalog is thrown away with its folder: no journal is needed.
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        if base is None:
            self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._db.execute("UPDATE latest SET run = run + 1")
        self._run: int = self._db.execute("SELECT run FROM latest").fetchone()[0]

    def begin_file(self, path: Path) -> bool:
        """Note that the reading has come to this file. True if it need not be opened.

        A file is read again if its size or time has changed, if something in it was reported
        last time, or if an earlier file has just taken over one of its articles.
        """
        try:
            stat = path.stat()
            size, mtime_ns = stat.st_size, stat.st_mtime_ns
            settled = mtime_ns < time.time_ns() - _SETTLED_NS
        except OSError:
            size, mtime_ns, settled = -1, -1, False
        row = self._db.execute(
            "SELECT size, mtime_ns, clean FROM file WHERE path = ?", (_key(path),)
        ).fetchone()
        skipped: bool = row == (size, mtime_ns, True)
        self._db.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)",
            (_key(path), size, mtime_ns, settled, skipped, self._run),
        )
        step("file begun")
        return skipped

    def report(self, path: Path) -> None:
        """Note that something in a file was reported: it will be read again next time."""
        self._db.execute("UPDATE file SET clean = 0 WHERE path = ?", (_key(path),))

    def distrust_files(self) -> None:
        """Have every file read again next time, because this reading was not complete."""
        self._db.execute("UPDATE file SET clean = 0")

    def record(self, article: Article) -> tuple[Verdict, str]:
        """Enter an article. Returns what it is, and for a duplicate the origin of the first.

        Of two articles with one id the one that is read first counts, whatever the catalog
        held before, so that an update ends like a rebuild.
        """
        path = _key(file_of(article.origin))
        digest = _digest(article)
        row = self._db.execute(
            "SELECT article.digest, article.path, article.origin, article.run = ?1"
            " OR (file.run = ?1 AND file.skipped)"
            " FROM article LEFT JOIN file ON file.path = article.path WHERE article.id = ?2",
            (self._run, article.id),
        ).fetchone()
        if row is not None and row[3]:
            self.report(file_of(article.origin))
            return Verdict.DUPLICATE, row[2]
        if row is not None and row[1] != path:
            self._db.execute("UPDATE file SET clean = 0 WHERE path = ?", (row[1],))
        text_bytes = len(article.title.encode()) + len(article.body.encode())
        self._db.execute(
            "INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?, ?)",
            (article.id, digest, path, article.origin, text_bytes, self._run),
        )
        step("article recorded")
        if row is None:
            return Verdict.NEW, ""
        return (Verdict.UNCHANGED if row[0] == digest else Verdict.CHANGED), ""

    def remove_gone(self) -> list[str]:
        """Remove the articles that were not met in this run. Returns their ids."""
        gone = [
            row[0]
            for row in self._db.execute(
                "SELECT article.id FROM article LEFT JOIN file ON file.path = article.path"
                " WHERE article.run < ?1"
                " AND NOT (coalesce(file.run, 0) = ?1 AND file.skipped)",
                (self._run,),
            )
        ]
        self._db.executemany("DELETE FROM article WHERE id = ?", ((each,) for each in gone))
        self._db.execute("DELETE FROM file WHERE run < ?", (self._run,))
        step("vanished articles removed")
        return gone

    def count_tags(self, tags: Iterable[str]) -> None:
        """Count the tags of an article, for the tag splitter of the next update."""
        self._tags.update(tags)

    def known_tags(self) -> dict[str, int]:
        """How many articles had each tag when they were last read."""
        return dict(self._db.execute("SELECT value, count FROM tag"))

    def totals(self) -> tuple[int, int]:
        """Number of articles, and UTF-8 length of their titles and bodies."""
        count, text_bytes = self._db.execute(
            "SELECT count(*), coalesce(sum(text_bytes), 0) FROM article"
        ).fetchone()
        return count, text_bytes

    def source_digest(self) -> str:
        """A digest of all ids and contents; equal for equal corpora."""
        total = hashlib.blake2b(digest_size=16)
        for article_id, digest in self._rows("SELECT id, digest FROM article ORDER BY id"):
            total.update(str(article_id).encode() + b"\0" + digest)
        return total.hexdigest()

    def _rows(self, sql: str) -> Iterator[tuple[str, bytes]]:
        yield from self._db.execute(sql)

    def commit(self) -> None:
        """Write everything and close the file."""
        self._db.executemany(
            "INSERT INTO tag VALUES (?1, ?2) ON CONFLICT DO UPDATE SET count = count + ?2",
            self._tags.items(),
        )
        self._db.execute("COMMIT")
        self._db.close()
        step("catalog committed")

    def close(self) -> None:
        """Close the file without finishing it."""
        self._db.close()


def file_of(place: str) -> Path:
    """The file of a place "file" or "file:line", as articles and problems name it."""
    return Path(re.sub(r":\d+\Z", "", place))


def _key(path: Path) -> str:
    """One spelling of a path, whichever folder the command is run in.

    Printable, as paths are in the origin of an article.
    """
    return printable_path(path.absolute())


def _digest(article: Article) -> bytes:
    text = json.dumps(article.to_record(), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()

"""The catalog of a generation: which file each article came from, and what it held then.

An SQLite file, kept compressed beside the engine's files. It knows which ids are taken and by
whom, tells what has changed since the served generation was built, what is gone and what only
could not be looked at, and which article an id of former times means.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from searchapp.corpus.files import ArticleFile, printable_path
from searchapp.corpus.records import clean_id
from searchapp.corpus.source_folders import other_stems
from searchapp.errors import file_of, system_reason
from searchapp.former_ids import (
    CATALOG_VERSION,
    FORMER_IDS,
    pack_catalog,
    save_former_ids,
    unpack_catalog,
    version_of,
)
from searchapp.model import Article
from searchapp.steps import step
from searchapp.translation import N_, Message

# run: the last reading of the corpus in which the row was met.
# skipped: the file was not opened in that run; its articles are as they were.
# clean: nothing was reported of the file, and it was not being written at the time.
# stem: see `ArticleFile.stem`, cleaned as ids are; no two files of the sources have the same.
# alias: the id that the article would have if only the name of its file counted, or without the
# site of a WordPress export, if another.
# moved: ids that articles had in former generations.
_SCHEMA = """
CREATE TABLE file (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, clean INTEGER,
                   skipped INTEGER, run INTEGER, stem TEXT) WITHOUT ROWID;
CREATE TABLE article (id TEXT PRIMARY KEY, digest BLOB, path TEXT, origin TEXT,
                      text_bytes INTEGER, run INTEGER, alias TEXT) WITHOUT ROWID;
CREATE TABLE tag (value TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TABLE latest (run INTEGER);
INSERT INTO latest VALUES (0);
"""
_SCHEMA_SINCE_2 = f"""
CREATE TABLE moved (old TEXT PRIMARY KEY, id TEXT) WITHOUT ROWID;
CREATE INDEX file_stem ON file (stem);
CREATE INDEX article_alias ON article (alias) WHERE alias IS NOT NULL;
PRAGMA user_version = {CATALOG_VERSION};
"""
_FROM_VERSION_0 = f"""
ALTER TABLE file ADD COLUMN stem TEXT;
ALTER TABLE article ADD COLUMN alias TEXT;
{_SCHEMA_SINCE_2}
"""
# waiting: articles whose id was another file's, which may have given it up.
_TEMPORARY = """
CREATE TEMP TABLE waiting (number INTEGER PRIMARY KEY, record TEXT, origin TEXT);
CREATE TEMP TABLE gone (id TEXT PRIMARY KEY, path TEXT) WITHOUT ROWID;
"""

_IS_MET = "(article.run = :run OR (coalesce(file.run, 0) = :run AND file.skipped))"
_UNMET = f"""
    FROM article LEFT JOIN file ON file.path = article.path WHERE NOT {_IS_MET}
    AND NOT EXISTS (SELECT 1 FROM article AS met WHERE met.alias = article.id
                    AND met.path = article.path AND met.run = :run)
"""
"""Articles that were not met in this run, under another id neither."""

_CAN_ASK_EFFECTIVE = os.access in os.supports_effective_ids

_SETTLED_NS = 2 * 10**9
"""The coarsest clock of a file system: a file that changed so short a time ago may change once
more without a new time."""


class Verdict(Enum):
    """What an article that was read is, compared with what the catalog holds."""

    NEW = auto()
    CHANGED = auto()
    UNCHANGED = auto()
    DUPLICATE = auto()
    WAITING = auto()


class Recorded(NamedTuple):
    """An article that was entered. rival: of a duplicate, the place of the one that stays."""

    article: Article
    verdict: Verdict
    rival: str = ""


class Kept(NamedTuple):
    """Articles that stay as they were. where, what: the place that could not be read, and why."""

    where: str
    what: Message
    ids: list[str]


# An id of a WordPress export, which was the number alone in former generations.
_SITE_AND_NUMBER = re.compile(r"[^\s/]+(?:/[^\s/]+)*/(?P<number>[0-9]{1,18})")


class Removed(NamedTuple):
    """Articles that are in the sources no longer.

    lost: how many of them leave nothing behind; the others go on under another id.
    place: the deepest folder, or the file, in which all of them were; "" without any.
    """

    ids: list[str]
    lost: int
    place: str = ""


class Catalog:
    """The catalog of the generation that is being written.

    `begin_file` is called for each file and `record` for each article of files that were begun,
    both in the order of reading, though files may be begun long before their articles come; then
    `keep`, `waiting` and `remove_gone`, in this order.
    """

    def __init__(
        self,
        path: Path,
        *,
        base: Path | None = None,
        sources: Sequence[Path] = (),
        anew: bool = False,
    ) -> None:
        """Create the catalog at `path`, from a copy of the catalog `base` if one is given.

        sources: the folders and files that are read.
        anew: whether all files are read and all articles count as new; ids stay with the files
        that have them in `base`.
        Raises OSError or sqlite3.Error, as all methods do when the disk is full.
        """
        self._tags: Counter[str] = Counter()
        self._failed: dict[str, tuple[str, Message]] = {}
        self._anew = anew
        self._stem = ("", "")  # the path of a file, and the stem that the catalog has of it
        self._names_by_folder: dict[Path, dict[str, str]] = {}
        self._path = path
        self._draft = path.with_name(f"{path.name}.draft")
        if base is not None:
            unpack_catalog(base, self._draft)
        self._db = sqlite3.connect(self._draft, isolation_level=None)
        # An unfinished catalog is thrown away with its folder: no journal is needed.
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        if base is None:
            self._db.executescript(_SCHEMA + _SCHEMA_SINCE_2)
        elif version_of(self._db) < CATALOG_VERSION:
            self._db.executescript(_FROM_VERSION_0)
        self._db.executescript(_TEMPORARY)
        self._db.execute("BEGIN")
        if anew:
            self._db.execute("DELETE FROM tag")
        self._db.execute("UPDATE latest SET run = run + 1")
        self._run: int = self._db.execute("SELECT run FROM latest").fetchone()[0]
        self._folder = printable_path(Path.cwd())
        self._sources = {self._key(printable_path(each)): str(each) for each in sources}

    def has_articles_of(self, source: Path) -> bool:
        """Whether articles of a folder or file are served."""
        return self._has_rows("article", self._key(printable_path(source)))

    def begin_file(self, file: ArticleFile) -> ArticleFile | None:
        """Note that a file is in the sources, and whether it is read.

        Returns the file with a stem that no other file has, or None if it need not be opened. A
        file is read again if its size, time or stem has changed, if something in it was reported
        last time, or if another file has taken over one of its articles.
        """
        path = self._key(file.name)
        try:
            stat = file.path.stat()
            size, mtime_ns = stat.st_size, stat.st_mtime_ns
            settled = mtime_ns < time.time_ns() - _SETTLED_NS
        except OSError:
            size, mtime_ns, settled = -1, -1, False
        row = self._db.execute(
            "SELECT size, mtime_ns, clean, stem FROM file WHERE path = ?", (path,)
        ).fetchone()
        stem = self._free_stem(file, path, row[3] if row else None)
        skipped: bool = not self._anew and row == (size, mtime_ns, True, _clean_stem(stem))
        # One that may not be read any more is to be told, though its articles stay anyway.
        skipped = skipped and os.access(file.path, os.R_OK, effective_ids=_CAN_ASK_EFFECTIVE)
        self._db.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)",
            (path, size, mtime_ns, settled, skipped, self._run, _clean_stem(stem)),
        )
        step("file begun")
        return None if skipped else replace(file, id_stem=stem)

    def _free_stem(self, file: ArticleFile, path: str, known: str | None) -> str:
        """The stem that the file had before, or the first one that no other file has.

        So that an article keeps its id when a file comes that would be called the same.
        """
        rival = self._stem_holder(file.stem, path)
        if known == _clean_stem(file.stem) or (known is None and rival is None):
            return file.stem
        if known is not None:
            # Whichever rival it was told apart from then.
            both = (other_stems(file, is_rival_beside=beside) for beside in (True, False))
            for stem in (next(each) for each in both for _ in range(2)):
                if known == _clean_stem(stem) and self._stem_holder(stem, path) is None:
                    return stem
        if rival is None:
            return file.stem
        others = other_stems(file, is_rival_beside=self._is_beside(file, rival))
        return next(stem for stem in others if self._stem_holder(stem, path) is None)

    def _stem_holder(self, stem: str, path: str) -> str | None:
        """The other file of the sources that has a stem."""
        rows = self._db.execute(
            "SELECT path, run FROM file WHERE stem = ? AND path != ?", (_clean_stem(stem), path)
        )
        for holder, run in rows.fetchall():
            if run == self._run or self._may_be_met(holder):
                return str(holder)
        return None

    def _is_beside(self, file: ArticleFile, rival: str) -> bool:
        source = self._key(printable_path(file.source or file.path.parent))
        return _is_below(rival, source)

    def _may_be_met(self, path: str) -> bool:
        """Whether a file is in the sources as far as one can tell without reading all folders."""
        if any(_is_below(path, source) for source in self._sources):
            return not self._is_absent(path)
        return False

    def _is_absent(self, path: str) -> bool:
        """Whether the system says that a file is not there, and not only that it cannot look."""
        try:
            self._look_at(path)
        except FileNotFoundError:
            return True
        except OSError:
            pass
        return False

    def _look_at(self, path: str) -> None:
        """Raise FileNotFoundError if there is no file that reports show with this path.

        Raises any other OSError where that cannot be told.
        """
        try:
            os.lstat(path)
        except FileNotFoundError:
            if "\\" not in path:
                raise
            # Perhaps of odd characters or bytes, as which only the folder knows them.
            found = Path("/")
            for shown in PurePosixPath(path).parts[1:]:
                found /= self._names_in(found).get(shown, shown) if "\\" in shown else shown
            os.lstat(found)

    def _names_in(self, folder: Path) -> dict[str, str]:
        """The names in a folder by what reports show of them. Raises OSError."""
        if folder not in self._names_by_folder:
            names = (Path(each.name) for each in folder.iterdir())
            self._names_by_folder[folder] = {printable_path(each): each.name for each in names}
        return self._names_by_folder[folder]

    def report(self, place: str) -> None:
        """Note that something in a file was reported: it will be read again next time."""
        self._distrust(self._key(file_of(place)))

    def fail(self, place: str, what: Message) -> None:
        """Note that a folder, a file or something in it could not be read."""
        where = file_of(place)
        self._failed.setdefault(self._key(where), (where, what))

    def _distrust(self, path: str) -> None:
        self._db.execute("UPDATE file SET clean = 0 WHERE path = ?", (path,))

    def distrust_files(self) -> None:
        """Have every file read again next time, because this reading was not complete."""
        self._db.execute("UPDATE file SET clean = 0")

    def record(self, article: Article) -> Recorded:
        """Enter an article, with another id if its own is made of its file's name and is taken.

        Of two articles with one id the one that was published first stays, whatever the order of
        reading; of two new ones the one that is read first. Where it is not known yet whether the
        other one is still there, the article is WAITING.
        """
        return self._record(article, may_wait=True)

    def _record(self, article: Article, *, may_wait: bool) -> Recorded:
        path = self._key(file_of(article.origin))
        row = self._article_row(article.id)
        alias = None
        ending = self._ending(article.id, path)
        if ending is not None:
            if row is None or row[1] != path:
                other = clean_id(article.id.removesuffix(ending) + _suffixes(path) + ending)
                other_row = self._article_row(other)
                # Once told apart, always: its address must not change when the rival goes.
                was_other = other_row is not None and other_row[1] == path and not other_row[3]
                if was_other or (row is not None and self._is_taken(row, path)):
                    article, row = replace(article, id=other), other_row
            alias = clean_id(_name_stem(path) + ending)
        if alias in (None, article.id) and (numbered := _SITE_AND_NUMBER.fullmatch(article.id)):
            alias = numbered["number"]
        if row is not None and self._is_taken(row, path):
            self._distrust(path)
            if row[3] or not may_wait:
                return Recorded(article, Verdict.DUPLICATE, row[2])
            self._db.execute(
                "INSERT INTO waiting (record, origin) VALUES (?, ?)",
                (json.dumps(article.to_record()), article.origin),
            )
            return Recorded(article, Verdict.WAITING, row[2])
        if row is not None and row[1] != path:
            self._distrust(row[1])
        digest = _digest(article)
        text_bytes = len(article.title.encode()) + len(article.body.encode())
        self._db.execute(
            "INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(article.id, digest, path, article.origin, text_bytes, self._run),
                None if alias == article.id else alias,
            ),
        )
        step("article recorded")
        if row is None or self._anew:
            return Recorded(article, Verdict.NEW)
        return Recorded(article, Verdict.UNCHANGED if row[0] == digest else Verdict.CHANGED)

    def _article_row(self, article_id: str) -> tuple[bytes, str, str, bool] | None:
        """Digest, path, origin of the article with an id, and whether it was met in this run."""
        row: tuple[bytes, str, str, bool] | None = self._db.execute(
            f"SELECT digest, article.path, origin, {_IS_MET}"
            " FROM article LEFT JOIN file ON file.path = article.path WHERE id = :id",
            {"run": self._run, "id": article_id},
        ).fetchone()
        return row

    def _is_taken(self, row: tuple[bytes, str, str, bool], path: str) -> bool:
        """Whether an id belongs to another article than the one that is read from `path`."""
        return row[3] or (row[1] != path and self._may_be_met(row[1]))

    def _ending(self, article_id: str, path: str) -> str | None:
        """What follows the stem of its file in an id that is made of that; None for another id."""
        if path != self._stem[0]:
            row = self._db.execute("SELECT stem FROM file WHERE path = ?", (path,)).fetchone()
            self._stem = path, row[0] if row else ""
        stem = self._stem[1]
        if not stem or not article_id.startswith(stem):
            return None
        ending = article_id[len(stem) :]
        return ending if re.fullmatch(r"(-\d+)?", ending) else None

    def keep(self) -> Iterator[Kept]:
        """Keep the articles that were not met because they could not be looked at.

        Those of a file or folder of which an error was told; of a file that is empty now; of a
        source without any file, as the folder of a disk that is not mounted; and of a file that
        the system does not call absent.
        """
        for source in self._sources:
            if self._holds_nothing(source):
                self._failed.setdefault(source, (self._sources[source], N_("holds no files now")))
        kept: dict[str, Kept] = {}
        paths: dict[str, str | None] = {}
        rows = self._db.execute(
            f"SELECT id, article.path, file.run = :run AND file.size = 0 {_UNMET}",
            {"run": self._run},
        )
        for article_id, path, is_empty in rows.fetchall():
            if path not in paths:
                if is_empty:
                    self._failed.setdefault(path, (path, N_("is empty now")))
                paths[path] = self._failed_place(path)
            place = paths[path]
            if place is not None:
                kept.setdefault(place, Kept(*self._failed[place], [])).ids.append(article_id)
        for each in kept.values():
            self._db.executemany(
                "UPDATE article SET run = ? WHERE id = ?", ((self._run, id_) for id_ in each.ids)
            )
        self._db.executemany(
            "UPDATE file SET run = ?1, skipped = 0 WHERE path = ?2 AND run < ?1",
            ((self._run, path) for path, place in paths.items() if place is not None),
        )
        yield from kept.values()

    def _holds_nothing(self, source: str) -> bool:
        """Whether no file of a source was met in this run."""
        return not self._has_rows("file", source, f"run = {self._run}")

    def _has_rows(self, table: str, source: str, condition: str = "true") -> bool:
        """Whether a table has a path that is a source, or is below it."""
        below = f"{source.rstrip('/')}/"
        row = self._db.execute(
            f"SELECT 1 FROM {table}"
            f" WHERE {condition} AND (path = ?1 OR path >= ?2 AND path < ?3) LIMIT 1",
            (source, below, below[:-1] + "0"),  # "0" comes after "/"
        ).fetchone()
        return row is not None

    def _failed_place(self, path: str) -> str | None:
        """The file or a folder above it that could not be read, if there is one."""
        for place in (path, *map(str, PurePosixPath(path).parents)):
            if place in self._failed:
                return place
        try:
            self._look_at(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._failed[path] = (
                path,
                N_("cannot be looked at (%(reason)s)", reason=system_reason(error)),
            )
            return path
        return None

    def waiting(self) -> Iterator[Recorded]:
        """Enter the articles that waited, now that everything has been read."""
        rows = self._db.execute("SELECT record, origin FROM waiting ORDER BY number")
        for record, origin in rows.fetchall():
            article = replace(Article.from_record(json.loads(record)), origin=origin)
            row = self._article_row(article.id)
            if row is not None and not row[3]:
                # Its file has given the id up.
                self._db.execute("UPDATE article SET path = ? WHERE id = ?",
                                 (self._key(file_of(origin)), article.id))  # fmt: skip
            yield self._record(article, may_wait=False)

    def remove_gone(self) -> Removed:
        """Remove the articles that were not met in this run and are not kept."""
        run = {"run": self._run}
        self._db.execute(
            "INSERT INTO gone SELECT id, article.path FROM article"
            f" LEFT JOIN file ON file.path = article.path WHERE NOT {_IS_MET}",
            run,
        )
        self._db.execute("DELETE FROM article WHERE id IN (SELECT id FROM gone)")
        moves = self._db.execute(
            "SELECT gone.id, article.id FROM gone"
            " JOIN article ON article.alias = gone.id AND article.path = gone.path"
        ).fetchall()
        self._db.executemany("UPDATE moved SET id = ?2 WHERE id = ?1", moves)
        self._db.executemany("INSERT OR REPLACE INTO moved VALUES (?1, ?2)", moves)
        self._db.execute("DELETE FROM moved WHERE id NOT IN (SELECT id FROM article)")
        lost = self._db.execute(
            "SELECT count(*) FROM gone WHERE id NOT IN (SELECT old FROM moved)"
            " AND 1 != (SELECT count(*) FROM article WHERE alias = gone.id)"
        ).fetchone()[0]
        self._db.execute("DELETE FROM file WHERE run < :run", run)
        gone = [row[0] for row in self._db.execute("SELECT id FROM gone")]
        paths = [row[0] for row in self._db.execute("SELECT DISTINCT path FROM gone")]
        step("vanished articles removed")
        place = os.path.commonpath(paths) if paths else ""
        return Removed(gone, lost, place.removeprefix(f"{self._folder}/"))

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

    def _key(self, place: str) -> str:
        """One spelling of a printable path, whichever folder the command is run in."""
        return _joined(self._folder, place)

    def commit(self) -> None:
        """Write everything, and beside it the FORMER_IDS, and close the files."""
        self._db.executemany(
            "INSERT INTO tag VALUES (?1, ?2) ON CONFLICT DO UPDATE SET count = count + ?2",
            self._tags.items(),
        )
        self._db.execute("COMMIT")
        save_former_ids(
            self._path.with_name(FORMER_IDS),
            self._db.execute("SELECT old, id FROM moved"),
            self._db.execute("SELECT alias, id FROM article WHERE alias IS NOT NULL"),
        )
        self._db.close()
        pack_catalog(self._draft, self._path)
        self._draft.unlink()
        step("catalog committed")

    def close(self) -> None:
        """Close the file without finishing it."""
        self._db.close()


# Asked for several times with every file.
_clean_stem = lru_cache(maxsize=64)(clean_id)


# Asked for with every article.
@lru_cache(maxsize=64)
def _joined(folder: str, place: str) -> str:
    return str(PurePosixPath(folder, place))


@lru_cache(maxsize=64)
def _name_stem(path: str) -> str:
    return ArticleFile(Path(path), lambda _: None).name_stem


def _suffixes(path: str) -> str:
    return PurePosixPath(path).name.removeprefix(_name_stem(path))


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _digest(article: Article) -> bytes:
    text = json.dumps(article.to_record(), ensure_ascii=False).encode("utf-8", "surrogatepass")
    # It only tells an article from itself: 80 bits are more than enough, and do not compress.
    return hashlib.blake2b(text, digest_size=10).digest()

"""Where the catalog of a generation lies, and which article an id of former times means.

Apart from `catalog`, so that the page need not load what reads articles.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import zstandard

CATALOG = "catalog.zst"
"""The catalog in the folder of a generation: an SQLite file, compressed to a fifth."""
PLAIN_CATALOG = "catalog.sqlite"
"""The same in a generation of former times."""
FORMER_IDS = "former_ids.sqlite"
"""What a reader of the generation needs of the catalog."""

CATALOG_VERSION = 2
"""Of the tables that `catalog` makes."""

_SCHEMA = """
PRAGMA page_size = 1024;
CREATE TABLE moved (old TEXT PRIMARY KEY, id TEXT) WITHOUT ROWID;
CREATE TABLE alias (alias TEXT, id TEXT, PRIMARY KEY (alias, id)) WITHOUT ROWID;
"""
_SQLITE = b"SQLite format 3\0"
_HEADER_BYTES = 100
"""Of an SQLite file, with its user version at byte 60 (https://www.sqlite.org/fileformat.html)."""


def catalog_of(folder: Path) -> Path:
    """The catalog of a generation, whether there is one or not."""
    plain = folder / PLAIN_CATALOG
    return plain if plain.exists() else folder / CATALOG


def unpack_catalog(path: Path, target: Path) -> None:
    """Write a copy of a catalog that SQLite can open. Raises OSError, sqlite3.Error."""
    with path.open("rb") as packed, target.open("xb") as plain:
        if packed.read(len(_SQLITE)) == _SQLITE:
            packed.seek(0)
            shutil.copyfileobj(packed, plain)
            return
        packed.seek(0)
        try:
            zstandard.ZstdDecompressor().copy_stream(packed, plain)
        except zstandard.ZstdError as error:
            raise _not_read(path, error) from error


def pack_catalog(path: Path, target: Path) -> None:
    """Write the compressed copy of a catalog. Raises OSError."""
    with path.open("rb") as plain, target.open("xb") as packed:
        zstandard.ZstdCompressor(write_checksum=True).copy_stream(plain, packed)


def is_current(path: Path) -> bool:
    """Whether a catalog is of a kind that an update may go on with.

    Raises OSError, sqlite3.Error.
    """
    with path.open("rb") as packed:
        if packed.read(len(_SQLITE)) == _SQLITE:
            return False
        packed.seek(0)
        try:
            header = zstandard.ZstdDecompressor().stream_reader(packed).read(_HEADER_BYTES)
        except zstandard.ZstdError as error:
            raise _not_read(path, error) from error
    return int.from_bytes(header[60:64], "big") == CATALOG_VERSION


def _not_read(path: Path, error: Exception) -> sqlite3.Error:
    return sqlite3.DatabaseError(f"{path}: {error}")


def save_former_ids(
    path: Path, moved: Iterable[tuple[str, str]], aliases: Iterable[tuple[str, str]]
) -> None:
    """Write what `moved_to` looks up into a new file. Raises OSError, sqlite3.Error.

    moved: ids that articles had, with those that they have now. aliases: the names of files
    alone, with the ids of articles that they may mean.
    """
    path.open("xb").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # An unfinished file is thrown away with its folder.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        database.execute("BEGIN")
        database.executemany("INSERT INTO moved VALUES (?, ?)", moved)
        database.executemany("INSERT INTO alias VALUES (?, ?)", aliases)
        database.execute("COMMIT")


def moved_to(folder: Path, article_id: str) -> str | None:
    """The id under which an article is now found that had another id, if it is sure.

    folder: of the served generation. article_id: an id that no article has. The former
    ids of its articles are known; besides, the name of a file alone, as in ids of former times,
    means an article if it means only one. Raises sqlite3.Error.
    """
    # Immutable: it is never locked, nor looked for a journal.
    address = f"{(folder / FORMER_IDS).absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as database:
        found = database.execute(
            "SELECT id FROM moved WHERE old = ?", (article_id,)
        ).fetchall() or database.execute(
            "SELECT id FROM alias WHERE alias = ? LIMIT 2", (article_id,)
        ).fetchall()  # fmt: skip
    return str(found[0][0]) if len(found) == 1 else None


def version_of(database: sqlite3.Connection) -> int:
    """The CATALOG_VERSION of a catalog."""
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    return version

"""Where the catalog of a generation lies, and which article an id of former times means.

Apart from `catalog`, so that the page need not load what reads articles.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

CATALOG = "catalog.sqlite"
"""The catalog in the folder of a generation."""

CATALOG_VERSION = 2
"""Of the tables that `catalog` makes."""


def is_current(path: Path) -> bool:
    """Whether a catalog is of a kind that an update may go on with. Raises sqlite3.Error."""
    with closing(_open_to_read(path)) as database:
        return version_of(database) == CATALOG_VERSION


def moved_to(path: Path, article_id: str) -> str | None:
    """The id under which an article is now found that had another id, if it is sure.

    path: the catalog of the served generation. article_id: an id that no article has. The former
    ids of its articles are known; besides, the name of a file alone, as in ids of former times,
    means an article if it means only one. Raises sqlite3.Error.
    """
    with closing(_open_to_read(path)) as database:
        if version_of(database) < CATALOG_VERSION:
            return None
        found = database.execute(
            "SELECT id FROM moved WHERE old = ?", (article_id,)
        ).fetchall() or database.execute(
            "SELECT id FROM article WHERE alias = ? LIMIT 2", (article_id,)
        ).fetchall()  # fmt: skip
    return str(found[0][0]) if len(found) == 1 else None


def _open_to_read(path: Path) -> sqlite3.Connection:
    # Immutable: it is never locked, nor looked for a journal.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def version_of(database: sqlite3.Connection) -> int:
    """The CATALOG_VERSION of a catalog."""
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    return version

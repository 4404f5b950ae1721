"""How our indexes in the cluster are named.

PREFIX                                          the alias of the served one
PREFIX-20260901t120000z-4f2a9c-0b54e1           of the generation 20260901T120000Z-4f2a9c
PREFIX-lease                                    who is writing
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path

_NAME_CHARS = 60


def new_index_name(prefix: str, folder: Path) -> str:
    """A name that no index has had, for the generation in a folder.

    Its end is by chance: who is told that there is such an index already has made it himself.
    """
    name = re.sub(r"[^a-z0-9]+", "-", folder.name.lower())[:_NAME_CHARS]
    return f"{prefix}-{name}-{secrets.token_hex(3)}"


def generation_of(prefix: str, index: str) -> str | None:
    """The name in lower case of the generation that an index is of; None for any other index."""
    pattern = rf"{re.escape(prefix)}-(\d{{8}}t\d{{6}}z-[0-9a-f]{{6}})-[0-9a-f]{{6}}"
    match = re.fullmatch(pattern, index)
    return match and match[1]


def loading_alias(index: str) -> str:
    """The alias of an index while it is loaded."""
    return f"{index}-loading"


def lease_index(prefix: str) -> str:
    """The index that says who is writing."""
    return f"{prefix}-lease"

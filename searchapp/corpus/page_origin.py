"""Where a file that `searchapp fetch` has stored came from.

A hidden file beside it says so: `.artikel.html.json` for `artikel.html`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

_MAX_BYTES = 2**14
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w:.-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageOrigin:
    """What the server said of a page.

    url: its address. fetched: when these bytes came, as an ISO time. digest: SHA-256 of the file.
    content_type, etag, last_modified: the headers of these names, or "".
    """

    url: str
    fetched: str
    digest: str
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def charset(self) -> str | None:
        """The encoding that the server named, as it was named."""
        match = _CHARSET.search(self.content_type)
        return match[1] if match else None


def origin_path(file: Path) -> Path:
    """The hidden file beside a file."""
    return file.with_name(f".{file.name}.json")


def page_origin(file: Path) -> PageOrigin | None:
    """Where a file came from, or None for one that was not fetched. Never raises."""
    try:
        with origin_path(file).open("rb") as stream:
            values = json.loads(stream.read(_MAX_BYTES))
        origin = PageOrigin(**values)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    is_sound = all(isinstance(getattr(origin, name), str) for name in PageOrigin.__slots__)
    return origin if is_sound and origin.url.startswith(("http://", "https://")) else None

"""The owner's file of exceptions, followed while it is edited."""

from __future__ import annotations

import logging
from pathlib import Path

from searchapp.errors import BadSetting
from searchapp.german.exceptions import NO_EXCEPTIONS, Exceptions, load_exceptions

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int] | None


class OwnerExceptions:
    """What the file says now, or said last if there is a mistake in it now.

    Not for use by several threads at a time.
    """

    def __init__(self, path: Path | None) -> None:
        """path: the file, or None for no exceptions. Raises BadSetting for a mistake in it."""
        self._path = path
        self._stamp = _stamp(path)
        self.current: Exceptions = load_exceptions(path) if path else NO_EXCEPTIONS

    def follow(self) -> bool:
        """Look at the file; says whether it has changed and been read.

        One look costs microseconds. A mistake is logged once, and what was read before stays.
        """
        if self._path is None or (stamp := _stamp(self._path)) == self._stamp:
            return False
        # Taken before the file is read: what is written meanwhile gets another one.
        self._stamp = stamp
        try:
            self.current = load_exceptions(self._path)
        except BadSetting as error:
            log.error("keeps the exceptions that were read before: %s", error)
            return False
        return True


def _stamp(path: Path | None) -> Stamp:
    """Changes when a file does; None where there is none."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino

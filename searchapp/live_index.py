"""The generation that is served at the moment, followed through rebuilds and rollbacks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from searchapp.engines.base import Snapshot
from searchapp.engines.selection import select_engine
from searchapp.errors import SearchappError, not_read
from searchapp.generations import Generation, GenerationStore, Manifest, open_current
from searchapp.settings import Settings

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
"""Between two tries to open a generation; each time twice as long, while one is served."""

_REMEDY = "run: searchapp rebuild"

log = logging.getLogger(__name__)


class _Served:
    """An open generation, counted by its users and closed after the last of them."""

    def __init__(self, generation: Generation, snapshot: Snapshot) -> None:
        self.id = generation.id
        self.manifest = generation.manifest
        self.snapshot = snapshot
        self.users = 0
        self.retired = False


class LiveIndex:
    """Follows the served generation: when CURRENT changes, the new one is opened.

    Requests under way finish on the generation they began with. A generation that cannot be used
    is tried again, less and less often, while the one before it goes on being served: a shortage
    passes, and a file may be brought back.
    """

    def __init__(self, settings: Settings) -> None:
        self._store = GenerationStore(settings.index)
        self._engine = select_engine(settings)
        self._served: _Served | None = None
        self._refused_id = ""  # a generation that CURRENT names but that cannot be used
        self._refusal = ""  # why; logged once
        self._wait_s = FIRST_WAIT_S  # after the next refusal
        self._next_try = 0.0  # by time.monotonic
        self._users_lock = threading.Lock()
        self._opening_lock = threading.Lock()

    @contextmanager
    def snapshot(self) -> Iterator[tuple[str, Snapshot]]:
        """The id and snapshot to answer one request from.

        Raises NoIndex, IndexDamaged, IndexUnreadable or IndexOutdated if there is none to use.
        """
        served = self._acquire()
        try:
            yield served.id, served.snapshot
        finally:
            self._release(served)

    def manifest(self) -> Manifest:
        """What the served generation is and holds. Raises as `snapshot`."""
        served = self._acquire()
        self._release(served)
        return served.manifest

    def _acquire(self) -> _Served:
        served = self._served
        # While one request opens a new generation the others go on with the old one.
        if self._opening_lock.acquire(blocking=served is None):
            try:
                self._follow()
            finally:
                self._opening_lock.release()
        with self._users_lock:
            assert self._served is not None  # _follow raised otherwise
            self._served.users += 1
            return self._served

    def _follow(self) -> None:
        """Open the generation that CURRENT names, unless it is the open one."""
        named = ""
        served = self._served
        try:
            named = self._store.current_id()
            if served is not None and named == served.id:
                self._accept()
                return
            if named != self._refused_id:
                self._wait_s, self._next_try = FIRST_WAIT_S, 0.0
            if served is not None and time.monotonic() < self._next_try:
                return
            generation = open_current(self._store, self._engine)
            snapshot = self._engine.open(generation.folder)
        except (SearchappError, OSError, MemoryError) as cause:
            if isinstance(cause, SearchappError):
                error = cause
            else:
                error = not_read(cause, "the index", where=self._store.index, remedy=_REMEDY)
            if served is None:
                raise error from cause
            self._refuse(named, error)
            return
        self._accept()
        with self._users_lock:
            old, self._served = self._served, _Served(generation, snapshot)
        if old is not None:
            self._retire(old)

    def _accept(self) -> None:
        if self._refusal:
            log.warning("serves what is named again, after: %s", self._refusal)
        self._refused_id, self._refusal = "", ""
        self._wait_s, self._next_try = FIRST_WAIT_S, 0.0

    def _refuse(self, named: str, error: SearchappError) -> None:
        # Better the articles of yesterday than none. Said once, not at each request.
        assert self._served is not None
        if str(error) != self._refusal:
            log.error("keeps serving generation %s: %s", self._served.id, error)
        self._refused_id, self._refusal = named, str(error)
        self._next_try = time.monotonic() + self._wait_s
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    def _retire(self, served: _Served) -> None:
        with self._users_lock:
            served.retired = True
            unused = served.users == 0
        if unused:
            served.snapshot.close()

    def _release(self, served: _Served) -> None:
        with self._users_lock:
            served.users -= 1
            last = served.retired and served.users == 0
        if last:
            served.snapshot.close()

    def close(self) -> None:
        """Close the open generation once its requests are done."""
        with self._users_lock:
            served, self._served = self._served, None
        if served is not None:
            self._retire(served)

"""The generation that is served at the moment, followed through rebuilds and rollbacks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from searchapp.engines.base import Snapshot
from searchapp.engines.selection import select_engine
from searchapp.errors import SearchappError
from searchapp.generations import Generation, GenerationStore, Manifest, open_current
from searchapp.settings import Settings

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

    Requests under way finish on the generation they began with.
    """

    def __init__(self, settings: Settings) -> None:
        self._store = GenerationStore(settings.index)
        self._engine = select_engine(settings)
        self._served: _Served | None = None
        self._refused_id = ""  # a generation that CURRENT names but that cannot be used
        self._refusal = ""  # why; logged once
        self._users_lock = threading.Lock()
        self._opening_lock = threading.Lock()

    @contextmanager
    def snapshot(self) -> Iterator[tuple[str, Snapshot]]:
        """The id and snapshot to answer one request from.

        Raises NoIndex, IndexDamaged, IndexOutdated if there is none that can be used.
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
        try:
            named = self._store.current_id()
            if self._served is not None and named in (self._served.id, self._refused_id):
                return
            generation = open_current(self._store, self._engine)
            snapshot = self._engine.open(generation.folder)
        except SearchappError as error:
            if self._served is None:
                raise
            # Better the articles of yesterday than none. Said once, not at each request.
            if str(error) != self._refusal:
                log.error("keeps serving generation %s: %s", self._served.id, error)
            self._refused_id, self._refusal = named, str(error)
            return
        with self._users_lock:
            old, self._served = self._served, _Served(generation, snapshot)
        if old is not None:
            self._retire(old)

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

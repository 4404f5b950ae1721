"""The generation that is served at the moment, followed through rebuilds and rollbacks."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from searchapp.deadline import Deadline
from searchapp.engines.base import Snapshot
from searchapp.engines.selection import select_engine
from searchapp.errors import SearchappError, not_read
from searchapp.generations import Generation, GenerationStore, Manifest, open_current
from searchapp.german.exceptions import Exceptions
from searchapp.owner_exceptions import OwnerExceptions
from searchapp.request_record import note_generation, part
from searchapp.settings import Settings
from searchapp.translation import N_

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
"""Between two tries to open a generation; each time twice as long, while one is served."""

_REMEDY = N_("run: searchapp rebuild")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LiveState:
    """What is served, and why it is not what CURRENT names: None if it is."""

    generation: Generation
    refusal: SearchappError | None


class _Served:
    """An open generation, counted by its users and closed after the last of them."""

    def __init__(self, generation: Generation, snapshot: Snapshot) -> None:
        self.id = generation.id
        self.generation = generation
        self.snapshot = snapshot
        self.users = 0
        self.retired = False


class _Synonyms:
    """Those of the owner, and a short text that differs where they do."""

    def __init__(self, exceptions: Exceptions) -> None:
        self.by_word = exceptions.synonyms
        told = repr(sorted(exceptions.synonyms.items()))
        self.state = hashlib.sha256(told.encode()).hexdigest()[:12]


class LiveIndex:
    """Follows the served generation: when CURRENT changes, the new one is opened.

    Requests under way finish on the generation they began with. A generation that cannot be used
    is tried again, less and less often, while the one before it goes on being served: a shortage
    passes, and a file may be brought back.

    The owner's file of exceptions is followed, too: its synonyms hold at once, everything else in
    it for the next generation, which is built by it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = GenerationStore(settings.index)
        self._exceptions = OwnerExceptions(settings.exceptions)
        self._engine = select_engine(settings, self._exceptions.current)
        self._synonyms = _Synonyms(self._exceptions.current)
        self._served: _Served | None = None
        self._refused_id = ""  # a generation that CURRENT names but that cannot be used
        self._refusal: SearchappError | None = None  # why; logged once
        self._wait_s = FIRST_WAIT_S  # after the next refusal
        self._next_try = 0.0  # by time.monotonic
        self._users_lock = threading.Lock()
        self._opening_lock = threading.Lock()

    @contextmanager
    def snapshot(self) -> Iterator[tuple[str, Snapshot]]:
        """The id and snapshot to answer one request from.

        Raises NoIndex, IndexDamaged, IndexUnreadable or IndexOutdated if there is none to use.
        """
        with part("index"):
            served = self._acquire()
        note_generation(served.id)
        try:
            yield served.id, served.snapshot
        finally:
            self._release(served)

    def manifest(self) -> Manifest:
        """What the served generation is and holds. Raises as `snapshot`."""
        return self.state().generation.manifest

    def state(self) -> LiveState:
        """What is served, and whether CURRENT names something else. Raises as `snapshot`."""
        served = self._acquire()
        self._release(served)
        return LiveState(served.generation, self._refusal)

    @property
    def is_behind(self) -> bool:
        """Whether CURRENT was last seen to name a generation that cannot be used."""
        return self._refusal is not None

    @property
    def opened(self) -> Generation | None:
        """The generation that was last answered from; nothing is looked up or opened for it."""
        served = self._served
        return served.generation if served else None

    def check_reachable(self, deadline: Deadline) -> None:
        """See `Engine.check_reachable`; nothing is opened for that."""
        self._engine.check_reachable(deadline=deadline)

    @property
    def synonyms(self) -> dict[str, tuple[str, ...]]:
        """Those of the owner that are searched with."""
        return self._synonyms.by_word

    @property
    def synonyms_state(self) -> str:
        """A short text that differs where the synonyms do."""
        return self._synonyms.state

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
        if self._exceptions.follow():
            exceptions = self._exceptions.current
            self._engine = select_engine(self._settings, exceptions)
            self._next_try = 0.0  # What was refused may have been built by these.
            if served is not None:
                served.snapshot = served.snapshot.with_synonyms(exceptions.synonyms)
            # Not before: whoever is told the new state must get answers by it.
            self._synonyms = _Synonyms(exceptions)
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
                error = not_read(cause, N_("the index"), where=self._store.index, remedy=_REMEDY)
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
        self._refused_id, self._refusal = "", None
        self._wait_s, self._next_try = FIRST_WAIT_S, 0.0

    def _refuse(self, named: str, error: SearchappError) -> None:
        # Better the articles of yesterday than none. Said once, not at each request.
        assert self._served is not None
        if str(error) != str(self._refusal or ""):
            log.error("keeps serving generation %s: %s", self._served.id, error)
        # Without its traceback, which would keep all that it met alive.
        refusal = type(error)(error.what, where=error.where, remedy=error.remedy)
        self._refused_id, self._refusal = named, refusal
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

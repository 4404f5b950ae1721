"""The search service of an application: one a process, opened when it is first needed."""

from __future__ import annotations

import threading

from flask import Flask, current_app

from searchapp.searching import SearchService
from searchapp.settings import Settings

_EXTENSION = "searchapp"


class LazyService:
    """Opens the SearchService at its first use, and again at the next one after a failure.

    Not at start-up: a server may start before its index is built, and a pre-forking server must
    not share open files between its processes.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._service: SearchService | None = None

    def get(self) -> SearchService:
        """The open service. Raises NoIndex, IndexOutdated or IndexDamaged."""
        with self._lock:
            if self._service is None:
                self._service = SearchService(self.settings)
            return self._service

    def close(self) -> None:
        """Release the index; the next `get` opens it again."""
        with self._lock:
            if self._service is not None:
                self._service.close()
                self._service = None


def init_service(app: Flask, settings: Settings) -> None:
    """Give the application its service."""
    app.extensions[_EXTENSION] = LazyService(settings)


def lazy_service(app: Flask | None = None) -> LazyService:
    """The service holder of an application, by default of the current one."""
    holder = (app or current_app).extensions[_EXTENSION]
    assert isinstance(holder, LazyService)
    return holder


def service() -> SearchService:
    """The current application's open service. Raises NoIndex, IndexOutdated, IndexDamaged."""
    return lazy_service().get()


def current_settings() -> Settings:
    """The current application's settings."""
    return lazy_service().settings

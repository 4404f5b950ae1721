"""What is believed of a reverse proxy: as little as the README's makes it say, and only if set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from searchapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def init_reverse_proxy(app: Flask, settings: Settings) -> None:
    """Take a reader's address and scheme from the proxies that are trusted, if there are any.

    The address is the one in X-Forwarded-For that the first of so many proxies wrote: it overwrites
    what a reader wrote, and each further one adds the proxy that asked it. X-Forwarded-Proto is
    overwritten by each, so that its last value counts. All other headers of this kind, which the
    documented proxy hands on as a stranger wrote them, are never looked at: the host is that of the
    header Host, and a path before all pages is a setting.
    """
    if settings.path_prefix:
        app.wsgi_app = _Prefixed(app.wsgi_app, settings.path_prefix)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1
        )


class _Prefixed:
    """The application below a path, whether or not the proxy takes that off."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["SCRIPT_NAME"] = self._prefix
        environ["PATH_INFO"] = without_prefix(environ.get("PATH_INFO", ""), self._prefix)
        return self._app(environ, start_response)


def without_prefix(path: str, prefix: str) -> str:
    """The path of a page within the application."""
    return path[len(prefix) :] if prefix and f"{path}/".startswith(f"{prefix}/") else path

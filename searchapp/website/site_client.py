"""Gets one answer at a time over HTTP, in bounded time and memory, from machines that may be asked.

Redirects are not followed, proxies of the environment not used and no cookies kept.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException

from urllib3 import BaseHTTPResponse, HTTPHeaderDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from searchapp.errors import system_reason
from searchapp.translation import N_, Message, Number
from searchapp.website.network_guard import HostRefused, NetworkGuard
from searchapp.website.page_address import Origin, origin_of, target_of

WHOLE_TIMEOUTS = 6
"""A whole answer may take so many times as long as the server may keep silent."""

_CHUNK_BYTES = 2**16
_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5",
    "Accept-Language": "de,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}


class NoAnswer(Exception):
    """Why there is no whole answer, as a clause. is_passing: whether it is worth another try."""

    def __init__(self, what: Message, *, is_passing: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.is_passing = is_passing


@dataclass(frozen=True)
class Answer:
    """An answer; its body is unpacked, and empty where it was not wanted.

    is_cut: the body has more bytes than were asked for; `body` is what it begins with.
    """

    status: int
    headers: HTTPHeaderDict = field(default_factory=HTTPHeaderDict)
    body: bytes = b""
    is_cut: bool = False

    @property
    def content_type(self) -> str:
        """The type without its parameters, in lower case; "" if none is told."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class SiteClient:
    """One connection at a time, which is kept for the next request to the same place."""

    def __init__(self, guard: NetworkGuard, user_agent: str, *, timeout_s: float) -> None:
        """timeout_s: for which the server may keep silent; see WHOLE_TIMEOUTS."""
        self._guard = guard
        self._headers = _HEADERS | {"User-Agent": user_agent}
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context()
        self._connection: HTTPConnection | None = None
        # The connection lets go of it as soon as it knows that it is the last answer.
        self._socket: socket.socket | None = None
        self._origin: Origin | None = None

    def get(
        self,
        address: str,
        *,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        is_wanted: Callable[[Answer], bool] = lambda _: True,
    ) -> Answer:
        """Ask for an address, which `page_address` has made.

        max_bytes: of the unpacked body. is_wanted: asked, before the body is read, whether to.
        Raises NoAnswer.
        """
        with self._time_bound() as is_late:
            try:
                answer = self._ask(address, dict(headers or {}), max_bytes, is_wanted)
            except HostRefused as error:
                raise NoAnswer(error.what) from None
            except (HTTPError, HTTPException, OSError, ValueError) as error:
                self.close()
                if is_late():
                    raise self._too_slow() from None
                raise NoAnswer(_reason(error), is_passing=_is_passing(error)) from None
            except BaseException:
                self.close()
                raise
            if is_late():  # What looks like the end of the body may be our own doing.
                self.close()
                raise self._too_slow()
        return answer

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._socket = None

    def _too_slow(self) -> NoAnswer:
        return NoAnswer(
            N_(
                "took longer than %(whole_timeouts)s s",
                whole_timeouts=Number(WHOLE_TIMEOUTS * self._timeout_s, "g"),
            )
        )

    @contextmanager
    def _time_bound(self) -> Iterator[Callable[[], bool]]:
        """End the connection if what is done meanwhile takes too long; gives whether it has."""
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            connection = self._connection
            in_use = self._socket or (connection.sock if connection is not None else None)
            if in_use is not None:
                with suppress(OSError):
                    # Not the method of TLS sockets, which is not for a second thread.
                    socket.socket.shutdown(in_use, socket.SHUT_RDWR)

        timer = threading.Timer(WHOLE_TIMEOUTS * self._timeout_s, end)
        timer.daemon = True
        timer.start()
        try:
            yield is_late.is_set
        finally:
            timer.cancel()

    def _ask(
        self,
        address: str,
        headers: dict[str, str],
        max_bytes: int,
        is_wanted: Callable[[Answer], bool],
    ) -> Answer:
        response = self._response(address, headers)
        head = Answer(response.status, HTTPHeaderDict(response.headers))
        if not is_wanted(head):
            length = response.headers.get("Content-Length", "0" if head.status == 304 else "")
            if length.isdecimal() and int(length) <= _CHUNK_BYTES:
                response.read(_CHUNK_BYTES)  # So that the connection can be kept.
            else:
                self.close()
            return head
        body = bytearray()
        while len(body) <= max_bytes and (
            chunk := response.read(min(_CHUNK_BYTES, max_bytes + 1 - len(body)))
        ):
            body += chunk
        is_cut = len(body) > max_bytes
        if is_cut or response.headers.get("Connection", "").lower() == "close":
            self.close()
        return Answer(head.status, head.headers, bytes(body[:max_bytes]), is_cut)

    def _response(self, address: str, headers: dict[str, str]) -> BaseHTTPResponse:
        origin = origin_of(address)
        headers = self._headers | {"Host": origin.netloc} | headers
        was_kept = self._is_kept(origin)
        for is_last in (False, True) if was_kept else (True,):
            if self._connection is None:
                self._connect(origin)
            assert self._connection is not None
            try:
                self._connection.request(
                    "GET", target_of(address), headers=headers, preload_content=False
                )
                return self._connection.getresponse()
            except (HTTPException, ConnectionError):
                # The server may have closed the connection that was kept, just now.
                self.close()
                if is_last:
                    raise
        raise AssertionError("the last try returns or raises")

    def _is_kept(self, origin: Origin) -> bool:
        if self._connection is not None and (
            self._origin != origin or not self._connection.is_connected
        ):
            self.close()
        return self._connection is not None

    def _connect(self, origin: Origin) -> None:
        """Connect to the first address of the host that answers."""
        self._origin = origin
        error: Exception | None = None
        for address in self._guard.addresses(origin):
            if origin.scheme == "https":
                self._connection = HTTPSConnection(
                    address,
                    origin.port,
                    timeout=self._timeout_s,
                    ssl_context=self._tls,
                    server_hostname=origin.host.strip("[]"),
                )
            else:
                self._connection = HTTPConnection(address, origin.port, timeout=self._timeout_s)
            try:
                self._connection.connect()
                self._socket = self._connection.sock
                return
            except (OSError, HTTPError) as failure:
                error = failure
                self.close()
        assert error is not None  # there is an address at least
        raise error


def _is_passing(error: Exception) -> bool:
    """Whether it may be better in a moment. What is wrong with a certificate is not."""
    while isinstance(error, HTTPError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return not isinstance(error, ssl.SSLCertVerificationError | ValueError)


def _reason(error: Exception) -> Message:
    cause: BaseException = error
    while isinstance(cause, HTTPError) and cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, TimeoutError):
        return N_("did not answer in time")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return N_("has no valid certificate (%(reason)s)", reason=Message(cause.verify_message))
    if isinstance(cause, OSError) and cause.strerror:
        return N_("cannot be reached (%(reason)s)", reason=system_reason(cause))
    return N_("broke off (%(name)s: %(cause)s)", name=type(cause).__name__, cause=str(cause)[:200])

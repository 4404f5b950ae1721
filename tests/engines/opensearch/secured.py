"""A server in front of a node that asks for a user, with or without TLS.

It does what the security plugin does, which the test nodes do not have.
"""

from __future__ import annotations

import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme
import urllib3

USER, PASSWORD = "searchapp", "ein:Gehe!mnis-ä"
TOKEN = "Bearer abc.def"
FORBIDDEN = "/forbidden"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, node: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.node = node
        pair = b64encode(f"{USER}:{PASSWORD}".encode()).decode("ascii")
        self.allowed = {f"Basic {pair}", TOKEN}

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust it hangs up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("authorization") not in self.server.allowed:
            self._send(401, b"Unauthorized", "text/plain; charset=UTF-8")
        elif self.path.startswith(FORBIDDEN):
            reason = "no permissions for [indices:admin/create] and User [name=searchapp]"
            cause = f'{{"type":"security_exception","reason":"{reason}"}}'
            text = f'{{"error":{{"root_cause":[{cause}],{cause[1:-1]}}},"status":403}}'
            self._send(403, text.encode(), "application/json; charset=UTF-8")
        else:
            answer = urllib3.request(
                self.command,
                self.server.node + self.path,
                body=body,
                headers={"content-type": "application/json"},
                retries=False,
            )
            self._send(answer.status, answer.data, answer.headers["content-type"])

    do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 - names that the library gives

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are silent."""


@contextmanager
def secured(
    node: str, authority: trustme.CA | None = None, host: str = "127.0.0.1"
) -> Iterator[str]:
    """The address of a server that asks a node; by TLS with a certificate of `host`, if any."""
    server = _Server(node)
    scheme = "http"
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(context)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

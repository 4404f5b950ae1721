"""The port of its own for `/metrics`, which all processes of the server listen on."""

from __future__ import annotations

import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from searchapp.web.metrics import MEDIA_TYPE, Metrics

CLIENT_TIMEOUT_S: Final = 5.0


def answer_on(listener_fd: int, figures: Metrics) -> None:
    """Answer whoever asks on a socket that listens, in a thread that ends with the process.

    listener_fd: its descriptor, which stays open. Of several processes with the socket any may
    answer: the figures are those of all.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = CLIENT_TIMEOUT_S
        server_version, sys_version = "searchapp", ""

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(404)
                return
            text = figures.text()
            self.send_response(200)
            self.send_header("Content-Type", MEDIA_TYPE)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Say nothing of who asked."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that went away is nothing to tell."""

    listener = socket.socket(fileno=os.dup(listener_fd))
    server = Server(listener.getsockname()[:2], Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    # Another process may have taken the connection that woke this one.
    listener.setblocking(False)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()

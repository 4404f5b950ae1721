"""A web site on this machine, whose pages a test sets up and changes while it is asked."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = "text/html; charset=utf-8"

TEXT = "Der Betrieb in Linz hat im vergangenen Jahr mehr Stahl erzeugt als je zuvor. "


def text(number: int) -> str:
    """Sentences that no other page has."""
    return f"Seite {number}: {TEXT}" + f"Dabei entstanden {number} neue Stellen in der Halle. " * 3


@dataclass
class Reply:
    """What is answered for an address. body: as it is sent; a text is sent as UTF-8.

    is_dated: with ETag and Last-Modified, and 304 where that is right.
    """

    body: str | bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = HTML
    is_dated: bool = True

    @property
    def raw(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


Handler = Callable[["Visit"], None]


class Site(ThreadingHTTPServer):
    """The site: `pages` by path and query; a function answers by itself."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.pages: dict[str, Reply | Handler] = {}
        self.asked: list[str] = []
        self.times: list[float] = []
        self.agents: Counter[str] = Counter()
        self.most_at_once = 0
        self.at_once = 0
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def article(self, path: str, title: str, text: str, *, head: str = "", links: str = "") -> None:
        """Set up a page with an article."""
        self.pages[path] = Reply(
            f"<!doctype html><html><head><title>{title}</title>{head}</head><body>"
            f"<nav>Start Kontakt</nav><main><article><h1>{title}</h1><p>{text}</p></article></main>"
            f"{links}</body></html>"
        )

    def robots(self, text: str) -> None:
        self.pages["/robots.txt"] = Reply(text, content_type="text/plain")

    def sitemap(self, path: str, paths: list[str], *, is_packed: bool = False) -> None:
        """Set up a sitemap of some paths."""
        urls = "".join(f"<url><loc>{self.url}{escape(each)}</loc></url>" for each in paths)
        body: bytes = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        ).encode()
        if is_packed:
            body = gzip.compress(body)
        self.pages[path] = Reply(body, content_type="application/xml")

    def sitemap_index(self, path: str, paths: list[str]) -> None:
        urls = "".join(f"<sitemap><loc>{self.url}{each}</loc></sitemap>" for each in paths)
        self.pages[path] = Reply(
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</sitemapindex>',
            content_type="application/xml",
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone is what tests are about."""


class Visit(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Site

    def do_GET(self) -> None:
        site = self.server
        site.asked.append(self.path)
        site.times.append(time.monotonic())
        site.agents[self.headers.get("User-Agent", "")] += 1
        site.at_once += 1
        site.most_at_once = max(site.most_at_once, site.at_once)
        try:
            reply = site.pages.get(self.path, Reply("<p>Nicht da", 404, is_dated=False))
            if callable(reply):
                reply(self)
            else:
                self.answer(reply)
        finally:
            site.at_once -= 1

    def answer(self, reply: Reply) -> None:
        """Send a reply."""
        tag = f'"{hashlib.sha256(reply.raw).hexdigest()[:12]}"'
        is_known = (
            reply.is_dated and reply.status == 200 and (self.headers.get("If-None-Match") == tag)
        )
        self.send_response(304 if is_known else reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.is_dated:
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", formatdate(1.7e9, usegmt=True))
        if not is_known:
            if reply.content_type:
                self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.raw)))
        self.end_headers()
        if not is_known:
            self.wfile.write(reply.raw)

    def drip(self, piece: bytes, *, every_s: float) -> None:
        """Send a piece again and again, until the client has gone."""
        with suppress(OSError):
            while not self.server.is_over.is_set():
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(every_s)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on standard error."""


@contextmanager
def small_site() -> Iterator[Site]:
    """A site that answers on a free port, as long as the context lasts."""
    site = Site()
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.is_over.set()
        site.shutdown()
        thread.join()
        site.server_close()

"""Random requests that know the grammar of HTTP, of the addresses and of queries, and break it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, quote_from_bytes

WORDS = (
    "Stahl Strom und der Hochofen Straße STRASSE Eisen-Koks co2 KI ﬁne İstanbul ß ſ Äpfel zzqq "
    "1999 2021-11-02 01.02.2021 a\u0308pfel ひらがな مرحبا 😀 \u202eabc e\u0301\u0301\u0301 "
    + "x"
    * 81
).split()
NASTY = (
    "", " ", "\0", "\r\nX-Evil: 1", "\t", "%", "%00", "'", '"', "\\", "<script>alert(1)</script>",
    "{{7*7}}", "${7*7}", "../../etc/passwd", "..\\..", "//evil.example/", "javascript:alert(1)",
    "\ud800", "\ufffe", "\ufeff", "\u2028", "\u202e", "a" * 3000, "ä" * 700, "; DROP TABLE page",
    "0", "-1", "1e9", "9" * 30, "٣", "1.5", "NaN", "None", "[]", "{}", "*", "?" * 50, "~" * 20,
)  # fmt: skip
"""Texts that mean something somewhere."""
NUMBERS = (*"0 1 2 7 100 101 10001 -1 +1 1.0 0x10 999999999 9999999999 1_000 ٣ ²".split(), "")
DAYS = (
    "2021 2021-11 2021-11-02 2021-02-30 0000 9999-12-31 10000 -1 2021-13 02.11.2021 gestern".split()
)
FACETS = "schlagwoerter ressorts quellen autoren tags sections sources authors suche".split()
FORMS = ("csv", "jsonl", "ris", "bib", "exe", "")
PATHS: tuple[Callable[[random.Random], str], ...] = (
    lambda _: "/",
    *(lambda _: "/search",) * 6,
    *(lambda _: "/api/v1/search",) * 4,
    lambda draw: f"/article/{value(draw)}",
    lambda _: "/search/values",
    lambda draw: f"/{draw.choice(FACETS)}",
    lambda draw: f"/{draw.choice(FACETS)}/{value(draw)}",
    lambda draw: f"/api/v1/articles/{value(draw)}",
    lambda _: "/api/v1/info",
    lambda _: "/api/v1/openapi.json",
    lambda _: "/api",
    lambda draw: f"/api/v1/{draw.choice(FACETS)}",
    *(lambda _: "/api/v1/suggest",) * 2,
    lambda _: "/suggest",
    lambda _: "/feed.atom",
    lambda draw: f"/export.{draw.choice(FORMS)}",
    lambda draw: f"/export.{draw.choice(FORMS)}/{value(draw)}",
    lambda _: "/opensearch.xml",
    lambda _: "/robots.txt",
    lambda _: "/sitemap.xml",
    lambda draw: f"/sitemap-{draw.choice(NUMBERS)}.xml",
    lambda _: "/hilfe",
    lambda _: "/help",
    lambda _: "/healthz",
    lambda _: "/readyz",
    lambda _: "/owner/queries",
    lambda _: "/metrics",
    lambda _: "/embed.js",
    lambda draw: f"/static/{value(draw)}",
    lambda draw: f"/{value(draw)}/{value(draw)}",
)
"""Of all routes; those with more to break more often."""
PARAMS = (
    "q exact uncorrected any from to sort page per_page lang hit part after tag author source "
    "section year facet contains prefix limit callback x".split()
)
METHODS = ("GET",) * 12 + ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "get", "TRACE")
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept": ("text/html", "application/json", "*/*;q=2", ",,,;q=", "a/b;" * 200),
    "Accept-Language": ("de", "en;q=0", "*", "xx-XX;q=abc", "de," * 500, "ä"),
    "Accept-Encoding": ("gzip", "br;q=1.0, zstd", "identity;q=0", "*;q=0", "gzip;q=x"),
    "If-None-Match": ("*", '"a"', 'W/"', '"' * 100, "ä"),
    "If-Modified-Since": ("Sat, 28 Nov 2026 00:00:00 GMT", "yesterday", "9" * 40),
    "Range": ("bytes=0-10", "bytes=-1", "bytes=5-1", "bytes=" + "0-1," * 200, "lines=1"),
    "Cookie": ("lang=en", "lang=" + "x" * 3000, "=;=;=", "lang=%00", 'lang="\\"'),
    "Authorization": ("Bearer x", "Basic", "Basic eDp5", "Basic !!!", "Basic w6Q6w6Q=", "Digest a"),
    "Origin": ("https://a.example", "null", "https://" + "a" * 300),
    "X-Forwarded-For": ("1.2.3.4", "::1", "unknown", "," * 50),
    "X-Forwarded-Host": ("evil.example", "a b", ""),
    "Forwarded": ("for=1.2.3.4;host=evil.example", ";;;="),
    "Content-Type": ("application/json", "multipart/form-data; boundary=", "a"),
    "X-Request-Id": ("a", "\x01\x02", "x" * 5000),
    "Host": ("evil.example", "", "[::1", "a b", "ä.example", "x" * 300, "a:99999"),
    "Upgrade": ("websocket", "h2c"),
    "Connection": ("keep-alive, Upgrade", "x"),
    "Expect": ("100-continue", "nothing"),
}


class HostileRequest(NamedTuple):
    """The bytes to send, and the method that they tell."""

    data: bytes
    method: str

    def __str__(self) -> str:
        text = self.data.decode("latin-1")
        return repr(text if len(text) < 300 else f"{text[:300]}... ({len(text)} characters)")


def hostile_request(draw: random.Random) -> HostileRequest:
    """Any request, which is whole: none keeps the server waiting for the rest."""
    method = draw.choice(METHODS)
    pairs = [pair(draw) for _ in range(draw.choice((0, 1, 1, 2, 2, 3, 5)))]
    if pairs and draw.random() < 0.02:
        pairs *= 60
    target = draw.choice(PATHS)(draw) + ("?" if pairs else "") + draw.choice("&&&&;").join(pairs)
    if draw.random() < 0.02:
        target = f"http://evil.example{target}"
    body = b"a=b&c" * draw.choice((0, 1, 300)) if method in ("POST", "PUT", "DELETE") else b""
    version = draw.choice(("HTTP/1.1",) * 30 + ("HTTP/1.0", "HTTP/9.9", "HTTP", ""))
    lines = [f"{method} {target} {version}".rstrip(), "Host: searchapp.example"]
    names = draw.sample(sorted(HEADERS), draw.choice((0, 0, 1, 2, 4)))
    lines.extend(f"{name}: {draw.choice(HEADERS[name])}" for name in names)
    if body:
        lines.append(f"Content-Length: {len(body)}")
    lines.append("Connection: close")
    if draw.random() < 0.02:
        lines.insert(
            1, draw.choice(("no colon", ": no name", " folded", "A B: c", "Ä: ä", "x" * 9000))
        )
    head = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass")
    return HostileRequest(head + body, method)


def pair(draw: random.Random) -> str:
    """A parameter and its value."""
    name = draw.choice(PARAMS)
    match name:
        case "q":
            text = query(draw, draw.choice((0, 1, 2, 3)))
        case "from" | "to" | "year":
            text = draw.choice(DAYS)
        case "page" | "per_page" | "hit" | "part" | "limit":
            text = draw.choice(NUMBERS)
        case "sort":
            text = draw.choice(("date", "date_asc", "relevance", "title", ""))
        case "lang":
            text = draw.choice(("de", "en", "xx", "de-DE"))
        case "after":
            text = draw.choice(("20261128T060452Z-9e9b1c.10.0123456789ab", "a.b.c", "..", "-.-1.0"))
        case "facet":
            text = draw.choice(("tags", "author", "source", "section", "year", "x"))
        case "exact" | "any" | "uncorrected":
            text = draw.choice(("1", "0", ""))
        case _:
            text = draw.choice(WORDS)
    if draw.random() < 0.15:
        text = draw.choice(NASTY)
    return f"{name}={escaped(draw, text)}"


def query(draw: random.Random, depth: int) -> str:
    """Something like a query, with all that the language of queries has."""
    if not depth:
        word = draw.choice(WORDS)
        return draw.choice(
            [word, word, word, f"{word[:3]}*", f"*{word[-3:]}", f"{word[:2]}?{word[3:]}",
             f"{word}~", f"{word}~2", f"-{word}", f"+{word}", f'"{word}',
             f'"{word} {draw.choice(WORDS)}"', f"titel:{word}", f"tag:{word}",
             f"autor:{word}", f"datum:{draw.choice(DAYS)}",
             f"xx:{word}", f"{word}^5", f"[{word} TO {word}]", "(", ")", '"', ":", "*", "NICHT",
             "-", draw.choice(NASTY)]
        )  # fmt: skip
    parts = [query(draw, depth - 1) for _ in range(draw.choice((1, 2, 2, 3, 12)))]
    joined = draw.choice(
        (" ", " ", " ODER ", " UND ", " NICHT ", " OR ", " AND NOT ", " NEAR ", "")
    )
    text = joined.join(parts)
    return draw.choice((text, text, f"({text})", f'"{text}"', "(" * 60 + text, f"-({text})"))


def value(draw: random.Random) -> str:
    """A part of a path."""
    return escaped(draw, draw.choice([*WORDS, *NASTY] if draw.random() < 0.7 else ("strangguss",)))


def escaped(draw: random.Random, text: str) -> str:
    """A text as it stands in an address; at times not quite."""
    raw = text.encode("utf-8", "surrogatepass")
    if draw.random() < 0.05:
        raw = raw[: draw.randrange(len(raw) + 1)] + bytes([draw.randrange(256)])
    escaped = quote_from_bytes(raw, safe=draw.choice(("", "/", ":/?")))
    return draw.choice(
        (*(escaped,) * 12, quote(escaped), escaped.replace("%20", "+"), f"{escaped}%")
    )

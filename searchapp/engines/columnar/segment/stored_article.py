"""The record of an article as it is stored, and the beginning of a long one.

A record is the JSON of `Article.to_record` in UTF-8: id, title, body, tags, and what else there is.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from dataclasses import replace

from searchapp.model import Article

OPENING_BYTES = 1 << 20
"""Of a longer record no more is read where many are shown: a million letters, or 20,000 lines."""

_STRING = rb'"(?:[^"\\]|\\.)*"'
_BEFORE_BODY = re.compile(rb'\{"id":' + _STRING + rb',"title":' + _STRING + rb',"body":"')
_BEHIND_BODY = b'","tags":['
"""Stands only there: all quotation marks within a value have a backslash before them."""
_TITLE = re.compile(rb'\{"id":' + _STRING + rb',"title":(' + _STRING + rb")")
_IS_DERIVED = b',"title_is_derived":true'
"""Within a value there would be a backslash in it."""
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{0,3})?\Z")
_LONGEST_CUT_ESCAPE = 5

Read = Callable[[int, int], bytes]


def stored_article(record: bytes) -> Article:
    """The article of a record. Raises ValueError or TypeError."""
    return Article.from_record(json.loads(record))


def stored_indexed_title(record: bytes) -> str:
    """The `indexed_title` of a record's article, without reading the rest of it.

    Raises ValueError or TypeError.
    """
    beginning = _TITLE.match(record)
    if beginning is None:
        return stored_article(record).indexed_title
    if _IS_DERIVED in record:
        return ""
    title = beginning[1]
    if b"\\" in title:
        return str(json.loads(title))
    return title[1:-1].decode("utf-8", "surrogatepass")


def stored_opening(read: Read, start: int, stop: int) -> Article | None:
    """The article of a long record with the beginning of its body; None if that is not to be had.

    read: gives a range of the stream in which the record is [start, stop). Raises as
    `stored_article`. No more is read and kept than OPENING_BYTES, twice.
    """
    ends = _ends(read, start, stop)
    if ends is None:
        return None
    before, behind, head = ends
    body = _Unescaped().text(head[len(before) :])
    article = stored_article(before + behind)
    page_starts = tuple(each for each in article.page_starts if each < len(body))
    return replace(article, body=body, page_starts=page_starts)


def stored_whole(read: Read, start: int, stop: int) -> Article:
    """The same with all of its body, read in pieces: in a third of the memory of its JSON.

    Raises as `stored_article`.
    """
    ends = _ends(read, start, stop)
    if ends is None:
        return stored_article(read(start, stop))
    before, behind, _ = ends
    unescaped = _Unescaped()
    body = bytearray()
    end = stop - len(behind)
    for place in range(start + len(before), end, OPENING_BYTES):
        text = unescaped.text(read(place, min(end, place + OPENING_BYTES)))
        body += text.encode("utf-8", "surrogatepass")
    return replace(stored_article(before + behind), body=body.decode("utf-8", "surrogatepass"))


def _ends(read: Read, start: int, stop: int) -> tuple[bytes, bytes, bytes] | None:
    """What stands before and behind the body of a long record, and its first bytes."""
    head = read(start, min(stop, start + OPENING_BYTES))
    before = _BEFORE_BODY.match(head)
    tail = read(max(start, stop - OPENING_BYTES), stop)
    behind = tail[tail.find(_BEHIND_BODY) :]
    if (
        before is None
        or not behind.startswith(_BEHIND_BODY)
        or len(head) > stop - start - len(behind)
    ):
        return None
    return before[0], behind, head


class _Unescaped:
    """The text of a value of JSON that comes in pieces, which may end within a letter or escape."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
        self._rest = ""

    def text(self, piece: bytes) -> str:
        """What is complete with another piece. Raises ValueError."""
        escaped = self._rest + self._decoder.decode(piece)
        end = len(escaped)
        cut = _CUT_ESCAPE.search(escaped, max(0, end - _LONGEST_CUT_ESCAPE))
        if cut:
            # Backslashes come in pairs, but for one that begins an escape.
            behind = cut.start() + 1
            if (behind - len(escaped[:behind].rstrip("\\"))) % 2:
                end = cut.start()
        self._rest = escaped[end:]
        text: str = json.loads(f'"{escaped[:end]}"')
        return text

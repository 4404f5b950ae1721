"""The record of an article as it is stored, and what is read of a long one: a beginning, or a part.

A record is the JSON of `Article.to_record` in UTF-8: id, title, body, tags, and what else there is.
A long one ends with where the parts of its body begin (`article_text.part_starts`): their places
in the text, and in the record behind the beginning of the body.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from searchapp.article_text import ArticlePart, part_starts
from searchapp.model import Article

OPENING_BYTES = 1 << 20
"""Of a longer record no more is read where many are shown: a million letters, or 20,000 lines."""
PIECE_BYTES = 1 << 17
"""Of a long body is read at a time: a letter may take four bytes in memory, and that several times
on the way."""
_END_BYTES = 1 << 14
"""What is first read of each end of a long record; four times as much if it is not enough."""

_STRING = rb'"(?:[^"\\]|\\.)*"'
_BEFORE_BODY = re.compile(rb'\{"id":' + _STRING + rb',"title":' + _STRING + rb',"body":"')
_BEHIND_BODY = b'","tags":['
"""Stands only there: all quotation marks within a value have a backslash before them."""
_TITLE = re.compile(rb'\{"id":' + _STRING + rb',"title":(' + _STRING + rb")")
_IS_DERIVED = b',"title_is_derived":true'
"""Within a value there would be a backslash in it."""
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{0,3})?\Z")
_LONGEST_CUT_ESCAPE = 5

_PARTS = "parts"

Read = Callable[[int, int], bytes]


def stored_record(article: Article) -> bytes:
    """An article as it is stored, its `origin` left out."""
    values = article.to_record()
    record = _json(values)
    if len(record) > OPENING_BYTES:
        starts = part_starts(article.body)
        sizes = (len(_json(article.body[start:stop])) - 2 for start, stop in pairwise(starts))
        record = _json({**values, _PARTS: (starts, list(accumulate(sizes, initial=0)))})
    return record


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def stored_article(record: bytes) -> Article:
    """The article of a record. Raises ValueError or TypeError."""
    return _article(json.loads(record))


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


def _article(values: dict[str, Any]) -> Article:
    values.pop(_PARTS, None)
    return Article.from_record(values)


class LongRecord(NamedTuple):
    """The record of a long article, of which the body was not read yet.

    All methods raise ValueError or TypeError for what is no such record.
    article: has no body. body_start, body_stop: where it stands in the stream. starts, places:
    where its parts begin, in characters, and in bytes from body_start.
    """

    read: Read
    article: Article
    body_start: int
    body_stop: int
    starts: list[int]
    places: list[int]

    def opening(self, size: int) -> Article | None:
        """The article with about the first so many bytes of its body; None if these are all."""
        if self.body_stop - self.body_start <= size:
            return None
        body = "".join(self._pieces(self.body_start + size))
        page_starts = tuple(each for each in self.article.page_starts if each < len(body))
        return replace(self.article, body=body, page_starts=page_starts)

    def part(self, number: int) -> ArticlePart:
        """A part of the body by its number, from 1; of a number past the last one that."""
        number = max(1, min(number, len(self.starts)))
        start, places = self.body_start, [*self.places, self.body_stop - self.body_start]
        body = _Unescaped().text(self.read(start + places[number - 1], start + places[number]))
        article = replace(self.article, body=body)
        return ArticlePart(article, number, self.starts, self.starts[number - 1])

    def pieces(self) -> Iterator[str]:
        """All of the body, a piece at a time."""
        return self._pieces(self.body_stop)

    def _pieces(self, stop: int) -> Iterator[str]:
        unescaped = _Unescaped()
        for place in range(self.body_start, stop, PIECE_BYTES):
            yield unescaped.text(self.read(place, min(stop, place + PIECE_BYTES)))

    def whole(self) -> Article:
        """The article with all of its body, in a third of the memory of its JSON."""
        body = bytearray()
        for piece in self.pieces():
            body += piece.encode("utf-8", "surrogatepass")
        return replace(self.article, body=body.decode("utf-8", "surrogatepass"))


def long_record(read: Read, start: int, stop: int) -> LongRecord:
    """A record of more than OPENING_BYTES.

    read: gives a range of the stream in which the record is [start, stop). No more than its ends
    is read. Raises ValueError or TypeError.
    """
    before, behind = _head(read, start, stop), _tail(read, start, stop)
    values = json.loads(before + behind)
    starts, places = values.pop(_PARTS, ((), ()))
    body_start, body_stop = start + len(before), stop - len(behind)
    if not len(starts) == len(places) > 0:
        raise ValueError("the parts of its text are not told")
    return LongRecord(read, Article.from_record(values), body_start, body_stop, starts, places)


def _head(read: Read, start: int, stop: int) -> bytes:
    """What stands before the body of a record."""
    size = _END_BYTES
    while True:
        found = _BEFORE_BODY.match(read(start, min(stop, start + size)))
        if found:
            return found[0]
        if start + size >= stop:
            raise ValueError("it has no text")
        size *= 4


def _tail(read: Read, start: int, stop: int) -> bytes:
    """What stands behind the body of a record."""
    size = _END_BYTES
    while True:
        tail = read(max(start, stop - size), stop)
        place = tail.find(_BEHIND_BODY)
        if place >= 0:
            return tail[place:]
        if start >= stop - size:
            raise ValueError("its text does not end")
        size *= 4


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

"""Reads a large JSON text value by value: only the value that is asked for is in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from searchapp.corpus.encoding import MAX_RECORD_BYTES
from searchapp.translation import N_, Message

_DECODER = json.JSONDecoder()
_NEXT_SIGN = re.compile(r"[^ \t\r\n]")
_LIST_OF_OBJECTS = re.compile(r"\[[ \t\r\n]*(?P<first>[^ \t\r\n])")
_LONGEST_LITERAL = 20
"""More than the letters of a literal or an escape: an error so near to the end of what has been
read may only mean that the rest of it is missing."""
TOO_LARGE = N_("has more than %(megabytes)s MB in one record", megabytes=MAX_RECORD_BYTES // 2**20)


class JsonFault(Exception):
    """Where a text stops being JSON. what: what is wrong."""

    def __init__(self, what: Message, line: int) -> None:
        super().__init__(what, line)
        self.what, self.line = what, line


class JsonStream:
    """A JSON text in pieces, and how far it has been read.

    line: where the next value begins, 1-based, after `peek`.
    """

    def __init__(self, pieces: Iterator[str]) -> None:
        self.line = 1
        self._pieces = pieces
        self._text = ""
        self._position = 0
        self._dropped_chars = 0
        self._dropped_columns = 0

    @property
    def read_chars(self) -> int:
        """How much has been passed over."""
        return self._dropped_chars + self._position

    def peek(self) -> str:
        """The first sign of what follows, "" at the end of the text."""
        while True:
            found = _NEXT_SIGN.search(self._text, self._position)
            self._advance(found.start() if found else len(self._text))
            if found or not self._read_more():
                return found[0] if found else ""

    def skip(self, signs: str) -> str:
        """Pass over these signs and the white space around them; what follows, as `peek` says."""
        while (sign := self.peek()) and sign in signs:
            self._advance(self._position + 1)
        return sign

    def take(self, sign: str) -> None:
        """Pass over the next sign. Raises JsonFault if it is another one."""
        if self.peek() != sign:
            raise self._fault(N_("Expecting %(sign)r", sign=sign), self._position)
        self._advance(self._position + 1)

    def is_list_of_objects(self) -> bool:
        """Whether a list follows that begins with an object."""
        self.peek()
        while (found := _LIST_OF_OBJECTS.match(self._text, self._position)) is None:
            if self._text[self._position : self._position + 1] != "[" or not self._read_more():
                return False
        return found["first"] == "{"

    def value(self) -> object:
        """The value that follows. Raises JsonFault if it is none, or too large."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._position)
            except json.JSONDecodeError as cause:
                is_cut = cause.msg.startswith("Unterminated string") or self._is_near_end(cause.pos)
                place = cause.pos - self._position
                if not (is_cut and self._read_more()):
                    raise self._fault(Message(cause.msg), self._position + place) from cause
            except (ValueError, RecursionError) as cause:
                what = N_("is not JSON that can be read (nested too deeply, or a number too long)")
                raise JsonFault(what, self.line) from cause
            else:
                # More of a number may follow.
                is_sure = isinstance(value, str | list | dict) or not self._is_near_end(end)
                length = end - self._position
                if is_sure or not self._read_more():
                    self._advance(self._position + length)
                    return value

    def _is_near_end(self, position: int) -> bool:
        return position >= len(self._text) - _LONGEST_LITERAL

    def _advance(self, position: int) -> None:
        self.line += self._text.count("\n", self._position, position)
        self._position = position

    def _read_more(self) -> bool:
        """Read another piece, or as much as is waiting for its end; False at the end of the text.

        As much: so that a long value, which is decoded from its beginning each time, takes linear
        time.
        """
        waiting = len(self._text) - self._position
        if waiting > MAX_RECORD_BYTES:
            raise JsonFault(TOO_LARGE, self.line)
        dropped = self._text[: self._position]
        self._dropped_chars += len(dropped)
        line_start = dropped.rfind("\n") + 1
        self._dropped_columns = (
            len(dropped) - line_start + (0 if line_start else self._dropped_columns)
        )
        pieces = [self._text[self._position :]]
        read_chars = 0
        for piece in self._pieces:
            pieces.append(piece)
            read_chars += len(piece)
            if read_chars > waiting:
                break
        self._text = "".join(pieces)
        self._position = 0
        return read_chars > 0

    def _fault(self, reason: str, position: int) -> JsonFault:
        line = self.line + self._text.count("\n", self._position, position)
        line_start = self._text.rfind("\n", 0, position) + 1
        column = position - line_start + 1 + (0 if line_start else self._dropped_columns)
        return JsonFault(
            N_("is not JSON (%(reason)s at character %(column)s)", reason=reason, column=column),
            line,
        )

"""Reads JSON Lines (.jsonl, .ndjson), one object a line, and JSON (.json): articles, one by one,
in a list, or in an object around it."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping

from searchapp.corpus.encoding import MAX_RECORD_BYTES, read_chunks, read_lines
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.json_articles import (
    WRAPPER_NAMES,
    defaults_of,
    has_text,
    is_article,
    is_something_else,
    nested_articles,
    plain_record,
)
from searchapp.corpus.json_stream import TOO_LARGE, JsonFault, JsonStream
from searchapp.corpus.records import article_from_record, field_of
from searchapp.model import Article
from searchapp.translation import N_, Message

_MAX_WRAPPERS = 5


def read_json_lines(file: ArticleFile) -> Iterator[Article]:
    """The articles of a file with one JSON object a line; empty lines are passed over.

    A file whose first line only opens an object or list is JSON under the wrong name.
    """
    is_first = True
    for line_number, line in read_lines(file):
        if line.isspace():
            continue
        if is_first and line.strip() in ("[", "{"):
            yield from read_json(file)
            return
        is_first = False
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as cause:
            file.error(_broken(cause), N_("write one JSON object on one line"), line=line_number)
            continue
        yield from _article(record, file, line_number, f"{file.stem}-{line_number}")


def read_json(file: ArticleFile) -> Iterator[Article]:
    """The articles of a file that holds one JSON object, or a list or sequence of them.

    They may be in a list within an object, as in JSON Feed and the answers of interfaces.
    """
    reader = _JsonReader(file)
    try:
        yield from reader.articles()
    except JsonFault as fault:
        # Nobody can tell where the next object begins.
        file.error(fault.what, N_("mend it; what follows is left out"), line=fault.line)


class _JsonReader:
    """Reads the values of one JSON file in turn; only one article is in memory."""

    def __init__(self, file: ArticleFile) -> None:
        self._file = file
        self._stream = JsonStream(read_chunks(file))
        self._count = 0

    def articles(self) -> Iterator[Article]:
        """All of them. Raises JsonFault."""
        is_sequence = False
        while sign := self._stream.skip(",\ufeff"):
            if sign == "[":
                yield from self._list({})
            elif sign == "{" and not is_sequence:
                line = self._stream.line
                has_articles, members = yield from self._members(1)
                if has_articles:
                    continue
                inner = [] if has_text(members) else nested_articles(members)
                if is_article(members) and not any(map(has_text, inner)):
                    inner = []  # What it refers to.
                for record in inner:
                    yield from self._one(record, line, defaults_of(members))
                if inner:
                    continue
                if is_something_else(members):
                    what = N_("is no article: it has neither title nor text")
                    self._file.error(what, N_("add one, or take it out"), line=line)
                    continue
                is_sequence = True
                yield from self._one(members, line, {})
            else:
                line = self._stream.line
                yield from self._one(self._stream.value(), line, {})

    def _list(self, defaults: Mapping[str, object]) -> Iterator[Article]:
        """The articles of the list that follows."""
        self._stream.take("[")
        while (sign := self._stream.skip(",")) != "]":
            line = self._stream.line
            if not sign:
                raise JsonFault(N_("the list has no end"), line)
            self._file.begin_record(line)
            yield from self._one(self._stream.value(), line, defaults)
        self._stream.take("]")

    def _members(self, depth: int) -> Generator[Article, None, tuple[bool, dict[str, object]]]:
        """The articles in a list within the object that follows.

        Returns whether there was one, and the other members of the object.
        """
        self._stream.take("{")
        has_articles = False
        members: dict[str, object] = {}
        kept_chars = 0
        while (sign := self._stream.skip(",")) != "}":
            if not sign:
                raise JsonFault(N_("the object has no end"), self._stream.line)
            key = self._stream.value()
            if not isinstance(key, str):
                raise JsonFault(
                    N_("is not JSON (a name in an object is no text)"), self._stream.line
                )
            self._stream.take(":")
            is_wrapper = key.lower() in WRAPPER_NAMES and not has_text(members)
            if is_wrapper and self._stream.is_list_of_objects():
                has_articles = True
                yield from self._list(defaults_of(members))
            elif is_wrapper and depth < _MAX_WRAPPERS and self._stream.peek() == "{":
                has_inner, members[key] = yield from self._members(depth + 1)
                has_articles = has_articles or has_inner
            else:
                start = self._stream.read_chars
                members[key] = self._stream.value()
                kept_chars += self._stream.read_chars - start
                if kept_chars > MAX_RECORD_BYTES:
                    raise JsonFault(TOO_LARGE, self._stream.line)
        self._stream.take("}")
        if not has_articles and depth > 1 and not is_article(members):
            inner = nested_articles(members)
            for record in inner:
                yield from self._one(record, self._stream.line, defaults_of(members))
            has_articles = bool(inner)
        return has_articles, members

    def _one(self, record: object, line: int, defaults: Mapping[str, object]) -> Iterator[Article]:
        self._count += 1
        self._file.begin_record(line)
        if defaults and isinstance(record, dict):
            own = {field_of(key) for key, value in record.items() if value}
            record |= {key: value for key, value in defaults.items() if field_of(key) not in own}
        yield from _article(record, self._file, line, f"{self._file.stem}-{self._count}")


def _article(
    record: object, file: ArticleFile, line_number: int, fallback_id: str
) -> Iterator[Article]:
    if not isinstance(record, dict):
        file.error(
            N_("is not a JSON object"), N_("write {...} with title and body"), line=line_number
        )
        return
    plain = plain_record(record, file, line_number)
    if plain is None:
        return
    article = article_from_record(
        plain, file, line=line_number, fallback_id=fallback_id, may_hold_html=True
    )
    if article is not None:
        yield article


def _broken(cause: Exception) -> Message:
    if isinstance(cause, json.JSONDecodeError):
        return N_(
            "is not JSON (%(reason)s at character %(column)s)",
            reason=Message(cause.msg),
            column=cause.colno,
        )
    return N_("is not JSON that can be read (nested too deeply, or a number too long)")

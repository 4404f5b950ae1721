"""Reads JSON Lines (.jsonl, .ndjson), one object a line, and JSON (.json), one object or a list."""

from __future__ import annotations

import json
from collections.abc import Iterator

from searchapp.corpus.encoding import read_lines, read_text
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.records import article_from_record
from searchapp.model import Article

_DECODER = json.JSONDecoder()


def read_json_lines(file: ArticleFile) -> Iterator[Article]:
    """The articles of a file with one JSON object a line; empty lines are passed over."""
    for line_number, line in read_lines(file):
        if line.isspace():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as cause:
            file.error(_broken(cause), "write one JSON object on one line", line=line_number)
            continue
        yield from _article(record, file, line_number, f"{file.stem}-{line_number}")


def read_json(file: ArticleFile) -> Iterator[Article]:
    """The articles of a file that holds one JSON object, or a list or sequence of them."""
    text = read_text(file)
    if text is None:
        return
    in_list = text.lstrip().startswith("[")
    position = _next_value(text, text.index("[") + 1 if in_list else 0)
    count, line_number, counted_to = 0, 1, 0
    while position < len(text) and not (in_list and text[position] == "]"):
        line_number += text.count("\n", counted_to, position)
        counted_to = position
        file.begin_record(line_number)
        try:
            record, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as cause:
            # Nobody can tell where the next object begins.
            broken_line = getattr(cause, "lineno", line_number)
            file.error(_broken(cause), "mend it; what follows is left out", line=broken_line)
            return
        count += 1
        yield from _article(record, file, line_number, f"{file.stem}-{count}")
        position = _next_value(text, end)
    if in_list and position == len(text):
        file.error("the list has no end", "see whether the file is complete", line=line_number)


def _next_value(text: str, start: int) -> int:
    """Where the next value begins, after white space and commas."""
    while start < len(text) and text[start] in " \t\r\n,":
        start += 1
    return start


def _article(
    record: object, file: ArticleFile, line_number: int, fallback_id: str
) -> Iterator[Article]:
    if not isinstance(record, dict):
        file.error("is not a JSON object", "write {...} with title and body", line=line_number)
        return
    article = article_from_record(record, file, line=line_number, fallback_id=fallback_id)
    if article is not None:
        yield article


def _broken(cause: Exception) -> str:
    if isinstance(cause, json.JSONDecodeError):
        return f"is not JSON ({cause.msg} at character {cause.colno})"
    return "is not JSON that can be read (nested too deeply, or a number too long)"

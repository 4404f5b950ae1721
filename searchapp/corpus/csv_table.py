"""Reads tables (.csv) with a header: one article a row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from searchapp.corpus.encoding import MAX_RECORD_BYTES, read_lines
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.records import article_from_record, field_of
from searchapp.model import Article
from searchapp.translation import N_

_DELIMITERS = ",;\t|"
_CARRIAGE_RETURN = re.compile(r"(?<=\r)(?!\n)")
_SEPARATOR_LINE = re.compile(r"\"?sep=(?P<delimiter>.)\"?\s*", re.IGNORECASE)
"""What tells Excel the delimiter, as the first line of a file."""


def read_csv(file: ArticleFile) -> Iterator[Article]:
    """The articles of a table whose header names a title or text column.

    The delimiter (comma, semicolon, tab or bar) is the one by which the header has most known
    columns, if the file does not name one. Lines may end with a carriage return only.
    """
    lines = _lines(file)
    header_line = next(((n, line) for n, line in lines if line.strip()), None)
    named = _SEPARATOR_LINE.fullmatch(header_line[1]) if header_line else None
    if named:
        header_line = next(((n, line) for n, line in lines if line.strip()), None)
    if header_line is None:
        return
    first_line_number, header_text = header_line
    delimiter = (
        named["delimiter"]
        if named
        else max(_DELIMITERS, key=lambda each: len(_known(_cells(header_text, each))))
    )
    columns = _cells(header_text, delimiter)
    if not {"title", "body"} & set(_known(columns)):
        file.error(
            N_("the first line names no title or text column"),
            N_("begin the file with a line such as id,title,date,tags,author,body"),
            line=first_line_number,
        )
        return
    for line_number, row in _rows(file, lines, delimiter, first_line_number):
        if len(row) > len(columns) and any(row[len(columns) :]):
            file.error(
                N_(
                    "has %(columns)s columns where the header has %(named)s",
                    columns=len(row),
                    named=len(columns),
                ),
                N_("put cells that hold the delimiter in quotes"),
                line=line_number,
            )
            continue
        article = article_from_record(
            _record(columns, row),
            file,
            line=line_number,
            fallback_id=f"{file.stem}-{line_number}",
            may_hold_html=True,
        )
        if article is not None:
            yield article


def _lines(file: ArticleFile) -> Iterator[tuple[int, str]]:
    """The lines of a file, of which some may end with a carriage return only."""
    number = 0
    for _, line in read_lines(file):
        if line.find("\r", 0, -2) < 0:
            number += 1
            yield number, line
            continue
        for piece in filter(None, _CARRIAGE_RETURN.split(line)):
            number += 1
            yield number, piece


def _record(columns: list[str], row: list[str]) -> dict[str, object]:
    """The cells by column; those of columns with one name are a list."""
    record: dict[str, object] = dict(zip(columns, row, strict=False))
    if len(record) < len(row):
        cells: dict[str, list[str]] = {}
        for column, cell in zip(columns, row, strict=False):
            cells.setdefault(column, []).append(cell)
        record = {
            column: cell[0] if len(cell) == 1 else [each for each in cell if each]
            for column, cell in cells.items()
        }
    return record


def _rows(
    file: ArticleFile, lines: Iterator[tuple[int, str]], delimiter: str, lines_before: int
) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its first line."""
    # A limit of the whole process; the default is too small for long articles.
    csv.field_size_limit(MAX_RECORD_BYTES)
    reader = csv.reader((line for _, line in lines), delimiter=delimiter, strict=True)
    while True:
        line_number = lines_before + reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as cause:
            file.error(
                N_("is not a row (%(cause)s)", cause=cause),
                N_("look at its quotation marks"),
                line=line_number,
            )
            continue
        if row is None:
            return
        if any(row):
            yield line_number, row


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of the first line; none if it is no row (then it is reported to name no column)."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # A carriage return within the line, or a cell beyond all bounds.
        return []


def _known(columns: list[str]) -> list[str]:
    return [field for field in map(field_of, columns) if field]

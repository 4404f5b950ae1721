"""Reads tables (.csv) with a header: one article a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from searchapp.corpus.encoding import MAX_RECORD_BYTES, read_lines
from searchapp.corpus.files import ArticleFile
from searchapp.corpus.records import article_from_record, field_of
from searchapp.model import Article

_DELIMITERS = ",;\t"


def read_csv(file: ArticleFile) -> Iterator[Article]:
    """The articles of a table whose header names a title or text column.

    The delimiter (comma, semicolon or tab) is the one by which the header has most known columns.
    """
    lines = read_lines(file)
    header_line = next(((n, line) for n, line in lines if line.strip()), None)
    if header_line is None:
        return
    first_line_number, header_text = header_line
    delimiter = max(_DELIMITERS, key=lambda each: len(_known(_cells(header_text, each))))
    columns = _cells(header_text, delimiter)
    if not {"title", "body"} & set(_known(columns)):
        file.error(
            "the first line names no title or text column",
            "begin the file with a line such as id,title,date,tags,author,body",
            line=first_line_number,
        )
        return
    for line_number, row in _rows(file, lines, delimiter, first_line_number):
        if len(row) > len(columns) and any(row[len(columns) :]):
            file.error(
                f"has {len(row)} columns where the header has {len(columns)}",
                "put cells that hold the delimiter in quotes",
                line=line_number,
            )
            continue
        article = article_from_record(
            dict(zip(columns, row, strict=False)),
            file,
            line=line_number,
            fallback_id=f"{file.stem}-{line_number}",
        )
        if article is not None:
            yield article


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
            file.error(f"is not a row ({cause})", "look at its quotation marks", line=line_number)
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

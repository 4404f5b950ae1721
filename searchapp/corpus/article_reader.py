"""All articles of some folders and files: chooses the readers, and splits tags that ran together.

Glued tags are split best when the tags of the other articles are known. So the articles with
glued tags wait, in a temporary file, until all others have been read.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO

from searchapp.corpus.files import (
    ArticleFile,
    ReadingPosition,
    Report,
    article_files,
    check_paths,
)
from searchapp.corpus.seed_text import GluedArticle
from searchapp.errors import Problem
from searchapp.model import Article

Reader = Callable[[ArticleFile], Iterator[Article | GluedArticle]]

# Module and function, imported at the first file of the format: some need heavy libraries.
_READERS: Mapping[str, tuple[str, str]] = {
    ".txt": ("seed_text", "read_seed_text"),
    ".jsonl": ("json_lines", "read_json_lines"),
    ".ndjson": ("json_lines", "read_json_lines"),
    ".json": ("json_lines", "read_json"),
    ".csv": ("csv_table", "read_csv"),
    ".md": ("markdown", "read_markdown"),
    ".markdown": ("markdown", "read_markdown"),
    ".html": ("html_page", "read_html"),
    ".htm": ("html_page", "read_html"),
    ".xml": ("feed", "read_feed"),
    ".rss": ("feed", "read_feed"),
    ".atom": ("feed", "read_feed"),
}

SUFFIXES = frozenset(_READERS)
"""The suffixes of files that are read; .gz and .xz may follow them."""

_SPOOL_BYTES = 16 * 2**20
_MAX_KNOWN_TAGS = 200_000
_MAX_KNOWN_TAG_CHARS = 100


def read_articles(
    paths: Sequence[Path],
    *,
    report: Report,
    known_tags: Mapping[str, int] | None = None,
    skip: Callable[[Path], bool] | None = None,
    on_read: Callable[[int], None] | None = None,
) -> Iterator[Article]:
    """The articles of folders (recursively) and files, one at a time.

    paths: read in this order, folders in the order of their names.
    report: gets every problem; an article with a problem of severity "error" is left out.
    known_tags: tags of articles that are not read now, with their counts: they help to split
        tags that ran together.
    skip: files for which it is true are not opened.
    on_read: told, after each article and each file, how many of the `source_bytes` are done;
        files that are skipped count as done.

    Ids are not yet checked for being unique. Articles whose tags ran together come last.
    Raises SourceNotFound, at the call, if a path does not exist. Nothing in a file raises.
    """
    check_paths(paths)
    return _read(paths, report, known_tags or {}, skip, on_read)


def source_bytes(paths: Sequence[Path]) -> int:
    """The size on disk of all files that `read_articles` would read."""
    return sum(file.size_bytes for file in article_files(paths, SUFFIXES, lambda _: None))


def _read(
    paths: Sequence[Path],
    report: Report,
    known_tags: Mapping[str, int],
    skip: Callable[[Path], bool] | None,
    on_read: Callable[[int], None] | None,
) -> Iterator[Article]:
    tag_counts = dict(known_tags)
    problem_count = 0

    def count_and_report(problem: Problem) -> None:
        nonlocal problem_count
        problem_count += 1
        report(problem)

    position = ReadingPosition()
    # Splitting tags takes about as long as reading the file: until then the file is half done.
    waiting_articles = owed_bytes = 0

    def tell_position() -> None:
        if on_read is not None:
            on_read(position.bytes_read - owed_bytes)

    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+", encoding="utf-8") as waiting:
        for file in article_files(paths, SUFFIXES, count_and_report):
            size_bytes = file.size_bytes
            if skip is None or not skip(file.path):
                followed = dataclasses.replace(file, on_open=position.follow)
                is_silent, problems_before = True, problem_count
                for article in _reader(file)(followed):
                    is_silent = False
                    if isinstance(article, GluedArticle):
                        waiting.write(_to_json(article) + "\n")
                        waiting_articles += 1
                        owed_bytes += size_bytes // 2
                    else:
                        _count_tags(tag_counts, article.tags)
                        yield article
                        tell_position()
                if is_silent and problem_count == problems_before:
                    file.warn("holds no articles", "write some into it or take it out")
            position.finish(size_bytes)
            tell_position()
        waiting.seek(0)
        for done, article in enumerate(_split_waiting(waiting, tag_counts, report)):
            yield article
            owed_bytes -= owed_bytes // (waiting_articles - done)
            tell_position()


def _reader(file: ArticleFile) -> Reader:
    module_name, function_name = _READERS[file.format_suffix]
    reader: Reader = getattr(import_module(f"searchapp.corpus.{module_name}"), function_name)
    return reader


def _count_tags(counts: dict[str, int], tags: tuple[str, ...]) -> None:
    for tag in tags:
        if tag in counts:
            counts[tag] += 1
        elif len(counts) < _MAX_KNOWN_TAGS and len(tag) <= _MAX_KNOWN_TAG_CHARS:
            counts[tag] = 1


def _split_waiting(waiting: IO[str], known: Mapping[str, int], report: Report) -> Iterator[Article]:
    from searchapp.corpus.records import clean_tags
    from searchapp.corpus.tags.tag_splitter import split_tags

    for line in waiting:
        glued = _from_json(line)
        article = glued.article
        split = split_tags(glued.glued, known=known, text=f"{article.title}\n{article.body}")
        if not split.confident:
            ArticleFile(Path(article.origin), report).warn(
                "tags that ran together could not be told apart and stay one tag",
                "write them one a line, or with commas",
                line=glued.line,
            )
        yield dataclasses.replace(article, tags=clean_tags(list(split.tags)))


def _to_json(glued: GluedArticle) -> str:
    record = glued.article.to_record() | {"origin": glued.article.origin}
    return json.dumps([record, glued.glued, glued.line])


def _from_json(line: str) -> GluedArticle:
    record, glued, line_number = json.loads(line)
    return GluedArticle(Article.from_record(record), glued, line_number)

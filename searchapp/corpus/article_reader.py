"""Reads all articles of some folders and files, each by the reader of its format.

Tags that ran together are split best when the tags of the other articles are known. Therefore
articles with such tags wait, in a temporary file, until all others have been read.
"""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO

from searchapp.corpus.files import ArticleFile, Report, Stream
from searchapp.corpus.seed_text import GluedArticle
from searchapp.corpus.source_folders import article_files, check_paths
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
    ".pdf": ("documents.pdf_document", "read_pdf"),
    ".docx": ("documents.word_document", "read_docx"),
    ".odt": ("documents.odt_document", "read_odt"),
    ".epub": ("documents.epub_book", "read_epub"),
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
    begin: Callable[[ArticleFile], ArticleFile | None] | None = None,
    on_read: Callable[[int], None] | None = None,
) -> Iterator[Article]:
    """The articles of folders (recursively) and files, one at a time.

    paths: read in this order, folders in the order of their names.
    report: gets every problem; an article with a problem of severity "error" is left out.
    known_tags: tags of articles that are not read now, with their counts: they help to split
        tags that ran together.
    begin: called with each file; returns the file to read, perhaps with another stem, or None
        for one that need not be opened.
    on_read: told, after each article and each file, how many of the `source_bytes` are done;
        files that are skipped count as done.

    Ids are not yet checked for being unique. Articles whose tags ran together come last.
    Raises SourceNotFound, at the call, if a path does not exist. Nothing in a file raises.
    """
    check_paths(paths)
    return _read(paths, report, known_tags or {}, begin, on_read)


def source_bytes(paths: Sequence[Path]) -> int:
    """The size on disk of all files that `read_articles` would read."""
    return sum(file.size_bytes for file in article_files(paths, SUFFIXES, lambda _: None))


def _read(
    paths: Sequence[Path],
    report: Report,
    known_tags: Mapping[str, int],
    begin: Callable[[ArticleFile], ArticleFile | None] | None,
    on_read: Callable[[int], None] | None,
) -> Iterator[Article]:
    tag_counts = dict(known_tags)
    progress = _Progress(on_read)
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+", encoding="utf-8") as spool:
        waiting = _GluedArticles(spool)
        for file in article_files(paths, SUFFIXES, report):
            size_bytes = file.size_bytes
            begun = begin(file) if begin is not None else file
            if begun is not None:
                for article in _articles_in(dataclasses.replace(begun, on_open=progress.follow)):
                    if isinstance(article, GluedArticle):
                        waiting.add(article)
                        progress.owe(size_bytes // 2)
                    else:
                        _count_tags(tag_counts, article.tags)
                        yield article
                        progress.tell()
            progress.finish(size_bytes)
        for article in waiting.split(tag_counts, report):
            yield article
            progress.pay()


def _articles_in(file: ArticleFile) -> Iterator[Article | GluedArticle]:
    """The articles of one file, with a warning if it has neither articles nor problems."""
    is_silent = True

    def report(problem: Problem) -> None:
        nonlocal is_silent
        is_silent = False
        file.report(problem)

    for article in _reader(file)(dataclasses.replace(file, report=report)):
        is_silent = False
        yield article
    if is_silent:
        file.warn("holds no articles", "write some into it or take it out")


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


class _GluedArticles:
    """Articles whose tags ran together, kept in a temporary file until all tags are known."""

    def __init__(self, spool: IO[str]) -> None:
        self._spool = spool

    def add(self, glued: GluedArticle) -> None:
        """Keep an article. Raises OSError if the disk is full."""
        record = glued.article.to_record() | {"origin": glued.article.origin}
        self._spool.write(json.dumps([record, glued.glued, glued.line]) + "\n")

    def split(self, known: Mapping[str, int], report: Report) -> Iterator[Article]:
        """The articles with their tags, in the order in which they were added.

        known: the tags of other articles, with their counts.
        """
        from searchapp.corpus.records import clean_tags
        from searchapp.corpus.tags.tag_splitter import split_tags

        self._spool.seek(0)
        for row in self._spool:
            record, glued, line = json.loads(row)
            article = Article.from_record(record)
            split = split_tags(glued, known=known, text=f"{article.title}\n{article.body}")
            if not split.confident:
                ArticleFile(Path(article.origin), report).warn(
                    "tags that ran together could not be told apart and stay one tag",
                    "write them one a line, or with commas",
                    line=line,
                )
            yield dataclasses.replace(article, tags=clean_tags([*article.tags, *split.tags]))


class _Progress:
    """How far the reading has come, in bytes of files as they are on the disk, packed or not.

    Splitting glued tags takes about as long as reading their file, so that such a file counts as
    half done until its tags are split: the other half is owed.
    """

    def __init__(self, on_read: Callable[[int], None] | None) -> None:
        self._on_read = on_read
        self._finished_bytes = 0
        self._stream: Stream | None = None
        self._owed_bytes = 0
        self._debt_count = 0

    def follow(self, stream: Stream) -> None:
        """This stream is read from now on."""
        self._stream = stream

    def finish(self, size_bytes: int) -> None:
        """A file of this size was read to its end, or skipped."""
        self._stream = None
        self._finished_bytes += size_bytes
        self.tell()

    def owe(self, size_bytes: int) -> None:
        """Count these bytes of a file as done only when `pay` is called for them."""
        self._owed_bytes += size_bytes
        self._debt_count += 1

    def pay(self) -> None:
        """Count an equal share of all that is owed as done."""
        self._owed_bytes -= self._owed_bytes // self._debt_count
        self._debt_count -= 1
        self.tell()

    def tell(self) -> None:
        """Tell how many bytes are done."""
        if self._on_read is None:
            return
        position = 0
        if self._stream is not None and not self._stream.closed:
            # The position of the file itself: that of the stream counts unpacked bytes.
            position = os.lseek(self._stream.fileno(), 0, os.SEEK_CUR)
        self._on_read(self._finished_bytes + position - self._owed_bytes)

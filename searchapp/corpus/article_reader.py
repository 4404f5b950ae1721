"""Reads all articles of some folders and files, behind a guard.

Tags that ran together are split best when the tags of the other articles are known. Therefore
articles with such tags wait, in a temporary file, until all others have been read.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple, Self, TypeVar

from searchapp.corpus.files import ArticleFile, Report
from searchapp.corpus.formats import SUFFIXES, articles_in
from searchapp.corpus.reader_process import ReaderProcess, SpareProcess
from searchapp.corpus.seed_text import GluedArticle
from searchapp.corpus.source_folders import article_files, check_paths
from searchapp.errors import Problem
from searchapp.model import Article
from searchapp.translation import N_

Item = TypeVar("Item")

_SPOOL_BYTES = 16 * 2**20
_FILES_AHEAD = 64
"""So many files are begun before their turn: two groups of a reader process."""
_MAX_KNOWN_TAGS = 200_000
_MAX_KNOWN_TAG_CHARS = 100


def read_articles(
    paths: Sequence[Path],
    *,
    report: Report,
    known_tags: Mapping[str, int] | None = None,
    begin: Callable[[ArticleFile], ArticleFile | None] | None = None,
    on_read: Callable[[int], None] | None = None,
    guarded: bool = True,
    spare: SpareProcess | None = None,
) -> Iterator[Article]:
    """The articles of folders (recursively) and files, one at a time.

    paths: read in this order, folders in the order of their names.
    report: gets every problem; an article with a problem of severity "error" is left out.
    known_tags: tags of articles that are not read now, with their counts: they help to split
        tags that ran together.
    begin: called with each file, in their order but before the articles of some files before it
        are given; returns the file to read, perhaps with another stem, or None for one that need
        not be opened.
    on_read: told, after each article and each file, how many of the `source_bytes` are done;
        files that are skipped count as done.
    guarded: read in another process, which is ended when a file gets it stuck or takes too much
        memory; without it, in this one: good for few files that are known.
    spare: keeps that other process for the next reading; otherwise it ends with this one.

    Ids are not yet checked for being unique. Articles whose tags ran together come last.
    Raises SourceNotFound, at the call, if a path does not exist. Nothing in a file raises.
    """
    check_paths(paths)
    reader = ReaderProcess(spare=spare) if guarded else UnguardedReader()
    return _read(paths, report, known_tags or {}, begin, on_read, reader)


def source_bytes(paths: Sequence[Path]) -> int:
    """The size on disk of all files that `read_articles` would read."""
    return sum(file.size_bytes for file in article_files(paths, SUFFIXES, lambda _: None))


def _read(
    paths: Sequence[Path],
    report: Report,
    known_tags: Mapping[str, int],
    begin: Callable[[ArticleFile], ArticleFile | None] | None,
    on_read: Callable[[int], None] | None,
    reader: ReaderProcess | UnguardedReader,
) -> Iterator[Article]:
    tag_counts = dict(known_tags)
    progress = _Progress(on_read)
    with reader, tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+", encoding="utf-8") as spool:
        waiting = _GluedArticles(spool)
        for found in _ahead(_found(paths, report, begin, reader), _FILES_AHEAD):
            if isinstance(found, Problem):
                report(found)
                continue
            file, size_bytes = found
            for article in reader.receive(file) if file is not None else ():
                if isinstance(article, GluedArticle):
                    waiting.add(article)
                    progress.owe(size_bytes // 2)
                else:
                    _count_tags(tag_counts, article.tags)
                    yield article
                    progress.tell(reader.position)
            progress.finish(size_bytes)
        for article in waiting.split(tag_counts, report):
            yield article
            progress.pay()


class _Found(NamedTuple):
    """A file that was met, with its size on disk; None for one that need not be opened."""

    file: ArticleFile | None
    size_bytes: int


def _found(
    paths: Sequence[Path],
    report: Report,
    begin: Callable[[ArticleFile], ArticleFile | None] | None,
    reader: ReaderProcess | UnguardedReader,
) -> Iterator[_Found | Problem]:
    """What there is in the sources, in order; the files to read are sent to the reader."""
    problems: list[Problem] = []
    for file in article_files(paths, SUFFIXES, problems.append):
        yield from problems
        problems.clear()
        size_bytes = file.size_bytes
        file = dataclasses.replace(file, report=report)
        begun = begin(file) if begin is not None else file
        if begun is not None:
            reader.send(begun)
        yield _Found(begun, size_bytes)
    yield from problems


def _ahead(items: Iterator[Item], count: int) -> Iterator[Item]:
    """The items, each taken when the one that comes so many places before it is asked for."""
    taken: deque[Item] = deque()
    for item in items:
        taken.append(item)
        if len(taken) > count:
            yield taken.popleft()
    yield from taken


class UnguardedReader:
    """Reads files in this process, which a file may keep busy for ever, or end.

    position: how far the latest file has been read, in bytes on the disk.
    """

    position = 0

    def send(self, file: ArticleFile) -> None:
        """Like a `ReaderProcess`, which begins to read it."""

    def receive(self, file: ArticleFile) -> Iterator[Article | GluedArticle]:
        """The articles of a file."""
        return articles_in(dataclasses.replace(file, on_bytes=self._move))

    def _move(self, position: int) -> None:
        self.position = position

    def __enter__(self) -> Self:
        """Like a `ReaderProcess`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Like a `ReaderProcess`."""


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
                    N_("tags that ran together could not be told apart and stay one tag"),
                    N_("write them one a line, or with commas"),
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
        self._owed_bytes = 0
        self._debt_count = 0

    def finish(self, size_bytes: int) -> None:
        """A file of this size was read to its end, or skipped."""
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

    def tell(self, position: int = 0) -> None:
        """Tell how many bytes are done, of them `position` in the file that is being read."""
        if self._on_read is not None:
            self._on_read(self._finished_bytes + position - self._owed_bytes)

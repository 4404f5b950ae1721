"""Which reader reads which file, and what becomes of what a reader did not expect."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from searchapp.corpus.files import ArticleFile
from searchapp.corpus.page_origin import page_origin
from searchapp.corpus.seed_text import GluedArticle
from searchapp.errors import Problem
from searchapp.model import Article
from searchapp.problem_groups import ProblemGroups
from searchapp.translation import N_, Number

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

MAX_ERRORS_IN_A_ROW = 1_000_000
"""Records of a file that cannot be read, one after the other, until the rest is left out too: what
has no article in so many records is something else, however many there are."""


def articles_in(file: ArticleFile) -> Iterator[Article | GluedArticle]:
    """The articles of one file, with a warning if it has neither articles nor problems.

    Its problems are grouped: of a million only some are told, with the number of the others.

    Whatever a reader raises ends only this file, and becomes a problem; but a MemoryError is
    raised, since this process may have too little memory left for the next file.
    """
    is_silent = True
    errors_in_a_row = 0
    line = 1
    groups = ProblemGroups(file.report)
    file = dataclasses.replace(file, report=groups.add)

    def report(problem: Problem) -> None:
        nonlocal is_silent, errors_in_a_row
        is_silent = False
        errors_in_a_row += problem.severity == "error"
        file.report(problem)
        if errors_in_a_row > MAX_ERRORS_IN_A_ROW:
            raise _GaveUp

    def on_line(number: int) -> None:
        nonlocal line
        line = number
        if file.on_line is not None:
            file.on_line(number)

    origin = page_origin(file.path)
    try:
        for article in _reader(file)(dataclasses.replace(file, report=report, on_line=on_line)):
            is_silent, errors_in_a_row = False, 0
            # What a page says of its own address may be wrong; this is where it was found.
            yield article if origin is None else _with_url(article, origin.url)
    except MemoryError:
        raise
    except _GaveUp:
        file.error(
            N_(
                "has no article in more than %(max_errors_in_a_row)s records",
                max_errors_in_a_row=Number(MAX_ERRORS_IN_A_ROW),
            ),
            N_("look whether it is what its name says; what follows is left out"),
            line=line,
        )
    except RecursionError:
        file.error(
            N_("is nested too deeply"), N_("take it out, or write it with fewer levels"), line=line
        )
    except Exception as cause:  # Nobody knows all that libraries raise over hostile bytes.
        reason = f"{type(cause).__name__}: {cause}"
        file.error(
            N_(
                "could not be read (%(names)s)",
                names="".join(filter(str.isprintable, reason))[:200],
            ),
            N_("take it out, and please report it; what follows here is left out"),
            line=line,
        )
    else:
        if is_silent:
            file.warn(N_("holds no articles"), N_("write some into it or take it out"))
    finally:
        groups.close()


def _with_url(article: Article | GluedArticle, url: str) -> Article | GluedArticle:
    if isinstance(article, GluedArticle):
        return dataclasses.replace(article, article=dataclasses.replace(article.article, url=url))
    return dataclasses.replace(article, url=url)


class _GaveUp(Exception):
    """A file has nothing but errors."""


def _reader(file: ArticleFile) -> Reader:
    module_name, function_name = _READERS[file.format_suffix]
    reader: Reader = getattr(import_module(f"searchapp.corpus.{module_name}"), function_name)
    return reader

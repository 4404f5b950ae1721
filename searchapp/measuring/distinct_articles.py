"""The articles of a file that is measured with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from searchapp.corpus import read_articles, source_bytes
from searchapp.errors import Problem
from searchapp.model import Article
from searchapp.progress import Progress
from searchapp.translation import N_


def distinct_articles(
    source: Path, *, progress: Progress, on_problem: Callable[[Problem], None]
) -> Iterator[Article]:
    """Read the articles of an existing file, as the step "Reading".

    on_problem: called for articles that cannot be read, and for those whose id has been used,
    which are left out.
    """
    progress.begin(N_("Reading"), source_bytes([source]))
    ids: set[str] = set()
    for article in read_articles([source], report=on_problem, on_read=progress.advance):
        if article.id in ids:
            what = N_("the id %(id)r has been used", id=article.id)
            on_problem(Problem(article.origin, what, N_("give one of the two another id")))
            continue
        ids.add(article.id)
        yield article

"""Reads one file, or a folder of files, and tells what came out of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from searchapp.corpus import read_articles
from searchapp.errors import Problem
from searchapp.model import Article


class Outcome(NamedTuple):
    """What came of reading: articles in order, and problems as (severity, sentence)."""

    articles: list[Article]
    problems: list[Problem]

    @property
    def article(self) -> Article:
        """The only article."""
        assert len(self.articles) == 1, self
        return self.articles[0]

    @property
    def error(self) -> str:
        """The only problem, which is an error that cost the file its articles."""
        assert not self.articles
        assert [each.severity for each in self.problems] == ["error"], self.problems
        return str(self.problems[0])

    @property
    def warning(self) -> str:
        """The only problem, which is a warning."""
        assert [each.severity for each in self.problems] == ["warning"], self.problems
        return str(self.problems[0])


_COUNT_AND_PEAK = """
import pathlib, re, sys
from searchapp.corpus import read_articles
paths = [pathlib.Path(sys.argv[1])]
print(sum(1 for _ in read_articles(paths, report=print, guarded=False)))
print(re.search("VmHWM:(.*) kB", pathlib.Path("/proc/self/status").read_text())[1])
"""

Read = Callable[[str, str | bytes], Outcome]


def read_paths(*paths: Path) -> Outcome:
    """Read files and folders as the indexer does, but in this process."""
    problems: list[Problem] = []
    return Outcome(list(read_articles(paths, report=problems.append, guarded=False)), problems)


def count_and_peak_kb(path: Path) -> tuple[int, int]:
    """How many articles a file without problems has, and what memory a process took to read it."""
    ran = subprocess.run(
        [sys.executable, "-c", _COUNT_AND_PEAK, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    count, peak_kb = map(int, ran.stdout.split())
    return count, peak_kb


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a file of a name and content and read it."""

    def write_and_read(name: str, content: str | bytes) -> Outcome:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_paths(path)

    return write_and_read

"""The engines that are compared: this search and its peers, with the same few methods.

Loads nothing heavy: a peer's process holds what the peer needs, and its start is timed.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from searchapp.model import Article

OURS = "searchapp"
PEERS = ("tantivy", "fts5", "whoosh")
NAMES = (OURS, *PEERS)


class BenchQuery(NamedTuple):
    """Words to search for, without any syntax.

    words: letters and digits only. any_word: one of them is enough; otherwise all must match.
    band: how frequent the words are, see `title_queries`.
    """

    words: tuple[str, ...]
    any_word: bool = False
    band: str = "given"

    def __str__(self) -> str:
        return (" ODER " if self.any_word else " ").join(self.words)


class Answer(NamedTuple):
    """What was on a page, for checks.

    ids: of the hits, best first. facets: counts by name ("tags", "year") and value.
    snippets: one a hit, marks as <mark>.
    """

    total: int
    ids: tuple[str, ...]
    facets: Mapping[str, Mapping[str, int]]
    snippets: tuple[str, ...]


class OpenIndex(Protocol):
    """An index that answers. Each engine returns what it likes from the first four; only their time
    counts."""

    def search(self, query: BenchQuery) -> object:
        """The ten best documents and the exact total."""

    def facets(self, query: BenchQuery) -> object:
        """The same, and counts of tags and years."""

    def snippets(self, query: BenchQuery) -> object:
        """The ten best documents with their fields and snippets, and the exact total."""

    def page(self, query: BenchQuery) -> Any:
        """Hits with snippets, the exact total and the counts."""

    def answer(self, page: Any) -> Answer:
        """What `page` has returned, in the same form for all engines; not timed."""

    def close(self) -> None:
        """Release the files."""


class Contender(Protocol):
    """An engine that takes part. Travels to child processes."""

    name: str

    def version(self) -> str:
        """The version of the engine."""

    def build(self, articles: Iterable[Article], folder: Path, workers: int) -> None:
        """Index the articles in an existing empty folder; all is on disk at the end.

        workers: threads or processes that may work.
        """

    def open(self, folder: Path | str) -> OpenIndex:
        """Open the index that `build` has written."""

    def cold_start(self, folder: Path, query: BenchQuery) -> Sequence[str]:
        """The arguments of Python in a process that answers one page and prints it."""


def load_peer(name: str) -> Contender:
    """The peer of that name. Raises ImportError where its package is not installed."""
    peer: Contender = import_module(f"searchapp.measuring.bench.{name}_peer").Peer()
    return peer


def peer_cold_start(name: str, folder: Path, query: BenchQuery) -> list[str]:
    """The `Contender.cold_start` of a peer that is a Python module."""
    # Not with -m: runpy alone takes as long as the start of a fast engine.
    code = f"from {__name__} import print_page; print_page()"
    return ["-c", code, name, *cold_start_arguments(folder, query)]


def cold_start_arguments(folder: Path, query: BenchQuery) -> list[str]:
    """The folder, "any" or "all", and the words."""
    return [str(folder), "any" if query.any_word else "all", *query.words]


def print_page() -> None:
    """The entry point of the process that `peer_cold_start` describes."""
    name, folder, operator, *words = sys.argv[1:]
    opened = load_peer(name).open(folder)
    print(opened.answer(opened.page(BenchQuery(tuple(words), any_word=operator == "any"))))

"""The corpus of these tests, indexed once by every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from searchapp.measuring.bench.bench_articles import BenchCorpus
from searchapp.measuring.bench.contenders import OURS, PEERS, OpenIndex, load_peer
from searchapp.measuring.bench.searchapp_contender import Searchapp
from searchapp.settings import Settings
from tests.measuring.bench.corpora import corpus_of, write_corpus


@pytest.fixture(scope="session")
def bench_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus as JSON Lines."""
    return write_corpus(tmp_path_factory.mktemp("bench") / "metals.jsonl")


@pytest.fixture(scope="session")
def bench_corpus(bench_source: Path, tmp_path_factory: pytest.TempPathFactory) -> BenchCorpus:
    """The corpus as a run holds it."""
    return corpus_of(bench_source, tmp_path_factory.mktemp("read"))


@pytest.fixture(scope="session")
def index_folders(
    bench_source: Path, bench_corpus: BenchCorpus, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The folder of the index that each engine has made of the corpus, by name."""
    folders = {name: tmp_path_factory.mktemp(name) for name in (OURS, *PEERS)}
    Searchapp(Settings()).rebuild(bench_source, folders[OURS], workers=1)
    for name in PEERS:
        load_peer(name).build(bench_corpus.articles(), folders[name], workers=2)
    return folders


@pytest.fixture(scope="session")
def opened(index_folders: dict[str, Path]) -> Iterator[dict[str, OpenIndex]]:
    """All indexes, open, by name."""
    with ExitStack() as stack:
        ours = Searchapp(Settings()).open(index_folders[OURS])
        indexes: dict[str, OpenIndex] = {OURS: ours}
        indexes |= {name: load_peer(name).open(index_folders[name]) for name in PEERS}
        for each in indexes.values():
            stack.enter_context(closing(each))
        yield indexes

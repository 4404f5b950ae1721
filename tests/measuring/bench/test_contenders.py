"""Every engine does the same work: its answers are those of a plain scan."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from searchapp.measuring.bench import HITS
from searchapp.measuring.bench.bench_articles import BenchCorpus
from searchapp.measuring.bench.contenders import (
    NAMES,
    OURS,
    PEERS,
    BenchQuery,
    OpenIndex,
    load_peer,
)
from searchapp.measuring.bench.searchapp_contender import Searchapp
from searchapp.measuring.bench.stopwatch import PARTS
from searchapp.settings import Settings
from tests.measuring.bench.corpora import DOCUMENTS, counts, matching

QUERIES = (
    BenchQuery(("Nickel",)),
    BenchQuery(("Iridium",)),
    BenchQuery(("Nickel", "Zinn")),
    BenchQuery(("Kupfer", "Wolfram", "Titan")),
    BenchQuery(("Titan", "Chrom"), any_word=True),
    BenchQuery(("Wolfram", "Chrom", "Iridium"), any_word=True),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_totals_hits_and_counts_are_those_of_a_scan(
    opened: dict[str, OpenIndex], name: str, query: BenchQuery
) -> None:
    """Where all forms of a word are written alike, all engines find the same articles."""
    found = matching(query)
    index = opened[name]
    answer = index.answer(index.page(query))
    assert answer.total == len(found)
    assert len(answer.ids) == len(set(answer.ids)) == min(HITS, len(found))
    assert set(answer.ids) <= {each.id for each in found}
    assert answer.facets == counts(found)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_every_hit_has_a_snippet_with_marks(
    opened: dict[str, OpenIndex], name: str, query: BenchQuery
) -> None:
    """Each is of its article and marks words of the query."""
    index = opened[name]
    answer = index.answer(index.page(query))
    assert len(answer.snippets) == len(answer.ids)
    for snippet in answer.snippets:
        marked = re.findall(r"<mark[^>]*>(.*?)</mark>|<mark[^>]*>(.*?)</b>", snippet)
        assert {"".join(each).lower() for each in marked} <= {each.lower() for each in query.words}
        assert marked


@pytest.mark.parametrize("name", PEERS)
def test_a_word_of_a_tag_is_found_where_tags_are_searched(
    opened: dict[str, OpenIndex], name: str
) -> None:
    """Tantivy and FTS5 look into tags as ours does; Whoosh's keywords are looked up whole."""
    query = BenchQuery(("Bergbau",))
    expected = 0 if name == "whoosh" else len(matching(query))
    assert opened[name].answer(opened[name].page(query)).total == expected
    assert opened[OURS].answer(opened[OURS].page(query)).total == len(matching(query))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", NAMES)
def test_every_part_can_be_asked_for(opened: dict[str, OpenIndex], name: str, part: str) -> None:
    """Also for a query that finds nothing."""
    for query in (QUERIES[2], BenchQuery(("Unauffindbares",))):
        assert getattr(opened[name], part)(query) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_cold_start_answers(index_folders: dict[str, Path], name: str) -> None:
    """The process prints the page and ends well."""
    contender = Searchapp(Settings()) if name == OURS else load_peer(name)
    query = QUERIES[4]
    command = [sys.executable, *contender.cold_start(index_folders[name], query)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert str(len(matching(query))) in ended.stdout
    assert any(word in ended.stdout for word in query.words)


def test_the_writer_alone_makes_an_index(bench_corpus: BenchCorpus, tmp_path: Path) -> None:
    """What is timed as indexing has the engine write all articles."""
    Searchapp(Settings()).build(bench_corpus.articles(), tmp_path, workers=1)
    assert bench_corpus.documents == DOCUMENTS
    assert sum(each.stat().st_size for each in tmp_path.rglob("*") if each.is_file()) > 10_000

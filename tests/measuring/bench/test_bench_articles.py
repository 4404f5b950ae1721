"""The corpus of a run: cut, repeated, streamed."""

from __future__ import annotations

import dataclasses
import gzip
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus import read_articles
from searchapp.errors import BadBenchmark, Problem
from searchapp.measuring.bench.bench_articles import CHUNK_ARTICLES, BenchCorpus, read_corpus
from searchapp.model import Article
from searchapp.progress import SILENT
from tests.measuring.bench.corpora import DOCUMENTS, article, articles, corpus_of
from tests.sources import write_lines


def without_origin(article: Article) -> Article:
    return dataclasses.replace(article, origin="")


def test_a_whole_corpus_is_read_as_it_is(bench_corpus: BenchCorpus) -> None:
    """Every field of every article comes out as it went in, as often as it is asked for."""
    assert list(bench_corpus.articles()) == list(articles())
    assert list(bench_corpus.articles()) == list(articles())


@given(documents=st.integers(1, 3 * DOCUMENTS + 1))
def test_a_corpus_of_any_size_has_distinct_ids(bench_corpus: BenchCorpus, documents: int) -> None:
    """Cut or repeated, the texts are those of the corpus over and over, their size is exact."""
    resized = dataclasses.replace(bench_corpus, documents=documents)
    found = list(resized.articles())
    assert len(found) == len({each.id for each in found}) == documents
    expected = itertools.islice(itertools.cycle(articles()), documents)
    assert [each.body for each in found] == [each.body for each in expected]
    assert resized.text_bytes() == sum(len((each.title + each.body).encode()) for each in found)
    assert len(list(resized.distinct_articles())) == min(documents, DOCUMENTS)


def test_only_what_is_needed_is_read(bench_source: Path, tmp_path: Path) -> None:
    """A corpus that is cut holds no more, and a repeated one holds each article once."""
    cut = corpus_of(bench_source, tmp_path, 7)
    repeated = corpus_of(bench_source, tmp_path, 10 * DOCUMENTS)
    assert (cut.distinct, cut.documents) == (7, 7)
    assert (repeated.distinct, repeated.documents) == (DOCUMENTS, 10 * DOCUMENTS)
    assert repeated.path.stat().st_size == corpus_of(bench_source, tmp_path).path.stat().st_size


def test_more_than_one_chunk_is_read(tmp_path: Path) -> None:
    """The borders of chunks are borders of nothing else."""
    count = 2 * CHUNK_ARTICLES + 1
    source = write_lines(tmp_path / "many.jsonl", map(article, range(count)))
    corpus = corpus_of(source, tmp_path)
    assert [each.id for each in corpus.articles()] == [f"a{number}" for number in range(count)]
    first = corpus.first(CHUNK_ARTICLES + 1)
    assert [each.id for each in first.articles()] == [f"a{n}" for n in range(CHUNK_ARTICLES + 1)]


def test_ids_of_copies_are_new_whatever_the_ids_are(tmp_path: Path) -> None:
    """Also where the ids look like those of copies."""
    ids = ("a", "a#1", "a##1", "b")
    source = write_lines(tmp_path / "odd.jsonl", [Article(each, "Titel", "Text") for each in ids])
    found = [each.id for each in corpus_of(source, tmp_path, 12).articles()]
    assert len(set(found)) == 12
    assert set(ids) <= set(found)


def test_packed_corpora_are_read(bench_source: Path, tmp_path: Path) -> None:
    """As by every other command."""
    packed = tmp_path / "metals.jsonl.gz"
    packed.write_bytes(gzip.compress(bench_source.read_bytes()))
    assert list(corpus_of(packed, tmp_path).articles()) == list(articles())


def test_json_lines_have_the_same_articles(bench_corpus: BenchCorpus, tmp_path: Path) -> None:
    """What `rebuild` is given is what the peers are given."""
    resized = dataclasses.replace(bench_corpus, documents=DOCUMENTS + 5)
    resized.write_json_lines(tmp_path / "seeds.jsonl")
    problems: list[Problem] = []
    found = read_articles([tmp_path / "seeds.jsonl"], report=problems.append)
    assert list(map(without_origin, found)) == list(resized.articles())
    assert not problems


def test_problems_are_told_and_left_out(tmp_path: Path) -> None:
    """Lines that are no articles, and ids that come again."""
    source = write_lines(tmp_path / "bad.jsonl", [article(1), "{", article(1), article(2)])
    problems: list[Problem] = []
    corpus = read_corpus(
        source,
        tmp_path / "articles",
        documents=None,
        on_problem=problems.append,
        progress=SILENT,
    )
    assert [each.id for each in corpus.articles()] == ["a1", "a2"]
    assert [each.where.rpartition(":")[2] for each in problems] == ["2", "3"]


@pytest.mark.parametrize("content", [None, "", "\n", "{}\n"])
def test_a_corpus_without_articles_is_refused(tmp_path: Path, content: str | None) -> None:
    """A file that is missing, empty, or holds nothing that can be searched is named."""
    source = tmp_path / "empty.jsonl"
    if content is not None:
        source.write_text(content)
    with pytest.raises(BadBenchmark, match=r"empty\.jsonl"):
        read_corpus(
            source,
            tmp_path / "articles",
            documents=None,
            on_problem=lambda _: None,
            progress=SILENT,
        )

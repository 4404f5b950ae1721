"""The queries of a run: reproducible, of all kinds, and with an answer."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.errors import BadBenchmark
from searchapp.german.function_words import FUNCTION_WORDS
from searchapp.measuring.bench.bench_articles import BenchCorpus
from searchapp.measuring.bench.contenders import BenchQuery
from searchapp.measuring.bench.title_queries import draw_queries, read_queries
from searchapp.model import Article
from searchapp.query import parse_query
from tests.measuring.bench.corpora import corpus_of, matching
from tests.sources import write_lines


@pytest.fixture
def large_corpus(tmp_path: Path) -> BenchCorpus:
    """4,000 articles with rare, medium and common words in their titles."""
    articles = [
        Article(
            f"a{number}",
            f"Die {_name(number // 2)} {_name(number % 150)}orte und {_name(number % 9)}alle",
            "NOT ODER",
        )
        for number in range(4_000)
    ]
    return corpus_of(write_lines(tmp_path / "large.jsonl", articles), tmp_path)


def _name(number: int) -> str:
    """A word of letters only, another for each number."""
    return "wort" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def test_queries_are_of_all_shapes_and_bands(large_corpus: BenchCorpus) -> None:
    """One to three words, AND and OR, rare, medium and common words, in equal numbers."""
    queries = draw_queries(large_corpus, 200)
    assert len(queries) == len({(each.words, each.any_word) for each in queries}) == 200
    kinds = {(len(each.words), each.any_word, each.band) for each in queries}
    bands = ("rare", "medium", "common", "mixed")
    assert {(1, False, band) for band in bands} <= kinds
    assert {
        (2, True, "mixed"),
        (2, False, "mixed"),
        (3, True, "mixed"),
        (3, False, "mixed"),
    } <= kinds


def test_words_are_in_their_band(large_corpus: BenchCorpus) -> None:
    """A rare word is in at most 4 of 4,000 articles, a medium one in at most 40."""
    titles = [each.title.split() for each in large_corpus.articles()]
    limits = {"rare": (2, 4), "medium": (5, 40), "common": (41, 4_000)}
    for query in draw_queries(large_corpus, 60):
        for word in query.words:
            low, high = limits.get(query.band, (2, 4_000))
            assert low <= sum(word in title for title in titles) <= high


def test_an_and_of_words_has_an_answer(bench_corpus: BenchCorpus) -> None:
    """The words of a query stand together in a title."""
    queries = draw_queries(bench_corpus, 50)
    assert any(len(each.words) == 3 for each in queries)
    assert all(matching(each) for each in queries)


def test_neither_function_words_nor_operators_are_drawn(large_corpus: BenchCorpus) -> None:
    """Nobody searches for them, and engines read some of them as syntax."""
    for query in draw_queries(large_corpus, 100):
        lower = {word.lower() for word in query.words}
        assert not lower & (FUNCTION_WORDS | {"and", "or", "not", "oder", "near"})


def test_what_stands_in_very_many_titles_is_not_drawn(bench_corpus: BenchCorpus) -> None:
    """It is part of the form of a title, and no subject."""
    drawn = {word for query in draw_queries(bench_corpus, 100) for word in query.words}
    assert "Kupfer" in drawn  # in a quarter of them
    assert not drawn & {"Bericht", "Kobalt", "Nickel", "Zinn"}


def test_queries_are_the_same_in_every_run(bench_corpus: BenchCorpus) -> None:
    """Also when the corpus is repeated: growth is measured with the same queries."""
    repeated = dataclasses.replace(bench_corpus, documents=3 * bench_corpus.documents)
    assert draw_queries(bench_corpus, 30) == draw_queries(repeated, 30)
    assert draw_queries(bench_corpus, 10) == draw_queries(bench_corpus, 30)[:10]


def test_titles_without_a_common_word_are_refused(tmp_path: Path) -> None:
    """The remedy names queries of one's own."""
    source = write_lines(tmp_path / "one.jsonl", [Article("a", "Einzelstück", "Text")])
    with pytest.raises(BadBenchmark, match="--queries"):
        draw_queries(corpus_of(source, tmp_path), 10)


WORDS = st.lists(st.sampled_from(["Stahl", "Häuser", "CO2", "straße"]), min_size=1, unique=True)


@given(words=WORDS, any_word=st.booleans())
def test_ours_reads_a_query_as_it_is_meant(words: list[str], any_word: bool) -> None:
    """As words that must all match, or as alternatives; never as any other syntax."""
    parsed = parse_query(
        str(BenchQuery(tuple(words), any_word)), max_chars=500, max_words=32, max_wildcards=4
    )
    assert not parsed.notes
    assert [word.text for word in parsed.words] == words
    assert ("Or" in repr(parsed.tree)) == (any_word and len(words) > 1)


@given(words=WORDS, any_word=st.booleans())
def test_a_file_of_queries_is_read_as_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], any_word: bool
) -> None:
    """One a line, with ODER or OR for alternatives; empty lines are passed over."""
    query = BenchQuery(tuple(words), any_word and len(words) > 1)
    path = tmp_path_factory.getbasetemp() / "queries.txt"
    path.write_text(f"\n{query}\n\n{' OR '.join(words)}\n{' UND '.join(words)}\n", "utf-8")
    assert read_queries(path) == [
        query,
        BenchQuery(tuple(words), len(words) > 1),
        BenchQuery(tuple(words)),
    ]


@pytest.mark.parametrize(
    "line", ['"grüner Stahl"', "stahl*", "titel:stahl", "a ODER b c", "ODER", "not Stahl", "(a)"]
)
def test_syntax_that_not_all_engines_have_is_refused(tmp_path: Path, line: str) -> None:
    """The line is named; nothing is compared that is not the same."""
    path = tmp_path / "queries.txt"
    path.write_text(f"Stahl\n{line}\n", "utf-8")
    with pytest.raises(BadBenchmark, match=r"queries\.txt:2"):
        read_queries(path)


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe\x00"])
def test_a_file_without_queries_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """Missing, empty or not text."""
    path = tmp_path / "queries.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadBenchmark, match=r"queries\.txt"):
        read_queries(path)

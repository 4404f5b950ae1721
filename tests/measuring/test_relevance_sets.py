"""Relevance sets: what is read, and what is refused with its place."""

from __future__ import annotations

import gzip
import lzma
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.errors import BadRelevanceSet
from searchapp.measuring.relevance_sets import read_relevance_set
from tests.shared_data import shared_path

QUERY = '{"id": "q1", "text": "Wind"}\n'
QREL = "q1\td1\t1\n"


def write(folder: Path, *, queries: str = QUERY, qrels: str = QREL) -> Path:
    (folder / "queries.jsonl").write_text(queries)
    (folder / "qrels.tsv").write_text(qrels)
    (folder / "docs.jsonl").write_text('{"id": "d1", "title": "Wind"}\n')
    return folder


@pytest.mark.parametrize("header", ["", "query-id\tcorpus-id\tscore\n", "q\td\trelevance\r\n"])
def test_a_header_is_passed_over(tmp_path: Path, header: str) -> None:
    """Sets are published with and without one."""
    found = read_relevance_set(write(tmp_path, qrels=header + "q1\td1\t1\r\n\nq1\td2\t0\n"))
    assert found.queries == {"q1": "Wind"}
    assert found.judgments == {"q1": {"d1": 1, "d2": 0}}
    assert found.doc_ids is None


def test_queries_and_judgments_without_each_other_are_left_out(tmp_path: Path) -> None:
    """One file of queries often serves several files of judgments."""
    queries = QUERY + '{"id": 2, "text": "b"}\n{"id": "q3", "text": "c"}\n'
    found = read_relevance_set(write(tmp_path, queries=queries, qrels=QREL + "2\td1\t0\nx\td\t1\n"))
    assert list(found.queries) == list(found.judgments) == ["q1"]
    assert found.unjudged == 2


@pytest.mark.parametrize(("suffix", "pack"), [(".xz", lzma.compress), (".gz", gzip.compress)])
def test_packed_articles_are_found(tmp_path: Path, suffix: str, pack: object) -> None:
    """docs.jsonl may be packed."""
    assert callable(pack)
    docs = write(tmp_path) / "docs.jsonl"
    packed = tmp_path / f"docs.jsonl{suffix}"
    packed.write_bytes(pack(docs.read_bytes()))
    docs.unlink()
    assert read_relevance_set(tmp_path).docs == packed


@pytest.mark.parametrize(
    ("queries", "place", "message"),
    [
        (QUERY + "nonsense\n", ":2", "is not a query"),
        (QUERY + "[]\n", ":2", "is not a query"),
        (QUERY + "[" * 100_000 + "\n", ":2", "is not a query"),
        (QUERY + '\n{"id": "q2"}\n', ":3", "is not a query"),
        (QUERY + QUERY, ":2", "the query id 'q1' has been used"),
        ('{"id": " ", "text": "a"}\n', ":1", "has an empty id"),
        ("", ":1", "is empty"),
        ("\0\1\2" * 100, ":1", "is not a text file"),
    ],
)
def test_bad_queries_are_told_by_line(
    tmp_path: Path, queries: str, place: str, message: str
) -> None:
    """file:line, what, and what to do."""
    with pytest.raises(BadRelevanceSet) as caught:
        read_relevance_set(write(tmp_path, queries=queries))
    assert str(caught.value).startswith(f"{tmp_path}/queries.jsonl{place}: {message}")
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("qrels", "place", "message"),
    [
        (QREL + "q1 d2 1\n", ":2", "has 1 columns, not 3"),
        (QREL + "q1\t0\td2\t1\n", ":2", "has 4 columns, not 3"),
        (QREL + "q1\td2\tmuch\n", ":2", "the relevance 'much'"),
        (QREL + "q1\td2\t-1\n", ":2", "the relevance '-1'"),
        (QREL + "q1\td2\t" + "9" * 10_000 + "\n", ":2", "the relevance '999"),
        (QREL + "\n\nq1\td1\t2\n", ":4", "the document 'd1' has had relevance 1"),
        (QREL + "q1\t\t1\n", ":2", "has an empty id"),
    ],
)
def test_bad_judgments_are_told_by_line(
    tmp_path: Path, qrels: str, place: str, message: str
) -> None:
    """file:line, what, and what to do."""
    with pytest.raises(BadRelevanceSet) as caught:
        read_relevance_set(write(tmp_path, qrels=qrels))
    assert str(caught.value).startswith(f"{tmp_path}/qrels.tsv{place}: {message}")
    assert caught.value.remedy


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    """No judged query is left: a mean of nothing is no figure."""
    with pytest.raises(BadRelevanceSet, match="has a relevant document"):
        read_relevance_set(write(tmp_path, qrels="other\td1\t1\n"))


def test_missing_files_are_named(tmp_path: Path) -> None:
    """The folder's own, and those of the options."""
    for name in ("queries.jsonl", "qrels.tsv", "docs.jsonl"):
        write(tmp_path)
        (tmp_path / name).unlink()
        with pytest.raises(BadRelevanceSet, match=f"no {name}"):
            read_relevance_set(tmp_path)
    with pytest.raises(BadRelevanceSet, match=r"ids\.txt:1: cannot be read"):
        read_relevance_set(write(tmp_path), doc_ids=tmp_path / "ids.txt")


@given(name=st.sampled_from(["queries.jsonl", "qrels.tsv"]), raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, raw: bytes
) -> None:
    """No file raises anything but the error for bad sets."""
    folder = write(tmp_path_factory.mktemp("set"))
    (folder / name).write_bytes(raw)
    with suppress(BadRelevanceSet):
        read_relevance_set(folder)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "query_count"),
    [("xquad_de", 1190), ("dip21_descriptors", 414), ("klexikon_pairs", 2791)],
)
def test_the_given_sets_are_read_whole(name: str, query_count: int) -> None:
    """All queries of the development data are judged."""
    found = read_relevance_set(shared_path(f"qrels/{name}"), docs=Path("elsewhere.jsonl"))
    assert (len(found.queries), found.unjudged) == (query_count, 0)
    assert (found.doc_ids is not None) == (name == "dip21_descriptors")

"""JSON Lines and JSON."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus import read_articles
from searchapp.errors import Problem
from tests.corpus.conftest import Read
from tests.shared_data import shared_path

GOOD = '{"id": "g", "title": "Gut", "body": "Text."}'


def test_all_keys(read: Read) -> None:
    """The keys of the corpora; others are ignored."""
    record = {
        "id": "dip-1", "title": "Stahl", "date": "1983-03-30", "tags": ["A, B", "C"],
        "author": "Anna", "source": "dpa", "url": "https://example.org/", "body": "Eins.\n\nZwei.",
        "type": "x", "wp": 10,
    }  # fmt: skip
    outcome = read("a.jsonl", json.dumps(record) + "\n\n")
    article = outcome.article
    assert (article.id, article.title, article.body) == ("dip-1", "Stahl", "Eins.\n\nZwei.")
    assert article.tags == ("A, B", "C")
    assert article.date == dt.date(1983, 3, 30)
    assert (article.author, article.source, article.url) == ("Anna", "dpa", "https://example.org/")
    assert article.origin.endswith("a.jsonl:1")
    assert not outcome.problems


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "x", "title": "abgeschnit',
        "[1, 2]",
        "null",
        '"Text"',
        "kein JSON",
        '{"title": "a"} {"title": "b"}',
        "[" * 100_000,
        '{"title": ' + "9" * 10_000 + "}",
        '{"id": "x", "date": "2024-03-05"}',
        '{"title": "  ", "body": "\\u200b"}',
        '{"title": "T", "body": {"x": "y"}}',
        '{"title": "T", "body": ["a", 1]}',
    ],
)
def test_a_bad_line_costs_only_itself(read: Read, line: str) -> None:
    """It is reported with its number, and the lines around it are read."""
    outcome = read("a.jsonl", f"{GOOD}\n{line}\n{GOOD}")
    assert [each.title for each in outcome.articles] == ["Gut", "Gut"]
    assert [each.severity for each in outcome.problems] == ["error"]
    assert "a.jsonl:2: " in str(outcome.problems[0])


@pytest.mark.parametrize(
    "content",
    [GOOD, f"[{GOOD}]", f"\n [\n{GOOD}\n]\n", f"{GOOD}\n", '{\n"id": "g",\n"title": "Gut"}'],
)
def test_json_file(read: Read, content: str) -> None:
    """A .json file holds one object or a list."""
    assert read("a.json", content).article.id == "g"


def test_json_list_tells_lines_and_keeps_what_is_whole(read: Read) -> None:
    """A list that breaks off: the records before, and the line where it breaks."""
    outcome = read("a.json", f'[\n{GOOD},\n{{"title": "Zwei"}},\n5,\n{{"title": "Dr\n')
    assert [each.id for each in outcome.articles] == ["g", "a-2"]
    assert [each.origin.rpartition(":")[2] for each in outcome.articles] == ["2", "3"]
    assert [str(each).rpartition("a.json")[2][:3] for each in outcome.problems] == [":4:", ":5:"]
    assert "the list has no end" in str(read("b.json", f"[{GOOD}").problems[0])


def test_a_line_of_fifty_megabytes(read: Read) -> None:
    """Bodies may be long."""
    body = "Stahl ist hart. " * (50 * 2**16)
    assert len(read("a.jsonl", json.dumps({"body": body})).article.body) == len(body) - 1


@given(
    st.dictionaries(
        st.sampled_from(["id", "Titel", "text", "tags", "Datum", "autor", "url", "source", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=6,
        ),
    )
)
def test_any_record_gives_a_sound_article_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, record: dict[str, object]
) -> None:
    """Whatever the types: an article that keeps its promises, or exactly one error."""
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    problems: list[Problem] = []
    articles = list(read_articles([path], report=problems.append))
    assert len(articles) + [each.severity for each in problems].count("error") == 1
    for article in articles:
        assert article.id.isprintable()
        assert 0 < len(article.id) <= 200
        assert article.title == " ".join(article.title.split())
        assert article.title
        assert len(set(article.tags)) == len(article.tags)
        assert all(article.tags)
        assert article.url is None or article.url.lower().startswith(("http://", "https://"))
        "".join((article.id, article.title, article.body, *article.tags)).encode()


@pytest.mark.shared
def test_dip21_begins_without_a_problem(tmp_path: Path) -> None:
    """A thousand real records with all their tags."""
    path = tmp_path / "dip21.jsonl"
    with lzma.open(shared_path("corpora/dip21.jsonl.xz"), "rt", encoding="utf-8") as lines:
        path.write_text("".join(itertools.islice(lines, 1000)), encoding="utf-8")
    problems: list[Problem] = []
    articles = list(read_articles([path], report=problems.append))
    assert not problems
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [each.id for each in articles] == [each["id"] for each in records]
    assert sum(len(each.tags) for each in articles) == sum(len(each["tags"]) for each in records)
    assert all(each.date for each in articles)

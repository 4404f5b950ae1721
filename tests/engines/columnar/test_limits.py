"""The largest and the smallest: articles, tags, words, and how many of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from searchapp.engines.columnar.writing.generation_writer import ColumnarWriter
from searchapp.facets import Filters
from searchapp.german.exceptions import NO_EXCEPTIONS
from searchapp.german.stems import MAX_FORM_CHARS
from searchapp.model import Article
from tests.engines.building import Case, build, ids, revise, stored
from tests.engines.columnar.segments import assert_holds, built
from tests.engines.columnar.test_snapshot import ENGINE
from tests.oracle import Oracle


class Opened:
    """Builds generations and opens them, all closed at the end."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack

    def __call__(self, folder: Path, articles: Sequence[Article]) -> Case:
        return Case(self._stack.enter_context(closing(ENGINE.open(folder))), Oracle(articles))

    def built(self, *articles: Article) -> Case:
        return self(build(ENGINE, self.folder / "built", articles), articles)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with ExitStack() as stack:
        yield Opened(tmp_path, stack)


@pytest.mark.slow
def test_an_article_of_millions_of_characters(opened: Opened) -> None:
    """A word may stand in it more often than 16 bits can count, and be marked at its very end."""
    body = "Haus und Hof, Stahlwerk. " * 100_000 + "Haus Schlusswort"
    article = Article("a", "Titel", body)
    case = opened.built(article, Article("b", "Haus", "kurz"))
    assert set(ids(case.search("Haus"))) == {"a", "b"}
    assert ids(case.search('"Haus Schlusswort"')) == ["a"]
    assert ids(case.search("Schlusswort Werk")) == ["a"]
    (span,) = case.hit(article, "Schlusswort").body
    assert (span.start, span.end) == (len(body) - len("Schlusswort"), len(body))
    assert len(case.hit(article, "Haus").body) == 100_001
    updated = revise(ENGINE, opened.folder / "updated", opened.folder / "built", ["b"], [])
    again = opened(updated, [article])
    assert ids(again.search("Stahl")) == ["a"]


@pytest.mark.slow
def test_an_article_of_a_hundred_thousand_tags(opened: Opened) -> None:
    """Each is a facet value, and found as a word of its field."""
    tags = tuple(f"Schlagwort{number}" for number in range(100_000))
    case = opened.built(Article("a", "Titel", "Text", tags=tags), Article("b", "Titel", "Text"))
    counts = case.search("").facets["tags"]
    assert len(counts) == 100_000
    assert {each.count for each in counts} == {1}
    assert ids(case.search("", Filters({"tags": (tags[0], tags[-1])}))) == ["a"]
    assert ids(case.search("schlagwort:Schlagwort99999")) == ["a"]
    assert case.search('"Schlagwort1 Schlagwort2"').total == 0
    article = stored(case.snapshot, "a")
    assert article is not None
    assert article.tags == tags


def test_words_of_any_length(opened: Opened) -> None:
    """A form ends after so many letters; words that differ only beyond are the same."""
    longest, longer, other = "x" * MAX_FORM_CHARS, "x" * 100_000, "x" * (MAX_FORM_CHARS - 1)
    articles = [
        Article(str(number), "T", f"Das {word} hier")
        for number, word in enumerate((longest, longer, other))
    ]
    case = opened.built(*articles)
    assert set(ids(case.search(longest))) == {"0", "1"}
    assert set(ids(case.search(f'"Das {longer} hier"'))) == {"0", "1"}
    assert ids(case.search(f"={other}")) == ["2"]
    (span,) = case.hit(articles[1], longest).body
    assert (span.start, span.end) == (4, 100_004)


def test_articles_without_any_word(opened: Opened, tmp_path: Path) -> None:
    """They are counted, listed and stored, and no word finds them."""
    articles = [Article(f"{n}", "…", "!!! 😀 ???", tags=("—",), authors=("*",)) for n in range(3)]
    assert_holds(built(tmp_path / "segment", articles), articles)
    case = opened.built(*articles)
    assert case.search("").total == 3
    assert case.search("NICHT Haus").total == 3
    for query in ("Haus", "Hau*", "Haus~", '"Haus Hof"', "=Haus", "titel:Haus"):
        assert case.search(query).total == 0


def test_no_articles_at_all(opened: Opened, tmp_path: Path) -> None:
    """Everything can be asked, and nothing is found."""
    assert_holds(built(tmp_path / "segment", []), [])
    case = opened.built()
    assert case.snapshot.doc_count == 0
    for query in ("", "Haus", "*", "H?us", "Haus~", '"Haus Hof"', "NICHT Haus", "datum:2024"):
        matches = case.search(query, Filters({"tags": ("x",), "year": ("2024",)}))
        assert matches.total == 0
        assert case.search(query).hits == ()
    assert stored(case.snapshot, "x") is None


@pytest.mark.slow
def test_more_articles_than_sixteen_bits_can_number(tmp_path: Path) -> None:
    """Merged of several batches, then updated at both ends."""
    count = 70_000
    articles = [
        Article(f"a{n}", f"Nummer{n}", "Haus", tags=(f"T{n % 70}",), source=f"Q{n}")
        for n in range(count)
    ]
    (tmp_path / "base").mkdir()
    writer = ColumnarWriter(
        tmp_path / "base",
        base=None,
        workers=1,
        memory_mb=512,
        exceptions=NO_EXCEPTIONS,
        batch_chars=6_000_000,
    )
    for article in articles:
        writer.add(article)
    writer.commit()
    new = [Article("a0", "Neu", "Haus und Hof"), Article("a69999", "Neu", "Hof")]
    updated = revise(ENGINE, tmp_path / "updated", tmp_path / "base", ["a0", "a69999"], new)
    with closing(ENGINE.open(tmp_path / "base")) as base, closing(ENGINE.open(updated)) as after:
        before, case = Case(base, Oracle([])), Case(after, Oracle([]))
        assert before.search("Haus", limit=1).total == count
        found = case.search("Haus", limit=1, facet_limit=70)
        assert found.total == count - 1
        counts = {each.value: each.count for each in found.facets["tags"]}
        assert counts == {f"T{n}": 1000 - (n in (0, 69999 % 70)) for n in range(70)}
        for number in (1, 255, 256, 65_535, 65_536, 69_998):
            assert ids(before.search(f"Nummer{number}")) == [f"a{number}"]
            assert ids(case.search(f"titel:Nummer{number}")) == [f"a{number}"]
            assert stored(after, f"a{number}") == articles[number]
        assert case.search("Nummer0 ODER Nummer69999").total == 0
        assert set(ids(case.search("Hof"))) == {"a0", "a69999"}
        everything = case.search("", limit=count)
        assert len(set(ids(everything))) == count

"""A segment holds exactly what the analysis of each article yields."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.engines.columnar.writing.merger import Source, merge_segments
from searchapp.engines.columnar.writing.segment_builder import stored_dictionary
from searchapp.model import Article
from tests.engines.columnar.segments import (
    WORDS,
    assert_holds,
    builder,
    built,
    nasty_corpora,
    opened,
    renumbered,
    stream_bytes,
)


@given(nasty_corpora)
def test_a_segment_holds_the_terms_of_its_articles_and_no_others(articles: list[Article]) -> None:
    """Documents, frequencies and positions of every field, forms, tokens, facets and records."""
    with TemporaryDirectory() as folder:
        assert_holds(built(Path(folder) / "a", articles), articles)


@settings(max_examples=settings().max_examples // 5)
@given(st.lists(nasty_corpora, min_size=2, max_size=4), st.integers(0, 30))
def test_a_segment_does_not_depend_on_those_built_before(
    batches: list[list[Article]], max_words: int
) -> None:
    """Whatever words the builder remembers, and whenever it forgets them."""
    with TemporaryDirectory() as folder:
        one_for_all = builder(max_words=max_words)
        for number, batch in enumerate(batches):
            articles = renumbered(batch, f"{number}-")
            alone = built(Path(folder) / f"alone-{number}", articles)
            path = Path(folder) / f"later-{number}"
            one_for_all.build(path, articles)
            assert stream_bytes(opened(path)) == stream_bytes(alone)
            assert path.read_bytes() == alone.file.path.read_bytes()


def letters(number: int) -> Article:
    """One of many that have much in common."""
    names = random.Random(number).choices(WORDS, k=150)
    body = f"Sehr geehrte Damen und Herren aus {' und '.join(names)}, wir danken für Ihr Schreiben."
    return Article(f"brief-{number}", f"Ihr Schreiben Nummer {number}", body)


def test_articles_are_compressed_by_what_others_have_in_common(tmp_path: Path) -> None:
    """Also those of segments that were compressed by other articles, once they are merged."""
    texts = [letters(number) for number in range(1500)]
    segments, sizes = [], []
    dictionaries = [b"", stored_dictionary(texts), stored_dictionary(texts[::-1])]
    for number, dictionary in enumerate(dictionaries):
        path = tmp_path / str(number)
        articles = [replace(each, id=f"{number}-{each.id}") for each in texts[:40]]
        builder(dictionary=dictionary).build(path, articles)
        segments.append(opened(path))
        sizes.append(sum(size for _, size, *_ in segments[-1].file.stream("stored").blocks()))
    assert max(sizes[1:]) < 0.8 * sizes[0]
    merge_segments(tmp_path / "merged", [Source(each) for each in segments])
    merged = opened(tmp_path / "merged")
    assert [merged.article(doc).body for doc in range(120)] == [e.body for e in texts[:40]] * 3


@pytest.mark.parametrize("body", ["", "a" * 2_000_000, "\U0001f600"])
def test_nothing_is_learned_from_what_teaches_nothing(body: str) -> None:
    """Too little, or the same again and again: hardly anything, and no error."""
    assert len(stored_dictionary([Article("a", "a", body)])) < 1000


def test_a_build_that_fails_leaves_no_file(tmp_path: Path) -> None:
    """Nothing that could be taken for a segment."""
    broken = Article(id="a", title="Haus", body=None)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(TypeError):
        builder().build(tmp_path / "a", [broken])
    assert not list(tmp_path.iterdir())

"""A segment holds exactly what the analysis of each article yields."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.model import Article
from tests.engines.columnar.segments import (
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


def test_a_build_that_fails_leaves_no_file(tmp_path: Path) -> None:
    """Nothing that could be taken for a segment."""
    broken = Article(id="a", title="Haus", body=None)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(TypeError):
        builder().build(tmp_path / "a", [broken])
    assert not list(tmp_path.iterdir())

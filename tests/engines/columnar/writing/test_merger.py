"""Merging gives what building from all articles at once gives."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.engines.columnar.segment.article_segment import Segment
from searchapp.engines.columnar.writing.merger import Source, merge_segments
from searchapp.errors import IndexDamaged
from searchapp.model import Article
from tests.engines.columnar.segments import (
    assert_holds,
    built,
    nasty_corpora,
    opened,
    renumbered,
    stream_bytes,
)

batches = st.lists(nasty_corpora, min_size=1, max_size=4).map(
    lambda parts: [renumbered(part, f"{number}-") for number, part in enumerate(parts)]
)
piece_sizes = st.sampled_from((1, 2, 7, 50, 1_000_000))


def merged(path: Path, sources: list[Source], piece_size: int = 1_000_000) -> Segment:
    merge_segments(path, sources, piece_occurrences=piece_size)
    return opened(path)


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 2)
@given(batches, piece_sizes)
def test_merged_segments_are_as_if_built_at_once(
    parts: list[list[Article]], piece_size: int
) -> None:
    """Every stream of the file is the same, for any split and any size of the pieces."""
    together = [article for part in parts for article in part]
    with TemporaryDirectory() as name:
        folder = Path(name)
        sources = [Source(built(folder / str(number), part)) for number, part in enumerate(parts)]
        found = merged(folder / "merged", sources, piece_size)
        whole = built(folder / "whole", together)
        assert stream_bytes(found) == stream_bytes(whole)
        assert found.file.properties == whole.file.properties
        assert_holds(found, together)


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 2)
@given(batches, piece_sizes, st.data())
def test_deleted_documents_leave_nothing_behind(
    parts: list[list[Article]], piece_size: int, data: st.DataObject
) -> None:
    """No term, form, facet value or id that only they had; an id may come again."""
    lives = [
        np.asarray(data.draw(st.lists(st.booleans(), min_size=len(part), max_size=len(part))), bool)
        for part in parts
    ]
    live = [
        article
        for part, mask in zip(parts, lives, strict=True)
        for article, is_live in zip(part, mask, strict=True)
        if is_live
    ]
    dead = {each.id for part in parts for each in part} - {each.id for each in live}
    again = [Article(id=each, title="Haus", body="wieder da") for each in sorted(dead)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        sources = [
            Source(built(folder / str(number), part), None if mask.all() else mask)
            for number, (part, mask) in enumerate(zip(parts, lives, strict=True))
        ]
        sources.append(Source(built(folder / "again", again)))
        found = merged(folder / "merged", sources, piece_size)
        assert stream_bytes(found) == stream_bytes(built(folder / "whole", [*live, *again]))
        assert_holds(found, [*live, *again])


@settings(max_examples=settings().max_examples // 10)
@given(batches)
def test_merging_by_steps_is_merging_at_once(
    parts: list[list[Article]],
) -> None:
    """As when small segments grow into large ones, update after update."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        segments = [built(folder / str(number), part) for number, part in enumerate(parts)]
        at_once = merged(folder / "at once", [Source(each) for each in segments])
        step = segments[0]
        for number, segment in enumerate(segments[1:]):
            step = merged(folder / f"step-{number}", [Source(step), Source(segment)])
        assert stream_bytes(step) == stream_bytes(at_once)


def test_a_damaged_segment_is_not_merged(tmp_path: Path) -> None:
    """Damage must not be handed on with a new checksum; what was begun is deleted."""
    articles = [Article(id=str(n), title=f"Haus{n}", body=f"Stahl und Werk{n}") for n in range(50)]
    path = built(tmp_path / "a", articles).file.path
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexDamaged, match="altered"):
        merged(tmp_path / "merged", [Source(opened(path)), Source(opened(path))])
    assert not (tmp_path / "merged").exists()

"""A long record: its beginning is read without the rest, and all of it in pieces."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.columnar.segment import stored_article as module
from searchapp.engines.columnar.segment.stored_article import (
    stored_article,
    stored_opening,
    stored_whole,
)
from searchapp.engines.columnar.writing.segment_builder import stored_record
from searchapp.model import Article

HOSTILE = st.lists(
    st.sampled_from(["a", '"', "\\", "\n", "\x01", "ä", "„", "😀", ",", ":", "[", "tags", "\ud800"])
).map("".join)
ARTICLES = st.builds(
    Article,
    id=HOSTILE,
    title=HOSTILE,
    body=HOSTILE.map(lambda text: text * 40),
    tags=st.lists(HOSTILE, max_size=3).map(tuple),
    authors=st.lists(HOSTILE, max_size=2).map(tuple),
    source=st.none() | HOSTILE,
    page_starts=st.just((0, 7, 2000)),
)


@given(ARTICLES, st.integers(30, 400), st.integers(0, 9))
def test_an_opening_is_a_beginning(article: Article, size: int, before: int) -> None:
    """Wherever it is cut: in a letter of four bytes, in an escape, in what looks like a field."""
    record = stored_record(article)
    stream = b"x" * before + record + b"y" * 500
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "OPENING_BYTES", size)
        place = before, before + len(record)
        opening = stored_opening(lambda start, stop: stream[start:stop], *place)
        assert stored_whole(lambda start, stop: stream[start:stop], *place) == article
    if opening is not None:
        assert article.body.startswith(opening.body)
        starts = tuple(each for each in article.page_starts if each < len(opening.body))
        assert replace(opening, body="") == replace(article, body="", page_starts=starts)


def test_of_a_long_text_only_its_ends_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is; what stands behind it is known all the same."""
    monkeypatch.setattr(module, "OPENING_BYTES", 1000)
    article = Article("id", 'Der "Titel"', 'Ein \\ "Text", "tags":[ ' * 10_000, tags=("Ä", "b"))
    record = stored_record(article)
    read: list[int] = []

    def part(start: int, stop: int) -> bytes:
        read.append(stop - start)
        return record[start:stop]

    opening = stored_opening(part, 0, len(record))
    assert opening is not None
    assert sum(read) == 2000
    assert 700 < len(opening.body) < 1000
    assert replace(opening, body=article.body) == article == stored_article(record)

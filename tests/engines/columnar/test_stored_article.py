"""A long record: its beginning and its parts are read without the rest, and all of it in pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp import article_text
from searchapp.article_text import article_part, paragraphs
from searchapp.engines.columnar.segment import stored_article as module
from searchapp.engines.columnar.segment.stored_article import (
    long_record,
    stored_article,
    stored_record,
)
from searchapp.model import Article, Span

HOSTILE = st.lists(
    st.sampled_from(
        ["a", '"', "\\", "\n", "\n\n", "\x01", "ä", "„", "😀", ",", ":", "[", "tags", "\ud800"]
    )
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


def reading(stream: bytes) -> Callable[[int, int], bytes]:
    return lambda start, stop: stream[start:stop]


@given(ARTICLES, st.integers(30, 400), st.integers(1, 400), st.integers(0, 9))
def test_what_is_read_of_a_long_record(
    article: Article, size: int, end_size: int, before: int
) -> None:
    """Wherever it is cut: in a letter of four bytes, in an escape, in what looks like a field."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "OPENING_BYTES", size)
        patch.setattr(module, "_END_BYTES", end_size)
        patch.setattr(module, "PIECE_BYTES", size)
        patch.setattr(article_text, "PART_CHARS", 40)
        patch.setattr(article_text, "PART_PARAGRAPHS", 3)
        record = stored_record(article)
        assert stored_article(record) == article
        stream = b"x" * before + record + b"y" * 500
        assert (b',"parts":[' in record) == (len(record) > size)
        if len(record) <= size:
            return
        found = long_record(reading(stream), before, before + len(record))
        assert found.whole() == article
        assert "".join(found.pieces()) == article.body
        opening = found.opening(size)
        if opening is not None:
            assert article.body.startswith(opening.body)
            starts = tuple(each for each in article.page_starts if each < len(opening.body))
            assert replace(opening, body="") == replace(article, body="", page_starts=starts)
        spans = [Span(n, n + 1) for n in range(0, len(article.body), 9)]
        for number in range(1, len(found.starts) + 2):
            part, wanted = found.part(number), article_part(article, number)
            assert (part.number, part.starts) == (wanted.number, wanted.starts)
            assert paragraphs(part, spans) == paragraphs(wanted, spans)


def test_of_a_long_text_only_what_is_shown_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is; what stands behind it is known all the same."""
    article = Article("id", 'Der "Titel"', 'Ein \\ "Text", "tags":[ ' * 100_000, tags=("Ä", "b"))
    record = stored_record(article)
    read: list[int] = []

    def part(start: int, stop: int) -> bytes:
        read.append(stop - start)
        return record[start:stop]

    found = long_record(part, 0, len(record))
    assert sum(read) == 2 * module._END_BYTES
    opening = found.opening(1000)
    assert opening is not None
    assert 700 < len(opening.body) < 1000
    assert replace(opening, body=article.body) == article == stored_article(record)
    assert found.part(30).article.body in article.body
    assert sum(read) < 4 * article_text.PART_CHARS
    monkeypatch.setattr(module, "_END_BYTES", 8)
    again = long_record(part, 0, len(record))
    assert again.part(30) == found.part(30)


@pytest.mark.parametrize(
    "change", [(b'"body":"', b'"b":"'), (b'","tags":[', b'","t":['), (b"parts", b"p")]
)
def test_what_is_no_record_is_told(
    change: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything of it is shown."""
    monkeypatch.setattr(module, "OPENING_BYTES", 100)
    record = stored_record(Article("id", "Titel", "Text " * 100)).replace(*change)
    with pytest.raises((ValueError, TypeError)):
        long_record(reading(record), 0, len(record))

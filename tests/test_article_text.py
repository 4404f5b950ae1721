"""The text of an article in parts and paragraphs."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp import article_text
from searchapp.article_text import (
    PART_CHARS,
    PART_PARAGRAPHS,
    article_part,
    marks_ahead,
    paragraphs,
    part_of,
    part_starts,
)
from searchapp.model import MarkPlace, Span
from tests.sources import article

SIGNS = st.sampled_from(["Wort", " ", "\n", "\n\n", ".", "ein langes Wort " * 3, "x" * 30])


def parts_of(body: str) -> list[str]:
    """The text of each part."""
    starts = part_starts(body)
    return [body[a:b] for a, b in zip(starts, [*starts[1:], len(body)], strict=True)]


@pytest.fixture
def tiny_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of forty characters and three paragraphs."""
    monkeypatch.setattr(article_text, "PART_CHARS", 40)
    monkeypatch.setattr(article_text, "PART_PARAGRAPHS", 3)


def test_parts_are_bounded_and_lose_nothing(tiny_parts: None) -> None:
    """Whatever the text is; each place is in the part that holds it."""
    del tiny_parts

    @given(st.lists(SIGNS, max_size=40).map("".join))
    def hold(body: str) -> None:
        parts = parts_of(body)
        assert "".join(parts) == body
        assert all(len(part) <= 50 for part in parts)
        assert all(part.count("\n\n") <= 3 for part in parts)
        assert all(parts) or parts == [""]
        place = 0
        for number, part in enumerate(parts, start=1):
            assert part_of(body, place) == number
            place += len(part)

    hold()


def test_every_word_and_mark_is_shown_once(tiny_parts: None) -> None:
    """In the parts together, in order; marks are numbered through all of the text."""
    del tiny_parts

    @given(st.lists(SIGNS, max_size=30).map("".join), st.sets(st.integers(0, 200)))
    def hold(body: str, places: set[int]) -> None:
        spans = [Span(n, n + 1) for n in sorted(places) if body[n : n + 1].strip()]
        count = len(part_starts(body))
        shown = [
            each
            for part in range(1, count + 1)
            for each in paragraphs(article_part(article("a", body), part), spans)
        ]
        assert "".join("".join(each.marked.text.split()) for each in shown) == "".join(body.split())
        assert sum(len(each.marked.marks) for each in shown) == len(spans)
        number = 1
        for paragraph, following in zip_longest(shown, shown[1:]):
            assert paragraph.first_mark == number
            number += len(paragraph.marked.marks)
            if place := paragraph.next_mark:
                assert place == MarkPlace(part_of(body, spans[number - 1].start), number)
            elif paragraph.marked.marks and number <= len(spans):
                assert following is not None
                assert following.marked.marks

    hold()


def test_parts_end_with_paragraphs() -> None:
    """Or with lines, or words, of one that is too long; a short rest is no part of its own."""
    paragraph = "Ein Satz steht hier, und er ist genau so lang, wie er sein muss.\n\n"
    body = paragraph * (3 * PART_CHARS // len(paragraph))
    assert all(part.endswith("\n\n") for part in parts_of(body)[:-1])
    assert len(parts_of(body[: PART_CHARS + 9000])) == 1
    assert parts_of(body.replace("\n\n", "\n"))[0].endswith("\n")
    assert parts_of(body.replace("\n\n", " "))[0].endswith(" ")
    assert len(parts_of("x" * PART_CHARS * 3)[0]) == PART_CHARS
    assert parts_of("") == [""]
    assert [part.count("a") for part in parts_of("a\n\n" * 2500 + "a")] == [
        PART_PARAGRAPHS,
        PART_PARAGRAPHS,
        501,
    ]


def test_the_way_to_the_next_mark(tiny_parts: None) -> None:
    """From the head of a part, and from a paragraph whose neighbour has none."""
    del tiny_parts
    body = "eins\n\nzwei\n\neins\n\neins\n\nzwei\n\nzwei\n\neins"
    spans = [Span(n, n + 4) for n in range(len(body)) if body.startswith("eins", n)]
    parts = [article_part(article("a", body), number) for number in (1, 2, 3, 4)]
    assert [part.number for part in parts] == [1, 2, 3, 3]
    first = paragraphs(parts[0], spans)
    assert [each.next_mark for each in first] == [MarkPlace(1, 2), None, MarkPlace(2, 3)]
    second = paragraphs(parts[1], spans)
    assert [each.next_mark for each in second] == [MarkPlace(3, 4), None, None]
    assert [marks_ahead(part, spans) for part in parts[:3]] == [
        MarkPlace(1, 1),
        MarkPlace(2, 3),
        MarkPlace(3, 4),
    ]
    assert marks_ahead(parts[2], spans[:1]) == MarkPlace(1, 1)
    assert marks_ahead(parts[0], ()) is None


def test_pages_go_on_in_the_next_part(tiny_parts: None) -> None:
    """A part says on which page it begins; pages without text stand before what follows."""
    del tiny_parts
    body = "eins\n\nzwei\n\ndrei\n\nvier\n\nfünf\n\nsechs\n\nsieben"
    pages = tuple(body.index(word) for word in ("eins", "zwei", "fünf", "fünf", "sieben"))
    printed = article("a", body, page_starts=(*pages, len(body)))
    assert [
        [each.page_numbers for each in paragraphs(article_part(printed, number), ())]
        for number in (1, 2, 3)
    ] == [[(1,), (2,), ()], [(2,), (3, 4), ()], [(5, 6)]]
    one = article("b", "eins\n\nzwei", page_starts=(0, 6))
    assert [each.page_numbers for each in paragraphs(article_part(one, 1), ())] == [(1,), (2,)]
